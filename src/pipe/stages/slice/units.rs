//! A part of a stream of lines, items or records.

use std::collections::VecDeque;

use super::bounds::{Bounds, End, Start};
use crate::pipe::data::Batch;
use crate::pipe::emit::{Emit, Unit};
use crate::pipe::failure::Failure;
use crate::pipe::flow::Flow;
use crate::pipe::stage::UnitStage;
use crate::record::records::Records;

/// Keeps the units of a part.
pub(in crate::pipe::stages) struct Units {
    bounds: Bounds,
    seen: u64,
    /// The last units, as long as it is not known whether they are wanted.
    kept: VecDeque<Kept>,
}

impl Units {
    pub(in crate::pipe::stages) fn new(bounds: Bounds) -> Units {
        Units {
            bounds,
            seen: 0,
            kept: VecDeque::new(),
        }
    }
}

/// A unit of its own.
#[derive(Default)]
struct Kept {
    items: Batch,
    records: Records,
}

impl Kept {
    fn set(&mut self, unit: Unit<'_>) {
        self.items.clear();
        self.records.clear();
        match unit {
            Unit::Item(item) => self.items.push(item.content, item.terminator),
            Unit::Record(record) => self.records.push_record(&record),
        }
    }

    fn give(&self, out: &mut Emit<'_>) -> Result<Flow, Failure> {
        let mut flow = Flow::More;
        for item in self.items.items().iter() {
            flow = out.keep(Unit::Item(item))?;
        }
        for record in self.records.iter() {
            flow = out.keep(Unit::Record(record))?;
        }
        Ok(flow)
    }
}

impl UnitStage for Units {
    fn unit(&mut self, unit: Unit<'_>, out: &mut Emit<'_>) -> Result<Flow, Failure> {
        let place = self.seen;
        self.seen += 1;
        let is_before = matches!(self.bounds.start, Start::After(count) if place < count);
        let (is_after, is_last) = match self.bounds.end {
            End::First(count) => (place >= count, place + 1 >= count),
            End::Before(_) => (false, false),
        };
        let kept_back = self.bounds.kept_back();
        if kept_back == 0 {
            if matches!(self.bounds.start, Start::Last(_)) {
                return Ok(Flow::Enough);
            }
            if !is_before && !is_after {
                let _ = out.keep(unit)?;
            }
            return Ok(match is_last {
                true => Flow::Enough,
                false => Flow::More,
            });
        }
        if is_before {
            return Ok(Flow::More);
        }
        let is_full = self.kept.len() as u64 >= kept_back;
        let mut kept = match is_full {
            true => self.kept.pop_front().unwrap_or_default(),
            false => Kept::default(),
        };
        let mut flow = Flow::More;
        if is_full && matches!(self.bounds.start, Start::After(_)) {
            flow = kept.give(out)?;
        }
        kept.set(unit);
        self.kept.push_back(kept);
        Ok(flow)
    }

    fn end(&mut self, out: &mut Emit<'_>) -> Result<(), Failure> {
        let (skipped, wanted) = self.bounds.at_end(self.kept.len() as u64, self.seen);
        let count = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        for kept in self.kept.iter().skip(count(skipped)).take(count(wanted)) {
            if kept.give(out)? == Flow::Enough {
                break;
            }
        }
        self.kept.clear();
        self.seen = 0;
        Ok(())
    }
}
