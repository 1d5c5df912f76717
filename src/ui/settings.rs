//! The settings of a terminal: from the command line, and from the code that handles signals.

use super::style::ColorChoice;

/// `--progress`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProgressChoice {
    /// When standard error is a terminal.
    #[default]
    Auto,
    /// Never.
    Never,
}

/// The flags for messages.
#[derive(Clone, Copy, Debug, Default)]
pub struct Settings {
    /// `--color`.
    pub color: ColorChoice,
    /// `-v`: notes are shown, and repeated messages are not limited.
    pub verbose: bool,
    /// Whether there is a progress line.
    pub progress: ProgressChoice,
}

/// A question about signals.
pub type Question = Box<dyn Fn() -> bool + Send + Sync>;

/// Answers to questions that the terminal cannot answer itself.
pub struct Hooks {
    /// Whether the run should end early; what [`stopping`](crate::observe::Observe::stopping) answers.
    pub stopping: Question,
    /// Whether a progress line has been asked for since the last time (`SIGUSR1`).
    pub asked: Question,
}

impl Default for Hooks {
    /// No signal ever comes.
    fn default() -> Hooks {
        Hooks {
            stopping: Box::new(|| false),
            asked: Box::new(|| false),
        }
    }
}
