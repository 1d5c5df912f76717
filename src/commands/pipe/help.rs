//! The list of all stages, and the help of one.

use std::fmt::Write as _;

use crate::pipe::chain;
use crate::pipe::spec::Spec;
use crate::pipe::stages::STAGES;

/// All stages by family, a line for each.
pub(super) fn list() -> String {
    let mut stages = STAGES.to_vec();
    stages.sort_by_key(|spec| spec.family);
    let width = stages.iter().map(|spec| spec.name.len()).max().unwrap_or(0);
    let mut text = String::new();
    let mut family = None;
    for spec in stages {
        if family != Some(spec.family) {
            let gap = if family.is_some() { "\n" } else { "" };
            let _ = writeln!(text, "{gap}{}:", spec.family.title());
            family = Some(spec.family);
        }
        let _ = writeln!(text, "  {:width$}  {}", spec.name, spec.summary);
    }
    text
}

/// The help of a stage, with its first examples.
pub(super) fn stage(spec: &Spec) -> String {
    let shown = spec
        .examples
        .iter()
        .filter(|example| !example.output.contains('\0'));
    let examples = shown
        .take(2)
        .fold(String::from("Examples:"), |text, example| {
            let output = example.output.trim_end().replace('\n', "\n      ");
            format!("{text}\n  $ {}\n      {output}", example.command(spec.name))
        });
    let mut command = chain::command(spec)
        .after_long_help(examples)
        .term_width(100);
    command.render_long_help().to_string()
}
