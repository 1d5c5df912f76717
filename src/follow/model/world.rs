//! A log, and the follower that is tried out on it.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::rc::Rc;

use crate::error::Result;
use crate::follow::{Cut, Event, Log, Looking, Options, Receive, Start, Turn, Units};
use crate::io::buffer::Buffer;
use crate::io::growing::Links;
use crate::resume::testing::{Handle, Memory};
use crate::resume::{Files as _, Place};

use super::writers::{KEPT, Writers};

/// Longer than any schedule.
const GRACE: i128 = 1_000_000_000_000_000;

#[derive(Default)]
struct Received {
    lines: Vec<String>,
    losses: Vec<Event>,
}

impl Receive for Received {
    fn take(&mut self, units: Units<'_>) -> Result<usize> {
        let units = units.bytes;
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
    writers: Rc<RefCell<Writers>>,
    is_live: bool,
    log: Log<Handle>,
    buffer: Buffer,
    received: Received,
    /// Lines that were in some file during a look.
    seen: BTreeSet<usize>,
    /// Lines that were destroyed before, for which a loss was reported.
    forgiven: BTreeSet<usize>,
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
        World {
            writers: Rc::new(RefCell::new(Writers::new(&memory, banner))),
            memory,
            is_live,
            log: Log::new(place(), Start::Begin, false),
            buffer: Buffer::new(),
            received: Received::default(),
            seen: BTreeSet::new(),
            forgiven: BTreeSet::new(),
        }
    }

    /// Does what a word of a schedule says.
    pub(super) fn run(&mut self, word: &str) {
        let (name, count) = word.split_once(' ').unwrap_or((word, "1"));
        match name {
            "partial" => self.partial(),
            "restart" => {
                if let Some(known) = self.log.known() {
                    self.log = Log::resumed(place(), known);
                }
            }
            "suspend" => self.log.suspend(),
            "look" => self.look(),
            "during" => {
                let (after, word) = count.split_once(' ').expect("a number and a word");
                self.during(after.parse().expect("a number"), word.to_owned());
            }
            _ => change(&self.writers, word),
        }
    }

    /// Writes the beginning of a line, and the rest after a look.
    fn partial(&mut self) {
        // Nothing is written in the middle of a line.
        if self.memory.interruptions() > 0 {
            self.look();
        }
        let line = self.writers.borrow_mut().line();
        let number = self.writers.borrow().written;
        self.writers.borrow().append(&line[..6]);
        self.writers.borrow_mut().unfinished = number;
        self.look();
        self.writers.borrow_mut().unfinished = 0;
        self.writers.borrow().append(&line[6..]);
    }

    /// Lets something happen in the middle of the next look.
    fn during(&mut self, after: usize, word: String) {
        // More than is kept would be lost.
        if self.memory.interruptions() < KEPT - 1 {
            let writers = Rc::clone(&self.writers);
            self.memory
                .interrupt(after, Box::new(move || change(&writers, &word)));
        }
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
        let losses = self.received.losses.len();
        let is_interrupted = self.memory.interruptions() > 0;
        self.look_once();
        if is_interrupted {
            while self.memory.interruptions() > 0 {
                self.memory.call();
            }
            // What was rotated away during the look counts as destroyed.
            let (delivered, visible) = (self.delivered(), self.visible());
            self.seen
                .retain(|line| delivered.contains_key(line) || visible.contains(line));
            self.look_once();
        }
        let delivered = self.delivered();
        for line in &self.seen {
            assert!(
                delivered.contains_key(line),
                "line {line} was there and is lost"
            );
        }
        let written = self.writers.borrow().written;
        let destroyed: Vec<usize> = (1..=written)
            .filter(|line| !delivered.contains_key(line) && !self.forgiven.contains(line))
            .collect();
        let is_excused = |line: &usize| self.is_excused(*line);
        let is_reported = self.received.losses.len() > losses;
        assert!(
            is_reported || destroyed.iter().all(is_excused),
            "lines {destroyed:?} are lost in silence"
        );
        self.forgiven.extend(destroyed);
        let mut writers = self.writers.borrow_mut();
        self.forgiven.remove(&writers.unfinished);
        let is_new = !writers.current.borrow().bytes[writers.banner.len()..].contains(&b'\n');
        writers.is_new = is_new;
        if !is_new {
            writers.unknowable.clear();
        }
    }

    fn look_once(&mut self) {
        let visible = self.visible();
        self.seen.extend(&visible);
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
        for turn in 0.. {
            assert!(turn < 50, "the look does not end");
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
    }

    /// Whether nothing can tell that a line is gone: it was written to a content that nobody had seen, or to one that was done with.
    fn is_excused(&self, line: usize) -> bool {
        let writers = self.writers.borrow();
        line == writers.unfinished
            || writers.unknowable.contains(&line)
            || writers.late.contains(&line)
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
        let writers = self.writers.borrow();
        let in_order: Vec<usize> = self
            .received
            .lines
            .iter()
            .filter_map(|line| number(line))
            .filter(|line| !writers.late.contains(line))
            .collect();
        assert!(in_order.is_sorted(), "out of order: {in_order:?}");
        for line in &self.received.lines {
            assert!(line.ends_with('\n'), "a torn line: {line:?}");
            let is_whole = number(line).is_some_and(|n| *line == format!("line {n} of the log\n"));
            assert!(
                is_whole || writers.banner.contains(line.as_str()),
                "a torn line: {line:?}"
            );
        }
    }
}

fn change(writers: &RefCell<Writers>, word: &str) {
    let (name, count) = word.split_once(' ').unwrap_or((word, "1"));
    let count = count.parse().expect("a number");
    let is_known = writers.borrow_mut().run(name, count);
    assert!(is_known, "unknown word {word}");
}

fn number(line: &str) -> Option<usize> {
    line.strip_prefix("line ")?.split(' ').next()?.parse().ok()
}
