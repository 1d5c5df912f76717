//! The directories that wait for a worker.
//!
//! A stack, to which the subdirectories of a directory are added as a whole, the first on top. So what is taken is nearly
//! always the leftmost of what waits, which is what an ordered output needs next; and a deep tree is finished branch by
//! branch, which keeps few descriptors open and little in memory. Only directories wait here: files are dealt with where
//! they are found.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::node::Node;

/// What waits, and who works.
#[derive(Debug, Default)]
pub(super) struct Queue {
    state: Mutex<State>,
    wake: Condvar,
}

#[derive(Debug, Default)]
struct State {
    waiting: Vec<Arc<Node>>,
    /// How many workers are at a directory, which may have more in it.
    working: usize,
    /// How many have nothing to do.
    idle: usize,
    /// No more will be given out.
    is_over: bool,
}

/// How long a worker that has to wait for others' output sleeps between two looks. Several things may end its wait, and
/// it has time.
const NAP: Duration = Duration::from_millis(2);

impl Queue {
    /// Adds directories; the first of them is the next to be given out.
    pub(super) fn add(&self, nodes: impl DoubleEndedIterator<Item = Arc<Node>>) {
        let mut state = self.state();
        let before = state.waiting.len();
        state.waiting.extend(nodes.rev());
        let added = state.waiting.len() - before;
        match state.idle.min(added) {
            0 => {}
            1 => self.wake.notify_one(),
            _ => self.wake.notify_all(),
        }
    }

    /// How many directories wait.
    pub(super) fn len(&self) -> usize {
        self.state().waiting.len()
    }

    /// The next directory for a worker that has none, or none if there will be no more. While `only` names directories,
    /// no other is given out. Whoever got one calls [`Queue::done`] when it has been read and its subdirectories are here.
    pub(super) fn next(&self, only: impl Fn() -> Only) -> Option<Arc<Node>> {
        let mut state = self.state();
        loop {
            if state.is_over {
                return None;
            }
            let wait = match only() {
                Only::Any => {
                    if let Some(node) = state.waiting.pop() {
                        state.working += 1;
                        return Some(node);
                    }
                    if state.working == 0 {
                        state.is_over = true;
                        self.wake.notify_all();
                        return None;
                    }
                    None
                }
                // It is somewhere in the stack, too; there it is found to be claimed.
                Only::This(node) => {
                    state.working += 1;
                    return Some(node);
                }
                Only::Nothing => Some(NAP),
            };
            state.idle += 1;
            state = match wait {
                None => self
                    .wake
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner),
                Some(nap) => {
                    let woken = self.wake.wait_timeout(state, nap);
                    woken.unwrap_or_else(PoisonError::into_inner).0
                }
            };
            state.idle -= 1;
        }
    }

    /// A worker is done with a directory.
    pub(super) fn done(&self) {
        let mut state = self.state();
        state.working -= 1;
        if state.working == 0 && state.waiting.is_empty() && state.idle > 0 {
            self.wake.notify_all();
        }
    }

    /// Gives out nothing more.
    pub(super) fn end(&self) {
        let mut state = self.state();
        state.is_over = true;
        state.waiting.clear();
        self.wake.notify_all();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What may be given out.
pub(super) enum Only {
    /// Whatever is next.
    Any,
    /// This one, which the output waits for.
    This(Arc<Node>),
    /// Nothing for now.
    Nothing,
}
