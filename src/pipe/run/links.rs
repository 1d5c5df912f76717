//! Queues as the source of one segment and the sink of the one before.

use std::time::Instant;

use super::queue::{Message, Received, Receiver, Sender};
use crate::pipe::data::Data;
use crate::pipe::ends::{Event, Sink, Source};
use crate::pipe::failure::Failure;
use crate::pipe::flow::Flow;
use crate::pipe::shared::Shared;

/// A segment's input from the segment before it.
pub(super) struct FromQueue {
    receiver: Receiver,
    /// The message that the segment is looking at.
    current: Message,
}

impl FromQueue {
    pub(super) fn new(receiver: Receiver) -> FromQueue {
        FromQueue {
            receiver,
            current: Message::Idle,
        }
    }
}

impl Source for FromQueue {
    fn next(
        &mut self,
        deadline: Option<Instant>,
        _shared: &Shared<'_>,
    ) -> Result<Event<'_>, Failure> {
        let seen = std::mem::replace(&mut self.current, Message::Idle);
        self.receiver.give_back(seen);
        self.current = match self.receiver.next(deadline) {
            Received::Message(message) => message,
            Received::Late => return Ok(Event::Due),
            Received::Woken => return Ok(Event::Woken),
            Received::Abandoned => return Ok(Event::Aborted),
        };
        Ok(match &self.current {
            Message::Bytes(bytes) => Event::Data(Data::Bytes(bytes)),
            Message::Items(batch) => Event::Data(Data::Items(batch.items())),
            Message::Records(records) => Event::Data(Data::Records(records)),
            Message::Idle => Event::Idle,
            Message::NextFile => Event::NextFile,
            Message::End => Event::End,
        })
    }
}

/// A segment's output to the segment after it.
pub(super) struct ToQueue {
    sender: Sender,
    is_wanted: bool,
}

impl ToQueue {
    pub(super) fn new(sender: Sender) -> ToQueue {
        ToQueue {
            sender,
            is_wanted: true,
        }
    }

    fn after(&mut self, send: impl FnOnce(&mut Sender) -> Flow) -> Flow {
        if self.is_wanted {
            self.is_wanted = send(&mut self.sender) == Flow::More;
        }
        match self.is_wanted {
            true => Flow::More,
            false => Flow::Enough,
        }
    }
}

impl Sink for ToQueue {
    fn put(&mut self, data: Data<'_>) -> Result<Flow, Failure> {
        Ok(self.after(|sender| sender.put(data)))
    }

    fn idle(&mut self) -> Result<(), Failure> {
        let _ = self.after(|sender| sender.send(Message::Idle));
        Ok(())
    }

    fn next_file(&mut self) {
        let _ = self.after(|sender| sender.send(Message::NextFile));
    }

    fn is_wanted(&mut self) -> Result<bool, Failure> {
        self.is_wanted = self.is_wanted && self.sender.is_wanted();
        Ok(self.is_wanted)
    }

    fn end(&mut self) -> Result<(), Failure> {
        let _ = self.after(|sender| sender.send(Message::End));
        Ok(())
    }
}
