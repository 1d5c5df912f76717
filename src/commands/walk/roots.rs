//! The paths that a walk starts from.

use crate::error::{Error, Result};

/// With whole paths in order, no root may lie below another: its entries would appear twice.
pub(super) fn refuse_nested(roots: &[Vec<u8>]) -> Result<()> {
    let is_below = |outer: &[u8], inner: &[u8]| {
        inner
            .strip_prefix(outer)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/") || outer.ends_with(b"/"))
    };
    for (index, outer) in roots.iter().enumerate() {
        // The roots below it follow it, except for those that sort between `a` and `a/`.
        let more = roots[index + 1..]
            .iter()
            .take_while(|root| root.starts_with(outer));
        for inner in more {
            if is_below(outer, inner) {
                let name = |path: &[u8]| String::from_utf8_lossy(path).into_owned();
                let message = match inner == outer {
                    true => format!("'{}' is given twice", name(outer)),
                    false => format!("'{}' is inside '{}'", name(inner), name(outer)),
                };
                return Err(Error::usage(message)
                    .hint("--order path walks each entry once; leave one of them out"));
            }
        }
    }
    Ok(())
}
