//! What belongs into a slot of a layout, and how it is taken apart.

use super::layout::{Layout, Mark, Slot};
use super::level::{of_letter, of_word};
use super::piece::{Piece, is_number};

/// Where a line goes on after a slot; where it is if what stands there does not belong into the slot.
pub(super) fn skip(slot: Slot, line: &[u8], at: usize) -> usize {
    piece_of(slot, line, at).map_or(at, |(_, next)| next)
}

/// What is in a slot, and where the line goes on. None if what stands there does not belong into it.
#[inline]
pub(super) fn piece_of(slot: Slot, line: &[u8], at: usize) -> Option<(Piece<'_>, usize)> {
    if let Slot::Time(stamp) = slot {
        let length = stamp.length(line.get(at..)?)?;
        return Some((Piece::at(line, at)?, Layout::after_stamp(line, at + length)));
    }
    let piece = Piece::at(line, at)?;
    let belongs = match slot {
        Slot::Separator => piece.is_separator(),
        Slot::Level => level(&piece).is_some(),
        Slot::Pid => process(&piece).is_some() || piece.text == b"-",
        Slot::Thread => piece.is_bracketed || process(&piece).is_some(),
        Slot::Logger(Mark::Colon) | Slot::Tag => piece.has_colon && piece.is_name(),
        Slot::Logger(Mark::Brackets) => piece.is_bracketed,
        Slot::Logger(Mark::Parts) => has_parts(piece),
        Slot::Logger(Mark::Place) | Slot::Program => piece.is_name(),
        Slot::Host | Slot::Other | Slot::Data | Slot::Time(_) => true,
    };
    if slot == Slot::Data && piece.is_bracketed {
        return Some((piece, end_of_data(line, piece.next)));
    }
    belongs.then_some((piece, piece.next))
}

/// Where a line goes on after several brackets without blanks between them.
fn end_of_data(line: &[u8], mut at: usize) -> usize {
    while let Some(piece) = Piece::at(line, at).filter(|piece| piece.is_bracketed) {
        if line.get(at.wrapping_sub(1)) == Some(&b' ') {
            break;
        }
        at = piece.next;
    }
    at
}

/// The level that a piece names, and the word for it: `INFO`, `[error]`, `[core:error]`, `I`.
#[inline]
pub(super) fn level<'a>(piece: &Piece<'a>) -> Option<(&'static str, &'a [u8])> {
    if let [letter] = piece.text {
        return Some((of_letter(*letter)?, piece.text));
    }
    let word = match memchr::memrchr(b':', piece.text).filter(|_| piece.is_bracketed) {
        Some(colon) => &piece.text[colon + 1..],
        None => piece.text,
    };
    let word = word.trim_ascii();
    Some((of_word(word)?, word))
}

/// The number of a process, and that of a thread where it stands beside it: `17`, `17#3`, `pid 17`, `pid 17:tid 3`.
#[inline]
pub(super) fn process<'a>(piece: &Piece<'a>) -> Option<(&'a [u8], Option<&'a [u8]>)> {
    let text = piece.text.strip_prefix(b"pid ").unwrap_or(piece.text);
    let length = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (pid, rest) = text.split_at(length);
    let thread = match rest {
        [] => None,
        [b'#', thread @ ..] => Some(thread),
        [b':', b't', b'i', b'd', b' ', thread @ ..] => Some(thread),
        _ => return None,
    };
    (length > 0 && thread.is_none_or(is_number)).then_some((pid, thread))
}

/// Whether the name has parts, as those of classes and modules have.
pub(super) fn has_parts(piece: Piece<'_>) -> bool {
    let inside = piece
        .text
        .get(1..piece.text.len().saturating_sub(1))
        .unwrap_or_default();
    let is_word = |byte: &u8| !byte.is_ascii_whitespace();
    piece.text.iter().all(is_word)
        && piece.text.first().is_some_and(u8::is_ascii_alphabetic)
        && (inside.contains(&b'.') || memchr::memmem::find(inside, b"::").is_some())
}
