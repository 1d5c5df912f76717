//! Scripts of changes, ends and time, and what is done.

use super::*;

const MS: Duration = Duration::from_millis(1);

fn policy(busy: Busy) -> Policy {
    Policy {
        debounce: 100 * MS,
        max_wait: 2000 * MS,
        busy,
        per_path: false,
        jobs: 1,
        time_limit: None,
        kill_after: 500 * MS,
        most: 1 << 16,
    }
}

/// What a script does: `a` changes a path, `+N` lets time pass in steps of 10 ms, `!` ends the first command, `?` asks.
fn acted(policy: Policy, script: &str) -> String {
    let mut now = Instant::now();
    let mut runs = Runs::new(policy);
    let (mut done, mut running) = (Vec::new(), Vec::new());
    for word in script.split(' ') {
        let mut steps = 1;
        match word.strip_prefix('+') {
            Some(time) => steps = time.parse::<u32>().unwrap() / 10,
            None if word == "!" => {
                let number = running.remove(0);
                if runs.ended(number, now) {
                    done.push("late".to_owned());
                }
            }
            None if word == "?" => runs.ask(),
            None => runs.change(word.as_bytes(), now),
        }
        for _ in 0..steps {
            if word.starts_with('+') {
                now += 10 * MS;
            }
            let is_due = runs.deadline().is_some_and(|at| at <= now);
            let mut acts = false;
            while let Some(action) = runs.next(now) {
                acts = true;
                done.push(match action {
                    Action::Start(number, paths) => {
                        running.push(number);
                        let paths: Vec<_> = paths
                            .iter()
                            .map(|path| String::from_utf8_lossy(path))
                            .collect();
                        format!("start({})", paths.join(","))
                    }
                    Action::Stop(_) => "stop".to_owned(),
                    Action::Kill(_) => "kill".to_owned(),
                    Action::Send(..) => "send".to_owned(),
                    Action::Guard(pause, _) => format!("guard({})", pause.as_secs()),
                });
            }
            assert!(
                !acts || is_due || word == "?" || word == "!",
                "{script}: {done:?}"
            );
            assert!(
                runs.deadline().is_none_or(|at| at > now),
                "{script}: it would wait for the past after {done:?}"
            );
        }
    }
    done.join(" ")
}

#[test]
fn changes_are_collected() {
    for (script, expected) in [
        ("a +90", ""),
        ("a +100", "start(a)"),
        ("a +50 b +50 a +90", ""),
        ("a +50 b +50 a +100", "start(a,b)"),
        ("? +10", "start()"),
        ("a +100 ! +500 b +100", "start(a) start(b)"),
    ] {
        assert_eq!(acted(policy(Busy::Queue), script), expected, "{script}");
    }
    let words: Vec<String> = (0..30).map(|_| "a +90".to_owned()).collect();
    let done = acted(policy(Busy::Queue), &words.join(" "));
    assert_eq!(done, "start(a)", "after --max-wait");
}

#[test]
fn changes_during_a_run_queue_restart_drop_or_signal() {
    let script = "a +100 b c +400 ! +10";
    for (busy, expected) in [
        (Busy::Queue, "start(a) start(b,c)"),
        (Busy::Restart, "start(a) stop start(b,c)"),
        (Busy::Drop, "start(a)"),
        (Busy::Signal(Signal::parse("HUP").unwrap()), "start(a) send"),
    ] {
        assert_eq!(acted(policy(busy), script), expected, "{busy:?}");
    }
    let done = acted(policy(Busy::Restart), "a +100 b +100 c +700 ! +10");
    assert_eq!(done, "start(a) stop kill start(b,c)");
}

#[test]
fn a_late_command_is_stopped_and_killed() {
    let limited = Policy {
        time_limit: Some(300 * MS),
        ..policy(Busy::Queue)
    };
    for (script, expected) in [
        ("a +100 +200 !", "start(a)"),
        ("a +100 +300 !", "start(a) stop late"),
        ("a +100 +300 +600 !", "start(a) stop kill late"),
    ] {
        assert_eq!(acted(limited, script), expected, "{script}");
    }
}

#[test]
fn paths_run_one_by_one_within_the_number_of_jobs() {
    let per_path = Policy {
        per_path: true,
        jobs: 2,
        ..policy(Busy::Queue)
    };
    for (script, expected) in [
        ("a b c +100", "start(a) start(b)"),
        ("a b c +100 ! +10", "start(a) start(b) start(c)"),
        ("a +100 a +200", "start(a)"),
        ("a +100 a +200 ! +10", "start(a) start(a)"),
        ("a +50 b +50", "start(a)"),
    ] {
        assert_eq!(acted(per_path, script), expected, "{script}");
    }
}

#[test]
fn runs_that_cause_each_other_are_slowed_down() {
    let first = "a +100 x !";
    let start = ["start(x)"; 4].join(" ");
    let looped = format!("{first} +100 x ! +100 x ! +100 x ! +100 x ! +100");
    assert_eq!(
        acted(policy(Busy::Queue), &looped),
        format!("start(a) {start} guard(1)")
    );
    let longer = format!("{looped} +1000 x ! +100 +2000");
    assert_eq!(
        acted(policy(Busy::Queue), &longer),
        format!("start(a) {start} guard(1) start(x) guard(2) start(x)")
    );
    // Something else has changed.
    let other = format!("{looped} +500 b +100");
    assert_eq!(
        acted(policy(Busy::Queue), &other),
        format!("start(a) {start} guard(1) start(x,b)")
    );
    // Changes long after a run are not its own.
    let slow = ["x +100 ! +500"; 9].join(" ");
    assert!(!acted(policy(Busy::Queue), &slow).contains("guard"));
}

#[test]
fn runs_for_a_path_that_cause_each_other_are_slowed_down() {
    let per_path = Policy {
        per_path: true,
        jobs: 2,
        ..policy(Busy::Queue)
    };
    let looped = ["x ! +100"; 4].join(" ");
    let start = ["start(x)"; 4].join(" ");
    let looped = format!("a +100 ! x +100 {looped}");
    assert_eq!(
        acted(per_path, &format!("{looped} +990")),
        format!("start(a) {start} guard(1)")
    );
    assert_eq!(
        acted(per_path, &format!("{looped} +1000")),
        format!("start(a) {start} guard(1) start(x)")
    );
    // Other paths do not wait.
    assert_eq!(
        acted(per_path, &format!("{looped} b c +100 +900")),
        format!("start(a) {start} guard(1) start(b) start(c)")
    );
    // Each of many files that are written while commands run has its run.
    let many: Vec<String> = (0..30).map(|at| format!("f{at} +100 !")).collect();
    let done = acted(per_path, &format!("a +100 {} +100", many.join(" ")));
    assert!(!done.contains("guard"), "{done}");
}

#[test]
fn a_change_soon_after_a_run_is_its_own() {
    for (after, is_slowed) in [("+140", true), ("+150", false)] {
        let looped = [format!("x +100 ! {after}").as_str(); 5].join(" ");
        let done = acted(policy(Busy::Queue), &format!("{looped} x +100"));
        assert_eq!(done.contains("guard"), is_slowed, "{after}: {done}");
    }
}

#[test]
fn without_debounce_runs_start_at_once() {
    let at_once = Policy {
        debounce: Duration::ZERO,
        ..policy(Busy::Queue)
    };
    let mut runs = Runs::new(at_once);
    let now = Instant::now();
    runs.change(b"a", now);
    assert_eq!(runs.next(now), Some(Action::Start(0, vec![b"a".to_vec()])));
    assert_eq!((runs.next(now), runs.deadline()), (None, None));
}

#[test]
fn a_hundred_thousand_changes_are_collected_in_no_time() {
    let mut runs = Runs::new(policy(Busy::Queue));
    let now = Instant::now();
    for round in 0..2 {
        for number in 0..100_000 {
            runs.change(format!("{number}").as_bytes(), now + round * MS);
        }
    }
    let Some(Action::Start(0, paths)) = runs.next(now + 200 * MS) else {
        panic!("nothing is started");
    };
    assert_eq!(paths[..2], [b"0", b"1"]);
}

#[test]
fn more_paths_than_fit_are_split() {
    let small = Policy {
        most: 2 * (1 + 1 + size_of::<usize>()),
        ..policy(Busy::Queue)
    };
    assert_eq!(
        acted(small, "a b c +100 ! +10 ! +10"),
        "start(a,b) start(c)"
    );
}
