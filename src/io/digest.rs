//! Digests of bytes that come in pieces.

use sha2::Digest as _;

/// A hash function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// BLAKE3, 256 bits.
    Blake3,
    /// SHA-256.
    Sha256,
    /// CRC-32 of gzip and PNG: finds accidents, not attacks.
    Crc32,
}

/// A digest that is being computed.
#[derive(Clone, Debug)]
pub struct Hasher(State);

#[derive(Clone, Debug)]
enum State {
    Blake3(Box<blake3::Hasher>),
    Sha256(sha2::Sha256),
    Crc32(crc32fast::Hasher),
}

impl Hasher {
    /// The digest of no bytes.
    pub fn new(function: Function) -> Hasher {
        Hasher(match function {
            Function::Blake3 => State::Blake3(Box::default()),
            Function::Sha256 => State::Sha256(sha2::Sha256::new()),
            Function::Crc32 => State::Crc32(crc32fast::Hasher::new()),
        })
    }

    /// Adds bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        match &mut self.0 {
            State::Blake3(hasher) => drop(hasher.update(bytes)),
            State::Sha256(hasher) => hasher.update(bytes),
            State::Crc32(hasher) => hasher.update(bytes),
        }
    }

    /// The digest of all bytes so far, in lower-case hexadecimal digits; it begins again with none.
    pub fn finish(&mut self) -> String {
        let digest = match &mut self.0 {
            State::Blake3(hasher) => {
                let digest = hasher.finalize().as_bytes().to_vec();
                hasher.reset();
                digest
            }
            State::Sha256(hasher) => hasher.finalize_reset().to_vec(),
            State::Crc32(hasher) => std::mem::take(hasher).finalize().to_be_bytes().to_vec(),
        };
        data_encoding::HEXLOWER.encode(&digest)
    }
}
