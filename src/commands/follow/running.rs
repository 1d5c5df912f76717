//! A run: turns and pauses until something ends it, commits in between, and the exit status.

use std::time::{Duration, Instant};

use super::Follow;
use super::output::Output;
use crate::commands::shared::logs::check_missing;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::follow::watch::Watcher;
use crate::follow::{Follower, Pause, Turn};
use crate::io::inotify::is_out_of_watches;
use crate::io::{memory, signals};
use crate::ui::Ui;

/// The time between two commits of a state while lines come.
const COMMIT_EVERY: Duration = Duration::from_secs(1);

impl Follow {
    /// Follows until something ends it.
    pub(super) fn follow(
        &self,
        follower: &mut Follower,
        output: &mut Output<'_>,
        ui: &Ui,
    ) -> Result<Ended> {
        let started = Instant::now();
        let time_out = self.timeout.map(|limit| started + limit);
        let mut last_line = started;
        let mut next_commit = started + COMMIT_EVERY;
        let mut has_waited = false;
        loop {
            if follower.has_new_names() {
                follower.expand(output)?;
                // A run that is killed after its first line must be known to the next one.
                if output.has_state() && follower.prepare(output)? {
                    output.commit(follower);
                }
            }
            let lines = output.lines();
            let turn = follower.turn(output)?;
            output.flush()?;
            let now = Instant::now();
            if output.lines() > lines {
                last_line = now;
            }
            if let Some(error) = follower.watcher().and_then(Watcher::take_trouble) {
                warn_of_watches(&error, ui);
            }
            match turn {
                _ if output.is_done() => return Ok(Ended::Met),
                Turn::Stopped => return Ok(Ended::Stopped),
                Turn::More if time_out.is_none_or(|end| now < end) => {
                    if now >= next_commit {
                        output.commit(follower);
                        next_commit = now + COMMIT_EVERY;
                    }
                    continue;
                }
                Turn::More => return Ok(Ended::TimedOut),
                Turn::Idle if self.drain => return Ok(Ended::Drained),
                Turn::Idle => {}
            }
            if now >= next_commit {
                output.commit(follower);
                next_commit = now + COMMIT_EVERY;
            }
            let idle = self.idle.map(|limit| last_line + limit);
            for end in [time_out, idle].into_iter().flatten() {
                if now >= end {
                    return Ok(Ended::TimedOut);
                }
            }
            if !std::mem::replace(&mut has_waited, true) {
                memory::drop_code();
            }
            let commit = output.is_uncommitted().then_some(next_commit);
            let deadline = [time_out, idle, commit].into_iter().flatten().min();
            match follower
                .pause(deadline)
                .map_err(|error| Error::input("waiting").caused_by(error))?
            {
                Pause::Over => {}
                Pause::Stopped => return Ok(Ended::Stopped),
                Pause::Asked => {}
            }
            if signals::take_look_request() {
                ui.answer();
                follower.look_again();
            }
        }
    }

    /// Says what was not printed since its end is still to be written.
    fn report_unfinished(&self, follower: &Follower, ui: &Ui) {
        let what = match self.fixed {
            Some(_) => "record is incomplete",
            None => "line has no newline",
        };
        for log in follower.logs() {
            let (shown, bytes) = (log.place().path.display(), log.unfinished());
            match (bytes, &self.state) {
                (0, _) => {}
                (_, Some(_)) => ui.note(&format!(
                    "{shown}: the last {what} yet; the next run reads its {bytes} bytes again"
                )),
                (_, None) => ui.warn(&format!(
                    "{shown}: the last {what}; its {bytes} bytes are left out"
                )),
            }
        }
    }

    /// Commits, and decides how the run ends.
    pub(super) fn finish(
        &self,
        ended: Result<Ended>,
        follower: &Follower,
        mut output: Output<'_>,
        ui: &Ui,
    ) -> Result<Exit> {
        let ended = ended?;
        if ended == Ended::Drained {
            check_missing(&self.files, follower, ui)?;
            self.report_unfinished(follower, ui);
        }
        let is_saved = output.commit(follower);
        output.close()?;
        ui.finish();
        let is_awaited = self.wait_for.is_some() || self.limit.is_some();
        Ok(match ended {
            _ if !is_saved => Exit::Failed,
            Ended::TimedOut if is_awaited => Exit::TimedOut,
            Ended::Drained if self.wait_for.is_some() => Exit::No,
            _ if ui.is_incomplete() => Exit::Incomplete,
            _ => Exit::Done,
        })
    }
}

/// What has ended a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// The line that was waited for has come, or as many as were wanted.
    Met,
    /// Everything was read.
    Drained,
    /// The time is over.
    TimedOut,
    /// A signal, or the end of the reader.
    Stopped,
}

fn warn_of_watches(error: &std::io::Error, ui: &Ui) {
    let reason = crate::error::Plain(error);
    ui.warn(&format!(
        "files are looked at once a second, since they cannot be watched: {reason}"
    ));
    if is_out_of_watches(error) {
        ui.hint(
            "the limits are fs.inotify.max_user_watches and fs.inotify.max_user_instances (sysctl)",
        );
    }
}
