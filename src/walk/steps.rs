//! In which order the entries of a directory are judged, and where what is below them comes.

use std::cmp::Ordering;
use std::ops::Range;

use super::{Follow, Order, Plan};
use crate::dirs::{FileType, Listing};

/// What is done next in a directory.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    /// An entry is judged and recorded.
    Record(usize),
    /// What is below it comes here.
    Below(usize),
}

/// In which order entries are judged, and where what is below them comes. By whole paths, what is below `a` comes where
/// `a/` belongs: after `a-b` and `a.txt`, before `a0`.
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
    // A root may end in a slash of its own.
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

/// The order of two names, each with a slash behind it or not.
fn in_order(one: (&[u8], Option<u8>), other: (&[u8], Option<u8>)) -> Ordering {
    let common = one.0.len().min(other.0.len());
    let (here, there) = (&one.0[common..], &other.0[common..]);
    one.0[..common].cmp(&other.0[..common]).then_with(|| {
        let here = here.iter().copied().chain(one.1);
        here.cmp(there.iter().copied().chain(other.1))
    })
}
