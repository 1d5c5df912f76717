//! Texts of several formats: each is read as what it is, so that the answer for one does not depend on others.

use super::super::{Bad, Reader, Settings, Unknown, Wanted, combined, common, json, logfmt};
use super::reader_of;
use crate::record::Value;

/// A reader of all of them.
pub(super) fn reader(wanted: &[Wanted], settings: &Settings) -> Result<Box<dyn Reader>, Unknown> {
    // An access log lacks most names that the others may have.
    let lenient: Vec<Wanted> = wanted
        .iter()
        .map(|wanted| Wanted {
            may_lack: true,
            ..wanted.clone()
        })
        .collect();
    Ok(Box::new(AutoReader {
        json: reader_of(&json::SPEC, wanted, settings)?,
        combined: reader_of(&combined::SPEC, &lenient, settings)?,
        common: reader_of(&common::SPEC, &lenient, settings)?,
        logfmt: logfmt::reader(wanted, settings)?,
    }))
}

struct AutoReader {
    json: Box<dyn Reader>,
    combined: Box<dyn Reader>,
    common: Box<dyn Reader>,
    logfmt: Box<dyn Reader>,
}

impl AutoReader {
    /// The reader of what the text is.
    fn reader(&mut self, text: &[u8]) -> Option<&mut dyn Reader> {
        if text.trim_ascii_start().first() == Some(&b'{') {
            return Some(&mut *self.json);
        }
        if self.combined.check(text).is_ok() {
            return Some(&mut *self.combined);
        }
        if self.common.check(text).is_ok() {
            return Some(&mut *self.common);
        }
        logfmt::has_pairs(text).then_some(&mut *self.logfmt)
    }
}

const NOTHING: &str = "neither JSON nor pairs KEY=VALUE nor a line of an access log";

impl Reader for AutoReader {
    fn read<'a>(&mut self, line: &'a [u8], out: &mut [Value<'a>]) -> Result<(), Bad> {
        match self.reader(line) {
            Some(reader) => reader.read(line, out),
            None => Err(Bad::new(NOTHING)),
        }
    }

    fn check(&mut self, line: &[u8]) -> Result<(), Bad> {
        match self.reader(line) {
            Some(reader) => reader.check(line),
            None => Err(Bad::new(NOTHING)),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::record::{FieldName, Want};

    #[test]
    fn each_text_is_read_as_what_it_is() {
        let wanted = ["status", "level"].map(|name| Wanted::new(FieldName::key(name), Want::Any));
        let mut reader = reader(&wanted, &Settings::of_zone(TimeZone::UTC)).expect("any names");
        let access = "192.0.2.1 - - [15/Mar/2026:10:00:01 +0000] \"GET /a HTTP/1.1\" 304 10";
        for (text, status, level) in [
            ("{\"level\":\"warn\",\"status\":500}", "500", "warn"),
            (" {\"level\":\"warn\"} ", "", "warn"),
            ("level=info msg=\"a {b}\" status=200", "200", "info"),
            (access, "304", ""),
            (&format!("{access} \"-\" \"a=b c\""), "304", ""),
        ] {
            let mut out = [Value::Missing, Value::Missing];
            reader.read(text.as_bytes(), &mut out).expect(text);
            assert_eq!(out[0].bytes(), status.as_bytes(), "{text}");
            assert_eq!(out[1].bytes(), level.as_bytes(), "{text}");
            assert!(reader.check(text.as_bytes()).is_ok());
        }
        for text in ["hello world", "{\"level\":", "", "a b=c\" d", "= x"] {
            let mut out = [Value::Missing, Value::Missing];
            assert!(reader.read(text.as_bytes(), &mut out).is_err(), "{text}");
            assert!(reader.check(text.as_bytes()).is_err(), "{text}");
        }
    }
}
