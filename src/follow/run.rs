//! Follows many logs: looks at those to which something has happened, and keeps few files open.

use std::collections::VecDeque;
use std::io;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::event::{Event, Receive};
use super::log::{Log, Looking, Options, Turn};
use super::operand::{self, Operand};
use super::start::Start;
use super::watch::{Wanted, Watcher};
use crate::error::Result;
use crate::io::buffer::Buffer;
use crate::io::growing::{Growing, Links};
use crate::io::wait::{self, Interest, Wakers, Woken};
use crate::resume::{Disk, Files as _, Place};

/// How many files stay open while nothing happens to them.
const OPEN: usize = 64;

/// What ended a pause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pause {
    /// Something has happened, or the deadline has passed.
    Over,
    /// A signal asks to stop, or the reader of standard output has gone.
    Stopped,
    /// SIGUSR1, or SIGHUP without a terminal.
    Asked,
}

/// Many logs.
#[derive(Debug)]
pub struct Follower {
    operands: Vec<Operand>,
    logs: Vec<Log<Growing>>,
    options: Options,
    start: Start,
    watcher: Option<Watcher>,
    wanted: Wanted,
    /// Logs whose file is open, the one read last at the end.
    open: VecDeque<usize>,
    buffer: Buffer,
    /// Links that globs have found: each is reported once.
    links: Vec<PathBuf>,
    has_expanded: bool,
}

impl Follower {
    /// Follows what the operands name. With a watcher, goes on as things happen.
    pub fn new(
        operands: Vec<Operand>,
        options: Options,
        start: Start,
        watcher: Option<Watcher>,
    ) -> Follower {
        Follower {
            operands,
            logs: Vec::new(),
            options,
            start,
            watcher,
            wanted: Wanted {
                globs: true,
                ..Wanted::default()
            },
            open: VecDeque::new(),
            buffer: Buffer::new(),
            links: Vec::new(),
            has_expanded: false,
        }
    }

    /// The logs so far.
    pub fn logs(&self) -> &[Log<Growing>] {
        &self.logs
    }

    /// The watcher.
    pub fn watcher(&mut self) -> Option<&mut Watcher> {
        self.watcher.as_mut()
    }

    /// Adds the logs that the operands name and that are not known yet.
    ///
    /// # Errors
    /// Those of the receiver.
    pub fn expand(&mut self, out: &mut impl Receive) -> Result<()> {
        let before = self.logs.len();
        for operand in &self.operands {
            match operand {
                Operand::Path(path, with_rotated) => {
                    if self.logs.iter().any(|log| log.place().path == *path) {
                        continue;
                    }
                    let place = operand::place(&mut Disk, path);
                    self.logs.push(log(place, self.start, *with_rotated, out));
                }
                Operand::Glob(parts) => {
                    let found = operand::expand(&mut Disk, parts);
                    if let Some(watcher) = &mut self.watcher {
                        watcher.watch_globs(&found.directories);
                    }
                    let mut found_logs = found.logs;
                    for link in found.links {
                        if self.logs.iter().any(|log| log.place().path == link) {
                            continue;
                        }
                        // As for a path: a link that is there from the beginning was made by who runs jug.
                        if !self.has_expanded || out.recall(&link).is_some() {
                            found_logs.push((link, false));
                        } else if !self.links.contains(&link) {
                            let reason = "a link that appeared later is not followed".to_owned();
                            out.event(&link, &Event::Refused(reason))?;
                            self.links.push(link);
                        }
                    }
                    for (path, with_rotated) in found_logs {
                        if self.logs.iter().any(|log| log.place().path == path) {
                            continue;
                        }
                        let place = match self.has_expanded {
                            true => Place {
                                path,
                                links: Links::Refused,
                            },
                            false => operand::place(&mut Disk, &path),
                        };
                        // What appears later is new from its first byte.
                        let start = match self.has_expanded {
                            true => Start::Begin,
                            false => self.start,
                        };
                        let rotated = with_rotated && !self.has_expanded;
                        self.logs.push(log(place, start, rotated, out));
                    }
                }
            }
        }
        for log in before..self.logs.len() {
            self.wanted.logs.insert(log, true);
        }
        self.has_expanded = true;
        Ok(())
    }

    /// Decides for new logs where to begin, so that a state can be kept before anything is read. Returns whether there were any.
    ///
    /// # Errors
    /// Those of the receiver.
    pub fn prepare(&mut self, out: &mut impl Receive) -> Result<bool> {
        let is_new = |log: &Log<Growing>| !log.is_prepared();
        let new: Vec<usize> = (0..self.logs.len())
            .filter(|index| is_new(&self.logs[*index]))
            .collect();
        for index in &new {
            let mut with = Looking {
                files: &mut Disk,
                options: &self.options,
                buffer: &mut self.buffer,
                out: &mut *out,
            };
            self.logs[*index].prepare(&mut with)?;
            self.limit_open(*index);
        }
        Ok(!new.is_empty())
    }

    /// Looks at everything again.
    pub fn look_again(&mut self) {
        match &mut self.watcher {
            Some(watcher) => watcher.everything(&mut self.wanted),
            None => (0..self.logs.len()).for_each(|log| {
                self.wanted.logs.insert(log, true);
            }),
        }
    }

    /// Whether globs are to be expanded.
    pub fn has_new_names(&mut self) -> bool {
        std::mem::take(&mut self.wanted.globs)
    }

    /// Gives each log with something new a turn.
    ///
    /// # Errors
    /// Those of the receiver.
    pub fn turn(&mut self, out: &mut impl Receive) -> Result<Turn> {
        let mut turn = Turn::Idle;
        let mut wanted = std::mem::take(&mut self.wanted.logs);
        let mut unfinished = Vec::new();
        while let Some((log, names)) = wanted.pop_first() {
            let ended = match wait::is_stopping() {
                true => Turn::Stopped,
                false => self.look(log, names, out)?,
            };
            match ended {
                Turn::Idle => continue,
                Turn::More => unfinished.push((log, false)),
                Turn::Stopped => return Ok(Turn::Stopped),
            }
            turn = Turn::More;
            // The rest of an older file comes before a newer one.
            if !self.options.is_live {
                break;
            }
        }
        for (log, names) in wanted.into_iter().chain(unfinished) {
            *self.wanted.logs.entry(log).or_default() |= names;
        }
        Ok(turn)
    }

    fn look(&mut self, index: usize, names: bool, out: &mut impl Receive) -> Result<Turn> {
        let mut names = names || !self.logs[index].is_open();
        loop {
            let log = &mut self.logs[index];
            let mut with = Looking {
                files: &mut Disk,
                options: &self.options,
                buffer: &mut self.buffer,
                out: &mut *out,
            };
            let turn = log.look(&mut with, names)?;
            let is_new = match &mut self.watcher {
                Some(watcher) if turn == Turn::Idle => {
                    watcher.update(index, log.place(), &log.files(), names)
                }
                _ => false,
            };
            if turn != Turn::Idle || !is_new {
                self.limit_open(index);
                return Ok(turn);
            }
            // It may have changed before it was watched.
            names = true;
        }
    }

    /// Closes the file that was read longest ago if too many are open.
    fn limit_open(&mut self, index: usize) {
        self.open.retain(|open| *open != index);
        if self.logs[index].is_open() {
            self.open.push_back(index);
        }
        while self.open.len() > OPEN || (!self.options.is_live && self.open.len() > 1) {
            if let Some(oldest) = self.open.pop_front() {
                self.logs[oldest].suspend();
            }
        }
    }

    /// Waits until something happens, at most until the deadline.
    ///
    /// # Errors
    /// Those of waiting.
    pub fn pause(&mut self, deadline: Option<Instant>) -> io::Result<Pause> {
        let Some(watcher) = &mut self.watcher else {
            return Ok(Pause::Over);
        };
        let held = self.logs.iter().filter_map(Log::next_deadline).min();
        let held = held.map(|until| {
            let left = (until - Disk.now()).max(0);
            Instant::now() + Duration::from_nanos(u64::try_from(left).unwrap_or(u64::MAX / 4))
        });
        let next = [deadline, watcher.deadline(), held]
            .into_iter()
            .flatten()
            .min();
        let wakers = Wakers {
            stop_signals: true,
            progress: true,
            reader: true,
            event: None,
            deadline: next,
        };
        let interest = watcher.descriptor().map(Interest::read);
        let woken = wait::wait(&mut interest.into_iter().collect::<Vec<_>>(), &wakers)?;
        watcher.collect(&mut self.wanted)?;
        let now = Disk.now();
        for (index, log) in self.logs.iter().enumerate() {
            if log.next_deadline().is_some_and(|until| until <= now) {
                self.wanted.logs.entry(index).or_insert(false);
            }
        }
        Ok(match woken {
            Woken::StopSignal | Woken::ReaderGone => Pause::Stopped,
            Woken::Progress => Pause::Asked,
            Woken::Event | Woken::Ready | Woken::Deadline => Pause::Over,
        })
    }
}

/// A log, with what was read of it before.
fn log(place: Place, start: Start, with_rotated: bool, out: &impl Receive) -> Log<Growing> {
    match out.recall(&place.path) {
        Some(state) => {
            let links = state.links;
            Log::resumed(Place { links, ..place }, state.known)
        }
        None => Log::new(place, start, with_rotated),
    }
}
