//! Writes snapshots.

use std::io::{self, Write as _};

use zstd::stream::write::Encoder;

use super::{END, ENTRY, HEADER, Header, LONGEST, MAGIC, VERSION, record};
use crate::group::run::RunWriter;

/// The level of compression: faster than trees are walked.
const LEVEL: i32 = 1;

/// A snapshot that is being written. Its bytes are taken with [`Writer::take`].
pub struct Writer {
    run: RunWriter<Encoder<'static, Vec<u8>>>,
    key: Vec<u8>,
    entries: u64,
}

impl Writer {
    /// A snapshot without entries.
    ///
    /// # Errors
    /// Those of the compression.
    pub fn new(header: &Header) -> io::Result<Writer> {
        let mut encoder = Encoder::new(Vec::new(), LEVEL)?;
        encoder.include_checksum(true)?;
        writeln!(encoder, "{MAGIC}{VERSION}")?;
        let mut run = RunWriter::new(encoder);
        run.put(HEADER, header.encode().as_bytes())?;
        Ok(Writer {
            run,
            key: vec![ENTRY],
            entries: 0,
        })
    }

    /// Adds a record; keys ascend.
    ///
    /// # Errors
    /// Those of the compression; `InvalidData` for a path that is too long to be read again.
    pub fn put(&mut self, key: &[u8], value: &[u8]) -> io::Result<()> {
        if key.len() + value.len() > LONGEST / 2 {
            let message = "a path is too long for a snapshot";
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        self.key.truncate(1);
        self.key.extend_from_slice(key);
        self.entries += u64::from(value != [record::GAP]);
        self.run.put(&self.key, value)
    }

    /// What has been written since the last call.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(self.run.out_mut().get_mut())
    }

    /// Ends the snapshot. Gives the last bytes.
    ///
    /// # Errors
    /// Those of the compression.
    pub fn end(mut self, is_incomplete: bool) -> io::Result<Vec<u8>> {
        let mut end = vec![u8::from(is_incomplete)];
        end.extend_from_slice(&self.entries.to_le_bytes());
        self.run.put(END, &end)?;
        self.run.end()?.finish()
    }
}
