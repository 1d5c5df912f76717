//! Chains as processes: how they end, and what they leave behind.

mod compression;
mod copies;
mod endings;
mod exec;
mod hints;
mod signals;
mod terminal;

use std::path::Path;

use crate::process::wait_for;

/// Waits until there is no such process any more; a zombie is none.
fn wait_until_gone(pid: &str) {
    let pid = pid.trim();
    assert!(pid.parse::<u32>().is_ok(), "no process number: '{pid}'");
    wait_for("a process to end", || {
        let status = std::fs::read_to_string(Path::new("/proc").join(pid).join("stat"));
        let state = status.ok().and_then(|status| {
            let (_, state) = status.rsplit_once(") ")?;
            state.chars().next()
        });
        matches!(state, None | Some('Z' | 'X')).then_some(())
    });
}
