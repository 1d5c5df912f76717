//! The first lines of an input, and how well a schema reads them.

use super::{Bad, Refused, Sample, Schema};

/// How many lines of a sample are looked at.
const LINES: usize = 100;

impl<'a> Sample<'a> {
    /// The first lines, without newlines and carriage returns.
    pub(super) fn lines(self) -> impl Iterator<Item = &'a [u8]> {
        self.bytes
            .split_inclusive(|byte| *byte == b'\n')
            .take(LINES)
            .map(|line| line.strip_suffix(b"\n").unwrap_or(line))
            .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
    }

    /// Whether it is text in some encoding: fewer than one byte in fifty is a control character that texts do not have.
    pub(super) fn is_text(self) -> bool {
        let odd = |byte: &&u8| matches!(byte, 0..=8 | 11 | 12 | 14..=26 | 28..=31 | 127);
        self.bytes.iter().filter(odd).count() * 50 <= self.bytes.len()
    }
}

/// How many of a sample's lines are records.
pub(super) struct Judged {
    good: usize,
    bad: usize,
    first: Option<Bad>,
}

impl Judged {
    /// Judges every line of the sample that is neither blank nor a header.
    pub(super) fn of(schema: &dyn Schema, sample: Sample<'_>) -> Judged {
        let mut judged = Judged {
            good: 0,
            bad: 0,
            first: None,
        };
        let Ok(mut reader) = schema.reader(&[]) else {
            return judged;
        };
        for line in sample.lines().skip(schema.header_lines()) {
            if line.trim_ascii().is_empty() {
                continue;
            }
            match reader.check(line) {
                Ok(()) => judged.good += 1,
                Err(bad) => {
                    judged.bad += 1;
                    judged.first.get_or_insert(bad);
                }
            }
        }
        judged
    }

    /// Whether nine of ten lines are records, which is what a guess needs among formats that are much alike.
    pub(super) fn convinces(&self) -> bool {
        self.good > 0 && self.good >= 9 * self.bad
    }

    /// Whether most lines are records: enough where nothing else looks like one.
    pub(super) fn prevails(&self) -> bool {
        self.good > self.bad
    }

    /// Whether a format that was asked for by name can be tried: a file may begin with damage, but not consist of it.
    pub(super) fn accept(&self, format: &str) -> Result<(), Refused> {
        match &self.first {
            Some(bad) if self.good == 0 => Err(Refused(format!(
                "no line of the beginning is in the {format} format: {}",
                bad.reason
            ))),
            _ => Ok(()),
        }
    }
}
