//! The commands, one file each: what was typed, what it means, and the wiring. The only place where families meet.
//!
//! A command's file has always the same parts: what it is for, its arguments (whose comments are the help), `plan` (what
//! they mean; touches no file), `run`. To add one: the file, and two lines here.

pub mod cache;
pub mod completions;
pub mod generate;
pub mod log;
pub mod pie;
pub mod render;
mod shared;
pub mod walk;

use clap::{Args as _, Subcommand};

use crate::error::Result;
use crate::exit::{self, Exit};
use crate::ui::Ui;

/// Defines the commands from one list: each with its arguments, the word that it is called by, and its exit statuses.
macro_rules! commands {
    ($($(#[$attribute:meta])* $name:ident($arguments:ty) = $word:literal ($($status:ident)*),)*) => {
        // What is to be done. The words about each are at its arguments, where clap finds them; a doc comment here would take
        // the place of those about jug.
        #[derive(Subcommand, Debug)]
        #[allow(missing_docs)]
        pub enum Command {
            $($(#[$attribute])* $name($arguments),)*
        }

        impl Command {
            /// The command as messages name it.
            pub fn title(&self) -> &'static str {
                match self {
                    $(Command::$name(_) => concat!("jug ", $word),)*
                }
            }

            /// The same for the command that is called by this word.
            pub fn title_of(word: &str) -> Option<&'static str> {
                match word {
                    $($word => Some(concat!("jug ", $word)),)*
                    _ => None,
                }
            }

            /// The exit statuses of the command that is called by this word.
            pub fn statuses(word: &str) -> &'static [exit::Status] {
                match word {
                    $($word => &[$(exit::$status),*],)*
                    _ => &[],
                }
            }

            /// Does it.
            ///
            /// # Errors
            /// What ends the command; what it can go on after is said on the way.
            pub fn run(&self, context: &Context) -> Result<Exit> {
                match self {
                    $(Command::$name(command) => command.run(context),)*
                }
            }

            /// The arguments of the command that is called by this word. Making those of all takes a tenth of the time of a
            /// command that has little to do.
            pub fn definition(word: &str) -> Option<clap::Command> {
                match word {
                    $($word => Some(<$arguments>::augment_args(clap::Command::new($word))),)*
                    _ => None,
                }
            }
        }
    };
}

commands! {
    Log(Box<log::Log>) = "log" (SUCCESS NOT_FOUND ERROR INCOMPLETE SIGNALED),
    Walk(Box<walk::Walk>) = "walk" (SUCCESS NOT_FOUND ERROR INCOMPLETE SIGNALED),
    Pie(Box<pie::Pie>) = "pie" (SUCCESS NOT_CACHED ERROR SIGNALED),
    Render(Box<render::Render>) = "render" (SUCCESS NOT_CACHED ERROR INCOMPLETE SIGNALED),
    Cache(cache::CacheCommand) = "cache" (SUCCESS DAMAGED ERROR INCOMPLETE SIGNALED),
    Completions(completions::Completions) = "completions" (SUCCESS ERROR SIGNALED),
    #[command(hide = true)]
    Generate(generate::Generate) = "generate" (SUCCESS ERROR SIGNALED),
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
