//! Groups that do not fit into the memory that they may use: written to temporary files as runs, and merged at the end.
//!
//! The files have no names, so they are gone however the process ends.

use std::io;
use std::mem;
use std::sync::Arc;

use jiff::tz::TimeZone;

use super::grouped::{Grouped, Unusable};
use super::plan::Grouping;
use crate::error::Plain;
use crate::group::Groups;
use crate::group::run::{Merged, RunWriter, merge};
use crate::io::spool::Spool;

/// With more runs than this, they are merged into one: each takes a descriptor and a buffer.
const MOST_RUNS: usize = 64;

/// The share of the memory that a batch of merged groups may use, as its denominator.
const BATCH: usize = 4;

/// Why groups cannot be written or read again.
#[derive(Debug, thiserror::Error)]
pub enum SpillError {
    /// What the system says.
    #[error("{}: groups could not be kept in a temporary file: {}", std::env::temp_dir().display(), Plain(.0))]
    Io(#[from] io::Error),
    /// What was read is not what was written.
    #[error("a temporary file has changed: {0}")]
    Unusable(#[from] Unusable),
}

/// Groups in temporary files.
#[derive(Debug, Default)]
pub struct Spilled {
    runs: Vec<Spool>,
}

impl Spilled {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// Adds groups, which may also be in earlier ones. `memory` is what merging may use, in bytes.
    ///
    /// # Errors
    /// Those of the system.
    pub fn write(&mut self, groups: &Grouped, memory: usize) -> Result<(), SpillError> {
        if self.runs.len() >= MOST_RUNS {
            let (grouping, zone) = groups.model();
            let runs = Spilled {
                runs: mem::take(&mut self.runs),
            };
            let mut one = RunWriter::new(Spool::new()?);
            let mut batches = runs.batches(&grouping, &zone, memory)?;
            while let Some(batch) = batches.next_batch()? {
                batch.write(&mut one)?;
            }
            self.runs.push(rewound(one)?);
        }
        let mut run = RunWriter::new(Spool::new()?);
        groups.write(&mut run)?;
        self.runs.push(rewound(run)?);
        Ok(())
    }

    /// Adds those of another part of the run.
    pub fn append(&mut self, mut other: Spilled) {
        self.runs.append(&mut other.runs);
    }

    /// All groups, in batches that use about a part of `memory`, in the order of the keys of records. No group is in two
    /// batches, nor are groups that look alike.
    ///
    /// # Errors
    /// Those of the system.
    pub fn batches(
        self,
        grouping: &Arc<Grouping>,
        zone: &TimeZone,
        memory: usize,
    ) -> Result<Batches, SpillError> {
        let nothing = Grouped::new(Arc::clone(grouping), zone.clone(), Groups::default());
        Ok(Batches {
            merged: merge(self.runs)?,
            batch: Some(nothing),
            text: Vec::new(),
            used: 0,
            most: memory / BATCH,
        })
    }
}

/// See [`Spilled::batches`].
pub struct Batches {
    merged: Merged<Spool>,
    /// The groups of the current batch; none behind the last.
    batch: Option<Grouped>,
    /// The text of the last key.
    text: Vec<u8>,
    used: usize,
    most: usize,
}

impl Batches {
    /// The next batch; the last one may be empty.
    ///
    /// # Errors
    /// Those of the system, and of files that have changed.
    pub fn next_batch(&mut self) -> Result<Option<Grouped>, SpillError> {
        let Batches {
            merged,
            batch,
            text,
            used,
            most,
        } = self;
        let Some(groups) = batch else {
            return Ok(None);
        };
        let width = groups.grouping().keys.len();
        loop {
            let mut full = None;
            let more = merged.next(|key, value| {
                let begun = &key[..key.len().saturating_sub(width)];
                if begun != text.as_slice() {
                    if *used > *most {
                        let (grouping, zone) = groups.model();
                        let nothing = Grouped::new(grouping, zone, Groups::default());
                        full = Some(mem::replace(groups, nothing));
                        *used = 0;
                    }
                    text.clear();
                    text.extend_from_slice(begun);
                }
                // A table takes about this; states in it are larger than their bytes.
                *used += 64 + key.len() + 2 * value.len();
                Ok::<(), SpillError>(groups.add_record(key, value, width, &mut |_| true)?)
            })?;
            if full.is_some() {
                return Ok(full);
            }
            if !more {
                return Ok(batch.take());
            }
        }
    }
}

fn rewound(run: RunWriter<Spool>) -> io::Result<Spool> {
    let file = run.end()?;
    file.rewind()?;
    Ok(file)
}
