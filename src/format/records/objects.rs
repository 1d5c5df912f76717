//! Whole objects, with the values as they are written: for `ndjson` and `json` of whole records.

use super::RecordReader;
use super::line_reader::{Line, LineReader};
use super::shapes::Shapes;
use crate::format::json::blocks::Blocks;
use crate::format::json::check::check_value;
use crate::format::json::scan::{
    Bytes, Cursor, InvalidJson, NO_OBJECT, blanks, invalid, name, number, skip,
};
use crate::io::masks::{BLOCK, Masks, Task, with_masks};
use crate::record::records::{Form, RawValue, Records};
use crate::record::{Bad, Step, json_text};

/// A reader of lines that are objects.
pub(super) fn line_reader() -> Box<dyn RecordReader> {
    Box::new(LineReader::new(objects()))
}

/// What reads objects.
pub(super) fn objects() -> Objects {
    Objects {
        brackets: Vec::new(),
    }
}

/// Reads objects.
pub(super) struct Objects {
    brackets: Vec<u8>,
}

impl Line for Objects {
    const DECODE: fn(&[u8]) -> Vec<u8> = json_text::unescape;

    fn read(
        &mut self,
        start: usize,
        end: usize,
        records: &mut Records,
        shapes: &mut Shapes,
    ) -> Result<(), Bad> {
        let text = std::mem::take(records.text());
        let read = with_masks(Read {
            object: Object {
                line: &text[start..end],
                base: start,
                brackets: &mut self.brackets,
                records,
                shapes,
            },
        });
        *records.text() = text;
        Ok(read?)
    }
}

struct Read<'r, 'a> {
    object: Object<'r, 'a>,
}

impl Task for Read<'_, '_> {
    type Output = Result<(), InvalidJson>;

    #[inline(always)]
    fn run<M: Masks>(self, masks: M) -> Result<(), InvalidJson> {
        let mut object = self.object;
        let mut room = [0; BLOCK];
        let mut blocks = Blocks::new(masks, object.line, &mut room);
        let read = object.read(&mut blocks);
        if blocks.is_exact() {
            return read;
        }
        object.again()
    }
}

/// An object that is read.
struct Object<'r, 'a> {
    line: &'a [u8],
    /// Where it begins in the text of the records.
    base: usize,
    brackets: &'r mut Vec<u8>,
    records: &'r mut Records,
    shapes: &'r mut Shapes,
}

impl<'a> Object<'_, 'a> {
    /// Reads byte by byte what the masks were wrong about.
    #[cold]
    #[inline(never)]
    fn again(&mut self) -> Result<(), InvalidJson> {
        self.records.drop_open();
        self.shapes.begin();
        self.read(&mut Bytes(self.line))
    }

    #[inline(always)]
    fn read(&mut self, cursor: &mut impl Cursor<'a>) -> Result<(), InvalidJson> {
        let line = self.line;
        let start = blanks(line, 0);
        if line.get(start) != Some(&b'{') {
            return invalid(line, start, NO_OBJECT);
        }
        let mut at = blanks(line, start + 1);
        if line.get(at) == Some(&b'}') {
            return self.end(at + 1);
        }
        loop {
            if line.get(at) != Some(&b'"') {
                return invalid(line, at, "no key in quotes");
            }
            let (end, is_escaped) = cursor.string(at + 1)?;
            if is_escaped {
                escapes(line, at + 1, end)?;
            }
            self.shapes.key(&line[at + 1..end]);
            at = end + 1;
            if line.get(at) != Some(&b':') {
                at = blanks(line, at);
                if line.get(at) != Some(&b':') {
                    return invalid(line, at, "no colon after a key");
                }
            }
            at = self.value(cursor, blanks(line, at + 1))?;
            if line.get(at) != Some(&b',') {
                at = blanks(line, at);
            }
            match line.get(at) {
                Some(b',') => at = blanks(line, at + 1),
                Some(b'}') => return self.end(at + 1),
                _ => return invalid(line, at, "no comma or closing bracket"),
            }
        }
    }

    /// Adds the value that begins at `at`; returns where it ends.
    #[inline(always)]
    fn value(&mut self, cursor: &mut impl Cursor<'a>, at: usize) -> Result<usize, InvalidJson> {
        let line = self.line;
        let (start, end, after, form) = match line.get(at) {
            Some(b'"') => {
                let (end, is_escaped) = cursor.string(at + 1)?;
                let form = if is_escaped {
                    escapes(line, at + 1, end)?;
                    Form::Escaped
                } else {
                    Form::Text
                };
                (at + 1, end, end + 1, form)
            }
            Some(b'-' | b'0'..=b'9') => {
                let end = number(line, at)?;
                (at, end, end, Form::Number)
            }
            Some(b'{' | b'[') => {
                let end = cursor.container(at)?;
                let checked = check_value(&line[..end], at, self.brackets);
                checked?;
                (at, end, end, Form::Nested)
            }
            _ => {
                let (_, end) = name(line, at)?;
                let form = match line[at] {
                    b'n' => Form::Null,
                    _ => Form::Boolean,
                };
                (at, end, end, form)
            }
        };
        self.records
            .push_range(self.base + start, self.base + end, form);
        Ok(after)
    }

    fn end(&mut self, at: usize) -> Result<(), InvalidJson> {
        let at = blanks(self.line, at);
        match at == self.line.len() {
            true => Ok(()),
            false => invalid(self.line, at, "text after the JSON object"),
        }
    }
}

/// Refuses a string whose escapes stand for nothing, or that has a control character.
fn escapes(line: &[u8], start: usize, end: usize) -> Result<(), InvalidJson> {
    let mut at = start;
    while at < end {
        at += match (line[at], line.get(at + 1)) {
            (b'\\', Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't')) => 2,
            (b'\\', Some(b'u'))
                if line[at + 2..end]
                    .first_chunk::<4>()
                    .is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)) =>
            {
                6
            }
            (b'\\', _) => return invalid(line, at, "bad escape"),
            (0..=0x1f, _) => return invalid(line, at, "a control character in a string"),
            _ => 1,
        };
    }
    Ok(())
}

/// What a path leads to inside a value; the first of equal keys counts.
pub fn inside<'a>(value: RawValue<'a>, path: &[Step]) -> Option<RawValue<'a>> {
    path.iter().try_fold(value, |value, step| match value.form {
        Form::Nested => member(value.bytes, step),
        _ => None,
    })
}

fn member<'a>(text: &'a [u8], step: &Step) -> Option<RawValue<'a>> {
    let cursor = &mut Bytes(text);
    let bracket = match step {
        Step::Key(_) => b'{',
        Step::Index(_) => b'[',
    };
    if text.first() != Some(&bracket) {
        return None;
    }
    let mut at = blanks(text, 1);
    for index in 0.. {
        let is_wanted = match step {
            Step::Index(wanted) => index == *wanted,
            Step::Key(wanted) => {
                let (end, is_escaped) = cursor.string(at + 1).ok()?;
                let key = text.get(at + 1..end)?;
                at = blanks(text, blanks(text, end + 1) + 1);
                match is_escaped {
                    true => json_text::unescape(key) == wanted.as_bytes(),
                    false => key == wanted.as_bytes(),
                }
            }
        };
        let end = skip(cursor, at).ok()?;
        if is_wanted {
            return Some(raw(&text[at..end]));
        }
        at = blanks(text, end);
        if text.get(at) != Some(&b',') {
            return None;
        }
        at = blanks(text, at + 1);
    }
    None
}

/// The elements of a value that is an array.
pub fn elements<'a>(value: RawValue<'a>) -> Option<impl Iterator<Item = RawValue<'a>>> {
    if value.form != Form::Nested || value.bytes.first() != Some(&b'[') {
        return None;
    }
    let text = value.bytes;
    let mut at = blanks(text, 1);
    Some(std::iter::from_fn(move || {
        if matches!(text.get(at), None | Some(b']')) {
            return None;
        }
        let end = skip(&mut Bytes(text), at).ok()?;
        let element = raw(&text[at..end]);
        at = blanks(text, end);
        if text.get(at) == Some(&b',') {
            at = blanks(text, at + 1);
        }
        Some(element)
    }))
}

/// A value that is all of a text.
fn raw(text: &[u8]) -> RawValue<'_> {
    let form = match text.first() {
        Some(b'"') => {
            let bytes = &text[1..text.len() - 1];
            let form = match bytes.contains(&b'\\') {
                true => Form::Escaped,
                false => Form::Text,
            };
            return RawValue { form, bytes };
        }
        Some(b'{' | b'[') => Form::Nested,
        Some(b't' | b'f') => Form::Boolean,
        Some(b'n') | None => Form::Null,
        Some(_) => Form::Number,
    };
    RawValue { form, bytes: text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::FieldName;

    #[test]
    fn paths_lead_inside() {
        let nested = RawValue {
            form: Form::Nested,
            bytes: br#"{"a" : [ 1, {"\u0062":"x\n", "c":null}, [true] ],"a":2,"e":[],"f":{}}"#,
        };
        let find = |path: &[Step]| {
            inside(nested, path).map(|value| (value.form, String::from_utf8_lossy(value.bytes)))
        };
        let key = |key: &str| Step::Key(key.to_owned());
        let index = Step::Index;
        assert_eq!(
            find(&[key("a"), index(0)]),
            Some((Form::Number, "1".into()))
        );
        assert_eq!(
            find(&[key("a"), index(1), key("b")]),
            Some((Form::Escaped, "x\\n".into()))
        );
        assert_eq!(
            find(&[key("a"), index(1), key("c")]),
            Some((Form::Null, "null".into()))
        );
        assert_eq!(
            find(&[key("a"), index(2), index(0)]),
            Some((Form::Boolean, "true".into()))
        );
        for path in [
            vec![key("x")],
            vec![index(0)],
            vec![key("a"), key("a")],
            vec![key("a"), index(3)],
            vec![key("e"), index(0)],
            vec![key("f"), key("x")],
            vec![key("a"), index(0), key("x")],
        ] {
            let name = FieldName::Path(path.clone());
            assert_eq!(find(&path), None, "{name}");
        }
    }
}
