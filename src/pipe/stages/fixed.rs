//! `records`: cuts bytes into items of a fixed size that are padded with NUL bytes, as programs in C write their structures.

use clap::{ArgMatches, Args};

use crate::pipe::data::{Batch, Data, Kind};
use crate::pipe::failure::{Failure, Position};
use crate::pipe::flow::{Flow, Out, give_items};
use crate::pipe::pieces::Sizes;
use crate::pipe::spec::{Example, Family, Opened, Refused, Spec, Work, arguments};
use crate::pipe::stage::Step;

#[derive(Args)]
struct Fixed {
    /// The size of each, without anything between them
    #[arg(value_name = "SIZE", value_parser = super::size)]
    size: usize,
}

pub(super) static SPEC: Spec = Spec {
    name: "records",
    summary: "Cut bytes into items of SIZE bytes, without the NUL bytes at their ends",
    family: Family::Framing,
    define: Fixed::augment_args,
    takes: &[Kind::Bytes],
    open,
    heavy: false,
    examples: &[Example {
        words: &["4"],
        input: "ab\0\0cdefg\0h\0",
        output: "ab\ncdef\ng\0h\n",
    }],
};

fn open(matches: &ArgMatches, _input: Kind) -> Result<Opened, Refused> {
    let asked = arguments::<Fixed>(matches);
    let cutter = Cutter {
        size: asked.size,
        sizes: Sizes::of(asked.size),
        batch: Batch::new(),
        offset: 0,
    };
    Ok(Opened::giving(Kind::Items, Work::Step(Box::new(cutter))))
}

struct Cutter {
    size: usize,
    sizes: Sizes,
    batch: Batch,
    /// The offset of the item that is not complete.
    offset: u64,
}

impl Step for Cutter {
    fn take(&mut self, data: Data<'_>, out: &mut dyn Out) -> Result<Flow, Failure> {
        self.sizes.push(data.written(), |item| {
            let padding = item.iter().rev().take_while(|byte| **byte == 0).count();
            self.batch.push(&item[..item.len() - padding], b"\n");
            self.offset += item.len() as u64;
        });
        give_items(&mut self.batch, out)
    }

    /// An item that is cut short is damage: it is not given.
    fn end(&mut self, out: &mut dyn Out) -> Result<(), Failure> {
        let Some(partial) = self.sizes.end() else {
            return Ok(());
        };
        let message = format!(
            "the input ends inside an item, which has {} of {} bytes",
            partial.len(),
            self.size
        );
        let failure = Failure::new(message).at(Position::Byte(self.offset));
        match out.shared().strict {
            true => Err(failure),
            false => {
                out.shared().report(out.part(), failure);
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use crate::observe::Observe;
    use crate::pipe::run::testing::run_with;
    use crate::pipe::shared::Shared;

    #[derive(Default)]
    struct Missed(Mutex<Vec<String>>);

    impl Observe for Missed {
        fn missed(&self, message: &str) {
            self.0.lock().unwrap().push(message.to_owned());
        }
    }

    #[test]
    fn an_item_that_is_cut_short_is_reported() {
        let message = "byte 8: the input ends inside an item, which has 1 of 4 bytes";
        let missed = Missed::default();
        let run = |shared: &Shared<'_>| {
            let input = b"ab\0\0\0\0\0\0c".to_vec();
            run_with(&["records", "4"], vec![input], 3, shared)
        };
        assert_eq!(run(&Shared::new(&missed)), Ok(b"ab\n\n".to_vec()));
        let message = format!("stage 1 (records): {message}");
        assert_eq!(*missed.0.lock().unwrap(), [message.as_str()]);
        let strict = Shared {
            strict: true,
            ..Shared::new(&missed)
        };
        assert_eq!(run(&strict), Err(message));
    }
}
