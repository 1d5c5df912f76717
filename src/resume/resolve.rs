//! Compares what is known of a log with the files that are there: what to read next, in which order, and what is lost.
//!
//! Contents are recognised by their bytes. Device, inode and birth time only say where to look first, and decide between files
//! whose bytes are equal. Whatever is not recognised is new and is read: a line may come twice, and then that is reported, but
//! none is left out in silence.

use std::io;

use super::candidates::{candidates, listed};
use super::files::Files;
use super::listing::Listing;
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
    let mut before: Option<(Listing, bool, bool)> = None;
    for _ in 0..ATTEMPTS {
        let mut found = candidates(files, place)?;
        let listing = listed(&found.candidates);
        let mut search = Search::new(&mut *files, place, known, open, &found.candidates);
        let mut resolved = search.run()?;
        let has_moved = found.has_moved || search.has_moved;
        // What is missing may have been passed over by a listing that was made while files were renamed, and what is lost may be in
        // a file that was made after it.
        let (has_losses, forgets) = (!resolved.losses.is_empty(), search.forgets());
        let is_complete = !has_losses && !forgets;
        let now = Some((listing, has_losses, forgets));
        if !has_moved && (is_complete || before == now) {
            found.losses.append(&mut resolved.losses);
            resolved.losses = found.losses;
            resolved.listing = Some(listing);
            return Ok(resolved);
        }
        before = now;
        if has_moved || has_losses {
            files.pause();
        }
    }
    Err(io::ErrorKind::WouldBlock.into())
}
