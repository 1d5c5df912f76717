//! Panics: recorded without printing, so that a run ends with one message instead of a trace for each thread.
//!
//! A panic is always a bug in jug. Engines let it unwind, or pass it on from the thread that it ended; [`crate::guarded`]
//! catches it and reports the first one.

use std::any::Any;
use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::{Once, OnceLock};

/// Installs a hook that records the first panic of the process. With `RUST_BACKTRACE` set, the standard hook runs as well.
pub fn install() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let standard = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if EXPECTED.get() {
                return;
            }
            let _ = FIRST.set(describe(info));
            if std::env::var_os("RUST_BACKTRACE").is_some_and(|value| value != "0") {
                standard(info);
            }
        }));
    });
}

/// The first panic since [`install`], as `message at file:line`. Panics inside [`catch_expected`] do not count.
pub fn first() -> Option<&'static str> {
    FIRST.get().map(String::as_str)
}

/// Runs `work` and stops a panic in it. The hook has recorded it.
pub fn catch<T>(work: impl FnOnce() -> T) -> Option<T> {
    panic::catch_unwind(AssertUnwindSafe(work)).ok()
}

/// Runs `work`, in which a panic is a failure like any other: nothing is recorded, nothing is printed. For libraries that
/// panic on bad input; only on this thread, and everything that `work` changes must be thrown away after a panic.
pub fn catch_expected<T>(work: impl FnOnce() -> T) -> Option<T> {
    install();
    let outer = EXPECTED.replace(true);
    let done = catch(work);
    EXPECTED.set(outer);
    done
}

static FIRST: OnceLock<String> = OnceLock::new();

thread_local! {
    static EXPECTED: Cell<bool> = const { Cell::new(false) };
}

fn describe(info: &PanicHookInfo<'_>) -> String {
    let message = message(info.payload());
    match info.location() {
        Some(place) => format!("{message} at {}:{}", place.file(), place.line()),
        None => message.to_owned(),
    }
}

fn message(payload: &(dyn Any + Send)) -> &str {
    match (
        payload.downcast_ref::<&str>(),
        payload.downcast_ref::<String>(),
    ) {
        (Some(text), _) => text,
        (_, Some(text)) => text,
        (None, None) => "panic",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expected_panics_are_failures_and_are_not_recorded() {
        assert_eq!(catch_expected(|| 1), Some(1));
        let nested = catch_expected(|| {
            assert_eq!(catch_expected(|| panic!("inner")), None::<()>);
            assert!(EXPECTED.get());
            2
        });
        assert_eq!(nested, Some(2));
        assert_eq!(catch_expected(|| panic!("outer")), None::<()>);
        assert!(!EXPECTED.get());
    }

    #[test]
    fn messages_are_taken_from_both_kinds_of_payload() {
        let number = 7;
        assert_eq!(message(&"plain"), "plain");
        assert_eq!(message(&format!("made of {number}")), "made of 7");
        assert_eq!(message(&number), "panic");
    }
}
