//! Distinct counts against the true numbers.

use super::*;
use std::borrow::Cow;

fn add(values: &mut Distinct, number: usize) {
    let text = number.to_string().into_bytes();
    values.add_value(&Value::Digits(Cow::Owned(text)));
}

fn of(range: std::ops::Range<usize>) -> Distinct {
    let mut values = Distinct::default();
    range.for_each(|number| add(&mut values, number));
    values
}

fn count(values: &Distinct) -> (f64, bool) {
    let cell = values.finish(Parameters::default());
    (cell.value.number().unwrap().to_f64(), cell.approx)
}

fn bytes(values: &Distinct) -> Vec<u8> {
    let mut out = Vec::new();
    values.encode(&mut out);
    out
}

#[test]
fn the_hash_is_frozen() {
    // From the reference implementation of XXH3 (xxhsum -H2 of an empty input, without a seed).
    assert_eq!(
        xxh3_128_with_seed(b"", 0),
        0x99aa_06d3_0147_98d8_6001_c324_468d_497f
    );
}

#[test]
fn counts_are_exact_up_to_the_limit_and_close_beyond() {
    let mut values = of(0..MAX_EXACT);
    (0..MAX_EXACT).for_each(|number| add(&mut values, number));
    assert_eq!(count(&values), (65_536.0, false));
    let mut next = MAX_EXACT;
    // Two standard errors of the sketch are 1.6 %. The estimates are the same on every machine.
    for total in [65_537_u32, 70_000, 100_000, 300_000, 1_000_000] {
        (next..total as usize).for_each(|number| add(&mut values, number));
        next = total as usize;
        let (estimate, approx) = count(&values);
        let error = (estimate / f64::from(total) - 1.0).abs();
        assert!(approx && error < 0.016, "{total}: {estimate}");
    }
}

#[test]
fn merging_parts_crosses_the_limit_as_one_would() {
    let whole = bytes(&of(0..70_000));
    let mut parts = of(60_000..70_000);
    parts.merge(of(0..61_000));
    assert_eq!(bytes(&parts), whole);
    let mut parts = of(0..70_000);
    parts.merge(of(0..10));
    assert_eq!(bytes(&parts), whole);
    let mut parts = of(0..10);
    parts.merge(of(0..70_000));
    assert_eq!(bytes(&parts), whole);
    let mut parts = of(0..66_000);
    parts.merge(of(4_000..70_000));
    assert_eq!(bytes(&parts), whole);
}

#[test]
fn memory_follows_the_state() {
    assert_eq!(Distinct::default().heap_bytes(), 0);
    let exact = of(0..1_000).heap_bytes();
    assert!((8_000..10_000).contains(&exact), "{exact}");
    let many = of(0..65_536).heap_bytes();
    assert!(many < 1_200_000, "{many}");
    let sketch = of(0..70_000).heap_bytes();
    assert!((16_384..17_000).contains(&sketch), "{sketch}");
}

#[test]
fn damaged_sets_and_sketches_are_refused() {
    let exact = bytes(&of(0..2));
    assert!(Distinct::decode(&exact).is_ok());
    let repeated = [&exact[..9], &exact[1..9]].concat();
    for damaged in [&exact[..1], &exact[..8], &exact[..15], &repeated, b"x"] {
        assert!(Distinct::decode(damaged).is_err(), "{damaged:?}");
    }
    let mut many = vec![b'd'];
    (0..=MAX_EXACT as u64).for_each(|hash| many.extend_from_slice(&hash.to_le_bytes()));
    assert!(Distinct::decode(&many).is_err());
    assert!(Distinct::decode(&many[..many.len() - 8]).is_ok());
    let sketch = bytes(&of(0..70_000));
    assert!(Distinct::decode(&sketch).is_ok());
    assert!(Distinct::decode(&sketch[..sketch.len() - 1]).is_err());
    // A run is at most the 50 bits that are looked at, and one.
    for (run, is_sketch) in [(51, true), (52, false)] {
        let mut sketch = sketch.clone();
        sketch[1] = run;
        assert_eq!(Distinct::decode(&sketch).is_ok(), is_sketch);
    }
}

#[test]
fn values_come_again_in_any_order() {
    let mut values = Distinct::default();
    for number in 0..20_000_usize {
        add(&mut values, number * number % 5_003);
        let distinct: std::collections::HashSet<usize> = match number % 1_000 {
            0 => (0..=number).map(|number| number * number % 5_003).collect(),
            _ => continue,
        };
        assert_eq!(count(&values), (distinct.len() as f64, false));
    }
}

#[test]
fn sets_of_version_2_are_read() {
    let mut hashes = ["0", "1"].map(|text| xxh3_128_with_seed(text.as_bytes(), Tag::Number as u64));
    hashes.sort_unstable();
    let mut old = vec![b'e'];
    for hash in hashes {
        old.extend_from_slice(&hash.to_le_bytes());
    }
    let mut read = Distinct::decode(&old).unwrap();
    assert_eq!(bytes(&read), bytes(&of(0..2)));
    add(&mut read, 1);
    assert_eq!(count(&read), (2.0, false));
    assert!(Distinct::decode(&old[..old.len() - 8]).is_err());
}
