//! Standard error, for messages and the progress line. Each text is one write, so that lines of several processes do not
//! mix. Errors are ignored, because there is nowhere to report them.

use std::fmt;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

/// A handle to standard error, or in tests to a buffer.
#[derive(Clone)]
pub(super) struct Output(Arc<Mutex<dyn Write + Send>>);

impl Output {
    /// The process's standard error.
    pub(super) fn stderr() -> Output {
        Output::new(io::stderr())
    }

    /// Any other writer.
    pub(super) fn new(writer: impl Write + Send + 'static) -> Output {
        Output(Arc::new(Mutex::new(writer)))
    }

    /// Writes the text at once.
    pub(super) fn put(&self, text: &str) {
        let mut writer = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = writer.write_all(text.as_bytes());
        let _ = writer.flush();
    }
}

impl fmt::Debug for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Output")
    }
}

/// A writer that keeps each write apart, for tests.
#[cfg(test)]
#[derive(Clone, Default)]
pub(super) struct Writes(Arc<Mutex<Vec<String>>>);

#[cfg(test)]
impl Writes {
    /// What has been written since the last call, a string for each write.
    pub(super) fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().expect("no test panics while writing"))
    }
}

#[cfg(test)]
impl Write for Writes {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8(bytes.to_vec()).expect("messages are UTF-8");
        self.0
            .lock()
            .expect("no test panics while writing")
            .push(text);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
