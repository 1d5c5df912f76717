//! Steps of a run, and panics in it.

use std::fs::{self, File};
use std::io::Write as _;
use std::os::fd::AsRawFd as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::time::Duration;

use jiff::tz::TimeZone;

use super::*;
use crate::expr::Clock;
use crate::format::{self, Bad, FieldName, Reader, Schema, Settings, Unknown, Verbatim, Wanted};
use crate::io::source::InputName;
use crate::log::chunk::CHUNK;
use crate::log::input::Opening;
use crate::log::options::Engine;
use crate::log::plan::plan;
use crate::log::query::parse;
use crate::record::time::Years;
use crate::record::{Timestamp, Value};

/// How long a run may take before it counts as hung.
const PATIENCE: Duration = Duration::from_secs(120);

/// A line on which readers panic.
const MARKED: &[u8] = b"marked";

/// A format whose readers panic on a marked line.
struct Panicking(Box<dyn Schema>);

impl Schema for Panicking {
    fn spec(&self) -> &'static format::Spec {
        self.0.spec()
    }

    fn fields(&self) -> Vec<FieldName> {
        self.0.fields()
    }

    fn open_ended(&self) -> bool {
        self.0.open_ended()
    }

    fn verbatim(&self) -> Verbatim {
        self.0.verbatim()
    }

    fn reader(&self, wanted: &[Wanted]) -> Result<Box<dyn Reader>, Unknown> {
        Ok(Box::new(PanickingReader(self.0.reader(wanted)?)))
    }
}

struct PanickingReader(Box<dyn Reader>);

impl Reader for PanickingReader {
    fn read<'a>(&mut self, line: &'a [u8], out: &mut [Value<'a>]) -> Result<(), Bad> {
        assert!(line != MARKED, "a marked line");
        self.0.read(line, out)
    }

    fn check(&mut self, line: &[u8]) -> Result<(), Bad> {
        self.0.check(line)
    }
}

fn planned(query: &str) -> Arc<Plan> {
    let clock = Clock {
        now: Timestamp::parse(b"2026-03-14T12:00:00Z", &TimeZone::UTC).unwrap(),
        zone: TimeZone::UTC,
    };
    Arc::new(plan(&parse(query).unwrap(), query, &clock).unwrap())
}

fn options(threads: usize) -> Options {
    Options {
        threads,
        engine: Engine::Auto,
        strict: false,
        max_line: 1 << 20,
        live: true,
        watched: 0,
        memory: None,
        hashes_streams: false,
    }
}

fn opened(name: InputName, number: usize, chunk: usize) -> Input {
    let settings = Settings {
        zone: TimeZone::UTC,
        infer: false,
        years: Years::Known(2026),
        has_header: true,
        rule: None,
    };
    let opening = Opening {
        from: format::find("lines"),
        settings: &settings,
        needs_schema: true,
        needs: format::Needs::default(),
        counts_records: false,
        max_line: 16 << 20,
        chunk,
        range: None,
        until: crate::io::wait::Until::stopped(&|| false),
    };
    Input::open(name, number, &opening).unwrap()
}

/// Runs the work on a thread of its own and fails if it does not end.
fn in_time<T: Send + 'static>(what: &str, work: impl FnOnce() -> T + Send + 'static) -> T {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || sender.send(work()));
    receiver
        .recv_timeout(PATIENCE)
        .unwrap_or_else(|_| panic!("{what}: the run hangs"))
}

/// Runs a query over an input with a marked line. Returns the message of the panic and the rows that came out before.
fn panicked(mut input: Input, query: &str, threads: usize) -> (String, Vec<u8>) {
    let schema = input.bound.schema.take().unwrap();
    input.bound.schema = Some(Box::new(Panicking(schema)));
    let plan = planned(query);
    let mut rows = Vec::new();
    let mut take = |bytes: &[u8], _: &[usize]| {
        rows.extend_from_slice(bytes);
        true
    };
    let streaming = plan.streams().then_some(Streaming {
        writer: None,
        take: &mut take,
    });
    let done = catch_unwind(AssertUnwindSafe(|| {
        run(plan, vec![input], options(threads), &(), streaming)
            .account
            .judged
    }));
    let payload = done.expect_err("the run panics");
    let message = payload.downcast_ref::<&str>().map(ToString::to_string);
    (message.unwrap_or_default(), rows)
}

#[test]
fn a_panic_on_one_line_ends_the_run_on_all_threads() {
    let before: String = (0..500).map(|number| format!("line {number}\n")).collect();
    let text = format!("{before}marked\n{before}");
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("text.log");
    fs::write(&path, &text).unwrap();
    for query in ["select $1, line", "count by line", "sort line | head 5"] {
        for (threads, chunk) in [(1, 64), (4, 64), (1, CHUNK), (4, CHUNK)] {
            let what = format!("{query}, {threads} threads, chunks of {chunk}");
            let name = InputName::Path(path.clone());
            let file = in_time(&what, move || {
                panicked(opened(name, 0, chunk), query, threads)
            });
            // The pipe stays open, so the thread that reads it must be woken.
            let (reader, writer) = rustix::pipe::pipe().unwrap();
            File::from(writer.try_clone().unwrap())
                .write_all(text.as_bytes())
                .unwrap();
            let name = format!("/proc/self/fd/{}", reader.as_raw_fd());
            let stream = in_time(&what, move || {
                let input = opened(InputName::Path(name.into()), 0, chunk);
                panicked(input, query, threads)
            });
            drop((reader, writer));
            for (message, rows) in [file, stream] {
                assert_eq!(message, "a marked line", "{what}");
                assert!(before.as_bytes().starts_with(&rows), "{what}");
            }
        }
    }
}

/// The rows of partial results, as text.
fn table(partial: Partial, plan: &Plan) -> String {
    let rows = partial
        .into_answer(plan, &|warning| panic!("{warning}"))
        .into_table();
    let cells = rows.iter().map(|row| {
        let cells = row
            .iter()
            .map(|cell| String::from_utf8_lossy(&cell.value.bytes()).into_owned());
        cells.collect::<Vec<_>>().join(" ")
    });
    cells.collect::<Vec<_>>().join("\n")
}

#[test]
fn snapshots_are_the_answer_for_what_was_read_so_far() {
    let directory = tempfile::tempdir().unwrap();
    let input = |number: usize, text: &str| {
        let path = directory.path().join(format!("{number}.log"));
        fs::write(&path, text).unwrap();
        opened(InputName::Path(path), number, 4)
    };
    let plan = planned("count, max($2) by $1");
    for threads in [1, 3] {
        let run = Run::new(Arc::clone(&plan), options(threads), None);
        let snapshot = |run: &Run<'_>| table(run.snapshot().unwrap(), &plan);
        assert_eq!(snapshot(&run), "");
        run.feed(vec![input(0, "a 1\nb 2\na 3\n")], &());
        assert_eq!(snapshot(&run), "a 2 3\nb 1 2");
        assert_eq!(
            snapshot(&run),
            "a 2 3\nb 1 2",
            "a snapshot takes nothing away"
        );
        run.feed(vec![input(1, "b 4\nc 0\n"), input(2, "b 1\n")], &());
        assert_eq!(snapshot(&run), "b 3 4\na 2 3\nc 1 0");
        let report = run.finish(&());
        assert_eq!((report.account.kept, report.groups), (6, 3));
        assert_eq!(report.table.len(), 3);
    }
}

#[test]
fn partial_results_of_several_runs_merge_into_those_of_one() {
    let directory = tempfile::tempdir().unwrap();
    let plan = planned("count, sum($2), p50($2), uniq($2) by $1");
    let found = |texts: &[&str]| {
        let run = Run::new(Arc::clone(&plan), options(2), None);
        let inputs = texts.iter().enumerate().map(|(number, text)| {
            let path = directory.path().join(format!("{number}.log"));
            fs::write(&path, text).unwrap();
            opened(InputName::Path(path), number, CHUNK)
        });
        run.feed(inputs.collect(), &());
        run.snapshot().unwrap()
    };
    let texts = ["a 1\nb 2\nbad x\n", "b 5\n", "c 7\na 1\n"];
    let whole = found(&texts);
    let mut merged = found(&texts[2..]);
    merged.merge(found(&texts[..2])).unwrap();
    assert_eq!(merged.account.judged, whole.account.judged);
    assert_eq!(merged.account.bad, whole.account.bad);
    assert_eq!(table(merged, &plan), table(whole, &plan));
}

#[test]
fn only_results_of_the_same_question_merge() {
    let nothing = |plan: &Plan| Partial::new(plan, crate::group::Groups::default());
    let plan = planned("count by $1");
    let merge = |other: Partial| nothing(&plan).merge(other);
    assert_eq!(merge(nothing(&plan)), Ok(()));
    assert_eq!(
        merge(nothing(&planned("count by $2"))),
        Err(Unmergeable::Query)
    );
    let mut other = nothing(&plan);
    other.version += 1;
    assert_eq!(merge(other), Err(Unmergeable::Version));
    let mut other = nothing(&plan);
    other.clock.zone = TimeZone::fixed(jiff::tz::offset(1));
    assert_eq!(merge(other), Err(Unmergeable::Clock));
    let mut other = nothing(&plan);
    other.clock.now = Timestamp::parse(b"2026-03-14T12:00:01Z", &TimeZone::UTC).unwrap();
    assert_eq!(merge(other), Err(Unmergeable::Clock));
}

#[test]
fn workers_that_share_their_groups_find_what_one_worker_finds() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("keys.log");
    // Each key comes back much later, so several workers meet it.
    let lines: Vec<String> = (0..3_000)
        .map(|number| format!("key{} {number}\n", number * 7 % 500))
        .collect();
    fs::write(&path, lines.concat()).unwrap();
    let plan = planned("count, sum($2), uniq($2) by $1");
    let found = |threads: usize, own_groups: usize| {
        let mut run = Run::new(Arc::clone(&plan), options(threads), None);
        let workers = &mut run.shared.workers;
        workers.own_groups = own_groups;
        if threads > 1 {
            workers.most_groups = (own_groups / threads).into();
        }
        run.feed(vec![opened(InputName::Path(path.clone()), 0, 1 << 9)], &());
        let snapshot = run.snapshot().unwrap();
        assert!(run.group_count() >= snapshot.group_count());
        assert_eq!(snapshot.group_count(), 500);
        let snapshot = table(snapshot, &plan);
        let report = run.finish(&());
        assert_eq!((report.account.kept, report.groups), (3_000, 500));
        snapshot
    };
    let alone = found(1, 0);
    let sums: u64 = alone
        .lines()
        .map(|row| row.split(' ').nth(2).unwrap().parse::<u64>().unwrap())
        .sum();
    assert_eq!(sums, 2_999 * 3_000 / 2);
    for own_groups in [4, 40, 400, 4_000] {
        assert_eq!(found(4, own_groups), alone, "{own_groups}");
    }
}

#[test]
fn what_is_computed_from_approximations_is_marked_and_nothing_else() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("many.log");
    let lines: Vec<String> = (0..70_000)
        .map(|number| format!("{} {number}\n", if number == 7 { "few" } else { "many" }))
        .collect();
    fs::write(&path, lines.concat()).unwrap();
    let marks = |query: &str| {
        let run = Run::new(planned(query), options(2), None);
        run.feed(vec![opened(InputName::Path(path.clone()), 0, CHUNK)], &());
        let rows = run.finish(&()).table.into_table();
        let marks = rows.iter().map(|row| {
            let cells = row.iter().map(|cell| if cell.approx { '~' } else { '=' });
            cells.collect::<String>()
        });
        marks.collect::<Vec<_>>().join(" ")
    };
    for (query, expected) in [
        ("uniq(line)", "~"),
        ("uniq($1)", "="),
        ("uniq(line) + 1 as u", "~"),
        ("uniq(line) as u, count, count + 1 as c", "~=="),
        ("uniq(line) as u, count by $1", "=~= ==="),
        ("uniq(line) as u | select u + 1 as v", "~"),
        ("uniq(line) as u, count as c | select c + 1 as d, u", "=~"),
        (
            "uniq(line) as u, count as c | let v = u * 2 | let w = c * 2",
            "~=~=",
        ),
        ("uniq(line) as u, count as c | let u = c", "=="),
        ("uniq(line) as u | where u > 5 | sort -u | head 1", "~"),
        ("uniq(line) as u by $1 as k | sort k", "== =~"),
        ("uniq(line) as u by $1 as k | max(u), min(u), count", "~~="),
        ("uniq(line) as u by $1 as k | max(u), count by k", "=~= ==="),
        (
            "uniq(line) as u by $1 as k | count(u > 9) as n, uniq(k) as m",
            "~=",
        ),
        (
            "uniq(line) as u by $1 as k | max(u) + count as n by k | select n",
            "~ =",
        ),
        ("uniq(line) as u by $1 as k | count by u", "== ~="),
        ("count by line | uniq(line) as u", "~"),
    ] {
        assert_eq!(marks(query), expected, "{query}");
    }
}
