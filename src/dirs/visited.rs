//! Directories that were entered, so that a walk that follows links enters each once.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Mutex, PoisonError};

use super::Stat;

/// The directories entered so far, with the path by which each was.
#[derive(Debug, Default)]
pub struct Visited(Mutex<HashMap<(u64, u64), Vec<u8>>>);

impl Visited {
    /// Notes that a directory is entered by `path`. Gives the path by which it was entered before, if it was.
    pub fn enter(&self, stat: &Stat, path: &[u8]) -> Option<Vec<u8>> {
        let mut entered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match entered.entry(stat.id()) {
            Entry::Occupied(first) => Some(first.get().clone()),
            Entry::Vacant(free) => {
                free.insert(path.to_vec());
                None
            }
        }
    }
}
