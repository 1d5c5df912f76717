//! Folds what belongs together: the saving of a file under another name, and many changes of one file.
//!
//! The end of a file's name is held back for a moment: if the name comes back, the file was replaced, and one change is reported.
//! Of a file that changes all the time, the first change is reported at once and then one each interval, the last with what is
//! final. This is a state machine over records and time; it reads no clock.

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};

use super::record::{Kind, Reason, Record};
use crate::dirs::FileType;

/// How long the end of a name is held back.
const HELD: Duration = Duration::from_millis(100);

/// The least time between two changes of one file.
pub const INTERVAL: Duration = Duration::from_millis(50);

/// Folds records.
#[derive(Debug, Default)]
pub struct Hold {
    /// In the order of their ends.
    held: BTreeMap<u64, Held>,
    /// The numbers of those that are about a path.
    places: HashMap<Vec<u8>, Vec<u64>>,
    next: u64,
    recent: HashMap<(Vec<u8>, Kind), Recent>,
}

#[derive(Debug)]
struct Held {
    until: Instant,
    record: Record,
    /// The name that has ended with it, besides that of the record.
    from: Option<Vec<u8>>,
    /// Set if it only exists because something was replaced: its removal cancels it.
    is_aside: bool,
}

#[derive(Debug)]
struct Recent {
    until: Instant,
    pending: Option<Record>,
}

impl Hold {
    /// Takes a record; what is to be reported now goes to `out`.
    pub fn put(&mut self, mut record: Record, now: Instant, out: &mut Vec<Record>) {
        let is_directory = record.facts.file_type == FileType::Directory;
        match record.kind {
            Kind::Modify | Kind::Attrib | Kind::Access if record.reason.is_none() => {
                let is_replacing =
                    |held: &Held| held.record.path == record.path && held.record.reason.is_some();
                if let Some(number) = self.find(&record.path, is_replacing)
                    && let Some(held) = self.held.get_mut(&number)
                {
                    // It is being written under its name.
                    held.record.facts = record.facts;
                    return;
                }
                self.release(&record.path, out);
                return self.put_change(record, now, out);
            }
            Kind::Create | Kind::Rename if !is_directory => {
                self.flush_changes(record.from.as_deref(), out);
                record.from.iter().for_each(|from| self.release(from, out));
                if self.returns(&record.path) {
                    record.kind = Kind::Modify;
                    record.reason = Some(Reason::Replaced);
                    return self.hold(record, now);
                }
            }
            _ => {}
        }
        if is_directory {
            self.release_below(&record.path, out);
            record
                .from
                .iter()
                .for_each(|from| self.release_below(from, out));
        }
        self.flush_changes(Some(&record.path), out);
        self.flush_changes(record.from.as_deref(), out);
        let is_aside = |held: &Held| held.is_aside && held.record.path == record.path;
        if record.kind == Kind::Remove
            && let Some(number) = self.find(&record.path, is_aside)
        {
            self.take(number);
            return;
        }
        self.release(&record.path.clone(), out);
        if let Some(from) = &record.from.clone() {
            self.release(from, out);
        }
        match record.may_return && !is_directory {
            true => self.hold(record, now),
            false => out.push(record),
        }
    }

    fn hold(&mut self, record: Record, now: Instant) {
        for path in [Some(&record.path), record.from.as_ref()]
            .into_iter()
            .flatten()
        {
            self.places.entry(path.clone()).or_default().push(self.next);
        }
        let held = Held {
            until: now + HELD,
            from: record.from.clone(),
            record,
            is_aside: false,
        };
        self.held.insert(self.next, held);
        self.next += 1;
    }

    /// The first that is held about a path and passes a test.
    fn find(&self, path: &[u8], test: impl Fn(&Held) -> bool) -> Option<u64> {
        let mut numbers = self.places.get(path)?.iter().copied();
        numbers.find(|number| self.held.get(number).is_some_and(&test))
    }

    fn take(&mut self, number: u64) -> Option<Record> {
        let held = self.held.remove(&number)?;
        for path in [Some(&held.record.path), held.from.as_ref()]
            .into_iter()
            .flatten()
        {
            if let Some(numbers) = self.places.get_mut(path) {
                numbers.retain(|other| *other != number);
                if numbers.is_empty() {
                    self.places.remove(path);
                }
            }
        }
        Some(held.record)
    }

    /// Whether a name comes back that has just ended.
    fn returns(&mut self, path: &[u8]) -> bool {
        let is_end = |held: &Held| match held.record.kind {
            Kind::Remove => held.record.path == path,
            Kind::Rename => held.record.from.as_deref() == Some(path),
            _ => false,
        };
        let Some(number) = self.find(path, is_end) else {
            return false;
        };
        match self.held.get_mut(&number) {
            Some(held) if held.record.kind == Kind::Rename => {
                held.record.kind = Kind::Create;
                held.record.from = None;
                held.is_aside = true;
            }
            _ => drop(self.take(number)),
        }
        true
    }

    fn put_change(&mut self, record: Record, now: Instant, out: &mut Vec<Record>) {
        let key = (record.path.clone(), record.kind);
        match self.recent.get_mut(&key) {
            Some(recent) if now < recent.until => recent.pending = Some(record),
            _ => {
                let until = now + INTERVAL;
                let recent = Recent {
                    until,
                    pending: None,
                };
                self.recent.insert(key, recent);
                out.push(record);
            }
        }
    }

    /// Reports what is still to be reported of a file, before its name ends or is replaced.
    fn flush_changes(&mut self, path: Option<&[u8]>, out: &mut Vec<Record>) {
        let Some(path) = path.filter(|_| !self.recent.is_empty()) else {
            return;
        };
        for kind in [Kind::Modify, Kind::Attrib, Kind::Access] {
            let recent = self.recent.remove(&(path.to_vec(), kind));
            out.extend(recent.and_then(|recent| recent.pending));
        }
    }

    /// Reports what is held back about paths below a directory, which are about to change with it.
    fn release_below(&mut self, directory: &[u8], out: &mut Vec<Record>) {
        let is_below = |path: &[u8]| {
            path.strip_prefix(directory)
                .is_some_and(|rest| rest.starts_with(b"/"))
        };
        let concerns = |held: &Held| {
            is_below(&held.record.path) || held.record.from.as_deref().is_some_and(is_below)
        };
        let held = self.held.iter().filter(|(_, held)| concerns(held));
        let numbers: Vec<u64> = held.map(|(number, _)| *number).collect();
        out.extend(numbers.into_iter().filter_map(|number| self.take(number)));
        let mut ended: Vec<Record> = Vec::new();
        self.recent.retain(|(path, _), recent| {
            let is_kept = !is_below(path);
            ended.extend(recent.pending.take_if(|_| !is_kept));
            is_kept
        });
        out.extend(ended);
    }

    /// Reports what is held back about a path.
    fn release(&mut self, path: &[u8], out: &mut Vec<Record>) {
        let concerns =
            |held: &Held| held.record.path == path || held.record.from.as_deref() == Some(path);
        while let Some(number) = self.find(path, concerns) {
            out.extend(self.take(number));
        }
    }

    /// Reports what was held back for long enough.
    pub fn due(&mut self, now: Instant, out: &mut Vec<Record>) {
        while let Some((number, held)) = self.held.first_key_value()
            && held.until <= now
        {
            let number = *number;
            out.extend(self.take(number));
        }
        let mut ended: Vec<Record> = Vec::new();
        self.recent.retain(|_, recent| {
            if now < recent.until {
                return true;
            }
            recent.until = now + INTERVAL;
            match recent.pending.take() {
                Some(record) => {
                    ended.push(record);
                    true
                }
                None => false,
            }
        });
        ended.sort_by(|one, other| one.path.cmp(&other.path));
        out.extend(ended);
    }

    /// Reports everything at once: the run is over.
    pub fn finish(&mut self, out: &mut Vec<Record>) {
        let held = std::mem::take(&mut self.held);
        out.extend(held.into_values().map(|held| held.record));
        out.extend(self.recent.drain().filter_map(|(_, recent)| recent.pending));
    }

    /// When something is due.
    pub fn deadline(&self) -> Option<Instant> {
        let held = self.held.first_key_value();
        let held = held.map(|(_, held)| held.until).into_iter();
        let recent = self
            .recent
            .values()
            .filter(|recent| recent.pending.is_some());
        held.chain(recent.map(|recent| recent.until)).min()
    }

    /// Whether files change all the time, so that more changes may be awaited before the next look.
    pub fn is_busy(&self) -> bool {
        self.recent.values().any(|recent| recent.pending.is_some())
    }
}

#[cfg(test)]
mod tests;
