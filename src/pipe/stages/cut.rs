//! `cut`: some of the bytes, characters or fields of each line, in the order asked for.

use clap::{ArgGroup, ArgMatches, Args};

use crate::pipe::data::Kind;
use crate::pipe::failure::Failure;
use crate::pipe::spec::{Example, Family, Opened, Refused, Spec, Work, arguments};
use crate::pipe::stage::LineStage;

#[derive(Args)]
#[command(group = ArgGroup::new("what").required(true))]
struct Cut {
    /// Keep these fields: numbers from 1, ranges (2-4, 3-, -3), or names from the first line
    #[arg(
        short,
        long,
        value_name = "LIST",
        group = "what",
        allow_hyphen_values = true
    )]
    fields: Option<String>,

    /// Keep these characters
    #[arg(
        short,
        long,
        value_name = "LIST",
        group = "what",
        allow_hyphen_values = true
    )]
    characters: Option<String>,

    /// Keep these bytes
    #[arg(
        short,
        long,
        value_name = "LIST",
        group = "what",
        allow_hyphen_values = true
    )]
    bytes: Option<String>,

    /// The byte between fields [default: TAB]
    #[arg(short, long, value_name = "BYTE", value_parser = delimiter, allow_hyphen_values = true, requires = "fields")]
    delimiter: Option<u8>,

    /// What is written between fields [default: the delimiter; between bytes and characters nothing]
    #[arg(short, long, value_name = "TEXT", allow_hyphen_values = true)]
    output_delimiter: Option<String>,

    /// Leave out lines without a delimiter, which otherwise are kept whole
    #[arg(short = 's', long, requires = "fields")]
    only_delimited: bool,
}

pub(super) static SPEC: Spec = Spec {
    name: "cut",
    summary: "Keep some fields, characters or bytes of each line",
    family: Family::Text,
    define: Cut::augment_args,
    takes: &[Kind::Bytes, Kind::Items],
    open,
    heavy: false,
    examples: &[
        Example {
            words: &["-d", " ", "-f", "3,1"],
            input: "a b c\nd e f\n",
            output: "c a\nf d\n",
        },
        Example {
            words: &["-d", ",", "-f", "bytes,user"],
            input: "user,path,bytes\nann,/,17\n",
            output: "bytes,user\n17,ann\n",
        },
        Example {
            words: &["-c", "-3"],
            input: "Grüße\n",
            output: "Grü\n",
        },
    ],
};

fn delimiter(text: &str) -> Result<u8, String> {
    match *text.as_bytes() {
        [byte] => Ok(byte),
        [b'\\', b't'] => Ok(b'\t'),
        _ => Err("expected one byte, such as , or \\t".to_owned()),
    }
}

fn open(matches: &ArgMatches, _input: Kind) -> Result<Opened, Refused> {
    let asked = arguments::<Cut>(matches);
    let output = asked.output_delimiter.map(String::into_bytes);
    let work: Box<dyn LineStage> = if let Some(list) = &asked.fields {
        let delimiter = asked.delimiter.unwrap_or(b'\t');
        Box::new(Fields {
            wanted: Wanted::parse(list)?,
            delimiter,
            output: output.unwrap_or_else(|| vec![delimiter]),
            only_delimited: asked.only_delimited,
            ends: Vec::new(),
        })
    } else {
        let (list, is_bytes) = match (&asked.bytes, &asked.characters) {
            (Some(list), _) => (list, true),
            (None, Some(list)) => (list, false),
            (None, None) => return Err(Refused::new("cut needs -f, -c or -b")),
        };
        Box::new(Characters {
            ranges: ranges(list)?,
            is_bytes,
            output: output.unwrap_or_default(),
            starts: Vec::new(),
        })
    };
    Ok(Opened::same(Work::Lines(work)))
}

/// The first and the last place of a range, from 1; the last may be beyond every line.
type Range = (usize, usize);

/// Reads a list such as `1,3-5,7-,-2`.
fn ranges(list: &str) -> Result<Vec<Range>, Refused> {
    list.split(',').map(range).collect()
}

fn range(text: &str) -> Result<Range, Refused> {
    let wrong = || {
        Refused::new(format!("invalid range '{text}'"))
            .hint("write numbers from 1 and ranges, such as 1,3-5,7-")
    };
    let number = |text: &str, default: usize| match text {
        "" => Ok(default),
        _ => text
            .parse()
            .ok()
            .filter(|&number| number > 0)
            .ok_or_else(wrong),
    };
    let (first, last) = match text.split_once('-') {
        Some(("", "")) => return Err(wrong()),
        Some((first, last)) => (number(first, 1)?, number(last, usize::MAX)?),
        None => {
            let place = number(text, 0)?;
            (place, place)
        }
    };
    if first == 0 || first > last {
        return Err(wrong());
    }
    Ok((first, last))
}

/// Which fields are wanted.
enum Wanted {
    Places(Vec<Range>),
    /// Names, to be found in the first line.
    Names(Vec<String>),
}

impl Wanted {
    fn parse(list: &str) -> Result<Wanted, Refused> {
        let has_name = list.split(',').any(|part| {
            let is_place = part
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'-');
            !is_place && !part.is_empty()
        });
        if has_name {
            return Ok(Wanted::Names(list.split(',').map(str::to_owned).collect()));
        }
        ranges(list).map(Wanted::Places)
    }
}

struct Fields {
    wanted: Wanted,
    delimiter: u8,
    output: Vec<u8>,
    only_delimited: bool,
    /// Where each field of the line at hand ends.
    ends: Vec<usize>,
}

impl Fields {
    /// Finds the names in the first line.
    fn resolve(&mut self, header: &[u8]) -> Result<(), Failure> {
        let Wanted::Names(names) = &self.wanted else {
            return Ok(());
        };
        let fields: Vec<&[u8]> = header.split(|&byte| byte == self.delimiter).collect();
        let places = names.iter().map(|name| {
            let place = fields.iter().position(|field| *field == name.as_bytes());
            let place = place.ok_or_else(|| {
                let known = String::from_utf8_lossy(header);
                Failure::new(format!("no field '{name}' in the first line: {known}"))
            })?;
            Ok((place + 1, place + 1))
        });
        self.wanted = Wanted::Places(places.collect::<Result<_, Failure>>()?);
        Ok(())
    }
}

impl LineStage for Fields {
    fn line(&mut self, line: &[u8], out: &mut Vec<u8>) -> Result<bool, Failure> {
        self.resolve(line)?;
        let Wanted::Places(places) = &self.wanted else {
            return Ok(false);
        };
        // Only as many fields are looked for as are asked for.
        let last = places.iter().map(|&(_, last)| last).max().unwrap_or(0);
        self.ends.clear();
        self.ends
            .extend(memchr::memchr_iter(self.delimiter, line).take(last));
        if self.ends.is_empty() {
            out.extend_from_slice(line);
            return Ok(!self.only_delimited);
        }
        if self.ends.len() < last {
            self.ends.push(line.len());
        }
        let mut is_first = true;
        for &(first, last) in places {
            for place in first..=last.min(self.ends.len()) {
                if !std::mem::take(&mut is_first) {
                    out.extend_from_slice(&self.output);
                }
                let start = match place {
                    1 => 0,
                    _ => self.ends[place - 2] + 1,
                };
                out.extend_from_slice(&line[start..self.ends[place - 1]]);
            }
        }
        Ok(true)
    }
}

struct Characters {
    ranges: Vec<Range>,
    is_bytes: bool,
    output: Vec<u8>,
    /// Where each character of the line at hand begins, and where the line ends.
    starts: Vec<usize>,
}

impl LineStage for Characters {
    fn line(&mut self, line: &[u8], out: &mut Vec<u8>) -> Result<bool, Failure> {
        if !self.is_bytes {
            self.starts.clear();
            let mut at = 0;
            for chunk in line.utf8_chunks() {
                let characters = chunk.valid().char_indices();
                self.starts.extend(characters.map(|(index, _)| at + index));
                at += chunk.valid().len();
                // A byte that belongs to no character counts as one.
                self.starts.extend(at..at + chunk.invalid().len());
                at += chunk.invalid().len();
            }
            self.starts.push(line.len());
        }
        let length = if self.is_bytes {
            line.len()
        } else {
            self.starts.len() - 1
        };
        let mut is_first = true;
        for &(first, last) in &self.ranges {
            let last = last.min(length);
            if first > last {
                continue;
            }
            if !std::mem::take(&mut is_first) {
                out.extend_from_slice(&self.output);
            }
            let bytes = if self.is_bytes {
                first - 1..last
            } else {
                self.starts[first - 1]..self.starts[last]
            };
            out.extend_from_slice(&line[bytes]);
        }
        Ok(true)
    }
}
