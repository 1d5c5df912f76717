//! How many directories may be kept open, so that others can be opened from them.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};

use crate::io::limits;

/// Descriptors that are not for directories: standard streams, outputs, what libraries open.
const RESERVED: usize = 8;

/// Descriptors that a thread may have open at once: the directory it reads, and one or two on the way to another.
const PER_THREAD: usize = 3;

/// The descriptors asked of the system. More would only be kept for longer: a walk keeps a few for each level of the tree.
const ENOUGH: usize = 16 << 10;

/// A number of descriptors, shared by the handles that keep one.
#[derive(Clone, Debug)]
pub struct DescriptorBudget(Arc<AtomicI64>);

impl DescriptorBudget {
    /// A budget of `count` descriptors.
    pub fn new(count: usize) -> DescriptorBudget {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        DescriptorBudget(Arc::new(AtomicI64::new(count)))
    }

    /// Raises the process's limit of open files as far as is useful, and divides it: gives the number of threads that may
    /// walk, at most `threads`, and the budget that is left beside what they need.
    pub fn for_threads(threads: usize) -> (usize, DescriptorBudget) {
        limits::allow_open_files(ENOUGH);
        let limit = usize::try_from(limits::open_files()).unwrap_or(usize::MAX);
        let (threads, kept) = divide(limit, threads);
        (threads, DescriptorBudget::new(kept))
    }

    /// Takes a descriptor from the budget, if one is left.
    pub(super) fn take(&self) -> Option<Permit> {
        if self.0.fetch_sub(1, Relaxed) <= 0 {
            self.0.fetch_add(1, Relaxed);
            return None;
        }
        Some(Permit(self.clone()))
    }
}

/// One descriptor of a budget, given back on drop.
#[derive(Debug)]
pub(super) struct Permit(DescriptorBudget);

impl Drop for Permit {
    fn drop(&mut self) {
        self.0.0.fetch_add(1, Relaxed);
    }
}

/// The number of threads and of descriptors to keep, under a limit of open files. Each thread gets what it needs and one more
/// to keep; there is always one thread.
fn divide(limit: usize, threads: usize) -> (usize, usize) {
    let free = limit.saturating_sub(RESERVED);
    let threads = threads.min(free / (PER_THREAD + 1)).max(1);
    (threads, free.saturating_sub(threads * PER_THREAD))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_permit_is_given_back_on_drop() {
        let budget = DescriptorBudget::new(2);
        let (first, second) = (budget.take(), budget.take());
        assert!(first.is_some() && second.is_some());
        assert!(budget.take().is_none());
        assert!(budget.take().is_none());
        drop(first);
        let third = budget.take();
        assert!(third.is_some() && budget.take().is_none());
    }

    #[test]
    fn threads_get_their_descriptors_first() {
        for (limit, wanted, threads, kept) in [
            (1024, 8, 8, 992),
            (1024, 1024, 254, 254),
            (24, 8, 4, 4),
            (12, 8, 1, 1),
            (8, 8, 1, 0),
            (0, 1, 1, 0),
        ] {
            assert_eq!(divide(limit, wanted), (threads, kept), "{limit} {wanted}");
        }
    }
}
