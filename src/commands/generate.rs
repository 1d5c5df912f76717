//! `jug generate`: write the completion scripts and man pages of the project. Hidden: only for developers of jug.

use std::fs;
use std::path::PathBuf;

use clap::Args;

use super::context::Context;
use crate::error::{Error, Result};
use crate::exit::Exit;

/// Write completions/ and man/
#[derive(Args, Debug)]
pub struct Generate {
    /// Directory of the project
    #[arg(long, value_name = "DIR")]
    write: PathBuf,
}

impl Generate {
    pub(super) fn run(&self, context: &Context) -> Result<Exit> {
        for artifact in (context.artifacts)() {
            let path = self.write.join(&artifact.path);
            let written = path
                .parent()
                .map_or(Ok(()), fs::create_dir_all)
                .and_then(|()| fs::write(&path, &artifact.bytes));
            written.map_err(|error| Error::writing(path.display().to_string(), error))?;
        }
        Ok(Exit::Done)
    }
}
