//! What a [`Ui`](super::Ui) is told when it is made: by the command line, and by whoever knows the signals.

use super::style::ColorChoice;

/// `--progress`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProgressChoice {
    /// When standard error is a terminal.
    #[default]
    Auto,
    /// Not at all; also right when results stream to the same terminal.
    Never,
}

/// What the command line says about messages.
#[derive(Clone, Copy, Debug, Default)]
pub struct Settings {
    /// `--color`.
    pub color: ColorChoice,
    /// `-v`: notes are shown, and repeated warnings are not held back.
    pub verbose: bool,
    /// Whether there is a progress line.
    pub progress: ProgressChoice,
}

/// A question the terminal asks of whoever knows the signals.
pub type Question = Box<dyn Fn() -> bool + Send + Sync>;

/// What comes from outside: the terminal knows neither signals nor readers that have gone.
pub struct Hooks {
    /// Whether the run should end early; what [`stopping`](crate::observe::Observe::stopping) answers.
    pub stopping: Question,
    /// Whether a progress line has been asked for since the last time (`SIGUSR1`).
    pub asked: Question,
}

impl Default for Hooks {
    /// Nothing ever comes from outside.
    fn default() -> Hooks {
        Hooks {
            stopping: Box::new(|| false),
            asked: Box::new(|| false),
        }
    }
}
