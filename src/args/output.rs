//! In which format results go out, and where to.

use std::path::{Path, PathBuf};

use clap::{Args, ValueHint};

use crate::error::{Error, Result};
use crate::format::{self, OUTPUTS, OutputSpec, json};

/// The flags of commands that give rows.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Output")]
pub struct Output {
    /// Write this format [default: table on a terminal, else tsv]
    #[arg(short, long, value_name = "FORMAT", value_parser = names())]
    pub to: Option<String>,

    /// Write NDJSON; short for --to ndjson
    #[arg(long, conflicts_with = "to")]
    pub ndjson: bool,

    /// Write to a file, whole or not at all; its ending picks the format
    ///
    /// The file takes its place once all is written, also where inputs were incomplete (exit status 3); not after an error
    /// or a signal, which leave an older file as it was.
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub output: Option<PathBuf>,

    /// Leave the output file untouched if it would not change
    #[arg(long, requires = "output")]
    pub if_changed: bool,

    /// Write the names of the columns: always, never, or when there are rows
    #[arg(
        long,
        value_name = "WHEN",
        default_value = "auto",
        hide_default_value = true
    )]
    pub header: Header,
}

/// Whether the names of the columns are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Header {
    /// When there are rows
    #[default]
    Auto,
    /// Also without rows
    Always,
    /// Not at all
    Never,
}

/// How rows are written.
#[derive(Clone, Copy)]
pub enum To {
    /// For people.
    Table,
    /// For programs.
    Rows(&'static OutputSpec),
}

impl Output {
    /// The file that results go to; none for standard output, which `-` is too.
    pub fn file(&self) -> Option<&Path> {
        self.output
            .as_deref()
            .filter(|path| path.as_os_str() != "-")
    }

    /// The format that was asked for: by name, by the file's ending, or not at all.
    ///
    /// # Errors
    /// If name and ending contradict each other, or the ending is that of compressed files.
    pub fn asked(&self) -> Result<Option<To>> {
        let named = match (&self.to, self.ndjson) {
            (_, true) => Some(To::Rows(&json::NDJSON)),
            // Of the values that the parser accepts, only the table is no format of rows.
            (Some(name), false) => Some(format::find_output(name).map_or(To::Table, To::Rows)),
            (None, false) => None,
        };
        if let Some(file) = &self.output
            && let Some(ending) = file.extension().and_then(|ending| ending.to_str())
            && format::COMPRESSED.contains(&ending)
        {
            let message = format!("{}: what is written is not compressed", file.display());
            return Err(Error::usage(message).hint("leave out -o, and pipe into gzip or zstd"));
        }
        let by_ending = self.output.as_deref().and_then(ending);
        if let (Some(named), Some(by_ending), Some(file)) = (named, by_ending, &self.output)
            && !named.is(by_ending)
        {
            let message = format!(
                "{} says {}, --to says {}",
                file.display(),
                by_ending.name,
                named.name()
            );
            return Err(
                Error::usage(message).hint("give the file another ending, or leave out --to")
            );
        }
        Ok(named.or(by_ending.map(To::Rows)))
    }
}

/// The word after `--to` for a table.
const TABLE: &str = "table";

impl To {
    /// The word after `--to`.
    fn name(self) -> &'static str {
        match self {
            To::Table => TABLE,
            To::Rows(spec) => spec.name,
        }
    }

    /// Whether it is this format of rows.
    fn is(self, spec: &OutputSpec) -> bool {
        matches!(self, To::Rows(own) if std::ptr::eq(own, spec))
    }
}

fn ending(file: &Path) -> Option<&'static OutputSpec> {
    let ending = file.extension()?.to_str()?;
    OUTPUTS
        .iter()
        .copied()
        .find(|output| output.extensions.contains(&ending))
}

fn names() -> clap::builder::PossibleValuesParser {
    use clap::builder::PossibleValue;
    let table = PossibleValue::new(TABLE).help("Align columns for people");
    let rows = OUTPUTS
        .iter()
        .map(|output| PossibleValue::new(output.name).help(output.summary));
    clap::builder::PossibleValuesParser::new(std::iter::once(table).chain(rows))
}
