//! What `parse` stages read: which names mean their fields, and which slots those get.
//!
//! How many fields each reads is known at the end only. Until then they have numbers far above all slots, which
//! [`Layers::number`] replaces.

use super::types::Parsing;
use crate::format::Parse;
use crate::record::{FieldName, Want, Wanted};

/// Fields of one source have numbers of their own: those of the line itself are the first.
const SOURCE: usize = 1 << 20;

/// The `parse` stages so far, in order.
#[derive(Default)]
pub(super) struct Layers {
    /// The fields of the line itself.
    pub(super) fields: Vec<Wanted>,
    layers: Vec<Layer>,
}

struct Layer {
    /// The names of all fields; none if a text may have any.
    names: Option<Vec<String>>,
    /// How many fields `let` had defined before.
    lets: usize,
    parsing: Parsing,
}

impl Layers {
    /// Adds a stage; `from` is the number of the field that it reads.
    pub(super) fn add(&mut self, parse: &Parse, from: Option<usize>, lets: usize) {
        self.layers.push(Layer {
            names: parse.fields(),
            lets,
            parsing: Parsing {
                parse: parse.clone(),
                from,
                fields: Vec::new(),
                first: 0,
                else_from: Vec::new(),
            },
        });
    }

    /// Whether one of the stages after the field number `defined` of `let` reads a field of this name for certain.
    pub(super) fn redefine(&self, name: &FieldName, defined: usize) -> bool {
        let mut layers = self.layers.iter().filter(|layer| layer.lets > defined);
        layers.any(|layer| layer.has(name) == Some(true))
    }

    /// The number of a field.
    pub(super) fn field(&mut self, name: &FieldName, want: Want) -> usize {
        self.field_before(self.layers.len(), name, want, false)
    }

    /// The number of a field that lines may lack.
    pub(super) fn field_if_any(&mut self, name: &FieldName, want: Want) -> usize {
        self.field_before(self.layers.len(), name, want, true)
    }

    fn field_before(&mut self, end: usize, name: &FieldName, want: Want, may_lack: bool) -> usize {
        let found = (0..end).rev().find_map(|layer| {
            let has = self.layers[layer].has(name);
            (has != Some(false)).then_some((layer, has.is_none()))
        });
        let Some((layer, is_any)) = found else {
            let mut wanted = Wanted::new(name.clone(), want);
            wanted.may_lack = may_lack;
            return place_of(&mut self.fields, wanted) + SOURCE;
        };
        let known = self.layers[layer].parsing.fields.len();
        let mut wanted = Wanted::new(name.clone(), want);
        wanted.may_lack = may_lack;
        let place = place_of(&mut self.layers[layer].parsing.fields, wanted);
        let number = (layer + 2) * SOURCE + place;
        // What is read from a field is added to what the line has.
        if place == known && is_any && self.layers[layer].parsing.from.is_some() {
            let other = self.field_before(layer, name, want, true);
            self.layers[layer].parsing.else_from.push((number, other));
        }
        number
    }

    /// Gives all fields their slots from `first` on, those of the line itself at the end. Returns the stages, the fields of the line,
    /// their first slot, and what replaces numbers by slots.
    pub(super) fn number(
        self,
        first: usize,
    ) -> (Vec<Parsing>, Vec<Wanted>, usize, impl Fn(usize) -> usize) {
        let mut next = first;
        let mut starts = vec![0, 0];
        let mut stages = Vec::with_capacity(self.layers.len());
        for layer in self.layers {
            let mut parsing = layer.parsing;
            parsing.first = next;
            starts.push(next);
            next += parsing.fields.len();
            stages.push(parsing);
        }
        starts[1] = next;
        let number = move |slot: usize| match slot / SOURCE {
            0 => slot,
            source => starts[source] + slot % SOURCE,
        };
        for stage in &mut stages {
            stage.from = stage.from.map(&number);
            for (slot, other) in &mut stage.else_from {
                (*slot, *other) = (number(*slot), number(*other));
            }
        }
        (stages, self.fields, next, number)
    }
}

impl Layer {
    /// Whether it reads a field of this name; none if texts may have it or not.
    fn has(&self, name: &FieldName) -> Option<bool> {
        let FieldName::Path(_) = name else {
            return Some(false);
        };
        let names = self.names.as_ref()?;
        let key = name.as_key();
        Some(key.is_some_and(|key| names.iter().any(|known| known == key)))
    }
}

/// The place of a field in a list, to which it is added if it is new.
fn place_of(fields: &mut Vec<Wanted>, wanted: Wanted) -> usize {
    let known = fields.iter().position(|known| *known == wanted);
    known.unwrap_or_else(|| {
        fields.push(wanted);
        fields.len() - 1
    })
}
