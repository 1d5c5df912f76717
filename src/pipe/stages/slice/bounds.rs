//! Which part of a stream is kept, counted from its beginning or its end.

/// Where the part begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::pipe::stages) enum Start {
    /// After the first N.
    After(u64),
    /// With the last N.
    Last(u64),
}

/// Where the part ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::pipe::stages) enum End {
    /// With the first N.
    First(u64),
    /// Before the last N.
    Before(u64),
}

/// A part of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::pipe::stages) struct Bounds {
    pub(in crate::pipe::stages) start: Start,
    pub(in crate::pipe::stages) end: End,
}

impl Bounds {
    /// The first N.
    pub(in crate::pipe::stages) fn first(count: u64) -> Bounds {
        Bounds {
            start: Start::After(0),
            end: End::First(count),
        }
    }

    /// All but the last N.
    pub(in crate::pipe::stages) fn without_last(count: u64) -> Bounds {
        Bounds {
            start: Start::After(0),
            end: End::Before(count),
        }
    }

    /// The last N.
    pub(in crate::pipe::stages) fn last(count: u64) -> Bounds {
        Bounds {
            start: Start::Last(count),
            end: End::Before(0),
        }
    }

    /// All but the first N.
    pub(in crate::pipe::stages) fn after(count: u64) -> Bounds {
        Bounds {
            start: Start::After(count),
            end: End::Before(0),
        }
    }

    /// Reads `FROM:TO`, `FROM:`, `:TO` or one number: from 1, both included; -1 is the last.
    ///
    /// # Errors
    /// A message that shows valid forms.
    pub(in crate::pipe::stages) fn parse(text: &str) -> Result<Bounds, String> {
        let wrong = || {
            format!("invalid range '{text}': expected a form such as 3:7, 3:, :7, 5, -10: or :-2")
        };
        let place = |part: &str| part.parse::<i64>().ok().filter(|&place| place != 0);
        let (from, to) = match text.split_once(':') {
            Some(("", "")) => (1, -1),
            Some((from, "")) => (place(from).ok_or_else(wrong)?, -1),
            Some(("", to)) => (1, place(to).ok_or_else(wrong)?),
            Some((from, to)) => (place(from).ok_or_else(wrong)?, place(to).ok_or_else(wrong)?),
            None => {
                let only = place(text).ok_or_else(wrong)?;
                (only, only)
            }
        };
        Ok(Bounds {
            start: match from {
                1.. => Start::After(from.unsigned_abs() - 1),
                _ => Start::Last(from.unsigned_abs()),
            },
            end: match to {
                1.. => End::First(to.unsigned_abs()),
                _ => End::Before(to.unsigned_abs() - 1),
            },
        })
    }

    /// How many have to be kept back, because it is not known yet whether they are wanted.
    pub(super) fn kept_back(&self) -> u64 {
        match (self.start, self.end) {
            (Start::Last(count), _) => count,
            (Start::After(_), End::Before(count)) => count,
            (Start::After(_), End::First(_)) => 0,
        }
    }

    /// Of `kept` that were kept back when the stream ends after `seen`: how many of the first are not wanted, and how many are
    /// wanted after them.
    pub(super) fn at_end(&self, kept: u64, seen: u64) -> (u64, u64) {
        let first = seen - kept;
        let start = match self.start {
            Start::After(count) => count,
            Start::Last(count) => seen.saturating_sub(count),
        };
        let end = match self.end {
            End::First(count) => count.min(seen),
            End::Before(count) => seen.saturating_sub(count),
        };
        let skipped = start.saturating_sub(first).min(kept);
        (
            skipped,
            end.saturating_sub(first + skipped).min(kept - skipped),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_count_from_one_or_from_the_end() {
        for (text, start, end) in [
            ("3:7", Start::After(2), End::First(7)),
            ("3:", Start::After(2), End::Before(0)),
            (":7", Start::After(0), End::First(7)),
            ("5", Start::After(4), End::First(5)),
            ("-1", Start::Last(1), End::Before(0)),
            ("-10:-3", Start::Last(10), End::Before(2)),
            ("2:-2", Start::After(1), End::Before(1)),
            (":", Start::After(0), End::Before(0)),
        ] {
            assert_eq!(Bounds::parse(text), Ok(Bounds { start, end }), "{text}");
        }
        for wrong in ["", "0", "0:3", "a", "1:2:3", "1-2", "--1", "1.5"] {
            assert!(Bounds::parse(wrong).is_err(), "{wrong}");
        }
    }
}
