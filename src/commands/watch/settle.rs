//! Holds changes back until their path is quiet, and drops those that leave the same bytes.

use std::time::{Duration, Instant};

use crate::dirs::FileType;
use crate::watch::content::Contents;
use crate::watch::{Kind, Output, Record, Watcher};

/// Changes that wait until their path is quiet.
pub(super) struct Settling {
    quiet: Option<Duration>,
    contents: Option<Contents>,
    waiting: Vec<(Instant, Record)>,
    ready: Vec<Output>,
}

impl Settling {
    pub(super) fn new(quiet: Option<Duration>, compares: bool) -> Settling {
        Settling {
            quiet,
            contents: compares.then(Contents::default),
            waiting: Vec::new(),
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
                    let until = now + quiet;
                    for (time, other) in &mut self.waiting {
                        if other.path == record.path {
                            *time = until;
                        }
                    }
                    let is_known = |(_, other): &mut (Instant, Record)| {
                        other.path == record.path && other.kind == record.kind
                    };
                    match self
                        .waiting
                        .iter_mut()
                        .find_map(|waiting| is_known(waiting).then_some(&mut waiting.1))
                    {
                        Some(known) => known.facts = record.facts,
                        None => self.waiting.push((until, record)),
                    }
                }
                other => self.ready.push(other),
            }
        }
    }

    /// What is to be reported now.
    pub(super) fn due(&mut self, now: Instant) -> Vec<Output> {
        let mut due = std::mem::take(&mut self.ready);
        let waiting = std::mem::take(&mut self.waiting);
        let (ended, waiting) = waiting.into_iter().partition(|(until, _)| *until <= now);
        self.waiting = waiting;
        let ended: Vec<(Instant, Record)> = ended;
        due.extend(self.changed(ended));
        due
    }

    /// Everything that waits.
    pub(super) fn finish(&mut self) -> Vec<Output> {
        let mut left = std::mem::take(&mut self.ready);
        let waiting = std::mem::take(&mut self.waiting);
        left.extend(self.changed(waiting));
        left
    }

    /// Those of some changes that leave other bytes.
    fn changed(&mut self, records: Vec<(Instant, Record)>) -> Vec<Output> {
        let mut judged: Vec<(Vec<u8>, bool)> = Vec::new();
        let mut kept = Vec::new();
        for (_, record) in records {
            if let Some(contents) = &mut self.contents
                && record.facts.file_type == FileType::File
            {
                if let (Kind::Rename, Some(from)) = (record.kind, &record.from) {
                    contents.rename(from, &record.path);
                } else if record.kind != Kind::Remove {
                    let before = judged.iter().find(|(path, _)| *path == record.path);
                    let is_changed = match before {
                        Some((_, is_changed)) => *is_changed,
                        None => {
                            let is_changed = contents.note(&record.path);
                            judged.push((record.path.clone(), is_changed));
                            is_changed
                        }
                    };
                    if !is_changed {
                        continue;
                    }
                }
            }
            kept.push(Output::Change(record));
        }
        kept
    }

    /// When something is to be reported.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.waiting.iter().map(|(until, _)| *until).min()
    }
}
