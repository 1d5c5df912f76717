//! Compares what is known of a log with the files that are there: what to read next, in which order, and what is lost.
//!
//! Contents are recognised by their bytes. Device, inode and birth time only say where to look first, and decide between files
//! whose bytes are equal. Whatever is not recognised is new and is read: a line may come twice, and then that is reported, but
//! none is left out in silence.

use std::io;

use super::candidates::{Candidate, candidates};
use super::files::Files;
use super::pieces::{Known, Place, Resolved};
use super::search::Search;
use crate::io::growing::Status;

/// How often a look is repeated while a rotator is moving files.
const ATTEMPTS: usize = 20;

/// Finds out what to read next. `open` are files that the caller holds open: they are recognised, but are no pieces, as the caller
/// reads them to their ends.
///
/// # Errors
/// Those of listing the directory, unless it does not exist; `WouldBlock` if files are still being renamed: try again.
pub fn resolve<F: Files>(
    files: &mut F,
    place: &Place,
    known: &Known,
    open: &[Status],
) -> io::Result<Resolved> {
    let mut before: Option<Vec<Candidate>> = None;
    for _ in 0..ATTEMPTS {
        let (candidates, mut losses) = candidates(files, place)?;
        let mut search = Search::new(&mut *files, place, known, open, &candidates);
        let mut resolved = search.run()?;
        let is_moving = search.has_moved || !resolved.losses.is_empty();
        // A loss may be no more than a listing that was made while files were renamed.
        let is_settled = before.is_some_and(|before| are_same_files(&before, &candidates));
        if !is_moving || (is_settled && !search.has_moved) {
            losses.append(&mut resolved.losses);
            resolved.losses = losses;
            return Ok(resolved);
        }
        before = Some(candidates);
        files.pause();
    }
    Err(io::ErrorKind::WouldBlock.into())
}

/// Whether two listings have the same files by the same names.
fn are_same_files(before: &[Candidate], now: &[Candidate]) -> bool {
    let is_same = |(one, other): (&Candidate, &Candidate)| {
        one.path == other.path && one.status.is_same_file(&other.status)
    };
    before.len() == now.len() && before.iter().zip(now).all(is_same)
}
