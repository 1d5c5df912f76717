//! The fields of an entry, one row of a table each: for records, templates, totals and conditions alike.

mod mime;
mod table;

use crate::dirs::owners::Owners;
use crate::dirs::{ContentNeeds, Entry};
use crate::expr::functions::Kind;
use crate::expr::nearest;
use crate::record::Value;

pub use table::FIELDS;

/// A field of an entry.
pub struct Field {
    /// Its name in records and on the command line.
    pub name: &'static str,
    /// A description for the manual.
    pub summary: &'static str,
    /// The type of its values.
    pub kind: Kind,
    /// What has to be known of an entry for it.
    pub needs: Needs,
    value: for<'e> fn(&'e Entry<'_>, &mut Owners) -> Value<'e>,
}

/// What has to be asked about an entry before it can be recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// Its attributes.
    pub stat: bool,
    /// Its target, if it is a link.
    pub target: bool,
    /// What is in it, if it is a regular file.
    pub content: ContentNeeds,
}

impl Needs {
    /// What either needs.
    pub fn and(self, other: Needs) -> Needs {
        Needs {
            stat: self.stat || other.stat,
            target: self.target || other.target,
            content: self.content.and(other.content),
        }
    }
}

/// A name for several fields.
pub struct FieldGroup {
    /// The name, such as `@stat`.
    pub name: &'static str,
    contains: fn(&Field) -> bool,
}

/// The names for several fields.
pub static GROUPS: [FieldGroup; 2] = [
    FieldGroup {
        name: "@stat",
        // The type is an attribute, though a directory usually tells it.
        contains: |field| !field.is_tag() && (field.needs.stat || field.name == TYPE),
    },
    FieldGroup {
        name: "@all",
        contains: |field| !field.is_tag(),
    },
];

impl FieldGroup {
    /// The fields, in the order of the table.
    pub fn fields(&self) -> impl Iterator<Item = &'static Field> {
        let contains = self.contains;
        FIELDS.iter().filter(move |field| contains(field))
    }
}

/// The name of the field with a weak entity tag.
const ETAG_WEAK: &str = "etag_weak";

/// The name of the field with the type.
const TYPE: &str = "type";

/// The fields of a record by default.
pub const DEFAULT: [&str; 5] = ["path", "type", "ext", "size", "mtime"];

impl std::fmt::Debug for Field {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl Field {
    /// Whether it says something about an entry that its path does not.
    pub fn is_attribute(&self) -> bool {
        self.needs != Needs::default() || self.name == TYPE
    }

    /// Whether it stands for the content: it is read, or guessed from attributes. Groups contain none of them.
    fn is_tag(&self) -> bool {
        self.needs.content.any() || self.name == ETAG_WEAK
    }

    /// Its value.
    pub fn value<'e>(&self, entry: &'e Entry<'_>, owners: &mut Owners) -> Value<'e> {
        (self.value)(entry, owners)
    }
}

/// The field with a name; `owner` is another name for `user`, and `blake3` for `hash`.
pub fn find(name: &str) -> Option<&'static Field> {
    let name = match name {
        "owner" => "user",
        "blake3" => "hash",
        name => name,
    };
    FIELDS.iter().find(|field| field.name == name)
}

/// The fields in a list such as `path,@stat`, each once.
///
/// # Errors
/// As [`unknown`].
pub fn list(names: &str) -> Result<Vec<&'static Field>, (String, String)> {
    let mut fields: Vec<&'static Field> = Vec::new();
    let mut add = |field: &'static Field| {
        if !fields.iter().any(|known| known.name == field.name) {
            fields.push(field);
        }
    };
    for name in names.split(',').map(str::trim) {
        match GROUPS.iter().find(|group| group.name == name) {
            Some(group) => group.fields().for_each(&mut add),
            None => add(find(name).ok_or_else(|| unknown(name))?),
        }
    }
    Ok(fields)
}

/// The message and the hint for an unknown field.
pub fn unknown(name: &str) -> (String, String) {
    let names = || FIELDS.iter().map(|field| field.name);
    let hint = match nearest(name, names()) {
        Some(near) => format!("did you mean {near}?"),
        None => format!("the fields are: {}", names().collect::<Vec<_>>().join(" ")),
    };
    (format!("unknown field '{name}'"), hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(list: &str) -> Result<Vec<&'static str>, (String, String)> {
        Ok(super::list(list)?.iter().map(|field| field.name).collect())
    }

    #[test]
    fn lists_contain_fields_and_groups() {
        assert_eq!(names("path, size,path"), Ok(vec!["path", "size"]));
        assert_eq!(names("owner"), Ok(vec!["user"]));
        let (message, hint) = names("path,sise").unwrap_err();
        assert_eq!(
            (message.as_str(), hint.as_str()),
            ("unknown field 'sise'", "did you mean size?")
        );
        let (_, hint) = names("xyzzy").unwrap_err();
        assert!(hint.starts_with("the fields are: path name dir "), "{hint}");
    }

    #[test]
    fn groups_are_complete() {
        let stat =
            "type,size,allocated,mode,nlink,uid,gid,user,group,dev,ino,mtime,ctime,atime,btime";
        assert_eq!(names("@stat").unwrap().join(","), stat);
        let all = format!("path,name,dir,ext,depth,root,rel,{stat},target,target_type");
        assert_eq!(names("@all").unwrap().join(","), all);
        let tags = ["mime", "hash", "sha256", "etag", "etag_weak"];
        assert_eq!(names("@all").unwrap().len(), FIELDS.len() - tags.len());
        assert_eq!(names("size,@stat").unwrap()[..2], ["size", "type"]);
    }

    #[test]
    fn defaults_are_fields() {
        assert!(DEFAULT.iter().all(|name| find(name).is_some()));
    }

    #[test]
    fn names_are_unique_and_summaries_short() {
        for (index, field) in FIELDS.iter().enumerate() {
            assert!(FIELDS[..index].iter().all(|other| other.name != field.name));
            assert!(!field.summary.ends_with('.') && field.summary.len() < 80);
        }
    }
}
