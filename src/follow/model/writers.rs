//! The program that writes a log, and the rotator.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use crate::resume::testing::{Inode, Memory};

/// How many rotated files are kept.
pub(super) const KEPT: usize = 4;

/// Both, with what they have written.
pub(super) struct Writers {
    memory: Memory,
    /// What is written to, and what was written to before.
    pub(super) current: Rc<RefCell<Inode>>,
    before: Option<Rc<RefCell<Inode>>>,
    pub(super) written: usize,
    /// The line of which only the beginning is written; 0 for none.
    pub(super) unfinished: usize,
    /// Lines written to a file that was rotated already.
    pub(super) late: BTreeSet<usize>,
    pub(super) banner: String,
    /// Whether the content was as good as new at the last look, or is newer: nothing tells then that it was destroyed.
    pub(super) is_new: bool,
    /// Lines written to such a content.
    pub(super) unknowable: BTreeSet<usize>,
}

impl Writers {
    pub(super) fn new(memory: &Memory, banner: &str) -> Writers {
        let current = memory.create("app.log");
        memory.append(&current, banner.as_bytes());
        Writers {
            memory: memory.clone(),
            current,
            before: None,
            written: 0,
            unfinished: 0,
            late: BTreeSet::new(),
            banner: banner.to_owned(),
            is_new: true,
            unknowable: BTreeSet::new(),
        }
    }

    /// The next line.
    pub(super) fn line(&mut self) -> String {
        self.written += 1;
        if self.is_new {
            self.unknowable.insert(self.written);
        }
        format!("line {} of the log\n", self.written)
    }

    pub(super) fn append(&self, text: &str) {
        self.memory.append(&self.current, text.as_bytes());
    }

    fn shift(&self) {
        for number in (1..=KEPT).rev() {
            for ending in ["", ".gz"] {
                let from = format!("app.log.{number}{ending}");
                match number == KEPT {
                    true => self.memory.remove(&from),
                    false => self
                        .memory
                        .rename(&from, &format!("app.log.{}{ending}", number + 1)),
                }
            }
        }
    }

    fn create(&mut self) {
        let new = self.memory.create("app.log");
        self.before = Some(std::mem::replace(&mut self.current, new));
        self.append(&self.banner);
        self.is_new = true;
    }

    fn truncate(&mut self) {
        self.is_new = true;
        self.memory.truncate("app.log");
        self.append(&self.banner);
    }

    /// Does what a word of a schedule says; false if it does not know it.
    pub(super) fn run(&mut self, name: &str, count: usize) -> bool {
        match name {
            "write" => {
                for _ in 0..count {
                    let line = self.line();
                    self.append(&line);
                }
            }
            "late" => {
                let Some(before) = self.before.clone() else {
                    return true;
                };
                for _ in 0..count {
                    let line = self.line();
                    self.late.insert(self.written);
                    self.memory.append(&before, line.as_bytes());
                }
            }
            "rotate" => {
                self.shift();
                self.memory.rename("app.log", "app.log.1");
                self.create();
            }
            "archive" => {
                self.shift();
                self.memory.copy("app.log", "app.log.1.gz", true);
                self.memory.remove("app.log");
                self.create();
                self.before = None;
            }
            "copytruncate" => {
                self.shift();
                self.memory.copy("app.log", "app.log.1", false);
                self.truncate();
            }
            "truncate" => self.truncate(),
            "delete" => {
                self.memory.remove("app.log");
                self.create();
                self.before = None;
            }
            "gzip" => {
                let name = format!("app.log.{count}");
                if self.memory.find(&name).is_some() {
                    self.before = None;
                    self.memory.copy(&name, &format!("{name}.gz"), true);
                    self.memory.remove(&name);
                }
            }
            _ => return false,
        }
        true
    }
}
