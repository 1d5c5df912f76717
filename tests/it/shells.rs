//! The completion scripts in their shells, and the man pages checked by mandoc. A program that is not installed is skipped with
//! a note, unless `CI` is set.

use std::process::Command;

use crate::support::{Sandbox, files_under, project};

/// Whether the program is installed.
#[allow(clippy::print_stderr)]
fn has(program: &str) -> bool {
    let is_there = Command::new("sh")
        .args(["-c", "command -v \"$1\" >/dev/null", "sh", program])
        .status()
        .is_ok_and(|status| status.success());
    assert!(
        is_there || std::env::var_os("CI").is_none(),
        "{program} is not installed, and this is CI"
    );
    if !is_there {
        eprintln!("note: {program} is not installed: not tried");
    }
    is_there
}

/// What the shell prints when it runs this, with the path of the script as `$1`.
fn tell(shell: &str, flags: &[&str], script: &str, text: &str) -> String {
    let mut command = Command::new(shell);
    command
        .args(flags)
        .args(["-c", text])
        .args((shell != "fish").then_some(shell))
        .arg(project().join(script));
    Sandbox::new().run(command, b"").clean()
}

/// The words typed, and a completion that must be offered.
const EXPECTED: [(&[&str], &str); 8] = [
    (&["jug", "lo"], "log"),
    (&["jug", "log", "cou"], "count"),
    (&["jug", "log", "--to", "nd"], "ndjson"),
    (&["jug", "pipe", "upp"], "upper"),
    (&["jug", "pipe", "--expl"], "--explain"),
    (&["jug", "pipe", "-i", "file", "ded"], "dedup"),
    (&["jug", "pipe", "upper", "+", "repl"], "replace"),
    (&["jug", "pipe", "upper", "+", "cut", "--fi"], "--fields"),
];

#[test]
fn bash_completes() {
    if !has("bash") {
        return;
    }
    for (words, wanted) in EXPECTED {
        let text = format!(
            "source \"$1\"; COMP_WORDS=({}); COMP_CWORD={}; _jug_with_stages jug \"${{COMP_WORDS[COMP_CWORD]}}\" \"${{COMP_WORDS[COMP_CWORD-1]}}\"; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
            words.join(" "),
            words.len() - 1
        );
        let offered = tell(
            "bash",
            &["--norc", "--noprofile"],
            "completions/jug.bash",
            &text,
        );
        assert!(
            offered.lines().any(|line| line == wanted),
            "{words:?}: {offered}"
        );
    }
}

/// The configuration of an interactive zsh. Its key ^X^N appends the command line, as completed, to a file.
const ZSHRC: &str = r#"
PS1='> '
unsetopt list_beep
autoload -Uz compinit
compinit -u -D
source "$SCRIPT"
compdef _jug jug
note() { print -r -- "$BUFFER" >> noted; BUFFER= }
zle -N note
bindkey '^X^N' note
: > noted
"#;

/// Types each argument, the completion key and ^X^N on a pseudo-terminal of zsh; fails after a time that is long enough for any
/// machine.
const TYPIST: &str = r#"
zmodload zsh/zpty zsh/zselect
zpty -b inner zsh -i
wait_for() {
    local tries
    for tries in {1..1000}; do
        zpty -r -t inner seen
        eval "$1" && return
        zselect -t 2
    done
    print -r -- "waited in vain for $1"
    exit 1
}
wait_for '[[ -e noted ]]'
integer typed=0
for line; do
    typed+=1
    zpty -w -n inner "$line"$'\t\x18\x0e'
    wait_for '(( $(wc -l < noted) >= typed ))'
done
zpty -d inner
cat noted
"#;

#[test]
fn zsh_completes() {
    if !has("zsh") {
        return;
    }
    let sandbox = Sandbox::new();
    sandbox.file(".zshrc", ZSHRC);
    let mut command = Command::new("env");
    command
        .args(["ZDOTDIR=.", "TERM=dumb"])
        .arg(format!(
            "SCRIPT={}",
            project().join("completions/_jug").display()
        ))
        .args(["zsh", "-f", "-c", TYPIST, "zsh"])
        .args(EXPECTED.map(|(words, _)| words.join(" ")));
    let noted = sandbox.run(command, b"").clean();
    for ((words, wanted), line) in EXPECTED.iter().zip(noted.lines()) {
        let mut complete = words[..words.len() - 1].join(" ");
        complete.push(' ');
        complete.push_str(wanted);
        assert_eq!(line.trim_end(), complete, "{words:?}: {noted}");
    }
    assert_eq!(noted.lines().count(), EXPECTED.len(), "{noted}");
}

#[test]
fn fish_completes() {
    if !has("fish") {
        return;
    }
    for (words, wanted) in EXPECTED {
        let text = format!(
            "source $argv[1]; complete --do-complete '{}'",
            words.join(" ")
        );
        let offered = tell("fish", &["--no-config"], "completions/jug.fish", &text);
        let is_offered = offered
            .lines()
            .any(|line| line.split('\t').next() == Some(wanted));
        assert!(is_offered, "{words:?}: {offered}");
    }
}

#[test]
fn mandoc_accepts_every_page() {
    if !has("mandoc") {
        return;
    }
    let pages = files_under("man");
    assert!(!pages.is_empty(), "there are no pages in man/");
    for page in pages {
        let mut command = Command::new("mandoc");
        command
            .args(["-T", "lint", "-W", "warning"])
            .arg(project().join(&page));
        let outcome = Sandbox::new().run(command, b"");
        assert!(
            outcome.status == 0 && outcome.stdout.is_empty(),
            "{outcome}"
        );
    }
}
