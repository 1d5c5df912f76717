//! The engine of `jug watch`: changes below some paths, without loss.
//!
//! [`Watcher`] turns what the kernel reports ([`crate::io::inotify`]), or what looking from time to time shows, into [`Record`]s. Both
//! end in the same place: an entry is looked at and compared with what the [`index`] knows of it (`compare`, `scan`), so that an
//! event that comes twice is reported once, and lost events are found by looking again. `root` resolves the paths to be watched,
//! `hold` folds what belongs together, [`scope`] decides what matters. [`runs`] decides when a command runs.

mod compare;
pub mod content;
pub mod hold;
pub mod index;
pub mod record;
mod root;
pub mod runs;
mod scan;
pub mod scope;
#[cfg(test)]
mod tests;
mod tree;
mod watcher;

pub use record::{Kind, Output, Reason, Record, Status};
pub use scope::Scope;
pub use watcher::{Engine, Options, Pause, Watcher};
