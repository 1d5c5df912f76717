//! Pieces of the head of a log line: words, and what stands in brackets.

/// A piece of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece<'a> {
    /// Without brackets around it and without a colon or comma behind it.
    pub(super) text: &'a [u8],
    /// Where the line goes on, blanks after the piece skipped.
    pub(super) next: usize,
    /// How many bytes separate it from what comes next.
    pub(super) gap: usize,
    /// Whether a bar is among them.
    pub(super) has_bar: bool,
    /// Whether it stood in brackets.
    pub(super) is_bracketed: bool,
    /// Whether it ends with a bracket that was opened before.
    pub(super) closes: bool,
    /// Whether a colon follows it.
    pub(super) has_colon: bool,
    /// The number in brackets that follows it: `sshd[4711]`.
    pub(super) number: Option<&'a [u8]>,
}

impl<'a> Piece<'a> {
    /// The piece of a line that begins at `at`; none at its end. A bar separates pieces as a blank does.
    #[inline]
    pub(super) fn at(line: &'a [u8], at: usize) -> Option<Piece<'a>> {
        let rest = line.get(at..).filter(|rest| !rest.is_empty())?;
        let (inner, length) = match bracketed(rest) {
            Some(length) => (rest[1..length - 1].trim_ascii(), length),
            None => {
                let is_end = |byte: &u8| matches!(byte, b' ' | b'\t' | b'|');
                let end = rest.iter().position(is_end).unwrap_or(rest.len());
                (&rest[..end], end)
            }
        };
        let is_bracketed = inner.len() < length;
        let mut piece = Piece {
            text: inner,
            next: 0,
            gap: 0,
            has_bar: false,
            is_bracketed,
            closes: false,
            has_colon: false,
            number: None,
        };
        let mut end = length;
        if is_bracketed {
            if rest.get(end) == Some(&b':') {
                piece.has_colon = true;
                end += 1;
            }
        } else {
            piece.trim();
        }
        let mut gap = gap(&rest[end..]);
        // `name   : text`
        if let [b':', b' ' | b'\t', ..] | [b':'] = rest[end + gap..]
            && gap > 0
            && !piece.has_colon
        {
            piece.has_colon = true;
            end += gap + 1;
            gap = self::gap(&rest[end..]);
        }
        piece.next = at + end + gap;
        piece.gap = gap;
        piece.has_bar = rest[end..end + gap].contains(&b'|');
        Some(piece)
    }

    /// Takes off what is not of a word: a colon, a comma, a closing bracket that was opened before, a number in brackets.
    fn trim(&mut self) {
        if let Some(text) = self.text.strip_suffix(b":") {
            (self.text, self.has_colon) = (text, true);
        } else if let Some(text) = self.text.strip_suffix(b",") {
            self.text = text;
        }
        let Some(text) = self.text.strip_suffix(b"]") else {
            return;
        };
        match memchr::memrchr(b'[', text) {
            None => (self.text, self.closes) = (text, true),
            Some(open) if open > 0 && is_number(&text[open + 1..]) => {
                (self.text, self.number) = (&text[..open], Some(&text[open + 1..]));
            }
            Some(_) => {}
        }
    }

    /// Whether it only separates others.
    pub(super) fn is_separator(&self) -> bool {
        let is_dash = |byte: &u8| matches!(byte, b'-' | b'=' | b'>' | b'*' | b'#');
        !self.is_bracketed
            && self.number.is_none()
            && self.text.len() <= 3
            && self.text.iter().all(is_dash)
    }

    /// Whether it could be the name of a program, a class or a module.
    pub(super) fn is_name(&self) -> bool {
        let first = self.text.first();
        let is_of_name = |byte: &u8| {
            byte.is_ascii_alphanumeric()
                || matches!(
                    byte,
                    b'_' | b'.'
                        | b'$'
                        | b':'
                        | b'/'
                        | b'-'
                        | b'@'
                        | b'('
                        | b')'
                        | b'#'
                        | b'~'
                        | b'<'
                        | b'>'
                )
        };
        !self.is_bracketed
            && first.is_some_and(|byte| {
                byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'/' | b'-')
            })
            && self.text.iter().all(is_of_name)
    }
}

/// Whether a text is a whole number.
pub(super) fn is_number(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(u8::is_ascii_digit)
}

/// How many bytes separate what comes before a text from what comes next.
#[inline]
pub(super) fn gap(text: &[u8]) -> usize {
    if let [b' ', next, ..] = text
        && !matches!(next, b' ' | b'\t' | b'|')
    {
        return 1;
    }
    let blanks = |text: &[u8]| {
        text.iter()
            .take_while(|byte| matches!(byte, b' ' | b'\t'))
            .count()
    };
    let before = blanks(text);
    match text.get(before) {
        Some(b'|') => before + 1 + blanks(&text[before + 1..]),
        _ => before,
    }
}

/// The length of what stands in brackets at the beginning of a text, with its brackets, which may be nested.
fn bracketed(text: &[u8]) -> Option<usize> {
    let (open, close) = match text.first()? {
        b'[' => (b'[', b']'),
        b'(' => (b'(', b')'),
        b'<' => (b'<', b'>'),
        _ => return None,
    };
    let mut depth = 0_usize;
    for (place, byte) in text.iter().enumerate() {
        if *byte == open {
            depth += 1;
        } else if *byte == close {
            depth -= 1;
            if depth == 0 {
                return Some(place + 1);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The texts of all pieces of a line, with signs of what was around them.
    fn pieces(line: &str) -> Vec<String> {
        let mut at = 0;
        let mut pieces = Vec::new();
        while let Some(piece) = Piece::at(line.as_bytes(), at) {
            assert!(piece.next > at, "{line}");
            at = piece.next;
            let text = String::from_utf8_lossy(piece.text);
            let brackets = if piece.is_bracketed { "[]" } else { "" };
            let colon = if piece.has_colon { ":" } else { "" };
            let number = piece.number.map_or(String::new(), |number| {
                format!("#{}", String::from_utf8_lossy(number))
            });
            pieces.push(format!("{text}{brackets}{number}{colon}"));
        }
        pieces
    }

    #[test]
    fn words_and_brackets_are_pieces() {
        assert_eq!(
            pieces("INFO  [main] a.B: text"),
            ["INFO", "main[]", "a.B:", "text"]
        );
        assert_eq!(pieces("[a[b]/0] - (x): "), ["a[b]/0[]", "-", "x[]:"]);
        assert_eq!(pieces("sshd(pam)[17]: a[b]"), ["sshd(pam)#17:", "a[b]"]);
        assert_eq!(
            pieces("Info,   CBS\tmod] x[1]"),
            ["Info", "CBS", "mod", "x#1"]
        );
        assert_eq!(pieces("a|12| b |c"), ["a", "12", "b", "c"]);
        assert_eq!(pieces("a.B   : c : d"), ["a.B:", "c:", "d"]);
        assert_eq!(pieces("[open a"), ["[open", "a"]);
        assert_eq!(pieces(""), [""; 0]);
    }

    #[test]
    fn separators_and_names_are_distinguished() {
        let piece = |text: &'static str| Piece::at(text.as_bytes(), 0).unwrap();
        for text in ["- a", "--- a", ": a", "=> a"] {
            assert!(piece(text).is_separator(), "{text}");
        }
        for text in ["a", "[-]", "----", "-a", "[1]"] {
            assert!(!piece(text).is_separator(), "{text}");
        }
        for text in [
            "a.b.C$1:",
            "mod::x",
            "_a",
            "cron(pam_unix)[1]:",
            "/usr/sbin/x:",
            "a-b@c",
        ] {
            assert!(piece(text).is_name(), "{text}");
        }
        for text in ["[a]", "1a", "a=b", "\"a\"", "ä"] {
            assert!(!piece(text).is_name(), "{text}");
        }
    }
}
