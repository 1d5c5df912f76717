//! What `--type` names: the types of entries, and files that can be executed.

use crate::dirs::FileType;

/// A kind of entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Of this type.
    Type(FileType),
    /// A regular file that the user may execute, as access(2) says.
    Executable,
}

impl Kind {
    /// All kinds, in the order of the help.
    pub fn all() -> impl Iterator<Item = Kind> {
        let types = FileType::ALL.into_iter().map(Kind::Type);
        types.chain([Kind::Executable])
    }

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Type(file_type) => file_type.name(),
            Kind::Executable => "executable",
        }
    }

    /// Its letter: of a type that of find(1).
    pub fn letter(self) -> char {
        match self {
            Kind::Type(file_type) => file_type.letter(),
            Kind::Executable => 'x',
        }
    }

    /// The type of its entries.
    pub fn file_type(self) -> FileType {
        match self {
            Kind::Type(file_type) => file_type,
            Kind::Executable => FileType::File,
        }
    }
}

impl From<FileType> for Kind {
    fn from(file_type: FileType) -> Kind {
        Kind::Type(file_type)
    }
}
