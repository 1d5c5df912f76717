//! The scanner of each worker, and the merged results of all.

use std::mem;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, TryLockError};

use crate::group::Groups;
use crate::io::limits;
use crate::log::grouped::Grouped;
use crate::log::options::Options;
use crate::log::partial::{Partial, Unmergeable};
use crate::log::plan::Plan;
use crate::log::scan::Scanner;
use crate::log::spill::{SpillError, Spilled};

/// How many groups the scanners of all workers hold together before they merge them into the common ones, at least.
const OWN_GROUPS: usize = 1 << 18;

/// Beyond [`OWN_GROUPS`], the scanners hold as many groups together as this part of the common ones.
const OWN_SHARE: usize = 4;

/// The common results may use this part of the memory, as its denominator, and those of all workers together half as much.
const SHARES: usize = 3;

/// After how many chunks the memory of groups is looked at by default: for some aggregates that takes time. With a limit that was
/// given it is looked at after each.
const CHUNKS: usize = 8;

/// The share of the memory that groups may use by default, as its denominator.
const MEMORY_SHARE: u64 = 4;

/// Tables below this are never too large by default, so that small runs need not ask how much memory there is.
const SMALL: usize = 32 << 20;

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
    chunks: AtomicUsize,
    /// How many bytes groups may use, once that was looked up.
    memory: OnceLock<usize>,
    /// Whether groups could not be kept, so that the run cannot succeed.
    has_failed: AtomicBool,
}

/// The results that workers have merged so far.
#[derive(Default)]
struct Common {
    found: Option<Partial>,
    /// Why merging failed, if it did.
    error: Option<Unmergeable>,
    /// Groups that were written to files.
    spilled: Spilled,
    /// Why that failed.
    failure: Option<SpillError>,
}

/// The results of all workers.
pub(super) struct All {
    /// The groups, unless there are some in files, and the counts of lines.
    pub(super) partial: Partial,
    /// The groups in files.
    pub(super) spilled: Spilled,
    /// Why groups are missing.
    pub(super) failure: Option<SpillError>,
    /// How many bytes groups may use.
    pub(super) memory: usize,
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
            chunks: AtomicUsize::new(0),
            memory: OnceLock::new(),
            has_failed: AtomicBool::new(false),
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
        let is_looked_at = self.options.memory.is_some()
            || self.chunks.fetch_add(1, Relaxed).is_multiple_of(CHUNKS);
        if is_looked_at && self.is_too_large(&scanner.partial, 2 * SHARES * self.scanners.len()) {
            self.spill(&mut scanner.partial);
        } else if scanner.partial.group_count() > self.most_groups.load(Relaxed) {
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

    /// How many bytes groups may use.
    pub(super) fn memory(&self) -> usize {
        *self.memory.get_or_init(|| {
            let memory = self.options.memory;
            let memory = memory.or_else(|| limits::memory().map(|all| all / MEMORY_SHARE));
            memory.map_or(usize::MAX, |memory| {
                usize::try_from(memory).unwrap_or(usize::MAX)
            })
        })
    }

    /// Whether groups use more than a share of the memory.
    fn is_too_large(&self, partial: &Partial, shares: usize) -> bool {
        let used = partial.groups.as_ref().map_or(0, Grouped::heap_bytes);
        let is_small = self.options.memory.is_none() && used < SMALL;
        !self.options.live && !is_small && used > self.memory() / shares
    }

    /// Merges what a scanner found into the common results, and writes those to a file if they have become too large.
    ///
    /// Waits for other workers that do so. There are no snapshots of a run that is not live.
    fn spill(&self, partial: &mut Partial) {
        let mut common = self.common();
        if common.error.is_some() || common.failure.is_some() {
            return;
        }
        let found = mem::replace(partial, self.nothing());
        let merged = match common.found.take() {
            Some(mut all) => all.merge(found).map(|()| all),
            None => Ok(found),
        };
        match merged {
            Ok(mut all) => {
                if self.is_too_large(&all, SHARES) {
                    self.write(&mut all, &mut common);
                }
                common.found = Some(all);
            }
            Err(error) => common.error = Some(error),
        }
    }

    /// Writes the groups of a result to a file; the counts of lines stay.
    fn write(&self, partial: &mut Partial, common: &mut Common) {
        let nothing = self.nothing().groups;
        let Some(groups) = mem::replace(&mut partial.groups, nothing) else {
            return;
        };
        if let Err(failure) = common.spilled.write(&groups, self.memory()) {
            common.failure = Some(failure);
            self.has_failed.store(true, Relaxed);
        }
    }

    /// Whether the run cannot succeed any more.
    pub(super) fn has_failed(&self) -> bool {
        self.has_failed.load(Relaxed)
    }

    fn common(&self) -> MutexGuard<'_, Common> {
        self.common.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds the results of other workers.
    pub(super) fn absorb(&self, results: All) -> Result<(), Unmergeable> {
        let mut common = self.common();
        common.spilled.append(results.spilled);
        if let Some(failure) = results.failure {
            common.failure = Some(failure);
            self.has_failed.store(true, Relaxed);
        }
        drop(common);
        self.with_scanner(|scanner| scanner.partial.merge(results.partial))
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

    /// What all of them found. If groups were written to files, all of them are.
    pub(super) fn merge(self) -> Result<All, Unmergeable> {
        let is_limited = self.options.memory.is_some() || !self.common().spilled.is_empty();
        let memory = match is_limited && !self.options.live {
            true => self.memory(),
            false => usize::MAX,
        };
        let (nothing, no_groups) = (self.nothing(), self.nothing().groups);
        let common = self.common.into_inner();
        let common = common.unwrap_or_else(PoisonError::into_inner);
        if let Some(error) = common.error {
            return Err(error);
        }
        let (mut spilled, mut failure) = (common.spilled, common.failure);
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
        let mut partial = merged.unwrap_or(Ok(nothing))?;
        if !spilled.is_empty()
            // Without any, it could not be merged with others.
            && let Some(groups) = mem::replace(&mut partial.groups, no_groups)
            && let Err(error) = spilled.write(&groups, memory)
        {
            failure.get_or_insert(error);
        }
        Ok(All {
            partial,
            spilled,
            failure,
            memory,
        })
    }

    fn nothing(&self) -> Partial {
        Partial::new(&self.plan, self.model.sibling())
    }
}
