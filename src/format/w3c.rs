//! `w3c`: the extended log format of the W3C, as IIS and many proxies write it. Lines `#Fields: date time c-ip …` name the columns of
//! the lines that follow, up to the next; times are in UTC.
//!
//! The usual columns are also called as in access logs: `c-ip` is `ip`, `sc-status` is `status`, and so on. `time` is date and time.

use std::borrow::Cow;
use std::sync::Arc;

use jiff::tz::TimeZone;
use memchr::memchr2;

use super::framing::{Framed, Framing};
use super::wanted::{TIME, named, put};
use super::words::Words;
use super::{
    Bad, Candidate, FieldName, Kind, Reader, Refused, Sample, Schema, Settings, Spec, Unknown,
    Verbatim, Want, Wanted,
};
use crate::record::number::is_digits;
use crate::record::{Timestamp, Value};

/// See the module.
pub(super) static SPEC: Spec = Spec {
    name: "w3c",
    summary: "Read extended logs of the W3C, as of IIS, whose lines #Fields: name the columns",
    kind: Kind::Records,
    precedence: 1,
    extensions: &[],
    rows: None,
    candidates,
    example: concat!(
        "#Fields: date time c-ip cs-method cs-uri-stem sc-status time-taken\n",
        "2026-05-17 10:05:03 192.0.2.17 GET /index.html 200 42\n",
        "2026-05-17 10:05:04 198.51.100.4 POST /login 302 -\n",
    ),
};

/// What the usual columns are called in access logs.
const USUAL: [(&str, &str); 12] = [
    ("c-ip", "ip"),
    ("cs-username", "user"),
    ("cs-method", "method"),
    ("cs-uri", "url"),
    ("cs-uri-stem", "path"),
    ("cs-uri-query", "query"),
    ("cs-version", "protocol"),
    ("sc-status", "status"),
    ("sc-bytes", "bytes"),
    ("cs(Referer)", "referer"),
    ("cs(User-Agent)", "agent"),
    ("cs-host", "vhost"),
];

const FIELDS: &[u8] = b"#Fields:";
const DATE: &[u8] = b"#Date:";

/// What lines with a number sign may begin with, at the beginning of a log.
const DIRECTIVES: [&[u8]; 8] = [
    FIELDS,
    DATE,
    b"#Software:",
    b"#Version:",
    b"#Remark:",
    b"#Start-Date:",
    b"#End-Date:",
    b"#GMT-Offset:",
];

fn is_directive(line: &[u8]) -> bool {
    DIRECTIVES
        .iter()
        .any(|directive| line.starts_with(directive))
}

fn candidates(first_line: &[u8], settings: &Settings) -> Result<Vec<Candidate>, Refused> {
    let schema = W3c {
        header: Header::default(),
        header_lines: 0,
        settings: settings.clone(),
    };
    Ok(vec![Candidate {
        schema: Box::new(schema),
        is_likely: first_line.is_empty() || is_directive(first_line),
        enough: 1,
    }])
}

/// What the directives say of the lines that follow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Header {
    columns: Vec<String>,
    /// The date of lines that have none.
    date: Option<Vec<u8>>,
}

impl Header {
    /// Reads a line with a number sign.
    fn take(&mut self, line: &[u8]) {
        if let Some(names) = line.strip_prefix(FIELDS) {
            let names = names.split(|byte| byte.is_ascii_whitespace());
            let names = names.filter(|name| !name.is_empty());
            self.columns = names
                .map(|name| String::from_utf8_lossy(name).into_owned())
                .collect();
        } else if let Some(date) = line.strip_prefix(DATE) {
            self.date = date.trim_ascii().get(..10).map(<[u8]>::to_vec);
        }
    }

    /// The same without what does not matter to lines.
    fn of_lines(&self) -> Header {
        let has_dates = self.column("date").is_some();
        Header {
            columns: self.columns.clone(),
            date: self.date.clone().filter(|_| !has_dates),
        }
    }

    /// The number of a column by its name, or by the one that it has in access logs.
    fn column(&self, name: &str) -> Option<usize> {
        let find = |name: &str| self.columns.iter().position(|column| column == name);
        find(name).or_else(|| {
            let mut usual = USUAL.iter();
            usual.find_map(|(column, known)| (*known == name).then(|| find(column))?)
        })
    }

    fn has_time(&self) -> bool {
        self.column(TIME).is_some() && (self.column("date").is_some() || self.date.is_some())
    }
}

struct W3c {
    header: Header,
    /// How many lines come before the first record.
    header_lines: usize,
    settings: Settings,
}

impl Schema for W3c {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn learn(&mut self, sample: Sample<'_>) {
        for line in sample.lines().take_while(|line| line.starts_with(b"#")) {
            self.header.take(line);
            self.header_lines += 1;
        }
        self.header = self.header.of_lines();
    }

    fn learns_until(&self, sample: Sample<'_>) -> Option<usize> {
        let mut end = 0;
        for (index, (line, line_end)) in sample.lines_with_ends().enumerate() {
            if !line.starts_with(b"#") {
                return Some(end);
            }
            end = line_end;
            if line.starts_with(FIELDS) {
                return Some(end);
            }
            if sample.is_exhausted(index + 1, end) {
                return Some(end);
            }
        }
        sample.whole.then_some(end)
    }

    fn fields(&self) -> Vec<FieldName> {
        let usual = |column: &String| {
            let mut usual = USUAL.iter();
            let known = usual.find(|(name, _)| name == column);
            FieldName::key(known.map_or(column.as_str(), |(_, name)| name))
        };
        self.header.columns.iter().map(usual).collect()
    }

    fn open_ended(&self) -> bool {
        false
    }

    fn header_lines(&self) -> usize {
        self.header_lines
    }

    fn framing(&self, _: usize) -> Option<Box<dyn Framing>> {
        Some(Box::new(Headers {
            header: self.header.clone(),
            in_force: self.header.clone(),
            number: 0,
            settings: self.settings.clone(),
        }))
    }

    fn verbatim(&self) -> Verbatim {
        // The time is made of two columns.
        Verbatim::Never
    }

    fn reader(&self, wanted: &[Wanted]) -> Result<Box<dyn Reader>, Unknown> {
        let mut columns = named(wanted, |name| self.header.column(name))?;
        let is_time =
            |wanted: &Wanted| wanted.name.as_key() == Some(TIME) && wanted.want != Want::Written;
        let has_time = self.header.has_time();
        let is_instant = |place: usize| has_time && is_time(&wanted[place]);
        let times: Vec<usize> = columns
            .iter()
            .map(|(_, place)| *place)
            .filter(|place| is_instant(*place))
            .collect();
        columns.retain(|(_, place)| !is_instant(*place));
        Ok(Box::new(W3cReader {
            width: self.header.columns.len(),
            date: self.header.column("date"),
            time: self.header.column(TIME),
            fixed_date: self.header.date.clone().unwrap_or_default(),
            columns,
            times,
            words: Words::new(wanted, self.settings.infer),
        }))
    }
}

struct W3cReader {
    width: usize,
    date: Option<usize>,
    time: Option<usize>,
    /// The date where no column has it.
    fixed_date: Vec<u8>,
    /// The columns that are wanted, in order, with their places in the list of wanted fields.
    columns: Vec<(usize, usize)>,
    /// The places of the time.
    times: Vec<usize>,
    words: Words,
}

/// The next cell of a line, and what follows it.
fn cell(line: &[u8]) -> (&[u8], Option<&[u8]>) {
    let mut from = 0;
    if line.first() == Some(&b'"') {
        from = 1;
        while let Some(quote) = memchr::memchr(b'"', &line[from..]) {
            from += quote + 1;
            if line.get(from) != Some(&b'"') {
                break;
            }
            from += 1;
        }
    }
    match memchr2(b' ', b'\t', &line[from..]) {
        Some(blank) => (&line[..from + blank], Some(&line[from + blank + 1..])),
        None => (line, None),
    }
}

fn value(cell: &[u8]) -> Value<'_> {
    match cell {
        b"" | b"-" => Value::Missing,
        [b'"', inner @ .., b'"'] => match memchr::memmem::find(inner, b"\"\"") {
            None => Value::Text(Cow::Borrowed(inner)),
            Some(_) => {
                let text = String::from_utf8_lossy(inner).replace("\"\"", "\"");
                Value::Text(Cow::Owned(text.into_bytes()))
            }
        },
        cell if is_digits(cell) => Value::Digits(Cow::Borrowed(cell)),
        cell => Value::Text(Cow::Borrowed(cell)),
    }
}

impl W3cReader {
    fn instant(&self, date: &[u8], time: &[u8]) -> Result<Value<'static>, Bad> {
        if matches!(time, b"" | b"-") {
            return Ok(Value::Missing);
        }
        let text = [date, b"T", time].concat();
        let time = Timestamp::parse(&text, &TimeZone::UTC);
        time.map(Value::Time)
            .ok_or_else(|| Bad::new("time is not a time"))
    }
}

impl Reader for W3cReader {
    fn read<'a>(&mut self, line: &'a [u8], out: &mut [Value<'a>]) -> Result<(), Bad> {
        if line.starts_with(b"#") {
            return Err(Bad::new("a directive"));
        }
        let (mut date, mut time) = (&self.fixed_date[..], &b""[..]);
        let mut wanted = self.columns.iter().peekable();
        let (mut rest, mut number) = (Some(line), 0);
        while let Some(text) = rest {
            let (cell, after) = cell(text);
            if Some(number) == self.date {
                date = cell;
            }
            if Some(number) == self.time {
                time = cell;
            }
            while let Some((_, place)) = wanted.next_if(|(column, _)| *column == number) {
                put(value(cell), &mut out[*place]);
            }
            number += 1;
            rest = after;
        }
        if number != self.width {
            let than = if number < self.width { "fewer" } else { "more" };
            return Err(Bad::new(format!("{than} cells than #Fields: names")));
        }
        if !self.times.is_empty() {
            let instant = self.instant(date, time)?;
            self.times
                .iter()
                .for_each(|place| out[*place] = instant.clone());
        }
        self.words.fill(line, out);
        Ok(())
    }

    fn check(&mut self, line: &[u8]) -> Result<(), Bad> {
        if self.width == 0 && is_directive(line) {
            return Ok(());
        }
        let cells = std::iter::successors(Some(cell(line)), |(_, rest)| rest.map(cell));
        let cells: Vec<&[u8]> = cells.map(|(cell, _)| cell).collect();
        if cells.len() != self.width {
            return Err(Bad::new("not as many cells as #Fields: names"));
        }
        if let (Some(time), Some(date)) = (self.time, self.date) {
            self.instant(cells[date], cells[time])?;
        }
        Ok(())
    }
}

/// Takes the directives out of the lines.
struct Headers {
    /// What the directives so far say.
    header: Header,
    /// What the records are read by.
    in_force: Header,
    /// The number of the schema that is in force.
    number: u64,
    settings: Settings,
}

impl Framing for Headers {
    fn line(&mut self, line: &[u8], offset: u64, out: &mut Framed) {
        if line.starts_with(b"#") {
            self.header.take(line.strip_suffix(b"\r").unwrap_or(line));
            return;
        }
        let header = self.header.of_lines();
        if header != self.in_force {
            self.in_force = header.clone();
            self.number += 1;
            let schema = W3c {
                header,
                header_lines: 0,
                settings: self.settings.clone(),
            };
            out.switch(self.number, Arc::new(schema));
        }
        out.record(&[line], offset);
    }

    fn end(&mut self, _: &mut Framed) {}

    fn skips_lines(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_have_as_many_cells_as_the_header_names() {
        let sample = Sample {
            bytes: SPEC.example.as_bytes(),
            whole: true,
        };
        let schema = SPEC
            .open(sample, &Settings::of_zone(TimeZone::UTC))
            .expect("it is w3c");
        let wanted = [Wanted::new(FieldName::key("ip"), Want::Any)];
        let mut reader = schema.reader(&wanted).expect("it has the column");
        let whole = "2026-05-17 10:05:03 192.0.2.17 GET / 200 42";
        for (line, reason) in [
            (whole.to_owned(), None),
            (format!("{whole} 1"), Some("more cells than #Fields: names")),
            (
                whole.replace(" 42", ""),
                Some("fewer cells than #Fields: names"),
            ),
        ] {
            let mut out = [Value::Missing];
            let read = reader.read(line.as_bytes(), &mut out);
            assert_eq!(
                read.err().map(|bad| bad.reason.into_owned()).as_deref(),
                reason
            );
        }
    }
}
