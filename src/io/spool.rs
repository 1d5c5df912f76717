//! Temporary files without names: they are gone however the process ends.

use std::fs::File;
use std::io::{self, Read, Seek as _, Write};

/// A temporary file in the directory that `TMPDIR` names, or `/tmp`: written first, then read.
#[derive(Debug)]
pub struct Spool(File);

impl Spool {
    /// An empty one.
    ///
    /// # Errors
    /// Those of open(2).
    pub fn new() -> io::Result<Spool> {
        tempfile::tempfile().map(Spool)
    }

    /// Goes back to the beginning.
    ///
    /// # Errors
    /// Those of lseek(2).
    pub fn rewind(&self) -> io::Result<()> {
        (&self.0).rewind()
    }
}

impl Write for Spool {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl Read for Spool {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.0.read(into)
    }
}

impl Read for &Spool {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        (&self.0).read(into)
    }
}
