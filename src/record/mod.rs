//! What a line becomes: values, numbers that stay as they were written, and times.
//!
//! Nothing here knows a format or a query.

pub mod escaped;
pub mod exact;
pub mod field;
pub mod json_text;
pub mod key;
pub mod number;
mod ratio;
pub mod records;
pub mod time;
pub mod value;
mod word;

pub use field::{Bad, FieldName, Step, Want, Wanted};
pub use number::Number;
pub use time::Timestamp;
pub use value::{Cell, Value};
pub use word::{equal, word};
