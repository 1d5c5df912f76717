//! Looking into a directory: it is opened, watched and listed, and its entries are described. The index is not involved, so several
//! threads do this at once; `scan` compares what was seen with the index.

use std::io;
use std::os::fd::BorrowedFd;
use std::path::Path;
use std::sync::Arc;

use rustix::io::Errno;

use super::facts::{self, Facts};
use super::index::Id;
use super::scope::Scope;
use crate::dirs::handle::join;
use crate::dirs::{DescriptorBudget, Directory, Engine, FileType, Handle, Listing, Place, is_gone};
use crate::error::Plain;
use crate::io::file_systems::{self, FileSystemKind};
use crate::io::inotify::{Interest, Watch, Watches, is_out_of_watches};
use crate::io::thread_directory::ThreadDirectory;
use crate::select::{Problem, Rules};

/// What looking depends on besides the directory.
#[derive(Debug)]
pub(super) struct Ground {
    pub(super) scope: Scope,
    /// None if everything is looked at from time to time.
    pub(super) watches: Option<Watches>,
    /// Whether reading is reported.
    pub(super) reads: bool,
    /// Whether file systems decide how to watch.
    pub(super) checks_kinds: bool,
    /// How many directories are kept open for those below them.
    pub(super) descriptors: DescriptorBudget,
}

/// A directory to be looked into.
#[derive(Debug)]
pub(super) struct Task {
    pub(super) id: Id,
    pub(super) handle: Arc<Handle>,
    /// The path of its root, and the number of levels below it.
    pub(super) root: Arc<[u8]>,
    pub(super) depth: u32,
    /// The ignore rules of the directory that it is in.
    pub(super) outer: Option<Arc<Rules>>,
    pub(super) is_watched: bool,
    /// Its file system, if that is known to report all changes.
    pub(super) file_system: Option<u64>,
}

/// What has become of the watch on a directory.
#[derive(Debug)]
pub(super) enum Watched {
    /// It is watched now.
    Newly(Watch),
    /// It is to be looked at from time to time, because that was asked for.
    Never,
    /// The same, because its file system does not report all changes.
    Remote,
    /// The same, because it cannot be watched.
    Failed(String),
}

/// What was seen of a name in a directory.
#[derive(Debug)]
pub(super) enum Seen {
    /// It is there, on a file system with this number.
    There(Facts, u64),
    /// It is left out, whatever it is; a directory has told its type.
    Excluded(FileType),
    /// It has gone, or has turned out to be left out.
    Gone,
    /// Nothing can be known of it.
    Failed,
}

/// What was seen of a directory. Reused for the next.
#[derive(Debug, Default)]
pub(super) struct Look {
    pub(super) path: Vec<u8>,
    /// Whether its entries are known; if not, it is not entered, has gone, or there is an error.
    pub(super) is_listed: bool,
    pub(super) error: Option<io::Error>,
    /// None if it was watched before, or was not opened.
    pub(super) watched: Option<Watched>,
    pub(super) rules: Option<Arc<Rules>>,
    pub(super) problems: Vec<Problem>,
    pub(super) listing: Listing,
    /// What was seen of each name in the listing.
    pub(super) seen: Vec<Seen>,
    pub(super) file_system: Option<u64>,
    buffer: Vec<u8>,
}

impl Look {
    /// Looks into a directory.
    pub(super) fn take(&mut self, ground: &Ground, task: &Task, own: Option<&ThreadDirectory>) {
        task.handle.write_path(&mut self.path);
        self.is_listed = false;
        self.error = None;
        self.watched = None;
        self.rules = None;
        self.problems.clear();
        self.listing.clear();
        self.seen.clear();
        let place = match task.depth {
            0 => Place::root(&self.path),
            depth => {
                let length = memchr::memrchr(b'/', &self.path);
                let start = length.map_or(0, |slash| slash + 1);
                place(&task.root, &self.path, start, depth)
            }
        };
        if !ground.scope.enters(&place) {
            return;
        }
        match self.try_take(ground, task, own) {
            Ok(()) => self.is_listed = true,
            Err(error) => {
                let is_link = error.raw_os_error() == Some(Errno::LOOP.raw_os_error());
                self.error = Some(error).filter(|error| !is_gone(error) && !is_link);
            }
        }
    }

    fn try_take(
        &mut self,
        ground: &Ground,
        task: &Task,
        own: Option<&ThreadDirectory>,
    ) -> io::Result<()> {
        let directory = Directory::open(&task.handle, Engine::Native)?;
        self.file_system = task.file_system;
        if !task.is_watched {
            self.watched = Some(self.watch(ground, &directory, own));
        }
        // Before the list, so that what changes later has other times.
        let looked = facts::now();
        directory.list(&self.path, &mut self.buffer, &mut self.listing)?;
        self.listing.sort();
        if let Some(outer) = &task.outer {
            let start = below_root(&task.root);
            let below = self.path.get(start..).unwrap_or_default();
            let rules = outer.enter(&self.path, below, &self.listing, &mut self.problems);
            self.rules = Some(rules);
        }
        self.see_all(ground, task, &directory, looked);
        let is_directory =
            |seen: &&Seen| matches!(seen, Seen::There(facts, _) if facts.is_directory());
        let subdirectories = self.seen.iter().filter(is_directory).count();
        let subdirectories = u32::try_from(subdirectories).unwrap_or(u32::MAX);
        directory.keep(&task.handle, subdirectories, &ground.descriptors);
        Ok(())
    }

    fn see_all(&mut self, ground: &Ground, task: &Task, directory: &Directory, looked: i64) {
        let Look {
            path,
            listing,
            seen,
            rules,
            error: first_error,
            ..
        } = self;
        let prefix = path.len();
        let has_limits = ground.scope.excludes_some();
        for at in 0..listing.len() {
            let (name, listed) = listing.get(at);
            path.truncate(prefix);
            if has_limits {
                join(path, name);
            }
            let is_excluded = |file_type| {
                let place = place(&task.root, path, path.len() - name.len(), task.depth + 1);
                ground.scope.excludes(&place, file_type, rules.as_deref())
            };
            if has_limits && listed != FileType::Unknown && is_excluded(listed) {
                seen.push(Seen::Excluded(listed));
                continue;
            }
            let stat = directory.stat(name, path, false);
            seen.push(match stat {
                Ok(stat)
                    if has_limits && stat.file_type != listed && is_excluded(stat.file_type) =>
                {
                    Seen::Gone
                }
                Ok(stat) => Seen::There(Facts::new(&stat, looked), stat.file_system()),
                Err(error) if is_gone(&error) => Seen::Gone,
                Err(error) => {
                    first_error.get_or_insert(error);
                    Seen::Failed
                }
            });
        }
        path.truncate(prefix);
    }

    /// Watches an open directory.
    fn watch(
        &mut self,
        ground: &Ground,
        directory: &Directory,
        own: Option<&ThreadDirectory>,
    ) -> Watched {
        let Some((watches, descriptor)) = ground.watches.as_ref().zip(directory.descriptor())
        else {
            return Watched::Never;
        };
        if ground.checks_kinds && self.file_system.is_none() {
            let kind = file_systems::of_file(descriptor);
            // What is stacked on others is reported for files that are written here.
            if matches!(kind, Ok(FileSystemKind::Remote | FileSystemKind::Unknown)) {
                return Watched::Remote;
            }
            let itself = directory.stat(b".", &self.path, false);
            self.file_system = itself.ok().map(|stat| stat.file_system());
        }
        let interest = Interest::Tree {
            reads: ground.reads,
        };
        match add(watches, descriptor, interest, own) {
            Ok(watch) => Watched::Newly(watch),
            Err(error) => Watched::Failed(match Errno::from_io_error(&error) {
                Some(Errno::NOSPC) => "ENOSPC".to_owned(),
                Some(Errno::MFILE) if is_out_of_watches(&error) => "EMFILE".to_owned(),
                _ => Plain(&error).to_string(),
            }),
        }
    }
}

fn add(
    watches: &Watches,
    directory: BorrowedFd<'_>,
    interest: Interest,
    own: Option<&ThreadDirectory>,
) -> io::Result<Watch> {
    // Half the time of a path in /proc.
    let inside =
        own.and_then(|own| own.within(directory, || watches.add(Path::new("."), interest)));
    inside.unwrap_or_else(|| watches.add_open(directory, interest))
}

/// Where an entry below a root is; its name starts at `start` of its path.
pub(super) fn place<'a>(root: &'a [u8], path: &'a [u8], start: usize, depth: u32) -> Place<'a> {
    Place {
        path,
        name: (start, path.len()),
        below: below_root(root),
        root,
        depth,
    }
}

/// Where the part below the root begins in a path.
fn below_root(root: &[u8]) -> usize {
    root.len() + usize::from(!root.ends_with(b"/"))
}
