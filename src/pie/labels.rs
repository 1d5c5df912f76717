//! The texts that name a slice.

use super::options::Options;
use super::rows::Row;
use super::template::{Template, Values};
use super::text::{LABEL, isolate, truncate, width};
use crate::render::Weight;

/// The least width of a truncated label, in pixels.
const MIN_LABEL: f64 = 40.0;

/// The texts that name a slice.
pub(super) struct Label {
    name: String,
    /// The label in one line, as [`Options::format`] has it.
    pub(super) line: String,
    /// The ways to write it into the slice, line by line, the best first.
    pub(super) variants: Vec<Vec<String>>,
    pub(super) percent: String,
}

impl Label {
    pub(super) fn new(row: &Row<'_>, total: &str, options: &Options) -> Label {
        let name = isolate(&row.slice.label);
        let values = Values {
            label: &name,
            value: &row.value,
            percent: &row.percent,
            total,
        };
        let filled = options.format.fill(values);
        let lines: Vec<String> = filled.lines().map(str::to_owned).collect();
        let line = lines.join(" ");
        let mut variants = Vec::new();
        if options.format == Template::default() {
            variants.push(vec![name.to_string(), row.percent.clone()]);
        }
        variants.push(lines);
        Label {
            name: name.into_owned(),
            line,
            variants,
            percent: row.percent.clone(),
        }
    }

    /// The width of the label in one line, in pixels.
    pub(super) fn width(&self) -> f64 {
        width(&self.line, LABEL, Weight::Regular)
    }

    /// The label in one line no wider than `room`. If it is too wide, the name is truncated and the numbers stay.
    pub(super) fn fit(&self, room: f64) -> String {
        let name_width = width(&self.name, LABEL, Weight::Regular);
        let name_room = room - (self.width() - name_width);
        if name_room > MIN_LABEL && self.line.contains(&self.name) {
            let name = truncate(&self.name, LABEL, Weight::Regular, name_room);
            self.line.replacen(&self.name, &name, 1)
        } else {
            truncate(&self.line, LABEL, Weight::Regular, room)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::slices::Slice;
    use super::*;
    use crate::record::Number;

    fn label(name: &str) -> Label {
        let slice = Slice {
            label: name.to_owned(),
            value: Number::parse(b"1200").unwrap(),
            share: 0.5,
            color: [0; 3],
        };
        let row = Row {
            slice: &slice,
            value: "1,200".to_owned(),
            percent: "50%".to_owned(),
        };
        Label::new(&row, "2,400", &Options::default())
    }

    #[test]
    fn a_label_that_is_too_wide_keeps_its_numbers() {
        let long = label("a name that does not fit into the room there is");
        let fitted = long.fit(120.0);
        assert!(
            fitted.starts_with("a name") && fitted.ends_with("… (50%)"),
            "{fitted}"
        );
        assert!(width(&fitted, LABEL, Weight::Regular) <= 120.0);
        assert_eq!(long.fit(500.0), long.line);
        // With less than 40 pixels for the name, the line is truncated as a whole.
        assert!(!long.fit(60.0).ends_with(')'));
    }

    #[test]
    fn in_a_slice_name_and_percentage_are_two_lines_if_possible() {
        let short = label("ok");
        assert_eq!(short.variants, [vec!["ok", "50%"], vec!["ok (50%)"]]);
    }
}
