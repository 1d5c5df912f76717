//! The two interfaces of the engine: how records are written, and where they go.

use std::ops::ControlFlow;

use super::event::{Event, Left};
use crate::dirs::Entry;

/// Writes records. Each worker has its own.
pub trait Recorder: Send {
    /// Writes an entry. `nested`: its own entries will follow. `is_first`: it is the first record of its directory.
    fn entry(&mut self, entry: &Entry<'_>, nested: bool, is_first: bool, out: &mut Vec<u8>);

    /// Writes an event that [`super::Plan::events`] asks for.
    fn event(&mut self, event: &Event<'_>, out: &mut Vec<u8>) {
        let _ = (event, out);
    }

    /// Writes that a directory has been left, with everything below it. Called in order, by one worker at a time.
    fn left(&mut self, left: &Left<'_>, out: &mut Vec<u8>) {
        let _ = (left, out);
    }
}

/// Where records go. Called by one worker at a time. After `Break` the walk ends; the output keeps its error.
pub trait Output: Send {
    /// Writes some records; `ends` are the ends of each if [`super::Plan::wants_ends`].
    fn put(&mut self, bytes: &[u8], ends: &[usize]) -> ControlFlow<()>;

    /// Hands on what has been written so far: there may be no more for a while.
    fn flush(&mut self) -> ControlFlow<()>;
}
