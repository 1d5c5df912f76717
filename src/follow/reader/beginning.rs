//! The beginning of a content, kept while it is shorter than what is hashed of it.

use std::io;

use crate::resume::{Content, HEAD, Head};

/// What is known of the beginning.
#[derive(Debug)]
pub(super) enum Beginning {
    /// All of it, as long as it is shorter than [`HEAD`].
    Bytes(Vec<u8>),
    /// Its hash.
    Hashed(Head),
}

impl Beginning {
    /// What there is now.
    pub(super) fn of(content: &mut impl Content) -> io::Result<Beginning> {
        let mut bytes = vec![0; HEAD];
        let read = content.read_available(0, &mut bytes)?;
        bytes.truncate(read);
        bytes.shrink_to_fit();
        Ok(Beginning::with(bytes))
    }

    fn with(bytes: Vec<u8>) -> Beginning {
        match bytes.len() == HEAD {
            true => Beginning::Hashed(Head::of(&bytes)),
            false => Beginning::Bytes(bytes),
        }
    }

    /// The beginning that a mark has; it is read again if more may be added to it.
    pub(super) fn known(head: Head, content: &mut impl Content) -> io::Result<Beginning> {
        if head.length == HEAD {
            return Ok(Beginning::Hashed(head));
        }
        // The caller finds out whether it is that content.
        Beginning::of(content)
    }

    /// Whether a block at the beginning of the content is as it was.
    pub(super) fn is_of(&self, block: &[u8]) -> bool {
        match self {
            Beginning::Bytes(bytes) => block.starts_with(bytes),
            Beginning::Hashed(head) => head.is_at(block),
        }
    }

    /// Whether a content begins with this.
    pub(super) fn is_at(head: Head, content: &mut impl Content) -> io::Result<bool> {
        let mut bytes = vec![0; HEAD];
        let read = content.read_available(0, &mut bytes)?;
        Ok(head.is_at(&bytes[..read]))
    }

    /// Takes what is missing of it from bytes at an offset.
    pub(super) fn extend(&mut self, offset: u64, block: &[u8]) {
        let Beginning::Bytes(bytes) = self else {
            return;
        };
        let have = bytes.len();
        let Some(skipped) = (have as u64)
            .checked_sub(offset)
            .map(|skipped| skipped as usize)
        else {
            return;
        };
        if skipped < block.len() {
            let end = block.len().min(skipped + HEAD - have);
            bytes.extend_from_slice(&block[skipped..end]);
            *self = Beginning::with(std::mem::take(bytes));
        }
    }

    /// Its hash; none if there is nothing yet.
    pub(super) fn head(&self) -> Option<Head> {
        match self {
            Beginning::Bytes(bytes) if bytes.is_empty() => None,
            Beginning::Bytes(bytes) => Some(Head::of(bytes)),
            Beginning::Hashed(head) => Some(*head),
        }
    }
}
