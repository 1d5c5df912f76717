//! Runs chains in memory, for tests.

use std::ffi::OsString;
use std::time::{Duration, Instant};

use super::{Target, prepare};
use crate::pipe::data::Data;
use crate::pipe::ends::{Event, Source};
use crate::pipe::failure::Failure;
use crate::pipe::shared::Shared;
use crate::pipe::{chain, plan, words};
use crate::record::{Cell, Timestamp};
use crate::ui::{Painter, Table};

/// Runs a chain over an input that comes in pieces of `size` bytes.
pub(in crate::pipe) fn run_cut(
    words: &[&str],
    input: &[u8],
    size: usize,
) -> Result<Vec<u8>, String> {
    let shared = Shared {
        high_water: 16,
        now: || Timestamp::new(1_774_000_000, 123_000_000, 3).expect("a time"),
        uptime: || Duration::from_millis(61_250),
        draw: &draw,
        ..Shared::new(&())
    };
    run_with(words, vec![input.to_vec()], size, &shared)
}

/// The same with settings, over several files.
pub(in crate::pipe) fn run_with(
    words: &[&str],
    files: Vec<Vec<u8>>,
    size: usize,
    shared: &Shared<'_>,
) -> Result<Vec<u8>, String> {
    let words: Vec<OsString> = words.iter().map(OsString::from).collect();
    let chain = chain::parse(words::split(&words)).map_err(|error| format!("{error:?}"))?;
    let plan = plan::plan(&chain, false).map_err(|error| error.refused.message)?;
    let mut target = Memory(Vec::new());
    let source = Pieces {
        files,
        size,
        current: Vec::new(),
    };
    prepare(plan)
        .run_from(Box::new(source), &mut target, shared)
        .map_err(|failure: Failure| failure.to_string())?;
    Ok(target.0)
}

/// A table as on a wide terminal.
fn draw(columns: &[String], rows: &[Vec<Cell>]) -> String {
    let table = Table {
        columns,
        rows,
        zone: &jiff::tz::TimeZone::UTC,
        bars: None,
        header: true,
    };
    table.render(usize::MAX, Painter::default())
}

struct Memory(Vec<u8>);

impl Target for Memory {
    fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.0.extend_from_slice(bytes);
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Failure> {
        Ok(())
    }
}

/// Files in pieces. After each piece the input seems to wait.
struct Pieces {
    files: Vec<Vec<u8>>,
    size: usize,
    current: Vec<u8>,
}

impl Source for Pieces {
    fn next(
        &mut self,
        _deadline: Option<Instant>,
        _shared: &Shared<'_>,
    ) -> Result<Event<'_>, Failure> {
        if !std::mem::take(&mut self.current).is_empty() {
            return Ok(Event::Idle);
        }
        let Some(file) = self.files.first_mut() else {
            return Ok(Event::End);
        };
        if file.is_empty() {
            self.files.remove(0);
            return Ok(match self.files.is_empty() {
                true => Event::End,
                false => Event::NextFile,
            });
        }
        let rest = file.split_off(self.size.min(file.len()));
        self.current = std::mem::replace(file, rest);
        Ok(Event::Data(Data::Bytes(&self.current)))
    }
}
