//! What matters: which entries are in the index, which directories are entered, and which changes are reported.

use crate::dirs::{Directory, Engine, Entry, FileType, Place};
use crate::select::{Ignores, Pruning, Rules, Selection};

/// What matters.
#[derive(Debug)]
pub struct Scope {
    /// The number of levels to descend below a root.
    pub depth: u32,
    /// Which directories are left out.
    pub pruning: Pruning,
    /// The ignore rules that `pruning` names, if any.
    pub ignores: Option<Ignores>,
    /// Which entries are reported.
    selection: Selection,
    /// Whether some entries are left out.
    excludes_some: bool,
    /// The part of `selection` that asks for names and types alone, which an entry keeps when it is gone.
    lasting: Selection,
}

impl Scope {
    /// The scope of a selection that is resolved.
    pub fn new(
        depth: u32,
        selection: Selection,
        pruning: Pruning,
        ignores: Option<Ignores>,
    ) -> Scope {
        let types = selection.types.iter();
        let lasting = Selection {
            types: types.map(|kind| kind.file_type().into()).collect(),
            tests: Vec::new(),
            is_empty: false,
            is_broken: false,
            ..selection.clone()
        };
        let excludes_some = !lasting.is_all()
            || !pruning.exclude.is_empty()
            || pruning.is_without_hidden
            || pruning.needs_rules();
        Scope {
            depth,
            pruning,
            ignores,
            selection,
            excludes_some,
            lasting,
        }
    }

    /// Whether some entries are left out.
    pub(super) fn excludes_some(&self) -> bool {
        self.excludes_some
    }

    /// Whether an entry is neither indexed nor entered.
    pub(super) fn excludes(
        &self,
        place: &Place<'_>,
        file_type: FileType,
        rules: Option<&Rules>,
    ) -> bool {
        let is_directory = file_type == FileType::Directory;
        let (name, path, below) = (place.name(), place.path, place.below());
        self.pruning
            .excludes(name, path, below, is_directory, rules)
            || (!is_directory && !select(&self.lasting, *place, file_type))
    }

    /// Whether the entries of a directory are watched.
    pub(super) fn enters(&self, place: &Place<'_>) -> bool {
        place.depth < self.depth && !self.pruning.prunes(place.name(), place.path, place.below())
    }

    /// Whether a change of an entry is reported. Of one that is gone, only the name and the type are known.
    pub(super) fn reports(&self, place: Place<'_>, file_type: FileType, is_gone: bool) -> bool {
        match is_gone {
            true => select(&self.lasting, place, file_type),
            false => select(&self.selection, place, file_type),
        }
    }
}

fn select(selection: &Selection, place: Place<'_>, file_type: FileType) -> bool {
    if selection.is_all() {
        return true;
    }
    let directory = Directory::working(Engine::Native);
    let mut errors = Vec::new();
    let mut entry = Entry::new(place, file_type, &directory, &mut errors);
    selection.selects(&mut entry)
}
