//! `from`: reads records out of bytes.

use clap::builder::PossibleValuesParser;
use clap::{ArgMatches, Args};

use crate::format::records::{self, ReadOptions, RecordReader, Report};
use crate::pipe::data::{Data, Kind};
use crate::pipe::failure::Failure;
use crate::pipe::flow::{Flow, Out, give_before};
use crate::pipe::shared::Shared;
use crate::pipe::spec::{Example, Family, Opened, Refused, Spec, Work, arguments};
use crate::pipe::stage::Step;
use crate::pipe::step::judge::Verdict;

#[derive(Args)]
struct From {
    /// The format
    #[arg(value_name = "FORMAT", value_parser = readable())]
    format: String,

    /// Of csv: the byte between cells; \t for a tab
    #[arg(short, long, value_name = "BYTE", value_parser = super::delimiter)]
    delimiter: Option<u8>,

    /// Of csv and tsv: the first line is a record; the fields are called column_1, column_2, …
    #[arg(long)]
    no_header: bool,

    /// Of csv and tsv: cells that are numbers as JSON writes them become numbers
    #[arg(long)]
    infer: bool,
}

/// The formats that can be read.
fn readable() -> PossibleValuesParser {
    PossibleValuesParser::new(super::format_values(|spec| spec.reader.is_some()))
}

pub(super) static SPEC: Spec = Spec {
    name: "from",
    summary: "Read records",
    family: Family::Records,
    define: From::augment_args,
    takes: &[Kind::Bytes, Kind::Items],
    open,
    heavy: true,
    examples: &[
        Example {
            words: &["csv"],
            input: "name,visits\nAda,3\n\"H., Grace\",\n",
            output: "{\"name\":\"Ada\",\"visits\":\"3\"}\n{\"name\":\"H., Grace\",\"visits\":\"\"}\n",
        },
        Example {
            words: &["csv", "--infer", "--delimiter", ";"],
            input: "a;b\n1.50;007\n",
            output: "{\"a\":1.50,\"b\":\"007\"}\n",
        },
        Example {
            words: &["json", "+", "to", "csv"],
            input: "[{\"a\": 1, \"b\": \"x\"}, {\"a\": 2.0, \"b\": null}]",
            output: "a,b\n1,x\n2.0,\n",
        },
    ],
};

fn open(matches: &ArgMatches, _input: Kind) -> Result<Opened, Refused> {
    let asked = arguments::<From>(matches);
    let options = ReadOptions {
        delimiter: asked.delimiter,
        no_header: asked.no_header,
        infer: asked.infer,
    };
    let format = records::find(&asked.format);
    let Some((format, reader)) = format.and_then(|format| Some((format, format.reader?))) else {
        return Err(Refused::new(format!("'{}' cannot be read", asked.format)));
    };
    let unfit = [
        (
            asked.delimiter.is_some() && !format.has_delimiter,
            "--delimiter",
        ),
        (asked.no_header && !format.has_header, "--no-header"),
        (asked.infer && !format.has_header, "--infer"),
    ];
    if let Some((_, flag)) = unfit.iter().find(|(is_unfit, _)| *is_unfit) {
        return Err(Refused::new(format!("{} has no {flag}", format.name)));
    }
    let step = Reading {
        reader: reader(&options),
    };
    Ok(Opened::giving(Kind::Records, Work::Step(Box::new(step))))
}

/// How many bytes become records before these are handed on: few enough that they are still in the processor's cache.
const PIECE: usize = 64 << 10;

struct Reading {
    reader: Box<dyn RecordReader>,
}

impl Reading {
    /// Calls the reader, and hands on what it read, also before a failure.
    fn with(
        &mut self,
        out: &mut dyn Out,
        call: impl FnOnce(&mut dyn RecordReader, &mut dyn Report),
    ) -> Result<Flow, Failure> {
        let mut verdict = Verdict::new(out);
        call(&mut *self.reader, &mut verdict);
        let failure = verdict.failure;
        let records = self.reader.records();
        let given = match records.is_empty() {
            true => Ok(Flow::More),
            false => out.put(Data::Records(records)),
        };
        give_before(given, failure.map_or(Ok(()), Err))
    }

    fn bytes(&mut self, bytes: &[u8], out: &mut dyn Out) -> Result<Flow, Failure> {
        for piece in bytes.chunks(PIECE) {
            let flow = self.with(out, |reader, report| reader.read(piece, report))?;
            if flow == Flow::Enough {
                return Ok(flow);
            }
        }
        Ok(Flow::More)
    }
}

impl Step for Reading {
    fn start(&mut self, shared: &Shared<'_>) -> Result<(), Failure> {
        self.reader.limit(shared.max_line);
        Ok(())
    }

    /// An item is a line.
    fn take(&mut self, data: Data<'_>, out: &mut dyn Out) -> Result<Flow, Failure> {
        match data {
            Data::Bytes(bytes) => self.bytes(bytes, out),
            Data::Items(items) => {
                for item in items.iter() {
                    let flow = self.with(out, |reader, report| {
                        reader.read(item.content, report);
                    })?;
                    let end = self.with(out, |reader, report| reader.read(b"\n", report))?;
                    if flow == Flow::Enough || end == Flow::Enough {
                        return Ok(Flow::Enough);
                    }
                }
                Ok(Flow::More)
            }
            Data::Records(_) => out.put(data),
        }
    }

    fn end(&mut self, out: &mut dyn Out) -> Result<(), Failure> {
        self.with(out, |reader, report| reader.end(report))
            .map(|_| ())
    }

    fn next_file(&mut self, out: &mut dyn Out) -> Result<(), Failure> {
        self.end(out)
    }
}
