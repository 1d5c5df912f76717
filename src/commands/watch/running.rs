//! The run itself: changes are taken, reported and acted on until something ends it.

use std::time::Instant;

use super::Watch;
use super::commands::Commands;
use super::ends::{End, Ends};
use super::output::Output;
use super::settle::Settling;
use crate::error::{Error, Result};
use crate::io::signals;
use crate::ui::Ui;
use crate::watch::{self, Kind, Pause, Watcher};

/// What a run consists of.
pub(super) struct Parts<'a> {
    pub(super) watcher: Watcher,
    pub(super) output: Output<'a>,
    pub(super) settling: Settling,
    pub(super) commands: Commands<'a>,
    pub(super) ends: Ends,
}

impl Parts<'_> {
    /// Watches until something ends the run.
    pub(super) fn watch(
        &mut self,
        watch: &Watch,
        mut found: Vec<watch::Output>,
        ui: &Ui,
    ) -> Result<End> {
        let failed = |error| Error::input("waiting").caused_by(error);
        if self.output.reports(Kind::Exists) {
            let existing = self.watcher.existing();
            for record in existing {
                if self.output.is_done() {
                    break;
                }
                self.output.take(watch::Output::Change(record))?;
            }
        }
        loop {
            let now = Instant::now();
            self.settling.take(found, now);
            let mut is_once = false;
            for output in self.settling.due(now) {
                if self.output.is_done() {
                    break;
                }
                if let Some(path) = self.output.take(output)? {
                    is_once = true;
                    self.ends.changed(now);
                    self.commands.change(&path, now);
                }
            }
            self.output.flush()?;
            if let Some(end) = self.commands.act(&mut self.output)? {
                return Ok(end);
            }
            if self.output.is_done() || (watch.once && is_once && watch.command.is_empty()) {
                return Ok(End::Met);
            }
            let state = (self.watcher.are_all_there(), self.watcher.missing().count());
            if let Some(end) = self.ends.reached(now, state, self.watcher.roots()) {
                return Ok(end);
            }
            let deadlines = [
                self.ends.deadline(),
                self.settling.deadline(),
                self.commands.deadline(),
            ];
            let deadline = deadlines.into_iter().flatten().min();
            let mut others = self.commands.interests();
            others.extend(self.ends.interest());
            let pause = self.watcher.pause(deadline, others).map_err(failed)?;
            if pause == Pause::Stopped {
                return Ok(End::Stopped);
            }
            if signals::take_look_request() {
                ui.answer();
                self.watcher.rescan();
            }
            found = Vec::new();
            self.watcher.collect(&mut found).map_err(failed)?;
        }
    }

    /// Writes what is still held back.
    pub(super) fn finish(&mut self) -> Result<()> {
        let mut found = Vec::new();
        self.watcher.finish(&mut found);
        self.settling.take(found, Instant::now());
        for output in self.settling.finish() {
            if !self.output.is_done() {
                self.output.take(output)?;
            }
        }
        Ok(())
    }
}
