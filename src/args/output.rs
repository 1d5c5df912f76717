//! The format of results, and the file they are written to.

use std::path::Path;

use clap::Args;

use super::output_file::OutputFile;
use crate::error::{Error, Result};
use crate::format::{self, OUTPUTS, OutputSpec, json};

/// The flags of commands that output rows.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Output")]
pub struct Output {
    /// Output format [default: table on a terminal, otherwise tsv]
    #[arg(short, long, value_name = "FORMAT", value_parser = names())]
    pub to: Option<String>,

    /// Write NDJSON; short for --to ndjson
    #[arg(long, conflicts_with = "to")]
    pub ndjson: bool,

    /// The file.
    #[command(flatten)]
    pub file: OutputFile,

    /// When to write a header with the names of the columns
    #[arg(
        long,
        value_name = "WHEN",
        default_value = "auto",
        hide_default_value = true
    )]
    pub header: Header,
}

/// When a header is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Header {
    /// If there is at least one row
    #[default]
    Auto,
    /// Even if there are no rows
    Always,
    /// Never
    Never,
}

/// How rows are written.
#[derive(Clone, Copy)]
pub enum To {
    /// As an aligned table.
    Table,
    /// As an aligned table with bars, also where nobody looks at it on a terminal.
    Bars,
    /// In a format for programs.
    Rows(&'static OutputSpec),
}

impl Output {
    /// The output file; none for standard output.
    pub fn file(&self) -> Option<&Path> {
        self.file.path()
    }

    /// The format that was asked for, by `--to` or by the extension of the file.
    ///
    /// # Errors
    /// If flag and extension contradict each other, or the extension is that of compressed files.
    pub fn asked(&self) -> Result<Option<To>> {
        let named = match (&self.to, self.ndjson) {
            (_, true) => Some(To::Rows(&json::NDJSON)),
            // Of the accepted names only those of tables are not an output format of records.
            (Some(name), false) if name == BARS => Some(To::Bars),
            (Some(name), false) => Some(format::find_output(name).map_or(To::Table, To::Rows)),
            (None, false) => None,
        };
        let Some(file) = self.file() else {
            return Ok(named);
        };
        let extension = file.extension().and_then(|extension| extension.to_str());
        let extension = extension.map(str::to_ascii_lowercase);
        let extension = extension.as_deref();
        if extension.is_some_and(|extension| format::COMPRESSED.contains(&extension)) {
            let message = format!("{}: output cannot be compressed", file.display());
            return Err(Error::usage(message).hint("leave out -o and pipe into gzip or zstd"));
        }
        let by_extension = extension.and_then(by_extension);
        if let (Some(named), Some(by_extension)) = (named, by_extension)
            && named.name() != by_extension.name
        {
            let message = format!(
                "{}: the extension selects {}, but --to selects {}",
                file.display(),
                by_extension.name,
                named.name()
            );
            return Err(Error::usage(message).hint("change the extension, or leave out --to"));
        }
        Ok(named.or(by_extension.map(To::Rows)))
    }

    /// Fails if rows would be written to a file whose extension selects no format, and `--to` does not select one either.
    ///
    /// # Errors
    /// The extensions that select a format.
    pub fn check_extension(&self) -> Result<()> {
        let Some(file) = self.file() else {
            return Ok(());
        };
        let Some(extension) = file
            .extension()
            .filter(|_| self.asked().is_ok_and(|to| to.is_none()))
        else {
            return Ok(());
        };
        let known: Vec<&str> = OUTPUTS
            .iter()
            .flat_map(|output| output.extensions)
            .copied()
            .collect();
        let message = format!(
            "{}: unknown extension '{}': expected one of {}",
            file.display(),
            extension.display(),
            known.join(", ")
        );
        Err(Error::usage(message).hint("change the extension, or select the format with --to"))
    }
}

impl To {
    /// The word after `--to`.
    fn name(self) -> &'static str {
        match self {
            To::Table => TABLE,
            To::Bars => BARS,
            To::Rows(spec) => spec.name,
        }
    }
}

/// The word after `--to` for a table.
const TABLE: &str = "table";

/// The word for a table with bars.
const BARS: &str = "bars";

fn by_extension(extension: &str) -> Option<&'static OutputSpec> {
    OUTPUTS
        .iter()
        .copied()
        .find(|output| output.extensions.contains(&extension))
}

fn names() -> clap::builder::PossibleValuesParser {
    use clap::builder::PossibleValue;
    let table = PossibleValue::new(TABLE).help("Write an aligned table");
    let rows = OUTPUTS
        .iter()
        .map(|output| PossibleValue::new(output.name).help(output.summary));
    let bars = PossibleValue::new(BARS).help("Write a table with bars of its first aggregate");
    clap::builder::PossibleValuesParser::new([table, bars].into_iter().chain(rows))
}
