//! The table of fields: how each value is taken from an entry.

use std::borrow::Cow;

use super::{ETAG_WEAK, Field, Needs, mime};
use crate::dirs::{Content, ContentNeeds, Entry, FileType, Stat, owners::Owners};
use crate::expr::functions::Kind;
use crate::record::{Number, Timestamp, Value};
use crate::select::extension;

const NOTHING: Needs = needs(false, false, ContentNeeds::NOTHING);
const STAT: Needs = needs(true, false, ContentNeeds::NOTHING);
const TARGET: Needs = needs(false, true, ContentNeeds::NOTHING);
const MIME: Needs = needs(true, false, ContentNeeds::HEAD);
const BLAKE3: Needs = needs(true, false, ContentNeeds::BLAKE3);
const SHA256: Needs = needs(true, false, ContentNeeds::SHA256);

const fn needs(stat: bool, target: bool, content: ContentNeeds) -> Needs {
    Needs {
        stat,
        target,
        content,
    }
}

const fn field(
    name: &'static str,
    summary: &'static str,
    kind: Kind,
    needs: Needs,
    value: for<'e> fn(&'e Entry<'_>, &mut Owners) -> Value<'e>,
) -> Field {
    Field {
        name,
        summary,
        kind,
        needs,
        value,
    }
}

/// All fields, in the order of the manual.
pub static FIELDS: &[Field] = &[
    field(
        "path",
        "the path, as find prints it",
        Kind::Text,
        NOTHING,
        |entry, _| text(entry.place.path),
    ),
    field(
        "name",
        "the last part of the path",
        Kind::Text,
        NOTHING,
        |entry, _| text(entry.place.name()),
    ),
    field(
        "dir",
        "the path of the parent directory",
        Kind::Text,
        NOTHING,
        |entry, _| text(directory(entry)),
    ),
    field(
        "ext",
        "the part of the name after the last dot, in lower case; may be empty",
        Kind::Text,
        NOTHING,
        |entry, _| lower(extension(entry.place.name())),
    ),
    field(
        "depth",
        "the number of levels below the root",
        Kind::Number,
        NOTHING,
        |entry, _| number(u64::from(entry.place.depth)),
    ),
    field(
        "root",
        "the PATH that the entry was reached from",
        Kind::Text,
        NOTHING,
        |entry, _| text(entry.place.root),
    ),
    field(
        "rel",
        "the path below its root; empty for the root",
        Kind::Text,
        NOTHING,
        |entry, _| text(entry.place.below()),
    ),
    field(
        "type",
        "file, dir, symlink, fifo, socket, block or char",
        Kind::Text,
        NOTHING,
        |entry, _| text(entry.file_type.name().as_bytes()),
    ),
    field(
        "size",
        "the size in bytes",
        Kind::Number,
        STAT,
        |entry, _| counted(entry, |stat| stat.size),
    ),
    field(
        "allocated",
        "the space allocated on disk, in bytes",
        Kind::Number,
        STAT,
        |entry, _| counted(entry, |stat| stat.allocated),
    ),
    field(
        "mode",
        "permission bits as four octal digits",
        Kind::Text,
        STAT,
        |entry, _| known(entry, |stat| owned(format!("{:04o}", stat.mode).as_bytes())),
    ),
    field(
        "nlink",
        "the number of hard links",
        Kind::Number,
        STAT,
        |entry, _| counted(entry, |stat| stat.nlink),
    ),
    field(
        "uid",
        "the user ID of the owner",
        Kind::Number,
        STAT,
        |entry, _| counted(entry, |stat| u64::from(stat.uid)),
    ),
    field("gid", "the group ID", Kind::Number, STAT, |entry, _| {
        counted(entry, |stat| u64::from(stat.gid))
    }),
    field(
        "user",
        "the name of the owner, or the ID if it has no name",
        Kind::Text,
        STAT,
        |entry, owners| {
            known(entry, |stat| {
                named(owners.user(stat.uid).as_deref(), stat.uid)
            })
        },
    ),
    field(
        "group",
        "the name of the group, or the ID if it has no name",
        Kind::Text,
        STAT,
        |entry, owners| {
            known(entry, |stat| {
                named(owners.group(stat.gid).as_deref(), stat.gid)
            })
        },
    ),
    field(
        "dev",
        "the device number",
        Kind::Number,
        STAT,
        |entry, _| counted(entry, |stat| stat.dev),
    ),
    field("ino", "the inode number", Kind::Number, STAT, |entry, _| {
        counted(entry, |stat| stat.ino)
    }),
    field(
        "mtime",
        "the time of the last modification",
        Kind::Time,
        STAT,
        |entry, _| time(entry, |stat| stat.mtime),
    ),
    field(
        "ctime",
        "the time of the last change of attributes",
        Kind::Time,
        STAT,
        |entry, _| time(entry, |stat| stat.ctime),
    ),
    field(
        "atime",
        "the time of the last access",
        Kind::Time,
        STAT,
        |entry, _| time(entry, |stat| stat.atime),
    ),
    field(
        "btime",
        "the time of creation, if the file system records it",
        Kind::Time,
        STAT,
        |entry, _| time(entry, |stat| stat.btime),
    ),
    field(
        "target",
        "the text of a symbolic link",
        Kind::Text,
        TARGET,
        |entry, _| {
            entry
                .known_target()
                .map_or(Value::Missing, |target| text(&target.text))
        },
    ),
    field(
        "target_type",
        "the type of a symbolic link's target; 'missing' if the link is broken",
        Kind::Text,
        TARGET,
        |entry, _| {
            let target = entry.known_target();
            let word = target.and_then(|target| match target.file_type {
                Some(file_type) => Some(file_type.name()),
                None => target.is_missing.then_some("missing"),
            });
            word.map_or(Value::Missing, |word| text(word.as_bytes()))
        },
    ),
    field(
        "mime",
        "the media type, by the first bytes of the content",
        Kind::Text,
        MIME,
        |entry, _| {
            let found = mime::of(entry.file_type, entry.known_content());
            found.map_or(Value::Missing, |name| text(name.as_bytes()))
        },
    ),
    field(
        "hash",
        "the BLAKE3 digest of the content",
        Kind::Text,
        BLAKE3,
        |entry, _| digest(entry, |content| &content.blake3),
    ),
    field(
        "sha256",
        "the SHA-256 digest of the content",
        Kind::Text,
        SHA256,
        |entry, _| digest(entry, |content| &content.sha256),
    ),
    field(
        "etag",
        "a strong entity tag for HTTP: the BLAKE3 digest in quotes",
        Kind::Text,
        BLAKE3,
        |entry, _| {
            let digest = entry
                .known_content()
                .and_then(|found| found.blake3.as_ref());
            digest.map_or(Value::Missing, |digest| {
                owned(format!("\"{digest}\"").as_bytes())
            })
        },
    ),
    field(
        ETAG_WEAK,
        "a weak entity tag for HTTP, of the size and the time of modification",
        Kind::Text,
        STAT,
        |entry, _| {
            known(entry, |stat| match (stat.file_type, stat.mtime) {
                (FileType::File, Some(mtime)) => {
                    let (size, nanos) = (stat.size, mtime.nanos_since_epoch());
                    let sign = if nanos < 0 { "-" } else { "" };
                    let nanos = nanos.unsigned_abs();
                    owned(format!("W/\"{size:x}-{sign}{nanos:x}\"").as_bytes())
                }
                _ => Value::Missing,
            })
        },
    ),
];

fn text(bytes: &[u8]) -> Value<'_> {
    Value::Text(Cow::Borrowed(bytes))
}

fn owned(bytes: &[u8]) -> Value<'static> {
    Value::Text(Cow::Owned(bytes.to_vec()))
}

fn lower(bytes: &[u8]) -> Value<'_> {
    if bytes.iter().any(u8::is_ascii_uppercase) {
        Value::Text(Cow::Owned(bytes.to_ascii_lowercase()))
    } else {
        text(bytes)
    }
}

fn number(number: u64) -> Value<'static> {
    Value::Number(Number::from(number))
}

fn known(entry: &Entry<'_>, value: impl FnOnce(&Stat) -> Value<'static>) -> Value<'static> {
    entry.known_stat().map_or(Value::Missing, value)
}

fn counted(entry: &Entry<'_>, value: impl FnOnce(&Stat) -> u64) -> Value<'static> {
    known(entry, |stat| number(value(stat)))
}

fn time(entry: &Entry<'_>, value: impl FnOnce(&Stat) -> Option<Timestamp>) -> Value<'static> {
    known(entry, |stat| {
        value(stat).map_or(Value::Missing, Value::Time)
    })
}

fn named(name: Option<&[u8]>, id: u32) -> Value<'static> {
    name.map_or_else(|| owned(id.to_string().as_bytes()), owned)
}

fn digest<'e>(
    entry: &'e Entry<'_>,
    which: impl FnOnce(&'e Content) -> &'e Option<String>,
) -> Value<'e> {
    match entry.known_content().map(which) {
        Some(Some(digest)) => text(digest.as_bytes()),
        _ => Value::Missing,
    }
}

/// The path without the name.
fn directory<'e>(entry: &'e Entry<'_>) -> &'e [u8] {
    let place = entry.place;
    match &place.path[..place.name.0] {
        b"" => b".",
        b"/" => b"/",
        before => before.strip_suffix(b"/").unwrap_or(before),
    }
}
