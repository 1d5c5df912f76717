//! `head`: the first items, lines or bytes.

use clap::{ArgMatches, Args};

use crate::pipe::data::{Data, Kind};
use crate::pipe::emit::{Emit, Unit};
use crate::pipe::failure::Failure;
use crate::pipe::flow::{Flow, Out};
use crate::pipe::spec::{Example, Family, Opened, Refused, Spec, Work, arguments};
use crate::pipe::stage::{ByteStage, UnitStage};

#[derive(Args)]
struct Head {
    /// How many lines, items or records
    #[arg(
        short = 'n',
        long,
        value_name = "N",
        default_value = "10",
        conflicts_with = "bytes"
    )]
    lines: u64,

    /// Give the first SIZE bytes instead
    #[arg(short = 'c', long, value_name = "SIZE", value_parser = crate::args::values::size)]
    bytes: Option<u64>,
}

pub(super) static SPEC: Spec = Spec {
    name: "head",
    summary: "Keep the first N lines, items or records",
    family: Family::Framing,
    define: Head::augment_args,
    takes: &[Kind::Bytes, Kind::Items, Kind::Records],
    open,
    heavy: false,
    examples: &[Example {
        words: &["-n", "2"],
        input: "a\nb\nc\n",
        output: "a\nb\n",
    }],
};

fn open(matches: &ArgMatches, input: Kind) -> Result<Opened, Refused> {
    let asked = arguments::<Head>(matches);
    if asked.bytes.is_some() && input == Kind::Records {
        return Err(Refused::new("it cannot count the bytes of records"));
    }
    let work = match asked.bytes {
        Some(limit) => Work::Bytes(Box::new(FirstBytes { limit, left: limit })),
        None => Work::Units(Box::new(FirstItems { left: asked.lines })),
    };
    Ok(Opened::same(work))
}

struct FirstBytes {
    limit: u64,
    left: u64,
}

impl ByteStage for FirstBytes {
    fn push(&mut self, bytes: &[u8], out: &mut dyn Out) -> Result<Flow, Failure> {
        let kept = usize::try_from(self.left).map_or(bytes.len(), |left| left.min(bytes.len()));
        self.left -= kept as u64;
        if kept > 0 {
            let _ = out.put(Data::Bytes(&bytes[..kept]))?;
        }
        Ok(if self.left == 0 {
            Flow::Enough
        } else {
            Flow::More
        })
    }

    fn end(&mut self, _out: &mut dyn Out) -> Result<(), Failure> {
        self.left = self.limit;
        Ok(())
    }
}

struct FirstItems {
    left: u64,
}

impl UnitStage for FirstItems {
    fn unit(&mut self, unit: Unit<'_>, out: &mut Emit<'_>) -> Result<Flow, Failure> {
        if self.left > 0 {
            self.left -= 1;
            let _ = out.keep(unit)?;
        }
        Ok(if self.left == 0 {
            Flow::Enough
        } else {
            Flow::More
        })
    }
}
