//! `hash`: the digest of all bytes, or of each item.

use clap::{ArgMatches, Args, ValueEnum};

use crate::io::digest;
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
    let function = match asked.function {
        Function::Blake3 => digest::Function::Blake3,
        Function::Sha256 => digest::Function::Sha256,
        Function::Crc32 => digest::Function::Crc32,
    };
    let hasher = digest::Hasher::new(function);
    Ok(Opened::same(Work::Bytes(Box::new(Hashed(hasher)))))
}

struct Hashed(digest::Hasher);

impl ByteStage for Hashed {
    fn push(&mut self, bytes: &[u8], _out: &mut dyn Out) -> Result<Flow, Failure> {
        self.0.update(bytes);
        Ok(Flow::More)
    }

    fn end(&mut self, out: &mut dyn Out) -> Result<(), Failure> {
        let text = self.0.finish();
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
