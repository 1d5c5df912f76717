//! What was looked at and what could not be read: the numbers behind "12 of 10,000 lines could not be read".

use crate::format::MULTILINE_CSV;
use crate::record::Bad;

/// How many bad lines are shown with their place.
const SHOWN: usize = 5;

/// Counts of lines, and the first few bad ones. Merging is in any order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// Lines that were looked at: not passed over by a search.
    pub judged: u64,
    /// Lines in which a needed field could not be read, or that were too long.
    pub bad: u64,
    /// Lines that passed all tests.
    pub kept: u64,
    /// Blank lines, which hold no record.
    pub blank: u64,
    /// The first bad lines by their place, however the input was cut.
    pub shown: Vec<BadLine>,
    /// The first line that is only a part of a record, which then no line of the input can be trusted to be.
    pub split_cell: Option<BadLine>,
    /// Which of the watched fields any line had.
    pub seen: u64,
    /// Lines that were left out because they have no time, though a range of times was asked for.
    pub untimed: u64,
    /// The first of them.
    pub first_untimed: Option<(usize, u64)>,
    /// Lines that were left out because they are older than what is kept.
    pub older: u64,
    /// Lines with text behind the last field, where the first lines of their files have none.
    pub surplus: u64,
}

/// A bad line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BadLine {
    /// Which input, counted from 0.
    pub input: usize,
    /// At which byte of it, after decompression.
    pub offset: u64,
    /// What was wrong.
    pub reason: String,
}

impl Account {
    /// Counts a bad line, and keeps it if it is among the first.
    pub fn bad(&mut self, input: usize, offset: u64, bad: &Bad) {
        self.bad += 1;
        if bad.reason == MULTILINE_CSV {
            self.split(BadLine {
                input,
                offset,
                reason: MULTILINE_CSV.to_owned(),
            });
        }
        // Lines of a worker come in order of their place but for changes of file, so a full list rarely changes.
        let is_late = self.shown.len() == SHOWN
            && self
                .shown
                .last()
                .is_some_and(|last| (last.input, last.offset) < (input, offset));
        if !is_late {
            self.show(BadLine {
                input,
                offset,
                reason: bad.reason.clone().into_owned(),
            });
        }
    }

    /// Counts a line without a time.
    #[cold]
    pub fn untimed(&mut self, input: usize, offset: u64) {
        self.untimed += 1;
        self.keep_untimed((input, offset));
    }

    fn keep_untimed(&mut self, place: (usize, u64)) {
        let first = self.first_untimed.map_or(place, |known| known.min(place));
        self.first_untimed = Some(first);
    }

    /// Adds what another part of the run saw.
    pub fn merge(&mut self, other: Account) {
        self.judged += other.judged;
        self.bad += other.bad;
        self.kept += other.kept;
        self.blank += other.blank;
        self.seen |= other.seen;
        self.untimed += other.untimed;
        self.older += other.older;
        self.surplus += other.surplus;
        if let Some(place) = other.first_untimed {
            self.keep_untimed(place);
        }
        for line in other.shown {
            self.show(line);
        }
        if let Some(line) = other.split_cell {
            self.split(line);
        }
    }

    fn split(&mut self, line: BadLine) {
        if self.split_cell.as_ref().is_none_or(|known| line < *known) {
            self.split_cell = Some(line);
        }
    }

    fn show(&mut self, line: BadLine) {
        let place = self.shown.partition_point(|known| *known <= line);
        self.shown.insert(place, line);
        self.shown.truncate(SHOWN);
    }
}

/// How many bad lines are too many.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum MaxBad {
    /// This many are still fine.
    Lines(u64),
    /// This share of the judged lines is still fine: 0.01 is one in a hundred.
    Share(f64),
}

impl MaxBad {
    /// Whether that many of the lines that were looked at are too many.
    pub fn is_exceeded(self, count: u64, account: &Account) -> bool {
        match self {
            MaxBad::Lines(lines) => count > lines,
            // Counts of lines are far below 2^53, so the product is exact enough to compare.
            #[allow(clippy::cast_precision_loss)]
            MaxBad::Share(share) => count as f64 > share * account.judged as f64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bad_lines_are_the_same_in_any_order() {
        let offsets = [90, 10, 50, 30, 70, 20, 60];
        let add = |offsets: &[u64]| {
            let mut account = Account::default();
            for offset in offsets {
                account.bad(0, *offset, &Bad::new("no"));
                account.untimed(1, *offset);
            }
            account
        };
        let whole = add(&offsets);
        assert_eq!(
            whole
                .shown
                .iter()
                .map(|line| line.offset)
                .collect::<Vec<_>>(),
            [10, 20, 30, 50, 60]
        );
        assert_eq!((whole.untimed, whole.first_untimed), (7, Some((1, 10))));
        for cut in 0..offsets.len() {
            let mut parts = add(&offsets[cut..]);
            parts.merge(add(&offsets[..cut]));
            assert_eq!(parts, whole);
        }
    }

    #[test]
    fn max_bad_is_a_number_or_a_percentage() {
        let account = Account {
            judged: 200,
            bad: 2,
            ..Account::default()
        };
        assert!(!MaxBad::Share(0.01).is_exceeded(account.bad, &account));
        assert!(MaxBad::Share(0.009).is_exceeded(account.bad, &account));
        assert!(MaxBad::Lines(1).is_exceeded(account.bad, &account));
        assert!(!MaxBad::Lines(0).is_exceeded(0, &Account::default()));
    }
}
