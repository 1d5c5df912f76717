//! What is said of a slice, with places for its name and numbers.

use std::fmt;

/// A text with places: `{label}`, `{value}`, `{percent}`, `{total}`; `{{` is a brace.
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

/// What fills the places.
#[derive(Clone, Copy, Debug)]
pub(super) struct Filling<'a> {
    pub(super) label: &'a str,
    pub(super) value: &'a str,
    pub(super) percent: &'a str,
    pub(super) total: &'a str,
}

/// A template that makes no sense.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// It names a place that there is not.
    #[error(
        "there is no {{{0}}}: write {{label}}, {{value}}, {{percent}} or {{total}}, and {{{{ for a brace"
    )]
    Place(String),
    /// A brace that is not closed.
    #[error("a {{ is not closed; write {{{{ for a brace")]
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
    /// Reads a template; `\n` in it is an end of line.
    ///
    /// # Errors
    /// [`Unfit`].
    pub fn parse(text: &str) -> Result<Template, Unfit> {
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
            let (name, after) = rest.split_once('}').ok_or(Unfit::Open)?;
            let piece = match name {
                "label" => Piece::Label,
                "value" => Piece::Value,
                "percent" => Piece::Percent,
                "total" => Piece::Total,
                _ => return Err(Unfit::Place(name.to_owned())),
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

    pub(super) fn fill(&self, filling: Filling<'_>) -> String {
        self.0
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => text,
                Piece::Label => filling.label,
                Piece::Value => filling.value,
                Piece::Percent => filling.percent,
                Piece::Total => filling.total,
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
    fn places_are_filled() {
        let filling = Filling {
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
            assert_eq!(read.fill(filling), filled);
            assert_eq!(read.to_string(), template);
        }
        assert_eq!(Template::default().to_string(), "{label} ({percent})");
    }

    #[test]
    fn other_places_are_refused() {
        assert_eq!(
            Template::parse("{pct}"),
            Err(Unfit::Place("pct".to_owned()))
        );
        assert_eq!(Template::parse("100 {"), Err(Unfit::Open));
    }
}
