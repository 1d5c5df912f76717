//! A bounded queue between two threads of a chain.
//!
//! The sender waits while the queue holds as many bytes as allowed, or many messages; one message always passes, however large it is, so that
//! no item is cut. Buffers come back to the sender and are used again.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::pipe::data::{Batch, Data};
use crate::pipe::flow::Flow;
use crate::record::records::Records;

/// What goes through a queue.
#[derive(Debug)]
pub(super) enum Message {
    /// Some bytes.
    Bytes(Vec<u8>),
    /// Some items.
    Items(Batch),
    /// Some records.
    Records(Records),
    /// The input is waiting.
    Idle,
    /// The next input file begins.
    NextFile,
    /// The input has ended.
    End,
}

impl Message {
    fn size(&self) -> usize {
        match self {
            Message::Bytes(bytes) => bytes.len(),
            // Many small units cost more than their bytes.
            Message::Items(batch) => batch.size() + 16 * batch.items().len(),
            Message::Records(records) => records.size() + 16 * records.len(),
            Message::Idle | Message::NextFile | Message::End => 0,
        }
    }
}

struct State {
    messages: VecDeque<Message>,
    /// The bytes in all messages.
    size: usize,
    spare: Vec<Message>,
    /// The receiver takes no more.
    is_closed: bool,
    /// The sender is gone: without [`Message::End`], the run was aborted.
    is_abandoned: bool,
    /// The receiver is to look whether anybody wants its output.
    is_woken: bool,
}

/// Wakes a segment that waits for its input.
pub(super) type Waker = Arc<dyn Fn() + Send + Sync>;

/// How many messages a queue holds, however small they are: each has a buffer of its own.
const MOST: usize = 64;

impl State {
    /// Whether a message of this size has to wait.
    fn is_full(&self, size: usize, high_water: usize) -> bool {
        (self.size > 0 && self.size + size > high_water) || self.messages.len() >= MOST
    }

    fn is_silent(&self) -> bool {
        self.messages.is_empty() && !self.is_abandoned && !self.is_woken
    }
}

struct Queue {
    state: Mutex<State>,
    changed: Condvar,
    high_water: usize,
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes a queue that holds `high_water` bytes. `sending` wakes the segment that puts data into it.
pub(super) fn queue(high_water: usize, sending: Waker) -> (Sender, Receiver) {
    let queue = Arc::new(Queue {
        state: Mutex::new(State {
            messages: VecDeque::new(),
            size: 0,
            spare: Vec::new(),
            is_closed: false,
            is_abandoned: false,
            is_woken: false,
        }),
        changed: Condvar::new(),
        high_water,
    });
    let sender = Sender {
        queue: Arc::clone(&queue),
        collected: Message::Idle,
    };
    let receiver = Receiver { queue, sending };
    (sender, receiver)
}

/// How many bytes are collected before they are sent, where nobody waits for them.
const COLLECTED: usize = 64 << 10;

/// The end that data is put into. Dropped without [`Message::End`], it aborts what follows.
pub(super) struct Sender {
    queue: Arc<Queue>,
    /// Data that is not sent yet; [`Message::Idle`] if there is none.
    collected: Message,
}

impl Sender {
    /// Collects a copy of the data, and sends when there is much.
    pub(super) fn put(&mut self, data: Data<'_>) -> Flow {
        if !self.fits(&data) {
            if self.send_collected() == Flow::Enough {
                return Flow::Enough;
            }
            self.collected = self.spare(&data);
        }
        match (&mut self.collected, data) {
            (Message::Bytes(collected), Data::Bytes(bytes)) => collected.extend_from_slice(bytes),
            (Message::Items(collected), Data::Items(items)) => collected.extend(items),
            (Message::Records(collected), Data::Records(records)) => collected.extend(records),
            _ => {}
        }
        if self.collected.size() >= COLLECTED.min(self.queue.high_water) {
            self.send_collected()
        } else {
            Flow::More
        }
    }

    /// Sends what was collected, then the message.
    pub(super) fn send(&mut self, message: Message) -> Flow {
        match self.send_collected() {
            Flow::More => self.push(message),
            Flow::Enough => Flow::Enough,
        }
    }

    /// Whether the receiver takes more.
    pub(super) fn is_wanted(&self) -> bool {
        !self.queue.lock().is_closed
    }

    fn fits(&self, data: &Data<'_>) -> bool {
        matches!(
            (&self.collected, data),
            (Message::Bytes(_), Data::Bytes(_))
                | (Message::Items(_), Data::Items(_))
                | (Message::Records(_), Data::Records(_))
        )
    }

    fn send_collected(&mut self) -> Flow {
        match std::mem::replace(&mut self.collected, Message::Idle) {
            Message::Idle => Flow::More,
            message => self.push(message),
        }
    }

    fn push(&mut self, message: Message) -> Flow {
        let size = message.size();
        let mut state = self.queue.lock();
        while state.is_full(size, self.queue.high_water) && !state.is_closed {
            let changed = self.queue.changed.wait(state);
            state = changed.unwrap_or_else(PoisonError::into_inner);
        }
        if state.is_closed {
            return Flow::Enough;
        }
        state.size += size;
        state.messages.push_back(message);
        self.queue.changed.notify_all();
        Flow::More
    }

    /// An empty buffer for such data, if possible one that came back.
    fn spare(&self, data: &Data<'_>) -> Message {
        let spare = self.queue.lock().spare.pop();
        match (spare, data) {
            (Some(Message::Bytes(mut bytes)), Data::Bytes(_)) => {
                bytes.clear();
                Message::Bytes(bytes)
            }
            (Some(Message::Items(mut batch)), Data::Items(_)) => {
                batch.clear();
                Message::Items(batch)
            }
            (Some(Message::Records(mut records)), Data::Records(_)) => {
                records.clear();
                Message::Records(records)
            }
            (_, Data::Records(_)) => Message::Records(Records::new()),
            (_, Data::Bytes(_)) => Message::Bytes(Vec::with_capacity(2 * COLLECTED)),
            (_, Data::Items(_)) => Message::Items(Batch::new()),
        }
    }
}

impl Drop for Sender {
    fn drop(&mut self) {
        self.queue.lock().is_abandoned = true;
        self.queue.changed.notify_all();
    }
}

/// What a receiver finds.
#[derive(Debug)]
pub(super) enum Received {
    /// A message.
    Message(Message),
    /// The deadline has passed.
    Late,
    /// The waker was called.
    Woken,
    /// The sender is gone before the end.
    Abandoned,
}

/// The end that data comes out of. Dropped, it tells the sender that nothing more is wanted.
pub(super) struct Receiver {
    queue: Arc<Queue>,
    sending: Waker,
}

impl Receiver {
    /// Wakes the thread that waits for a message here.
    pub(super) fn waker(&self) -> Waker {
        let queue = Arc::clone(&self.queue);
        Arc::new(move || {
            queue.lock().is_woken = true;
            queue.changed.notify_all();
        })
    }

    /// Waits for a message, but not past the deadline.
    pub(super) fn next(&mut self, deadline: Option<Instant>) -> Received {
        let mut state = self.queue.lock();
        while state.is_silent() {
            let changed = &self.queue.changed;
            state = match deadline.map(|at| at.saturating_duration_since(Instant::now())) {
                Some(Duration::ZERO) => return Received::Late,
                Some(left) => {
                    let waited = changed.wait_timeout(state, left);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
                None => changed.wait(state).unwrap_or_else(PoisonError::into_inner),
            };
        }
        if std::mem::take(&mut state.is_woken) {
            return Received::Woken;
        }
        match state.messages.pop_front() {
            None => Received::Abandoned,
            Some(message) => {
                state.size -= message.size();
                drop(state);
                self.queue.changed.notify_all();
                Received::Message(message)
            }
        }
    }

    /// Gives a buffer back.
    pub(super) fn give_back(&mut self, message: Message) {
        if message.size() == 0 {
            return;
        }
        let mut state = self.queue.lock();
        if state.spare.len() < 4 {
            state.spare.push(message);
        }
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        let mut state = self.queue.lock();
        state.is_closed = true;
        state.messages.clear();
        state.size = 0;
        drop(state);
        self.queue.changed.notify_all();
        (self.sending)();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

    use super::*;

    /// A live input gives a small message whenever it waits.
    #[test]
    fn small_messages_do_not_pile_up() {
        let (mut sender, mut receiver) = queue(1 << 20, Arc::new(|| {}));
        let sent = AtomicUsize::new(0);
        std::thread::scope(|threads| {
            threads.spawn(|| {
                for _ in 0..2 * MOST {
                    assert_eq!(sender.put(Data::Bytes(b"x")), Flow::More);
                    assert_eq!(sender.send_collected(), Flow::More);
                    sent.fetch_add(1, Relaxed);
                }
            });
            while sent.load(Relaxed) < MOST {
                std::thread::yield_now();
            }
            for taken in 0..2 * MOST {
                for _ in 0..100 {
                    std::thread::yield_now();
                }
                assert!(receiver.queue.lock().messages.len() <= MOST);
                assert!(sent.load(Relaxed) <= taken + MOST);
                let received = receiver.next(None);
                assert!(
                    matches!(received, Received::Message(Message::Bytes(bytes)) if bytes == b"x")
                );
            }
        });
    }
}
