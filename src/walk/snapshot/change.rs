//! A difference between two snapshots, and the fields in which it shows.

use super::super::field::Field;
use super::record::{Attributes, FAILED, KNOWN};
use crate::group::run::{push_bytes, take_bytes};
use crate::record::Value;

/// What has happened to an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// Fields have changed.
    Changed,
    /// It is at another path; fields may have changed as well.
    Moved,
}

const KINDS: [Kind; 4] = [Kind::Added, Kind::Removed, Kind::Changed, Kind::Moved];

impl Kind {
    /// Its name in records.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Added => "added",
            Kind::Removed => "removed",
            Kind::Changed => "changed",
            Kind::Moved => "moved",
        }
    }
}

/// A field of which an entry has another value than before.
#[derive(Clone, Debug)]
pub struct Difference {
    /// The field.
    pub field: &'static Field,
    /// The value before; none if the entry was added.
    pub before: Option<Value<'static>>,
    /// The value now; none if the entry was removed.
    pub after: Option<Value<'static>>,
}

/// A change of an entry.
#[derive(Clone, Debug)]
pub struct Change {
    /// What has happened.
    pub kind: Kind,
    /// The path: of one that was removed, that in the snapshot.
    pub path: Vec<u8>,
    /// The path before, of one that was moved.
    pub from: Option<Vec<u8>>,
    /// All fields if it was added or removed, otherwise those that have changed.
    pub differences: Vec<Difference>,
}

/// The fields that are compared, and where they are in the values of both sides.
#[derive(Clone)]
pub(super) struct Layout {
    /// The field, and its place before and now.
    fields: Vec<(&'static Field, usize, usize)>,
    counts: (usize, usize),
}

impl Layout {
    /// The fields that both sides have, or those of them that were asked for.
    pub(super) fn new(
        old: &[&'static Field],
        new: &[&'static Field],
        asked: Option<&[&'static Field]>,
    ) -> Layout {
        let place = |fields: &[&'static Field], wanted: &Field| {
            fields.iter().position(|field| field.name == wanted.name)
        };
        let is_asked = |field: &Field| asked.is_none_or(|asked| place(asked, field).is_some());
        let common = old.iter().enumerate().filter(|(_, field)| is_asked(field));
        Layout {
            fields: common
                .filter_map(|(before, field)| Some((*field, before, place(new, field)?)))
                .collect(),
            counts: (old.len(), new.len()),
        }
    }

    /// Whether nothing is compared.
    pub(super) fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// Whether equal values of both sides have equal bytes.
    pub(super) fn is_same(&self) -> bool {
        let is_in_place = |(_, before, now): &(&Field, usize, usize)| before == now;
        self.counts.0 == self.counts.1 && self.fields.iter().all(is_in_place)
    }

    /// Whether the fields of an entry that is on both sides differ; `None` if a value is damaged. What could not be read is not
    /// known to differ.
    pub(super) fn differ(&self, old: &[u8], new: &[u8]) -> Option<bool> {
        Some(!self.differences(Some(old), Some(new))?.is_empty())
    }

    fn differences(&self, old: Option<&[u8]>, new: Option<&[u8]>) -> Option<Vec<Difference>> {
        let read = |value: Option<&[u8]>, count: usize| match value {
            None => Some(None),
            Some(value) => {
                let attributes = Attributes::read(value)?;
                let values = attributes.values(count)?;
                let values: Vec<Value<'static>> =
                    values.into_iter().map(Value::into_static).collect();
                Some(Some((attributes.flags, values)))
            }
        };
        let (old, new) = (read(old, self.counts.0)?, read(new, self.counts.1)?);
        let mut found = Vec::new();
        for (field, before, now) in &self.fields {
            let before = old.as_ref().map(|(_, values)| values[*before].clone());
            let after = new.as_ref().map(|(_, values)| values[*now].clone());
            if let (Some((old_flags, _)), Some((new_flags, _)), Some(before), Some(after)) =
                (&old, &new, &before, &after)
            {
                let is_uncertain = |flags: u8, value: &Value<'_>| {
                    value.is_missing() && (flags & FAILED != 0 || flags & KNOWN == 0)
                };
                if is_uncertain(*old_flags, before)
                    || is_uncertain(*new_flags, after)
                    || before.bytes() == after.bytes()
                {
                    continue;
                }
            }
            found.push(Difference {
                field,
                before,
                after,
            });
        }
        Some(found)
    }
}

/// A change as it is kept until its turn: with the values as they were read.
#[derive(Clone, Debug)]
pub(super) struct Pending {
    pub(super) kind: Kind,
    pub(super) from: Vec<u8>,
    pub(super) old: Vec<u8>,
    pub(super) new: Vec<u8>,
}

impl Pending {
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        out.push(self.kind as u8);
        for part in [&self.from, &self.old, &self.new] {
            push_bytes(out, part);
        }
    }

    pub(super) fn read(mut bytes: &[u8]) -> Option<Pending> {
        let (kind, rest) = bytes.split_first()?;
        bytes = rest;
        let mut take = || Some(take_bytes(&mut bytes)?.to_vec());
        Some(Pending {
            kind: *KINDS.get(usize::from(*kind))?,
            from: take()?,
            old: take()?,
            new: take()?,
        })
    }

    /// The change; `prefixes` stand before the keys of the old and the new side.
    pub(super) fn change(
        &self,
        key: &[u8],
        prefixes: (&[u8], &[u8]),
        layout: &Layout,
    ) -> Option<Change> {
        let path = |prefix: &[u8], key: &[u8]| match (prefix, key) {
            (b"", b"") => b"/".to_vec(),
            (prefix, key) => [prefix, key].concat(),
        };
        let (old, new) = match self.kind {
            Kind::Added => (None, Some(self.new.as_slice())),
            Kind::Removed => (Some(self.old.as_slice()), None),
            Kind::Changed | Kind::Moved => (Some(self.old.as_slice()), Some(self.new.as_slice())),
        };
        Some(Change {
            kind: self.kind,
            path: match self.kind {
                Kind::Removed => path(prefixes.0, key),
                _ => path(prefixes.1, key),
            },
            from: (self.kind == Kind::Moved).then(|| path(prefixes.0, &self.from)),
            differences: layout.differences(old, new)?,
        })
    }
}
