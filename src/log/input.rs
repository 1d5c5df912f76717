//! Opening inputs: what format they are in, and whether they have the fields that the query needs.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::{io, mem};

use super::plan::Plan;
use super::scan::Bound;
use crate::error::{Error, Result};
use crate::expr::nearest;
use crate::format::{self, Sample, Schema, Settings};
use crate::io::mapped::Mapped;
use crate::io::source::{InputName, Opened, Regular, Stream, Unsupported};
use crate::log::chunk::{CHUNK, Grid};
use crate::log::run::Engine;

/// How much of an input's beginning is looked at to find its format.
const SAMPLE: usize = 64 << 10;

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
    /// The beginning, for `--describe`.
    pub sample: Vec<u8>,
    /// Whether it was found shorter than it had been.
    pub is_cut: AtomicBool,
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
}

/// How to open inputs.
pub struct Opening<'a> {
    /// The format that was asked for; none is found from the first lines.
    pub from: Option<&'static format::Spec>,
    /// What formats need to know.
    pub settings: &'a Settings,
    /// Whether the format matters: not if lines are only counted or searched.
    pub needs_schema: bool,
    /// Whether to stop waiting for the beginning of a stream.
    pub stop: &'a dyn Fn() -> bool,
}

impl Input {
    /// Opens an input and finds out what it holds.
    ///
    /// # Errors
    /// If it cannot be opened or read, or is not in the format that was asked for.
    pub fn open(name: InputName, index: usize, opening: &Opening<'_>) -> Result<Input> {
        let failed = |error: io::Error| {
            let hint = error
                .get_ref()
                .and_then(|inner| inner.downcast_ref::<Unsupported>())
                .map(|unsupported| format!("try: {} {name} | jug log …", unsupported.command));
            let error = Error::input(name.to_string()).caused_by(error);
            match hint {
                Some(hint) => error.hint(hint),
                None => error,
            }
        };
        let opened = crate::io::source::open(&name).map_err(failed)?;
        let mut beginning = Vec::new();
        let (mut body, is_whole) = match opened {
            Opened::Regular(file) => {
                let length = usize::try_from(file.end() - file.begin())
                    .unwrap_or(usize::MAX)
                    .min(SAMPLE);
                if opening.needs_schema {
                    file.read_at(file.begin(), length, &mut beginning)
                        .map_err(failed)?;
                }
                let is_whole = file.begin() + beginning.len() as u64 >= file.end();
                let grid = Grid {
                    begin: file.begin(),
                    end: file.end(),
                    size: CHUNK as u64,
                };
                (
                    Body::Pieces(Pieces {
                        file,
                        grid,
                        next: AtomicU64::new(0),
                        mapped: None,
                    }),
                    is_whole,
                )
            }
            Opened::Stream(stream) => {
                let mut blocks = Blocks::new(stream);
                blocks.fill(SAMPLE, opening.stop);
                beginning.extend_from_slice(&blocks.pending()[..blocks.filled.min(SAMPLE)]);
                let is_whole = blocks.at_end;
                (Body::Blocks(blocks), is_whole)
            }
        };
        let mut schema = None;
        if opening.needs_schema && !beginning.is_empty() {
            let marks = if beginning.starts_with(BYTE_ORDER_MARK) {
                BYTE_ORDER_MARK.len()
            } else {
                0
            };
            let bytes = whole_lines(&beginning[marks..], is_whole);
            let found = schema_of(
                Sample {
                    bytes,
                    whole: is_whole,
                },
                &name,
                opening,
            )?;
            let skipped = marks + header_length(bytes, found.header_lines());
            body.skip(skipped);
            schema = Some(found);
        }
        let bound = Bound {
            input: index,
            name: shown_name(&name),
            schema,
        };
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
            return Ok(());
        };
        let missing = plan.fields[unknown.index].name.to_string();
        let fields = schema.fields();
        let format = schema.format();
        let error = Error::usage(format!(
            "{}: no field «{missing}» in this file, read as {format}",
            self.name
        ));
        Err(match (nearest(&missing, fields.iter().map(String::as_str)), fields.as_slice()) {
            (Some(near), _) => error.hint(format!("did you mean {near}? There are: {}", fields.join(" "))),
            (None, _) if fields.iter().all(|field| field == "time") => error.hint(format!("{format} has no named fields, only line, file and $1, $2 …; say another format with --from")),
            (None, _) => error.hint(format!("there are: {}", fields.join(" "))),
        })
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
        let whole = whole_lines(sample, self.is_small());
        whole
            .split(|byte| *byte == b'\n')
            .skip(header)
            .filter(|line| !line.is_empty())
            .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
    }

    /// How many bytes there are to read, as they lie on disk; none if nobody knows.
    pub fn total(&self) -> Option<u64> {
        match &self.body {
            Body::Pieces(pieces) => Some(pieces.grid.end - pieces.grid.begin),
            Body::Blocks(blocks) => blocks.stream.total(),
        }
    }

    /// Maps the file where the engine says so and it can be done.
    pub fn map(&mut self, engine: Engine) {
        if let Body::Pieces(pieces) = &mut self.body {
            let is_wanted = match engine {
                Engine::Read => false,
                Engine::Mmap => !pieces.grid.is_empty(),
                // A map costs more to make than a few pieces cost to read.
                Engine::Auto => pieces.grid.len() > 4 && pieces.file.is_settled(),
            };
            pieces.mapped = is_wanted.then(|| pieces.file.map().ok()).flatten();
        }
    }

    /// Whether the file was mapped and became shorter, so that some of what was read was not there.
    pub fn was_cut(&self) -> bool {
        match &self.body {
            Body::Pieces(Pieces {
                file,
                mapped: Some(mapped),
                ..
            }) => mapped.was_cut() || file.size_now().map_or(true, |size| size < file.end()),
            _ => false,
        }
    }

    /// Goes back to the beginning of a plain file, and does without a map.
    pub fn rewind(&mut self) {
        if let Body::Pieces(pieces) = &mut self.body {
            pieces.mapped = None;
            pieces.next = AtomicU64::new(0);
        }
    }

    /// Whether it is so small that threads would cost more than they bring.
    pub fn is_small(&self) -> bool {
        match &self.body {
            Body::Pieces(pieces) => pieces.grid.len() <= 1,
            Body::Blocks(blocks) => blocks.at_end,
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

fn schema_of(
    sample: Sample<'_>,
    name: &InputName,
    opening: &Opening<'_>,
) -> Result<Box<dyn Schema>> {
    match opening.from {
        Some(spec) => (spec.open)(sample, opening.settings).map_err(|refused| {
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

/// A stream, cut into blocks of whole lines.
pub struct Blocks {
    stream: Stream,
    /// Room for bytes, of which the first `filled` have been read. It keeps its length from block to block, so that it is
    /// cleared only once.
    room: Vec<u8>,
    filled: usize,
    at_end: bool,
    /// A signal ended the reading, perhaps inside a line.
    was_stopped: bool,
    offset: u64,
    reported: u64,
    damage: Option<io::Error>,
}

/// Some bytes of a stream.
pub struct Block {
    /// The bytes: whole lines, but for an unterminated last one.
    pub bytes: Vec<u8>,
    /// Where they begin, after decompression.
    pub offset: u64,
    /// Whether nothing comes after them.
    pub is_last: bool,
    /// Whether a line was longer than allowed; its bytes are not there. It began at this place.
    pub too_long: Option<u64>,
}

impl Blocks {
    fn new(stream: Stream) -> Blocks {
        Blocks {
            stream,
            room: Vec::new(),
            filled: 0,
            at_end: false,
            was_stopped: false,
            offset: 0,
            reported: 0,
            damage: None,
        }
    }

    /// What has been read and not yet given out.
    fn pending(&self) -> &[u8] {
        &self.room[..self.filled]
    }

    /// Reads until there are `target` bytes, or the end. Damage is kept for [`Blocks::take_damage`]: what came before counts.
    fn fill(&mut self, target: usize, stop: &dyn Fn() -> bool) {
        while self.filled < target && !self.at_end {
            if self.room.len() < target {
                self.room.resize(target, 0);
            }
            match self
                .stream
                .read_or_stop(&mut self.room[self.filled..], stop)
            {
                Ok(Some(0)) => self.at_end = true,
                Ok(None) => {
                    self.was_stopped = true;
                    self.at_end = true;
                }
                Ok(Some(read)) => self.filled += read,
                Err(error) => {
                    self.damage = Some(error);
                    self.at_end = true;
                }
            }
        }
    }

    /// Throws away the first bytes that have been read.
    fn skip(&mut self, bytes: usize) {
        self.room.copy_within(bytes..self.filled, 0);
        self.filled -= bytes;
        self.offset += bytes as u64;
    }

    /// Gives out the first bytes that have been read; the rest goes into `spare`, which becomes the new room.
    fn give(&mut self, length: usize, mut spare: Vec<u8>) -> Vec<u8> {
        let rest = self.filled - length;
        if spare.len() < rest {
            spare.resize(rest, 0);
        }
        spare[..rest].copy_from_slice(&self.room[length..self.filled]);
        let mut bytes = mem::replace(&mut self.room, spare);
        bytes.truncate(length);
        self.filled = rest;
        self.offset += length as u64;
        bytes
    }

    /// What went wrong at the end, if anything did.
    pub fn take_damage(&mut self) -> Option<io::Error> {
        self.damage.take()
    }

    /// Bytes that came from disk or pipe since this was last asked.
    pub fn newly_consumed(&mut self) -> u64 {
        let consumed = self.stream.consumed().load(Relaxed);
        let new = consumed - self.reported;
        self.reported = consumed;
        new
    }

    /// The next block; none at the end. With `any_bytes` blocks need not end with a line. Lines longer than `max_line` are
    /// passed over. `spare` is an old block's buffer.
    pub fn next_block(
        &mut self,
        spare: Vec<u8>,
        any_bytes: bool,
        max_line: usize,
        stop: &dyn Fn() -> bool,
    ) -> Option<Block> {
        let mut target = CHUNK;
        loop {
            self.fill(target, stop);
            let offset = self.offset;
            let last_newline = memchr::memrchr(b'\n', self.pending());
            let whole_lines = last_newline.map_or(0, |newline| newline + 1);
            if self.at_end || any_bytes {
                // Where an archive broke off inside the last line, or a signal cut it, nobody knows how it went on.
                let is_broken = (self.damage.is_some() || self.was_stopped) && !any_bytes;
                let length = if is_broken { whole_lines } else { self.filled };
                let bytes = self.give(length, spare);
                self.filled = 0;
                let is_last = self.at_end && !self.was_stopped;
                return (!bytes.is_empty()).then_some(Block {
                    bytes,
                    offset,
                    is_last,
                    too_long: None,
                });
            }
            if whole_lines > 0 {
                let bytes = self.give(whole_lines, spare);
                return Some(Block {
                    bytes,
                    offset,
                    is_last: false,
                    too_long: None,
                });
            }
            if self.filled > max_line {
                self.skip_line(stop);
                let bytes = Vec::new();
                return Some(Block {
                    bytes,
                    offset,
                    is_last: false,
                    too_long: Some(offset),
                });
            }
            target = self.filled + CHUNK;
        }
    }

    /// Throws away bytes up to the next newline.
    fn skip_line(&mut self, stop: &dyn Fn() -> bool) {
        loop {
            if let Some(newline) = memchr::memchr(b'\n', self.pending()) {
                return self.skip(newline + 1);
            }
            self.skip(self.filled);
            if self.at_end {
                return;
            }
            self.fill(CHUNK, stop);
        }
    }
}
