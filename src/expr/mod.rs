//! The expression language: `status >= 500 and path contains "cart"`, `lower(host)`, `bytes / 1024`.
//!
//! [`lex`] cuts text into tokens, [`parse`] builds a [`syntax::Expr`], [`mod@compile`] resolves its names to slots of a row and
//! checks its types, [`Program::eval`] computes. The caller passes a [`Scope`] that defines which fields there
//! are; stages, aggregates and files are not known here.

pub mod compile;
pub mod duration;
pub mod error;
pub mod eval;
pub mod functions;
pub mod lex;
pub mod literals;
pub mod moment;
pub mod net;
pub mod operand;
pub mod parse;
pub mod syntax;
pub mod token;

pub use compile::{Scope, compile};
pub use error::{QueryError, nearest};
pub use eval::Program;
pub use moment::Clock;
