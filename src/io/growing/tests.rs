//! Files read at any offset, archives, links and holes.

use super::*;
use std::fs;
use std::io::Write as _;
use std::path::PathBuf;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn written(bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("log");
    fs::write(&path, bytes).unwrap();
    (directory, path)
}

#[test]
fn an_archive_is_read_at_any_offset_as_its_content() {
    let content: Vec<u8> = (0..700_000_u32).map(|at| (at % 251) as u8).collect();
    for stored in [content.clone(), gzip(&content)] {
        let is_archive = stored.len() < content.len();
        let (_directory, path) = written(&stored);
        let mut file = Growing::open(&path, Links::Refused).unwrap();
        assert_eq!(file.is_archive(), is_archive);
        for (offset, length) in [
            (0, 10),
            (699_990, 100),
            (5, 300_000),
            (262_100, 200),
            (700_000, 1),
        ] {
            let mut into = vec![0; length];
            let read = file.read_at(offset, &mut into).unwrap();
            let from = usize::try_from(offset).unwrap();
            let to = content.len().min(from + length);
            assert!(into[..read] == content[from..to], "{offset} {length}");
        }
    }
}

#[test]
fn damage_is_found_after_all_content_before_it() {
    let content: Vec<u8> = (0..400_000_u32)
        .flat_map(|at| (at ^ at << 7).to_le_bytes())
        .collect();
    let stored = gzip(&content);
    let (_directory, path) = written(&stored[..stored.len() / 2]);
    let mut file = Growing::open(&path, Links::Refused).unwrap();
    let (mut offset, mut into) = (0, vec![0; 100_000]);
    let error = loop {
        match file.read_at(offset, &mut into) {
            Ok(read) => {
                assert!(read > 0);
                let from = usize::try_from(offset).unwrap();
                assert!(into[..read] == content[from..from + read]);
                offset += read as u64;
            }
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    assert!(offset > 400_000, "{offset}");
    assert!(file.read_at(0, &mut into[..10]).is_ok());
}

#[test]
fn links_and_other_files_are_refused() {
    let (directory, path) = written(b"text\n");
    let link = directory.path().join("link");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    assert!(Growing::open(&link, Links::Followed).is_ok());
    let refused = Growing::open(&link, Links::Refused).unwrap_err();
    assert_eq!(Errno::from_io_error(&refused), Some(Errno::LOOP));
    assert_eq!(status(&link, Links::Refused).unwrap().kind, Kind::Link);
    assert_eq!(status(&link, Links::Followed).unwrap().kind, Kind::File);
    assert_eq!(read_link(&link).unwrap(), path);
    let refused = Growing::open(directory.path(), Links::Followed).unwrap_err();
    assert_eq!(refused.kind(), io::ErrorKind::InvalidInput);
    let fifo = directory.path().join("fifo");
    rustix::fs::mkfifoat(CWD, &fifo, Mode::RUSR).unwrap();
    assert!(Growing::open(&fifo, Links::Refused).is_err());
}

#[test]
fn holes_are_skipped_where_the_file_system_knows_them() {
    let (_directory, path) = written(b"");
    let file = File::options().write(true).open(&path).unwrap();
    file.write_all_at(b"x\n", 1 << 30).unwrap();
    let growing = Growing::open(&path, Links::Refused).unwrap();
    let data = growing.data_from(0).unwrap();
    assert!(
        data == 0 || (data <= 1 << 30 && data > (1 << 30) - (2 << 20)),
        "{data}"
    );
    assert_eq!(growing.data_from((1 << 30) + 1).unwrap(), (1 << 30) + 1);
    assert_eq!(growing.data_from((1 << 30) + 2).unwrap(), (1 << 30) + 2);
}

#[test]
fn a_status_tells_files_apart_and_sees_growth() {
    let (directory, path) = written(b"text\n");
    let first = status(&path, Links::Refused).unwrap();
    File::options()
        .append(true)
        .open(&path)
        .and_then(|mut file| file.write_all(b"more\n"))
        .unwrap();
    let grown = status(&path, Links::Refused).unwrap();
    assert!(grown.is_same_file(&first) && grown.size == 10 && first.size == 5);
    let other = directory.path().join("other");
    fs::write(&other, "text\n").unwrap();
    assert!(!status(&other, Links::Refused).unwrap().is_same_file(&first));
    let mut names = list(directory.path()).unwrap();
    names.sort();
    assert_eq!(names, [b"log".to_vec(), b"other".to_vec()]);
}
