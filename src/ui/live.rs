//! A live region: lines at the bottom of the terminal of the results that are replaced as an answer grows.
//!
//! Messages go above it, and the final results take its place. Each change is one write, so that nothing flickers; while it is
//! written the terminal does not wrap lines, since a wrapped line would make the region higher than it is known to be.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::output::Output;

/// Control sequences of every terminal since the VT100 (ECMA-48; DECAWM is DEC's).
const CLEAR_REST_OF_LINE: &str = "\x1b[K";
const CLEAR_BELOW: &str = "\x1b[J";
const WRAP_OFF: &str = "\x1b[?7l";
const WRAP_ON: &str = "\x1b[?7h";

/// The region. Empty until something is shown.
#[derive(Debug)]
pub(super) struct Region {
    text: Mutex<String>,
    output: Output,
}

impl Region {
    /// An empty region on standard output.
    pub(super) fn stdout() -> Region {
        Region::on(Output::new(io::stdout()))
    }

    /// An empty region.
    pub(super) fn on(output: Output) -> Region {
        Region {
            text: Mutex::default(),
            output,
        }
    }

    /// Shows these lines, each with its newline, in place of those that are there.
    pub(super) fn show(&self, text: String) {
        let mut shown = self.text();
        if *shown == text {
            return;
        }
        self.output.put(&redraw(lines(&shown), &text));
        *shown = text;
    }

    /// Takes the lines off the terminal.
    pub(super) fn clear(&self) {
        self.show(String::new());
    }

    /// Takes the lines off, writes something else to the terminal, and puts the lines back below it.
    pub(super) fn aside(&self, write: impl FnOnce()) {
        let shown = self.text();
        if shown.is_empty() {
            drop(shown);
            return write();
        }
        self.output.put(&redraw(lines(&shown), ""));
        write();
        self.output.put(&redraw(0, &shown));
    }

    fn text(&self) -> MutexGuard<'_, String> {
        self.text.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn lines(text: &str) -> usize {
    text.matches('\n').count()
}

/// What replaces the `old` lines above the cursor.
fn redraw(old: usize, text: &str) -> String {
    let mut out = String::from(WRAP_OFF);
    out.push('\r');
    if old > 0 {
        out.push_str(&format!("\x1b[{old}A"));
    }
    for line in text.lines() {
        out.push_str(line);
        out.push_str(CLEAR_REST_OF_LINE);
        out.push('\n');
    }
    out.push_str(CLEAR_BELOW);
    out.push_str(WRAP_ON);
    out
}

#[cfg(test)]
mod tests {
    use super::super::output::Writes;
    use super::*;

    fn region() -> (Region, Writes) {
        let writes = Writes::default();
        (Region::on(Output::new(writes.clone())), writes)
    }

    #[test]
    fn lines_replace_those_before_in_one_write() {
        let (region, writes) = region();
        region.show("a\nb\n".to_owned());
        assert_eq!(
            writes.take(),
            ["\x1b[?7l\ra\x1b[K\nb\x1b[K\n\x1b[J\x1b[?7h"]
        );
        region.show("c\n".to_owned());
        assert_eq!(writes.take(), ["\x1b[?7l\r\x1b[2Ac\x1b[K\n\x1b[J\x1b[?7h"]);
        region.clear();
        assert_eq!(writes.take(), ["\x1b[?7l\r\x1b[1A\x1b[J\x1b[?7h"]);
    }

    #[test]
    fn nothing_is_written_if_nothing_changes() {
        let (region, writes) = region();
        region.clear();
        region.show("a\n".to_owned());
        writes.take();
        region.show("a\n".to_owned());
        assert!(writes.take().is_empty());
    }

    #[test]
    fn messages_come_above_the_lines() {
        let (region, writes) = region();
        let message = Output::new(writes.clone());
        region.aside(|| message.put("jug log: hello\n"));
        assert_eq!(writes.take(), ["jug log: hello\n"]);
        region.show("a\n".to_owned());
        writes.take();
        region.aside(|| message.put("jug log: hello\n"));
        assert_eq!(
            writes.take(),
            [
                "\x1b[?7l\r\x1b[1A\x1b[J\x1b[?7h",
                "jug log: hello\n",
                "\x1b[?7l\ra\x1b[K\n\x1b[J\x1b[?7h"
            ]
        );
    }
}
