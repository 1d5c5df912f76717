//! Flags that several commands have, one group for each, so that their letters, names and help are the same everywhere.

use clap::Args;
use jiff::tz::TimeZone;

use super::values;
use super::words::format_names;
use super::zone;
use crate::format;

/// `-j`: the number of worker threads.
#[derive(Args, Clone, Copy, Debug)]
pub struct Threads {
    /// Number of worker threads [default: one per core]
    #[arg(id = "threads", short = 'j', long = "threads", value_name = "N", value_parser = values::threads, help_heading = "Performance")]
    pub count: Option<usize>,
}

/// `--tz`: the time zone.
#[derive(Args, Clone, Debug)]
pub struct Zone {
    /// Time zone for times without one, for day boundaries and for times in tables [default: the system's]
    #[arg(id = "tz", long = "tz", value_name = "ZONE", value_parser = zone::parse, allow_hyphen_values = true)]
    pub given: Option<TimeZone>,
}

impl Zone {
    /// The zone that was given, otherwise the system's.
    pub fn resolve(&self) -> TimeZone {
        self.given.clone().unwrap_or_else(zone::system)
    }

    /// A warning if the zone comes from a variable `TZ` that names none.
    pub fn warning(&self) -> Option<String> {
        let name = match self.given {
            Some(_) => None,
            None => zone::unknown_in_environment(),
        };
        name.map(|name| format!("TZ: unknown time zone '{name}'; using UTC"))
    }
}

/// `-n`: the most rows.
#[derive(Args, Clone, Copy, Debug)]
pub struct Limit {
    /// Output at most N rows
    #[arg(id = "limit", short = 'n', long = "limit", value_name = "N", value_parser = values::rows, help_heading = "Output")]
    pub rows: Option<u64>,
}

/// `-q`: only the exit status.
#[derive(Args, Clone, Copy, Debug)]
pub struct Quiet {
    /// Print nothing and stop at the first result; exit status 0 if there is one, otherwise 1
    #[arg(id = "quiet", short = 'q', long = "quiet", conflicts_with_all = ["to", "ndjson", "output"], help_heading = "Output")]
    pub is_set: bool,
}

/// `--stats`: figures at the end.
#[derive(Args, Clone, Copy, Debug)]
pub struct Stats {
    /// Print how much was read, and how fast, on standard error
    #[arg(id = "stats", long = "stats", help_heading = "Debugging")]
    pub is_set: bool,
}

/// `--from`: the format of the input.
#[derive(Args, Clone, Debug)]
pub struct From {
    /// Format of the input
    #[arg(id = "from", short = 'f', long = "from", value_name = "FORMAT", default_value = "auto", value_parser = format_names(), help_heading = "Input")]
    name: String,
}

impl From {
    /// The format that was named; none if it is to be detected.
    pub fn format(&self) -> Option<&'static format::Spec> {
        format::find(&self.name)
    }
}
