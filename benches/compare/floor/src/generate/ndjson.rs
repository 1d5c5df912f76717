//! A service's log in NDJSON: 1.5 million lines are 433 MB.
//!
//! Ten keys, always in the same order, and in every fourth line a nested `user`. Five levels, skewed. One message in fifty has
//! escapes in it (`\"` and `\u00e9`). `rt` is in seconds with three decimals: whole milliseconds up to a second, then steps
//! of ten, a long tail up to 25 s, so about 3 400 distinct values.

use super::calendar::moment;
use super::random::{Choice, Random};
use super::{START, Source, push, push_hex, push_number, push_thousandth};

const LEVELS: [(&str, usize); 5] = [
    ("info", 7000),
    ("debug", 1750),
    ("warn", 850),
    ("error", 370),
    ("fatal", 30),
];
const STATUSES: [(u64, usize); 8] = [
    (200, 8600),
    (201, 500),
    (304, 300),
    (404, 260),
    (400, 150),
    (500, 110),
    (503, 50),
    (429, 30),
];
const METHODS: [&str; 6] = ["GET", "GET", "GET", "POST", "PUT", "DELETE"];
const SERVICES: [&str; 8] = [
    "auth",
    "billing",
    "catalog",
    "checkout",
    "gateway",
    "inventory",
    "notifications",
    "search",
];
const ZONES: [&str; 3] = ["eu-west-1a", "eu-west-1b", "us-east-2c"];
const PLANS: [&str; 3] = ["free", "pro", "team"];
const RESOURCES: [&str; 10] = [
    "carts",
    "customers",
    "invoices",
    "items",
    "orders",
    "payments",
    "prices",
    "sessions",
    "shipments",
    "users",
];
const MESSAGES: [&str; 12] = [
    "request completed within the time limit of its class",
    "cache miss, loaded from the primary store",
    "connection returned to the pool after reuse, 12 of 32 are busy",
    "retrying after a timeout of the upstream service, attempt 2 of 3",
    "slow query: more rows were examined than returned",
    "token refreshed, old one still valid for a minute",
    "payload validated against schema version 7, two unknown keys",
    "queue depth above the soft limit, shedding background work first",
    "published event to the partition of its customer, acknowledged",
    "feature flag evaluated to its default, no rule matched the request",
    "stock reserved, waiting for the payment to be confirmed by the bank",
    "rate limit of the client is nearly used up, next window in 40 s",
];
const ESCAPED: [&str; 3] = [
    r#"unexpected token \"}\" in template \"footer\""#,
    r"customer note: caf\u00e9 closed, deliver to the neighbour",
    r#"cannot parse \"price\": expected a number, found \"d\u00e9j\u00e0 vu\""#,
];
const PATHS: usize = 4000;

pub struct Lines {
    random: Random,
    hosts: Vec<String>,
    paths: Vec<String>,
    by_path: Choice,
    by_level: Choice,
    by_status: Choice,
    ms: u64,
    second: u64,
    /// The time as it is written, up to the point, for the current second.
    time: Vec<u8>,
}

impl Lines {
    pub fn new(mut random: Random) -> Self {
        let path = |number| {
            format!(
                "/api/v{}/{}/{number}",
                1 + number % 3,
                random.pick(&RESOURCES)
            )
        };
        let paths = (1000..1000 + PATHS).map(path).collect();
        Self {
            hosts: (1..=24)
                .map(|number| format!("node-{number:02}.{}", random.pick(&ZONES)))
                .collect(),
            paths,
            by_path: Choice::zipf(PATHS, 4),
            by_level: Choice::weighted(&LEVELS.map(|(_, weight)| weight)),
            by_status: Choice::weighted(&STATUSES.map(|(_, weight)| weight)),
            random,
            ms: START * 1000,
            second: 0,
            time: Vec::new(),
        }
    }
}

impl Source for Lines {
    fn line(&mut self, out: &mut Vec<u8>) {
        let random = &mut self.random;
        self.ms += random.below(200) as u64;
        if self.second != self.ms / 1000 {
            self.second = self.ms / 1000;
            let at = moment(self.second);
            self.time.clear();
            push(
                &mut self.time,
                format_args!(
                    "{}-{:02}-{:02}T{:02}:{:02}:{:02}",
                    at.year, at.month, at.day, at.hour, at.minute, at.second
                ),
            );
        }
        out.extend_from_slice(br#"{"time":""#);
        out.extend_from_slice(&self.time);
        out.push(b'.');
        push_thousandth(out, self.ms % 1000);
        let mut say = |text: &str| out.extend_from_slice(text.as_bytes());
        say(r#"Z","level":""#);
        say(LEVELS[self.by_level.draw(random)].0);
        say(r#"","service":""#);
        say(random.pick(&SERVICES));
        say(r#"","host":""#);
        say(&self.hosts[random.below(self.hosts.len())]);
        say(r#"","msg":""#);
        say(if random.chance(1, 50) {
            random.pick(&ESCAPED)
        } else {
            random.pick(&MESSAGES)
        });
        say(r#"","trace":""#);
        push_hex(out, random.bits());
        push_hex(out, random.bits());
        let mut say = |text: &str| out.extend_from_slice(text.as_bytes());
        say(r#"","method":""#);
        say(random.pick(&METHODS));
        say(r#"","path":""#);
        say(&self.paths[self.by_path.draw(random)]);
        say(r#"","status":"#);
        push_number(out, STATUSES[self.by_status.draw(random)].0);
        out.extend_from_slice(br#","rt":"#);
        let ms = duration(random);
        push_number(out, ms / 1000);
        out.push(b'.');
        push_thousandth(out, ms % 1000);
        if random.chance(1, 4) {
            out.extend_from_slice(br#","user":{"id":"#);
            push_number(out, 10_000 + random.below(90_000) as u64);
            let mut say = |text: &str| out.extend_from_slice(text.as_bytes());
            say(r#","plan":""#);
            say(random.pick(&PLANS));
            say(r#""}"#);
        }
        out.extend_from_slice(b"}\n");
    }
}

/// Milliseconds: evenly up to a limit that doubles, each time half as likely, ten times at most.
fn duration(random: &mut Random) -> u64 {
    let doublings = random.bits().trailing_zeros().min(10);
    let ms = 2 + random.below(24 << doublings) as u64;
    if ms < 1000 { ms } else { ms / 10 * 10 }
}
