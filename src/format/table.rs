//! Tables whose first line names the columns: the schema and the reader that `csv` and `tsv` share. How a line is cut
//! into cells is the [`Dialect`]'s.

use std::borrow::Cow;

use jiff::tz::TimeZone;

use super::wanted::{Times, named, time_alias};
use super::words::{Place, cell};
use super::{
    Bad, Candidate, FieldName, Framing, Gather, Reader, Refused, Rule, Schema, Settings, Spec,
    Unknown, Verbatim, Wanted, records,
};
use crate::record::{Number, Timestamp, Value};

/// How cells are written and separated.
pub(super) trait Dialect: Copy + Send + Sync + 'static {
    /// What keeps a cell's text from standing in the line as it is.
    const VERBATIM: Verbatim;

    /// The format.
    fn spec(self) -> &'static Spec;

    /// Cuts the first cell off: the cell as it is written, and what follows the delimiter if it is not the last.
    fn cut(self, rest: &[u8]) -> Result<(&[u8], Option<&[u8]>), Bad>;

    /// What a cell's text stands for.
    fn decode(self, cell: &[u8]) -> Cow<'_, [u8]>;

    /// Looks at what follows the last wanted cell for what makes the whole line no record.
    fn pass(self, rest: &[u8]) -> Result<(), Bad>;

    /// Judges a cell strictly.
    fn check(self, cell: &[u8]) -> Result<(), Bad>;

    /// The delimiter, if cells in quotes may have newlines in them.
    fn delimiter_of_quotes(self) -> Option<u8> {
        None
    }
}

/// How many delimiters behind the header make sure that a text is a table.
const EVIDENCE: usize = 3;

/// A table whose columns are known.
pub(super) struct Table<D> {
    dialect: D,
    names: Vec<String>,
    all_named: bool,
    doubt: Option<String>,
    settings: Settings,
}

/// Why the first line of a table is probably a record: a name that is a number or a date, unless it is one of the years of a
/// wide table, or one that is there twice.
fn doubt(names: &[&str]) -> Option<String> {
    let is_year =
        |name: &str| name.len() == 4 && (name.starts_with("19") || name.starts_with("20"));
    let is_value = |name: &str| {
        Number::parse(name.as_bytes()).is_some()
            || Timestamp::parse(name.as_bytes(), &TimeZone::UTC).is_some()
    };
    let has_words = names.iter().any(|name| !name.is_empty() && !is_value(name));
    let value = names
        .iter()
        .find(|name| is_value(name) && !(is_year(name) && has_words));
    if let Some(value) = value {
        return Some(format!("the header has the value '{value}' as a name"));
    }
    let mut sorted: Vec<&str> = names
        .iter()
        .copied()
        .filter(|name| !name.is_empty())
        .collect();
    sorted.sort_unstable();
    let twice = sorted.windows(2).find(|pair| pair[0] == pair[1])?;
    Some(format!("the header has the name '{}' twice", twice[0]))
}

impl<D: Dialect> Table<D> {
    /// Reads the names of the columns from the first line.
    pub(super) fn open(dialect: D, line: &[u8], settings: &Settings) -> Result<Table<D>, Refused> {
        let cells = cells(dialect, line)
            .map_err(|bad| Refused(format!("the header line: {}", bad.reason)))?;
        if !settings.has_header {
            return Ok(Table {
                dialect,
                names: (1..=cells.len())
                    .map(|number| format!("f{number}"))
                    .collect(),
                all_named: true,
                doubt: None,
                settings: settings.clone(),
            });
        }
        let mut names = Vec::with_capacity(cells.len());
        for cell in &cells {
            match std::str::from_utf8(cell) {
                Ok(name) if !name.chars().any(char::is_control) => names.push(name.trim()),
                _ => return Err(Refused("the header line is not text".to_owned())),
            }
        }
        if names.iter().all(|name| name.is_empty()) {
            return Err(Refused("the header line names nothing".to_owned()));
        }
        // Only the first may be nameless in what looks like a header: there many programs write the number of the row.
        let all_named = names.iter().skip(1).all(|name| !name.is_empty());
        let text = |name: &Vec<u8>| String::from_utf8_lossy(name).into_owned();
        Ok(Table {
            dialect,
            names: records::distinct(&names).iter().map(text).collect(),
            all_named,
            doubt: doubt(&names),
            settings: settings.clone(),
        })
    }

    /// The table as a candidate for a format. Each delimiter in its place is evidence: four columns are recognised by one
    /// record, two columns by three.
    pub(super) fn candidate(self) -> Candidate {
        let delimiters = self.width() - 1;
        Candidate {
            is_likely: self.looks_named(),
            enough: match delimiters {
                0 => usize::MAX,
                _ => EVIDENCE.div_ceil(delimiters),
            },
            schema: Box::new(self),
        }
    }

    /// Whether the header looks like one: two columns or more, each with a short name that begins as names do.
    fn looks_named(&self) -> bool {
        let named = |name: &String| {
            let first = name.chars().next();
            first.is_some_and(|first| first.is_alphabetic() || matches!(first, '_' | '@' | '#'))
                && name.chars().count() <= 40
                && !name.contains(['{', '}', '"', '=', ';', '|', '<', '>'])
        };
        self.names.len() >= 2 && self.all_named && self.names.iter().all(named)
    }

    /// How many columns there are.
    pub(super) fn width(&self) -> usize {
        self.names.len()
    }
}

/// All cells of a line.
fn cells<D: Dialect>(dialect: D, line: &[u8]) -> Result<Vec<Cow<'_, [u8]>>, Bad> {
    let mut cells = Vec::new();
    let mut rest = Some(line);
    while let Some(text) = rest {
        let (cell, after) = dialect.cut(text)?;
        cells.push(dialect.decode(cell));
        rest = after;
    }
    Ok(cells)
}

impl<D: Dialect> Schema for Table<D> {
    fn spec(&self) -> &'static Spec {
        self.dialect.spec()
    }

    fn fields(&self) -> Vec<FieldName> {
        self.names.iter().map(|name| FieldName::key(name)).collect()
    }

    fn open_ended(&self) -> bool {
        false
    }

    fn time_field(&self) -> Option<&str> {
        time_alias(&self.names)
    }

    fn framing(&self, longest: usize) -> Option<Box<dyn Framing>> {
        let delimiter = self.dialect.delimiter_of_quotes()?;
        let Some(Rule::Quotes(_)) = self.settings.rule else {
            return None;
        };
        Some(Box::new(Gather::new(
            Rule::Quotes(Some(delimiter)),
            longest,
        )))
    }

    fn header_lines(&self) -> usize {
        usize::from(self.settings.has_header)
    }

    fn doubt(&self) -> Option<(String, String)> {
        let hint = "if the first line is a record, use --no-header".to_owned();
        self.doubt.clone().map(|doubt| (doubt, hint))
    }

    fn verbatim(&self) -> Verbatim {
        D::VERBATIM
    }

    fn reader(&self, wanted: &[Wanted]) -> Result<Box<dyn Reader>, Unknown> {
        let alias = time_alias(&self.names);
        let find = |wanted: &str| {
            let wanted = if wanted == "time" {
                alias.unwrap_or(wanted)
            } else {
                wanted
            };
            self.names.iter().position(|name| name == wanted)
        };
        let mut cells: Vec<Target> = named(wanted, find)?
            .into_iter()
            .map(|(index, slot)| Target {
                place: Place::Nth(index),
                slot,
                named: true,
            })
            .collect();
        for (slot, wanted) in wanted.iter().enumerate() {
            if let Some(place) = Place::of(&wanted.name) {
                cells.push(Target {
                    place,
                    slot,
                    named: false,
                });
            }
        }
        cells.sort_unstable();
        Ok(Box::new(TableReader {
            dialect: self.dialect,
            width: self.names.len(),
            cells,
            infer: self.settings.infer,
            times: Times::new(wanted, &self.settings.zone),
        }))
    }
}

/// A wanted cell. They are kept in the order of the line, [`Place::Last`] at the end, the last one first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Target {
    place: Place,
    slot: usize,
    /// Whether the header promises it.
    named: bool,
}

struct TableReader<D> {
    dialect: D,
    width: usize,
    cells: Vec<Target>,
    infer: bool,
    times: Times,
}

impl<D: Dialect> Reader for TableReader<D> {
    fn read<'a>(&mut self, line: &'a [u8], out: &mut [Value<'a>]) -> Result<(), Bad> {
        let mut rest = Some(line);
        let mut index = 0;
        let mut targets = self.cells.iter().peekable();
        while let (Some(text), Some(next)) = (rest, targets.peek()) {
            let (written, after) = self.dialect.cut(text)?;
            rest = after;
            let here =
                |place| place == Place::Nth(index) || (place == Place::Last(0) && after.is_none());
            if here(next.place) {
                let value = cell(self.dialect.decode(written), self.infer);
                while let Some(target) = targets.next_if(|target| here(target.place)) {
                    out[target.slot] = value.clone();
                }
            }
            index += 1;
        }
        for target in targets {
            // The last cell may lie behind cells by number that the line does not have.
            out[target.slot] = match target.place {
                Place::Last(before) => cell_from_end(self.dialect, line, before, self.infer)?,
                Place::Nth(_) if target.named => {
                    return Err(Bad::new("fewer cells than the header has"));
                }
                Place::Nth(_) => Value::Missing,
            };
        }
        if let Some(rest) = rest {
            self.dialect.pass(rest)?;
        }
        self.times.apply(out)
    }

    fn check(&mut self, line: &[u8]) -> Result<(), Bad> {
        let mut rest = Some(line);
        let mut cells = 0;
        while let Some(text) = rest {
            let (cell, after) = self.dialect.cut(text)?;
            self.dialect.check(cell)?;
            rest = after;
            cells += 1;
        }
        if cells == self.width {
            return Ok(());
        }
        let than = if cells < self.width { "fewer" } else { "more" };
        Err(Bad::new(format!("{than} cells than the header has")))
    }
}

/// The cell that stands `before` others at the end of the line.
fn cell_from_end<D: Dialect>(
    dialect: D,
    line: &[u8],
    before: usize,
    infer: bool,
) -> Result<Value<'_>, Bad> {
    let cells = cells(dialect, line)?;
    let wanted = cells.len().checked_sub(1 + before);
    let found = wanted.and_then(|wanted| cells.into_iter().nth(wanted));
    Ok(found.map_or(Value::Missing, |found| cell(found, infer)))
}
