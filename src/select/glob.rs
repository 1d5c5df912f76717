//! Globs over names and paths: `*.log`, `src/**/*.rs`, `target/`.
//!
//! `*` matches any text without a slash, `?` one byte, `[a-z]` and `[!a-z]` one of a class, `{a,b}` an alternative, `**` between
//! slashes any number of directories; `\` quotes the next character. Dots are not special.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;

use globset::{GlobBuilder, GlobMatcher};

use super::class::translated;

/// A malformed glob.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("invalid glob '{glob}': {reason}")]
pub struct InvalidGlob {
    glob: String,
    reason: String,
}

/// A glob over names, or over paths if it contains a slash; one that ends in a slash matches only directories.
#[derive(Clone, Debug)]
pub struct Pattern {
    matcher: Matcher,
    matches_paths: bool,
    only_directories: bool,
    is_absolute: bool,
}

/// Most globs are a star and some text, which needs no regex.
#[derive(Clone, Debug)]
enum Matcher {
    Is(Box<[u8]>),
    EndsWith(Box<[u8]>),
    StartsWith(Box<[u8]>),
    Glob(GlobMatcher),
}

impl Pattern {
    /// A glob over the last parts of paths. With `ignores_case` the case of A to Z does not matter.
    ///
    /// # Errors
    /// [`InvalidGlob`], also if there is a slash.
    pub fn of_names(glob: &str, ignores_case: bool) -> Result<Pattern, InvalidGlob> {
        if glob.contains('/') {
            return Err(InvalidGlob {
                glob: glob.to_owned(),
                reason: "names contain no slash; use --path for paths".to_owned(),
            });
        }
        Ok(Pattern {
            matcher: Matcher::new(glob, ignores_case)?,
            matches_paths: false,
            only_directories: false,
            is_absolute: false,
        })
    }

    /// A glob over whole paths as they are printed, or over the part below the root. A leading `./` is ignored in both.
    ///
    /// # Errors
    /// [`InvalidGlob`].
    pub fn of_paths(glob: &str) -> Result<Pattern, InvalidGlob> {
        let (bare, only_directories) = without_end(glob);
        Ok(Pattern {
            matcher: Matcher::new(without_dots(bare), false)?,
            matches_paths: true,
            only_directories,
            is_absolute: bare.starts_with('/'),
        })
    }

    /// A glob over paths if there is a slash before its end, otherwise over names.
    ///
    /// # Errors
    /// [`InvalidGlob`].
    pub fn of_either(glob: &str) -> Result<Pattern, InvalidGlob> {
        let (bare, only_directories) = without_end(glob);
        if bare.contains('/') {
            return Pattern::of_paths(glob);
        }
        Ok(Pattern {
            only_directories,
            ..Pattern::of_names(bare, false)?
        })
    }

    /// Whether it begins with a slash, so that it matches only below roots that do.
    fn is_absolute(&self) -> bool {
        self.is_absolute
    }

    fn matches(&self, name: &[u8], path: &[u8], below: &[u8], is_dir: bool) -> bool {
        if self.only_directories && !is_dir {
            return false;
        }
        if !self.matches_paths {
            return self.matcher.matches(name);
        }
        let mut path = path;
        while let Some(rest @ [_, ..]) = path.strip_prefix(b"./") {
            path = rest;
        }
        self.matcher.matches(path)
            || (!below.is_empty() && below != path && self.matcher.matches(below))
    }
}

/// The glob without a slash at its end, and whether there was one.
fn without_end(glob: &str) -> (&str, bool) {
    match glob.strip_suffix('/') {
        Some(bare) if !bare.is_empty() => (bare, true),
        _ => (glob, false),
    }
}

fn without_dots(mut glob: &str) -> &str {
    while let Some(rest) = glob.strip_prefix("./").filter(|rest| !rest.is_empty()) {
        glob = rest;
    }
    glob
}

impl Matcher {
    fn new(glob: &str, ignores_case: bool) -> Result<Matcher, InvalidGlob> {
        let is_literal = |text: &str| !text.contains(['*', '?', '[', ']', '{', '}', '\\']);
        if !ignores_case {
            if is_literal(glob) {
                return Ok(Matcher::Is(glob.as_bytes().into()));
            }
            // A star does not match slashes, so this is right only for names.
            if !glob.contains('/')
                && let Some(end) = glob.strip_prefix('*').filter(|end| is_literal(end))
            {
                return Ok(Matcher::EndsWith(end.as_bytes().into()));
            }
            if !glob.contains('/')
                && let Some(start) = glob.strip_suffix('*').filter(|start| is_literal(start))
            {
                return Ok(Matcher::StartsWith(start.as_bytes().into()));
            }
        }
        let Some(translated) = translated(glob) else {
            return Err(InvalidGlob {
                glob: glob.to_owned(),
                reason: "a class is empty".to_owned(),
            });
        };
        let typed = glob;
        let glob = GlobBuilder::new(&translated)
            .literal_separator(true)
            .case_insensitive(ignores_case)
            .backslash_escape(true)
            .empty_alternates(true)
            .build();
        match glob {
            Ok(glob) => Ok(Matcher::Glob(glob.compile_matcher())),
            Err(error) => Err(InvalidGlob {
                glob: typed.to_owned(),
                reason: error.kind().to_string(),
            }),
        }
    }

    fn matches(&self, text: &[u8]) -> bool {
        let has_no_slash = || !text.contains(&b'/');
        match self {
            Matcher::Is(whole) => **whole == *text,
            Matcher::EndsWith(end) => text.ends_with(end) && has_no_slash(),
            Matcher::StartsWith(start) => text.starts_with(start) && has_no_slash(),
            Matcher::Glob(glob) => glob.is_match(OsStr::from_bytes(text)),
        }
    }
}

/// Patterns of which one must match.
#[derive(Clone, Debug, Default)]
pub struct Patterns(pub Vec<Pattern>);

impl Patterns {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether one begins with a slash.
    pub fn has_absolute(&self) -> bool {
        self.0.iter().any(Pattern::is_absolute)
    }

    /// Whether one matches.
    pub fn match_any(&self, name: &[u8], path: &[u8], below: &[u8], is_dir: bool) -> bool {
        let mut patterns = self.0.iter();
        patterns.any(|pattern| pattern.matches(name, path, below, is_dir))
    }
}
