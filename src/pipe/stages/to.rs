//! `to`: writes records as bytes.

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{ArgMatches, Args, ValueEnum};

use super::table::Tables;
use crate::format::records::{self, Extra, RecordWriter, Report, WriteOptions};
use crate::pipe::data::{Data, Kind};
use crate::pipe::failure::Failure;
use crate::pipe::flow::{Flow, Out, give_before};
use crate::pipe::spec::{Example, Family, Opened, Refused, Spec, Work, arguments};
use crate::pipe::stage::Step;
use crate::pipe::step::judge::Verdict;

#[derive(Args)]
struct To {
    /// The format; table is aligned for reading
    #[arg(value_name = "FORMAT", value_parser = writable())]
    format: String,

    /// Of csv: the byte between cells; \t for a tab
    #[arg(short, long, value_name = "BYTE", value_parser = super::delimiter)]
    delimiter: Option<u8>,

    /// Of tables: the columns [default: the fields of the first record]
    #[arg(long, value_name = "FIELD,…", value_delimiter = ',')]
    header: Option<Vec<String>>,

    /// Of csv and tsv: write no header line
    #[arg(long)]
    no_header: bool,

    /// Of tables: what becomes of fields that have no column [default: the record cannot be written]
    #[arg(long, value_name = "ACTION")]
    extra: Option<Action>,

    /// Of table: write the rows whenever the input waits, below the header of the first [default on a terminal]
    #[arg(long)]
    live: bool,
}

/// What becomes of fields that have no column.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Action {
    /// Leave them out
    Drop,
    /// Write them as a JSON object into a last column, 'extra'
    Json,
}

/// The format that needs to know the terminal.
const TABLE: &str = "table";

/// The formats that can be written.
fn writable() -> PossibleValuesParser {
    let mut values = super::format_values(|_| true);
    values.push(
        PossibleValue::new(TABLE).help("A table aligned for reading, in pages of 1,000 records"),
    );
    PossibleValuesParser::new(values)
}

pub(super) static SPEC: Spec = Spec {
    name: "to",
    summary: "Write records",
    family: Family::Records,
    define: To::augment_args,
    takes: &[Kind::Records],
    open,
    heavy: true,
    examples: &[
        Example {
            words: &["csv"],
            input: "{\"a\":1.50,\"b\":\"x, y\"}\n{\"b\":null,\"a\":\"\"}\n",
            output: "a,b\n1.50,\"x, y\"\n,\n",
        },
        Example {
            words: &["csv", "--header", "b,c", "--extra", "drop"],
            input: "{\"a\":1,\"b\":2}\n{\"b\":3,\"c\":[4]}\n",
            output: "b,c\n2,\n3,[4]\n",
        },
        Example {
            words: &["md"],
            input: "{\"name\":\"Ada\",\"visits\":3}\n",
            output: "| name | visits |\n| --- | --- |\n| Ada | 3 |\n",
        },
        Example {
            words: &["table"],
            input: "{\"name\":\"Ada\",\"visits\":3}\n{\"name\":\"Grace\",\"visits\":12}\n",
            output: "name   visits\nAda         3\nGrace      12\n",
        },
    ],
};

fn open(matches: &ArgMatches, _input: Kind) -> Result<Opened, Refused> {
    let asked = arguments::<To>(matches);
    let format = records::find(&asked.format);
    let (has_header, has_delimiter) = match format {
        Some(format) => (format.has_header, format.has_delimiter),
        None => (true, false),
    };
    let unfit = [
        (asked.delimiter.is_some() && !has_delimiter, "--delimiter"),
        (asked.header.is_some() && !has_header, "--header"),
        (asked.no_header && !has_header, "--no-header"),
        (asked.extra.is_some() && !has_header, "--extra"),
        (asked.live && format.is_some(), "--live"),
    ];
    if let Some((_, flag)) = unfit.iter().find(|(is_unfit, _)| *is_unfit) {
        return Err(Refused::new(format!("{} has no {flag}", asked.format)));
    }
    let columns = asked.header.map(|names| {
        let names = names.into_iter();
        names.map(|name| name.into_bytes().into()).collect()
    });
    let options = WriteOptions {
        delimiter: asked.delimiter,
        no_header: asked.no_header,
        columns,
        extra: match asked.extra {
            None => Extra::Refuse,
            Some(Action::Drop) => Extra::Drop,
            Some(Action::Json) => Extra::Json,
        },
    };
    let work: Box<dyn Step> = match format {
        Some(format) => Box::new(Writing {
            writer: (format.writer)(&options),
            out: Vec::new(),
            replaced: 0,
        }),
        None => Box::new(Tables::new(options, asked.live)),
    };
    Ok(Opened::giving(Kind::Bytes, Work::Step(work)))
}

struct Writing {
    writer: Box<dyn RecordWriter>,
    out: Vec<u8>,
    /// How many values were not UTF-8.
    replaced: u64,
}

impl Writing {
    /// Calls the writer, and hands on what it wrote, also before a failure.
    fn with(
        &mut self,
        out: &mut dyn Out,
        call: impl FnOnce(&mut dyn RecordWriter, &mut Vec<u8>, &mut dyn Report),
    ) -> Result<Flow, Failure> {
        self.out.clear();
        let mut verdict = Verdict::new(out);
        call(&mut *self.writer, &mut self.out, &mut verdict);
        self.replaced += verdict.replaced;
        let failure = verdict.failure;
        let given = match self.out.is_empty() {
            true => Ok(Flow::More),
            false => out.put(Data::Bytes(&self.out)),
        };
        give_before(given, failure.map_or(Ok(()), Err))
    }
}

impl Step for Writing {
    fn take(&mut self, data: Data<'_>, out: &mut dyn Out) -> Result<Flow, Failure> {
        let Data::Records(records) = data else {
            return out.put(data);
        };
        self.with(out, |writer, bytes, report| {
            writer.write(records, bytes, report);
        })
    }

    fn end(&mut self, out: &mut dyn Out) -> Result<(), Failure> {
        let _ = self.with(out, |writer, bytes, report| writer.end(bytes, report))?;
        if self.replaced > 0 {
            let message = format!(
                "values that are not UTF-8, and were written with U+FFFD in place of their bytes: {}",
                self.replaced
            );
            out.shared().missed(out.part(), message);
        }
        Ok(())
    }
}
