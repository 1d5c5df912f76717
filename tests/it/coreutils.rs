//! Stages of `jug pipe` beside the programs of GNU coreutils that do the same, on random lines.

use crate::support::Sandbox;
use crate::support::random::Random;

/// The arguments of jug, and a line for the shell that must give the same bytes.
const PAIRS: &[(&str, &str)] = &[
    ("base64", "base64"),
    ("base64 --wrap 0", "base64 -w 0"),
    ("base64 --wrap 19", "base64 -w 19"),
    ("cut -f 2", "cut -f 2"),
    ("cut -d , -f 1,3-4", "cut -d , -f 1,3-4"),
    ("cut -d , -f 2- -s", "cut -d , -f 2- -s"),
    (
        "cut -d , -f -2 -o ;",
        "cut -d , -f -2 --output-delimiter=';'",
    ),
    ("cut -b 2-5,9", "cut -b 2-5,9"),
    ("head", "head"),
    ("head -n 3", "head -n 3"),
    ("head -n -3", "head -n -3"),
    ("head -c 17", "head -c 17"),
    ("head -c -17", "head -c -17"),
    ("tail", "tail"),
    ("tail -n 3", "tail -n 3"),
    ("tail -n +3", "tail -n +3"),
    ("tail -n -3", "tail -n -3"),
    ("tail -c -17", "tail -c -17"),
    ("tail -c 17", "tail -c 17"),
    ("tail -c +17", "tail -c +17"),
    ("slice 3:5", "sed -n 3,5p"),
    ("upper", "LC_ALL=C tr a-z A-Z"),
    ("lower", "LC_ALL=C tr A-Z a-z"),
    ("match ^a", "LC_ALL=C grep -a ^a; true"),
    ("match -v [,b]", "LC_ALL=C grep -a -v '[,b]'; true"),
    ("replace [ab]+ <$0>", "LC_ALL=C sed -E 's/[ab]+/<&>/g'"),
    ("replace --first --text , ;", "LC_ALL=C sed 's/,/;/'"),
    (
        "tally",
        "LC_ALL=C sort | LC_ALL=C uniq -c | LC_ALL=C sort -rn",
    ),
    ("dedup --window 1", "LC_ALL=C uniq"),
    ("dedup", "awk '!seen[$0]++'"),
    ("hash sha256", "sha256sum | cut -c -64"),
    ("hex", "od -An -v -tx1 | tr -d ' \\n'; echo"),
];

/// What is found in the arguments of stages that do not work on lines.
const IN_BYTES: &[&str] = &["base64", "hash", "upper", "lower", "-c "];

/// Lines of a few letters, of which many are equal; the last may have no newline.
fn lines(random: &mut Random) -> Vec<u8> {
    let count = random.below(30);
    let mut text = Vec::new();
    for _ in 0..count {
        for _ in 0..random.below(12) {
            text.push(*b"aabB,,\t x".get(random.below(9)).expect("one of nine"));
        }
        text.push(b'\n');
    }
    text
}

#[test]
fn stages_do_what_coreutils_do() {
    let sandbox = Sandbox::new();
    let mut random = Random::new(11);
    for round in 0..6 {
        let mut input = lines(&mut random);
        // GNU's tools add a newline to a last line that has none; stages of lines do not.
        let lacks_newline = round == 5 && input.pop().is_some();
        for (words, shell) in PAIRS {
            let differs = (lacks_newline && !IN_BYTES.iter().any(|bytes| words.contains(bytes)))
                || (input.is_empty() && *words == "hex");
            if differs {
                continue;
            }
            let arguments = ["pipe"].into_iter().chain(words.split(' '));
            let ours = sandbox.jug(arguments, &input).clean();
            let theirs = sandbox.shell(shell, &input).clean();
            let input = String::from_utf8_lossy(&input);
            assert_eq!(ours, theirs, "{words} and {shell}, on {input:?}");
        }
    }
}
