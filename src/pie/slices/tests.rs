//! Which values make which slices.

use super::*;

fn slices(values: &[(&str, &str)], arrangement: &Arrangement) -> Result<Slices, PieError> {
    let values = values.iter().map(|(label, value)| {
        (
            (*label).to_owned(),
            Number::parse(value.as_bytes()).unwrap(),
        )
    });
    Slices::new(values, arrangement)
}

fn labels(values: &[(&str, &str)], arrangement: &Arrangement) -> Vec<String> {
    let slices = slices(values, arrangement).unwrap().slices;
    slices
        .iter()
        .map(|slice| format!("{} {}", slice.label, slice.value))
        .collect()
}

const VALUES: [(&str, &str); 6] = [
    ("b", "3"),
    ("a", "0.1"),
    ("c", "90"),
    ("b", "2"),
    ("z", "0"),
    ("d", "4.9"),
];

#[test]
fn equal_labels_are_added_up_at_the_place_of_the_first() {
    let all = Arrangement::default();
    assert_eq!(labels(&VALUES, &all), ["b 5", "a 0.1", "c 90", "d 4.9"]);
    let made = slices(&VALUES, &all).unwrap();
    assert_eq!(made.total.to_string(), "100");
    assert_eq!(made.zeros[0].label, "z");
    assert_eq!(made.slices[2].share, 0.9);
}

#[test]
fn slices_are_sorted_by_value_or_label() {
    let by = |sort| Arrangement {
        sort,
        ..Arrangement::default()
    };
    assert_eq!(
        labels(&VALUES, &by(Sort::Value)),
        ["c 90", "b 5", "d 4.9", "a 0.1"]
    );
    assert_eq!(
        labels(&VALUES, &by(Sort::Label)),
        ["a 0.1", "b 5", "c 90", "d 4.9"]
    );
}

#[test]
fn small_slices_are_combined() {
    let top = Arrangement {
        top: Some(2),
        ..Arrangement::default()
    };
    assert_eq!(labels(&VALUES, &top), ["b 5", "c 90", "Other 5"]);
    let small = Arrangement {
        min_share: 0.05,
        ..Arrangement::default()
    };
    assert_eq!(labels(&VALUES, &small), ["b 5", "c 90", "Other 5"]);
    // A single one stays as it is.
    let top = Arrangement {
        top: Some(3),
        ..Arrangement::default()
    };
    assert_eq!(labels(&VALUES, &top).len(), 4);
    let named = Arrangement {
        top: Some(1),
        other: "b".to_owned(),
        ..Arrangement::default()
    };
    assert_eq!(labels(&VALUES, &named), ["c 90", "b 10"]);
    // A large slice with the label of the combined one becomes a part of it.
    let same = Arrangement {
        top: Some(2),
        other: "c".to_owned(),
        ..Arrangement::default()
    };
    assert_eq!(labels(&VALUES, &same), ["b 5", "c 95"]);
}

#[test]
fn colors_follow_the_input_whatever_the_order_of_slices() {
    let color = |arrangement: &Arrangement, label: &str| {
        let made = slices(&VALUES, arrangement).unwrap().slices;
        made.iter()
            .find(|slice| slice.label == label)
            .unwrap()
            .color
    };
    let sorted = Arrangement {
        sort: Sort::Value,
        ..Arrangement::default()
    };
    assert_eq!(color(&Arrangement::default(), "c"), color(&sorted, "c"));
    let chosen = Arrangement {
        label_colors: vec![("c".to_owned(), [9, 9, 9]), ("c".to_owned(), [1, 2, 3])],
        ..Arrangement::default()
    };
    assert_eq!(color(&chosen, "c"), [1, 2, 3], "the last one given");
}

#[test]
fn neighbours_have_different_colors() {
    for count in 2..100 {
        let values: Vec<(String, Number)> = (0..count)
            .map(|n| {
                (
                    n.to_string(),
                    Number::parse((n * 37 % 101 + 1).to_string().as_bytes()).unwrap(),
                )
            })
            .collect();
        for sort in [Sort::Input, Sort::Value] {
            let arrangement = Arrangement {
                sort,
                ..Arrangement::default()
            };
            let made = Slices::new(values.clone(), &arrangement).unwrap().slices;
            for (index, slice) in made.iter().enumerate() {
                assert_ne!(
                    slice.color,
                    made[(index + 1) % count].color,
                    "{count} {index}"
                );
            }
        }
    }
}

#[test]
fn invalid_values_are_rejected() {
    let all = Arrangement::default();
    assert_eq!(slices(&[], &all).unwrap_err(), PieError::Empty);
    assert_eq!(
        slices(&[("a", "0"), ("b", "0.0")], &all).unwrap_err(),
        PieError::AllZero
    );
    assert_eq!(
        slices(&[("a", "-1e-9")], &all).unwrap_err().to_string(),
        "'a: -0.000000001' is negative"
    );
    assert_eq!(
        slices(&[("a", "1e308"), ("b", "1.7e308")], &all).unwrap_err(),
        PieError::TooLarge
    );
    assert!(slices(&[("a", "1e-12"), ("b", "1e12")], &all).is_ok());
}
