//! Words of other query languages, and what is written here.

use crate::format::find_parse;

/// What to write instead of a word that follows a complete stage; `before` is that stage, `after` what follows the word.
pub(super) fn after_stage(word: &str, before: &str, after: &str) -> Option<String> {
    let last = before.rsplit(' ').next().unwrap_or(before);
    let next = after.split_whitespace().next().unwrap_or("FIELD");
    let column = before
        .strip_prefix("sort ")
        .map(|column| column.trim_start_matches('-'));
    Some(match (word.to_lowercase().as_str(), column) {
        ("desc" | "descending", Some(column)) => format!("write: sort -{column}"),
        ("asc" | "ascending", Some(column)) => format!("write: sort {column}"),
        ("distinct" | "unique", _) if before == "count" => format!("write: uniq({next})"),
        ("by", _) if before.starts_with("top ") => {
            let mut words = before.split_whitespace().skip(1);
            let (rows, aggregate) = (words.next()?, words.next().unwrap_or("count"));
            format!("write: {aggregate} by {next} | head {rows}")
        }
        ("startswith" | "starts_with", _) => format!("write {last} =~ /^TEXT/"),
        ("endswith" | "ends_with", _) => format!("write {last} =~ /TEXT$/"),
        ("matches" | "regexp" | "rlike", _) => format!("write {last} =~ /REGEX/"),
        ("between", _) => {
            let mut words = after.split_whitespace();
            let (low, _, high) = (words.next()?, words.next()?, words.next()?);
            format!("write {last} >= {low} and {last} <= {high}")
        }
        ("has" | "includes" | "ilike", _) => format!("write {last} contains \"TEXT\""),
        ("is", _) => "use missing(FIELD) to test for an absent value".to_owned(),
        ("like", _) => "write contains \"text\", or =~ /regex/".to_owned(),
        ("group", _) => "write: count by FIELD".to_owned(),
        ("order", _) => "separate stages with |: … | sort -count".to_owned(),
        ("limit", _) => "separate stages with |: … | head 10".to_owned(),
        ("having", _) => "separate stages with |: … | where count > 10".to_owned(),
        _ if before.starts_with("select distinct") => format!("write: count by {word}"),
        _ => return None,
    })
}

/// What to write instead of a stage that begins with this word; `after` is the rest of the stage.
/// `is_near` if the word is close to one of ours.
pub(super) fn stage(word: &str, after: &str, is_near: bool) -> Option<String> {
    let rest = after.trim();
    let next = rest.split_whitespace().next().unwrap_or("FIELD");
    Some(match word.to_lowercase().as_str() {
        "group" => "write: count by FIELD".to_owned(),
        "stats" | "summarize" | "agg" | "aggregate" if !rest.is_empty() => {
            format!("write: {rest}")
        }
        "limit" if rest.starts_with('-') => format!("write: tail {}", rest.trim_start_matches('-')),
        "limit" | "take" if !rest.is_empty() => format!("write: head {rest}"),
        "order" => "write: sort -COLUMN".to_owned(),
        "filter" | "search" if !rest.is_empty() => format!("write: where {rest}"),
        "distinct" | "unique" => format!("write: count by {next}"),
        "eval" | "extend" | "set" => "write: let NAME = EXPR".to_owned(),
        "rename" => "write: select FIELD as NAME".to_owned(),
        "fields" | "project" if next == "except" || next == "-" => {
            "name the fields to keep: select FIELD, FIELD".to_owned()
        }
        _ if rest.starts_with("from ") && find_parse(word).is_some() => {
            format!("write: parse {word} {rest}")
        }
        "fields" | "project" | "keep" if !rest.is_empty() => format!("write: select {rest}"),
        _ if rest.starts_with("by ") && !is_near => format!("write: count {rest}"),
        _ => return None,
    })
}

/// The aggregate that another language calls by this name.
pub(super) fn aggregate(name: &str) -> Option<&'static str> {
    Some(match name.to_lowercase().as_str() {
        "mean" | "average" => "avg",
        "percentile" | "quantile" | "perc" | "pct" | "p" => "p99",
        "distinct" | "count_distinct" | "countdistinct" | "dcount" | "nunique" | "unique" => "uniq",
        "total" => "sum",
        "pct50" => "p50",
        "pct90" => "p90",
        "pct95" => "p95",
        "pct99" => "p99",
        "std" | "sd" | "stdev" => "stddev",
        "values" | "collect" => "list",
        "histogram" => "hist(x) as a stage of its own",
        "minimum" => "min",
        "maximum" => "max",
        _ => return None,
    })
}
