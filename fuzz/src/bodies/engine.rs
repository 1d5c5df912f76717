//! Plans and answers of `jug log`, with everything fixed that a machine could change.

use std::path::Path;
use std::sync::Arc;

use jiff::tz::TimeZone;
use jug::expr::Clock;
use jug::format::{self, Settings};
use jug::io::source::InputName;
use jug::io::wait::Until;
use jug::log::input::{Input, Opening};
use jug::log::options::{Engine, Options};
use jug::log::plan::{Plan, plan};
use jug::log::query::parse;
use jug::log::run::run;
use jug::record::Timestamp;

/// A chunk size that hardly any input reaches; a buffer of this size is allocated for compressed ones.
pub const WHOLE: usize = 1 << 20;

/// The time zone of all bodies: one with summer time.
pub fn zone() -> TimeZone {
    TimeZone::get("Europe/Berlin").expect("the zones are compiled in")
}

pub fn clock() -> Clock {
    let zone = zone();
    let now = Timestamp::parse(b"2026-03-14T12:00:00Z", &zone).expect("a time");
    Clock { now, zone }
}

/// The plan of a query that is known to be right.
pub fn planned(query: &str) -> Plan {
    try_plan(query).unwrap_or_else(|| panic!("{query}: not a query"))
}

/// The plan of a query, if it is one.
pub fn try_plan(query: &str) -> Option<Plan> {
    plan(&parse(query).ok()?, query, &clock()).ok()
}

/// The rows of a file and its account, or nothing if the file is not in this format.
pub fn answer(
    plan: &Plan,
    file: &Path,
    from: Option<&str>,
    threads: usize,
    chunk: usize,
) -> Option<String> {
    let settings = Settings {
        zone: zone(),
        infer: true,
        years: jug::record::time::Years::Known(2026),
        has_header: true,
        rule: None,
    };
    let opening = Opening {
        from: from.and_then(format::find),
        settings: &settings,
        needs_schema: true,
        needs: format::Needs::ALL,
        counts_records: true,
        max_line: 16 << 20,
        chunk,
        range: None,
        until: Until::stopped(&|| false),
    };
    let input = Input::open(InputName::Path(file.to_owned()), 0, &opening).ok()?;
    let options = Options {
        threads,
        engine: Engine::Read,
        strict: true,
        max_line: 1 << 12,
        live: false,
        watched: 0,
        memory: None,
        hashes_streams: false,
    };
    let report = run(Arc::new(plan.clone()), vec![input], options, &(), None);
    let account = &report.account;
    Some(format!(
        "{:?} {} {} {}",
        report.table.rows().collect::<Vec<_>>(),
        account.judged,
        account.bad,
        account.kept
    ))
}
