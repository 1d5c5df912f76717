//! `sse`: server-sent events (WHATWG HTML standard, section 9.2.6) to records, or their data to items.

use std::sync::Arc;

use clap::{ArgMatches, Args};

use crate::pipe::data::{Batch, Data, Kind};
use crate::pipe::failure::Failure;
use crate::pipe::flow::{Flow, Out, give_before, give_items};
use crate::pipe::spec::{Example, Family, Opened, Refused, Spec, Work, arguments};
use crate::pipe::stage::Step;
use crate::record::records::{Form, Names, RawValue, Records};

#[derive(Args)]
struct Sse {
    /// Give only the data of each event, as items
    #[arg(long, conflicts_with = "heartbeat")]
    data: bool,

    /// Give comments, too, which servers send to keep the connection, as records with the field 'comment'
    #[arg(long)]
    heartbeat: bool,
}

pub(super) static SPEC: Spec = Spec {
    name: "sse",
    summary: "Read server-sent events as records",
    family: Family::Framing,
    define: Sse::augment_args,
    takes: &[Kind::Bytes],
    open,
    heavy: false,
    examples: &[
        Example {
            words: &[],
            input: "id: 7\nevent: add\ndata: one\ndata: two\n\n: ping\n\ndata:{\"a\":1}\n\n",
            output: concat!(
                "{\"id\":\"7\",\"event\":\"add\",\"data\":\"one\\ntwo\"}\n",
                "{\"id\":\"7\",\"event\":\"message\",\"data\":\"{\\\"a\\\":1}\"}\n",
            ),
        },
        Example {
            words: &["--data", "+", "from", "ndjson", "+", "select", "a"],
            input: "data: {\"a\":1.0}\n\ndata: {\"b\":2}\n\n",
            output: "{\"a\":1.0}\n{\"a\":null}\n",
        },
        Example {
            words: &["--heartbeat"],
            input: ": ping\n\ndata: x\n\n",
            output: "{\"comment\":\"ping\"}\n{\"id\":null,\"event\":\"message\",\"data\":\"x\"}\n",
        },
    ],
};

fn open(matches: &ArgMatches, _input: Kind) -> Result<Opened, Refused> {
    let asked = arguments::<Sse>(matches);
    let names = |names: &[&str]| names.iter().map(|name| name.as_bytes().into()).collect();
    let (output, kind) = match asked.data {
        true => (Output::Items(Batch::new()), Kind::Items),
        false => (Output::Records(Records::new()), Kind::Records),
    };
    let reader = Reader {
        output,
        has_comments: asked.heartbeat,
        names: names(&["id", "event", "data"]),
        comment: names(&["comment"]),
        line: Vec::new(),
        follows_return: false,
        is_begun: false,
        event: Event::default(),
        last_id: None,
    };
    Ok(Opened::giving(kind, Work::Step(Box::new(reader))))
}

enum Output {
    Items(Batch),
    Records(Records),
}

/// An event whose blank line has not come.
#[derive(Default)]
struct Event {
    name: Vec<u8>,
    data: Vec<u8>,
    has_data: bool,
}

struct Reader {
    output: Output,
    has_comments: bool,
    names: Names,
    comment: Names,
    /// The beginning of a line.
    line: Vec<u8>,
    /// The last byte was a carriage return: a newline belongs to it.
    follows_return: bool,
    is_begun: bool,
    event: Event,
    /// The identifier holds for later events, too.
    last_id: Option<Vec<u8>>,
}

impl Reader {
    fn end_line(&mut self) {
        let mut line = std::mem::take(&mut self.line);
        if !std::mem::replace(&mut self.is_begun, true)
            && let Some(rest) = line.strip_prefix(b"\xef\xbb\xbf")
        {
            line = rest.to_vec();
        }
        self.field(&line);
        line.clear();
        self.line = line;
    }

    fn field(&mut self, line: &[u8]) {
        if line.is_empty() {
            return self.end_event();
        }
        let colon = memchr::memchr(b':', line).unwrap_or(line.len());
        let value = line.get(colon + 1..).unwrap_or_default();
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match &line[..colon] {
            b"" => self.comment(value),
            b"data" => {
                if std::mem::replace(&mut self.event.has_data, true) {
                    self.event.data.push(b'\n');
                }
                self.event.data.extend_from_slice(value);
            }
            b"event" => self.event.name = value.to_vec(),
            b"id" if !value.contains(&0) => {
                self.last_id = (!value.is_empty()).then(|| value.to_vec());
            }
            // The standard ignores all others; `retry` is for who opens the connection.
            _ => {}
        }
    }

    fn comment(&mut self, text: &[u8]) {
        if let (true, Output::Records(records)) = (self.has_comments, &mut self.output) {
            records.push(RawValue::text(text));
            records.end_record(&self.comment);
        }
    }

    /// Gives the event at hand, if it has data.
    fn end_event(&mut self) {
        let Event {
            name,
            data,
            has_data,
        } = std::mem::take(&mut self.event);
        if !has_data {
            return;
        }
        match &mut self.output {
            Output::Items(batch) => batch.push(&data, b"\n"),
            Output::Records(records) => {
                records.push(match &self.last_id {
                    Some(id) => RawValue::text(id),
                    None => RawValue {
                        form: Form::Null,
                        bytes: b"null",
                    },
                });
                let name = if name.is_empty() {
                    b"message"
                } else {
                    name.as_slice()
                };
                records.push(RawValue::text(name));
                records.push(RawValue::text(&data));
                records.end_record(&Arc::clone(&self.names));
            }
        }
    }

    fn give(&mut self, out: &mut dyn Out) -> Result<Flow, Failure> {
        match &mut self.output {
            Output::Items(batch) => give_items(batch, out),
            Output::Records(records) if !records.is_empty() => {
                let flow = out.put(Data::Records(records));
                records.clear();
                flow
            }
            _ => Ok(Flow::More),
        }
    }
}

impl Reader {
    /// Takes some bytes. Neither a line nor the data of an event may be longer than `longest`.
    fn push(&mut self, mut bytes: &[u8], longest: usize) -> Result<(), Failure> {
        if self.follows_return && !bytes.is_empty() {
            bytes = bytes.strip_prefix(b"\n").unwrap_or(bytes);
            self.follows_return = false;
        }
        while let Some(end) = memchr::memchr2(b'\n', b'\r', bytes) {
            self.line.extend_from_slice(&bytes[..end]);
            check(&self.line, longest)?;
            self.end_line();
            check(&self.event.data, longest)?;
            let is_return = bytes[end] == b'\r';
            bytes = &bytes[end + 1..];
            if is_return {
                self.follows_return = bytes.is_empty();
                bytes = bytes.strip_prefix(b"\n").unwrap_or(bytes);
            }
        }
        self.line.extend_from_slice(bytes);
        check(&self.line, longest)
    }
}

fn check(kept: &[u8], longest: usize) -> Result<(), Failure> {
    match kept.len() > longest {
        true => Err(Failure::new(format!(
            "an event is longer than {longest} bytes; see --max-line"
        ))),
        false => Ok(()),
    }
}

impl Step for Reader {
    fn take(&mut self, data: Data<'_>, out: &mut dyn Out) -> Result<Flow, Failure> {
        let pushed = self.push(data.written(), out.shared().max_line);
        give_before(self.give(out), pushed)
    }

    /// As the standard says, an event without its blank line is not given.
    fn end(&mut self, out: &mut dyn Out) -> Result<(), Failure> {
        self.give(out).map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use crate::pipe::run::testing::run_cut;

    /// The examples of the standard, section 9.2.6, with the events that it says they are.
    #[test]
    fn events_are_those_of_the_standard() {
        let cases = [
            ("data: YHOO\ndata: +2\ndata: 10\n\n", "YHOO\n+2\n10\n"),
            (
                ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n",
                "first event\nsecond event\n third event\n",
            ),
            ("data\n\ndata\ndata\n\ndata:", "\n\n\n"),
            ("data:test\n\ndata: test\n\n", "test\ntest\n"),
            ("\u{feff}data: a\r\n\r\ndata: b\r\rdata: c\n\n", "a\nb\nc\n"),
            ("other: x\nretry: 10\n\n", ""),
        ];
        for (stream, items) in cases {
            for size in [1, 2, 3, 100] {
                let output = run_cut(&["sse", "--data"], stream.as_bytes(), size).unwrap();
                assert_eq!(String::from_utf8(output).unwrap(), items, "{stream:?}");
            }
        }
    }

    #[test]
    fn an_identifier_holds_until_there_is_another() {
        let stream = b"id: 1\ndata: a\n\ndata: b\n\nid\ndata: c\n\nid: x\n\ndata: d\n\n";
        let words = ["sse", "+", "select", "id,data", "+", "to", "csv"];
        let output = run_cut(&words, stream, 4).unwrap();
        assert_eq!(output, b"id,data\n1,a\n1,b\n,c\nx,d\n");
    }
}
