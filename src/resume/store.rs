//! A state on disk: locked while a run uses it, replaced atomically, with the previous one kept beside it.
//!
//! Beside the file `S` there are `S.lock`, which is locked and says whether a run has output something since the last commit,
//! and `S.previous`, the state before the last commit, for when `S` is damaged.

#[cfg(test)]
mod tests;

use std::ffi::OsString;
use std::fmt;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::digest::Digest;
use super::state::State;
use super::state_text::{self, Damage};
use crate::io::kept;
use crate::io::lock::LockFile;
use crate::io::source::{InputName, read_whole};
use crate::io::wait::{self, Wakers, Woken};

/// States are small; what is larger is something else.
const MOST: usize = 256 << 20;

/// The time between two attempts to get the lock.
const RETRY: Duration = Duration::from_millis(50);

/// The word in the lock file while there is output that the state does not cover whose hash follows, or `none` for no state. The
/// last line counts. A run that is killed right after its commit leaves the hash of the state before.
const RUNNING: &str = "running";

/// A state file that this process has locked.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    lock: LockFile,
    /// What the file contains, if it is good.
    stored: Option<Vec<u8>>,
    /// What the lock file says.
    marked: Vec<u8>,
}

/// Why a state file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another run has locked it for all of the time.
    #[error("another run is using it")]
    Busy,
    /// A signal asked to stop meanwhile.
    #[error("interrupted")]
    Stopped,
    /// It cannot be read or locked.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// A state of another command, or another kind of file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Mismatch {
    /// Another command made it.
    #[error("it is a state of jug {0}")]
    Command(String),
    /// The same command made it, with other arguments.
    #[error("it was made for '{0}'")]
    Plan(String),
    /// It is something else, or too new to be read.
    #[error("{0}")]
    Foreign(String),
}

/// In what condition a state was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// There was none.
    New,
    /// It was good.
    Good,
    /// It was unusable for this reason; the one before it is used.
    Previous(String),
    /// It was unusable for this reason, and so was the one before it, or there was none.
    Lost(String),
}

/// A state as it was found.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The state; one that knows nothing if there was none.
    pub state: State,
    /// In what condition it was.
    pub condition: Condition,
    /// Whether the last run ended before it could commit: some of its output comes again.
    pub was_interrupted: bool,
}

impl Store {
    /// Locks a state file, which need not exist. Waits at most `patience` for another run to end.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open(path: &Path, patience: Duration) -> Result<Store, OpenError> {
        let give_up = Instant::now() + patience;
        let lock_path = beside(path, ".lock");
        let lock = loop {
            if let Some(lock) = LockFile::try_lock(&lock_path)? {
                break lock;
            }
            if give_up <= Instant::now() {
                return Err(OpenError::Busy);
            }
            let wakers = Wakers {
                stop_signals: true,
                reader: true,
                deadline: Some(give_up.min(Instant::now() + RETRY)),
                ..Wakers::default()
            };
            if wait::wait(&mut [], &wakers)? != Woken::Deadline {
                return Err(OpenError::Stopped);
            }
        };
        let mut marked = Vec::new();
        lock.file().read_to_end(&mut marked)?;
        Ok(Store {
            path: path.to_owned(),
            lock,
            stored: None,
            marked,
        })
    }

    /// Reads the state.
    ///
    /// # Errors
    /// Those of reading; a [`Mismatch`] inside the error if it is of another command or plan, or something else.
    pub fn load(&mut self, command: &str, plan: &str) -> io::Result<Loaded> {
        let was_marked = !self.marked.is_empty();
        let new = || State::new(command, plan);
        let found = |state, condition, was_interrupted| Loaded {
            state,
            condition,
            was_interrupted,
        };
        let Some(text) = read(&self.path)? else {
            return Ok(found(new(), Condition::New, self.is_marked()));
        };
        let damage = match state_text::decode(&text) {
            Ok(state) => {
                check(&state, command, plan)?;
                self.stored = Some(text);
                return Ok(found(state, Condition::Good, self.is_marked()));
            }
            Err(damage @ (Damage::Foreign | Damage::Newer)) => {
                return Err(io::Error::other(Mismatch::Foreign(damage.to_string())));
            }
            Err(damage) => damage.to_string(),
        };
        let previous = read(&self.previous_path())?.and_then(|text| state_text::decode(&text).ok());
        match previous {
            Some(state) => {
                check(&state, command, plan)?;
                Ok(found(state, Condition::Previous(damage), was_marked))
            }
            None => Ok(found(new(), Condition::Lost(damage), was_marked)),
        }
    }

    /// Notes that output follows which no commit covers. With `is_synced`, the note survives a power failure.
    ///
    /// # Errors
    /// Those of write(2) and fsync(2).
    pub fn mark_running(&mut self, is_synced: bool) -> io::Result<()> {
        if self.is_marked() {
            return Ok(());
        }
        let mark = self.mark();
        self.lock.file().write_all(&mark)?;
        self.marked = mark;
        match is_synced {
            true => self.lock.file().sync_all(),
            false => Ok(()),
        }
    }

    /// Replaces the state, unless it is the same, and keeps the old one beside it.
    ///
    /// # Errors
    /// Those of writing; the old state is then as it was.
    pub fn commit(&mut self, state: &State) -> io::Result<()> {
        let text = state_text::encode(state);
        if self.stored.as_ref() != Some(&text) {
            // Something damaged is not worth keeping in place of the last good one.
            let previous = self.stored.is_some().then(|| self.previous_path());
            kept::replace(&self.path, previous.as_deref(), &text)?;
            self.stored = Some(text);
        }
        if !self.marked.is_empty() {
            self.lock.file().set_len(0)?;
            self.marked.clear();
        }
        Ok(())
    }

    /// What the lock file says last if there is output that the state does not cover.
    fn mark(&self) -> Vec<u8> {
        let state = self.stored.as_ref();
        let state = state.map_or("none".to_owned(), |text| Digest::of(text).to_string());
        format!("{RUNNING} {state}\n").into_bytes()
    }

    /// Whether there is output that the state does not cover.
    fn is_marked(&self) -> bool {
        self.marked.ends_with(&self.mark())
    }

    fn previous_path(&self) -> PathBuf {
        beside(&self.path, ".previous")
    }
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut path = OsString::from(path);
    path.push(ending);
    path.into()
}

fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match read_whole(&InputName::Path(path.to_owned()), MOST) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn check(state: &State, command: &str, plan: &str) -> io::Result<()> {
    if state.command != command {
        return Err(io::Error::other(Mismatch::Command(state.command.clone())));
    }
    if state.plan != plan {
        return Err(io::Error::other(Mismatch::Plan(state.plan.clone())));
    }
    Ok(())
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Condition::New | Condition::Good => Ok(()),
            Condition::Previous(reason) | Condition::Lost(reason) => f.write_str(reason),
        }
    }
}
