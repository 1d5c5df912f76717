//! Templates of labels: text with placeholders for the name and the numbers of a slice.

use std::fmt;

/// A text with the placeholders `{label}`, `{value}`, `{percent}`, `{total}`; `{{` is a literal brace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template(Vec<Piece>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Label,
    Value,
    Percent,
    Total,
}

/// The values of the placeholders.
#[derive(Clone, Copy, Debug)]
pub(super) struct Values<'a> {
    pub(super) label: &'a str,
    pub(super) value: &'a str,
    pub(super) percent: &'a str,
    pub(super) total: &'a str,
}

/// Why a template is invalid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// An unknown placeholder.
    #[error(
        "unknown placeholder {{{0}}}: use {{label}}, {{value}}, {{percent}} or {{total}}, or {{{{ for a brace"
    )]
    Unknown(String),
    /// A brace without its closing one.
    #[error("missing }} after {{; use {{{{ for a brace")]
    Open,
}

impl Default for Template {
    /// `{label} ({percent})`
    fn default() -> Template {
        let text = |text: &str| Piece::Text(text.to_owned());
        Template(vec![Piece::Label, text(" ("), Piece::Percent, text(")")])
    }
}

impl Template {
    /// Parses a template; `\n` in it starts a new line.
    ///
    /// # Errors
    /// [`TemplateError`] if a placeholder is unknown or a brace is not closed.
    pub fn parse(text: &str) -> Result<Template, TemplateError> {
        let text = text.replace("\\n", "\n");
        let (mut pieces, mut plain, mut rest) = (Vec::new(), String::new(), text.as_str());
        while let Some(brace) = rest.find('{') {
            plain.push_str(&rest[..brace]);
            rest = &rest[brace + 1..];
            if let Some(after) = rest.strip_prefix('{') {
                plain.push('{');
                rest = after;
                continue;
            }
            let (name, after) = rest.split_once('}').ok_or(TemplateError::Open)?;
            let piece = match name {
                "label" => Piece::Label,
                "value" => Piece::Value,
                "percent" => Piece::Percent,
                "total" => Piece::Total,
                _ => return Err(TemplateError::Unknown(name.to_owned())),
            };
            if !plain.is_empty() {
                pieces.push(Piece::Text(std::mem::take(&mut plain)));
            }
            pieces.push(piece);
            rest = after;
        }
        plain.push_str(rest);
        if !plain.is_empty() {
            pieces.push(Piece::Text(plain));
        }
        Ok(Template(pieces))
    }

    pub(super) fn fill(&self, values: Values<'_>) -> String {
        self.0
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => text,
                Piece::Label => values.label,
                Piece::Value => values.value,
                Piece::Percent => values.percent,
                Piece::Total => values.total,
            })
            .collect()
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|piece| match piece {
            Piece::Text(text) => f.write_str(&text.replace('{', "{{").replace('\n', "\\n")),
            Piece::Label => f.write_str("{label}"),
            Piece::Value => f.write_str("{value}"),
            Piece::Percent => f.write_str("{percent}"),
            Piece::Total => f.write_str("{total}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_replaced() {
        let values = Values {
            label: "a {value}",
            value: "1,200",
            percent: "12%",
            total: "10,000",
        };
        for (template, filled) in [
            ("{label}: {value} ({percent})", "a {value}: 1,200 (12%)"),
            ("{{{value}", "{1,200"),
            ("{value}\\nof {total}", "1,200\nof 10,000"),
            ("}", "}"),
            ("", ""),
        ] {
            let read = Template::parse(template).unwrap();
            assert_eq!(read.fill(values), filled);
            assert_eq!(read.to_string(), template);
        }
        assert_eq!(Template::default().to_string(), "{label} ({percent})");
    }

    #[test]
    fn unknown_placeholders_and_open_braces_are_rejected() {
        assert_eq!(
            Template::parse("{pct}"),
            Err(TemplateError::Unknown("pct".to_owned()))
        );
        assert_eq!(Template::parse("100 {"), Err(TemplateError::Open));
    }
}
