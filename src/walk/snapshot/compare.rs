//! Compares a snapshot with entries that come in the same order, from a walk or from another snapshot.

use std::cmp::Ordering;
use std::io::Read;

use super::Header;
use super::change::{Change, Kind, Layout, Pending};
use super::gaps::Gaps;
use super::moves::Movable;
use super::read::{Reader, SnapshotError};
use super::record::{Attributes, GAP, IDENTITY, KNOWN};
use crate::group::sort::Sorter;
use crate::walk::field::Field;

/// The memory for changes, and for entries that may have been moved, before they go to temporary files, in bytes.
const MEMORY: usize = 32 << 20;

/// A comparison.
pub struct Comparer<R> {
    old: Reader<R>,
    /// Whether the reader is at a record that was not compared.
    has_old: bool,
    prefixes: (Vec<u8>, Vec<u8>),
    layout: Layout,
    is_same_layout: bool,
    old_gaps: Gaps,
    new_gaps: Gaps,
    movable: Movable,
    changes: Sorter,
    /// Changes so far; what was moved counts twice.
    found: u64,
    key: Vec<u8>,
}

impl<R: Read> Comparer<R> {
    /// A comparison of a snapshot, which is at its beginning, with what will be pushed; `old` and `new` are the headers of both.
    /// Of the fields that both have, those in `asked` are compared; all if it is `None`.
    ///
    /// # Errors
    /// [`SnapshotError`].
    pub fn new(
        mut reader: Reader<R>,
        old: &Header,
        new: &Header,
        asked: Option<&[&'static Field]>,
    ) -> Result<Comparer<R>, SnapshotError> {
        let layout = Layout::new(&old.fields, &new.fields, asked);
        // With one root on each side, paths below it are compared.
        let prefixes = match (old.roots.len(), new.roots.len()) {
            (1, 1) => (old.prefix().to_vec(), new.prefix().to_vec()),
            _ => (Vec::new(), Vec::new()),
        };
        Ok(Comparer {
            has_old: reader.advance()?,
            old: reader,
            prefixes,
            is_same_layout: layout.is_same(),
            layout,
            old_gaps: Gaps::default(),
            new_gaps: Gaps::default(),
            movable: Movable::new(MEMORY),
            changes: Sorter::new(MEMORY),
            found: 0,
            key: Vec::new(),
        })
    }

    /// Whether the two sides have no field in common that is compared.
    pub fn compares_nothing(&self) -> bool {
        self.layout.is_empty()
    }

    /// Whether anything has changed, so far.
    pub fn has_found(&self) -> bool {
        self.found > 0
    }

    /// Compares with the next record of the new side. Keys ascend.
    ///
    /// # Errors
    /// [`SnapshotError`].
    pub fn push(&mut self, key: &[u8], value: &[u8]) -> Result<(), SnapshotError> {
        let key = below(key, &self.prefixes.1).ok_or(SnapshotError::Damaged)?;
        while self.has_old {
            let order = self.old_key()?.cmp(key);
            let is_gap = self.old.record().1 == [GAP];
            match order {
                Ordering::Equal if value != [GAP] && !is_gap => return self.compare(key, value),
                // The gap is noted before what it covers is looked at.
                Ordering::Equal if !is_gap => break,
                Ordering::Greater => break,
                _ => self.pass_old()?,
            }
        }
        if value == [GAP] {
            self.new_gaps.add(gap(key));
            return Ok(());
        }
        let attributes = Attributes::read(value).ok_or(SnapshotError::Damaged)?;
        if !self.old_gaps.cover(key) {
            self.found += 1;
            match attributes.identity() {
                Some(identity) => self.movable.put(identity, true, key, value)?,
                None => self.keep(key, Kind::Added, b"", value)?,
            }
        }
        self.note_unknown_new(key, attributes);
        Ok(())
    }

    /// Nothing is known of what is below an entry without attributes: it may be a directory.
    fn note_unknown_new(&mut self, key: &[u8], attributes: Attributes<'_>) {
        if attributes.flags & KNOWN == 0 {
            self.new_gaps.add(key);
        }
    }

    fn old_key(&self) -> Result<&[u8], SnapshotError> {
        below(self.old.record().0, &self.prefixes.0).ok_or(SnapshotError::Damaged)
    }

    /// Compares an entry that is on both sides.
    fn compare(&mut self, key: &[u8], new: &[u8]) -> Result<(), SnapshotError> {
        let old = self.old.record().1;
        if !self.is_same_layout || old != new || new.first() != Some(&KNOWN) {
            let old = old.to_vec();
            let unknown = |value: &[u8]| value.first().is_some_and(|flags| flags & KNOWN == 0);
            if self
                .layout
                .differ(&old, new)
                .ok_or(SnapshotError::Damaged)?
            {
                self.found += 1;
                self.keep(key, Kind::Changed, &old, new)?;
            }
            if unknown(&old) {
                self.old_gaps.add(key);
            }
            if unknown(new) {
                self.new_gaps.add(key);
            }
        }
        self.has_old = self.old.advance()?;
        Ok(())
    }

    /// Passes over a record of the snapshot that is not on the new side.
    fn pass_old(&mut self) -> Result<(), SnapshotError> {
        let mut key = std::mem::take(&mut self.key);
        key.clear();
        key.extend_from_slice(self.old_key()?);
        let value = self.old.record().1;
        if value == [GAP] {
            self.old_gaps.add(gap(&key));
        } else {
            let attributes = Attributes::read(value).ok_or(SnapshotError::Damaged)?;
            let is_unknown = attributes.flags & KNOWN == 0;
            if !self.new_gaps.cover(&key) {
                self.found += 1;
                match attributes.identity() {
                    Some(identity) => self.movable.put(identity, false, &key, value)?,
                    None => {
                        let value = value.to_vec();
                        self.keep(&key, Kind::Removed, &value, b"")?;
                    }
                }
            }
            if is_unknown {
                self.old_gaps.add(&key);
            }
        }
        self.key = key;
        self.has_old = self.old.advance()?;
        Ok(())
    }

    fn keep(
        &mut self,
        key: &[u8],
        kind: Kind,
        old: &[u8],
        new: &[u8],
    ) -> Result<(), SnapshotError> {
        let pending = Pending {
            kind,
            from: Vec::new(),
            old: old.to_vec(),
            new: new.to_vec(),
        };
        Ok(keep(&mut self.changes, key, &pending)?)
    }

    /// Ends the comparison, after all of the new side: hands the changes to `take`, in the order of their paths. Gives whether
    /// something is missing in the snapshot.
    ///
    /// # Errors
    /// [`SnapshotError`], and those of `take`.
    pub fn finish<E: From<SnapshotError>>(
        mut self,
        take: &mut dyn FnMut(Change) -> Result<(), E>,
    ) -> Result<bool, E> {
        while self.has_old {
            self.pass_old()?;
        }
        let is_incomplete = self.old.is_incomplete();
        let changes = &mut self.changes;
        let resolved = self
            .movable
            .resolve(IDENTITY, &mut |key, pending| keep(changes, key, pending));
        resolved.map_err(SnapshotError::Io)?;
        let prefixes = (self.prefixes.0.as_slice(), self.prefixes.1.as_slice());
        let mut sorted = Sorter::sorted([self.changes]).map_err(SnapshotError::Io)?;
        let layout = &self.layout;
        loop {
            let mut change = None;
            sorted.next(|key, value| {
                let pending = Pending::read(value);
                let key = &key[..key.len() - 2];
                change = pending.and_then(|pending| pending.change(key, prefixes, layout));
                change.as_ref().map(drop).ok_or(SnapshotError::Damaged)
            })?;
            match change {
                Some(change) => take(change)?,
                None => break,
            }
        }
        Ok(is_incomplete)
    }
}

fn keep(changes: &mut Sorter, key: &[u8], pending: &Pending) -> std::io::Result<()> {
    let mut value = Vec::new();
    pending.write(&mut value);
    changes.put(&[key, &[0, pending.kind as u8]].concat(), &value)
}

/// The part of a key below a prefix.
fn below<'k>(key: &'k [u8], prefix: &[u8]) -> Option<&'k [u8]> {
    key.strip_prefix(prefix)
}

/// The key of which a gap tells that nothing is known.
fn gap(key: &[u8]) -> &[u8] {
    key.strip_suffix(b"/").unwrap_or(key)
}
