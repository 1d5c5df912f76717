//! `--dups`: files with equal contents, as rows.

use std::thread;

use super::output::{Writing, Written};
use super::ranked::Failure;
use super::sinks::Nowhere;
use crate::args::output::To;
use crate::commands::shared::rows::{RowStream, row_format};
use crate::error::Result;
use crate::observe::Observe as _;
use crate::record::{Cell, Number};
use crate::walk::Follow;
use crate::walk::duplicates::{self, Duplicate, Files, Reading};

/// The columns of a row.
const COLUMNS: [&str; 4] = ["group", "size", "hash", "path"];

impl Writing<'_> {
    /// Finds files with equal contents, and writes them.
    pub(super) fn duplicates(mut self, to: Option<To>) -> Result<Written> {
        let mut out = self.open()?;
        let (workers, mut report) = self.walk(&Files::new, &mut Nowhere)?;
        let output = &self.walk.output;
        let ui = &self.context.ui;
        let cores = || thread::available_parallelism().map_or(1, Into::into);
        let reading = Reading {
            follows: self.plan.follow == Follow::Always,
            threads: self
                .plan
                .threads
                .unwrap_or_else(cores)
                .min(self.plan.max_threads),
            observe: &**ui,
        };
        let columns = COLUMNS.map(str::to_owned);
        let spec = row_format(to, output, ui)?;
        let mut stream = spec.map(|spec| RowStream::new(spec, output.header, &columns));
        let most = self.walk.limit.rows.unwrap_or(u64::MAX);
        let (mut count, mut errors) = (0, 0);
        let mut table = Vec::new();
        let found = duplicates::find::<Failure>(
            workers,
            &reading,
            &mut |error| {
                if !self.plan.tolerated.covers(&error) {
                    errors += 1;
                    ui.missed(&error.to_string());
                }
            },
            &mut |duplicate| {
                count += 1;
                if count > most {
                    return Ok(());
                }
                let cells = cells(&duplicate);
                match &mut stream {
                    Some(stream) => stream.row(&mut out, &cells).map_err(Failure),
                    None => {
                        table.push(cells);
                        Ok(())
                    }
                }
            },
        );
        found.map_err(|Failure(error)| error)?;
        report.errors += errors;
        report.records = count;
        ui.clear();
        let withheld = match stream {
            Some(mut stream) => {
                stream.end(&mut out)?;
                out.close()?
            }
            None => self.put(out, &columns, &table, to, None)?,
        };
        Ok((report, withheld))
    }
}

fn cells(duplicate: &Duplicate) -> Vec<Cell> {
    vec![
        Cell::number(Number::from(duplicate.group)),
        Cell::number(Number::from(duplicate.size)),
        Cell::text(&duplicate.hash),
        Cell::text(&duplicate.path),
    ]
}
