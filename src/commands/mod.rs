//! The commands, one file each. Only commands use several engines.
//!
//! The file of a command has four parts: its purpose, its arguments (whose comments are the help), `plan` (the meaning of the
//! arguments; no I/O) and `run`. To add a command, add the file and two lines here.

pub mod cache;
pub mod completions;
pub mod context;
pub mod follow;
pub mod generate;
pub mod log;
pub mod merge;
pub mod pie;
pub mod pipe;
pub mod render;
mod shared;
pub mod walk;
pub mod watch;

use clap::{Args as _, Subcommand};

pub use context::{Artifact, Context};

use crate::error::Result;
use crate::exit::{self, Exit};

/// Defines the commands from one list: each with its arguments, the word that it is called by, and its exit statuses.
macro_rules! commands {
    ($($(#[$attribute:meta])* $name:ident($arguments:ty) = $word:literal ($($status:ident)*),)*) => {
        // A command with its arguments. The help is at the arguments, where clap finds it; a doc comment here would replace the
        // help of jug.
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

            /// Runs it.
            ///
            /// # Errors
            /// The error that ends the command. Errors after which it goes on are reported on the way.
            pub fn run(&self, context: &Context) -> Result<Exit> {
                match self {
                    $(Command::$name(command) => command.run(context),)*
                }
            }

            /// The definition of the command with this name. Building all definitions would take a tenth of the time of a
            /// command with little input.
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
    Merge(Box<merge::Merge>) = "merge" (SUCCESS ERROR INCOMPLETE SIGNALED),
    Walk(Box<walk::Walk>) = "walk" (SUCCESS NOT_FOUND ERROR INCOMPLETE SIGNALED),
    Pie(Box<pie::Pie>) = "pie" (SUCCESS NOT_CACHED ERROR SIGNALED),
    Render(Box<render::Render>) = "render" (SUCCESS NOT_CACHED ERROR INCOMPLETE SIGNALED),
    Watch(Box<watch::Watch>) = "watch" (SUCCESS ERROR INCOMPLETE TIMED_OUT COMMAND_FAILED SIGNALED),
    Follow(Box<follow::Follow>) = "follow" (SUCCESS NOT_MET ERROR INCOMPLETE TIMED_OUT SIGNALED),
    Pipe(pipe::Pipe) = "pipe" (SUCCESS ERROR INCOMPLETE TIMED_OUT COMMAND_FAILED SIGNALED),
    Cache(cache::CacheCommand) = "cache" (SUCCESS DAMAGED ERROR INCOMPLETE SIGNALED),
    Completions(completions::Completions) = "completions" (SUCCESS ERROR SIGNALED),
    #[command(hide = true)]
    Generate(generate::Generate) = "generate" (SUCCESS ERROR SIGNALED),
}
