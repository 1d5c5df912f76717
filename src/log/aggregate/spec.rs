//! What is known of an aggregate besides its state: names, arguments, capabilities.

use super::column::Column;
use super::state::Parameters;

/// What one argument of an aggregate is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Any value.
    Any,
    /// [`Value::Number`](crate::record::Value::Number).
    Number,
    /// [`Value::Bool`](crate::record::Value::Bool).
    Condition,
}

/// What the answer of an aggregate is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gives {
    /// A number, or nothing.
    Number,
    /// A value of the kind of its first argument.
    Argument,
    /// Text.
    Text,
}

/// Whether an aggregate goes by the time of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadsTime {
    /// It does not.
    No,
    /// Where rows have one.
    IfAny,
    /// All rows must have one.
    Always,
}

/// A state and its encoding, shared by all aggregates that are computed from it.
#[derive(Debug)]
pub struct Family {
    /// The name in messages and in `--explain`.
    pub name: &'static str,
    /// The number in encoded states. Never changed, never used again.
    pub id: u8,
    /// The version of the encoding, counted from 1.
    pub version: u8,
    /// The oldest version that can be read.
    pub oldest: u8,
    /// Whether the state looks at [`Row::time`](super::Row::time).
    pub time: ReadsTime,
    /// Empty states for groups.
    pub column: fn() -> Box<dyn Column>,
    /// Values that lead to each form the state can take, with the name of the form: what golden bytes are made of.
    pub forms: &'static [(&'static str, Sample)],
}

impl PartialEq for Family {
    fn eq(&self, other: &Family) -> bool {
        self.id == other.id
    }
}

/// Values for a test.
#[derive(Clone, Copy, Debug)]
pub enum Sample {
    /// These, as a log writes them.
    Values(&'static [&'static str]),
    /// The numbers from 1 to N.
    UpTo(u32),
}

/// Names with parameters in them.
#[derive(Debug)]
pub struct Pattern {
    /// All of them, for the manual: `p0 to p100`.
    pub label: &'static str,
    /// Some of them.
    pub examples: &'static [&'static str],
    /// The parameters in a name; none if it is not one of them.
    pub parse: fn(&str) -> Option<Parameters>,
}

/// An aggregate.
#[derive(Debug)]
pub struct Spec {
    /// The name in a query; for a pattern, what its names begin with.
    pub name: &'static str,
    /// Set if the name has parameters.
    pub pattern: Option<Pattern>,
    /// The parameters of a name without any.
    pub parameters: Parameters,
    /// The state: kept once for all aggregates of a family with the same arguments.
    pub family: &'static Family,
    /// One line, imperative, no full stop.
    pub summary: &'static str,
    /// Its arguments.
    pub takes: &'static [Takes],
    /// How many of the arguments must be there. With none, the name alone is a call.
    pub required: usize,
    /// From which argument on they are whole numbers that the query itself gives, and up to which.
    pub constants: Option<(usize, u32)>,
    /// What its answer is.
    pub gives: Gives,
    /// Whether the bare name in a query always means the aggregate. Otherwise a bare word is a field or a text to search for,
    /// also if it is close to the name: new names must not change queries that worked.
    pub is_reserved: bool,
    /// Whether its answer is an amount, so that a column named after it is one to draw. Values that are picked, such as a first
    /// one, are not: a column `first_name` is a name.
    pub is_amount: bool,
    /// Calls with values and the answer, run by a test.
    pub examples: &'static [Example],
}

/// A call that shows what an aggregate does.
#[derive(Debug)]
pub struct Example {
    /// The name, `p99` for the pattern `p`.
    pub name: &'static str,
    /// The values of the first argument as a log writes them.
    pub values: &'static [&'static str],
    /// The answer.
    pub answer: &'static str,
}

impl Spec {
    /// The usual: a reserved name without parameters, whose arguments must all be there and whose answer is a number. Name,
    /// summary and examples are still to be given.
    pub(super) const fn usual(takes: &'static [Takes], family: &'static Family) -> Spec {
        Spec {
            name: "",
            pattern: None,
            parameters: Parameters([0; 2]),
            family,
            summary: "",
            takes,
            required: takes.len(),
            constants: None,
            gives: Gives::Number,
            is_reserved: true,
            is_amount: true,
            examples: &[],
        }
    }

    /// Whether it makes no sense without an argument.
    pub fn needs_argument(&self) -> bool {
        self.required > 0
    }

    /// The parameters in a name of this aggregate; none if it is not one.
    pub fn parameters_of(&self, name: &str) -> Option<Parameters> {
        match &self.pattern {
            Some(pattern) => (pattern.parse)(name),
            None => (name == self.name).then_some(self.parameters),
        }
    }

    /// Names to write in a query.
    pub fn names(&'static self) -> impl Iterator<Item = &'static str> {
        match &self.pattern {
            Some(pattern) => pattern.examples,
            None => std::slice::from_ref(&self.name),
        }
        .iter()
        .copied()
    }

    /// The name for the manual.
    pub fn label(&self) -> &'static str {
        self.pattern
            .as_ref()
            .map_or(self.name, |pattern| pattern.label)
    }

    /// Whether a column of this name is an amount that it computed: the name, with the arguments behind it if it has any, or
    /// with the number that a repeated name gets.
    pub fn names_amount(&self, column: &str) -> bool {
        let (name, rest) = column.split_once('_').unwrap_or((column, ""));
        let is_number = rest.bytes().all(|byte| byte.is_ascii_digit());
        self.is_amount
            && self.parameters_of(name).is_some()
            && (is_number || !self.takes.is_empty())
    }
}
