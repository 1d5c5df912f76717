//! Comparisons with a value: at least, more than, exactly.

use std::cmp::Ordering;

/// How something is compared.
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
    /// All signs, those that begin with another before it.
    const SIGNS: [(&'static str, Relation); 5] = [
        ("<=", Relation::AtMost),
        (">=", Relation::AtLeast),
        ("<", Relation::Less),
        (">", Relation::Greater),
        ("=", Relation::Equal),
    ];

    /// The relation that a text begins with, and the text after it.
    pub fn split(text: &str) -> Option<(Relation, &str)> {
        Relation::SIGNS
            .iter()
            .find_map(|(sign, relation)| Some((*relation, text.strip_prefix(sign)?)))
    }

    /// Whether it holds between what was found and a value, of which the first compares so to the second.
    pub fn holds(self, found: Ordering) -> bool {
        match self {
            Relation::Less => found.is_lt(),
            Relation::AtMost => found.is_le(),
            Relation::Equal => found.is_eq(),
            Relation::AtLeast => found.is_ge(),
            Relation::Greater => found.is_gt(),
        }
    }

    /// The relation of the negatives: `a < b` is `-a > -b`.
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
    /// How.
    pub relation: Relation,
    /// With what.
    pub value: T,
}

impl<T: Ord> Comparison<T> {
    /// Whether it holds for what was found.
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
