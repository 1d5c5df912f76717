//! The mounted file systems and their kinds.

use crate::io::source::{InputName, read_whole};

use super::Stat;

/// The table of mounts; see proc_pid_mountinfo(5).
const TABLE: &str = "/proc/self/mountinfo";

/// The mounted file systems: mount ID, device, kind.
#[derive(Debug, Default)]
pub struct Mounts(Vec<Mount>);

#[derive(Debug, PartialEq, Eq)]
struct Mount {
    id: u64,
    dev: u64,
    kind: String,
}

impl Mounts {
    /// Reads the system's table; empty if /proc is not mounted.
    pub fn read() -> Mounts {
        let name = InputName::from_arg(TABLE.into());
        let table = read_whole(&name, usize::MAX).unwrap_or_default();
        Mounts(
            table
                .split(|byte| *byte == b'\n')
                .filter_map(mount)
                .collect(),
        )
    }

    /// The kind of the file system that an entry is on: `ext4`, `nfs4`, `proc`, `fuse.sshfs`.
    pub fn kind(&self, stat: &Stat) -> Option<&str> {
        let by_id = |id| self.0.iter().find(|mount| mount.id == id);
        let by_device = || self.0.iter().rev().find(|mount| mount.dev == stat.dev);
        let mount = stat.mount.and_then(by_id).or_else(by_device)?;
        Some(&mount.kind)
    }
}

/// Whether a word names a kind of file system: exactly, without its version, or without its subtype (`nfs` names `nfs4`, `fuse`
/// names `fuse.sshfs` and `fuseblk`).
pub fn is_meant(kind: &str, word: &str) -> bool {
    kind.strip_prefix(word).is_some_and(|rest| {
        rest.is_empty()
            || rest.starts_with('.')
            || rest == "blk"
            || rest.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// Reads a line such as `36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw`.
fn mount(line: &[u8]) -> Option<Mount> {
    let line = String::from_utf8_lossy(line);
    let (before, after) = line.split_once(" - ")?;
    let mut words = before.split(' ');
    let id = words.next()?.parse().ok()?;
    let (major, minor) = words.nth(1)?.split_once(':')?;
    Some(Mount {
        id,
        dev: rustix::fs::makedev(major.parse().ok()?, minor.parse().ok()?),
        kind: after.split(' ').next()?.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_mounts_is_parsed() {
        let line =
            b"36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue";
        let expected = Mount {
            id: 36,
            dev: rustix::fs::makedev(98, 0),
            kind: "ext3".to_owned(),
        };
        assert_eq!(mount(line), Some(expected));
        assert_eq!(mount(b""), None);
        assert_eq!(mount(b"36 35 98 /mnt1 - "), None);
    }

    #[test]
    fn words_name_kinds() {
        for (kind, word, meant) in [
            ("nfs4", "nfs", true),
            ("nfs", "nfs", true),
            ("fuse.sshfs", "fuse", true),
            ("fuseblk", "fuse", true),
            ("proc", "proc", true),
            ("ext4", "ext", true),
            ("nfsd", "nfs", false),
            ("tmpfs", "tmp", false),
        ] {
            assert_eq!(is_meant(kind, word), meant, "{kind} {word}");
        }
    }
}
