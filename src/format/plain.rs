//! Text without a record format: words by number, and a time where lines begin with one. `columns` and `lines`
//! are two names for it, which differ in what they promise.

use super::wanted::{TimeTexts, Times, named};
use super::words::Words;
use super::{Bad, Candidate, Reader, Sample, Schema, Settings, Spec, Unknown, Verbatim, Wanted};
use crate::record::{FieldName, Value};

/// Lines of text.
struct Plain {
    spec: &'static Spec,
    /// How many words the lines of a sample have.
    width: fn(Sample<'_>) -> usize,
    /// How many words `fields` lists.
    words: usize,
    /// Whether there is a field `time`.
    time: bool,
    settings: Settings,
}

/// The schema of lines of text; `width` tells how many words the lines of a sample have.
pub(super) fn candidates(
    spec: &'static Spec,
    width: fn(Sample<'_>) -> usize,
    settings: &Settings,
) -> Vec<Candidate> {
    let schema = Plain {
        spec,
        width,
        words: 0,
        time: false,
        settings: settings.clone(),
    };
    vec![Candidate {
        schema: Box::new(schema),
        is_likely: true,
        enough: 1,
    }]
}

impl Schema for Plain {
    fn spec(&self) -> &'static Spec {
        self.spec
    }

    fn learn(&mut self, sample: Sample<'_>) {
        self.words = (self.width)(sample);
        self.time = has_times(sample, &self.settings);
    }

    fn fields(&self) -> Vec<FieldName> {
        let time = self.time.then(|| FieldName::key("time"));
        time.into_iter()
            .chain((1..=self.words).map(FieldName::Nth))
            .collect()
    }

    fn open_ended(&self) -> bool {
        false
    }

    fn verbatim(&self) -> Verbatim {
        Verbatim::Always
    }

    fn reader(&self, wanted: &[Wanted]) -> Result<Box<dyn Reader>, Unknown> {
        let found = named(wanted, |name| (self.time && name == "time").then_some(()))?;
        Ok(Box::new(PlainReader {
            leading: found.into_iter().map(|((), slot)| slot).collect(),
            texts: TimeTexts::new(&self.settings.zone),
            words: Words::new(wanted, self.settings.infer),
            times: Times::new(wanted, &self.settings.zone),
        }))
    }
}

struct PlainReader {
    /// The places in the list of wanted fields of the time at the beginning.
    leading: Vec<usize>,
    texts: TimeTexts,
    words: Words,
    times: Times,
}

impl Reader for PlainReader {
    fn read<'a>(&mut self, line: &'a [u8], out: &mut [Value<'a>]) -> Result<(), Bad> {
        if !self.leading.is_empty() {
            let time = leading_time(line, &mut self.texts);
            for slot in &self.leading {
                out[*slot] = time.map_or(Value::Missing, |text| Value::Text(text.into()));
            }
        }
        self.words.fill(line, out);
        self.times.apply(out)
    }

    fn check(&mut self, _line: &[u8]) -> Result<(), Bad> {
        Ok(())
    }
}

/// Whether any line of the sample begins with a time. If none does, there is no field `time`, and asking for it is an error.
fn has_times(sample: Sample<'_>, settings: &Settings) -> bool {
    let mut texts = TimeTexts::new(&settings.zone);
    let mut lines = sample.lines_with_ends();
    lines.any(|(line, _)| leading_time(line, &mut texts).is_some())
}

/// The length of the prefix that shows whether lines begin with a time: up to the first that does. None if the sample does
/// not show it.
pub(super) fn end_of_times(sample: Sample<'_>, settings: &Settings) -> Option<usize> {
    let mut texts = TimeTexts::new(&settings.zone);
    let mut last = 0;
    for (line, end) in sample.lines_with_ends() {
        last = end;
        if leading_time(line, &mut texts).is_some() {
            return Some(end);
        }
    }
    sample.is_spent(last).then_some(last)
}

/// The RFC 3339 time that a line begins with, its date and its clock joined by a `T` or a blank.
fn leading_time<'a>(line: &'a [u8], texts: &mut TimeTexts) -> Option<&'a [u8]> {
    const DATE: usize = "2026-05-17".len();
    let dated = line.len() > DATE
        && line[4] == b'-'
        && line[7] == b'-'
        && line[..4].iter().all(u8::is_ascii_digit);
    if !dated || !matches!(line[DATE], b'T' | b't' | b' ') {
        return None;
    }
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    let word_end = |from: usize| {
        let rest = &line[from..];
        from + rest.iter().position(is_blank).unwrap_or(rest.len())
    };
    let end = word_end(DATE + 1);
    // A zone may follow a blank, as in `2026-05-17 10:05:03 +0200`.
    if line.get(end) == Some(&b' ') && line.get(end + 1).is_some_and(begins_zone) {
        let text = &line[..word_end(end + 1)];
        if texts.parse(text).is_some() {
            return Some(text);
        }
    }
    let text = &line[..end];
    texts.parse(text).map(|_| text)
}

/// Whether a word that begins with this byte may be a zone.
fn begins_zone(byte: &u8) -> bool {
    matches!(byte, b'+' | b'-') || byte.is_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_time_that_a_line_begins_with() {
        let mut texts = TimeTexts::new(&jiff::tz::TimeZone::UTC);
        for (line, time) in [
            (
                "2026-05-17T10:05:03.25Z start",
                Some("2026-05-17T10:05:03.25Z"),
            ),
            ("2026-05-17 10:05:03Z\tstart", Some("2026-05-17 10:05:03Z")),
            (
                "2026-05-17T10:05:03+02:00",
                Some("2026-05-17T10:05:03+02:00"),
            ),
            (
                "2026-05-17 10:05:03 +0530 start",
                Some("2026-05-17 10:05:03 +0530"),
            ),
            (
                "2026-05-17 10:05:03,250 CEST",
                Some("2026-05-17 10:05:03,250 CEST"),
            ),
            (
                "2026-05-17 10:05:03 Europe/Berlin start",
                Some("2026-05-17 10:05:03 Europe/Berlin"),
            ),
            (
                "2026-05-17 10:05:03 ERROR start",
                Some("2026-05-17 10:05:03"),
            ),
            ("2026-05-17 10:05:03 -- start", Some("2026-05-17 10:05:03")),
            ("2026-05-17T10:05:03Z UTC", Some("2026-05-17T10:05:03Z")),
            ("2026-05-17 starts", None),
            ("2026-05-17", None),
            ("at 2026-05-17T10:05:03Z", None),
            ("", None),
        ] {
            assert_eq!(
                leading_time(line.as_bytes(), &mut texts),
                time.map(str::as_bytes),
                "{line}"
            );
        }
    }
}
