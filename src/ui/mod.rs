//! The terminal: warnings, hints, progress, tables and colours, and the only place that writes to standard error.
//!
//! Results go to sinks elsewhere. Engines see [`Observe`] and nothing of this; commands make one [`Ui`] and say
//! everything through it, so that quiet, colour, escaping and the progress line are decided once. Messages read
//! `what: why`, since what comes after the last colon tells which of many warnings are of one kind.

mod bars;
mod cell;
mod column;
pub mod escape;
mod fit;
pub mod image;
mod live;
mod message;
mod output;
mod progress;
mod repeat;
pub mod results;
mod settings;
pub mod style;
pub mod table;
pub mod units;

use std::env;
use std::fmt;
use std::io::{self, IsTerminal};
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::error::Error;
use crate::observe::Observe;

use live::Region;
use message::Messages;
use output::Output;
use progress::Progress;
pub use progress::Unit;
use repeat::Repeats;
pub use settings::{Hooks, ProgressChoice, Question, Settings};
pub use style::{ColorChoice, Painter, Style};
pub use table::Table;

/// The width assumed where there is no terminal to ask.
const WIDTH: usize = 80;
/// And the height.
const HEIGHT: usize = 24;

/// The one object that talks to the person. Made once; usable from any thread.
pub struct Ui {
    messages: Messages,
    color: ColorChoice,
    verbose: bool,
    hooks: Hooks,
    started: Instant,
    stdout: Stream,
    stderr: Stream,
    output: Output,
    progress: Progress,
    live: Region,
    repeats: Mutex<Repeats>,
    incomplete: AtomicBool,
}

#[derive(Clone, Copy)]
struct Stream {
    is_terminal: bool,
    painter: Painter,
}

impl Ui {
    /// The terminal of this process, for `command` as messages name it: `jug log`.
    pub fn new(command: &'static str, settings: Settings, hooks: Hooks) -> Ui {
        let (no_color, term) = (env::var_os("NO_COLOR"), env::var_os("TERM"));
        let env = style::Environment {
            no_color: no_color.as_deref(),
            term: term.as_deref(),
        };
        let stream = |is_terminal| {
            let colored = style::is_colored(settings.color, is_terminal, env);
            Stream {
                is_terminal,
                painter: Painter::new(colored),
            }
        };
        let stdout = stream(io::stdout().is_terminal());
        let stderr = stream(io::stderr().is_terminal());
        let is_wanted =
            settings.progress == ProgressChoice::Auto && stderr.is_terminal && env.is_capable();
        Ui::assemble(
            command,
            settings,
            hooks,
            [stdout, stderr],
            is_wanted,
            Output::stderr(),
        )
    }

    fn assemble(
        command: &'static str,
        settings: Settings,
        hooks: Hooks,
        [stdout, stderr]: [Stream; 2],
        wants_progress: bool,
        output: Output,
    ) -> Ui {
        Ui {
            messages: Messages {
                command,
                painter: stderr.painter,
            },
            color: settings.color,
            verbose: settings.verbose,
            hooks,
            started: Instant::now(),
            stdout,
            stderr,
            progress: Progress::new(wants_progress, output.clone(), || {
                columns(&io::stderr()).unwrap_or(WIDTH)
            }),
            output,
            live: Region::stdout(),
            repeats: Mutex::default(),
            incomplete: AtomicBool::new(false),
        }
    }

    /// Something is worth knowing, and the answer is complete all the same. Of many of one kind five are shown.
    pub fn warn(&self, message: &str) {
        if self.repeats().admit(message) || self.verbose {
            self.labelled(Style::Yellow, "warning: ", message);
        }
    }

    /// What the person could do, after a message or alone.
    pub fn hint(&self, message: &str) {
        self.put(&self.messages.hint(message));
    }

    /// Something for those who asked for more with `-v`.
    pub fn note(&self, message: &str) {
        if self.verbose {
            self.labelled(Style::Dim, "", message);
        }
    }

    /// A line that the person asked for (`--stats`, `--explain`), without a label. One call a line.
    pub fn say(&self, line: &str) {
        self.put(&self.messages.bare(line));
    }

    /// The error that ends the run, and its hints. A reader that has gone is no error to talk about.
    pub fn error(&self, error: &Error) {
        if let Some(text) = self.messages.error(error) {
            self.put(&text);
        }
    }

    /// More about the message before it, in a line of its own.
    pub fn detail(&self, message: &str) {
        self.put(&self.messages.bare(&format!("  {message}")));
    }

    /// Text that is a whole message already: what the argument parser says.
    pub fn raw(&self, text: &str) {
        self.put(text);
    }

    /// Something failed that the run goes on without: said as an error is, and the answer is incomplete.
    pub fn missed_error(&self, error: &Error) {
        if self.say_missed(&error.to_string()) {
            error.hints().iter().for_each(|hint| self.hint(hint));
        }
    }

    /// Says what was missed, unless that has been said often enough already; whether it was said.
    fn say_missed(&self, message: &str) -> bool {
        self.incomplete.store(true, Relaxed);
        let is_shown = self.repeats().admit(message) || self.verbose;
        if is_shown {
            self.labelled(Style::Yellow, "", message);
        }
        is_shown
    }

    /// What progress is counted in, if not in bytes.
    pub fn count_in(&self, unit: Unit) {
        self.progress.count_in(unit);
    }

    /// There is so much more to come, bytes as they lie on disk; without any call the end is unknown.
    pub fn expect(&self, amount: u64) {
        self.progress.expect(amount);
    }

    /// Takes the progress line off before results are written to a terminal; it comes back with the next chunk.
    pub fn clear(&self) {
        self.progress.clear();
        self.live.clear();
    }

    /// Whether lines of results can be redrawn: they go to a terminal that obeys control sequences.
    pub fn can_redraw(&self) -> bool {
        let term = env::var_os("TERM");
        let env = style::Environment {
            no_color: None,
            term: term.as_deref(),
        };
        self.stdout.is_terminal && env.is_capable()
    }

    /// Keeps the progress line off for good: something else shows how the run goes on.
    pub fn hide_progress(&self) {
        self.progress.finish();
    }

    /// Shows lines on the terminal of the results until [`Ui::clear`], in place of those shown before. They are made by us,
    /// or escaped, and each ends with a newline.
    pub fn show_live(&self, lines: String) {
        self.live.show(lines);
    }

    /// Takes the progress line off, and keeps it off until results have been written to a terminal.
    pub fn clear_for<T>(&self, write: impl FnOnce() -> T) -> T {
        self.progress.clear_for(write)
    }

    /// The run is over: takes the progress line off for good, and says how many warnings were not shown.
    pub fn finish(&self) {
        self.progress.finish();
        self.live.clear();
        let rest = self.repeats().take_rest();
        if !self.verbose {
            for line in rest {
                self.labelled(Style::Yellow, "", &line);
            }
        }
    }

    /// Whether something was missed, so that the answer is not complete.
    pub fn is_incomplete(&self) -> bool {
        self.incomplete.load(Relaxed)
    }

    /// Whether results go to a terminal.
    pub fn stdout_is_terminal(&self) -> bool {
        self.stdout.is_terminal
    }

    /// Whether standard input is a terminal, so that somebody has to type.
    pub fn stdin_is_terminal(&self) -> bool {
        io::stdin().is_terminal()
    }

    /// Whether messages go to a terminal.
    pub fn stderr_is_terminal(&self) -> bool {
        self.stderr.is_terminal
    }

    /// Whether messages have colours.
    pub fn messages_are_colored(&self) -> bool {
        self.stderr.painter.is_colored()
    }

    /// The painter for results in a file: colours are for terminals, unless they are wanted everywhere.
    pub fn file_painter(&self) -> Painter {
        Painter::new(self.color == ColorChoice::Always)
    }

    /// The painter for results.
    pub fn painter(&self) -> Painter {
        self.stdout.painter
    }

    /// Columns there are for results: the terminal's, else `$COLUMNS`, else 80.
    pub fn width(&self) -> usize {
        let told = || {
            env::var("COLUMNS")
                .ok()?
                .trim()
                .parse()
                .ok()
                .filter(|columns| *columns > 0)
        };
        columns(&io::stdout()).or_else(told).unwrap_or(WIDTH)
    }

    /// Lines there are for results on a terminal.
    pub fn height(&self) -> usize {
        let size = rustix::termios::tcgetwinsize(io::stdout()).ok();
        size.map_or(HEIGHT, |size| match size.ws_row {
            0 => HEIGHT,
            rows => usize::from(rows),
        })
    }

    /// How the terminal shows images; `None` without colours.
    pub fn image_protocol(&self) -> Option<image::Protocol> {
        self.stdout
            .painter
            .is_colored()
            .then(|| image::Protocol::of(|name| env::var_os(name)))
    }

    fn labelled(&self, style: Style, label: &str, message: &str) {
        self.put(&self.messages.labelled(style, label, message));
    }

    fn put(&self, text: &str) {
        self.progress
            .aside(|| self.live.aside(|| self.output.put(text)));
    }

    fn repeats(&self) -> MutexGuard<'_, Repeats> {
        self.repeats.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self) {
        if (self.hooks.asked)() {
            self.labelled(
                Style::Dim,
                "",
                &self.progress.in_words(self.started.elapsed()),
            );
        }
    }
}

impl Observe for Ui {
    fn advanced(&self, amount: u64) {
        self.progress.advanced(amount, self.started.elapsed());
        self.answer();
    }

    fn warned(&self, message: &str) {
        self.warn(message);
    }

    fn missed(&self, message: &str) {
        self.say_missed(message);
    }

    fn noted(&self, message: &str) {
        if self.stderr.is_terminal || self.verbose {
            self.labelled(Style::Dim, "", message);
        }
    }

    /// Engines that wait for input ask this and advance nothing, so a wish for progress is answered here too.
    fn stopping(&self) -> bool {
        self.answer();
        (self.hooks.stopping)()
    }
}

impl fmt::Debug for Ui {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ui")
            .field("messages", &self.messages)
            .finish_non_exhaustive()
    }
}

/// The columns of the terminal behind a descriptor, if there is one that knows.
fn columns(stream: &impl AsFd) -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(stream).ok()?;
    (size.ws_col > 0).then_some(usize::from(size.ws_col))
}

#[cfg(test)]
mod tests;
