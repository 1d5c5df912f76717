//! Who is interested in a watch. The kernel has one for each inode, however many paths lead to it; nearly always it is one.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::index::Id;
use crate::io::inotify::Watch;

/// Who is interested in a watch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum User {
    /// A directory in the index.
    Directory(Id),
    /// A root, by its number: a name in the directory decides where it leads.
    Root(u32),
}

/// The users of all watches.
#[derive(Debug, Default)]
pub(super) struct Users {
    first: HashMap<Watch, User, RandomState>,
    /// All users of those watches that have several.
    several: HashMap<Watch, Vec<User>>,
}

impl Users {
    /// The number of watches.
    pub(super) fn len(&self) -> usize {
        self.first.len()
    }

    /// Adds a user, unless it is there.
    pub(super) fn add(&mut self, watch: Watch, user: User) {
        match self.first.get(&watch) {
            None => drop(self.first.insert(watch, user)),
            Some(first) if *first == user && !self.several.contains_key(&watch) => {}
            Some(first) => {
                let all = self.several.entry(watch).or_insert_with(|| vec![*first]);
                if !all.contains(&user) {
                    all.push(user);
                }
            }
        }
    }

    /// Removes a user; whether the watch had it and has none now.
    pub(super) fn remove(&mut self, watch: Watch, user: User) -> bool {
        if let Some(all) = self.several.get_mut(&watch) {
            all.retain(|other| *other != user);
            if let [first, rest @ ..] = &all[..] {
                self.first.insert(watch, *first);
                if rest.is_empty() {
                    self.several.remove(&watch);
                }
            }
            return false;
        }
        let is_it = self.first.get(&watch) == Some(&user);
        if is_it {
            self.first.remove(&watch);
        }
        is_it
    }

    /// Removes a watch; its users.
    pub(super) fn take(&mut self, watch: Watch) -> Vec<User> {
        let first = self.first.remove(&watch);
        let several = self.several.remove(&watch);
        several.unwrap_or_else(|| first.into_iter().collect())
    }

    /// The users of a watch.
    pub(super) fn of(&self, watch: Watch) -> Vec<User> {
        let first = self.first.get(&watch);
        match first {
            Some(first) if self.several.is_empty() => vec![*first],
            Some(first) => self.several.get(&watch).cloned().unwrap_or(vec![*first]),
            None => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::inotify::{Inotify, Interest};

    #[test]
    fn a_watch_ends_with_its_last_user() {
        let directory = tempfile::tempdir().unwrap();
        let inotify = Inotify::new().unwrap();
        let watch = inotify.add(directory.path(), Interest::Names).unwrap();
        let mut users = Users::default();
        let [one, two, three] = [0, 1, 2].map(User::Root);
        for user in [one, one, two, two, one, three] {
            users.add(watch, user);
        }
        assert_eq!((users.of(watch), users.len()), (vec![one, two, three], 1));
        assert!(!users.remove(watch, one));
        assert_eq!(users.of(watch), [two, three]);
        assert!(!users.remove(watch, three));
        assert!(!users.remove(watch, three));
        assert_eq!(users.of(watch), [two]);
        assert!(users.remove(watch, two) && !users.remove(watch, two));
        assert_eq!((users.of(watch), users.len()), (vec![], 0));
        users.add(watch, one);
        users.add(watch, one);
        assert!(users.remove(watch, one));
        users.add(watch, one);
        assert_eq!(users.take(watch), [one]);
        users.add(watch, one);
        users.add(watch, two);
        assert_eq!(users.take(watch), [one, two]);
        assert_eq!(users.of(watch), []);
    }
}
