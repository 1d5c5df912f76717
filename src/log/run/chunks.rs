//! Plain files: workers take chunks of a fixed grid from one cursor.

use crate::io::buffer::Buffer;
use std::cell::RefCell;
use std::sync::atomic::Ordering::Relaxed;

use super::job::Job;
use crate::io::mapped::Mapped;
use crate::log::chunk::{CHUNK, ChunkLines, OVERREAD, lines_of_chunk};
use crate::log::input::{Body, Chunks, Input};
use crate::log::rows::Rows;

/// With at most [`FEW`] workers, this many mapped chunks are released at once, because each release interrupts all
/// processors. With more workers many chunks are in memory already, and each is released by itself.
const AT_ONCE: u64 = 4;
const FEW: u64 = 2;

/// A map is also released up to this many bytes before the current chunk, since read-ahead may have mapped pages there again.
const BEHIND: u64 = 8 * CHUNK as u64;

/// Files are read from offsets that are multiples of this: the page size of most machines.
const PAGE: u64 = 4096;

thread_local! {
    /// The buffer into which this worker reads its chunks.
    static BUFFER: RefCell<Buffer> = const { RefCell::new(Buffer::new()) };
}

/// Takes chunks of a file until there are none left.
pub(super) fn take_all(job: &Job<'_, '_>, input: &Input) {
    let Body::Chunks(chunks) = &input.body else {
        return;
    };
    BUFFER.with_borrow_mut(|buffer| {
        while !job.is_stopping() {
            let number = chunks.next.fetch_add(1, Relaxed);
            if number >= chunks.grid.len() {
                break;
            }
            let range = chunks.grid.chunk(number);
            let chunk = Chunk {
                job,
                input,
                chunks,
                start: range.start,
                length: usize::try_from(range.end - range.start).unwrap_or(0),
            };
            if let Some(mapped) = &chunks.mapped {
                mapped.prefetch(chunk.start, chunk.length + OVERREAD);
            }
            let ticket = job.ticket(number);
            let mut rows = job.new_rows();
            chunk.scan(buffer, &mut rows);
            if let Some(mapped) = &chunks.mapped {
                release(mapped, number, &chunk, job.shared.options.threads);
            }
            job.advanced(chunk.length as u64);
            if !chunks.is_whole() {
                // The whole input is read again without a map.
                break;
            }
            chunks.finish_one();
            job.deliver(ticket, rows);
        }
    });
}

/// Releases the pages of a scanned chunk, and all pages far before it: the kernel maps whole folios, which may reach into chunks
/// that have been released already. If another worker still reads there, faults bring its pages back.
fn release(mapped: &Mapped, number: u64, chunk: &Chunk<'_, '_, '_>, workers: usize) {
    let workers = workers as u64;
    let before = |distance: u64| {
        let end = chunk.start.saturating_sub(distance);
        mapped.release(0, usize::try_from(end).unwrap_or(usize::MAX));
    };
    if workers > FEW {
        before(BEHIND);
        mapped.release(chunk.start, chunk.length);
    } else if (number + 1).is_multiple_of(AT_ONCE) {
        before((workers + 1) * CHUNK as u64);
    }
}

struct Chunk<'a, 'j, 's> {
    job: &'a Job<'j, 's>,
    input: &'a Input,
    chunks: &'a Chunks,
    start: u64,
    length: usize,
}

impl Chunk<'_, '_, '_> {
    fn scan(&self, buffer: &mut Buffer, rows: &mut Rows) {
        let (job, bound, end) = (self.job, &self.input.bound, self.chunks.grid.end);
        if job.counts_newlines() {
            let bytes = self.read(self.start, self.length, buffer);
            let is_last = self.start + bytes.len() as u64 >= end || bytes.len() < self.length;
            return job
                .workers
                .with_scanner(|scanner| scanner.count(bytes, is_last));
        }
        let is_first = self.start == self.chunks.grid.begin;
        let from = self.start - u64::from(!is_first);
        let mut wanted = self.length + usize::from(!is_first) + OVERREAD;
        loop {
            let bytes = self.read(from, wanted, buffer);
            let is_short = bytes.len() < wanted;
            let is_end = is_short || from + bytes.len() as u64 >= end;
            match lines_of_chunk(bytes, is_first, self.length, is_end) {
                ChunkLines::Nothing => return,
                ChunkLines::Lines(mut lines) => {
                    if is_short && from + (bytes.len() as u64) < end {
                        // The file was truncated while it was read, so its last line may be incomplete.
                        let newline = memchr::memrchr(b'\n', &bytes[lines.clone()]);
                        lines.end = lines.start + newline.map_or(0, |newline| newline + 1);
                    }
                    let offset = from + lines.start as u64;
                    return job
                        .workers
                        .with_scanner(|scanner| scanner.scan(bound, &bytes[lines], offset, rows));
                }
                ChunkLines::Unfinished { lines, last }
                    if bytes.len() - last > job.shared.options.max_line =>
                {
                    let offset = from + lines.start as u64;
                    return job.workers.with_scanner(|scanner| {
                        scanner.scan(bound, &bytes[lines], offset, rows);
                        scanner.skip_long(bound, from + last as u64);
                    });
                }
                ChunkLines::Unfinished { .. } => wanted += wanted,
            }
        }
    }

    /// Bytes of the file, in the map or in the buffer; fewer than `length` if the file ends or was truncated.
    fn read<'b>(&'b self, from: u64, length: usize, buffer: &'b mut Buffer) -> &'b [u8] {
        let left = usize::try_from(self.chunks.grid.end - from).unwrap_or(usize::MAX);
        let length = length.min(left);
        if let Some(mapped) = &self.chunks.mapped {
            return mapped.window(from, length);
        }
        // From the beginning of a page to that of the buffer, since some processors copy slowly to other places.
        let before = usize::try_from(from % PAGE).unwrap_or(0);
        let (page, wanted) = (from - before as u64, before + length);
        match self.chunks.file.read_at(page, wanted, buffer) {
            Ok(()) if buffer.len() < wanted => {
                let shortened = "the file became shorter while it was read";
                self.job.report_unread(self.input, shortened);
            }
            Ok(()) => {}
            Err(error) => {
                self.job.report_unread(self.input, &error.to_string());
                buffer.clear();
            }
        }
        buffer.get(before..).unwrap_or_default()
    }
}
