//! Argument groups that commands share, and the parsers of their values.
//!
//! One letter means one thing in every command, so a flag that two commands have lives here.

pub mod comparison;
pub mod image;
pub mod inputs;
pub mod output;
pub mod selection;
pub mod values;
pub mod words;

use clap::{Args, ValueEnum};

use crate::ui;

/// Flags that every command has.
#[derive(Args, Clone, Debug)]
pub struct Global {
    /// Say more on standard error
    #[arg(short, long, global = true)]
    pub verbose: bool,

    /// Colour results and messages
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        hide_default_value = true
    )]
    pub color: When,

    /// Show a progress bar on a terminal
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        hide_default_value = true
    )]
    pub progress: Progress,
}

impl Global {
    /// The same for the terminal.
    pub fn settings(&self) -> ui::Settings {
        ui::Settings {
            color: self.color.choice(),
            verbose: self.verbose,
            progress: match self.progress {
                Progress::Auto => ui::ProgressChoice::Auto,
                Progress::Never => ui::ProgressChoice::Never,
            },
        }
    }
}

/// When to do something that only a terminal wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum When {
    /// On a terminal
    Auto,
    /// Everywhere
    Always,
    /// Nowhere
    Never,
}

impl When {
    /// The same for the terminal.
    pub fn choice(self) -> ui::ColorChoice {
        match self {
            When::Auto => ui::ColorChoice::Auto,
            When::Always => ui::ColorChoice::Always,
            When::Never => ui::ColorChoice::Never,
        }
    }
}

/// When to show progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Progress {
    /// On a terminal
    Auto,
    /// Nowhere
    Never,
}
