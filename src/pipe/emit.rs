//! Items and records one at a time: what a [`super::stage::UnitStage`] takes, and where it puts what it gives.

use std::time::Instant;

use super::data::{Batch, Data, Item, Kind};
use super::failure::{Failure, Part};
use super::flow::{Flow, Out};
use super::shared::Shared;
use crate::record::records::{Record, Records};

/// One item, or one record.
#[derive(Clone, Copy, Debug)]
pub enum Unit<'a> {
    /// An item; a line, where nothing was cut.
    Item(Item<'a>),
    /// A record.
    Record(Record<'a>),
}

impl Unit<'_> {
    /// Appends bytes that are equal for equal units only: of an item its content, of a record its names and values.
    pub fn key(&self, key: &mut Vec<u8>) {
        match self {
            Unit::Item(item) => key.extend_from_slice(item.content),
            Unit::Record(record) => {
                for (name, value) in record.names().iter().zip(record.values()) {
                    for part in [name, value.bytes] {
                        key.extend_from_slice(&part.len().to_le_bytes());
                        key.extend_from_slice(part);
                    }
                    key.push(value.form as u8);
                }
            }
        }
    }
}

/// Buffers that are used again for every batch.
#[derive(Debug, Default)]
pub struct Collected {
    items: Batch,
    records: Records,
}

/// Where units go: collected, and handed on when there are many.
pub struct Emit<'a> {
    collected: &'a mut Collected,
    out: &'a mut dyn Out,
    /// As what items are handed on: as items, or as bytes.
    kind: Kind,
    flow: Flow,
}

/// How many bytes are collected before they are handed on.
const ENOUGH: usize = 64 << 10;

/// How many units are collected before they are handed on.
const MANY: usize = 16 << 10;

impl<'a> Emit<'a> {
    /// Collects; `kind` says as what items are handed on: as items, or as bytes.
    pub fn new(collected: &'a mut Collected, out: &'a mut dyn Out, kind: Kind) -> Emit<'a> {
        Emit {
            collected,
            out,
            kind,
            flow: Flow::More,
        }
    }

    /// Adds an item.
    ///
    /// # Errors
    /// Those of later stages.
    pub fn push(&mut self, content: &[u8], terminator: &[u8]) -> Result<Flow, Failure> {
        self.collected.items.push(content, terminator);
        self.hand_on_if_many()
    }

    /// Adds a unit as it came.
    ///
    /// # Errors
    /// Those of later stages.
    pub fn keep(&mut self, unit: Unit<'_>) -> Result<Flow, Failure> {
        match unit {
            Unit::Item(item) => self.collected.items.push(item.content, item.terminator),
            Unit::Record(record) => self.collected.records.push_record(&record),
        }
        self.hand_on_if_many()
    }

    /// Adds the record that `make` puts into the batch, if it can be made.
    ///
    /// # Errors
    /// That of `make`, and those of later stages.
    pub fn record(
        &mut self,
        make: impl FnOnce(&mut Records) -> Result<(), Failure>,
    ) -> Result<Flow, Failure> {
        let records = &mut self.collected.records;
        if let Err(failure) = make(records) {
            records.undo();
            return Err(failure);
        }
        self.hand_on_if_many()
    }

    fn hand_on_if_many(&mut self) -> Result<Flow, Failure> {
        let Collected { items, records } = &*self.collected;
        let has_many =
            items.size() + records.size() >= ENOUGH || items.items().len() + records.len() >= MANY;
        match has_many {
            true => self.hand_on(),
            false => Ok(self.flow),
        }
    }

    /// Hands on what was collected.
    ///
    /// # Errors
    /// Those of later stages.
    pub fn hand_on(&mut self) -> Result<Flow, Failure> {
        let Collected { items, records } = &mut *self.collected;
        let mut flow = self.flow;
        if !items.is_empty() {
            let data = match self.kind {
                Kind::Bytes => Data::Bytes(items.items().written()),
                Kind::Items | Kind::Records => Data::Items(items.items()),
            };
            let result = self.out.put(data);
            items.clear();
            flow = result?;
        }
        if !records.is_empty() {
            let result = self.out.put(Data::Records(records));
            records.clear();
            flow = result?;
        }
        if flow == Flow::Enough {
            self.flow = Flow::Enough;
        }
        Ok(self.flow)
    }

    /// Hands on what was collected, writes out what later stages keep back, and waits until then. Only for stages with a thread
    /// of their own.
    ///
    /// # Errors
    /// As [`Out::pause`].
    pub fn pause(&mut self, until: Instant) -> Result<Flow, Failure> {
        if self.hand_on()? == Flow::More && self.out.pause(until)? == Flow::Enough {
            self.flow = Flow::Enough;
        }
        Ok(self.flow)
    }

    /// The stage whose output this is.
    pub fn part(&self) -> Option<Part> {
        self.out.part()
    }

    /// What all stages share.
    pub fn shared(&self) -> &Shared<'_> {
        self.out.shared()
    }
}
