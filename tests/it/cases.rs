//! Runs every case in `fixtures/cases/`, as `fixtures/README.md` describes them. `JUG_ACCEPT=1` writes the actual output into
//! the files, to be reviewed.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use toml_edit::{DocumentMut, Item, Table, Value};

use crate::support::{Outcome, Sandbox, files_under, project};

/// The keys of a case; any other is a mistake.
const KEYS: [&str; 8] = [
    "name", "args", "shell", "stdin", "files", "stdout", "stderr", "status",
];

#[test]
fn every_case_has_its_output() {
    let files: Vec<PathBuf> = files_under("fixtures/cases")
        .into_iter()
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
        .collect();
    assert!(!files.is_empty(), "there are no cases in fixtures/cases/");
    let is_accepting = std::env::var_os("JUG_ACCEPT").is_some_and(|value| value == "1");
    let (next, faults) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let workers = thread::available_parallelism().map_or(1, Into::into);
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let found = run_file(file, is_accepting);
                    faults.lock().expect("no worker panicked").extend(found);
                }
            });
        }
    });
    let mut faults = faults.into_inner().expect("no worker panicked");
    faults.sort();
    assert!(
        faults.is_empty(),
        "\n{}\n{} cases failed; to accept the new output: JUG_ACCEPT=1 cargo test cases",
        faults.join("\n"),
        faults.len()
    );
}

/// Runs the cases of a file; returns a report for each that failed.
fn run_file(file: &Path, is_accepting: bool) -> Vec<String> {
    let path = project().join(file);
    let text = fs::read_to_string(&path).expect("a file of cases is text");
    let mut document: DocumentMut = text
        .parse()
        .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let shared = document.get("files").cloned();
    let beside = path.with_extension("in");
    let mut faults = Vec::new();
    let cases = document
        .get_mut("case")
        .and_then(Item::as_array_of_tables_mut)
        .unwrap_or_else(|| panic!("{}: no [[case]] in it", file.display()));
    for case in cases.iter_mut() {
        let name = case.get("name").and_then(Item::as_str).unwrap_or("");
        let place = format!("{}: '{name}'", file.display());
        assert!(!name.is_empty(), "{}: a case has no name", file.display());
        let stranger = case
            .iter()
            .map(|(key, _)| key)
            .find(|key| !KEYS.contains(key));
        assert!(stranger.is_none(), "{place}: unknown key {stranger:?}");
        let sandbox = Sandbox::new();
        if beside.is_dir() {
            sandbox.copy(&beside);
        }
        for files in shared.iter().chain(case.get("files")) {
            let files = files.as_table_like().expect("files are a table");
            for (name, content) in files.iter() {
                sandbox.file(name, content.as_str().expect("a file is a text"));
            }
        }
        let outcome = run(case, &sandbox, &place);
        if is_accepting {
            accept(case, &outcome);
        } else if let Some(fault) = differences(case, &outcome) {
            faults.push(format!("{place}\n{fault}"));
        }
    }
    if is_accepting {
        fs::write(&path, document.to_string()).expect("the project can be written to");
    }
    faults
}

fn run(case: &Table, sandbox: &Sandbox, place: &str) -> Outcome {
    let stdin = wanted(case, "stdin");
    match (case.get("args"), case.get("shell").and_then(Item::as_str)) {
        (Some(args), None) => {
            let args = args.as_array().expect("args are an array");
            let args = args
                .iter()
                .map(|arg| arg.as_str().expect("an arg is a text"));
            sandbox.jug(args, stdin.as_bytes())
        }
        (None, Some(line)) => sandbox.shell(line, stdin.as_bytes()),
        _ => panic!("{place}: a case has either args or shell"),
    }
}

/// A text of the case, by default empty.
fn wanted<'a>(case: &'a Table, key: &str) -> &'a str {
    case.get(key).map_or("", |item| {
        item.as_str()
            .unwrap_or_else(|| panic!("{key} is not a text: {item}"))
    })
}

fn wanted_status(case: &Table) -> i64 {
    case.get("status").map_or(0, |item| {
        item.as_integer().expect("a status is a whole number")
    })
}

fn differences(case: &Table, outcome: &Outcome) -> Option<String> {
    let mut report = String::new();
    let parts = [
        ("stdout", outcome.stdout()),
        ("stderr", outcome.stderr()),
        ("status", format!("{}\n", outcome.status)),
    ];
    for (key, got) in parts {
        let wanted = match key {
            "status" => format!("{}\n", wanted_status(case)),
            _ => wanted(case, key).to_owned(),
        };
        if got != wanted {
            let (wanted, got) = (indented(&wanted), indented(&got));
            let _ = write!(report, "  {key} wanted:\n{wanted}  {key} got:\n{got}");
        }
    }
    (!report.is_empty()).then_some(report)
}

/// Indented lines, with invisible characters and a missing final newline made visible.
fn indented(text: &str) -> String {
    let mut shown = String::new();
    for line in text.split_inclusive('\n') {
        let (body, end) = line
            .strip_suffix('\n')
            .map_or((line, " (no newline)"), |body| (body, ""));
        let body: String = body
            .chars()
            .map(|letter| match letter {
                '\t' => "→".to_owned(),
                _ if letter.is_control() => letter.escape_default().to_string(),
                _ => letter.to_string(),
            })
            .collect();
        let _ = writeln!(shown, "    {body}{end}");
    }
    shown
}

/// Writes the output into the case, except for defaults.
fn accept(case: &mut Table, outcome: &Outcome) {
    for (key, text) in [("stdout", outcome.stdout()), ("stderr", outcome.stderr())] {
        if wanted(case, key) == text {
            continue;
        }
        if text.is_empty() {
            case.remove(key);
        } else {
            case.insert(key, Item::Value(long_text(&text)));
        }
    }
    if wanted_status(case) != i64::from(outcome.status) {
        match outcome.status {
            0 => drop(case.remove("status")),
            status => case["status"] = toml_edit::value(i64::from(status)),
        }
    }
}

/// A text as a person would write it: over several lines, as it is printed.
fn long_text(text: &str) -> Value {
    let is_plain = text
        .chars()
        .all(|letter| letter == '\n' || !letter.is_control());
    let source = if is_plain && text.ends_with('\n') && !text.contains("'''") {
        format!("'''\n{text}'''")
    } else {
        let escaped: String = text
            .chars()
            .map(|letter| match letter {
                '\n' => "\n".to_owned(),
                '\t' => "\\t".to_owned(),
                '"' => "\\\"".to_owned(),
                '\\' => "\\\\".to_owned(),
                _ if letter.is_control() => format!("\\u{:04X}", u32::from(letter)),
                _ => letter.to_string(),
            })
            .collect();
        format!("\"\"\"\n{escaped}\"\"\"")
    };
    source.parse().expect("every text can be written in TOML")
}

#[test]
fn accepted_texts_are_read_back_unchanged() {
    for text in [
        "a\n",
        "a\tb\n",
        "no end",
        "'''\n",
        "\"\"\"\\\n",
        "\u{1}\u{7f}\r\n",
        "\n\n",
    ] {
        let value = long_text(text);
        assert_eq!(value.as_str(), Some(text), "{value}");
    }
}
