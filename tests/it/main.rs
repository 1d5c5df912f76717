//! The only integration test binary: jug as its users see it.
//!
//! `cases` runs the data in `fixtures/cases/`. The other modules test what a case cannot express: imports between modules,
//! generated files, completion in real shells, signals, terminals, and that the examples in help and README work.

mod artifacts;
mod cache;
mod cases;
mod coreutils;
mod follow;
mod fuzz;
mod help;
mod language;
mod laws;
mod layers;
mod log_state;
mod many_inputs;
mod merge;
mod outputs;
mod panics;
mod pictures;
mod pipe;
mod process;
mod readme;
mod robustness;
mod shells;
mod spilling;
mod stalled;
mod support;
mod terminal;
mod walk;
mod watch;
