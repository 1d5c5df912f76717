//! A segment: neighbouring steps that run in one thread, data going through all of them before more is taken.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use super::counts::Counts;
use crate::error::Plain;
use crate::io::signals;
use crate::io::wait::{self, Wakers, Woken};
use crate::pipe::data::Data;
use crate::pipe::ends::{Event, Sink, Source};
use crate::pipe::failure::{Failure, FailureKind, Part};
use crate::pipe::flow::{Flow, Out};
use crate::pipe::shared::Shared;
use crate::pipe::stage::Step;

/// A step of a running chain.
pub(super) struct Running {
    /// The stage.
    pub(super) part: Part,
    /// What it does.
    pub(super) step: Box<dyn Step>,
    /// What has gone through it.
    pub(super) counts: Arc<Counts>,
    /// It has said [`Flow::Enough`], and is given no more data.
    pub(super) is_satisfied: bool,
}

/// How a segment ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// All of its input, or as much as was wanted, has been processed.
    Complete,
    /// Another part of the chain was aborted.
    Aborted,
}

/// What a segment runs in.
pub(super) struct Context<'a, 's> {
    pub(super) shared: &'a Shared<'s>,
    /// Set when nothing more is wanted from the segment.
    pub(super) closed: &'a Arc<wait::Event>,
    /// Whether another part of the chain has failed.
    pub(super) is_aborted: &'a dyn Fn() -> bool,
}

/// Runs a segment to its end.
///
/// # Errors
/// The failure of its source, of a step or of its sink, with the part of the chain.
pub(super) fn run(
    steps: &mut [Running],
    source: &mut dyn Source,
    sink: &mut dyn Sink,
    context: &Context<'_, '_>,
) -> Result<Ending, Failure> {
    let result = until_end(steps, source, sink, context);
    let is_stopped = match &result {
        Ok(ending) => *ending == Ending::Aborted,
        Err(failure) => failure.kind == FailureKind::Stopped,
    };
    if is_stopped && signals::which().is_some() {
        give_partial_results(steps, sink, context)?;
    } else {
        give_what_came_before(&result, steps, sink, context);
    }
    result
}

/// After a failure: hands on what the steps behind it keep back, so that all that was made before the failure comes out,
/// whenever the threads ran. Another failure on the way is not reported: it is not the first.
fn give_what_came_before(
    result: &Result<Ending, Failure>,
    steps: &mut [Running],
    sink: &mut dyn Sink,
    context: &Context<'_, '_>,
) {
    let failed = match result {
        Ok(Ending::Complete) => return,
        Ok(Ending::Aborted) => None,
        Err(failure) if failure.kind == FailureKind::ReaderGone => return,
        Err(failure) => failure.part,
    };
    let failed = steps
        .iter()
        .position(|running| Some(running.part) == failed);
    let behind = failed.map_or(0, |failed| failed + 1);
    let given = each(&mut steps[behind..], sink, context, |step, out| {
        step.idle(out)
    });
    let _ = given.and_then(|()| sink.idle());
}

/// After a signal: ends the steps whose results are worth having for a part of the input.
fn give_partial_results(
    steps: &mut [Running],
    sink: &mut dyn Sink,
    context: &Context<'_, '_>,
) -> Result<(), Failure> {
    let has_any = steps
        .iter()
        .any(|running| running.step.has_partial_result());
    if has_any {
        context.shared.gave_partial.store(true, Relaxed);
    }
    each(steps, sink, context, |step, out| {
        match step.has_partial_result() {
            true => step.end(out),
            false => step.idle(out),
        }
    })?;
    sink.idle()
}

fn until_end(
    steps: &mut [Running],
    source: &mut dyn Source,
    sink: &mut dyn Sink,
    context: &Context<'_, '_>,
) -> Result<Ending, Failure> {
    let shared = context.shared;
    let of_input = |failure: Failure| failure.within(Part::Input);
    source.start(context.closed, shared).map_err(of_input)?;
    loop {
        let deadline = steps
            .iter()
            .filter_map(|running| running.step.deadline())
            .min();
        let is_due = deadline.is_some_and(|deadline| deadline <= shared.clock.now());
        let event = match is_due {
            true => Event::Due,
            false => {
                let started = shared.is_timed.then(Instant::now);
                let event = source.next(deadline, shared).map_err(of_input)?;
                if let (Some(started), Some(first)) = (started, steps.first()) {
                    first.counts.waited_for_input(started.elapsed());
                }
                event
            }
        };
        let flow = match event {
            Event::Data(data) => Rest {
                steps,
                sink,
                context,
            }
            .put(data)?,
            Event::Due => due(steps, sink, context)?,
            Event::Idle => {
                each(steps, sink, context, |step, out| step.idle(out))?;
                sink.idle()?;
                Flow::More
            }
            Event::NextFile => {
                each(steps, sink, context, |step, out| step.next_file(out))?;
                sink.next_file();
                Flow::More
            }
            // After a failure elsewhere what follows may seem to want more for a moment, and nobody wakes this one again.
            Event::Woken if (context.is_aborted)() => return Ok(Ending::Aborted),
            Event::Woken => Flow::More,
            Event::End => break,
            Event::Aborted => return Ok(Ending::Aborted),
        };
        let drains = steps.iter().any(|running| running.step.drains());
        if flow == Flow::Enough || (!sink.is_wanted()? && !drains) {
            break;
        }
    }
    // A later segment that fails takes no more data, which looks as if it had enough.
    if (context.is_aborted)() {
        return Ok(Ending::Aborted);
    }
    each(steps, sink, context, |step, out| step.end(out))?;
    sink.end()?;
    Ok(Ending::Complete)
}

/// Calls every step in order, with what follows it as its output.
fn each(
    steps: &mut [Running],
    sink: &mut dyn Sink,
    context: &Context<'_, '_>,
    mut call: impl FnMut(&mut dyn Step, &mut dyn Out) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut left = steps;
    while let Some((running, steps)) = left.split_first_mut() {
        let rest = Rest {
            steps: &mut *steps,
            sink: &mut *sink,
            context,
        };
        running.with(rest, |step, out| call(step, out))?;
        left = steps;
    }
    Ok(())
}

/// Calls the steps whose deadline has passed, and hands on what they give.
fn due(
    steps: &mut [Running],
    sink: &mut dyn Sink,
    context: &Context<'_, '_>,
) -> Result<Flow, Failure> {
    let now = context.shared.clock.now();
    let mut flow = Flow::More;
    each(steps, sink, context, |step, out| {
        let is_due = step.deadline().is_some_and(|deadline| deadline <= now);
        if is_due && step.due(out)? == Flow::Enough {
            flow = Flow::Enough;
        }
        Ok(())
    })?;
    sink.idle()?;
    Ok(flow)
}

impl Running {
    /// Calls the step with what follows it as its output.
    fn with<T>(
        &mut self,
        rest: Rest<'_, '_, '_>,
        call: impl FnOnce(&mut dyn Step, &mut dyn Out) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let is_timed = rest.context.shared.is_timed;
        let started = is_timed.then(Instant::now);
        let mut counted = Counted {
            rest,
            counts: &self.counts,
            part: self.part,
            elsewhere: Duration::ZERO,
        };
        let result = call(&mut *self.step, &mut counted);
        if let Some(started) = started {
            let elsewhere = counted.elsewhere;
            self.counts
                .worked(started.elapsed().saturating_sub(elsewhere));
        }
        result.map_err(|failure| failure.within(self.part))
    }
}

/// The steps after one, and the sink.
struct Rest<'a, 'c, 's> {
    steps: &'a mut [Running],
    sink: &'a mut dyn Sink,
    context: &'a Context<'c, 's>,
}

impl Rest<'_, '_, '_> {
    fn put(&mut self, data: Data<'_>) -> Result<Flow, Failure> {
        let Some((running, steps)) = self.steps.split_first_mut() else {
            return self.sink.put(data);
        };
        if running.is_satisfied {
            return Ok(Flow::Enough);
        }
        running.counts.came(&data);
        let rest = Rest {
            steps,
            sink: self.sink,
            context: self.context,
        };
        let flow = running.with(rest, |step, out| step.take(data, out))?;
        // Once satisfied it stays so, unless it has an output of its own.
        running.is_satisfied = flow == Flow::Enough && !running.step.drains();
        Ok(match running.step.drains() {
            true => Flow::More,
            false => flow,
        })
    }
}

/// What a step sees as its output: counts what it gives, and hands it to the steps after it.
struct Counted<'k, 'a, 'c, 's> {
    rest: Rest<'a, 'c, 's>,
    counts: &'k Counts,
    part: Part,
    /// The time that later stages took.
    elsewhere: Duration,
}

impl Counted<'_, '_, '_, '_> {
    fn timed<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        if !self.rest.context.shared.is_timed {
            return work(self);
        }
        let started = Instant::now();
        let result = work(self);
        let time = started.elapsed();
        self.elsewhere += time;
        if self.rest.steps.is_empty() {
            self.counts.waited_for_output(time);
        }
        result
    }
}

impl Out for Counted<'_, '_, '_, '_> {
    fn put(&mut self, data: Data<'_>) -> Result<Flow, Failure> {
        self.counts.went(&data);
        self.timed(|counted| counted.rest.put(data))
    }

    fn pause(&mut self, until: Instant) -> Result<Flow, Failure> {
        self.timed(|counted| counted.rest.pause(until))
    }

    fn shared(&self) -> &Shared<'_> {
        self.rest.context.shared
    }

    fn part(&self) -> Option<Part> {
        Some(self.part)
    }
}

impl Rest<'_, '_, '_> {
    fn pause(&mut self, until: Instant) -> Result<Flow, Failure> {
        each(self.steps, self.sink, self.context, |step, out| {
            step.idle(out)
        })?;
        self.sink.idle()?;
        if !self.sink.is_wanted()? {
            return Ok(Flow::Enough);
        }
        let wakers = Wakers {
            stop_signals: true,
            progress: true,
            reader: true,
            event: Some(self.context.closed),
            deadline: Some(until),
        };
        let failed = |error| Failure::new(format!("cannot wait: {}", Plain(&error)));
        let shared = self.context.shared;
        loop {
            return match shared.clock.wait(&wakers).map_err(failed)? {
                Woken::StopSignal => Err(stopped()),
                Woken::ReaderGone => Err(Failure::of_kind(FailureKind::ReaderGone, "broken pipe")),
                Woken::Event => Ok(Flow::Enough),
                Woken::Ready | Woken::Deadline => Ok(Flow::More),
                Woken::Progress => {
                    shared.observe.advanced(0);
                    continue;
                }
            };
        }
    }
}

/// A signal asks to stop.
pub(super) fn stopped() -> Failure {
    Failure::of_kind(FailureKind::Stopped, "the run was stopped")
}
