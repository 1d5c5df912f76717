//! `journald`: what `journalctl -o json` prints. `MESSAGE` is an array of numbers where the message is not text.

use std::borrow::Cow;

use super::app::level_of_severity;
use super::renamed::{self, Renamed, Renaming};
use super::{Always, Bad, Candidate, Kind, Refused, Settings, Spec};
use crate::record::Value;
use crate::record::number::is_digits;

/// See the module.
pub(super) static SPEC: Spec = Spec {
    name: "journald",
    summary: "Read systemd's journal as 'journalctl -o json' prints it",
    kind: Kind::Records,
    precedence: 2,
    extensions: &[],
    rows: None,
    candidates,
    example: concat!(
        "{\"__REALTIME_TIMESTAMP\":\"1779012303000000\",\"PRIORITY\":\"3\",\"MESSAGE\":\"connection lost\",\"_HOSTNAME\":\"web1\",",
        "\"SYSLOG_IDENTIFIER\":\"sshd\",\"_PID\":\"4711\",\"_TRANSPORT\":\"the syslog socket\"}\n",
        "{\"__REALTIME_TIMESTAMP\":\"1779012304250000\",\"PRIORITY\":\"6\",\"MESSAGE\":[104,105,255],\"_HOSTNAME\":\"web1\"}\n",
    ),
};

static RENAMING: Renaming = Renaming {
    spec: &SPEC,
    shown_by: &["__REALTIME_TIMESTAMP"],
    fields: &[
        Renamed::kept("time", "__REALTIME_TIMESTAMP"),
        Renamed {
            name: "level",
            key: "PRIORITY",
            convert: level,
            always: Some(Always::Text),
        },
        Renamed::kept("host", "_HOSTNAME"),
        Renamed::kept("program", "SYSLOG_IDENTIFIER"),
        Renamed::made("pid", "_PID", number),
        Renamed::made("message", "MESSAGE", message),
    ],
    pieces: None,
};

fn candidates(_: &[u8], settings: &Settings) -> Result<Vec<Candidate>, Refused> {
    renamed::candidates(&RENAMING, settings)
}

/// The level of a priority, syslog(3).
fn level(priority: Value<'_>) -> Result<Value<'_>, Bad> {
    if priority.is_missing() {
        return Ok(priority);
    }
    let level = match &*priority.bytes() {
        [digit @ b'0'..=b'7'] => level_of_severity(digit - b'0'),
        _ => None,
    };
    let level = level.ok_or_else(|| Bad::new("PRIORITY is not a number from 0 to 7"))?;
    Ok(Value::Text(Cow::Borrowed(level.as_bytes())))
}

/// The number that a text is: the journal has texts only.
fn number(value: Value<'_>) -> Result<Value<'_>, Bad> {
    Ok(match value {
        Value::Text(text) if !text.is_empty() && is_digits(&text) => Value::Digits(text),
        other => other,
    })
}

/// The text of a message, whose bytes may be written as numbers.
fn message(value: Value<'_>) -> Result<Value<'_>, Bad> {
    let Value::Json(json) = &value else {
        return Ok(value);
    };
    match bytes(json) {
        Some(bytes) => Ok(Value::Text(Cow::Owned(bytes))),
        None => Ok(value),
    }
}

/// The bytes of an array of numbers.
fn bytes(json: &[u8]) -> Option<Vec<u8>> {
    let inside = json.strip_prefix(b"[")?.strip_suffix(b"]")?;
    let number = |text: &[u8]| std::str::from_utf8(text.trim_ascii()).ok()?.parse().ok();
    inside.split(|byte| *byte == b',').map(number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn priorities_are_levels() {
        let level = |text: &'static str| {
            let value = level(Value::Text(Cow::Borrowed(text.as_bytes()))).ok()?;
            Some(String::from_utf8_lossy(&value.bytes()).into_owned())
        };
        let levels: Vec<_> = ["0", "1", "2", "3", "4", "5", "6", "7"]
            .into_iter()
            .map(|text| level(text).expect("a level"))
            .collect();
        assert_eq!(
            levels,
            [
                "fatal", "fatal", "fatal", "error", "warn", "info", "info", "debug"
            ]
        );
        assert_eq!((level("8"), level("-1"), level("info")), (None, None, None));
        assert!(
            super::level(Value::Missing)
                .expect("nothing is wrong")
                .is_missing()
        );
    }

    #[test]
    fn messages_may_be_numbers() {
        assert_eq!(bytes(b"[104, 105,255]"), Some(b"hi\xff".to_vec()));
        for other in ["[256]", "[]", "{}", "[\"a\"]", "[1.5]", "[-1]"] {
            assert_eq!(bytes(other.as_bytes()), None, "{other}");
        }
    }
}
