//! Possible values that are defined elsewhere, for errors, help and completion.

use clap::builder::{PossibleValue, PossibleValuesParser, StringValueParser, TypedValueParser};

use crate::format::FORMATS;

/// Accepts any text; these words are for completion.
pub fn suggested(words: Vec<PossibleValue>) -> impl TypedValueParser<Value = String> {
    Suggested(words)
}

#[derive(Clone)]
struct Suggested(Vec<PossibleValue>);

impl TypedValueParser for Suggested {
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
        Some(Box::new(self.0.iter().cloned()))
    }
}

/// The input formats, and `auto`.
pub fn format_names() -> PossibleValuesParser {
    let auto = PossibleValue::new("auto").help("Detect the format from the first lines");
    let named = FORMATS
        .iter()
        .map(|format| PossibleValue::new(format.name).help(format.summary));
    PossibleValuesParser::new(std::iter::once(auto).chain(named))
}
