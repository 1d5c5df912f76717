//! From arguments to a plan.

use clap::Parser;

use super::*;

#[derive(Parser)]
struct Cli {
    #[command(flatten)]
    watch: Watch,
}

fn plan(words: &str) -> Result<Plan> {
    let cli = Cli::parse_from(["watch"].into_iter().chain(words.split(' ')));
    cli.watch.plan(Timestamp::now())
}

#[test]
fn arguments_have_their_meaning() {
    let plan_of = |words| plan(words).unwrap();
    let default = plan_of("a a b");
    assert_eq!(default.options.roots, [b"a", b"b"]);
    assert_eq!(default.kinds.len(), 4);
    assert!(!default.options.reads && default.settle.is_none());
    let all = plan_of("a --on access,close --initial --content");
    assert_eq!(all.kinds, [Kind::Access, Kind::Close, Kind::Exists]);
    assert!(all.options.reads && all.settle == Some(CONTENT_SETTLE));
    let policy = plan_of("a --per-path --jobs 3 --debounce 1s -- x {}").policy;
    assert!(policy.per_path && policy.jobs == 3 && policy.debounce == Duration::from_secs(1));
    for words in ["a -- x --in={}", "a --interval 0s"] {
        assert!(plan(words).is_err(), "{words}");
    }
    for text in ["wait", "signal=", "signal=NONE"] {
        assert!(flags::busy(text).is_err(), "{text}");
    }
}
