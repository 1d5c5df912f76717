//! The paths that a source file imports: `use` declarations, expanded, and paths in code.

use super::Source;

/// A module by its path: `["log", "run"]` for `src/log/run/mod.rs`.
pub(super) type Path = Vec<String>;

/// An import: its segments, the name that it gets, and whether it is visible outside of the module.
pub(super) struct Import {
    pub(super) line: usize,
    pub(super) segments: Path,
    pub(super) name: String,
    pub(super) is_export: bool,
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// The imports of a source: `use` declarations, expanded, and paths in code that begin with `crate`, `super` or `self`.
pub(super) fn imports_of(source: &Source) -> Vec<Import> {
    let mut found = Vec::new();
    let mut declaration: Option<(usize, bool, String)> = None;
    for (number, line) in source.code() {
        let text = line.trim();
        if let Some((start, is_export, mut tree)) = declaration.take() {
            tree.push_str(text);
            declaration = Some((start, is_export, tree));
        } else {
            let (visibility, rest) = match text.strip_prefix("pub") {
                Some(rest) if rest.starts_with('(') => rest
                    .split_once(") ")
                    .map_or(("", text), |(_, rest)| ("pub", rest)),
                Some(rest) if rest.starts_with(' ') => ("pub", rest.trim_start()),
                _ => ("", text),
            };
            if let Some(tree) = rest.strip_prefix("use ") {
                declaration = Some((number, !visibility.is_empty(), tree.to_owned()));
            } else {
                found.extend(inline(number, text));
            }
        }
        if declaration
            .as_ref()
            .is_some_and(|(.., tree)| tree.ends_with(';'))
        {
            let (line, is_export, tree) = declaration.take().expect("it was just looked at");
            expand(
                &mut Vec::new(),
                tree.trim_end_matches(';'),
                &mut |segments, name| {
                    found.push(Import {
                        line,
                        segments: segments.to_vec(),
                        name: name.to_owned(),
                        is_export,
                    });
                },
            );
        }
    }
    found
}

/// `a::{b, c as d}` is `a::b` and `a::c`, known as `d`.
fn expand(prefix: &mut Path, tree: &str, each: &mut impl FnMut(&[String], &str)) {
    let tree = tree.trim();
    let before = prefix.len();
    let list = match tree.split_once('{') {
        Some((head, list)) if list.ends_with('}') => {
            prefix.extend(
                head.split("::")
                    .map(str::trim)
                    .filter(|part| !part.is_empty())
                    .map(str::to_owned),
            );
            &list[..list.len() - 1]
        }
        _ => {
            let (path, name) = tree.split_once(" as ").unwrap_or((tree, ""));
            prefix.extend(
                path.split("::")
                    .map(|part| part.trim().to_owned())
                    .filter(|part| part != "self" || before == 0),
            );
            let name = if name.is_empty() {
                prefix.last().cloned().unwrap_or_default()
            } else {
                name.trim().to_owned()
            };
            each(prefix, &name);
            prefix.truncate(before);
            return;
        }
    };
    let (mut depth, mut start) = (0_usize, 0);
    for (at, letter) in list.char_indices().chain([(list.len(), ',')]) {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                if !list[start..at].trim().is_empty() {
                    expand(prefix, &list[start..at], each);
                }
                start = at + 1;
            }
            _ => {}
        }
    }
    prefix.truncate(before);
}

/// The paths in a line of code.
fn inline(line: usize, text: &str) -> Vec<Import> {
    let mut found = Vec::new();
    for root in ["crate::", "super::", "self::"] {
        for (at, _) in text.match_indices(root) {
            // `super::super::x` is found at its first word.
            if text[..at]
                .chars()
                .next_back()
                .is_some_and(|before| is_word(before) || before == ':' || before == '$')
            {
                continue;
            }
            let path: String = text[at..]
                .chars()
                .take_while(|letter| is_word(*letter) || *letter == ':')
                .collect();
            let segments: Path = path
                .split("::")
                .filter(|part| !part.is_empty())
                .map(str::to_owned)
                .collect();
            found.push(Import {
                line,
                segments,
                name: String::new(),
                is_export: false,
            });
        }
    }
    found
}

#[test]
fn imports_are_found_in_every_spelling() {
    let found = |text: &str| {
        let source = Source {
            path: "src/a.rs".into(),
            text: text.to_owned(),
            tests_from: usize::MAX,
        };
        let imports = imports_of(&source).into_iter();
        imports
            .map(|import| import.segments.join("::"))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        found("use crate::log::account::MaxBad;"),
        ["crate::log::account::MaxBad"]
    );
    assert_eq!(
        found("x(crate::ui::a, super::io)"),
        ["crate::ui::a", "super::io"]
    );
    assert_eq!(
        found("use crate::{\n    a::{b, c},\n    d as e,\n};"),
        ["crate::a::b", "crate::a::c", "crate::d"]
    );
    assert!(found("mycrate::x, $crate::y // crate::z").len() == 1);
    assert!(found("// use crate::z;").is_empty());
}
