//! The description of a stage: its name, its arguments, what it takes and gives, and how it is opened.

use std::fmt;
use std::path::PathBuf;

use clap::ArgMatches;

use super::data::Kind;
use super::ends::{Sink, Source};
use super::stage::{ByteStage, LineStage, Step, UnitStage};

/// A stage: its name, its words and how it is opened.
pub struct Spec {
    /// The name in a chain.
    pub name: &'static str,
    /// One line, imperative, no full stop.
    pub summary: &'static str,
    /// The heading under which lists show it.
    pub family: Family,
    /// Adds its arguments, whose doc comments are the help, to a command.
    pub define: fn(clap::Command) -> clap::Command,
    /// What it works on, the first of which is preferred where nothing flows yet.
    pub takes: &'static [Kind],
    /// Makes the stage that the arguments ask for, for a stream of this kind.
    pub open: fn(&ArgMatches, Kind) -> Result<Opened, Refused>,
    /// Whether it has a thread of its own: it computes much for each byte, or it waits.
    pub heavy: bool,
    /// Runs that a test executes and the manual shows.
    pub examples: &'static [Example],
}

/// Its name: the rest is code.
impl fmt::Debug for Spec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Spec").field(&self.name).finish()
    }
}

/// The headings under which stages are listed, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    /// What works on lines and characters.
    Text,
    /// What writes bytes as text, and reads them back.
    Encodings,
    /// What makes data smaller, and reads it back.
    Compression,
    /// What cuts, and what keeps a part.
    Framing,
    /// What reads, changes and writes records.
    Records,
    /// What takes time, other files and other programs into account.
    Flow,
    /// What treats all lines, items or records together.
    Sets,
}

impl Family {
    /// The heading.
    pub fn title(self) -> &'static str {
        match self {
            Family::Text => "Text",
            Family::Encodings => "Encodings",
            Family::Compression => "Compression",
            Family::Framing => "Framing",
            Family::Records => "Records",
            Family::Flow => "Flow",
            Family::Sets => "Sets",
        }
    }
}

/// A run of one stage, or of a short chain, that shows what it does.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// The words after the stage's name; a `+` begins another stage.
    pub words: &'static [&'static str],
    /// What it reads.
    pub input: &'static str,
    /// What it writes.
    pub output: &'static str,
}

impl Example {
    /// What is typed in a shell to run it, for the stage of this name.
    pub fn command(&self, name: &str) -> String {
        let words: Vec<String> = [name]
            .iter()
            .chain(self.words)
            .map(|word| shell_word(word))
            .collect();
        let input = [
            ("\\", "\\\\"),
            ("\n", "\\n"),
            ("\t", "\\t"),
            ("\0", "\\000"),
            ("\r", "\\r"),
            ("'", "'\\''"),
            ("%", "%%"),
        ]
        .iter()
        .fold(self.input.to_owned(), |text, (from, to)| {
            text.replace(from, to)
        });
        let words = words.join(" ");
        match input.is_empty() {
            true => format!("jug pipe {words}"),
            false => format!("printf '{input}' | jug pipe {words}"),
        }
    }
}

/// A word as it is typed in a shell.
fn shell_word(word: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:,=+%@".contains(&byte);
    match !word.is_empty() && word.bytes().all(is_plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    }
}

/// A stage that is ready to run.
pub struct Opened {
    /// What it does.
    pub work: Work,
    /// What it gives.
    pub gives: Gives,
    /// The files that it writes, none of which may be an input.
    pub writes: Vec<PathBuf>,
    /// What it does instead where it begins a chain for which no input is named.
    pub alone: Option<Box<dyn Source + Send>>,
}

impl Opened {
    /// A stage that gives what it takes.
    pub fn same(work: Work) -> Opened {
        Opened {
            work,
            gives: Gives::Same,
            writes: Vec::new(),
            alone: None,
        }
    }

    /// A stage that gives this, whatever it takes.
    pub fn giving(kind: Kind, work: Work) -> Opened {
        Opened {
            work,
            gives: Gives::Kind(kind),
            writes: Vec::new(),
            alone: None,
        }
    }

    /// The same stage, which is this source where it begins a chain for which no input is named.
    pub fn alone(mut self, source: Box<dyn Source + Send>) -> Opened {
        self.alone = Some(source);
        self
    }

    /// The same stage, which writes these files.
    pub fn writing(mut self, files: Vec<PathBuf>) -> Opened {
        self.writes = files;
        self
    }
}

/// What a stage gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gives {
    /// What it takes.
    Same,
    /// Always this.
    Kind(Kind),
}

/// What a stage does, by the trait that its author chose.
pub enum Work {
    /// See [`ByteStage`].
    Bytes(Box<dyn ByteStage>),
    /// See [`LineStage`].
    Lines(Box<dyn LineStage>),
    /// See [`UnitStage`].
    Units(Box<dyn UnitStage>),
    /// See [`Step`].
    Step(Box<dyn Step>),
    /// A stage that begins a chain: nothing else is read.
    Source(Box<dyn Source + Send>),
    /// A stage whose two ends run at the same time, each in the thread of its neighbours, such as another program.
    Bridge(Bridge),
}

/// The two ends of a stage that data leaves in its own time.
pub struct Bridge {
    /// What the stages before it write to.
    pub entry: Box<dyn Sink + Send>,
    /// What the stages after it read.
    pub exit: Box<dyn Source + Send>,
}

/// Arguments that a stage cannot work with, or an input that it does not take.
#[derive(Debug)]
pub struct Refused {
    /// Why.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
    /// The shell may have taken a part of the arguments as the name of a file for the output.
    pub may_be_redirected: bool,
}

impl Refused {
    /// A refusal without a hint.
    pub fn new(message: impl Into<String>) -> Refused {
        Refused {
            message: message.into(),
            hint: None,
            may_be_redirected: false,
        }
    }

    /// Says that the shell may have taken a part of the arguments as the name of a file for the output.
    pub fn may_be_redirected(mut self) -> Refused {
        self.may_be_redirected = true;
        self
    }

    /// Adds what to do.
    pub fn hint(mut self, hint: impl Into<String>) -> Refused {
        self.hint = Some(hint.into());
        self
    }
}

/// The arguments of a stage, as its own type.
///
/// # Panics
/// If the matches come from another definition.
pub fn arguments<A: clap::FromArgMatches>(matches: &ArgMatches) -> A {
    A::from_arg_matches(matches).expect("the matches come from the definition of this type")
}
