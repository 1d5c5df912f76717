//! `floor grep TEXT FILE`: how many lines contain a text.

use memchr::{memchr, memmem};
use std::io;

/// Searches a segment for the text, and goes on behind the line that has it.
pub fn run(text: &str, path: &str) -> io::Result<String> {
    let text = memmem::Finder::new(text);
    let counts = crate::input::segments(
        path,
        || 0,
        |count: &mut usize, lines| {
            let mut rest = lines;
            while let Some(found) = text.find(rest) {
                *count += 1;
                rest = memchr(b'\n', &rest[found..]).map_or(&[], |end| &rest[found + end + 1..]);
            }
        },
    )?;
    Ok(format!("count\n{}\n", counts.iter().sum::<usize>()))
}
