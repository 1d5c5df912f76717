//! Kinds of file systems, as far as watching and mapping files depend on them.

use std::io;
use std::os::fd::AsFd;
use std::path::Path;

/// Where a file is, as statfs(2) tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileSystemKind {
    /// On this machine: the kernel sees every change.
    Local,
    /// Stacked on others (overlayfs): a file that is written for the first time becomes another, of which an earlier watch
    /// learns nothing.
    Overlay,
    /// Changed by others behind the kernel's back: network file systems, FUSE, folders shared with a virtual machine.
    Remote,
    /// Not known here: it may be any of these.
    Unknown,
}

use FileSystemKind::{Local, Overlay, Remote};

/// The `f_type` of statfs(2), from linux/magic.h and the sources of the file systems.
const KINDS: &[(u32, FileSystemKind)] = &[
    (0x6969, Remote),      // NFS
    (0x517b, Remote),      // SMB
    (0xff53_4d42, Remote), // CIFS
    (0xfe53_4d42, Remote), // SMB2
    (0x6573_5546, Remote), // FUSE
    (0x0102_1997, Remote), // 9P
    (0x5346_414f, Remote), // AFS (kernel)
    (0x6b41_4653, Remote), // AFS (module)
    (0x00c3_6400, Remote), // Ceph
    (0x7375_7245, Remote), // Coda
    (0x0bd0_0bd0, Remote), // Lustre
    (0x4750_4653, Remote), // GPFS
    (0x0116_1970, Remote), // GFS2
    (0x7461_636f, Remote), // OCFS2
    (0xaad7_aaea, Remote), // PanFS
    (0x786f_4256, Remote), // VirtualBox shared folders
    (0xbacb_acbc, Remote), // VMware shared folders
    (0x7c7c_6673, Remote), // Parallels shared folders
    (0x6175_6673, Remote), // aufs
    (0x794c_7630, Overlay),
    (0xef53, Local),      // ext2, ext3, ext4
    (0x5846_5342, Local), // XFS
    (0x9123_683e, Local), // Btrfs
    (0xca45_1a4e, Local), // bcachefs
    (0x2fc1_2fc1, Local), // ZFS
    (0xf2f5_2010, Local), // F2FS
    (0x3153_464a, Local), // JFS
    (0x5265_4973, Local), // ReiserFS
    (0x0102_1994, Local), // tmpfs
    (0x8584_58f6, Local), // ramfs
    (0x4d44, Local),      // FAT
    (0x2011_bab0, Local), // exFAT
    (0x5346_544e, Local), // NTFS
    (0x7366_746e, Local), // NTFS3
    (0x9660, Local),      // ISO 9660
    (0x7371_7368, Local), // SquashFS
    (0xe0f5_e1e2, Local), // EROFS
    (0x137d, Local),      // the first ext
];

fn kind_of(magic: u32) -> FileSystemKind {
    let known = KINDS.iter().find(|(known, _)| *known == magic);
    known.map_or(FileSystemKind::Unknown, |(_, kind)| *kind)
}

/// The kind of the file system that an open file is on.
///
/// # Errors
/// Those of fstatfs(2).
pub fn of_file(file: impl AsFd) -> io::Result<FileSystemKind> {
    // The type's width and sign differ between architectures; the magics have 32 bits.
    Ok(kind_of(rustix::fs::fstatfs(file)?.f_type as u32))
}

/// The kind of the file system that a path leads to.
///
/// # Errors
/// Those of statfs(2).
pub fn of_path(path: &Path) -> io::Result<FileSystemKind> {
    Ok(kind_of(rustix::fs::statfs(path)?.f_type as u32))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn magics_are_unique_and_known() {
        let magics: BTreeSet<u32> = KINDS.iter().map(|(magic, _)| *magic).collect();
        assert_eq!(magics.len(), KINDS.len());
        // The numbers of tmpfs, NFS and overlayfs in linux/magic.h.
        assert_eq!(kind_of(0x0102_1994), Local);
        assert_eq!(kind_of(0x6969), Remote);
        assert_eq!(kind_of(0x794c_7630), Overlay);
        assert_eq!(kind_of(0x9fa0), FileSystemKind::Unknown);
    }

    #[test]
    fn a_path_and_its_file_are_on_the_same_kind() {
        let file = tempfile::NamedTempFile::new().unwrap();
        assert_eq!(
            of_path(file.path()).unwrap(),
            of_file(file.as_file()).unwrap()
        );
        assert_eq!(
            of_path(Path::new("/proc")).unwrap(),
            FileSystemKind::Unknown
        );
        assert!(of_path(&file.path().join("below")).is_err());
    }
}
