//! Holds changes back until their path is quiet, and drops those that leave the same bytes.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::time::{Duration, Instant};

use crate::dirs::FileType;
use crate::watch::content::Contents;
use crate::watch::{Kind, Output, Record, Watcher};

/// Changes that wait until their path is quiet.
pub(super) struct Settling {
    quiet: Option<Duration>,
    contents: Option<Contents>,
    waiting: HashMap<Vec<u8>, Waiting>,
    /// Numbers the changes that wait.
    next: u64,
    ready: Vec<Output>,
}

/// Changes of a path that is not quiet yet.
struct Waiting {
    until: Instant,
    records: Vec<(u64, Record)>,
}

impl Settling {
    pub(super) fn new(quiet: Option<Duration>, compares: bool) -> Settling {
        Settling {
            quiet,
            contents: compares.then(Contents::default),
            waiting: HashMap::new(),
            next: 0,
            ready: Vec::new(),
        }
    }

    /// Reads all files that are there.
    pub(super) fn learn(&mut self, watcher: &Watcher) {
        let Some(contents) = &mut self.contents else {
            return;
        };
        for path in watcher.files() {
            contents.note(&path);
        }
    }

    pub(super) fn take(&mut self, found: Vec<Output>, now: Instant) {
        let Some(quiet) = self.quiet else {
            self.ready.extend(found);
            return;
        };
        for output in found {
            match output {
                Output::Change(record)
                    if record.facts.file_type != FileType::Directory
                        && record.kind != Kind::Exists =>
                {
                    self.wait(record, now + quiet);
                }
                other => self.ready.push(other),
            }
        }
    }

    fn wait(&mut self, record: Record, until: Instant) {
        let waiting = match self.waiting.entry(record.path.clone()) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(free) => free.insert(Waiting {
                until,
                records: Vec::new(),
            }),
        };
        waiting.until = until;
        for (_, known) in &mut waiting.records {
            known.facts = record.facts;
        }
        // What is written to a new file belongs to its creation.
        let is_covered = |known: &Record| {
            known.kind == record.kind || (known.kind == Kind::Create && record.kind == Kind::Modify)
        };
        if !waiting.records.iter().any(|(_, known)| is_covered(known)) {
            waiting.records.push((self.next, record));
        }
        self.next += 1;
    }

    /// What is to be reported now.
    pub(super) fn due(&mut self, now: Instant) -> Vec<Output> {
        let mut due = std::mem::take(&mut self.ready);
        let ended = self.waiting.extract_if(|_, waiting| waiting.until <= now);
        let ended = ended.flat_map(|(_, waiting)| waiting.records).collect();
        due.extend(self.changed(ended));
        due
    }

    /// Everything that waits.
    pub(super) fn finish(&mut self) -> Vec<Output> {
        let mut left = std::mem::take(&mut self.ready);
        let waiting = self.waiting.drain();
        let waiting = waiting.flat_map(|(_, waiting)| waiting.records).collect();
        left.extend(self.changed(waiting));
        left
    }

    /// Those of some changes that leave other bytes.
    fn changed(&mut self, mut records: Vec<(u64, Record)>) -> Vec<Output> {
        records.sort_unstable_by_key(|(number, _)| *number);
        let records = records.into_iter().map(|(_, record)| record);
        let Some(contents) = &mut self.contents else {
            return records.map(Output::Change).collect();
        };
        let mut judged: HashMap<Vec<u8>, bool> = HashMap::new();
        let mut is_changed = |record: &Record| match (record.kind, &record.from) {
            _ if record.facts.file_type != FileType::File => true,
            (Kind::Rename, Some(from)) => {
                contents.rename(from, &record.path);
                true
            }
            (Kind::Remove, _) => true,
            _ => match judged.get(&record.path) {
                Some(is_changed) => *is_changed,
                None => {
                    let is_changed = contents.note(&record.path);
                    judged.insert(record.path.clone(), is_changed);
                    is_changed
                }
            },
        };
        let kept = records.filter(|record| is_changed(record));
        kept.map(Output::Change).collect()
    }

    /// When something is to be reported.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.waiting.values().map(|waiting| waiting.until).min()
    }
}
