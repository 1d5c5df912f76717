//! `apache-error`: Apache's error log, of version 2.2 (`[TIME] [LEVEL] [client ADDRESS] MESSAGE`) and of version 2.4
//! (`[TIME] [MODULE:LEVEL] [pid N:tid N] SOURCE: ERROR: [client ADDRESS:PORT] MESSAGE, referer: URL`).

use memchr::{memchr, memmem, memrchr};

use super::super::{Bad, Candidate, Kind, Refused, Settings, Spec};
use super::{Entry, Field, Server, bracketed};
use crate::record::time::StampLayout;

/// See the module.
pub(in crate::format) static SPEC: Spec = Spec {
    name: "apache-error",
    summary: "Read error logs of Apache",
    kind: Kind::Records,
    precedence: 3,
    extensions: &[],
    rows: None,
    candidates,
    example: concat!(
        "[Sun May 17 10:05:03.000000 2026] [proxy:error] [pid 812:tid 140213] proxy_util.c(2883): (111)Connection refused: ",
        "[client 192.0.2.17:51334] AH00957: the backend does not answer, referer: https://www.example.com/a\n",
        "[Sun May 17 10:05:04 2026] [notice] Apache/2.2.22 configured -- resuming normal operations\n",
        "[Sun May 17 10:05:05 2026] [error] [client 2001:db8::7] File does not exist: /srv/www/favicon.ico\n",
    ),
};

static SERVER: Server = Server {
    spec: &SPEC,
    stamp: StampLayout::CTIME,
    opening: b"[",
    fields: &[
        Field::Module,
        Field::Pid,
        Field::Tid,
        Field::Source,
        Field::Error,
        Field::Client,
        Field::Port,
        Field::Referer,
    ],
    cut,
};

fn candidates(_: &[u8], settings: &Settings) -> Result<Vec<Candidate>, Refused> {
    Ok(super::candidates(&SERVER, settings))
}

fn cut<'a>(text: &'a [u8], entry: &mut Entry<'a>) -> Result<(), Bad> {
    let after_time = text.strip_prefix(b"] ").and_then(bracketed);
    let (level, mut rest) =
        after_time.ok_or_else(|| Bad::new("no level in brackets after the time"))?;
    match memchr(b':', level) {
        Some(colon) => {
            entry.put(Field::Module, &level[..colon]);
            entry.put(Field::LevelText, &level[colon + 1..]);
        }
        None => entry.put(Field::LevelText, level),
    }
    super::level(entry.get(Field::LevelText))?;
    let process = rest.strip_prefix(b" ").and_then(bracketed);
    let has_process = match process {
        Some((text, after)) if text.starts_with(b"pid ") => {
            let text = &text[b"pid ".len()..];
            match memmem::find(text, b":tid ") {
                Some(tid) => {
                    entry.put(Field::Pid, &text[..tid]);
                    entry.put(Field::Tid, &text[tid + b":tid ".len()..]);
                }
                None => entry.put(Field::Pid, text),
            }
            rest = after;
            true
        }
        _ => false,
    };
    rest = rest.strip_prefix(b" ").unwrap_or(rest);
    if let Some((source, after)) = source(rest) {
        entry.put(Field::Source, source);
        rest = after;
    }
    rest = cut_error(rest, entry);
    let mut has_client = false;
    if rest.starts_with(b"[client ")
        && let Some((client, after)) = bracketed(rest)
    {
        let client = &client[b"client ".len()..];
        let (address, port) = split_port(client, has_process);
        entry.put(Field::Client, address);
        entry.put(Field::Port, port);
        has_client = true;
        rest = after.strip_prefix(b" ").unwrap_or(after);
        if entry.get(Field::Error).is_empty() {
            rest = cut_error(rest, entry);
        }
    }
    // Only requests have a referer, and clients may write anything into it.
    if has_client && let Some(end) = memmem::find(rest, b", referer: ") {
        entry.put(Field::Referer, &rest[end + b", referer: ".len()..]);
        rest = &rest[..end];
    }
    entry.put(Field::Message, rest);
    Ok(())
}

/// Cuts off what the system said, `(111)Connection refused: `.
fn cut_error<'a>(text: &'a [u8], entry: &mut Entry<'a>) -> &'a [u8] {
    let Some(number) = text.strip_prefix(b"(") else {
        return text;
    };
    let digits = number.strip_prefix(b"-").unwrap_or(number);
    let length = digits
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let end = memmem::find(text, b": ");
    match end {
        Some(end) if length > 0 && digits.get(length) == Some(&b')') => {
            entry.put(Field::Error, &text[..end]);
            &text[end + 2..]
        }
        _ => text,
    }
}

/// The place in the source that debugging names, `mod_ssl.c(1234): `, and what follows it.
fn source(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = memmem::find(text, b"): ")?;
    let open = memrchr(b'(', &text[..end])?;
    let (file, line) = (&text[..open], &text[open + 1..end]);
    let is_of_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"._-/".contains(byte);
    let is_source = file.iter().all(is_of_name)
        && memchr(b'.', file).is_some_and(|point| point > 0)
        && !line.is_empty()
        && line.iter().all(u8::is_ascii_digit);
    is_source.then(|| (&text[..=end], &text[end + 3..]))
}

/// The address and the port, which version 2.4 writes behind a colon, also behind addresses of IPv6.
fn split_port(client: &[u8], has_port: bool) -> (&[u8], &[u8]) {
    let Some(colon) = memrchr(b':', client) else {
        return (client, b"");
    };
    let (address, port) = (&client[..colon], &client[colon + 1..]);
    let is_v6 = memchr(b':', address).is_some();
    let is_port = !port.is_empty() && port.iter().all(u8::is_ascii_digit);
    match is_port && (has_port || !is_v6) {
        true => (address, port),
        false => (client, b""),
    }
}
