//! The directories that wait for a worker.
//!
//! A stack: the subdirectories of a directory are added together, the first on top. So the next one taken is nearly always the
//! leftmost that waits, which an ordered output needs next, and a deep tree is finished branch by branch, which keeps few
//! descriptors open and little in memory. Only directories wait here: files are handled where they are found.
//!
//! No worker waits for one that is gone: a [`Task`] releases itself when it is dropped, and a panic ends the queue.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed, Ordering::SeqCst, fence};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use super::node::Node;

/// A stack of directories, and how many workers are busy.
#[derive(Debug, Default)]
pub(super) struct Queue {
    state: Mutex<State>,
    /// Directories were added, or there will be no more.
    added: Condvar,
    /// The output made progress, or there will be no more directories.
    resumed: Condvar,
    /// Workers that wait for `resumed`.
    stalled: AtomicUsize,
    /// No more directories are given out. Set while the lock is held, read without it.
    is_over: AtomicBool,
}

#[derive(Debug, Default)]
struct State {
    waiting: Vec<Arc<Node>>,
    /// Tasks that exist; each may still add directories.
    running: usize,
    /// Workers that wait for `added`.
    idle: usize,
}

/// Which directories may be given out.
pub(super) enum Allowed {
    /// Any.
    Any,
    /// Only this one, which the output waits for.
    Only(Arc<Node>),
    /// None until the output has made progress.
    Nothing,
}

impl Queue {
    /// Adds directories; the first of them is the next to be given out.
    pub(super) fn add(&self, nodes: impl DoubleEndedIterator<Item = Arc<Node>>) {
        let mut state = self.state();
        let before = state.waiting.len();
        state.waiting.extend(nodes.rev());
        let added = state.waiting.len() - before;
        match state.idle.min(added) {
            0 => {}
            1 => self.added.notify_one(),
            _ => self.added.notify_all(),
        }
    }

    /// How many directories wait.
    pub(super) fn len(&self) -> usize {
        self.state().waiting.len()
    }

    /// The next directory that is `allowed`; waits for one. `None` if there will be no more. After [`Allowed::Nothing`] it
    /// asks again when [`Queue::resume`] is called.
    pub(super) fn next(&self, allowed: impl Fn() -> Allowed) -> Option<Task<'_>> {
        let mut state = self.state();
        loop {
            if self.is_over() {
                return None;
            }
            // Announced before it asks, so that either it sees the progress or `resume` sees this worker.
            self.stalled.fetch_add(1, SeqCst);
            fence(SeqCst);
            let allowed = allowed();
            if state.running > 0 && matches!(allowed, Allowed::Nothing) {
                state = wait(&self.resumed, state);
                self.stalled.fetch_sub(1, SeqCst);
                continue;
            }
            self.stalled.fetch_sub(1, SeqCst);
            let node = match allowed {
                // It is somewhere in the stack, too, where it is found to be claimed.
                Allowed::Only(node) => Some(node),
                Allowed::Any | Allowed::Nothing => state.waiting.pop(),
            };
            if let Some(node) = node {
                state.running += 1;
                return Some(Task { queue: self, node });
            }
            if state.running == 0 {
                self.end_with(&mut state);
                return None;
            }
            state.idle += 1;
            state = wait(&self.added, state);
            state.idle -= 1;
        }
    }

    /// The output has made progress: other directories may be allowed now.
    pub(super) fn resume(&self) {
        fence(SeqCst);
        if self.stalled.load(SeqCst) > 0 {
            // A worker that has announced itself holds the lock until it waits.
            drop(self.state());
            self.resumed.notify_all();
        }
    }

    /// Whether nothing more is given out: all is done, or the walk was stopped, or a worker panicked.
    pub(super) fn is_over(&self) -> bool {
        self.is_over.load(Relaxed)
    }

    /// Gives out nothing more.
    pub(super) fn end(&self) {
        let mut state = self.state();
        self.end_with(&mut state);
    }

    fn end_with(&self, state: &mut State) {
        self.is_over.store(true, Relaxed);
        state.waiting.clear();
        self.added.notify_all();
        self.resumed.notify_all();
    }

    fn release(&self) {
        let mut state = self.state();
        state.running -= 1;
        if state.running == 0 && state.waiting.is_empty() {
            self.added.notify_all();
        }
        if state.running == 0 {
            self.resumed.notify_all();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn wait<'a>(until: &Condvar, state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
    until.wait(state).unwrap_or_else(PoisonError::into_inner)
}

/// A directory that a worker reads. As long as it exists, more directories may come.
#[derive(Debug)]
pub(super) struct Task<'q> {
    queue: &'q Queue,
    node: Arc<Node>,
}

impl<'q> Task<'q> {
    /// The directory.
    pub(super) fn node(&self) -> &Arc<Node> {
        &self.node
    }

    /// The task of another directory, in place of this one.
    pub(super) fn replaced_by(mut self, node: Arc<Node>) -> Task<'q> {
        self.node = node;
        self
    }

    /// Puts the directory back for another worker.
    pub(super) fn put_back(self) {
        self.queue.add(std::iter::once(Arc::clone(&self.node)));
    }
}

impl Drop for Task<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.queue.end();
        }
        self.queue.release();
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::mpsc::{Receiver, channel};
    use std::time::Duration;

    use super::*;

    /// Longer than any wait that ends.
    const DEADLINE: Duration = Duration::from_secs(120);

    fn nodes(count: usize) -> impl DoubleEndedIterator<Item = Arc<Node>> {
        (0..count).map(|_| Arc::default())
    }

    /// What a worker reports. If it still waits, the queue is ended, so that the test fails instead of joining it for ever.
    #[track_caller]
    fn reported(receiver: &Receiver<bool>, queue: &Queue) -> bool {
        receiver.recv_timeout(DEADLINE).unwrap_or_else(|_| {
            queue.end();
            panic!("a worker still waits");
        })
    }

    #[test]
    fn the_first_directory_added_is_given_out_first() {
        let queue = Queue::default();
        let added: Vec<Arc<Node>> = nodes(3).collect();
        queue.add(added.iter().cloned());
        for node in &added {
            let task = queue.next(|| Allowed::Any).unwrap();
            assert!(Arc::ptr_eq(task.node(), node));
        }
        assert!(queue.next(|| Allowed::Any).is_none());
    }

    #[test]
    fn a_waiting_worker_gets_what_a_running_task_adds() {
        let queue = Queue::default();
        queue.add(nodes(1));
        let task = queue.next(|| Allowed::Any).unwrap();
        let (sender, receiver) = channel();
        thread::scope(|scope| {
            scope.spawn(|| {
                let found = queue.next(|| Allowed::Any);
                sender.send(found.is_some()).unwrap();
                drop(found);
                sender.send(queue.next(|| Allowed::Any).is_some()).unwrap();
            });
            queue.add(nodes(1));
            assert!(reported(&receiver, &queue));
            // Nothing waits, but the task here may add more.
            assert!(receiver.recv_timeout(Duration::from_millis(20)).is_err());
            drop(task);
            assert!(!reported(&receiver, &queue));
        });
    }

    #[test]
    fn a_stalled_worker_goes_on_when_the_output_does() {
        let queue = Queue::default();
        queue.add(nodes(2));
        let running = queue.next(|| Allowed::Any).unwrap();
        let is_crowded = AtomicBool::new(true);
        let (sender, receiver) = channel();
        thread::scope(|scope| {
            scope.spawn(|| {
                let task = queue.next(|| match is_crowded.load(SeqCst) {
                    true => Allowed::Nothing,
                    false => Allowed::Any,
                });
                sender.send(task.is_some()).unwrap();
            });
            assert!(receiver.recv_timeout(Duration::from_millis(20)).is_err());
            is_crowded.store(false, SeqCst);
            queue.resume();
            assert!(reported(&receiver, &queue));
        });
        drop(running);
    }

    #[test]
    fn a_stalled_worker_goes_on_when_no_task_is_left() {
        let queue = Queue::default();
        queue.add(nodes(2));
        let running = queue.next(|| Allowed::Any).unwrap();
        let (sender, receiver) = channel();
        thread::scope(|scope| {
            scope.spawn(|| {
                let task = queue.next(|| Allowed::Nothing);
                sender.send(task.is_some()).unwrap();
            });
            assert!(receiver.recv_timeout(Duration::from_millis(20)).is_err());
            drop(running);
            assert!(reported(&receiver, &queue));
        });
    }

    #[test]
    fn a_panic_in_a_task_ends_all_waits() {
        let queue = Queue::default();
        queue.add(nodes(2));
        let task = queue.next(|| Allowed::Any).unwrap();
        let (sender, receiver) = channel();
        thread::scope(|scope| {
            for is_crowded in [false, true] {
                let (queue, sender) = (&queue, sender.clone());
                scope.spawn(move || {
                    let allowed = || match is_crowded {
                        true => Allowed::Nothing,
                        false => Allowed::Any,
                    };
                    // The first of them takes the directory that is left and waits for another.
                    let first = queue.next(allowed);
                    let second = queue.next(allowed);
                    sender.send(second.is_some()).unwrap();
                    drop(first);
                });
            }
            let panicked = catch_unwind(AssertUnwindSafe(|| {
                let _task = task;
                std::panic::resume_unwind(Box::new(()));
            }));
            assert!(panicked.is_err());
            for _ in 0..2 {
                assert!(!reported(&receiver, &queue));
            }
        });
    }
}
