//! What can go wrong in a chain, and what it means for the run.

use std::fmt;

/// Why a stage cannot go on.
#[derive(Debug)]
pub struct Failure {
    /// What sort it is.
    pub kind: FailureKind,
    /// What happened, without the stage's name.
    pub message: String,
    /// Where in the stage's input, if that is known.
    pub at: Option<Position>,
    /// In which part of the chain; set while the failure goes back through the chain.
    pub part: Option<Part>,
}

/// A part of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Reading the input.
    Input,
    /// A stage: its number from 1, and its name.
    Stage(usize, &'static str),
    /// Writing the output.
    Output,
}

/// What a failure means for the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// The run is aborted: exit status 2.
    Abort,
    /// A time limit was exceeded: exit status 124.
    TimedOut,
    /// A command ended with this exit status, which becomes jug's.
    Command(u8),
    /// The reader of the output has gone: the run ends without a message.
    ReaderGone,
    /// A signal asked to stop.
    Stopped,
}

/// A place in the input of a stage, counted from 0 for bytes and from 1 for the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    /// An offset in bytes.
    Byte(u64),
    /// A line.
    Line(u64),
    /// An item.
    Item(u64),
    /// A record.
    Record(u64),
}

impl Failure {
    /// A failure that aborts the run.
    pub fn new(message: impl Into<String>) -> Failure {
        Failure {
            kind: FailureKind::Abort,
            message: message.into(),
            at: None,
            part: None,
        }
    }

    /// A failure of another kind.
    pub fn of_kind(kind: FailureKind, message: impl Into<String>) -> Failure {
        Failure {
            kind,
            ..Failure::new(message)
        }
    }

    /// The same with its place.
    pub fn at(mut self, position: Position) -> Failure {
        self.at = Some(position);
        self
    }

    /// The same at a line of a block, counted from 0, unless the place is known already.
    pub fn at_line(mut self, index: u64) -> Failure {
        self.at.get_or_insert(Position::Line(index + 1));
        self
    }

    /// The same with the part of the chain, unless that is known already.
    pub fn within(mut self, part: Part) -> Failure {
        self.part.get_or_insert(part);
        self
    }
}

/// `stage 2 (cut): line 7: no field 'name'`.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(Part::Stage(number, name)) = self.part {
            write!(f, "stage {number} ({name}): ")?;
        }
        match self.at {
            Some(at) => write!(f, "{at}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Position::Byte(offset) => write!(f, "byte {offset}"),
            Position::Line(number) => write!(f, "line {number}"),
            Position::Item(number) => write!(f, "item {number}"),
            Position::Record(number) => write!(f, "record {number}"),
        }
    }
}
