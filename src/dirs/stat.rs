//! The attributes of an entry.

use rustix::fs as system;

use super::FileType;
use crate::record::Timestamp;

/// The attributes of an entry, as statx(2) or stat(2) gives them.
#[derive(Clone, Debug)]
pub struct Stat {
    /// Its type.
    pub file_type: FileType,
    /// Its length in bytes.
    pub size: u64,
    /// The space it takes on disk, in bytes.
    pub allocated: u64,
    /// Permission bits: `0o7777` at most.
    pub mode: u32,
    /// The number of hard links.
    pub nlink: u64,
    /// The owner's user ID.
    pub uid: u32,
    /// Its group ID.
    pub gid: u32,
    /// The device it is on, as makedev(3) numbers it.
    pub dev: u64,
    /// Its inode number.
    pub ino: u64,
    /// The ID of the mount that it was reached through (Linux 5.8). Better than `dev`, which differs inside one mount on some
    /// file systems.
    pub mount: Option<u64>,
    /// The last change of its contents.
    pub mtime: Option<Timestamp>,
    /// The last change of its attributes.
    pub ctime: Option<Timestamp>,
    /// The last access, as far as the file system records it.
    pub atime: Option<Timestamp>,
    /// Its creation, if the file system records it.
    pub btime: Option<Timestamp>,
}

/// The unit of `st_blocks` in bytes; see stat(2).
const BLOCK: u64 = 512;

impl Stat {
    /// Identifies the file among all that are mounted.
    pub fn id(&self) -> (u64, u64) {
        (self.dev, self.ino)
    }

    /// Identifies its file system.
    pub fn file_system(&self) -> u64 {
        self.mount.unwrap_or(self.dev)
    }
}

impl From<&system::Statx> for Stat {
    fn from(found: &system::Statx) -> Stat {
        let time = |time: &system::StatxTimestamp| Timestamp::new(time.tv_sec, time.tv_nsec, 9);
        let has = |flag: system::StatxFlags| found.stx_mask & flag.bits() != 0;
        let mode = u32::from(found.stx_mode);
        Stat {
            file_type: system::FileType::from_raw_mode(mode).into(),
            size: found.stx_size,
            allocated: found.stx_blocks.saturating_mul(BLOCK),
            mode: mode & 0o7777,
            nlink: u64::from(found.stx_nlink),
            uid: found.stx_uid,
            gid: found.stx_gid,
            dev: system::makedev(found.stx_dev_major, found.stx_dev_minor),
            ino: found.stx_ino,
            mount: has(system::StatxFlags::MNT_ID).then_some(found.stx_mnt_id),
            mtime: time(&found.stx_mtime),
            ctime: time(&found.stx_ctime),
            atime: time(&found.stx_atime),
            btime: has(system::StatxFlags::BTIME)
                .then(|| time(&found.stx_btime))
                .flatten(),
        }
    }
}

/// For the portable engine.
impl From<&std::fs::Metadata> for Stat {
    fn from(found: &std::fs::Metadata) -> Stat {
        use std::os::unix::fs::MetadataExt as _;
        let time = |seconds, nanos: i64| Timestamp::new(seconds, u32::try_from(nanos).ok()?, 9);
        let made = found.created().ok();
        let made = made.and_then(|made| made.duration_since(std::time::UNIX_EPOCH).ok());
        Stat {
            file_type: system::FileType::from_raw_mode(found.mode()).into(),
            size: found.size(),
            allocated: found.blocks().saturating_mul(BLOCK),
            mode: found.mode() & 0o7777,
            nlink: found.nlink(),
            uid: found.uid(),
            gid: found.gid(),
            dev: found.dev(),
            ino: found.ino(),
            mount: None,
            mtime: time(found.mtime(), found.mtime_nsec()),
            ctime: time(found.ctime(), found.ctime_nsec()),
            atime: time(found.atime(), found.atime_nsec()),
            btime: made.and_then(|made| {
                Timestamp::new(made.as_secs().try_into().ok()?, made.subsec_nanos(), 9)
            }),
        }
    }
}
