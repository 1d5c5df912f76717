//! Bytes in and out: files, standard streams, decoders, signals. Knows nothing of logs or pies.
//!
//! The only room with `unsafe` code, each piece with its argument.

mod decode;
pub mod mapped;
pub mod signals;
pub mod sink;
pub mod source;
mod stdio;
