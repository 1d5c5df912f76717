//! The beginning of an input: in which format it is, and where its records begin.

use super::range::ByteRange;
use crate::error::{Error, Result};
use crate::format::{
    self, Decision, Framing, Gather, Needs, Rule, Sample, Schema, Settings, Spec, as_lines,
};
use crate::io::source::InputName;
use crate::io::wait::Until;

/// How many bytes are read at first; more if they do not decide.
pub(super) const SAMPLE: usize = 64 << 10;

/// A first line that is longer than this, and than lines may be, decides nothing.
const LONGEST_LINE: usize = 16 << 20;

/// The mark that some editors put before UTF-8 text.
pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// How to open inputs.
pub struct Opening<'a> {
    /// The format that was asked for; otherwise it is detected.
    pub from: Option<&'static Spec>,
    /// What formats need to know.
    pub settings: &'a Settings,
    /// Whether the format matters: not if lines are only counted or searched.
    pub needs_schema: bool,
    /// What must be known besides the format.
    pub needs: Needs,
    /// Whether records are counted though no format matters: a header is not a record.
    pub counts_records: bool,
    /// The longest line that is read; a first line up to this length can decide.
    pub max_line: usize,
    /// How many bytes a worker gets at once, at least one.
    pub chunk: usize,
    /// Which part of each file is read; all of it if there is none.
    pub range: Option<ByteRange>,
    /// How long to wait for the beginning of a stream.
    pub until: Until<'a>,
}

impl Opening<'_> {
    /// What makes records of the lines of an input with this schema, if a record is not a line.
    fn framing(&self, schema: &dyn Schema) -> Option<Box<dyn Framing>> {
        // Where no field is read, lines are counted and searched as they are, but a directive is no record.
        let framing = schema.framing(self.max_line);
        framing.filter(|framing| self.needs_schema || framing.skips_lines())
    }

    /// What makes records of the lines of any input, if that was asked for.
    pub(super) fn gather(&self) -> Option<Box<dyn Framing>> {
        match &self.settings.rule {
            Some(Rule::Quotes(_)) | None => None,
            Some(rule) => Some(Box::new(Gather::new(rule.clone(), self.max_line))),
        }
    }

    /// Whether the beginning must be looked at.
    pub(super) fn wants_sample(&self) -> bool {
        self.needs_schema || self.counts_records
    }
}

/// What the beginning of an input shows.
#[derive(Default)]
pub(super) struct Beginning {
    /// Its format, if that matters.
    pub(super) schema: Option<Box<dyn Schema>>,
    /// How many bytes come before the first record: a byte-order mark, header lines.
    pub(super) skip: usize,
    /// What looks wrong about the input, and what to do.
    pub(super) doubt: Option<(String, String)>,
    /// What makes records of its lines, if a record is not a line.
    pub(super) framing: Option<Box<dyn Framing>>,
}

/// Looks at the first bytes of an input, or all of them if it `is_whole`. None if more are needed to decide.
///
/// # Errors
/// If it is not in the format that was asked for.
pub(super) fn decide(
    bytes: &[u8],
    is_whole: bool,
    name: &InputName,
    opening: &Opening<'_>,
) -> Result<Option<Beginning>> {
    if bytes.is_empty() {
        return Ok(is_whole.then(Beginning::default));
    }
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        let error = Error::input(format!(
            "{name}: the text is UTF-16, which is not supported"
        ));
        let source = match name {
            InputName::Path(path) => path.display().to_string(),
            InputName::Stdin => String::new(),
        };
        let command = format!("iconv -f UTF-16 -t UTF-8 {source}");
        return Err(error.hint(format!("try: {} | jug log …", command.trim_end())));
    }
    let mark = match bytes.starts_with(BYTE_ORDER_MARK) {
        true => BYTE_ORDER_MARK.len(),
        false => 0,
    };
    let records = &bytes[mark..];
    let longest = LONGEST_LINE.max(opening.max_line.saturating_add(1));
    let is_endless = records.len() >= longest && memchr::memchr(b'\n', records).is_none();
    let whole = is_whole || is_endless;
    let joined = opening.settings.rule.as_ref().map(|rule| {
        let gather = Gather::new(rule.clone(), opening.max_line);
        as_lines(records, whole, gather)
    });
    let records = joined.as_deref().unwrap_or(records);
    let sample = Sample {
        bytes: records,
        whole,
    };
    let path = match name {
        InputName::Path(path) => Some(path.as_path()),
        InputName::Stdin => None,
    };
    let decision = format::decide(sample, opening.from, path, opening.settings, opening.needs);
    let schema = match decision {
        Ok(Decision::Decided(schema)) => schema,
        Ok(Decision::NeedsMore) => return Ok(None),
        Err(_) if !opening.needs_schema => return Ok(Some(Beginning::default())),
        Err(refused) => {
            let format = opening.from.map_or("text", |spec| spec.name);
            let error = Error::input(format!("{name}: not {format}: {refused}"));
            return Err(error.hint("leave out --from to detect the format"));
        }
    };
    let header = schema.header_lines();
    let is_skipped = opening.needs_schema || header > 0;
    Ok(Some(Beginning {
        skip: match is_skipped {
            true => mark + length_of_lines(records, header),
            false => 0,
        },
        doubt: schema.doubt().filter(|_| is_skipped),
        framing: opening.framing(&*schema),
        schema: opening.needs_schema.then_some(schema),
    }))
}

/// The sample without a last line that is cut off.
pub(super) fn whole_lines(bytes: &[u8], is_whole: bool) -> &[u8] {
    match memchr::memrchr(b'\n', bytes) {
        Some(newline) if !is_whole => &bytes[..=newline],
        _ => bytes,
    }
}

/// The bytes of the first `lines` lines.
fn length_of_lines(bytes: &[u8], lines: usize) -> usize {
    match lines {
        0 => 0,
        _ => memchr::memchr_iter(b'\n', bytes)
            .nth(lines - 1)
            .map_or(bytes.len(), |newline| newline + 1),
    }
}
