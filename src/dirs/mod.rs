//! Directories: opened relative to each other, listed, and what lies in them described.
//!
//! On Linux everything goes through descriptors: a directory is opened from its parent's descriptor and listed with
//! getdents(2) into one large buffer, an entry is asked about with statx(2) from its directory's. So no path is ever too
//! long, nothing is looked up twice, and a directory that somebody replaces by a link while it is walked is not followed.
//! Elsewhere, and where [`Engine::Portable`] is asked for, `walkdir` lists and describes by path.
//!
//! Which entries matter and in what order is left to those who walk or watch.

mod directory;
pub mod handle;
mod listing;
pub mod mounts;
pub mod owners;
mod portable;
mod stat;

use rustix::fs as system;

pub use directory::{Directory, Engine};
pub use handle::Handle;
pub use listing::{Listed, Listing};
pub use stat::Stat;

/// What sort of thing a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FileType {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link.
    Symlink,
    /// A named pipe.
    Fifo,
    /// A socket.
    Socket,
    /// A block device.
    Block,
    /// A character device.
    Character,
    /// The directory does not say; stat(2) will.
    Unknown,
}

impl FileType {
    /// All types that there are, in the order of their words in help.
    pub const ALL: [FileType; 7] = [
        FileType::File,
        FileType::Directory,
        FileType::Symlink,
        FileType::Fifo,
        FileType::Socket,
        FileType::Block,
        FileType::Character,
    ];

    /// The word for it, in every output and on the command line.
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

    /// The letter that find(1) has for it.
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
