//! Runs the walk and writes its results.

use std::os::unix::ffi::OsStrExt;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::tz::TimeZone;

use super::shape::Shape;
use super::sinks::{BesideProgress, Checked, EncodedRows, Lines, Nowhere, References, Sink};
use super::{Intent, Walk};
use crate::args::output::To;
use crate::commands::context::Context;
use crate::commands::shared::rows::{RowStream, Rows, goes_to_terminal, open, row_format};
use crate::commands::shared::selected::{read_ignores, resolved};
use crate::dirs::{DescriptorBudget, FileSystems};
use crate::error::{Error, Result};
use crate::format::{OutputSpec, json};
use crate::group::Groups;
use crate::record::Cell;
use crate::ui::results::Results;
use crate::ui::{escape, units};
use crate::walk::cumulative::Cumulative;
use crate::walk::json_tree::{self, JsonTree};
use crate::walk::ranking::Ranking;
use crate::walk::rows::{self, Collected};
use crate::walk::text::{Nothing, Paths, Templated};
use crate::walk::totals::{self, Totals};
use crate::walk::{self, Field, Follow, Plan, Recorder, Report};

/// The most threads that may be asked for.
const MAX_THREADS: usize = 1024;

/// The result of a run.
pub(super) struct Found {
    pub(super) report: Report,
    /// The number of roots.
    roots: u64,
    /// The output file, if it was not replaced.
    pub(super) withheld: Option<String>,
}

/// Walks, and writes the results.
pub(super) fn run(walk: &Walk, intent: Intent, context: &Context) -> Result<Found> {
    let Intent {
        roots,
        shape,
        selection,
        pruning,
        conditions,
        follow,
        order,
        ranking,
        events,
        tolerated,
        clock,
    } = intent;
    let selection = resolved(selection)?;
    let ignores = read_ignores(&pruning, &context.ui)?;
    let threads = walk.threads.count.unwrap_or(MAX_THREADS);
    let (max_threads, descriptors) = DescriptorBudget::for_threads(threads);
    let is_limited_later = ranking.is_some()
        || matches!(
            shape,
            Shape::Totals(..) | Shape::Shot(_) | Shape::Duplicates(_)
        );
    // The attributes by which entries are ordered are needed even if they are not printed.
    let needs = match ranking {
        Some(_) => shape.needs().and(totals::NEEDS),
        None => shape.needs(),
    };
    let depth = walk.depth.unwrap_or(u32::MAX);
    let cumulative = matches!(shape, Shape::Sums(_)).then_some(Cumulative {
        depth,
        repeats: follow == Follow::Always || roots.len() > 1,
    });
    let plan = Plan {
        roots,
        own_file: None,
        follow,
        order,
        depth: if cumulative.is_some() {
            u32::MAX
        } else {
            depth
        },
        selection,
        pruning,
        ignores,
        is_without_caches: walk.no_cache_dirs,
        conditions,
        file_systems: FileSystems::new(walk.one_file_system, walk.skip_fs.clone()),
        tolerated,
        events,
        needs,
        nests: matches!(shape, Shape::Tree(_)),
        cumulative,
        wants_ends: matches!(shape, Shape::Rows(..)),
        // What is sorted or compared is limited after that.
        limit: match walk.quiet.is_set {
            _ if is_limited_later => None,
            true => Some(1),
            false => walk.limit.rows,
        },
        backlog: walk::BACKLOG,
        engine: walk.engine.into(),
        threads: walk.threads.count,
        max_threads,
        descriptors,
    };
    let is_terminal = goes_to_terminal(&walk.output, &context.ui);
    let escape = is_terminal.then_some(escape::escape as walk::text::Escape);
    let end = if walk.null { 0 } else { b'\n' };
    let roots = plan.roots.len() as u64;
    let writing = Writing {
        walk,
        plan,
        ranking,
        context,
        zone: &clock.zone,
    };
    let (report, withheld) = match &shape {
        Shape::Quiet => writing.nothing()?,
        Shape::Paths => writing.text(&|| Paths { end, escape })?,
        Shape::Text(template) => writing.text(&|| Templated::new(template, end, escape))?,
        Shape::Tree(fields) => writing.tree(fields)?,
        Shape::Totals(fields, to) => writing.totals(fields, *to)?,
        Shape::Sums(to) => writing.sums(*to)?,
        Shape::Shot(shot) => writing.shot(shot)?,
        Shape::Duplicates(to) => writing.duplicates(*to)?,
        Shape::Rows(fields, to) => match row_format(*to, &walk.output, &context.ui)? {
            Some(spec) => writing.rows(fields, spec)?,
            None => writing.table(fields, *to)?,
        },
    };
    Ok(Found {
        report,
        roots,
        withheld,
    })
}

/// A walk whose results are written.
pub(super) struct Writing<'a> {
    pub(super) walk: &'a Walk,
    pub(super) plan: Plan,
    pub(super) ranking: Option<Ranking>,
    pub(super) context: &'a Context,
    /// The zone in which a table shows times.
    pub(super) zone: &'a TimeZone,
}

/// The report of a walk, and the name of the output file if it was not replaced.
pub(super) type Written = (Report, Option<String>);

impl Writing<'_> {
    /// Opens the output before the walk, which leaves out its temporary file.
    pub(super) fn open(&mut self) -> Result<Results> {
        let out = open(&self.walk.output)?;
        let name = out.temporary_name().map(OsStrExt::as_bytes);
        self.plan.own_file = name.map(<[u8]>::to_vec);
        Ok(out)
    }

    pub(super) fn walk<R: Recorder>(
        &self,
        recorder: &(impl Fn() -> R + Sync),
        sink: &mut dyn Sink,
    ) -> Result<(Vec<R>, Report)> {
        let mut output = Checked::new(sink);
        let found = walk::run(&self.plan, recorder, &mut output, &*self.context.ui);
        output.result()?;
        Ok(found)
    }

    /// Walks, and writes records as they are found.
    fn stream<R: Recorder>(
        &self,
        recorder: &(impl Fn() -> R + Sync),
        sink: &mut dyn Sink,
    ) -> Result<Report> {
        let ui = &self.context.ui;
        if let Some(ranking) = self.ranking {
            let (_, report) = self.ranked(ranking, recorder, &mut |record| {
                sink.put(record, &[record.len()])
            })?;
            return Ok(report);
        }
        let (_, report) = if goes_to_terminal(&self.walk.output, ui) {
            self.walk(recorder, &mut BesideProgress { sink, ui })?
        } else {
            self.walk(recorder, sink)?
        };
        Ok(report)
    }

    fn nothing(self) -> Result<Written> {
        let (_, report) = self.walk(&|| Nothing, &mut Nowhere)?;
        Ok((report, None))
    }

    fn text<R: Recorder>(mut self, recorder: &(impl Fn() -> R + Sync)) -> Result<Written> {
        let mut lines = Lines(self.open()?);
        let report = self.stream(recorder, &mut lines)?;
        Ok((report, lines.0.close()?))
    }

    fn rows(mut self, fields: &[&'static Field], spec: &'static OutputSpec) -> Result<Written> {
        let has_events = !self.walk.events.is_empty();
        let columns = rows::columns(fields, has_events);
        let mut encoded = EncodedRows {
            stream: RowStream::new(spec, self.walk.output.header, &columns),
            out: self.open()?,
        };
        let recorder = || rows::Rows::new(fields, spec, has_events);
        let report = self.stream(&recorder, &mut encoded)?;
        let EncodedRows {
            mut stream,
            mut out,
        } = encoded;
        stream.end(&mut out)?;
        if self.plan.events.summary {
            out.put(&summary(&report, self.plan.needs.stat))?;
        }
        Ok((report, out.close()?))
    }

    fn tree(mut self, fields: &[&'static Field]) -> Result<Written> {
        let mut lines = Lines(self.open()?);
        lines.0.put(json_tree::BEGIN)?;
        let report = self.stream(&|| JsonTree::new(fields), &mut lines)?;
        let has_sizes = self.plan.needs.stat;
        let end = json_tree::end(report.sums, has_sizes, &report.counts());
        lines.0.put(end.as_bytes())?;
        Ok((report, lines.0.close()?))
    }

    /// Writes all rows at the end, since the widths of a table depend on all of them.
    fn table(mut self, fields: &[&'static Field], to: Option<To>) -> Result<Written> {
        let out = self.open()?;
        let workers = AtomicU64::new(0);
        let recorder = || Collected::new(fields, workers.fetch_add(1, Relaxed));
        let mut references = References(Vec::new());
        let (recorders, report) = match self.ranking {
            Some(ranking) => self.ranked(ranking, &recorder, &mut |record| {
                references.put(record, &[])
            })?,
            None => self.walk(&recorder, &mut references)?,
        };
        let rows = rows::in_order(recorders, &references.0);
        let columns = rows::columns(fields, false);
        let withheld = self.put(out, &columns, &rows, to, None)?;
        Ok((report, withheld))
    }

    fn totals(mut self, keys: &[&'static Field], to: Option<To>) -> Result<Written> {
        let out = self.open()?;
        let model = Mutex::new(Groups::default());
        // Roots may lie in each other, or be given twice.
        let repeats = self.plan.follow == Follow::Always || self.plan.roots.len() > 1;
        let recorder = || {
            let groups = model.lock().unwrap_or_else(PoisonError::into_inner);
            Totals::new(keys, repeats, groups.sibling())
        };
        let (recorders, report) = self.walk(&recorder, &mut Nowhere)?;
        let mut all = recorder();
        recorders.into_iter().for_each(|part| all.merge(part));
        let mut rows = all
            .rows()
            .map_err(|error| Error::input(error.to_string()))?;
        let limit = self
            .walk
            .limit
            .rows
            .and_then(|limit| usize::try_from(limit).ok());
        rows.truncate(limit.unwrap_or(usize::MAX));
        let mut columns = rows::columns(keys, false);
        let size = columns.len() + totals::SIZE;
        for name in totals::COLUMNS {
            // A key may have the name of a sum.
            columns.push(match columns.iter().any(|column| column == name) {
                true => format!("{name}_2"),
                false => name.to_owned(),
            });
        }
        let withheld = self.put(out, &columns, &rows, to, Some(size))?;
        Ok((report, withheld))
    }

    pub(super) fn put(
        &self,
        out: Results,
        columns: &[String],
        rows: &[Vec<Cell>],
        to: Option<To>,
        bars: Option<usize>,
    ) -> Result<Option<String>> {
        let rows = Rows {
            columns,
            rows,
            zone: self.zone,
            bars,
        };
        rows.write_to(out, &self.walk.output, to, &self.context.ui)
    }
}

/// The summary record.
fn summary(report: &Report, has_sizes: bool) -> Vec<u8> {
    let counts = report.counts();
    let names = rows::sum_names(has_sizes).iter().copied();
    let names = names.chain(counts.iter().map(|(name, _)| *name));
    let columns: Vec<String> = std::iter::once("event")
        .chain(names)
        .map(str::to_owned)
        .collect();
    let counts = counts.iter().map(|(_, count)| u128::from(*count));
    let cells: Vec<Cell> = std::iter::once(Cell::text("summary"))
        .chain(rows::sums(report.sums, has_sizes))
        .chain(counts.map(rows::amount))
        .collect();
    let mut out = Vec::new();
    (json::NDJSON.writer)(&columns).row(&cells, &mut out);
    out
}

impl Found {
    /// Whether nothing could be read.
    pub(super) fn is_failure(&self) -> bool {
        let report = &self.report;
        report.records == 0
            && report.directories == 0
            && report.errors > 0
            && report.errors >= self.roots
    }

    /// The lines of `--stats`.
    pub(super) fn stats(&self, elapsed: Duration) -> Vec<String> {
        let report = &self.report;
        // The sums include all of a directory that was cut off by the limit.
        let entries = (report.sums.files + report.sums.dirs).min(report.records);
        vec![
            format!(
                "walked   {} directories in {}",
                units::count(report.directories),
                units::duration(elapsed)
            ),
            format!("entries  {} selected", units::count(entries)),
            format!(
                "errors   {} reported, {} tolerated; {} entries disappeared, {} directories reached again",
                report.errors, report.tolerated, report.vanished, report.repeats
            ),
        ]
    }
}
