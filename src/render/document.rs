//! An SVG as a document of XML, with what would make reading it take forever found before it is read.
//!
//! Reading takes time and memory in proportion to the text, but for these: entities that stand for long texts, attributes of one
//! element, which are compared with each other, and prefixes of namespaces, which each element passes on.

use std::borrow::Cow;
use std::collections::HashSet;
use std::io::Read;

use memchr::memmem;
use resvg::usvg::roxmltree::{Document, ParsingOptions};

use super::Fault;

/// The largest SVG that is read, in bytes.
pub const MAX_BYTES: usize = 32 << 20;

/// Elements, texts and comments, after entities were replaced.
const MAX_NODES: u32 = 2_000_000;

/// What entities may make of the text, in bytes.
const MAX_EXPANDED: usize = 64 << 20;

/// Within one entity so many others may be used, says roxmltree.
const NESTED_ENTITIES: usize = 256;

const MAX_ATTRIBUTES: usize = 20_000;

/// Declarations of namespaces times the prefixes among them.
const MAX_NAMESPACES: usize = 20_000_000;

/// The text of an SVG, which may be packed with gzip (`.svgz`).
pub(super) fn text(svg: &[u8]) -> Result<Cow<'_, str>, Fault> {
    if svg.len() > MAX_BYTES {
        return Err(Fault::TooLong);
    }
    if !svg.starts_with(&[0x1f, 0x8b]) {
        return str::from_utf8(svg)
            .map(Cow::Borrowed)
            .map_err(|_| Fault::NotUtf8);
    }
    let mut text = Vec::new();
    flate2::read::MultiGzDecoder::new(svg)
        .take(MAX_BYTES as u64 + 1)
        .read_to_end(&mut text)
        .map_err(Fault::Gzip)?;
    if text.len() > MAX_BYTES {
        return Err(Fault::TooLong);
    }
    String::from_utf8(text)
        .map(Cow::Owned)
        .map_err(|_| Fault::NotUtf8)
}

/// Reads the XML.
pub(super) fn parse(text: &str) -> Result<Document<'_>, Fault> {
    let bytes = text.as_bytes();
    if expanded(bytes) > MAX_EXPANDED {
        return Err(Fault::Entities);
    }
    if has_too_many_attributes(bytes) || has_too_many_namespaces(bytes) {
        return Err(Fault::Attributes);
    }
    let options = ParsingOptions {
        allow_dtd: true,
        nodes_limit: MAX_NODES,
        ..ParsingOptions::default()
    };
    Document::parse_with_options(text, options).map_err(Fault::Xml)
}

/// What the document says it is: the text of its first `title` or `desc` that is a child of the root.
pub(super) fn about(document: &Document<'_>, tag: &str) -> Option<String> {
    let element = document
        .root_element()
        .children()
        .find(|child| child.is_element() && child.tag_name().name() == tag)?;
    let text: String = element
        .descendants()
        .filter(|node| node.is_text())
        .filter_map(|node| node.text())
        .collect();
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// No fewer bytes than entities make of the text.
fn expanded(bytes: &[u8]) -> usize {
    let mut longest = 0;
    let mut is_nested = false;
    for at in memmem::find_iter(bytes, "<!ENTITY") {
        let rest = &bytes[at..];
        let Some(open) = memchr::memchr2(b'"', b'\'', rest) else {
            continue;
        };
        let value = &rest[open + 1..];
        let value = &value[..memchr::memchr(rest[open], value).unwrap_or(value.len())];
        longest = longest.max(value.len());
        is_nested |= memchr::memchr(b'&', value).is_some();
    }
    if longest == 0 {
        return 0;
    }
    let used = memchr::memchr_iter(b'&', bytes).count();
    let nested = if is_nested { NESTED_ENTITIES } else { 1 };
    longest.saturating_mul(used).saturating_mul(nested)
}

fn has_too_many_attributes(bytes: &[u8]) -> bool {
    // Within a tag there is no other `<`.
    let mut from = 0;
    memchr::memchr_iter(b'<', bytes)
        .chain([bytes.len()])
        .any(|to| {
            let piece = &bytes[from..to];
            from = to;
            // Two quotes an attribute; few tags are long enough to be looked at.
            piece.len() > MAX_ATTRIBUTES * 4 && attributes(piece) > MAX_ATTRIBUTES
        })
}

/// How many attributes a tag has at most; what comes after the tag does not count.
fn attributes(tag: &[u8]) -> usize {
    let mut count = 0;
    let mut rest = tag;
    while let Some(at) = memchr::memchr3(b'"', b'\'', b'>', rest) {
        if rest[at] == b'>' {
            break;
        }
        count += 1;
        let value = &rest[at + 1..];
        rest = match memchr::memchr(rest[at], value) {
            Some(end) => &value[end + 1..],
            None => break,
        };
    }
    count
}

fn has_too_many_namespaces(bytes: &[u8]) -> bool {
    let mut prefixes = HashSet::new();
    let mut count = 0_usize;
    for at in memmem::find_iter(bytes, "xmlns:") {
        let rest = &bytes[at..];
        let end = memchr::memchr3(b'=', b' ', b'\n', rest).unwrap_or(rest.len());
        prefixes.insert(&rest[..end]);
        count += 1;
    }
    count.saturating_mul(prefixes.len()) > MAX_NAMESPACES
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOT: &str = r#"<svg xmlns="http://www.w3.org/2000/svg">"#;

    #[test]
    fn entities_as_drawing_programs_use_them_are_read() {
        let text = format!(
            r#"<!DOCTYPE svg [<!ENTITY a "http://example.com/"><!ENTITY b 'x">y'>]>{ROOT}<g id="&a;">&b;&amp;</g></svg>"#
        );
        assert_eq!(expanded(text.as_bytes()), 19 * 3);
        assert!(parse(&text).is_ok());
    }

    #[test]
    fn entities_that_blow_up_are_refused() {
        let long = "x".repeat(100_000);
        let quadratic = format!(
            r#"<!DOCTYPE svg [<!ENTITY a "{long}">]>{ROOT}{}</svg>"#,
            "&a;".repeat(100_000)
        );
        let mut laughs = String::from(r#"<!DOCTYPE svg [<!ENTITY l0 "ha">"#);
        for level in 1..10 {
            let value = format!("&l{};", level - 1).repeat(10);
            laughs += &format!(r#"<!ENTITY l{level} "{value}">"#);
        }
        laughs += &format!("]>{ROOT}{}</svg>", "&l9;".repeat(10_000));
        for text in [quadratic, laughs] {
            assert!(matches!(parse(&text), Err(Fault::Entities)));
        }
        // Few enough to be counted by the reader itself.
        let own = format!(r#"<!DOCTYPE svg [<!ENTITY a "&a;">]>{ROOT}&a;</svg>"#);
        assert!(matches!(parse(&own), Err(Fault::Xml(_))));
        // An entity that is a file is none.
        let file = format!(r#"<!DOCTYPE svg [<!ENTITY a SYSTEM "/etc/passwd">]>{ROOT}&a;</svg>"#);
        assert!(parse(&file).is_err());
    }

    #[test]
    fn attributes_without_end_are_refused() {
        let many: String = (0..=MAX_ATTRIBUTES).map(|n| format!(" a{n}='>'")).collect();
        assert!(matches!(
            parse(&format!("<svg{many}/>")),
            Err(Fault::Attributes)
        ));
        // In a text they are none.
        assert!(parse(&format!("<svg>{many}</svg>")).is_ok());
        let spaces: String = (0..5000).map(|n| format!("<g xmlns:a{n}='b'>")).collect();
        assert!(matches!(
            parse(&format!("<svg>{spaces}")),
            Err(Fault::Attributes)
        ));
        let same = "<g xmlns:a='b'/>".repeat(100_000);
        assert!(parse(&format!("<svg>{same}</svg>")).is_ok());
    }

    #[test]
    fn packed_text_is_unpacked_but_not_without_end() {
        use std::io::Write;
        let pack = |bytes: &[u8]| {
            let mut to = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            to.write_all(bytes).unwrap();
            to.finish().unwrap()
        };
        assert_eq!(text(&pack(b"<svg/>")).unwrap(), "<svg/>");
        let bomb = pack(&vec![b' '; MAX_BYTES + 1]);
        assert!(matches!(text(&bomb), Err(Fault::TooLong)));
        assert!(matches!(text(&bomb[..100]), Err(Fault::Gzip(_))));
        assert!(matches!(text(&pack(b"\xff")), Err(Fault::NotUtf8)));
        assert!(matches!(text(b"\xff"), Err(Fault::NotUtf8)));
        assert!(matches!(
            text(&vec![b' '; MAX_BYTES + 1]),
            Err(Fault::TooLong)
        ));
    }

    #[test]
    fn title_and_description_are_those_of_the_root() {
        let text = format!(
            "{ROOT}<g><title>no</title></g><title> A <b>pie</b> </title><desc/><title>2</title></svg>"
        );
        let document = parse(&text).unwrap();
        assert_eq!(about(&document, "title").unwrap(), "A pie");
        assert_eq!(about(&document, "desc"), None);
    }
}
