//! What a worker does with a directory: list it, judge each entry, record those that are wanted, find what to enter.

use std::io;
use std::mem;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use rustix::io::Errno;

use super::event::Event;
use super::node::{Leaving, Node, Part, Records, Work};
use super::plan::Order;
use super::recorder::Recorder;
use super::steps::{self, Step};
use super::worker::{Context, Worker};
use crate::dirs::handle::join;
use crate::dirs::{Directory, EntryError, FileType, Handle, Listing, Operation, Place, is_gone};
use crate::select::Rules;

/// How many entries are judged between two checks whether to stop.
const CHECK_EVERY: usize = 1024;

impl<'p, R: Recorder> Worker<'_, 'p, R> {
    /// Reads a directory; its records go to the stream or the batch. Gives the first of its subdirectories, with which this
    /// worker continues; the others go to the queue.
    pub(super) fn visit(&mut self, node: &Arc<Node>, work: &Work) -> Option<Arc<Node>> {
        let shared = self.shared;
        let is_ordered = shared.plan.order != Order::None;
        let mut records = if is_ordered {
            Records::with_buffer(self.spare.pop().unwrap_or_default())
        } else {
            mem::take(&mut self.batch)
        };
        let mut path = mem::take(&mut self.path);
        let mut listing = mem::take(&mut self.listing);
        self.read(work, &mut path, &mut listing, &mut records);
        shared.advanced(listing.len());
        self.path = path;
        self.listing = listing;
        let mut children = records.children.iter().map(|(_, child)| child);
        let mine = if shared.is_crowded() {
            None
        } else {
            children.next().cloned()
        };
        if children.len() > 0 {
            shared.queue.add(children.cloned());
        }
        if is_ordered {
            shared.finish(node, records, &mut self.spare);
        } else {
            records.children.clear();
            self.batch = records;
        }
        mine
    }

    fn read(
        &mut self,
        work: &Work,
        path: &mut Vec<u8>,
        listing: &mut Listing,
        records: &mut Records,
    ) {
        let plan = self.shared.plan;
        let records_before = records.count;
        if let Some(own) = work.own {
            records.add(own);
        }
        listing.clear();
        let Some(handle) = &work.handle else {
            plan.roots
                .iter()
                .for_each(|root| listing.push(root, FileType::Unknown));
            let context = Context {
                directory: &Directory::working(plan.engine),
                handle: None,
                work,
                rules: None,
                records,
                records_before,
            };
            path.clear();
            self.judge_all(context, path, listing, 0..listing.len());
            return;
        };
        handle.write_path(path);
        if let Some(part) = &work.part {
            let context = Context {
                directory: &part.directory,
                handle: Some(handle),
                work,
                rules: work.rules.as_ref(),
                records,
                records_before,
            };
            return self.judge_all(context, path, &part.listing, part.range.clone());
        }
        if plan.events.enter {
            self.recorder
                .event(&Event::Enter { path }, &mut records.bytes);
            self.shared.end_record(records);
        }
        let directory = match Directory::open(handle, plan.engine) {
            Ok(directory) => directory,
            Err(error) => {
                self.unreadable(path, handle, Operation::Open, &error, records);
                return self.leave(path, handle.depth(), records);
            }
        };
        self.shared.directories.fetch_add(1, Relaxed);
        if let Err(error) = directory.list(path, &mut self.buffer, listing) {
            self.unreadable(path, handle, Operation::Read, &error, records);
        }
        if plan.order != Order::None {
            listing.sort();
        }
        let rules = work.rules.as_ref();
        let rules = rules.map(|rules| self.rules_in(rules, path, work.root, listing));
        if self.shared.splits && listing.len() > self.shared.part {
            let listing = mem::take(listing);
            self.split(work, directory, listing, rules.as_ref(), records);
        } else {
            let context = Context {
                directory: &directory,
                handle: Some(handle),
                work,
                rules: rules.as_ref(),
                records,
                records_before,
            };
            self.judge_all(context, path, listing, 0..listing.len());
        }
        self.leave(path, handle.depth(), records);
    }

    /// Divides a directory into parts, which are queued like subdirectories.
    fn split(
        &self,
        work: &Work,
        directory: Directory,
        listing: Listing,
        rules: Option<&Arc<Rules>>,
        records: &mut Records,
    ) {
        let (directory, listing) = (Arc::new(directory), Arc::new(listing));
        let at = records.bytes.len();
        let length = self.shared.part;
        for start in (0..listing.len()).step_by(length) {
            let part = Part {
                directory: Arc::clone(&directory),
                listing: Arc::clone(&listing),
                range: start..listing.len().min(start + length),
            };
            let node = Node::new(Work {
                handle: work.handle.clone(),
                root: work.root,
                rules: rules.cloned(),
                file_system: work.file_system,
                own: None,
                part: Some(part),
            });
            records.children.push((at, node));
        }
    }

    /// The ignore rules for the entries of a directory.
    fn rules_in(
        &self,
        rules: &Arc<Rules>,
        path: &[u8],
        root: usize,
        listing: &Listing,
    ) -> Arc<Rules> {
        let root = &self.shared.plan.roots[root];
        let below = path.get(below_root(root)..).unwrap_or_default();
        let mut problems = Vec::new();
        let rules = rules.enter(path, below, listing, &mut problems);
        self.shared.warn(&problems);
        rules
    }

    /// Records that a directory could not be read, or not to its end.
    fn unreadable(
        &mut self,
        path: &[u8],
        handle: &Handle,
        operation: Operation,
        error: &io::Error,
        records: &mut Records,
    ) {
        // Removed, or replaced by a link, since its parent was listed.
        let is_link = error.raw_os_error() == Some(Errno::LOOP.raw_os_error());
        if (is_gone(error) || is_link) && handle.depth() > 0 {
            self.shared.vanished.fetch_add(1, Relaxed);
            return;
        }
        let error = EntryError::new(path, operation, error);
        self.record_errors(std::slice::from_ref(&error), records);
        records.leaving = Some(Leaving {
            path: Vec::new(),
            error: Some(error.clone()),
        });
        records.errors.push(error);
    }

    pub(super) fn record_errors(&mut self, errors: &[EntryError], records: &mut Records) {
        if self.shared.plan.events.error {
            for error in errors {
                self.recorder
                    .event(&Event::Error(error), &mut records.bytes);
                self.shared.end_record(records);
            }
        }
    }

    /// Prepares the record for leaving the directory, if there is to be one.
    fn leave(&mut self, path: &[u8], depth: u32, records: &mut Records) {
        let plan = self.shared.plan;
        let has_sums = plan.cumulative.is_some_and(|sums| depth <= sums.depth);
        if !plan.nests && !plan.events.leave && !has_sums {
            records.leaving = None;
            return;
        }
        let leaving = records.leaving.get_or_insert_default();
        if plan.events.leave || has_sums {
            leaving.path = path.to_vec();
        }
    }

    /// Judges some entries of a directory, and prepares those that are to be entered.
    fn judge_all(
        &mut self,
        mut context: Context<'_>,
        path: &mut Vec<u8>,
        listing: &Listing,
        range: Range<usize>,
    ) {
        let mut steps = mem::take(&mut self.steps);
        // The length of the names in the range, on average: parts have about the same size in bytes.
        let names = listing.bytes() * range.len() / listing.len().max(1);
        let count = range.len();
        let is_roots = context.handle.is_none();
        steps::plan(self.shared.plan, listing, range, is_roots, &mut steps);
        let prefix = path.len();
        let children_before = context.records.children.len();
        // The size of the paths; other records are longer and let the buffer grow.
        let paths = names + count * (prefix + 2);
        context.records.bytes.reserve(paths);
        let mut below: Vec<(usize, Arc<Node>)> = Vec::new();
        let limit = self.shared.plan.limit.unwrap_or(u64::MAX);
        for (count, step) in steps.iter().enumerate() {
            if count % CHECK_EVERY == CHECK_EVERY - 1 && self.shared.is_stopping() {
                break;
            }
            // Whatever comes before this directory, no more of its records than this are within the limit.
            if context.records.count - context.records_before >= limit {
                break;
            }
            match *step {
                Step::Record(index) => {
                    let (name, file_type) = listing.get(index);
                    path.truncate(prefix);
                    join(path, name);
                    let place = self.place(&context, path, name);
                    if let Some(child) = self.judge(&mut context, index, place, file_type) {
                        if self.shared.plan.order == Order::Path {
                            below.push((index, child));
                        } else {
                            let at = context.records.bytes.len();
                            context.records.children.push((at, child));
                        }
                    }
                }
                Step::Below(index) => {
                    if let Ok(found) = below.binary_search_by_key(&index, |(index, _)| *index) {
                        let at = context.records.bytes.len();
                        let child = Arc::clone(&below[found].1);
                        context.records.children.push((at, child));
                    }
                }
            }
        }
        path.truncate(prefix);
        self.steps = steps;
        if let Some(handle) = context.handle {
            let subdirectories = context.records.children.len() - children_before;
            let subdirectories = u32::try_from(subdirectories).unwrap_or(u32::MAX);
            let budget = &self.shared.plan.descriptors;
            context.directory.keep(handle, subdirectories, budget);
        }
    }

    fn place<'a>(&self, context: &Context<'_>, path: &'a [u8], name: &[u8]) -> Place<'a>
    where
        'p: 'a,
    {
        let Some(handle) = context.handle else {
            return Place::root(path);
        };
        let root: &'a [u8] = &self.shared.plan.roots[context.work.root];
        Place {
            path,
            name: (path.len() - name.len(), path.len()),
            below: below_root(root),
            root,
            depth: handle.depth() + 1,
        }
    }
}

/// Where the part below the root begins in a path.
fn below_root(root: &[u8]) -> usize {
    root.len() + usize::from(!root.ends_with(b"/"))
}
