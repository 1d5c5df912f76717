//! The scanner of each worker, and the merged results of all.

use std::mem;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

use crate::group::Groups;
use crate::log::options::Options;
use crate::log::partial::{Partial, Unmergeable};
use crate::log::plan::Plan;
use crate::log::scan::Scanner;

/// How many groups the scanners of all workers hold together before they merge them into the common ones, at least.
const OWN_GROUPS: usize = 1 << 18;

/// Beyond [`OWN_GROUPS`], the scanners hold as many groups together as this part of the common ones.
const OWN_SHARE: usize = 4;

/// The workers' scanners.
///
/// Each worker fills a table of its own, without locks. With many groups, most keys would be stored once for each worker, so a
/// worker whose table has become large merges it into a common one and starts again.
pub(super) struct Workers {
    plan: Arc<Plan>,
    options: Options,
    /// Empty: all tables of groups are siblings of this one, so that they can be merged.
    model: Groups,
    scanners: Vec<WorkerScanner>,
    common: Mutex<Common>,
    /// [`OWN_GROUPS`], except in tests.
    pub(super) own_groups: usize,
    /// How many groups a scanner may hold.
    pub(super) most_groups: AtomicUsize,
}

/// The results that workers have merged so far.
#[derive(Default)]
struct Common {
    found: Option<Partial>,
    /// Why merging failed, if it did.
    error: Option<Unmergeable>,
}

/// A scanner, made by its worker when it is first needed.
///
/// Workers write to their scanner for every line. If two of them wrote to the same cache line, each would wait for the other
/// all the time: that cost up to a third of the speed. So they do not share one (processors fetch them in pairs, hence twice
/// 64 bytes), nor does what scanners have on the heap, since allocators keep threads apart.
#[repr(align(128))]
#[derive(Default)]
struct WorkerScanner(Mutex<Option<Scanner>>);

impl Workers {
    /// One worker for each thread, without results.
    pub(super) fn new(plan: Arc<Plan>, options: Options) -> Workers {
        let threads = options.threads.max(1);
        Workers {
            plan,
            options,
            model: Groups::default(),
            scanners: (0..threads).map(|_| WorkerScanner::default()).collect(),
            common: Mutex::default(),
            own_groups: OWN_GROUPS,
            // A single worker stores each key only once anyway.
            most_groups: AtomicUsize::new(match threads {
                1 => usize::MAX,
                _ => OWN_GROUPS / threads,
            }),
        }
    }

    /// Other workers, whose results can be merged with these.
    pub(super) fn sibling(&self) -> Workers {
        Workers {
            model: self.model.sibling(),
            ..Workers::new(Arc::clone(&self.plan), self.options)
        }
    }

    /// Lends the scanner of the worker that this is called on.
    pub(super) fn with_scanner<T>(&self, work: impl FnOnce(&mut Scanner) -> T) -> T {
        let worker = rayon::current_thread_index().unwrap_or(0) % self.scanners.len();
        // Only a snapshot asks for another worker's scanner, so the lock hardly ever waits.
        let mut scanner = self.scanners[worker]
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let scanner = scanner.get_or_insert_with(|| {
            Scanner::new(Arc::clone(&self.plan), self.nothing(), self.options)
        });
        let result = work(scanner);
        if scanner.partial.group_count() > self.most_groups.load(Relaxed) {
            self.hand_over(&mut scanner.partial);
        }
        result
    }

    /// Merges what a scanner found into the common results, unless another thread is busy with them: its table grows then
    /// until the next try.
    ///
    /// Never waits: a snapshot locks the common results first and then the scanner that this is called for.
    fn hand_over(&self, partial: &mut Partial) {
        let mut common = match self.common.try_lock() {
            Ok(common) => common,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return,
        };
        if common.error.is_some() {
            return;
        }
        let found = mem::replace(partial, self.nothing());
        let Some(all) = &mut common.found else {
            common.found = Some(found);
            return;
        };
        if let Err(error) = all.merge(found) {
            common.error = Some(error);
            return;
        }
        let own = self.own_groups.max(all.group_count() / OWN_SHARE);
        self.most_groups.store(own / self.scanners.len(), Relaxed);
    }

    fn common(&self) -> MutexGuard<'_, Common> {
        self.common.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds the results of other workers.
    pub(super) fn absorb(&self, results: Partial) -> Result<(), Unmergeable> {
        self.with_scanner(|scanner| scanner.partial.merge(results))
    }

    /// How many groups they have found so far; those that several have found count for each.
    pub(super) fn group_count(&self) -> usize {
        let common = self.common();
        let in_common = common.found.as_ref().map_or(0, Partial::group_count);
        let counts = self.scanners.iter().map(|WorkerScanner(scanner)| {
            let scanner = scanner.lock().unwrap_or_else(PoisonError::into_inner);
            let partial = scanner.as_ref().map(|scanner| &scanner.partial);
            partial.map_or(0, Partial::group_count)
        });
        in_common + counts.sum::<usize>()
    }

    /// What all of them have found so far.
    pub(super) fn snapshot(&self) -> Result<Partial, Unmergeable> {
        // Held to the end, so that no results move from a scanner to the common ones meanwhile.
        let common = self.common();
        if let Some(error) = common.error {
            return Err(error);
        }
        let mut all = common.found.clone().unwrap_or_else(|| self.nothing());
        for WorkerScanner(scanner) in &self.scanners {
            let scanner = scanner.lock().unwrap_or_else(PoisonError::into_inner);
            let found = scanner.as_ref().map(|scanner| scanner.partial.clone());
            drop(scanner);
            found.map_or(Ok(()), |found| all.merge(found))?;
        }
        Ok(all)
    }

    /// What all of them found.
    pub(super) fn merge(self) -> Result<Partial, Unmergeable> {
        let nothing = self.nothing();
        let common = self.common.into_inner();
        let common = common.unwrap_or_else(PoisonError::into_inner);
        if let Some(error) = common.error {
            return Err(error);
        }
        let scanners = self
            .scanners
            .into_iter()
            .filter_map(|WorkerScanner(scanner)| {
                let scanner = scanner.into_inner().unwrap_or_else(PoisonError::into_inner);
                scanner.map(|scanner| scanner.partial)
            });
        // The first one is kept as it is, not merged into nothing.
        let found = common.found.into_iter().chain(scanners);
        let merged = found
            .map(Ok)
            .reduce(|all: Result<Partial, Unmergeable>, more| {
                let mut all = all?;
                all.merge(more?)?;
                Ok(all)
            });
        merged.unwrap_or(Ok(nothing))
    }

    fn nothing(&self) -> Partial {
        Partial::new(&self.plan, self.model.sibling())
    }
}
