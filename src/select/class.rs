//! Character classes of globs, `[a-z]`, as fnmatch(3) and git read them: a backslash quotes the next character there too. The
//! glob library takes it for a character of the class.

/// The glob with its classes written so that the library reads them as fnmatch(3) does. Where a class has no character at all,
/// such as `[c-a]`, the glob matches nothing: `None`.
pub(super) fn translated(glob: &str) -> Option<String> {
    let mut out = String::with_capacity(glob.len());
    let mut rest = glob;
    while let Some(letter) = rest.chars().next() {
        let length = match letter {
            '\\' => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
            '[' => match Class::parse(rest) {
                Some((class, length)) => {
                    class.write(&mut out)?;
                    rest = &rest[length..];
                    continue;
                }
                None => 1,
            },
            _ => letter.len_utf8(),
        };
        out.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    Some(out)
}

/// A class of characters.
struct Class {
    is_negated: bool,
    /// First and last characters.
    ranges: Vec<(char, char)>,
}

impl Class {
    /// Reads the class at the start of a text; gives its length. None if it does not end.
    fn parse(text: &str) -> Option<(Class, usize)> {
        let start = 1 + usize::from(text[1..].starts_with(['!', '^']));
        let mut at = start;
        let mut ranges = Vec::new();
        let take = |at: &mut usize| {
            let mut letters = text[*at..].chars();
            let mut letter = letters.next()?;
            *at += letter.len_utf8();
            if letter == '\\' {
                letter = letters.next()?;
                *at += letter.len_utf8();
            }
            Some(letter)
        };
        loop {
            // A bracket right at the start belongs to the class.
            if text[at..].starts_with(']') && at > start {
                let is_negated = start > 1;
                return Some((Class { is_negated, ranges }, at + 1));
            }
            let first = take(&mut at)?;
            let is_range = text[at..].starts_with('-') && !text[at + 1..].starts_with(']');
            let last = if is_range && at + 1 < text.len() {
                at += 1;
                take(&mut at)?
            } else {
                first
            };
            ranges.push((first, last));
        }
    }

    /// Writes it for the library; none if no character is in it.
    fn write(&self, out: &mut String) -> Option<()> {
        let mut ranges: Vec<(char, char)> = self
            .ranges
            .iter()
            .copied()
            .filter(|(first, last)| first <= last)
            .collect();
        if ranges.is_empty() {
            return match self.is_negated {
                true => {
                    out.push('?');
                    Some(())
                }
                false => None,
            };
        }
        if let ([(first, last)], false) = (ranges.as_slice(), self.is_negated)
            && first == last
        {
            out.push('\\');
            out.push(*first);
            return Some(());
        }
        // A bracket must come first, a hyphen last, and no sign of negation may come first.
        ranges.sort_by_key(|(first, last)| match (*first, first == last) {
            (']', true) => 0,
            ('-', true) => 3,
            ('!' | '^', _) => 2,
            _ => 1,
        });
        out.push_str(if self.is_negated { "[!" } else { "[" });
        for (first, last) in ranges {
            out.push(first);
            if first != last {
                out.push('-');
                out.push(last);
            }
        }
        out.push(']');
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backslash_quotes_in_a_class() {
        for (glob, library) in [
            ("a[a\\-c]", Some("a[ac-]")),
            ("[a\\]b]", Some("[]ab]")),
            ("[!a\\]]", Some("[!]a]")),
            ("[^ab]", Some("[!ab]")),
            ("[]a]", Some("[]a]")),
            ("[\\!a]", Some("[a!]")),
            ("[\\^]", Some("\\^")),
            ("[a-]", Some("[a-]")),
            ("[a-c]x", Some("[a-c]x")),
            ("[c-a]", None),
            ("[!c-a]", Some("?")),
            ("[c-ab]", Some("\\b")),
            ("[a", Some("[a")),
            ("\\[a\\-c]", Some("\\[a\\-c]")),
            ("{a,b}[é]", Some("{a,b}\\é")),
        ] {
            assert_eq!(translated(glob).as_deref(), library, "{glob}");
        }
    }
}
