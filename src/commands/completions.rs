//! `jug completions`: print the completion script of a shell.

use std::io::Write as _;

use clap::{Args, ValueEnum};

use super::context::Context;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::io::sink::Sink;

/// Print the completion script of a shell
///
/// Packages install these scripts. To load one by hand: `source <(jug completions bash)`, or for fish
/// `jug completions fish | source`.
#[derive(Args, Debug)]
pub struct Completions {
    /// Shell to complete for
    shell: Shell,
}

/// The supported shells.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Shell {
    Bash,
    Elvish,
    Fish,
    Powershell,
    Zsh,
}

impl Completions {
    fn plan(&self) -> &'static str {
        match self.shell {
            Shell::Bash => "completions/jug.bash",
            Shell::Elvish => "completions/jug.elv",
            Shell::Fish => "completions/jug.fish",
            Shell::Powershell => "completions/_jug.ps1",
            Shell::Zsh => "completions/_jug",
        }
    }

    pub(super) fn run(&self, context: &Context) -> Result<Exit> {
        let path = self.plan();
        let script = (context.artifacts)()
            .into_iter()
            .find(|artifact| artifact.path == path)
            .map(|artifact| artifact.bytes)
            .expect("there is a script for every shell, as a test makes sure");
        let failed = |error| Error::writing("standard output", error);
        let mut out = Sink::stdout().map_err(failed)?;
        out.write_all(&script).map_err(failed)?;
        out.commit().map_err(failed)?;
        Ok(Exit::Done)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shell_has_a_script() {
        let made = crate::cli::artifacts::all();
        for shell in Shell::value_variants() {
            let path = Completions { shell: *shell }.plan();
            assert!(made.iter().any(|artifact| artifact.path == path), "{path}");
        }
    }
}
