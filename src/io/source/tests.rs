//! Files, pipes and archives as inputs.

#[cfg(test)]
mod options;
mod waiting;

use super::*;
use flate2::write::GzEncoder;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crate::io::identity::Changed;
use crate::io::wait::Event;

/// Waits for as long as it takes.
const FOREVER: Until<'static> = Until {
    is_stopping: &|| false,
    event: None,
    deadline: None,
};

impl Stream {
    fn receive(&mut self, buf: &mut [u8]) -> usize {
        match self.read_until(buf, &FOREVER).unwrap() {
            Received::Bytes(read) => read,
            Received::End => 0,
            other => panic!("{other:?}"),
        }
    }

    fn rest(&mut self) -> Vec<u8> {
        let (mut all, mut buf) = (Vec::new(), [0; 1000]);
        loop {
            match self.receive(&mut buf) {
                0 => return all,
                read => all.extend_from_slice(&buf[..read]),
            }
        }
    }
}

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

fn open_file(path: &Path) -> io::Result<Opened> {
    open(
        &InputName::Path(path.into()),
        OpenOptions::default(),
        &FOREVER,
    )
}

fn stream(opened: Opened) -> Stream {
    match opened {
        Opened::Stream(stream) => stream,
        Opened::Regular(_) => panic!("regular"),
    }
}

/// A stream from a pipe, with what was written before it is opened, and the end to write more.
fn piped(first: &[u8]) -> (io::Result<Stream>, File) {
    let (reader, writer) = rustix::pipe::pipe().unwrap();
    let mut writer = File::from(writer);
    writer.write_all(first).unwrap();
    (Stream::from_pipe(File::from(reader), &FOREVER), writer)
}

#[test]
fn names() {
    assert_eq!(InputName::from_arg("-".into()), InputName::Stdin);
    assert_eq!(
        InputName::from_arg("./-".into()),
        InputName::Path("./-".into())
    );
    assert_eq!(InputName::Stdin.to_string(), "standard input");
    assert_eq!(
        InputName::Path("a\x1b[2J\nü".into()).to_string(),
        "a\\u{1b}[2J\\nü"
    );
}

#[test]
fn files_are_recognised_by_their_first_bytes() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a");
    for content in [&b"some lines\n"[..], b"", b"\x1f", b"B"] {
        fs::write(&path, content).unwrap();
        let Opened::Regular(regular) = open_file(&path).unwrap() else {
            panic!("{content:?}")
        };
        assert_eq!((regular.begin(), regular.end()), (0, content.len() as u64));
    }
    for (packed, compression) in [
        (gzip(b"plain"), Compression::Gzip),
        (
            zstd::encode_all(&b"plain"[..], 1).unwrap(),
            Compression::Zstd,
        ),
    ] {
        fs::write(&path, &packed).unwrap();
        let mut stream = stream(open_file(&path).unwrap());
        let consumed = stream.consumed();
        assert_eq!(
            (stream.compression(), stream.total()),
            (Some(compression), Some(packed.len() as u64))
        );
        assert_eq!(consumed.load(Ordering::Relaxed), 0);
        assert_eq!(stream.rest(), b"plain");
        assert_eq!(consumed.load(Ordering::Relaxed), packed.len() as u64);
    }
}

#[test]
fn what_cannot_be_read_says_why() {
    let directory = tempfile::tempdir().unwrap();
    let error = open_file(directory.path()).unwrap_err();
    assert!(error.to_string().contains("Is a directory"), "{error}");
    assert_eq!(
        open_file(&directory.path().join("none"))
            .unwrap_err()
            .kind(),
        io::ErrorKind::NotFound
    );
    let path = directory.path().join("a.xz");
    fs::write(&path, b"\xfd7zXZ\0\0\x04").unwrap();
    let error = open_file(&path).unwrap_err();
    let unsupported = error
        .get_ref()
        .unwrap()
        .downcast_ref::<Unsupported>()
        .unwrap();
    assert_eq!(unsupported.command, "xz -dc");
    assert!(piped(b"PK\x03\x04").0.is_err());
}

#[test]
fn a_file_that_only_says_it_is_empty_is_a_stream() {
    let content = stream(open_file(Path::new("/proc/self/status")).unwrap()).rest();
    assert!(content.starts_with(b"Name:"));
}

#[test]
fn a_fifo_is_a_stream() {
    let directory = tempfile::tempdir().unwrap();
    let fifo = directory.path().join("fifo");
    assert!(
        Command::new("mkfifo")
            .arg(&fifo)
            .status()
            .unwrap()
            .success()
    );
    let content = std::thread::scope(|scope| {
        scope.spawn(|| fs::write(&fifo, "through").unwrap());
        stream(open_file(&fifo).unwrap()).rest()
    });
    assert_eq!(content, b"through");
    // Nobody writes to it: the wait ends all the same.
    let name = InputName::Path(fifo.clone());
    let error = open(&name, OpenOptions::default(), &Until::stopped(&|| true)).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::Interrupted);
    let until = Until {
        deadline: Some(Instant::now()),
        ..FOREVER
    };
    let error = open(&name, OpenOptions::default(), &until).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::Interrupted);
}

/// Run again in a process of its own, by the test below; tells what standard input is.
#[test]
fn child_opens_stdin() {
    let Some(report) = std::env::var_os("JUG_TEST_STDIN_REPORT") else {
        return;
    };
    let found = match open(&InputName::Stdin, OpenOptions::default(), &FOREVER) {
        Ok(Opened::Regular(regular)) => format!("regular {} {}", regular.begin(), regular.end()),
        Ok(Opened::Stream(stream)) => {
            format!("stream {:?} {:?}", stream.compression(), stream.total())
        }
        Err(error) => format!("error {:?}", error.raw_os_error()),
    };
    fs::write(report, found).unwrap();
}

#[test]
fn standard_input_may_be_anything() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    fs::write(at("plain"), "123456789").unwrap();
    fs::write(at("packed"), gzip(b"123456789")).unwrap();
    let packed = fs::metadata(at("packed")).unwrap().len();
    let child = "\"$0\" --exact io::source::tests::child_opens_stdin";
    for (script, expected) in [
        (format!("{child} < plain"), "regular 0 9".to_owned()),
        (
            format!("{{ dd bs=4 count=1 of=/dev/null 2>/dev/null; {child}; }} < plain"),
            "regular 4 9".to_owned(),
        ),
        (
            format!("{child} < packed"),
            format!("stream Some(Gzip) Some({packed})"),
        ),
        (
            format!("cat packed | {child}"),
            "stream Some(Gzip) None".to_owned(),
        ),
        (
            format!("cat plain | {child}"),
            "stream None None".to_owned(),
        ),
        (
            format!("{child} <&-"),
            format!("error Some({})", libc::EBADF),
        ),
        (
            format!("{child} < ."),
            format!("error Some({})", libc::EISDIR),
        ),
    ] {
        Command::new("sh")
            .arg("-c")
            .arg(&script)
            .arg(std::env::current_exe().unwrap())
            .current_dir(directory.path())
            .env("JUG_TEST_STDIN_REPORT", at("report"))
            .stdout(Stdio::null())
            .status()
            .unwrap();
        assert_eq!(
            fs::read_to_string(at("report")).unwrap(),
            expected,
            "{script}"
        );
        fs::remove_file(at("report")).unwrap();
    }
}

#[test]
fn a_compressed_file_without_a_path_is_read_again_only_if_it_is_the_same() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("packed");
    let (prefix, packed) = (b"read by others", gzip(b"text"));
    let content = [&prefix[..], &packed].concat();
    let opened = |content: &[u8]| {
        fs::write(&path, content).unwrap();
        let mut file = File::open(&path).unwrap();
        file.read_exact(&mut [0; 14]).unwrap();
        let origin = Origin::of_descriptor(&file).unwrap();
        let total = Some(packed.len() as u64);
        Stream::from_file(file, total, Some(Compression::Gzip)).with_origin(origin)
    };
    let mut stream = opened(&content);
    assert_eq!(stream.rest(), b"text");
    assert!(stream.rewind());
    assert_eq!(stream.rest(), b"text");
    for (change, expected) in [
        (&content[..20], Changed::Shortened),
        (&[], Changed::Shortened),
        (&[&gzip(b"other"), &content[..]].concat(), Changed::Replaced),
    ] {
        let mut stream = opened(&content);
        assert!(stream.rewind());
        fs::write(&path, change).unwrap();
        let error = stream.read_until(&mut [0; 10], &FOREVER).unwrap_err();
        let found = error.get_ref().and_then(|inner| inner.downcast_ref());
        assert_eq!(found, Some(&expected));
    }
}
