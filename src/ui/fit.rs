//! The widths of columns, and texts cut to a width.

use std::borrow::Cow;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Shrinks the widest columns first, to a common level but not below their floors. Columns that remain go to the first shrunk
/// ones. If even the floors are too wide, they are returned.
pub(super) fn fit(natural: &[usize], floors: &[usize], available: usize) -> Vec<usize> {
    let at = |level: usize| {
        natural
            .iter()
            .zip(floors)
            .map(move |(width, floor)| (*width).min(level.max(*floor)))
    };
    let total = |level: usize| at(level).fold(0, usize::saturating_add);
    let (mut low, mut high) = (0, natural.iter().copied().max().unwrap_or(0));
    while low < high {
        let level = low + (high - low).div_ceil(2);
        match total(level) <= available {
            true => low = level,
            false => high = level - 1,
        }
    }
    let mut spare = available.saturating_sub(total(low));
    let mut widths: Vec<usize> = at(low).collect();
    for (width, natural) in widths.iter_mut().zip(natural) {
        if spare > 0 && *width == low && *width < *natural {
            *width += 1;
            spare -= 1;
        }
    }
    widths
}

/// The width of a text on a terminal, in columns.
pub(super) fn width(text: &str) -> usize {
    if text.is_ascii() {
        text.len()
    } else {
        text.width()
    }
}

/// The text, or its beginning and `…`, in at most `limit` columns. The limit is at least 1.
pub(super) fn cut(text: &str, limit: usize) -> Cow<'_, str> {
    if width(text) <= limit {
        return Cow::Borrowed(text);
    }
    let (mut end, mut used) = (0, 0);
    for (start, char) in text.char_indices() {
        used += char.width().unwrap_or(0);
        if used >= limit {
            break;
        }
        end = start + char.len_utf8();
    }
    Cow::Owned(format!("{}…", &text[..end]))
}

/// As [`cut`], but of a path its middle is left out, so that the name at its end stays.
pub(super) fn cut_path(text: &str, limit: usize) -> Cow<'_, str> {
    let is_path = text.contains('/') && !text.contains(' ');
    if width(text) <= limit || !is_path || limit < SHORTEST_PATH {
        return cut(text, limit);
    }
    let (mut start, mut used) = (text.len(), 0);
    // The end gets two thirds.
    let room = (limit - 1) * 2 / 3;
    for (index, char) in text.char_indices().rev() {
        used += char.width().unwrap_or(0);
        if used > room {
            break;
        }
        start = index;
    }
    let end = &text[start..];
    let beginning = cut(&text[..start], limit - width(end));
    Cow::Owned(format!("{beginning}{end}"))
}

/// Shorter paths are cut like other texts.
const SHORTEST_PATH: usize = 12;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_widest_columns_shrink_first() {
        assert_eq!(fit(&[5, 90, 6], &[5, 8, 6], 80), [5, 69, 6]);
        assert_eq!(fit(&[30, 40, 6], &[8, 8, 6], 51), [23, 22, 6]);
        assert_eq!(fit(&[10, 40, 6], &[8, 8, 6], 36), [10, 20, 6]);
        assert_eq!(fit(&[5, 6], &[5, 6], 80), [5, 6]);
        assert_eq!(fit(&[30, 12], &[8, 12], 10), [8, 12]);
        assert_eq!(fit(&[], &[], 10), [0; 0]);
    }

    #[test]
    fn paths_are_cut_in_their_middle() {
        for (text, limit, shown) in [
            (
                "/srv/www/uploads/2026/05/logo.png",
                33,
                "/srv/www/uploads/2026/05/logo.png",
            ),
            (
                "/srv/www/uploads/2026/05/logo.png",
                20,
                "/srv/ww…/05/logo.png",
            ),
            ("/srv/www/uploads/2026/05/logo.png", 11, "/srv/www/u…"),
            (
                "/a b/www/uploads/2026/05/logo.png",
                20,
                "/a b/www/uploads/20…",
            ),
            ("a text without any slash", 12, "a text with…"),
        ] {
            let cut = cut_path(text, limit);
            assert!(width(&cut) <= limit, "{cut}");
            assert_eq!(cut, shown);
        }
    }

    #[test]
    fn texts_are_cut_by_columns_not_by_characters() {
        assert_eq!(cut("/index.html", 11), "/index.html");
        assert_eq!(cut("/index.html", 6), "/inde…");
        assert_eq!(cut("日本語のログ", 7), "日本語…");
        assert_eq!(cut("日本語のログ", 6), "日本…");
        assert_eq!(cut("日本語", 1), "…");
        assert_eq!(cut("cafe\u{301}s and more", 6), "cafe\u{301}s…");
    }

    proptest! {
        #[test]
        fn widths_use_all_available_columns_and_no_more(
            columns in prop::collection::vec((0_usize..200, 0_usize..200), 1..8), available in 0_usize..400,
        ) {
            let natural: Vec<usize> = columns.iter().map(|(width, _)| *width).collect();
            let floors: Vec<usize> = columns.iter().map(|(width, floor)| (*floor).min(*width)).collect();
            let widths = fit(&natural, &floors, available);
            for ((width, natural), floor) in widths.iter().zip(&natural).zip(&floors) {
                prop_assert!(floor <= width && width <= natural);
            }
            let sum = |widths: &[usize]| widths.iter().sum::<usize>();
            let possible = available.max(sum(&floors)).min(sum(&natural));
            prop_assert_eq!(sum(&widths), possible);
        }

        #[test]
        fn a_cut_text_fits(text in "\\PC{0,30}", limit in 1_usize..20) {
            prop_assert!(width(&cut(&text, limit)) <= limit);
        }
    }
}
