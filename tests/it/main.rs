//! The one integration binary: jug as people meet it, from outside.
//!
//! `cases` runs the data in `fixtures/cases/`, the other modules hold laws that no case can: who imports whom, whether the
//! generated files are fresh, whether shells and mandoc accept them, whether README tells the truth.

mod artifacts;
mod cache;
mod cases;
mod fuzz;
mod laws;
mod layers;
mod panics;
mod pictures;
mod process;
mod readme;
mod robustness;
mod shells;
mod support;
mod terminal;
mod walk;
