//! Golden bytes: what was written once must stay readable, and must be written again to the byte.
//!
//! `fixtures/wire/FAMILY-FORM.bin` holds the state of the values that [`Family::forms`] names. A test run with `JUG_ACCEPT=1`
//! writes files that are missing; a changed encoding needs a new version instead.

use std::path::PathBuf;

use super::encoding::Refused;
use super::laws::{bytes, filled, fit};
use super::registry::AGGREGATES;
use super::spec::{Family, Sample, Spec, Takes};
use crate::record::Value;

fn path(family: &Family, form: &str) -> PathBuf {
    let name = format!("fixtures/wire/{}-{form}.bin", family.name);
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn values(spec: &Spec, sample: Sample) -> Vec<Value<'static>> {
    let takes = spec.takes.first().copied().unwrap_or(Takes::Condition);
    match sample {
        Sample::Values(texts) => texts.iter().filter_map(|text| fit(takes, text)).collect(),
        Sample::UpTo(last) => (1..=last)
            .filter_map(|number| fit(takes, &number.to_string()))
            .collect(),
    }
}

#[test]
fn every_form_of_every_aggregate_has_golden_bytes() {
    for spec in AGGREGATES {
        let family = spec.family;
        assert!(family.forms.len() > 1, "{} has too few forms", family.name);
        for (form, sample) in family.forms {
            let column = filled(family, &values(spec, *sample));
            let written = bytes(family, &*column);
            let path = path(family, form);
            if !path.exists() && std::env::var_os("JUG_ACCEPT").is_some() {
                std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
                std::fs::write(&path, &written).expect("a file");
            }
            let golden =
                std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            assert!(
                written == golden,
                "{} is written differently",
                path.display()
            );
            let mut back = filled(family, &[]);
            let rest = family.decode(&mut *back, 0, &golden);
            assert_eq!(rest, Ok(&[][..]), "{}", path.display());
            for parameters in spec.names().filter_map(|name| spec.parameters_of(name)) {
                assert_eq!(
                    format!("{:?}", back.finish(0, parameters)),
                    format!("{:?}", column.finish(0, parameters)),
                    "{}",
                    path.display()
                );
            }
        }
    }
}

#[test]
fn ids_are_unique_and_unchanged() {
    let mut ids: Vec<(u8, &str)> = AGGREGATES
        .iter()
        .map(|spec| (spec.family.id, spec.family.name))
        .collect();
    ids.sort_unstable();
    ids.dedup();
    let known = [
        (1, "count"),
        (2, "sum"),
        (3, "avg"),
        (4, "min"),
        (5, "max"),
        (6, "quantile"),
        (7, "uniq"),
    ];
    assert_eq!(&ids[..known.len()], known);
    assert!(ids.windows(2).all(|pair| pair[0].0 != pair[1].0), "{ids:?}");
}

#[test]
fn states_of_others_and_of_later_versions_are_refused_by_name() {
    let family = |name: &str| {
        let mut families = AGGREGATES.iter().map(|spec| spec.family);
        families
            .find(|family| family.name == name)
            .expect("a family")
    };
    let (count, sum) = (family("count"), family("sum"));
    let mut column = filled(count, &[Value::Bool(true)]);
    let good = bytes(count, &*column);
    assert_eq!(good, [1, 1, 8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]);
    let mut refused = |bytes: &[u8]| {
        let error = count
            .decode(&mut *column, 0, bytes)
            .expect_err("not a count");
        error.to_string()
    };
    let changed = |at: usize, to: u8| {
        let mut bytes = good.clone();
        bytes[at] = to;
        bytes
    };
    assert_eq!(
        refused(&bytes(sum, &*filled(sum, &[]))),
        "state of 'sum' where 'count' was expected"
    );
    assert_eq!(refused(&changed(0, 200)), Refused::Unknown(200).to_string());
    assert!(refused(&changed(0, 200)).contains("unknown aggregate number 200"));
    assert_eq!(
        refused(&changed(1, 2)),
        "state of 'count' has version 2; this version of jug reads up to 1"
    );
    assert_eq!(refused(&changed(1, 0)), "damaged state of 'count'");
    assert_eq!(refused(&changed(2, 9)), "damaged state of 'count'");
    assert_eq!(refused(&changed(2, 7)), "damaged state of 'count'");
    assert_eq!(refused(&changed(13, 0x40)), "damaged state of 'count'");
    assert_eq!(refused(&[]), "damaged state of 'count'");
    // What follows a state is left.
    let two = [&good[..], &good].concat();
    assert_eq!(count.decode(&mut *column, 0, &two), Ok(&good[..]));
    assert_eq!(
        bytes(count, &*column)[6],
        2,
        "nothing was added by refused states"
    );
}
