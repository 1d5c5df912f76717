//! The scanner of each worker, and what all of them found.

use std::sync::{Arc, Mutex, PoisonError};

use crate::group::Groups;
use crate::log::options::Options;
use crate::log::partial::{Partial, Unmergeable};
use crate::log::plan::Plan;
use crate::log::scan::Scanner;

/// The workers' scanners.
pub(super) struct Workers {
    plan: Arc<Plan>,
    options: Options,
    /// Empty: all tables of groups are siblings of this one, so that they can be merged.
    model: Groups,
    seats: Vec<Seat>,
}

/// A scanner, made by its worker when it is first needed.
///
/// Workers write to their scanner for every line. If two of them wrote to the same cache line, each would wait for the other
/// all the time: that cost up to a third of the speed. So seats do not share one (processors fetch them in pairs, hence twice
/// 64 bytes), nor does what scanners have on the heap, since allocators keep threads apart.
#[repr(align(128))]
#[derive(Default)]
struct Seat(Mutex<Option<Scanner>>);

impl Workers {
    /// Workers that have not begun, as many as there are threads.
    pub(super) fn new(plan: Arc<Plan>, options: Options) -> Workers {
        Workers {
            plan,
            options,
            model: Groups::default(),
            seats: (0..options.threads.max(1))
                .map(|_| Seat::default())
                .collect(),
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
        let worker = rayon::current_thread_index().unwrap_or(0) % self.seats.len();
        // Only a snapshot asks for another worker's scanner, so the lock hardly ever waits.
        let mut seat = self.seats[worker]
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        work(seat.get_or_insert_with(|| {
            Scanner::new(Arc::clone(&self.plan), self.nothing(), self.options)
        }))
    }

    /// Adds the results of other workers.
    pub(super) fn absorb(&self, results: Partial) -> Result<(), Unmergeable> {
        self.with_scanner(|scanner| scanner.partial.merge(results))
    }

    /// How many groups they have found so far; those that several have found count for each.
    pub(super) fn group_count(&self) -> usize {
        let counts = self.seats.iter().map(|Seat(scanner)| {
            let scanner = scanner.lock().unwrap_or_else(PoisonError::into_inner);
            let partial = scanner.as_ref().map(|scanner| &scanner.partial);
            partial.map_or(0, Partial::group_count)
        });
        counts.sum()
    }

    /// What all of them have found so far.
    pub(super) fn snapshot(&self) -> Result<Partial, Unmergeable> {
        let mut all = self.nothing();
        for Seat(scanner) in &self.seats {
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
        let scanners = self.seats.into_iter().filter_map(|Seat(scanner)| {
            let scanner = scanner.into_inner().unwrap_or_else(PoisonError::into_inner);
            scanner.map(|scanner| scanner.partial)
        });
        // The first one is kept as it is, not merged into nothing.
        let merged = scanners
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
