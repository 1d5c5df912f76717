//! `--save` and `--against`: writes a snapshot of what is walked, compares with one, or both.

use std::io::{self, Read};
use std::mem;
use std::ops::ControlFlow;
use std::path::Path;

use super::Walk;
use super::output::{Writing, Written};
use super::shape::Shot;
use crate::args::output::To;
use crate::commands::shared::rows::{RowStream, open as open_output, row_format};
use crate::error::{Error, Result};
use crate::io::signals;
use crate::io::sink::{Durability, FileOptions, Mode};
use crate::io::source::{self, InputName, OpenOptions, Opened, Received, Stream};
use crate::io::wait::{self, Until};
use crate::observe::Observe as _;
use crate::record::{Cell, Value};
use crate::ui::results::Results;
use crate::walk::field::{self, Field};
use crate::walk::snapshot::change::{Change, Difference};
use crate::walk::snapshot::record::{SnapshotRecorder, records};
use crate::walk::snapshot::{self, Comparer, Header, Reader, SnapshotError, Writer};
use crate::walk::{self, Needs, Output, Report, totals};

/// A snapshot that is read.
struct Input(Stream);

impl Read for Input {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        match self
            .0
            .read_until(buf, &Until::stopped(&wait::is_stopping))?
        {
            Received::Bytes(read) => Ok(read),
            Received::End => Ok(0),
            Received::Stopped | Received::Deadline => Err(io::Error::other("interrupted")),
        }
    }
}

/// Opens a snapshot, and reads its header.
fn open(file: &Path) -> Result<(Header, Reader<Input>)> {
    let until = Until::stopped(&wait::is_stopping);
    let name = InputName::from_arg(file.into());
    let opened = source::open(&name, OpenOptions::default(), &until);
    match opened.map_err(|error| Error::reading(file, error))? {
        Opened::Stream(stream) => Reader::new(Input(stream)).map_err(|error| unusable(file, error)),
        // Every snapshot is compressed.
        Opened::Regular(_) => Err(unusable(file, SnapshotError::Foreign)),
    }
}

fn unusable(file: &Path, error: SnapshotError) -> Error {
    match error {
        SnapshotError::Io(error) => Error::reading(file, error),
        error => Error::input(format!("{}: {error}", file.display())),
    }
}

/// Takes the records of a walk.
struct Side<'a> {
    comparer: Option<Comparer<Input>>,
    saving: Option<(Writer, Results)>,
    against: &'a Path,
    save: &'a Path,
    stops_at_first: bool,
    error: Option<Error>,
}

impl Side<'_> {
    fn take(&mut self, bytes: &[u8]) -> Result<()> {
        for (key, value) in records(bytes) {
            if let Some((writer, _)) = &mut self.saving {
                let put = writer.put(key, value);
                put.map_err(|error| Error::writing(self.save.display().to_string(), error))?;
            }
            if let Some(comparer) = &mut self.comparer {
                let push = comparer.push(key, value);
                push.map_err(|error| unusable(self.against, error))?;
            }
        }
        match &mut self.saving {
            Some((writer, out)) => out.put_own(&writer.take()),
            None => Ok(()),
        }
    }
}

impl Output for Side<'_> {
    fn put(&mut self, bytes: &[u8], _: &[usize]) -> ControlFlow<()> {
        self.error = self.take(bytes).err();
        let has_found = |comparer: &Comparer<Input>| self.stops_at_first && comparer.has_found();
        match self.error.is_some() || self.comparer.as_ref().is_some_and(has_found) {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    }

    fn flush(&mut self) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

impl Writing<'_> {
    /// Walks, or reads the snapshot that stands for a tree; saves, and reports changes.
    pub(super) fn shot(mut self, shot: &Shot) -> Result<Written> {
        let walk = self.walk;
        let ui = &self.context.ui;
        let none = Path::new("");
        let (save, against) = (walk.save.as_deref(), walk.against.as_deref());
        let old = against.map(open).transpose()?;
        let new = walk.snapshot.as_deref().map(open).transpose()?;
        let header = match &new {
            Some((header, _)) => header.clone(),
            None => self.header(shot, old.as_ref().map(|(header, _)| header))?,
        };
        let asked = shot.fields.as_deref();
        let needs = header.fields.iter().map(|field| field.needs);
        self.plan.needs = needs.fold(totals::NEEDS, Needs::and);
        self.plan.events.error = true;
        let comparer = match (old, against) {
            (Some((old, reader)), Some(file)) => {
                check(file, &old, &header, asked)?;
                if old.filters != header.filters {
                    ui.warn(&format!(
                        "{}: the snapshot was made with other filters; what only one of them selects is reported as added or removed",
                        file.display()
                    ));
                }
                let comparer = Comparer::new(reader, &old, &header, asked);
                let comparer = comparer.map_err(|error| unusable(file, error))?;
                if comparer.compares_nothing() {
                    let message =
                        format!("{}: the snapshots have no fields in common", file.display());
                    return Err(Error::usage(message));
                }
                Some(comparer)
            }
            _ => None,
        };
        let rows = match against {
            Some(_) if !walk.quiet.is_set => Some(open_output(&walk.output)?),
            _ => None,
        };
        let saving = match save {
            Some(file) => {
                let options = FileOptions {
                    mode: Mode::Replace,
                    durability: Durability::Synced,
                };
                let out = Results::open(Some(file), options)?;
                let name = out.temporary_name();
                self.plan.own_file = name.map(|name| name.as_encoded_bytes().to_vec());
                let writer = Writer::new(&header);
                let failed = |error| Error::writing(file.display().to_string(), error);
                Some((writer.map_err(failed)?, out))
            }
            None => None,
        };
        let mut side = Side {
            comparer,
            saving,
            against: against.unwrap_or(none),
            save: save.unwrap_or(none),
            stops_at_first: walk.quiet.is_set,
            error: None,
        };
        let mut report = match new {
            Some((_, mut reader)) => {
                let file = walk.snapshot.as_deref().unwrap_or(none);
                if let Some(comparer) = &mut side.comparer {
                    while !(walk.quiet.is_set && comparer.has_found())
                        && reader.advance().map_err(|error| unusable(file, error))?
                    {
                        let (key, value) = reader.record();
                        let push = comparer.push(key, value);
                        push.map_err(|error| unusable(side.against, error))?;
                    }
                    self.note_incomplete(file, reader.is_incomplete());
                }
                Report::default()
            }
            None => {
                let recorder = || SnapshotRecorder::new(&header.fields, &self.plan.roots);
                walk::run(&self.plan, &recorder, &mut side, &**ui).1
            }
        };
        if let Some(error) = side.error {
            return Err(error);
        }
        ui.clear();
        // Records of errors count, too.
        let roots = self.plan.roots.len() as u64;
        let is_failure = report.directories == 0 && report.errors >= roots.max(1);
        if is_failure {
            report.records = 0;
        }
        let is_stopped = signals::which().is_some();
        if let Some(comparer) = side.comparer {
            let is_over = is_stopped || (walk.quiet.is_set && comparer.has_found());
            report.records = u64::from(comparer.has_found() && !is_failure);
            // What comes after the end of a walk that was stopped is not known to be gone.
            if !is_over && !is_failure {
                report.records = self.changes(comparer, rows, shot.to, side.against)?;
            }
        }
        let withheld = match side.saving {
            Some((writer, mut out)) if !is_failure => {
                let end = writer.end(ui.is_incomplete());
                let end =
                    end.map_err(|error| Error::writing(side.save.display().to_string(), error))?;
                out.put_own(&end)?;
                out.close()?
            }
            _ => None,
        };
        Ok((report, withheld))
    }

    fn note_incomplete(&self, file: &Path, is_incomplete: bool) {
        if is_incomplete {
            self.context.ui.missed(&format!(
                "{}: the snapshot is incomplete: something could not be read when it was made",
                file.display()
            ));
        }
    }

    /// What will be known of the tree: the fields that were asked for, those of the snapshot that it is compared with, or some.
    fn header(&self, shot: &Shot, old: Option<&Header>) -> Result<Header> {
        let fields = match (&shot.fields, old) {
            (Some(fields), _) => fields.clone(),
            (None, Some(old)) => old.fields.clone(),
            (None, None) => field::list(DEFAULT).map_err(|(message, _)| Error::usage(message))?,
        };
        let roots = self.plan.roots.iter();
        Ok(Header {
            fields,
            roots: roots.map(|root| snapshot::trimmed(root).to_vec()).collect(),
            filters: self.walk.filters(),
        })
    }

    /// Writes all changes; gives their number.
    fn changes(
        &self,
        comparer: Comparer<Input>,
        rows: Option<Results>,
        to: Option<To>,
        against: &Path,
    ) -> Result<u64> {
        let output = &self.walk.output;
        let ui = &self.context.ui;
        let Some(mut out) = rows else {
            let mut count = 0;
            let is_incomplete = comparer.finish(&mut |_| {
                count += 1;
                Ok(())
            });
            let is_incomplete = is_incomplete.map_err(|error| unusable(against, error))?;
            self.note_incomplete(against, is_incomplete);
            return Ok(count);
        };
        let spec = row_format(to, output, ui)?;
        let is_structured = spec.is_some_and(|spec| matches!(spec.name, "ndjson" | "json"));
        let columns: Vec<String> = match is_structured {
            true => ["change", "path", "from", "before", "after"]
                .map(str::to_owned)
                .into(),
            false => ["change", "path", "from", "fields"]
                .map(str::to_owned)
                .into(),
        };
        let most = self.walk.limit.rows.unwrap_or(u64::MAX);
        let mut count = 0;
        let mut table = Vec::new();
        let mut stream = spec.map(|spec| RowStream::new(spec, output.header, &columns));
        let is_incomplete = comparer.finish::<Failure>(&mut |change| {
            count += 1;
            if count > most {
                return Ok(());
            }
            let cells = cells(&change, is_structured);
            match &mut stream {
                Some(stream) => stream.row(&mut out, &cells).map_err(Failure::Output),
                None => {
                    table.push(cells);
                    Ok(())
                }
            }
        });
        let is_incomplete = is_incomplete.map_err(|failure| match failure {
            Failure::Output(error) => error,
            Failure::Snapshot(error) => unusable(against, error),
        })?;
        self.note_incomplete(against, is_incomplete);
        match stream {
            Some(mut stream) => {
                stream.end(&mut out)?;
                out.close()?;
            }
            None => {
                self.put(out, &columns, &table, to, None)?;
            }
        }
        Ok(count)
    }
}

/// The fields of a snapshot by default.
pub(super) const DEFAULT: &str = "type,size,mtime,mode,ino";

/// An error of the output, or of a snapshot.
enum Failure {
    Output(Error),
    Snapshot(SnapshotError),
}

impl From<SnapshotError> for Failure {
    fn from(error: SnapshotError) -> Failure {
        Failure::Snapshot(error)
    }
}

/// Refuses to compare what cannot be compared.
fn check(file: &Path, old: &Header, new: &Header, asked: Option<&[&'static Field]>) -> Result<()> {
    let is_one_each = old.roots.len() == 1 && new.roots.len() == 1;
    if !is_one_each && old.roots != new.roots {
        let names: Vec<String> = old
            .roots
            .iter()
            .map(|root| format!("'{}'", String::from_utf8_lossy(root).escape_debug()))
            .collect();
        let message = format!(
            "{}: it is a snapshot of {}",
            file.display(),
            names.join(", ")
        );
        return Err(Error::usage(message).hint("give the same paths"));
    }
    for field in asked.unwrap_or_default() {
        if !old.fields.iter().any(|known| known.name == field.name) {
            let names: Vec<&str> = old.fields.iter().map(|field| field.name).collect();
            let message = format!(
                "{}: the snapshot does not have the field '{}'",
                file.display(),
                field.name
            );
            return Err(Error::usage(message).hint(format!("its fields are: {}", names.join(" "))));
        }
    }
    Ok(())
}

fn cells(change: &Change, is_structured: bool) -> Vec<Cell> {
    let mut cells = vec![
        Cell::text(change.kind.name()),
        Cell::text(&change.path),
        change.from.as_ref().map_or(Cell::default(), Cell::text),
    ];
    if is_structured {
        cells.push(object(&change.differences, |difference| &difference.before));
        cells.push(object(&change.differences, |difference| &difference.after));
    } else {
        cells.push(Cell::text(words(&change.differences)));
    }
    cells
}

/// The values of one side as a JSON object; nothing if there are none.
fn object(
    differences: &[Difference],
    side: impl Fn(&Difference) -> &Option<Value<'static>>,
) -> Cell {
    let values: Vec<(String, Cell)> = differences
        .iter()
        .filter_map(|difference| {
            let value = side(difference).clone()?;
            Some((difference.field.name.to_owned(), Cell::exact(value)))
        })
        .collect();
    if values.is_empty() {
        return Cell::default();
    }
    let (names, cells): (Vec<String>, Vec<Cell>) = values.into_iter().unzip();
    let mut object = Vec::new();
    (crate::format::json::NDJSON.writer)(&names).row(&cells, &mut object);
    object.pop();
    Cell::exact(Value::Json(mem::take(&mut object).into()))
}

/// `size 1 -> 2, mode 0644 -> 0600`; nothing for one that was added or removed.
fn words(differences: &[Difference]) -> Vec<u8> {
    let mut words = Vec::new();
    for difference in differences {
        let (Some(before), Some(after)) = (&difference.before, &difference.after) else {
            continue;
        };
        if !words.is_empty() {
            words.extend_from_slice(b", ");
        }
        words.extend_from_slice(difference.field.name.as_bytes());
        for (sign, value) in [(&b" "[..], before), (b" -> ", after)] {
            words.extend_from_slice(sign);
            match value.is_missing() {
                true => words.push(b'-'),
                false => words.extend_from_slice(&value.bytes()),
            }
        }
    }
    words
}

impl Walk {
    /// A hash of the flags that select entries; none without them.
    fn filters(&self) -> Option<String> {
        let none = crate::args::selection::SelectionArgs::default();
        let mut text = String::new();
        let selection = format!("{:?}", self.selection);
        if selection != format!("{none:?}") {
            text += &selection;
        }
        for (name, is_set) in [
            ("H", self.follow_roots),
            ("L", self.follow),
            ("x", self.one_file_system),
            ("no-cache-dirs", self.no_cache_dirs),
        ] {
            if is_set {
                text += &format!(" -{name}");
            }
        }
        if self.depth.is_some() || !self.skip_fs.is_empty() || !self.conditions.is_empty() {
            text += &format!(" {:?} {:?} {:?}", self.depth, self.skip_fs, self.conditions);
        }
        (!text.is_empty()).then(|| {
            let hash = xxhash_rust::xxh3::xxh3_64(text.as_bytes());
            format!("{hash:016x}")
        })
    }
}
