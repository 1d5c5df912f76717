//! The state of a run over logs: loaded at the beginning, committed when what it covers has been written.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::error::{Error, Plain, Result};
use crate::exit::Exit;
use crate::follow::Follower;
use crate::io::growing::{self, Growing, Kind, Links};
use crate::io::kept;
use crate::resume::{
    Condition, Digest, Disk, Files as _, LogState, Mismatch, OpenError, OutputState, State, Store,
    TAIL,
};
use crate::ui::Ui;

/// After how many days without any of its files a log is forgotten.
const FORGET: i64 = 7;

const NANOS_A_DAY: i128 = 86_400_000_000_000;

/// Which state is wanted.
pub(in crate::commands) struct Wanted<'w> {
    /// The file.
    pub(in crate::commands) path: &'w Path,
    /// The command.
    pub(in crate::commands) command: &'w str,
    /// What the command does with the logs: the same in each run.
    pub(in crate::commands) plan: &'w str,
    /// How long to wait for another run to end.
    pub(in crate::commands) patience: Duration,
    /// How this run ends if the other does not, and what to do then.
    pub(in crate::commands) busy: (Exit, &'w str),
    /// The file to which the output is appended.
    pub(in crate::commands) append: Option<&'w Path>,
}

/// The state of a run.
pub(in crate::commands) struct Saved {
    path: PathBuf,
    store: Store,
    state: State,
    /// The file to which the output is appended.
    append: Option<PathBuf>,
    is_uncommitted: bool,
    /// Whether the last run wrote output that no commit covers.
    is_repeating: bool,
    /// Why the last commit failed.
    trouble: Option<String>,
    /// Whether there was none before.
    is_new: bool,
}

impl Saved {
    /// Opens the state that is wanted.
    ///
    /// # Errors
    /// If it cannot be used.
    pub(in crate::commands) fn open(wanted: &Wanted<'_>, ui: &Ui) -> Result<Saved> {
        let path = wanted.path;
        let shown = path.display();
        let mut store = Store::open(path, wanted.patience).map_err(|error| match error {
            OpenError::Busy => Error::input(format!("{shown}: another run is using it"))
                .ending(wanted.busy.0)
                .hint(wanted.busy.1),
            OpenError::Stopped => Error::input(format!("{shown}: interrupted")),
            OpenError::Io(error) => Error::reading(path, error),
        })?;
        let loaded = store
            .load(wanted.command, wanted.plan)
            .map_err(|error| refused(path, error))?;
        match &loaded.condition {
            Condition::New | Condition::Good => {}
            Condition::Previous(reason) => ui.missed_error(&Error::input(format!(
                "{shown}: {reason}: the state before it is used, so lines may come again"
            ))),
            Condition::Lost(reason) => ui.missed_error(&Error::input(format!(
                "{shown}: {reason}: all files are read from the beginning again"
            ))),
        }
        let append = wanted.append.filter(|file| is_file(file));
        let mut saved = Saved {
            path: path.to_owned(),
            store,
            state: loaded.state,
            append: append.map(Path::to_owned),
            is_uncommitted: false,
            is_repeating: false,
            trouble: None,
            is_new: loaded.condition == Condition::New,
        };
        let is_cut = saved.cut_output(
            loaded.was_interrupted || loaded.condition != Condition::Good,
            ui,
        )?;
        saved.is_repeating = loaded.was_interrupted && !is_cut;
        if saved.is_repeating && saved.state.logs.is_empty() {
            ui.warn("the last run did not end properly; repeating from the beginning");
        }
        Ok(saved)
    }

    /// Cuts off what a run has appended after its last commit: it comes again. False if nothing is known of the output.
    fn cut_output(&self, may_be_longer: bool, ui: &Ui) -> Result<bool> {
        let (Some(path), Some(output)) = (&self.append, &self.state.output) else {
            return Ok(false);
        };
        if absolute(path) != output.path {
            return Ok(false);
        }
        let shown = path.display();
        let length = growing::status(path, Links::Followed).map_or(0, |status| status.size);
        if length == output.length {
            return Ok(true);
        }
        let is_same = length > output.length
            && tail(path, output.length).is_ok_and(|tail| tail == output.tail);
        if !is_same || !may_be_longer {
            ui.warn(&format!(
                "{shown}: changed by another program since the last run; output is added at its end"
            ));
            return Ok(false);
        }
        kept::cut(path, output.length).map_err(|error| Error::writing(shown.to_string(), error))?;
        ui.note(&format!(
            "{shown}: {} bytes that the last run did not finish are cut off",
            length - output.length
        ));
        Ok(true)
    }

    /// Where the logs are read again that the last run read, but did not commit.
    pub(in crate::commands) fn repeated(&self) -> impl Iterator<Item = (&Path, u64)> {
        let logs = self.state.logs.iter().filter(|_| self.is_repeating);
        logs.filter_map(|log| Some((log.path.as_path(), log.known.position.as_ref()?.offset)))
    }

    /// What the command has of earlier runs.
    pub(in crate::commands) fn kept(&self) -> &[String] {
        &self.state.kept
    }

    /// Keeps something for the next run: lines of printable ASCII.
    pub(in crate::commands) fn keep(&mut self, lines: Vec<String>) {
        self.state.kept = lines;
    }

    /// What is known of a log.
    pub(in crate::commands) fn recall(&self, path: &Path) -> Option<LogState> {
        self.state.log(&absolute(path)).cloned()
    }

    /// Lines are about to be written.
    pub(in crate::commands) fn note_output(&mut self) {
        self.is_uncommitted = true;
        // On a full disk lines come out all the same; what cannot be saved is reported by the commit.
        let _ = self.store.mark_running(self.append.is_some());
    }

    /// Removes the state if this run made it and has no output: what could not be asked need not be asked again.
    pub(in crate::commands) fn withdraw(&self) {
        if self.is_new && !self.is_uncommitted {
            // If it stays, the next run says what it is for.
            let _ = kept::remove(&self.path);
        }
    }

    pub(in crate::commands) fn is_uncommitted(&self) -> bool {
        self.is_uncommitted
    }

    /// Writes the state; false if that failed, which is reported once.
    pub(in crate::commands) fn commit(&mut self, follower: &Follower, ui: &Ui) -> bool {
        let today = i64::try_from(Disk.now() / NANOS_A_DAY).unwrap_or(0);
        for log in follower.logs() {
            let Some(known) = log.known() else {
                continue;
            };
            let path = absolute(&log.place().path);
            let before = self.state.logs.iter().position(|other| other.path == path);
            let seen = match (log.has_files(), before) {
                (false, Some(before)) => self.state.logs[before].seen,
                _ => today,
            };
            let links = log.place().links;
            let state = LogState {
                path,
                links,
                seen,
                known,
            };
            match before {
                Some(before) => self.state.logs[before] = state,
                None => self.state.logs.push(state),
            }
        }
        self.state.logs.retain(|log| today - log.seen <= FORGET);
        match self.write() {
            Ok(()) => {
                self.is_uncommitted = false;
                self.trouble = None;
                true
            }
            Err(error) => {
                let reason = Plain(&error).to_string();
                if self.trouble.as_ref() != Some(&reason) {
                    let message = format!(
                        "{}: the state could not be saved: {reason}; the next run repeats what came since",
                        self.path.display()
                    );
                    ui.missed_error(&Error::input(message));
                    self.trouble = Some(reason);
                }
                false
            }
        }
    }

    fn write(&mut self) -> std::io::Result<()> {
        if let Some(path) = &self.append {
            // The state must not know of more than is on disk.
            if self.is_uncommitted {
                kept::sync(path)?;
            }
            let length = growing::status(path, Links::Followed)?.size;
            self.state.output = Some(OutputState {
                path: absolute(path),
                length,
                tail: tail(path, length)?,
            });
        }
        self.store.commit(&self.state)
    }
}

fn refused(path: &Path, error: std::io::Error) -> Error {
    let mismatch = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<Mismatch>());
    let hint = match mismatch {
        None => return Error::reading(path, error),
        Some(Mismatch::Foreign(_)) => "name another file with --state",
        Some(_) => "use one state for each command, with the same arguments each time",
    };
    Error::input(format!("{}: {error}", path.display())).hint(hint)
}

fn is_file(path: &Path) -> bool {
    growing::status(path, Links::Followed).map_or(true, |status| status.kind == Kind::File)
}

/// The hash of the last bytes before an offset.
fn tail(path: &Path, offset: u64) -> std::io::Result<Digest> {
    let mut file = Growing::open_raw(path)?;
    let mut bytes = vec![0; offset.min(TAIL as u64) as usize];
    let read = file.read_at(offset - bytes.len() as u64, &mut bytes)?;
    Ok(Digest::of(&bytes[..read]))
}

/// The path from the root, as it is: links stay links.
fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}
