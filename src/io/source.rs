//! Inputs: plain files that can be read anywhere, and streams that come one byte after the other.

use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::io::{self, Read, Seek};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::decode::{Decoder, GzipDecoder, ZstdDecoder};
use super::mapped::Mapped;
use super::stdio;

/// What an input is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InputName {
    /// Standard input.
    Stdin,
    /// A file, pipe or device.
    Path(PathBuf),
}

impl InputName {
    /// As the command line has it: `-` is standard input.
    pub fn from_arg(arg: OsString) -> InputName {
        if arg == "-" {
            InputName::Stdin
        } else {
            InputName::Path(arg.into())
        }
    }
}

impl fmt::Display for InputName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            InputName::Stdin => f.write_str("standard input"),
            InputName::Path(path) => write!(f, "{}", path.display()),
        }
    }
}

/// An open input.
pub enum Opened {
    /// A plain file, not compressed.
    Regular(Regular),
    /// A pipe, a device, or anything compressed.
    Stream(Stream),
}

/// How an input is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// RFC 1952.
    Gzip,
    /// RFC 8878.
    Zstd,
}

/// A compression that is known but not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind}-compressed, which is not read here")]
pub struct Unsupported {
    /// What it is: `xz`.
    pub kind: &'static str,
    /// The command that unpacks it to standard output.
    pub command: &'static str,
}

/// How many bytes tell a compression.
const MAGIC: usize = 6;
/// How often a waiting read looks whether it should stop.
const PATIENCE: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 100_000_000,
};

/// A file that nobody has written to for so long is not a log that is just being rotated.
const SETTLED: Duration = Duration::from_secs(600);
/// File systems that another machine may change under a map: NFS, SMB (three), FUSE, 9P, AFS, Ceph (statfs(2)).
const REMOTE: [u32; 8] = [
    0x6969,
    0x517b,
    0xff53_4d42,
    0xfe53_4d42,
    0x6573_5546,
    0x0102_1997,
    0x5346_414f,
    0x00c3_6400,
];

/// Opens an input and looks whether it is compressed, by its first bytes.
///
/// # Errors
/// If it cannot be opened, is a directory, or is compressed in a way that is not read here ([`Unsupported`]).
pub fn open(name: &InputName) -> io::Result<Opened> {
    let mut file = match name {
        InputName::Stdin => {
            stdio::ensure_open(0)?;
            File::from(io::stdin().as_fd().try_clone_to_owned()?)
        }
        InputName::Path(path) => File::open(path)?,
    };
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    let mut magic = [0; MAGIC];
    if !metadata.is_file() {
        let fd = OwnedFd::from(file);
        let mut raw = Raw {
            fd,
            given_back: Vec::new(),
            consumed: Arc::default(),
        };
        // A pipe may hand over a byte at a time.
        let mut length = 0;
        while length < MAGIC {
            match raw.read(&mut magic[length..])? {
                0 => break,
                read => length += read,
            }
        }
        raw.given_back = magic[..length].iter().rev().copied().collect();
        raw.consumed.store(0, Relaxed);
        return Stream::new(raw, compression(&magic[..length])?, None).map(Opened::Stream);
    }
    // Standard input may be a file of which somebody has read a part.
    let begin = file.stream_position()?;
    let length = read_fully_at(&file, &mut magic, begin)?;
    let end = metadata.len().max(begin);
    match compression(&magic[..length])? {
        None => Ok(Opened::Regular(Regular { file, begin, end })),
        some => {
            let raw = Raw {
                fd: file.into(),
                given_back: Vec::new(),
                consumed: Arc::default(),
            };
            Stream::new(raw, some, Some(end - begin)).map(Opened::Stream)
        }
    }
}

fn compression(magic: &[u8]) -> io::Result<Option<Compression>> {
    let unsupported = |kind, command| Err(io::Error::other(Unsupported { kind, command }));
    match magic {
        [0x1f, 0x8b, ..] => Ok(Some(Compression::Gzip)),
        [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => {
            Ok(Some(Compression::Zstd))
        }
        [0xfd, b'7', b'z', b'X', b'Z', 0] => unsupported("xz", "xz -dc"),
        [b'B', b'Z', b'h', b'1'..=b'9', 0x31 | 0x17, ..] => unsupported("bzip2", "bzip2 -dc"),
        [0x04, 0x22, 0x4d, 0x18, ..] => unsupported("lz4", "lz4 -dc"),
        [b'P', b'K', 3, 4, ..] => unsupported("zip", "unzip -p"),
        _ => Ok(None),
    }
}

/// A plain file.
pub struct Regular {
    file: File,
    begin: u64,
    end: u64,
}

impl Regular {
    /// The first byte to read.
    pub fn begin(&self) -> u64 {
        self.begin
    }

    /// The size when the file was opened.
    pub fn end(&self) -> u64 {
        self.end
    }

    /// Reads bytes from an offset on into a buffer, whose old bytes go; fewer only if the file ends.
    ///
    /// # Errors
    /// If reading fails.
    pub fn read_at(&self, offset: u64, length: usize, into: &mut Vec<u8>) -> io::Result<()> {
        // Only what the buffer has never held is cleared, so that a reused one costs nothing.
        into.resize(length, 0);
        let read = read_fully_at(&self.file, into, offset)?;
        into.truncate(read);
        Ok(())
    }

    /// The size now.
    ///
    /// # Errors
    /// If the file cannot be asked.
    pub fn size_now(&self) -> io::Result<u64> {
        Ok(self.file.metadata()?.len())
    }

    /// Whether it is safe to map: on a local file system, and not written to for ten minutes.
    pub fn is_settled(&self) -> bool {
        let is_old = || {
            let modified = self.file.metadata().ok()?.modified().ok()?;
            Some(modified.elapsed().ok()? >= SETTLED)
        };
        let is_local = || {
            rustix::fs::fstatfs(&self.file)
                .is_ok_and(|system| !REMOTE.contains(&(system.f_type as u32)))
        };
        is_old().unwrap_or(false) && is_local()
    }

    /// Maps the file into memory.
    ///
    /// # Errors
    /// If it cannot be mapped.
    pub fn map(&self) -> io::Result<Mapped> {
        Mapped::new(&self.file, self.end)
    }
}

fn read_fully_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read_at(&mut buffer[filled..], offset + filled as u64) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// Bytes that come one after the other, unpacked where they are compressed.
pub struct Stream {
    reader: Reader,
    compression: Option<Compression>,
    total: Option<u64>,
    consumed: Arc<AtomicU64>,
}

enum Reader {
    Plain(Raw),
    Packed(Box<Decoder<Raw>>),
}

impl Stream {
    fn new(raw: Raw, compression: Option<Compression>, total: Option<u64>) -> io::Result<Stream> {
        let consumed = Arc::clone(&raw.consumed);
        let reader = match compression {
            None => Reader::Plain(raw),
            Some(Compression::Gzip) => {
                Reader::Packed(Box::new(Decoder::Gzip(GzipDecoder::new(raw))))
            }
            Some(Compression::Zstd) => {
                Reader::Packed(Box::new(Decoder::Zstd(ZstdDecoder::new(raw)?)))
            }
        };
        Ok(Stream {
            reader,
            compression,
            total,
            consumed,
        })
    }

    /// How it is compressed.
    pub fn compression(&self) -> Option<Compression> {
        self.compression
    }

    /// Its size on disk, if it has one.
    pub fn total(&self) -> Option<u64> {
        self.total
    }

    /// Bytes read from disk or pipe so far.
    pub fn consumed(&self) -> u64 {
        self.consumed.load(Relaxed)
    }

    /// Reads some bytes as soon as there are any; 0 at the end, `None` if `stop` said so while there were none.
    ///
    /// # Errors
    /// If reading or unpacking fails; everything before the fault has been given out by then.
    pub fn read_or_stop(
        &mut self,
        buffer: &mut [u8],
        stop: &dyn Fn() -> bool,
    ) -> io::Result<Option<usize>> {
        loop {
            if stop() {
                return Ok(None);
            }
            let (raw, needs_input) = match &self.reader {
                Reader::Plain(raw) => (raw, true),
                Reader::Packed(decoder) => (decoder.source(), decoder.needs_input()),
            };
            // Files are always ready; a pipe is waited for a little at a time.
            if needs_input && self.total.is_none() && !raw.is_ready()? {
                continue;
            }
            let read = match &mut self.reader {
                Reader::Plain(raw) => raw.read(buffer),
                Reader::Packed(decoder) => decoder.read(buffer),
            };
            match read {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => return other.map(Some),
            }
        }
    }
}

/// The descriptor itself, with bytes that were read to see what they are.
pub(super) struct Raw {
    fd: OwnedFd,
    /// To be read first, last byte first.
    given_back: Vec<u8>,
    consumed: Arc<AtomicU64>,
}

impl Raw {
    /// Waits a little for bytes; true also at the end, which is to be read too.
    fn is_ready(&self) -> io::Result<bool> {
        if !self.given_back.is_empty() {
            return Ok(true);
        }
        match poll(&mut [PollFd::new(&self.fd, PollFlags::IN)], Some(&PATIENCE)) {
            Ok(ready) => Ok(ready > 0),
            Err(rustix::io::Errno::INTR) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

impl Read for Raw {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = if self.given_back.is_empty() {
            rustix::io::read(&self.fd, &mut *buffer)?
        } else {
            let length = self.given_back.len().min(buffer.len());
            for (place, byte) in buffer.iter_mut().zip(
                self.given_back
                    .drain(self.given_back.len() - length..)
                    .rev(),
            ) {
                *place = byte;
            }
            length
        };
        self.consumed.fetch_add(read as u64, Relaxed);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn read_all(mut stream: Stream) -> (Vec<u8>, Option<String>) {
        let (mut all, mut buffer) = (Vec::new(), [0; 7]);
        loop {
            match stream.read_or_stop(&mut buffer, &|| false) {
                Ok(Some(0) | None) => return (all, None),
                Ok(Some(read)) => all.extend_from_slice(&buffer[..read]),
                Err(error) => return (all, Some(error.to_string())),
            }
        }
    }

    fn file(bytes: &[u8]) -> (tempfile::NamedTempFile, InputName) {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        let name = InputName::Path(file.path().to_owned());
        (file, name)
    }

    #[test]
    fn plain_files_are_read_anywhere() {
        let (_file, name) = file(b"0123456789");
        let Opened::Regular(regular) = open(&name).unwrap() else {
            panic!("not plain");
        };
        let mut buffer = vec![9; 100];
        regular.read_at(7, 50, &mut buffer).unwrap();
        assert_eq!(
            (regular.begin(), regular.end(), buffer.as_slice()),
            (0, 10, &b"789"[..])
        );
    }

    #[test]
    fn pipes_give_back_what_was_looked_at() {
        let (reader, mut writer) = io::pipe().unwrap();
        let path = PathBuf::from(format!(
            "/proc/self/fd/{}",
            std::os::fd::AsRawFd::as_raw_fd(&reader)
        ));
        writer.write_all(b"hello there").unwrap();
        drop(writer);
        let Opened::Stream(stream) = open(&InputName::Path(path)).unwrap() else {
            panic!("not a stream");
        };
        assert_eq!(read_all(stream), (b"hello there".to_vec(), None));
    }

    #[test]
    fn a_read_that_should_stop_stops() {
        let (reader, _writer) = io::pipe().unwrap();
        let raw = Raw {
            fd: reader.into(),
            given_back: Vec::new(),
            consumed: Arc::default(),
        };
        let mut stream = Stream::new(raw, None, None).unwrap();
        let asked = std::cell::Cell::new(0);
        let stop = || asked.replace(asked.get() + 1) == 1;
        assert_eq!(stream.read_or_stop(&mut [0; 4], &stop).unwrap(), None);
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let failure = |name: &InputName| match open(name) {
            Ok(_) => panic!("opened"),
            Err(error) => error.to_string(),
        };
        let (_file, name) = file(b"\xfd7zXZ\0more");
        assert_eq!(failure(&name), "xz-compressed, which is not read here");
        assert!(failure(&InputName::Path("/".into())).contains("directory"));
        assert!(failure(&InputName::Path("/no/such/file".into())).contains("No such file"));
    }
}
