//! Inputs: a name from the command line becomes something to read.
//!
//! An input is either a [`Regular`] file, read at any offset and by many threads at once, or a [`Stream`], read once from its
//! beginning: pipes, devices, and whatever is compressed. What stands in an input is left to the readers of formats.

use std::ffi::OsString;
use std::fmt::{self, Write as _};
use std::fs::File;
use std::io::{self, Read as _};
use std::path::PathBuf;

use rustix::fs::{FileType, SeekFrom, Stat, fstat};
use rustix::io::Errno;

use super::buffer::Buffer;
pub use super::magic::{Compression, Unsupported};
use super::open::open_path;
use super::origin::Origin;
pub use super::regular::Regular;
pub use super::stream::{Received, Stream};
use super::wait::{self, Until};
use super::{magic, regular, stdio};

/// Which input was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum InputName {
    /// Descriptor 0, `-` on the command line.
    Stdin,
    /// A path, taken as it is.
    Path(PathBuf),
}

impl InputName {
    /// The input an argument names: `-` is standard input, everything else a path.
    pub fn from_arg(argument: OsString) -> InputName {
        if argument == "-" {
            InputName::Stdin
        } else {
            InputName::Path(argument.into())
        }
    }
}

/// For messages: a name may be anybody's, so control characters are escaped, and bytes that are not UTF-8 replaced.
impl fmt::Display for InputName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            InputName::Stdin => f.write_str("standard input"),
            InputName::Path(path) if path.as_os_str().is_empty() => f.write_str("''"),
            InputName::Path(path) => {
                for character in path.to_string_lossy().chars() {
                    if character.is_control() {
                        write!(f, "{}", character.escape_default())?;
                    } else {
                        f.write_char(character)?;
                    }
                }
                Ok(())
            }
        }
    }
}

/// An input that is open.
#[derive(Debug)]
pub enum Opened {
    /// A regular file that is not compressed; an empty one has its beginning at its end.
    Regular(Regular),
    /// Everything that is read once and in order: pipes, FIFOs, devices, and compressed files.
    Stream(Stream),
}

/// How an input is opened. By default it is decompressed and read from its first byte; standard input from where it stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OpenOptions {
    /// Whether the bytes are read as they are stored, compressed or not.
    pub is_raw: bool,
    /// The offset of the first byte to read, in a regular file. Beyond its end there are no bytes.
    pub offset: Option<u64>,
}

/// Opens an input. Unless it is opened raw, its first bytes show whether it is compressed.
///
/// Waits for the first bytes of a pipe, and for the writer of a FIFO, as long as `until` allows; a raw pipe is not waited for.
///
/// # Errors
/// Those of open(2) and read(2); "Is a directory"; `EBADF` if standard input was closed at the start; `ESPIPE` for an offset in
/// something that is not a regular file; `InvalidInput` for an offset in compressed data; an [`Unsupported`] inside the error for
/// a compression that jug does not read; `Interrupted` if the wait ended before there were any bytes.
pub fn open(name: &InputName, options: OpenOptions, until: &Until<'_>) -> io::Result<Opened> {
    let (file, status) = open_file(name)?;
    match FileType::from_raw_mode(status.st_mode) {
        FileType::Directory => return Err(Errno::ISDIR.into()),
        FileType::RegularFile => {}
        _ if options.offset.is_some() => return Err(Errno::SPIPE.into()),
        _ if options.is_raw => return Ok(Opened::Stream(Stream::raw(file))),
        _ => return Stream::from_pipe(file, until).map(Opened::Stream),
    }
    let start = match (name, options.offset) {
        (InputName::Stdin, None) => rustix::fs::seek(&file, SeekFrom::Current(0))?,
        _ => 0,
    };
    let begin = options.offset.unwrap_or(start);
    let size = u64::try_from(status.st_size).unwrap_or(0);
    let mut first = Buffer::new();
    regular::read_at(&file, start, magic::LONGEST, &mut first)?;
    let compression = match options.is_raw {
        true => None,
        false => magic::recognise(&first)?,
    };
    if compression.is_some() {
        if begin != start {
            let message = "compressed data can only be read from its beginning";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        let origin = match name {
            InputName::Stdin => Origin::of_descriptor(&file)?,
            InputName::Path(path) => Origin::of_path(path.clone(), &file)?,
        };
        let stream = Stream::from_file(file, Some(size.saturating_sub(begin)), compression);
        return Ok(Opened::Stream(stream.with_origin(origin)));
    }
    // Files of /proc report a size of zero, but have content.
    if status.st_size == 0 && begin == start && !first.is_empty() {
        return Ok(Opened::Stream(Stream::from_file(file, None, None)));
    }
    let path = match name {
        InputName::Stdin => None,
        InputName::Path(path) => Some(path.clone()),
    };
    Ok(Opened::Regular(Regular::new(file, path, begin, size)))
}

/// Reads all of an input as it is: for lists of names, pictures and the like, not for logs. Reading ends with the first byte
/// after `most`, so that nobody fills the memory.
///
/// # Errors
/// Those of opening and reading; `Interrupted` if a signal asks to stop or the reader of standard output goes.
pub fn read_whole(name: &InputName, most: usize) -> io::Result<Vec<u8>> {
    let (mut file, status) = open_file(name)?;
    if !FileType::from_raw_mode(status.st_mode).is_file() {
        return read_to_end(&mut Stream::raw(file), most);
    }
    let (mut bytes, mut buffer) = (Vec::new(), [0; 8 << 10]);
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(bytes),
            Ok(read) if bytes.len() + read > most => {
                bytes.extend_from_slice(&buffer[..most + 1 - bytes.len()]);
                return Ok(bytes);
            }
            Ok(read) => bytes.extend_from_slice(&buffer[..read]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Reads all of an input of data, decompressed: for those that are small by nature. Reading ends with the first byte after
/// `most`.
///
/// # Errors
/// As for [`open`] and for reading, damage to compressed data among them; `Interrupted` if a signal asks to stop or the reader
/// of standard output goes.
pub fn read_unpacked(name: &InputName, most: usize) -> io::Result<Vec<u8>> {
    let until = Until::stopped(&wait::is_stopping);
    match open(name, OpenOptions::default(), &until)? {
        Opened::Regular(regular) => {
            let mut bytes = Buffer::new();
            let length = usize::try_from(regular.end() - regular.begin()).unwrap_or(usize::MAX);
            let length = length.min(most.saturating_add(1));
            regular.read_at(regular.begin(), length, &mut bytes)?;
            Ok(bytes.to_vec())
        }
        Opened::Stream(mut stream) => read_to_end(&mut stream, most),
    }
}

/// Reads a stream to its end, or to the first byte after `most`.
fn read_to_end(stream: &mut Stream, most: usize) -> io::Result<Vec<u8>> {
    let (mut bytes, mut buffer) = (Vec::new(), Buffer::new());
    buffer.resize(64 << 10);
    while bytes.len() <= most {
        match stream.read_until(&mut buffer, &Until::stopped(&wait::is_stopping))? {
            Received::Bytes(read) => bytes.extend_from_slice(&buffer[..read]),
            Received::End => break,
            Received::Stopped | Received::Deadline => {
                return Err(io::ErrorKind::Interrupted.into());
            }
        }
    }
    bytes.truncate(most.saturating_add(1));
    Ok(bytes)
}

/// Opens an input for reading.
pub(super) fn open_file(name: &InputName) -> io::Result<(File, Stat)> {
    let InputName::Path(path) = name else {
        let file = File::from(stdio::take_stdin()?);
        let status = fstat(&file)?;
        return Ok((file, status));
    };
    open_path(path)
}

#[cfg(test)]
mod tests;
