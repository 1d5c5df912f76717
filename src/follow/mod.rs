//! The engine of `jug follow`: what is appended to logs, over rotation and restarts.
//!
//! A [`Log`] reads the files of one log, the oldest first: `reader` reads one content, `cut` tells where lines and records
//! end, `start` where to begin. Which file holds what is found out by [`crate::resume`]. What was read goes to a
//! [`Receive`]; when to look again is decided by `watch`, and `run` does both for many logs.

mod cut;
mod event;
mod log;
#[cfg(test)]
mod model;
pub mod operand;
mod reader;
mod run;
mod start;
pub mod watch;

pub use cut::Cut;
pub use event::{Event, Receive, Units};
pub use log::{Log, Looking, Options, Turn};
pub use run::{Follower, Pause};
pub use start::Start;
