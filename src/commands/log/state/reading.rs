//! Reads what is new in logs and hands it over to a run.

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::Path;
use std::sync::Arc;

use crate::commands::log::inputs::tell_of_format;
use crate::commands::shared::happened::tell;
use crate::commands::shared::logs::check_missing;
use crate::commands::shared::saved::Saved;
use crate::error::{Error, Result};
use crate::follow::{Event, Follower, Receive, Turn, Units};
use crate::io::signals;
use crate::io::source::InputName;
use crate::log::input::{Body, Bound, Input, Opening};
use crate::log::plan::Plan;
use crate::log::run::{Push, Pushing, Run};
use crate::resume::LogState;
use crate::ui::Ui;

/// Finds the logs, and keeps a state before anything is read of new ones: a rotated file of theirs is then known to the next run.
pub(super) fn announce(follower: &mut Follower, saved: &mut Saved, ui: &Ui) -> Result<()> {
    let repeated: Vec<_> = saved
        .repeated()
        .map(|(log, offset)| (log.to_owned(), offset))
        .collect();
    for (log, offset) in repeated {
        tell(&log, &Event::Repeating { offset }, ui);
    }
    let mut names = Names { saved, ui };
    follower.has_new_names();
    follower.expand(&mut names)?;
    if follower.prepare(&mut names)? {
        saved.commit(follower, ui);
    }
    Ok(())
}

/// Recalls logs.
struct Names<'n> {
    saved: &'n Saved,
    ui: &'n Ui,
}

impl Receive for Names<'_> {
    fn recall(&self, log: &Path) -> Option<LogState> {
        self.saved.recall(log)
    }

    fn take(&mut self, _: Units<'_>) -> Result<usize> {
        Ok(0)
    }

    fn event(&mut self, log: &Path, event: &Event) -> Result<()> {
        tell(log, event, self.ui);
        Ok(())
    }
}

/// What was read so far.
pub(super) struct Reading<'r> {
    saved: &'r mut Saved,
    opening: &'r Opening<'r>,
    plan: &'r Plan,
    ui: &'r Ui,
    /// The contents by their numbers; none for those that do not fit the query.
    contents: HashMap<u64, Option<Content>>,
    /// The files that they are in, by the numbers of inputs.
    names: Vec<InputName>,
    /// Why contents do not fit.
    unfit: Vec<Error>,
    bytes: u64,
}

#[derive(Clone)]
struct Content {
    bound: Arc<Bound>,
    /// How many bytes come before its first record.
    skip: u64,
}

impl<'r> Reading<'r> {
    pub(super) fn new(
        saved: &'r mut Saved,
        opening: &'r Opening<'r>,
        plan: &'r Plan,
        ui: &'r Ui,
    ) -> Reading<'r> {
        Reading {
            saved,
            opening,
            plan,
            ui,
            contents: HashMap::new(),
            names: Vec::new(),
            unfit: Vec::new(),
            bytes: 0,
        }
    }

    /// The files that were read, by the numbers of inputs.
    pub(super) fn into_names(self) -> Vec<InputName> {
        self.names
    }

    /// Reads everything that is new; false if there is nothing.
    ///
    /// # Errors
    /// If nothing could be read that fits the query, or a signal asks to stop before there is a result.
    pub(super) fn all(
        &mut self,
        run: &Run<'_>,
        follower: &mut Follower,
        is_large: bool,
        words: &[OsString],
    ) -> Result<bool> {
        let (mut pushing, mut on_all) = (Pushing::new(run, self.ui), is_large);
        loop {
            let turn = pushing.with(on_all, |push| {
                let mut receiver = Receiver {
                    reading: self,
                    push,
                };
                follower.turn(&mut receiver)
            })?;
            match turn {
                Turn::More => on_all = true,
                Turn::Idle => break,
                Turn::Stopped if self.plan.streams() => break,
                Turn::Stopped => {
                    let message = "interrupted: nothing was printed, and the state is as it was";
                    return Err(Error::input(message));
                }
            }
        }
        if signals::which().is_none() {
            check_missing(words, follower, self.ui)?;
        }
        let has_fit = self.contents.values().any(Option::is_some);
        for error in self.unfit.drain(..) {
            if !has_fit {
                return Err(error);
            }
            self.ui.missed_error(&error);
        }
        if self.bytes > 0 {
            self.saved.note_output();
        }
        Ok(self.bytes > 0)
    }

    /// What is known of the content of some units.
    fn content(&mut self, units: &mut Units<'_>) -> Option<Content> {
        if let Some(known) = self.contents.get(&units.number) {
            return known.clone();
        }
        let opened = self.open(units);
        let content = opened.map_err(|error| self.unfit.push(error)).ok();
        self.contents.insert(units.number, content.clone());
        content
    }

    fn open(&mut self, units: &mut Units<'_>) -> Result<Content> {
        let name = InputName::Path(units.file.to_owned());
        let index = self.names.len();
        self.names.push(name.clone());
        let mut read = |offset: u64, into: &mut [u8]| units.content.read_available(offset, into);
        let input = Input::elsewhere(name, index, self.opening, &mut read)?;
        input.check(self.plan)?;
        if input.framing.is_some() {
            let message = format!("{}: --state needs records of one line each", input.name);
            return Err(Error::input(message)
                .hint("jug follow --state prints what is new, which jug log reads"));
        }
        tell_of_format(&input, self.plan, self.ui);
        let skip = match input.body {
            Body::Elsewhere { skip } => skip,
            Body::Chunks(_) | Body::Blocks(_) => 0,
        };
        let mut bound = input.bound;
        // A rotated file is still a part of its log.
        bound.name = units.log.as_os_str().as_encoded_bytes().to_vec();
        Ok(Content {
            bound: Arc::new(bound),
            skip,
        })
    }
}

/// Takes lines during one turn.
struct Receiver<'t, 'r, 'p> {
    reading: &'t mut Reading<'r>,
    push: Push<'p>,
}

impl Receive for Receiver<'_, '_, '_> {
    fn recall(&self, log: &Path) -> Option<LogState> {
        self.reading.saved.recall(log)
    }

    fn take(&mut self, mut units: Units<'_>) -> Result<usize> {
        let reading = &mut *self.reading;
        let length = units.bytes.len();
        reading.bytes += length as u64;
        if reading.plan.streams() {
            // Rows come out from here on.
            reading.saved.note_output();
        }
        if let Some(content) = reading.content(&mut units) {
            let passed = content.skip.saturating_sub(units.offset);
            let passed = usize::try_from(passed).unwrap_or(usize::MAX).min(length);
            if passed < length {
                let offset = units.offset + passed as u64;
                (self.push)(&content.bound, &units.bytes[passed..], offset);
            }
        }
        Ok(length)
    }

    fn event(&mut self, log: &Path, event: &Event) -> Result<()> {
        tell(log, event, self.reading.ui);
        Ok(())
    }
}
