//! Names of fields, and what can be wrong with one in a line.

use std::borrow::Cow;
use std::fmt;

/// A field as a query names it: `status`, `request.headers[0]`, `["odd name"]`, `$7`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FieldName {
    /// A path of at least one step.
    Path(Vec<Step>),
    /// awk's `$N`, counted from 1.
    Nth(usize),
    /// awk's `$NF`, and `$(NF-N)` that many before it.
    Last(usize),
}

/// One step of a path into nested JSON; other formats have paths of one key.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// `.key`
    Key(String),
    /// `[index]`, counted from 0.
    Index(usize),
}

impl FieldName {
    /// A path of one key.
    pub fn key(name: &str) -> FieldName {
        FieldName::Path(vec![Step::Key(name.to_owned())])
    }

    /// The field of this name inside; of a word by number there is none.
    pub fn member(&self, name: &str) -> Option<FieldName> {
        match self {
            FieldName::Path(steps) => {
                let mut steps = steps.clone();
                steps.push(Step::Key(name.to_owned()));
                Some(FieldName::Path(steps))
            }
            FieldName::Nth(_) | FieldName::Last(_) => None,
        }
    }

    /// The key of a path that is just one.
    pub fn as_key(&self) -> Option<&str> {
        match self {
            FieldName::Path(steps) => match steps.as_slice() {
                [Step::Key(key)] => Some(key),
                _ => None,
            },
            FieldName::Nth(_) | FieldName::Last(_) => None,
        }
    }
}

/// As in a query: `["odd name"]` unless it is a plain word.
impl fmt::Display for FieldName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FieldName::Nth(number) => write!(f, "${number}"),
            FieldName::Last(0) => f.write_str("$NF"),
            FieldName::Last(before) => write!(f, "$(NF-{before})"),
            FieldName::Path(steps) => {
                for (position, step) in steps.iter().enumerate() {
                    match step {
                        Step::Index(index) => write!(f, "[{index}]")?,
                        Step::Key(key) if !is_plain(key) => write!(f, "[{key:?}]")?,
                        Step::Key(key) if position == 0 => f.write_str(key)?,
                        Step::Key(key) => write!(f, ".{key}")?,
                    }
                }
                Ok(())
            }
        }
    }
}

/// Whether a key can be written without brackets and quotes.
fn is_plain(key: &str) -> bool {
    let mut chars = key.chars();
    chars
        .next()
        .is_some_and(|first| first.is_alphabetic() || first == '_' || first == '@')
        && chars.all(|rest| rest.is_alphanumeric() || rest == '_' || rest == '@')
}

/// What the query will do with a field, so that a reader can say at once that it could not be read as that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Want {
    /// The value as it is.
    Any,
    /// An instant ([`super::Value::Time`]), whatever the format calls times.
    Time,
    /// An instant, or nothing if the value is none.
    MaybeTime,
    /// The text as it is written, also where it is the time of the record.
    Written,
}

/// A field that a query needs, and as what.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Wanted {
    /// Which field.
    pub name: FieldName,
    /// As what.
    pub want: Want,
    /// Whether it is simply missing where a fixed schema does not have it.
    pub may_lack: bool,
}

impl Wanted {
    /// A field that must be there where the schema is fixed.
    pub fn new(name: FieldName, want: Want) -> Wanted {
        Wanted {
            name,
            want,
            may_lack: false,
        }
    }
}

/// A line in which a needed field could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bad {
    /// What was wrong, without the line: `no closing quote after the request`, `status is not a number`.
    pub reason: Cow<'static, str>,
}

impl Bad {
    /// A line that is bad for this reason.
    pub fn new(reason: impl Into<Cow<'static, str>>) -> Bad {
        Bad {
            reason: reason.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_shown_as_a_query_writes_them() {
        let path = FieldName::Path(vec![
            Step::Key("a".into()),
            Step::Index(0),
            Step::Key("odd name".into()),
            Step::Key("b".into()),
        ]);
        assert_eq!(path.to_string(), "a[0][\"odd name\"].b");
        assert_eq!(FieldName::Nth(7).to_string(), "$7");
        assert_eq!(FieldName::Last(0).to_string(), "$NF");
        assert_eq!(FieldName::Last(3).to_string(), "$(NF-3)");
        assert_eq!(FieldName::key("status").as_key(), Some("status"));
    }
}
