//! Which paths matter, in every command that goes through directories.

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueHint};

use super::comparison::{self, Age};
use crate::dirs::FileType;
use crate::error::{Error, Result};
use crate::expr::Clock;
use crate::expr::compile::regex;
use crate::expr::syntax;
use crate::select::selection::Unresolved;
use crate::select::{
    Comparison, InvalidGlob, Pattern, Patterns, Permissions, Pruning, Selection, Test, Time,
};

/// The flags of commands that go through directories.
#[derive(Args, Clone, Debug, Default)]
pub struct SelectionArgs {
    /// Show entries of this name
    ///
    /// In a glob * is any text, ? one byte, [a-z] and [!a-z] one of a class, {a,b} either. All flags under this heading must hold;
    /// where one of them is given several times, any of its values will do, but all comparisons must hold.
    #[arg(long, value_name = "GLOB", value_parser = name, help_heading = SELECT)]
    pub name: Vec<Pattern>,

    /// The same, in capitals or not
    #[arg(long, value_name = "GLOB", value_parser = name_of_any_case, help_heading = SELECT)]
    pub iname: Vec<Pattern>,

    /// Show entries of this path, as printed or below where the walk began
    ///
    /// Here * and ? match no slash, and ** between slashes is any number of directories. A leading ./ does not matter.
    #[arg(long, value_name = "GLOB", value_parser = Pattern::of_paths, help_heading = SELECT)]
    pub path: Vec<Pattern>,

    /// Show entries in whose path this is found
    #[arg(long, value_name = "REGEX", allow_hyphen_values = true, help_heading = SELECT)]
    pub regex: Vec<String>,

    /// Show entries with these extensions, in capitals or not; '' for none
    #[arg(long, value_name = "EXT,…", value_delimiter = ',', value_parser = extension, help_heading = SELECT)]
    pub ext: Vec<String>,

    /// Show entries of these types, or of find's letters for them
    #[arg(long = "type", value_name = "TYPE,…", value_delimiter = ',', value_parser = types(), help_heading = SELECT)]
    pub types: Vec<FileType>,

    /// Show entries of this size, such as '>10M'
    ///
    /// A comparison is one of > >= < <= = and a value. Quote it, or the shell redirects. Two of them make a range.
    #[arg(long, value_name = "CMP", value_parser = comparison::size, allow_hyphen_values = true, help_heading = SELECT)]
    pub size: Vec<Comparison<u64>>,

    /// Show entries changed so long ago, such as '>7d'; an age is negative for a time to come
    #[arg(long, value_name = "CMP", value_parser = comparison::age, allow_hyphen_values = true, help_heading = SELECT)]
    pub age: Vec<Comparison<Age>>,

    /// Show entries whose contents changed then, such as '>=2026-01-31', '<yesterday' or '>2h' (ago)
    #[arg(long, value_name = "CMP", value_parser = comparison::moment, allow_hyphen_values = true, help_heading = SELECT)]
    pub mtime: Vec<Comparison<String>>,

    /// Show entries whose attributes changed then
    #[arg(long, value_name = "CMP", value_parser = comparison::moment, allow_hyphen_values = true, help_heading = SELECT)]
    pub ctime: Vec<Comparison<String>>,

    /// Show entries last read then
    #[arg(long, value_name = "CMP", value_parser = comparison::moment, allow_hyphen_values = true, help_heading = SELECT)]
    pub atime: Vec<Comparison<String>>,

    /// Show entries made then, where the file system knows
    #[arg(long, value_name = "CMP", value_parser = comparison::moment, allow_hyphen_values = true, help_heading = SELECT)]
    pub btime: Vec<Comparison<String>>,

    /// Show entries changed later than a file
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = SELECT)]
    pub newer: Vec<PathBuf>,

    /// Show entries of a user, a group, or both, by name or number
    #[arg(long, value_name = "USER[:GROUP]", value_parser = owner, help_heading = SELECT)]
    pub owner: Option<Owner>,

    /// Show entries with these permissions: 644 exactly, -022 all of these bits, /022 any of them
    #[arg(long, value_name = "OCTAL", value_parser = permissions, allow_hyphen_values = true, help_heading = SELECT)]
    pub perm: Vec<Permissions>,

    /// Show entries with so many names, such as '>1'
    #[arg(long, value_name = "CMP", value_parser = comparison::count, allow_hyphen_values = true, help_heading = SELECT)]
    pub links: Vec<Comparison<u64>>,

    /// Show files of no bytes, and directories with nothing in them
    #[arg(long, help_heading = SELECT)]
    pub empty: bool,

    /// Show links that lead nowhere
    #[arg(long, help_heading = SELECT)]
    pub broken: bool,

    /// Leave out what has this name, and all below it
    ///
    /// A pattern with a slash is about paths, as with --path; ./name is one at the beginning of the walk. A pattern that
    /// ends in a slash is about directories alone.
    #[arg(long, value_name = "GLOB", value_parser = Pattern::of_either, help_heading = PRUNE)]
    pub exclude: Vec<Pattern>,

    /// Leave out what is below directories of this name, and show them
    #[arg(long, value_name = "GLOB", value_parser = Pattern::of_either, help_heading = PRUNE)]
    pub prune: Vec<Pattern>,

    /// Leave out what git ignores, and .git
    #[arg(long, help_heading = PRUNE)]
    pub gitignore: bool,

    /// Leave out what a file in the format of .gitignore says, as if it lay where the walk begins
    ///
    /// Its rules outweigh those of --gitignore, and those of a later file those of an earlier one.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = PRUNE)]
    pub ignore_file: Vec<PathBuf>,

    /// Leave out names that begin with a dot
    #[arg(long, help_heading = PRUNE)]
    pub no_hidden: bool,
}

const SELECT: &str = "Select";
const PRUNE: &str = "Prune";

/// Whom entries belong to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    user: Option<String>,
    group: Option<String>,
}

impl SelectionArgs {
    /// What the arguments mean. Touches no file, and asks for no user.
    ///
    /// # Errors
    /// If a moment or a regex makes no sense.
    pub fn plan(&self, clock: &Clock) -> Result<(Selection, Pruning)> {
        let regexes = self.regex.iter().map(|text| {
            let pattern = syntax::Pattern {
                span: 0..text.len(),
                text: text.clone(),
            };
            regex(&pattern).map_err(|fault| Error::usage(fault.render(text)))
        });
        let owners = self.owner.iter().map(|owner| Unresolved::Owner {
            user: owner.user.clone(),
            group: owner.group.clone(),
        });
        let newer = self.newer.iter().cloned().map(Unresolved::Newer);
        let selection = Selection {
            names: Patterns(self.name.clone()),
            names_of_any_case: Patterns(self.iname.clone()),
            extensions: self.ext.iter().map(|ext| ext.clone().into()).collect(),
            types: self.types.clone(),
            paths: Patterns(self.path.clone()),
            regexes: regexes.collect::<Result<_>>()?,
            tests: self.tests(clock)?,
            unresolved: owners.chain(newer).collect(),
            is_empty: self.empty,
            is_broken: self.broken,
        };
        let pruning = Pruning {
            exclude: Patterns(self.exclude.clone()),
            prune: Patterns(self.prune.clone()),
            is_without_hidden: self.no_hidden,
            heeds_gitignore: self.gitignore,
            ignore_files: self.ignore_file.clone(),
        };
        Ok((selection, pruning))
    }

    fn tests(&self, clock: &Clock) -> Result<Vec<Test>> {
        let sizes = self.size.iter().copied().map(Test::Size);
        let links = self.links.iter().copied().map(Test::Links);
        let permissions = self.perm.iter().copied().map(Test::Permissions);
        let mut tests: Vec<Test> = sizes.chain(links).chain(permissions).collect();
        for age in &self.age {
            let moment = age.value.before(clock.now);
            // The older, the earlier.
            let relation = age.relation.of_negatives();
            let value = moment.ok_or_else(|| Error::usage("--age: there is no such moment"))?;
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
                    Error::usage(format!("{flag}: «{value}» is no moment"))
                        .hint("write 2026-01-31, 2026-01-31T12:00:00Z, 2h (ago) or yesterday")
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
    let bare = text.strip_prefix('.').unwrap_or(text);
    match bare.rsplit_once('.') {
        None => Ok(bare.to_ascii_lowercase()),
        Some((_, last)) => Err(format!(
            "an extension is what follows the last dot: write {last}, or --name '*.{bare}'"
        )),
    }
}

fn types() -> impl TypedValueParser<Value = FileType> {
    let words = FileType::ALL.into_iter().map(|file_type| {
        PossibleValue::new(file_type.name()).alias(file_type.letter().to_string())
    });
    PossibleValuesParser::new(words).map(|word| {
        let means = |file_type: &FileType| {
            file_type.name() == word || word.chars().eq([file_type.letter()])
        };
        let found = FileType::ALL.into_iter().find(means);
        found.expect("only words of this list are let through")
    })
}

fn owner(text: &str) -> std::result::Result<Owner, String> {
    let (user, group) = match text.split_once(':') {
        Some((user, group)) => (user, Some(group)),
        None => (text, None),
    };
    if group.map_or(user.is_empty(), str::is_empty) {
        return Err(format!(
            "«{text}» is no owner: write USER, USER:GROUP or :GROUP"
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
            "«{text}» are no permissions: write 644 (exactly), -022 (all of these) or /022 (any)"
        )
    })
}

#[cfg(test)]
mod tests;
