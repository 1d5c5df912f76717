//! Hashes of short pieces all over a content, by which a copy of it is recognised that ends before the place of a mark.
//!
//! There are many near the end, and few far before it: a copy that a rotator made a moment ago lacks only what was written since.

use std::collections::BTreeSet;
use std::io;

use super::digest::{Digest, TAIL};
use super::files::Content;

/// Samples end at multiples of this many bytes.
const STEP: u64 = 8;

/// A sample that ends at a multiple of `N` is kept while it is less than this many times `N` before the end.
const DENSITY: u64 = 8;

/// How much of a content a comparison has confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Agreement {
    /// All samples, this many, are the same.
    Whole(usize),
    /// The content ends earlier; this many samples before its end are the same.
    EndsAfter(usize),
    /// A sample differs.
    No,
}

/// The samples of a content, by the offsets at which they end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Samples(Vec<(u64, u64)>);

impl Samples {
    /// The samples that end at these offsets and have these hashes; none if the offsets are not ascending.
    pub(super) fn from_pairs(pairs: Vec<(u64, u64)>) -> Option<Samples> {
        pairs
            .is_sorted_by(|one, other| one.0 < other.0)
            .then_some(Samples(pairs))
    }

    /// The offsets and hashes.
    pub(super) fn pairs(&self) -> &[(u64, u64)] {
        &self.0
    }

    /// Takes samples that end within the last `new` of some bytes, which begin at an offset. Before those there are as many
    /// bytes as a sample has, or all there are.
    pub fn extend(&mut self, begin: u64, bytes: &[u8], new: usize) {
        let end = begin + bytes.len() as u64;
        for at in ends(end - new as u64, end) {
            let window = at.min(TAIL as u64);
            if let Some(before) = (at - window).checked_sub(begin) {
                let before = before as usize;
                self.0
                    .push((at, hash(&bytes[before..before + window as usize])));
            }
        }
        self.0.retain(|(at, _)| is_kept(*at, end));
    }

    /// Forgets those that end after an offset.
    pub fn truncate(&mut self, offset: u64) {
        self.0.retain(|(at, _)| *at <= offset);
    }

    /// The samples of the first bytes of a content.
    ///
    /// # Errors
    /// Those of reading.
    pub fn of(content: &mut impl Content, length: u64) -> io::Result<Samples> {
        let mut samples = Samples::default();
        for at in ends(0, length) {
            match window(content, at)? {
                Some(found) => samples.0.push((at, found)),
                None => break,
            }
        }
        Ok(samples)
    }

    /// Compares those that end at `limit` or before with a content.
    ///
    /// # Errors
    /// Those of reading.
    pub(super) fn compare(&self, content: &mut impl Content, limit: u64) -> io::Result<Agreement> {
        let own = self.0.iter().filter(|(at, _)| *at <= limit);
        let mut count = 0;
        for (at, hash) in own {
            match window(content, *at)? {
                None => return Ok(Agreement::EndsAfter(count)),
                Some(found) if found != *hash => return Ok(Agreement::No),
                Some(_) => count += 1,
            }
        }
        Ok(Agreement::Whole(count))
    }
}

/// Where samples end, after an offset, in a content of this length.
fn ends(from: u64, length: u64) -> BTreeSet<u64> {
    let mut ends = BTreeSet::new();
    let mut step = STEP;
    while step <= length {
        let last = length / step * step;
        let near = (0..=DENSITY).map_while(|back| last.checked_sub(back * step));
        ends.extend(
            near.chain([step])
                .filter(|at| *at > from && is_kept(*at, length)),
        );
        step *= 2;
    }
    ends
}

/// Whether the sample that ends at `at` is kept in a content of this length.
fn is_kept(at: u64, length: u64) -> bool {
    let step = at & at.wrapping_neg();
    at.is_power_of_two() || length - at < DENSITY.saturating_mul(step)
}

/// The hash of the sample that ends at an offset; none if the content ends before.
fn window(content: &mut impl Content, at: u64) -> io::Result<Option<u64>> {
    let mut bytes = [0; TAIL];
    let bytes = &mut bytes[..at.min(TAIL as u64) as usize];
    let read = content.read_available(at - bytes.len() as u64, bytes)?;
    Ok((read == bytes.len()).then(|| hash(bytes)))
}

fn hash(bytes: &[u8]) -> u64 {
    let Digest(digest) = Digest::of(bytes);
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    u64::from_be_bytes(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::growing::Links;
    use crate::resume::files::Files as _;
    use crate::resume::testing::{Handle, Memory};
    use std::path::Path;

    fn content(bytes: &[u8]) -> Handle {
        let mut memory = Memory::new();
        let inode = memory.create("log");
        memory.append(&inode, bytes);
        memory.open(Path::new("log"), Links::Refused).unwrap()
    }

    fn text(lines: usize) -> Vec<u8> {
        (0..lines)
            .flat_map(|n| format!("{n} of the log\n").into_bytes())
            .collect()
    }

    /// As a reader takes them: block by block, each with some bytes before it.
    fn taken(bytes: &[u8], block: usize) -> Samples {
        let (mut samples, mut at) = (Samples::default(), 0);
        for new in bytes.chunks(block) {
            let begin = at - at.min(TAIL);
            samples.extend(begin as u64, &bytes[begin..at + new.len()], new.len());
            at += new.len();
        }
        samples
    }

    #[test]
    fn samples_do_not_depend_on_how_the_content_is_read() {
        let bytes = text(5000);
        for length in [0, 7, 8, 9, 63, 64, 65, 1000, 4096, bytes.len()] {
            let whole = Samples::of(&mut content(&bytes), length as u64).unwrap();
            for block in [1, 7, 64, 1000, 100_000] {
                assert_eq!(taken(&bytes[..length], block), whole, "{length} {block}");
            }
            assert!(whole.0.len() < 200, "{} for {length}", whole.0.len());
        }
    }

    #[test]
    fn a_content_that_ends_earlier_is_confirmed_almost_to_its_end() {
        let bytes = text(5000);
        let samples = taken(&bytes, 1000);
        for lacking in [1, 10, 100, 1000, 10_000] {
            let end = bytes.len() - lacking;
            let short = samples.compare(&mut content(&bytes[..end]), bytes.len() as u64);
            let short = short.unwrap();
            // The last sample may end before the last byte.
            let is_whole = lacking < 8 && short == Agreement::Whole(samples.0.len());
            assert!(
                is_whole || matches!(short, Agreement::EndsAfter(5..)),
                "{lacking}"
            );
            let mut other = bytes[..end].to_vec();
            let changed = bytes.len() - (3 * lacking).max(64);
            other[changed..].iter_mut().for_each(|byte| *byte ^= 1);
            let found = samples.compare(&mut content(&other), bytes.len() as u64);
            assert_eq!(found.unwrap(), Agreement::No, "{lacking}");
        }
        let same = samples
            .compare(&mut content(&bytes), bytes.len() as u64)
            .unwrap();
        assert_eq!(same, Agreement::Whole(samples.0.len()));
        assert_eq!(
            samples.compare(&mut content(b""), 100).unwrap(),
            Agreement::EndsAfter(0)
        );
    }

    #[test]
    fn samples_after_an_offset_are_forgotten() {
        let bytes = text(100);
        let mut samples = taken(&bytes, 50);
        samples.truncate(500);
        assert!(samples.0.iter().all(|(at, _)| *at <= 500) && samples.0.len() > 5);
        let rest = &bytes[500 - TAIL..];
        samples.extend(500 - TAIL as u64, rest, bytes.len() - 500);
        assert!(samples.0.is_sorted_by(|one, other| one.0 < other.0));
    }
}
