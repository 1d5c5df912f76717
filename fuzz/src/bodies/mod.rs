//! What the fuzz targets do with their bytes, as plain functions, so that the integration tests can run them, too.

mod decoder;
pub mod engine;
mod expression;
mod format;
mod ignore;
mod query;
mod svg;
mod time;

pub use decoder::decoder;
pub use expression::expression;
pub use format::format;
pub use ignore::ignore;
pub use query::query;
pub use svg::svg;
pub use time::time;
