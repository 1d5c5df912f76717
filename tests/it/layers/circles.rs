//! Import circles: within a folder, no file or subfolder may import another that imports it back, directly or through others.
//!
//! What `mod.rs` holds is shared by its folder and is not looked at; a name that it only re-exports belongs to the file that
//! defines it.

use std::collections::{BTreeMap, BTreeSet};

use super::paths::{Path, imports_of};
use super::{Source, none_of, sources};

/// Where a module imports another one.
#[derive(Clone)]
struct Place {
    source: String,
    line: usize,
    import: String,
}

/// For each folder: from one member to another, with the first place.
type Graph = BTreeMap<Path, BTreeMap<(String, String), Place>>;

struct Modules {
    paths: BTreeSet<Path>,
    /// What each module re-exports, by name.
    exports: BTreeMap<Path, BTreeMap<String, Path>>,
}

fn path_of(source: &Source) -> Path {
    let inside = source.path.strip_prefix("src").expect("it is in src");
    let mut path: Path = inside
        .with_extension("")
        .iter()
        .map(|part| part.to_string_lossy().into_owned())
        .collect();
    if matches!(
        path.last().map(String::as_str),
        Some("mod" | "lib" | "main")
    ) {
        path.pop();
    }
    path
}

impl Modules {
    fn new(sources: &[Source]) -> Modules {
        let mut modules = Modules {
            paths: sources.iter().map(path_of).collect(),
            exports: BTreeMap::new(),
        };
        for source in sources {
            let module = path_of(source);
            for import in imports_of(source)
                .into_iter()
                .filter(|import| import.is_export)
            {
                let absolute = modules.absolute(&module, &import.segments);
                if let Some(absolute) = absolute {
                    modules
                        .exports
                        .entry(module.clone())
                        .or_default()
                        .insert(import.name, absolute);
                }
            }
        }
        modules
    }

    /// The path from the root of the crate; nothing if it is of another crate.
    fn absolute(&self, module: &[String], segments: &[String]) -> Option<Path> {
        let mut path = module.to_vec();
        let mut rest = segments;
        match segments.first()?.as_str() {
            "crate" => {
                path.clear();
                rest = &rest[1..];
            }
            "self" => rest = &rest[1..],
            "super" => {}
            child => {
                path.push(child.to_owned());
                if !self.paths.contains(&path) {
                    return None;
                }
                path.pop();
            }
        }
        while rest.first().is_some_and(|part| part == "super") {
            path.pop()?;
            rest = &rest[1..];
        }
        path.extend_from_slice(rest);
        Some(path)
    }

    /// The module that defines what an absolute path names.
    fn home(&self, path: &[String], steps: usize) -> Path {
        let mut module = Path::new();
        for (index, part) in path.iter().enumerate() {
            module.push(part.clone());
            if self.paths.contains(&module) {
                continue;
            }
            module.pop();
            let export = self
                .exports
                .get(&module)
                .and_then(|exports| exports.get(part));
            if let Some(target) = export.filter(|_| steps < 8) {
                let onward = [target.as_slice(), &path[index + 1..]].concat();
                return self.home(&onward, steps + 1);
            }
            break;
        }
        module
    }
}

fn graph(sources: &[Source]) -> Graph {
    let modules = Modules::new(sources);
    let mut graph = Graph::new();
    for source in sources.iter().filter(|source| source.tests_from > 0) {
        let module = path_of(source);
        for import in imports_of(source) {
            // A re-export uses nothing.
            if import.is_export {
                continue;
            }
            let Some(absolute) = modules.absolute(&module, &import.segments) else {
                continue;
            };
            let home = modules.home(&absolute, 0);
            let shared = module
                .iter()
                .zip(&home)
                .take_while(|(one, other)| one == other)
                .count();
            if shared == 0 || shared == module.len() || shared == home.len() {
                continue;
            }
            let place = Place {
                source: source.path.display().to_string(),
                line: import.line,
                import: import.segments.join("::"),
            };
            graph
                .entry(module[..shared].to_vec())
                .or_default()
                .entry((module[shared].clone(), home[shared].clone()))
                .or_insert(place);
        }
    }
    graph
}

/// The shortest way from a member back to itself.
fn circle(edges: &BTreeMap<(String, String), Place>, start: &str) -> Option<Vec<String>> {
    let mut ways = vec![vec![start.to_owned()]];
    let mut seen = BTreeSet::new();
    let mut at = 0;
    while let Some(way) = ways.get(at).cloned() {
        at += 1;
        let last = way.last().expect("a way has a start");
        for (_, next) in edges.keys().filter(|(from, _)| from == last) {
            let longer = [way.as_slice(), std::slice::from_ref(next)].concat();
            if next == start {
                return Some(longer);
            }
            if seen.insert(next.clone()) {
                ways.push(longer);
            }
        }
    }
    None
}

/// One report for each circle.
fn circles(graph: &Graph) -> Vec<String> {
    let mut reports = BTreeMap::new();
    for (folder, edges) in graph {
        let folder = folder.join("/");
        let members: BTreeSet<&String> = edges.keys().map(|(from, _)| from).collect();
        for member in members {
            let Some(way) = circle(edges, member) else {
                continue;
            };
            let steps = way.windows(2).map(|pair| {
                let place = &edges[&(pair[0].clone(), pair[1].clone())];
                format!("  {}:{} imports {}", place.source, place.line, place.import)
            });
            let report = format!(
                "src/{folder}: circle of imports: {}\n{}",
                way.join(" -> "),
                steps.collect::<Vec<_>>().join("\n")
            );
            let key: BTreeSet<String> = way.into_iter().collect();
            reports.entry((folder.clone(), key)).or_insert(report);
        }
    }
    reports.into_values().collect()
}

#[test]
fn files_of_a_folder_do_not_import_each_other_in_circles() {
    none_of(&circles(&graph(&sources())));
}

#[test]
fn circles_are_found_in_every_spelling() {
    let source = |path: &str, text: &str| Source {
        path: path.into(),
        text: text.to_owned(),
        tests_from: usize::MAX,
    };
    let found = |one: &str, two: &str| {
        let sources = [
            source("src/lib.rs", ""),
            source(
                "src/a/mod.rs",
                "pub use two::Two;\npub(crate) use self::two::{\n    Other,\n    x::Third as Fourth,\n};",
            ),
            source("src/a/one/mod.rs", one),
            source("src/a/two.rs", two),
            source("src/a/two/x.rs", "pub struct Third;"),
        ];
        circles(&graph(&sources))
    };
    let back = "use super::one::One;";
    for spelling in [
        "use super::two::Two;",
        "use crate::a::two::Two;",
        "use super::Two;",
        "use crate::a::{\n    Shared,\n    Fourth,\n};",
        "use crate::{b, a::{Shared, Other as Another}};",
        "fn f() { super::two::f() }",
        "fn f(_: crate::a::two::x::Third) {}",
    ] {
        let reports = found(spelling, back);
        assert_eq!(reports.len(), 1, "{spelling}: {reports:?}");
        assert!(
            reports[0].contains("src/a: circle of imports: one -> two -> one"),
            "{reports:?}"
        );
        assert!(
            reports[0].contains("src/a/two.rs:1 imports super::one::One"),
            "{reports:?}"
        );
    }
    for spelling in [
        "use super::Shared;",
        "use crate::b::Two;",
        "// use super::two::Two;",
        "use self::two::Two;",
    ] {
        assert!(found(spelling, back).is_empty(), "{spelling}");
    }
    assert!(found("use super::two::Two;", "use super::Shared;").is_empty());
}
