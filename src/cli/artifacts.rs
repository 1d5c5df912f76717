//! All generated files, made in memory from the definition of the command line. They do not depend on the environment.

use clap_complete::Shell;

use super::{chains, manual};
use crate::commands::Artifact;
use crate::log::aggregate;
use crate::log::query::STAGES;

/// All completion scripts and man pages.
pub fn all() -> Vec<Artifact> {
    let scripts = [
        (Shell::Bash, "jug.bash"),
        (Shell::Elvish, "jug.elv"),
        (Shell::Fish, "jug.fish"),
        (Shell::PowerShell, "_jug.ps1"),
        (Shell::Zsh, "_jug"),
    ];
    let scripts = scripts.into_iter().map(|(shell, name)| {
        let mut bytes = Vec::new();
        clap_complete::generate(shell, &mut visible(), "jug", &mut bytes);
        if shell == Shell::Fish {
            bytes.extend_from_slice(fish_query_words().as_bytes());
        }
        let script = String::from_utf8_lossy(&bytes).into_owned();
        Artifact {
            path: format!("completions/{name}"),
            bytes: chains::add(shell, script).into_bytes(),
        }
    });
    scripts.chain(manual::pages(&visible())).collect()
}

/// The words that begin a query, for fish: clap_complete writes no values of positional arguments for it. File names are
/// still completed.
fn fish_query_words() -> String {
    let stages = STAGES.iter().map(|(stage, _)| *stage);
    let words: Vec<&str> = aggregate::names().chain(stages).collect();
    format!(
        "complete -c jug -n \"__fish_jug_using_subcommand log\" -a \"{}\"\n",
        words.join(" ")
    )
}

/// The command line without hidden commands.
fn visible() -> clap::Command {
    let command = super::command();
    let (shown, hidden): (Vec<_>, Vec<_>) = command
        .get_subcommands()
        .cloned()
        .partition(|command| !command.is_hide_set());
    if hidden.is_empty() {
        return command;
    }
    // clap cannot remove a subcommand, so the root is built again without them.
    let root = clap::Command::new("jug")
        .version(env!("CARGO_PKG_VERSION"))
        .disable_help_subcommand(true)
        .args(command.get_arguments().cloned());
    let root = match command.get_about() {
        Some(about) => root.about(about.clone()),
        None => root,
    };
    root.subcommands(shown)
}
