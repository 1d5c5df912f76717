//! Tests of the attributes of an entry: size, times, owner, permissions.

use super::{Bits, Comparison, Nameless};
use crate::dirs::{FileType, Stat};
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
    /// Its owner has no name.
    Nameless(Nameless),
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
    Exactly(Bits),
    /// All of these: `-022`.
    All(Bits),
    /// Any of these; all entries if there are none: `/022`.
    Any(Bits),
}

impl Permissions {
    /// Reads `644`, `-022`, `/022`, or symbolic modes in their place.
    pub fn parse(text: &str) -> Option<Permissions> {
        match text.as_bytes().first()? {
            b'-' => Bits::parse(&text[1..]).map(Permissions::All),
            b'/' => Bits::parse(&text[1..]).map(Permissions::Any),
            _ => Bits::parse(text).map(Permissions::Exactly),
        }
    }

    fn holds(self, mode: u32, is_directory: bool) -> bool {
        match self {
            Permissions::Exactly(bits) => mode == bits.of(is_directory),
            Permissions::All(bits) => mode & bits.of(is_directory) == bits.of(is_directory),
            Permissions::Any(bits) => match bits.of(is_directory) {
                0 => true,
                bits => mode & bits != 0,
            },
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
            Test::Permissions(permissions) => {
                permissions.holds(stat.mode, stat.file_type == FileType::Directory)
            }
            Test::Nameless(nameless) => nameless.contains(stat.uid),
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
            assert_eq!(permissions.holds(mode, false), holds, "{text} {mode:o}");
        }
        for wrong in ["", "-", "/", "8", "+644", "u=rwg", "77777", "--1", "é"] {
            assert_eq!(Permissions::parse(wrong), None, "{wrong}");
        }
    }
}
