//! What each worker has for itself, and what becomes of it at the end.

use std::sync::{Arc, Mutex, PoisonError};

use super::Options;
use crate::group::Groups;
use crate::log::account::Account;
use crate::log::grouped::Grouped;
use crate::log::plan::{Output, Plan};
use crate::log::scan::Scanner;
use crate::observe::Observe;

/// The workers' scanners.
pub(super) struct Workers<'p> {
    plan: &'p Plan,
    options: &'p Options,
    /// Empty: what all tables of groups are made after, so that they can be merged.
    model: Groups,
    seats: Vec<Seat<'p>>,
}

/// A scanner, made by its worker when it is first needed.
///
/// Workers write to their scanner for every line. If two of them wrote to the same line of the cache, each would wait for the
/// other all the time: that cost up to a third of the speed. So seats do not share one (processors fetch them in pairs, hence
/// twice 64 bytes), nor does what scanners have on the heap, since allocators keep threads apart.
#[repr(align(128))]
#[derive(Default)]
struct Seat<'p>(Mutex<Option<Scanner<'p>>>);

impl<'p> Workers<'p> {
    /// So many workers, who have done nothing yet.
    pub(super) fn new(plan: &'p Plan, options: &'p Options, count: usize) -> Workers<'p> {
        Workers {
            plan,
            options,
            model: Groups::default(),
            seats: (0..count).map(|_| Seat::default()).collect(),
        }
    }

    /// Lends the scanner of the worker that this is called on.
    pub(super) fn with_scanner<T>(&self, work: impl FnOnce(&mut Scanner<'p>) -> T) -> T {
        let worker = rayon::current_thread_index().unwrap_or(0) % self.seats.len();
        // Nobody else asks for this worker's scanner, so the lock never waits.
        let mut seat = self.seats[worker]
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        work(seat.get_or_insert_with(|| Scanner::new(self.plan, self.no_groups(), self.options)))
    }

    /// Groups without any row yet, if the query groups.
    fn no_groups(&self) -> Option<Grouped> {
        match &self.plan.output {
            Output::Groups(grouping) => {
                let groups = self.model.sibling();
                Some(Grouped::new(
                    Arc::clone(grouping),
                    self.plan.clock.zone.clone(),
                    groups,
                ))
            }
            Output::Rows(_) => None,
        }
    }

    /// What all of them found together.
    pub(super) fn merge(self, observe: &dyn Observe) -> (Account, Option<Grouped>) {
        let nothing = self.no_groups();
        let mut account = Account::default();
        let mut grouped: Option<Grouped> = None;
        for Seat(scanner) in self.seats {
            let scanner = scanner.into_inner().unwrap_or_else(PoisonError::into_inner);
            let Some(scanner) = scanner else { continue };
            account.merge(scanner.account);
            grouped = match (grouped, scanner.grouped) {
                (Some(mut all), Some(more)) => {
                    if let Err(error) = all.merge(more) {
                        observe.missed(&error.to_string());
                    }
                    Some(all)
                }
                (all, more) => all.or(more),
            };
        }
        (account, grouped.or(nothing))
    }
}
