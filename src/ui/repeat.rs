//! Limits repeated messages: the first few of each kind are shown, and at the end the number of the others.

/// Messages of a kind that are shown.
const SHOWN: u64 = 5;

/// Kinds that are counted separately; all others share the last. Bounds memory if every message is different.
const KINDS: usize = 64;

/// The messages so far, by kind.
#[derive(Debug, Default)]
pub(super) struct Repeats {
    kinds: Vec<Kind>,
}

#[derive(Debug)]
struct Kind {
    pattern: String,
    /// The reason as the first message of the kind gave it.
    reason: String,
    seen: u64,
}

impl Repeats {
    /// Counts a message; returns whether it is shown.
    pub(super) fn admit(&mut self, message: &str) -> bool {
        let reason = reason(message);
        let pattern = pattern(reason);
        let known = self.kinds.iter().position(|kind| kind.pattern == pattern);
        let index = match known {
            Some(index) => index,
            None if self.kinds.len() < KINDS => {
                let reason = reason.to_owned();
                self.kinds.push(Kind {
                    pattern,
                    reason,
                    seen: 0,
                });
                self.kinds.len() - 1
            }
            None => KINDS - 1,
        };
        self.kinds[index].seen += 1;
        self.kinds[index].seen <= SHOWN
    }

    /// Takes the closing lines and resets the counts.
    pub(super) fn take_rest(&mut self) -> Vec<String> {
        let kinds = std::mem::take(&mut self.kinds);
        let alone = kinds.len() == 1;
        let hidden = kinds.iter().filter(|kind| kind.seen > SHOWN);
        hidden
            .map(|Kind { reason, seen, .. }| match alone {
                true => format!("{} more like these", seen - SHOWN),
                false => format!("{} more like these: {reason}", seen - SHOWN),
            })
            .collect()
    }
}

/// The second part of `what: why`.
fn reason(message: &str) -> &str {
    message
        .rsplit_once(": ")
        .map_or(message, |(_, reason)| reason)
}

/// A reason without numbers and quotations, which differ between messages of a kind.
fn pattern(reason: &str) -> String {
    let mut out = String::with_capacity(reason.len());
    let mut quoted = false;
    for char in reason.chars() {
        match char {
            '"' => {
                quoted = !quoted;
                out.push(char);
            }
            _ if quoted => {}
            '0'..='9' if out.ends_with('0') => {}
            '0'..='9' => out.push('0'),
            _ => out.push(char),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_kind_is_shown_five_times_and_counted() {
        let mut repeats = Repeats::default();
        let shown: Vec<bool> = (0..17)
            .map(|file| repeats.admit(&format!("{file}.log: Permission denied")))
            .collect();
        assert_eq!(shown.iter().filter(|shown| **shown).count(), 5);
        assert!(shown[..5].iter().all(|shown| *shown));
        assert_eq!(repeats.take_rest(), ["12 more like these"]);
        assert!(repeats.take_rest().is_empty());
    }

    #[test]
    fn kinds_differ_by_reason_not_by_name_number_or_quotation() {
        let mut repeats = Repeats::default();
        for line in 0..6 {
            repeats.admit(&format!("a.log: line {line}: \"{line} x\" is not a number"));
            repeats.admit(&format!("{line}: {} lines were cut", line * 1000));
        }
        repeats.admit("c: No such file or directory");
        assert_eq!(
            repeats.take_rest(),
            [
                "1 more like these: \"0 x\" is not a number",
                "1 more like these: 0 lines were cut"
            ]
        );
    }

    #[test]
    fn memory_is_bounded_for_unlimited_kinds() {
        let mut repeats = Repeats::default();
        let name = |index: u32| {
            char::from_u32(0x4e00 + index)
                .expect("an ideograph")
                .to_string()
        };
        let shown = (0..10_000)
            .filter(|index| repeats.admit(&name(*index)))
            .count();
        assert_eq!(repeats.kinds.len(), KINDS);
        assert_eq!(shown, KINDS + 4);
    }
}
