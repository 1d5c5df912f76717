//! The values of flags, and what they mean for the engine.

use clap::ValueEnum;

use crate::dirs::{Engine, Tolerated};
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

impl From<OrderName> for Order {
    fn from(name: OrderName) -> Order {
        match name {
            OrderName::Dir => Order::Directory,
            OrderName::Path => Order::Path,
            OrderName::None => Order::None,
        }
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
