//! The terminal as `indicatif` sees it.

use std::io;
use std::sync::{Mutex, PoisonError};

use indicatif::TermLike;

use crate::ui::output::Output;

/// The terminal for `indicatif`: movements are collected and written at once.
#[derive(Debug)]
pub(super) struct Screen {
    output: Output,
    pending: Mutex<String>,
    columns: fn() -> usize,
}

impl Screen {
    /// The terminal behind `output`, with this function for its width.
    pub(super) fn new(output: Output, columns: fn() -> usize) -> Screen {
        Screen {
            output,
            pending: Mutex::default(),
            columns,
        }
    }

    fn add(&self, text: &str) -> io::Result<()> {
        self.pending
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push_str(text);
        Ok(())
    }

    fn go(&self, cells: usize, direction: char) -> io::Result<()> {
        match cells {
            0 => Ok(()),
            _ => self.add(&format!("\x1b[{cells}{direction}")),
        }
    }
}

impl TermLike for Screen {
    fn width(&self) -> u16 {
        u16::try_from((self.columns)()).unwrap_or(u16::MAX)
    }

    fn move_cursor_up(&self, n: usize) -> io::Result<()> {
        self.go(n, 'A')
    }

    fn move_cursor_down(&self, n: usize) -> io::Result<()> {
        self.go(n, 'B')
    }

    fn move_cursor_right(&self, n: usize) -> io::Result<()> {
        self.go(n, 'C')
    }

    fn move_cursor_left(&self, n: usize) -> io::Result<()> {
        self.go(n, 'D')
    }

    fn write_line(&self, text: &str) -> io::Result<()> {
        self.add(text)?;
        self.add("\n")
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        self.add(text)
    }

    fn clear_line(&self) -> io::Result<()> {
        self.add("\r\x1b[2K")
    }

    fn flush(&self) -> io::Result<()> {
        let pending =
            std::mem::take(&mut *self.pending.lock().unwrap_or_else(PoisonError::into_inner));
        if !pending.is_empty() {
            self.output.put(&pending);
        }
        Ok(())
    }
}
