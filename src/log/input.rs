//! Opens inputs: detects their format, and checks that they have the fields that the query needs.

mod beginning;
mod blocks;
mod elsewhere;
mod hints;
mod range;

use std::io;
use std::path::Path;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicU64};

use super::plan::{Plan, Takes};
use crate::error::{Error, Result};
use crate::format::{Always, Framing, Gather, Kind, Schema, as_lines};
use crate::io::buffer::Buffer;
use crate::io::mapped::Mapped;
use crate::io::source::{InputName, OpenOptions, Opened, Regular, open};
use crate::log::chunk::Grid;
use crate::log::options::Engine;
use crate::record::Number;

use beginning::{BYTE_ORDER_MARK, Beginning, SAMPLE, decide, whole_lines};

pub use beginning::Opening;
pub use blocks::{Block, Blocks, Wanted};
pub use elsewhere::ReadAt;
pub use range::ByteRange;

/// An input that is open, known, and fit for the query.
pub struct Input {
    /// What it was called.
    pub name: InputName,
    /// What scanners need to know.
    pub bound: Bound,
    /// Its bytes.
    pub body: Body,
    /// What makes records of its lines, if a record is not a line.
    pub framing: Option<Box<dyn Framing>>,
    /// Whether the next input goes on with this one, so that a record may be in both.
    pub goes_on: bool,
    /// The beginning, whole lines only, for `--describe`.
    pub sample: Vec<u8>,
    /// What looks wrong about it, and what to do.
    pub doubt: Option<(String, String)>,
    /// Whether it has been reported that a part of it could not be read.
    pub is_reported: AtomicBool,
}

/// What scanners need to know of an input.
pub struct Bound {
    /// Its number. No two inputs of a run have the same.
    pub input: usize,
    /// Its name, for the field `file`.
    pub name: Vec<u8>,
    /// What its lines hold; none if the query does not need to know.
    pub schema: Option<Box<dyn Schema>>,
}

/// The bytes of an input.
pub enum Body {
    /// A plain file: workers read its chunks in any order.
    Chunks(Chunks),
    /// A stream, read in order.
    Blocks(Blocks),
    /// Somebody else reads it, and hands its lines over.
    Elsewhere {
        /// How many bytes come before the first record.
        skip: u64,
    },
}

/// A plain file in chunks.
pub struct Chunks {
    /// The file.
    pub file: Regular,
    /// Its chunks, after a byte-order mark and header lines.
    pub grid: Grid,
    /// The part of the file that is read, from line to line.
    pub part: ByteRange,
    /// The number of the next chunk to take.
    pub next: AtomicU64,
    /// The file in memory, where it is mapped.
    pub mapped: Option<Mapped>,
    /// The number of chunks that have been read.
    finished: AtomicU64,
    /// Whether the mapped file was found to be shorter than at opening.
    is_shorter: AtomicBool,
}

impl Chunks {
    /// Whether a mapped file is still as long as it was. Otherwise some bytes that were read since the last check may not have
    /// been in the file. Reading with system calls needs no check.
    pub fn is_whole(&self) -> bool {
        let Some(mapped) = &self.mapped else {
            return true;
        };
        let size = self.file.size_now();
        if mapped.was_cut() || size.map_or(true, |size| size < self.file.end()) {
            self.is_shorter.store(true, Relaxed);
        }
        !self.is_shorter.load(Relaxed)
    }

    /// Counts a chunk that has been read, and closes the file after the last.
    pub fn finish_one(&self) {
        if self.finished.fetch_add(1, Relaxed) + 1 == self.grid.len() {
            self.file.close();
        }
    }
}

impl Input {
    /// Opens an input and finds out what it holds.
    ///
    /// # Errors
    /// If it cannot be opened or read, or is not in the format that was asked for.
    pub fn open(name: InputName, index: usize, opening: &Opening<'_>) -> Result<Input> {
        let failed = |error: io::Error| {
            let hint = hints::about_failure(&error, &name);
            let error = Error::input(name.to_string()).caused_by(error);
            match hint {
                Some(hint) => error.hint(hint),
                None => error,
            }
        };
        let opened = open(&name, OpenOptions::default(), &opening.until).map_err(failed)?;
        let mut beginning = Beginning::default();
        let mut sample = Vec::new();
        let (mut body, is_whole) = match opened {
            Opened::Regular(file) => {
                let size = usize::try_from(file.end() - file.begin()).unwrap_or(usize::MAX);
                let mut length = SAMPLE.min(size);
                let mut buffer = Buffer::new();
                while opening.wants_sample() {
                    file.read_at(file.begin(), length, &mut buffer)
                        .map_err(failed)?;
                    let is_whole = length == size || buffer.len() < length;
                    if let Some(found) = decide(&buffer, is_whole, &name, opening)? {
                        beginning = found;
                        break;
                    }
                    length = length.saturating_mul(4).min(size);
                }
                sample.extend_from_slice(&buffer);
                let is_whole = file.begin() + sample.len() as u64 >= file.end();
                let grid = Grid {
                    begin: file.begin(),
                    end: file.end(),
                    size: opening.chunk as u64,
                };
                let part = ByteRange {
                    begin: file.begin(),
                    end: file.end(),
                };
                let chunks = Chunks {
                    file,
                    grid,
                    part,
                    next: AtomicU64::new(0),
                    mapped: None,
                    finished: AtomicU64::new(0),
                    is_shorter: AtomicBool::new(false),
                };
                (Body::Chunks(chunks), is_whole)
            }
            Opened::Stream(stream) => {
                let mut blocks = Blocks::new(stream, opening.chunk);
                let mut seen = 0;
                while opening.wants_sample() {
                    let pending = blocks.pending();
                    let is_whole = blocks.is_at_end();
                    // Only another newline can change the decision.
                    let has_news = memchr::memchr(b'\n', &pending[seen..]).is_some();
                    seen = pending.len();
                    if (has_news || is_whole || seen >= SAMPLE)
                        && let Some(found) = decide(pending, is_whole, &name, opening)?
                    {
                        beginning = found;
                        break;
                    }
                    blocks.read_more(&opening.until);
                }
                let pending = blocks.pending();
                sample.extend_from_slice(&pending[..pending.len().min(SAMPLE)]);
                let is_whole = blocks.is_at_end();
                (Body::Blocks(blocks), is_whole)
            }
        };
        let framing = opening.gather().or(beginning.framing);
        if let Some(range) = opening.range {
            body.limit(range, framing.is_some()).map_err(|error| {
                failed(error).hint("a task can read a whole file, or lines that are split before")
            })?;
        }
        if let (Body::Chunks(chunks), true) = (&body, framing.is_some()) {
            let stream = chunks.file.stream().map_err(failed)?;
            chunks.file.close();
            body = Body::Blocks(Blocks::behind(stream, opening.chunk, beginning.skip));
        } else {
            body.skip(beginning.skip);
        }
        let schema = beginning.schema;
        let bound = Bound {
            input: index,
            name: shown_name(&name),
            schema,
        };
        match &opening.settings.rule {
            Some(rule) if framing.is_some() => {
                let gather = Gather::new(rule.clone(), opening.max_line);
                sample = as_lines(&sample, is_whole, gather);
            }
            _ => sample.truncate(whole_lines(&sample, is_whole).len()),
        }
        Ok(Input {
            name,
            bound,
            body,
            framing,
            goes_on: false,
            sample,
            doubt: beginning.doubt,
            is_reported: AtomicBool::new(false),
        })
    }

    /// Checks that every field the plan reads is there.
    ///
    /// # Errors
    /// If the format has a fixed set of fields and one is not among them.
    pub fn check(&self, plan: &Plan) -> Result<()> {
        let Some(schema) = &self.bound.schema else {
            return Ok(());
        };
        let Err(unknown) = schema.reader(&plan.fields) else {
            return check_kinds(&**schema, plan);
        };
        let missing = plan.fields[unknown.index].name.to_string();
        let error = Error::usage(format!(
            "{}: no field '{missing}' in this file, read as {}",
            self.name,
            schema.spec().name
        ));
        Err(error.hint(hints::about_missing(
            &self.name,
            &self.sample,
            &**schema,
            &missing,
            plan,
        )))
    }

    /// The first lines of records, without their ends.
    pub fn sample_lines(&self) -> impl Iterator<Item = &[u8]> {
        let sample = self
            .sample
            .strip_prefix(BYTE_ORDER_MARK)
            .unwrap_or(&self.sample);
        let header = self
            .bound
            .schema
            .as_ref()
            .map_or(0, |schema| schema.header_lines());
        sample
            .split(|byte| *byte == b'\n')
            .skip(header)
            .filter(|line| !line.is_empty())
            .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
    }

    /// The number of bytes to read, as stored on disk; none if it is unknown.
    pub fn total(&self) -> Option<u64> {
        match &self.body {
            Body::Chunks(chunks) => Some(chunks.grid.end - chunks.grid.begin),
            Body::Blocks(blocks) => blocks.total(),
            Body::Elsewhere { .. } => None,
        }
    }

    /// Maps a file if the engine allows it and mapping works. Returns whether it is mapped.
    pub fn map(&mut self, engine: Engine) -> bool {
        if let Body::Chunks(chunks) = &mut self.body {
            let is_wanted = match engine {
                Engine::Read => false,
                Engine::Mmap => !chunks.grid.is_empty(),
                // Mapping costs more than reading a few chunks.
                Engine::Auto => chunks.grid.len() > 4 && chunks.file.is_settled(),
            };
            chunks.mapped = is_wanted.then(|| chunks.file.map().ok()).flatten();
            return chunks.mapped.is_some();
        }
        false
    }

    /// Whether the file was mapped and became shorter, so that some of what was read was not there.
    pub fn was_cut(&self) -> bool {
        match &self.body {
            // Workers check after each chunk.
            Body::Chunks(chunks) => chunks.is_shorter.load(Relaxed),
            Body::Blocks(_) | Body::Elsewhere { .. } => false,
        }
    }

    /// Unmaps a plain file.
    pub fn unmap(&mut self) {
        if let Body::Chunks(chunks) = &mut self.body {
            chunks.mapped = None;
        }
    }

    /// Goes back to the beginning of a plain file, of which not all chunks have been read, and unmaps it.
    pub fn rewind(&mut self) {
        self.unmap();
        if let Body::Chunks(chunks) = &mut self.body {
            chunks.is_shorter = AtomicBool::new(false);
            chunks.finished = AtomicU64::new(0);
            chunks.next = AtomicU64::new(0);
        }
    }

    /// Closes the file until its turn comes, if it can be opened again, and frees what has been read of it. If it is another
    /// file by then, it is reported and not read.
    pub fn suspend(&mut self) {
        match &mut self.body {
            Body::Chunks(chunks) => {
                // If its identity cannot be determined, the file stays open.
                let _ = chunks.file.suspend();
            }
            Body::Blocks(blocks) => blocks.suspend(),
            Body::Elsewhere { .. } => {}
        }
    }

    /// Frees the first lines: with thousands of inputs they would fill the memory.
    pub fn drop_sample(&mut self) {
        self.sample = Vec::new();
    }

    /// Whether its lines begin with times, as far as they are not parts of the record before.
    pub fn is_stamped(&self) -> bool {
        let schema = self.bound.schema.as_ref();
        schema.is_some_and(|schema| schema.spec().kind == Kind::Stamped)
    }

    /// Whether it is so small that starting threads would cost more than it saves.
    pub fn is_small(&self) -> bool {
        match &self.body {
            Body::Chunks(chunks) => chunks.grid.len() <= 1,
            Body::Blocks(blocks) => blocks.is_at_end(),
            Body::Elsewhere { .. } => true,
        }
    }
}

impl Body {
    /// Limits a file to the lines that begin in a range.
    fn limit(&mut self, range: ByteRange, has_framing: bool) -> io::Result<()> {
        let unsplit = |what: &str| {
            let message = format!("--range cannot split {what}");
            Err(io::Error::new(io::ErrorKind::Unsupported, message))
        };
        match self {
            Body::Chunks(_) if has_framing => unsplit("records of several lines"),
            Body::Chunks(chunks) => {
                chunks.part = range.lines(&chunks.file)?;
                (chunks.grid.begin, chunks.grid.end) = (chunks.part.begin, chunks.part.end);
                Ok(())
            }
            Body::Blocks(_) | Body::Elsewhere { .. } => unsplit("what is compressed or no file"),
        }
    }

    fn skip(&mut self, bytes: usize) {
        match self {
            Body::Chunks(Chunks { grid, file, .. }) => {
                let first = file.begin() + bytes as u64;
                grid.begin = grid.begin.max(first).min(grid.end);
            }
            Body::Blocks(blocks) => {
                blocks.skip(bytes);
            }
            Body::Elsewhere { skip } => *skip = bytes as u64,
        }
    }
}

/// Refuses what would make every line bad: a field as a condition, or a text as a number, where the format says what it is.
fn check_kinds(schema: &dyn Schema, plan: &Plan) -> Result<()> {
    for (place, takes) in plan.demands() {
        let name = plan.fields[place].name.to_string();
        let (message, hint) = match (takes, schema.always(&name)) {
            (Takes::Condition, Some(Always::Number)) => (
                format!("{name} is a number; a condition is needed"),
                format!("such as: {name} > 0"),
            ),
            (Takes::Condition, Some(Always::Text)) => (
                format!("{name} is text; a condition is needed"),
                format!("such as: {name} == \"text\""),
            ),
            (Takes::Number, Some(Always::Text)) => (
                format!("{name} is text; a number is needed"),
                "uniq, min and max take text".to_owned(),
            ),
            _ => continue,
        };
        return Err(Error::usage(message).hint(hint));
    }
    for (place, text) in plan.texts_compared() {
        let name = plan.fields[place].name.to_string();
        if schema.always(&name) == Some(Always::Number) && Number::parse(&text).is_none() {
            let text = String::from_utf8_lossy(&text);
            let message = format!("{name} is a number and never '{text}'");
            let hint = format!("compare it with a number, such as: {name} > 0");
            return Err(Error::usage(message).hint(hint));
        }
    }
    Ok(())
}

fn shown_name(name: &InputName) -> Vec<u8> {
    match name {
        InputName::Stdin => b"-".to_vec(),
        InputName::Path(path) => path_bytes(path).to_vec(),
    }
}

fn path_bytes(path: &Path) -> &[u8] {
    path.as_os_str().as_encoded_bytes()
}
