//! Rows in the order of the input, although pieces are finished in any.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::log::scan::Rows;

/// Takes the rows of numbered pieces in any order and delivers them in theirs.
///
/// Pieces are handed out in order, so the one that is waited for is always in somebody's hands: a worker that is too far
/// ahead may wait for it.
pub(super) struct Order<'d> {
    state: Mutex<State<'d>>,
    moved: Condvar,
    window: usize,
}

struct State<'d> {
    next: u64,
    early: BTreeMap<u64, Rows>,
    deliver: &'d mut (dyn FnMut(Rows) -> bool + Send),
    goes_on: bool,
}

impl<'d> Order<'d> {
    /// At most `window` pieces are kept waiting.
    pub(super) fn new(
        window: usize,
        deliver: &'d mut (dyn FnMut(Rows) -> bool + Send),
    ) -> Order<'d> {
        let state = State {
            next: 0,
            early: BTreeMap::new(),
            deliver,
            goes_on: true,
        };
        Order {
            state: Mutex::new(state),
            moved: Condvar::new(),
            window,
        }
    }

    fn state(&self) -> MutexGuard<'_, State<'d>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next piece is the first of another input.
    pub(super) fn restart(&self) {
        self.state().next = 0;
    }

    /// Takes the rows of a piece; false if no more are wanted.
    pub(super) fn put(&self, number: u64, rows: Rows) -> bool {
        let mut state = self.state();
        while state.goes_on && number >= state.next + self.window as u64 {
            state = self
                .moved
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        state.early.insert(number, rows);
        loop {
            let next = state.next;
            let Some(rows) = state.early.remove(&next) else {
                break;
            };
            state.goes_on = state.goes_on && (state.deliver)(rows);
            state.next += 1;
            self.moved.notify_all();
        }
        state.goes_on
    }
}
