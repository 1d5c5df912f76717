//! `url`: percent-encoding and its decoding (RFC 3986), and the parts of URLs.
//!
//! Only letters, digits and `-._~` stay as they are. `+` stands for itself: that it is a space in query strings is `qs`'s matter.

mod parts;
mod percent;

use clap::{ArgMatches, Args};

use crate::pipe::data::Kind;
use crate::pipe::spec::{Example, Family, Opened, Refused, Spec, Work, arguments};

pub(super) use percent::{decode, encode};

#[derive(Args)]
#[group(id = "direction", multiple = false)]
struct Url {
    /// Decode; a % without two hexadecimal digits stays as it is
    #[arg(short, long)]
    decode: bool,

    /// Make a record of each line, which is a URL: scheme, user, host, port, path, query, fragment; a part that is not there
    /// is null
    #[arg(long)]
    parts: bool,

    /// Make lines of such records again
    #[arg(long)]
    join: bool,
}

pub(super) static SPEC: Spec = Spec {
    name: "url",
    summary: "Percent-encode bytes or decode them, or take URLs apart",
    family: Family::Encodings,
    define: Url::augment_args,
    takes: &[Kind::Bytes, Kind::Items, Kind::Records],
    open,
    heavy: false,
    examples: &[
        Example {
            words: &[],
            input: "a b+c/é",
            output: "a%20b%2Bc%2F%C3%A9\n",
        },
        Example {
            words: &["-d"],
            input: "a%20b+c%2f%C3%A9 100%\n",
            output: "a b+c/é 100%\n",
        },
        Example {
            words: &["--parts"],
            input: "https://me@example.com:8080/a%20b?q=1#top\n/path?\n",
            output: concat!(
                "{\"scheme\":\"https\",\"user\":\"me\",\"host\":\"example.com\",\"port\":\"8080\",\"path\":\"/a%20b\",\"query\":\"q=1\",\"fragment\":\"top\"}\n",
                "{\"scheme\":null,\"user\":null,\"host\":null,\"port\":null,\"path\":\"/path\",\"query\":\"\",\"fragment\":null}\n",
            ),
        },
        Example {
            words: &["--parts", "+", "url", "--join"],
            input: "ftp://[::1]:21/\n?#\n",
            output: "ftp://[::1]:21/\n?#\n",
        },
    ],
};

fn open(matches: &ArgMatches, input: Kind) -> Result<Opened, Refused> {
    let asked = arguments::<Url>(matches);
    if asked.join != (input == Kind::Records) {
        return Err(match asked.join {
            true => Refused::new("--join takes records, such as those of 'url --parts'"),
            false => Refused::new("of records it takes only --join"),
        });
    }
    if asked.join {
        let work = Work::Units(Box::new(parts::Joiner));
        return Ok(Opened::giving(Kind::Items, work));
    }
    if asked.parts {
        let work = Work::Units(Box::new(parts::Cutter::new()));
        return Ok(Opened::giving(Kind::Records, work));
    }
    Ok(Opened::same(Work::Bytes(match asked.decode {
        true => Box::new(percent::Decoder::default()),
        false => Box::new(percent::Encoder::default()),
    })))
}
