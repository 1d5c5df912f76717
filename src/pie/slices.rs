//! Labelled values to slices: equal labels added up, ordered, the small ones put together.

use std::collections::HashMap;

use super::palette::{self, Rgb};
use super::text::shown;
use crate::record::Number;
use crate::record::exact::Sum;

/// Which slices there are, and in which order.
#[derive(Clone, Debug)]
pub struct Arrangement {
    /// How they are ordered.
    pub sort: Sort,
    /// No more than so many are kept, the largest; the others become one.
    pub top: Option<usize>,
    /// Those with a smaller share of the whole, from 0 to 1, become one.
    pub min_share: f64,
    /// What stands for those.
    pub other: String,
    /// Colours, given out in the order of the input; at least one.
    pub colors: Vec<Rgb>,
    /// Colours of certain labels.
    pub colored: Vec<(String, Rgb)>,
}

impl Default for Arrangement {
    fn default() -> Arrangement {
        Arrangement {
            sort: Sort::Input,
            top: None,
            min_share: 0.0,
            other: "Other".to_owned(),
            colors: palette::PALETTES[0].colors.to_vec(),
            colored: Vec::new(),
        }
    }
}

/// How slices are ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// As they came.
    Input,
    /// The largest first, equals as they came.
    Value,
    /// By the bytes of their labels.
    Label,
}

/// A slice.
#[derive(Clone, Debug)]
pub struct Slice {
    /// What it is called, fit to be shown.
    pub label: String,
    /// How much it is.
    pub value: Number,
    /// Its share of the whole, from 0 to 1.
    pub share: f64,
    /// Its colour.
    pub color: Rgb,
}

/// All slices of a pie.
#[derive(Clone, Debug)]
pub struct Slices {
    /// Those that are more than nothing, in their order from twelve o'clock on.
    pub slices: Vec<Slice>,
    /// Those that are nothing, as they came.
    pub zeros: Vec<Slice>,
    /// Of all together.
    pub total: Number,
}

/// Values of which no pie can be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A pie has no slice for it.
    #[error("«{0}» is less than nothing")]
    Negative(String),
    /// The sum is beyond all numbers.
    #[error("the values are too large to be added up")]
    TooLarge,
    /// There are values, and all are zero.
    #[error("all values are zero")]
    AllZero,
    /// There are no values.
    #[error("there are no values")]
    Empty,
}

const NOTHING: Number = Number::Decimal { units: 0, scale: 0 };

/// A value, and the place of its label in the input.
struct Summed {
    label: String,
    value: Number,
    color: Rgb,
}

impl Slices {
    /// Makes slices of labelled values.
    ///
    /// # Errors
    /// [`Fault`].
    pub fn new(
        values: impl IntoIterator<Item = (String, Number)>,
        arrangement: &Arrangement,
    ) -> Result<Slices, Fault> {
        let summed = sum(values, arrangement)?;
        if summed.is_empty() {
            return Err(Fault::Empty);
        }
        let mut total = Sum::default();
        summed.iter().for_each(|summed| total.add(summed.value));
        let total = total.finish().ok_or(Fault::TooLarge)?;
        if total.is_zero() {
            return Err(Fault::AllZero);
        }
        let slice = |Summed {
                         label,
                         value,
                         color,
                     }| Slice {
            share: value.to_f64() / total.to_f64(),
            label: shown(&label),
            value,
            color,
        };
        let (zeros, slices): (Vec<Slice>, Vec<Slice>) = summed
            .into_iter()
            .map(slice)
            .partition(|slice| slice.value.is_zero());
        let mut slices = arrangement.arranged(slices)?;
        tell_apart(&mut slices, &arrangement.colors);
        Ok(Slices {
            slices,
            zeros,
            total,
        })
    }
}

/// Adds up equal labels; they stay where the first of them was.
fn sum(
    values: impl IntoIterator<Item = (String, Number)>,
    arrangement: &Arrangement,
) -> Result<Vec<Summed>, Fault> {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut sums: Vec<(String, Sum)> = Vec::new();
    for (label, value) in values {
        if value.numeric_cmp(NOTHING).is_lt() {
            return Err(Fault::Negative(format!("{}: {value}", shown(&label))));
        }
        let place = *places.entry(label.clone()).or_insert(sums.len());
        if place == sums.len() {
            sums.push((label, Sum::default()));
        }
        sums[place].1.add(value);
    }
    let own = |label: &str| {
        arrangement
            .colored
            .iter()
            .rev()
            .find(|(name, _)| name == label)
    };
    sums.into_iter()
        .enumerate()
        .map(|(index, (label, sum))| {
            Ok(Summed {
                value: sum.finish().ok_or(Fault::TooLarge)?,
                color: own(&label)
                    .map_or(palette::color(&arrangement.colors, index), |(_, color)| {
                        *color
                    }),
                label,
            })
        })
        .collect()
}

impl Arrangement {
    /// Orders the slices and puts the small ones together. One small one alone stays as it is: nothing would be won.
    fn arranged(&self, slices: Vec<Slice>) -> Result<Vec<Slice>, Fault> {
        let mut largest: Vec<usize> = (0..slices.len()).collect();
        largest.sort_by(|a, b| {
            slices[*b]
                .value
                .numeric_cmp(slices[*a].value)
                .then(a.cmp(b))
        });
        let kept = self.top.unwrap_or(usize::MAX);
        let mut is_small = vec![false; slices.len()];
        for (rank, index) in largest.iter().enumerate() {
            is_small[*index] = rank >= kept || slices[*index].share < self.min_share;
        }
        let is_grouped = is_small.iter().filter(|is_small| **is_small).count() > 1;
        let (mut left, mut others) = (Vec::new(), Vec::new());
        for (slice, is_small) in slices.into_iter().zip(is_small) {
            // A slice that is called so already stands for others, too.
            if is_grouped && (is_small || slice.label == self.other) {
                others.push(slice);
            } else {
                left.push(slice);
            }
        }
        match self.sort {
            Sort::Input => {}
            Sort::Value => left.sort_by(|a, b| b.value.numeric_cmp(a.value)),
            Sort::Label => left.sort_by(|a, b| a.label.cmp(&b.label)),
        }
        if is_grouped {
            let mut sum = Sum::default();
            others.iter().for_each(|slice| sum.add(slice.value));
            left.push(Slice {
                label: shown(&self.other),
                value: sum.finish().ok_or(Fault::TooLarge)?,
                share: others.iter().map(|slice| slice.share).sum(),
                color: palette::OTHER,
            });
        }
        Ok(left)
    }
}

/// Gives the later of two neighbours another colour where both have the same; the last is the first one's neighbour.
fn tell_apart(slices: &mut [Slice], colors: &[Rgb]) {
    let count = slices.len();
    for index in 1..count {
        let (before, after) = (slices[index - 1].color, slices[(index + 1) % count].color);
        if slices[index].color != before && (index + 1 < count || slices[index].color != after) {
            continue;
        }
        let free = (0..3 * colors.len())
            .map(|index| palette::color(colors, index))
            .find(|color| *color != before && *color != after);
        if let Some(color) = free {
            slices[index].color = color;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slices(values: &[(&str, &str)], arrangement: &Arrangement) -> Result<Slices, Fault> {
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
    fn equal_labels_are_added_up_where_the_first_was() {
        let all = Arrangement::default();
        assert_eq!(labels(&VALUES, &all), ["b 5", "a 0.1", "c 90", "d 4.9"]);
        let made = slices(&VALUES, &all).unwrap();
        assert_eq!(made.total.to_string(), "100");
        assert_eq!(made.zeros[0].label, "z");
        assert_eq!(made.slices[2].share, 0.9);
    }

    #[test]
    fn orders() {
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
    fn small_ones_become_one() {
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
        // One alone stays.
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
    }

    #[test]
    fn colors_go_by_the_input_and_stay_with_their_label() {
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
        let own = Arrangement {
            colored: vec![("c".to_owned(), [1, 2, 3])],
            ..Arrangement::default()
        };
        assert_eq!(color(&own, "c"), [1, 2, 3]);
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
    fn what_is_no_pie_is_refused() {
        let all = Arrangement::default();
        assert_eq!(slices(&[], &all).unwrap_err(), Fault::Empty);
        assert_eq!(
            slices(&[("a", "0"), ("b", "0.0")], &all).unwrap_err(),
            Fault::AllZero
        );
        assert_eq!(
            slices(&[("a", "-1e-9")], &all).unwrap_err().to_string(),
            "«a: -0.000000001» is less than nothing"
        );
        assert_eq!(
            slices(&[("a", "1e308"), ("b", "1.7e308")], &all).unwrap_err(),
            Fault::TooLarge
        );
        assert!(slices(&[("a", "1e-12"), ("b", "1e12")], &all).is_ok());
    }
}
