//! The commands, one file each: what was typed, what it means, and the wiring. The only place where families meet.
//!
//! A command's file has always the same parts: what it is for, its arguments (whose comments are the help), `plan` (what
//! they mean; touches no file), `run`. To add one: the file, and three lines here.

pub mod cache;
pub mod completions;
pub mod generate;
pub mod log;
pub mod pie;
pub mod render;
mod shared;
pub mod walk;

use clap::Subcommand;

use crate::error::Result;
use crate::exit::Exit;
use crate::ui::Ui;

/// What is to be done. The words about each are at its arguments, where clap finds them.
#[derive(Subcommand, Debug)]
#[allow(missing_docs)]
pub enum Command {
    Log(Box<log::Log>),
    Walk(Box<walk::Walk>),
    Pie(Box<pie::Pie>),
    Render(Box<render::Render>),
    Cache(cache::CacheCommand),
    Completions(completions::Completions),
    #[command(hide = true)]
    Generate(generate::Generate),
}

/// What every command is given.
pub struct Context {
    /// The terminal.
    pub ui: Ui,
    /// Makes the generated files, which are made from the definition of all commands.
    pub artifacts: fn() -> Vec<Artifact>,
}

/// A generated file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifact {
    /// Where it belongs, from the top of the project.
    pub path: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

impl Command {
    /// The command as messages name it.
    pub fn title(&self) -> &'static str {
        match self {
            Command::Log(_) => "jug log",
            Command::Walk(_) => "jug walk",
            Command::Pie(_) => "jug pie",
            Command::Render(_) => "jug render",
            Command::Cache(_) => "jug cache",
            Command::Completions(_) => "jug completions",
            Command::Generate(_) => "jug generate",
        }
    }

    /// Does it.
    ///
    /// # Errors
    /// What ends the command; what it can go on after is said on the way.
    pub fn run(&self, context: &Context) -> Result<Exit> {
        match self {
            Command::Log(log) => log.run(context),
            Command::Walk(walk) => walk.run(context),
            Command::Pie(pie) => pie.run(context),
            Command::Render(render) => render.run(context),
            Command::Cache(cache) => cache.run(context),
            Command::Completions(completions) => completions.run(context),
            Command::Generate(generate) => generate.run(context),
        }
    }
}
