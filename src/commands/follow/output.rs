//! What comes out: lines, alone, with their file, or as records; and messages about what happens to the files.

use std::io::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use data_encoding::BASE64;
use regex_automata::meta::Regex;

use super::{Follow, Plan};
use crate::commands::shared::happened::tell;
use crate::commands::shared::saved::Saved;
use crate::error::Result;
use crate::follow::{Cut, Event, Follower, Receive, Units};
use crate::io::sink::{Durability, FileOptions, Mode};
use crate::record::json_text::write_string;
use crate::resume::LogState;
use crate::ui::Ui;
use crate::ui::results::Results;

/// The form of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// Lines as they are.
    Plain,
    /// Lines behind the name of their file.
    Prefixed,
    /// NDJSON.
    Records,
}

/// Where lines and events go.
pub(super) struct Output<'a> {
    results: Results,
    ui: &'a Ui,
    saved: Option<Saved>,
    format: Format,
    cut: Cut,
    /// What ends a line, if not the newline that it has.
    end: Option<u8>,
    /// How many lines are still wanted.
    left: Option<u64>,
    wait_for: Option<Regex>,
    is_met: bool,
    lines: u64,
    row: Vec<u8>,
}

impl<'a> Output<'a> {
    pub(super) fn open(
        follow: &Follow,
        plan: &Plan,
        saved: Option<Saved>,
        ui: &'a Ui,
    ) -> Result<Output<'a>> {
        let options = FileOptions {
            mode: Mode::Append,
            durability: Durability::Synced,
        };
        let mut output = Output {
            results: Results::open(follow.append.as_deref(), options)?,
            ui,
            saved: None,
            format: plan.format,
            cut: plan.cut,
            end: follow.null.then_some(0),
            left: follow.limit,
            wait_for: plan.wait_for.clone(),
            is_met: false,
            lines: 0,
            row: Vec::new(),
        };
        for (log, offset) in saved.iter().flat_map(Saved::repeated) {
            output.event(log, &Event::Repeating { offset })?;
        }
        output.saved = saved;
        Ok(output)
    }

    /// How many lines have come.
    pub(super) fn lines(&self) -> u64 {
        self.lines
    }

    /// Whether everything that was waited for has come.
    pub(super) fn is_done(&self) -> bool {
        self.is_met || self.left == Some(0)
    }

    pub(super) fn flush(&mut self) -> Result<()> {
        self.results.flush()
    }

    /// Whether there is a state.
    pub(super) fn has_state(&self) -> bool {
        self.saved.is_some()
    }

    /// Whether lines came that no commit covers.
    pub(super) fn is_uncommitted(&self) -> bool {
        self.saved.as_ref().is_some_and(Saved::is_uncommitted)
    }

    /// Writes the state, if there is one; false if that failed.
    pub(super) fn commit(&mut self, follower: &Follower) -> bool {
        match &mut self.saved {
            Some(saved) => saved.commit(follower, self.ui),
            None => true,
        }
    }

    pub(super) fn close(self) -> Result<()> {
        self.results.close().map(drop)
    }

    /// Whether lines go out as they are, without a look at each.
    fn is_transparent(&self) -> bool {
        self.format == Format::Plain
            && self.end.is_none()
            && self.left.is_none()
            && self.wait_for.is_none()
    }

    /// Writes a line.
    fn line(&mut self, log: &Path, offset: u64, unit: &[u8]) -> Result<()> {
        let is_line = self.cut == Cut::Lines;
        let text = match is_line {
            true => unit.strip_suffix(b"\n").unwrap_or(unit),
            false => unit,
        };
        if let Some(wait_for) = &self.wait_for {
            self.is_met |= wait_for.is_match(text);
        }
        let end = self.end.or(is_line.then_some(b'\n'));
        self.row.clear();
        match self.format {
            Format::Plain => self.row.extend_from_slice(text),
            Format::Prefixed => {
                self.row.extend_from_slice(log.as_os_str().as_bytes());
                self.row.extend_from_slice(b": ");
                self.row.extend_from_slice(text);
            }
            Format::Records => {
                begin_record("line", log, &mut self.row);
                let end = offset + unit.len() as u64;
                write!(self.row, ",\"offset\":{offset},\"end\":{end},\"text\":").expect(VEC);
                write_string(text, &mut self.row);
                if std::str::from_utf8(text).is_err() {
                    write!(self.row, ",\"text_b64\":\"{}\"", BASE64.encode(text)).expect(VEC);
                }
                self.row.extend_from_slice(b"}\n");
                let row = std::mem::take(&mut self.row);
                self.results.put(&row)?;
                self.row = row;
                return Ok(());
            }
        }
        self.row.extend(end);
        let row = std::mem::take(&mut self.row);
        let written = self.results.put(&row);
        self.row = row;
        written
    }

    /// Writes an event as a record, with more members.
    fn record(&mut self, log: &Path, name: &str, members: &str) -> Result<()> {
        if self.format != Format::Records {
            return Ok(());
        }
        self.row.clear();
        begin_record(name, log, &mut self.row);
        self.row.extend_from_slice(members.as_bytes());
        self.row.extend_from_slice(b"}\n");
        self.results.put(&self.row)
    }
}

/// Why writing to memory cannot fail.
const VEC: &str = "a Vec takes all";

fn begin_record(event: &str, log: &Path, row: &mut Vec<u8>) {
    let path = log.as_os_str().as_bytes();
    write!(row, "{{\"event\":\"{event}\",\"path\":").expect(VEC);
    write_string(path, row);
    if std::str::from_utf8(path).is_err() {
        write!(row, ",\"path_b64\":\"{}\"", BASE64.encode(path)).expect(VEC);
    }
}

fn quoted(text: &str) -> String {
    let mut row = Vec::new();
    write_string(text.as_bytes(), &mut row);
    String::from_utf8_lossy(&row).into_owned()
}

impl Receive for Output<'_> {
    fn recall(&self, log: &Path) -> Option<LogState> {
        self.saved.as_ref()?.recall(log)
    }

    fn take(&mut self, units: Units<'_>) -> Result<usize> {
        let Units {
            log,
            offset,
            bytes: units,
            ..
        } = units;
        if let Some(saved) = &mut self.saved {
            saved.note_output();
        }
        if self.is_transparent() {
            self.lines += 1;
            self.results.put(units)?;
            if self.cut == Cut::Lines && !units.ends_with(b"\n") {
                self.results.put(b"\n")?;
            }
            return Ok(units.len());
        }
        let mut taken = 0;
        for unit in self.cut.units(units) {
            if self.is_done() {
                break;
            }
            self.line(log, offset + taken as u64, unit)?;
            taken += unit.len();
            self.lines += 1;
            self.left = self.left.map(|left| left - 1);
        }
        Ok(taken)
    }

    fn event(&mut self, log: &Path, event: &Event) -> Result<()> {
        tell(log, event, self.ui);
        match event {
            Event::Waiting => self.record(log, "waiting", ""),
            Event::Rotated { bytes } => self.record(log, "rotated", &format!(",\"bytes\":{bytes}")),
            Event::Truncated {
                offset,
                size,
                at_least,
                has_copy,
            } => {
                let members = format!(
                    ",\"offset\":{offset},\"size\":{size},\"at_least\":{at_least},\"has_copy\":{has_copy},\"may_be_lost\":true"
                );
                self.record(log, "truncated", &members)
            }
            Event::Gap {
                offset,
                at_least,
                reason,
            } => {
                let offset = offset.map_or_else(|| "null".to_owned(), |offset| offset.to_string());
                let reason = quoted(reason);
                let members =
                    format!(",\"offset\":{offset},\"at_least\":{at_least},\"reason\":{reason}");
                self.record(log, "gap", &members)
            }
            Event::Split { offset } => self.record(log, "split", &format!(",\"offset\":{offset}")),
            Event::Repeating { offset } => {
                self.record(log, "repeating", &format!(",\"offset\":{offset}"))
            }
            Event::Refused(reason) => {
                self.record(log, "refused", &format!(",\"reason\":{}", quoted(reason)))
            }
        }
    }
}
