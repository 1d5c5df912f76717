//! The keys of a batch of rows: taken from the rows where they are values as they were read, otherwise made here.

use jiff::tz::TimeZone;

use crate::group::{Groups, Probe};
use crate::log::batch::Matrix;
use crate::log::plan::{Bucket, GroupKey};
use crate::record::key::Tag;
use crate::record::{Bad, Value};

/// Keys that were made for the rows of a batch, one after the other.
#[derive(Default)]
pub(super) struct Keys {
    bytes: Vec<u8>,
    /// What each of them is, and where it ends.
    ends: Vec<(Tag, usize)>,
    scratch: Vec<u8>,
}

impl Keys {
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
    }

    /// Makes the key of a row. If it cannot be made, an arbitrary key takes its place, and the row must be dropped.
    pub(super) fn push(
        &mut self,
        keys: &[GroupKey],
        row: &[Value<'_>],
        zone: &TimeZone,
    ) -> Result<(), Bad> {
        let Keys {
            bytes,
            ends,
            scratch,
        } = self;
        let mut tag = Tag::Missing;
        let mut done = Ok(());
        for key in keys {
            let made = key.program.apply(row, |value| {
                let start = started(value, key.bucket, zone);
                let value = start.as_ref().unwrap_or(value);
                if keys.len() == 1 {
                    let (kind, key) = value.key(scratch);
                    bytes.extend_from_slice(key);
                    tag = kind;
                } else {
                    value.push_key(bytes);
                    tag = Tag::Several;
                }
                Ok(())
            });
            done = done.and(made);
        }
        ends.push((tag, bytes.len()));
        done
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (Tag, &[u8])> {
        let mut start = 0;
        self.ends.iter().map(move |&(tag, end)| {
            let key = &self.bytes[start..end];
            start = end;
            (tag, key)
        })
    }
}

/// Prepares to look up the groups of rows whose key is a single value that is used as it was read, as most are. False if it
/// must be made.
#[inline]
pub(super) fn probe_in_place<'r>(
    keys: &[GroupKey],
    rows: Matrix<'r>,
    groups: &Groups,
    probes: &mut [Probe<'r>],
) -> bool {
    let [
        GroupKey {
            program,
            bucket: None,
        },
    ] = keys
    else {
        return false;
    };
    let Some(slot) = program.as_slot() else {
        return false;
    };
    rows.rows()
        .zip(probes)
        .all(|(row, probe)| match row[slot].key_in_place() {
            Some((tag, key)) => {
                *probe = groups.probe(tag, key);
                true
            }
            None => false,
        })
}

/// The start of the time bucket that a time is in, if the key is a time bucket.
fn started(value: &Value<'_>, bucket: Option<Bucket>, zone: &TimeZone) -> Option<Value<'static>> {
    match (bucket, value) {
        (Some(bucket), Value::Time(time)) => Some(Value::Time(bucket.start(*time, zone))),
        _ => None,
    }
}
