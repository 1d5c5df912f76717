//! Asks a partial result another question: by fewer of its keys, by longer time buckets, of a part of its time, with other
//! stages behind.

use std::time::Duration;

use jiff::tz::TimeZone;

use super::header::Question;
use super::refusal::Refusal;
use crate::expr::Clock;
use crate::expr::duration;
use crate::expr::error::QueryError;
use crate::log::plan::{Bucket, Grouping, Output, Plan, plan};
use crate::log::query::{Item, Key, Query, StageKind, parse};
use crate::record::time::zone;
use crate::record::{Timestamp, Value};

/// What is asked instead.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// The keys to keep, by the names of their columns; a duration stands for time buckets of that length.
    pub by: Option<Vec<String>>,
    /// The stages behind the aggregates, instead of those of the query.
    pub stages: Option<String>,
    /// The times between which buckets are kept.
    pub window: (Option<Timestamp>, Option<Timestamp>),
    /// The zone of days, where it does not matter to what was asked.
    pub zone: Option<TimeZone>,
}

/// How groups of a partial result become those that are wanted.
#[derive(Clone, Debug)]
pub struct Again {
    /// How many keys the groups have.
    width: usize,
    /// Which of the keys stay, in order, and the longer time buckets that one is rounded down to; none if all stay.
    keys: Option<Vec<(usize, Option<Bucket>)>>,
    /// Which key is a time, and what it must be.
    window: Option<(usize, Option<Timestamp>, Option<Timestamp>)>,
    zone: TimeZone,
}

impl Again {
    /// All of the groups whose time bucket begins at `since` or later; the key with this number is the bucket.
    pub fn from(grouping: &Grouping, key: usize, since: Timestamp, zone: &TimeZone) -> Again {
        Again {
            width: grouping.keys.len(),
            keys: None,
            window: Some((key, Some(since), None)),
            zone: zone.clone(),
        }
    }

    /// How many keys the groups have that are chosen from.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Changes the parts of a key to those that are wanted; false if the group is left out.
    pub fn choose(&self, parts: &mut Vec<Value<'_>>) -> bool {
        if let Some((key, since, until)) = self.window {
            let Some(Value::Time(time)) = parts.get(key) else {
                return false;
            };
            let is_late = since.is_none_or(|since| *time >= since);
            if !is_late || until.is_some_and(|until| *time >= until) {
                return false;
            }
        }
        let Some(keys) = &self.keys else {
            return true;
        };
        let kept = keys
            .iter()
            .map(|(key, bucket)| match (&parts[*key], bucket) {
                (Value::Time(time), Some(bucket)) => Value::Time(bucket.start(*time, &self.zone)),
                (part, _) => part.clone(),
            });
        let kept: Vec<Value<'_>> = kept.collect();
        *parts = kept;
        true
    }
}

/// The plan of a question as it is asked now, and how the groups of its answer become those of this plan. Also its text.
///
/// # Errors
/// If it is not a question of this version, or cannot be asked so.
pub fn ask(question: &Question, asked: &Asked) -> Result<(Plan, Again), Refusal> {
    let clock = clock(question)?;
    let days = Clock {
        zone: match (&question.zone, &asked.zone) {
            (None, Some(zone)) => zone.clone(),
            _ => clock.zone.clone(),
        },
        ..clock.clone()
    };
    let text = question.query.as_str();
    let query = parse(text).map_err(|error| unknown(&error, text))?;
    let stage = query
        .stages
        .iter()
        .position(|stage| matches!(stage.kind, StageKind::Aggregate(..) | StageKind::Hist(_)));
    let Some(stage) = stage else {
        return Err(Refusal::new("it has no aggregates"));
    };
    let begun = Query {
        stages: query.stages[..=stage].to_vec(),
    };
    let old = plan(&begun, text, &clock).map_err(|error| unknown(&error, text))?;
    let Output::Groups(grouping) = &old.output else {
        return Err(Refusal::new("its aggregates are not of lines"));
    };
    let width = grouping.keys.len();
    let mut again = Again {
        width,
        keys: None,
        window: None,
        zone: days.zone.clone(),
    };
    if asked.window != (None, None) {
        again.window = Some(window(&old, asked)?);
    }
    if asked.by.is_none() && asked.stages.is_none() {
        let plan = plan(&query, text, &clock).map_err(|error| unknown(&error, text))?;
        return Ok((plan, again));
    }
    let StageKind::Aggregate(items, keys) = &query.stages[stage].kind else {
        return Err(Refusal::new(
            "a distribution (hist) cannot be asked for anything else",
        ));
    };
    let kept = match &asked.by {
        Some(names) => kept(names, &old, keys, &days.zone)?,
        None => (0..width).map(|key| (key, None)).collect(),
    };
    let start = query.stages[stage].span.start;
    let mut composed = text[..start].to_owned();
    composed.push_str(&list(items.iter().map(item_text)));
    let texts = kept
        .iter()
        .map(|(key, width)| key_text(&keys[*key], *width, text));
    if !kept.is_empty() {
        composed.push_str(" by ");
        composed.push_str(&list(texts));
    }
    if let Some(stages) = &asked.stages {
        composed.push_str(" | ");
        composed.push_str(stages);
    }
    let wrong = |error: QueryError| {
        let refusal = Refusal::new(error.render(&composed));
        match error.hint {
            Some(hint) => refusal.hint(hint),
            None => refusal,
        }
    };
    let plan = plan(&parse(&composed).map_err(wrong)?, &composed, &days).map_err(wrong)?;
    let Output::Groups(grouping) = &plan.output else {
        return Err(Refusal::new("its aggregates are not of lines"));
    };
    let buckets = grouping.keys.iter().map(|key| key.bucket);
    let keys = kept
        .iter()
        .zip(buckets)
        .map(|((key, width), bucket)| (*key, bucket.filter(|_| width.is_some())));
    again.keys = Some(keys.collect());
    Ok((plan, again))
}

/// Whether a text is made of stages for rows, such as `top 10 count`.
pub fn are_stages(text: &str) -> bool {
    let is_of_rows =
        |kind: &StageKind| !matches!(kind, StageKind::Filter(_) | StageKind::Parse(..));
    parse(text).is_ok_and(|query| query.stages.iter().all(|stage| is_of_rows(&stage.kind)))
}

fn clock(question: &Question) -> Result<Clock, Refusal> {
    let zone = match &question.zone {
        Some(name) => zone::parse(name).map_err(Refusal::new)?,
        None => TimeZone::UTC,
    };
    let now = question.now.as_ref();
    let now = now.and_then(|now| Timestamp::parse(now.as_bytes(), &TimeZone::UTC));
    // Without one, the answer does not depend on it.
    let epoch = Timestamp::new(0, 0, 0).expect("1970 is within the range");
    Ok(Clock {
        now: now.unwrap_or(epoch),
        zone,
    })
}

fn unknown(error: &QueryError, text: &str) -> Refusal {
    Refusal::new(format!(
        "this version of jug cannot read its query: {}",
        error.render(text)
    ))
}

/// The key that is a time bucket, and the beginnings of the buckets that are kept.
fn window(
    plan: &Plan,
    asked: &Asked,
) -> Result<(usize, Option<Timestamp>, Option<Timestamp>), Refusal> {
    let Output::Groups(grouping) = &plan.output else {
        return Err(Refusal::new("its aggregates are not of lines"));
    };
    let keys = grouping.keys.iter().enumerate();
    let mut buckets = keys.filter_map(|(number, key)| Some((number, key.bucket?)));
    let Some((key, bucket)) = buckets.next() else {
        return Err(
            Refusal::new("it is not by time, so no time can be selected")
                .hint("make it with time buckets, such as: count by 1h, status"),
        );
    };
    for (flag, time) in [("--since", asked.window.0), ("--until", asked.window.1)] {
        if let Some(time) = time
            && bucket.start(time, &plan.clock.zone) != time
        {
            let start = bucket.start(time, &plan.clock.zone);
            let message =
                format!("{time} for {flag} is within a time bucket, which begins at {start}");
            return Err(Refusal::new(message).hint("time buckets are kept or left out as a whole"));
        }
    }
    Ok((key, asked.window.0, asked.window.1))
}

/// Which keys are kept, and of what length their time buckets become.
fn kept(
    names: &[String],
    plan: &Plan,
    keys: &[Key],
    zone: &TimeZone,
) -> Result<Vec<(usize, Option<Duration>)>, Refusal> {
    let columns: Vec<&str> = plan
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .collect();
    let mut kept = Vec::new();
    for name in names {
        let place = match duration::parse(name) {
            Some(width) => bucket_of(width, name, plan, zone)?,
            None => columns[..keys.len()]
                .iter()
                .position(|column| column == name)
                .map(|key| (key, None))
                .ok_or_else(|| {
                    let known = columns[..keys.len()].join(" ");
                    Refusal::new(format!("it has no key '{name}'"))
                        .hint(format!("its keys: {known}"))
                })?,
        };
        if kept.iter().any(|(key, _)| *key == place.0) {
            return Err(Refusal::new(format!("'{name}' is twice in --by")));
        }
        kept.push(place);
    }
    Ok(kept)
}

/// The key of time buckets that can be joined to longer ones.
fn bucket_of(
    width: Duration,
    name: &str,
    plan: &Plan,
    zone: &TimeZone,
) -> Result<(usize, Option<Duration>), Refusal> {
    let Output::Groups(grouping) = &plan.output else {
        return Err(Refusal::new("its aggregates are not of lines"));
    };
    let keys = grouping.keys.iter().enumerate();
    let mut buckets = keys.filter_map(|(number, key)| Some((number, key.bucket?)));
    let Some((key, bucket)) = buckets.next() else {
        return Err(Refusal::new("it is not by time")
            .hint("make it with time buckets, such as: count by 1h, status"));
    };
    let is_multiple = width
        .as_nanos()
        .is_multiple_of(bucket.width().as_nanos().max(1));
    match is_multiple && bucket.joins_into(width, zone) {
        true => Ok((key, Some(width))),
        false => Err(Refusal::new(format!(
            "its time buckets cannot be joined to buckets of {name}"
        ))),
    }
}

fn item_text(item: &Item) -> String {
    match &item.name {
        Some(name) => format!("{} as {name}", item.text),
        None => item.text.clone(),
    }
}

fn key_text(key: &Key, width: Option<Duration>, text: &str) -> String {
    match key {
        Key::Expr(item) => item_text(item),
        Key::Time { name, span, .. } => {
            let width = match width {
                Some(width) => format!("{}s", width.as_secs()),
                None => text[span.clone()].to_owned(),
            };
            match name {
                Some(name) => format!("{width} as {name}"),
                None => width,
            }
        }
    }
}

fn list(texts: impl Iterator<Item = String>) -> String {
    texts.collect::<Vec<_>>().join(", ")
}
