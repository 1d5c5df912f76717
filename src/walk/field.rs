//! What can be told of an entry, one row a field: for records, templates, totals and conditions alike.

mod table;

use super::{Entry, Needs};
use crate::dirs::owners::Owners;
use crate::expr::functions::Kind;
use crate::expr::nearest;
use crate::record::Value;

pub use table::FIELDS;

/// A field of an entry.
pub struct Field {
    /// Its name in records and on the command line.
    pub name: &'static str,
    /// What it is, for the manual.
    pub summary: &'static str,
    /// What kind of value it has.
    pub kind: Kind,
    /// What has to be asked for it.
    pub needs: Needs,
    value: for<'e> fn(&'e Entry<'_>, &mut Owners) -> Value<'e>,
}

/// Names for several fields, and which they are.
pub const GROUPS: [(&str, &[&str]); 2] = [
    (
        "@stat",
        &[
            "type",
            "size",
            "allocated",
            "mode",
            "nlink",
            "uid",
            "gid",
            "user",
            "group",
            "dev",
            "ino",
            "mtime",
            "ctime",
            "atime",
            "btime",
        ],
    ),
    (
        "@all",
        &[
            "path",
            "name",
            "ext",
            "depth",
            "root",
            "type",
            "size",
            "allocated",
            "mode",
            "nlink",
            "uid",
            "gid",
            "user",
            "group",
            "dev",
            "ino",
            "mtime",
            "ctime",
            "atime",
            "btime",
            "target",
            "target_type",
        ],
    ),
];

/// What records have if nothing is said about fields.
pub const DEFAULT: [&str; 5] = ["path", "type", "ext", "size", "mtime"];

impl Field {
    /// Its value.
    pub fn value<'e>(&self, entry: &'e Entry<'_>, owners: &mut Owners) -> Value<'e> {
        (self.value)(entry, owners)
    }
}

/// The field of this name. `owner` is another word for `user`.
pub fn find(name: &str) -> Option<&'static Field> {
    let name = if name == "owner" { "user" } else { name };
    FIELDS.iter().find(|field| field.name == name)
}

/// The fields that a list such as `path,@stat` names, each once.
///
/// # Errors
/// The name that is none, and what to do about it.
pub fn list(names: &str) -> Result<Vec<&'static Field>, (String, String)> {
    let mut fields: Vec<&'static Field> = Vec::new();
    let mut add = |field: &'static Field| {
        if !fields.iter().any(|known| known.name == field.name) {
            fields.push(field);
        }
    };
    for name in names.split(',').map(str::trim) {
        match GROUPS.iter().find(|(group, _)| *group == name) {
            Some((_, members)) => members
                .iter()
                .filter_map(|member| find(member))
                .for_each(&mut add),
            None => add(find(name).ok_or_else(|| unknown(name))?),
        }
    }
    Ok(fields)
}

/// What is wrong with a name that is no field, and what there is.
pub fn unknown(name: &str) -> (String, String) {
    let names = || FIELDS.iter().map(|field| field.name);
    let hint = match nearest(name, names()) {
        Some(near) => format!("did you mean {near}?"),
        None => format!("there are: {}", names().collect::<Vec<_>>().join(" ")),
    };
    (format!("no field «{name}»"), hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(list: &str) -> Result<Vec<&'static str>, (String, String)> {
        Ok(super::list(list)?.iter().map(|field| field.name).collect())
    }

    #[test]
    fn lists_name_fields_and_groups_of_them() {
        assert_eq!(names("path, size,path"), Ok(vec!["path", "size"]));
        assert_eq!(names("owner"), Ok(vec!["user"]));
        assert_eq!(names("path,@stat").unwrap().len(), 16);
        let (message, hint) = names("path,sise").unwrap_err();
        assert_eq!(
            (message.as_str(), hint.as_str()),
            ("no field «sise»", "did you mean size?")
        );
    }

    #[test]
    fn groups_and_defaults_name_fields() {
        let groups = GROUPS.iter().flat_map(|(_, members)| members.iter());
        for name in groups.chain(&DEFAULT) {
            assert!(find(name).is_some(), "{name}");
        }
    }

    #[test]
    fn names_are_unique_and_summaries_short() {
        for (index, field) in FIELDS.iter().enumerate() {
            assert!(FIELDS[..index].iter().all(|other| other.name != field.name));
            assert!(!field.summary.ends_with('.') && field.summary.len() < 80);
        }
    }
}
