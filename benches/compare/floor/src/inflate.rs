//! `floor inflate FILE.gz`: zlib-rs alone, to nowhere; one thread, as there is one stream.

use flate2::{Decompress, FlushDecompress, Status};
use std::io;

/// Bytes of a gzip header without name and comment; `pigz -n` and `gzip -n` write just these.
const HEADER: usize = 10;
/// CRC and length at the end.
const TRAILER: usize = 8;
/// Output buffer: the window and some more, small enough for the cache.
const BUFFER: usize = 256 << 10;

/// Inflates a gzip file of one member and returns how many bytes that gave. The CRC is not computed.
pub fn run(path: &str) -> io::Result<String> {
    // SAFETY: the benchmark's own data, which nothing changes while it runs.
    let bytes = unsafe { memmap2::Mmap::map(&std::fs::File::open(path)?)? };
    if bytes.len() < HEADER + TRAILER || bytes[..4] != [0x1f, 0x8b, 8, 0] {
        return Err(io::Error::other(format!(
            "{path}: not a gzip file without a name in it (gzip -n)"
        )));
    }
    let mut input = &bytes[HEADER..bytes.len() - TRAILER];
    let mut buffer = vec![0; BUFFER];
    let mut inflater = Decompress::new(false);
    loop {
        let before = inflater.total_in();
        match inflater
            .decompress(input, &mut buffer, FlushDecompress::None)
            .map_err(io::Error::other)?
        {
            Status::StreamEnd => return Ok(format!("bytes\n{}\n", inflater.total_out())),
            Status::BufError => return Err(io::Error::other(format!("{path}: ends too early"))),
            Status::Ok => input = &input[(inflater.total_in() - before) as usize..],
        }
    }
}
