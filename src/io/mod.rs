//! Bytes in and bytes out: files, pipes, compressed streams, mapped files, outputs and signals.
//!
//! All `unsafe` code of jug is here, and all that is specific to Linux; each `unsafe` block says why it is sound. Other modules read
//! through [`source`] (or [`mapped`], for logs that have settled), write through [`sink`], exclude other processes with [`lock`],
//! follow files that grow with [`growing`] and [`inotify`], ask [`signals`] whether to stop and [`limits`] for more descriptors, and keep in [`cache`] what is expensive to make again. What the
//! bytes mean is the task of `record` and `format`; how failures are reported to the user is the task of the commands.

mod atomic;
pub mod bits;
pub mod buffer;
pub mod cache;
pub mod confined;
pub mod decode;
pub mod digest;
mod direct;
mod event;
pub mod file_systems;
pub mod growing;
pub mod identity;
pub mod inotify;
pub mod kept;
pub mod keys;
pub mod limits;
pub mod lock;
pub mod magic;
pub mod mapped;
pub mod masks;
pub mod memory;
mod open;
mod origin;
pub mod prefetch;
pub mod process;
pub mod raw;
pub mod regular;
mod sigbus;
mod signal_name;
pub mod signals;
pub mod sink;
pub mod source;
pub mod spool;
pub mod stdio;
pub mod stdout;
pub mod stream;
pub mod thread_directory;
pub mod wait;
