//! A panic during a walk ends the run with one message, and leaves the output file as it was. No input is known to cause one,
//! so the test binary runs itself with a recorder that panics.

use std::ops::ControlFlow;
use std::path::Path;
use std::process::Command;

use jug::dirs::{DescriptorBudget, Engine, Entry, FileSystems, Tolerated};
use jug::io::sink::FileOptions;
use jug::ui::results::Results;
use jug::walk::{BACKLOG, Events, Follow, Needs, Order, Output, Plan, Recorder};

use crate::support::Sandbox;

/// Writes names, and panics at the file called `marked`.
struct Marked;

impl Recorder for Marked {
    fn entry(&mut self, entry: &Entry<'_>, _: bool, _: bool, out: &mut Vec<u8>) {
        assert_ne!(entry.place.name(), b"marked", "a marked file");
        out.extend_from_slice(entry.place.name());
    }
}

/// Writes to a file.
struct ToFile(Results);

impl Output for ToFile {
    fn put(&mut self, bytes: &[u8], _: &[usize]) -> ControlFlow<()> {
        self.0.put(bytes).expect("there is room");
        ControlFlow::Continue(())
    }

    fn flush(&mut self) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

fn plan(order: Order, threads: usize) -> Plan {
    Plan {
        roots: vec![b"tree".to_vec()],
        follow: Follow::Never,
        order,
        depth: u32::MAX,
        selection: jug::select::Selection::default(),
        pruning: jug::select::Pruning::default(),
        ignores: None,
        is_without_caches: false,
        conditions: Vec::new(),
        file_systems: FileSystems::default(),
        own_file: None,
        tolerated: Tolerated::default(),
        events: Events::default(),
        needs: Needs::default(),
        nests: false,
        cumulative: None,
        wants_ends: false,
        limit: None,
        backlog: BACKLOG,
        engine: Engine::Native,
        threads: Some(threads),
        max_threads: threads,
        descriptors: DescriptorBudget::new(64),
    }
}

#[test]
fn a_panic_in_a_worker_ends_the_run_with_one_message() {
    let sandbox = Sandbox::new();
    for directory in 0..60 {
        sandbox.file(format!("tree/{directory:02}/file"), "");
    }
    sandbox.file("tree/40/marked", "").file("kept", "old");
    for order in ["dir", "none"] {
        for threads in ["1", "4"] {
            let mut command = Command::new("env");
            command
                .arg(format!("ORDER={order}"))
                .arg(format!("THREADS={threads}"))
                .args(["timeout", "60"])
                .arg(std::env::current_exe().expect("this test has a path"))
                .args(["--ignored", "--exact", "--nocapture", "--quiet"])
                .arg("walk::panics::walk_with_a_panic");
            let outcome = sandbox.run(command, b"");
            let stderr = outcome.stderr();
            assert_eq!(outcome.status, 2, "{outcome}");
            assert!(
                stderr.starts_with("jug walk: internal error: ") && stderr.lines().count() <= 5,
                "{outcome}"
            );
            let kept = std::fs::read(sandbox.path().join("kept")).expect("it is still there");
            assert_eq!(kept, b"old");
            let names = std::fs::read_dir(sandbox.path()).expect("a directory");
            assert_eq!(names.count(), 3, "fixtures, tree and kept");
        }
    }
}

#[test]
#[ignore = "panics; run by the test above in a process of its own"]
#[allow(clippy::exit)]
fn walk_with_a_panic() {
    let variable = |name| std::env::var(name).unwrap_or_default();
    let Ok(threads) = variable("THREADS").parse() else {
        // Somebody runs all tests, including ignored ones.
        return;
    };
    let order = match variable("ORDER").as_str() {
        "none" => Order::None,
        _ => Order::Directory,
    };
    let exit = jug::guarded("jug walk", jug::ui::Settings::default(), || {
        let out = Results::open(Some(Path::new("kept")), FileOptions::default());
        let mut output = ToFile(out.expect("the sandbox can be written to"));
        jug::walk::run(&plan(order, threads), &|| Marked, &mut output, &());
        output.0.close().expect("the file is replaced");
        jug::exit::Exit::Done
    });
    std::process::exit(exit.code().into());
}
