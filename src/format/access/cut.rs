//! Where the parts of an access log's line begin and end.

use std::net::IpAddr;

use memchr::{memchr, memmem, memrchr};

use crate::io::bits::{find_near, find_soon, first_or_end};

/// A part of the line as it stands in it; only the request is cut further.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Piece {
    Ip,
    Ident,
    User,
    Time,
    /// Handed over by [`PieceVisitor::visit_request`].
    Request,
    Status,
    Bytes,
    Referer,
    Agent,
    /// What follows the agent.
    Tail,
}

/// What is wrong with a line.
pub(super) type FieldError = &'static str;

/// Takes the pieces of a line.
pub(super) trait PieceVisitor<'a> {
    /// Takes the next one, or says what is wrong with it.
    fn visit(&mut self, piece: Piece, text: &'a [u8]) -> Result<(), FieldError>;

    /// Takes the address, or a list of addresses: what comes before `end` of the line.
    fn visit_address(&mut self, line: &'a [u8], end: usize);

    /// Takes the request, which nothing can be wrong with: what comes before `end` of the rest of the line.
    fn visit_request(&mut self, rest: &'a [u8], end: usize);
}

/// Cuts a line as far as `last`, hands the pieces to the visitor in their order, and says what is wrong with the line that far.
/// (Handing them over one by one costs a comparison for each; filling in a list of all of them costs more than finding
/// the status does.)
#[inline(always)]
pub(super) fn cut<'a>(
    line: &'a [u8],
    last: Piece,
    visitor: &mut impl PieceVisitor<'a>,
) -> Result<(), FieldError> {
    let end = find_near(line, b' ').ok_or("no blank after the address")?;
    if end == 0 {
        return Err("no address at the beginning");
    }
    let rest = if let Some(usual) = line[end..].first_chunk().filter(|head| is_usual(head)) {
        visitor.visit_address(line, end);
        if last == Piece::Ip {
            return Ok(());
        }
        visitor.visit(Piece::Ident, b"-")?;
        visitor.visit(Piece::User, b"-")?;
        visitor.visit(Piece::Time, &usual[6..32])?;
        if last <= Piece::Time {
            return Ok(());
        }
        &line[end + USUAL..]
    } else {
        match cut_head(line, end, last, visitor)? {
            Some(rest) => rest,
            None => return Ok(()),
        }
    };
    let end = closing_quote(rest).ok_or("no closing quote after the request")?;
    // The status shows that it was the right quote.
    let (end, status, after) = match usual_status(&rest[end + 1..]) {
        Some((status, after)) => (end, status, after),
        None => find_status(rest, end, last)?,
    };
    visitor.visit_request(rest, end);
    if last == Piece::Request {
        return Ok(());
    }
    let rest = after;
    visitor.visit(Piece::Status, status)?;
    if last == Piece::Status {
        return Ok(());
    }
    let (bytes, rest) = word(rest).ok_or("no bytes after the status")?;
    visitor.visit(Piece::Bytes, bytes)?;
    if last == Piece::Bytes {
        return Ok(());
    }
    let rest = rest
        .strip_prefix(b" \"")
        .ok_or("no referer in quotes after the bytes")?;
    let mut end = closing_quote(rest).ok_or("no closing quote after the referer")?;
    if !rest[end + 1..].starts_with(b" \"") {
        let begins_agent = |after: &[u8]| after.starts_with(b" \"");
        end = quote_before(rest, begins_agent).ok_or("no agent in quotes after the referer")?;
    }
    visitor.visit(Piece::Referer, &rest[..end])?;
    if last == Piece::Referer {
        return Ok(());
    }
    let rest = rest[end + 1..]
        .strip_prefix(b" \"")
        .ok_or("no agent in quotes after the referer")?;
    let mut end = closing_quote(rest).ok_or("no closing quote after the agent")?;
    if end + 1 < rest.len() && !is_tail(&rest[end + 1..]) {
        end = quote_before(rest, is_tail).ok_or("quotes in the agent that do not pair")?;
    }
    visitor.visit(Piece::Agent, &rest[..end])?;
    if last == Piece::Agent {
        return Ok(());
    }
    visitor.visit(Piece::Tail, &rest[end + 1..])
}

/// Cuts the virtual host off the beginning of a line, without its port; gives the rest of the line.
#[inline(never)]
pub(super) fn cut_vhost(line: &[u8]) -> Result<(&[u8], &[u8]), FieldError> {
    let end = find_near(line, b' ').ok_or("no blank after the virtual host")?;
    let (vhost, rest) = (&line[..end], &line[end + 1..]);
    if vhost.is_empty() || rest.starts_with(b"-") {
        return Err("no address after the virtual host");
    }
    let is_port = |port: &[u8]| !port.is_empty() && port.iter().all(u8::is_ascii_digit);
    Ok(match memrchr(b':', vhost) {
        Some(colon) if is_port(&vhost[colon + 1..]) => (&vhost[..colon], rest),
        _ => (vhost, rest),
    })
}

/// Where a list of addresses ends, which commas and blanks separate, and of which the first ends at `end`.
#[cold]
fn end_of_list(line: &[u8], mut end: usize) -> Result<usize, FieldError> {
    while line[end - 1] == b',' {
        let rest = &line[end + 1..];
        end += 1 + memchr(b' ', rest).ok_or("no blank after the address")?;
    }
    Ok(end)
}

/// How long ` - - [17/May/2026:10:05:03 +0000] "` is, which nearly every line has after its address.
const USUAL: usize = 35;

/// Whether what follows the address is as usual: neither ident nor user, and a time whose end needs no search.
#[inline(always)]
fn is_usual(head: &[u8; USUAL]) -> bool {
    head[..6] == *b" - - [" && head[17] == b':' && head[32..] == *b"] \""
}

/// See [`names`].
type Names<'a> = (&'a [u8], &'a [u8], &'a [u8]);

/// Ident and user after the address, and what follows the bracket before the time. A user's name may have blanks in it.
fn names(head: &[u8]) -> Result<Names<'_>, FieldError> {
    let names = &head[1..];
    let end = memchr(b' ', names).ok_or("no user after the address")?;
    let (ident, rest) = (&names[..end], &names[end + 1..]);
    let end = memmem::find(rest, b" [").ok_or("no time in brackets after the user")?;
    let user = &rest[..end];
    // With one more word in front, such as the virtual host, all fields would be shifted.
    if is_address(ident) || user.starts_with(b"- ") {
        return Err(SHIFTED);
    }
    Ok((ident, user, &rest[end + 2..]))
}

fn is_address(word: &[u8]) -> bool {
    std::str::from_utf8(word).is_ok_and(|word| word.parse::<IpAddr>().is_ok())
}

/// Why a line is bad that has more words in front than the format.
const SHIFTED: FieldError = "more than address, ident and user before the time";

/// Cuts the address, which the first blank ends, and what comes between it and the request, as far as `last`, where that may
/// not be as usual; gives what follows the quote before the request.
#[inline(never)]
fn cut_head<'a>(
    line: &'a [u8],
    mut end: usize,
    last: Piece,
    visitor: &mut impl PieceVisitor<'a>,
) -> Result<Option<&'a [u8]>, FieldError> {
    if line[end - 1] == b',' {
        end = end_of_list(line, end)?;
    }
    visitor.visit_address(line, end);
    let head = &line[end..];
    if last == Piece::Ip {
        // The line may be cut short, but the first word must be the address.
        return match names(head) {
            Err(error) if error == SHIFTED => Err(error),
            _ => Ok(None),
        };
    }
    let rest = if let Some(rest) = head.strip_prefix(b" - - [") {
        visitor.visit(Piece::Ident, b"-")?;
        visitor.visit(Piece::User, b"-")?;
        rest
    } else {
        let (ident, user, rest) = names(head)?;
        visitor.visit(Piece::Ident, ident)?;
        visitor.visit(Piece::User, user)?;
        rest
    };
    if last <= Piece::User {
        return Ok(None);
    }
    // Times are 17/May/2026:10:05:03 +0000 nearly always, and then need no search for their end.
    let end = if rest.get(26) == Some(&b']') && rest[11] == b':' {
        26
    } else {
        memchr(b']', rest).ok_or("no closing bracket after the time")?
    };
    visitor.visit(Piece::Time, &rest[..end])?;
    if last == Piece::Time {
        return Ok(None);
    }
    rest[end + 1..]
        .strip_prefix(b" \"")
        .ok_or("no request in quotes after the time")
        .map(Some)
}

/// Where the quote is that ends a quoted part: the first one before which backslashes, if any, pair up.
#[inline(always)]
pub(super) fn closing_quote(text: &[u8]) -> Option<usize> {
    let first = find_soon(text, b'"')?;
    if first == 0 || text[first - 1] != b'\\' {
        return Some(first);
    }
    closing_quote_after_backslash(text, first)
}

/// The three digits of a status after a blank, and what follows them, as nearly every line has it.
#[inline(always)]
fn usual_status(text: &[u8]) -> Option<(&[u8], &[u8])> {
    match text.first_chunk() {
        Some([b' ', b'0'..=b'9', second, third, b' ']) if ![second, third].contains(&&b' ') => {
            Some((&text[1..4], &text[4..]))
        }
        _ => None,
    }
}

/// Where the request ends, the status after it, and the rest, if the usual does not follow the first quote that may end it.
#[cold]
fn find_status(
    text: &[u8],
    first: usize,
    last: Piece,
) -> Result<(usize, &[u8], &[u8]), FieldError> {
    let begins_status = |after: &[u8]| matches!(after, [b' ', b'0'..=b'9' | b'-', ..]);
    let end = match quote_before(text, begins_status) {
        Some(quote) => quote,
        // What stands in the status's place is judged where the status is wanted.
        None if last == Piece::Request || text[first + 1..].starts_with(b" ") => first,
        None => return Err("no status after the request"),
    };
    match word(&text[end + 1..]) {
        Some((status, rest)) => Ok((end, status, rest)),
        None if last == Piece::Request => Ok((end, b"", b"")),
        None => Err("no status after the request"),
    }
}

/// Whether this may follow the agent: nothing, or other fields, whose quotes pair up.
#[cold]
fn is_tail(after: &[u8]) -> bool {
    let (mut rest, mut is_open) = (after, false);
    while let Some(quote) = closing_quote(rest) {
        is_open = !is_open;
        rest = &rest[quote + 1..];
    }
    matches!(after.first(), None | Some(b' ' | b'\t')) && !is_open
}

/// The first quote that is followed by what must follow the field, where quotes inside it were not escaped.
#[cold]
fn quote_before(text: &[u8], may_follow: impl Fn(&[u8]) -> bool) -> Option<usize> {
    let mut from = 0;
    loop {
        let quote = from + closing_quote(&text[from..])?;
        if may_follow(&text[quote + 1..]) {
            return Some(quote);
        }
        from = quote + 1;
    }
}

#[cold]
fn closing_quote_after_backslash(text: &[u8], first: usize) -> Option<usize> {
    let mut quote = first;
    loop {
        let backslashes = text[..quote]
            .iter()
            .rev()
            .take_while(|byte| **byte == b'\\')
            .count();
        if backslashes % 2 == 0 {
            return Some(quote);
        }
        quote += 1 + memchr(b'"', &text[quote + 1..])?;
    }
}

/// The word after one blank, and the rest from the blank after it on.
#[inline(always)]
fn word(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let text = text.strip_prefix(b" ")?;
    let end = find_near(text, b' ').unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

/// The parts of a request, all empty where it is none: `-`, or the bytes of something that is not HTTP.
#[derive(Clone, Copy, Default)]
pub(super) struct Request<'a> {
    /// The rest of the line, from the URL on.
    from_url: &'a [u8],
    pub(super) method: &'a [u8],
    pub(super) url: &'a [u8],
    pub(super) protocol: &'a [u8],
}

impl<'a> Request<'a> {
    /// Cuts `GET /index.html HTTP/1.1`, which comes before `end` of a line's rest; the URL may have blanks in it.
    #[inline(always)]
    pub(super) fn new(line: &'a [u8], end: usize) -> Request<'a> {
        let request = &line[..end];
        let Some(blank) = find_near(request, b' ') else {
            return Request::default();
        };
        let (method, rest) = (&request[..blank], &request[blank + 1..]);
        let from_url = &line[blank + 1..];
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
                from_url,
                method,
                url: &rest[..word.saturating_sub(1)],
                protocol: &rest[word..],
            }
        } else {
            Request {
                from_url,
                method,
                url: rest,
                protocol: b"",
            }
        }
    }

    /// The URL without its query.
    #[inline(always)]
    pub(super) fn path(&self) -> &'a [u8] {
        &self.url[..first_or_end(self.from_url, self.url.len(), b'?')]
    }
}
