//! `lines`: cuts bytes into items at newlines, or at NUL bytes.

use clap::{ArgMatches, Args};

use crate::pipe::data::{Batch, Data, Kind, split_terminator};
use crate::pipe::failure::Failure;
use crate::pipe::flow::{Flow, Out, give_before, give_items};
use crate::pipe::pieces;
use crate::pipe::spec::{Example, Family, Opened, Refused, Spec, Work, arguments};
use crate::pipe::stage::Step;

#[derive(Args)]
struct Lines {
    /// Cut at NUL bytes; the items are written as lines
    #[arg(short = '0', long)]
    null: bool,
}

pub(super) static SPEC: Spec = Spec {
    name: "lines",
    summary: "Cut bytes into items at newlines",
    family: Family::Framing,
    define: Lines::augment_args,
    takes: &[Kind::Bytes],
    open,
    heavy: false,
    examples: &[Example {
        words: &["-0"],
        input: "a b\0c\0",
        output: "a b\nc\n",
    }],
};

fn open(matches: &ArgMatches, _input: Kind) -> Result<Opened, Refused> {
    let asked = arguments::<Lines>(matches);
    let delimiter = if asked.null { b'\0' } else { b'\n' };
    let cutter = Cutter {
        delimiter,
        lines: pieces::Lines::ending_in(delimiter),
        batch: Batch::new(),
    };
    Ok(Opened::giving(Kind::Items, Work::Step(Box::new(cutter))))
}

struct Cutter {
    delimiter: u8,
    lines: pieces::Lines,
    batch: Batch,
}

/// Adds lines as items. A NUL is written as a newline.
fn add(batch: &mut Batch, lines: &[u8], delimiter: u8) {
    let mut start = 0;
    for end in memchr::memchr_iter(delimiter, lines) {
        let line = &lines[start..=end];
        start = end + 1;
        match delimiter {
            b'\0' => batch.push(&line[..line.len() - 1], b"\n"),
            _ => {
                let (content, terminator) = split_terminator(line);
                batch.push(content, terminator);
            }
        }
    }
}

impl Step for Cutter {
    fn take(&mut self, data: Data<'_>, out: &mut dyn Out) -> Result<Flow, Failure> {
        let (batch, delimiter) = (&mut self.batch, self.delimiter);
        let cut = self
            .lines
            .push(data.written(), out.shared().max_line, |lines| {
                add(batch, lines, delimiter);
                Ok(Flow::More)
            });
        give_before(give_items(batch, out), cut.map(|_| ()))
    }

    fn end(&mut self, out: &mut dyn Out) -> Result<(), Failure> {
        if let Some(last) = self.lines.end() {
            self.batch.push(&last, b"");
        }
        give_items(&mut self.batch, out).map(|_| ())
    }
}
