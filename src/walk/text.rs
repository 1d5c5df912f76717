//! Entries as lines of text: paths, or a template filled in.

use std::borrow::Cow;

use super::field::{self, Field, Needs};
use super::recorder::Recorder;
use crate::dirs::Entry;
use crate::dirs::owners::Owners;

/// Escapes control characters for a terminal.
pub type Escape = fn(&[u8]) -> Cow<'_, str>;

/// Writes a path for each entry.
#[derive(Clone, Debug)]
pub struct Paths {
    /// The byte after each: a newline or NUL.
    pub end: u8,
    /// Set if they go to a terminal: names may contain control characters.
    pub escape: Option<Escape>,
}

impl Recorder for Paths {
    fn entry(&mut self, entry: &Entry<'_>, _: bool, _: bool, out: &mut Vec<u8>) {
        let path = entry.place.path;
        match self.escape {
            None => out.extend_from_slice(path),
            Some(escape) => out.extend_from_slice(escape(path).as_bytes()),
        }
        out.push(self.end);
    }
}

/// Writes nothing: for counting entries.
#[derive(Clone, Copy, Debug)]
pub struct Nothing;

impl Recorder for Nothing {
    fn entry(&mut self, _: &Entry<'_>, _: bool, _: bool, _: &mut Vec<u8>) {}
}

/// Writes a template such as `{size}\t{path}` for each entry.
#[derive(Default)]
pub struct Templated {
    template: Template,
    escape: Option<Escape>,
    end: u8,
    owners: Owners,
}

impl Templated {
    /// `end` and `escape` are as in [`Paths`].
    pub fn new(template: &Template, end: u8, escape: Option<Escape>) -> Templated {
        Templated {
            template: template.clone(),
            escape,
            end,
            owners: Owners::default(),
        }
    }
}

impl Recorder for Templated {
    fn entry(&mut self, entry: &Entry<'_>, _: bool, _: bool, out: &mut Vec<u8>) {
        for part in &self.template.0 {
            match part {
                Part::Text(text) => out.extend_from_slice(text),
                Part::Field(field) => {
                    let value = field.value(entry, &mut self.owners);
                    let bytes = value.bytes();
                    match self.escape {
                        None => out.extend_from_slice(&bytes),
                        Some(escape) => out.extend_from_slice(escape(&bytes).as_bytes()),
                    }
                }
            }
        }
        out.push(self.end);
    }
}

/// A text with places for fields.
#[derive(Clone, Default)]
pub struct Template(Vec<Part>);

#[derive(Clone)]
enum Part {
    Text(Vec<u8>),
    Field(&'static Field),
}

impl Template {
    /// Parses a template: `{field}`, `{{` and `}}` for braces, `\t`, `\n`, `\0` and `\\`.
    ///
    /// # Errors
    /// A message and a hint.
    pub fn parse(text: &str) -> Result<Template, (String, String)> {
        let mut parts = Vec::new();
        let mut plain = Vec::new();
        let mut rest = text;
        while let Some(letter) = rest.chars().next() {
            let (taken, length) = match (letter, rest.as_bytes().get(1)) {
                ('{', Some(b'{')) => (&b"{"[..], 2),
                ('}', Some(b'}')) => (&b"}"[..], 2),
                ('\\', Some(b't')) => (&b"\t"[..], 2),
                ('\\', Some(b'n')) => (&b"\n"[..], 2),
                ('\\', Some(b'0')) => (&b"\0"[..], 2),
                ('\\', Some(b'\\')) => (&b"\\"[..], 2),
                ('{', _) => {
                    let end = rest.find('}').ok_or_else(|| unclosed(rest))?;
                    let name = rest[1..end].trim();
                    let field = field::find(name).ok_or_else(|| field::unknown(name))?;
                    if !plain.is_empty() {
                        parts.push(Part::Text(std::mem::take(&mut plain)));
                    }
                    parts.push(Part::Field(field));
                    rest = &rest[end + 1..];
                    continue;
                }
                _ => {
                    let length = letter.len_utf8();
                    (&rest.as_bytes()[..length], length)
                }
            };
            plain.extend_from_slice(taken);
            rest = &rest[length..];
        }
        if !plain.is_empty() {
            parts.push(Part::Text(plain));
        }
        Ok(Template(parts))
    }

    /// What its fields need.
    pub fn needs(&self) -> Needs {
        let needs = self.0.iter().map(|part| match part {
            Part::Text(_) => Needs::default(),
            Part::Field(field) => field.needs,
        });
        needs.fold(Needs::default(), Needs::and)
    }
}

fn unclosed(rest: &str) -> (String, String) {
    (
        format!("missing '}}' after '{rest}'"),
        "write {path} for a field, {{ for a brace".to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<Vec<String>, String> {
        let template = Template::parse(text).map_err(|(message, _)| message)?;
        let parts = template.0.iter().map(|part| match part {
            Part::Text(text) => String::from_utf8_lossy(text).into_owned(),
            Part::Field(field) => format!("<{}>", field.name),
        });
        Ok(parts.collect())
    }

    #[test]
    fn templates_are_split_into_text_and_fields() {
        for (text, parts) in [
            (r"{size}\t{path}", &["<size>", "\t", "<path>"][..]),
            (r"{{{ext}}} \\ é\n\0", &["{", "<ext>", "} \\ é\n\0"]),
            ("", &[]),
            ("}", &["}"]),
            (r"\x", &[r"\x"]),
        ] {
            assert_eq!(parsed(text).unwrap(), parts, "{text}");
        }
        assert_eq!(parsed("{sise}").unwrap_err(), "unknown field 'sise'");
        assert_eq!(parsed("a {size").unwrap_err(), "missing '}' after '{size'");
    }
}
