//! The query as it was typed: stages joined by `|`, and the text filters among them.
//!
//! [`mod@parse`] makes it from text; `log::plan` decides what it means.

pub mod filter;
pub mod line_regex;
pub mod parse;
mod syntax;

pub use parse::parse;
pub use syntax::{Histogram, Item, Key, Order, Query, Range, STAGES, Stage, StageKind};
