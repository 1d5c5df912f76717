//! Scripted and random rotations, against a model that remembers every line.
//!
//! What a file of the log holds when somebody looks must come out, once and in order. What was destroyed before anybody looked
//! cannot; then a loss must be reported.

mod world;
mod writers;

use std::path::Path;

use proptest::prelude::*;

use world::World;

fn run(script: &str, is_live: bool, banner: &str) {
    let mut world = World::new(is_live, banner);
    for word in script.split(';').map(str::trim) {
        world.run(word);
    }
    world.check();
}

/// A beginning that all files have, longer than what is hashed of it.
fn banner() -> String {
    "# the same first line of each file, as some programs write it\n".repeat(80)
}

fn run_all(script: &str) {
    for banner in [String::new(), banner()] {
        for is_live in [false, true] {
            run(script, is_live, &banner);
        }
    }
}

#[test]
fn schedules_that_failed_once() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/streams");
    let mut count = 0;
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let schedules = text.lines().filter(|line| !line.starts_with('#'));
        for script in schedules.map(str::to_owned) {
            count += 1;
            check_schedule(&path, &script);
        }
    }
    assert!(count > 0);
}

fn check_schedule(path: &Path, script: &str) {
    for banner in [String::new(), banner()] {
        for is_live in [false, true] {
            let (script, banner) = (script.to_owned(), banner.clone());
            let result = std::panic::catch_unwind(move || run(&script, is_live, &banner));
            assert!(result.is_ok(), "{} (live: {is_live})", path.display());
        }
    }
}

#[test]
fn several_rotations_between_two_looks() {
    run_all(
        "write 1; look; write 1; rotate; write 1; rotate; gzip 2; write 1; rotate; write 1; look",
    );
    run_all(
        "write 9; look; write 5; archive; write 2; look; archive; look; archive; write 1; look",
    );
    run_all("write 9; look; rotate; late 2; look; late 1; write 1; look; rotate; look; write 1");
    run_all(
        "write 9; look; write 2; copytruncate; write 1; look; copytruncate; copytruncate; write 3",
    );
}

#[test]
fn what_is_destroyed_is_reported() {
    run_all("write 3; look; write 2; truncate; write 1; look");
    run_all("write 3; look; write 2; delete; write 1; look; write 1; look");
    run_all(
        "write 3; look; rotate; write 1; rotate; rotate; rotate; rotate; write 1; rotate; look",
    );
    run_all("write 3; look; write 4; truncate; write 30; look; delete; write 60; look");
}

/// What happens in the middle of a look. Nothing that destroys lines.
fn interruption() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        (1..4_usize).prop_map(|count| format!("write {count}")),
        Just("rotate".to_owned()),
        Just("copytruncate".to_owned()),
        (1..4_usize).prop_map(|count| format!("gzip {count}")),
    ];
    (0..60_usize, word).prop_map(|(after, word)| format!("during {after} {word}"))
}

fn word() -> impl Strategy<Value = String> {
    let with_count =
        |name: &'static str| (1..4_usize).prop_map(move |count| format!("{name} {count}"));
    prop_oneof![
        8 => with_count("write"),
        8 => Just("look".to_owned()),
        4 => Just("rotate".to_owned()),
        2 => with_count("late"),
        2 => with_count("gzip"),
        2 => Just("archive".to_owned()),
        2 => Just("copytruncate".to_owned()),
        2 => Just("partial".to_owned()),
        1 => Just("truncate".to_owned()),
        1 => Just("delete".to_owned()),
        2 => Just("restart".to_owned()),
        1 => Just("suspend".to_owned()),
        6 => interruption(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_schedules_lose_nothing_in_silence(
        words in prop::collection::vec(word(), 1..40),
        is_live: bool,
        has_banner: bool,
    ) {
        let banner = if has_banner { banner() } else { String::new() };
        let mut words = words;
        if has_banner {
            // Contents that begin alike cannot be told apart in every moment: some lines may come twice or in another order then.
            words.retain(|word| !word.starts_with("during"));
            words.push("look".to_owned());
        }
        run(&words.join("; "), is_live, &banner);
    }
}
