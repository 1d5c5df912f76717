//! A log, its writer and rotator, and the follower that is tried out on them.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::rc::Rc;

use crate::error::Result;
use crate::follow::{Cut, Event, Log, Looking, Options, Receive, Start, Turn};
use crate::io::buffer::Buffer;
use crate::io::growing::Links;
use crate::resume::testing::{Handle, Inode, Memory};
use crate::resume::{Files as _, Place};

/// How many rotated files are kept.
const KEPT: usize = 4;

/// Longer than any schedule.
const GRACE: i128 = 1_000_000_000_000_000;

#[derive(Default)]
struct Received {
    lines: Vec<String>,
    losses: Vec<Event>,
}

impl Receive for Received {
    fn take(&mut self, _log: &Path, _offset: u64, units: &[u8]) -> Result<usize> {
        for unit in Cut::Lines.units(units) {
            self.lines
                .push(String::from_utf8(unit.to_vec()).expect("the test world has it"));
        }
        Ok(units.len())
    }

    fn event(&mut self, _log: &Path, event: &Event) -> Result<()> {
        if matches!(event, Event::Gap { .. } | Event::Truncated { .. }) {
            self.losses.push(event.clone());
        }
        Ok(())
    }
}

pub(super) struct World {
    memory: Memory,
    /// What the writer writes to, and what it wrote to before.
    writer: Rc<RefCell<Inode>>,
    before: Option<Rc<RefCell<Inode>>>,
    written: usize,
    /// The line of which only the beginning is written; 0 for none.
    unfinished: usize,
    /// Lines written to a file that was rotated already.
    late: BTreeSet<usize>,
    banner: String,
    is_live: bool,
    log: Log<Handle>,
    buffer: Buffer,
    received: Received,
    /// Lines that were in some file during a look.
    seen: BTreeSet<usize>,
    /// Lines that were destroyed before, for which a loss was reported.
    forgiven: BTreeSet<usize>,
    /// Whether the content was as good as new at the last look, or is newer: nothing tells then that it was destroyed.
    is_new: bool,
    /// Whether the order can be known: not if a file was open, but empty, when it was copied and truncated.
    is_ordered: bool,
    /// Lines written to such a content.
    unknowable: BTreeSet<usize>,
}

fn place() -> Place {
    Place {
        path: "app.log".into(),
        links: Links::Refused,
    }
}

impl World {
    pub(super) fn new(is_live: bool, banner: &str) -> World {
        let memory = Memory::new();
        let writer = memory.create("app.log");
        memory.append(&writer, banner.as_bytes());
        World {
            memory,
            writer,
            before: None,
            written: 0,
            unfinished: 0,
            late: BTreeSet::new(),
            banner: banner.to_owned(),
            is_live,
            log: Log::new(place(), Start::Begin, false),
            buffer: Buffer::new(),
            received: Received::default(),
            seen: BTreeSet::new(),
            forgiven: BTreeSet::new(),
            is_new: true,
            is_ordered: true,
            unknowable: BTreeSet::new(),
        }
    }

    fn line(&mut self) -> String {
        self.written += 1;
        if self.is_new {
            self.unknowable.insert(self.written);
        }
        format!("line {} of the log\n", self.written)
    }

    fn shift(&self) {
        for number in (1..=KEPT).rev() {
            for ending in ["", ".gz"] {
                let from = format!("app.log.{number}{ending}");
                match number == KEPT {
                    true => self.memory.remove(&from),
                    false => self
                        .memory
                        .rename(&from, &format!("app.log.{}{ending}", number + 1)),
                }
            }
        }
    }

    fn create(&mut self) {
        let new = self.memory.create("app.log");
        self.memory.append(&new, self.banner.clone().as_bytes());
        self.is_new = true;
        self.before = Some(std::mem::replace(&mut self.writer, new));
    }

    pub(super) fn run(&mut self, word: &str) {
        let (name, count) = word.split_once(' ').unwrap_or((word, "1"));
        let count: usize = count.parse().expect("the test world has it");
        match name {
            "write" => {
                for _ in 0..count {
                    let line = self.line();
                    self.memory.append(&self.writer.clone(), line.as_bytes());
                }
            }
            "late" => {
                let Some(before) = self.before.clone() else {
                    return;
                };
                for _ in 0..count {
                    let line = self.line();
                    self.late.insert(self.written);
                    self.memory.append(&before, line.as_bytes());
                }
            }
            "partial" => {
                let line = self.line();
                self.memory
                    .append(&self.writer.clone(), &line.as_bytes()[..6]);
                self.unfinished = self.written;
                self.run("look");
                self.unfinished = 0;
                self.memory
                    .append(&self.writer.clone(), &line.as_bytes()[6..]);
            }
            "rotate" => {
                self.shift();
                self.memory.rename("app.log", "app.log.1");
                self.create();
            }
            "archive" => {
                self.shift();
                self.memory.copy("app.log", "app.log.1.gz", true);
                self.memory.remove("app.log");
                self.create();
                self.before = None;
            }
            "copytruncate" => {
                self.shift();
                self.memory.copy("app.log", "app.log.1", false);
                self.is_ordered &= !(self.is_live && self.is_new);
                self.truncate();
            }
            "truncate" => self.truncate(),
            "delete" => {
                self.memory.remove("app.log");
                self.create();
                self.before = None;
            }
            "gzip" => {
                let name = format!("app.log.{count}");
                if self.memory.find(&name).is_some() {
                    self.before = None;
                    self.memory.copy(&name, &format!("{name}.gz"), true);
                    self.memory.remove(&name);
                }
            }
            "restart" => {
                if let Some(known) = self.log.known() {
                    self.log = Log::resumed(place(), known);
                }
            }
            "suspend" => self.log.suspend(),
            "look" => self.look(),
            other => panic!("unknown word {other}"),
        }
    }

    fn truncate(&mut self) {
        self.is_new = true;
        self.memory.truncate("app.log");
        self.memory
            .append(&self.writer.clone(), self.banner.clone().as_bytes());
    }

    fn visible(&mut self) -> BTreeSet<usize> {
        let names = self
            .memory
            .list(Path::new(""))
            .expect("the test world has it");
        let mut lines = BTreeSet::new();
        for name in names {
            let inode = self
                .memory
                .find(&String::from_utf8(name).expect("the test world has it"))
                .expect("the test world has it");
            let bytes = inode.borrow().bytes.clone();
            let units = Cut::Lines
                .units(&bytes)
                .filter(|unit| unit.ends_with(b"\n"));
            lines.extend(units.filter_map(|unit| number(&String::from_utf8_lossy(unit))));
        }
        lines
    }

    fn look(&mut self) {
        let visible = self.visible();
        self.seen.extend(&visible);
        let losses = self.received.losses.len();
        let options = Options {
            cut: Cut::Lines,
            grace: GRACE,
            is_live: self.is_live,
            started: 0,
        };
        let mut with = Looking {
            files: &mut self.memory.clone(),
            options: &options,
            buffer: &mut self.buffer,
            out: &mut self.received,
        };
        loop {
            match self
                .log
                .look(&mut with, true)
                .expect("the test world has it")
            {
                Turn::More => {}
                Turn::Idle => break,
                Turn::Stopped => panic!("nobody asked to stop"),
            }
        }
        if !self.is_live {
            self.run("restart");
            assert_eq!(self.memory.open_count(), 0, "files are left open");
        }
        let delivered = self.delivered();
        for line in &self.seen {
            assert!(
                delivered.contains_key(line),
                "line {line} was there and is lost"
            );
        }
        let destroyed: Vec<usize> = (1..=self.written)
            .filter(|line| !delivered.contains_key(line) && !self.forgiven.contains(line))
            .collect();
        let is_excused = |line: &usize| self.is_excused(*line);
        let is_reported = self.received.losses.len() > losses;
        assert!(
            is_reported || destroyed.iter().all(is_excused),
            "lines {destroyed:?} are lost in silence"
        );
        self.forgiven.extend(destroyed);
        self.forgiven.remove(&self.unfinished);
        let inode = self.writer.borrow();
        self.is_new = !inode.bytes[self.banner.len()..].contains(&b'\n');
        drop(inode);
        if !self.is_new {
            self.unknowable.clear();
        }
    }

    /// Whether nothing can tell that a line is gone: it was written to a content that nobody had seen, or to one that was done with.
    fn is_excused(&self, line: usize) -> bool {
        line == self.unfinished || self.unknowable.contains(&line) || self.late.contains(&line)
    }

    /// How often each line came.
    fn delivered(&self) -> BTreeMap<usize, usize> {
        let mut delivered = BTreeMap::new();
        for line in self.received.lines.iter().filter_map(|line| number(line)) {
            *delivered.entry(line).or_default() += 1;
        }
        delivered
    }

    pub(super) fn check(&mut self) {
        self.look();
        for (line, count) in self.delivered() {
            assert_eq!(count, 1, "line {line} came {count} times");
        }
        let in_order: Vec<usize> = self
            .received
            .lines
            .iter()
            .filter_map(|line| number(line))
            .filter(|line| !self.late.contains(line))
            .collect();
        assert!(
            !self.is_ordered || in_order.is_sorted(),
            "out of order: {in_order:?}"
        );
        for line in &self.received.lines {
            assert!(line.ends_with('\n'), "a torn line: {line:?}");
            let is_whole = number(line).is_some_and(|n| *line == format!("line {n} of the log\n"));
            assert!(
                is_whole || self.banner.contains(line.as_str()),
                "a torn line: {line:?}"
            );
        }
    }
}

fn number(line: &str) -> Option<usize> {
    line.strip_prefix("line ")?.split(' ').next()?.parse().ok()
}
