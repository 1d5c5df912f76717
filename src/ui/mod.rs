//! The terminal: messages, progress, tables and colours. The only code that writes to standard error.
//!
//! Engines see only [`Observe`]; commands make one [`Ui`] and report everything through it, so that colour, escaping and the
//! progress line are decided once. Messages have the form `what: why`; the part after the last colon groups repeated
//! messages.

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
mod report;
pub mod results;
mod settings;
mod size;
pub mod style;
pub mod table;
pub mod units;

use std::env;
use std::fmt;
use std::io::{self, IsTerminal};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::error::Error;
use crate::observe::{Observe, Passed};

use live::Region;
use message::Messages;
use output::Output;
use progress::Progress;
pub use progress::Unit;
use repeat::Repeats;
pub use report::Lines;
use report::Report;
pub use settings::{Hooks, ProgressChoice, Question, Settings};
use size::{WIDTH, columns};
pub use style::{ColorChoice, Painter, Style};
pub use table::Table;

/// All output to the person. Made once; usable from any thread.
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
    report: Report,
    /// Whether the report can be redrawn on standard error.
    redraws_report: bool,
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
            report: Report::new(Region::on(output.clone())),
            // Lines of results would come between those of the report.
            redraws_report: wants_progress && !stdout.is_terminal,
            output,
            live: Region::stdout(),
            repeats: Mutex::default(),
            incomplete: AtomicBool::new(false),
        }
    }

    /// A warning; the results are complete. Of each kind, five are shown.
    pub fn warn(&self, message: &str) {
        if self.repeats().admit(message) || self.verbose {
            self.labelled(Style::Yellow, "warning: ", message);
        }
    }

    /// A hint, after a message or alone.
    pub fn hint(&self, message: &str) {
        self.put(&self.messages.hint(message));
    }

    /// A note, shown with `-v`.
    pub fn note(&self, message: &str) {
        if self.verbose {
            self.labelled(Style::Dim, "", message);
        }
    }

    /// A line that was asked for (`--stats`), without a label.
    pub fn say(&self, line: &str) {
        self.put(&self.messages.bare(line));
    }

    /// The error that ends the run, and its hints. A closed pipe is not reported.
    pub fn error(&self, error: &Error) {
        if let Some(text) = self.messages.error(error) {
            self.put(&text);
        }
    }

    /// An indented line with details of the previous message.
    pub fn detail(&self, message: &str) {
        self.put(&self.messages.bare(&format!("  {message}")));
    }

    /// Text that is printed as it is.
    pub fn raw(&self, text: &str) {
        self.put(text);
    }

    /// An error after which the run goes on; the results are incomplete.
    pub fn missed_error(&self, error: &Error) {
        if self.say_missed(&error.to_string()) {
            error.hints().iter().for_each(|hint| self.hint(hint));
        }
    }

    /// Reports what is missing, unless five messages of its kind were shown; returns whether it was shown.
    fn say_missed(&self, message: &str) -> bool {
        self.incomplete.store(true, Relaxed);
        let is_shown = self.repeats().admit(message) || self.verbose;
        if is_shown {
            self.labelled(Style::Yellow, "", message);
        }
        is_shown
    }

    /// The unit of progress, if not bytes.
    pub fn count_in(&self, unit: Unit) {
        self.progress.count_in(unit);
    }

    /// Adds to the expected total, in bytes as stored on disk. Without a call the total is unknown.
    pub fn expect(&self, amount: u64) {
        self.progress.expect(amount);
    }

    /// Removes the progress line before results are written to a terminal. It returns with the next chunk.
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

    /// Shows these lines instead of the progress line: on a terminal while the work goes on, and whenever progress is asked for.
    pub fn set_report(&self, lines: Lines) {
        self.report.set(lines);
        self.hide_progress();
    }

    /// Never shows the progress line again: something else shows the progress.
    pub fn hide_progress(&self) {
        self.progress.finish();
    }

    /// Shows lines on the terminal of the results until [`Ui::clear`], in place of those shown before. They are made by us,
    /// or escaped, and each ends with a newline.
    pub fn show_live(&self, lines: String) {
        self.live.show(lines);
    }

    /// Removes the progress line while `write` writes results to a terminal.
    pub fn clear_for<T>(&self, write: impl FnOnce() -> T) -> T {
        self.progress.clear_for(write)
    }

    /// Ends the messages: removes the progress line and reports how many messages were not shown.
    pub fn finish(&self) {
        self.progress.finish();
        self.live.clear();
        self.report.clear();
        let rest = self.repeats().take_rest();
        if !self.verbose {
            for line in rest {
                self.labelled(Style::Yellow, "", &line);
            }
        }
    }

    /// Whether something is missing from the results.
    pub fn is_incomplete(&self) -> bool {
        self.incomplete.load(Relaxed)
    }

    /// Whether results go to a terminal.
    pub fn stdout_is_terminal(&self) -> bool {
        self.stdout.is_terminal
    }

    /// Whether standard input is a terminal.
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

    /// The painter for results in a file: no colours, unless `--color always`.
    pub fn file_painter(&self) -> Painter {
        Painter::new(self.color == ColorChoice::Always)
    }

    /// The painter for results.
    pub fn painter(&self) -> Painter {
        self.stdout.painter
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
        let write = || self.output.put(text);
        let above_report = || self.report.aside(write);
        self.progress.aside(|| self.live.aside(above_report));
    }

    fn repeats(&self) -> MutexGuard<'_, Repeats> {
        self.repeats.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Prints a line of progress if one was requested. May be called while results are written, but not to a terminal.
    pub fn answer(&self) {
        if !(self.hooks.asked)() {
            return;
        }
        match self.report.lines() {
            Some(lines) => lines.iter().for_each(|line| self.say(line)),
            None => {
                let progress = self.progress.in_words(self.started.elapsed());
                self.labelled(Style::Dim, "", &progress);
            }
        }
    }
}

impl Observe for Ui {
    fn advanced(&self, amount: u64) {
        let elapsed = self.started.elapsed();
        self.progress.advanced(amount, elapsed);
        if self.redraws_report {
            self.report.redraw(elapsed);
        }
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

    fn passed(&self, name: &str, unit: &str, passed: &Passed) {
        let (bytes, count) = (units::bytes(passed.bytes), units::count(passed.units));
        let rate = units::rate(passed.bytes, passed.time).map(|rate| format!(", {rate}"));
        let rate = rate.unwrap_or_default();
        let unit = match passed.units {
            1 => unit.strip_suffix('s').unwrap_or(unit),
            _ => unit,
        };
        self.say(&format!("{name}: {bytes} in {count} {unit}{rate}"));
    }

    fn is_watched(&self) -> bool {
        self.stderr.is_terminal
    }

    /// Engines that wait for input ask this and advance nothing, so a request for progress is answered here too.
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

#[cfg(test)]
mod tests;
