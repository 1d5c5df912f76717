//! Plain files: pieces of a fixed grid, taken from one cursor by whoever is free.

use std::cell::RefCell;
use std::sync::atomic::Ordering::Relaxed;

use super::Job;
use crate::io::source::Regular;
use crate::log::chunk::{OVERREAD, Owned, owned};
use crate::log::input::{Body, Input};
use crate::log::scan::{Bound, Rows, too_long};

thread_local! {
    /// The buffer of this worker: pieces are read into it one after the other.
    static BUFFER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Takes pieces of a file until there are none left.
pub(super) fn take_all(job: &Job<'_, '_>, input: &Input) {
    let Body::Pieces { file, grid, next } = &input.body else {
        return;
    };
    BUFFER.with_borrow_mut(|buffer| {
        while !job.is_stopping() {
            let number = next.fetch_add(1, Relaxed);
            if number >= grid.len() {
                break;
            }
            let piece = grid.piece(number);
            let mut rows = job.new_rows();
            let piece = Piece {
                job,
                input,
                bound: &input.bound,
                file,
                start: piece.start,
                length: usize::try_from(piece.end - piece.start).unwrap_or(0),
                begin: grid.begin,
                end: grid.end,
            };
            piece.scan(buffer, &mut rows);
            job.advanced(piece.length as u64);
            job.deliver(number, rows);
        }
    });
}

struct Piece<'a, 'p, 'd> {
    job: &'a Job<'p, 'd>,
    input: &'a Input,
    bound: &'a Bound,
    file: &'a Regular,
    start: u64,
    length: usize,
    begin: u64,
    end: u64,
}

impl Piece<'_, '_, '_> {
    fn scan(&self, buffer: &mut Vec<u8>, rows: &mut Rows) {
        if self.job.counts_newlines() {
            if self.read(self.start, self.length, buffer) {
                let is_last =
                    self.start + buffer.len() as u64 >= self.end || buffer.len() < self.length;
                self.job
                    .with_scanner(|scanner| scanner.count(buffer, is_last));
            }
            return;
        }
        let is_first = self.start == self.begin;
        let from = self.start - u64::from(!is_first);
        let mut wanted = self.length + usize::from(!is_first) + OVERREAD;
        loop {
            if !self.read(from, wanted, buffer) {
                return;
            }
            let is_short = buffer.len() < wanted;
            let is_end = is_short || from + buffer.len() as u64 >= self.end;
            match owned(buffer, is_first, self.length, is_end) {
                Owned::Nothing => return,
                Owned::Lines(mut lines) => {
                    if is_short && from + (buffer.len() as u64) < self.end {
                        // The file was cut while it was read: its last line may have lost its end.
                        let newline = memchr::memrchr(b'\n', &buffer[lines.clone()]);
                        lines.end = lines.start + newline.map_or(0, |newline| newline + 1);
                    }
                    let offset = from + lines.start as u64;
                    return self.job.with_scanner(|scanner| {
                        scanner.scan(self.bound, &buffer[lines], offset, rows)
                    });
                }
                Owned::Unfinished { lines, last }
                    if buffer.len() - last > self.job.options.max_line =>
                {
                    let offset = from + lines.start as u64;
                    return self.job.with_scanner(|scanner| {
                        scanner.scan(self.bound, &buffer[lines], offset, rows);
                        scanner.account.judged += 1;
                        scanner.account.bad(
                            self.bound.input,
                            from + last as u64,
                            &too_long(self.job.options.max_line),
                        );
                    });
                }
                Owned::Unfinished { .. } => wanted += wanted,
            }
        }
    }

    /// Reads bytes of the file; false if there was nothing to be had.
    fn read(&self, from: u64, length: usize, buffer: &mut Vec<u8>) -> bool {
        let length = usize::try_from(self.end - from)
            .unwrap_or(usize::MAX)
            .min(length);
        match self.file.read_at(from, length, buffer) {
            Ok(()) => {
                if buffer.len() < length {
                    self.job.shrank(self.input);
                }
                !buffer.is_empty()
            }
            Err(error) => {
                self.job
                    .observe
                    .missed(&format!("{}: {error}", self.input.name));
                false
            }
        }
    }
}
