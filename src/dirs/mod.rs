//! Directories: opened relative to each other and listed; entries described, with their errors.
//!
//! Everything goes through descriptors: a directory is opened from its parent's descriptor and listed with getdents(2) into one
//! large buffer; an entry is described with statx(2) from its directory's. So no path is ever too long, nothing is looked up
//! twice, and a directory that is replaced by a link while it is walked is not followed. [`Engine::Portable`] lists and
//! describes by path, with `walkdir`.
//!
//! [`Entry`] is what a listing becomes: its type, its attributes and the target of a link, each asked for at most once.
//! [`FileSystems`] and [`Visited`] decide which directories may be entered. Which entries matter, and in what order, is left to
//! `select` and to the commands that walk or watch.

mod budget;
mod cache_tag;
pub mod content;
mod directory;
mod entry;
mod error;
mod file_systems;
pub mod handle;
mod listing;
pub mod mounts;
pub mod owners;
mod portable;
mod stat;
mod visited;

use rustix::fs as system;

pub use budget::DescriptorBudget;
pub use content::{Content, ContentNeeds};
pub use directory::{Directory, Engine};
pub use entry::{Entry, Place, Target};
pub use error::{EntryError, Operation, Tolerated, is_gone};
pub use file_systems::{Crossing, FileSystem, FileSystems};
pub use handle::Handle;
pub use listing::{Listed, Listing};
pub use stat::Stat;
pub use visited::Visited;

/// The type of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FileType {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link.
    Symlink,
    /// A FIFO (named pipe).
    Fifo,
    /// A socket.
    Socket,
    /// A block device.
    Block,
    /// A character device.
    Character,
    /// Not known from the directory; stat(2) tells.
    Unknown,
}

impl FileType {
    /// All known types, in the order of the help.
    pub const ALL: [FileType; 7] = [
        FileType::File,
        FileType::Directory,
        FileType::Symlink,
        FileType::Fifo,
        FileType::Socket,
        FileType::Block,
        FileType::Character,
    ];

    /// Its name in every output and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            FileType::File => "file",
            FileType::Directory => "dir",
            FileType::Symlink => "symlink",
            FileType::Fifo => "fifo",
            FileType::Socket => "socket",
            FileType::Block => "block",
            FileType::Character => "char",
            FileType::Unknown => "unknown",
        }
    }

    /// Its letter in find(1).
    pub fn letter(self) -> char {
        match self {
            FileType::File => 'f',
            FileType::Directory => 'd',
            FileType::Symlink => 'l',
            FileType::Fifo => 'p',
            FileType::Socket => 's',
            FileType::Block => 'b',
            FileType::Character => 'c',
            FileType::Unknown => '?',
        }
    }
}

impl From<system::FileType> for FileType {
    fn from(file_type: system::FileType) -> FileType {
        match file_type {
            system::FileType::RegularFile => FileType::File,
            system::FileType::Directory => FileType::Directory,
            system::FileType::Symlink => FileType::Symlink,
            system::FileType::Fifo => FileType::Fifo,
            system::FileType::Socket => FileType::Socket,
            system::FileType::BlockDevice => FileType::Block,
            system::FileType::CharacterDevice => FileType::Character,
            system::FileType::Unknown => FileType::Unknown,
        }
    }
}
