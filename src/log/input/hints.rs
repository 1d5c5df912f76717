//! What to do about inputs that cannot be opened or lack a field.

use std::io;

use crate::expr::nearest;
use crate::expr::parse::RESERVED;
use crate::format::Schema;
use crate::io::limits::is_out_of_descriptors;
use crate::io::source::{InputName, Unsupported};
use crate::log::plan::Plan;

/// What to do about an input that cannot be read.
pub(super) fn about_failure(error: &io::Error, name: &InputName) -> Option<String> {
    if let Some(unsupported) = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<Unsupported>())
    {
        return Some(format!("try: {} {name} | jug log …", unsupported.command));
    }
    if error.kind() == io::ErrorKind::IsADirectory && matches!(name, InputName::Stdin) {
        return Some("name files after the query: jug log QUERY FILE".to_owned());
    }
    let name = name.to_string();
    match error.kind() {
        io::ErrorKind::IsADirectory => Some(format!("name the files in it: {name}/*")),
        io::ErrorKind::NotFound if RESERVED.contains(&name.as_str()) => {
            Some("the shell passes the query as several words: quote all of it".to_owned())
        }
        _ if is_out_of_descriptors(error) => {
            Some("raise the limit of open files: ulimit -n".to_owned())
        }
        _ => None,
    }
}

/// What may have been meant by a field that the input does not have.
pub(super) fn about_missing(
    name: &InputName,
    sample: &[u8],
    schema: &dyn Schema,
    missing: &str,
    plan: &Plan,
) -> String {
    let fields: Vec<String> = schema.fields().iter().map(ToString::to_string).collect();
    let list = fields.join(" ");
    let is_named = |field: &String| field != "time" && !field.starts_with('$');
    let parsed: Vec<String> = plan
        .parsings()
        .filter_map(|parsing| parsing.parse.fields())
        .flatten()
        .collect();
    if let Some(near) = nearest(missing, parsed.iter().map(String::as_str)) {
        return format!("did you mean {near}? parse reads: {}", parsed.join(" "));
    }
    if let Some(near) = nearest(missing, fields.iter().map(String::as_str)) {
        return format!("did you mean {near}? There are: {list}");
    }
    if !fields.iter().any(is_named) {
        return match objects_from_json(name, sample) {
            _ if missing == "time" => {
                "none of the first lines starts with a timestamp such as 2026-01-31T10:00:00Z"
                    .into()
            }
            Some(command) => format!("JSON must be one object per line: {command} | jug log …"),
            None => format!(
                "{} has no named fields, only line, file and $1, $2 …; use --from to set another format",
                schema.spec().name
            ),
        };
    }
    let is_missing = |name: &str| name == missing;
    let mut compared_with = plan.compared_with.iter();
    if compared_with.any(|name| name.as_key().is_some_and(is_missing)) {
        return format!("if it is text, write \"{missing}\"; there are: {list}");
    }
    match (missing, bucket(missing)) {
        ("time", _) => format!("define it first: let time = FIELD | …; there are: {list}"),
        (_, Some(bucket)) => format!("write a time bucket as {bucket}; there are: {list}"),
        (_, None) => format!("there are: {list}"),
    }
}

/// What makes lines of objects from an input that looks like a JSON document of many lines, or like one array.
fn objects_from_json(name: &InputName, sample: &[u8]) -> Option<String> {
    let first = sample.iter().find(|byte| !byte.is_ascii_whitespace());
    let filter = match first? {
        b'[' => "'.[]'",
        b'{' => ".",
        _ => return None,
    };
    Some(match name {
        InputName::Stdin => format!("… | jq -c {filter}"),
        InputName::Path(path) => format!("jq -c {filter} {}", path.display()),
    })
}

/// The time bucket that is probably meant by a field of this name.
fn bucket(name: &str) -> Option<&'static str> {
    Some(match name {
        "second" | "seconds" => "1s",
        "minute" | "minutes" => "1m",
        "hour" | "hours" => "1h",
        "day" | "days" | "date" => "1d",
        "week" | "weeks" => "1w",
        _ => return None,
    })
}
