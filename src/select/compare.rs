//! Comparisons with a value: at least, more than, exactly.

use std::cmp::Ordering;

/// A relation between two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `=`
    Equal,
    /// `>=`
    AtLeast,
    /// `>`
    Greater,
}

impl Relation {
    /// All signs; a sign comes before those that it starts with.
    const SIGNS: [(&'static str, Relation); 5] = [
        ("<=", Relation::AtMost),
        (">=", Relation::AtLeast),
        ("<", Relation::Less),
        (">", Relation::Greater),
        ("=", Relation::Equal),
    ];

    /// The relation at the start of a text, and the text after it.
    pub fn split(text: &str) -> Option<(Relation, &str)> {
        Relation::SIGNS
            .iter()
            .find_map(|(sign, relation)| Some((*relation, text.strip_prefix(sign)?)))
    }

    /// Whether it holds for two values that compare like this.
    pub fn holds(self, found: Ordering) -> bool {
        match self {
            Relation::Less => found.is_lt(),
            Relation::AtMost => found.is_le(),
            Relation::Equal => found.is_eq(),
            Relation::AtLeast => found.is_ge(),
            Relation::Greater => found.is_gt(),
        }
    }

    /// The relation between the negated values: `a < b` if `-a > -b`.
    pub fn of_negatives(self) -> Relation {
        match self {
            Relation::Less => Relation::Greater,
            Relation::AtMost => Relation::AtLeast,
            Relation::Equal => Relation::Equal,
            Relation::AtLeast => Relation::AtMost,
            Relation::Greater => Relation::Less,
        }
    }
}

/// A relation to a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comparison<T> {
    /// The relation.
    pub relation: Relation,
    /// The value on its right.
    pub value: T,
}

impl<T: Ord> Comparison<T> {
    /// Whether it holds for a value on its left.
    pub fn holds(&self, found: &T) -> bool {
        self.relation.holds(found.cmp(&self.value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_mean_relations() {
        for (text, below, same, above) in [
            ("<5", true, false, false),
            ("<=5", true, true, false),
            ("=5", false, true, false),
            (">=5", false, true, true),
            (">5", false, false, true),
        ] {
            let (relation, rest) = Relation::split(text).unwrap();
            assert_eq!(rest, "5");
            let comparison = Comparison { relation, value: 5 };
            assert_eq!(
                (
                    comparison.holds(&4),
                    comparison.holds(&5),
                    comparison.holds(&6)
                ),
                (below, same, above),
                "{text}"
            );
            let negative = Comparison {
                relation: relation.of_negatives(),
                value: -5,
            };
            assert_eq!((negative.holds(&-4), negative.holds(&-6)), (below, above));
        }
        assert_eq!(Relation::split("5"), None);
        assert_eq!(Relation::split("=<5"), Some((Relation::Equal, "<5")));
    }
}
