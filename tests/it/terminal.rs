//! What jug shows on a terminal, a real one made for the test. Control characters in the data must have no effect on it.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::ffi::OsStrExt as _;
use std::process::Stdio;

use rustix::fs::{Mode, OFlags};
use rustix::pty::OpenptFlags;
use rustix::termios::Winsize;

use crate::support::{JUG, Running, Sandbox, command};

/// A new terminal of 80 columns: its controlling end, and the one that programs write to.
pub(crate) fn terminal() -> (File, OwnedFd) {
    terminal_of(24, 80)
}

/// A new terminal of this many lines and columns; 0 if the terminal does not know.
fn terminal_of(lines: u16, columns: u16) -> (File, OwnedFd) {
    let ours = rustix::pty::openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
    rustix::pty::grantpt(&ours).expect("it is ours");
    rustix::pty::unlockpt(&ours).expect("it is ours");
    let name = rustix::pty::ptsname(&ours, Vec::new()).expect("it has a name");
    let path = std::ffi::OsStr::from_bytes(name.to_bytes());
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
    let theirs = rustix::fs::open(path, flags, Mode::empty()).expect("its other end");
    let size = Winsize {
        ws_row: lines,
        ws_col: columns,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    rustix::termios::tcsetwinsize(theirs.as_fd(), size).expect("a size");
    (File::from(ours), theirs)
}

/// What jug writes to a terminal that is its standard output, line by line.
pub(crate) fn shown(sandbox: &Sandbox, args: &[&str]) -> Vec<String> {
    shown_on("xterm", sandbox, args)
}

/// The same with this value of `TERM`.
fn shown_on(kind: &str, sandbox: &Sandbox, args: &[&str]) -> Vec<String> {
    shown_with(terminal(), &[("TERM", kind)], sandbox, args)
}

/// The same on this terminal with these environment variables.
fn shown_with(
    (mut ours, theirs): (File, OwnedFd),
    environment: &[(&str, &str)],
    sandbox: &Sandbox,
    args: &[&str],
) -> Vec<String> {
    let mut command = command(JUG);
    command
        .args(args)
        .current_dir(sandbox.path())
        .env_clear()
        .envs(environment.iter().copied())
        .env("TZ", "UTC")
        .stdin(Stdio::null())
        .stdout(theirs)
        .stderr(Stdio::null());
    let child = Running::new(&mut command);
    // The command keeps the other end, which must be closed here for reading to end.
    drop(command);
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    // Linux returns EIO once no program has the terminal open.
    while let Ok(read @ 1..) = ours.read(&mut buffer) {
        bytes.extend_from_slice(&buffer[..read]);
    }
    let _ = child.end();
    let text = String::from_utf8(bytes).expect("what is shown is text");
    text.lines().map(str::to_owned).collect()
}

/// Starts jug with a pipe for its input and a new terminal for its results: our end of the terminal, and the process.
pub(crate) fn start(args: &[&str]) -> (File, Running) {
    let (ours, theirs) = terminal();
    let mut command = command(JUG);
    command
        .args(args)
        .env_clear()
        .env("TERM", "xterm")
        .stdin(Stdio::piped())
        .stdout(theirs)
        .stderr(Stdio::null());
    // With the command goes our copy of the other end, so that the terminal ends with the process.
    (ours, Running::new(&mut command))
}

/// Reads from a terminal until a text is there; what has been read.
pub(crate) fn read_until(ours: &mut File, text: &str) -> String {
    let mut seen = Vec::new();
    while !String::from_utf8_lossy(&seen).contains(text) {
        let mut buffer = [0; 4096];
        let read = ours.read(&mut buffer).unwrap_or(0);
        let so_far = String::from_utf8_lossy(&seen);
        assert!(read > 0, "the terminal ends before {text:?}: {so_far:?}");
        seen.extend_from_slice(&buffer[..read]);
    }
    String::from_utf8_lossy(&seen).into_owned()
}

#[test]
fn a_table_grows_with_its_input_and_ends_complete() {
    let args = ["log", "-f", "columns", "--color", "never", "count by $1"];
    let (mut ours, mut child) = start(&args);
    let mut stdin = child.stdin.take().expect("a pipe");
    let mut write = |text: String| stdin.write_all(text.as_bytes()).expect("jug reads");
    write("first\n".to_owned());
    let shown = read_until(&mut ours, "first      1");
    assert!(shown.contains("f1     count"), "{shown:?}");
    // More rows than the screen has lines: 24, of which the header, the count and the cursor take one each.
    write((10..40).map(|number| format!("row{number}\n")).collect());
    let shown = read_until(&mut ours, "… 10 more");
    assert!(!shown.contains("row30"), "{shown:?}");
    let last = shown.rsplit('\r').nth(1).unwrap_or_default();
    assert!(!last.contains("row39"), "{shown:?}");
    let sent = std::process::Command::new("kill")
        .args(["-s", "INT", &child.id().to_string()])
        .status();
    assert!(sent.expect("kill runs").success());
    let mut rest = Vec::new();
    let mut buffer = [0; 4096];
    while let Ok(read @ 1..) = ours.read(&mut buffer) {
        rest.extend_from_slice(&buffer[..read]);
    }
    let outcome = child.end();
    assert_eq!(outcome.signal, Some(2));
    let rest = String::from_utf8_lossy(&rest).into_owned();
    // The region goes, and the whole table takes its place.
    let (_, table) = rest.split_once("\x1b[J").expect("the region is cleared");
    let rows = table.lines().filter(|line| line.starts_with("row")).count();
    assert_eq!(rows, 30, "{rest:?}");
    assert!(!table.contains(" more"), "{rest:?}");
}

/// Lines that would turn a terminal red, clear it and ring its bell, and one with a tab.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.file("evil.log", "a \x1b[31mred\nb \x1b[2J\x07\u{9b}31m\nc\td\n");
    sandbox
}

#[test]
fn control_characters_in_data_have_no_effect_on_a_terminal() {
    let sandbox = sandbox();
    for output in [
        &[][..],
        &["-o", "-"],
        &["-o", "/dev/stdout"],
        &["--to", "tsv"],
        &["--to", "csv"],
        &["--to", "ndjson"],
        &["--to", "json"],
        &["--to", "table"],
    ] {
        for query in ["/./", "select line", "count by line", "sort line"] {
            let args = [&["log", "--color", "never", query, "evil.log"][..], output].concat();
            let lines = shown(&sandbox, &args);
            let acts = |line: &String| line.chars().any(|char| char.is_control() && char != '\t');
            assert!(!lines.iter().any(acts), "{args:?}: {lines:?}");
            let red = lines.iter().filter(|line| line.contains("[31mred"));
            assert_eq!(red.count(), 1, "{args:?}: {lines:?}");
        }
    }
}

#[test]
fn column_names_are_escaped_on_a_terminal() {
    let sandbox = Sandbox::new();
    sandbox.file("evil.ndjson", "{\"a\\u001b[31mb\\u0007\":1}\n");
    for output in [
        &[][..],
        &["--to", "table"],
        &["--to", "tsv"],
        &["--to", "csv"],
        &["--to", "ndjson"],
        &["--to", "json"],
    ] {
        let common = ["log", "--color", "never", "-f", "json"];
        let args = [&common[..], &["head 1", "evil.ndjson"], output].concat();
        let lines = shown(&sandbox, &args);
        let acts = |line: &String| line.chars().any(|char| char.is_control() && char != '\t');
        assert!(!lines.iter().any(acts), "{args:?}: {lines:?}");
        assert!(
            lines.iter().any(|line| line.contains("[31mb")),
            "{args:?}: {lines:?}"
        );
    }
}

#[test]
fn what_was_searched_for_is_highlighted() {
    let sandbox = Sandbox::new();
    sandbox.file("a.log", "\x1b[2Jone Two ones\nthree\n");
    sandbox.file("one", "the one\n");
    let args = ["log", "-i", "\"two\" or /ON./ or \"one\" and not \"x\""];
    let red = |text: &str| format!("\x1b[1;31m{text}\x1b[0m");
    let first = format!("\\x1b[2J{} {} {}s", red("one"), red("Two"), red("one"));
    let shown = shown(&sandbox, &[&args[..], &["a.log"]].concat());
    assert_eq!(shown, std::slice::from_ref(&first));
    // The names of files are not searched.
    let several = shown_on("xterm", &sandbox, &[&args[..], &["a.log", "one"]].concat());
    let second = format!("one:the {}", red("one"));
    assert_eq!(several, [format!("a.log:{first}"), second]);
    let sorted = shown_on(
        "xterm",
        &sandbox,
        &["log", "\"Two\" | sort line", "a.log", "--no-filename"],
    );
    assert_eq!(sorted, [format!("\\x1b[2Jone {} ones", red("Two"))]);
    let plain = shown_on("dumb", &sandbox, &["log", "\"Two\"", "a.log"]);
    assert_eq!(plain, ["\\x1b[2Jone Two ones"]);
}

#[test]
fn lines_keep_their_tabs() {
    let lines = shown(&sandbox(), &["log", "\"c\"", "evil.log"]);
    assert_eq!(lines, ["\x1b[1;31mc\x1b[0m\td"]);
}

#[test]
fn the_width_is_that_of_the_terminal_or_of_columns_if_that_is_above_zero() {
    let sandbox = sandbox();
    let widest = |terminal_columns, environment: &[(&str, &str)]| {
        let terminal = terminal_of(0, terminal_columns);
        let args = ["pie", "--to", "bars", "--color", "never", "a=1", "b=2"];
        let lines = shown_with(terminal, environment, &sandbox, &args);
        lines.iter().map(|line| line.chars().count()).max()
    };
    let default = widest(80, &[]);
    assert!(default <= Some(80) && default > Some(50), "{default:?}");
    assert_eq!(widest(80, &[("COLUMNS", "50")]), default);
    let narrow = widest(0, &[("COLUMNS", "50")]);
    assert!(narrow <= Some(50) && narrow > Some(30), "{narrow:?}");
    for unusable in ["0", "-50", "wide", ""] {
        assert_eq!(widest(0, &[("COLUMNS", unusable)]), default, "{unusable:?}");
    }
}

#[test]
fn a_terminal_named_as_output_file_gets_a_table() {
    let sandbox = Sandbox::new();
    for output in [&[][..], &["-o", "-"]] {
        let query = &[
            "log",
            "--color",
            "never",
            "count by method",
            "fixtures/logs/six.log",
        ];
        let lines = shown(&sandbox, &[&query[..], output].concat());
        assert!(lines[0].starts_with("method  count"), "{lines:?}");
        assert!(lines.iter().all(|line| line.chars().count() <= 80));
    }
}

#[test]
fn a_picture_is_shown_as_the_terminal_can() {
    let sandbox = Sandbox::new();
    let pie = ["pie", "a=2", "b=1"];
    let blocks = shown(&sandbox, &pie);
    // Half of 80 columns, so half as many lines; with the names beside it, in the colours of their slices.
    assert_eq!(blocks.len(), 20);
    assert!(
        blocks.iter().any(|line| line.contains("\x1b[48;5;25m")),
        "{blocks:?}"
    );
    let names: Vec<&String> = blocks.iter().filter(|line| line.contains('■')).collect();
    assert!(
        names[0].contains("\x1b[38;5;25m■\x1b[39m a  2  67%"),
        "{names:?}"
    );
    assert!(names[1].contains("■\x1b[39m b  1  33%"), "{names:?}");
    let kitty = shown_on("xterm-kitty", &sandbox, &pie);
    assert!(
        kitty[0].starts_with("\x1b_Ga=T,f=100,q=2,m=1;iVBORw0KGgo"),
        "{kitty:?}"
    );
    let dumb = shown_on("dumb", &sandbox, &pie);
    assert!(dumb[0].starts_with("a  2  67%  ███"), "{dumb:?}");
    assert_eq!(
        shown(&sandbox, &["pie", "a=1", "--to", "png"]),
        [""; 0],
        "no PNG on a terminal"
    );
}
