//! The rules that no compiler checks: which module may import which, how long a file may be, where printing and `unsafe` are
//! allowed. A failure names the rule, the file and the line.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

mod circles;
mod paths;

use paths::imports_of;

use crate::support::{files_under, project};

/// The top-level modules, from the top, with what their code may import. `log::account` allows only that part of `log`. Unit
/// tests may import anything.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("main", &[]),
    // The root of the crate: its paths need no `crate::`, and it declares all modules.
    ("lib", &[]),
    (
        "cli",
        &[
            "args",
            "commands",
            "exit",
            "expr",
            "format",
            "log",
            "pipe::chain",
            "pipe::spec",
            "pipe::stages",
            "walk::field",
        ],
    ),
    (
        "commands",
        &[
            "args", "dirs", "error", "exit", "expr", "follow", "format", "group", "io", "log",
            "observe", "pie", "pipe", "record", "render", "resume", "select", "ui", "walk",
            "watch",
        ],
    ),
    (
        "args",
        &[
            "error",
            "expr",
            "format",
            "io",
            "log::account",
            "record",
            "render",
            "select",
            "ui",
        ],
    ),
    ("ui", &["error", "io", "observe", "panics", "record"]),
    // The families: none imports another.
    (
        "log",
        &[
            "error", "expr", "format", "group", "io", "observe", "record",
        ],
    ),
    (
        "walk",
        &[
            "dirs", "expr", "format", "group", "observe", "record", "select",
        ],
    ),
    ("follow", &["error", "io", "resume", "select"]),
    ("watch", &["dirs", "error::Plain", "io", "record", "select"]),
    ("pie", &["record", "render"]),
    (
        "pipe",
        &[
            "error::Plain",
            "expr",
            "format::records",
            "io",
            "observe",
            "record",
        ],
    ),
    ("expr", &["record"]),
    ("group", &["io::prefetch", "io::spool", "record"]),
    ("select", &["dirs", "error::Plain", "io", "record"]),
    ("dirs", &["error::Plain", "io", "record"]),
    ("resume", &["error::Plain", "io", "record::escaped"]),
    ("format", &["io::bits", "io::masks", "record"]),
    ("render", &["io", "panics"]),
    ("record", &[]),
    ("io", &[]),
    ("error", &["exit"]),
    ("exit", &[]),
    ("observe", &[]),
    ("panics", &[]),
];

/// The number of lines above which a file causes a warning, and a failure.
const LONG: usize = 400;
const TOO_LONG: usize = 600;

/// A Rust source file.
struct Source {
    path: PathBuf,
    text: String,
    /// The line at which the unit tests start; 0 if the whole file is a test.
    tests_from: usize,
}

impl Source {
    /// The lines that are neither comments nor tests, with their numbers.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text
            .lines()
            .enumerate()
            .map(|(index, line)| (index + 1, line))
            .take_while(|(number, _)| *number < self.tests_from)
            .filter(|(_, line)| !line.trim_start().starts_with("//"))
    }

    /// `ui` for `src/ui/table.rs` and `src/ui.rs`.
    fn top_module(&self) -> String {
        let inside = self.path.strip_prefix("src").expect("it is in src");
        let first = inside.iter().next().expect("it has a name");
        Path::new(first)
            .with_extension("")
            .to_string_lossy()
            .into_owned()
    }

    /// How many modules it is below the root of the crate.
    fn depth(&self) -> usize {
        let parts = self.path.iter().count() - 1;
        let name = self.path.file_name().unwrap_or_default();
        match name.to_str() {
            Some("mod.rs" | "lib.rs" | "main.rs") => parts - 1,
            _ => parts,
        }
    }

    fn fault(&self, line: usize, rule: &str) -> String {
        format!("{}:{line}: {rule}", self.path.display())
    }
}

fn sources() -> Vec<Source> {
    let mut sources: Vec<Source> = files_under("src")
        .into_iter()
        .filter(|path| path.extension().is_some_and(|ending| ending == "rs"))
        .map(|path| {
            let text = fs::read_to_string(project().join(&path)).expect("a source file is text");
            Source {
                path,
                text,
                tests_from: usize::MAX,
            }
        })
        .collect();
    let mut test_files = BTreeSet::new();
    for source in &mut sources {
        let lines: Vec<&str> = source.text.lines().collect();
        let marked = (1..lines.len()).filter(|at| lines[at - 1].trim() == "#[cfg(test)]");
        for at in marked {
            let Some(module) = lines[at]
                .trim_start_matches("pub(crate) ")
                .trim_start_matches("pub(super) ")
                .strip_prefix("mod ")
            else {
                continue;
            };
            match module.strip_suffix(';') {
                Some(name) => {
                    let stem = source.path.with_extension("");
                    let directory = match stem.file_name().and_then(|name| name.to_str()) {
                        Some("mod" | "lib") => source.path.parent().expect("it is in src"),
                        _ => &stem,
                    };
                    test_files.insert(directory.join(name).with_extension("rs"));
                }
                None => source.tests_from = source.tests_from.min(at),
            }
        }
    }
    for source in &mut sources {
        if test_files.contains(&source.path) {
            source.tests_from = 0;
        }
    }
    sources
}

/// Fails with all reports if there are any.
#[track_caller]
fn none_of(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn modules_import_only_what_is_below_them() {
    let mut faults = Vec::new();
    let mut unused: BTreeSet<(&str, &str)> = MAY_IMPORT
        .iter()
        .flat_map(|(module, allowed)| allowed.iter().map(|allowed| (*module, *allowed)))
        .collect();
    for source in sources() {
        let name = source.top_module();
        let Some((module, allowed)) = MAY_IMPORT.iter().find(|(module, _)| *module == name) else {
            faults.push(source.fault(
                1,
                &format!("the module '{name}' is not in the table of tests/it/layers/mod.rs"),
            ));
            continue;
        };
        for import in imports_of(&source) {
            let ("crate", path) = import
                .segments
                .split_first()
                .map_or(("", &[][..]), |(root, path)| (root, path))
            else {
                continue;
            };
            let path = path.join("::");
            let covers = |allowed: &str| {
                path.strip_prefix(allowed)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
            };
            if covers(module) {
                continue;
            }
            match allowed.iter().find(|allowed| covers(allowed)) {
                Some(allowed) => drop(unused.remove(&(*module, *allowed))),
                None => faults.push(source.fault(
                    import.line,
                    &format!(
                        "{module} may not import {path}, only: {}",
                        allowed.join(" ")
                    ),
                )),
            }
        }
        let climbs = "super::".repeat(source.depth());
        for (number, line) in source.code() {
            if source.depth() > 0 && line.contains(&climbs) {
                faults.push(
                    source.fault(number, "write imports from another module as crate::module"),
                );
            }
        }
    }
    faults.extend(unused.iter().map(|(module, allowed)| {
        format!(
            "{module} does not import {allowed}: remove it from the table of tests/it/layers/mod.rs"
        )
    }));
    none_of(&faults);
}

#[test]
fn every_module_of_the_table_exists() {
    let modules: BTreeSet<String> = sources().iter().map(Source::top_module).collect();
    let gone: Vec<&str> = MAY_IMPORT
        .iter()
        .flat_map(|(module, allowed)| std::iter::once(module).chain(*allowed))
        .map(|module| module.split("::").next().unwrap_or(module))
        .filter(|module| !modules.contains(*module))
        .collect();
    assert!(
        gone.is_empty(),
        "in the table of tests/it/layers/mod.rs, not in src/: {gone:?}"
    );
}

#[test]
#[allow(clippy::print_stderr)]
fn files_are_short() {
    let mut faults = Vec::new();
    for path in files_under("src").into_iter().chain(files_under("tests")) {
        if path.extension().is_none_or(|ending| ending != "rs") {
            continue;
        }
        let text = fs::read_to_string(project().join(&path)).expect("a source file is text");
        let lines = text.lines().count();
        if lines > TOO_LONG {
            faults.push(format!(
                "{}: {lines} lines, more than {TOO_LONG}: split it by what it is about",
                path.display()
            ));
        } else if lines > LONG {
            eprintln!(
                "warning: {}: {lines} lines, more than {LONG}",
                path.display()
            );
        }
    }
    none_of(&faults);
}

#[test]
fn printing_unsafe_and_unwrap_are_only_where_they_may_be() {
    let mut faults = Vec::new();
    for source in sources() {
        let may_print =
            source.path.starts_with("src/ui") || source.path.starts_with("src/io/sink.rs");
        let may_be_unsafe = source.path.starts_with("src/io");
        // ui/ asks about the standard streams, and the generator writes into the project.
        let may_open = may_be_unsafe
            || source.path.starts_with("src/ui")
            || source.path.starts_with("src/commands/generate.rs");
        for (number, line) in source.code() {
            // The longest first: `eprintln!` contains `println!`.
            let print = ["eprintln!", "println!", "eprint!", "print!", "dbg!"]
                .into_iter()
                .find(|print| line.contains(print));
            if let Some(print) = print.filter(|_| !may_print) {
                faults.push(source.fault(number, &format!("{print} only in ui/ and io/sink")));
            }
            let opens = [
                "std::fs",
                "fs::File",
                "File::open",
                "io::stdin()",
                "io::stdout()",
            ];
            // Any code may hold metadata; only io/ asks for it.
            let line = line.replace("std::fs::Metadata", "Metadata");
            if let Some(open) = opens.into_iter().find(|open| line.contains(open))
                && !may_open
            {
                faults.push(source.fault(number, &format!("{open} only in io/")));
            }
            let is_unsafe = line
                .split(|letter: char| !letter.is_alphanumeric() && letter != '_')
                .any(|word| word == "unsafe" || word == "unsafe_code");
            if is_unsafe && !may_be_unsafe {
                faults.push(source.fault(number, "unsafe only in io/"));
            }
            if line.contains(".unwrap()") {
                faults.push(source.fault(
                    number,
                    ".unwrap() only in tests; expect(\"why it cannot be\") for invariants",
                ));
            }
        }
    }
    none_of(&faults);
}

#[test]
fn every_module_starts_with_its_purpose() {
    let mute = sources()
        .into_iter()
        .filter(|source| !source.text.starts_with("//! "));
    let faults: Vec<String> = mute
        .map(|source| source.fault(1, "a module starts with //!"))
        .collect();
    none_of(&faults);
}

#[test]
fn src_contains_only_source_files() {
    let strays = files_under("src")
        .into_iter()
        .filter(|path| path.extension().is_none_or(|ending| ending != "rs"));
    let faults: Vec<String> = strays
        .map(|path| format!("{}: not a source file", path.display()))
        .collect();
    none_of(&faults);
}

#[test]
fn every_command_has_cases() {
    let mut faults = Vec::new();
    for path in files_under("src/commands") {
        let name = path
            .file_stem()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        let is_command = path.parent() == Some(Path::new("src/commands"))
            && !["context", "generate", "mod"].contains(&name);
        let cases = format!("fixtures/cases/{name}");
        if is_command && files_under(&cases).is_empty() {
            faults.push(format!(
                "{}: a command has cases in {cases}/",
                path.display()
            ));
        }
    }
    none_of(&faults);
}
