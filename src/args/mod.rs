//! Argument groups that commands share, and the parsers of their values.
//!
//! A letter means the same in every command, so a flag that two commands have is defined here.

pub mod common;
pub mod comparison;
mod habits;
pub mod image;
pub mod inputs;
pub mod output;
pub mod output_file;
pub mod selection;
pub mod usage;
pub mod values;
pub mod words;
pub mod zone;

use clap::{Args, ValueEnum};

use crate::ui;

/// Flags that every command has.
#[derive(Args, Clone, Debug)]
pub struct Global {
    /// Print extra messages to standard error
    #[arg(short, long, global = true)]
    pub verbose: bool,

    /// When to use colour
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        hide_default_value = true
    )]
    pub color: When,

    /// When to show a progress bar
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
    /// The settings of the terminal.
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

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum When {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl When {
    /// The settings of the terminal.
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
    /// Never
    Never,
}
