//! Where results go: standard output, or a file that is replaced as a whole.

use std::path::{Path, PathBuf};

use clap::{Args, ValueHint};

use crate::io::sink::{Durability, FileOptions, Mode};

/// `-o` and `--if-changed`.
#[derive(Args, Clone, Debug, Default)]
pub struct OutputFile {
    /// Write to FILE atomically; the extension selects the format
    ///
    /// FILE is replaced only after all output is written, even if some input was incomplete (exit status 3). After an error or
    /// a signal the old file is left untouched.
    #[arg(id = "output", short = 'o', long = "output", value_name = "FILE", value_hint = ValueHint::FilePath, group = "destination", help_heading = "Output")]
    path: Option<PathBuf>,

    /// Leave FILE untouched if its contents would not change
    #[arg(long, requires = "destination", help_heading = "Output")]
    if_changed: bool,
}

impl OutputFile {
    /// The output to a file.
    pub fn at(path: &Path) -> OutputFile {
        OutputFile {
            path: Some(path.to_owned()),
            if_changed: false,
        }
    }

    /// The file; none for standard output, which `-` stands for too.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref().filter(|path| path.as_os_str() != "-")
    }

    /// Whether `-o` was given, with a file or `-`.
    pub fn is_given(&self) -> bool {
        self.path.is_some()
    }

    /// How the file is written: synced if users keep it, not if it can be made again.
    pub fn options(&self, durability: Durability) -> FileOptions {
        let mode = match self.if_changed {
            true => Mode::ReplaceIfChanged,
            false => Mode::Replace,
        };
        FileOptions { mode, durability }
    }
}
