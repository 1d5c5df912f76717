//! One entry: whether it comes out, and whether it is entered.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use super::entry::{Asked, Entry, Place};
use super::event::Event;
use super::node::{Node, Work};
use super::visit::{Context, Worker};
use super::{Follow, Recorder};
use crate::dirs::mounts::is_meant;
use crate::dirs::{FileType, Handle, Stat};

/// What becomes of a directory.
#[derive(Debug, Default)]
struct Entering {
    /// Whether it is entered.
    is_wanted: bool,
    /// The file system that it is on, if that was asked for.
    file_system: Option<u64>,
    /// Another file system begins here, of this kind if that is known.
    mount: Option<Option<String>>,
    /// It has been entered already, by this path.
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
        let faults_before = context.product.faults.len();
        let mut entry = Entry {
            place,
            file_type: listed,
            is_link: listed == FileType::Symlink,
            follows: false,
            directory: context.directory,
            stat: Asked::NotYet,
            target: Asked::NotYet,
            faults: &mut context.product.faults,
            has_vanished: false,
        };
        let is_there = self.find_type(&mut entry, listed, follows);
        let is_directory = entry.file_type == FileType::Directory;
        let is_own = plan
            .own_file
            .as_ref()
            .is_some_and(|own| own == place.name());
        if !is_there
            || is_own
            || plan.pruning.excludes(
                place.name(),
                place.path,
                place.below(),
                is_directory,
                context.rules.map(AsRef::as_ref),
            )
        {
            let has_vanished = entry.has_vanished;
            return self.pass(context, faults_before, has_vanished);
        }
        let mut is_wanted = plan.selection.is_all() || plan.selection.selects(&mut entry);
        let may_be_entered = is_directory && place.depth < plan.depth;
        let is_nesting = plan.nests && is_directory;
        if is_wanted || is_nesting {
            self.ask(&mut entry);
        }
        if is_wanted && let Some(condition) = &plan.condition {
            match condition.holds(&entry, &mut self.owners) {
                Ok(holds) => is_wanted = holds,
                Err(bad) => {
                    is_wanted = false;
                    self.shared.odd(place.path, &bad.reason);
                }
            }
        }
        let entering =
            if may_be_entered && !plan.pruning.prunes(place.name(), place.path, place.below()) {
                self.enter(context.work, &mut entry)
            } else {
                Entering::default()
            };
        if entry.has_vanished {
            return self.pass(context, faults_before, true);
        }
        if is_wanted || is_nesting {
            let is_first = context.product.records == context.records_before;
            let bytes = &mut context.product.bytes;
            self.recorder
                .entry(&entry, entering.is_wanted, is_first, bytes);
            let sums = &mut context.product.sums;
            match is_directory {
                true => sums.dirs += 1,
                false => sums.files += 1,
            }
            if let Some(stat) = entry.known_stat() {
                sums.size += u128::from(stat.size);
                sums.allocated += u128::from(stat.allocated);
            }
            self.shared.end_record(context.product);
        }
        self.tell(context, place, &entering, faults_before);
        entering
            .is_wanted
            .then(|| self.child(context, index, place, listed, follows, entering.file_system))
    }

    /// Finds out what sort of thing it is, where the directory does not say or a link is to be followed. False if it is not
    /// there.
    fn find_type(&mut self, entry: &mut Entry<'_>, listed: FileType, follows: bool) -> bool {
        if listed == FileType::Unknown {
            let found = entry.ask_stat().is_some();
            entry.is_link = entry.file_type == FileType::Symlink;
            // Of a root that is not there nothing is recorded; of another entry at least the name is known.
            if entry.has_vanished || (!found && entry.place.depth == 0) {
                return false;
            }
        }
        if entry.is_link && follows {
            entry.follows = true;
            entry.stat = Asked::NotYet;
            entry.ask_stat();
        }
        !entry.has_vanished
    }

    /// Asks what records and conditions need.
    fn ask(&self, entry: &mut Entry<'_>) {
        let needs = self.shared.needs;
        if needs.stat {
            entry.ask_stat();
        }
        if needs.target {
            entry.ask_target();
        }
    }

    /// Whether a directory is entered, as far as file systems and links go.
    fn enter(&self, work: &Work, entry: &mut Entry<'_>) -> Entering {
        let shared = self.shared;
        let mut entering = Entering {
            is_wanted: true,
            ..Entering::default()
        };
        if !shared.watches_mounts && !shared.watches_repeats {
            return entering;
        }
        let path = entry.place.path;
        let is_root = entry.place.depth == 0;
        let Some(stat) = entry.ask_stat() else {
            return entering;
        };
        if shared.watches_mounts {
            self.cross(work, stat, is_root, &mut entering);
        }
        if entering.is_wanted && shared.watches_repeats {
            entering.first = shared.met_before(stat.id(), path);
            entering.is_wanted = entering.first.is_none();
        }
        entering
    }

    /// Whether a directory on another file system than its parent is entered.
    fn cross(&self, work: &Work, stat: &Stat, is_root: bool, entering: &mut Entering) {
        let plan = self.shared.plan;
        let file_system = stat.file_system();
        entering.file_system = Some(file_system);
        if work.file_system == Some(file_system) {
            return;
        }
        let kind = self.shared.mounts().kind(stat);
        let is_skipped = |word: &String| kind.is_some_and(|kind| is_meant(kind, word));
        entering.is_wanted =
            (!plan.one_file_system || is_root) && !plan.skipped_file_systems.iter().any(is_skipped);
        if !is_root {
            entering.mount = Some(kind.map(str::to_owned));
        }
    }

    /// Puts what happened into the stream, as far as that is wanted.
    fn tell(
        &mut self,
        context: &mut Context<'_>,
        place: Place<'_>,
        entering: &Entering,
        faults_before: usize,
    ) {
        let events = self.shared.plan.events;
        if let Some(first) = &entering.first {
            if events.repeat {
                let event = Event::Repeat {
                    path: place.path,
                    first,
                };
                self.recorder.event(&event, &mut context.product.bytes);
                self.shared.end_record(context.product);
            }
            let (path, first) = (
                String::from_utf8_lossy(place.path),
                String::from_utf8_lossy(first),
            );
            let repeat = format!("{path}: the same as {first}: entered already");
            context.product.repeats.push(repeat);
        }
        if let Some(kind) = &entering.mount
            && events.mount
        {
            let event = Event::Mount {
                path: place.path,
                kind: kind.as_deref(),
                entered: entering.is_wanted,
            };
            self.recorder.event(&event, &mut context.product.bytes);
            self.shared.end_record(context.product);
        }
        self.record_new_faults(context, faults_before);
    }

    fn record_new_faults(&mut self, context: &mut Context<'_>, before: usize) {
        if context.product.faults.len() > before {
            let faults = context.product.faults[before..].to_vec();
            self.record_faults(&faults, context.product);
        }
    }

    /// An entry that does not come out; it may have faults all the same.
    fn pass(
        &mut self,
        context: &mut Context<'_>,
        faults_before: usize,
        has_vanished: bool,
    ) -> Option<Arc<Node>> {
        if has_vanished {
            self.shared.vanished.fetch_add(1, Relaxed);
        }
        self.record_new_faults(context, faults_before);
        None
    }

    fn child(
        &self,
        context: &Context<'_>,
        index: usize,
        place: Place<'_>,
        listed: FileType,
        follows: bool,
        file_system: Option<u64>,
    ) -> Arc<Node> {
        let follows = follows && (listed == FileType::Symlink || listed == FileType::Unknown);
        let (handle, root, rules) = match context.handle {
            Some(parent) => (
                parent.child(place.name(), follows),
                context.work.root,
                context.rules.cloned(),
            ),
            None => {
                // A root with a slash behind it is what the link leads to: the system sees to that.
                let handle = Handle::root(place.path, follows || place.path.ends_with(b"/"));
                (handle, index, self.shared.rules_of(place.path))
            }
        };
        Node::new(Work {
            handle: Some(handle),
            root,
            rules,
            file_system,
            part: None,
        })
    }
}
