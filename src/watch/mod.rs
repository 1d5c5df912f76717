//! The engine of `jug watch`: changes below some paths, without loss.
//!
//! [`Watcher`] turns what the kernel reports ([`crate::io::inotify`]), or what looking from time to time shows, into [`Record`]s. Both
//! end in the same place: an entry is looked at and compared with what the [`index`] knows of it (`compare`, `scan`), so that an
//! event that comes twice is reported once, and lost events are found by looking again. Large trees are looked at by several threads
//! (`look`, `crew`). `resolve` finds out where the paths to be watched lead, and `roots` what has become of them; `hold` folds what
//! belongs together, `saving` knows the signs of it, [`scope`] decides what matters. [`runs`] decides when a command runs.

mod compare;
pub mod content;
mod crew;
pub mod facts;
pub mod hold;
pub mod index;
mod look;
mod names;
pub mod record;
mod resolve;
mod roots;
pub mod runs;
mod saving;
mod scan;
pub mod scope;
#[cfg(test)]
mod tests;
mod tree;
mod users;
mod watcher;

pub use record::{Kind, Output, Reason, Record, Status};
pub use scope::Scope;
pub use watcher::{Engine, Options, Pause, Watcher};
