//! The whole tree as one JSON object, written as it is walked.
//!
//! A directory is opened with its attributes, then its children follow, and after them their sums. So nothing has to be held
//! back: a tree of any size needs only the memory of the directories that are open.

use super::event::{Left, Sums};
use super::field::{self, Field};
use super::recorder::Recorder;
use crate::dirs::Entry;
use crate::dirs::owners::Owners;
use crate::format::{Writer, json};
use crate::record::{Cell, Value};

/// Writes the nodes of a tree.
pub struct JsonTree {
    fields: Vec<&'static Field>,
    /// Whether sizes are known and can be added up.
    has_sizes: bool,
    writer: Box<dyn Writer>,
    cells: Vec<Cell>,
    owners: Owners,
}

/// The text before the first root.
pub const BEGIN: &[u8] = b"{\"roots\":[\n";

/// The fields of a node by default: all but those that its place in the tree shows.
pub const DEFAULT: &str = "@stat,target,target_type";

impl JsonTree {
    /// Nodes with their names and these fields.
    pub fn new(fields: &[&'static Field]) -> JsonTree {
        let name = field::find("name");
        let others = fields.iter().copied().filter(|field| field.name != "name");
        let fields: Vec<&'static Field> = name.into_iter().chain(others).collect();
        let columns: Vec<String> = fields.iter().map(|field| field.name.to_owned()).collect();
        JsonTree {
            has_sizes: fields.iter().any(|field| field.needs.stat),
            writer: (json::NDJSON.writer)(&columns),
            fields,
            cells: Vec::new(),
            owners: Owners::default(),
        }
    }
}

impl Recorder for JsonTree {
    fn entry(&mut self, entry: &Entry<'_>, nested: bool, is_first: bool, out: &mut Vec<u8>) {
        if !is_first {
            out.extend_from_slice(b",\n");
        }
        self.cells.clear();
        for field in &self.fields {
            let value = match field.name {
                // The name of a root is its path as given, because no node above it shows where it is.
                "name" if entry.place.depth == 0 => Value::Text(entry.place.path.into()),
                _ => field.value(entry, &mut self.owners),
            };
            self.cells.push(Cell::exact(value.into_static()));
        }
        self.writer.row(&self.cells, out);
        // A row ends with a brace and a newline.
        out.truncate(out.len() - 2);
        out.extend_from_slice(if nested { b",\"children\":[\n" } else { b"}" });
    }

    fn left(&mut self, left: &Left<'_>, out: &mut Vec<u8>) {
        out.push(b']');
        if let Some(error) = left.error {
            let message = Value::Text(error.reason().into_bytes().into());
            let (operation, code) = (error.operation.name(), error.code());
            out.extend_from_slice(
                format!(
                    ",\"error\":{{\"operation\":\"{operation}\",\"code\":\"{code}\",\"message\":"
                )
                .as_bytes(),
            );
            message.write_json(out);
            out.push(b'}');
        }
        out.extend_from_slice(b",\"total\":{");
        out.extend_from_slice(totals(left.sums, self.has_sizes).as_bytes());
        out.extend_from_slice(b"}}");
    }
}

/// The text after the last root: the sums of everything, and more counts.
pub fn end(sums: Sums, has_sizes: bool, rest: &[(&str, u64)]) -> String {
    let rest: String = rest
        .iter()
        .map(|(name, count)| format!(",\"{name}\":{count}"))
        .collect();
    format!("],\"summary\":{{{}{rest}}}}}\n", totals(sums, has_sizes))
}

fn totals(sums: Sums, has_sizes: bool) -> String {
    let Sums {
        files,
        dirs,
        size,
        allocated,
    } = sums;
    match has_sizes {
        true => {
            format!("\"files\":{files},\"dirs\":{dirs},\"size\":{size},\"allocated\":{allocated}")
        }
        false => format!("\"files\":{files},\"dirs\":{dirs}"),
    }
}
