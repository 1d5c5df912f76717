//! Values of `jug log`'s arguments that come from lists elsewhere: for errors, help and completion.

use clap::builder::{PossibleValue, PossibleValuesParser, StringValueParser, TypedValueParser};

use crate::format::FORMATS;
use crate::log::aggregate;
use crate::log::query::STAGES;

/// Anything is a query; the words that begin one are known for completion.
pub(super) fn query_words() -> impl TypedValueParser<Value = String> {
    Words
}

#[derive(Clone)]
struct Words;

impl TypedValueParser for Words {
    type Value = String;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<String, clap::Error> {
        StringValueParser::new().parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let aggregates = aggregate::names().map(PossibleValue::new);
        Some(Box::new(aggregates.chain(STAGES.iter().map(
            |(stage, help)| PossibleValue::new(*stage).help(*help),
        ))))
    }
}

pub(super) fn format_names() -> PossibleValuesParser {
    let auto = PossibleValue::new("auto").help("Find the format from the first lines");
    let named = FORMATS
        .iter()
        .map(|format| PossibleValue::new(format.name).help(format.summary));
    PossibleValuesParser::new(std::iter::once(auto).chain(named))
}
