//! Aligned tables, cut to the width of the terminal.

use jiff::tz::TimeZone;

use super::bars;
use super::cell;
use super::column::{Column, GAP, fit_all, widen_all};
use super::fit;
use super::style::{Painter, Style};
use crate::record::Cell;

/// Rows to show as a table.
#[derive(Clone, Copy, Debug)]
pub struct Table<'a> {
    /// The names of the columns.
    pub columns: &'a [String],
    /// The rows; cells that a row lacks at its end are missing.
    pub rows: &'a [Vec<Cell>],
    /// The zone in which times are shown.
    pub zone: &'a TimeZone,
    /// The column to draw bars of, counted from 0. There are none if it has values other than numbers of at least zero, with
    /// fewer than two rows, or without room.
    pub bars: Option<usize>,
    /// Whether there is a header.
    pub header: bool,
}

impl Table<'_> {
    /// The table with its header; lines have no trailing blanks. Texts are cut with `…` until lines take at most `width`
    /// columns, numbers and times never; `usize::MAX` cuts nothing.
    pub fn render(&self, width: usize, painter: Painter) -> String {
        self.render_after(&mut Vec::new(), width, painter)
    }

    /// The same as a continuation of a table with columns of these widths: without a header, in these widths or, as long as
    /// there is room, wider ones. Without widths it is the first part. The widths become those that were used.
    pub fn render_after(&self, before: &mut Vec<usize>, width: usize, painter: Painter) -> String {
        if self.columns.is_empty() {
            return String::new();
        }
        let columns: Vec<Column> = self
            .columns
            .iter()
            .enumerate()
            .map(|(index, name)| self.column(index, name))
            .collect();
        let is_first = before.len() != columns.len();
        let widths = match is_first {
            true => fit_all(&columns, width),
            false => widen_all(&columns, before, width),
        };
        before.clone_from(&widths);
        let used = widths.iter().sum::<usize>() + GAP * widths.len();
        if used.saturating_sub(GAP) > width && columns.len() > 1 {
            return blocks(&columns, self.rows.len(), width, painter);
        }
        let bars = self
            .bars
            .and_then(|column| bars::draw(self.rows, column, width.saturating_sub(used)));

        let mut out = String::new();
        if self.header && is_first {
            let mut header = String::new();
            for (column, width) in columns.iter().zip(&widths) {
                column.push_header(&mut header, *width);
            }
            let header = painter.paint(Style::Bold, header.trim_end_matches(' '));
            out = format!("{header}\n");
        }
        for row in 0..self.rows.len() {
            for (column, width) in columns.iter().zip(&widths) {
                column.push_cell(&mut out, row, *width, painter);
            }
            if let Some(bars) = &bars {
                out.push_str(&bars[row]);
            }
            out.truncate(out.trim_end_matches(' ').len());
            out.push('\n');
        }
        out
    }

    fn column(&self, index: usize, name: &str) -> Column {
        let missing = Cell::default();
        let show = |row: &Vec<Cell>| cell::show(row.get(index).unwrap_or(&missing), self.zone);
        Column::new(name, self.rows.iter().map(show).collect())
    }
}

/// Rows that do not fit into lines: one cell a line, with the name of its column, and a blank line between rows.
fn blocks(columns: &[Column], rows: usize, width: usize, painter: Painter) -> String {
    let names = columns.iter().map(|column| fit::width(column.header()));
    let names = names.max().unwrap_or(0).min(width / 2);
    let room = width.saturating_sub(names + GAP).max(1);
    let mut out = String::new();
    for row in 0..rows {
        for column in columns {
            let header = fit::cut(column.header(), names.max(1));
            let blanks = (names + GAP).saturating_sub(fit::width(&header));
            let text = fit::cut_path(column.text(row), room);
            let header = painter.paint(Style::Bold, &header);
            out.push_str(&format!("{header}{:blanks$}{text}", ""));
            out.truncate(out.trim_end_matches(' ').len());
            out.push('\n');
        }
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use crate::record::{Number, Timestamp, Value};

    use super::*;

    fn text(text: &str) -> Cell {
        Cell::text(text)
    }

    fn digits(digits: &str) -> Cell {
        Cell::exact(Value::Digits(digits.as_bytes().to_vec().into()))
    }

    fn number(number: f64) -> Cell {
        Cell::number(Number::Float(number))
    }

    fn about(value: f64) -> Cell {
        Cell::approximate(Value::Number(Number::Float(value)))
    }

    fn missing() -> Cell {
        Cell::default()
    }

    /// The table as lines, uncoloured, columns named by words.
    fn render(columns: &str, rows: &[Vec<Cell>], width: usize, bars: Option<usize>) -> Vec<String> {
        let columns: Vec<String> = columns.split_whitespace().map(str::to_owned).collect();
        let table = Table {
            columns: &columns,
            rows,
            zone: &TimeZone::UTC,
            bars,
            header: true,
        };
        let shown = table.render(width, Painter::default());
        assert!(shown.is_empty() || shown.ends_with('\n'));
        shown.lines().map(str::to_owned).collect()
    }

    #[test]
    fn numbers_are_aligned_at_the_decimal_point() {
        let rows = [
            vec![
                digits("200"),
                number(1_234_567.0),
                number(12.5),
                about(0.33333333),
            ],
            vec![digits("404"), number(89.0), number(3.0), number(1024.0)],
            vec![digits("1.50"), number(0.0), missing(), number(-7.25)],
        ];
        assert_eq!(
            render("status count avg_rt p99_rt", &rows, 80, None),
            [
                "status      count  avg_rt      p99_rt",
                "200     1,234,567    12.5     ~0.3333",
                "404            89     3    1,024",
                "  1.50          0     -       -7.25",
            ]
        );
    }

    #[test]
    fn long_texts_are_cut_before_numbers() {
        let url =
            "/wp-content/uploads/2015/05/presentations/logstash-monitorama-2013/images/kibana";
        let rows = [
            vec![
                text(url),
                number(12_345.0),
                number(987_654_321.0),
                number(0.125),
            ],
            vec![
                text("/favicon.ico"),
                number(807.0),
                number(3_456.0),
                number(10.0),
            ],
        ];
        let shown = render("path count sum_bytes p99_rt", &rows, 80, Some(1));
        assert_eq!(
            shown,
            [
                "path                                                  count    sum_bytes  p99_rt",
                "/wp-content/uploa…ash-monitorama-2013/images/kibana  12,345  987,654,321   0.125",
                "/favicon.ico                                            807        3,456  10",
            ]
        );
    }

    #[test]
    fn wide_characters_take_two_columns() {
        let rows = [
            vec![text("日本語のログ"), number(1.0)],
            vec![text("naïve"), number(20.0)],
            vec![text("cafe\u{301}"), number(300.0)],
        ];
        assert_eq!(
            render("名前 n", &rows, 80, None),
            [
                "名前            n",
                "日本語のログ    1",
                "naïve          20",
                "cafe\u{301}          300"
            ]
        );
        assert_eq!(
            render("名前 n", &rows, 12, None),
            [
                "名前       n",
                "日本語…    1",
                "naïve     20",
                "cafe\u{301}     300"
            ]
        );
    }

    #[test]
    fn a_narrow_terminal_cuts_headers_too() {
        let rows = [
            vec![text("/index.html"), number(1_234_567.0), missing()],
            vec![text("/a"), number(8.0), number(0.5)],
        ];
        assert_eq!(
            render("path count p99.9_rt", &rows, 20, None),
            [
                "pa…      count  p99…",
                "/i…  1,234,567   -",
                "/a           8   0.5"
            ]
        );
    }

    #[test]
    fn rows_that_do_not_fit_become_blocks() {
        let rows = [
            vec![
                text("/index.html"),
                number(1_234_567.0),
                number(987_654_321.0),
            ],
            vec![text("/a"), missing(), number(5.0)],
        ];
        assert_eq!(
            render("path count sum_bytes", &rows, 20, None),
            [
                "path       /index.h…",
                "count      1,234,567",
                "sum_bytes  987,654,…",
                "",
                "path       /a",
                "count      -",
                "sum_bytes  5",
                "",
            ]
        );
    }

    #[test]
    fn lines_are_never_wider_than_the_terminal() {
        let rows = [
            vec![
                text("/srv/www/uploads/2026/05/logo.png"),
                number(1_234_567.25),
                about(0.123_456),
                text("Mozilla/5.0 (X11; Linux)"),
            ],
            vec![text("x"), number(1.0), number(1e30), missing()],
            vec![
                text("/a/very/long/path/that/does/not/end"),
                number(-1.5),
                about(22.0),
                text("-"),
            ],
        ];
        for width in 1..130 {
            for line in render("path count p99_rt user_agent", &rows, width, Some(1)) {
                assert!(fit::width(&line) <= width.max(6), "{width}: {line}");
            }
        }
    }

    #[test]
    fn one_column_no_rows_and_no_columns() {
        assert_eq!(
            render("line", &[vec![text("a b  ")], vec![text("")]], 80, None),
            ["line", "a b", ""]
        );
        assert_eq!(render("path count", &[], 80, Some(1)), ["path  count"]);
        assert!(render("", &[vec![]], 80, None).is_empty());
    }

    #[test]
    fn rows_may_lack_cells_and_columns_be_empty() {
        let rows = [vec![text("a"), missing()], vec![text("b")]];
        assert_eq!(
            render("key avg_rt", &rows, 80, Some(1)),
            ["key  avg_rt", "a         -", "b         -"]
        );
    }

    #[test]
    fn control_characters_are_escaped() {
        let rows = [
            vec![text("\x1b]0;owned\x07"), digits("1")],
            vec![text("a\tb"), digits("2")],
        ];
        assert_eq!(
            render("agent n", &rows, 80, None),
            [
                "agent             n",
                "\\x1b]0;owned\\x07  1",
                "a\\tb              2"
            ]
        );
    }

    #[test]
    fn times_are_those_of_the_zone() {
        let time = |nanos: i64| Cell {
            value: Value::Time(
                Timestamp::new(
                    nanos / 1_000_000_000,
                    u32::try_from(nanos % 1_000_000_000).unwrap(),
                    9,
                )
                .unwrap(),
            ),
            approx: false,
        };
        let rows = [
            vec![time(1_431_857_103_000_000_000), number(1.0)],
            vec![time(1_431_857_103_250_000_000), number(2.0)],
        ];
        let columns = ["time".to_owned(), "count".to_owned()];
        let zone = TimeZone::get("Europe/Berlin").expect("zone data is built in");
        let table = Table {
            columns: &columns,
            rows: &rows,
            zone: &zone,
            bars: None,
            header: true,
        };
        assert_eq!(
            table.render(28, Painter::default()),
            "time                    cou…\n2015-05-17 12:05:03        1\n2015-05-17 12:05:03.25     2\n"
        );
    }

    #[test]
    fn bars_fill_the_remaining_width() {
        let rows = [
            vec![text("GET"), number(160.0)],
            vec![text("POST"), number(81.0)],
            vec![text("HEAD"), number(0.0)],
            vec![text("PUT"), number(0.001)],
        ];
        assert_eq!(
            render("method count", &rows, 28, Some(1))[1..],
            [
                "GET     160      ███████████",
                "POST     81      █████▋",
                "HEAD      0",
                "PUT       0.001  ▏",
            ]
        );
        let without = render("method count", &rows, 26, Some(1));
        assert_eq!(without[1], "GET     160");
        assert_eq!(
            render("method count", &rows, usize::MAX, Some(1))[1]
                .matches('█')
                .count(),
            40
        );
    }

    #[test]
    fn headers_are_bold_and_missing_values_dim() {
        let columns = ["path".to_owned(), "n".to_owned()];
        let rows = [vec![text("/a"), missing()]];
        let table = Table {
            columns: &columns,
            rows: &rows,
            zone: &TimeZone::UTC,
            bars: None,
            header: true,
        };
        let shown = table.render(80, Painter::new(true));
        assert_eq!(shown, "\x1b[1mpath  n\x1b[0m\n/a    \x1b[2m-\x1b[0m\n");
    }
}
