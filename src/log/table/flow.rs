//! Rows that go through the stages one at a time: only those are in memory that a stage must have at once, or that are the answer.
//! Beyond the memory that they may use, those are in temporary files, too.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::Arc;

use jiff::tz::TimeZone;

use super::order::{add_columns, sort, sort_by};
use super::ranked::Ranked;
use super::sorted_rows::SortedRows;
use super::{Answer, Columns, Refused, Table, compute, run, values};
use crate::expr::Program;
use crate::group::Groups;
use crate::log::aggregate::ReadsTime;
use crate::log::grouped::Grouped;
use crate::log::plan::{Grouping, TableStage};
use crate::log::spill::{SpillError, Spilled};
use crate::record::{Cell, Value};

type Row = Vec<Cell>;
type Rows<'r> = Box<dyn Iterator<Item = Row> + 'r>;

/// What stages have at hand.
pub(super) struct Room<'a> {
    pub(super) zone: &'a TimeZone,
    /// How many bytes rows and groups may use.
    pub(super) memory: usize,
    /// Takes reports of what could not be computed.
    pub(super) warn: &'a dyn Fn(&str),
}

/// Groups, as they were found.
pub(super) enum Found {
    InMemory(Box<Grouped>),
    Spilled(Arc<Grouping>, Spilled),
}

/// After how many rows the memory of the groups that they are put into is looked at.
const LOOK: u64 = 1 << 16;

/// Beyond this many wanted rows of an order, all are sorted.
const MOST_BEST: usize = 10_000;

/// How many rows more than wanted are collected before the worst are dropped, at least.
const ROOM: usize = 16;

/// The share of the memory that rows or groups of one stage may use, as its denominator.
const PARTS: usize = 4;

/// Puts rows through stages.
///
/// # Errors
/// Those of temporary files.
pub(super) fn flow(
    stages: &[TableStage],
    rows: Rows<'_>,
    room: &Room<'_>,
) -> Result<Answer, SpillError> {
    let single = stages.iter().position(|stage| !is_single(stage));
    let (single, rest) = stages.split_at(single.unwrap_or(stages.len()));
    let refused: Vec<RefCell<Refused>> = single.iter().map(|_| RefCell::default()).collect();
    let mut rows = rows;
    for (stage, refused) in single.iter().zip(&refused) {
        let mut number = 0;
        let next = move |row| {
            number += 1;
            one(stage, row, number, &mut refused.borrow_mut())
        };
        rows = Box::new(rows.filter_map(next));
    }
    let gathered = gather(rest, rows, room)?;
    for (stage, refused) in single.iter().zip(refused) {
        refused.into_inner().report(fate(stage), room.warn);
    }
    gathered.refused.report("were left out", room.warn);
    match (gathered.made, gathered.rest) {
        (Made::Groups(found), rest) => flow_groups(rest, found, room),
        (Made::Rows(answer), []) => Ok(answer),
        (Made::Rows(answer), rest) => through(rest, &answer, room),
    }
}

/// Puts groups through the stages that follow the grouping.
///
/// # Errors
/// Those of temporary files.
pub(super) fn flow_groups(
    stages: &[TableStage],
    found: Found,
    room: &Room<'_>,
) -> Result<Answer, SpillError> {
    let Some((columns, rest)) = sorting(stages) else {
        return unordered(stages, found, room);
    };
    let (limit, rest) = match rest {
        [TableStage::Head(rows), rest @ ..] => (Some(*rows), rest),
        _ => (None, rest),
    };
    if limit.is_none() && !order_shows(rest) {
        return unordered(rest, found, room);
    }
    let answer = match found {
        Found::InMemory(groups) => Answer::Groups(Box::new(Ranked::new(*groups, &columns, limit))),
        Found::Spilled(grouping, spilled) => {
            let mut sorted = SortedRows::new(&columns, grouping.keys.len(), limit);
            let mut batches = spilled.batches(&grouping, room.zone, room.memory)?;
            while let Some(batch) = batches.next_batch()? {
                sorted.add(Ranked::new(batch, &columns, limit).rows())?;
            }
            Answer::Files(Box::new(sorted))
        }
    };
    match rest {
        [] => Ok(answer),
        rest => through(rest, &answer, room),
    }
}

/// Puts the rows of an answer through further stages.
fn through(stages: &[TableStage], answer: &Answer, room: &Room<'_>) -> Result<Answer, SpillError> {
    let rows = answer.rows().map(std::borrow::Cow::into_owned);
    let next = flow(stages, Box::new(rows), room)?;
    match answer.failure() {
        Some(error) => Err(error.into()),
        None => Ok(next),
    }
}

/// Puts groups in no certain order through stages.
fn unordered(stages: &[TableStage], found: Found, room: &Room<'_>) -> Result<Answer, SpillError> {
    match found {
        Found::InMemory(mut groups) => {
            groups.complete();
            let rows = (0..groups.group_count()).map(|group| groups.row(group));
            flow(stages, Box::new(rows), room)
        }
        Found::Spilled(grouping, spilled) => {
            let failure = RefCell::new(None);
            let mut batches = spilled.batches(&grouping, room.zone, room.memory)?;
            let rows = std::iter::from_fn(|| {
                let next = batches.next_batch();
                next.unwrap_or_else(|error| {
                    *failure.borrow_mut() = Some(error);
                    None
                })
            })
            .flat_map(Grouped::into_rows);
            let answer = flow(stages, Box::new(rows), room)?;
            failure.into_inner().map_or(Ok(answer), Err)
        }
    }
}

/// The columns that groups are sorted by, if that is what happens to them first, and what happens then.
fn sorting(stages: &[TableStage]) -> Option<(Columns, &[TableStage])> {
    let [TableStage::Sort(orders), rest @ ..] = stages else {
        return None;
    };
    let columns = orders
        .iter()
        .map(|(program, descending)| Some((program.as_slot()?, *descending)));
    Some((columns.collect::<Option<_>>()?, rest))
}

/// Whether the order of the rows can be seen after these stages.
fn order_shows(stages: &[TableStage]) -> bool {
    for stage in stages {
        match stage {
            TableStage::Where(_) | TableStage::Let(..) | TableStage::Select(_) => {}
            TableStage::Sort(_) => return false,
            TableStage::Groups(grouping) => {
                let mut states = grouping.states.iter();
                return states.any(|state| state.family.time != ReadsTime::No);
            }
            TableStage::Head(_)
            | TableStage::Tail(_)
            | TableStage::Bins(_)
            | TableStage::Fill { .. } => return true,
        }
    }
    true
}

/// Whether a stage needs one row at a time.
fn is_single(stage: &TableStage) -> bool {
    matches!(
        stage,
        TableStage::Where(_) | TableStage::Let(..) | TableStage::Select(_) | TableStage::Head(_)
    )
}

/// What becomes of rows for which a stage cannot compute something.
fn fate(stage: &TableStage) -> &'static str {
    match stage {
        TableStage::Let(..) | TableStage::Select(_) => "have an empty cell",
        _ => "were left out",
    }
}

/// What becomes of the row with this number, counted from 1.
fn one(stage: &TableStage, mut row: Row, number: usize, refused: &mut Refused) -> Option<Row> {
    match stage {
        TableStage::Where(condition) => refused
            .checked(condition.holds(&values(&row)))?
            .then_some(row),
        TableStage::Let(slot, program) => {
            let cell = refused.checked(compute(program, &row)).unwrap_or_default();
            match row.get_mut(*slot) {
                Some(old) => *old = cell,
                None => row.push(cell),
            }
            Some(row)
        }
        TableStage::Select(programs) => {
            let cells = programs
                .iter()
                .map(|program| refused.checked(compute(program, &row)).unwrap_or_default());
            Some(cells.collect())
        }
        TableStage::Head(rows) => (number <= *rows).then_some(row),
        _ => Some(row),
    }
}

/// What a stage that needs all rows made of them, the stages after it, and the rows that it refused.
struct Gathered<'s> {
    made: Made,
    rest: &'s [TableStage],
    refused: Refused,
}

enum Made {
    Rows(Answer),
    Groups(Found),
}

/// Lets the next stages have all rows.
fn gather<'s>(
    stages: &'s [TableStage],
    rows: Rows<'_>,
    room: &Room<'_>,
) -> Result<Gathered<'s>, SpillError> {
    let mut refused = Refused::default();
    let (made, rest) = match stages {
        [] => (Made::Rows(all(None, rows, room)?), stages),
        [TableStage::Groups(grouping), rest @ ..] => (
            Made::Groups(group(grouping, rows, &mut refused, room)?),
            rest,
        ),
        [
            TableStage::Sort(orders),
            TableStage::Head(wanted),
            rest @ ..,
        ] if *wanted <= MOST_BEST => (Made::Rows(Answer::Rows(best(orders, *wanted, rows))), rest),
        [TableStage::Sort(orders), rest @ ..] => (Made::Rows(all(Some(orders), rows, room)?), rest),
        [TableStage::Tail(wanted), rest @ ..] => {
            let mut last = VecDeque::new();
            for row in rows {
                last.push_back(row);
                if last.len() > *wanted {
                    last.pop_front();
                }
            }
            (Made::Rows(Answer::Rows(last.into())), rest)
        }
        [stage, rest @ ..] => {
            let table = run(stage, rows.collect(), room.zone, room.warn);
            (Made::Rows(Answer::Rows(table)), rest)
        }
    };
    Ok(Gathered {
        made,
        rest,
        refused,
    })
}

/// The first rows of an order.
fn best(orders: &[(Program, bool)], wanted: usize, rows: Rows<'_>) -> Table {
    let mut best = Table::new();
    for row in rows {
        best.push(row);
        if best.len() >= 2 * wanted.max(ROOM) {
            sort(&mut best, orders, false);
            best.truncate(wanted);
        }
    }
    sort(&mut best, orders, true);
    best.truncate(wanted);
    best
}

/// All rows, in an order or in the one in which they come.
fn all(
    orders: Option<&[(Program, bool)]>,
    rows: Rows<'_>,
    room: &Room<'_>,
) -> Result<Answer, SpillError> {
    let (mut table, mut used, mut files) = (Table::new(), 0, None);
    for row in rows {
        used += row.iter().map(size).sum::<usize>();
        table.push(row);
        if used > room.memory / PARTS {
            write(&mut table, orders, &mut files)?;
            used = 0;
        }
    }
    if files.is_some() {
        write(&mut table, orders, &mut files)?;
    } else if let Some(orders) = orders {
        sort(&mut table, orders, true);
    }
    Ok(match files {
        Some(files) => Answer::Files(Box::new(files)),
        None => Answer::Rows(table),
    })
}

/// Moves rows to a file.
fn write(
    table: &mut Table,
    orders: Option<&[(Program, bool)]>,
    files: &mut Option<SortedRows>,
) -> Result<(), SpillError> {
    let (columns, width) = match orders {
        Some(orders) => add_columns(table, orders),
        // Nothing decides between rows but which came first.
        None => (Columns::new(), 0),
    };
    if orders.is_some() {
        sort_by(table, &columns, width, true);
    }
    let files = files.get_or_insert_with(|| {
        let shown = orders.map(|_| width);
        SortedRows::new(&columns, width, None).showing(shown)
    });
    files.add(table.drain(..))?;
    Ok(())
}

/// About how many bytes a cell takes.
fn size(cell: &Cell) -> usize {
    let text = match &cell.value {
        Value::Digits(text) | Value::Text(text) | Value::Json(text) => text.len(),
        _ => 0,
    };
    size_of::<Cell>() + 24 + text
}

/// Groups rows.
fn group(
    grouping: &Arc<Grouping>,
    rows: Rows<'_>,
    refused: &mut Refused,
    room: &Room<'_>,
) -> Result<Found, SpillError> {
    let nothing = || Grouped::new(Arc::clone(grouping), room.zone.clone(), Groups::default());
    let (mut groups, mut spilled) = (nothing(), Spilled::default());
    for (number, row) in (0_u64..).zip(rows) {
        let is_approximate = |slot: usize| row[slot].approx;
        refused.checked(groups.add(&values(&row), number, &is_approximate));
        // Files do not say what is an approximation.
        if (number + 1).is_multiple_of(LOOK)
            && !groups.has_approximations()
            && groups.heap_bytes() > room.memory / PARTS
        {
            spilled.write(&std::mem::replace(&mut groups, nothing()), room.memory)?;
        }
    }
    if spilled.is_empty() {
        return Ok(Found::InMemory(Box::new(groups)));
    }
    spilled.write(&groups, room.memory)?;
    Ok(Found::Spilled(Arc::clone(grouping), spilled))
}

#[cfg(test)]
mod tests;
