//! What comes out: lines or records, and messages about what the watcher did.

use std::io::Write as _;

use data_encoding::BASE64;

use super::{Plan, Watch};
use crate::error::Result;
use crate::io::sink::FileOptions;
use crate::observe::Observe as _;
use crate::record::Timestamp;
use crate::record::json_text::write_string;
use crate::ui::Ui;
use crate::ui::results::Results;
use crate::watch::{self, Kind, Record, Status, Watcher};

/// Where changes go.
pub(super) struct Output<'a> {
    /// None if a command takes the changes.
    results: Option<Results>,
    /// Where the output of commands goes that is counted.
    copies: Option<Results>,
    ui: &'a Ui,
    is_ndjson: bool,
    end: u8,
    kinds: Vec<Kind>,
    left: Option<u64>,
    seq: u64,
    row: Vec<u8>,
}

/// Why writing to memory cannot fail.
const VEC: &str = "a Vec takes all";

impl<'a> Output<'a> {
    pub(super) fn open(watch: &Watch, plan: &Plan, ui: &'a Ui) -> Result<Output<'a>> {
        let prints = watch.ndjson || watch.command.is_empty();
        let results = prints.then(|| Results::open(None, FileOptions::default()));
        let copies = watch.max_output.is_some() && !watch.ndjson;
        let copies = copies.then(|| Results::open(None, FileOptions::default()));
        Ok(Output {
            results: results.transpose()?,
            copies: copies.transpose()?,
            ui,
            is_ndjson: watch.ndjson,
            end: if watch.null { 0 } else { b'\n' },
            kinds: plan.kinds.clone(),
            left: watch.limit,
            seq: 0,
            row: Vec::new(),
        })
    }

    /// Whether as many changes have come as were wanted.
    pub(super) fn is_done(&self) -> bool {
        self.left == Some(0)
    }

    /// Whether changes of this kind are reported.
    pub(super) fn reports(&self, kind: Kind) -> bool {
        self.kinds.contains(&kind)
    }

    pub(super) fn flush(&mut self) -> Result<()> {
        self.results.as_mut().map_or(Ok(()), Results::flush)
    }

    pub(super) fn close(self) -> Result<()> {
        self.results
            .map_or(Ok(()), |results| results.close().map(drop))
    }

    /// Passes on what a command has printed.
    pub(super) fn copy(&mut self, bytes: &[u8]) -> Result<()> {
        match &mut self.copies {
            Some(copies) => {
                copies.put_own(bytes)?;
                copies.flush()
            }
            None => {
                self.ui.raw(&String::from_utf8_lossy(bytes));
                Ok(())
            }
        }
    }

    /// Everything is watched.
    pub(super) fn ready(&mut self, watcher: &Watcher) -> Result<()> {
        let members = format!(
            ",\"entries\":{},\"watches\":{},\"polled\":{}",
            watcher.index().len(),
            watcher.watches(),
            watcher.polled()
        );
        self.status("ready", &members)?;
        self.flush()
    }

    /// The run is over.
    pub(super) fn end(&mut self, reason: &str) -> Result<()> {
        self.status("end", &format!(",\"reason\":\"{reason}\""))
    }

    /// Writes what was found. Returns the path of a change that is wanted.
    pub(super) fn take(&mut self, output: watch::Output) -> Result<Option<Vec<u8>>> {
        match output {
            watch::Output::Change(record) => {
                if !self.kinds.contains(&record.kind) {
                    return Ok(None);
                }
                self.change(&record)?;
                self.left = self.left.map(|left| left - 1);
                return Ok((record.kind != Kind::Exists).then_some(record.path));
            }
            watch::Output::Missed(message) => self.ui.missed(&message),
            watch::Output::Warning(message) => self.ui.warned(&message),
            watch::Output::Status(status) => self.what_happened(&status)?,
        }
        Ok(None)
    }

    fn what_happened(&mut self, status: &Status) -> Result<()> {
        let shown = |path: &[u8]| String::from_utf8_lossy(path).into_owned();
        match status {
            Status::Overflow => {
                self.ui
                    .noted("the kernel has lost events; looking at everything again");
                self.status("overflow", "")
            }
            Status::RescanBegin => self.status("rescan_begin", ""),
            Status::RescanDone { changes } => {
                self.ui
                    .note(&format!("looked at everything again; {changes} changes"));
                self.status("rescan_done", &format!(",\"changes\":{changes}"))
            }
            Status::Degraded { path, reason } => {
                let path_text = shown(path);
                if reason == "remote_fs" {
                    self.ui.noted(&format!(
                        "{path_text}: the kernel does not report all changes here; looked at from time to time"
                    ));
                } else {
                    self.ui.warn(&format!(
                        "looked at from time to time, since it cannot be watched ({reason}): {path_text}, and perhaps more"
                    ));
                    self.ui.hint(
                        "the limits are fs.inotify.max_user_watches and fs.inotify.max_user_instances (sysctl)",
                    );
                }
                let mut members = Vec::new();
                write_path("path", path, &mut members);
                members.extend_from_slice(b",\"reason\":");
                write_string(reason.as_bytes(), &mut members);
                self.status("degraded", &String::from_utf8_lossy(&members))
            }
            Status::RootGone { path } => {
                self.ui
                    .noted(&format!("{}: is gone; waiting for it", shown(path)));
                self.root("root_gone", path)
            }
            Status::RootBack { path } => {
                self.ui.noted(&format!("{}: is there", shown(path)));
                self.root("root_back", path)
            }
        }
    }

    fn root(&mut self, event: &str, path: &[u8]) -> Result<()> {
        let mut members = Vec::new();
        write_path("path", path, &mut members);
        self.status(event, &String::from_utf8_lossy(&members))
    }

    /// Writes a record about the watcher itself.
    pub(super) fn status(&mut self, event: &str, members: &str) -> Result<()> {
        if !self.is_ndjson {
            return Ok(());
        }
        self.begin(event);
        self.row.extend_from_slice(members.as_bytes());
        self.row.extend_from_slice(b"}\n");
        self.put()
    }

    fn begin(&mut self, event: &str) {
        self.seq += 1;
        self.row.clear();
        let seq = self.seq;
        write!(
            self.row,
            "{{\"event\":\"{event}\",\"seq\":{seq},\"time\":\""
        )
        .expect(VEC);
        Timestamp::now().write(&mut self.row);
        self.row.push(b'"');
    }

    fn put(&mut self) -> Result<()> {
        match &mut self.results {
            Some(results) => results.put(&self.row),
            None => Ok(()),
        }
    }

    fn change(&mut self, record: &Record) -> Result<()> {
        if self.is_ndjson {
            self.begin(record.kind.name());
            write_path("path", &record.path, &mut self.row);
            if let Some(from) = &record.from {
                write_path("from", from, &mut self.row);
            }
            let facts = record.facts;
            write!(self.row, ",\"type\":\"{}\"", facts.file_type.name()).expect(VEC);
            if record.kind != Kind::Remove {
                write!(self.row, ",\"size\":{},\"mtime\":\"", facts.size).expect(VEC);
                let seconds = facts.mtime.div_euclid(1_000_000_000);
                let nanos = u32::try_from(facts.mtime.rem_euclid(1_000_000_000)).unwrap_or(0);
                if let Some(time) = Timestamp::new(seconds, nanos, 9) {
                    time.write(&mut self.row);
                }
                self.row.push(b'"');
            }
            write!(self.row, ",\"ino\":{}", facts.ino).expect(VEC);
            if let Some(reason) = record.reason {
                write!(self.row, ",\"reason\":\"{}\"", reason.name()).expect(VEC);
            }
            self.row.extend_from_slice(b"}\n");
            return self.put();
        }
        self.row.clear();
        self.row.extend_from_slice(record.kind.name().as_bytes());
        for path in [Some(&record.path), record.from.as_ref()]
            .into_iter()
            .flatten()
        {
            self.row.push(b'\t');
            match self.end {
                0 => self.row.extend_from_slice(path),
                _ => escape(path, &mut self.row),
            }
        }
        self.row.push(self.end);
        self.put()
    }
}

/// Appends a path as TSV does.
fn escape(path: &[u8], out: &mut Vec<u8>) {
    for byte in path {
        match byte {
            b'\t' => out.extend_from_slice(b"\\t"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\\' => out.extend_from_slice(b"\\\\"),
            _ => out.push(*byte),
        }
    }
}

/// Appends a member with a path, and another with its bytes if it is not UTF-8.
fn write_path(name: &str, path: &[u8], out: &mut Vec<u8>) {
    write!(out, ",\"{name}\":").expect(VEC);
    write_string(path, out);
    if std::str::from_utf8(path).is_err() {
        write!(out, ",\"{name}_b64\":\"{}\"", BASE64.encode(path)).expect(VEC);
    }
}
