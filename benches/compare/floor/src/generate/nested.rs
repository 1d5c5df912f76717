//! A service's log in NDJSON with nested objects: 620 000 lines are 429 MB.
//!
//! The two fields that the comparison asks for, `level` and `rt`, are the last of each line. Before them stand an object with
//! objects and an array in it, a message of 40 to 500 bytes in which quotes, backslashes, newlines and braces are escaped or
//! quoted, and an array of stack frames that is empty in two lines of three. Nested objects have keys `level` and `rt` too, and
//! messages contain text that looks like such a key: a search for `"level":` finds the wrong place in every line.

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
const AGENTS: [&str; 4] = [
    r#"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"#,
    r#"Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/604.1"#,
    r#"okhttp/5.1.0 \"shop\" {build 4711}"#,
    "curl/8.14.1",
];
/// Parts of messages. Braces, brackets and commas stand in strings; a quote in them is escaped.
const SENTENCES: [&str; 12] = [
    "request completed within the time limit of its class; ",
    "cache miss, loaded from the primary store; ",
    r#"cannot parse \"price\": expected a number, found \"d\u00e9j\u00e0 vu\"; "#,
    r#"the reply was {\"level\":\"none\",\"rt\":9.999}, which the schema does not allow; "#,
    r"open C:\\data\\carts\\17.json: the file is in use; ",
    r"traceback:\n\tline 12: lookup[key]\n\tline 40: {unpack}\n",
    "retrying after a timeout of the upstream service, attempt 2 of 3; ",
    "connection returned to the pool after reuse, 12 of 32 are busy; ",
    "slow query: more rows were examined than returned (41822, 16); ",
    r"path ends in a backslash: D:\\",
    "stock reserved, waiting for the payment to be confirmed by the bank; ",
    "rate limit of the client is nearly used up, next window in 40 s; ",
];
const FRAMES: [&str; 5] = [
    r#"at cart.price(cart.rs:118)"#,
    r#"at cart.total<\"EUR\">(cart.rs:96)"#,
    r#"at http.respond({closure})(server.rs:412)"#,
    r#"at pool.run[3](pool.rs:77)"#,
    r#"at main(main.rs:20)"#,
];
const METHODS: [&str; 4] = ["GET", "GET", "POST", "PUT"];

pub struct Lines {
    random: Random,
    by_level: Choice,
    ms: u64,
}

impl Lines {
    pub fn new(random: Random) -> Self {
        Self {
            random,
            by_level: Choice::weighted(&LEVELS.map(|(_, weight)| weight)),
            ms: START * 1000,
        }
    }
}

impl Source for Lines {
    fn line(&mut self, out: &mut Vec<u8>) {
        let random = &mut self.random;
        self.ms += random.below(200) as u64;
        let at = moment(self.ms / 1000);
        push(
            out,
            format_args!(
                r#"{{"time":"{}-{:02}-{:02}T{:02}:{:02}:{:02}."#,
                at.year, at.month, at.day, at.hour, at.minute, at.second
            ),
        );
        push_thousandth(out, self.ms % 1000);
        out.extend_from_slice(br#"Z","trace":""#);
        push_hex(out, random.bits());
        push_hex(out, random.bits());
        out.extend_from_slice(br#"","http":{"method":""#);
        text(out, random.pick(&METHODS));
        out.extend_from_slice(br#"","url":"/api/v2/orders/"#);
        push_number(out, random.below(1 << 20) as u64);
        out.extend_from_slice(br#"","status":200,"headers":{"user-agent":""#);
        text(out, random.pick(&AGENTS));
        out.extend_from_slice(
            br#"","accept":["text/html","application/json;q=0.9"],"x-log":{"level":"none","rt":"#,
        );
        push_number(out, random.below(100) as u64);
        out.extend_from_slice(br#"}},"bytes":["#);
        push_number(out, random.below(1 << 12) as u64);
        out.push(b',');
        push_number(out, random.below(1 << 18) as u64);
        out.extend_from_slice(br#"]},"msg":""#);
        for _ in 0..1 + random.below(8) {
            text(out, random.pick(&SENTENCES));
        }
        out.extend_from_slice(br#"","stack":["#);
        if random.chance(1, 3) {
            for frame in 0..=random.below(FRAMES.len()) {
                out.extend_from_slice(if frame > 0 { b",\"" } else { b"\"" });
                text(out, FRAMES[frame]);
                out.push(b'"');
            }
        }
        out.extend_from_slice(br#"],"level":""#);
        text(out, LEVELS[self.by_level.draw(random)].0);
        out.extend_from_slice(br#"","rt":"#);
        // Evenly up to a limit that doubles, each time half as likely.
        let doublings = random.bits().trailing_zeros().min(10);
        let ms = 2 + random.below(24 << doublings) as u64;
        push_number(out, ms / 1000);
        out.push(b'.');
        push_thousandth(out, ms % 1000);
        out.extend_from_slice(b"}\n");
    }
}

fn text(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(text.as_bytes());
}
