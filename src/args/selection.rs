//! Which paths matter, for every command that reads directories.

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueHint};

use super::comparison::{self, Age};
use crate::error::{Error, Result};
use crate::expr::Clock;
use crate::expr::compile::regex;
use crate::expr::syntax;
use crate::select::selection::Unresolved;
use crate::select::{
    Comparison, InvalidGlob, Kind, Nameless, Pattern, Patterns, Permissions, Pruning, Selection,
    Test, Time,
};

/// The flags of commands that read directories.
#[derive(Args, Clone, Debug, Default)]
pub struct SelectionArgs {
    /// Match entries with this name
    ///
    /// In a glob * matches any text, ? one byte, [a-z] and [!a-z] one of a class, {a,b} an alternative. Entries must match all
    /// the filters given. If a filter is repeated, matching any one of its values is enough; comparisons must all match.
    #[arg(long, value_name = "GLOB", value_parser = name, help_heading = SELECT)]
    pub name: Vec<Pattern>,

    /// Like --name, but ignore the case of A to Z
    #[arg(long, value_name = "GLOB", value_parser = name_of_any_case, help_heading = SELECT)]
    pub iname: Vec<Pattern>,

    /// Match entries with this path, as printed or relative to PATH
    ///
    /// Here * and ? do not match a slash, and ** between slashes matches any number of directories. A leading ./ is ignored.
    #[arg(long, value_name = "GLOB", value_parser = Pattern::of_paths, help_heading = SELECT)]
    pub path: Vec<Pattern>,

    /// Match entries whose path contains a match of this regular expression
    #[arg(long, value_name = "REGEX", allow_hyphen_values = true, help_heading = SELECT)]
    pub regex: Vec<String>,

    /// Match entries with these extensions, ignoring case; '' for none
    #[arg(long, value_name = "EXT,…", value_delimiter = ',', value_parser = extension, help_heading = SELECT)]
    pub ext: Vec<String>,

    /// Match entries of these types, or of their letters as in find; x for files that you may execute
    #[arg(long = "type", value_name = "TYPE,…", value_delimiter = ',', value_parser = types(), help_heading = SELECT)]
    pub types: Vec<Kind>,

    /// Match entries with this size, such as '>10M'
    ///
    /// A comparison is one of > >= < <= = followed by a value. Quote it, because < and > are redirections in a shell. Give two
    /// for a range.
    #[arg(long, value_name = "CMP", value_parser = comparison::size, allow_hyphen_values = true, help_heading = SELECT)]
    pub size: Vec<Comparison<u64>>,

    /// Match by time since the last modification, such as '>7d'; times in the future have a negative age
    #[arg(long, value_name = "CMP", value_parser = comparison::age, allow_hyphen_values = true, help_heading = SELECT)]
    pub age: Vec<Comparison<Age>>,

    /// Match by time of modification, such as '>=2026-01-31', '<yesterday' or '>2h' (later than two hours ago)
    #[arg(long, value_name = "CMP", value_parser = comparison::moment, allow_hyphen_values = true, help_heading = SELECT)]
    pub mtime: Vec<Comparison<String>>,

    /// Match by time of the last change of attributes
    #[arg(long, value_name = "CMP", value_parser = comparison::moment, allow_hyphen_values = true, help_heading = SELECT)]
    pub ctime: Vec<Comparison<String>>,

    /// Match by time of the last access
    #[arg(long, value_name = "CMP", value_parser = comparison::moment, allow_hyphen_values = true, help_heading = SELECT)]
    pub atime: Vec<Comparison<String>>,

    /// Match by creation time, if the file system records it
    #[arg(long, value_name = "CMP", value_parser = comparison::moment, allow_hyphen_values = true, help_heading = SELECT)]
    pub btime: Vec<Comparison<String>>,

    /// Match entries modified later than FILE
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = SELECT)]
    pub newer: Vec<PathBuf>,

    /// Match by owner: a user, a group, or both, by name or ID
    #[arg(long, value_name = "USER[:GROUP]", value_parser = owner, help_heading = SELECT)]
    pub owner: Vec<Owner>,

    /// Match by owner: a user that has no name
    #[arg(long, help_heading = SELECT)]
    pub no_user: bool,

    /// Match by permissions: 644 exactly, -022 all of these bits, /022 any of them
    ///
    /// Symbolic modes of chmod stand for bits, too: u=rw,go=r exactly, -g+w all, /u+s,g+s any. They begin with no bits.
    #[arg(long, value_name = "MODE", value_parser = permissions, allow_hyphen_values = true, help_heading = SELECT)]
    pub perm: Vec<Permissions>,

    /// Match by number of hard links, such as '>1'
    #[arg(long, value_name = "CMP", value_parser = comparison::count, allow_hyphen_values = true, help_heading = SELECT)]
    pub links: Vec<Comparison<u64>>,

    /// Match empty files and directories
    #[arg(long, help_heading = SELECT)]
    pub empty: bool,

    /// Match broken symbolic links
    #[arg(long, help_heading = SELECT)]
    pub broken: bool,

    /// Leave out entries with this name, and everything below them
    ///
    /// A glob that contains a slash matches paths, as with --path; ./name matches only directly below PATH. A glob that ends in
    /// a slash matches only directories.
    #[arg(long, value_name = "GLOB", value_parser = Pattern::of_either, help_heading = PRUNE)]
    pub exclude: Vec<Pattern>,

    /// List directories with this name, but do not enter them
    #[arg(long, value_name = "GLOB", value_parser = Pattern::of_either, help_heading = PRUNE)]
    pub prune: Vec<Pattern>,

    /// Leave out .git and everything that the ignore rules of git match
    ///
    /// The rules alone decide: a file that git tracks although a rule matches it is left out, too. Of the configuration only the
    /// user's own is read, for core.excludesFile.
    #[arg(long, help_heading = PRUNE)]
    pub gitignore: bool,

    /// Leave out what FILE ignores, which has the format of .gitignore and applies as if it were in each PATH
    ///
    /// Its rules take precedence over those of --gitignore, and those of a later file over those of an earlier one.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = PRUNE)]
    pub ignore_file: Vec<PathBuf>,

    /// Leave out names that start with a dot
    #[arg(long, help_heading = PRUNE)]
    pub no_hidden: bool,
}

const SELECT: &str = "Filters";
const PRUNE: &str = "Pruning";

/// The owner of an entry, by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    user: Option<String>,
    group: Option<String>,
}

impl SelectionArgs {
    /// What the arguments mean. Reads no file, and looks up no user.
    ///
    /// # Errors
    /// If a time or a regular expression is invalid.
    pub fn plan(&self, clock: &Clock) -> Result<(Selection, Pruning)> {
        let regexes = self.regex.iter().map(|text| {
            let pattern = syntax::Pattern {
                span: 0..text.len(),
                text: text.clone(),
            };
            regex(&pattern).map_err(|error| Error::usage(error.render(text)))
        });
        let owners: Vec<(Option<String>, Option<String>)> = self
            .owner
            .iter()
            .map(|owner| (owner.user.clone(), owner.group.clone()))
            .collect();
        let owners = (!owners.is_empty()).then_some(Unresolved::Owners(owners));
        let newer = self.newer.iter().cloned().map(Unresolved::Newer);
        let selection = Selection {
            names: Patterns(self.name.clone()),
            names_of_any_case: Patterns(self.iname.clone()),
            extensions: self.ext.iter().map(|ext| ext.clone().into()).collect(),
            types: self.types.clone(),
            paths: Patterns(self.path.clone()),
            regexes: regexes.collect::<Result<_>>()?,
            tests: self.tests(clock)?,
            unresolved: owners.into_iter().chain(newer).collect(),
            is_empty: self.empty,
            is_broken: self.broken,
        };
        let pruning = Pruning {
            exclude: Patterns(self.exclude.clone()),
            prune: Patterns(self.prune.clone()),
            is_without_hidden: self.no_hidden,
            reads_gitignore: self.gitignore,
            ignore_files: self.ignore_file.clone(),
        };
        Ok((selection, pruning))
    }

    fn tests(&self, clock: &Clock) -> Result<Vec<Test>> {
        let sizes = self.size.iter().copied().map(Test::Size);
        let links = self.links.iter().copied().map(Test::Links);
        let permissions = self.perm.iter().copied().map(Test::Permissions);
        let nameless = self.no_user.then(|| Test::Nameless(Nameless::default()));
        let tests = sizes.chain(links).chain(permissions).chain(nameless);
        let mut tests: Vec<Test> = tests.collect();
        for age in &self.age {
            let moment = age.value.before(clock.now);
            // A greater age is an earlier time.
            let relation = age.relation.of_negatives();
            let value = moment.ok_or_else(|| Error::usage("--age: out of range"))?;
            tests.push(Test::Time(Time::Modified, Comparison { relation, value }));
        }
        for (flag, time, comparisons) in [
            ("--mtime", Time::Modified, &self.mtime),
            ("--ctime", Time::Changed, &self.ctime),
            ("--atime", Time::Accessed, &self.atime),
            ("--btime", Time::Born, &self.btime),
        ] {
            for Comparison { relation, value } in comparisons {
                let unknown = || {
                    Error::usage(format!("{flag}: invalid time '{value}'")).hint(
                        "use 2026-01-31, 2026-01-31T12:00:00Z, 2h (ago), yesterday or @SECONDS",
                    )
                };
                let value = clock.moment(value).ok_or_else(unknown)?;
                let relation = *relation;
                tests.push(Test::Time(time, Comparison { relation, value }));
            }
        }
        Ok(tests)
    }
}

fn name(glob: &str) -> std::result::Result<Pattern, InvalidGlob> {
    Pattern::of_names(glob, false)
}

fn name_of_any_case(glob: &str) -> std::result::Result<Pattern, InvalidGlob> {
    Pattern::of_names(glob, true)
}

fn extension(text: &str) -> std::result::Result<String, String> {
    let text = text.trim();
    let bare = text.strip_prefix('.').unwrap_or(text);
    match bare.rsplit_once('.') {
        None => Ok(bare.to_ascii_lowercase()),
        Some((_, last)) => Err(format!(
            "an extension contains no dot: use {last}, or --name '*.{bare}'"
        )),
    }
}

fn types() -> impl TypedValueParser<Value = Kind> {
    let words =
        Kind::all().map(|kind| PossibleValue::new(kind.name()).alias(kind.letter().to_string()));
    PossibleValuesParser::new(words).map(|word| {
        let means = |kind: &Kind| kind.name() == word || word.chars().eq([kind.letter()]);
        let found = Kind::all().find(means);
        found.expect("the parser accepts only words of this list")
    })
}

fn owner(text: &str) -> std::result::Result<Owner, String> {
    if let Some(rest) = text.strip_prefix('!') {
        return Err(format!(
            "'{text}' cannot be negated: use --where 'user != \"{rest}\"'"
        ));
    }
    let (user, group) = match text.split_once(':') {
        Some((user, group)) => (user, Some(group)),
        None => (text, None),
    };
    if group.map_or(user.is_empty(), str::is_empty) {
        return Err(format!(
            "invalid owner '{text}': use USER, USER:GROUP or :GROUP"
        ));
    }
    Ok(Owner {
        user: (!user.is_empty()).then(|| user.to_owned()),
        group: group.map(str::to_owned),
    })
}

fn permissions(text: &str) -> std::result::Result<Permissions, String> {
    Permissions::parse(text).ok_or_else(|| {
        format!(
            "invalid permissions '{text}': use 644 (exactly), -022 (all of these) or /022 (any), or a mode of chmod such as -g+w"
        )
    })
}

#[cfg(test)]
mod tests;
