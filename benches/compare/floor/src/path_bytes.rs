//! `floor path-bytes FILE`: count, sum(bytes) by path, in an access log of combined format.
//!
//! What it knows: what [`crate::status`] does, and that a path ends at a blank or a question mark. Groups are in a table of
//! open addressing, at most half full with the 20 000 paths of the data; keys are copied once and compared in full.

use crate::find::{PADDING, each_line, equal, mask, next_two};
use crate::status::PREFIX;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::io;

/// Slots of a table, a power of two.
const SLOTS: usize = 1 << 16;
/// Lines that wait for their slot to come into the cache.
const BATCH: usize = 32;

#[derive(Clone, Default)]
struct Slot {
    hash: u64,
    count: u32,
    length: u32,
    key: usize,
    sum: u64,
}

/// A line that has been read and not been added up.
#[derive(Clone, Copy)]
struct Waiting {
    hash: u64,
    path: *const u8,
    length: usize,
    bytes: u64,
}

struct Table {
    slots: Vec<Slot>,
    keys: Vec<u8>,
    batch: [Waiting; BATCH],
    waiting: usize,
}

// SAFETY: the pointers in the batch are used only between two calls of `add` on the same thread.
unsafe impl Send for Table {}

/// A table of paths with their counts and sums, by path. `-` is no bytes.
pub fn run(path: &str) -> io::Result<String> {
    let new = || Table {
        slots: vec![Slot::default(); SLOTS],
        keys: vec![0; PADDING],
        batch: [Waiting {
            hash: 0,
            path: std::ptr::null(),
            length: 0,
            bytes: 0,
        }; BATCH],
        waiting: 0,
    };
    let parts = crate::input::segments(path, new, count)?;
    let mut merged = BTreeMap::<&[u8], (u64, u64)>::new();
    for part in &parts {
        for slot in part.slots.iter().filter(|slot| slot.count > 0) {
            let total = merged
                .entry(&part.keys[slot.key..][..slot.length as usize])
                .or_default();
            *total = (total.0 + u64::from(slot.count), total.1 + slot.sum);
        }
    }
    let mut table = "path\tcount\tsum_bytes\n".to_owned();
    for (path, (count, sum)) in merged {
        writeln!(table, "{}\t{count}\t{sum}", String::from_utf8_lossy(path))
            .map_err(io::Error::other)?;
    }
    Ok(table)
}

fn count(table: &mut Table, lines: &[u8]) {
    each_line(lines, |line, newline| {
        // SAFETY: where the line has no quotes, the searches end at those of the next line or of the padding.
        unsafe {
            let (quote, end) = next_two(line.add(PREFIX), b'"');
            if end > newline {
                return;
            }
            // The shortest method has three letters; no method has more than seven.
            let path = quote.add(3 + 1);
            let path = path.add(mask(path, b' ').trailing_zeros() as usize + 1);
            let mut path_end = path;
            let path_end = loop {
                let bits = mask(path_end, b' ') | mask(path_end, b'?');
                path_end = path_end.add(bits.trailing_zeros() as usize);
                if bits != 0 {
                    break path_end;
                }
            };
            let bytes = number(end.add(6));
            table.add(
                std::slice::from_raw_parts(path, path_end.offset_from_unsigned(path)),
                bytes,
            );
        }
    });
    table.flush();
}

impl Table {
    /// Remembers a line, and adds up when there are enough. Tables are larger than the inner caches, so memory is asked for
    /// slot and key of all lines of a batch before the first of them is needed.
    #[inline(always)]
    fn add(&mut self, path: &[u8], bytes: u64) {
        // SAFETY: a path has its line's start before it.
        let hash = unsafe { hash(path) };
        self.batch[self.waiting] = Waiting {
            hash,
            path: path.as_ptr(),
            length: path.len(),
            bytes,
        };
        prefetch(&self.slots[hash as usize >> 32 & (SLOTS - 1)]);
        self.waiting += 1;
        if self.waiting == BATCH {
            self.flush();
        }
    }

    /// Adds up what waits; its lines must still be in memory.
    fn flush(&mut self) {
        let batch = &self.batch[..self.waiting];
        for line in batch {
            let key = self.slots[line.hash as usize >> 32 & (SLOTS - 1)].key;
            prefetch(self.keys.as_ptr().wrapping_add(key));
        }
        for line in batch {
            // SAFETY: `count` flushes before it returns, so the lines are there.
            let path = unsafe { std::slice::from_raw_parts(line.path, line.length) };
            let mut at = line.hash as usize >> 32 & (SLOTS - 1);
            loop {
                let slot = &mut self.slots[at];
                if slot.count == 0 {
                    *slot = Slot {
                        hash: line.hash,
                        count: 0,
                        length: path.len() as u32,
                        key: self.keys.len() - PADDING,
                        sum: 0,
                    };
                    self.keys.truncate(self.keys.len() - PADDING);
                    self.keys.extend_from_slice(path);
                    self.keys.extend_from_slice(&[0; PADDING]);
                } else if slot.hash != line.hash
                    || slot.length as usize != path.len()
                    || !same(&self.keys[slot.key..], path)
                {
                    at = (at + 1) & (SLOTS - 1);
                    continue;
                }
                slot.count += 1;
                slot.sum += line.bytes;
                break;
            }
        }
        self.waiting = 0;
    }
}

/// Whether a key, with [`PADDING`] behind it, begins with the path, which has a line behind it.
#[inline(always)]
fn same(key: &[u8], path: &[u8]) -> bool {
    (0..path.len()).step_by(64).all(|at| {
        // SAFETY: what lies behind both of them.
        let different = unsafe { !equal(key.as_ptr().add(at), path.as_ptr().add(at)) };
        different << (64 - (path.len() - at).min(64)) == 0
    })
}

#[inline(always)]
fn prefetch<T>(at: *const T) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a prefetch reads nothing and cannot fault; SSE is in the baseline.
    unsafe {
        std::arch::x86_64::_mm_prefetch::<{ std::arch::x86_64::_MM_HINT_T0 }>(at.cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = at;
}

/// By the last sixteen bytes and the length, which tell nearly all paths of the data apart, without a loop.
///
/// # Safety
/// Sixteen bytes before the path's end must be readable: the line's start is there.
#[inline(always)]
unsafe fn hash(path: &[u8]) -> u64 {
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
    // SAFETY: the caller's.
    let tail = unsafe {
        path.as_ptr_range()
            .end
            .sub(16)
            .cast::<u128>()
            .read_unaligned()
    }
    .to_le();
    let tail = tail >> (8 * 16usize.saturating_sub(path.len()));
    let product = u128::from(tail as u64 ^ path.len() as u64) * u128::from(ODD);
    let product =
        u128::from((product >> 64) as u64 ^ product as u64 ^ (tail >> 64) as u64) * u128::from(ODD);
    product as u64 ^ (product >> 64) as u64
}

/// The decimal number of at most seven digits at `at`; none is zero. All digits at once, as in Mula's and Lemire's
/// "parsing eight digits": pairs, then fours, then eights.
///
/// # Safety
/// Eight bytes must be readable.
#[inline(always)]
pub unsafe fn number(at: *const u8) -> u64 {
    // SAFETY: the caller's.
    let text = unsafe { at.cast::<u64>().read_unaligned() }.to_le();
    // What ends a number, a blank or a dash, has no bit 4; digits have.
    let digits = (!text & 0x1010_1010_1010_1010).trailing_zeros() & !7;
    // In two steps: without digits it is 64 bits.
    let value = text << 8 << (56 - digits.min(56)) & 0x0f0f_0f0f_0f0f_0f0f;
    let value = if digits == 0 { 0 } else { value };
    let pairs = value.wrapping_mul(10 << 8 | 1) >> 8 & 0x00ff_00ff_00ff_00ff;
    let fours = pairs.wrapping_mul(100 << 16 | 1) >> 16 & 0x0000_ffff_0000_ffff;
    fours.wrapping_mul(10_000 << 32 | 1) >> 32
}
