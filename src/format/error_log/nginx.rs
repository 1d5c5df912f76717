//! `nginx-error`: nginx's error log, `TIME [LEVEL] PID#TID: *CONNECTION MESSAGE, client: ADDRESS, server: NAME, request: "…", …`.
//!
//! nginx escapes nothing, so a client may write what looks like another key. Lines that can be read in several ways are bad.

use memchr::{memchr, memmem};

use super::super::{Bad, Candidate, Kind, Refused, Settings, Spec};
use super::{Entry, Field, Server, bracketed};
use crate::record::time::StampLayout;

/// See the module.
pub(in crate::format) static SPEC: Spec = Spec {
    name: "nginx-error",
    summary: "Read error logs of nginx",
    kind: Kind::Records,
    precedence: 3,
    extensions: &[],
    rows: None,
    candidates,
    example: concat!(
        "2026/05/17 10:05:03 [error] 812#7: *67 connect() failed (111: Connection refused) while connecting to upstream, ",
        "client: 192.0.2.17, server: www.example.com, request: \"GET /a?b=c HTTP/1.1\", subrequest: \"/auth\", ",
        "upstream: \"http://198.51.100.3:8080/a?b=c\", host: \"www.example.com\", referrer: \"https://www.example.com/\"\n",
        "2026/05/17 10:05:04 [notice] 812#7: signal process started\n",
        "2026/05/17 10:05:05 [info] 812#7: *68 client disconnected, client: 192.0.2.18, server: 0.0.0.0:443, ",
        "upstream: \"198.51.100.3:22\", bytes from/to client:0/0, bytes from/to upstream:0/0\n",
    ),
};

static SERVER: Server = Server {
    spec: &SPEC,
    stamp: StampLayout::SLASHES,
    opening: b"",
    fields: &[
        Field::Pid,
        Field::Tid,
        Field::Connection,
        Field::Client,
        Field::Server,
        Field::Request,
        Field::Subrequest,
        Field::Upstream,
        Field::Host,
        Field::Referer,
        Field::Extra,
    ],
    cut,
};

/// What may follow the message, as nginx writes it.
const KEYS: [(&[u8], Field); 7] = [
    (b"client: ", Field::Client),
    (b"server: ", Field::Server),
    (b"request: ", Field::Request),
    (b"subrequest: ", Field::Subrequest),
    (b"upstream: ", Field::Upstream),
    (b"host: ", Field::Host),
    (b"referrer: ", Field::Referer),
];

fn candidates(_: &[u8], settings: &Settings) -> Result<Vec<Candidate>, Refused> {
    Ok(super::candidates(&SERVER, settings))
}

fn cut<'a>(text: &'a [u8], entry: &mut Entry<'a>) -> Result<(), Bad> {
    let after_time = text.strip_prefix(b" ").and_then(bracketed);
    let (level, rest) =
        after_time.ok_or_else(|| Bad::new("no level in brackets after the time"))?;
    super::level(level)?;
    entry.put(Field::LevelText, level);
    let (pid, tid, mut rest) =
        process(rest).ok_or_else(|| Bad::new("no process after the level"))?;
    entry.put(Field::Pid, pid);
    entry.put(Field::Tid, tid);
    if let Some(connection) = rest.strip_prefix(b"*") {
        let digits = connection.iter().take_while(|byte| byte.is_ascii_digit());
        let (number, after) = connection.split_at(digits.count());
        if let (false, Some(after)) = (number.is_empty(), after.strip_prefix(b" ")) {
            entry.put(Field::Connection, number);
            rest = after;
        }
    }
    let mut is_unclear = false;
    for start in memmem::find_iter(rest, b", client: ") {
        match pairs(&rest[start + 2..]) {
            Some(pairs) => {
                entry.put(Field::Message, &rest[..start]);
                for (field, text) in pairs {
                    entry.put(field, text);
                }
                return Ok(());
            }
            None => is_unclear = true,
        }
    }
    if is_unclear {
        return Err(Bad::new(
            "what follows the message can be read in several ways",
        ));
    }
    entry.put(Field::Message, rest);
    Ok(())
}

/// ` 812#7: `
fn process(text: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let text = text.strip_prefix(b" ")?;
    let end = memmem::find(text, b": ")?;
    let hash = memchr(b'#', &text[..end])?;
    let (pid, tid) = (&text[..hash], &text[hash + 1..end]);
    let is_number = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    (is_number(pid) && is_number(tid)).then(|| (pid, tid, &text[end + 2..]))
}

/// The pairs after the message, of which the first is the client. None if a key is there twice, or the client is no address.
fn pairs(text: &[u8]) -> Option<Vec<(Field, &[u8])>> {
    let mut pairs: Vec<(Field, &[u8])> = Vec::new();
    let mut rest = text;
    while let Some((field, after)) = key(rest) {
        let (value, after) = cut_value(after);
        if pairs.iter().any(|(known, _)| *known == field) {
            return None;
        }
        if field == Field::Client && value.contains(&b' ') {
            return None;
        }
        pairs.push((field, value));
        rest = after;
    }
    pairs.push((Field::Extra, rest));
    Some(pairs)
}

/// The key at the beginning of a text, and what follows it.
fn key(text: &[u8]) -> Option<(Field, &[u8])> {
    let mut keys = KEYS.iter();
    keys.find_map(|(key, field)| Some((*field, text.strip_prefix(*key)?)))
}

/// A value up to the next key, and the text from there on.
fn cut_value(text: &[u8]) -> (&[u8], &[u8]) {
    let (inside, closing) = match text.strip_prefix(b"\"") {
        Some(inside) => (inside, &b"\", "[..]),
        None => (text, &b", "[..]),
    };
    let mut ends = memmem::find_iter(inside, closing).peekable();
    let first = ends.peek().copied();
    let end = ends.find(|end| key(&inside[end + closing.len()..]).is_some());
    match end.or(first) {
        Some(end) => (&inside[..end], &inside[end + closing.len()..]),
        None => (inside.strip_suffix(&closing[..1]).unwrap_or(inside), b""),
    }
}
