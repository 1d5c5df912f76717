//! Completion of chains: after `jug pipe` and each `+` the names of stages, within a stage its flags.
//!
//! clap describes one command with one set of arguments, so this is added to what clap_complete writes.

use clap_complete::Shell;

use crate::commands::Command;
use crate::pipe::chain;
use crate::pipe::stages::STAGES;

/// A stage as completion sees it.
struct Stage {
    name: &'static str,
    summary: &'static str,
    flags: Vec<Flag>,
}

struct Flag {
    short: Option<char>,
    long: Option<String>,
    help: String,
    has_value: bool,
}

impl Flag {
    /// `-f` and `--fields`, whichever there are.
    fn spellings(&self) -> impl Iterator<Item = String> {
        let short = self.short.map(|letter| format!("-{letter}"));
        let long = self.long.as_ref().map(|word| format!("--{word}"));
        short.into_iter().chain(long)
    }
}

fn stages() -> Vec<Stage> {
    let stages = STAGES.iter().map(|spec| Stage {
        name: spec.name,
        summary: spec.summary,
        flags: flags(&chain::command(spec)),
    });
    stages.collect()
}

fn flags(command: &clap::Command) -> Vec<Flag> {
    let options = command
        .get_arguments()
        .filter(|argument| !argument.is_positional());
    let flags = options.map(|argument| Flag {
        short: argument.get_short(),
        long: argument.get_long().map(str::to_owned),
        help: argument
            .get_help()
            .map(ToString::to_string)
            .unwrap_or_default(),
        has_value: argument.get_action().takes_values(),
    });
    flags.collect()
}

/// The flags of the chain itself that are followed by a value, as words.
fn valued() -> Vec<String> {
    let command = Command::definition("pipe").unwrap_or_default();
    let mut words: Vec<String> = flags(&command)
        .iter()
        .filter(|flag| flag.has_value)
        .flat_map(Flag::spellings)
        .collect();
    words.extend(["--color".to_owned(), "--progress".to_owned()]);
    words
}

/// Adds the completion of chains to the script that clap_complete wrote.
pub(super) fn add(shell: Shell, script: String) -> String {
    match shell {
        Shell::Bash => script + &bash(),
        Shell::Zsh => zsh(&script),
        Shell::Fish => fish(&script),
        Shell::Elvish => first_stages(&script, "        &'jug;pipe'= {\n", |stage| {
            format!(
                "            cand {} {}\n",
                stage.name,
                quoted(stage.summary, "''")
            )
        }),
        Shell::PowerShell => first_stages(&script, "        'jug;pipe' {\n", |stage| {
            let summary = quoted(stage.summary, "''");
            format!(
                "            [CompletionResult]::new('{0}', '{0}', [CompletionResultType]::ParameterValue, {summary})\n",
                stage.name
            )
        }),
        _ => script,
    }
}

/// Text in single quotes, with `escaped` for a quote in it.
fn quoted(text: &str, escaped: &str) -> String {
    format!("'{}'", text.replace('\'', escaped))
}

/// Adds the stages to the words after `jug pipe`, behind this line of the script.
fn first_stages(script: &str, after: &str, line: impl Fn(&Stage) -> String) -> String {
    let lines: String = stages().iter().map(line).collect();
    script.replacen(after, &format!("{after}{lines}"), 1)
}

const BASH: &str = r#"
# Stages of jug pipe: their names after the flags of the chain and after each +, within a stage its flags.
_jug_with_stages() {
    local cur="${COMP_WORDS[COMP_CWORD]}" stage="" index word
    if [[ "${COMP_WORDS[1]}" != pipe || "$COMP_CWORD" -lt 2 ]]; then
        _jug "$@"
        return
    fi
    for ((index = 2; index < COMP_CWORD; index++)); do
        word="${COMP_WORDS[index]}"
        case "$stage,$word" in
            *,+) stage=+ ;;
            VALUED) ((index++)) ;;
            ,-*) ;;
            ,*|+,*) stage="$word" ;;
        esac
    done
    COMPREPLY=()
    case "$stage,$cur" in
        ,-*) _jug "$@" ;;
        ,*)
            if ((index > COMP_CWORD)); then
                _jug "$@"
            else
                COMPREPLY=( $(compgen -W "NAMES help" -- "$cur") )
            fi
            ;;
        +,*) COMPREPLY=( $(compgen -W "NAMES" -- "$cur") ) ;;
FLAGS    esac
}

if [[ "${BASH_VERSINFO[0]}" -eq 4 && "${BASH_VERSINFO[1]}" -ge 4 || "${BASH_VERSINFO[0]}" -gt 4 ]]; then
    complete -F _jug_with_stages -o nosort -o bashdefault -o default jug
else
    complete -F _jug_with_stages -o bashdefault -o default jug
fi
"#;

fn names() -> String {
    let names: Vec<&str> = STAGES.iter().map(|spec| spec.name).collect();
    names.join(" ")
}

fn bash() -> String {
    let mut flags = String::new();
    for stage in stages() {
        let words: Vec<String> = stage.flags.iter().flat_map(Flag::spellings).collect();
        flags += &format!(
            "        {},-*) COMPREPLY=( $(compgen -W \"{}\" -- \"$cur\") ) ;;\n",
            stage.name,
            words.join(" ")
        );
    }
    let valued: Vec<String> = valued().iter().map(|word| format!(",{word}")).collect();
    BASH.replace("VALUED", &valued.join("|"))
        .replace("NAMES", &names())
        .replace("FLAGS", &flags)
}

const ZSH: &str = r#"# Stages of jug pipe: their names after the flags of the chain and after each +, within a stage its flags. Fails where a flag of
# the chain is to be completed.
_jug_stages() {
    local stage="" word
    local -i index
    for ((index = 3; index < CURRENT; index++)); do
        word=$words[index]
        case "$stage,$word" in
            (*,+) stage=+ ;;
            (VALUED) ((index++)) ;;
            (,-*) ;;
            (,*|+,*) stage=$word ;;
        esac
    done
    ((index > CURRENT)) && return 1
    [[ -z $stage && $PREFIX == -* ]] && return 1
    if [[ -z $stage || $stage == + ]]; then
        local -a stages=(
STAGES        )
        _describe -t stages stage stages
        return 0
    fi
    if [[ $PREFIX != -* ]]; then
        _files
        return 0
    fi
    local -a flags
    case $stage in
FLAGS    esac
    _describe -t flags flag flags
    return 0
}

"#;

fn zsh(script: &str) -> String {
    let entry = |name: &str, text: &str, indent: &str| {
        let text = format!("{}:{text}", name.replace(':', "\\:"));
        format!("{indent}{}\n", quoted(&text, "'\\''"))
    };
    let (mut names, mut flags) = (String::new(), String::new());
    for stage in stages() {
        names += &entry(stage.name, stage.summary, "            ");
        flags += &format!("        ({}) flags=(\n", stage.name);
        for flag in &stage.flags {
            for spelling in flag.spellings() {
                flags += &entry(&spelling, &flag.help, "            ");
            }
        }
        flags += "        ) ;;\n";
    }
    let valued: Vec<String> = valued().iter().map(|word| format!(",{word}")).collect();
    let function = ZSH
        .replace("VALUED", &valued.join("|"))
        .replace("STAGES", &names)
        .replace("FLAGS", &flags);
    let begin = "_jug() {\n";
    let first = "    [[ $words[2] == pipe ]] && ((CURRENT > 2)) && _jug_stages && return 0\n";
    script.replacen(begin, &format!("{function}{begin}{first}"), 1)
}

const FISH: &str = r#"
# The stage of jug pipe that the cursor is in: its name, + where a name comes next, CHAIN before the first.
function __fish_jug_pipe_stage
    set -l words (commandline -opc)
    test "$words[2]" = pipe
    or return 1
    set -l stage CHAIN
    set -l is_value 0
    for word in $words[3..]
        if test $is_value = 1
            set is_value 0
        else if test "$word" = +
            set stage +
        else if test $stage = CHAIN
            switch $word
                case VALUED
                    set is_value 1
                case '-*'
                case '*'
                    set stage $word
            end
        else if test $stage = +
            set stage $word
        end
    end
    test $is_value = 1
    and echo VALUE
    or echo $stage
end

function __fish_jug_pipe_in
    set -l stage (__fish_jug_pipe_stage)
    and contains -- $stage $argv
end

"#;

fn fish(script: &str) -> String {
    let mut text = script.replace(
        "-n \"__fish_jug_using_subcommand pipe\"",
        "-n \"__fish_jug_pipe_in CHAIN VALUE\"",
    );
    text += &FISH.replace("VALUED", &valued().join(" "));
    let quoted = |text: &str| quoted(text, "\\'");
    for stage in stages() {
        text += &format!(
            "complete -c jug -n \"__fish_jug_pipe_in CHAIN +\" -f -a {} -d {}\n",
            stage.name,
            quoted(stage.summary)
        );
        for flag in &stage.flags {
            text += &format!("complete -c jug -n \"__fish_jug_pipe_in {}\"", stage.name);
            if let Some(short) = flag.short {
                text += &format!(" -s {short}");
            }
            if let Some(long) = &flag.long {
                text += &format!(" -l {long}");
            }
            text += &format!(" -d {}", quoted(&flag.help));
            text += if flag.has_value { " -r\n" } else { "\n" };
        }
    }
    text
}
