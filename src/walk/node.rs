//! A directory on its way from the queue to the output.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use super::cumulative::Share;
use super::event::Sums;
use crate::dirs::{Directory, EntryError, FileSystem, Handle, Listing};
use crate::select::Rules;

/// A directory: to be read, then read.
#[derive(Debug, Default)]
pub(super) struct Node {
    work: Mutex<Option<Work>>,
    records: Mutex<Option<Records>>,
}

/// What is needed to read a directory.
#[derive(Debug)]
pub(super) struct Work {
    /// The directory; `None` for the list of roots.
    pub(super) handle: Option<Arc<Handle>>,
    /// The index of the root that it was reached from.
    pub(super) root: usize,
    /// The ignore rules of its parent.
    pub(super) rules: Option<Arc<Rules>>,
    /// The file system that it is on, if that matters.
    pub(super) file_system: Option<FileSystem>,
    /// What it adds to its own sums, if those of directories are recorded.
    pub(super) own: Option<Share>,
    /// Set if it has been listed and only a part is to be read; `rules` are then its own.
    pub(super) part: Option<Part>,
}

/// The number of entries in a part of a directory that several workers read.
pub(super) const PART: usize = 2048;

/// The same if the contents of files are read.
pub(super) const SMALL_PART: usize = 16;

/// A part of a large directory, so that several workers can ask about its entries.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) directory: Arc<Directory>,
    pub(super) listing: Arc<Listing>,
    pub(super) range: Range<usize>,
}

/// The records of a directory, without those of its subdirectories.
#[derive(Debug, Default)]
pub(super) struct Records {
    pub(super) bytes: Vec<u8>,
    /// The number of records.
    pub(super) count: u64,
    /// Where each of them ends, if that is needed.
    pub(super) ends: Vec<usize>,
    /// The subdirectories, each with the offset in `bytes` where its records belong.
    pub(super) children: Vec<(usize, Arc<Node>)>,
    /// What could not be read.
    pub(super) errors: Vec<EntryError>,
    /// Messages about directories that were reached again.
    pub(super) repeats: Vec<String>,
    /// Set if a record is written when the directory is left.
    pub(super) leaving: Option<Leaving>,
    pub(super) sums: Sums,
    /// Entries that may have been counted before; the stream adds them to the sums.
    pub(super) shares: Vec<Share>,
}

impl Records {
    /// No records, with an empty buffer for them.
    pub(super) fn with_buffer(bytes: Vec<u8>) -> Records {
        Records {
            bytes,
            ..Records::default()
        }
    }

    /// Adds what an entry adds to the sums.
    pub(super) fn add(&mut self, share: Share) {
        match share.repeated_id() {
            Some(_) => self.shares.push(share),
            None => self.sums.add(share.sums()),
        }
    }

    /// The memory that they take while they wait, in bytes.
    pub(super) fn weight(&self) -> usize {
        self.bytes.len() + self.shares.len() * size_of::<Share>()
    }
}

/// What the record for leaving a directory needs.
#[derive(Debug, Default)]
pub(super) struct Leaving {
    pub(super) path: Vec<u8>,
    pub(super) error: Option<EntryError>,
}

impl Node {
    /// A directory to be read.
    pub(super) fn new(work: Work) -> Arc<Node> {
        Arc::new(Node {
            work: Mutex::new(Some(work)),
            records: Mutex::new(None),
        })
    }

    /// A root that is no directory that is entered: with nothing below it.
    pub(super) fn finished(records: Records) -> Arc<Node> {
        let node = Node::default();
        node.finish(records);
        Arc::new(node)
    }

    /// Takes the work; `None` if another worker has.
    pub(super) fn claim(&self) -> Option<Work> {
        self.work
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    /// Whether no worker has taken the work.
    pub(super) fn is_unclaimed(&self) -> bool {
        self.work
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .is_some()
    }

    /// Stores the records of the finished directory.
    pub(super) fn finish(&self, records: Records) {
        *self.records.lock().unwrap_or_else(PoisonError::into_inner) = Some(records);
    }

    /// Takes the records, if the directory is finished and they were not taken.
    pub(super) fn take(&self) -> Option<Records> {
        self.records
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }
}

/// Nodes that are not needed any more may be nested deeper than the stack, so they are dropped in a loop.
impl Drop for Node {
    fn drop(&mut self) {
        let mut left = self.take_children();
        while let Some((_, child)) = left.pop() {
            if let Some(mut node) = Arc::into_inner(child) {
                left.append(&mut node.take_children());
            }
        }
    }
}

impl Node {
    fn take_children(&mut self) -> Vec<(usize, Arc<Node>)> {
        let records = self
            .records
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        records
            .take()
            .map(|records| records.children)
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_of_a_million_nodes_is_dropped() {
        let mut node = Arc::new(Node::default());
        for _ in 0..1_000_000 {
            let outer = Arc::new(Node::default());
            outer.finish(Records {
                children: vec![(0, node)],
                ..Records::default()
            });
            node = outer;
        }
        drop(node);
    }
}
