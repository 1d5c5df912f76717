//! Names that rotators give: `app.log.1`, `app.log-20261127.gz`, `app-2026-11-27.log`, `app.1.log`.

use std::cmp::Ordering;

/// The age of a rotated file, by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Age {
    /// Numbered: larger is older.
    Number(u64),
    /// Dated: the numbers of the date, and a counter behind it if there is one. Smaller is older.
    Date(Vec<u64>),
    /// `.old`: a single one.
    Old,
}

/// Endings of compressed files, also of those that jug does not read.
const PACKED: [&[u8]; 8] = [
    b".gz", b".zst", b".xz", b".bz2", b".lz4", b".zip", b".lzma", b".Z",
];

/// The name without the ending of a compressed file, and whether it has one.
pub fn without_packing(name: &[u8]) -> (&[u8], bool) {
    for ending in PACKED {
        if let Some(bare) = name.strip_suffix(ending).filter(|bare| !bare.is_empty()) {
            return (bare, true);
        }
    }
    (name, false)
}

/// The age of the file `name` among the rotated files of `active`; none if it is not one of them.
pub(super) fn age(active: &[u8], name: &[u8]) -> Option<Age> {
    let (bare, is_packed) = without_packing(name);
    if bare == active {
        return is_packed.then_some(Age::Number(0));
    }
    let behind = bare.strip_prefix(active).and_then(age_of);
    behind.or_else(|| {
        let dot = memchr::memrchr(b'.', active).filter(|dot| *dot > 0)?;
        let (stem, ending) = active.split_at(dot);
        age_of(bare.strip_prefix(stem)?.strip_suffix(ending)?)
    })
}

/// The name without the date in it: `app.log` for `app-2026-11-27.log`.
pub(super) fn without_date(name: &[u8]) -> Option<Vec<u8>> {
    let is_part = |byte: &u8| byte.is_ascii_digit() || b".-_T:".contains(byte);
    let first = name.iter().position(u8::is_ascii_digit)?;
    let begin = first
        .checked_sub(1)
        .filter(|at| *at > 0 && b".-_".contains(&name[*at]))?;
    let length = name[begin..]
        .iter()
        .take_while(|byte| is_part(byte))
        .count();
    let mut end = begin + length;
    // The dot before the ending, as in `app-2026-11-27.log`.
    while !name[end - 1].is_ascii_digit() {
        end -= 1;
    }
    matches!(age_of(&name[begin..end]), Some(Age::Date(_)))
        .then(|| [&name[..begin], &name[end..]].concat())
}

/// The age that the part of a name tells which a rotator has added: `.1`, `-20261127`, `.2026-11-27.3`.
fn age_of(added: &[u8]) -> Option<Age> {
    if added == b".old" || added == b".prev" {
        return Some(Age::Old);
    }
    let (sign, rest) = added.split_first()?;
    if !b".-_".contains(sign) || !rest.iter().any(u8::is_ascii_digit) {
        return None;
    }
    if rest
        .iter()
        .any(|byte| !byte.is_ascii_digit() && !b".-_T:".contains(byte))
    {
        return None;
    }
    let groups = rest.split(|byte| !byte.is_ascii_digit());
    let groups: Option<Vec<u64>> = groups
        .filter(|group| !group.is_empty())
        .map(|group| std::str::from_utf8(group).ok()?.parse().ok())
        .collect();
    let groups = groups?;
    let digits = rest.iter().filter(|byte| byte.is_ascii_digit()).count();
    match (groups.as_slice(), digits) {
        ([number], 1..=5) if rest.len() == digits => Some(Age::Number(*number)),
        (_, 6..) => Some(Age::Date(groups)),
        _ => None,
    }
}

/// Orders rotated files, the oldest first, by their names if these are all of one kind.
pub(super) fn sort<T>(rotated: &mut [T], describe: impl Fn(&T) -> (&Age, i128)) {
    let kind = |age: &Age| match age {
        Age::Number(_) => 0,
        Age::Date(_) => 1,
        Age::Old => 2,
    };
    let first = rotated.first().map(|first| kind(describe(first).0));
    let is_uniform = rotated
        .iter()
        .all(|other| Some(kind(describe(other).0)) == first);
    rotated.sort_by(|one, other| {
        let ((one, one_time), (other, other_time)) = (describe(one), describe(other));
        let by_name = match (one, other) {
            (Age::Number(one), Age::Number(other)) => other.cmp(one),
            (Age::Date(one), Age::Date(other)) => one.cmp(other),
            _ => Ordering::Equal,
        };
        let by_time = one_time.cmp(&other_time);
        match is_uniform {
            true => by_name.then(by_time),
            false => by_time,
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(active: &str, name: &str) -> Option<Age> {
        age(active.as_bytes(), name.as_bytes())
    }

    #[test]
    fn names_of_rotators_are_recognised() {
        for (name, expected) in [
            ("app.log.1", Age::Number(1)),
            ("app.log.10.gz", Age::Number(10)),
            ("app.log.gz", Age::Number(0)),
            ("app.1.log", Age::Number(1)),
            ("app.1.log.zst", Age::Number(1)),
            ("app.log-20261127", Age::Date(vec![20_261_127])),
            ("app.log-20261127.xz", Age::Date(vec![20_261_127])),
            ("app.log-1795737600", Age::Date(vec![1_795_737_600])),
            ("app.log-20261127-15", Age::Date(vec![20_261_127, 15])),
            ("app-2026-11-27.log", Age::Date(vec![2026, 11, 27])),
            ("app-2026-11-27.log.gz", Age::Date(vec![2026, 11, 27])),
            ("app.log.2026-11-27.3", Age::Date(vec![2026, 11, 27, 3])),
            (
                "app.log.2026-11-27T15:04",
                Age::Date(vec![2026, 11, 27, 15, 4]),
            ),
            ("app.log.old", Age::Old),
        ] {
            assert_eq!(of("app.log", name), Some(expected), "{name}");
        }
        for name in [
            "app.log",
            "app.log.",
            "app.log.bak",
            "app.log.1x",
            "app.logs",
            "xapp.log.1",
            "app.log1",
            "app.log.1.tmp",
            "app.err.1",
            "app.log.99999999999999999999999",
            "app-error.log",
            ".gz",
            "apple.1.log",
        ] {
            assert_eq!(of("app.log", name), None, "{name}");
        }
        assert_eq!(of("log", "log.1"), Some(Age::Number(1)));
        assert_eq!(of(".log", ".log.2"), Some(Age::Number(2)));
    }

    #[test]
    fn dates_are_taken_out_of_names() {
        let without =
            |name: &str| without_date(name.as_bytes()).map(|name| String::from_utf8(name).unwrap());
        assert_eq!(without("app-2026-11-27.log").as_deref(), Some("app.log"));
        assert_eq!(without("app.log.20261127").as_deref(), Some("app.log"));
        assert_eq!(
            without("app.log-20261127.gz").as_deref(),
            Some("app.log.gz")
        );
        for name in [
            "app.log",
            "app.log.1",
            "20261127.log",
            "",
            "app-",
            "app.1x.log",
        ] {
            assert_eq!(without(name), None, "{name}");
        }
    }

    #[test]
    fn the_oldest_comes_first() {
        let sorted = |names: &[(&str, i128)]| -> Vec<String> {
            let mut all: Vec<(Age, i128, String)> = names
                .iter()
                .map(|(name, time)| (of("a", name).unwrap(), *time, (*name).to_owned()))
                .collect();
            sort(&mut all, |one| (&one.0, one.1));
            all.into_iter().map(|one| one.2).collect()
        };
        assert_eq!(
            sorted(&[("a.1", 0), ("a.10.gz", 9), ("a.2", 5)]),
            ["a.10.gz", "a.2", "a.1"]
        );
        assert_eq!(
            sorted(&[("a-20261128", 1), ("a-20261127", 2), ("a-20261127-1", 0)]),
            ["a-20261127", "a-20261127-1", "a-20261128"]
        );
        assert_eq!(
            sorted(&[("a.1", 3), ("a-20261128", 1), ("a.old", 2)]),
            ["a-20261128", "a.old", "a.1"]
        );
    }
}
