//! `hash`: the digest of all bytes, or of each item.

use clap::{ArgMatches, Args, ValueEnum};
use sha2::Digest as _;

use crate::pipe::data::{Data, Kind};
use crate::pipe::failure::Failure;
use crate::pipe::flow::{Flow, Out};
use crate::pipe::spec::{Example, Family, Opened, Refused, Spec, Work, arguments};
use crate::pipe::stage::ByteStage;

#[derive(Args)]
struct Hash {
    /// The hash function
    #[arg(value_name = "FUNCTION", default_value = "blake3")]
    function: Function,
}

/// The hash functions.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Function {
    /// BLAKE3, 256 bits
    Blake3,
    /// SHA-256, as sha256sum
    Sha256,
    /// CRC-32 of gzip and PNG: finds accidents, not attacks
    Crc32,
}

pub(super) static SPEC: Spec = Spec {
    name: "hash",
    summary: "Compute a digest of all bytes, or of each item",
    family: Family::Sets,
    define: Hash::augment_args,
    takes: &[Kind::Bytes, Kind::Items],
    open,
    heavy: true,
    examples: &[
        Example {
            words: &["sha256"],
            input: "abc",
            output: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\n",
        },
        Example {
            words: &["crc32"],
            input: "123456789",
            output: "cbf43926\n",
        },
    ],
};

fn open(matches: &ArgMatches, _input: Kind) -> Result<Opened, Refused> {
    let asked = arguments::<Hash>(matches);
    let state = match asked.function {
        Function::Blake3 => State::Blake3(Box::default()),
        Function::Sha256 => State::Sha256(sha2::Sha256::new()),
        Function::Crc32 => State::Crc32(crc32fast::Hasher::new()),
    };
    Ok(Opened::same(Work::Bytes(Box::new(Hasher { state }))))
}

struct Hasher {
    state: State,
}

enum State {
    Blake3(Box<blake3::Hasher>),
    Sha256(sha2::Sha256),
    Crc32(crc32fast::Hasher),
}

impl ByteStage for Hasher {
    fn push(&mut self, bytes: &[u8], _out: &mut dyn Out) -> Result<Flow, Failure> {
        match &mut self.state {
            State::Blake3(hasher) => drop(hasher.update(bytes)),
            State::Sha256(hasher) => hasher.update(bytes),
            State::Crc32(hasher) => hasher.update(bytes),
        }
        Ok(Flow::More)
    }

    fn end(&mut self, out: &mut dyn Out) -> Result<(), Failure> {
        let digest = match &mut self.state {
            State::Blake3(hasher) => {
                let digest = hasher.finalize().as_bytes().to_vec();
                hasher.reset();
                digest
            }
            State::Sha256(hasher) => hasher.finalize_reset().to_vec(),
            State::Crc32(hasher) => std::mem::take(hasher).finalize().to_be_bytes().to_vec(),
        };
        let text = data_encoding::HEXLOWER.encode(&digest);
        out.put(Data::Bytes(text.as_bytes())).map(|_| ())
    }

    fn gives_line(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use crate::pipe::run::testing::run_cut;

    #[test]
    fn each_item_has_the_digest_that_it_has_alone() {
        for function in ["blake3", "sha256", "crc32"] {
            let one = run_cut(&["hash", function], b"abc", 1).unwrap();
            let each = run_cut(&["lines", "+", "hash", function], b"abc\nabc\n", 1).unwrap();
            assert_eq!(each, one.repeat(2), "{function}");
        }
    }
}
