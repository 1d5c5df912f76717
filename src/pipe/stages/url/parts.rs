//! The parts of a URL, as RFC 3986 (appendix B) finds them. Nothing is decoded, so that they make the same URL again.

use crate::pipe::emit::{Emit, Unit};
use crate::pipe::failure::Failure;
use crate::pipe::flow::Flow;
use crate::pipe::stage::UnitStage;
use crate::record::records::{Form, Names, RawValue};

/// The parts in the order in which they stand.
const PARTS: [&str; 7] = [
    "scheme", "user", "host", "port", "path", "query", "fragment",
];

pub(super) struct Cutter {
    names: Names,
}

impl Cutter {
    pub(super) fn new() -> Cutter {
        let names = PARTS.iter().map(|name| name.as_bytes().into());
        Cutter {
            names: names.collect(),
        }
    }
}

impl UnitStage for Cutter {
    fn unit(&mut self, unit: Unit<'_>, out: &mut Emit<'_>) -> Result<Flow, Failure> {
        let Unit::Item(item) = unit else {
            return out.keep(unit);
        };
        out.record(|made| {
            for part in cut(item.content) {
                made.push(match part {
                    Some(part) => RawValue::text(part),
                    None => RawValue {
                        form: Form::Null,
                        bytes: b"null",
                    },
                });
            }
            made.end_record(&self.names);
            Ok(())
        })
    }
}

/// The parts of a URL, those that are not there left out.
fn cut(url: &[u8]) -> [Option<&[u8]>; 7] {
    let before = |text: &'_ [u8], ends: &[u8]| {
        let end = text.iter().position(|byte| ends.contains(byte));
        end.unwrap_or(text.len())
    };
    let (mut scheme, mut user, mut host, mut port) = (None, None, None, None);
    let mut rest = url;
    let colon = before(rest, b":/?#");
    if colon > 0 && rest.get(colon) == Some(&b':') {
        scheme = Some(&rest[..colon]);
        rest = &rest[colon + 1..];
    }
    if let Some(after) = rest.strip_prefix(b"//") {
        let (mut authority, after) = after.split_at(before(after, b"/?#"));
        rest = after;
        if let Some(at) = memchr::memrchr(b'@', authority) {
            user = Some(&authority[..at]);
            authority = &authority[at + 1..];
        }
        // Colons inside the brackets of an IPv6 address separate no port.
        let address = memchr::memchr(b']', authority).filter(|_| authority.starts_with(b"["));
        let from = address.map_or(0, |bracket| bracket + 1);
        match memchr::memrchr(b':', &authority[from..]) {
            Some(colon) => {
                host = Some(&authority[..from + colon]);
                port = Some(&authority[from + colon + 1..]);
            }
            None => host = Some(authority),
        }
    }
    let (path, rest) = rest.split_at(before(rest, b"?#"));
    let (query, fragment) = rest.split_at(before(rest, b"#"));
    [
        scheme,
        user,
        host,
        port,
        Some(path),
        query.get(1..),
        fragment.get(1..),
    ]
}

/// Makes URLs of records with these parts. Other fields are refused: they would be lost.
pub(super) struct Joiner;

impl UnitStage for Joiner {
    fn unit(&mut self, unit: Unit<'_>, out: &mut Emit<'_>) -> Result<Flow, Failure> {
        let Unit::Record(record) = unit else {
            return out.keep(unit);
        };
        let mut parts: [Option<std::borrow::Cow<'_, [u8]>>; 7] = Default::default();
        for (name, value) in record.names().iter().zip(record.values()) {
            let Some(place) = PARTS.iter().position(|part| part.as_bytes() == &**name) else {
                let name = String::from_utf8_lossy(name);
                return Err(Failure::new(format!("a URL has no part '{name}'")));
            };
            if value.form != Form::Null {
                parts[place] = Some(value.plain());
            }
        }
        let [scheme, user, host, port, path, query, fragment] = parts;
        if host.is_none() && (user.is_some() || port.is_some()) {
            return Err(Failure::new("a URL with a user or a port needs a host"));
        }
        let mut url = Vec::new();
        let mut put = |before: &str, part: Option<std::borrow::Cow<'_, [u8]>>, after: &str| {
            if let Some(part) = part {
                url.extend_from_slice(before.as_bytes());
                url.extend_from_slice(&part);
                url.extend_from_slice(after.as_bytes());
            }
        };
        put("", scheme, ":");
        put("//", host.as_ref().map(|_| b""[..].into()), "");
        put("", user, "@");
        put("", host, "");
        put(":", port, "");
        put("", path, "");
        put("?", query, "");
        put("#", fragment, "");
        out.push(&url, b"\n")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::pipe::run::testing::run_cut;

    fn parts(url: &str) -> [Option<&str>; 7] {
        cut(url.as_bytes()).map(|part| part.map(|part| std::str::from_utf8(part).unwrap()))
    }

    /// `python3 -c 'from urllib.parse import *; u=urlsplit(URL); print(u, u.username, u.password, u.hostname, u.port)'`; where
    /// Python gives an empty text for a part that is not there, the marks in the URL decide.
    #[test]
    fn urls_are_cut_as_by_python() {
        let (none, some) = (None, Some);
        let cases = [
            (
                "http://u:p@h.example:80/a/b;c?q=1&r#f?x",
                [
                    some("http"),
                    some("u:p"),
                    some("h.example"),
                    some("80"),
                    some("/a/b;c"),
                    some("q=1&r"),
                    some("f?x"),
                ],
            ),
            ("//h", [none, none, some("h"), none, some(""), none, none]),
            (
                "mailto:a@b",
                [some("mailto"), none, none, none, some("a@b"), none, none],
            ),
            (
                "/a:b?c:d",
                [none, none, none, none, some("/a:b"), some("c:d"), none],
            ),
            (
                "x://[::1]",
                [some("x"), none, some("[::1]"), none, some(""), none, none],
            ),
            (
                "x://[::1]:5",
                [
                    some("x"),
                    none,
                    some("[::1]"),
                    some("5"),
                    some(""),
                    none,
                    none,
                ],
            ),
            (
                "x://a@b@c:",
                [
                    some("x"),
                    some("a@b"),
                    some("c"),
                    some(""),
                    some(""),
                    none,
                    none,
                ],
            ),
            ("?", [none, none, none, none, some(""), some(""), none]),
        ];
        for (url, expected) in cases {
            assert_eq!(parts(url), expected, "{url}");
        }
    }

    #[test]
    fn records_that_are_not_urls_are_refused() {
        let words = ["from", "ndjson", "+", "url", "--join"];
        let join = |record: &str| run_cut(&words, record.as_bytes(), 9);
        let error = |record: &str| join(record).unwrap_err();
        assert!(error("{\"x\":1}\n").ends_with("a URL has no part 'x'"));
        assert!(error("{\"port\":1}\n").ends_with("a URL with a user or a port needs a host"));
        assert_eq!(
            join("{\"host\":\"h\",\"port\":80,\"path\":\"/\"}\n").unwrap(),
            b"//h:80/\n"
        );
    }

    proptest! {
        #[test]
        fn parts_make_the_same_url_again(url in prop::collection::vec(
            prop::sample::select(b"a0:/?#@[]%. \xff\"\\".as_slice()), 0..20,
        )) {
            let line = [&url[..], b"\n"].concat();
            let joined = run_cut(&["url", "--parts", "+", "url", "--join"], &line, 7).unwrap();
            prop_assert_eq!(joined, line);
        }
    }
}
