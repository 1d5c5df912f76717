//! Whole lines that somebody else reads: they are handed over piece by piece, in order.

use std::sync::Arc;

use super::buffer_pool::BufferPool;
use super::job::Job;
use super::{Run, start};
use crate::io::buffer::Buffer;
use crate::log::input::Bound;
use crate::observe::Observe;

/// Takes whole lines of an input, and where they begin in it.
pub type Push<'p> = &'p mut dyn FnMut(&Arc<Bound>, &[u8], u64);

/// Hands lines over to a run.
pub struct Pushing<'r, 's> {
    run: &'r Run<'s>,
    observe: &'r dyn Observe,
    /// The number of the next piece.
    next: u64,
}

impl<'r, 's> Pushing<'r, 's> {
    /// Hands lines over to this run, which reads no others.
    pub fn new(run: &'r Run<'s>, observe: &'r dyn Observe) -> Pushing<'r, 's> {
        Pushing {
            run,
            observe,
            next: 0,
        }
    }

    /// Calls `work`, and scans what it hands over: on this thread, or `on_all` threads while `work` goes on. All of it has been
    /// scanned when this returns, unless no more is needed.
    ///
    /// # Panics
    /// If a worker panics, after all threads have stopped.
    pub fn with<T>(&mut self, on_all: bool, work: impl FnOnce(Push<'_>) -> T) -> T {
        let shared = &self.run.shared;
        let job = Job {
            shared,
            workers: &shared.workers,
            observe: self.observe,
        };
        let threads = shared.options.threads;
        let pool = &self.run.pool;
        let pool = on_all.then(|| pool.get_or_init(|| start(threads, self.observe)).as_ref());
        let next = &mut self.next;
        let done = match pool.flatten() {
            None => work(&mut |bound, bytes, offset| {
                if !job.is_done() {
                    scan(&job, bound, bytes, offset, *next);
                    *next += 1;
                }
            }),
            Some(pool) => {
                let buffers = BufferPool::new(threads + 1);
                pool.in_place_scope(|workers| {
                    work(&mut |bound, bytes, offset| {
                        if job.is_done() {
                            return;
                        }
                        let (job, bound, number) = (&job, Arc::clone(bound), *next);
                        let mut pooled = buffers.acquire();
                        copy(bytes, &mut pooled.buffer);
                        workers.spawn(move |_| {
                            let pooled = pooled;
                            job.guard(|| scan(job, &bound, &pooled.buffer, offset, number));
                        });
                        *next += 1;
                    })
                })
            }
        };
        shared.resume_panic();
        done
    }
}

fn copy(bytes: &[u8], into: &mut Buffer) {
    into.resize(bytes.len());
    into.copy_from_slice(bytes);
}

fn scan(job: &Job<'_, '_>, bound: &Bound, bytes: &[u8], offset: u64, number: u64) {
    let ticket = job.ticket(number);
    let mut rows = job.new_rows();
    job.workers.with_scanner(|scanner| {
        if job.counts_newlines() {
            // Only whole lines are handed over.
            scanner.count(bytes, true);
        } else {
            scanner.scan(bound, bytes, offset, &mut rows);
        }
    });
    job.advanced(bytes.len() as u64);
    job.deliver(ticket, rows);
}
