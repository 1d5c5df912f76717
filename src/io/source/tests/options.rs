//! Inputs that are opened raw or from an offset.

use super::*;

#[test]
fn a_raw_input_is_not_decompressed() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("packed.gz");
    let packed = gzip(b"text");
    fs::write(&path, &packed).unwrap();
    let raw = OpenOptions {
        is_raw: true,
        ..OpenOptions::default()
    };
    let Opened::Regular(regular) = open(&InputName::Path(path), raw, &FOREVER).unwrap() else {
        panic!("a stream");
    };
    let mut bytes = Buffer::new();
    regular.read_at(0, 1000, &mut bytes).unwrap();
    assert_eq!(&bytes[..], packed);
    // A pipe without a byte is not waited for.
    let fifo = directory.path().join("fifo");
    let made = Command::new("mkfifo").arg(&fifo).status();
    assert!(made.unwrap().success());
    let mut stream = stream(open(&InputName::Path(fifo.clone()), raw, &FOREVER).unwrap());
    let mut writer = File::options().write(true).open(&fifo).unwrap();
    writer.write_all(&packed).unwrap();
    drop(writer);
    assert_eq!(stream.rest(), packed);
}

#[test]
fn an_input_is_read_from_an_offset() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("input");
    let from = |path: &Path, offset| {
        let options = OpenOptions {
            offset: Some(offset),
            ..OpenOptions::default()
        };
        open(&InputName::Path(path.into()), options, &FOREVER)
    };
    let content = [&b"text "[..], &gzip(b"x")].concat();
    // The bytes at the offset look compressed, but those at the beginning decide.
    fs::write(&path, &content).unwrap();
    let size = content.len() as u64;
    for (offset, left) in [(0, size), (5, size - 5), (size, 0), (1000, 0)] {
        let Opened::Regular(regular) = from(&path, offset).unwrap() else {
            panic!("a stream");
        };
        assert_eq!(regular.begin(), offset);
        assert_eq!(regular.end() - regular.begin(), left, "{offset}");
    }
    fs::write(&path, gzip(b"text")).unwrap();
    assert_eq!(stream(from(&path, 0).unwrap()).rest(), b"text");
    let error = from(&path, 1).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
    let error = from(Path::new("/dev/null"), 0).unwrap_err();
    assert_eq!(error.raw_os_error(), Some(Errno::SPIPE.raw_os_error()));
}
