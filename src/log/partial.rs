//! What a part of a run found: by one worker, from one input, at one time. Parts merge in any order.

mod again;
mod assembly;
mod header;
mod lines;
mod listing;
mod merging;
mod ranges;
mod refusal;
mod written;

use std::sync::Arc;

use super::account::Account;
use super::grouped::Grouped;
use super::plan::{Output, Plan};
use super::table::{self, Answer, Table};
use crate::expr::Clock;
use crate::group::{Groups, TooMany};

pub use again::{Again, Asked, are_stages, ask};
pub use header::{Header, Part, Question, canonical};
pub use listing::{Listed, Listing};
pub use merging::{MakePlan, Merged, Merging};
pub use ranges::{Of, Range};
pub use refusal::Refusal;
pub use written::Written;

/// The version of the meaning of partial results. It changes when the same query would group or count differently.
pub const VERSION: u16 = 1;

/// Partial results of a query.
#[derive(Clone)]
pub struct Partial {
    /// The version of what is counted and how, see [`VERSION`].
    pub version: u16,
    /// The query, as it was typed.
    pub query: Arc<str>,
    /// What "now", days and times without a zone mean in it.
    pub clock: Clock,
    /// Which lines were read, and how many were bad.
    pub account: Account,
    /// The groups; none if the query only has rows.
    pub groups: Option<Grouped>,
}

/// Why partial results cannot be merged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unmergeable {
    /// Another version of jug counted differently.
    #[error("partial results of different versions")]
    Version,
    /// They answer different questions.
    #[error("partial results of different queries")]
    Query,
    /// Their relative times or their days differ.
    #[error("partial results with different times or time zones")]
    Clock,
    /// There are too many groups.
    #[error(transparent)]
    TooMany(#[from] TooMany),
}

impl Partial {
    /// Results of nothing yet. Merging is faster where `groups` are siblings.
    pub fn new(plan: &Plan, groups: Groups) -> Partial {
        let groups = match &plan.output {
            Output::Groups(grouping) => {
                let zone = plan.clock.zone.clone();
                Some(Grouped::new(Arc::clone(grouping), zone, groups))
            }
            Output::Rows(_) => None,
        };
        Partial {
            version: VERSION,
            query: Arc::clone(&plan.text),
            clock: plan.clock.clone(),
            account: Account::default(),
            groups,
        }
    }

    /// Adds everything that another part found.
    ///
    /// # Errors
    /// If the other part belongs to another run; nothing is merged then. If there are more groups than can be numbered; the
    /// results are then unusable.
    pub fn merge(&mut self, other: Partial) -> Result<(), Unmergeable> {
        if self.version != other.version {
            return Err(Unmergeable::Version);
        }
        if self.query != other.query || self.groups.is_some() != other.groups.is_some() {
            return Err(Unmergeable::Query);
        }
        if self.clock.now != other.clock.now || self.clock.zone != other.clock.zone {
            return Err(Unmergeable::Clock);
        }
        self.account.merge(other.account);
        if let (Some(groups), Some(more)) = (&mut self.groups, other.groups) {
            groups.merge(more)?;
        }
        Ok(())
    }

    /// The name of an aggregate that depends on where lines stand in their inputs, if there is one.
    pub fn positional(&self) -> Option<&'static str> {
        self.groups.as_ref().and_then(Grouped::positional)
    }

    /// How many groups there are.
    pub fn group_count(&self) -> usize {
        self.groups.as_ref().map_or(0, Grouped::group_count)
    }

    /// The rows of the groups, after the stages that follow the grouping. What cannot be computed is reported to `warn`.
    pub fn into_answer(self, plan: &Plan, warn: &dyn Fn(&str)) -> Answer {
        let answer = match self.groups {
            Some(groups) => table::finish_groups(plan, groups, usize::MAX, warn),
            None => table::finish(plan, Table::new(), usize::MAX, warn),
        };
        answer.expect("with any amount of memory nothing is written to files")
    }
}
