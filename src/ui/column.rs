//! A column of a table: the common properties of its cells, and their alignment.

use super::cell::{Shown, Sort};
use super::escape::escape;
use super::fit::{self, cut, cut_path, fit};
use super::style::{Painter, Style};

/// Blanks between two columns.
pub(super) const GAP: usize = 2;

/// The least width of a text column, before headers of numbers are cut and after.
const TEXT_FLOORS: [usize; 2] = [8, 3];

/// The least width of a header: `p99…` and `p50…` stay different.
const HEADER_FLOOR: usize = 4;

/// A column, ready to be placed.
pub(super) struct Column {
    header: String,
    cells: Vec<Shown>,
    sort: Sort,
    /// The widest fraction, with its point.
    fraction: usize,
    /// Columns that its cells take, without the header.
    width: usize,
}

impl Column {
    /// A column is of the sort that all its cells are of; those that are missing go with any.
    pub(super) fn new(name: &str, cells: Vec<Shown>) -> Column {
        let only = |sort| {
            cells
                .iter()
                .all(|cell| cell.sort == sort || cell.sort == Sort::Missing)
        };
        let sort = [Sort::Number, Sort::Fixed]
            .into_iter()
            .find(|sort| only(*sort))
            .unwrap_or(Sort::Text);
        let widest = |part: fn(&Shown) -> usize| cells.iter().map(part).max().unwrap_or(0);
        let (fraction, width) = match sort {
            Sort::Number => {
                let fraction = widest(|cell| cell.fraction);
                (
                    fraction,
                    fraction + widest(|cell| cell.width.saturating_sub(cell.fraction)),
                )
            }
            _ => (0, widest(|cell| cell.width)),
        };
        Column {
            header: escape(name.as_bytes()).into_owned(),
            cells,
            sort,
            fraction,
            width,
        }
    }

    /// Its name.
    pub(super) fn header(&self) -> &str {
        &self.header
    }

    /// A cell as it is shown where it need not be aligned.
    pub(super) fn text(&self, row: usize) -> &str {
        &self.cells[row].text
    }

    fn natural(&self) -> usize {
        self.width.max(fit::width(&self.header))
    }

    pub(super) fn push_header(&self, out: &mut String, width: usize) {
        let header = cut(&self.header, width);
        let blanks = width.saturating_sub(fit::width(&header));
        let (before, after) = if self.sort == Sort::Number {
            (blanks, 0)
        } else {
            (0, blanks)
        };
        push_blanks(out, before);
        out.push_str(&header);
        push_blanks(out, after + GAP);
    }

    pub(super) fn push_cell(&self, out: &mut String, row: usize, width: usize, painter: Painter) {
        let cell = &self.cells[row];
        let text = if self.sort == Sort::Text {
            cut_path(&cell.text, width)
        } else {
            cell.text.as_str().into()
        };
        let blanks = width.saturating_sub(fit::width(&text));
        let after = match self.sort {
            Sort::Number => self.fraction.saturating_sub(cell.fraction),
            _ => blanks,
        };
        push_blanks(out, blanks.saturating_sub(after));
        match cell.sort {
            Sort::Missing => out.push_str(&painter.paint(Style::Dim, &text).to_string()),
            _ => out.push_str(&text),
        }
        push_blanks(out, after + GAP);
    }
}

/// The widths of all columns in lines of `width`.
pub(super) fn fit_all(columns: &[Column], width: usize) -> Vec<usize> {
    let available = width.saturating_sub(GAP * columns.len().saturating_sub(1));
    let natural: Vec<usize> = columns.iter().map(Column::natural).collect();
    let gentle = columns.iter().map(|column| match column.sort {
        Sort::Text => column.natural().min(TEXT_FLOORS[0]),
        _ => column.natural(),
    });
    let widths = fit(&natural, &gentle.collect::<Vec<_>>(), available);
    if widths
        .iter()
        .fold(0, |sum: usize, width| sum.saturating_add(*width))
        <= available
    {
        return widths;
    }
    let harsh = columns.iter().map(|column| match column.sort {
        Sort::Text => column.natural().min(TEXT_FLOORS[1]),
        _ => column.width.max(column.natural().min(HEADER_FLOOR)),
    });
    fit(&widths, &harsh.collect::<Vec<_>>(), available)
}

/// The widths of all columns below rows with these widths: wider where the cells need it, if all of them fit into lines of
/// `width` then.
pub(super) fn widen_all(columns: &[Column], before: &[usize], width: usize) -> Vec<usize> {
    let columns = columns.iter().zip(before);
    let wider: Vec<usize> = columns
        .map(|(column, before)| column.width.max(*before))
        .collect();
    let gaps = GAP * before.len().saturating_sub(1);
    let sum = wider
        .iter()
        .fold(gaps, |sum, width| sum.saturating_add(*width));
    match sum <= width {
        true => wider,
        false => before.to_vec(),
    }
}

fn push_blanks(out: &mut String, count: usize) {
    out.extend(std::iter::repeat_n(' ', count));
}
