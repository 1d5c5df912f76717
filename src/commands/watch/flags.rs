//! The values of flags, and what they mean for the engine.

use clap::ValueEnum;

use crate::io::process::Signal;
use crate::watch::runs::Busy;
use crate::watch::{Engine, Kind};

/// A kind of change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum KindName {
    /// A new entry
    Create,
    /// Other content
    Modify,
    /// Other attributes
    Attrib,
    /// An entry is gone
    Remove,
    /// An entry has another path
    Rename,
    /// A file that was open for writing was closed
    Close,
    /// A file was read
    Access,
    /// An entry was there at the start
    Exists,
}

/// How changes are noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum EngineName {
    /// By inotify; where that does not report everything, by looking
    Auto,
    /// By inotify, on any file system
    Inotify,
    /// By looking from time to time
    Poll,
}

/// What ends the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum WaitFor {
    /// Every PATH exists
    Exists,
    /// No PATH exists
    Gone,
}

/// A result of the command that ends the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ExitOn {
    /// It has failed
    Fail,
    /// It has succeeded
    Ok,
}

impl From<EngineName> for Engine {
    fn from(name: EngineName) -> Engine {
        match name {
            EngineName::Auto => Engine::Auto,
            EngineName::Inotify => Engine::Inotify,
            EngineName::Poll => Engine::Poll,
        }
    }
}

/// The kinds that are reported.
pub(super) fn kinds(names: &[KindName], initial: bool) -> Vec<Kind> {
    let kind = |name: &KindName| match name {
        KindName::Create => Kind::Create,
        KindName::Modify => Kind::Modify,
        KindName::Attrib => Kind::Attrib,
        KindName::Remove => Kind::Remove,
        KindName::Rename => Kind::Rename,
        KindName::Close => Kind::Close,
        KindName::Access => Kind::Access,
        KindName::Exists => Kind::Exists,
    };
    let mut kinds: Vec<Kind> = match names {
        [] => vec![Kind::Create, Kind::Modify, Kind::Remove, Kind::Rename],
        names => names.iter().map(kind).collect(),
    };
    if initial {
        kinds.push(Kind::Exists);
    }
    kinds
}

pub(super) fn signal(text: &str) -> Result<Signal, String> {
    Signal::parse(text).ok_or_else(|| {
        format!("invalid signal '{text}': expected a name such as TERM, or a number")
    })
}

pub(super) fn busy(text: &str) -> Result<Busy, String> {
    match text {
        "queue" => Ok(Busy::Queue),
        "restart" => Ok(Busy::Restart),
        "drop" => Ok(Busy::Drop),
        _ => match text.strip_prefix("signal=") {
            Some(name) => signal(name).map(Busy::Signal),
            None => Err(format!(
                "invalid value '{text}': expected queue, restart, drop or signal=SIG"
            )),
        },
    }
}
