//! Rows in the order of the input, although chunks are finished in any order.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::delivery::Delivery;
use crate::log::rows::Rows;

/// Takes the rows of numbered chunks in any order and delivers them in the order of their numbers.
///
/// [`Ticket`]s are issued in order, so a worker is always busy with the next chunk to deliver, and workers that are too far ahead
/// can wait for it.
pub(super) struct Order<'s> {
    state: Mutex<State<'s>>,
    moved: Condvar,
    window: u64,
}

struct State<'s> {
    next: u64,
    early: BTreeMap<u64, Rows>,
    delivery: Delivery<'s>,
    goes_on: bool,
}

/// The obligation to deliver the rows of one chunk. If it is dropped without delivery, no more rows are delivered at all, and
/// no worker waits for them.
pub(super) struct Ticket<'o, 's> {
    order: &'o Order<'s>,
    number: u64,
    is_open: bool,
}

impl<'s> Order<'s> {
    /// At most `window` chunks wait for an earlier one.
    pub(super) fn new(window: usize, delivery: Delivery<'s>) -> Order<'s> {
        let state = State {
            next: 0,
            early: BTreeMap::new(),
            delivery,
            goes_on: true,
        };
        Order {
            state: Mutex::new(state),
            moved: Condvar::new(),
            window: window as u64,
        }
    }

    fn state(&self) -> MutexGuard<'_, State<'s>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Continues with chunk 0 of the next input.
    pub(super) fn restart(&self) {
        self.state().next = 0;
    }

    /// Makes the caller responsible for the rows of a chunk.
    pub(super) fn ticket(&self, number: u64) -> Ticket<'_, 's> {
        Ticket {
            order: self,
            number,
            is_open: true,
        }
    }

    /// The delivery, after the last chunk.
    pub(super) fn into_delivery(self) -> Delivery<'s> {
        let state = self.state.into_inner();
        state.unwrap_or_else(PoisonError::into_inner).delivery
    }
}

impl Ticket<'_, '_> {
    /// Delivers the rows; false if no more are wanted. Waits while too many chunks are ahead of a slow one.
    pub(super) fn deliver(mut self, rows: Rows) -> bool {
        let mut state = self.order.state();
        while state.goes_on && self.number >= state.next + self.order.window {
            state = self
                .order
                .moved
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        state.early.insert(self.number, rows);
        loop {
            let next = state.next;
            let Some(rows) = state.early.remove(&next) else {
                break;
            };
            state.goes_on = state.goes_on && state.delivery.accept(rows);
            state.next += 1;
            self.order.moved.notify_all();
        }
        self.is_open = false;
        state.goes_on
    }
}

impl Drop for Ticket<'_, '_> {
    fn drop(&mut self) {
        if self.is_open {
            self.order.state().goes_on = false;
            self.order.moved.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, mpsc};
    use std::thread;
    use std::time::Duration;

    use jiff::tz::TimeZone;

    use crate::expr::Clock;
    use crate::log::plan::plan;
    use crate::log::query::parse;
    use crate::log::rows::Encoded;
    use crate::record::Timestamp;

    /// How long a worker may wait before it counts as hung.
    const PATIENCE: Duration = Duration::from_secs(120);

    fn line(text: &str) -> Rows {
        let mut rows = Encoded::new(None);
        rows.push_line(text.as_bytes());
        Rows::Bytes(rows)
    }

    /// An order of at most two chunks ahead, whose rows are appended to `taken`.
    fn order(take: &mut (dyn FnMut(&[u8], &[usize]) -> bool + Send)) -> Order<'_> {
        let query = "\"x\"";
        let clock = Clock {
            now: Timestamp::parse(b"2026-03-14T12:00:00Z", &TimeZone::UTC).unwrap(),
            zone: TimeZone::UTC,
        };
        let plan = plan(&parse(query).unwrap(), query, &clock).unwrap();
        Order::new(2, Delivery::new(Arc::new(plan), Some(take)))
    }

    #[test]
    fn chunks_that_finish_in_any_order_are_delivered_in_theirs() {
        for finished in [[0, 1, 2], [1, 0, 2], [1, 2, 0], [2, 1, 0]] {
            let mut taken = Vec::new();
            let mut take = |bytes: &[u8], _: &[usize]| {
                taken.extend_from_slice(bytes);
                true
            };
            // A window of two lets chunk 2 wait for chunk 0 only on a thread of its own.
            let order = order(&mut take);
            thread::scope(|threads| {
                for number in finished {
                    let ticket = order.ticket(number);
                    threads.spawn(move || ticket.deliver(line(&number.to_string())));
                }
            });
            drop(order);
            assert_eq!(taken, b"0\n1\n2\n", "{finished:?}");
        }
    }

    #[test]
    fn a_dropped_ticket_ends_the_delivery_and_wakes_who_waits_for_it() {
        let mut taken = Vec::new();
        let mut take = |bytes: &[u8], _: &[usize]| {
            taken.extend_from_slice(bytes);
            true
        };
        let order = order(&mut take);
        thread::scope(|threads| {
            let (sender, receiver) = mpsc::channel();
            let (first, far_ahead) = (order.ticket(0), order.ticket(2));
            threads.spawn(move || sender.send(far_ahead.deliver(line("2"))));
            drop(first);
            let goes_on = receiver.recv_timeout(PATIENCE);
            // Frees the worker if it still waits, so that the test fails instead of hanging.
            order.state().goes_on = false;
            order.moved.notify_all();
            assert_eq!(goes_on, Ok(false));
        });
        assert!(!order.ticket(1).deliver(line("1")));
        drop(order);
        assert!(taken.is_empty());
    }
}
