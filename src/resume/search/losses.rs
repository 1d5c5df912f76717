//! What of a log is lost, as far as the files that are there show it.

use std::io;

use super::super::compare::Comparison;
use super::super::files::Files;
use super::super::mark::Mark;
use super::super::names::Age;
use super::super::pieces::Loss;
use super::{Holds, Search};

impl<F: Files> Search<'_, F> {
    /// Reports what is lost; returns after which candidate there is something new.
    pub(super) fn find_losses(
        &mut self,
        place: Option<usize>,
        losses: &mut Vec<Loss>,
    ) -> io::Result<Option<usize>> {
        let Some(position) = &self.known.position else {
            return Ok(place);
        };
        let is_open = self
            .open
            .iter()
            .any(|open| open.is_same_file(&position.status));
        // Whatever its name is now.
        let others = self.candidates.iter().enumerate();
        let mut others = others.filter(|(at, _)| place != Some(*at));
        let truncated = others
            .find(|(_, one)| one.status.is_same_file(&position.status))
            .map(|(at, one)| (at, one.status));
        let mut place = place;
        if let Some((at, status)) = truncated {
            if place.is_none() {
                place = self.find_short_copy(position, at)?;
            }
            let has_copy = place.is_some();
            losses.push(Loss::Truncated {
                offset: position.offset,
                at_least: if has_copy { 0 } else { position.unread() },
                size: status.size,
                has_copy,
            });
        } else if place.is_none() && !self.candidates.is_empty() {
            let has_others = self.candidates.iter().zip(&self.holds);
            let mut has_others =
                has_others.filter(|(one, holds)| one.age.is_some() && **holds == Holds::New);
            // The caller reads what it has open to its end; but what came after it may have gone, too.
            if !is_open || has_others.next().is_some() {
                losses.push(Loss::Gone {
                    offset: position.offset,
                    at_least: if is_open { 0 } else { position.unread() },
                });
            }
        }
        if let Some(missing) = place.and_then(|place| self.missing_after(place)) {
            losses.push(Loss::Missing { files: missing });
        }
        Ok(place)
    }

    /// A copy that the rotator made before the last bytes were read: there is nothing more in it. It is older than what has been
    /// written to the truncated file since.
    fn find_short_copy(&mut self, position: &Mark, truncated: usize) -> io::Result<Option<usize>> {
        for at in 0..truncated {
            let is_new = self.holds[at] == Holds::New && self.candidates[at].age.is_some();
            if is_new && self.compared(at, position)? == Comparison::Shorter {
                self.holds[at] = Holds::ShortCopy;
                return Ok(Some(at));
            }
        }
        Ok(None)
    }

    /// How many numbered files are missing between a candidate and the newest.
    fn missing_after(&self, place: usize) -> Option<u64> {
        let number = |at: usize| match self.candidates[at].age {
            Some(Age::Number(number)) => Some(number),
            _ => None,
        };
        let first = number(place)?;
        let there = (place + 1..self.candidates.len()).filter_map(number);
        let there = there.filter(|number| *number > 0).count() as u64;
        Some(first.saturating_sub(1).saturating_sub(there)).filter(|missing| *missing > 0)
    }
}
