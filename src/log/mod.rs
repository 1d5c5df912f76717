//! The engine of `jug log`: cut logs into chunks, parse, filter and aggregate them on every core, merge.
//!
//! [`query`] reads the text of a query, [`plan`] decides what it means, [`run`] puts inputs through it. In between: [`chunk`]
//! defines which lines belong to which chunk, [`scan`] is the loop over lines, [`batch`] lets rows be grouped together,
//! [`grouped`] holds the groups, [`aggregate`] what is kept for each, [`table`] does what is left to do with the rows,
//! [`account`] keeps count of what could not be read.

pub mod account;
pub mod aggregate;
pub mod batch;
pub mod chunk;
pub mod describe;
pub mod grouped;
pub mod input;
pub mod options;
pub mod partial;
pub mod plan;
pub mod query;
pub mod rows;
pub mod run;
pub mod scan;
pub mod spill;
pub mod table;
