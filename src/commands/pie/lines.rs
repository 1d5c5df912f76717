//! Labelled values in lines: as people write them, as `uniq -c`, `wc -l` and `du` do.

use super::values::Labelled;
use crate::record::Number;

/// The lines that are not blank, with their numbers.
pub(super) fn numbered(text: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    text.split(|byte| *byte == b'\n')
        .enumerate()
        .map(|(index, line)| (index + 1, line.strip_suffix(b"\r").unwrap_or(line)))
        .filter(|(_, line)| !line.trim_ascii().is_empty())
}

/// The labelled values of all lines, if they are in one of the ways that are known; else the first line that is not, and why.
///
/// Which side of a tab the value is on, the text decides as a whole: on the right, unless there it is none, and all lines
/// have one on the left.
pub(super) fn of_lines(text: &[u8]) -> Result<Vec<Labelled>, (usize, String)> {
    let all = |way: fn(&[u8]) -> Result<Labelled, String>| -> Result<Vec<Labelled>, _> {
        numbered(text)
            .map(|(number, line)| way(line).map_err(|reason| (number, reason)))
            .collect()
    };
    all(of_line).or_else(|fault| all(counted).map_err(|_| fault))
}

/// `label<TAB>value`; or a count and a label, as `uniq -c` writes them; or a label, a blank and a value.
fn of_line(line: &[u8]) -> Result<Labelled, String> {
    let no_value = || format!("«{}» is no label with a value", lossy(line.trim_ascii()));
    if let Some(tab) = memchr::memrchr(b'\t', line) {
        let (label, number) = (line[..tab].trim_ascii(), line[tab + 1..].trim_ascii());
        return value(number)
            .map(|number| (lossy(label), number))
            .map_err(|reason| format!("«{}»: {reason}", lossy(label)));
    }
    let line = line.trim_ascii();
    let (first, last) = (memchr::memchr(b' ', line), memchr::memrchr(b' ', line));
    let (Some(first), Some(last)) = (first, last) else {
        return Err(no_value());
    };
    if let Ok(count) = value(&line[..first]) {
        return Ok((lossy(line[first..].trim_ascii()), count));
    }
    let number = value(&line[last + 1..]).map_err(|_| no_value())?;
    Ok((lossy(line[..last].trim_ascii()), number))
}

/// `value<TAB>label`, as `du` writes them.
fn counted(line: &[u8]) -> Result<Labelled, String> {
    let tab = memchr::memchr(b'\t', line).ok_or_else(String::new)?;
    let number = value(line[..tab].trim_ascii())?;
    Ok((lossy(line[tab + 1..].trim_ascii()), number))
}

/// A number from nothing on.
pub(super) fn value(text: &[u8]) -> Result<Number, String> {
    let number = Number::parse(text).ok_or_else(|| format!("«{}» is no number", lossy(text)))?;
    if number.is_zero() || !text.starts_with(b"-") {
        Ok(number)
    } else {
        Err(format!("{number} is less than nothing"))
    }
}

pub(super) fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<String, (usize, String)> {
        let values = of_lines(text.as_bytes())?;
        let shown = values
            .iter()
            .map(|(label, value)| format!("{label}={value}"));
        Ok(shown.collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn lines_of_many_kinds() {
        for text in [
            "a b\t1\nc\t2\n",
            "      1 a b\n      2 c\n",
            "a b 1\nc 2",
            "1\ta b\n2\tc\n",
            "\r\n  a b\t1\r\n\r\nc\t2\r\n",
        ] {
            assert_eq!(read(text).as_deref(), Ok("a b=1 c=2"), "{text:?}");
        }
        // Two numbers: the value is where it always is.
        assert_eq!(read("200\t7\n").as_deref(), Ok("200=7"));
        assert_eq!(read("      7 200\n").as_deref(), Ok("200=7"));
        assert_eq!(read("").as_deref(), Ok(""));
    }

    #[test]
    fn the_line_that_has_no_value_is_named() {
        let fault = |text| read(text).unwrap_err();
        assert_eq!(
            fault("a\t1\nb\tx\n"),
            (2, "«b»: «x» is no number".to_owned())
        );
        assert_eq!(
            fault("a\t1\n\nb\t-2\n"),
            (3, "«b»: -2 is less than nothing".to_owned())
        );
        assert_eq!(fault("words\n").1, "«words» is no label with a value");
        assert_eq!(fault("a 1\nb NaN\n").0, 2);
    }
}
