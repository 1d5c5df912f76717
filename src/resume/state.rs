//! What a state file contains.

use std::path::{Path, PathBuf};

use super::digest::Digest;
use super::pieces::Known;
use crate::io::growing::Links;

/// What is kept from one run to the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// The command that made it, such as `follow`.
    pub command: String,
    /// What the command does with the logs, as far as it must be the same in each run.
    pub plan: String,
    /// The logs, each once.
    pub logs: Vec<LogState>,
    /// The file that the output was appended to.
    pub output: Option<OutputState>,
    /// What the command has of earlier runs, as lines of printable ASCII.
    pub kept: Vec<String>,
}

/// What is known of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogState {
    /// The path that it is written to.
    pub path: PathBuf,
    /// Whether that was a link when the log was first seen.
    pub links: Links,
    /// The day when any of its files was last seen, counted from 1970.
    pub seen: i64,
    /// What was read.
    pub known: Known,
}

/// How far an output was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputState {
    /// The file.
    pub path: PathBuf,
    /// Its length in bytes.
    pub length: u64,
    /// The hash of its last bytes.
    pub tail: Digest,
}

impl State {
    /// A state that knows nothing.
    pub fn new(command: &str, plan: &str) -> State {
        State {
            command: command.to_owned(),
            plan: plan.to_owned(),
            logs: Vec::new(),
            output: None,
            kept: Vec::new(),
        }
    }

    /// What is known of a log.
    pub fn log(&self, path: &Path) -> Option<&LogState> {
        self.logs.iter().find(|log| log.path == path)
    }
}
