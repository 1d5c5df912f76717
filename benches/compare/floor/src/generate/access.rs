//! An access log in combined format: 4.2 million lines are 988 MB.
//!
//! Statuses are skewed over twelve codes, 20 000 paths follow Zipf's law, every eighth has a query string, 50 000 addresses
//! (one in fifty IPv6), 62 user agents, a referer in five lines of eight, `-` for bytes where there is no body, ten lines a
//! second. One line in 100 000 is cut off before its first quote, as a full disk would leave it; there, because a quote that
//! is opened and not closed means something else to every reader of CSV, and the comparison needs one right answer.

use super::calendar::moment;
use super::random::{Choice, Random};
use super::{START, Source, push, push_number};

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];
const STATUSES: [(u64, usize); 12] = [
    (200, 8120),
    (304, 640),
    (404, 420),
    (301, 250),
    (302, 160),
    (206, 120),
    (204, 90),
    (500, 60),
    (403, 55),
    (401, 40),
    (499, 30),
    (502, 15),
];
const METHODS: [(&str, usize); 6] = [
    ("GET", 880),
    ("POST", 84),
    ("HEAD", 20),
    ("PUT", 8),
    ("DELETE", 4),
    ("OPTIONS", 4),
];
const USERS: [&str; 5] = ["anna", "bkovacs", "deploy", "j.ortega", "monitor"];
const WORDS: [&str; 24] = [
    "account", "api", "archive", "assets", "blog", "cart", "catalog", "checkout", "docs",
    "download", "events", "help", "images", "news", "orders", "products", "profile", "reports",
    "search", "static", "support", "tags", "users", "v2",
];
const EXTENSIONS: [&str; 8] = ["", "", "", ".css", ".html", ".jpg", ".js", ".png"];
const PARAMETERS: [&str; 6] = ["page", "id", "sort", "utm_source", "ref", "session"];

const ADDRESSES: usize = 50_000;
const PATHS: usize = 20_000;
const QUERIES: usize = 1000;
const SITES: [&str; 6] = [
    "https://www.example.com",
    "https://shop.example.com",
    "https://search.example.net",
    "https://m.example.com",
    "https://news.example.org",
    "https://partner.example.net",
];

pub struct Lines {
    random: Random,
    addresses: Vec<String>,
    paths: Vec<String>,
    queries: Vec<String>,
    agents: Vec<String>,
    by_address: Choice,
    by_path: Choice,
    by_agent: Choice,
    by_status: Choice,
    by_method: Choice,
    second: u64,
    /// The time as it is written, for the current second.
    time: Vec<u8>,
}

impl Lines {
    pub fn new(mut random: Random) -> Self {
        let agents = agents();
        let mut lines = Self {
            addresses: (0..ADDRESSES).map(|_| address(&mut random)).collect(),
            paths: (0..PATHS).map(|number| path(&mut random, number)).collect(),
            queries: (0..QUERIES).map(|_| query(&mut random)).collect(),
            by_address: Choice::zipf(ADDRESSES, 100),
            by_path: Choice::zipf(PATHS, 4),
            by_agent: Choice::zipf(agents.len(), 6),
            by_status: Choice::weighted(&STATUSES.map(|(_, weight)| weight)),
            by_method: Choice::weighted(&METHODS.map(|(_, weight)| weight)),
            agents,
            random,
            second: START,
            time: Vec::new(),
        };
        lines.write_time();
        lines
    }

    fn write_time(&mut self) {
        let at = moment(self.second);
        let month = MONTHS[at.month as usize - 1];
        self.time.clear();
        push(
            &mut self.time,
            format_args!(
                "{:02}/{month}/{}:{:02}:{:02}:{:02} +0000",
                at.day, at.year, at.hour, at.minute, at.second
            ),
        );
    }
}

impl Source for Lines {
    fn line(&mut self, out: &mut Vec<u8>) {
        let random = &mut self.random;
        let begin = out.len();
        let mut say = |text: &str| out.extend_from_slice(text.as_bytes());
        say(&self.addresses[self.by_address.draw(random)]);
        say(" - ");
        say(if random.chance(1, 50) {
            random.pick(&USERS)
        } else {
            "-"
        });
        say(" [");
        out.extend_from_slice(&self.time);
        if random.chance(1, 100_000) {
            out.truncate(begin + 5 + random.below(out.len() - begin - 5));
            out.push(b'\n');
            return;
        }
        let mut say = |text: &str| out.extend_from_slice(text.as_bytes());
        let (method, (status, _)) = (
            METHODS[self.by_method.draw(random)].0,
            STATUSES[self.by_status.draw(random)],
        );
        say("] \"");
        say(method);
        say(" ");
        say(&self.paths[self.by_path.draw(random)]);
        if random.chance(1, 8) {
            say(&self.queries[random.below(QUERIES)]);
        }
        say(if random.chance(1, 3) {
            " HTTP/2.0\" "
        } else {
            " HTTP/1.1\" "
        });
        push_number(out, status);
        out.push(b' ');
        if matches!(status, 204 | 304) || method == "HEAD" {
            out.push(b'-');
        } else {
            // As many short answers as long ones, by their number of bits: up to 512 KiB.
            let bits = 6 + random.below(13);
            push_number(out, (1 << bits) + random.below(1 << bits) as u64);
        }
        let mut say = |text: &str| out.extend_from_slice(text.as_bytes());
        say(" \"");
        if random.chance(63, 100) {
            say(random.pick(&SITES));
            say(&self.paths[self.by_path.draw(random)]);
        } else {
            say("-");
        }
        say("\" \"");
        say(&self.agents[self.by_agent.draw(random)]);
        say("\"\n");
        if random.chance(1, 10) {
            self.second += 1;
            self.write_time();
        }
    }
}

fn address(random: &mut Random) -> String {
    if random.chance(1, 50) {
        return format!(
            "2001:db8:{:x}:{:x}::{:x}",
            random.below(1 << 16),
            random.below(1 << 16),
            random.below(1 << 16)
        );
    }
    format!(
        "{}.{}.{}.{}",
        1 + random.below(223),
        random.below(256),
        random.below(256),
        1 + random.below(254)
    )
}

/// One to four words, a number that makes it the only one, and maybe an extension; the first is the root.
fn path(random: &mut Random, number: usize) -> String {
    if number == 0 {
        return "/".to_owned();
    }
    let mut path = String::new();
    for _ in 0..=random.below(4) {
        path.push('/');
        path.push_str(random.pick(&WORDS));
    }
    format!("{path}/{number}{}", random.pick(&EXTENSIONS))
}

fn query(random: &mut Random) -> String {
    let first = format!("?{}={}", random.pick(&PARAMETERS), random.below(10_000));
    match random.below(3) {
        0 => format!(
            "{first}&q={}%20{}",
            random.pick(&WORDS),
            random.pick(&WORDS)
        ),
        1 => format!(
            "{first}&{}={:x}",
            random.pick(&PARAMETERS),
            random.below(1 << 24)
        ),
        _ => first,
    }
}

/// Browsers on six systems, and what is not a browser; the most used first.
fn agents() -> Vec<String> {
    const SYSTEMS: [&str; 6] = [
        "Windows NT 10.0; Win64; x64",
        "Macintosh; Intel Mac OS X 10_15_7",
        "X11; Linux x86_64",
        "Linux; Android 10; K",
        "X11; CrOS x86_64 14541.0.0",
        "Linux; Android 15; SM-S931B",
    ];
    const OTHERS: [&str; 14] = [
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15",
        "Mozilla/5.0 (compatible; ExampleBot/2.1; +https://bot.example.com/about.html)",
        "Mozilla/5.0 (compatible; CrawlerOne/7.0; +https://crawler.example.net/)",
        "Mozilla/5.0 (Linux; Android 6.0.1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36 (compatible; ExampleBot/2.1)",
        "curl/8.14.1",
        "Wget/1.25.0",
        "python-requests/2.32.5",
        "Go-http-client/2.0",
        "okhttp/5.1.0",
        "kube-probe/1.34",
        "Prometheus/3.5.0",
        "UptimeCheck/1.4 (+https://status.example.org)",
        "Apache-HttpClient/5.5 (Java/21.0.8)",
    ];
    let mut agents = Vec::new();
    for version in 0..4 {
        for system in SYSTEMS {
            agents.push(format!("Mozilla/5.0 ({system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.0.0 Safari/537.36", 142 - version));
            if version % 2 == 0 {
                agents.push(format!("Mozilla/5.0 ({system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{0}.0.0.0 Safari/537.36 Edg/{0}.0.0.0", 142 - version));
            } else {
                agents.push(format!(
                    "Mozilla/5.0 ({system}; rv:{0}.0) Gecko/20100101 Firefox/{0}.0",
                    145 - version
                ));
            }
        }
        agents.extend(
            OTHERS
                .iter()
                .skip(version as usize)
                .step_by(4)
                .map(|agent| (*agent).to_owned()),
        );
    }
    agents
}
