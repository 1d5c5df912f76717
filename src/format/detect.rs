//! Which format an input is in, by its first lines: the most specific that nine of ten lines fit.

use std::path::Path;

use super::sample::Judged;
use super::{
    Sample, Schema, Settings, Spec, columns, combined, common, csv, json, lines, nginx, tsv,
};

/// The formats whose lines cannot be taken for anything else, each before those that its lines fit as well.
static STRUCTURED: [&Spec; 3] = [&combined::SPEC, &common::SPEC, &json::SPEC];

/// Names of compressed files end in these, behind the ending that speaks for the format.
const COMPRESSED: [&str; 4] = ["gz", "zst", "xz", "bz2"];

/// Opens a sample in the format that it is in; any text is `lines` at least. The file's name decides between tables,
/// which can look like much else.
pub fn detect(
    sample: Sample<'_>,
    file_name: Option<&Path>,
    settings: &Settings,
) -> Box<dyn Schema> {
    // Lines with a request time are combined lines too: only nearly all of them make an nginx log.
    if let Ok(schema) = (nginx::SPEC.open)(sample, settings)
        && Judged::of(&*schema, sample).convinces()
    {
        return schema;
    }
    for spec in STRUCTURED {
        if let Ok(schema) = (spec.open)(sample, settings)
            && Judged::of(&*schema, sample).prevails()
        {
            return schema;
        }
    }
    let extension = file_name.and_then(extension);
    for spec in [&csv::SPEC, &tsv::SPEC] {
        if extension
            .as_deref()
            .is_some_and(|extension| spec.extensions.contains(&extension))
            && let Ok(schema) = (spec.open)(sample, settings)
        {
            return schema;
        }
    }
    if let Some(table) = tsv::detect(sample, settings).or_else(|| csv::detect(sample, settings)) {
        return table;
    }
    if columns::agrees(sample)
        && let Ok(schema) = (columns::SPEC.open)(sample, settings)
    {
        return schema;
    }
    lines::schema(sample, settings)
}

/// The ending of a file's name, in small letters and without that of a compression.
fn extension(path: &Path) -> Option<String> {
    let extension = path.extension()?.to_str()?.to_ascii_lowercase();
    if COMPRESSED.contains(&extension.as_str()) {
        return extension_before(path);
    }
    Some(extension)
}

fn extension_before(path: &Path) -> Option<String> {
    Some(
        Path::new(path.file_stem()?)
            .extension()?
            .to_str()?
            .to_ascii_lowercase(),
    )
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::super::FORMATS;
    use super::*;

    fn detected(text: &[u8], name: Option<&str>) -> &'static str {
        let settings = Settings {
            zone: TimeZone::UTC,
            infer: false,
        };
        detect(
            Sample {
                bytes: text,
                whole: true,
            },
            name.map(Path::new),
            &settings,
        )
        .format()
    }

    #[test]
    fn every_example_is_recognised() {
        for spec in FORMATS {
            assert_eq!(detected(spec.example.as_bytes(), None), spec.name);
        }
    }

    #[test]
    fn damaged_lines_are_borne_as_long_as_most_are_whole() {
        let line = json::SPEC.example.lines().next().unwrap();
        let text = |good: usize, bad: usize| {
            format!(
                "{}{}",
                format!("{line}\n").repeat(good),
                "oops\n\n".repeat(bad)
            )
        };
        assert_eq!(detected(text(2, 1).as_bytes(), None), "json");
        assert_ne!(detected(text(2, 2).as_bytes(), None), "json");
        let mixed = [combined::SPEC.example, nginx::SPEC.example].concat();
        assert_eq!(detected(mixed.as_bytes(), None), "combined");
    }

    #[test]
    fn names_decide_between_tables() {
        let numbers = b"1,2\n3,4\n";
        assert_eq!(detected(numbers, None), "lines");
        assert_eq!(detected(numbers, Some("a.csv")), "csv");
        assert_eq!(detected(numbers, Some("dir.d/a.CSV.gz")), "csv");
        assert_eq!(detected(b"a\n1\n", Some("a.tab")), "tsv");
        assert_eq!(
            detected(json::SPEC.example.as_bytes(), Some("a.csv")),
            "json"
        );
        assert_eq!(detected(b"", Some("a.csv")), "lines");
    }

    #[test]
    fn prose_and_noise_are_lines() {
        assert_eq!(detected(b"", None), "lines");
        assert_eq!(
            detected(b"Dear all,\nthe log is full, again.\n", None),
            "lines"
        );
        assert_eq!(detected(b"x = {a, b}\ny = {c, d}\nz = e\n", None), "lines");
        assert_eq!(detected(b"\x00\xff,\x01\n\x02,\x03\n", None), "lines");
        assert_eq!(detected(b"[\n  {\n    \"a\": 1\n  }\n]\n", None), "lines");
    }
}
