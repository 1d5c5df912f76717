//! Groups as the records of runs: to merge them with those of other runs of jug, and to keep more of them than fit in memory.
//!
//! The key of a record is made for its order: groups that look alike (the number 200 and the text "200") follow each other.
//! It is the text of each part of the key, with its length in front, then the kind of each part. The value is the states, one
//! after the other, as [`Family::encode`] writes them. Both never change.
//!
//! [`Family::encode`]: crate::log::aggregate::Family::encode

use std::borrow::Cow;
use std::cmp::Ordering;
use std::io::{self, Write};

use jiff::tz::TimeZone;
use rayon::slice::ParallelSliceMut as _;

use super::Grouped;
use crate::group::run::{Damaged, RunWriter, push_varint, take_bytes};
use crate::group::{Groups, TooMany};
use crate::log::aggregate::Refused;
use crate::record::key::Tag;
use crate::record::{Timestamp, Value};

/// Why a record cannot be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// Its key or its states are not what was written.
    #[error(transparent)]
    Damaged(#[from] Damaged),
    /// A state cannot be read.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// There are too many groups.
    #[error(transparent)]
    TooMany(#[from] TooMany),
}

impl Grouped {
    /// Writes all groups as records, in the order of their keys.
    ///
    /// # Errors
    /// Those of writing.
    pub fn write<W: Write>(&self, run: &mut RunWriter<W>) -> io::Result<()> {
        let width = self.grouping.keys.len();
        let mut key = Vec::new();
        let alike = self.common_prefix(width);
        // Most keys differ in the first bytes after those that all have, which saves looking for them in memory.
        let mut order: Vec<(u64, u32)> = (0..self.groups.len())
            .map(|group| {
                key.clear();
                push_key(&self.groups, group, width, &mut key);
                (beginning(&key[alike..]), group as u32)
            })
            .collect();
        let compare = |one: &(u64, u32), other: &(u64, u32)| {
            let by_key = || compare_keys(&self.groups, one.1 as usize, other.1 as usize, width);
            one.0.cmp(&other.0).then_with(by_key)
        };
        // Outside a pool, rayon would start a global one.
        if rayon::current_thread_index().is_some() {
            order.par_sort_unstable_by(compare);
        } else {
            order.sort_unstable_by(compare);
        }
        let mut value = Vec::new();
        for (_, group) in order {
            let group = group as usize;
            key.clear();
            value.clear();
            push_key(&self.groups, group, width, &mut key);
            for (state, column) in self.states.iter().zip(&self.grouping.states) {
                column.family.encode(&**state, group, &mut value);
            }
            run.put(&key, &value)?;
        }
        Ok(())
    }

    /// How many first bytes the keys of all records have in common.
    fn common_prefix(&self, width: usize) -> usize {
        let (mut first, mut key) = (Vec::new(), Vec::new());
        for group in 0..self.groups.len() {
            key.clear();
            push_key(&self.groups, group, width, &mut key);
            if group == 0 {
                first.clone_from(&key);
            }
            let common = first
                .iter()
                .zip(&key)
                .take_while(|(one, other)| one == other);
            let common = common.count();
            first.truncate(common);
            if common == 0 {
                break;
            }
        }
        first.len()
    }

    /// Adds what a record holds to the group with its key, as `choose` changes it: that returns false for a group that is left
    /// out.
    ///
    /// # Errors
    /// If the record is not one of such groups. Some of it may have been added.
    pub fn add_record(
        &mut self,
        key: &[u8],
        mut value: &[u8],
        width: usize,
        choose: &mut dyn FnMut(&mut Vec<Value<'_>>) -> bool,
    ) -> Result<(), Unusable> {
        let mut parts = parts(key, width).ok_or(Damaged)?;
        if !choose(&mut parts) {
            return Ok(());
        }
        let mut scratch = Vec::new();
        let probe = match parts.as_slice() {
            [only] => {
                let (tag, key) = only.key(&mut scratch);
                self.groups.probe(tag, key)
            }
            // Without keys there is one group, whose key is that of a missing value.
            [] => self.groups.probe(Tag::Missing, &[]),
            several => {
                several.iter().for_each(|part| part.push_key(&mut scratch));
                self.groups.probe(Tag::Several, &scratch)
            }
        };
        let group = self.groups.group(&probe)? as usize;
        self.grow_to(group);
        for (state, column) in self.states.iter_mut().zip(&self.grouping.states) {
            value = column.family.decode(&mut **state, group, value)?;
        }
        match value.is_empty() {
            true => Ok(()),
            false => Err(Damaged.into()),
        }
    }
}

/// The first bytes of a record's key as an integer of the same order.
fn beginning(key: &[u8]) -> u64 {
    let mut first = [0; 8];
    let length = key.len().min(first.len());
    first[..length].copy_from_slice(&key[..length]);
    u64::from_be_bytes(first)
}

/// The order of the keys of two groups' records.
fn compare_keys(groups: &Groups, left: usize, right: usize, width: usize) -> Ordering {
    if let (1, (Tag::Text, one), (Tag::Text, other)) = (width, groups.key(left), groups.key(right))
        && one.len().max(other.len()) < 0x80
    {
        // Their lengths are one byte each.
        return one.len().cmp(&other.len()).then_with(|| one.cmp(other));
    }
    let (mut one, mut other) = (Vec::new(), Vec::new());
    push_key(groups, left, width, &mut one);
    push_key(groups, right, width, &mut other);
    one.cmp(&other)
}

/// Appends the key of a group's record.
fn push_key(groups: &Groups, group: usize, width: usize, out: &mut Vec<u8>) {
    let (tag, key) = groups.key(group);
    if width == 1 {
        push_parts(std::iter::once(Value::from_key(tag, key)), out);
    } else {
        push_parts(Value::from_keys(key), out);
    }
}

fn push_parts<'v>(parts: impl Iterator<Item = Value<'v>> + Clone, out: &mut Vec<u8>) {
    for part in parts.clone() {
        let text = part.bytes();
        push_varint(out, text.len());
        out.extend_from_slice(&text);
    }
    out.extend(parts.map(|part| kind(&part) as u8));
}

/// The parts of the key of a record; none if it is damaged.
fn parts(mut key: &[u8], width: usize) -> Option<Vec<Value<'_>>> {
    let texts: Option<Vec<&[u8]>> = (0..width).map(|_| take_bytes(&mut key)).collect();
    let texts = texts?;
    if key.len() != width {
        return None;
    }
    let parts = texts.into_iter().zip(key);
    parts.map(|(text, kind)| part(text, *kind)).collect()
}

fn part(text: &[u8], kind: u8) -> Option<Value<'_>> {
    let cow = Cow::Borrowed(text);
    Some(match Tag::of(kind)? {
        Tag::Missing if text.is_empty() => Value::Missing,
        Tag::Bool if matches!(text, b"true" | b"false") => Value::Bool(text == b"true"),
        Tag::Number => Value::Digits(cow),
        Tag::Time => Value::Time(Timestamp::parse(text, &TimeZone::UTC)?),
        Tag::Text => Value::Text(cow),
        Tag::Json => Value::Json(cow),
        Tag::Missing | Tag::Bool | Tag::Several => return None,
    })
}

fn kind(value: &Value<'_>) -> Tag {
    match value {
        Value::Missing => Tag::Missing,
        Value::Bool(_) => Tag::Bool,
        Value::Digits(_) | Value::Number(_) => Tag::Number,
        Value::Time(_) => Tag::Time,
        Value::Text(_) | Value::Escaped(_) => Tag::Text,
        Value::Json(_) => Tag::Json,
    }
}

#[cfg(test)]
mod tests;
