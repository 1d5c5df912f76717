//! `--explain`: what is read of entries.

use super::shape::Shape;
use super::{Intent, Walk};
use crate::dirs::content::HEAD;
use crate::walk::{Needs, totals};

/// What a run would read, a line each.
pub(super) fn text(walk: &Walk, intent: &Intent) -> String {
    let conditions = intent.conditions.iter();
    let conditions = conditions.fold(Needs::default(), |needs, condition| {
        needs.and(condition.needs())
    });
    let mut needs = intent.shape.needs().and(conditions);
    if let Shape::Shot(shot) = &intent.shape {
        let fields = shot.fields.iter().flatten();
        needs = fields.fold(needs, |needs, field| needs.and(field.needs));
    }
    if intent.ranking.is_some() {
        needs = needs.and(totals::NEEDS);
    }
    let has_stat = needs.stat || intent.selection.needs_stat();
    let contents = match (walk.dups, needs.content.is_whole(), needs.content.any()) {
        (true, ..) => format!(
            "the first {HEAD} bytes of regular files with a size in common; all of those that are equal so far"
        ),
        (_, true, _) => "all bytes of regular files that are selected".to_owned(),
        (_, _, true) => format!("the first {HEAD} bytes of regular files that are selected"),
        _ => "not read".to_owned(),
    };
    let read = |is_read: bool| if is_read { "read" } else { "not read" };
    format!(
        "names       read\nattributes  {}\nlinks       {}\ncontents    {contents}\n",
        read(has_stat),
        read(needs.target)
    )
}
