//! Groups whose keys look alike: the number 200 and the text "200" are one group, and so are a missing value and an empty text.
//! Its key is of the kind that comes first in [`Tag`].
//!
//! Rows are grouped by kind and text, which costs less; kinds are seldom mixed, so groups are joined at the end, if at all.

use std::collections::HashMap;
use std::mem;

use super::Grouped;
use crate::group::{Groups, TooMany};
use crate::record::Value;
use crate::record::key::Tag;

impl Grouped {
    /// Joins the groups whose keys have equal texts.
    ///
    /// # Errors
    /// If there were more groups than can be numbered, which cannot be: there are fewer than before.
    pub(super) fn join_alike(&mut self) -> Result<(), TooMany> {
        let width = self.grouping.keys.len();
        if !may_look_alike(&self.groups, width) {
            return Ok(());
        }
        // For each text, its key with each part of the first kind.
        let mut firsts: HashMap<Vec<u8>, Vec<Value<'_>>> = HashMap::new();
        for group in 0..self.groups.len() {
            let parts = parts(&self.groups, group, width);
            match firsts.get_mut(&text(&parts)) {
                Some(firsts) => {
                    for (first, part) in firsts.iter_mut().zip(parts) {
                        if kind(&part) < kind(first) {
                            *first = part;
                        }
                    }
                }
                None => {
                    firsts.insert(text(&parts), parts);
                }
            }
        }
        if firsts.len() == self.groups.len() {
            return Ok(());
        }
        let mut joined = self.groups.sibling();
        let mut places = Vec::with_capacity(self.groups.len());
        for group in 0..self.groups.len() {
            let parts = parts(&self.groups, group, width);
            let mut scratch = Vec::new();
            let probe = match firsts[&text(&parts)].as_slice() {
                [only] => {
                    let (tag, key) = only.key(&mut scratch);
                    joined.probe(tag, key)
                }
                several => {
                    several.iter().for_each(|part| part.push_key(&mut scratch));
                    joined.probe(Tag::Several, &scratch)
                }
            };
            places.push(joined.group(&probe)?);
        }
        drop(firsts);
        self.groups = joined;
        for (state, column) in self.states.iter_mut().zip(&self.grouping.states) {
            let theirs = mem::replace(state, (column.family.column)());
            state.grow_to(self.groups.len());
            state.merge(theirs, &places);
        }
        let approximate = mem::take(&mut self.approximate).into_iter();
        self.approximate = approximate
            .map(|(group, operand)| (places[group] as usize, operand))
            .collect();
        Ok(())
    }
}

/// Whether any part of the keys has values of several kinds that can have equal texts.
fn may_look_alike(groups: &Groups, width: usize) -> bool {
    let mut kinds = vec![0_u8; width];
    let mut empty_texts = vec![false; width];
    for group in 0..groups.len() {
        let (tag, key) = groups.key(group);
        let mut see = |part: usize, tag: Tag, is_empty: bool| {
            kinds[part] |= 1 << tag as u8;
            empty_texts[part] |= tag == Tag::Text && is_empty;
        };
        if tag == Tag::Several {
            for (part, value) in Value::from_keys(key).enumerate().take(width) {
                see(
                    part,
                    kind(&value),
                    matches!(&value, Value::Text(text) if text.is_empty()),
                );
            }
        } else if width == 1 {
            see(0, tag, key.is_empty());
        }
    }
    kinds.iter().zip(empty_texts).any(|(kinds, has_empty)| {
        let has_missing = kinds & 1 != 0;
        (kinds >> 1).count_ones() > 1 || (has_missing && has_empty)
    })
}

/// The parts of a key.
fn parts(groups: &Groups, group: usize, width: usize) -> Vec<Value<'_>> {
    let (tag, key) = groups.key(group);
    match width {
        1 => vec![Value::from_key(tag, key)],
        _ => Value::from_keys(key).collect(),
    }
}

/// The texts of the parts, so that equal texts are equal bytes.
fn text(parts: &[Value<'_>]) -> Vec<u8> {
    let mut text = Vec::new();
    for part in parts {
        Value::Text(part.bytes()).push_key(&mut text);
    }
    text
}

fn kind(value: &Value<'_>) -> Tag {
    value.key(&mut Vec::new()).0
}
