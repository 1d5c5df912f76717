//! From arguments to selections.

use clap::Parser;
use jiff::tz::TimeZone;

use super::*;
use crate::dirs::FileType;
use crate::record::Timestamp;
use crate::select::Relation;

#[derive(Parser, Debug)]
struct Cli {
    #[command(flatten)]
    selection: SelectionArgs,
}

fn clock() -> Clock {
    Clock {
        now: Timestamp::parse(b"2026-03-10T12:00:00Z", &TimeZone::UTC).unwrap(),
        zone: TimeZone::UTC,
    }
}

fn parsed(arguments: &[&str]) -> std::result::Result<SelectionArgs, String> {
    let words = std::iter::once(&"jug").chain(arguments);
    let cli = Cli::try_parse_from(words).map_err(|error| error.to_string())?;
    Ok(cli.selection)
}

fn plan(arguments: &[&str]) -> (Selection, Pruning) {
    parsed(arguments).unwrap().plan(&clock()).unwrap()
}

fn at(time: Time, relation: Relation, moment: &str) -> Test {
    let value = Timestamp::parse(moment.as_bytes(), &TimeZone::UTC).unwrap();
    Test::Time(time, Comparison { relation, value })
}

#[test]
fn no_filter_selects_everything() {
    let (selection, pruning) = plan(&[]);
    assert!(selection.is_all() && !pruning.needs_rules());
}

#[test]
fn times_and_ages() {
    for (arguments, expected) in [
        (
            ["--mtime", ">=2026-01-01"],
            at(Time::Modified, Relation::AtLeast, "2026-01-01T00:00:00Z"),
        ),
        (
            ["--ctime", "<2h"],
            at(Time::Changed, Relation::Less, "2026-03-10T10:00:00Z"),
        ),
        (
            ["--atime", ">yesterday"],
            at(Time::Accessed, Relation::Greater, "2026-03-09T00:00:00Z"),
        ),
        (
            ["--btime", "=2026-01-01T00:00:00Z"],
            at(Time::Born, Relation::Equal, "2026-01-01T00:00:00Z"),
        ),
        (
            ["--age", ">7d"],
            at(Time::Modified, Relation::Less, "2026-03-03T12:00:00Z"),
        ),
        (
            ["--age", "<-1h"],
            at(Time::Modified, Relation::Greater, "2026-03-10T13:00:00Z"),
        ),
    ] {
        assert_eq!(plan(&arguments).0.tests, [expected], "{arguments:?}");
    }
    let (range, _) = plan(&["--size", ">=1K", "--size", "<1M", "--links", ">1"]);
    assert_eq!(range.tests.len(), 3);
    let soon = parsed(&["--mtime", ">soon"]).unwrap();
    let error = soon.plan(&clock()).unwrap_err();
    assert_eq!(error.to_string(), "--mtime: invalid time 'soon'");
    assert_eq!(error.hints().len(), 1);
}

#[test]
fn words_letters_and_lists() {
    let (selection, _) = plan(&[
        "--type", "f,dir", "--type", "l", "--ext", "LOG,.gz", "--ext", "",
    ]);
    assert_eq!(
        selection.types,
        [FileType::File, FileType::Directory, FileType::Symlink].map(Kind::Type)
    );
    assert_eq!(selection.extensions, [&b"log"[..], b"gz", b""]);
    let (selection, _) = plan(&["--owner", ":staff", "--newer", "a", "--owner", "ada"]);
    let name = |name: &str| Some(name.to_owned());
    let owners = Unresolved::Owners(vec![(None, name("staff")), (name("ada"), None)]);
    assert_eq!(
        selection.unresolved,
        [owners, Unresolved::Newer("a".into())]
    );
    let (selection, _) = plan(&["--perm", "-022"]);
    assert_eq!(
        selection.tests,
        [Test::Permissions(Permissions::All(0o022.into()))]
    );
}

#[test]
fn invalid_values_are_rejected_with_a_hint() {
    for (arguments, says) in [
        (["--size", "10M"], "'>=10M'"),
        (["--size", "-10M"], "'<10M'"),
        (["--links", "2"], "'=2'"),
        (["--age", "+7d"], "'>7d'"),
        (["--type", "q"], "possible values"),
        (["--ext", "tar.gz"], "use gz, or --name '*.tar.gz'"),
        (["--name", "a/b"], "--path"),
        (["--exclude", "[a"], "invalid glob"),
        (["--owner", "root:"], "USER:GROUP"),
        (["--owner", ""], "USER:GROUP"),
        (["--perm", "u=rq"], "-022"),
    ] {
        let message = parsed(&arguments).unwrap_err();
        assert!(message.contains(says), "{arguments:?}: {message}");
    }
    let error = parsed(&["--regex", "a("])
        .unwrap()
        .plan(&clock())
        .unwrap_err();
    assert!(error.to_string().contains("this regex does not work"));
}
