//! The size of the terminal.

use std::env;
use std::io;
use std::os::fd::AsFd;

use super::Ui;

/// The width in columns if no terminal is there.
pub(super) const WIDTH: usize = 80;
/// The height in lines if no terminal is there.
const HEIGHT: usize = 24;

impl Ui {
    /// The width for results, in columns: the terminal's, otherwise `$COLUMNS`, otherwise 80.
    pub fn width(&self) -> usize {
        columns(&io::stdout())
            .or_else(Ui::width_asked)
            .unwrap_or(WIDTH)
    }

    /// The width in `$COLUMNS`, if there is one.
    fn width_asked() -> Option<usize> {
        let columns = env::var("COLUMNS").ok()?.trim().parse().ok()?;
        (columns > 0).then_some(columns)
    }

    /// The height of the terminal, in lines.
    pub fn height(&self) -> usize {
        let size = rustix::termios::tcgetwinsize(io::stdout()).ok();
        size.map_or(HEIGHT, |size| match size.ws_row {
            0 => HEIGHT,
            rows => usize::from(rows),
        })
    }
}

/// The width of the terminal behind a descriptor.
pub(super) fn columns(stream: &impl AsFd) -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(stream).ok()?;
    (size.ws_col > 0).then_some(usize::from(size.ws_col))
}
