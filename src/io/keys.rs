//! Keys that are pressed on the terminal, one by one.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};

use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, Termios, isatty, tcgetattr, tcsetattr,
};

/// Standard input as a terminal whose keys come at once; as it was before, once this is dropped.
#[derive(Debug)]
pub struct Keys(Termios);

impl Keys {
    /// None if standard input is not a terminal.
    pub fn open() -> Option<Keys> {
        let stdin = rustix::stdio::stdin();
        if !isatty(stdin) {
            return None;
        }
        let before = tcgetattr(stdin).ok()?;
        let mut now = before.clone();
        now.local_modes
            .remove(LocalModes::ICANON | LocalModes::ECHO);
        now.special_codes[SpecialCodeIndex::VMIN] = 0;
        now.special_codes[SpecialCodeIndex::VTIME] = 0;
        tcsetattr(stdin, OptionalActions::Now, &now).ok()?;
        Some(Keys(before))
    }

    /// The keys that were pressed since the last call, without waiting; none if the terminal is gone.
    ///
    /// # Errors
    /// Those of read(2).
    pub fn read(&self) -> io::Result<Vec<u8>> {
        let mut keys = [0; 64];
        let count = rustix::io::read(rustix::stdio::stdin(), &mut keys)?;
        Ok(keys[..count].to_vec())
    }
}

impl AsFd for Keys {
    fn as_fd(&self) -> BorrowedFd<'_> {
        rustix::stdio::stdin()
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        let _ = tcsetattr(rustix::stdio::stdin(), OptionalActions::Now, &self.0);
    }
}
