//! Where the parts of an access log's line begin and end.

use memchr::{memchr, memmem, memrchr};

/// A part of the line as it stands in it; only the request is cut further.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Piece {
    Ip,
    Ident,
    User,
    Time,
    Request,
    Status,
    Bytes,
    Referer,
    Agent,
    /// What follows the agent.
    Tail,
}

/// What is wrong with a line.
pub(super) type Fault = &'static str;

/// Takes the pieces of a line.
pub(super) trait Pieces<'a> {
    /// Takes the next one, or says what is wrong with it.
    fn meet(&mut self, piece: Piece, text: &'a [u8]) -> Result<(), Fault>;
}

/// Cuts a line as far as `last`, hands over the pieces in their order, and says what is wrong with the line that far.
/// (Handing them over one by one costs a comparison for each; filling in a list of all of them costs more than finding
/// the status does.)
#[inline]
pub(super) fn cut<'a>(
    line: &'a [u8],
    last: Piece,
    pieces: &mut impl Pieces<'a>,
) -> Result<(), Fault> {
    let end = memchr(b' ', line).ok_or("no blank after the address")?;
    if end == 0 {
        return Err("no address at the beginning");
    }
    pieces.meet(Piece::Ip, &line[..end])?;
    if last == Piece::Ip {
        return Ok(());
    }
    // Nearly every line has neither ident nor user, so that is worth one comparison.
    let rest = if let Some(rest) = line[end..].strip_prefix(b" - - [") {
        pieces.meet(Piece::Ident, b"-")?;
        pieces.meet(Piece::User, b"-")?;
        rest
    } else {
        let names = &line[end + 1..];
        let end = memchr(b' ', names).ok_or("no user after the address")?;
        pieces.meet(Piece::Ident, &names[..end])?;
        if last == Piece::Ident {
            return Ok(());
        }
        // The user's name may have blanks in it.
        let user = &names[end + 1..];
        let end = memmem::find(user, b" [").ok_or("no time in brackets after the user")?;
        pieces.meet(Piece::User, &user[..end])?;
        &user[end + 2..]
    };
    if last <= Piece::User {
        return Ok(());
    }
    // Times are 17/May/2026:10:05:03 +0000 nearly always, and then need no search for their end.
    let end = if rest.get(26) == Some(&b']') && rest[11] == b':' {
        26
    } else {
        memchr(b']', rest).ok_or("no closing bracket after the time")?
    };
    pieces.meet(Piece::Time, &rest[..end])?;
    if last == Piece::Time {
        return Ok(());
    }
    let rest = rest[end + 1..]
        .strip_prefix(b" \"")
        .ok_or("no request in quotes after the time")?;
    let end = closing_quote(rest).ok_or("no closing quote after the request")?;
    pieces.meet(Piece::Request, &rest[..end])?;
    if last == Piece::Request {
        return Ok(());
    }
    let (status, rest) = word(&rest[end + 1..]).ok_or("no status after the request")?;
    pieces.meet(Piece::Status, status)?;
    if last == Piece::Status {
        return Ok(());
    }
    let (bytes, rest) = word(rest).ok_or("no bytes after the status")?;
    pieces.meet(Piece::Bytes, bytes)?;
    if last == Piece::Bytes {
        return Ok(());
    }
    let rest = rest
        .strip_prefix(b" \"")
        .ok_or("no referer in quotes after the bytes")?;
    let end = closing_quote(rest).ok_or("no closing quote after the referer")?;
    pieces.meet(Piece::Referer, &rest[..end])?;
    if last == Piece::Referer {
        return Ok(());
    }
    let rest = rest[end + 1..]
        .strip_prefix(b" \"")
        .ok_or("no agent in quotes after the referer")?;
    let end = closing_quote(rest).ok_or("no closing quote after the agent")?;
    pieces.meet(Piece::Agent, &rest[..end])?;
    if last == Piece::Agent {
        return Ok(());
    }
    pieces.meet(Piece::Tail, &rest[end + 1..])
}

/// Where the quote is that ends a quoted part: the first one before which backslashes, if any, pair up.
#[inline(always)]
pub(super) fn closing_quote(text: &[u8]) -> Option<usize> {
    let mut from = 0;
    loop {
        let quote = from + memchr(b'"', &text[from..])?;
        let backslashes = text[..quote]
            .iter()
            .rev()
            .take_while(|byte| **byte == b'\\')
            .count();
        if backslashes % 2 == 0 {
            return Some(quote);
        }
        from = quote + 1;
    }
}

/// The word after one blank, and the rest from the blank after it on.
#[inline(always)]
fn word(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let text = text.strip_prefix(b" ")?;
    // Nearly every status has three digits.
    if text.get(3) == Some(&b' ') && !text[..3].contains(&b' ') {
        return Some(text.split_at(3));
    }
    let end = text
        .iter()
        .position(|byte| *byte == b' ')
        .unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

/// The parts of a request, all empty where it is none: `-`, or the bytes of something that is not HTTP.
#[derive(Clone, Copy, Default)]
pub(super) struct Request<'a> {
    pub(super) method: &'a [u8],
    pub(super) url: &'a [u8],
    pub(super) protocol: &'a [u8],
}

impl<'a> Request<'a> {
    /// Cuts `GET /index.html HTTP/1.1`; the URL may have blanks in it.
    #[inline]
    pub(super) fn new(request: &'a [u8]) -> Request<'a> {
        // Methods are so short that a search costs less than to call one.
        let method = request.iter().take(8).position(|byte| *byte == b' ');
        let Some(blank) = method.or_else(|| memchr(b' ', request)) else {
            return Request::default();
        };
        let (method, rest) = (&request[..blank], &request[blank + 1..]);
        let word = match rest {
            // Nearly every request ends like this, and then the last blank needs no search.
            [.., b' ', b'H', b'T', b'T', b'P', b'/', major, b'.', minor]
                if *major != b' ' && *minor != b' ' =>
            {
                rest.len() - 8
            }
            _ => memrchr(b' ', rest).map_or(0, |blank| blank + 1),
        };
        if rest[word..].starts_with(b"HTTP/") {
            Request {
                method,
                url: &rest[..word.saturating_sub(1)],
                protocol: &rest[word..],
            }
        } else {
            Request {
                method,
                url: rest,
                protocol: b"",
            }
        }
    }

    /// The URL without its query.
    #[inline]
    pub(super) fn path(&self) -> &'a [u8] {
        &self.url[..memchr(b'?', self.url).unwrap_or(self.url.len())]
    }
}
