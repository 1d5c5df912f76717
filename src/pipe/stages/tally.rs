//! `tally`: how often each item comes, the most frequent first.

use clap::{ArgMatches, Args};
use foldhash::fast::RandomState;
use hashbrown::HashMap;

use crate::pipe::data::Kind;
use crate::pipe::emit::{Emit, Unit};
use crate::pipe::failure::Failure;
use crate::pipe::flow::Flow;
use crate::pipe::spec::{Example, Family, Opened, Refused, Spec, Work, arguments};
use crate::pipe::stage::UnitStage;

#[derive(Args)]
struct Tally {
    /// Of records: the field whose values are counted
    #[arg(value_name = "FIELD")]
    field: Option<String>,
}

pub(super) static SPEC: Spec = Spec {
    name: "tally",
    summary: "Count equal lines or items, the most frequent first",
    family: Family::Sets,
    define: Tally::augment_args,
    takes: &[Kind::Bytes, Kind::Items, Kind::Records],
    open,
    heavy: false,
    examples: &[Example {
        words: &[],
        input: "b\na\nc\na\n",
        output: "      2 a\n      1 c\n      1 b\n",
    }],
};

fn open(matches: &ArgMatches, input: Kind) -> Result<Opened, Refused> {
    let asked = arguments::<Tally>(matches);
    match (input, &asked.field) {
        (Kind::Records, None) => {
            let refused = Refused::new("no field given");
            return Err(refused.hint("name the field whose values are counted: tally FIELD"));
        }
        (Kind::Bytes | Kind::Items, Some(field)) => {
            let message = format!("there are no fields such as '{field}' without records");
            return Err(Refused::new(message).hint("make records first, such as with 'from csv'"));
        }
        _ => {}
    }
    let counter = Counts {
        field: asked.field.map(String::into_bytes),
        counts: HashMap::default(),
    };
    Ok(Opened::giving(
        Kind::lines_of(input),
        Work::Units(Box::new(counter)),
    ))
}

struct Counts {
    /// Of records, the one that is counted.
    field: Option<Vec<u8>>,
    counts: HashMap<Vec<u8>, u64, RandomState>,
}

impl UnitStage for Counts {
    fn unit(&mut self, unit: Unit<'_>, _out: &mut Emit<'_>) -> Result<Flow, Failure> {
        let content = match (unit, &self.field) {
            (Unit::Item(item), _) => item.content,
            (Unit::Record(record), Some(field)) => {
                let place = record.names().iter().position(|name| **name == **field);
                match place.and_then(|place| record.value(place)) {
                    Some(value) => value.bytes,
                    None => {
                        let field = String::from_utf8_lossy(field);
                        return Err(Failure::new(format!("no field '{field}'")));
                    }
                }
            }
            (Unit::Record(_), None) => return Err(Failure::new("no field was named")),
        };
        *self.counts.entry_ref(content).or_insert(0) += 1;
        Ok(Flow::More)
    }

    fn has_partial_result(&self) -> bool {
        true
    }

    /// As `sort | uniq -c | sort -rn` in the C locale: by count, then by text, both descending.
    fn end(&mut self, out: &mut Emit<'_>) -> Result<(), Failure> {
        let mut rows: Vec<(Vec<u8>, u64)> = self.counts.drain().collect();
        rows.sort_unstable_by(|(text, count), (other, more)| {
            more.cmp(count).then_with(|| other.cmp(text))
        });
        let mut line = Vec::new();
        for (text, count) in rows {
            line.clear();
            line.extend_from_slice(format!("{count:7} ").as_bytes());
            line.extend_from_slice(&text);
            if out.push(&line, b"\n")? == Flow::Enough {
                break;
            }
        }
        Ok(())
    }
}
