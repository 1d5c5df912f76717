//! The man pages: one per command, with tables that are too long for `--help`.
//!
//! clap_mangen writes what clap knows; exit statuses, examples, files and the rest are added here from their definitions.

mod examples;
mod stages;

use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use crate::commands::{Artifact, Command};
use crate::exit::{self, Status};
use crate::expr::functions::FUNCTIONS;
use crate::format::{FORMATS, OUTPUTS, PARSES};
use crate::log::aggregate::AGGREGATES;
use crate::log::query::STAGES;
use crate::walk::field::{FIELDS, GROUPS};

/// A page for the root and one for each command.
pub(super) fn pages(root: &clap::Command) -> Vec<Artifact> {
    let names: Vec<String> = root
        .get_subcommands()
        .map(|command| format!("jug-{}", command.get_name()))
        .collect();
    let mut pages = vec![page(root.clone(), "jug", &names)];
    for command in root.get_subcommands() {
        let name = format!("jug-{}", command.get_name());
        let spoken = format!("jug {}", command.get_name());
        // Global flags are defined once, on the root.
        let globals = root
            .get_arguments()
            .filter(|argument| argument.is_global_set())
            .cloned();
        let command = command
            .clone()
            .args(globals)
            .bin_name(spoken)
            .disable_help_subcommand(true)
            .version(env!("CARGO_PKG_VERSION"));
        pages.push(page(command, &name, &["jug".to_owned()]));
    }
    pages
}

fn page(command: clap::Command, name: &str, see: &[String]) -> Artifact {
    let mut command = command
        .name(name.to_owned())
        .disable_version_flag(name != "jug");
    let examples = command.get_after_long_help().map(ToString::to_string);
    command.build();
    let usage = command.render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ").to_owned();
    // The examples get a section of their own below.
    let mut command = command
        .after_long_help("")
        .after_help("")
        .mut_args(with_possible_values)
        .override_usage(usage);
    if let Some(description) = description(&command) {
        command = command.long_about(description);
    }
    let is_log = name == "jug-log";
    let is_walk = name == "jug-walk";
    let man = Man::new(command)
        .title(name.to_uppercase())
        .section("1")
        .source(format!("jug {}", env!("CARGO_PKG_VERSION")))
        .manual("User Commands")
        .date(DATE);
    let mut bytes = Vec::new();
    // Writing to memory cannot fail.
    let _ = man.render_title(&mut bytes);
    let _ = man.render_name_section(&mut bytes);
    let _ = man.render_synopsis_section(&mut bytes);
    let _ = man.render_description_section(&mut bytes);
    let functions = FUNCTIONS.iter().map(|function| {
        let (call, answer) = function.example;
        let text = format!("{}. {call} is {answer}.", function.summary);
        (function.name, text)
    });
    if is_log {
        // The language comes before the flags: it is what the page is read for.
        let aggregates = AGGREGATES.iter().map(|spec| (spec.label(), spec.summary));
        let mut roff = Roff::new();
        table(&mut roff, "STAGES", OPENING.into_iter().chain(STAGES));
        table(&mut roff, "OPERATORS", OPERATORS.into_iter());
        let parses = PARSES.iter().map(|parse| (parse.name, parse.summary));
        table(
            &mut roff,
            "FORMATS OF PARSE",
            PATTERNS.into_iter().chain(parses),
        );
        table(&mut roff, "AGGREGATES", aggregates);
        table(&mut roff, "FUNCTIONS", functions.clone());
        let _ = roff.to_writer(&mut bytes);
    }
    let _ = man.render_options_section(&mut bytes);
    if name == "jug" {
        let _ = man.render_subcommands_section(&mut bytes);
    }
    let mut roff = Roff::new();
    if name == "jug-pipe" {
        stages::section(&mut roff);
    }
    if is_walk {
        let fields = FIELDS.iter().map(|field| (field.name, field.summary));
        let groups: Vec<(&str, String)> = GROUPS
            .iter()
            .map(|group| {
                let names: Vec<&str> = group.fields().map(|field| field.name).collect();
                (group.name, names.join(", "))
            })
            .collect();
        let groups = groups
            .iter()
            .map(|(name, members)| (*name, members.as_str()));
        table(&mut roff, "FIELDS", fields.chain(groups));
        table(
            &mut roff,
            "OPERATORS",
            OPERATORS.into_iter().skip(LOG_FIELDS),
        );
        table(&mut roff, "FUNCTIONS", functions);
    }
    if is_log {
        let formats = FORMATS.iter().map(|format| (format.name, format.summary));
        let outputs = OUTPUTS.iter().map(|output| (output.name, output.summary));
        table(&mut roff, "FORMATS READ", formats);
        table(&mut roff, "FORMATS WRITTEN", outputs);
    }
    let statuses = name
        .strip_prefix("jug-")
        .map_or(&ROOT_STATUSES[..], Command::statuses);
    table(&mut roff, "EXIT STATUS", statuses.iter().copied());
    let keeps_pictures = matches!(name, "jug-pie" | "jug-render" | "jug-cache");
    let cache = keeps_pictures.then_some(CACHE_ENVIRONMENT);
    let environment = cache.into_iter().flatten().chain(ENVIRONMENT);
    table(&mut roff, "ENVIRONMENT", environment);
    if let Some(examples) = examples {
        examples::section(&mut roff, name, &examples);
    }
    let cache = keeps_pictures.then_some(CACHE_FILE);
    table(&mut roff, "FILES", cache.into_iter().chain(FILES));
    roff.control("SH", ["SEE ALSO"]);
    let see: Vec<String> = see.iter().map(|page| format!("{page}(1)")).collect();
    roff.text([roman(see.join(", "))]);
    let _ = roff.to_writer(&mut bytes);
    Artifact {
        path: format!("man/{name}.1"),
        bytes: mended(&bytes),
    }
}

/// An argument whose possible values are part of its text: clap's own list takes two lines for each.
fn with_possible_values(argument: clap::Arg) -> clap::Arg {
    let values: Vec<String> = argument.get_possible_values().iter().map(shown).collect();
    let help = argument.get_long_help().or(argument.get_help());
    if values.is_empty() || argument.is_hide_possible_values_set() {
        return argument;
    }
    let help = help.map(ToString::to_string).unwrap_or_default();
    let link = match help.contains(':') {
        true => "; possible values:",
        false => ":",
    };
    argument
        .long_help(format!("{help}{link} {}", values.join(", ")))
        .hide_possible_values(true)
}

/// A possible value, and what it means unless the name says it.
fn shown(value: &clap::builder::PossibleValue) -> String {
    let name = value.get_name();
    match value.get_help().map(ToString::to_string) {
        Some(help) if !help.eq_ignore_ascii_case(name) => {
            format!("{name} ({})", uncapitalized(&help))
        }
        _ => name.to_owned(),
    }
}

/// A sentence as a part of another one. Acronyms keep their capitals.
fn uncapitalized(sentence: &str) -> String {
    let mut letters = sentence.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if !second.is_uppercase() => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => sentence.to_owned(),
    }
}

/// The description without its first paragraph, which the section NAME has already.
fn description(command: &clap::Command) -> Option<String> {
    let text = command.get_long_about()?.to_string();
    let (_, rest) = text.split_once("\n\n")?;
    Some(rest.to_owned())
}

/// The date of the pages: they must be the same whenever they are made.
const DATE: &str = "2026-11-27";

/// What every command can return; the rest is in the page of the command.
const ROOT_STATUSES: [Status; 3] = [exit::SUCCESS, exit::ERROR, exit::SIGNALED];

/// The formats of `parse` that have patterns.
const PATTERNS: [(&str, &str); 2] = [
    (
        "pat \"{ip} - {user} [{time}] {_} {status:int}\"",
        "Read texts and the fields between them, from the beginning of the line. A field ends where the text behind it comes first. \
         {_} is skipped; {name:int} is a whole number, {name:num} a number, {name:word} one word, {name:time} a time. If the \
         pattern ends with a field, {name} takes the rest of the line, and a field with a kind ends where its value is complete: \
         {status:int} reads 200 in '200 512'; '200ms' is bad. What follows is not read. {{ and }} are braces. A value that is \
         empty or - is missing.",
    ),
    (
        "re \"took=(?<took>[0-9]+)\"",
        "Read the named groups of a regex, which matches anywhere in the line; re /…/ works, too.",
    ),
];

/// The stages that do not start with a name.
const OPENING: [(&str, &str); 3] = [
    (
        "\"text\", /regex/, 10.0.0.0/8",
        "Keep lines that contain a text, match a regex, or contain an address in a network; joined by and, or, not and \
         parentheses. A single word needs no quotes.",
    ),
    (
        "AGGREGATE, … by KEY, …",
        "Group lines and aggregate each group; without by, all lines are one group. A key is a field, an expression, or a time \
         interval such as 5m, 1h, 1d, 1w. Rows are sorted by time, otherwise by the first aggregate, descending. Empty \
         intervals get a row. A column is named after its aggregate, such as sum_bytes for sum(bytes), or by as NAME. Values are \
         grouped by their text, so 10 and 10.0 are different groups.",
    ),
    (
        "by 1h, by 1d",
        "Intervals up to 1 hour follow the local time of --tz, and days and weeks start at midnight. Intervals between 1 hour and \
         1 day follow local time in zones without daylight saving time, and UTC otherwise.",
    ),
];

/// How many of the operators come first that only logs have.
const LOG_FIELDS: usize = 3;

const OPERATORS: [(&str, &str); 11] = [
    (
        "status, http.path, tags[0]",
        "A field; in JSON also fields of nested objects and elements of lists.",
    ),
    ("[\"odd name\"]", "A field whose name is not a plain word."),
    (
        "$1, $NF, line, file",
        "The first and the last word of the line, its whole text, and the name of its file.",
    ),
    (
        "\"text\", 'text'",
        "Text. \\\" and \\\\ stand for a quote and a backslash, \\n and \\t for a newline and a tab.",
    ),
    (
        "10M, 1h30m, 1.5",
        "A size in bytes (powers of 1024), a duration in seconds, a number.",
    ),
    (
        "== != < <= > >=",
        "Compare numbers, times or texts. A missing field is not equal to anything, nor less or greater.",
    ),
    ("contains", "True if the left text contains the right one."),
    (
        "=~ !~",
        "True if the left text matches, or does not match, the /regex/ on the right. A dot matches one UTF-8 character, \
         (?-u:.) any byte; (?i) at the start ignores case.",
    ),
    (
        "in (…), not in (…)",
        "True if the left side is in a list, or is an address in a network: ip in 10.0.0.0/8.",
    ),
    (
        "+ - * / %",
        "Arithmetic, exact for decimals; a missing operand makes the result missing.",
    ),
    (
        "and, or, not",
        "Combine conditions; not (bytes >= 0) is true if bytes is missing.",
    ),
];

const ENVIRONMENT: [(&str, &str); 4] = [
    (
        "COLUMNS",
        "The width of tables, if the terminal does not report its own.",
    ),
    (
        "NO_COLOR",
        "If set and not empty, disables colour unless --color is given.",
    ),
    ("TERM", "If dumb, disables colour and the progress bar."),
    ("TZ", "The time zone, unless --tz is given."),
];

/// The location and the limit of the cache.
const CACHE_ENVIRONMENT: [(&str, &str); 3] = [
    (
        "JUG_CACHE_DIR",
        "The cache directory; overrides the other settings.",
    ),
    (
        "JUG_CACHE_MAX",
        "The size limit of the cache, such as 64M; 256M by default.",
    ),
    (
        "XDG_CACHE_HOME, HOME",
        "The cache directory is jug in the first or .cache/jug in the second. Without either, nothing is cached.",
    ),
];

const CACHE_FILE: (&str, &str) = (
    "~/.cache/jug",
    "The image cache; it can be removed at any time.",
);

const FILES: [(&str, &str); 2] = [
    ("/etc/localtime", "The system's time zone."),
    (
        "/usr/share/zoneinfo",
        "Time zones; without them jug uses embedded ones.",
    ),
];

fn table<'a, T: Into<String>>(
    roff: &mut Roff,
    title: &str,
    rows: impl Iterator<Item = (&'a str, T)>,
) {
    roff.control("SH", [title]);
    for (name, text) in rows {
        roff.control("TP", []);
        roff.text([bold(name)]);
        roff.text([roman(text)]);
    }
}

/// Removes what mandoc warns about in generated pages: blanks at the ends of lines, and breaks and paragraphs after a break or
/// a heading. Empty lines between paragraphs become space; long lines are wrapped.
fn mended(page: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(page);
    let mut lines: Vec<&str> = Vec::new();
    let mut is_apart = false;
    for line in text.lines().map(str::trim_end) {
        if line.is_empty() {
            is_apart = true;
            continue;
        }
        let is_text = |line: &&str| !line.starts_with('.');
        if std::mem::take(&mut is_apart) && is_text(&line) && lines.last().is_some_and(is_text) {
            lines.push(".sp");
        }
        let is_needless = match (lines.last(), line) {
            (Some(&".br"), ".br") => true,
            (Some(last), ".PP") => last.starts_with(".SH"),
            _ => false,
        };
        if !is_needless {
            lines.push(line);
        }
    }
    let mut mended = String::with_capacity(text.len());
    let mut is_literal = false;
    for line in lines {
        match line {
            ".nf" => is_literal = true,
            ".fi" => is_literal = false,
            _ => {}
        }
        if is_literal {
            mended.push_str(line);
        } else {
            wrap(line, &mut mended);
        }
        mended.push('\n');
    }
    mended.into_bytes()
}

/// Appends a line of the page; text is broken at blanks, since the formatter fills lines anyway. A line must not start like a
/// request.
fn wrap(line: &str, out: &mut String) {
    // Less than 80, since what is not ASCII is counted as its name.
    const WIDTH: usize = 72;
    let is_request = |text: &str| text.starts_with(['.', '\'']);
    if line.len() <= WIDTH || is_request(line) {
        out.push_str(line);
        return;
    }
    let mut length = 0;
    for word in line.split(' ') {
        let fits = length + 1 + word.len() <= WIDTH;
        if length > 0 && (fits || word.is_empty() || is_request(word)) {
            out.push(' ');
            length += 1;
        } else if length > 0 {
            out.push('\n');
            length = 0;
        }
        out.push_str(word);
        length += word.len();
    }
}
