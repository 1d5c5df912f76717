//! `jug walk`: directories as streams.

mod output;
mod shape;

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;
use std::path::PathBuf;
use std::time::Instant;

use clap::{Args, ValueEnum, ValueHint};
use jiff::tz::TimeZone;

use shape::Shape;

use super::Context;
use crate::args::inputs::listed;
use crate::args::output::Output;
use crate::args::selection::SelectionArgs;
use crate::args::values;
use crate::dirs;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::expr::Clock;
use crate::io::signals;
use crate::observe::Observe as _;
use crate::record::Timestamp;
use crate::select::{Pruning, Selection};
use crate::ui::Unit;
use crate::walk::{Condition, Events, Follow, Order, Report, Tolerated};

const EXAMPLES: &str = "\
Examples:
  Every path below here
      jug walk
  Large logs that nobody has touched for a week
      jug walk /var/log --ext log --size '>100M' --age '>7d' -0 | xargs -r0 gzip
  Sizes and times as records
      jug walk src --type f --ndjson
  Which sorts of files take the space?
      jug walk /srv -x --totals ext -n 10
  The whole tree as one JSON object
      jug walk src --tree > tree.json
  Is anything newer than the last backup?
      jug walk -q /data --newer /var/run/last-backup && run-backup
  Do two trees hold the same files of the same size?
      diff <(cd a && jug walk --fields path,size) <(cd b && jug walk --fields path,size)";

/// Walk directories: every entry under some paths as text, records, a tree or totals
///
/// Without options it prints the paths of all entries under each PATH, hidden ones too, as find does; but sorted within each
/// directory, so that two runs can be compared whatever the number of threads.
///
/// What cannot be read is said and ends in exit status 3. Entries that go while they are looked at are no fault.
///
/// --fields, --template, --totals and --where know these fields: path name dir ext depth root type size allocated mode nlink
/// uid gid user group dev ino mtime ctime atime btime target target_type.
#[derive(Args, Debug)]
#[command(after_long_help = EXAMPLES)]
#[command(mut_arg("to", |arg| arg.help("Write rows of this format [default: table on a terminal, else tsv, where there are rows]")))]
pub struct Walk {
    /// Where to begin [default: .]
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    paths: Vec<OsString>,

    /// Read more paths from a file, each ended by NUL
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Travel")]
    files0_from: Option<PathBuf>,

    /// Look at most so many steps below each PATH
    #[arg(long, value_name = "N", help_heading = "Travel")]
    depth: Option<u32>,

    /// Follow no link, as if nothing is said
    #[arg(short = 'P', overrides_with_all = ["follow_roots", "follow"], help_heading = "Travel")]
    physical: bool,

    /// Follow links given as PATH
    #[arg(short = 'H', overrides_with_all = ["physical", "follow"], help_heading = "Travel")]
    follow_roots: bool,

    /// Follow all links, and enter each directory once
    #[arg(short = 'L', overrides_with_all = ["physical", "follow_roots"], help_heading = "Travel")]
    follow: bool,

    /// Stay on the file system of each PATH
    #[arg(short = 'x', long, help_heading = "Travel")]
    one_file_system: bool,

    /// Do not enter file systems of these kinds, such as proc,sysfs,nfs
    #[arg(
        long,
        value_name = "KIND",
        value_delimiter = ',',
        help_heading = "Travel"
    )]
    skip_fs: Vec<String>,

    /// The order of entries
    #[arg(
        long,
        value_name = "ORDER",
        default_value = "dir",
        hide_default_value = true,
        help_heading = "Travel"
    )]
    order: OrderName,

    #[command(flatten)]
    selection: SelectionArgs,

    /// Show entries for which a condition holds, such as 'size > 1M and ext == "log"'
    #[arg(long = "where", value_name = "CONDITION", help_heading = "Select")]
    condition: Option<String>,

    /// The time zone of times that name none, of days, and of times in tables [default: the system's]
    #[arg(long, value_name = "ZONE", value_parser = values::zone, allow_hyphen_values = true, help_heading = "Select")]
    tz: Option<TimeZone>,

    /// Write rows of these fields, or of @stat or @all
    #[arg(long, value_name = "FIELDS", value_parser = shape::field_names(), hide_possible_values = true, help_heading = "Output")]
    fields: Option<String>,

    /// Write a text for each entry, such as '{size}\t{path}'
    #[arg(long, value_name = "TEXT", conflicts_with_all = ["fields", "to", "ndjson"], help_heading = "Output")]
    template: Option<String>,

    /// End each path or text with NUL instead of a newline
    #[arg(short = '0', long = "null", help_heading = "Output")]
    null: bool,

    /// Write one JSON object with all entries nested, and totals
    ///
    /// Without --fields each entry has all attributes. Directories are there whether or not they are selected. In these totals
    /// a file with several names counts under each of them; those of --totals count it once.
    #[arg(long, conflicts_with_all = ["template", "to", "ndjson", "null", "limit", "totals"], help_heading = "Output")]
    tree: bool,

    /// Add up files and sizes by these fields, the largest first
    #[arg(long, value_name = "FIELDS", value_parser = shape::field_names(), hide_possible_values = true, conflicts_with_all = ["template", "fields", "null", "events"], help_heading = "Output")]
    totals: Option<String>,

    /// Put what happens into the NDJSON
    #[arg(
        long,
        value_name = "EVENT",
        value_delimiter = ',',
        conflicts_with_all = ["tree", "limit"],
        help_heading = "Output"
    )]
    events: Vec<EventName>,

    #[command(flatten)]
    output: Output,

    /// Give at most so many entries or rows
    #[arg(short = 'n', long, value_name = "N", help_heading = "Output")]
    limit: Option<u64>,

    /// Print nothing, stop at the first entry; exit status 0 if there is one, 1 if not
    #[arg(short, long, conflicts_with_all = ["to", "ndjson", "output", "fields", "template", "tree", "totals", "events", "null"], help_heading = "Output")]
    quiet: bool,

    /// Faults that are none: eacces (no permission), enoent (not there), all
    #[arg(
        long,
        value_name = "CAUSE",
        value_delimiter = ',',
        help_heading = "Work"
    )]
    tolerate: Vec<Cause>,

    /// How many threads work [default: one for each core]
    #[arg(short = 'j', long, value_name = "N", value_parser = values::threads, help_heading = "Work")]
    threads: Option<usize>,

    /// How directories are read
    #[arg(
        long,
        value_name = "ENGINE",
        default_value = "auto",
        help_heading = "Finding faults"
    )]
    engine: EngineName,

    /// Say at the end how much was walked, how fast
    #[arg(long, help_heading = "Finding faults")]
    stats: bool,
}

/// The order of entries.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum OrderName {
    /// By bytes within each directory, a directory before what is in it
    Dir,
    /// By the bytes of whole paths, as LC_ALL=C sort -z has them
    Path,
    /// As they are found: fastest
    None,
}

/// What happens besides entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum EventName {
    /// A directory is entered
    Enter,
    /// A directory is left, with what came out below it
    Leave,
    /// Something could not be read
    Error,
    /// A directory was reached again, and is not entered again
    Loop,
    /// Another file system begins
    Mount,
    /// The walk is over
    Summary,
}

/// Faults that may be none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Cause {
    /// No permission
    Eacces,
    /// Not there
    Enoent,
    /// Everything
    All,
}

/// How directories are read.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum EngineName {
    /// The best there is on this system
    Auto,
    /// By path, with the calls that all systems have
    Portable,
}

/// What the arguments mean.
struct Intent {
    roots: Vec<Vec<u8>>,
    shape: Shape,
    selection: Selection,
    pruning: Pruning,
    condition: Option<Condition>,
    follow: Follow,
    order: Order,
    events: Events,
    tolerated: Tolerated,
    clock: Clock,
}

impl Walk {
    /// What the arguments mean. Fails on contradictions; touches no file.
    fn plan(&self, now: Timestamp) -> Result<Intent> {
        let zone = self.tz.clone().unwrap_or_else(values::system_zone);
        let clock = Clock { now, zone };
        let (selection, pruning) = self.selection.plan(&clock)?;
        let condition = self.condition.as_deref().map(|text| {
            Condition::new(text, &clock).map_err(|fault| {
                let error = Error::usage(fault.render(text));
                match &fault.hint {
                    Some(hint) => error.hint(hint.as_str()),
                    None => error,
                }
            })
        });
        let shape = self.shape()?;
        let has = |event| self.events.contains(&event);
        let tolerates = |cause| self.tolerate.contains(&cause);
        let follow = match (self.follow, self.follow_roots) {
            (true, _) => Follow::Always,
            (false, true) => Follow::Roots,
            (false, false) => Follow::Never,
        };
        let order = match self.order {
            // By which of its names a directory is entered must not depend on which thread comes first.
            _ if (self.totals.is_some() || self.quiet) && follow == Follow::Always => {
                Order::Directory
            }
            // Which is found first does not matter to those who ask whether there is any.
            _ if self.totals.is_some() || self.quiet => Order::None,
            OrderName::Dir => Order::Directory,
            OrderName::Path => Order::Path,
            OrderName::None => Order::None,
        };
        if self.tree && order != Order::Directory {
            return Err(Error::usage("a tree has an order of its own").hint("leave out --order"));
        }
        if has(EventName::Leave) && order == Order::None {
            let message = "without an order nobody knows when a directory is left";
            return Err(Error::usage(message).hint("leave out --order, or the event leave"));
        }
        Ok(Intent {
            roots: self.paths.iter().cloned().map(OsString::into_vec).collect(),
            shape,
            selection,
            pruning,
            condition: condition.transpose()?,
            follow,
            order,
            events: Events {
                enter: has(EventName::Enter),
                leave: has(EventName::Leave),
                error: has(EventName::Error),
                repeat: has(EventName::Loop),
                mount: has(EventName::Mount),
                summary: has(EventName::Summary),
            },
            tolerated: Tolerated {
                denied: tolerates(Cause::Eacces),
                missing: tolerates(Cause::Enoent),
                all: tolerates(Cause::All),
            },
            clock,
        })
    }

    pub(super) fn run(&self, context: &Context) -> Result<Exit> {
        let started = Instant::now();
        let mut intent = self.plan(Timestamp::now())?;
        if let Some(list) = &self.files0_from {
            intent.roots.extend(listed(list)?);
        } else if intent.roots.is_empty() {
            intent.roots.push(b".".to_vec());
        }
        if intent.order == Order::Path {
            intent.roots.sort();
            refuse_nested(&intent.roots)?;
        }
        context.ui.count_in(Unit::Entries);
        let found = output::run(self, intent, context)?;
        if self.stats {
            let lines = found.stats(started.elapsed());
            lines.iter().for_each(|line| context.ui.say(line));
        }
        if signals::which().is_some() {
            let result = match &found.withheld {
                Some(file) => format!("{file} was not written"),
                None => "this is about what had been walked by then".to_owned(),
            };
            context.ui.missed(&format!("stopped by a signal: {result}"));
        }
        context.ui.finish();
        let report = &found.report;
        let is_any = report.records > 0;
        // Nothing that was asked for is there.
        if !is_any && report.directories == 0 && report.faults >= found.roots && report.faults > 0 {
            return Ok(Exit::Failed);
        }
        Ok(match (self.quiet, is_any, context.ui.is_incomplete()) {
            (true, true, _) | (false, _, false) => Exit::Done,
            (true, false, false) => Exit::No,
            (_, _, true) => Exit::Incomplete,
        })
    }

    fn engine(&self) -> dirs::Engine {
        match self.engine {
            EngineName::Auto => dirs::Engine::BEST,
            EngineName::Portable => dirs::Engine::Portable,
        }
    }
}

/// By whole paths, what lies below two roots cannot be told apart if one of them lies below the other.
fn refuse_nested(roots: &[Vec<u8>]) -> Result<()> {
    let is_below = |outer: &[u8], inner: &[u8]| {
        inner
            .strip_prefix(outer)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/") || outer.ends_with(b"/"))
    };
    for (index, outer) in roots.iter().enumerate() {
        // What lies below it comes right after it, but for what sorts between `a` and `a/`.
        let more = roots[index + 1..]
            .iter()
            .take_while(|root| root.starts_with(outer));
        for inner in more {
            if is_below(outer, inner) {
                let name = |path: &[u8]| String::from_utf8_lossy(path).into_owned();
                let message = match inner == outer {
                    true => format!("«{}» is given twice", name(outer)),
                    false => format!("«{}» lies in «{}»", name(inner), name(outer)),
                };
                return Err(Error::usage(message)
                    .hint("with --order path each entry is walked once: leave one out"));
            }
        }
    }
    Ok(())
}

/// What a run came to.
struct Found {
    report: Report,
    /// How many paths it began at.
    roots: u64,
    /// The output file, if it was not put into place.
    withheld: Option<String>,
}
