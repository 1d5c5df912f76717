//! Outputs: standard output, and files that are whole or not there at all.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::source::InputName;
use super::stdio;

/// How many bytes are gathered before they are written.
const BUFFER: usize = 64 << 10;

/// How a file is written.
#[derive(Clone, Copy, Debug, Default)]
pub struct FileOptions {
    /// Leave an equal file untouched.
    pub if_changed: bool,
}

/// An output. Only [`Sink::finish`] makes it complete: dropped without, a file is as it was before.
pub struct Sink {
    buffer: Vec<u8>,
    target: Target,
}

enum Target {
    /// Standard output, or a pipe or device by its path: written as it is.
    Direct(File),
    /// A file beside its place.
    Atomic {
        file: NamedTempFile,
        place: PathBuf,
        if_changed: bool,
    },
}

impl Sink {
    /// Standard output.
    ///
    /// # Errors
    /// If it was closed when the process began.
    pub fn stdout() -> io::Result<Sink> {
        stdio::ensure_open(1)?;
        let descriptor: OwnedFd = io::stdout().as_fd().try_clone_to_owned()?;
        Ok(Sink::new(Target::Direct(descriptor.into())))
    }

    /// A file. Links are followed; an existing file's mode is kept; pipes and devices are written as they are.
    ///
    /// # Errors
    /// If the file cannot be made.
    pub fn file(path: &Path, options: FileOptions) -> io::Result<Sink> {
        let place = fs::canonicalize(path).or_else(|error| match error.kind() {
            io::ErrorKind::NotFound => Ok(path.to_owned()),
            _ => Err(error),
        })?;
        let existing = match fs::metadata(&place) {
            Ok(metadata) => Some(metadata),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        if let Some(metadata) = &existing {
            let kind = metadata.file_type();
            if kind.is_dir() {
                return Err(io::ErrorKind::IsADirectory.into());
            }
            if kind.is_fifo() || kind.is_char_device() || kind.is_block_device() {
                return Ok(Sink::new(Target::Direct(
                    File::options().write(true).open(&place)?,
                )));
            }
        }
        let parent = place
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        // A new file gets the mode that any program would give it: all that the umask lets through.
        let mode = existing.map_or(0o666, |metadata| metadata.mode() & 0o7777);
        let file = tempfile::Builder::new()
            .prefix(".jug-")
            .permissions(fs::Permissions::from_mode(mode))
            .tempfile_in(parent)?;
        if place.exists() {
            file.as_file()
                .set_permissions(fs::Permissions::from_mode(mode))?;
        }
        Ok(Sink::new(Target::Atomic {
            file,
            place,
            if_changed: options.if_changed,
        }))
    }

    fn new(target: Target) -> Sink {
        Sink {
            buffer: Vec::with_capacity(BUFFER),
            target,
        }
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.target {
            Target::Direct(file) => file.write_all(bytes),
            Target::Atomic { file, .. } => file.as_file_mut().write_all(bytes),
        }
    }

    /// Writes what is left and puts a file into its place.
    ///
    /// # Errors
    /// If anything could not be written; a file is then as it was before.
    pub fn finish(mut self) -> io::Result<()> {
        self.flush()?;
        match self.target {
            Target::Direct(file) => close(file),
            Target::Atomic {
                file,
                place,
                if_changed,
            } => {
                if if_changed && is_equal(file.path(), &place) {
                    return Ok(());
                }
                file.persist(place)
                    .map_err(|error| error.error)
                    .and_then(close)
            }
        }
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.buffer.len() + bytes.len() > BUFFER {
            self.flush()?;
        }
        if bytes.len() >= BUFFER {
            self.put(bytes)?;
        } else {
            self.buffer.extend_from_slice(bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let mut buffer = std::mem::take(&mut self.buffer);
        let written = self.put(&buffer);
        buffer.clear();
        self.buffer = buffer;
        written
    }
}

/// Some file systems tell of a failed write only when the file is closed.
fn close(file: File) -> io::Result<()> {
    // A copy of the descriptor is closed too, but the error belongs to the first close that can see it.
    rustix::io::fcntl_getfd(&file)?;
    drop(file);
    Ok(())
}

fn is_equal(left: &Path, right: &Path) -> bool {
    let open = |path| File::open(path).ok();
    let (Some(left), Some(right)) = (open(left), open(right)) else {
        return false;
    };
    let length = |file: &File| file.metadata().map(|metadata| metadata.len()).ok();
    if length(&left) != length(&right) {
        return false;
    }
    let mut left = io::BufReader::with_capacity(BUFFER, left).bytes();
    let mut right = io::BufReader::with_capacity(BUFFER, right).bytes();
    loop {
        match (left.next(), right.next()) {
            (None, None) => return true,
            (Some(Ok(one)), Some(Ok(other))) if one == other => {}
            _ => return false,
        }
    }
}

/// Whether an input is the file that an output would replace.
pub fn is_same_file(input: &InputName, output: &Path) -> bool {
    let identity = |metadata: fs::Metadata| (metadata.is_file(), metadata.dev(), metadata.ino());
    let input = match input {
        InputName::Stdin => io::stdin()
            .as_fd()
            .try_clone_to_owned()
            .map(File::from)
            .and_then(|file| file.metadata()),
        InputName::Path(path) => fs::metadata(path),
    };
    match (input.map(identity), fs::metadata(output).map(identity)) {
        (Ok(input), Ok(output)) => input.0 && input == output,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(path: &Path, text: &str, options: FileOptions) -> io::Result<()> {
        let mut sink = Sink::file(path, options)?;
        sink.write_all(text.as_bytes())?;
        sink.finish()
    }

    fn names(dir: &Path) -> usize {
        fs::read_dir(dir).unwrap().count()
    }

    #[test]
    fn a_file_is_whole_or_as_it_was() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("out");
        write(&path, "first", FileOptions::default()).unwrap();
        let mut sink = Sink::file(&path, FileOptions::default()).unwrap();
        sink.write_all(&[b'x'; 3 * BUFFER]).unwrap();
        drop(sink);
        assert_eq!(
            (
                fs::read_to_string(&path).unwrap().as_str(),
                names(dir.path())
            ),
            ("first", 1)
        );
    }

    #[test]
    fn links_stay_links_and_modes_stay() {
        let dir = tempfile::tempdir().unwrap();
        let (path, link) = (dir.path().join("out"), dir.path().join("link"));
        write(&path, "first", FileOptions::default()).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink("out", &link).unwrap();
        write(&link, "second", FileOptions::default()).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&path).unwrap(), "second");
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o640);
    }

    #[test]
    fn an_equal_file_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("out");
        let inode = || fs::metadata(&path).unwrap().ino();
        write(&path, "same", FileOptions::default()).unwrap();
        let before = inode();
        write(&path, "same", FileOptions { if_changed: true }).unwrap();
        assert_eq!((inode(), names(dir.path())), (before, 1));
        write(&path, "diff", FileOptions { if_changed: true }).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "diff");
    }

    #[test]
    fn devices_are_written_as_they_are() {
        write(Path::new("/dev/null"), "gone", FileOptions::default()).unwrap();
        let full = write(Path::new("/dev/full"), "gone", FileOptions::default());
        assert_eq!(full.unwrap_err().kind(), io::ErrorKind::StorageFull);
    }

    #[test]
    fn the_same_file_is_known_by_any_name() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("out");
        fs::write(&path, "").unwrap();
        let twin = dir.path().join("twin");
        fs::hard_link(&path, &twin).unwrap();
        assert!(is_same_file(&InputName::Path(path.clone()), &twin));
        assert!(!is_same_file(
            &InputName::Path("/dev/null".into()),
            Path::new("/dev/null")
        ));
        assert!(!is_same_file(
            &InputName::Path(path),
            &dir.path().join("new")
        ));
    }
}
