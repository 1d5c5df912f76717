//! Entries as records of a snapshot: a key and a value, both with their lengths in front.
//!
//! ```text
//! value    = flags | identity | field*        an entry
//!          = GAP                              what is below the key is not known; nor what is at it, unless it ends in a slash
//! flags    = 1: the attributes are known | 2: something about it could not be read
//! identity = length: one byte | type: one byte | device, inode: u64 | birth: 13 bytes, or none
//! ```
//!
//! A field is written as the key of a group (`record::key`).

use super::super::event::Event;
use super::super::field::Field;
use super::super::recorder::Recorder;
use super::header::trimmed;
use crate::dirs::owners::Owners;
use crate::dirs::{Entry, Operation, Stat};
use crate::record::Value;

/// The attributes are known.
pub(super) const KNOWN: u8 = 1;
/// Something about the entry could not be read.
pub(super) const FAILED: u8 = 2;
/// The value of a gap.
pub(super) const GAP: u8 = 0x80;

/// Writes the records of a snapshot, which [`records`] reads.
pub struct SnapshotRecorder {
    fields: Vec<&'static Field>,
    roots: Vec<Vec<u8>>,
    key: Vec<u8>,
    value: Vec<u8>,
    owners: Owners,
}

impl SnapshotRecorder {
    /// Records with these fields; `roots` are those of the walk.
    pub fn new(fields: &[&'static Field], roots: &[Vec<u8>]) -> SnapshotRecorder {
        SnapshotRecorder {
            fields: fields.to_vec(),
            roots: roots.to_vec(),
            key: Vec::new(),
            value: Vec::new(),
            owners: Owners::default(),
        }
    }

    fn put(&mut self, out: &mut Vec<u8>) {
        for part in [&self.key, &self.value] {
            let length = u32::try_from(part.len()).unwrap_or(u32::MAX);
            out.extend_from_slice(&length.to_le_bytes());
            out.extend_from_slice(&part[..length as usize]);
        }
    }

    /// The key of a path that was reached from one of the roots.
    fn set_key(&mut self, path: &[u8]) {
        let is_below = |root: &&Vec<u8>| path.starts_with(root);
        let root = self
            .roots
            .iter()
            .filter(is_below)
            .max_by_key(|root| root.len());
        set_key(root.map_or(&[][..], Vec::as_slice), path, &mut self.key);
    }
}

/// Sets the key of a path below a root, or of the root itself.
fn set_key(root: &[u8], path: &[u8], key: &mut Vec<u8>) {
    key.clear();
    key.extend_from_slice(trimmed(root));
    let below = &path[root.len()..];
    if !below.is_empty() {
        if !below.starts_with(b"/") {
            key.push(b'/');
        }
        key.extend_from_slice(below);
    }
}

impl Recorder for SnapshotRecorder {
    fn entry(&mut self, entry: &Entry<'_>, _: bool, _: bool, out: &mut Vec<u8>) {
        set_key(entry.place.root, entry.place.path, &mut self.key);
        let stat = entry.known_stat();
        self.value.clear();
        let known = if stat.is_some() { KNOWN } else { 0 };
        let failed = if entry.has_failed() { FAILED } else { 0 };
        self.value.push(known | failed);
        push_identity(stat, &mut self.value);
        for field in &self.fields {
            field
                .value(entry, &mut self.owners)
                .push_key(&mut self.value);
        }
        self.put(out);
    }

    fn event(&mut self, event: &Event<'_>, out: &mut Vec<u8>) {
        let Event::Error(error) = event else { return };
        self.set_key(&error.path);
        match error.operation {
            Operation::Open | Operation::Read => self.key.push(b'/'),
            // Not even the type of a root is known, which then has no entry.
            Operation::Stat if self.roots.contains(&error.path) => {}
            _ => return,
        }
        self.value.clear();
        self.value.push(GAP);
        self.put(out);
    }
}

fn push_identity(stat: Option<&Stat>, value: &mut Vec<u8>) {
    let at = value.len();
    value.push(0);
    let Some(stat) = stat else { return };
    value.push(stat.file_type.letter() as u8);
    value.extend_from_slice(&stat.dev.to_le_bytes());
    value.extend_from_slice(&stat.ino.to_le_bytes());
    if let Some(birth) = stat.btime {
        value.extend_from_slice(&birth.to_bytes());
    }
    value[at] = u8::try_from(value.len() - at - 1).unwrap_or(0);
}

/// The bytes of an identity with a time of birth.
pub(super) const IDENTITY: usize = 30;

/// A value that was read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attributes<'a> {
    pub(super) flags: u8,
    identity: &'a [u8],
    fields: &'a [u8],
}

impl<'a> Attributes<'a> {
    /// Takes a value apart; `None` if it is damaged, or a gap.
    pub(super) fn read(value: &'a [u8]) -> Option<Attributes<'a>> {
        let (flags, rest) = value.split_first()?;
        let (length, rest) = rest.split_first()?;
        let (identity, fields) = rest.split_at_checked(usize::from(*length))?;
        (*flags <= KNOWN | FAILED).then_some(Attributes {
            flags: *flags,
            identity,
            fields,
        })
    }

    /// What identifies the file wherever it is moved to: device, inode and time of birth, since inodes are used again.
    pub(super) fn identity(&self) -> Option<&'a [u8]> {
        (self.identity.len() == IDENTITY).then_some(self.identity)
    }

    /// The values of the fields; `None` unless there are exactly this many, of kinds that fields have.
    pub(super) fn values(&self, count: usize) -> Option<Vec<Value<'a>>> {
        let values: Vec<Value<'a>> = Value::from_keys(self.fields).take(count + 1).collect();
        let is_sound = |value: &Value<'_>| match value {
            Value::Digits(text) => !text.is_empty() && text.iter().all(u8::is_ascii_digit),
            Value::Text(_) | Value::Time(_) | Value::Missing => true,
            _ => false,
        };
        let mut again = Vec::new();
        values.iter().for_each(|value| value.push_key(&mut again));
        let is_whole = values.len() == count && again == self.fields;
        (is_whole && values.iter().all(is_sound)).then_some(values)
    }
}

/// The keys and values in bytes that a [`SnapshotRecorder`] has written.
pub fn records(mut bytes: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    std::iter::from_fn(move || {
        let mut take = || {
            let (length, rest) = bytes.split_first_chunk()?;
            let (part, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
            bytes = rest;
            Some(part)
        };
        Some((take()?, take()?))
    })
}
