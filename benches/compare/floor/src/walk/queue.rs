//! Who reads which directory: all threads take from one stack, and put what they find there so that the first of a directory's
//! directories is the next to be taken. So the tree is read more or less from left to right, which keeps few descriptors open,
//! finds the kernel's structures in the cache, and lets an ordered walk write as it goes. One lock a directory is little beside
//! what opening it costs.

use std::io;
use std::sync::{Condvar, Mutex, PoisonError};

struct Shared<J> {
    jobs: Vec<J>,
    working: usize,
    waiting: usize,
}

/// Does `work` with `first` and with all that comes of it, on one thread a core; returns each thread's state. What `work`
/// puts into its last argument is done later.
pub fn run<J: Send, T: Send>(
    first: J,
    new: impl Fn() -> T + Sync,
    work: impl Fn(&mut T, J, &mut Vec<J>) -> io::Result<()> + Sync,
) -> io::Result<Vec<T>> {
    let shared = Mutex::new(Shared {
        jobs: vec![first],
        working: 0,
        waiting: 0,
    });
    let given = Condvar::new();
    crate::input::threads(|| {
        let mut state = new();
        let mut found = Vec::new();
        let mut shared_now = shared.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let Some(job) = shared_now.jobs.pop() else {
                if shared_now.working == 0 {
                    given.notify_all();
                    return Ok(state);
                }
                shared_now.waiting += 1;
                shared_now = given
                    .wait(shared_now)
                    .unwrap_or_else(PoisonError::into_inner);
                shared_now.waiting -= 1;
                continue;
            };
            shared_now.working += 1;
            if shared_now.waiting > 0 && !shared_now.jobs.is_empty() {
                given.notify_one();
            }
            drop(shared_now);
            if let Err(error) = work(&mut state, job, &mut found) {
                // The others wait for this thread, and cannot go on without it.
                eprintln!("{error}");
                std::process::exit(2);
            }
            shared_now = shared.lock().unwrap_or_else(PoisonError::into_inner);
            shared_now.working -= 1;
            shared_now.jobs.extend(found.drain(..).rev());
        }
    })
}
