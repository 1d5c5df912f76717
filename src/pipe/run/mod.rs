//! Runs a plan: a thread for each segment, queues between them, the last one on the calling thread.
//!
//! There are three endings. *End*: the input is over; every step gives what it has left, then the whole chain commits.
//! *Abort*: something failed; nothing is committed, and only the first failure is reported. *Cancel*: a step has enough; the
//! steps before it stop, except those that have an output of their own.

mod bridged;
mod counts;
mod files;
mod limit;
mod links;
mod output;
mod queue;
mod segment;
#[cfg(test)]
pub(super) mod testing;
#[cfg(test)]
mod tests;

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, ScopedJoinHandle};

use super::ends::{Sink, Source};
use super::failure::Failure;
use super::plan::{Plan, Stage};
use super::shared::Shared;
use crate::io::source::InputName;
use crate::io::wait;

use bridged::{Entry, Exit};
pub use counts::{Counted, Counts};
use files::Files;
use links::{FromQueue, ToQueue};
use output::Output;
pub use output::Target;
use queue::{Waker, queue};
use segment::{Context, Ending, Running};

/// A chain that is about to run, with what can be counted of it.
pub struct Prepared {
    plan: Plan,
    counts: Vec<(Stage, Arc<Counts>)>,
}

/// Gives every stage of a plan its counts.
pub fn prepare(plan: Plan) -> Prepared {
    let mut stages: Vec<Stage> = plan.source.iter().map(|(stage, _)| *stage).collect();
    for segment in &plan.segments {
        stages.extend(segment.stages.iter().map(|planned| planned.stage));
        stages.extend(segment.bridge.iter().map(|(stage, _)| *stage));
    }
    let counts = stages.into_iter().map(|stage| (stage, Arc::default()));
    Prepared {
        counts: counts.collect(),
        plan,
    }
}

impl Prepared {
    /// The stages and their counts, in order.
    pub fn counts(&self) -> &[(Stage, Arc<Counts>)] {
        &self.counts
    }

    /// Runs the chain over its inputs, in order, and puts what comes out into `target`, which the caller commits. Inputs are
    /// not read if the chain begins with a source.
    ///
    /// # Errors
    /// The first failure; nothing may be committed then.
    pub fn run(
        self,
        inputs: Vec<InputName>,
        target: &mut dyn Target,
        shared: &Shared<'_>,
    ) -> Result<(), Failure> {
        self.run_from(Box::new(Files::new(inputs)), target, shared)
    }

    /// The same with any source.
    fn run_from(
        self,
        source: Box<dyn Source + Send>,
        target: &mut dyn Target,
        shared: &Shared<'_>,
    ) -> Result<(), Failure> {
        let mut parts = assemble(self, source, Output::new(target), shared.high_water);
        for running in parts.iter_mut().flat_map(|part| &mut part.steps) {
            let started = running.step.start(shared);
            started.map_err(|failure| failure.within(running.part))?;
        }
        let run = Run {
            shared,
            failure: Mutex::new(None),
            is_aborted: AtomicBool::new(false),
            closed: parts.iter().map(|part| Arc::clone(&part.closed)).collect(),
        };
        let limits = parts
            .iter()
            .flat_map(|part| &part.steps)
            .filter_map(|running| {
                let limit = running.step.limit()?;
                Some((limit, running.part))
            });
        let limit = limits.min_by_key(|(limit, _)| limit.at);
        let done = wait::Event::new();
        let finished = thread::scope(|threads| {
            let run = &run;
            let done = &done;
            if let Some((limit, part)) = limit {
                threads.spawn(move || limit::enforce(limit, part, done, run));
            }
            let _done = limit::Done(done);
            let last = parts.pop();
            let handles: Vec<ScopedJoinHandle<'_, Vec<Running>>> = parts
                .into_iter()
                .map(|part| threads.spawn(move || run.part(part)))
                .collect();
            let last = last.map(|part| run.part(part));
            let joined = handles.into_iter().map(|handle| {
                let result = handle.join();
                result.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            });
            joined.chain(last).flatten().collect::<Vec<Running>>()
        });
        let failure = run.failure.into_inner();
        if let Some(failure) = failure.unwrap_or_else(PoisonError::into_inner) {
            return Err(failure);
        }
        for mut running in finished {
            let part = running.part;
            let committed = running.step.commit();
            committed.map_err(|failure| failure.within(part))?;
        }
        Ok(())
    }
}

/// A segment with its ends.
struct Assembled<'t> {
    steps: Vec<Running>,
    source: Box<dyn Source + Send>,
    sink: Box<dyn Sink + Send + 't>,
    /// Set when nothing more is wanted from it.
    closed: Arc<wait::Event>,
}

/// Connects the segments of a plan.
fn assemble<'t>(
    prepared: Prepared,
    source: Box<dyn Source + Send>,
    output: Output<'t>,
    high_water: usize,
) -> Vec<Assembled<'t>> {
    let mut counts = prepared.counts.into_iter().map(|(_, counts)| counts);
    let mut next_counts = || counts.next().unwrap_or_default();
    let mut source = match prepared.plan.source {
        None => source,
        Some((stage, source)) => Box::new(Exit::new(source, stage.part(), next_counts(), None)),
    };
    let mut output = Some(output);
    let mut parts = Vec::new();
    // Wakes the segment at hand where it waits for its input.
    let mut wake_input: Option<Waker> = None;
    let segments = prepared.plan.segments;
    let last = segments.len() - 1;
    for (segment, index) in segments.into_iter().zip(0..) {
        let steps: Vec<Running> = segment
            .stages
            .into_iter()
            .map(|planned| Running {
                part: planned.stage.part(),
                step: planned.step,
                counts: next_counts(),
                is_satisfied: false,
            })
            .collect();
        let closed = Arc::new(wait::Event::new());
        let wake = waker(&closed, wake_input.take());
        let (sink, next): (Box<dyn Sink + Send + 't>, Option<Box<dyn Source + Send>>) =
            match (segment.bridge, output.take_if(|_| index == last)) {
                (Some((stage, bridge)), _) => {
                    let (counts, part) = (next_counts(), stage.part());
                    let entry = Entry::new(bridge.entry, part, Arc::clone(&counts));
                    let exit = Exit::new(bridge.exit, part, counts, Some(wake));
                    (Box::new(entry), Some(Box::new(exit)))
                }
                (None, Some(output)) => (Box::new(output), None),
                (None, None) => {
                    let (sender, receiver) = queue(high_water, wake);
                    wake_input = Some(receiver.waker());
                    let next = FromQueue::new(receiver);
                    (Box::new(ToQueue::new(sender)), Some(Box::new(next)))
                }
            };
        parts.push(Assembled {
            steps,
            source,
            sink,
            closed,
        });
        source = match next {
            Some(next) => next,
            None => break,
        };
    }
    parts
}

/// Makes what tells a segment that nothing more is wanted from it.
fn waker(closed: &Arc<wait::Event>, wake_input: Option<Waker>) -> Waker {
    let closed = Arc::clone(closed);
    Arc::new(move || {
        closed.set();
        if let Some(wake_input) = &wake_input {
            wake_input();
        }
    })
}

/// What all segments of a run share.
struct Run<'a> {
    shared: &'a Shared<'a>,
    /// The first failure.
    failure: Mutex<Option<Failure>>,
    is_aborted: AtomicBool,
    /// The events of all segments.
    closed: Vec<Arc<wait::Event>>,
}

impl Run<'_> {
    /// Runs one segment, and keeps its failure if it is the first.
    fn part(&self, part: Assembled<'_>) -> Vec<Running> {
        let Assembled {
            mut steps,
            mut source,
            mut sink,
            closed,
        } = part;
        let context = Context {
            shared: self.shared,
            closed: &closed,
            is_aborted: &|| self.is_aborted.load(Relaxed),
        };
        match segment::run(&mut steps, &mut *source, &mut *sink, &context) {
            Ok(Ending::Complete | Ending::Aborted) => {}
            Err(failure) => self.abort(failure),
        }
        steps
    }

    /// Ends the run with this failure, if it is the first.
    fn abort(&self, failure: Failure) {
        let mut first = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        first.get_or_insert(failure);
        self.is_aborted.store(true, Relaxed);
        self.closed.iter().for_each(|closed| closed.set());
    }
}
