//! `floor names|names-ordered|stats DIR`: every path under a directory, the directory's own first.
//!
//! Linux alone, and only what all these jobs need: directories are opened relative to the one above, read by `getdents64`
//! into a large buffer, and handed from thread to thread when one has nothing to do. What an entry is comes with its name, so
//! a file system that does not say (`DT_UNKNOWN`) is refused. Everything that goes wrong is the end: the benchmark has
//! made the tree and lets nobody change it.

mod directory;
pub mod ordered;
mod queue;
pub mod unordered;

use std::io::{self, Write};

/// Bytes of output that a thread collects before it writes them, in one call and with no other thread's in between.
const OUTPUT: usize = 64 << 10;

/// Writes what has been collected.
fn flush(output: &mut Vec<u8>) -> io::Result<()> {
    io::stdout().lock().write_all(output)?;
    output.clear();
    Ok(())
}
