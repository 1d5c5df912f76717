//! Hints for command lines that are written as for another tool.

use std::ffi::OsString;

/// Flags of find(1), and what they are called here.
const FIND: [(&str, &str); 26] = [
    ("-name", "write --name"),
    ("-iname", "write --iname"),
    ("-path", "write --path"),
    ("-wholename", "write --path"),
    ("-regex", "write --regex"),
    ("-type", "write --type"),
    ("-size", "write --size, such as --size '>10M'"),
    ("-empty", "write --empty"),
    ("-user", "write --owner USER"),
    ("-group", "write --owner :GROUP"),
    ("-perm", "write --perm"),
    ("-links", "write --links, such as --links '>1'"),
    ("-newer", "write --newer"),
    ("-newermt", "write --mtime, such as --mtime '>2026-01-31'"),
    ("-mtime", "write --age, such as --age '>7d'"),
    ("-mmin", "write --age, such as --age '>10m'"),
    ("-ctime", "write --ctime, such as --ctime '>2026-01-31'"),
    ("-atime", "write --atime, such as --atime '>2026-01-31'"),
    ("-maxdepth", "write --depth"),
    ("-xdev", "write --one-file-system"),
    ("-mount", "write --one-file-system"),
    ("-follow", "write -L"),
    ("-print", "leave it out: paths are printed anyway"),
    ("-print0", "write -0"),
    ("-exec", "write: jug walk -0 … | xargs -0 COMMAND"),
    ("-delete", "write: jug walk -0 … | xargs -0 rm"),
];

/// A word of the command line that is a habit from another tool, and what to write instead.
pub(super) fn hint(title: &str, args: &[OsString]) -> Option<(&'static str, String)> {
    let words = || args.iter().filter_map(|word| word.to_str());
    match title {
        "jug walk" => words().find_map(|word| {
            let known = FIND.iter().find(|(flag, _)| *flag == word);
            known.map(|(flag, hint)| (*flag, format!("{flag} is an option of find; {hint}")))
        }),
        _ => None,
    }
}

/// What to write so that a word that begins with a hyphen is taken for a value; `found` is how the parser calls it.
pub(super) fn value_hint(title: &str, args: &[OsString], found: &str) -> Option<String> {
    let place = args
        .iter()
        .position(|word| word.to_str().is_some_and(|word| word.starts_with(found)))?;
    let word = args[place].to_string_lossy();
    let before = args[place.checked_sub(1)?].to_string_lossy();
    if before.starts_with("--") && before.len() > 2 && !before.contains('=') {
        return Some(format!(
            "if it is the value of {before}, write {before}={word}"
        ));
    }
    match title {
        "jug log" if !found.starts_with("--") => Some(format!(
            "to search for the text '{word}', write '\"{word}\"'"
        )),
        _ if !found.starts_with("--") => Some(format!("for a file of this name write ./{word}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_of_find_are_recognised() {
        let args = |line: &str| -> Vec<OsString> { line.split(' ').map(Into::into).collect() };
        let hinted = |line: &str| hint("jug walk", &args(line));
        assert_eq!(
            hinted("jug walk . -name x"),
            Some((
                "-name",
                "-name is an option of find; write --name".to_owned()
            ))
        );
        assert_eq!(hinted("jug walk . -j 2"), None);
        assert_eq!(hint("jug log", &args("jug log -name")), None);
        let value = |title: &str, line: &str, found: &str| value_hint(title, &args(line), found);
        assert_eq!(
            value("jug walk", "jug walk --name -dash", "-d").as_deref(),
            Some("if it is the value of --name, write --name=-dash")
        );
        assert_eq!(
            value("jug log", "jug log -1", "-1").as_deref(),
            Some("to search for the text '-1', write '\"-1\"'")
        );
        assert_eq!(
            value("jug walk", "jug walk -dash", "-d").as_deref(),
            Some("for a file of this name write ./-dash")
        );
        assert_eq!(value("jug walk", "jug walk --foo", "--foo"), None);
    }
}
