//! Deadlines: a test that would hang fails and reports what it was doing. They are far longer than anything takes on a busy
//! machine, so no test depends on speed.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// The limit of one command.
pub(crate) const COMMAND: Duration = Duration::from_secs(120);
/// The limit of a test that runs in this process.
const TEST: Duration = Duration::from_secs(300);

/// Acts when the time is over, unless it is dropped before.
pub(crate) struct Deadline {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    is_done: Mutex<bool>,
    done: Condvar,
    has_passed: AtomicBool,
}

impl Deadline {
    pub(crate) fn new(limit: Duration, act: impl FnOnce() + Send + 'static) -> Deadline {
        let shared = Arc::<Shared>::default();
        let watched = Arc::clone(&shared);
        thread::spawn(move || {
            let is_done = watched
                .is_done
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            let (is_done, _) = watched
                .done
                .wait_timeout_while(is_done, limit, |is_done| !*is_done)
                .unwrap_or_else(PoisonError::into_inner);
            if !*is_done {
                watched.has_passed.store(true, Relaxed);
                act();
            }
        });
        Deadline { shared }
    }

    /// Whether it has acted.
    pub(crate) fn has_passed(&self) -> bool {
        self.shared.has_passed.load(Relaxed)
    }
}

impl Drop for Deadline {
    fn drop(&mut self) {
        *self
            .shared
            .is_done
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = true;
        self.shared.done.notify_one();
    }
}

/// Ends the test process with the name of the calling test if the guard is not dropped in time: threads that wait for each
/// other cannot be stopped one by one.
#[allow(clippy::print_stderr)]
pub(crate) fn for_this_test() -> Deadline {
    let name = thread::current().name().unwrap_or("a test").to_owned();
    Deadline::new(TEST, move || {
        eprintln!("{name}: not finished after {} s", TEST.as_secs());
        std::process::abort();
    })
}

#[test]
fn a_deadline_acts_only_when_the_time_is_over() {
    let (sender, receiver) = std::sync::mpsc::channel();
    let passed = Deadline::new(Duration::ZERO, move || {
        sender.send(()).expect("the test waits for it");
    });
    receiver.recv().expect("the deadline acts");
    assert!(passed.has_passed());
    let (sender, receiver) = std::sync::mpsc::channel::<()>();
    drop(Deadline::new(COMMAND, move || {
        sender.send(()).expect("nobody waits");
    }));
    // The closure is dropped without having been called.
    assert!(receiver.recv().is_err());
}
