//! What every command gets.

use std::sync::Arc;

use crate::ui::Ui;

/// What every command gets.
pub struct Context {
    /// The terminal.
    pub ui: Arc<Ui>,
    /// Makes the generated files, from the definition of all commands.
    pub artifacts: fn() -> Vec<Artifact>,
}

/// A generated file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifact {
    /// The path, from the top of the project.
    pub path: String,
    /// The contents.
    pub bytes: Vec<u8>,
}
