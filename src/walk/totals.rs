//! Sums of entries, a row for each combination of some fields: by extension, by owner, by both.
//!
//! A file with several names is counted once, and so is one that is reached again through a link. The name it is counted under
//! must not depend on which worker found it first, so such entries are kept until the end, with the smallest of their paths.

use std::cmp::Ordering;
use std::collections::HashMap;

use super::event::Sums;
use super::field::{Field, Needs};
use super::recorder::Recorder;
use super::rows::sums;
use crate::dirs::owners::Owners;
use crate::dirs::{ContentNeeds, Entry, FileType};
use crate::group::{Groups, TooMany};
use crate::record::key::Tag;
use crate::record::{Cell, Timestamp, Value};

/// The columns after the keys.
pub const COLUMNS: [&str; 6] = ["files", "dirs", "size", "allocated", "oldest", "newest"];

/// The index of the size in them, by which rows are sorted.
pub const SIZE: usize = 2;

/// What has to be known of every entry.
pub const NEEDS: Needs = Needs {
    stat: true,
    target: false,
    content: ContentNeeds::NOTHING,
};

/// Sums of entries by group.
pub struct Totals {
    keys: Vec<&'static Field>,
    /// Whether any entry may be reached twice, since links are followed or there are several roots.
    repeats: bool,
    groups: Groups,
    totals: Vec<Total>,
    /// Entries that may be reached again, by device and inode.
    linked: HashMap<(u64, u64), Linked>,
    key: Vec<u8>,
    owners: Owners,
    overflow: Option<TooMany>,
}

/// The sums of a group.
#[derive(Clone, Copy, Debug, Default)]
struct Total {
    sums: Sums,
    oldest: Option<Timestamp>,
    newest: Option<Timestamp>,
}

/// An entry with several names.
#[derive(Clone, Debug)]
struct Linked {
    /// The smallest of the paths by which it was reached.
    path: Vec<u8>,
    /// The key for that path.
    key: Vec<u8>,
    total: Total,
}

impl Totals {
    /// No entries. With `repeats` any entry may be reached twice. `groups` must be siblings of those
    /// of the totals that will be merged.
    pub fn new(keys: &[&'static Field], repeats: bool, groups: Groups) -> Totals {
        Totals {
            keys: keys.to_vec(),
            repeats,
            groups,
            totals: Vec::new(),
            linked: HashMap::new(),
            key: Vec::new(),
            owners: Owners::default(),
            overflow: None,
        }
    }

    /// Adds the totals of another worker.
    pub fn merge(&mut self, other: Totals) {
        match self.groups.absorb(other.groups) {
            Ok(groups) => {
                self.totals.resize(self.groups.len(), Total::default());
                for (group, total) in groups.into_iter().zip(other.totals) {
                    self.totals[group as usize].add(&total);
                }
            }
            Err(error) => self.overflow = Some(error),
        }
        for (id, linked) in other.linked {
            self.keep(id, linked);
        }
        self.overflow = self.overflow.or(other.overflow);
    }

    /// A row for each group, the largest first, ties by their keys.
    ///
    /// # Errors
    /// If there were too many groups.
    pub fn rows(mut self) -> Result<Vec<Vec<Cell>>, TooMany> {
        for (_, linked) in std::mem::take(&mut self.linked) {
            self.count(&linked.key, &linked.total);
        }
        if let Some(error) = self.overflow {
            return Err(error);
        }
        let mut rows: Vec<(u128, Vec<Cell>)> = self
            .totals
            .iter()
            .enumerate()
            .map(|(group, total)| {
                let keys = Value::from_keys(self.groups.key(group).1)
                    .map(|value| Cell::exact(value.into_static()));
                let times = [total.oldest, total.newest]
                    .map(|time| Cell::exact(time.map_or(Value::Missing, Value::Time)));
                (
                    total.sums.size,
                    keys.chain(sums(total.sums, true)).chain(times).collect(),
                )
            })
            .collect();
        rows.sort_by(|one, other| other.0.cmp(&one.0).then_with(|| by_cells(&one.1, &other.1)));
        Ok(rows.into_iter().map(|(_, row)| row).collect())
    }

    fn count(&mut self, key: &[u8], total: &Total) {
        let probe = self.groups.probe(Tag::Several, key);
        match self.groups.group(&probe) {
            Ok(group) => {
                let group = group as usize;
                if group == self.totals.len() {
                    self.totals.push(Total::default());
                }
                self.totals[group].add(total);
            }
            Err(error) => self.overflow = Some(error),
        }
    }

    fn keep(&mut self, id: (u64, u64), linked: Linked) {
        match self.linked.get_mut(&id) {
            Some(known) if known.path <= linked.path => {}
            Some(known) => *known = linked,
            None => drop(self.linked.insert(id, linked)),
        }
    }
}

impl Recorder for Totals {
    fn entry(&mut self, entry: &Entry<'_>, _: bool, _: bool, _: &mut Vec<u8>) {
        let mut key = std::mem::take(&mut self.key);
        key.clear();
        for field in &self.keys {
            field.value(entry, &mut self.owners).push_key(&mut key);
        }
        let mut total = Total::default();
        let is_directory = entry.file_type == FileType::Directory;
        match is_directory {
            true => total.sums.dirs = 1,
            false => total.sums.files = 1,
        }
        if let Some(stat) = entry.known_stat() {
            total.sums.size = u128::from(stat.size);
            total.sums.allocated = u128::from(stat.allocated);
            total.oldest = stat.mtime;
            total.newest = stat.mtime;
        }
        match entry.known_stat() {
            Some(stat) if self.repeats || (stat.nlink > 1 && !is_directory) => {
                let linked = Linked {
                    path: entry.place.path.to_vec(),
                    key: key.clone(),
                    total,
                };
                self.keep(stat.id(), linked);
            }
            _ => self.count(&key, &total),
        }
        self.key = key;
    }
}

impl Total {
    fn add(&mut self, other: &Total) {
        self.sums.add(other.sums);
        self.oldest = [self.oldest, other.oldest].into_iter().flatten().min();
        self.newest = [self.newest, other.newest].into_iter().flatten().max();
    }
}

fn by_cells(one: &[Cell], other: &[Cell]) -> Ordering {
    let cells = one.iter().zip(other);
    let orders = cells.map(|(one, other)| one.value.total_cmp(&other.value));
    orders.fold(Ordering::Equal, Ordering::then)
}
