//! What several commands do in the same way, and no room below can: it knows both an engine and the terminal.

pub(super) mod image;
pub(super) mod rows;
