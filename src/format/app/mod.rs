//! `app` and `syslog`: lines that begin with a time in whatever layout, which is learnt from the first of them.
//!
//! [`learn`] finds the [`layout`] of a log, by what [`slots`] take of a line; [`reader`] reads by it.

mod layout;
mod learn;
mod level;
mod piece;
mod priority;
mod reader;
mod slots;

pub(super) use self::learn::StampStart;
pub(super) use self::level::of_word as level_of_word;
pub(super) use self::priority::level_of_severity;

use self::layout::{Layout, Slot};
use self::reader::LayoutReader;
use super::wanted::named;
use super::words::Words;
use super::{
    Always, Bad, Candidate, Kind, Reader, Refused, Sample, Schema, Settings, Spec, Unknown,
    Verbatim, Wanted,
};
use crate::record::{FieldName, Value};

/// Lines with a time, and mostly a level, near their beginning.
pub(super) static APP: Spec = Spec {
    name: "app",
    summary: "Read lines that begin with a time, such as those of applications; the layout is learnt from the first ten",
    kind: Kind::Stamped,
    precedence: 0,
    extensions: &[],
    rows: None,
    candidates: |_, settings| Ok(candidates(&APP, settings)),
    example: "2026-05-17 10:05:03,000 INFO  [main] com.example.Shop: started\n\
              2026-05-17 10:05:04,001 WARN  [pool-1] com.example.Cart: 3 items are gone\n\
              \tat com.example.Cart.check(Cart.java:17)\n",
};

/// Lines with a time, a machine and a program.
pub(super) static SYSLOG: Spec = Spec {
    name: "syslog",
    summary: "Read lines of syslog: RFC 3164 and RFC 5424, with or without a priority, and with times of RFC 3339",
    kind: Kind::Stamped,
    precedence: 1,
    extensions: &[],
    rows: None,
    candidates: |_, settings| Ok(candidates(&SYSLOG, settings)),
    example: "May 17 10:05:03 web1 sshd[4711]: Accepted publickey for root\n\
              May 17 10:05:04 web1 kernel: eth0: link up\n",
};

/// How many lines that are not blank the layout is learnt from.
pub(super) const LINES: usize = 10;

/// The fields, in the order in which they are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Field {
    Time,
    /// What stands for the time where no date does.
    TimeOfDay,
    Host,
    Program,
    Level,
    LevelText,
    Logger,
    Thread,
    Pid,
    Facility,
    Severity,
    Message,
}

const FIELDS: [(&str, Field); 12] = [
    ("time", Field::Time),
    ("time_of_day", Field::TimeOfDay),
    ("host", Field::Host),
    ("program", Field::Program),
    ("level", Field::Level),
    ("level_text", Field::LevelText),
    ("logger", Field::Logger),
    ("thread", Field::Thread),
    ("pid", Field::Pid),
    ("facility", Field::Facility),
    ("severity", Field::Severity),
    ("message", Field::Message),
];

/// The format of lines with a time; none if fewer than half of them have one.
pub(super) fn of_lines(sample: Sample<'_>) -> Option<&'static Spec> {
    let layout = learn::learn(sample)?;
    Some(if layout.is_syslog() { &SYSLOG } else { &APP })
}

fn candidates(spec: &'static Spec, settings: &Settings) -> Vec<Candidate> {
    vec![Candidate {
        schema: Box::new(Stamped {
            spec,
            settings: settings.clone(),
            layout: None,
        }),
        is_likely: true,
        enough: LINES,
    }]
}

struct Stamped {
    spec: &'static Spec,
    settings: Settings,
    /// None before it was learnt.
    layout: Option<Layout>,
}

impl Stamped {
    /// The field of a name, if lines have it.
    fn find(&self, name: &str) -> Option<Field> {
        let (_, field) = FIELDS.iter().find(|(known, _)| *known == name)?;
        self.has(*field).then_some(*field)
    }

    fn has(&self, field: Field) -> bool {
        let Some(layout) = &self.layout else {
            return false;
        };
        let has = |is: fn(&Slot) -> bool| layout.slots.iter().any(is);
        match field {
            Field::Time => !layout.stamp.lacks_day(),
            Field::TimeOfDay => layout.stamp.lacks_day(),
            Field::Message => true,
            Field::Host => has(|slot| *slot == Slot::Host),
            Field::Program => has(|slot| matches!(slot, Slot::Tag | Slot::Program)),
            Field::Level | Field::LevelText => {
                layout.place.has_level_letter || has(|slot| *slot == Slot::Level)
            }
            Field::Logger => has(|slot| matches!(slot, Slot::Logger(_))),
            Field::Thread => has(|slot| *slot == Slot::Thread),
            Field::Pid => has(|slot| matches!(slot, Slot::Pid | Slot::Tag)),
            Field::Facility | Field::Severity => layout.has_priority,
        }
    }
}

impl Schema for Stamped {
    fn spec(&self) -> &'static Spec {
        self.spec
    }

    fn learn(&mut self, sample: Sample<'_>) {
        self.layout = learn::learn(sample);
        if let Some(layout) = &mut self.layout
            && self.spec.name == SYSLOG.name
            && !layout.is_syslog()
        {
            layout.slots = vec![Slot::Host, Slot::Tag];
        }
    }

    fn layout(&self) -> Option<String> {
        self.layout.as_ref().map(ToString::to_string)
    }

    fn doubt(&self) -> Option<(String, String)> {
        let time = self.layout.as_ref()?.ambiguous.as_ref()?;
        Some((
            format!("'{time}' is read as month/day/year"),
            r#"if the day comes first, write: let time = strptime(extract(line, /([0-9]+.[0-9]+.[0-9]+ [0-9:]+)/), "%d/%m/%Y %H:%M:%S")"#.to_owned(),
        ))
    }

    fn fields(&self) -> Vec<FieldName> {
        let fields = FIELDS.iter().filter(|(_, field)| self.has(*field));
        fields.map(|(name, _)| FieldName::key(name)).collect()
    }

    fn open_ended(&self) -> bool {
        false
    }

    fn always(&self, field: &str) -> Option<Always> {
        match field {
            "time" => None,
            "pid" => Some(Always::Number),
            _ => Some(Always::Text),
        }
    }

    fn verbatim(&self) -> Verbatim {
        // Levels and times are not spelt as they stand in the line.
        Verbatim::Never
    }

    fn reader(&self, wanted: &[Wanted]) -> Result<Box<dyn Reader>, Unknown> {
        let Some(layout) = &self.layout else {
            return Ok(Box::new(AnyLine));
        };
        let places = named(wanted, |name| self.find(name))?;
        let words = Words::new(wanted, self.settings.infer);
        let Settings { zone, years, .. } = &self.settings;
        let is_strict = self.spec.name == SYSLOG.name;
        let reader = LayoutReader::new(layout, zone, *years, places, is_strict, words);
        Ok(Box::new(reader))
    }
}

/// Takes every line, before the layout is known.
struct AnyLine;

impl Reader for AnyLine {
    fn read<'a>(&mut self, _: &'a [u8], _: &mut [Value<'a>]) -> Result<(), Bad> {
        Ok(())
    }

    fn check(&mut self, _: &[u8]) -> Result<(), Bad> {
        Ok(())
    }
}

/// Why a sample cannot be read by its times.
pub(super) fn refused() -> Refused {
    Refused(format!(
        "fewer than half of the first {LINES} lines have a time near their beginning"
    ))
}

#[cfg(test)]
mod tests;
