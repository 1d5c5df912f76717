//! What reaches standard error, and when.

use std::sync::Arc;

use super::output::Writes;
use super::*;

fn ui(verbose: bool, hooks: Hooks) -> (Ui, Writes) {
    let writes = Writes::default();
    let settings = Settings {
        verbose,
        ..Settings::default()
    };
    let stream = Stream {
        is_terminal: false,
        painter: Painter::default(),
    };
    let output = Output::new(writes.clone());
    (
        Ui::assemble("jug log", settings, hooks, [stream, stream], false, output),
        writes,
    )
}

fn quiet() -> (Ui, Writes) {
    ui(false, Hooks::default())
}

#[test]
fn each_message_is_one_write() {
    let (ui, writes) = quiet();
    ui.error(&Error::input("a.log").hint("one").hint("two"));
    ui.say("4.2 M\tlines");
    ui.hint("do");
    ui.error(&Error::writing(
        "standard output",
        io::ErrorKind::BrokenPipe.into(),
    ));
    ui.finish();
    let error = "jug log: a.log\n  hint: one\n  hint: two\n";
    assert_eq!(writes.take(), [error, "4.2 M\\tlines\n", "  hint: do\n"]);
}

#[test]
fn warnings_are_held_back_and_counted() {
    let (ui, writes) = quiet();
    for file in 0..7 {
        ui.missed(&format!("{file}.log: Permission denied"));
    }
    ui.warned("the zone of \"a\tb\" is not known");
    ui.finish();
    ui.finish();
    let said = writes.take();
    assert_eq!(said[0], "jug log: 0.log: Permission denied\n");
    assert_eq!(
        said[4..],
        [
            "jug log: 4.log: Permission denied\n",
            "jug log: warning: the zone of \"a\\tb\" is not known\n",
            "jug log: 2 more like these: Permission denied\n",
        ]
    );
    assert!(ui.is_incomplete());
}

#[test]
fn a_warning_alone_leaves_the_answer_complete() {
    let (ui, writes) = quiet();
    for _ in 0..17 {
        ui.warn("3 lines are bad");
    }
    ui.finish();
    let said = writes.take();
    assert_eq!(said.len(), 6);
    assert_eq!(said[5], "jug log: 12 more like these\n");
    assert!(!ui.is_incomplete());
}

#[test]
fn verbose_prints_notes() {
    let (ui, writes) = ui(true, Hooks::default());
    ui.note("4 threads");
    for _ in 0..9 {
        ui.warn("3 lines are bad");
    }
    ui.finish();
    let said = writes.take();
    assert_eq!(said[0], "jug log: 4 threads\n");
    assert_eq!(said.len(), 10);
    let (ui, writes) = quiet();
    ui.note("4 threads");
    assert!(writes.take().is_empty());
}

#[test]
fn a_request_for_progress_is_answered_once_and_stopping_is_passed_on() {
    let asked = Arc::new(AtomicBool::new(true));
    let seen = Arc::clone(&asked);
    let hooks = Hooks {
        stopping: Box::new(|| true),
        asked: Box::new(move || seen.swap(false, Relaxed)),
    };
    let (ui, writes) = ui(false, hooks);
    ui.expect(1 << 20);
    ui.advanced(1 << 19);
    ui.advanced(0);
    let said = writes.take();
    assert_eq!(said.len(), 1);
    assert!(
        said[0].starts_with("jug log: 512 KiB of 1 MiB (50%), "),
        "{said:?}"
    );
    assert!(said[0].ends_with(" so far\n"), "{said:?}");
    asked.store(true, Relaxed);
    assert!(ui.stopping());
    assert_eq!(writes.take().len(), 1);
}
