//! One entry: whether it is recorded, and whether it is entered.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use super::cumulative::Share;
use super::event::Event;
use super::field::Needs;
use super::node::{Leaving, Node, Records, Work};
use super::plan::Follow;
use super::recorder::Recorder;
use super::worker::{Context, Worker};
use crate::dirs::{Entry, FileSystem, FileType, Handle, Place};

/// Whether a directory is entered, and what was found on the way.
#[derive(Debug, Default)]
struct Entering {
    is_entered: bool,
    /// The file system that it is on, if that was asked for.
    file_system: Option<FileSystem>,
    /// Set if another file system begins here: its kind, if known.
    mount: Option<Option<String>>,
    /// The path by which it was entered before.
    first: Option<Vec<u8>>,
}

impl<R: Recorder> Worker<'_, '_, R> {
    /// Judges an entry and records it if it is wanted. Gives the directory to enter, if it is one.
    pub(super) fn judge(
        &mut self,
        context: &mut Context<'_>,
        index: usize,
        place: Place<'_>,
        listed: FileType,
    ) -> Option<Arc<Node>> {
        let plan = self.shared.plan;
        let is_root = context.handle.is_none();
        let follows = match plan.follow {
            Follow::Never => false,
            Follow::Roots => is_root,
            Follow::Always => true,
        };
        let errors_before = context.records.errors.len();
        let errors = &mut context.records.errors;
        let mut entry = Entry::new(place, listed, context.directory, errors);
        let exists = entry.find_type(follows);
        let is_directory = entry.file_type == FileType::Directory;
        let is_own = plan
            .own_file
            .as_ref()
            .is_some_and(|own| own == place.name());
        if !exists
            || is_own
            || plan.pruning.excludes(
                place.name(),
                place.path,
                place.below(),
                is_directory,
                context.rules.map(AsRef::as_ref),
            )
            || (plan.is_without_caches && place.depth > 0 && entry.is_cache_directory())
        {
            let has_vanished = entry.has_vanished();
            return self.pass_over(context, errors_before, has_vanished);
        }
        let mut is_wanted = plan.selection.is_all() || plan.selection.selects(&mut entry);
        let may_be_entered = is_directory && place.depth < plan.depth;
        let is_nesting = plan.nests && is_directory;
        if is_wanted || is_nesting {
            self.ask(&mut entry, self.shared.condition_needs);
        }
        if is_wanted && !plan.conditions.is_empty() {
            is_wanted = false;
            for condition in &plan.conditions {
                match condition.holds(&entry, &mut self.owners) {
                    Ok(holds) => is_wanted |= holds,
                    Err(bad) => self.shared.report_undecided(place.path, &bad.reason),
                }
            }
        }
        if is_wanted || is_nesting {
            self.ask(&mut entry, self.shared.needs);
        }
        let entering =
            if may_be_entered && !plan.pruning.prunes(place.name(), place.path, place.below()) {
                self.enter(context.work, &mut entry)
            } else {
                Entering::default()
            };
        if entry.has_vanished() {
            return self.pass_over(context, errors_before, true);
        }
        let share = plan.cumulative.as_ref().filter(|_| is_wanted);
        let share = share.map(|cumulative| Share::of(&entry, cumulative));
        if plan.cumulative.is_none() && (is_wanted || is_nesting) {
            let is_first = context.records.count == context.records_before;
            let bytes = &mut context.records.bytes;
            self.recorder
                .entry(&entry, entering.is_entered, is_first, bytes);
            let sums = &mut context.records.sums;
            match is_directory {
                true => sums.dirs += 1,
                false => sums.files += 1,
            }
            if let Some(stat) = entry.known_stat() {
                sums.size += u128::from(stat.size);
                sums.allocated += u128::from(stat.allocated);
            }
            self.shared.end_record(context.records);
        }
        self.record_events(context, place, &entering, errors_before);
        if entering.is_entered {
            let file_system = entering.file_system;
            let follows = follows && matches!(listed, FileType::Symlink | FileType::Unknown);
            let child = self.child(context, index, place, follows, file_system, share);
            return Some(child);
        }
        // As by du -x, what is on another file system is not counted.
        let share = share.filter(|_| entering.mount.is_none())?;
        if !is_root {
            context.records.add(share);
            return None;
        }
        let mut records = Records {
            leaving: Some(Leaving {
                path: place.path.to_vec(),
                error: None,
            }),
            ..Records::default()
        };
        records.add(share);
        Some(Node::finished(records))
    }

    /// Asks for what records and conditions need.
    fn ask(&self, entry: &mut Entry<'_>, needs: Needs) {
        if needs.stat {
            entry.stat();
        }
        if needs.target {
            entry.target();
        }
        if needs.content.any() {
            entry.read_content(needs.content, &|| self.shared.is_stopping());
        }
    }

    /// Decides whether a directory is entered, as far as file systems and links matter.
    fn enter(&self, work: &Work, entry: &mut Entry<'_>) -> Entering {
        let shared = self.shared;
        let mut entering = Entering {
            is_entered: true,
            ..Entering::default()
        };
        if !shared.checks_mounts && !shared.checks_repeats {
            return entering;
        }
        let path = entry.place.path;
        let is_root = entry.place.depth == 0;
        let Some(stat) = entry.stat() else {
            return entering;
        };
        if shared.checks_mounts {
            let file_systems = &shared.plan.file_systems;
            let crossing = file_systems.cross(work.file_system, stat, is_root);
            entering.is_entered = crossing.is_entered;
            entering.file_system = Some(crossing.file_system);
            entering.mount = crossing.mount;
        }
        if entering.is_entered && shared.checks_repeats {
            entering.first = shared.visited.enter(stat, path);
            entering.is_entered = entering.first.is_none();
        }
        entering
    }

    /// Records the events that are wanted.
    fn record_events(
        &mut self,
        context: &mut Context<'_>,
        place: Place<'_>,
        entering: &Entering,
        errors_before: usize,
    ) {
        let events = self.shared.plan.events;
        if let Some(first) = &entering.first {
            if events.repeat {
                let event = Event::Repeat {
                    path: place.path,
                    first,
                };
                self.recorder.event(&event, &mut context.records.bytes);
                self.shared.end_record(context.records);
            }
            let (path, first) = (
                String::from_utf8_lossy(place.path),
                String::from_utf8_lossy(first),
            );
            let repeat = format!("{path}: already visited as {first}; not entered again");
            context.records.repeats.push(repeat);
        }
        if let Some(kind) = &entering.mount
            && events.mount
        {
            let event = Event::Mount {
                path: place.path,
                kind: kind.as_deref(),
                entered: entering.is_entered,
            };
            self.recorder.event(&event, &mut context.records.bytes);
            self.shared.end_record(context.records);
        }
        self.record_new_errors(context, errors_before);
    }

    fn record_new_errors(&mut self, context: &mut Context<'_>, before: usize) {
        if context.records.errors.len() > before {
            let errors = context.records.errors[before..].to_vec();
            self.record_errors(&errors, context.records);
        }
    }

    /// Passes over an entry that is not recorded; its errors are.
    fn pass_over(
        &mut self,
        context: &mut Context<'_>,
        errors_before: usize,
        has_vanished: bool,
    ) -> Option<Arc<Node>> {
        if has_vanished {
            self.shared.vanished.fetch_add(1, Relaxed);
        }
        self.record_new_errors(context, errors_before);
        None
    }

    fn child(
        &self,
        context: &Context<'_>,
        index: usize,
        place: Place<'_>,
        follows: bool,
        file_system: Option<FileSystem>,
        own: Option<Share>,
    ) -> Arc<Node> {
        let (handle, root, rules) = match context.handle {
            Some(parent) => (
                parent.child(place.name(), follows),
                context.work.root,
                context.rules.cloned(),
            ),
            None => {
                // The system follows a link that has a slash after it.
                let handle = Handle::root(place.path, follows || place.path.ends_with(b"/"));
                (handle, index, self.shared.rules_at(place.path))
            }
        };
        Node::new(Work {
            handle: Some(handle),
            root,
            rules,
            file_system,
            own,
            part: None,
        })
    }
}
