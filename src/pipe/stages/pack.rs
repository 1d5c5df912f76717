//! What all compressing stages do, whichever encoder they use.
//!
//! When the input waits, what has come so far is written out in a form that can be decoded at once. The trailer comes only at
//! the end of the input, so a chain that was aborted leaves no file that looks whole.

use std::io::{self, Write};

use crate::error::Plain;
use crate::pipe::data::Data;
use crate::pipe::failure::Failure;
use crate::pipe::flow::{Flow, Out, give_bytes};
use crate::pipe::stage::ByteStage;

/// An encoder that collects what it makes.
pub(super) trait Encoder: Write + Send + Sized {
    /// What it has made so far.
    fn made(&mut self) -> &mut Vec<u8>;

    /// Writes the trailer, and returns what has been made.
    fn finish(self) -> io::Result<Vec<u8>>;
}

/// A stage that compresses.
pub(super) struct Pack<E> {
    make: Box<dyn Fn() -> io::Result<E> + Send>,
    encoder: Option<E>,
    /// Something was taken since the last flush.
    has_pending: bool,
}

fn failed(error: &io::Error) -> Failure {
    Failure::new(format!("cannot compress: {}", Plain(error)))
}

impl<E: Encoder> Pack<E> {
    /// A stage whose encoders are made by `make`, one for each input.
    pub(super) fn new(make: impl Fn() -> io::Result<E> + Send + 'static) -> Pack<E> {
        Pack {
            make: Box::new(make),
            encoder: None,
            has_pending: false,
        }
    }

    fn encoder(&mut self) -> io::Result<&mut E> {
        let encoder = match self.encoder.take() {
            Some(encoder) => encoder,
            None => (self.make)()?,
        };
        Ok(self.encoder.insert(encoder))
    }

    /// Hands on what has been encoded.
    fn give(&mut self, out: &mut dyn Out) -> Result<Flow, Failure> {
        match &mut self.encoder {
            Some(encoder) => give_bytes(encoder.made(), out),
            None => Ok(Flow::More),
        }
    }
}

impl<E: Encoder> ByteStage for Pack<E> {
    fn push(&mut self, bytes: &[u8], out: &mut dyn Out) -> Result<Flow, Failure> {
        let taken = self.encoder().and_then(|encoder| encoder.write_all(bytes));
        taken.map_err(|error| failed(&error))?;
        self.has_pending |= !bytes.is_empty();
        self.give(out)
    }

    fn end(&mut self, out: &mut dyn Out) -> Result<(), Failure> {
        self.has_pending = false;
        // Nothing at all is an empty member or frame.
        self.encoder().map_err(|error| failed(&error))?;
        let finished = self.encoder.take().map(Encoder::finish);
        let encoded = finished.transpose().map_err(|error| failed(&error))?;
        out.put(Data::Bytes(&encoded.unwrap_or_default()))
            .map(|_| ())
    }

    fn idle(&mut self, out: &mut dyn Out) -> Result<(), Failure> {
        if std::mem::take(&mut self.has_pending) {
            let flushed = self.encoder().and_then(Write::flush);
            flushed.map_err(|error| failed(&error))?;
            let _ = self.give(out)?;
        }
        Ok(())
    }
}
