//! Folds what belongs together: the saving of a file under another name, and many changes of one file.
//!
//! The end of a file's name is held back for a moment: if the name comes back, the file was replaced, and one change is reported.
//! Of a file that changes all the time, the first change is reported at once and then one each interval, the last with what is
//! final. This is a state machine over records and time; it reads no clock.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use super::record::{Kind, Reason, Record};
use crate::dirs::FileType;

/// How long the end of a name is held back.
const HELD: Duration = Duration::from_millis(40);

/// The least time between two changes of one file.
pub const INTERVAL: Duration = Duration::from_millis(50);

/// Folds records.
#[derive(Debug, Default)]
pub struct Hold {
    held: Vec<Held>,
    recent: HashMap<(Vec<u8>, Kind), Recent>,
}

#[derive(Debug)]
struct Held {
    until: Instant,
    record: Record,
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
                let is_replacing = |held: &&mut Held| {
                    held.record.path == record.path && held.record.reason.is_some()
                };
                if let Some(held) = self.held.iter_mut().find(is_replacing) {
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
                    self.held.push(Held {
                        until: now + HELD,
                        record,
                        is_aside: false,
                    });
                    return;
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
        let is_end = match record.kind {
            Kind::Remove => {
                let aside = |held: &Held| held.is_aside && held.record.path == record.path;
                let before = self.held.len();
                self.held.retain(|held| !aside(held));
                if self.held.len() < before {
                    return;
                }
                true
            }
            Kind::Rename => true,
            _ => false,
        };
        self.release(&record.path.clone(), out);
        if let Some(from) = &record.from.clone() {
            self.release(from, out);
        }
        if is_end && !is_directory {
            self.held.push(Held {
                until: now + HELD,
                record,
                is_aside: false,
            });
        } else {
            out.push(record);
        }
    }

    /// Whether a name comes back that has just ended.
    fn returns(&mut self, path: &[u8]) -> bool {
        let ended = self.held.iter().position(|held| match held.record.kind {
            Kind::Remove => held.record.path == path,
            Kind::Rename => held.record.from.as_deref() == Some(path),
            _ => false,
        });
        let Some(at) = ended else {
            return false;
        };
        match self.held[at].record.kind {
            Kind::Rename => {
                let held = &mut self.held[at];
                held.record.kind = Kind::Create;
                held.record.from = None;
                held.is_aside = true;
            }
            _ => drop(self.held.remove(at)),
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
        while let Some(at) = self.held.iter().position(concerns) {
            out.push(self.held.remove(at).record);
        }
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
        while let Some(at) = self.held.iter().position(concerns) {
            out.push(self.held.remove(at).record);
        }
    }

    /// Reports what was held back for long enough.
    pub fn due(&mut self, now: Instant, out: &mut Vec<Record>) {
        while let Some(at) = self.held.iter().position(|held| held.until <= now) {
            out.push(self.held.remove(at).record);
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
        out.extend(self.held.drain(..).map(|held| held.record));
        out.extend(self.recent.drain().filter_map(|(_, recent)| recent.pending));
    }

    /// When something is due.
    pub fn deadline(&self) -> Option<Instant> {
        let held = self.held.iter().map(|held| held.until);
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
mod tests {
    use super::*;
    use crate::watch::index::Facts;

    fn record(kind: Kind, path: &str, from: Option<&str>) -> Record {
        Record {
            kind,
            path: path.into(),
            from: from.map(Into::into),
            facts: Facts {
                file_type: FileType::File,
                size: 0,
                mtime: 0,
                ctime: 0,
                ino: 1,
                is_fresh: false,
            },
            reason: None,
        }
    }

    /// What comes of records, each a word such as `rename:a>b`, with `+N` for milliseconds that pass.
    fn folded(script: &str) -> String {
        let (mut hold, mut now) = (Hold::default(), Instant::now());
        let mut out = Vec::new();
        for word in script.split(' ') {
            if let Some(time) = word.strip_prefix('+') {
                now += Duration::from_millis(time.parse().unwrap());
                hold.due(now, &mut out);
                continue;
            }
            let (kind, path) = word.split_once(':').unwrap();
            let kind = [
                Kind::Create,
                Kind::Modify,
                Kind::Attrib,
                Kind::Remove,
                Kind::Rename,
                Kind::Close,
            ]
            .into_iter()
            .find(|known| known.name() == kind)
            .unwrap();
            let record = match path.split_once('>') {
                Some((from, path)) => record(kind, path, Some(from)),
                None => record(kind, path, None),
            };
            hold.put(record, now, &mut out);
        }
        now += Duration::from_secs(1);
        hold.due(now, &mut out);
        hold.due(now + INTERVAL, &mut out);
        assert_eq!(hold.deadline(), None, "{script}");
        let words = out.iter().map(|record| {
            let reason = record.reason.map_or("", |_| "!");
            let from = record.from.as_ref().map_or(String::new(), |from| {
                format!("{}>", String::from_utf8_lossy(from))
            });
            let path = String::from_utf8_lossy(&record.path);
            format!("{}{reason}:{from}{path}", record.kind.name())
        });
        words.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn saving_under_another_name_is_one_change() {
        for (script, expected) in [
            // As vim does: aside, write, remove the old one.
            (
                "rename:a>a~ create:a close:a remove:a~",
                "modify!:a close:a",
            ),
            ("rename:a>a~ +10 create:a", "create:a~ modify!:a"),
            ("remove:a create:a", "modify!:a"),
            (
                "rename:a>a~ create:a modify:a attrib:a remove:a~",
                "modify!:a",
            ),
            ("rename:a>b rename:t>a remove:b", "modify!:t>a"),
            ("remove:a rename:t>a", "modify!:t>a"),
            // Too late.
            ("remove:a +50 create:a", "remove:a create:a"),
            ("rename:a>b +50 create:a", "rename:a>b create:a"),
            ("rename:a>b modify:b", "rename:a>b modify:b"),
            ("rename:a>b rename:b>c", "rename:a>b rename:b>c"),
            ("rename:a>b remove:b", "rename:a>b remove:b"),
            ("create:a remove:a", "create:a remove:a"),
        ] {
            assert_eq!(folded(script), expected, "{script}");
        }
    }

    #[test]
    fn many_changes_of_a_file_are_few_records() {
        for (script, expected) in [
            ("modify:a modify:a modify:a", "modify:a modify:a"),
            ("modify:a modify:b modify:a", "modify:a modify:b modify:a"),
            ("modify:a +60 modify:a", "modify:a modify:a"),
            ("modify:a modify:a close:a", "modify:a modify:a close:a"),
            ("modify:a modify:a remove:a", "modify:a modify:a remove:a"),
        ] {
            assert_eq!(folded(script), expected, "{script}");
        }
        let words: Vec<String> = (0..1000).map(|_| "modify:a +1".to_owned()).collect();
        let count = folded(&words.join(" ")).split(' ').count();
        assert!((20..=21).contains(&count), "{count}");
    }
}
