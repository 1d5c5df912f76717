//! Cells that are written otherwise than they are meant.

/// Makes one quote of two in a part of the text; returns where it ends then.
#[cold]
pub(super) fn single_quotes(text: &mut [u8], start: usize, end: usize) -> usize {
    let (mut from, mut to) = (start, start);
    while from < end {
        text[to] = text[from];
        from += if text[from] == b'"' { 2 } else { 1 };
        to += 1;
    }
    to
}

/// Replaces TSV's escapes in a part of the text; returns where it ends then. A backslash before anything else is just that:
/// other programs do not escape. `\r` is an escape at the end only, where it is written.
#[cold]
pub(super) fn unescape(text: &mut [u8], start: usize, end: usize) -> usize {
    let (mut from, mut to) = (start, start);
    while from < end {
        let escaped = match (text[from], text[..end].get(from + 1)) {
            (b'\\', Some(b't')) => Some(b'\t'),
            (b'\\', Some(b'n')) => Some(b'\n'),
            (b'\\', Some(b'\\')) => Some(b'\\'),
            (b'\\', Some(b'r')) if from + 2 == end => Some(b'\r'),
            _ => None,
        };
        text[to] = escaped.unwrap_or(text[from]);
        from += 1 + usize::from(escaped.is_some());
        to += 1;
    }
    to
}
