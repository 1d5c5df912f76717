//! Tells which logs to look at: those to which something has happened, as far as the kernel reports that, others from time to time.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::io::file_systems::{self, FileSystemKind};
use crate::io::growing::{Links, Status};
use crate::io::inotify::{Change, Event, Inotify, Interest, Watch, is_out_of_watches};
use crate::resume::{Disk, Files as _, Place, directory_of, is_rotated_name};

/// How changes are noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// By the kernel's reports; where these are incomplete, also by looking from time to time.
    Auto,
    /// By the kernel's reports alone.
    Inotify,
    /// By looking from time to time.
    Poll,
}

/// Watches over logs, by their numbers.
#[derive(Debug)]
pub struct Watcher {
    inotify: Option<Inotify>,
    engine: Engine,
    interval: Duration,
    logs: Vec<Watched>,
    /// Who is interested in a watch.
    users: BTreeMap<Watch, BTreeSet<User>>,
    /// Directories in which globs look for files.
    globs: BTreeMap<PathBuf, Option<Watch>>,
    next_poll: Instant,
    events: Vec<Event>,
    /// Why watches could not be added, until that is reported.
    trouble: Option<io::Error>,
    /// Whether watches are missing.
    lacks_watches: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum User {
    Names(usize),
    Content(usize),
    Glob,
}

/// What is watched for a log.
#[derive(Debug, Default)]
struct Watched {
    name: Vec<u8>,
    is_link: bool,
    names: Option<Watch>,
    /// The directory of that watch.
    directory: PathBuf,
    files: Vec<(Watch, Status)>,
    is_polled: bool,
}

impl Watched {
    /// Whether these files are watched, and no others.
    fn has_same_files(&self, open: &[(&Path, Status)]) -> bool {
        let mut all = self.files.iter().zip(open);
        self.files.len() == open.len()
            && all.all(|((_, known), (_, status))| known.is_same_file(status))
    }
}

/// What to look at.
#[derive(Debug, Default)]
pub struct Wanted {
    /// Logs, and whether their names have to be looked at.
    pub logs: BTreeMap<usize, bool>,
    /// Whether globs are to be expanded again.
    pub globs: bool,
}

impl Wanted {
    fn add(&mut self, log: usize, names: bool) {
        *self.logs.entry(log).or_default() |= names;
    }
}

impl Watcher {
    /// Watches nothing yet.
    pub fn new(engine: Engine, interval: Duration) -> Watcher {
        let (inotify, trouble) = match engine {
            Engine::Poll => (None, None),
            _ => match Inotify::new() {
                Ok(inotify) => (Some(inotify), None),
                Err(error) => (None, Some(error)),
            },
        };
        Watcher {
            inotify,
            engine,
            interval,
            logs: Vec::new(),
            users: BTreeMap::new(),
            globs: BTreeMap::new(),
            next_poll: Instant::now() + interval,
            events: Vec::new(),
            lacks_watches: trouble.is_some(),
            trouble,
        }
    }

    /// Why watches could not be added; returned once.
    pub fn take_trouble(&mut self) -> Option<io::Error> {
        self.trouble.take()
    }

    /// The descriptor that can be read once something has happened.
    pub fn descriptor(&self) -> Option<&Inotify> {
        self.inotify.as_ref()
    }

    /// When to look without being told; none if the kernel reports everything.
    pub fn deadline(&self) -> Option<Instant> {
        let is_needed =
            self.logs.iter().any(|log| log.is_polled) || self.globs.values().any(Option::is_none);
        is_needed.then_some(self.next_poll)
    }

    /// How many watches there are.
    pub fn count(&self) -> usize {
        self.users.len()
    }

    /// Begins or goes on to watch a log; `open` are the files that it reads. Returns whether something is newly watched: it may
    /// have changed before that, and is to be looked at once more. Without `names`, they are where they were at the last call.
    pub fn update(
        &mut self,
        log: usize,
        place: &Place,
        open: &[(&Path, Status)],
        names: bool,
    ) -> bool {
        while self.logs.len() <= log {
            self.logs.push(Watched::default());
        }
        if !names && self.logs[log].has_same_files(open) {
            return false;
        }
        let is_new_directory = self.watch_names(log, place);
        let is_new_file = self.watch_files(log, place, open);
        let is_polled = self.is_polled(log, place);
        self.logs[log].is_polled = is_polled;
        is_new_directory || is_new_file
    }

    /// Watches the directories in which a glob looks for files.
    pub fn watch_globs(&mut self, directories: &[PathBuf]) {
        for directory in directories {
            let known = self.globs.get(directory).copied().flatten();
            let watch = self.add(directory, Interest::Names, User::Glob).or(known);
            self.globs.insert(directory.clone(), watch);
        }
    }

    fn watch_names(&mut self, log: usize, place: &Place) -> bool {
        let target = match place.links {
            Links::Followed => Disk.target(&place.path),
            Links::Refused => place.path.clone(),
        };
        let name = target.file_name().unwrap_or_default().as_bytes().to_vec();
        self.logs[log].name = name;
        self.logs[log].is_link = place.links == Links::Followed;
        if self.inotify.is_none() {
            return false;
        }
        if place.links == Links::Followed {
            self.add(directory_of(&place.path), Interest::Names, User::Names(log));
        }
        let mut directory = directory_of(&target);
        // The nearest that exists, if the directory does not.
        let watch = loop {
            match self.add(directory, Interest::Names, User::Names(log)) {
                Some(watch) => break Some(watch),
                None => match directory.parent() {
                    Some(parent) if !parent.as_os_str().is_empty() => directory = parent,
                    Some(_) if directory != Path::new(".") => directory = Path::new("."),
                    _ => break None,
                },
            }
        };
        let is_new = self.logs[log].names != watch || self.logs[log].directory != directory;
        if let Some(before) = self.logs[log].names.filter(|before| Some(*before) != watch) {
            self.release(before, User::Names(log));
        }
        self.logs[log].names = watch;
        self.logs[log].directory = directory.to_owned();
        is_new
    }

    fn watch_files(&mut self, log: usize, place: &Place, open: &[(&Path, Status)]) -> bool {
        if self.inotify.is_none() {
            return false;
        }
        let files = std::mem::take(&mut self.logs[log].files);
        let (mut kept, mut is_new) = (Vec::new(), false);
        for (watch, status) in files {
            match open.iter().any(|(_, open)| open.is_same_file(&status)) {
                true => kept.push((watch, status)),
                false => self.release(watch, User::Content(log)),
            }
        }
        for (path, status) in open {
            if kept.iter().any(|(_, known)| known.is_same_file(status)) {
                continue;
            }
            let links = match *path == place.path {
                true => place.links,
                false => Links::Refused,
            };
            let is_there = Disk
                .status(path, links)
                .is_ok_and(|at| at.is_same_file(status));
            if is_there && let Some(watch) = self.add(path, Interest::Content, User::Content(log)) {
                kept.push((watch, *status));
                is_new = true;
            }
        }
        self.logs[log].files = kept;
        is_new
    }

    fn is_polled(&self, log: usize, place: &Place) -> bool {
        let watched = &self.logs[log];
        if self.inotify.is_none() || watched.names.is_none() {
            return true;
        }
        if self.engine == Engine::Inotify {
            return false;
        }
        let is_missing = watched.directory != directory_of(&place.path) && !watched.is_link;
        let kind = file_systems::of_path(&watched.directory);
        is_missing || !matches!(kind, Ok(FileSystemKind::Local)) || self.lacks_watches
    }

    fn add(&mut self, path: &Path, interest: Interest, user: User) -> Option<Watch> {
        match self.inotify.as_ref()?.add(path, interest) {
            Ok(watch) => {
                self.users.entry(watch).or_default().insert(user);
                Some(watch)
            }
            Err(error) => {
                if is_out_of_watches(&error) && !self.lacks_watches {
                    self.lacks_watches = true;
                    self.trouble = Some(error);
                }
                None
            }
        }
    }

    fn release(&mut self, watch: Watch, user: User) {
        let Some(users) = self.users.get_mut(&watch) else {
            return;
        };
        users.remove(&user);
        if users.is_empty() {
            self.users.remove(&watch);
            if let Some(inotify) = &self.inotify {
                inotify.remove(watch);
            }
        }
    }

    /// Everything is to be looked at.
    pub fn everything(&mut self, wanted: &mut Wanted) {
        wanted.globs = true;
        (0..self.logs.len()).for_each(|log| wanted.add(log, true));
    }

    /// Collects what has happened, without waiting.
    ///
    /// # Errors
    /// Those of read(2).
    pub fn collect(&mut self, wanted: &mut Wanted) -> io::Result<()> {
        if self
            .deadline()
            .is_some_and(|deadline| deadline <= Instant::now())
        {
            self.next_poll = Instant::now() + self.interval;
            wanted.globs |= self.globs.values().any(Option::is_none);
            let polled = self
                .logs
                .iter()
                .enumerate()
                .filter(|(_, log)| log.is_polled);
            polled.for_each(|(log, _)| wanted.add(log, true));
        }
        let mut events = std::mem::take(&mut self.events);
        events.clear();
        if let Some(inotify) = &mut self.inotify {
            inotify.drain(&mut events)?;
        }
        for event in events.drain(..) {
            match event.change() {
                Change::Overflow => self.everything(wanted),
                Change::Removed(watch) => self.forget(watch, wanted),
                Change::At {
                    watch,
                    name,
                    is_content,
                } => {
                    for user in self.users.get(&watch).into_iter().flatten() {
                        match user {
                            User::Glob => wanted.globs = true,
                            User::Content(log) => wanted.add(*log, !is_content),
                            User::Names(log) if self.concerns(*log, name.as_deref()) => {
                                wanted.add(*log, true);
                            }
                            User::Names(_) => {}
                        }
                    }
                }
            }
        }
        self.events = events;
        Ok(())
    }

    /// Whether a change of a name has to do with a log.
    fn concerns(&self, log: usize, name: Option<&[u8]>) -> bool {
        let watched = &self.logs[log];
        let Some(name) = name.filter(|_| !watched.is_link && !watched.is_polled) else {
            return true;
        };
        name == watched.name || is_rotated_name(&watched.name, name)
    }

    /// A watch has gone with what it watched.
    fn forget(&mut self, watch: Watch, wanted: &mut Wanted) {
        for user in self.users.remove(&watch).into_iter().flatten() {
            match user {
                User::Glob => {
                    for known in self
                        .globs
                        .values_mut()
                        .filter(|known| **known == Some(watch))
                    {
                        *known = None;
                    }
                    wanted.globs = true;
                }
                User::Names(log) => {
                    self.logs[log].names = None;
                    wanted.add(log, true);
                }
                User::Content(log) => {
                    self.logs[log].files.retain(|(known, _)| *known != watch);
                    wanted.add(log, true);
                }
            }
        }
    }
}
