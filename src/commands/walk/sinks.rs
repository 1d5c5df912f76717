//! Where the records of a walk go.

use std::ops::ControlFlow;

use crate::commands::shared::rows::RowStream;
use crate::error::{Error, Result};
use crate::ui::Ui;
use crate::ui::results::Results;
use crate::walk::Output;
use crate::walk::cumulative::SumRow;

/// Takes records; an error ends the walk.
pub(super) trait Sink: Send {
    /// Writes some records; `ends` are the ends of each, if the walk gives them.
    fn put(&mut self, bytes: &[u8], ends: &[usize]) -> Result<()>;

    /// Hands on what has been written so far.
    fn flush(&mut self) -> Result<()>;
}

/// A sink as the engine sees it, and the error that ended the walk.
pub(super) struct Checked<'a> {
    sink: &'a mut dyn Sink,
    error: Option<Error>,
}

impl<'a> Checked<'a> {
    pub(super) fn new(sink: &'a mut dyn Sink) -> Checked<'a> {
        Checked { sink, error: None }
    }

    /// The error of the sink, if there was one.
    pub(super) fn result(self) -> Result<()> {
        self.error.map_or(Ok(()), Err)
    }

    fn check(&mut self, result: Result<()>) -> ControlFlow<()> {
        match result {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                self.error = Some(error);
                ControlFlow::Break(())
            }
        }
    }
}

impl Output for Checked<'_> {
    fn put(&mut self, bytes: &[u8], ends: &[usize]) -> ControlFlow<()> {
        let result = self.sink.put(bytes, ends);
        self.check(result)
    }

    fn flush(&mut self) -> ControlFlow<()> {
        let result = self.sink.flush();
        self.check(result)
    }
}

/// Text and JSON, written as they come. Templates and paths are escaped already if standard output is a terminal; `Results`
/// escapes JSON, and a terminal that is opened by name.
pub(super) struct Lines(pub(super) Results);

impl Sink for Lines {
    fn put(&mut self, bytes: &[u8], _: &[usize]) -> Result<()> {
        self.0.put(bytes)
    }

    fn flush(&mut self) -> Result<()> {
        self.0.flush()
    }
}

/// Rows in an output format.
pub(super) struct EncodedRows {
    pub(super) stream: RowStream,
    pub(super) out: Results,
}

impl Sink for EncodedRows {
    fn put(&mut self, bytes: &[u8], ends: &[usize]) -> Result<()> {
        self.stream.put(&mut self.out, bytes, ends)
    }

    fn flush(&mut self) -> Result<()> {
        self.out.flush()
    }
}

/// Records that go to a terminal, which may show a progress line: it is removed first, and comes back after they are written.
pub(super) struct BesideProgress<'a> {
    pub(super) sink: &'a mut dyn Sink,
    pub(super) ui: &'a Ui,
}

impl Sink for BesideProgress<'_> {
    fn put(&mut self, bytes: &[u8], ends: &[usize]) -> Result<()> {
        self.ui.clear_for(|| {
            self.sink.put(bytes, ends)?;
            self.sink.flush()
        })
    }

    fn flush(&mut self) -> Result<()> {
        self.sink.flush()
    }
}

/// The references that the recorders of a table write in place of rows.
pub(super) struct References(pub(super) Vec<u8>);

impl Sink for References {
    fn put(&mut self, bytes: &[u8], _: &[usize]) -> Result<()> {
        self.0.extend_from_slice(bytes);
        Ok(())
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}

/// Takes the sums of directories.
pub(super) struct Sums<'a>(pub(super) &'a mut (dyn FnMut(SumRow) -> Result<()> + Send));

impl Sink for Sums<'_> {
    fn put(&mut self, mut bytes: &[u8], _: &[usize]) -> Result<()> {
        while let Some(row) = SumRow::read(&mut bytes) {
            (self.0)(row)?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}

/// For records without bytes.
pub(super) struct Nowhere;

impl Sink for Nowhere {
    fn put(&mut self, _: &[u8], _: &[usize]) -> Result<()> {
        Ok(())
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}
