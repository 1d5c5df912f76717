//! The words that begin a query, for completion.

use clap::builder::{PossibleValue, TypedValueParser};

use crate::args::words::suggested;
use crate::log::aggregate;
use crate::log::query::STAGES;

/// Anything is a query.
pub(super) fn query_words() -> impl TypedValueParser<Value = String> {
    let aggregates = aggregate::names().map(PossibleValue::new);
    let stages = STAGES
        .iter()
        .map(|(stage, help)| PossibleValue::new(*stage).help(*help));
    suggested(aggregates.chain(stages).collect())
}
