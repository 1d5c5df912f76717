//! What is done with the pieces of a line: filling in what is wanted, checking what is not free text, learning the layout.

use std::borrow::Cow;

use super::cut::{FieldError, Piece, PieceVisitor, Request};
use super::tail::layout::TailReader;
use super::{Part, Places, tail};
use crate::format::wanted::{TimeTexts, put};
use crate::io::bits::first_or_end;
use crate::record::Value;
use crate::record::number::is_digits;

/// Puts what is wanted of a line where it is wanted; with `FRONT` the list of addresses, too.
pub(super) struct WantedFields<'w, 'o, 'a, const FRONT: bool> {
    pub(super) places: &'w Places,
    pub(super) tail: &'w TailReader,
    pub(super) out: &'o mut [Value<'a>],
}

impl<'a, const FRONT: bool> WantedFields<'_, '_, 'a, FRONT> {
    /// Where a part is wanted, if it is.
    #[inline(always)]
    fn place(&mut self, part: Part) -> Option<&mut Value<'a>> {
        self.out.get_mut(self.places.0[part as usize])
    }

    #[inline(always)]
    pub(super) fn text(&mut self, part: Part, text: &'a [u8]) {
        if let Some(place) = self.place(part) {
            put_text(text, place);
        }
    }
}

impl<'a, const FRONT: bool> PieceVisitor<'a> for WantedFields<'_, '_, 'a, FRONT> {
    // `cut` says which piece it is where it is compiled, so of all this only one arm is left each time.
    #[inline(always)]
    fn visit(&mut self, piece: Piece, text: &'a [u8]) -> Result<(), FieldError> {
        match piece {
            Piece::Ident => self.text(Part::Ident, text),
            Piece::User => self.text(Part::User, text),
            Piece::Time => self.text(Part::Time, text),
            Piece::Referer => self.text(Part::Referer, text),
            Piece::Agent => self.text(Part::Agent, text),
            Piece::Status => {
                if let Some(place) = self.place(Part::Status) {
                    put_status(text, place)?;
                }
            }
            Piece::Bytes => {
                if let Some(place) = self.place(Part::Bytes) {
                    put_bytes(text, place)?;
                }
            }
            Piece::Tail => self.tail.read(text, self.out)?,
            Piece::Ip | Piece::Request => {}
        }
        Ok(())
    }

    #[inline(always)]
    fn visit_address(&mut self, line: &'a [u8], end: usize) {
        if let Some(place) = self.place(Part::Ip) {
            // The first address of a list is the client's.
            put_text(&line[..first_or_end(line, end, b',')], place);
        }
        if FRONT
            && let Some(place) = self.place(Part::Forwarded)
            && memchr::memchr(b',', &line[..end]).is_some()
        {
            put_text(&line[..end], place);
        }
    }

    #[inline(always)]
    fn visit_request(&mut self, rest: &'a [u8], end: usize) {
        let wanted = [Part::Method, Part::Url, Part::Path, Part::Protocol];
        if wanted.map(|part| self.places.0[part as usize]) != [Places::NONE; 4] {
            let request = Request::new(rest, end);
            self.text(Part::Method, request.method);
            self.text(Part::Url, request.url);
            if let Some(place) = self.place(Part::Path) {
                put_text(request.path(), place);
            }
            self.text(Part::Protocol, request.protocol);
        }
    }
}

/// What must follow the agent.
#[derive(Clone, Copy)]
pub(super) enum TailCheck {
    /// Anything.
    Free,
    /// A request time in this place.
    Rt(tail::Place),
    /// Nothing.
    Nothing,
}

/// Looks at what is not free text.
pub(super) struct FieldChecker<'t> {
    pub(super) tail: TailCheck,
    pub(super) texts: &'t mut TimeTexts,
}

impl<'a> PieceVisitor<'a> for FieldChecker<'_> {
    fn visit(&mut self, piece: Piece, text: &'a [u8]) -> Result<(), FieldError> {
        match piece {
            Piece::Time if text != b"-" && self.texts.parse(text).is_none() => {
                Err("time is not a time")
            }
            Piece::Status => put_status(text, &mut Value::Missing),
            Piece::Bytes => put_bytes(text, &mut Value::Missing),
            Piece::Tail => match self.tail {
                TailCheck::Rt(place) => tail::request_time(text, place).map(|_| ()),
                TailCheck::Nothing if !text.trim_ascii().is_empty() => {
                    Err("text at the end, which the first lines do not have")
                }
                TailCheck::Nothing | TailCheck::Free => Ok(()),
            },
            _ => Ok(()),
        }
    }

    fn visit_address(&mut self, _: &'a [u8], _: usize) {}

    fn visit_request(&mut self, _: &'a [u8], _: usize) {}
}

/// What a line shows of the layout of its file.
#[derive(Default)]
pub(super) struct LineShape<'a> {
    pub(super) has_list: bool,
    /// What follows the agent.
    pub(super) tail: &'a [u8],
    /// The last piece before that.
    pub(super) last: &'a [u8],
}

impl<'a> PieceVisitor<'a> for LineShape<'a> {
    fn visit(&mut self, piece: Piece, text: &'a [u8]) -> Result<(), FieldError> {
        match piece {
            Piece::Tail => self.tail = text,
            _ => self.last = text,
        }
        Ok(())
    }

    fn visit_address(&mut self, line: &'a [u8], end: usize) {
        self.has_list = memchr::memchr(b',', &line[..end]).is_some();
    }

    fn visit_request(&mut self, _: &'a [u8], _: usize) {}
}

#[inline(always)]
fn put_text<'a>(text: &'a [u8], out: &mut Value<'a>) {
    let value = if matches!(text, b"" | b"-") {
        Value::Missing
    } else {
        Value::Text(Cow::Borrowed(text))
    };
    put(value, out);
}

#[inline(always)]
fn put_status<'a>(text: &'a [u8], out: &mut Value<'a>) -> Result<(), FieldError> {
    put_digits(text, "status is not a number", out)
}

#[inline(always)]
fn put_bytes<'a>(text: &'a [u8], out: &mut Value<'a>) -> Result<(), FieldError> {
    put_digits(text, "bytes is not a number", out)
}

#[inline(always)]
fn put_digits<'a>(
    text: &'a [u8],
    error: FieldError,
    out: &mut Value<'a>,
) -> Result<(), FieldError> {
    if is_digits(text) {
        put(Value::Digits(Cow::Borrowed(text)), out);
    } else if text == b"-" {
        put(Value::Missing, out);
    } else {
        return Err(error);
    }
    Ok(())
}
