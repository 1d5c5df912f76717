//! What a query means: which fields to read, what to test, what to keep, and what to do with the rows at the end.
//!
//! Made from the query alone, before any file is opened; nothing in it changes while it runs. Two phases: a *scan* over
//! lines ([`Plan::steps`], [`Plan::output`]), which is done chunk by chunk and merged, then [`Plan::table`] over the resulting
//! rows, which are few or at least fit into memory.

mod aggregation;
mod bucket;
pub mod explain;
mod grouping;
mod histogram;
mod layers;
pub mod name;
mod planner;
mod properties;
mod scope;
mod types;

pub use crate::log::aggregate::Takes;
pub use bucket::Bucket;
pub use grouping::{Answer, Argument, GroupKey, Grouping, StateColumn};
pub use planner::plan;
pub use properties::first_key;
pub use types::{Bins, Column, FILE, LINE, Output, Parsing, Plan, Step, TableStage};
