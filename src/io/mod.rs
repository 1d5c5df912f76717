//! Bytes in and bytes out: files, pipes, compressed streams, mapped files, outputs and signals.
//!
//! Why a room of its own: here is all the `unsafe` code of jug, and all that is particular to Unix. Each `unsafe` block says
//! why it holds. Everything above reads through [`source`] (or [`mapped`], for logs that have settled), writes through [`sink`],
//! asks [`signals`] whether to stop and [`limits`] for more descriptors, and keeps in [`cache`] what costs more to make again.
//! What the bytes mean is left to `record` and `format`; how failures are told to a person to the commands.

pub mod bits;
pub mod buffer;
pub mod cache;
pub mod confined;
pub mod decode;
mod direct;
mod event;
pub mod limits;
pub mod magic;
pub mod mapped;
pub mod masks;
pub mod prefetch;
pub mod regular;
mod replace;
mod sigbus;
pub mod signals;
pub mod sink;
pub mod source;
pub mod stdio;
pub mod stdout;
pub mod stream;
pub mod wait;
