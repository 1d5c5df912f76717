//! What a snapshot was made of, as lines of words.
//!
//! ```text
//! fields type size mtime mode ino
//! root /srv/data
//! filters 5f0c…
//! ```
//!
//! Words are escaped as in other files that jug keeps. Filters are a hash of the flags that select entries; none without them.

use crate::record::escaped::{escape, unescape};
use crate::walk::field::{self, Field};

/// What a snapshot was made of.
#[derive(Clone)]
pub struct Header {
    /// The attributes of entries.
    pub fields: Vec<&'static Field>,
    /// The paths that were walked, without slashes at their ends, in order.
    pub roots: Vec<Vec<u8>>,
    /// A hash of the flags that select entries.
    pub filters: Option<String>,
}

/// Why a header cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeaderError {
    /// It has a field that this version does not know.
    UnknownField(String),
    /// It is not what was written.
    Damaged,
}

impl Header {
    /// Its text.
    pub(super) fn encode(&self) -> String {
        let names: Vec<&str> = self.fields.iter().map(|field| field.name).collect();
        let mut text = format!("fields {}\n", names.join(" "));
        for root in &self.roots {
            text += &format!("root {}\n", escape(root));
        }
        if let Some(filters) = &self.filters {
            text += &format!("filters {}\n", escape(filters.as_bytes()));
        }
        text
    }

    /// The header that a text stands for.
    pub(super) fn decode(text: &[u8]) -> Result<Header, HeaderError> {
        let text = std::str::from_utf8(text).map_err(|_| HeaderError::Damaged)?;
        let mut header = Header {
            fields: Vec::new(),
            roots: Vec::new(),
            filters: None,
        };
        for line in text.lines() {
            let (word, rest) = line.split_once(' ').ok_or(HeaderError::Damaged)?;
            match word {
                "fields" => {
                    for name in rest.split(' ') {
                        let unknown =
                            || HeaderError::UnknownField(name.escape_default().to_string());
                        let field = field::find(name).ok_or_else(unknown)?;
                        header.fields.push(field);
                    }
                }
                "root" => header
                    .roots
                    .push(unescape(rest).ok_or(HeaderError::Damaged)?),
                "filters" => {
                    let filters = unescape(rest).and_then(|bytes| String::from_utf8(bytes).ok());
                    header.filters = Some(filters.ok_or(HeaderError::Damaged)?);
                }
                _ => return Err(HeaderError::Damaged),
            }
        }
        let mut names: Vec<&str> = header.fields.iter().map(|field| field.name).collect();
        names.sort_unstable();
        names.dedup();
        let is_whole = !names.is_empty() && names.len() == header.fields.len();
        match is_whole && !header.roots.is_empty() && header.roots.is_sorted() {
            true => Ok(header),
            false => Err(HeaderError::Damaged),
        }
    }

    /// The part of keys that does not matter: with one root its path, so that a copy can be compared with its original.
    pub(super) fn prefix(&self) -> &[u8] {
        match self.roots.as_slice() {
            [root] => root,
            _ => b"",
        }
    }
}

/// A root as keys begin with it.
pub fn trimmed(root: &[u8]) -> &[u8] {
    let end = root.iter().rposition(|byte| *byte != b'/');
    &root[..end.map_or(0, |end| end + 1)]
}
