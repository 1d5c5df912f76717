//! Paths that have changed and wait for a run, in the order of their first changes.

use std::collections::{BTreeMap, HashMap};
use std::time::Instant;

/// Paths that have changed.
#[derive(Debug, Default)]
pub(super) struct Pending {
    changes: BTreeMap<u64, Change>,
    places: HashMap<Vec<u8>, u64>,
    next: u64,
    last: Option<Instant>,
}

/// A path that has changed.
#[derive(Debug)]
pub(super) struct Change {
    pub(super) path: Vec<u8>,
    pub(super) first: Instant,
    pub(super) last: Instant,
    /// Whether it changed because of a run, and for no other reason.
    pub(super) is_own: bool,
}

impl Pending {
    /// A path has changed.
    pub(super) fn put(&mut self, path: &[u8], now: Instant, is_own: bool) {
        self.last = Some(now);
        let place = self.places.get(path);
        if let Some(known) = place.and_then(|place| self.changes.get_mut(place)) {
            known.last = now;
            known.is_own &= is_own;
            return;
        }
        let change = Change {
            path: path.to_vec(),
            first: now,
            last: now,
            is_own,
        };
        self.changes.insert(self.next, change);
        self.places.insert(path.to_vec(), self.next);
        self.next += 1;
    }

    pub(super) fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// The changes that wait.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Change> {
        self.changes.values()
    }

    /// When the first of them came, and the last change of any path.
    pub(super) fn times(&self) -> Option<(Instant, Instant)> {
        let (_, first) = self.changes.first_key_value()?;
        Some((first.first, self.last?))
    }

    /// Whether runs have caused all of them.
    pub(super) fn is_all_own(&self) -> bool {
        self.iter().all(|change| change.is_own)
    }

    /// Removes a path.
    pub(super) fn remove(&mut self, path: &[u8]) {
        if let Some(place) = self.places.remove(path) {
            self.changes.remove(&place);
        }
    }

    /// Removes all.
    pub(super) fn clear(&mut self) {
        self.changes.clear();
        self.places.clear();
    }

    /// Removes as many paths as fit into this many bytes of arguments, at least one.
    pub(super) fn take(&mut self, most: usize) -> Vec<Vec<u8>> {
        let (mut taken, mut size) = (Vec::new(), 0);
        while let Some(entry) = self.changes.first_entry() {
            // Its NUL, and the pointer to it.
            size += entry.get().path.len() + 1 + size_of::<usize>();
            if size > most && !taken.is_empty() {
                break;
            }
            let path = entry.remove().path;
            self.places.remove(&path);
            taken.push(path);
        }
        taken
    }
}
