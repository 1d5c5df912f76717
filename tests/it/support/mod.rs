//! A directory to run jug in, and the outcome of a run. The machine has no influence: the environment is empty, home is an
//! empty directory, locale and time zone are fixed.

pub(crate) mod deadline;
pub(crate) mod random;
pub(crate) mod running;

use std::ffi::OsStr;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

pub(crate) use running::{JUG, Running, command};

/// The top of the project.
pub(crate) fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All files under a directory of the project, sorted, as paths relative to the project; none if the directory does not exist.
pub(crate) fn files_under(directory: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut left = vec![PathBuf::from(directory)];
    while let Some(path) = left.pop() {
        let Ok(entries) = fs::read_dir(project().join(&path)) else {
            continue;
        };
        for entry in entries {
            let entry = entry.expect("a directory of the project can be listed");
            let path = path.join(entry.file_name());
            if entry.path().is_dir() {
                left.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The queries in the cases of `jug log`, valid and invalid.
pub(crate) fn case_queries() -> Vec<String> {
    let mut queries = Vec::new();
    for file in files_under("fixtures/cases/log")
        .iter()
        .filter(|file| file.extension().is_some_and(|ending| ending == "toml"))
    {
        let text = fs::read_to_string(project().join(file)).expect("a case file");
        let cases: toml_edit::DocumentMut = text.parse().expect("TOML");
        let cases = cases["case"].as_array_of_tables().expect("cases");
        let args = cases.iter().filter_map(|case| case.get("args")?.as_array());
        let words = args.flat_map(|args| args.iter().filter_map(|arg| arg.as_str()));
        queries.extend(words.filter(|word| word.contains(' ')).map(str::to_owned));
    }
    assert!(queries.len() > 100, "there are few queries in the cases");
    queries
}

/// A temporary directory with files for one test, removed at its end.
pub(crate) struct Sandbox {
    top: TempDir,
}

impl Sandbox {
    /// A directory that contains only `fixtures`, a link to the project's.
    pub(crate) fn new() -> Sandbox {
        let top = tempfile::Builder::new()
            .prefix("jug-test-")
            .tempdir()
            .expect("a temporary directory");
        let sandbox = Sandbox { top };
        for directory in ["home", "work", "bin"] {
            fs::create_dir(sandbox.top.path().join(directory)).expect("an empty place");
        }
        let link = |target: &Path, name: &str| {
            std::os::unix::fs::symlink(target, sandbox.top.path().join(name)).expect("a new name");
        };
        link(&project().join("fixtures"), "work/fixtures");
        link(Path::new(JUG), "bin/jug");
        sandbox
    }

    /// The directory in which commands run.
    pub(crate) fn path(&self) -> PathBuf {
        self.top.path().join("work")
    }

    /// Adds a file, and its parent directories.
    pub(crate) fn file(&self, name: impl AsRef<Path>, bytes: impl AsRef<[u8]>) -> &Sandbox {
        let path = self.path().join(name);
        let directory = path.parent().expect("a file is in a directory");
        fs::create_dir_all(directory)
            .and_then(|()| fs::write(&path, bytes))
            .expect("a file in the sandbox");
        self
    }

    /// Adds copies of all files of a directory.
    pub(crate) fn copy(&self, directory: &Path) -> &Sandbox {
        for entry in fs::read_dir(directory).expect("a directory of fixtures") {
            let entry = entry.expect("an entry of it");
            self.file(entry.file_name(), fs::read(entry.path()).expect("a file"));
        }
        self
    }

    /// Runs jug with `stdin` on standard input.
    pub(crate) fn jug<S: AsRef<OsStr>>(
        &self,
        args: impl IntoIterator<Item = S>,
        stdin: &[u8],
    ) -> Outcome {
        let mut command = command(JUG);
        command.args(args);
        self.run(command, stdin)
    }

    /// Starts jug here, with pipes for its output.
    pub(crate) fn start<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Running {
        let mut command = command(JUG);
        command
            .args(args)
            .current_dir(self.path())
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        Running::new(&mut command)
    }

    /// Runs a shell command line, in which `jug` is the one under test.
    pub(crate) fn shell(&self, line: &str, stdin: &[u8]) -> Outcome {
        let mut command = command("sh");
        command.args(["-c", line]);
        self.run(command, stdin)
    }

    /// Runs any command here.
    pub(crate) fn run(&self, mut command: Command, stdin: &[u8]) -> Outcome {
        let bin = self.top.path().join("bin");
        command
            .current_dir(self.path())
            .env_clear()
            .env(
                "PATH",
                format!("{}:/usr/local/bin:/usr/bin:/bin", bin.display()),
            )
            .env("HOME", self.top.path().join("home"))
            .env("LC_ALL", "C")
            .env("TZ", "UTC")
            .env("COLUMNS", "100")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        Running::new(&mut command).finish(stdin)
    }
}

/// The outcome of a command.
#[must_use]
pub(crate) struct Outcome {
    command: String,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: Vec<u8>,
    /// As shells report it: 128 and the number of the signal that ended it.
    pub(crate) status: i32,
    /// The signal that ended it.
    pub(crate) signal: Option<i32>,
}

impl Outcome {
    /// Its standard output; bytes that are not UTF-8 become U+FFFD.
    pub(crate) fn stdout(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    /// Its standard error, in the same way.
    pub(crate) fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.stderr).into_owned()
    }

    /// Panics unless it succeeded without a message; returns its standard output.
    #[track_caller]
    pub(crate) fn clean(self) -> String {
        assert!(self.status == 0 && self.stderr.is_empty(), "{self}");
        self.stdout()
    }
}

impl Outcome {
    /// Its standard output, if it succeeded or bad lines were the only problem.
    #[track_caller]
    pub(crate) fn clean_or_bad(self) -> String {
        let is_fine = self.status == 0
            || (self.status == 3 && self.stderr().contains("lines could not be parsed"));
        assert!(is_fine, "{self}");
        self.stdout()
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}\n--- status: {}\n--- stdout:\n{}--- stderr:\n{}---",
            self.command,
            self.status,
            self.stdout(),
            self.stderr()
        )
    }
}
