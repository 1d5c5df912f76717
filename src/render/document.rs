//! An SVG as an XML document. What would take forever to parse is rejected before.
//!
//! Parsing takes time and memory in proportion to the text, except for entities that expand to long texts, attributes of one
//! element, which are compared with each other, and namespace prefixes, which every element inherits.

use std::borrow::Cow;
use std::collections::HashSet;
use std::io::Read;

use memchr::memmem;
use resvg::usvg::roxmltree::{Document, ParsingOptions};

use super::error::RenderError;
use super::options::MAX_BYTES;

/// Elements, texts and comments, with entities expanded.
const MAX_NODES: u32 = 2_000_000;

/// The text with entities expanded, in bytes.
const MAX_EXPANDED: usize = 64 << 20;

/// The references to other entities that roxmltree allows in one.
const NESTED_ENTITIES: usize = 256;

/// In one element.
const MAX_ATTRIBUTES: usize = 20_000;

/// Namespace declarations times distinct prefixes.
const MAX_NAMESPACES: usize = 20_000_000;

/// The text of an SVG, which may be compressed with gzip (`.svgz`).
pub(super) fn text(svg: &[u8]) -> Result<Cow<'_, str>, RenderError> {
    if svg.len() > MAX_BYTES {
        return Err(RenderError::TooLong);
    }
    if !svg.starts_with(&[0x1f, 0x8b]) {
        return str::from_utf8(svg)
            .map(Cow::Borrowed)
            .map_err(|_| RenderError::NotUtf8);
    }
    let mut text = Vec::new();
    flate2::read::MultiGzDecoder::new(svg)
        .take(MAX_BYTES as u64 + 1)
        .read_to_end(&mut text)
        .map_err(RenderError::Gzip)?;
    if text.len() > MAX_BYTES {
        return Err(RenderError::TooLong);
    }
    String::from_utf8(text)
        .map(Cow::Owned)
        .map_err(|_| RenderError::NotUtf8)
}

/// Parses the XML.
pub(super) fn parse(text: &str) -> Result<Document<'_>, RenderError> {
    let bytes = text.as_bytes();
    if expanded(bytes) > MAX_EXPANDED {
        return Err(RenderError::Entities);
    }
    if has_too_many_attributes(bytes) || has_too_many_namespaces(bytes) {
        return Err(RenderError::Attributes);
    }
    let options = ParsingOptions {
        allow_dtd: true,
        nodes_limit: MAX_NODES,
        ..ParsingOptions::default()
    };
    Document::parse_with_options(text, options).map_err(RenderError::Xml)
}

/// The text of the first `title` or `desc` (the `tag`) that is a child of the root.
pub(super) fn metadata(document: &Document<'_>, tag: &str) -> Option<String> {
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

/// An upper bound of the bytes that entities expand to.
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
    // There is no `<` inside a tag.
    let mut from = 0;
    memchr::memchr_iter(b'<', bytes)
        .chain([bytes.len()])
        .any(|to| {
            let piece = &bytes[from..to];
            from = to;
            // An attribute has at least four bytes, so few tags are long enough to be checked.
            piece.len() > MAX_ATTRIBUTES * 4 && attributes(piece) > MAX_ATTRIBUTES
        })
}

/// An upper bound of the attributes of a tag; the text after the tag is ignored.
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
    fn entities_of_drawing_programs_are_expanded() {
        let text = format!(
            r#"<!DOCTYPE svg [<!ENTITY a "http://example.com/"><!ENTITY b 'x">y'>]>{ROOT}<g id="&a;">&b;&amp;</g></svg>"#
        );
        assert_eq!(expanded(text.as_bytes()), 19 * 3);
        assert!(parse(&text).is_ok());
    }

    #[test]
    fn entity_bombs_are_rejected() {
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
            assert!(matches!(parse(&text), Err(RenderError::Entities)));
        }
        // Small enough to be left to the parser.
        let own = format!(r#"<!DOCTYPE svg [<!ENTITY a "&a;">]>{ROOT}&a;</svg>"#);
        assert!(matches!(parse(&own), Err(RenderError::Xml(_))));
        // External entities are not read.
        let file = format!(r#"<!DOCTYPE svg [<!ENTITY a SYSTEM "/etc/passwd">]>{ROOT}&a;</svg>"#);
        assert!(parse(&file).is_err());
    }

    #[test]
    fn attribute_and_namespace_bombs_are_rejected() {
        let many: String = (0..=MAX_ATTRIBUTES).map(|n| format!(" a{n}='>'")).collect();
        assert!(matches!(
            parse(&format!("<svg{many}/>")),
            Err(RenderError::Attributes)
        ));
        // Outside a tag they are text.
        assert!(parse(&format!("<svg>{many}</svg>")).is_ok());
        let spaces: String = (0..5000).map(|n| format!("<g xmlns:a{n}='b'>")).collect();
        assert!(matches!(
            parse(&format!("<svg>{spaces}")),
            Err(RenderError::Attributes)
        ));
        let same = "<g xmlns:a='b'/>".repeat(100_000);
        assert!(parse(&format!("<svg>{same}</svg>")).is_ok());
    }

    #[test]
    fn compressed_text_is_decompressed_up_to_the_limit() {
        use std::io::Write;
        let pack = |bytes: &[u8]| {
            let mut to = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            to.write_all(bytes).unwrap();
            to.finish().unwrap()
        };
        assert_eq!(text(&pack(b"<svg/>")).unwrap(), "<svg/>");
        let bomb = pack(&vec![b' '; MAX_BYTES + 1]);
        assert!(matches!(text(&bomb), Err(RenderError::TooLong)));
        assert!(matches!(text(&bomb[..100]), Err(RenderError::Gzip(_))));
        assert!(matches!(text(&pack(b"\xff")), Err(RenderError::NotUtf8)));
        assert!(matches!(text(b"\xff"), Err(RenderError::NotUtf8)));
        assert!(matches!(
            text(&vec![b' '; MAX_BYTES + 1]),
            Err(RenderError::TooLong)
        ));
    }

    #[test]
    fn title_and_description_are_those_of_the_root() {
        let text = format!(
            "{ROOT}<g><title>no</title></g><title> A <b>pie</b> </title><desc/><title>2</title></svg>"
        );
        let document = parse(&text).unwrap();
        assert_eq!(metadata(&document, "title").unwrap(), "A pie");
        assert_eq!(metadata(&document, "desc"), None);
    }
}
