//! The values of flags, and what they mean for the engine.

use clap::ValueEnum;

use crate::dirs::{Engine, Tolerated};
use crate::walk::ranking::Attribute;
use crate::walk::{Events, Order};

/// The order of the entries.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum OrderName {
    /// By name within each directory, byte by byte; a directory comes before its entries
    Dir,
    /// By whole path, byte by byte, as LC_ALL=C sort -z does
    Path,
    /// As found, which is fastest
    None,
    /// By size, the smallest first
    Size,
    /// By size, the largest first
    #[value(name = "-size")]
    SizeDown,
    /// By space on disk
    Allocated,
    /// By space on disk, the largest first
    #[value(name = "-allocated")]
    AllocatedDown,
    /// By time of modification, the oldest first
    Mtime,
    /// By time of modification, the newest first
    #[value(name = "-mtime")]
    MtimeDown,
}

/// Records besides entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum EventName {
    /// A directory is entered
    Enter,
    /// A directory is left, with the sums of the entries below it
    Leave,
    /// Something could not be read
    Error,
    /// A directory was reached again through a link, and is not entered again
    Loop,
    /// Another file system begins
    Mount,
    /// The walk is over
    Summary,
}

/// Errors that are not reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Cause {
    /// No permission
    Eacces,
    /// Not found
    Enoent,
    /// All errors
    All,
}

/// How directories are read.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum EngineName {
    /// Through descriptors, with the system calls of Linux
    Auto,
    /// By path, with the walkdir library
    Portable,
}

impl OrderName {
    /// The order of the walk.
    pub(super) fn order(self) -> Order {
        match self {
            OrderName::Dir => Order::Directory,
            OrderName::Path => Order::Path,
            _ => Order::None,
        }
    }

    /// The attribute that records are ordered by, and whether the largest comes first.
    pub(super) fn attribute(self) -> Option<(Attribute, bool)> {
        Some(match self {
            OrderName::Dir | OrderName::Path | OrderName::None => return None,
            OrderName::Size => (Attribute::Size, false),
            OrderName::SizeDown => (Attribute::Size, true),
            OrderName::Allocated => (Attribute::Allocated, false),
            OrderName::AllocatedDown => (Attribute::Allocated, true),
            OrderName::Mtime => (Attribute::Modified, false),
            OrderName::MtimeDown => (Attribute::Modified, true),
        })
    }
}

impl From<EngineName> for Engine {
    fn from(name: EngineName) -> Engine {
        match name {
            EngineName::Auto => Engine::Native,
            EngineName::Portable => Engine::Portable,
        }
    }
}

/// The events that are recorded.
pub(super) fn events(names: &[EventName]) -> Events {
    let has = |event| names.contains(&event);
    Events {
        enter: has(EventName::Enter),
        leave: has(EventName::Leave),
        error: has(EventName::Error),
        repeat: has(EventName::Loop),
        mount: has(EventName::Mount),
        summary: has(EventName::Summary),
    }
}

/// The errors that are not reported.
pub(super) fn tolerated(causes: &[Cause]) -> Tolerated {
    let tolerates = |cause| causes.contains(&cause);
    Tolerated {
        denied: tolerates(Cause::Eacces),
        missing: tolerates(Cause::Enoent),
        all: tolerates(Cause::All),
    }
}
