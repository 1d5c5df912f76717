//! How a run is done; nothing in here changes the answer.

/// Settings of a run.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// The number of workers, at least 1.
    pub threads: usize,
    /// How plain files are read.
    pub engine: Engine,
    /// Whether every line is checked completely.
    pub strict: bool,
    /// The length of a line, in bytes, above which it is bad.
    pub max_line: usize,
    /// Whether snapshots of groups are shown while the run goes on: lines of a stream are then scanned soon after they arrive.
    pub live: bool,
    /// Fields of which it is reported whether any line has them: a bit for each by its place in the plan's fields. Others cost
    /// nothing.
    pub watched: u64,
    /// How many bytes groups may use before they are written to temporary files; by default a part of the memory there is. Without
    /// effect on a run that is [live](Options::live).
    pub memory: Option<u64>,
    /// Whether what comes through streams is hashed, so that it can be recognised.
    pub hashes_streams: bool,
}

/// How plain files are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Engine {
    /// In the way that is faster and safe.
    #[default]
    Auto,
    /// Mapped into memory, where groups are counted.
    Mmap,
    /// Read into buffers.
    Read,
}
