//! The functions of the expression language, in one table: from it come errors, the manual and the tests.

mod norm;
mod texts;

use std::borrow::Cow;

use jiff::tz::TimeZone;
use regex_automata::meta::Regex;

use super::net::{Net, parse_address};
use super::operand::number;
use crate::record::{Bad, Number, Timestamp, Value};

/// What kind of value an expression gives, as far as that is known before there are lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It depends on the line.
    Any,
    /// True or false.
    Bool,
    /// A number, or text that is one.
    Number,
    /// An instant.
    Time,
    /// Text.
    Text,
    /// Text; a field as it is written, also if it is the time.
    Written,
    /// A regex between slashes, or a text to look for as it is.
    Regex,
}

impl Kind {
    /// `a number`, `a text`, …
    pub fn article(self) -> &'static str {
        match self {
            Kind::Any => "a value",
            Kind::Bool => "a condition",
            Kind::Number => "a number",
            Kind::Time => "a time",
            Kind::Text | Kind::Written => "a text",
            Kind::Regex => "a /regex/",
        }
    }
}

/// What a function has besides its arguments.
#[derive(Clone, Debug)]
pub struct CallContext {
    /// The zone of the run.
    pub zone: TimeZone,
    /// The argument that is a regex.
    pub regex: Option<Regex>,
}

/// The code of a function: its arguments, and what else it has. Missing comes out where a missing value goes in.
pub type Function =
    for<'a, 'r> fn(&'a [Cow<'r, Value<'r>>], &CallContext) -> Result<Value<'r>, Bad>;

/// A function: its name, what it takes, what it gives, and a call that shows it.
#[derive(Debug)]
pub struct Spec {
    /// The name before the parenthesis.
    pub name: &'static str,
    /// The kinds of its arguments.
    pub parameters: &'static [Kind],
    /// How many of the arguments must be there.
    pub required: usize,
    /// Whether more arguments of the last kind may follow.
    pub repeats: bool,
    /// The kind of its value.
    pub gives: Kind,
    /// One line, imperative, no full stop.
    pub summary: &'static str,
    /// A call and the text of its value; run by a test.
    pub example: (&'static str, &'static str),
    /// Its code.
    pub eval: Function,
}

impl Spec {
    /// `2 arguments: a text, a number`
    pub fn signature(&self) -> String {
        let kinds: Vec<&str> = self.parameters.iter().map(|kind| kind.article()).collect();
        let (count, most) = (self.required, kinds.len());
        let number = match (self.repeats, count == most) {
            (true, _) => format!("{count} or more arguments"),
            (false, true) if count == 1 => "1 argument".to_owned(),
            (false, true) => format!("{count} arguments"),
            (false, false) => format!("{count} to {most} arguments"),
        };
        format!("{number}: {}", kinds.join(", "))
    }
}

/// All functions, by name.
pub static FUNCTIONS: &[Spec] = &[
    Spec {
        name: "bucket",
        parameters: &[Kind::Number, Kind::Number],
        required: 2,
        repeats: false,
        gives: Kind::Number,
        summary: "Round a number down to a multiple of a width",
        example: ("bucket(257, 100)", "200"),
        eval: bucket,
    },
    Spec {
        name: "concat",
        parameters: &[Kind::Any, Kind::Any],
        required: 2,
        repeats: true,
        gives: Kind::Text,
        summary: "Join texts",
        example: ("concat(\"a\", \"-\", 1)", "a-1"),
        eval: texts::concat,
    },
    Spec {
        name: "date",
        parameters: &[Kind::Time],
        required: 1,
        repeats: false,
        gives: Kind::Text,
        summary: "Return the local date of a time",
        example: ("date(\"2026-01-31T10:00:00Z\")", "2026-01-31"),
        eval: date,
    },
    Spec {
        name: "ext",
        parameters: &[Kind::Text],
        required: 1,
        repeats: false,
        gives: Kind::Text,
        summary: "Return the file extension of a path or URL, without the dot",
        example: ("ext(\"/img/logo.PNG?v=2\")", "PNG"),
        eval: ext,
    },
    Spec {
        name: "extract",
        parameters: &[Kind::Text, Kind::Regex],
        required: 2,
        repeats: false,
        gives: Kind::Text,
        summary: "Return what the first group of a regex matches, or all that it matches if it has no group",
        example: ("extract(\"sent from web1\", /from (.*)/)", "web1"),
        eval: texts::extract,
    },
    Spec {
        name: "host",
        parameters: &[Kind::Text],
        required: 1,
        repeats: false,
        gives: Kind::Text,
        summary: "Return the host name of a URL",
        example: ("host(\"https://example.com:8080/a\")", "example.com"),
        eval: host,
    },
    Spec {
        name: "hour_of",
        parameters: &[Kind::Time],
        required: 1,
        repeats: false,
        gives: Kind::Number,
        summary: "Return the local hour of a time, 0 to 23",
        example: ("hour_of(\"2026-01-31T10:00:00Z\")", "10"),
        eval: hour_of,
    },
    Spec {
        name: "if",
        parameters: &[Kind::Bool, Kind::Any, Kind::Any],
        required: 3,
        repeats: false,
        gives: Kind::Any,
        summary: "Return one value if a condition holds, else the other",
        example: ("if(1 > 2, \"a\", \"b\")", "b"),
        eval: choose,
    },
    Spec {
        name: "len",
        parameters: &[Kind::Text],
        required: 1,
        repeats: false,
        gives: Kind::Number,
        summary: "Count the bytes of a text",
        example: ("len(\"abc\")", "3"),
        eval: len,
    },
    Spec {
        name: "lower",
        parameters: &[Kind::Text],
        required: 1,
        repeats: false,
        gives: Kind::Text,
        summary: "Convert ASCII letters to lower case",
        example: ("lower(\"GET\")", "get"),
        eval: lower,
    },
    Spec {
        name: "missing",
        parameters: &[Kind::Any],
        required: 1,
        repeats: false,
        gives: Kind::Bool,
        summary: "Test whether a value is missing: absent, - in an access log, or null in JSON",
        example: ("missing(1 / 0)", "true"),
        eval: missing,
    },
    Spec {
        name: "norm",
        parameters: &[Kind::Text],
        required: 1,
        repeats: false,
        gives: Kind::Text,
        summary: "Replace numbers, times, addresses, UUIDs, hashes and long tokens by {n}, {time}, {ip}, {uuid}, {hash}, {token}",
        example: ("norm(\"/u/123/x from 192.0.2.7\")", "/u/{n}/x from {ip}"),
        eval: texts::norm,
    },
    Spec {
        name: "param",
        parameters: &[Kind::Text, Kind::Text],
        required: 2,
        repeats: false,
        gives: Kind::Text,
        summary: "Return a parameter of a URL's query string, undecoded",
        example: ("param(\"/s?q=jug&n=2\", \"q\")", "jug"),
        eval: param,
    },
    Spec {
        name: "replace",
        parameters: &[Kind::Text, Kind::Regex, Kind::Text],
        required: 3,
        repeats: false,
        gives: Kind::Text,
        summary: "Replace every match of a regex, or every place of a text",
        example: ("replace(\"/a/7/b/8\", /[0-9]+/, \"N\")", "/a/N/b/N"),
        eval: texts::replace,
    },
    Spec {
        name: "split",
        parameters: &[Kind::Text, Kind::Text, Kind::Number],
        required: 3,
        repeats: false,
        gives: Kind::Text,
        summary: "Return part N of a text between separators, from the end if N is negative",
        example: ("split(\"a/b/c\", \"/\", 2)", "b"),
        eval: texts::split,
    },
    Spec {
        name: "step",
        parameters: &[Kind::Number],
        required: 1,
        repeats: false,
        gives: Kind::Number,
        summary: "Round a number down to 1, 2 or 5 times a power of ten",
        example: ("step(37)", "20"),
        eval: step,
    },
    Spec {
        name: "strptime",
        parameters: &[Kind::Written, Kind::Text],
        required: 2,
        repeats: false,
        gives: Kind::Time,
        summary: "Read a time by a format, as of strptime(3)",
        example: (
            "strptime(\"31.01.2026 10:00:00\", \"%d.%m.%Y %H:%M:%S\")",
            "2026-01-31T10:00:00Z",
        ),
        eval: strptime,
    },
    Spec {
        name: "subnet",
        parameters: &[Kind::Text, Kind::Number],
        required: 2,
        repeats: false,
        gives: Kind::Text,
        summary: "Return the network of an address, given the length of its prefix in bits",
        example: ("subnet(\"192.0.2.77\", 24)", "192.0.2.0/24"),
        eval: subnet,
    },
    Spec {
        name: "substr",
        parameters: &[Kind::Text, Kind::Number, Kind::Number],
        required: 2,
        repeats: false,
        gives: Kind::Text,
        summary: "Return the bytes of a text from byte N on, counted from 1, or at most M of them: substr(x, N, M)",
        example: ("substr(\"abcdef\", 2, 3)", "bcd"),
        eval: texts::substr,
    },
    Spec {
        name: "upper",
        parameters: &[Kind::Text],
        required: 1,
        repeats: false,
        gives: Kind::Text,
        summary: "Convert ASCII letters to upper case",
        example: ("upper(\"get\")", "GET"),
        eval: upper,
    },
    Spec {
        name: "weekday",
        parameters: &[Kind::Time],
        required: 1,
        repeats: false,
        gives: Kind::Text,
        summary: "Return the local day of the week, Mon to Sun",
        example: ("weekday(\"2026-01-31T10:00:00Z\")", "Sat"),
        eval: weekday,
    },
];

/// The function of this name.
pub fn find(name: &str) -> Option<&'static Spec> {
    FUNCTIONS.iter().find(|function| function.name == name)
}

/// What to write instead of a function that another language has.
pub fn habit(name: &str) -> Option<String> {
    let hint = match name.to_lowercase().as_str() {
        "startswith" | "starts_with" => "write FIELD =~ /^TEXT/",
        "endswith" | "ends_with" => "write FIELD =~ /TEXT$/",
        "matches" | "regex_match" | "regexp" | "like" => "write FIELD =~ /REGEX/",
        "between" => "write FIELD >= LOW and FIELD <= HIGH",
        "length" | "strlen" | "size" => "did you mean len()?",
        "isnull" | "is_null" | "isempty" | "empty" => "did you mean missing()?",
        "tolower" | "tolowercase" | "lowercase" | "lcase" => "did you mean lower()?",
        "toupper" | "touppercase" | "uppercase" | "ucase" => "did you mean upper()?",
        "substring" => "write substr(TEXT, FIRST, LENGTH); the first byte is 1",
        "timeslice" | "date_trunc" | "time_bucket" => "write a time bucket: by 5m",
        "regexp_extract" | "capture" | "match" => "write extract(TEXT, /from (.*)/)",
        "hour" => "did you mean hour_of()?",
        _ => return None,
    };
    Some(hint.to_owned())
}

/// All names, sorted.
pub fn names() -> impl Iterator<Item = &'static str> {
    FUNCTIONS.iter().map(|function| function.name)
}

/// The text of an argument; `None` if it is missing.
fn text<'a>(value: &'a Value<'_>) -> Option<Cow<'a, [u8]>> {
    (!value.is_missing()).then(|| value.bytes())
}

/// The value of a text, missing if there is none.
fn given(text: Option<&[u8]>) -> Value<'static> {
    text.map_or(Value::Missing, |text| {
        Value::Text(Cow::Owned(text.to_vec()))
    })
}

fn local(value: &Value<'_>, zone: &TimeZone) -> Result<Option<jiff::ZonedDateTime>, Bad> {
    match value {
        Value::Missing => Ok(None),
        Value::Time(time) => time
            .in_zone(zone)
            .map(Some)
            .ok_or_else(|| Bad::new(format!("{time} is too late or too early for time zones"))),
        other => {
            let text = other.bytes();
            let time = Timestamp::parse(&text, zone);
            time.and_then(|time| time.in_zone(zone))
                .map(Some)
                .ok_or_else(|| {
                    Bad::new(format!(
                        "'{}' is not a time",
                        String::from_utf8_lossy(&text)
                    ))
                })
        }
    }
}

fn bucket<'r>(arguments: &[Cow<'r, Value<'r>>], _: &CallContext) -> Result<Value<'r>, Bad> {
    let (Some(value), Some(width)) = (number(&arguments[0])?, number(&arguments[1])?) else {
        return Ok(Value::Missing);
    };
    let multiple = value
        .checked_div(width)
        .and_then(Number::floor)
        .and_then(|times| times.checked_mul(width));
    Ok(multiple.map_or(Value::Missing, Value::Number))
}

/// Multiples of a power of ten that steps have.
const STEPS: [i64; 3] = [5, 2, 1];

fn step<'r>(arguments: &[Cow<'r, Value<'r>>], _: &CallContext) -> Result<Value<'r>, Bad> {
    let Some(value) = number(&arguments[0])? else {
        return Ok(Value::Missing);
    };
    Ok(step_below(value).map_or(Value::Missing, Value::Number))
}

/// The largest step that is not above a number. Steps of negative numbers are those of positive ones, with a sign.
pub fn step_below(value: Number) -> Option<Number> {
    let zero = Number::from(0_u64);
    let is_negative = value.numeric_cmp(zero).is_lt();
    let size = if is_negative { value.negated() } else { value };
    if size.is_zero() {
        return Some(zero);
    }
    let mut power = power_below(size)?;
    // The logarithm may be off by one.
    while power
        .checked_mul(Number::from(10_u64))?
        .numeric_cmp(size)
        .is_le()
    {
        power = power.checked_mul(Number::from(10_u64))?;
    }
    while power.numeric_cmp(size).is_gt() {
        power = power.checked_div(Number::from(10_u64))?;
    }
    let mut steps = STEPS
        .iter()
        .filter_map(|times| power.checked_mul(Number::from(*times)));
    let below = steps.find(|step| step.numeric_cmp(size).is_le())?;
    if !is_negative {
        return Some(below.trimmed());
    }
    // Down is away from zero.
    let down = match below.numeric_cmp(size).is_eq() {
        true => below,
        false => step_above(below)?,
    };
    Some(down.negated().trimmed())
}

/// The step after a positive one.
pub fn step_above(step: Number) -> Option<Number> {
    let power = power_below(step)?;
    let times = [2_u64, 5, 10].map(|times| power.checked_mul(Number::from(times)));
    let mut next = times.into_iter().flatten();
    next.find(|next| next.numeric_cmp(step).is_gt())
}

/// About the largest power of ten that is not above a positive number.
#[allow(clippy::cast_possible_truncation)]
fn power_below(size: Number) -> Option<Number> {
    let exponent = (size.to_f64().log10() + 1e-9).floor() as i32;
    Number::parse(format!("1e{exponent}").as_bytes())
}

fn date<'r>(arguments: &[Cow<'r, Value<'r>>], context: &CallContext) -> Result<Value<'r>, Bad> {
    Ok(given(
        local(&arguments[0], &context.zone)?
            .map(|time| time.date().to_string())
            .as_deref()
            .map(str::as_bytes),
    ))
}

fn hour_of<'r>(arguments: &[Cow<'r, Value<'r>>], context: &CallContext) -> Result<Value<'r>, Bad> {
    Ok(
        local(&arguments[0], &context.zone)?.map_or(Value::Missing, |time| {
            Value::Number(Number::from(i64::from(time.hour())))
        }),
    )
}

fn strptime<'r>(arguments: &[Cow<'r, Value<'r>>], context: &CallContext) -> Result<Value<'r>, Bad> {
    let (Some(text), Some(format)) = (text(&arguments[0]), text(&arguments[1])) else {
        return Ok(Value::Missing);
    };
    let time = Timestamp::parse_as(&format, &text, &context.zone);
    time.map(Value::Time).ok_or_else(|| {
        let (text, format) = (
            String::from_utf8_lossy(&text),
            String::from_utf8_lossy(&format),
        );
        Bad::new(format!("'{text}' is not a time as '{format}'"))
    })
}

fn weekday<'r>(arguments: &[Cow<'r, Value<'r>>], context: &CallContext) -> Result<Value<'r>, Bad> {
    const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let day = local(&arguments[0], &context.zone)?
        .map(|time| usize::try_from(time.weekday().to_monday_zero_offset()).unwrap_or(0));
    Ok(given(day.map(|day| DAYS[day % 7].as_bytes())))
}

fn ext<'r>(arguments: &[Cow<'r, Value<'r>>], _: &CallContext) -> Result<Value<'r>, Bad> {
    let text = text(&arguments[0]);
    Ok(given(text.as_deref().and_then(|text| {
        let path = text.split(|byte| matches!(byte, b'?' | b'#')).next()?;
        let name = path.rsplit(|byte| *byte == b'/').next()?;
        let dot = memchr::memrchr(b'.', name)?;
        // `.profile` is a name, not an ending; `archive.` ends in nothing.
        (dot > 0 && dot + 1 < name.len()).then(|| &name[dot + 1..])
    })))
}

fn host<'r>(arguments: &[Cow<'r, Value<'r>>], _: &CallContext) -> Result<Value<'r>, Bad> {
    let text = text(&arguments[0]);
    Ok(given(text.as_deref().and_then(|text| {
        let start = memchr::memmem::find(text, b"://")? + 3;
        let authority = text[start..]
            .split(|byte| matches!(byte, b'/' | b'?' | b'#'))
            .next()?;
        let host = authority.rsplit(|byte| *byte == b'@').next()?;
        if host.first() == Some(&b'[') {
            return Some(&host[..=memchr::memchr(b']', host)?]);
        }
        host.split(|byte| *byte == b':')
            .next()
            .filter(|host| !host.is_empty())
    })))
}

fn choose<'r>(arguments: &[Cow<'r, Value<'r>>], _: &CallContext) -> Result<Value<'r>, Bad> {
    let chosen = match arguments[0].as_ref() {
        Value::Bool(true) => &arguments[1],
        Value::Bool(false) | Value::Missing => &arguments[2],
        _ => return Err(Bad::new("the condition of if() is neither true nor false")),
    };
    Ok(chosen.as_ref().clone())
}

fn len<'r>(arguments: &[Cow<'r, Value<'r>>], _: &CallContext) -> Result<Value<'r>, Bad> {
    Ok(text(&arguments[0]).map_or(Value::Missing, |text| {
        Value::Number(Number::from(text.len() as u64))
    }))
}

fn lower<'r>(arguments: &[Cow<'r, Value<'r>>], _: &CallContext) -> Result<Value<'r>, Bad> {
    Ok(text(&arguments[0]).map_or(Value::Missing, |text| {
        Value::Text(Cow::Owned(text.to_ascii_lowercase()))
    }))
}

fn missing<'r>(arguments: &[Cow<'r, Value<'r>>], _: &CallContext) -> Result<Value<'r>, Bad> {
    Ok(Value::Bool(arguments[0].is_missing()))
}

fn upper<'r>(arguments: &[Cow<'r, Value<'r>>], _: &CallContext) -> Result<Value<'r>, Bad> {
    Ok(text(&arguments[0]).map_or(Value::Missing, |text| {
        Value::Text(Cow::Owned(text.to_ascii_uppercase()))
    }))
}

fn param<'r>(arguments: &[Cow<'r, Value<'r>>], _: &CallContext) -> Result<Value<'r>, Bad> {
    let (Some(url), Some(name)) = (text(&arguments[0]), text(&arguments[1])) else {
        return Ok(Value::Missing);
    };
    let query = memchr::memchr(b'?', &url).map_or(&[][..], |question| &url[question + 1..]);
    let query = query.split(|byte| *byte == b'#').next().unwrap_or_default();
    let value =
        query
            .split(|byte| *byte == b'&')
            .find_map(|pair| match memchr::memchr(b'=', pair) {
                Some(equals) => (pair[..equals] == *name).then(|| &pair[equals + 1..]),
                None => (*pair == *name).then_some(&[][..]),
            });
    Ok(given(value))
}

fn subnet<'r>(arguments: &[Cow<'r, Value<'r>>], _: &CallContext) -> Result<Value<'r>, Bad> {
    let (Some(address), Some(bits)) = (text(&arguments[0]), number(&arguments[1])?) else {
        return Ok(Value::Missing);
    };
    let Number::Decimal { units, scale: 0 } = bits.trimmed() else {
        return Err(Bad::new("subnet() needs a whole number of bits"));
    };
    let Some(address) = parse_address(&address) else {
        return Ok(Value::Missing);
    };
    let width = if address.is_ipv4() { 32 } else { 128 };
    let bits = u8::try_from(units).ok().filter(|bits| *bits <= width);
    let bits =
        bits.ok_or_else(|| Bad::new(format!("subnet() needs 0 to {width} bits for {address}")))?;
    let net = Net::around(address, bits).to_string();
    Ok(given(Some(net.as_bytes())))
}

#[cfg(test)]
mod tests;
