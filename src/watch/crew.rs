//! Passes over directories: where there are many, several threads look at them, and one at a time compares what it saw with the
//! index. Looking takes nearly all the time.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use super::index::Id;
use super::look::{Ground, Look, Task};
use super::scan::Pass;
use super::tree::Tree;
use crate::io::signals;
use crate::io::thread_directory::ThreadDirectory;

/// The number of waiting directories from which on threads are started: for fewer it takes longer than looking at them.
const WORTH_THREADS: usize = 64;

/// More threads than this wait for each other.
const MOST_THREADS: usize = 8;

/// What the threads share.
struct Crew<'a> {
    ground: Arc<Ground>,
    state: Mutex<State<'a>>,
    /// There are more tasks, or there will be none.
    changed: Condvar,
}

struct State<'a> {
    tree: &'a mut Tree,
    pass: &'a mut Pass,
    /// The last is the next.
    left: &'a mut Vec<Task>,
    /// Threads that look at a directory: each may add tasks.
    running: usize,
    /// Threads that wait for tasks.
    idle: usize,
    is_over: bool,
}

impl Tree {
    /// Looks at a directory and all below that are new to the index; with a deep pass, at all below.
    pub(super) fn scan(&mut self, directory: Id, pass: &mut Pass) {
        let ground = Arc::clone(&self.ground);
        let mut left = vec![self.task(directory)];
        let mut look = Look::default();
        let mut are_threads_worth_it = true;
        while let Some(task) = left.pop() {
            if signals::stopping() {
                return;
            }
            look.take(&ground, &task, None);
            self.compare(&task, &mut look, pass, &mut left);
            if are_threads_worth_it && left.len() >= WORTH_THREADS {
                scan_with_threads(self, pass, &mut left);
                // What a thread could not finish is left.
                are_threads_worth_it = false;
            }
        }
    }
}

/// Does all that is left, with threads. Something is still left only if no thread could go on.
fn scan_with_threads(tree: &mut Tree, pass: &mut Pass, left: &mut Vec<Task>) {
    let crew = Crew {
        ground: Arc::clone(&tree.ground),
        state: Mutex::new(State {
            tree,
            pass,
            left,
            running: 0,
            idle: 0,
            is_over: false,
        }),
        changed: Condvar::new(),
    };
    let threads = thread::available_parallelism().map_or(1, Into::into);
    thread::scope(|scope| {
        for _ in 0..threads.min(MOST_THREADS) {
            let started = thread::Builder::new().spawn_scoped(scope, || crew.work());
            if started.is_err() {
                break;
            }
        }
    });
}

/// Ends the others if this thread panics.
struct Ending<'c, 'a>(&'c Crew<'a>);

impl Drop for Ending<'_, '_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.state().is_over = true;
            self.0.changed.notify_all();
        }
    }
}

impl<'a> Crew<'a> {
    fn state(&self) -> MutexGuard<'_, State<'a>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work(&self) {
        let own = ThreadDirectory::new().ok();
        let mut look = Look::default();
        let _ending = Ending(self);
        let mut state = self.state();
        while !state.is_over {
            let Some(task) = state.left.pop() else {
                if state.running == 0 {
                    break;
                }
                state.idle += 1;
                let woken = self.changed.wait(state);
                state = woken.unwrap_or_else(PoisonError::into_inner);
                state.idle -= 1;
                continue;
            };
            state.running += 1;
            drop(state);
            look.take(&self.ground, &task, own.as_ref());
            state = self.state();
            state.running -= 1;
            if own.as_ref().is_some_and(ThreadDirectory::is_lost) {
                // Paths lead elsewhere in this thread.
                state.left.push(task);
                break;
            }
            let State {
                tree, pass, left, ..
            } = &mut *state;
            tree.compare(&task, &mut look, pass, left);
            state.is_over |= signals::stopping();
            if state.idle > 0 && !state.left.is_empty() {
                self.changed.notify_one();
            }
        }
        self.changed.notify_all();
    }
}
