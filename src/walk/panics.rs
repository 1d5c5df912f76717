//! A panic in a worker ends the walk: it reaches the caller, and no other worker waits for the one that is gone.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;
use std::sync::mpsc::channel;
use std::time::Duration;

use super::tests::{Kept, plan};
use super::*;
use crate::dirs::Entry;

/// Longer than any walk here takes.
const DEADLINE: Duration = Duration::from_secs(120);

/// What panics.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    /// Recording an entry: a worker that reads a directory.
    Entry,
    /// Recording that a directory is left: a worker that holds the output.
    Left,
}

/// Records nothing, and panics at the directory called `marked` or the file in it.
#[derive(Clone, Copy)]
struct Panicking(Place);

impl Recorder for Panicking {
    fn entry(&mut self, entry: &Entry<'_>, _: bool, _: bool, out: &mut Vec<u8>) {
        if self.0 == Place::Entry && entry.place.path.ends_with(b"/marked/file") {
            // Not `panic!`, which prints.
            resume_unwind(Box::new("marked"));
        }
        out.extend_from_slice(entry.place.path);
    }

    fn left(&mut self, left: &Left<'_>, _: &mut Vec<u8>) {
        if self.0 == Place::Left && left.path.ends_with(b"/marked") {
            resume_unwind(Box::new("marked"));
        }
    }
}

/// Walks on another thread; gives what the panic carried.
fn panic_of(plan: Plan, place: Place) -> Option<String> {
    let (sender, receiver) = channel();
    let walk = std::thread::spawn(move || {
        let mut kept = Kept::default();
        let walked = catch_unwind(AssertUnwindSafe(|| {
            run(&plan, &|| Panicking(place), &mut kept, &())
        }));
        let carried = walked.err().map(|panic| match panic.downcast::<&str>() {
            Ok(text) => (*text).to_owned(),
            Err(_) => "another panic".to_owned(),
        });
        let _ = sender.send(carried);
    });
    let carried = receiver.recv_timeout(DEADLINE);
    let carried = carried.expect("the walk ends before the deadline");
    walk.join().expect("the panic was caught");
    carried
}

fn make(top: &Path) {
    for directory in (0..40).map(|index| format!("d{index:02}")) {
        for inner in 0..4 {
            let path = top.join(&directory).join(format!("{inner}"));
            std::fs::create_dir_all(&path).unwrap();
            std::fs::File::create_new(path.join("file")).unwrap();
        }
    }
    for at in ["d00/0", "d20/2", "d39/3"] {
        let path = top.join(at).join("marked");
        std::fs::create_dir(&path).unwrap();
        std::fs::File::create_new(path.join("file")).unwrap();
    }
}

#[test]
fn a_panic_ends_the_walk_and_reaches_the_caller() {
    let top = tempfile::tempdir().unwrap();
    make(top.path());
    for order in [Order::Directory, Order::Path, Order::None] {
        for threads in [1, 4] {
            for backlog in [BACKLOG, 0] {
                for place in [Place::Entry, Place::Left] {
                    if (order, place) == (Order::None, Place::Left) {
                        // Without an order nothing is recorded when a directory is left.
                        continue;
                    }
                    let mut plan = plan(top.path(), order);
                    plan.threads = Some(threads);
                    plan.backlog = backlog;
                    plan.events.leave = true;
                    let carried = panic_of(plan, place);
                    let case = format!("{order:?} {threads} {backlog} {place:?}");
                    assert_eq!(carried.as_deref(), Some("marked"), "{case}");
                }
            }
        }
    }
}
