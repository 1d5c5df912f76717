//! Opening inputs: what format they are in, and whether they have the fields that the query needs.

mod blocks;
mod hints;

use std::io;
use std::path::Path;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicU64};

use super::plan::{Plan, Takes};
use crate::error::{Error, Result};
use crate::format::{self, Always, Sample, Schema, Settings};
use crate::io::mapped::Mapped;
use crate::io::source::{InputName, Opened, Regular};
use crate::io::wait::Until;
use crate::log::chunk::Grid;
use crate::log::options::Engine;

pub use blocks::{Block, Blocks, Wanted};

/// How much of an input's beginning is looked at to find its format.
const SAMPLE: usize = 64 << 10;

/// A first line that is longer than the sample is looked at whole, but for one longer than this.
const FIRST_LINE: usize = 16 << 20;

/// The mark that some editors put before UTF-8 text.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// An input that is open, known, and fit for the query.
pub struct Input {
    /// What it was called.
    pub name: InputName,
    /// What scanners need to know.
    pub bound: Bound,
    /// Its bytes.
    pub body: Body,
    /// The beginning, whole lines only, for `--describe`.
    pub sample: Vec<u8>,
    /// Whether it was found shorter than it had been.
    pub is_cut: AtomicBool,
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
    /// A plain file, read in pieces wherever a worker is.
    Pieces(Pieces),
    /// Anything that comes one byte after the other.
    Blocks(Blocks),
}

/// A plain file in pieces.
pub struct Pieces {
    /// The file.
    pub file: Regular,
    /// Its pieces, after a byte-order mark and header lines.
    pub grid: Grid,
    /// The next piece to take.
    pub next: AtomicU64,
    /// The file in memory, where it is mapped.
    pub mapped: Option<Mapped>,
    /// Whether the mapped file was seen to be shorter than it was.
    is_shorter: AtomicBool,
}

impl Pieces {
    /// Looks whether a mapped file is still as long as it was: of what was read since the last look, some may not have been
    /// there otherwise. What is read with system calls needs no look.
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
}

/// How to open inputs.
pub struct Opening<'a> {
    /// The format that was asked for; none is found from the first lines.
    pub from: Option<&'static format::Spec>,
    /// What formats need to know.
    pub settings: &'a Settings,
    /// Whether the format matters: not if lines are only counted or searched.
    pub needs_schema: bool,
    /// Whether records are counted though no format matters: a header is no record.
    pub counts_records: bool,
    /// How many bytes a worker gets at once, at least one.
    pub chunk: usize,
    /// How long to wait for the beginning of a stream.
    pub until: Until<'a>,
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
        let opened = crate::io::source::open(&name, &opening.until).map_err(failed)?;
        let wants_sample = opening.needs_schema || opening.counts_records;
        let mut beginning = Vec::new();
        let (mut body, is_whole) = match opened {
            Opened::Regular(file) => {
                let size = usize::try_from(file.end() - file.begin()).unwrap_or(usize::MAX);
                if wants_sample {
                    let mut length = SAMPLE.min(size);
                    loop {
                        file.read_at(file.begin(), length, &mut beginning)
                            .map_err(failed)?;
                        if beginning.len() < length || has_line(&beginning, size) {
                            break;
                        }
                        length = (4 * length).min(size);
                    }
                }
                let is_whole = file.begin() + beginning.len() as u64 >= file.end();
                let grid = Grid {
                    begin: file.begin(),
                    end: file.end(),
                    size: opening.chunk as u64,
                };
                (
                    Body::Pieces(Pieces {
                        file,
                        grid,
                        next: AtomicU64::new(0),
                        mapped: None,
                        is_shorter: AtomicBool::new(false),
                    }),
                    is_whole,
                )
            }
            Opened::Stream(stream) => {
                let mut blocks = Blocks::new(stream, opening.chunk);
                // What a format is told by must not depend on when it came.
                let eager =
                    !opening.counts_records && (!opening.needs_schema || opening.from.is_some());
                let mut length = SAMPLE;
                blocks.fill(length, eager, &opening.until);
                while wants_sample
                    && blocks.pending().len() >= length
                    && !has_line(blocks.pending(), usize::MAX)
                {
                    length *= 4;
                    blocks.fill(length, eager, &opening.until);
                }
                let pending = blocks.pending();
                beginning.extend_from_slice(&pending[..pending.len().min(length)]);
                let is_whole = blocks.is_at_end();
                (Body::Blocks(blocks), is_whole)
            }
        };
        let mut schema = None;
        if wants_sample && !beginning.is_empty() {
            let marks = if beginning.starts_with(BYTE_ORDER_MARK) {
                BYTE_ORDER_MARK.len()
            } else {
                0
            };
            let bytes = whole_lines(&beginning[marks..], is_whole);
            let sample = Sample {
                bytes,
                whole: is_whole,
            };
            let found = schema_of(sample, &name, opening);
            if opening.needs_schema {
                let found = found?;
                body.skip(marks + header_length(bytes, found.header_lines()));
                schema = Some(found);
            } else if let Ok(found) = found
                && found.header_lines() > 0
            {
                body.skip(marks + header_length(bytes, found.header_lines()));
            }
        }
        let bound = Bound {
            input: index,
            name: shown_name(&name),
            schema,
        };
        beginning.truncate(whole_lines(&beginning, is_whole).len());
        Ok(Input {
            name,
            bound,
            body,
            sample: beginning,
            is_cut: AtomicBool::new(false),
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
            "{}: no field «{missing}» in this file, read as {}",
            self.name,
            schema.spec().name
        ));
        Err(error.hint(hints::about_missing(self, &**schema, &missing, plan)))
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

    /// How many bytes there are to read, as they lie on disk; none if nobody knows.
    pub fn total(&self) -> Option<u64> {
        match &self.body {
            Body::Pieces(pieces) => Some(pieces.grid.end - pieces.grid.begin),
            Body::Blocks(blocks) => blocks.total(),
        }
    }

    /// Maps a file where the engine says so and it can be done; whether it is mapped.
    pub fn map(&mut self, engine: Engine) -> bool {
        if let Body::Pieces(pieces) = &mut self.body {
            let is_wanted = match engine {
                Engine::Read => false,
                Engine::Mmap => !pieces.grid.is_empty(),
                // A map costs more to make than a few pieces cost to read.
                Engine::Auto => pieces.grid.len() > 4 && pieces.file.is_settled(),
            };
            pieces.mapped = is_wanted.then(|| pieces.file.map().ok()).flatten();
            return pieces.mapped.is_some();
        }
        false
    }

    /// Whether the file was mapped and became shorter, so that some of what was read was not there.
    pub fn was_cut(&self) -> bool {
        match &self.body {
            Body::Pieces(pieces) => !pieces.is_whole(),
            Body::Blocks(_) => false,
        }
    }

    /// Goes back to the beginning of a plain file, and does without a map.
    pub fn rewind(&mut self) {
        if let Body::Pieces(pieces) = &mut self.body {
            pieces.mapped = None;
            pieces.is_shorter = AtomicBool::new(false);
            pieces.next = AtomicU64::new(0);
        }
    }

    /// Lets go of the beginning, which was read to find the format: where inputs are very many, it would fill the memory.
    pub fn lay_aside(&mut self) {
        self.sample = Vec::new();
        if let Body::Blocks(blocks) = &mut self.body {
            blocks.lay_aside();
        }
    }

    /// Whether it is so small that threads would cost more than they bring.
    pub fn is_small(&self) -> bool {
        match &self.body {
            Body::Pieces(pieces) => pieces.grid.len() <= 1,
            Body::Blocks(blocks) => blocks.is_at_end(),
        }
    }
}

impl Body {
    fn skip(&mut self, bytes: usize) {
        match self {
            Body::Pieces(Pieces { grid, .. }) => {
                grid.begin = (grid.begin + bytes as u64).min(grid.end);
            }
            Body::Blocks(blocks) => {
                blocks.skip(bytes);
            }
        }
    }
}

/// Refuses what would make every line bad: a field as a condition, or a text as a number, where the format says what it is.
fn check_kinds(schema: &dyn Schema, plan: &Plan) -> Result<()> {
    for (place, takes) in plan.demands() {
        let name = plan.fields[place].name.to_string();
        let (message, hint) = match (takes, schema.always(&name)) {
            (Takes::Condition, Some(Always::Number)) => (
                format!("{name} is a number, and a condition is needed"),
                format!("such as: {name} > 0"),
            ),
            (Takes::Condition, Some(Always::Text)) => (
                format!("{name} is text, and a condition is needed"),
                format!("such as: {name} == \"text\""),
            ),
            (Takes::Number, Some(Always::Text)) => (
                format!("{name} is text, and a number is needed"),
                "uniq, min and max take text".to_owned(),
            ),
            _ => continue,
        };
        return Err(Error::usage(message).hint(hint));
    }
    Ok(())
}

fn schema_of(
    sample: Sample<'_>,
    name: &InputName,
    opening: &Opening<'_>,
) -> Result<Box<dyn Schema>> {
    match opening.from {
        Some(spec) => spec.open(sample, opening.settings).map_err(|refused| {
            Error::input(format!("{name}: not {}: {refused}", spec.name))
                .hint("leave out --from to have the format found")
        }),
        None => {
            let path = match name {
                InputName::Path(path) => Some(path.as_path()),
                InputName::Stdin => None,
            };
            Ok(format::detect(sample, path, opening.settings))
        }
    }
}

/// Whether a beginning holds a whole line, or will not for all that there is.
fn has_line(beginning: &[u8], size: usize) -> bool {
    beginning.len() >= size.min(FIRST_LINE) || memchr::memchr(b'\n', beginning).is_some()
}

/// The sample without a last line that is cut off.
fn whole_lines(bytes: &[u8], is_whole: bool) -> &[u8] {
    match memchr::memrchr(b'\n', bytes) {
        Some(newline) if !is_whole => &bytes[..=newline],
        _ => bytes,
    }
}

/// The bytes of the first `lines` lines.
fn header_length(bytes: &[u8], lines: usize) -> usize {
    match lines {
        0 => 0,
        _ => memchr::memchr_iter(b'\n', bytes)
            .nth(lines - 1)
            .map_or(bytes.len(), |newline| newline + 1),
    }
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
