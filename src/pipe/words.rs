//! The words of a chain, cut into stages at `+`.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};

/// Cuts words into stages at each word that is exactly `+`. A word of two or more plus signs loses one of them: `++` stands
/// for a literal `+`.
///
/// The result has one stage more than there are separators; a stage may be empty.
pub fn split(words: &[OsString]) -> Vec<Vec<OsString>> {
    let stages = words.split(|word| word == "+");
    stages
        .map(|stage| stage.iter().map(|word| unescape(word)).collect())
        .collect()
}

fn unescape(word: &OsStr) -> OsString {
    let is_plus_signs = word.len() > 1 && word.as_bytes().iter().all(|&byte| byte == b'+');
    let start = usize::from(is_plus_signs);
    OsStr::from_bytes(&word.as_bytes()[start..]).to_owned()
}

/// A job file that cannot be read as words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JobError {
    /// A quote that is never closed, with the number of its line, from 1.
    #[error("line {0}: the quote is not closed")]
    OpenQuote(usize),
}

/// Reads the words of a job file: as a shell splits them, with single quotes, double quotes and backslashes, but nothing is
/// expanded. `#` at the beginning of a word starts a comment. A newline separates stages as `+` does; lines without words,
/// and a `+` before or after a newline, separate nothing more.
///
/// # Errors
/// If a quote is not closed.
pub fn job(text: &[u8]) -> Result<Vec<OsString>, JobError> {
    let mut reader = JobReader {
        rest: text,
        line: 1,
        words: Vec::new(),
    };
    reader.read()?;
    let mut words = reader.words;
    if words.last().is_some_and(|word| word == "+") {
        words.pop();
    }
    Ok(words)
}

struct JobReader<'a> {
    rest: &'a [u8],
    line: usize,
    words: Vec<OsString>,
}

impl JobReader<'_> {
    fn read(&mut self) -> Result<(), JobError> {
        while let Some(&byte) = self.rest.first() {
            match byte {
                b' ' | b'\t' | b'\r' => self.advance(1),
                b'\n' => {
                    self.advance(1);
                    self.separate();
                }
                b'#' => {
                    let end = memchr::memchr(b'\n', self.rest).unwrap_or(self.rest.len());
                    self.advance(end);
                }
                b'\\' if self.rest.starts_with(b"\\\n") => self.advance(2),
                _ => {
                    let word = self.word()?;
                    if word == b"+" {
                        self.separate();
                    } else {
                        self.words.push(OsString::from_vec(word));
                    }
                }
            }
        }
        Ok(())
    }

    /// Ends a stage, unless it is empty.
    fn separate(&mut self) {
        if self.words.last().is_some_and(|word| word != "+") {
            self.words.push("+".into());
        }
    }

    fn word(&mut self) -> Result<Vec<u8>, JobError> {
        let mut word = Vec::new();
        while let Some(&byte) = self.rest.first() {
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' => break,
                b'\'' => self.single_quoted(&mut word)?,
                b'"' => self.double_quoted(&mut word)?,
                b'\\' => self.escaped(&mut word),
                _ => {
                    word.push(byte);
                    self.advance(1);
                }
            }
        }
        Ok(word)
    }

    fn single_quoted(&mut self, word: &mut Vec<u8>) -> Result<(), JobError> {
        let length =
            memchr::memchr(b'\'', &self.rest[1..]).ok_or(JobError::OpenQuote(self.line))?;
        word.extend_from_slice(&self.rest[1..=length]);
        self.advance(length + 2);
        Ok(())
    }

    fn double_quoted(&mut self, word: &mut Vec<u8>) -> Result<(), JobError> {
        let start = self.line;
        self.advance(1);
        loop {
            match *self.rest {
                [] => return Err(JobError::OpenQuote(start)),
                [b'"', ..] => break,
                [b'\\', b'\n', ..] => self.advance(2),
                [b'\\', byte @ (b'"' | b'\\' | b'$' | b'`'), ..] => {
                    word.push(byte);
                    self.advance(2);
                }
                [byte, ..] => {
                    word.push(byte);
                    self.advance(1);
                }
            }
        }
        self.advance(1);
        Ok(())
    }

    /// A backslash outside quotes: the byte after it as it is; a newline after it vanishes with it.
    fn escaped(&mut self, word: &mut Vec<u8>) {
        match self.rest.get(1) {
            Some(b'\n') => {}
            Some(&byte) => word.push(byte),
            None => word.push(b'\\'),
        }
        self.advance(2.min(self.rest.len()));
    }

    fn advance(&mut self, bytes: usize) {
        self.line += memchr::memchr_iter(b'\n', &self.rest[..bytes]).count();
        self.rest = &self.rest[bytes..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stages(words: &[&str]) -> Vec<Vec<String>> {
        let words: Vec<OsString> = words.iter().map(OsString::from).collect();
        let text = |word: &OsString| word.to_string_lossy().into_owned();
        split(&words)
            .iter()
            .map(|stage| stage.iter().map(text).collect())
            .collect()
    }

    #[test]
    fn a_plus_separates_and_more_of_them_stand_for_themselves() {
        assert_eq!(
            stages(&["a", "x+", "+", "b", "++", "+++", "-f", "+1"]),
            [vec!["a", "x+"], vec!["b", "+", "++", "-f", "+1"]]
        );
        assert_eq!(stages(&["a", "+"]), [vec!["a"], vec![]]);
        assert_eq!(stages(&["+", "a"]), [vec![], vec!["a"]]);
    }

    fn words(text: &str) -> Result<Vec<String>, JobError> {
        let words = job(text.as_bytes())?;
        let text = |word: &OsString| word.to_string_lossy().into_owned();
        Ok(words.iter().map(text).collect())
    }

    /// Words that a POSIX shell splits in the same way.
    #[test]
    fn a_job_is_split_as_a_shell_does() {
        for text in [
            "a b  c\td",
            "'a b' \"c d\" e\\ f",
            "a'b'\"c\"d",
            "'' \"\"",
            r#""a\"b\\c\$d\`e\f" 'g\h'"#,
            "a#b 'c # d'",
            "\\# \\' \\\"",
        ] {
            let shell = std::process::Command::new("sh")
                .args(["-c", &format!("printf '%s\\n' {text}")])
                .output()
                .unwrap();
            let expected = String::from_utf8(shell.stdout).unwrap();
            let expected: Vec<&str> = expected.strip_suffix('\n').unwrap().split('\n').collect();
            assert_eq!(words(text).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn newlines_separate_stages() {
        let text = "#!/usr/bin/env -S jug pipe --file\n\n upper # loud\n + cut -f 1 \\\n -d x +\n\n'+' $HOME\n+\n";
        assert_eq!(
            words(text).unwrap(),
            ["upper", "+", "cut", "-f", "1", "-d", "x", "+", "$HOME"]
        );
    }

    #[test]
    fn a_job_may_have_the_newlines_of_windows() {
        let expected = ["upper", "+", "cut", "-f", "1"];
        assert_eq!(words("upper\r\n\r\ncut -f 1\r\n").unwrap(), expected);
    }

    #[test]
    fn an_open_quote_is_an_error_with_its_line() {
        assert_eq!(words("a\n 'b\nc").unwrap_err(), JobError::OpenQuote(2));
        assert_eq!(words("a\n\"b\nc").unwrap_err(), JobError::OpenQuote(2));
    }
}
