//! Snapshots of trees: what was there, with its attributes; and what has changed since.
//!
//! A snapshot is compressed with zstd. Inside are a line with a version, then a run (`group::run`), which is sorted and
//! has checksums. Its records are, by the first byte of their keys:
//!
//! ```text
//! h                the header: lines of words, see `header`
//! p, then a key    an entry, or a gap: a directory that could not be read; see `record`
//! z                the end: whether anything is missing, and the number of entries
//! ```
//!
//! The key of an entry is its path without slashes at the end of its root, so that the keys of a walk in the order of whole paths
//! ascend. Both sides of a comparison are read once, in that order; only what was added or removed is kept, in memory that is
//! bounded, to find what was moved. Snapshots may be anybody's: what is read is checked, and nothing is believed about lengths.

pub mod change;
mod compare;
mod gaps;
mod header;
mod moves;
mod read;
pub mod record;
#[cfg(test)]
mod tests;
mod write;

pub use change::{Change, Kind};
pub use compare::Comparer;
pub use header::{Header, HeaderError, trimmed};
pub use read::{Reader, SnapshotError};
pub use record::SnapshotRecorder;
pub use write::Writer;

/// The first line, up to the version.
const MAGIC: &str = "jug walk snapshot ";

/// The version that is written.
const VERSION: u32 = 1;

/// The key of the header.
const HEADER: &[u8] = b"h";
/// The first byte of the keys of entries and gaps.
const ENTRY: u8 = b'p';
/// The key of the end.
const END: &[u8] = b"z";

/// The longest frame of a run that is read, in bytes: longer than any path with its attributes.
const LONGEST: usize = 16 << 20;
