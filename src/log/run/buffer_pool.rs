//! Bounds the number of blocks of streams in memory.

use crate::io::buffer::Buffer;
use std::mem;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Bounds the memory of streams: every block needs a [`PooledBuffer`].
pub(super) struct BufferPool {
    free: Mutex<Free>,
    freed: Condvar,
}

struct Free {
    places: usize,
    buffers: Vec<Buffer>,
}

/// Room for one block, free again when it is dropped.
pub(super) struct PooledBuffer<'g> {
    pool: &'g BufferPool,
    /// The buffer of an earlier block, which the next one reuses.
    pub(super) buffer: Buffer,
}

impl BufferPool {
    /// A pool with room for this many blocks, at least 1.
    pub(super) fn new(places: usize) -> BufferPool {
        BufferPool {
            free: Mutex::new(Free {
                places,
                buffers: Vec::new(),
            }),
            freed: Condvar::new(),
        }
    }

    fn free(&self) -> MutexGuard<'_, Free> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a place.
    pub(super) fn acquire(&self) -> PooledBuffer<'_> {
        let mut free = self.free();
        while free.places == 0 {
            free = self
                .freed
                .wait(free)
                .unwrap_or_else(PoisonError::into_inner);
        }
        free.places -= 1;
        PooledBuffer {
            pool: self,
            buffer: free.buffers.pop().unwrap_or_default(),
        }
    }
}

impl Drop for PooledBuffer<'_> {
    fn drop(&mut self) {
        let buffer = mem::take(&mut self.buffer);
        let mut free = self.pool.free();
        free.places += 1;
        if buffer.capacity() > 0 {
            free.buffers.push(buffer);
        }
        drop(free);
        self.pool.freed.notify_one();
    }
}
