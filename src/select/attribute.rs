//! Tests of the attributes of an entry: size, times, owner, permissions.

use super::Comparison;
use crate::dirs::Stat;
use crate::record::Timestamp;

/// A test of an attribute.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// Its length in bytes.
    Size(Comparison<u64>),
    /// The number of hard links.
    Links(Comparison<u64>),
    /// One of its times; a time that is not known fails every test.
    Time(Time, Comparison<Timestamp>),
    /// Its owner is one of these: a user ID, a group ID, or both.
    Owners(Vec<(Option<u32>, Option<u32>)>),
    /// Its permission bits.
    Permissions(Permissions),
}

/// A time of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Time {
    /// The last change of its contents.
    Modified,
    /// The last change of its attributes.
    Changed,
    /// The last access.
    Accessed,
    /// Its creation.
    Born,
}

/// Permission bits to test for, as with `-perm` of find(1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permissions {
    /// Exactly these: `644`.
    Exactly(u32),
    /// All of these: `-022`.
    All(u32),
    /// Any of these; all entries if there are none: `/022`.
    Any(u32),
}

impl Permissions {
    /// Reads `644`, `-022` or `/022`, in octal.
    pub fn parse(text: &str) -> Option<Permissions> {
        let bits = |digits: &str| {
            let is_octal = !digits.is_empty() && digits.bytes().all(|d| (b'0'..=b'7').contains(&d));
            let bits = u32::from_str_radix(digits, 8).ok().filter(|_| is_octal)?;
            (bits <= 0o7777).then_some(bits)
        };
        match text.as_bytes().first()? {
            b'-' => bits(&text[1..]).map(Permissions::All),
            b'/' => bits(&text[1..]).map(Permissions::Any),
            _ => bits(text).map(Permissions::Exactly),
        }
    }

    fn holds(self, mode: u32) -> bool {
        match self {
            Permissions::Exactly(bits) => mode == bits,
            Permissions::All(bits) => mode & bits == bits,
            Permissions::Any(bits) => bits == 0 || mode & bits != 0,
        }
    }
}

impl Test {
    /// Whether the attributes pass.
    pub fn holds(&self, stat: &Stat) -> bool {
        match self {
            Test::Size(comparison) => comparison.holds(&stat.size),
            Test::Links(comparison) => comparison.holds(&stat.nlink),
            Test::Time(time, comparison) => {
                let found = match time {
                    Time::Modified => stat.mtime,
                    Time::Changed => stat.ctime,
                    Time::Accessed => stat.atime,
                    Time::Born => stat.btime,
                };
                found.is_some_and(|found| comparison.holds(&found))
            }
            Test::Owners(owners) => owners.iter().any(|(uid, gid)| {
                uid.is_none_or(|uid| uid == stat.uid) && gid.is_none_or(|gid| gid == stat.gid)
            }),
            Test::Permissions(permissions) => permissions.holds(stat.mode),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permissions_are_tested_as_find_does() {
        // The results of find -perm on files with these modes.
        for (text, mode, holds) in [
            ("644", 0o644, true),
            ("0644", 0o644, true),
            ("644", 0o664, false),
            ("644", 0o4644, false),
            ("-022", 0o666, true),
            ("-022", 0o664, false),
            ("-000", 0o000, true),
            ("/022", 0o664, true),
            ("/022", 0o644, false),
            ("/000", 0o600, true),
            ("-4000", 0o4755, true),
            ("/6000", 0o2755, true),
        ] {
            let permissions = Permissions::parse(text).unwrap();
            assert_eq!(permissions.holds(mode), holds, "{text} {mode:o}");
        }
        for wrong in ["", "-", "/", "8", "+644", "u=rw", "77777", "--1", "é"] {
            assert_eq!(Permissions::parse(wrong), None, "{wrong}");
        }
    }
}
