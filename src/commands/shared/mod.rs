//! What several commands have in common and that uses both an engine and the terminal.

pub(super) mod answer;
pub(super) mod ending;
pub(super) mod happened;
pub(super) mod image;
pub(super) mod inputs;
pub(super) mod logs;
pub(super) mod moments;
pub(super) mod rows;
pub(super) mod saved;
pub(super) mod selected;
