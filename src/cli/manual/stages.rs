//! The section STAGES of jug-pipe(1): every stage with its arguments and examples, from its definition.

use clap_mangen::roff::{Roff, bold, italic, roman};

use crate::pipe::chain;
use crate::pipe::spec::{Example, Spec};
use crate::pipe::stages::STAGES;

/// Appends the stages by family.
pub(super) fn section(roff: &mut Roff) {
    let mut stages = STAGES.to_vec();
    stages.sort_by_key(|spec| spec.family);
    roff.control("SH", ["STAGES"]);
    let mut family = None;
    for spec in stages {
        if family != Some(spec.family) {
            roff.control("SS", [spec.family.title()]);
            family = Some(spec.family);
        }
        stage(roff, spec);
    }
}

fn stage(roff: &mut Roff, spec: &Spec) {
    let mut command = chain::command(spec);
    command.build();
    roff.control("TP", []);
    roff.text([bold(spec.name), italic(chain::synopsis(&command))]);
    roff.text([roman(format!("{}.", spec.summary))]);
    let arguments: Vec<(String, String)> = command
        .get_arguments()
        .filter(|argument| argument.get_id() != "help")
        .map(|argument| (spelling(argument), text(argument)))
        .collect();
    if !arguments.is_empty() {
        roff.control("RS", []);
        for (spelling, text) in arguments {
            roff.control("TP", []);
            roff.text([bold(spelling)]);
            roff.text([roman(text)]);
        }
        roff.control("RE", []);
    }
    let shown = spec
        .examples
        .iter()
        .filter(|example| !example.input.is_empty() && !example.output.contains('\0'));
    for example in shown.take(2) {
        self::example(roff, spec, example);
    }
}

/// `-f, --fields LIST`, or the name of a word.
fn spelling(argument: &clap::Arg) -> String {
    let value = argument
        .get_value_names()
        .and_then(|names| names.first())
        .map(ToString::to_string)
        .unwrap_or_default();
    if argument.is_positional() {
        return value;
    }
    let short = argument.get_short().map(|letter| format!("-{letter}"));
    let long = argument.get_long().map(|word| format!("--{word}"));
    let names: Vec<String> = short.into_iter().chain(long).collect();
    match argument.get_action().takes_values() {
        true => format!("{} {value}", names.join(", ")),
        false => names.join(", "),
    }
}

fn text(argument: &clap::Arg) -> String {
    let help = argument
        .get_help()
        .map(ToString::to_string)
        .unwrap_or_default();
    let default = argument.get_default_values().first();
    let takes_value = argument.get_action().takes_values();
    match default {
        Some(value) if takes_value && !argument.is_hide_default_value_set() => {
            format!("{help} [default: {}]", value.to_string_lossy())
        }
        _ => help,
    }
}

/// What is typed, and what comes out.
fn example(roff: &mut Roff, spec: &Spec, example: &Example) {
    let command = format!("$ {}", example.command(spec.name));
    roff.control("sp", []);
    roff.control("RS", []);
    roff.control("nf", []);
    roff.text([bold(command)]);
    for line in example.output.lines() {
        roff.text([roman(line)]);
    }
    roff.control("fi", []);
    roff.control("RE", []);
}
