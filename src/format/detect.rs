//! Which format an input is in, by its first lines.
//!
//! The shortest prefix of whole lines that determines the format decides, so the answer depends on the bytes of an input
//! alone: not on how many of them were available at once, and not on when they came. At most 100 lines or 64 KiB are
//! considered; then the best guess is taken.

use std::path::Path;

use super::sample::{LINES, Trial};
use super::{
    COMPRESSED, FORMATS, FieldName, Kind, Refused, Sample, Schema, Settings, Spec, access, app,
    columns, lines, plain,
};

/// How many lines that are not blank make text of an input in which no other format has been seen.
const TEXT_LINES: usize = app::LINES;

/// What must be known of an input besides its format. Each may take more lines to find out, so needs must follow from the
/// query alone for equal inputs to give equal answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// The names of all fields, to list them or to output all of them. Without it, [`Schema::fields`] of an open-ended
    /// schema may list only some.
    pub names: bool,
    /// Whether there is a field `time`.
    pub time: bool,
    /// Which fields follow the usual ones in an access log, see [`is_unusual`].
    pub unusual: bool,
}

impl Needs {
    /// All that can be found out.
    pub const ALL: Needs = Needs {
        names: true,
        time: true,
        unusual: true,
    };
}

/// Whether a field can only follow the usual ones in an access log, where several lines must show what stands there.
pub fn is_unusual(name: &FieldName) -> bool {
    let is_known = |name| access::is_usual(name) || matches!(name, "line" | "file");
    name.as_key().is_some_and(|name| !is_known(name))
}

/// The result of looking at the beginning of an input for its format.
pub enum Decision {
    /// The format is certain: more lines would not change it.
    Decided(Box<dyn Schema>),
    /// The input must go on before it can be decided.
    NeedsMore,
}

/// Decides in which format an input is that begins with this sample: in `from` if that is given, else in the format that
/// its lines show. The name of a file decides between tables, which can look like much else.
///
/// For equal settings and needs, every longer sample of the same input gives the same schema once one is decided.
///
/// # Errors
/// Why the input is not in the format that was asked for.
pub fn decide(
    sample: Sample<'_>,
    from: Option<&'static Spec>,
    file_name: Option<&Path>,
    settings: &Settings,
    needs: Needs,
) -> Result<Decision, Refused> {
    let found = match from {
        Some(spec) => find_asked(spec, sample, settings, needs)?,
        None => find(sample, file_name, settings),
    };
    let Some((mut schema, mut end)) = found else {
        return Ok(Decision::NeedsMore);
    };
    let known = match schema.spec().kind {
        Kind::Records if schema.open_ended() && needs.names => end_of_names(sample),
        Kind::Records if schema.learns_fields() && (needs.names || needs.unusual) => {
            end_of_names(sample)
        }
        Kind::Words | Kind::Text if needs.time => plain::end_of_times(sample, settings),
        _ => Some(end),
    };
    match known.zip(schema.learns_until(sample)) {
        Some((known, learnt)) => end = end.max(known).max(learnt),
        None => return Ok(Decision::NeedsMore),
    }
    schema.learn(sample.prefix(end));
    Ok(Decision::Decided(schema))
}

/// Opens a sample in the format that its lines show; any text is `lines` at least.
pub fn detect(
    sample: Sample<'_>,
    file_name: Option<&Path>,
    settings: &Settings,
) -> Box<dyn Schema> {
    let sample = Sample {
        whole: true,
        ..sample
    };
    match decide(sample, None, file_name, settings, Needs::ALL) {
        Ok(Decision::Decided(schema)) => schema,
        Ok(Decision::NeedsMore) | Err(_) => unreachable!("a whole sample is decided"),
    }
}

/// See [`Spec::open`].
pub(super) fn open(
    spec: &'static Spec,
    sample: Sample<'_>,
    settings: &Settings,
) -> Result<Box<dyn Schema>, Refused> {
    let sample = Sample {
        whole: true,
        ..sample
    };
    match decide(sample, Some(spec), None, settings, Needs::ALL)? {
        Decision::Decided(schema) => Ok(schema),
        Decision::NeedsMore => unreachable!("a whole sample is decided"),
    }
}

/// A schema, and the length of the prefix that decided it.
type Found = (Box<dyn Schema>, usize);

/// Finds the format that the lines show; none if more lines are needed.
fn find(sample: Sample<'_>, file_name: Option<&Path>, settings: &Settings) -> Option<Found> {
    let mut records = trials(&by_precedence(Kind::Records), b"", settings);
    records.retain(|trial| trial.candidate.is_likely);
    let mut tables = Vec::new();
    let named = file_name.and_then(table_of_name);
    let (mut end, mut texts) = (0, 0);
    for (index, (line, line_end)) in sample.lines_with_ends().enumerate() {
        end = line_end;
        if index == 0 {
            tables = trials(&by_precedence(Kind::Table), line, settings);
        }
        texts += usize::from(!line.trim_ascii().is_empty());
        for trial in records.iter_mut().chain(&mut tables) {
            trial.take(line);
        }
        // The first line by which most are records decides, so all that can read most of them can read as many of them.
        if let Some(place) = records.iter().position(Trial::prevails) {
            return Some((records.swap_remove(place).candidate.schema, end));
        }
        let prefix = sample.prefix(end);
        let is_last = sample.is_exhausted(index + 1, end);
        let table = match named {
            Some(spec) => asked_table(&tables, spec, prefix, is_last),
            None => None,
        };
        if let Some(place) = table.or_else(|| likely_table(&tables, prefix, is_last)) {
            return Some((tables.swap_remove(place).candidate.schema, end));
        }
        let may_be_records = records.iter().any(|trial| trial.good > 0);
        let may_be_table = tables
            .iter()
            .any(|trial| trial.candidate.is_likely && trial.prevails());
        let is_text = texts >= TEXT_LINES && named.is_none() && !may_be_records && !may_be_table;
        if is_last || is_text {
            return text(prefix, settings);
        }
    }
    sample.whole.then(|| text(sample.prefix(end), settings))?
}

/// Finds the schema of the format that was asked for; none if more lines are needed.
fn find_asked(
    spec: &'static Spec,
    sample: Sample<'_>,
    settings: &Settings,
    needs: Needs,
) -> Result<Option<Found>, Refused> {
    let mut tried = Vec::new();
    let mut texts = 0;
    for (index, (line, end)) in sample.lines_with_ends().enumerate() {
        if index == 0 {
            tried = (spec.candidates)(line, settings)?
                .into_iter()
                .filter_map(|candidate| Trial::new(spec, candidate))
                .collect();
        }
        texts += usize::from(!line.trim_ascii().is_empty());
        tried.iter_mut().for_each(|trial| trial.take(line));
        let prefix = sample.prefix(end);
        let is_last = sample.is_exhausted(index + 1, end);
        let place = match spec.kind {
            Kind::Records => tried.iter().position(|trial| trial.good > 0),
            Kind::Table => asked_table(&tried, spec, prefix, is_last),
            Kind::Stamped => (is_last || texts >= app::LINES).then_some(0),
            Kind::Words | Kind::Text => (!needs.names || texts >= TEXT_LINES).then_some(0),
        };
        if let Some(place) = place {
            if spec.kind == Kind::Stamped && app::of_lines(prefix).is_none() {
                return Err(app::refused());
            }
            return Ok(Some((tried.swap_remove(place).candidate.schema, end)));
        }
        if is_last {
            if spec.kind == Kind::Table && !prefix.is_text() {
                return Err(Refused("it is not text".to_owned()));
            }
            let first = tried.swap_remove(0);
            first.accept()?;
            return Ok(Some((first.candidate.schema, end)));
        }
    }
    match spec.kind {
        _ if !sample.whole => Ok(None),
        Kind::Table => Err(Refused("no header line".to_owned())),
        Kind::Records | Kind::Stamped | Kind::Words | Kind::Text => {
            let first = (spec.candidates)(b"", settings)?.swap_remove(0);
            Ok(Some((first.schema, 0)))
        }
    }
}

/// The table in a format that was asked for.
fn asked_table(
    tables: &[Trial],
    spec: &'static Spec,
    prefix: Sample<'_>,
    is_last: bool,
) -> Option<usize> {
    let of_format = || {
        let tables = tables.iter().enumerate();
        tables.filter(|(_, trial)| std::ptr::eq(trial.spec, spec))
    };
    // One column is the last resort.
    let is_only = of_format().count() == 1;
    let found = of_format().find(|(_, trial)| {
        trial.convinces() && (is_last || is_only || trial.candidate.enough < usize::MAX)
    });
    let found = found.or_else(|| {
        let mut tables = of_format().filter(|_| is_last);
        tables.next().filter(|(_, trial)| trial.accept().is_ok())
    });
    found.filter(|_| prefix.is_text()).map(|(place, _)| place)
}

/// The table that a text looks like.
fn likely_table(tables: &[Trial], prefix: Sample<'_>, is_last: bool) -> Option<usize> {
    let found = tables.iter().position(|trial| {
        let is_sure = is_last || trial.good >= trial.candidate.enough;
        trial.candidate.is_likely && is_sure && trial.convinces()
    });
    found.filter(|_| prefix.is_text())
}

/// Text: by the times that lines begin with, else words if the lines agree on their number.
fn text(prefix: Sample<'_>, settings: &Settings) -> Option<Found> {
    let spec = match app::of_lines(prefix) {
        Some(spec) => spec,
        None if columns::agrees(prefix) => &columns::SPEC,
        None => &lines::SPEC,
    };
    let candidates = (spec.candidates)(b"", settings).ok()?;
    let first = candidates.into_iter().next()?;
    Some((first.schema, prefix.bytes.len()))
}

/// The formats of a kind in the order in which they are tried.
fn by_precedence(kind: Kind) -> Vec<&'static Spec> {
    let mut specs: Vec<_> = FORMATS
        .iter()
        .copied()
        .filter(|spec| spec.kind == kind)
        .collect();
    specs.sort_by_key(|spec| std::cmp::Reverse(spec.precedence));
    specs
}

/// Trials of all candidates of these formats.
fn trials(specs: &[&'static Spec], first_line: &[u8], settings: &Settings) -> Vec<Trial> {
    let mut trials = Vec::new();
    for spec in specs {
        let candidates = (spec.candidates)(first_line, settings).unwrap_or_default();
        let candidates = candidates.into_iter();
        trials.extend(candidates.filter_map(|candidate| Trial::new(spec, candidate)));
    }
    trials
}

/// The length of the prefix from which the names of fields are taken; none if it is not all there.
fn end_of_names(sample: Sample<'_>) -> Option<usize> {
    let last = sample.lines_with_ends().take(LINES).enumerate().last();
    let (count, end) = last.map_or((0, 0), |(index, (_, end))| (index + 1, end));
    sample.is_exhausted(count, end).then_some(end)
}

/// The kind of table that a file's name shows.
fn table_of_name(path: &Path) -> Option<&'static Spec> {
    let extension = extension(path)?;
    let tables = FORMATS.iter().filter(|spec| spec.kind == Kind::Table);
    tables
        .copied()
        .find(|spec| spec.extensions.contains(&extension.as_str()))
}

/// The extension of a file's name, in lower case and without that of a compression.
fn extension(path: &Path) -> Option<String> {
    let extension = path.extension()?.to_str()?.to_ascii_lowercase();
    if !COMPRESSED.contains(&extension.as_str()) {
        return Some(extension);
    }
    let inner = Path::new(path.file_stem()?).extension()?;
    Some(inner.to_str()?.to_ascii_lowercase())
}

#[cfg(test)]
mod tests;
