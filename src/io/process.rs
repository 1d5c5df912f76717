//! Child processes: each leads a process group of its own and is waited for by descriptor, together with its pipes.
//!
//! jug's ends of the pipes never block; readers and writers wait with `wait`. A command gets the default signal handling, but
//! keeps what jug was told to ignore, and none of jug's descriptors: all of them are closed on exec.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use rustix::process::{
    Pid, PidfdFlags, WaitId, WaitIdOptions, kill_process_group, pidfd_open, waitid,
};

pub use super::signal_name::Signal;
use super::signals;
use super::wait::{Interest, Wakers, Woken, wait};

/// How long a process group may go on after it was asked to end.
const GRACE: Duration = Duration::from_secs(1);

/// The same once jug itself is to stop.
const SHORT_GRACE: Duration = Duration::from_millis(100);

/// Whether SIGPIPE was ignored when jug was started.
static IGNORES_PIPE: AtomicBool = AtomicBool::new(false);

// SAFETY: as for the constructor in `stdio`. It must run before Rust's start-up, which ignores SIGPIPE.
#[allow(unsafe_code)]
#[used]
#[unsafe(link_section = ".init_array")]
static CONSTRUCTOR: extern "C" fn() = record;

extern "C" fn record() {
    // SAFETY: sigaction only writes the present action to a local variable, for which all zeros is a valid value.
    #[allow(unsafe_code)]
    let action = unsafe {
        let mut action = std::mem::zeroed::<libc::sigaction>();
        libc::sigaction(libc::SIGPIPE, std::ptr::null(), &raw mut action);
        action
    };
    IGNORES_PIPE.store(action.sa_sigaction == libc::SIG_IGN, Relaxed);
}

/// A command that could not be started.
#[derive(Debug)]
pub struct SpawnError(io::Error);

impl SpawnError {
    /// The exit status, as of env(1): 127 if there is no such command, 126 if it cannot be executed, 125 if there are no
    /// resources to start it.
    pub fn status(&self) -> u8 {
        match self.0.raw_os_error() {
            Some(libc::ENOENT) => 127,
            Some(libc::EAGAIN | libc::ENOMEM | libc::EMFILE | libc::ENFILE) => 125,
            // Words that hold a NUL.
            None => 125,
            Some(_) => 126,
        }
    }

    /// Why.
    pub fn error(&self) -> &io::Error {
        &self.0
    }
}

/// What a command reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// `/dev/null`.
    Nothing,
    /// What jug reads itself. Not a terminal, from which only the process group in the foreground may read: `/dev/null` instead.
    Inherited,
    /// A pipe.
    Pipe,
}

/// A command that was started, with the pipes to it.
#[derive(Debug)]
pub struct Spawned {
    /// The command.
    pub process: Process,
    /// Its standard input, if it is a pipe.
    pub stdin: Option<Writer>,
    /// Its standard output.
    pub stdout: Reader,
}

/// Where the output of a command goes that jug does not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// Where jug's results go.
    Results,
    /// Where jug's messages go.
    Messages,
    /// To jug, by a pipe.
    Pipe,
}

/// Starts a command as [`spawn`] does, with `input` as its whole input; without, it reads `/dev/null`.
///
/// # Errors
/// If it cannot be started.
pub fn start(
    words: &[OsString],
    input: Option<&[u8]>,
    output: Output,
) -> Result<(Process, Option<Reader>), SpawnError> {
    let stdin = match input {
        Some(bytes) => in_memory(bytes).map_err(SpawnError)?.into(),
        None => Stdio::null(),
    };
    let stdout = match output {
        Output::Results => Stdio::inherit(),
        Output::Messages => io::stderr().into(),
        Output::Pipe => Stdio::piped(),
    };
    let (process, mut child_ends) = run(words, stdin, stdout)?;
    let reader = child_ends.1.take().map(|pipe| nonblocking(pipe.into()));
    let reader = reader.transpose().map_err(SpawnError)?;
    Ok((process, reader.map(Reader)))
}

/// A file in memory with these bytes, to be read from its beginning.
fn in_memory(bytes: &[u8]) -> io::Result<File> {
    use std::io::Seek as _;
    let descriptor = rustix::fs::memfd_create("input", rustix::fs::MemfdFlags::CLOEXEC)?;
    let mut file = File::from(descriptor);
    file.write_all(bytes)?;
    file.rewind()?;
    Ok(file)
}

/// Starts a command: its name, then its arguments. It is searched for in PATH; no shell is involved.
///
/// # Errors
/// If it cannot be started.
pub fn spawn(words: &[OsString], input: Input) -> Result<Spawned, SpawnError> {
    let input = match input {
        Input::Inherited if !rustix::termios::isatty(io::stdin()) => Stdio::inherit(),
        Input::Nothing | Input::Inherited => Stdio::null(),
        Input::Pipe => Stdio::piped(),
    };
    let (process, (stdin, stdout)) = run(words, input, Stdio::piped())?;
    let stdin = stdin.map(|pipe| nonblocking(pipe.into())).transpose();
    let stdout = stdout.ok_or_else(|| io::ErrorKind::BrokenPipe.into());
    let stdout = stdout.and_then(|pipe| nonblocking(pipe.into()));
    Ok(Spawned {
        process,
        stdin: stdin.map_err(SpawnError)?.map(Writer),
        stdout: stdout.map(Reader).map_err(SpawnError)?,
    })
}

type Pipes = (Option<ChildStdin>, Option<ChildStdout>);

fn run(words: &[OsString], input: Stdio, output: Stdio) -> Result<(Process, Pipes), SpawnError> {
    let (program, arguments) = words
        .split_first()
        .ok_or_else(|| SpawnError(io::ErrorKind::NotFound.into()))?;
    let mut command = Command::new(program);
    command
        .args(arguments)
        .stdin(input)
        .stdout(output)
        .process_group(0);
    if IGNORES_PIPE.load(Relaxed) {
        ignore_pipe(&mut command);
    }
    let mut child = command.spawn().map_err(SpawnError)?;
    let pipes = (child.stdin.take(), child.stdout.take());
    let group = Pid::from_child(&child);
    // Until it is waited for, its number belongs to no other process.
    let pidfd = pidfd_open(group, PidfdFlags::empty()).map_err(|error| {
        let _ = child.kill().and_then(|()| child.wait());
        SpawnError(error.into())
    });
    let process = Process {
        pidfd: pidfd?,
        group,
        child: Mutex::new(Some(child)),
    };
    Ok((process, pipes))
}

/// Keeps SIGPIPE ignored, which the standard library resets.
fn ignore_pipe(command: &mut Command) {
    let ignore = || {
        // SAFETY: signal(2) may be called between fork and exec (signal-safety(7)).
        #[allow(unsafe_code)]
        unsafe {
            libc::signal(libc::SIGPIPE, libc::SIG_IGN);
        }
        Ok(())
    };
    // SAFETY: the closure makes one system call, and takes neither locks nor memory.
    #[allow(unsafe_code)]
    unsafe {
        command.pre_exec(ignore);
    }
}

/// Makes jug's end of a pipe non-blocking. The other end has flags of its own.
fn nonblocking(descriptor: OwnedFd) -> io::Result<File> {
    fcntl_setfl(&descriptor, fcntl_getfl(&descriptor)? | OFlags::NONBLOCK)?;
    Ok(descriptor.into())
}

/// A command that was started. Its descriptor can be read once it has exited. Dropped, it ends its process group.
#[derive(Debug)]
pub struct Process {
    pidfd: OwnedFd,
    group: Pid,
    /// None once it has been waited for: then its number may belong to somebody else.
    child: Mutex<Option<Child>>,
}

impl Process {
    fn child(&self) -> MutexGuard<'_, Option<Child>> {
        self.child.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Its number.
    pub fn number(&self) -> i32 {
        self.group.as_raw_nonzero().get()
    }

    /// Whether it has exited.
    pub fn has_exited(&self) -> bool {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        // Waited for already: no such child.
        !matches!(waitid(WaitId::PidFd(self.pidfd.as_fd()), options), Ok(None))
    }

    /// Sends a signal to its process group, unless it has been waited for.
    pub fn signal(&self, signal: Signal) {
        if self.child().is_some() {
            // It fails if there is nobody left to get it.
            let _ = kill_process_group(self.group, signal.raw());
        }
    }

    /// Waits until it has exited, and returns its exit status: 128 + n after signal n. None if that is known already.
    ///
    /// # Errors
    /// Those of wait(2).
    pub fn status(&self) -> io::Result<Option<Ended>> {
        match self.child().take() {
            Some(mut child) => child.wait().map(|status| Some(Ended(status))),
            None => Ok(None),
        }
    }

    /// Ends the process group: a signal, then SIGKILL to what is left when the command has exited or has been waited for long
    /// enough. Returns the status if the command had not been waited for.
    pub fn end(&self, signal: Signal) -> Option<Ended> {
        self.signal(signal);
        // A stopped process gets the signal only once it continues.
        self.signal(Signal::CONT);
        self.wait_for_exit(GRACE);
        self.signal(Signal::KILL);
        // Not even SIGKILL ends a process that waits for a disk.
        self.wait_for_exit(GRACE)
            .then(|| self.status().ok().flatten())
            .flatten()
    }

    /// Waits for a while; whether it has exited.
    fn wait_for_exit(&self, grace: Duration) -> bool {
        let started = Instant::now();
        let mut is_stopping = signals::stopping();
        loop {
            let grace = if is_stopping { SHORT_GRACE } else { grace };
            let wakers = Wakers {
                stop_signals: !is_stopping,
                deadline: Some(started + grace),
                ..Wakers::default()
            };
            match wait(&mut [Interest::read(&self.pidfd)], &wakers) {
                Ok(Woken::Ready) => return true,
                Ok(Woken::StopSignal) => is_stopping = true,
                _ => return false,
            }
        }
    }
}

impl AsFd for Process {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.pidfd.as_fd()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.child().is_some() {
            self.end(Signal::KILL);
        }
    }
}

/// A process that jug did not start. Its descriptor can be read once it has exited.
#[derive(Debug)]
pub struct Other(OwnedFd);

impl Other {
    /// The process with this number.
    ///
    /// # Errors
    /// Those of pidfd_open(2): `ESRCH` if there is none.
    pub fn open(number: i32) -> io::Result<Other> {
        let pid = Pid::from_raw(number).ok_or(io::ErrorKind::InvalidInput)?;
        Ok(Other(pidfd_open(pid, PidfdFlags::empty())?))
    }
}

impl AsFd for Other {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended(ExitStatus);

impl Ended {
    /// The exit status as a shell sees it.
    pub fn code(self) -> u8 {
        let code = self.0.code();
        let code = code.or_else(|| self.0.signal().map(|signal| 128 + signal));
        code.and_then(|code| u8::try_from(code).ok())
            .unwrap_or(u8::MAX)
    }

    /// The signal that ended it, if one did.
    pub fn signal(self) -> Option<i32> {
        self.0.signal()
    }
}

/// The standard input of a command.
#[derive(Debug)]
pub struct Writer(File);

impl Writer {
    /// Writes all of it; false if the command takes no more: it has closed its input, or has exited.
    ///
    /// # Errors
    /// Those of write(2); `Interrupted` if a signal asks to stop.
    pub fn write_all(&mut self, mut bytes: &[u8], process: &Process) -> io::Result<bool> {
        while !bytes.is_empty() {
            match self.0.write(bytes) {
                Ok(written) => bytes = &bytes[written..],
                Err(error) => match error.kind() {
                    io::ErrorKind::Interrupted => {}
                    io::ErrorKind::BrokenPipe => return Ok(false),
                    io::ErrorKind::WouldBlock => {
                        if !self.wait_for_room(process)? {
                            return Ok(false);
                        }
                    }
                    _ => return Err(error),
                },
            }
        }
        Ok(true)
    }

    /// Waits until something can be written; false if the command has exited. Somebody else may hold its input open then.
    fn wait_for_room(&self, process: &Process) -> io::Result<bool> {
        let mut interests = [Interest::write(&self.0), Interest::read(process)];
        let wakers = Wakers {
            stop_signals: true,
            ..Wakers::default()
        };
        match wait(&mut interests, &wakers)? {
            Woken::StopSignal => Err(io::ErrorKind::Interrupted.into()),
            _ => Ok(!interests[1].is_ready),
        }
    }
}

/// The standard output of a command.
#[derive(Debug)]
pub struct Reader(File);

impl Reader {
    /// Reads what there is, at most as much as fits. No bytes are the end; none at all, if there is nothing yet.
    ///
    /// # Errors
    /// Those of read(2).
    pub fn read(&mut self, buf: &mut [u8]) -> io::Result<Option<usize>> {
        match self.0.read(buf) {
            Ok(read) => Ok(Some(read)),
            Err(error) => match error.kind() {
                io::ErrorKind::Interrupted | io::ErrorKind::WouldBlock => Ok(None),
                _ => Err(error),
            },
        }
    }

    /// How many bytes can be read at once.
    pub fn available(&self) -> usize {
        let available = rustix::io::ioctl_fionread(&self.0).unwrap_or(0);
        usize::try_from(available).unwrap_or(usize::MAX)
    }
}

impl AsFd for Reader {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

#[cfg(test)]
mod tests;
