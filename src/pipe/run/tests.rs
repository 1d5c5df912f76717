//! The three endings, flow between threads, and what a chain does with several files.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use super::bridged::Exit;
use super::counts::Counts;
use super::segment::{self, Context, Ending};
use super::testing::{run_cut, run_with};
use crate::io::wait;
use crate::observe::Observe;
use crate::pipe::data::Data;
use crate::pipe::ends::{Event, Sink, Source};
use crate::pipe::failure::{Failure, Part};
use crate::pipe::flow::Flow;
use crate::pipe::shared::{OnError, Shared};

/// Keeps what was reported as missed.
#[derive(Default)]
struct Missed(Mutex<Vec<String>>);

impl Observe for Missed {
    fn missed(&self, message: &str) {
        self.0.lock().unwrap().push(message.to_owned());
    }
}

fn run(words: &str, input: &str) -> Result<String, String> {
    let words: Vec<&str> = words.split(' ').collect();
    run_cut(&words, input.as_bytes(), 5).map(|bytes| String::from_utf8(bytes).unwrap())
}

#[test]
fn stages_work_one_after_the_other() {
    assert_eq!(
        run("upper + cut -c 2- + match B", "xab\nxcd\nxeb\n"),
        Ok("AB\nEB\n".into())
    );
}

#[test]
fn data_passes_from_thread_to_thread_in_order() {
    let input: String = (0..2000).map(|number| format!("line {number}\n")).collect();
    let digests = run("lines + hash crc32 + count", &input);
    assert_eq!(digests, Ok("2000\n".into()));
    let lines = "a\nb\nc\n";
    // `printf a | gzip -c | tail -c8 | head -c4 | xxd -p` and so on, with the bytes turned around.
    let expected = "e8b7be43\n71beeff9\n06b9df6f\n";
    assert_eq!(
        run("lines + hash crc32 + lower + tail -n 3", lines),
        Ok(expected.into())
    );
}

#[test]
fn a_stage_that_has_enough_ends_the_chain() {
    let endless = "y\n".repeat(1 << 16);
    for words in [
        "head -n 2",
        "lines + head -n 2 + upper",
        "hex + hash + head -n 1 + count",
    ] {
        assert!(run(words, &endless).is_ok(), "{words}");
    }
    assert_eq!(run("upper + head -n 2", &endless), Ok("Y\nY\n".into()));
}

#[test]
fn the_first_failure_is_reported_with_stage_and_place() {
    for (words, input, message) in [
        (
            "upper + base64 -d",
            "YW*=\n",
            "stage 2 (base64): byte 2: invalid base64 character '*'",
        ),
        (
            "base64 -d",
            "YWJj=AAA",
            "stage 1 (base64): byte 4: invalid base64 character '='",
        ),
        (
            "lines + base64 -d + hash",
            "YQ==\n!\n",
            "stage 2 (base64): item 2: byte 0: invalid base64 character '!'",
        ),
        (
            "lines + hex -d",
            "00\n0\n",
            "stage 2 (hex): item 2: byte 1: the last byte has only one digit",
        ),
        (
            "cut -f name",
            "a\tb\n1\t2\n",
            "stage 1 (cut): line 1: no field 'name' in the first line: a\tb",
        ),
    ] {
        assert_eq!(run(words, input).unwrap_err(), message, "{words}");
    }
}

#[test]
fn items_that_cannot_be_processed_are_left_out_on_request() {
    // The one that fails leaves something behind: a group that is not complete.
    let input = b"YQ==\nYW!\nYg==\n".to_vec();
    let words = ["lines", "+", "base64", "-d"];
    for (on_error, messages) in [
        (OnError::Skip, vec![]),
        (
            OnError::Report,
            vec!["stage 2 (base64): item 2: byte 2: invalid base64 character '!'".to_owned()],
        ),
    ] {
        let missed = Missed::default();
        let shared = Shared {
            on_error,
            ..Shared::new(&missed)
        };
        let output = run_with(&words, vec![input.clone()], 4, &shared);
        assert_eq!(output, Ok(b"a\nb\n".to_vec()));
        assert_eq!(shared.skipped.load(Relaxed), 1);
        assert_eq!(*missed.0.lock().unwrap(), messages);
    }
}

#[test]
fn several_files_are_one_stream() {
    let files = ["a\nb", "c\n", "", "d"].map(|file| file.as_bytes().to_vec());
    let output = run_with(&["upper"], files.to_vec(), 1, &Shared::new(&()));
    assert_eq!(output, Ok(b"A\nBC\nD".to_vec()));
}

#[test]
fn a_queue_of_one_byte_still_moves_long_items() {
    let shared = Shared {
        high_water: 1,
        ..Shared::new(&())
    };
    let line = [vec![b'x'; 100_000], b"\n".to_vec()].concat();
    let output = run_with(
        &["lines", "+", "hash", "crc32", "+", "count"],
        vec![line],
        999,
        &shared,
    );
    assert_eq!(output, Ok(b"1\n".to_vec()));
}

/// Is woken once; nothing ends a second wait.
struct WokenOnce {
    is_over: bool,
    is_dropped: Arc<AtomicBool>,
}

impl Source for WokenOnce {
    fn next(
        &mut self,
        _deadline: Option<Instant>,
        _shared: &Shared<'_>,
    ) -> Result<Event<'_>, Failure> {
        assert!(!self.is_over, "it waits again, and nobody wakes it");
        self.is_over = true;
        Ok(Event::Woken)
    }
}

impl Drop for WokenOnce {
    fn drop(&mut self) {
        self.is_dropped.store(true, Relaxed);
    }
}

/// The stage after it has failed, but has not closed its input yet.
struct StillOpen;

impl Sink for StillOpen {
    fn put(&mut self, _data: Data<'_>) -> Result<Flow, Failure> {
        Ok(Flow::More)
    }

    fn idle(&mut self) -> Result<(), Failure> {
        Ok(())
    }

    fn is_wanted(&mut self) -> Result<bool, Failure> {
        Ok(true)
    }

    fn end(&mut self) -> Result<(), Failure> {
        panic!("an aborted chain does not end its output");
    }
}

#[test]
fn a_segment_that_is_woken_by_a_failure_elsewhere_does_not_wait_again() {
    let mut source = WokenOnce {
        is_over: false,
        is_dropped: Arc::default(),
    };
    let context = Context {
        shared: &Shared::new(&()),
        closed: &Arc::new(wait::Event::new()),
        is_aborted: &|| true,
    };
    let ending = segment::run(&mut [], &mut source, &mut StillOpen, &context).unwrap();
    assert_eq!(ending, Ending::Aborted);
}

#[test]
fn the_output_of_a_bridge_is_closed_before_the_stages_in_front_of_it_are_woken() {
    let is_dropped = Arc::new(AtomicBool::new(false));
    let seen = Arc::new(Mutex::new(Vec::new()));
    let source = WokenOnce {
        is_over: false,
        is_dropped: Arc::clone(&is_dropped),
    };
    let record = Arc::clone(&seen);
    let wake = Arc::new(move || record.lock().unwrap().push(is_dropped.load(Relaxed)));
    let counts = Arc::new(Counts::default());
    let part = Part::Stage(1, "exec");
    drop(Exit::new(Box::new(source), part, counts, Some(wake)));
    assert_eq!(*seen.lock().unwrap(), [true]);
}
