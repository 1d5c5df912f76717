//! The inner loop: scans the lines of a chunk or block into groups or rows.
//!
//! A [`Scanner`] belongs to one worker. It is given whole lines; `chunk` decides which lines belong to which chunk,
//! and `run` merges the results of scanners.

mod parsing;

use std::borrow::Cow;
use std::sync::Arc;

use memchr::memmem::Finder;

use super::account::Account;
use super::batch::{Alive, Batch, ROWS, without_return};
use super::input::Bound;
use super::options::Options;
use super::partial::Partial;
use super::plan::{FILE, LINE, Output, Plan, Step};
use super::query::line_regex::LineSearch;
use super::rows::{Rows, SLACK};
use super::table::{Best, reduce};
use crate::format::{Reader, Records, Schema, Verbatim};
use crate::io::bits;
use crate::record::{Bad, Cell, Value};

/// The scanner of one worker.
pub struct Scanner {
    plan: Arc<Plan>,
    strict: bool,
    max_line: usize,
    /// See [`Options::watched`].
    watched: u64,
    search: Option<Search>,
    /// Whether steps or results read the slot of the line's text.
    reads_line: bool,
    /// The reader of one input, of records of one schema: the number of the input and of the schema.
    reader: Option<((usize, u64), Box<dyn Reader>)>,
    /// The readers of what is parsed, in order.
    parsers: Vec<Box<dyn Reader>>,
    /// Selects rows, if the query keeps only the best.
    best: Option<Best>,
    /// The results.
    pub partial: Partial,
}

/// A search in all bytes before they are split into lines. Only lines with a match can become rows.
enum Search {
    Text {
        finder: Box<Finder<'static>>,
        /// It stands in the line as it is only if there are no escapes.
        needs_verbatim: bool,
    },
    Regex {
        search: Box<LineSearch>,
        /// Whether lines that are found pass the first step.
        decides: bool,
    },
}

impl Search {
    /// For a text or a regex that the line of every row has.
    fn of(plan: &Plan) -> Option<Search> {
        if let Some((text, needs_verbatim)) = plan.required_text() {
            return Some(Search::Text {
                finder: Box::new(Finder::new(&text).into_owned()),
                needs_verbatim,
            });
        }
        let (regex, decides) = plan.required_regex()?;
        let search = regex.search()?;
        Some(Search::Regex {
            decides: decides && search.is_exact,
            search: Box::new(search),
        })
    }

    /// Whether lines without a match cannot become rows.
    fn is_certain(&self, bound: &Bound, lines: &[u8]) -> bool {
        let Search::Text {
            needs_verbatim: true,
            ..
        } = self
        else {
            return true;
        };
        match bound.schema.as_ref().map(|schema| schema.verbatim()) {
            Some(Verbatim::UnlessBackslash) => memchr::memchr(b'\\', lines).is_none(),
            Some(Verbatim::UnlessQuote) => memchr::memchr(b'"', lines).is_none(),
            Some(Verbatim::Never) => false,
            Some(Verbatim::Always) | None => true,
        }
    }

    /// A place in the next line that has a match, from the beginning of a line on.
    #[inline]
    fn find(&mut self, lines: &[u8], from: usize) -> Option<usize> {
        match self {
            Search::Text { finder, .. } => finder.find(&lines[from..]).map(|found| from + found),
            Search::Regex { search, .. } => search.find(lines, from),
        }
    }

    /// Whether lines that were found pass the first step of the plan.
    fn decides(&self) -> bool {
        matches!(self, Search::Regex { decides: true, .. })
    }
}

impl Scanner {
    /// A scanner that adds to `partial`.
    pub fn new(plan: Arc<Plan>, partial: Partial, options: Options) -> Scanner {
        let Options {
            strict,
            max_line,
            watched,
            ..
        } = options;
        Scanner {
            parsers: parsing::readers(&plan),
            best: Best::of(&plan),
            search: Search::of(&plan).filter(|_| !strict),
            reads_line: plan.reads_line(),
            plan,
            strict,
            max_line,
            watched,
            reader: None,
            partial,
        }
    }

    /// Scans whole lines of an input; `offset` is where they begin in it. The last line may lack its newline.
    pub fn scan(&mut self, bound: &Bound, lines: &[u8], offset: u64, rows: &mut Rows) {
        self.use_reader((bound.input, 0), bound.schema.as_deref());
        let width = self.plan.first_field + self.plan.fields.len();
        let mut row: Vec<Value<'_>> = vec![Value::Missing; width];
        row[FILE] = Value::Text(Cow::Borrowed(&bound.name));
        let mut batch = Batch::new(&row);
        let mut passed = 0;
        match self.search.take() {
            Some(mut search) if search.is_certain(bound, lines) => {
                passed = usize::from(search.decides());
                // Only lines with a match are split off.
                let mut at = 0;
                while at < lines.len()
                    && let Some(found) = search.find(lines, at)
                {
                    let start = memchr::memrchr(b'\n', &lines[at..found])
                        .map_or(at, |newline| at + newline + 1);
                    let end = memchr::memchr(b'\n', &lines[found..])
                        .map_or(lines.len(), |newline| found + newline);
                    let line = &lines[start..end];
                    if self.take(bound, line, offset + start as u64, &mut batch) {
                        self.settle(bound, passed, &mut batch, rows);
                    }
                    at = end + 1;
                }
                self.search = Some(search);
            }
            search => {
                self.search = search;
                let mut ends = [0; ROWS];
                let mut start = 0;
                while start < lines.len() {
                    let found = bits::newlines(lines, start, &mut ends);
                    for &end in &ends[..found] {
                        let line = &lines[start..end];
                        if self.take(bound, line, offset + start as u64, &mut batch) {
                            self.settle(bound, 0, &mut batch, rows);
                        }
                        start = end + 1;
                    }
                    if found < ROWS && start < lines.len() {
                        self.take(bound, &lines[start..], offset + start as u64, &mut batch);
                        break;
                    }
                }
            }
        }
        self.settle(bound, passed, &mut batch, rows);
    }

    /// Scans records of an input that are not its lines.
    pub fn scan_records(&mut self, bound: &Bound, parts: &[Records], rows: &mut Rows) {
        for records in parts {
            match &records.schema {
                Some((number, schema)) => self.use_reader((bound.input, *number), Some(&**schema)),
                None => self.use_reader((bound.input, 0), bound.schema.as_deref()),
            }
            let width = self.plan.first_field + self.plan.fields.len();
            let mut row: Vec<Value<'_>> = vec![Value::Missing; width];
            row[FILE] = Value::Text(Cow::Borrowed(&bound.name));
            let mut batch = Batch::new(&row);
            for record in records.iter() {
                let Some(text) = record.text else {
                    self.skip_long(bound, record.offset);
                    continue;
                };
                if self.take(bound, text, record.offset, &mut batch) {
                    self.settle(bound, 0, &mut batch, rows);
                }
            }
            self.settle(bound, 0, &mut batch, rows);
        }
    }

    /// Makes the reader ready for records of this number with this schema.
    fn use_reader(&mut self, number: (usize, u64), schema: Option<&dyn Schema>) {
        if self
            .reader
            .as_ref()
            .is_some_and(|(known, _)| *known == number)
        {
            return;
        }
        let reader = schema.map(|schema| {
            let reader = schema.reader(&self.plan.fields);
            reader.unwrap_or_else(|unknown| {
                Box::new(parsing::Lacking::of(&self.plan.fields[unknown.index]))
            })
        });
        self.reader = reader.map(|reader| (number, reader));
    }

    /// Counts a line that is longer than allowed, whose bytes were skipped.
    pub fn skip_long(&mut self, bound: &Bound, offset: u64) {
        let bad = too_long(self.max_line);
        self.partial.account.judged += 1;
        self.partial.account.bad(bound.input, offset, &bad);
    }

    /// Counts lines as `wc -l` does, and an unterminated last one if nothing follows these bytes.
    pub fn count(&mut self, bytes: &[u8], is_last: bool) {
        let newlines = memchr::memchr_iter(b'\n', bytes).count() as u64;
        let unterminated = u64::from(is_last && bytes.last().is_some_and(|last| *last != b'\n'));
        self.partial.account.judged += newlines + unterminated;
        self.partial.account.kept += newlines + unterminated;
        if let Some(groups) = &mut self.partial.groups {
            groups.add_rows(newlines + unterminated);
        }
    }

    /// Takes a line into the batch, unless it is blank or too long; true if the batch is full.
    #[inline(always)]
    fn take<'a>(
        &mut self,
        bound: &Bound,
        line: &'a [u8],
        offset: u64,
        batch: &mut Batch<'a>,
    ) -> bool {
        let text = without_return(line);
        if text.is_empty() && (bound.schema.is_some() || !self.parsers.is_empty()) {
            self.partial.account.blank += 1;
            return false;
        }
        self.partial.account.judged += 1;
        if text.len() > self.max_line {
            let bad = too_long(self.max_line);
            self.partial.account.bad(bound.input, offset, &bad);
            return false;
        }
        batch.lines.push(line, offset)
    }

    /// Runs each step over all lines of the batch, then empties it. The lines have `passed` that many steps already.
    fn settle(&mut self, bound: &Bound, passed: usize, batch: &mut Batch<'_>, found: &mut Rows) {
        let Scanner {
            plan,
            strict,
            reads_line,
            watched,
            reader,
            parsers,
            best,
            partial: Partial {
                account, groups, ..
            },
            ..
        } = self;
        let mut reader = reader.as_mut().map(|(_, reader)| reader);
        if *strict && let Some(reader) = &mut reader {
            batch.lines.retain(|text, offset| {
                let checked = reader.check(text);
                if let Err(bad) = &checked {
                    account.bad(bound.input, offset, bad);
                }
                checked.is_ok()
            });
        }
        // Leading tests of the text run before the fields of the line are parsed.
        let mut steps = &plan.steps[passed..];
        while let [Step::Filter(filter), later @ ..] = steps {
            batch.lines.retain(|text, _| filter.passes(text));
            steps = later;
        }
        let mut alive = Alive::first(batch.lines.count());
        if *reads_line {
            batch.fill(LINE);
        }
        let (lines, slots) = batch.slots(plan.first_field);
        if let Some(reader) = reader {
            reader.read_all(lines.texts(), slots, &mut |row, bad| {
                alive.remove(row);
                account.bad(bound.input, lines.offset(row), &bad);
            });
            account.surplus += reader.take_surplus();
        }
        let mut parsers = parsers.iter_mut();
        for step in steps {
            if let Step::Parse(parsing) = step {
                let parser = parsers.next().expect("a reader for each");
                let mut refuse = |offset, bad: &Bad| account.bad(bound.input, offset, bad);
                parsing::parse(parsing, &mut **parser, batch, &mut alive, &mut refuse);
                continue;
            }
            let (lines, rows) = batch.rows_mut();
            for (index, row) in rows.enumerate() {
                if alive.has(index) {
                    let place = (bound.input, lines.offset(index));
                    let passed = take_step(step, lines.texts()[index], row, account, place);
                    if !matches!(passed, Ok(true)) {
                        alive.remove(index);
                    }
                    if let Err(bad) = passed {
                        account.bad(bound.input, lines.offset(index), &bad);
                    }
                }
            }
        }
        if *watched & !account.seen != 0 {
            let rows = batch.matrix(bound.input).rows();
            account.seen |= fields_seen(*watched, plan.first_parsed, rows);
        }
        let lines = &batch.lines;
        let mut refuse = |row: usize, bad: Bad| {
            account.bad(bound.input, lines.offset(row), &bad);
        };
        match (&plan.output, groups) {
            (Output::Groups(_), Some(groups)) => {
                groups.add_all(batch.matrix(bound.input), &mut alive, &mut refuse);
            }
            (Output::Groups(_), None) => {}
            (Output::Rows(programs), _) => {
                for (index, row) in batch.matrix(bound.input).rows().enumerate() {
                    if !alive.has(index) {
                        continue;
                    }
                    match (&mut *best, &mut *found) {
                        (Some(best), Rows::Cells(rows)) => {
                            rows.extend(best.offer(row));
                            reduce(plan, rows, SLACK);
                        }
                        _ => {
                            let whole = lines.whole(index);
                            if let Err(bad) = keep_row(plan, programs, whole, row, found) {
                                alive.remove(index);
                                refuse(index, bad);
                            }
                        }
                    }
                }
            }
        }
        account.kept += u64::from(alive.count());
        batch.lines.clear();
    }
}

/// Runs a step over the row of a line; false if the row is dropped. What is left out for its time is counted, with the input
/// and the offset of the line.
fn take_step(
    step: &Step,
    line: &[u8],
    row: &mut [Value<'_>],
    account: &mut Account,
    place: (usize, u64),
) -> Result<bool, Bad> {
    match step {
        Step::Filter(filter) => Ok(filter.passes(line)),
        Step::Parse(_) => Ok(true),
        Step::Where(condition) => condition.holds(row),
        Step::Within(time, range) => Ok(match &*time.eval(row)? {
            Value::Time(time) => {
                account.older += u64::from(range.counts(*time));
                range.has(*time)
            }
            _ => {
                account.untimed(place.0, place.1);
                false
            }
        }),
        Step::Let(slot, program) => {
            let value = program.eval(row)?.into_owned().into_static();
            row[*slot] = value;
            Ok(true)
        }
    }
}

/// Which of the watched fields any of the rows has.
#[cold]
fn fields_seen<'r>(watched: u64, first: usize, rows: impl Iterator<Item = &'r [Value<'r>]>) -> u64 {
    let mut seen = 0;
    for row in rows {
        for (place, value) in row[first..].iter().enumerate().take(u64::BITS as usize) {
            seen |= u64::from(!matches!(value, Value::Missing)) << place;
        }
    }
    seen & watched
}

/// The reason why a line that is too long is bad.
fn too_long(max_line: usize) -> Bad {
    Bad::new(format!("longer than {max_line} bytes"))
}

fn keep_row(
    plan: &Plan,
    programs: &[crate::expr::Program],
    line: &[u8],
    row: &[Value<'_>],
    rows: &mut Rows,
) -> Result<(), Bad> {
    match rows {
        Rows::Bytes(encoded) if encoded.writer.is_none() => encoded.push_line(line),
        Rows::Bytes(encoded) => encoded.push_row(programs, row)?,
        Rows::Cells(all) => {
            all.push(cells(programs, row)?);
            reduce(plan, all, SLACK);
        }
    }
    Ok(())
}

fn cells(programs: &[crate::expr::Program], row: &[Value<'_>]) -> Result<Vec<Cell>, Bad> {
    programs
        .iter()
        .map(|program| Ok(Cell::exact(program.eval(row)?.into_owned().into_static())))
        .collect()
}
