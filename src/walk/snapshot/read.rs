//! Reads snapshots, and believes nothing.

use std::io::{self, Read};

use super::{END, ENTRY, HEADER, Header, HeaderError, LONGEST, MAGIC, VERSION, record};
use crate::group::run::RunReader;

/// Why a snapshot cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// It is something else.
    #[error("it is not a snapshot of jug walk")]
    Foreign,
    /// A later version has written it.
    #[error("it was written by a newer version of jug")]
    Newer,
    /// It has a field that this version does not know.
    #[error("it has the unknown field '{0}'")]
    UnknownField(String),
    /// It is not what was written.
    #[error("the snapshot is damaged or incomplete")]
    Damaged,
    /// It cannot be read.
    #[error(transparent)]
    Io(io::Error),
}

impl From<io::Error> for SnapshotError {
    fn from(error: io::Error) -> SnapshotError {
        match error.kind() {
            io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => SnapshotError::Damaged,
            _ => SnapshotError::Io(error),
        }
    }
}

/// Reads a snapshot, record by record.
#[derive(Debug)]
pub struct Reader<R> {
    run: RunReader<R>,
    entries: u64,
    /// Set at the end: whether something is missing in it.
    end: Option<bool>,
}

impl<R: Read> Reader<R> {
    /// Reads up to the header.
    ///
    /// # Errors
    /// [`SnapshotError`].
    pub fn new(mut input: R) -> Result<(Header, Reader<R>), SnapshotError> {
        check_magic(&mut input)?;
        let mut run = RunReader::with_longest(input, LONGEST);
        if !run.advance()? || run.record().0 != HEADER {
            return Err(SnapshotError::Damaged);
        }
        let header = Header::decode(run.record().1).map_err(|error| match error {
            HeaderError::UnknownField(name) => SnapshotError::UnknownField(name),
            HeaderError::Damaged => SnapshotError::Damaged,
        })?;
        let reader = Reader {
            run,
            entries: 0,
            end: None,
        };
        Ok((header, reader))
    }

    /// Goes to the next entry or gap; false at the end.
    ///
    /// # Errors
    /// [`SnapshotError`].
    pub fn advance(&mut self) -> Result<bool, SnapshotError> {
        if self.end.is_some() {
            return Ok(false);
        }
        if !self.run.advance()? {
            return Err(SnapshotError::Damaged);
        }
        let (key, value) = self.run.record();
        if key.first() == Some(&ENTRY) {
            if key.contains(&0) {
                return Err(SnapshotError::Damaged);
            }
            self.entries += u64::from(value != [record::GAP]);
            return Ok(true);
        }
        let (is_incomplete, entries) = match value.split_first() {
            Some((flag @ (0 | 1), entries)) if key == END => (*flag == 1, entries),
            _ => return Err(SnapshotError::Damaged),
        };
        if entries != self.entries.to_le_bytes() || self.run.advance()? {
            return Err(SnapshotError::Damaged);
        }
        self.run.end()?;
        self.end = Some(is_incomplete);
        Ok(false)
    }

    /// The key and the value of the current record.
    pub fn record(&self) -> (&[u8], &[u8]) {
        let (key, value) = self.run.record();
        (key.get(1..).unwrap_or_default(), value)
    }

    /// Whether something is missing in the snapshot; known at its end.
    pub fn is_incomplete(&self) -> bool {
        self.end == Some(true)
    }
}

/// Reads the first line.
fn check_magic(input: &mut impl Read) -> Result<(), SnapshotError> {
    let mut line = Vec::new();
    let mut byte = [0];
    // A version has a few digits.
    while line.len() < MAGIC.len() + 10 {
        match input.read(&mut byte) {
            Ok(0) => break,
            Ok(_) if byte[0] == b'\n' => break,
            Ok(_) => line.push(byte[0]),
            Err(error) => return Err(error.into()),
        }
    }
    let version = match line.strip_prefix(MAGIC.as_bytes()) {
        Some(version) => std::str::from_utf8(version).ok(),
        None if MAGIC.as_bytes().starts_with(&line) => return Err(SnapshotError::Damaged),
        None => return Err(SnapshotError::Foreign),
    };
    match version.and_then(|version| version.parse::<u32>().ok()) {
        Some(VERSION) => Ok(()),
        Some(version) if version > VERSION => Err(SnapshotError::Newer),
        _ => Err(SnapshotError::Damaged),
    }
}
