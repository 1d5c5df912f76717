//! `jug follow` as a process: rotation under a writer, damage, crashes, ends. Nothing here waits for a time to pass.

mod crashes;
mod live;
mod reports;
mod rotator;
mod surroundings;

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::ChildStdout;

use crate::support::{Running, Sandbox};

/// The lines of a running jug.
pub(super) struct Lines(pub(super) BufReader<ChildStdout>);

impl Lines {
    pub(super) fn of(child: &mut Running) -> Lines {
        Lines(BufReader::new(child.stdout.take().expect("a pipe")))
    }

    /// The next line, without its newline.
    #[track_caller]
    pub(super) fn next(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).expect("text");
        assert!(line.ends_with('\n'), "jug has ended after {line:?}");
        line.trim_end().to_owned()
    }

    #[track_caller]
    pub(super) fn expect(&mut self, lines: &[&str]) {
        for line in lines {
            assert_eq!(self.next(), *line);
        }
    }
}

/// Appends to a file, or creates it.
pub(super) fn append(path: impl AsRef<Path>, text: &str) {
    File::options()
        .append(true)
        .create(true)
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .expect("a file to append to");
}

/// What a drain with a state prints, and its exit status.
#[track_caller]
pub(super) fn drain(sandbox: &Sandbox, files: &[&str]) -> (String, i32) {
    let args = ["follow", "--state", "state", "--drain"];
    let outcome = sandbox.jug(args.iter().chain(files), b"");
    let said = outcome.stderr();
    assert!(
        (outcome.status == 0 || outcome.status == 3) && !said.contains("panic"),
        "{outcome}"
    );
    (outcome.stdout(), outcome.status)
}

/// The number of open files and of inotify watches of a process.
pub(crate) fn held_by(child: &Running) -> (usize, usize) {
    let top = format!("/proc/{}", child.id());
    let open = fs::read_dir(format!("{top}/fd")).expect("a process of ours");
    let names: Vec<_> = open.flatten().map(|entry| entry.file_name()).collect();
    let watches = names.iter().filter_map(|name| {
        let info = format!("{top}/fdinfo/{}", name.to_string_lossy());
        let text = fs::read_to_string(info).ok()?;
        Some(
            text.lines()
                .filter(|line| line.starts_with("inotify"))
                .count(),
        )
    });
    let watches = watches.sum();
    (names.len(), watches)
}
