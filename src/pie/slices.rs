//! Labelled values to slices: equal labels are added up, slices ordered and coloured, small ones combined.

use std::collections::HashMap;

use super::palette::{self, Rgb};
use super::text::sanitize;
use crate::record::Number;
use crate::record::exact::Sum;

/// How values become slices.
#[derive(Clone, Debug)]
pub struct Arrangement {
    /// The order of the slices.
    pub sort: Sort,
    /// Keep the N largest slices and combine the others.
    pub top: Option<usize>,
    /// Combine slices whose share is smaller, from 0 to 1.
    pub min_share: f64,
    /// The label of the combined slice.
    pub other: String,
    /// Colours, used in the order of the input; at least one.
    pub colors: Vec<Rgb>,
    /// Colours of the slices with these labels.
    pub label_colors: Vec<(String, Rgb)>,
}

impl Default for Arrangement {
    fn default() -> Arrangement {
        Arrangement {
            sort: Sort::Input,
            top: None,
            min_share: 0.0,
            other: "Other".to_owned(),
            colors: palette::PALETTES[0].colors.to_vec(),
            label_colors: Vec::new(),
        }
    }
}

/// The order of the slices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// The order of the input.
    Input,
    /// The largest first, equal ones in the order of the input.
    Value,
    /// By the bytes of their labels.
    Label,
}

/// A slice.
#[derive(Clone, Debug)]
pub struct Slice {
    /// Safe to show.
    pub label: String,
    /// More than zero, or in [`Slices::zeros`] zero.
    pub value: Number,
    /// The share of the total, from 0 to 1.
    pub share: f64,
    /// The fill colour.
    pub color: Rgb,
}

/// All slices of a pie.
#[derive(Clone, Debug)]
pub struct Slices {
    /// Those of more than zero, clockwise from twelve o'clock.
    pub slices: Vec<Slice>,
    /// Zero values, in the order of the input.
    pub zeros: Vec<Slice>,
    /// The sum of all values.
    pub total: Number,
}

/// Why values make no pie.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PieError {
    /// A slice cannot be negative.
    #[error("'{0}' is negative")]
    Negative(String),
    /// The sum overflows.
    #[error("the values are too large to add up")]
    TooLarge,
    /// All values are zero.
    #[error("all values are zero")]
    AllZero,
    /// There are no values.
    #[error("there are no values")]
    Empty,
}

const ZERO: Number = Number::Decimal { units: 0, scale: 0 };

/// The sum of the values with one label.
struct LabelSum {
    label: String,
    value: Number,
    color: Rgb,
}

impl Slices {
    /// Makes slices of labelled values.
    ///
    /// # Errors
    /// See [`PieError`].
    pub fn new(
        values: impl IntoIterator<Item = (String, Number)>,
        arrangement: &Arrangement,
    ) -> Result<Slices, PieError> {
        let sums = sum_by_label(values, arrangement)?;
        if sums.is_empty() {
            return Err(PieError::Empty);
        }
        let mut total = Sum::default();
        sums.iter().for_each(|sum| total.add(sum.value));
        let total = total.finish().ok_or(PieError::TooLarge)?;
        if total.is_zero() {
            return Err(PieError::AllZero);
        }
        let slice = |LabelSum {
                         label,
                         value,
                         color,
                     }| Slice {
            share: value.to_f64() / total.to_f64(),
            label: sanitize(&label),
            value,
            color,
        };
        let (zeros, slices): (Vec<Slice>, Vec<Slice>) = sums
            .into_iter()
            .map(slice)
            .partition(|slice| slice.value.is_zero());
        let mut slices = arrangement.apply(slices)?;
        separate_colors(&mut slices, &arrangement.colors);
        Ok(Slices {
            slices,
            zeros,
            total,
        })
    }
}

/// Adds up the values of equal labels, in the order of their first ones.
fn sum_by_label(
    values: impl IntoIterator<Item = (String, Number)>,
    arrangement: &Arrangement,
) -> Result<Vec<LabelSum>, PieError> {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut sums: Vec<(String, Sum)> = Vec::new();
    for (label, value) in values {
        if value.numeric_cmp(ZERO).is_lt() {
            return Err(PieError::Negative(format!("{}: {value}", sanitize(&label))));
        }
        let place = *places.entry(label.clone()).or_insert(sums.len());
        if place == sums.len() {
            sums.push((label, Sum::default()));
        }
        sums[place].1.add(value);
    }
    let chosen = |label: &str| {
        arrangement
            .label_colors
            .iter()
            .rev()
            .find(|(name, _)| name == label)
    };
    sums.into_iter()
        .enumerate()
        .map(|(index, (label, sum))| {
            Ok(LabelSum {
                value: sum.finish().ok_or(PieError::TooLarge)?,
                color: chosen(&label)
                    .map_or(palette::color(&arrangement.colors, index), |(_, color)| {
                        *color
                    }),
                label,
            })
        })
        .collect()
}

impl Arrangement {
    /// Orders the slices and combines the small ones. A single small one stays as it is, since combining would gain nothing.
    fn apply(&self, slices: Vec<Slice>) -> Result<Vec<Slice>, PieError> {
        let mut largest: Vec<usize> = (0..slices.len()).collect();
        largest.sort_by(|a, b| {
            slices[*b]
                .value
                .numeric_cmp(slices[*a].value)
                .then(a.cmp(b))
        });
        let top = self.top.unwrap_or(usize::MAX);
        let mut is_small = vec![false; slices.len()];
        for (rank, index) in largest.iter().enumerate() {
            is_small[*index] = rank >= top || slices[*index].share < self.min_share;
        }
        let is_combined = is_small.iter().filter(|is_small| **is_small).count() > 1;
        let (mut kept, mut others) = (Vec::new(), Vec::new());
        for (slice, is_small) in slices.into_iter().zip(is_small) {
            // A slice that has the label of the combined one already becomes a part of it.
            if is_combined && (is_small || slice.label == self.other) {
                others.push(slice);
            } else {
                kept.push(slice);
            }
        }
        match self.sort {
            Sort::Input => {}
            Sort::Value => kept.sort_by(|a, b| b.value.numeric_cmp(a.value)),
            Sort::Label => kept.sort_by(|a, b| a.label.cmp(&b.label)),
        }
        if is_combined {
            let mut sum = Sum::default();
            others.iter().for_each(|slice| sum.add(slice.value));
            kept.push(Slice {
                label: sanitize(&self.other),
                value: sum.finish().ok_or(PieError::TooLarge)?,
                share: others.iter().map(|slice| slice.share).sum(),
                color: palette::OTHER,
            });
        }
        Ok(kept)
    }
}

/// Changes the colour of a slice that is equal to that of its neighbour; the last and the first are neighbours too.
fn separate_colors(slices: &mut [Slice], colors: &[Rgb]) {
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
mod tests;
