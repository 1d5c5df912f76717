//! Globs over names and paths: `*.log`, `src/**/*.rs`, `target/`.
//!
//! `*` is any text without a slash, `?` one byte, `[a-z]` and `[!a-z]` one of a class, `{a,b}` either of two, `**` between
//! slashes any number of directories, and `\` takes a letter as it is. Dots are letters like others.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;

use globset::{GlobBuilder, GlobMatcher};

/// A glob that makes no sense.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("«{glob}» is no glob: {reason}")]
pub struct InvalidGlob {
    glob: String,
    reason: String,
}

/// A glob over names, or over paths if it has a slash in it; for directories alone if it ends in one.
#[derive(Clone, Debug)]
pub struct Pattern {
    matcher: Matcher,
    is_about_paths: bool,
    is_for_directories: bool,
}

/// Most globs are one star and some text, which needs no regex.
#[derive(Clone, Debug)]
enum Matcher {
    Is(Box<[u8]>),
    EndsWith(Box<[u8]>),
    StartsWith(Box<[u8]>),
    Glob(GlobMatcher),
}

impl Pattern {
    /// A glob over the last parts of paths; the letters A to Z are those of either case where `ignores_case`.
    ///
    /// # Errors
    /// [`InvalidGlob`]; a slash is in no name.
    pub fn of_names(glob: &str, ignores_case: bool) -> Result<Pattern, InvalidGlob> {
        if glob.contains('/') {
            return Err(InvalidGlob {
                glob: glob.to_owned(),
                reason: "there is no slash in a name; --path is about paths".to_owned(),
            });
        }
        Ok(Pattern {
            matcher: Matcher::new(glob, ignores_case)?,
            is_about_paths: false,
            is_for_directories: false,
        })
    }

    /// A glob over paths: whole as they are printed, or the part below the root. A leading `./` does not matter in either.
    ///
    /// # Errors
    /// [`InvalidGlob`].
    pub fn of_paths(glob: &str) -> Result<Pattern, InvalidGlob> {
        let (bare, is_for_directories) = without_end(glob);
        Ok(Pattern {
            matcher: Matcher::new(without_dots(bare), false)?,
            is_about_paths: true,
            is_for_directories,
        })
    }

    /// A glob over paths if there is a slash in it before its end, else over names.
    ///
    /// # Errors
    /// [`InvalidGlob`].
    pub fn of_either(glob: &str) -> Result<Pattern, InvalidGlob> {
        let (bare, is_for_directories) = without_end(glob);
        if bare.contains('/') {
            return Pattern::of_paths(glob);
        }
        Ok(Pattern {
            is_for_directories,
            ..Pattern::of_names(bare, false)?
        })
    }

    fn matches(&self, name: &[u8], path: &[u8], below: &[u8], is_dir: bool) -> bool {
        if self.is_for_directories && !is_dir {
            return false;
        }
        if !self.is_about_paths {
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

/// Without the slash that it ends in, and whether there was one.
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
            // A star does not go over slashes, so this holds for names alone.
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
        let glob = GlobBuilder::new(glob)
            .literal_separator(true)
            .case_insensitive(ignores_case)
            .backslash_escape(true)
            .empty_alternates(true)
            .build();
        match glob {
            Ok(glob) => Ok(Matcher::Glob(glob.compile_matcher())),
            Err(error) => Err(InvalidGlob {
                glob: error.glob().unwrap_or_default().to_owned(),
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

/// Patterns of which any may match.
#[derive(Clone, Debug, Default)]
pub struct Patterns(pub Vec<Pattern>);

impl Patterns {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether one matches.
    pub fn match_any(&self, name: &[u8], path: &[u8], below: &[u8], is_dir: bool) -> bool {
        let mut patterns = self.0.iter();
        patterns.any(|pattern| pattern.matches(name, path, below, is_dir))
    }
}
