//! Where the parts of an access log's line begin and end.

use memchr::{memchr, memrchr};

use super::Part;

/// The parts of a line, as far as it was read; empty from there on.
#[derive(Default)]
pub(super) struct Cut<'a> {
    pub(super) ip: &'a [u8],
    pub(super) ident: &'a [u8],
    pub(super) user: &'a [u8],
    pub(super) time: &'a [u8],
    pub(super) request: &'a [u8],
    pub(super) status: &'a [u8],
    pub(super) bytes: &'a [u8],
    pub(super) referer: &'a [u8],
    pub(super) agent: &'a [u8],
    /// What follows the agent.
    pub(super) tail: &'a [u8],
}

impl<'a> Cut<'a> {
    /// Cuts a line as far as `last`, and says what is wrong with it that far.
    #[inline]
    pub(super) fn new(line: &'a [u8], last: Part) -> Result<Cut<'a>, &'static str> {
        let mut cut = Cut::default();
        let end = memchr(b' ', line).ok_or("no blank after the address")?;
        if end == 0 {
            return Err("no address at the beginning");
        }
        cut.ip = &line[..end];
        if last == Part::Ip {
            return Ok(cut);
        }
        // Nearly every line has neither ident nor user, so that is worth one comparison.
        let rest = if let Some(rest) = line[end..].strip_prefix(b" - - [") {
            (cut.ident, cut.user) = (b"-", b"-");
            rest
        } else {
            cut.names(&line[end + 1..], last)?
        };
        if last <= Part::User {
            return Ok(cut);
        }
        // Times are 17/May/2026:10:05:03 +0000 nearly always, and then need no search for their end.
        let end = if rest.get(26) == Some(&b']') && rest[11] == b':' {
            26
        } else {
            memchr(b']', rest).ok_or("no closing bracket after the time")?
        };
        cut.time = &rest[..end];
        if last == Part::Time {
            return Ok(cut);
        }
        let rest = rest[end + 1..]
            .strip_prefix(b" \"")
            .ok_or("no request in quotes after the time")?;
        let end = closing_quote(rest).ok_or("no closing quote after the request")?;
        cut.request = &rest[..end];
        if last <= Part::Protocol {
            return Ok(cut);
        }
        let (status, rest) = word(&rest[end + 1..]).ok_or("no status after the request")?;
        cut.status = status;
        if last == Part::Status {
            return Ok(cut);
        }
        cut.end(rest, last)?;
        Ok(cut)
    }

    /// Cuts ident and user, gives what follows the bracket after them. The user's name may have blanks in it.
    fn names(&mut self, names: &'a [u8], last: Part) -> Result<&'a [u8], &'static str> {
        let end = memchr(b' ', names).ok_or("no user after the address")?;
        self.ident = &names[..end];
        if last == Part::Ident {
            return Ok(b"");
        }
        let user = &names[end + 1..];
        let end = memchr::memmem::find(user, b" [").ok_or("no time in brackets after the user")?;
        self.user = &user[..end];
        Ok(&user[end + 2..])
    }

    /// Cuts what follows the status.
    fn end(&mut self, rest: &'a [u8], last: Part) -> Result<(), &'static str> {
        let (bytes, rest) = word(rest).ok_or("no bytes after the status")?;
        self.bytes = bytes;
        if last == Part::Bytes {
            return Ok(());
        }
        let rest = rest
            .strip_prefix(b" \"")
            .ok_or("no referer in quotes after the bytes")?;
        let end = closing_quote(rest).ok_or("no closing quote after the referer")?;
        self.referer = &rest[..end];
        if last == Part::Referer {
            return Ok(());
        }
        let rest = rest[end + 1..]
            .strip_prefix(b" \"")
            .ok_or("no agent in quotes after the referer")?;
        let end = closing_quote(rest).ok_or("no closing quote after the agent")?;
        self.agent = &rest[..end];
        self.tail = &rest[end + 1..];
        Ok(())
    }
}

/// Where the quote is that ends a quoted part: the first one before which backslashes, if any, pair up.
#[inline]
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
#[inline]
fn word(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let text = text.strip_prefix(b" ")?;
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
        let Some(blank) = memchr(b' ', request) else {
            return Request::default();
        };
        let (method, rest) = (&request[..blank], &request[blank + 1..]);
        let word = memrchr(b' ', rest).map_or(0, |blank| blank + 1);
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
