//! `jug walk`, compared with find(1), `walkdir`, du(1), and with trees that the tests make.
//!
//! Each module has one subject. Shared helpers are here: running find and jug on the same tree, and a walk that waits because
//! its output is not read.

mod contents;
mod deep;
mod errors;
mod links;
mod meanwhile;
mod names;
mod panics;
mod process;
mod ranked;
mod selected;
mod snapshots;
mod space;
mod sums;
mod systems;
mod totals;
mod trees;

use std::io::Read as _;
use std::process::ChildStdout;

use crate::support::{Running, Sandbox};

/// The parts of a text that are terminated by NUL, in order.
fn pieces(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut pieces: Vec<Vec<u8>> = bytes.split(|byte| *byte == 0).map(<[u8]>::to_vec).collect();
    assert_eq!(
        pieces.pop(),
        Some(Vec::new()),
        "the last is terminated, too"
    );
    pieces
}

/// The paths that find prints, sorted by bytes.
#[track_caller]
fn found(sandbox: &Sandbox, args: &str) -> Vec<Vec<u8>> {
    let outcome = sandbox.shell(&format!("find {args} -print0"), b"");
    assert_eq!(outcome.status, 0, "{outcome}");
    let mut paths = pieces(&outcome.stdout);
    paths.sort();
    paths
}

/// The paths that `jug walk -0` prints, in its order.
#[track_caller]
fn walked(sandbox: &Sandbox, args: &str) -> Vec<Vec<u8>> {
    let outcome = sandbox.shell(&format!("jug walk -0 {args}"), b"");
    assert_eq!((outcome.status, outcome.stderr().as_str()), (0, ""));
    pieces(&outcome.stdout)
}

/// The same, sorted.
#[track_caller]
fn walked_sorted(sandbox: &Sandbox, args: &str) -> Vec<Vec<u8>> {
    let mut paths = walked(sandbox, args);
    paths.sort();
    paths
}

/// `./././tree`: a directory with a path so long that a few entries print megabytes.
fn by_a_long_name(directory: &str) -> String {
    format!("{}{directory}", "./".repeat(1500))
}

/// Directories `d000`, `d001`, … in `wide`, each with some files. With the long path they are more than a pipe and all buffers
/// hold, so that a walk does not reach the last of them before its output is read.
fn wide(sandbox: &Sandbox) -> String {
    for directory in 0..200 {
        for file in 0..5 {
            sandbox.file(format!("wide/d{directory:03}/{file}"), "");
        }
    }
    by_a_long_name("wide")
}

/// A walk that is not finished: a byte of its output was read, and it waits until more is.
struct Caught {
    child: Running,
    stdout: ChildStdout,
    read: Vec<u8>,
}

impl Caught {
    fn new(sandbox: &Sandbox, args: &[&str]) -> Caught {
        let mut child = sandbox.start([&["walk"], args].concat());
        let mut stdout = child.stdout.take().expect("a pipe");
        let mut read = vec![0; 1];
        stdout.read_exact(&mut read).expect("it has begun");
        Caught {
            child,
            stdout,
            read,
        }
    }

    /// Reads to the end. Gives standard output, standard error, and the status.
    fn finish(mut self) -> (Vec<u8>, String, std::process::ExitStatus) {
        self.stdout.read_to_end(&mut self.read).expect("bytes");
        let mut stderr = String::new();
        let mut pipe = self.child.stderr.take().expect("a pipe");
        pipe.read_to_string(&mut stderr).expect("text");
        (self.read, stderr, self.child.wait().expect("it ends"))
    }
}
