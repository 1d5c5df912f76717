//! `jug walk`: list everything under some directories.

mod duplicates;
mod explain;
mod flags;
mod output;
mod ranked;
mod roots;
mod shape;
mod sinks;
mod snapshots;
mod sums;

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;
use std::path::PathBuf;
use std::time::Instant;

use clap::{Args, ValueHint};

use flags::{Cause, EngineName, EventName, OrderName};
use shape::Shape;

use super::context::Context;
use super::shared::ending::Ending;
use super::shared::rows::write_text;
use crate::args::common::{Limit, Quiet, Stats, Threads, Zone};
use crate::args::inputs::listed;
use crate::args::output::Output;
use crate::args::selection::SelectionArgs;
use crate::dirs::Tolerated;
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::expr::Clock;
use crate::record::Timestamp;
use crate::select::{Pruning, Selection};
use crate::ui::Unit;
use crate::walk::field::FIELDS;
use crate::walk::ranking::Attribute;
use crate::walk::{Condition, Events, Follow, Order, Ranking};

const EXAMPLES: &str = "\
Examples:
  All paths below the working directory
      jug walk
  Compress large logs that have not changed for a week
      jug walk /var/log --ext log --size '>100M' --age '>7d' -0 | xargs -r0 gzip
  Files with their size and time as NDJSON
      jug walk src --type f --ndjson
  Which file types use the most space?
      jug walk /srv -x --totals ext -n 10
  Which directories do, with everything below them?
      jug walk /srv -x --sum --depth 2 --order -allocated -n 10
  Keep what is there, to compare with later
      jug walk /srv --save srv.snapshot
  What has changed since?
      jug walk /srv --against srv.snapshot
  Which files have the same content, and how much space do the copies take?
      jug walk /srv --type f --dups --ndjson | jug log 'count, sum(size) by group'
  The twenty largest files
      jug walk /srv --type f -n 20 --order -size --fields size,path
  The whole tree as one JSON object
      jug walk src --tree > tree.json
  Is anything newer than the last backup?
      jug walk -q /data --newer /var/run/last-backup && run-backup
  Do two trees contain the same files with the same sizes?
      diff <(cd a && jug walk --fields path,size) <(cd b && jug walk --fields path,size)";

/// The long description, with all fields.
fn description() -> String {
    let fields: Vec<&str> = FIELDS.iter().map(|field| field.name).collect();
    format!(
        "List everything under the given directories as text, records, a tree or totals\n\n\
         By default it prints the paths of all entries under each PATH, including hidden ones, as find does, but sorted within \
         each directory. The output does not depend on the number of threads.\n\n\
         Entries that cannot be read are reported and cause exit status 3. Entries that disappear during the walk are not \
         errors.\n\n\
         --fields, --template, --totals and --where accept these fields: {}. mime, hash, sha256 and etag read the contents of regular \
         files; @all does not include them.",
        fields.join(" ")
    )
}

/// List everything under the given directories as text, records, a tree or totals
#[derive(Args, Debug)]
#[command(long_about = description(), after_long_help = EXAMPLES)]
#[command(mut_arg("to", |arg| arg.help("Write rows in this format [default for rows: table on a terminal, otherwise tsv]")))]
#[command(mut_arg("limit", |arg| arg.help("Output at most N entries or rows")))]
#[command(mut_arg("quiet", |arg| arg.conflicts_with_all(["template", "tree", "totals", "sum", "events", "null"])))]
pub struct Walk {
    /// Start from these paths [default: .]
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    paths: Vec<OsString>,

    /// Read more paths from FILE, each terminated by NUL
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Traversal")]
    files0_from: Option<PathBuf>,

    /// Descend at most N levels below each PATH
    #[arg(long, value_name = "N", help_heading = "Traversal")]
    depth: Option<u32>,

    /// Never follow symbolic links (default)
    #[arg(short = 'P', overrides_with_all = ["follow_roots", "follow"], help_heading = "Traversal")]
    physical: bool,

    /// Follow symbolic links that are given as PATH
    #[arg(short = 'H', overrides_with_all = ["physical", "follow"], help_heading = "Traversal")]
    follow_roots: bool,

    /// Follow all symbolic links, and enter each directory only once
    ///
    /// A directory that can be reached by several paths is entered by the first of them in the order of the output, even if that
    /// leads through a link.
    #[arg(short = 'L', overrides_with_all = ["physical", "follow_roots"], help_heading = "Traversal")]
    follow: bool,

    /// Stay on the file system of each PATH
    #[arg(short = 'x', long, help_heading = "Traversal")]
    one_file_system: bool,

    /// Skip file systems of these kinds, such as proc,sysfs,nfs
    #[arg(
        long,
        value_name = "KIND",
        value_delimiter = ',',
        help_heading = "Traversal"
    )]
    skip_fs: Vec<String>,

    /// Order of the entries, or of the rows of --sum
    ///
    /// With an attribute nothing is output before the end of the walk; -n 20 --order -size outputs the twenty largest.
    #[arg(
        long,
        value_name = "ORDER",
        allow_hyphen_values = true,
        default_value = "dir",
        hide_default_value = true,
        help_heading = "Traversal"
    )]
    order: OrderName,

    #[command(flatten)]
    selection: SelectionArgs,

    /// Leave out directories that a file CACHEDIR.TAG marks as caches, and everything below them
    #[arg(long, help_heading = "Pruning")]
    no_cache_dirs: bool,

    /// Match entries for which a condition is true, such as 'size > 1M and ext == "log"'
    #[arg(long = "where", value_name = "CONDITION", help_heading = "Filters")]
    conditions: Vec<String>,

    #[command(flatten, next_help_heading = "Filters")]
    zone: Zone,

    /// Write rows of these fields; @stat and @all stand for several
    #[arg(long, value_name = "FIELDS", value_parser = shape::field_names(), hide_possible_values = true, help_heading = "Output")]
    fields: Option<String>,

    /// Write TEXT for each entry, such as '{size}\t{path}'
    #[arg(long, value_name = "TEXT", conflicts_with_all = ["fields", "to", "ndjson"], help_heading = "Output")]
    template: Option<String>,

    /// Terminate each path or text with NUL instead of a newline
    #[arg(short = '0', long = "null", help_heading = "Output")]
    null: bool,

    /// Write one JSON object with all entries nested, and totals
    ///
    /// Without --fields each entry has all attributes. Directories are included even if they do not match. In these totals, and in
    /// those of --events, a file with several hard links counts once for each; --totals counts it once.
    #[arg(long, conflicts_with_all = ["template", "to", "ndjson", "null", "limit", "totals"], help_heading = "Output")]
    tree: bool,

    /// Add up the number and size of entries by these fields, largest first
    #[arg(long, value_name = "FIELDS", value_parser = shape::field_names(), hide_possible_values = true, conflicts_with_all = ["template", "fields", "null", "events"], help_heading = "Output")]
    totals: Option<String>,

    /// Add up the number, size and space of each directory with everything below it, as du does
    ///
    /// 'size' is the sum of sizes, 'allocated' the space on disk, which du prints unless it is called with --apparent-size; both include
    /// the directories themselves. A file with several hard links counts once, in the first directory in the order of the output,
    /// and so does what is given or reached twice. Filters limit what counts. A directory comes after those in it; --depth
    /// limits the rows, not what is added up.
    #[arg(long, conflicts_with_all = ["template", "fields", "null", "events", "tree", "totals"], help_heading = "Output")]
    sum: bool,

    /// Write rows of the regular files that have equal contents, the largest first
    ///
    /// Only files of which another has the same size are read, and only those of which another has the same first bytes are read to their
    /// end. A file with several hard links is listed once. Empty files are equal; --size '>0' leaves them out.
    #[arg(long, conflicts_with_all = ["template", "fields", "null", "events", "tree", "totals", "sum", "quiet", "save", "against"], help_heading = "Output")]
    dups: bool,

    /// Write a snapshot to FILE: all entries with their attributes, to compare with later
    ///
    /// --fields selects the attributes [default: type,size,mtime,mode,ino]. FILE had better be outside of PATH. With --against, one run
    /// compares with a snapshot and writes the next.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with_all = ["template", "null", "events", "tree", "totals", "sum", "quiet"], help_heading = "Snapshots")]
    save: Option<PathBuf>,

    /// Report what has changed since the snapshot FILE: added, removed, changed and moved entries
    ///
    /// With -q the exit status is 0 if anything has changed and 1 if nothing has. An entry was moved if device, inode and time of
    /// birth are those of one that is gone. Attributes are those of the snapshot, or of --fields. With one PATH, paths below it are
    /// compared, so that a copy can be compared with its original; leave out 'ino' then. What is below a directory that could not be
    /// read on either side is left out, and the exit status is 3.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with_all = ["template", "null", "events", "tree", "totals", "sum"], help_heading = "Snapshots")]
    against: Option<PathBuf>,

    /// With --against, compare with the snapshot FILE instead of a tree
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "against", conflicts_with_all = ["paths", "files0_from", "save"], help_heading = "Snapshots")]
    snapshot: Option<PathBuf>,

    /// Add event records to the NDJSON output
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

    #[command(flatten)]
    limit: Limit,

    #[command(flatten)]
    quiet: Quiet,

    /// Do not report these errors
    #[arg(
        long,
        value_name = "CAUSE",
        value_delimiter = ',',
        help_heading = "Performance"
    )]
    tolerate: Vec<Cause>,

    #[command(flatten)]
    threads: Threads,

    /// How to read directories
    #[arg(
        long,
        value_name = "ENGINE",
        default_value = "auto",
        help_heading = "Debugging"
    )]
    engine: EngineName,

    /// Print what would be read of entries, and exit
    #[arg(long, help_heading = "Debugging")]
    explain: bool,

    #[command(flatten)]
    stats: Stats,
}

/// What the arguments mean.
struct Intent {
    roots: Vec<Vec<u8>>,
    shape: Shape,
    selection: Selection,
    pruning: Pruning,
    conditions: Vec<Condition>,
    follow: Follow,
    order: Order,
    ranking: Option<Ranking>,
    events: Events,
    tolerated: Tolerated,
    clock: Clock,
}

impl Walk {
    /// What the arguments mean; rejects contradictions and reads no file.
    fn plan(&self, now: Timestamp) -> Result<Intent> {
        let clock = Clock {
            now,
            zone: self.zone.resolve(),
        };
        let (selection, pruning) = self.selection.plan(&clock)?;
        let conditions = self.conditions.iter().map(|text| {
            Condition::new(text, &clock).map_err(|fault| {
                let error = Error::usage(fault.render(text));
                match &fault.hint {
                    Some(hint) => error.hint(hint.as_str()),
                    None => error,
                }
            })
        });
        if self.is_quiet_walk() && self.fields.is_some() {
            return Err(Error::usage("--quiet cannot be used with --fields"));
        }
        for path in &self.paths {
            if path.is_empty() {
                return Err(
                    Error::usage("a path is empty").hint("for the current directory write .")
                );
            }
        }
        let is_below_slash = |path: &OsString| path.as_encoded_bytes().starts_with(b"/");
        if (pruning.exclude.has_absolute() || pruning.prune.has_absolute())
            && !self.paths.iter().any(is_below_slash)
            && self.files0_from.is_none()
        {
            let message = "a glob that begins with / matches nothing below these paths";
            return Err(Error::usage(message).hint("for names directly below a path write ./NAME"));
        }
        let shape = self.shape()?;
        let events = flags::events(&self.events);
        let follow = match (self.follow, self.follow_roots) {
            (true, _) => Follow::Always,
            (false, true) => Follow::Roots,
            (false, false) => Follow::Never,
        };
        let order = match self.order {
            // The path by which a directory is entered must not depend on the threads.
            _ if (self.totals.is_some() || self.is_quiet_walk()) && follow == Follow::Always => {
                Order::Directory
            }
            // The order of the entries does not matter for sums, nor for whether there is one.
            _ if self.is_quiet_walk() || self.totals.is_some() || self.dups => Order::None,
            // Snapshots are sorted.
            _ if self.save.is_some() || self.against.is_some() => self.snapshot_order()?,
            // Whether a directory counts does not depend on the order of rows.
            _ if self.sum => Order::Directory,
            order if follow == Follow::Always && order.attribute().is_some() => Order::Directory,
            order => order.order(),
        };
        let ranking = self.ranking()?;
        if self.tree && (order != Order::Directory || self.order.attribute().is_some()) {
            return Err(Error::usage("--tree needs the order dir").hint("leave out --order"));
        }
        if events.leave && order == Order::None {
            let message = "--order none does not tell when a directory is left";
            return Err(Error::usage(message).hint("leave out --order, or the event leave"));
        }
        Ok(Intent {
            roots: self.paths.iter().cloned().map(OsString::into_vec).collect(),
            shape,
            selection,
            pruning,
            conditions: conditions.collect::<Result<_>>()?,
            follow,
            order,
            ranking,
            events,
            tolerated: flags::tolerated(&self.tolerate),
            clock,
        })
    }

    /// Whether only the number of entries matters.
    fn is_quiet_walk(&self) -> bool {
        self.quiet.is_set && self.against.is_none()
    }

    fn snapshot_order(&self) -> Result<Order> {
        if !matches!(self.order, OrderName::Dir | OrderName::Path) {
            let message = "snapshots are in the order path";
            return Err(Error::usage(message).hint("leave out --order"));
        }
        if self.paths.len() > 1 {
            for path in &self.paths {
                let path = path.as_encoded_bytes();
                if path.len() > 1 && path.ends_with(b"/") {
                    let name = String::from_utf8_lossy(path);
                    let message = format!("with several paths, '{name}' must not end in a slash");
                    return Err(Error::usage(message));
                }
            }
        }
        Ok(Order::Path)
    }

    /// The attribute that records are ordered by.
    fn ranking(&self) -> Result<Option<Ranking>> {
        let Some((attribute, is_descending)) = self.order.attribute() else {
            return Ok(None);
        };
        if self.dups {
            let message = "--dups is in the order of sizes, the largest first";
            return Err(Error::usage(message).hint("leave out --order"));
        }
        if self.totals.is_some() {
            let message = "--totals is in the order of sizes, the largest first";
            return Err(Error::usage(message).hint("leave out --order, or sort its output"));
        }
        if self.sum && attribute == Attribute::Modified {
            let message = "--sum has no times to order by";
            return Err(Error::usage(message).hint("write --order -size or --order -allocated"));
        }
        if !self.events.is_empty() {
            let message = "--events needs the order dir, path or none";
            return Err(Error::usage(message).hint("leave out --order, or --events"));
        }
        let limit = self.limit.rows;
        Ok((!self.quiet.is_set).then_some(Ranking {
            attribute,
            is_descending,
            limit: limit.map(|limit| usize::try_from(limit).unwrap_or(usize::MAX)),
        }))
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
            roots::refuse_nested(&intent.roots)?;
        }
        if self.explain {
            return write_text(&explain::text(self, &intent), &self.output);
        }
        if let Some(message) = self.zone.warning() {
            context.ui.warn(&message);
        }
        context.ui.count_in(Unit::Entries);
        let found = output::run(self, intent, context)?;
        if self.stats.is_set {
            let lines = found.stats(started.elapsed());
            lines.iter().for_each(|line| context.ui.say(line));
        }
        let ending = Ending {
            is_quiet: self.quiet.is_set,
            has_results: found.report.records > 0,
            withheld: found.withheld.as_deref(),
        };
        let exit = ending.finish(&context.ui);
        Ok(match found.is_failure() {
            true => Exit::Failed,
            false => exit,
        })
    }
}
