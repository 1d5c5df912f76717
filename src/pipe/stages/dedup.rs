//! `dedup`: leaves out items that came before.

use std::collections::VecDeque;

use clap::{ArgMatches, Args};
use foldhash::fast::RandomState;
use hashbrown::HashSet;

use crate::pipe::data::Kind;
use crate::pipe::emit::{Emit, Unit};
use crate::pipe::failure::Failure;
use crate::pipe::flow::Flow;
use crate::pipe::spec::{Example, Family, Opened, Refused, Spec, Work, arguments};
use crate::pipe::stage::UnitStage;

#[derive(Args)]
struct Dedup {
    /// Compare with the last N different items only, in bounded memory; 1 compares neighbours
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    window: Option<u64>,
}

pub(super) static SPEC: Spec = Spec {
    name: "dedup",
    summary: "Leave out lines, items or records that came before",
    family: Family::Sets,
    define: Dedup::augment_args,
    takes: &[Kind::Bytes, Kind::Items, Kind::Records],
    open,
    heavy: false,
    examples: &[
        Example {
            words: &[],
            input: "b\na\nb\nb\na\n",
            output: "b\na\n",
        },
        Example {
            words: &["--window", "1"],
            input: "b\na\nb\nb\na\n",
            output: "b\na\nb\na\n",
        },
    ],
};

fn open(matches: &ArgMatches, _input: Kind) -> Result<Opened, Refused> {
    let asked = arguments::<Dedup>(matches);
    let window = asked
        .window
        .map(|window| usize::try_from(window).unwrap_or(usize::MAX));
    Ok(Opened::same(Work::Units(Box::new(Seen {
        window,
        keys: HashSet::default(),
        order: VecDeque::new(),
        key: Vec::new(),
    }))))
}

struct Seen {
    /// How many different units are remembered; all of them without it.
    window: Option<usize>,
    keys: HashSet<Box<[u8]>, RandomState>,
    /// With a window: the keys, the oldest first.
    order: VecDeque<Box<[u8]>>,
    /// Of the unit at hand.
    key: Vec<u8>,
}

impl UnitStage for Seen {
    fn unit(&mut self, unit: Unit<'_>, out: &mut Emit<'_>) -> Result<Flow, Failure> {
        self.key.clear();
        unit.key(&mut self.key);
        if self.keys.contains(&*self.key) {
            return Ok(Flow::More);
        }
        self.keys.insert((*self.key).into());
        if let Some(window) = self.window {
            self.order.push_back((*self.key).into());
            if self.order.len() > window
                && let Some(oldest) = self.order.pop_front()
            {
                self.keys.remove(&oldest);
            }
        }
        out.keep(unit)
    }
}
