//! Hints of wrong command lines: each is shown, and what it says works.

use crate::support::Sandbox;

/// A line with a mistake, a part of its hint, the line that follows the hint, and what that writes for `b`, `a a`.
const MISTAKES: &[(&str, &str, &str, &str)] = &[
    (
        "upper + + lower",
        "a + stands between two stages",
        "upper + lower",
        "b\na a\n",
    ),
    (
        "'upper + lower'",
        "without quotes around all of them: jug pipe upper + cut -f 1",
        "upper + cut -f 1",
        "B\nA A\n",
    ),
    (
        "upper '|' lower",
        "'|' ends no stage: write + instead",
        "upper + lower",
        "b\na a\n",
    ),
    (
        "upper then lower",
        "'then' ends no stage: write + instead",
        "upper + lower",
        "b\na a\n",
    ),
    (
        "upper '!' lower",
        "'!' ends no stage: write + instead",
        "upper + lower",
        "b\na a\n",
    ),
    (
        "upper -i in",
        "'-i' is a flag of the chain: write it before the first stage",
        "-i in upper",
        "B\nA A\n",
    ),
    (
        "upper --strict",
        "'--strict' is a flag of the chain",
        "--strict upper",
        "B\nA A\n",
    ),
    (
        "upper in",
        "input files are named before the first stage: jug pipe -i in",
        "-i in upper",
        "B\nA A\n",
    ),
    ("match a in", "jug pipe -i in", "-i in match a", "a a\n"),
    (
        "tally in",
        "jug pipe -i in",
        "-i in tally",
        "      1 b\n      1 a a\n",
    ),
    ("ts in", "jug pipe -i in", "-i in head -n 1", "b\n"),
    ("head -1", "write -n 1", "head -n 1", "b\n"),
    (
        "upper+lower",
        "write blanks around the + between two stages",
        "upper + lower",
        "b\na a\n",
    ),
    (
        "upper +lower",
        "write blanks around the + between two stages",
        "upper + lower",
        "b\na a\n",
    ),
    (
        "tee -",
        "write ./- for a file of this name",
        "tee ./-",
        "b\na a\n",
    ),
    (
        "save -",
        "write ./- for a file of this name",
        "save ./-",
        "b\na a\n",
    ),
    ("uper", "did you mean 'upper'?", "upper", "B\nA A\n"),
    (
        "tr a-z A-Z",
        "letters are converted by 'upper' and 'lower', other text by 'replace'",
        "upper",
        "B\nA A\n",
    ),
    (
        "sed s/a/x/",
        "replaced by 'replace REGEX TEXT', lines selected by 'slice' and 'match'",
        "replace a x",
        "b\nx x\n",
    ),
    (
        "sed -n 2p",
        "lines selected by 'slice' and 'match'",
        "slice 2",
        "a a\n",
    ),
    (
        "awk '{print $2}'",
        "fields are 'cut -f'",
        "cut -s -d ' ' -f 2",
        "a\n",
    ),
    (
        "awk '$1 == 1'",
        "conditions 'from csv + where', values 'let'",
        "from csv + where 'b == \"a a\"'",
        "{\"b\":\"a a\"}\n",
    ),
    (
        "grep a",
        "lines with a match are 'match'; 'match -v' keeps the others",
        "match -v a",
        "b\n",
    ),
    (
        "sort",
        "equal lines are counted and ordered by 'tally'",
        "tally",
        "      1 b\n      1 a a\n",
    ),
    (
        "sort -u",
        "sort itself works well in a pipe",
        "upper | sort",
        "A A\nB\n",
    ),
    (
        "uniq",
        "repeated lines are left out by 'dedup', and counted by 'tally'",
        "dedup",
        "b\na a\n",
    ),
    (
        "wc -l",
        "lines are counted by 'count', bytes by --stats",
        "count",
        "2\n",
    ),
    (
        "gunzip",
        "compressed data is read by 'unpack'",
        "gzip + unpack",
        "b\na a\n",
    ),
    (
        "zcat",
        "compressed data is read by 'unpack'",
        "zstd + unpack",
        "b\na a\n",
    ),
    (
        "pv",
        "'spy NAME' shows rate and amount",
        "spy here 2>/dev/null",
        "b\na a\n",
    ),
    (
        "sponge in",
        "the output replaces a file at the end: -o FILE, or the stage 'save FILE'",
        "save f; cat f",
        "b\na a\nb\na a\n",
    ),
    (
        "cat in",
        "name the files with -i",
        "-i in upper",
        "B\nA A\n",
    ),
    (
        "from csv + upper",
        "write the records as bytes first, such as with 'to ndjson'",
        "from csv + to ndjson + upper",
        "{\"B\":\"A A\"}\n",
    ),
    (
        "from csv + tally",
        "name the field whose values are counted",
        "from csv + tally b",
        "      1 a a\n",
    ),
    (
        "tally b",
        "make records first, such as with 'from csv'",
        "from csv + tally b",
        "      1 a a\n",
    ),
    (
        "lines + lines",
        "write a second chain: ... | jug pipe ...",
        "lines | jug pipe lines",
        "b\na a\n",
    ),
    (
        "throttle",
        "write --rate SIZE, --lines N or --every DURATION",
        "throttle --lines 1000",
        "b\na a\n",
    ),
    (
        "from csv + where b",
        "quote the condition: an unquoted > writes to a file",
        "from csv + where 'b > \"A\"'",
        "{\"b\":\"a a\"}\n",
    ),
    (
        "from ndjson + select 'b + 1'",
        "write: EXPR as NAME",
        "from csv + select 'len(b) as n'",
        "{\"n\":3}\n",
    ),
    (
        "select b",
        "for another format begin with 'from', such as 'from csv'",
        "from csv + select b",
        "{\"b\":\"a a\"}\n",
    ),
    (
        "--list upper",
        "jug pipe --help",
        "--list | grep -c upper",
        "1\n",
    ),
];

#[test]
fn hints_of_mistakes_work_when_they_are_followed() {
    let sandbox = Sandbox::new();
    sandbox.file("in", "b\na a\n");
    for (mistake, hint, followed, expected) in MISTAKES {
        let outcome = sandbox.shell(&format!("jug pipe {mistake}"), b"b\na a\n");
        let stderr = outcome.stderr();
        let hints = stderr.lines().filter(|line| line.starts_with("  hint: "));
        let is_shown = hints.clone().any(|line| line.contains(hint));
        assert!(outcome.status == 2 && is_shown, "{outcome}");
        let mut different: Vec<&str> = hints.collect();
        let count = different.len();
        different.sort_unstable();
        different.dedup();
        assert_eq!(different.len(), count, "a hint is repeated: {outcome}");
        let outcome = sandbox.shell(&format!("jug pipe {followed}"), b"b\na a\n");
        assert_eq!(outcome.clean(), *expected, "{followed}");
    }
}

#[test]
fn a_file_that_an_unquoted_condition_has_made_is_named() {
    let sandbox = Sandbox::new();
    let outcome = sandbox.shell("jug pipe from csv + where b > 5", b"b\n7\n");
    let hint =
        "the output goes to the file '5', which is empty: remove it if you did not mean that";
    assert!(
        outcome.status == 2 && outcome.stderr().contains(hint),
        "{outcome}"
    );
    sandbox.file("6", "text\n");
    let outcome = sandbox.shell("jug pipe from csv + where b >> 6", b"b\n7\n");
    assert!(!outcome.stderr().contains("'6'"), "{outcome}");
}

#[test]
fn the_help_of_a_stage_is_found_in_several_ways() {
    let sandbox = Sandbox::new();
    let help = sandbox.shell("jug pipe help cut", b"").clean();
    assert!(help.contains("--delimiter <BYTE>"), "{help}");
    let example =
        "  $ printf 'a b c\\nd e f\\n' | jug pipe cut -d ' ' -f 3,1\n      c a\n      f d\n";
    assert!(help.contains(example), "{help}");
    for line in [
        "help pipe cut",
        "pipe cut --help",
        "pipe upper + cut -f 1 --help",
    ] {
        assert_eq!(
            sandbox.shell(&format!("jug {line}"), b"").clean(),
            help,
            "{line}"
        );
    }
}
