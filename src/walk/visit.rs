//! What a worker does with a directory: list it, judge each entry, record what comes out, find what to enter.

use std::io;
use std::mem;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Instant;

use rustix::io::Errno;

use super::entry::Place;
use super::event::Event;
use super::fault::{Fault, Operation, is_gone};
use super::node::{Leaving, Node, Part, Product, Work};
use super::run::Shared;
use super::steps::{self, Step};
use super::{Order, Recorder};
use crate::dirs::handle::join;
use crate::dirs::owners::Owners;
use crate::dirs::{Directory, FileType, Handle, Listing};
use crate::select::Rules;

/// How many entries are judged between two questions whether to go on.
const BREATH: usize = 1024;

/// How many entries of a directory one worker asks about, if there are more and others may help.
pub(super) const PART: usize = 2048;

/// A worker: its recorder, and memory that it uses again for each directory.
pub(super) struct Worker<'s, 'p, R> {
    pub(super) shared: &'s Shared<'p, R>,
    pub(super) recorder: R,
    pub(super) owners: Owners,
    listing: Listing,
    buffer: Vec<u8>,
    path: Vec<u8>,
    steps: Vec<Step>,
    /// Buffers of directories that have been put out. They are used again by whoever put them out: what one thread
    /// allocates and another frees makes both wait for the allocator.
    spare: Vec<Vec<u8>>,
    /// Without an order: records that have not been put out yet.
    pub(super) carried: Product,
    /// When they last were.
    pub(super) put_out_at: Instant,
}

/// A directory as its entries are judged.
pub(super) struct Context<'a> {
    pub(super) directory: &'a Directory,
    /// None for the list of roots.
    pub(super) handle: Option<&'a Arc<Handle>>,
    pub(super) work: &'a Work,
    /// The ignore rules in force in it.
    pub(super) rules: Option<&'a Arc<Rules>>,
    pub(super) product: &'a mut Product,
    /// How many records there were before its own.
    pub(super) records_before: u64,
}

impl<'s, 'p, R: Recorder> Worker<'s, 'p, R> {
    pub(super) fn new(shared: &'s Shared<'p, R>, recorder: R) -> Worker<'s, 'p, R> {
        Worker {
            shared,
            recorder,
            owners: Owners::default(),
            listing: Listing::default(),
            buffer: Vec::new(),
            path: Vec::new(),
            steps: Vec::new(),
            spare: Vec::new(),
            carried: Product::default(),
            put_out_at: Instant::now(),
        }
    }

    /// Reads a directory. What came of it goes where the order says. Gives the first of its subdirectories, for this worker
    /// to go on with; others may take the rest.
    pub(super) fn visit(&mut self, node: &Arc<Node>, work: &Work) -> Option<Arc<Node>> {
        let shared = self.shared;
        let is_ordered = shared.plan.order != Order::None;
        let mut product = if is_ordered {
            Product::with_buffer(self.spare.pop().unwrap_or_default())
        } else {
            mem::take(&mut self.carried)
        };
        let mut path = mem::take(&mut self.path);
        let mut listing = mem::take(&mut self.listing);
        self.read(work, &mut path, &mut listing, &mut product);
        shared.advanced(listing.len());
        self.path = path;
        self.listing = listing;
        let mut children = product.children.iter().map(|(_, child)| child);
        let mine = if shared.is_crowded() {
            None
        } else {
            children.next().cloned()
        };
        if children.len() > 0 {
            shared.queue.add(children.cloned());
        }
        if is_ordered {
            shared.finish(node, product, &mut self.spare);
        } else {
            product.children.clear();
            self.carried = product;
        }
        mine
    }

    fn read(
        &mut self,
        work: &Work,
        path: &mut Vec<u8>,
        listing: &mut Listing,
        product: &mut Product,
    ) {
        let plan = self.shared.plan;
        let records_before = product.records;
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
                product,
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
                product,
                records_before,
            };
            return self.judge_all(context, path, &part.listing, part.range.clone());
        }
        if plan.events.enter {
            self.recorder
                .event(&Event::Enter { path }, &mut product.bytes);
            self.shared.end_record(product);
        }
        let directory = match Directory::open(handle, plan.engine) {
            Ok(directory) => directory,
            Err(error) => {
                self.unreadable(path, handle, Operation::Open, &error, product);
                return self.leave(path, product);
            }
        };
        self.shared.directories.fetch_add(1, Relaxed);
        if let Err(error) = directory.list(path, &mut self.buffer, listing) {
            self.unreadable(path, handle, Operation::Read, &error, product);
        }
        if plan.order != Order::None {
            listing.sort();
        }
        let rules = work.rules.as_ref();
        let rules = rules.map(|rules| self.rules_in(rules, path, work.root, listing));
        if self.shared.splits && listing.len() > PART {
            let listing = mem::take(listing);
            self.split(work, directory, listing, rules.as_ref(), product);
        } else {
            let context = Context {
                directory: &directory,
                handle: Some(handle),
                work,
                rules: rules.as_ref(),
                product,
                records_before,
            };
            self.judge_all(context, path, listing, 0..listing.len());
        }
        self.leave(path, product);
    }

    /// Makes parts of a directory, as if they were its first subdirectories.
    fn split(
        &self,
        work: &Work,
        directory: Directory,
        listing: Listing,
        rules: Option<&Arc<Rules>>,
        product: &mut Product,
    ) {
        let (directory, listing) = (Arc::new(directory), Arc::new(listing));
        let at = product.bytes.len();
        for start in (0..listing.len()).step_by(PART) {
            let part = Part {
                directory: Arc::clone(&directory),
                listing: Arc::clone(&listing),
                range: start..listing.len().min(start + PART),
            };
            let node = Node::new(Work {
                handle: work.handle.clone(),
                root: work.root,
                rules: rules.cloned(),
                file_system: work.file_system,
                part: Some(part),
            });
            product.children.push((at, node));
        }
    }

    /// The ignore rules for what is in a directory.
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

    /// Notes that a directory could not be read, or not to its end.
    fn unreadable(
        &mut self,
        path: &[u8],
        handle: &Handle,
        operation: Operation,
        error: &io::Error,
        product: &mut Product,
    ) {
        // Gone, or a link in its place, since its parent was listed.
        let is_link = error.raw_os_error() == Some(Errno::LOOP.raw_os_error());
        if (is_gone(error) || is_link) && handle.depth() > 0 {
            self.shared.vanished.fetch_add(1, Relaxed);
            return;
        }
        let fault = Fault::new(path, operation, error);
        self.record_faults(std::slice::from_ref(&fault), product);
        product.leaving = Some(Leaving {
            path: Vec::new(),
            fault: Some(fault.clone()),
        });
        product.faults.push(fault);
    }

    pub(super) fn record_faults(&mut self, faults: &[Fault], product: &mut Product) {
        if self.shared.plan.events.error {
            for fault in faults {
                self.recorder
                    .event(&Event::Error(fault), &mut product.bytes);
                self.shared.end_record(product);
            }
        }
    }

    /// Sees to it that something is said when the directory is left, if something is to be.
    fn leave(&mut self, path: &[u8], product: &mut Product) {
        let plan = self.shared.plan;
        if !plan.nests && !plan.events.leave {
            product.leaving = None;
            return;
        }
        let leaving = product.leaving.get_or_insert_default();
        if plan.events.leave {
            leaving.path = path.to_vec();
        }
    }

    /// Judges some of the entries of a directory, and sees to it that those which are to be entered can be.
    fn judge_all(
        &mut self,
        mut context: Context<'_>,
        path: &mut Vec<u8>,
        listing: &Listing,
        range: Range<usize>,
    ) {
        let mut steps = mem::take(&mut self.steps);
        // Just this many names: parts are of about the same size, in bytes too.
        let names = listing.bytes() * range.len() / listing.len().max(1);
        let records = range.len();
        let is_roots = context.handle.is_none();
        steps::plan(self.shared.plan, listing, range, is_roots, &mut steps);
        let prefix = path.len();
        let children_before = context.product.children.len();
        // As much as paths take: other records take more, and let it grow.
        let paths = names + records * (prefix + 2);
        context.product.bytes.reserve(paths);
        let mut below: Vec<(usize, Arc<Node>)> = Vec::new();
        let limit = self.shared.plan.limit.unwrap_or(u64::MAX);
        for (count, step) in steps.iter().enumerate() {
            if count % BREATH == BREATH - 1 && self.shared.is_stopping() {
                break;
            }
            // Whatever comes out before this directory, what comes after so many records does not.
            if context.product.records - context.records_before >= limit {
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
                            let at = context.product.bytes.len();
                            context.product.children.push((at, child));
                        }
                    }
                }
                Step::Below(index) => {
                    if let Ok(found) = below.binary_search_by_key(&index, |(index, _)| *index) {
                        let at = context.product.bytes.len();
                        let child = Arc::clone(&below[found].1);
                        context.product.children.push((at, child));
                    }
                }
            }
        }
        path.truncate(prefix);
        self.steps = steps;
        if let Some(handle) = context.handle {
            let subdirectories = context.product.children.len() - children_before;
            let subdirectories = u32::try_from(subdirectories).unwrap_or(u32::MAX);
            context.directory.keep(handle, subdirectories);
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

/// Where in a path what is below its root begins.
fn below_root(root: &[u8]) -> usize {
    root.len() + usize::from(!root.ends_with(b"/"))
}
