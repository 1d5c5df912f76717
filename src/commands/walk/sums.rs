//! Sums of directories, as they come or in the order of an attribute.

use super::output::{Writing, Written};
use super::ranked::in_order;
use super::sinks::Sums;
use crate::args::output::To;
use crate::commands::shared::rows::{RowStream, row_format};
use crate::error::Result;
use crate::walk::Report;
use crate::walk::cumulative::{self, SumRow, SumRows};
use crate::walk::ranking::{Attribute, Ranked};

impl Writing<'_> {
    /// Writes the sums of directories.
    pub(super) fn sums(mut self, to: Option<To>) -> Result<Written> {
        let mut out = self.open()?;
        let output = &self.walk.output;
        let columns = cumulative::COLUMNS.map(str::to_owned);
        let Some(spec) = row_format(to, output, &self.context.ui)? else {
            let mut rows = Vec::new();
            let report = self.sum(&mut |row| {
                rows.push(row.cells());
                Ok(())
            })?;
            let bars = Some(cumulative::ALLOCATED);
            let withheld = self.put(out, &columns, &rows, to, bars)?;
            return Ok((report, withheld));
        };
        let mut stream = RowStream::new(spec, output.header, &columns);
        let report = self.sum(&mut |row| stream.row(&mut out, &row.cells()))?;
        stream.end(&mut out)?;
        Ok((report, out.close()?))
    }

    /// Walks, and hands on the sums of directories.
    fn sum(&self, put: &mut (dyn FnMut(SumRow) -> Result<()> + Send)) -> Result<Report> {
        let Some(ranking) = self.ranking else {
            let (_, report) = self.walk(&|| SumRows, &mut Sums(put))?;
            return Ok(report);
        };
        let mut ranked = Ranked::new(ranking);
        let (_, report) = self.walk(
            &|| SumRows,
            &mut Sums(&mut |row| {
                let number = match ranking.attribute {
                    Attribute::Allocated => row.sums.allocated,
                    Attribute::Size | Attribute::Modified => row.sums.size,
                };
                ranked.put(number, &row.path, |out| row.write(out));
                Ok(())
            }),
        )?;
        in_order(
            vec![ranked],
            &mut |mut record| match SumRow::read(&mut record) {
                Some(row) => put(row),
                None => Ok(()),
            },
        )?;
        Ok(report)
    }
}
