//! The engine of `jug pipe`: a chain of stages in one process.
//!
//! `words` cuts the command line into stages, `chain` finds their specs, `plan` decides what flows between them and which
//! share a thread, `run` runs them. A stage is one file in `stages`: its [`spec`], and one of the traits in
//! [`stage`], which `step` adapts to the stream that it stands in.

pub mod chain;
pub mod clock;
pub mod data;
pub mod emit;
pub mod ends;
pub mod failure;
mod fields;
pub mod flow;
mod pieces;
pub mod plan;
pub mod run;
pub mod shared;
pub mod spec;
pub mod stage;
pub mod stages;
mod step;
pub mod words;
