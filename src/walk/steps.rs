//! The order in which the entries of a directory are recorded, and where their own entries belong.

use std::cmp::Ordering;
use std::ops::Range;

use super::plan::{Follow, Order, Plan};
use crate::dirs::{FileType, Listing};

/// A step in recording a directory.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    /// The entry with this index is judged and recorded.
    Record(usize),
    /// The records below that entry belong here.
    Below(usize),
}

/// Plans the steps for a range of a listing. By whole paths, the entries below `a` belong where `a/` does: after `a-b` and
/// `a.txt`, before `a0`.
pub(super) fn plan(
    plan: &Plan,
    listing: &Listing,
    range: Range<usize>,
    is_roots: bool,
    steps: &mut Vec<Step>,
) {
    steps.clear();
    if plan.order != Order::Path {
        steps.extend(range.map(Step::Record));
        return;
    }
    let may_be_entered = |file_type| match file_type {
        FileType::Directory | FileType::Unknown => true,
        FileType::Symlink => plan.follow == Follow::Always,
        _ => false,
    };
    for index in range {
        steps.push(Step::Record(index));
        if may_be_entered(listing.get(index).1) {
            steps.push(Step::Below(index));
        }
    }
    // A root may end in a slash already.
    let key = |step: &Step| match *step {
        Step::Record(index) => (listing.get(index).0, None),
        Step::Below(index) => {
            let name = listing.get(index).0;
            let slash = !(is_roots && name.ends_with(b"/"));
            (name, slash.then_some(b'/'))
        }
    };
    steps.sort_by(|one, other| in_order(key(one), key(other)));
}

/// Compares two names, each with or without a slash after it.
fn in_order(one: (&[u8], Option<u8>), other: (&[u8], Option<u8>)) -> Ordering {
    let common = one.0.len().min(other.0.len());
    let (here, there) = (&one.0[common..], &other.0[common..]);
    one.0[..common].cmp(&other.0[..common]).then_with(|| {
        let here = here.iter().copied().chain(one.1);
        here.cmp(there.iter().copied().chain(other.1))
    })
}
