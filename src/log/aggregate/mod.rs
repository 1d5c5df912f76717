//! Aggregates, one file each: what `count`, `sum(bytes)` or `p99(rt)` keep of the values they are given.
//!
//! An author writes a [`State`]: a value that adds, merges, encodes and finishes. The answer must be a function of the
//! *multiset* of added values alone; then threads, chunks, files and machines can be merged in any order. The laws that
//! hold an author to this run for every entry of [`AGGREGATES`].

mod avg;
mod column;
mod count;
mod extreme;
mod hyperloglog;
#[cfg(test)]
mod laws;
mod quantile;
mod sum;
mod uniq;

use crate::record::{Cell, Value};

pub use column::Column;

/// What an aggregate's name says beyond which one it is: for `p99.9`, the share 999/1000.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Quantile {
    /// How many of …
    pub numerator: u32,
    /// … how many.
    pub denominator: u32,
}

/// A value that an aggregate cannot take, such as text in a sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unfit;

/// Bytes that are no encoded state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("damaged aggregate state")]
pub struct Damaged;

/// What is kept for one group.
pub trait State: Clone + Default + Send + 'static {
    /// Adds a value; [`Value::Missing`] never comes here.
    ///
    /// # Errors
    /// When the value is not what the spec's [`Takes`] says; the state is then unchanged.
    fn add(&mut self, value: &Value<'_>) -> Result<(), Unfit>;

    /// Adds a value so many times.
    ///
    /// # Errors
    /// As [`State::add`].
    fn add_times(&mut self, value: &Value<'_>, times: u64) -> Result<(), Unfit> {
        (0..times).try_for_each(|_| self.add(value))
    }

    /// Adds all that `other` was given.
    fn merge(&mut self, other: Self);

    /// The answer. `quantile` is set where the name had one.
    fn finish(&self, quantile: Quantile) -> Cell;

    /// Appends the state as bytes, the same for equal states.
    fn encode(&self, out: &mut Vec<u8>);

    /// Reads what [`State::encode`] wrote, all of it.
    ///
    /// # Errors
    /// When the bytes are no state.
    fn decode(bytes: &[u8]) -> Result<Self, Damaged>;
}

/// What an aggregate is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Any value.
    Any,
    /// [`Value::Number`].
    Number,
    /// [`Value::Bool`]: a condition, or nothing but the row itself.
    Condition,
}

/// An aggregate: its name, its words and its state.
#[derive(Debug)]
pub struct Spec {
    /// The name in a query; `p` stands for p0 to p100.
    pub name: &'static str,
    /// The same for aggregates that keep the same state, so that it is kept once.
    pub family: &'static str,
    /// One line, imperative, no full stop.
    pub summary: &'static str,
    /// What it is given.
    pub takes: Takes,
    /// Whether its answer is a number whatever it was given.
    pub gives_number: bool,
    /// Whether its answer depends on which of two values is the greater.
    pub compares: bool,
    /// Calls with values and the answer, run by a test.
    pub examples: &'static [Example],
    /// Empty states for groups.
    pub column: fn() -> Box<dyn Column>,
}

/// A call that shows what an aggregate does.
#[derive(Debug)]
pub struct Example {
    /// The name, `p99` for the family `p`.
    pub name: &'static str,
    /// The values as a log writes them.
    pub values: &'static [&'static str],
    /// The answer.
    pub answer: &'static str,
}

/// All aggregates, by name.
pub static AGGREGATES: &[&Spec] = &[
    &avg::SPEC,
    &count::SPEC,
    &extreme::MAX,
    &quantile::MEDIAN,
    &extreme::MIN,
    &quantile::SPEC,
    &sum::SPEC,
    &uniq::SPEC,
];

impl Spec {
    /// Whether it makes no sense without an argument.
    pub fn needs_argument(&self) -> bool {
        self.takes != Takes::Condition
    }
}

/// The aggregate of this name, with the share that the name says.
pub fn find(name: &str) -> Option<(&'static Spec, Quantile)> {
    if let Some(quantile) = name.strip_prefix('p').and_then(percent) {
        return Some((&quantile::SPEC, quantile));
    }
    let spec = AGGREGATES
        .iter()
        .copied()
        .find(|spec| spec.name == name && spec.name != "p")?;
    let quantile = if spec.name == "median" {
        Quantile {
            numerator: 1,
            denominator: 2,
        }
    } else {
        Quantile::default()
    };
    Some((spec, quantile))
}

/// Names to write in a query, percentiles by examples.
pub fn names() -> impl Iterator<Item = &'static str> {
    AGGREGATES
        .iter()
        .flat_map(|spec| match spec.name {
            "p" => &["p50", "p90", "p95", "p99", "p99.9"][..],
            _ => std::slice::from_ref(&spec.name),
        })
        .copied()
}

/// `99.9` as 999/1000.
fn percent(text: &str) -> Option<Quantile> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty()
        || whole.len() > 3
        || fraction.len() > 4
        || !is_digits(whole)
        || !is_digits(fraction)
        || (text.contains('.') && fraction.is_empty())
    {
        return None;
    }
    let scale = 10_u32.pow(u32::try_from(fraction.len()).ok()?);
    let numerator = whole.parse::<u32>().ok()? * scale
        + if fraction.is_empty() {
            0
        } else {
            fraction.parse::<u32>().ok()?
        };
    (numerator <= 100 * scale).then_some(Quantile {
        numerator,
        denominator: 100 * scale,
    })
}

/// An exact answer.
fn exact(value: Value<'static>) -> Cell {
    Cell {
        value,
        approx: false,
    }
}
