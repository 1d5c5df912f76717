//! Tests of what the system knows of an entry: its size, its times, its owner, its permissions.

use super::Comparison;
use crate::dirs::Stat;
use crate::record::Timestamp;

/// A test of attributes.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// Of its length in bytes.
    Size(Comparison<u64>),
    /// Of how many names it has.
    Links(Comparison<u64>),
    /// Of one of its times; one that is not known passes no test.
    Time(Time, Comparison<Timestamp>),
    /// Of whom it belongs to.
    Owner {
        /// This user, if one is asked for.
        uid: Option<u32>,
        /// This group, if one is asked for.
        gid: Option<u32>,
    },
    /// Of its permission bits.
    Permissions(Permissions),
}

/// Which time of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Time {
    /// When its contents last changed.
    Modified,
    /// When its attributes last changed.
    Changed,
    /// When it was last read.
    Accessed,
    /// When it was made.
    Born,
}

/// Permission bits that are asked for, as `-perm` of find(1) has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permissions {
    /// These and no others: `644`.
    Exactly(u32),
    /// All of these: `-022`.
    All(u32),
    /// Any of these, or whatever there is if none is named: `/022`.
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
    /// Whether it holds.
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
            Test::Owner { uid, gid } => {
                uid.is_none_or(|uid| uid == stat.uid) && gid.is_none_or(|gid| gid == stat.gid)
            }
            Test::Permissions(permissions) => permissions.holds(stat.mode),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permissions_are_tested_as_find_does() {
        // Found with find -perm on files of these modes.
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
