//! `ts`: the time at the beginning of each line, as ts(1) of moreutils does.
//!
//! A line gets the time at which its first byte came. Lines that were read at once came at once.

use std::iter;
use std::time::{Duration, Instant};

use clap::{ArgMatches, Args};
use jiff::fmt::strtime;
use jiff::tz::TimeZone;
use memchr::memchr_iter;

use crate::pipe::data::{Data, Kind};
use crate::pipe::failure::Failure;
use crate::pipe::flow::{Flow, Out};
use crate::pipe::shared::Shared;
use crate::pipe::spec::{Example, Family, Opened, Refused, Spec, Work, arguments};
use crate::pipe::stage::ByteStage;
use crate::record::Timestamp;
use crate::record::time::zone;

/// RFC 3339 with milliseconds.
const DEFAULT: &str = "%Y-%m-%dT%H:%M:%S%.3f%:z";

#[derive(Args)]
struct Ts {
    /// Format of the time, as in date(1), such as '%H:%M:%S' or '%F %T%.6f'
    #[arg(value_name = "FORMAT", default_value = DEFAULT)]
    format: String,

    /// Use UTC instead of the system's time zone
    #[arg(short, long, conflicts_with = "tz")]
    utc: bool,

    /// Use this time zone
    #[arg(long, value_name = "ZONE", value_parser = zone::parse, allow_hyphen_values = true)]
    tz: Option<TimeZone>,

    /// Write the time since the start of the chain
    #[arg(short, long, conflicts_with_all = ["format", "utc", "tz", "delta"])]
    relative: bool,

    /// Write the time since the line before
    #[arg(short, long, conflicts_with_all = ["format", "utc", "tz"])]
    delta: bool,
}

pub(super) static SPEC: Spec = Spec {
    name: "ts",
    summary: "Write the time at the beginning of each line",
    family: Family::Text,
    define: Ts::augment_args,
    takes: &[Kind::Bytes, Kind::Items],
    open,
    heavy: false,
    // The laws have a clock that stands still.
    examples: &[
        Example {
            words: &["--utc"],
            input: "started\n",
            output: "2026-03-20T09:46:40.123+00:00 started\n",
        },
        Example {
            words: &["--utc", "%H:%M"],
            input: "one\ntwo\n",
            output: "09:46 one\n09:46 two\n",
        },
        Example {
            words: &["--delta"],
            input: "one\ntwo\n",
            output: "00:00:00.000 one\n00:00:00.000 two\n",
        },
    ],
};

fn open(matches: &ArgMatches, _input: Kind) -> Result<Opened, Refused> {
    let asked = arguments::<Ts>(matches);
    let clock = if asked.relative {
        Clock::SinceStart(None)
    } else if asked.delta {
        Clock::SinceLine(None)
    } else {
        let zone = match asked.utc {
            true => Some(TimeZone::UTC),
            false => asked.tz,
        };
        let format = as_date_writes(&asked.format);
        if !format.contains('%') {
            let message = format!("the time format '{format}' has no conversion such as %T");
            return Err(Refused::new(message));
        }
        // An invalid format is found now, not with the first line.
        stamp(&format, &TimeZone::UTC, Timestamp::now()).map_err(Refused::new)?;
        Clock::Time(format, zone)
    };
    Ok(Opened::same(Work::Bytes(Box::new(Stamper {
        clock,
        is_inside_line: false,
        made: Vec::new(),
    }))))
}

/// The format with date(1)'s meaning, in the C locale, of conversions that depend on the locale.
fn as_date_writes(format: &str) -> String {
    let mut parts = format.split('%');
    let mut result = parts.next().unwrap_or_default().to_owned();
    // Two signs in a row stand for one: the part between them is empty.
    let mut is_literal = false;
    for part in parts {
        let of_locale = match part.chars().next().filter(|_| !is_literal) {
            Some('c') => Some("%a %b %e %H:%M:%S %Y"),
            Some('r') => Some("%I:%M:%S %p"),
            Some('x') => Some("%m/%d/%y"),
            _ => None,
        };
        is_literal = part.is_empty() && !is_literal;
        match of_locale {
            Some(meaning) => result += &format!("{meaning}{}", &part[1..]),
            None => result += &format!("%{part}"),
        }
    }
    result
}

/// What is written.
enum Clock {
    /// The time, in a format and a zone; without one, in the system's, which is looked for when it is needed.
    Time(String, Option<TimeZone>),
    /// The time since the first byte of the chain.
    SinceStart(Option<Instant>),
    /// The time since the line before.
    SinceLine(Option<Instant>),
}

struct Stamper {
    clock: Clock,
    is_inside_line: bool,
    made: Vec<u8>,
}

/// A time in a format and a zone.
fn stamp(format: &str, zone: &TimeZone, now: Timestamp) -> Result<String, String> {
    let time = now
        .in_zone(zone)
        .ok_or("the time is beyond the year 9999")?;
    let text = strtime::format(format, &time);
    text.map_err(|error| format!("invalid time format '{format}': {error}"))
}

impl Stamper {
    /// What is written before a line that begins now, and before others that begin at the same time.
    fn stamps(&mut self, shared: &Shared<'_>) -> Result<[String; 2], Failure> {
        let now = shared.clock.now();
        match &mut self.clock {
            Clock::Time(format, zone) => {
                let zone = zone.get_or_insert_with(shared.zone);
                let stamp =
                    stamp(format, zone, shared.clock.time_of_day()).map_err(Failure::new)?;
                Ok([stamp.clone(), stamp])
            }
            Clock::SinceStart(start) => {
                let stamp = hours(now.saturating_duration_since(*start.get_or_insert(now)));
                Ok([stamp.clone(), stamp])
            }
            Clock::SinceLine(before) => {
                let since = now.saturating_duration_since(before.replace(now).unwrap_or(now));
                Ok([hours(since), hours(Duration::ZERO)])
            }
        }
    }
}

/// `00:01:02.345`.
fn hours(time: Duration) -> String {
    let seconds = time.as_secs();
    format!(
        "{:02}:{:02}:{:02}.{:03}",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60,
        time.subsec_millis()
    )
}

impl ByteStage for Stamper {
    fn push(&mut self, bytes: &[u8], out: &mut dyn Out) -> Result<Flow, Failure> {
        let Some(last) = bytes.last() else {
            return Ok(Flow::More);
        };
        let [first, others] =
            match self.is_inside_line && !bytes[..bytes.len() - 1].contains(&b'\n') {
                // No line begins here.
                true => [String::new(), String::new()],
                false => self.stamps(out.shared())?,
            };
        self.made.clear();
        let mut stamps = iter::once(&first).chain(iter::repeat(&others));
        let mut begin_line = |made: &mut Vec<u8>| {
            made.extend_from_slice(stamps.next().map_or(b"", |stamp| stamp.as_bytes()));
            made.push(b' ');
        };
        if !self.is_inside_line {
            begin_line(&mut self.made);
        }
        let mut from = 0;
        for newline in memchr_iter(b'\n', &bytes[..bytes.len() - 1]) {
            self.made.extend_from_slice(&bytes[from..=newline]);
            begin_line(&mut self.made);
            from = newline + 1;
        }
        self.made.extend_from_slice(&bytes[from..]);
        self.is_inside_line = *last != b'\n';
        out.put(Data::Bytes(&self.made))
    }

    fn end(&mut self, _out: &mut dyn Out) -> Result<(), Failure> {
        self.is_inside_line = false;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipe::run::testing::{Still, run_cut, run_with};

    #[test]
    fn times_are_those_of_the_first_byte_of_a_line() {
        let clock = Still::stepping(Duration::from_millis(1500));
        let shared = Shared {
            clock: &clock,
            ..Shared::new(&())
        };
        // Each byte comes 1.5 s later than the one before; only bytes that begin a line are looked at.
        let output = run_with(&["ts", "--delta"], vec![b"ab\n\ncd".to_vec()], 1, &shared).unwrap();
        let wanted = "00:00:00.000 ab\n00:00:01.500 \n00:00:01.500 cd";
        assert_eq!(String::from_utf8(output).unwrap(), wanted);
    }

    #[test]
    fn zones_and_formats_are_those_of_date() {
        // TZ=Asia/Kolkata date -d @1774000000.123 '+%a %d %b %Y %I:%M:%S %p %Z %s'
        let words = [
            "ts",
            "--tz",
            "Asia/Kolkata",
            "%a %d %b %Y %I:%M:%S %p %Z %s",
        ];
        let output = run_cut(&words, b"x", 1).unwrap();
        let wanted = "Fri 20 Mar 2026 03:16:40 PM IST 1774000000 x";
        assert_eq!(String::from_utf8(output).unwrap(), wanted);
    }

    /// LC_ALL=C TZ=UTC date -d @1774000000 '+%c|%r|%x|%X|%%c|%%%x'
    #[test]
    fn what_depends_on_the_locale_is_written_as_in_the_c_locale() {
        let words = ["ts", "--utc", "%c|%r|%x|%X|%%c|%%%x"];
        let output = run_cut(&words, b"x", 1).unwrap();
        let wanted = "Fri Mar 20 09:46:40 2026|09:46:40 AM|03/20/26|09:46:40|%c|%03/20/26 x";
        assert_eq!(String::from_utf8(output).unwrap(), wanted);
    }

    #[test]
    fn an_invalid_format_is_refused_before_the_run() {
        let error = run_cut(&["ts", "%!"], b"", 1).unwrap_err();
        assert!(error.starts_with("invalid time format '%!': "), "{error}");
        let error = run_cut(&["ts", "app.log"], b"", 1).unwrap_err();
        assert_eq!(
            error,
            "the time format 'app.log' has no conversion such as %T"
        );
    }
}
