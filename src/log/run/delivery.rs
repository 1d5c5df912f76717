//! Rows in order are kept for the table, or passed on at once.

use std::sync::Arc;

use crate::log::plan::Plan;
use crate::log::rows::{Rows, SLACK};
use crate::log::table::{self, Table};

/// Takes encoded rows in order: bytes, and where each row ends. False stops the run.
pub type TakeRows<'s> = &'s mut (dyn FnMut(&[u8], &[usize]) -> bool + Send);

/// Rows in order.
pub(super) struct Delivery<'s> {
    plan: Arc<Plan>,
    /// The number of encoded rows still to output; none if there is no limit.
    wanted: Option<usize>,
    take: Option<TakeRows<'s>>,
    /// Rows that are not encoded.
    pub(super) rows: Table,
    /// How many rows were encoded.
    pub(super) streamed: u64,
}

impl<'s> Delivery<'s> {
    pub(super) fn new(plan: Arc<Plan>, take: Option<TakeRows<'s>>) -> Delivery<'s> {
        Delivery {
            wanted: plan.rows_wanted(),
            plan,
            take,
            rows: Table::new(),
            streamed: 0,
        }
    }

    /// Takes the rows that come next; false if no more are wanted.
    pub(super) fn accept(&mut self, rows: Rows) -> bool {
        match rows {
            Rows::Cells(cells) => {
                self.rows.extend(cells);
                table::reduce(&self.plan, &mut self.rows, SLACK);
                self.wanted.is_none_or(|wanted| self.rows.len() < wanted)
            }
            Rows::Bytes(mut encoded) => {
                if let Some(wanted) = &mut self.wanted {
                    encoded.ends.truncate(*wanted);
                    let end = encoded.ends.last().copied().unwrap_or(0);
                    encoded.bytes.truncate(end);
                    *wanted -= encoded.ends.len();
                }
                self.streamed += encoded.ends.len() as u64;
                let goes_on = match &mut self.take {
                    Some(take) => take(&encoded.bytes, &encoded.ends),
                    None => true,
                };
                goes_on && self.wanted != Some(0)
            }
        }
    }
}
