//! The names of a log's files at the last look at them.

use crate::io::growing::Links;
use crate::resume::{self, Files, Listing, Place};

/// Changes within this time may have the same time stamp, in nanoseconds: the kernel's clock for files ticks at 100 Hz at least.
const COARSE: i128 = 50_000_000;

/// The names, as far as is needed to see whether they have changed since.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Names {
    /// When the names in the directory had changed last; none if they may have changed once more without changing that time.
    pub(super) changed: Option<i128>,
    /// The files that were there.
    pub(super) listing: Option<Listing>,
}

impl Names {
    /// The time of the last change, without a listing.
    pub(super) fn now<F: Files>(place: &Place, files: &mut F) -> Names {
        Names {
            changed: changed(place, files),
            listing: None,
        }
    }

    /// Whether it is certain that no name in the directory has changed.
    pub(super) fn are_unchanged<F: Files>(&self, place: &Place, files: &mut F) -> bool {
        self.changed.is_some() && self.changed == changed(place, files)
    }

    /// Whether the same files of the log have the same names. If so, the next answer may need no listing.
    pub(super) fn are_as_listed<F: Files>(&mut self, place: &Place, files: &mut F) -> bool {
        let now = changed(place, files);
        if now.is_some() && now == self.changed {
            return true;
        }
        let listing = resume::listing(files, place).ok();
        let is_same = listing.is_some() && listing == self.listing;
        if is_same {
            self.changed = now;
        }
        is_same
    }
}

fn changed<F: Files>(place: &Place, files: &mut F) -> Option<i128> {
    let target = match place.links {
        Links::Followed => files.target(&place.path),
        Links::Refused => place.path.clone(),
    };
    let directory = resume::directory_of(&target);
    let status = files.status(directory, Links::Followed).ok()?;
    (files.now() - status.modified > COARSE).then_some(status.modified)
}
