//! Changes of files and directories, as the kernel reports them (inotify(7)).
//!
//! The kernel's queue is bounded, and what does not fit is lost. So everything that is queued is moved to memory at once, in
//! large reads, before anybody acts on it; a lost event is [`Change::Overflow`], after which everything must be looked at.

use std::io;
use std::mem::MaybeUninit;
use std::num::NonZeroI32;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;
use std::sync::Arc;

use rustix::fs::inotify::{self, CreateFlags, ReadFlags, WatchFlags};
use rustix::io::Errno;

/// The buffer of one read, in bytes: some thousand events.
const BUFFER: usize = 64 << 10;

/// The length of the largest event, in bytes: a header and a name (inotify(7)).
const LARGEST: usize = 16 + 256;

/// What is watched, by the number that the kernel gave it. Two paths to one inode have one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Watch(NonZeroI32);

impl Watch {
    /// The kernel counts from 1; an overflow has -1.
    fn new(number: i32) -> Watch {
        Watch(NonZeroI32::new(number).unwrap_or(NonZeroI32::MAX))
    }
}

/// Which changes are reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interest {
    /// The content of a file, its attributes, and that it is renamed or removed.
    Content,
    /// The names in a directory: created, renamed, removed; attributes of its files; the end of the directory itself.
    Names,
    /// Everything that changes a directory, its entries or their contents; with `reads` also that they are read.
    Tree {
        /// Whether reading is reported.
        reads: bool,
    },
}

impl Interest {
    fn flags(self) -> WatchFlags {
        match self {
            Interest::Content => {
                WatchFlags::MODIFY
                    | WatchFlags::ATTRIB
                    | WatchFlags::MOVE_SELF
                    | WatchFlags::DELETE_SELF
            }
            Interest::Names => {
                WatchFlags::CREATE
                    | WatchFlags::MOVED_FROM
                    | WatchFlags::MOVED_TO
                    | WatchFlags::DELETE
                    | WatchFlags::ATTRIB
                    | WatchFlags::MOVE_SELF
                    | WatchFlags::DELETE_SELF
                    | WatchFlags::ONLYDIR
            }
            Interest::Tree { reads } => {
                let changes = WatchFlags::CREATE
                    | WatchFlags::MOVED_FROM
                    | WatchFlags::MOVED_TO
                    | WatchFlags::DELETE
                    | WatchFlags::MODIFY
                    | WatchFlags::CLOSE_WRITE
                    | WatchFlags::ATTRIB
                    | WatchFlags::MOVE_SELF
                    | WatchFlags::DELETE_SELF
                    | WatchFlags::ONLYDIR
                    | WatchFlags::EXCL_UNLINK;
                match reads {
                    true => changes | WatchFlags::ACCESS,
                    false => changes,
                }
            }
        }
    }
}

/// An event as the kernel reports it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// What is watched; meaningless after an overflow.
    pub watch: Watch,
    /// What has happened.
    pub kinds: Kinds,
    /// The two halves of a rename have the same number; 0 otherwise.
    pub cookie: u32,
    /// The entry of a directory; none for what is watched itself.
    pub name: Option<Vec<u8>>,
}

impl Event {
    /// The event as a change: where something has happened, without the details.
    pub fn change(self) -> Change {
        if self.kinds.has(Kinds::OVERFLOW) {
            Change::Overflow
        } else if self.kinds.has(Kinds::UNWATCHED) {
            Change::Removed(self.watch)
        } else {
            Change::At {
                watch: self.watch,
                name: self.name,
                is_content: self.kinds == Kinds::MODIFIED,
            }
        }
    }
}

/// What has happened: several kinds may be joined.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kinds(u32);

impl Kinds {
    /// An entry was created.
    pub const CREATED: Kinds = Kinds(ReadFlags::CREATE.bits());
    /// An entry was removed.
    pub const DELETED: Kinds = Kinds(ReadFlags::DELETE.bits());
    /// An entry was renamed to another name.
    pub const MOVED_FROM: Kinds = Kinds(ReadFlags::MOVED_FROM.bits());
    /// An entry has its name from a rename.
    pub const MOVED_TO: Kinds = Kinds(ReadFlags::MOVED_TO.bits());
    /// Content was written.
    pub const MODIFIED: Kinds = Kinds(ReadFlags::MODIFY.bits());
    /// A file that was open for writing was closed.
    pub const CLOSED: Kinds = Kinds(ReadFlags::CLOSE_WRITE.bits());
    /// Attributes were changed.
    pub const ATTRIBUTES: Kinds = Kinds(ReadFlags::ATTRIB.bits());
    /// It was read.
    pub const READ: Kinds = Kinds(ReadFlags::ACCESS.bits());
    /// The entry is a directory.
    pub const DIRECTORY: Kinds = Kinds(ReadFlags::ISDIR.bits());
    /// What is watched was removed or renamed itself, or its file system was unmounted.
    pub const SELF_GONE: Kinds = Kinds(
        ReadFlags::DELETE_SELF.bits() | ReadFlags::MOVE_SELF.bits() | ReadFlags::UNMOUNT.bits(),
    );
    /// The kernel has removed the watch, and may give its number to another.
    pub const UNWATCHED: Kinds = Kinds(ReadFlags::IGNORED.bits());
    /// Events were lost.
    pub const OVERFLOW: Kinds = Kinds(ReadFlags::QUEUE_OVERFLOW.bits());

    /// Whether any of these kinds is among them.
    pub fn has(self, kinds: Kinds) -> bool {
        self.0 & kinds.0 != 0
    }

    /// Those that are among both.
    #[must_use]
    pub fn only(self, kinds: Kinds) -> Kinds {
        Kinds(self.0 & kinds.0)
    }

    /// Those of both.
    #[must_use]
    pub fn and(self, other: Kinds) -> Kinds {
        Kinds(self.0 | other.0)
    }
}

/// What has happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Something about what is watched, or about the entry `name` of a watched directory.
    At {
        /// What is watched.
        watch: Watch,
        /// The entry of a directory; none for what is watched itself.
        name: Option<Vec<u8>>,
        /// Whether only the content has changed.
        is_content: bool,
    },
    /// The kernel has removed a watch, and may give its number to another.
    Removed(Watch),
    /// Events were lost.
    Overflow,
}

/// A queue of events.
#[derive(Debug)]
pub struct Inotify {
    watches: Watches,
    buffer: Vec<MaybeUninit<u8>>,
}

/// What a queue watches; several threads may add to it.
#[derive(Clone, Debug)]
pub struct Watches(Arc<OwnedFd>);

impl Inotify {
    /// A queue that watches nothing yet.
    ///
    /// # Errors
    /// Those of inotify_init1(2): `EMFILE` if this user has too many.
    pub fn new() -> io::Result<Inotify> {
        let descriptor = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK)?;
        Ok(Inotify {
            watches: Watches(Arc::new(descriptor)),
            buffer: vec![MaybeUninit::uninit(); BUFFER],
        })
    }

    /// What it watches.
    pub fn watches(&self) -> &Watches {
        &self.watches
    }

    /// As [`Watches::add`].
    ///
    /// # Errors
    /// As there.
    pub fn add(&self, path: &Path, interest: Interest) -> io::Result<Watch> {
        self.watches.add(path, interest)
    }

    /// As [`Watches::remove`].
    pub fn remove(&self, watch: Watch) {
        self.watches.remove(watch);
    }

    /// Moves all queued events to `events`, without waiting. What is queued meanwhile may be left.
    ///
    /// # Errors
    /// Those of read(2).
    pub fn drain(&mut self, events: &mut Vec<Event>) -> io::Result<()> {
        let mut reader = inotify::Reader::new(&self.watches.0, &mut self.buffer);
        let mut count = 0;
        loop {
            if reader.is_buffer_empty() {
                // A read that left room for another event has emptied the queue.
                if (1..BUFFER / LARGEST).contains(&count) {
                    return Ok(());
                }
                count = 0;
            }
            count += 1;
            match reader.next() {
                Ok(event) => events.push(Event {
                    watch: Watch::new(event.wd()),
                    kinds: Kinds(event.events().bits()),
                    cookie: event.cookie(),
                    name: event.file_name().map(|name| name.to_bytes().to_vec()),
                }),
                Err(Errno::WOULDBLOCK) => return Ok(()),
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

impl Watches {
    /// Watches what a path leads to. Watching it again gives the same number.
    ///
    /// # Errors
    /// Those of inotify_add_watch(2): `ENOSPC` if this user has too many watches (see [`is_out_of_watches`]).
    pub fn add(&self, path: &Path, interest: Interest) -> io::Result<Watch> {
        let watch = inotify::add_watch(&self.0, path, interest.flags())?;
        Ok(Watch::new(watch))
    }

    /// Stops watching. What is queued already still comes.
    pub fn remove(&self, watch: Watch) {
        // The kernel may have removed it already.
        let _ = inotify::remove_watch(&self.0, watch.0.get());
    }

    /// Watches an open directory, whatever its path is now.
    ///
    /// # Errors
    /// As for [`Inotify::add`].
    pub fn add_open(&self, directory: BorrowedFd<'_>, interest: Interest) -> io::Result<Watch> {
        use std::os::fd::AsRawFd as _;
        let path = format!("/proc/self/fd/{}", directory.as_raw_fd());
        self.add(Path::new(&path), interest)
    }
}

impl AsFd for Inotify {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.watches.0.as_fd()
    }
}

/// Whether something cannot be watched because this user has too many watches or queues.
pub fn is_out_of_watches(error: &io::Error) -> bool {
    matches!(
        Errno::from_io_error(error),
        Some(Errno::NOSPC | Errno::MFILE | Errno::NFILE | Errno::NOMEM)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::io::Write as _;

    fn drained(inotify: &mut Inotify) -> Vec<Change> {
        let mut events = Vec::new();
        inotify.drain(&mut events).unwrap();
        events.into_iter().map(Event::change).collect()
    }

    fn at(watch: Watch, name: Option<&str>, is_content: bool) -> Change {
        Change::At {
            watch,
            name: name.map(|name| name.as_bytes().to_vec()),
            is_content,
        }
    }

    #[test]
    fn content_and_names_are_distinguished() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("log");
        let mut file = fs::File::create(&path).unwrap();
        let mut inotify = Inotify::new().unwrap();
        let names = inotify.add(directory.path(), Interest::Names).unwrap();
        let content = inotify.add(&path, Interest::Content).unwrap();
        assert_eq!(inotify.add(&path, Interest::Content).unwrap(), content);
        assert_eq!(drained(&mut inotify), []);
        file.write_all(b"line\n").unwrap();
        assert_eq!(drained(&mut inotify), [at(content, None, true)]);
        fs::rename(&path, path.with_extension("1")).unwrap();
        let renamed = drained(&mut inotify);
        for name in ["log", "log.1"] {
            assert!(
                renamed.contains(&at(names, Some(name), false)),
                "{renamed:?}"
            );
        }
        assert!(renamed.contains(&at(content, None, false)));
        inotify.remove(content);
        assert_eq!(drained(&mut inotify), [Change::Removed(content)]);
        file.write_all(b"line\n").unwrap();
        assert_eq!(drained(&mut inotify), []);
    }

    #[test]
    fn an_overflow_is_reported() {
        let limit = fs::read_to_string("/proc/sys/fs/inotify/max_queued_events").unwrap();
        let limit: usize = limit.trim().parse().unwrap();
        if limit > 100_000 {
            return;
        }
        let directory = tempfile::tempdir().unwrap();
        let mut inotify = Inotify::new().unwrap();
        let watch = inotify.add(directory.path(), Interest::Names).unwrap();
        // Two names, so that no two equal events follow each other: the kernel would merge them.
        for round in 0..limit {
            let path = directory.path().join((round % 2).to_string());
            fs::write(&path, "").unwrap();
            fs::remove_file(&path).unwrap();
        }
        let changes = drained(&mut inotify);
        assert_eq!(changes.last(), Some(&Change::Overflow));
        assert!(changes.len() > 1 && changes[0] == at(watch, Some("0"), false));
    }

    #[test]
    fn what_does_not_exist_cannot_be_watched() {
        let directory = tempfile::tempdir().unwrap();
        let inotify = Inotify::new().unwrap();
        let missing = inotify.add(&directory.path().join("missing"), Interest::Names);
        let error = missing.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
        assert!(!is_out_of_watches(&error));
        assert!(is_out_of_watches(&Errno::NOSPC.into()));
    }
}
