//! What the fuzz targets do with their bytes, as plain functions, so that the integration tests can run them, too.

mod chain;
mod decoder;
pub mod engine;
mod expression;
mod format;
mod ignore;
mod query;
mod records;
mod svg;
mod time;

pub use chain::chain;
pub use decoder::decoder;
pub use expression::expression;
pub use format::format;
pub use ignore::ignore;
pub use query::query;
pub use records::records;
pub use svg::svg;
pub use time::time;
