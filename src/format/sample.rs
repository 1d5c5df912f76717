//! The first lines of an input, and how well a schema reads them.

use super::{Bad, Candidate, Reader, Refused, Sample, Spec};

/// How many lines of a sample are looked at.
pub(super) const LINES: usize = 100;

/// How many bytes of a sample are looked at, and the rest of the line in which they end.
const BYTES: usize = 64 << 10;

/// The mark that some editors put before UTF-8 text.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

impl<'a> Sample<'a> {
    /// The first lines, without newlines and carriage returns: at most 100.
    pub(super) fn lines(self) -> impl Iterator<Item = &'a [u8]> {
        self.lines_with_ends().map(|(line, _)| line).take(LINES)
    }

    /// The lines of the first 64 KiB, the last of which may be longer, each with the place where the next one begins.
    pub(super) fn lines_with_ends(self) -> impl Iterator<Item = (&'a [u8], usize)> {
        let mut start = 0;
        std::iter::from_fn(move || {
            if start >= self.bytes.len().min(BYTES) {
                return None;
            }
            let rest = &self.bytes[start..];
            let length = match memchr::memchr(b'\n', rest) {
                Some(newline) => newline + 1,
                None if self.whole => rest.len(),
                None => return None,
            };
            let line = match rest[..length].strip_prefix(BYTE_ORDER_MARK) {
                Some(line) if start == 0 => line,
                _ => &rest[..length],
            };
            start += length;
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            Some((line.strip_suffix(b"\r").unwrap_or(line), start))
        })
    }

    /// The first `length` bytes.
    pub(super) fn prefix(self, length: usize) -> Sample<'a> {
        Sample {
            bytes: &self.bytes[..length],
            whole: true,
        }
    }

    /// Whether no more lines are considered than the first `count`, which end at `end`.
    pub(super) fn is_exhausted(self, count: usize, end: usize) -> bool {
        count >= LINES || self.is_spent(end)
    }

    /// Whether there are no lines, or none that are considered, after the one that ends at `end`.
    pub(super) fn is_spent(self, end: usize) -> bool {
        end >= BYTES || (self.whole && end >= self.bytes.len())
    }

    /// Whether it is text in some encoding: fewer than one byte in fifty is a control character that texts do not have.
    pub(super) fn is_text(self) -> bool {
        let odd = |byte: &&u8| matches!(byte, 0..=8 | 11 | 12 | 14..=26 | 28..=31 | 127);
        self.bytes.iter().filter(odd).count() * 50 <= self.bytes.len()
    }
}

/// A candidate, and how many lines it can read.
pub(super) struct Trial {
    pub(super) spec: &'static Spec,
    pub(super) candidate: Candidate,
    reader: Box<dyn Reader>,
    /// How many lines at the beginning are not records.
    header: usize,
    pub(super) good: usize,
    pub(super) bad: usize,
    first_bad: Option<Bad>,
}

impl Trial {
    /// A trial that has seen no line; none if the schema does not even read lines without wanted fields.
    pub(super) fn new(spec: &'static Spec, candidate: Candidate) -> Option<Trial> {
        let reader = candidate.schema.reader(&[]).ok()?;
        Some(Trial {
            spec,
            header: candidate.schema.header_lines(),
            candidate,
            reader,
            good: 0,
            bad: 0,
            first_bad: None,
        })
    }

    /// Judges the next line.
    pub(super) fn take(&mut self, line: &[u8]) {
        if self.header > 0 {
            self.header -= 1;
            return;
        }
        if line.trim_ascii().is_empty() {
            return;
        }
        match self.reader.check(line) {
            Ok(()) => self.good += 1,
            Err(bad) => {
                self.bad += 1;
                self.first_bad.get_or_insert(bad);
            }
        }
    }

    /// Whether nine of ten lines are records, which a guess needs among formats that are much alike.
    pub(super) fn convinces(&self) -> bool {
        self.good > 0 && self.good >= 9 * self.bad
    }

    /// Whether most lines are records, which is enough for formats that do not look like others.
    pub(super) fn prevails(&self) -> bool {
        self.good > self.bad
    }

    /// Whether a format that was asked for by name can be tried: a file may begin with damage, but not consist of it.
    pub(super) fn accept(&self) -> Result<(), Refused> {
        match &self.first_bad {
            Some(bad) if self.good == 0 => Err(Refused(format!(
                "none of the first lines is in the {} format: {}",
                self.spec.name, bad.reason
            ))),
            _ => Ok(()),
        }
    }
}
