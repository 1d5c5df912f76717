//! Permission bits in words: octal, or symbolic as for chmod(1).
//!
//! As in find(1), symbolic operations begin with no bits, and the umask does not matter. `X` stands for different bits of a directory
//! and of other entries.

/// Permission bits to compare with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bits {
    /// Those of a directory.
    pub directory: u32,
    /// Those of other entries.
    pub other: u32,
}

const SET_USER: u32 = 0o4000;
const SET_GROUP: u32 = 0o2000;
const STICKY: u32 = 0o1000;
const ALL: u32 = 0o7777;
const READ: u32 = 0o444;
const WRITE: u32 = 0o222;
const EXECUTE: u32 = 0o111;

impl From<u32> for Bits {
    fn from(bits: u32) -> Bits {
        Bits {
            directory: bits,
            other: bits,
        }
    }
}

impl Bits {
    /// Reads `644`, `u=rw,go=r` or `g+w`.
    pub fn parse(text: &str) -> Option<Bits> {
        if text.bytes().all(|byte| byte.is_ascii_digit()) {
            return octal(text).map(Bits::from);
        }
        let mut bits = Bits::from(0);
        for clause in text.split(',') {
            bits = apply(clause, bits)?;
        }
        Some(bits)
    }

    /// Those of an entry.
    pub fn of(self, is_directory: bool) -> u32 {
        match is_directory {
            true => self.directory,
            false => self.other,
        }
    }
}

fn octal(digits: &str) -> Option<u32> {
    u32::from_str_radix(digits, 8)
        .ok()
        .filter(|bits| *bits <= ALL)
}

/// What a clause such as `u+rw-x` makes of bits.
fn apply(clause: &str, mut bits: Bits) -> Option<Bits> {
    let begin = clause.find(['+', '-', '='])?;
    let (who, mut rest) = clause.split_at(begin);
    let mut affected = 0;
    for letter in who.chars() {
        affected |= whose(letter)?;
    }
    while let Some(operator) = rest.chars().next() {
        let end = rest[1..]
            .find(['+', '-', '='])
            .map_or(rest.len(), |at| at + 1);
        let what = What::parse(&rest[1..end])?;
        rest = &rest[end..];
        let changed = |bits: u32, is_directory: bool| {
            let value = what.bits(bits, is_directory);
            // What is not named of a directory stays: the bits that its entries inherit.
            let named = match affected {
                0 => value,
                _ => value & affected,
            };
            let kept = match is_directory {
                true => (SET_USER | SET_GROUP) & !named,
                false => 0,
            };
            let value = named & !kept;
            match operator {
                '+' => bits | value,
                '-' => bits & !value,
                _ if affected == 0 => (bits & kept) | value,
                _ => (bits & (!affected | kept)) | value,
            }
        };
        bits = Bits {
            directory: changed(bits.directory, true),
            other: changed(bits.other, false),
        };
    }
    Some(bits)
}

/// The bits that `u`, `g`, `o` or `a` stands for.
fn whose(letter: char) -> Option<u32> {
    Some(match letter {
        'u' => SET_USER | 0o700,
        'g' => SET_GROUP | 0o070,
        'o' => STICKY | 0o007,
        'a' => ALL,
        _ => return None,
    })
}

/// What is set, added or removed.
enum What {
    /// These bits; with `X` also those to execute, if there are any or it is a directory.
    Letters { bits: u32, is_conditional: bool },
    /// Those of the user, the group or others, for all.
    Copied(u32),
}

impl What {
    fn parse(letters: &str) -> Option<What> {
        if let "u" | "g" | "o" = letters {
            let whose = whose(letters.chars().next()?)?;
            return Some(What::Copied(whose & 0o777));
        }
        let (mut bits, mut is_conditional) = (0, false);
        for letter in letters.chars() {
            match letter {
                'r' => bits |= READ,
                'w' => bits |= WRITE,
                'x' => bits |= EXECUTE,
                'X' => is_conditional = true,
                's' => bits |= SET_USER | SET_GROUP,
                't' => bits |= STICKY,
                _ => return None,
            }
        }
        Some(What::Letters {
            bits,
            is_conditional,
        })
    }

    fn bits(&self, before: u32, is_directory: bool) -> u32 {
        match *self {
            What::Letters {
                bits,
                is_conditional,
            } => match is_conditional && (is_directory || before & EXECUTE != 0) {
                true => bits | EXECUTE,
                false => bits,
            },
            What::Copied(whose) => {
                let found = before & whose;
                let spread = |bits: u32| if found & bits == 0 { 0 } else { bits };
                spread(READ) | spread(WRITE) | spread(EXECUTE)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_for_bits() {
        for (text, other, directory) in [
            ("644", 0o644, 0o644),
            ("u=rw,go=r", 0o644, 0o644),
            ("a+rX", 0o444, 0o555),
            ("u+x,a+X", 0o111, 0o111),
            ("u=rwx,g=u,o=g-w", 0o775, 0o775),
            ("+s", 0o6000, 0o6000),
            ("u+s,u=rw", 0o600, 0o4600),
            ("g+st,o+st", 0o3000, 0o3000),
            ("=w", 0o222, 0o222),
            ("u+", 0, 0),
            ("ug+rw-w+x", 0o550, 0o550),
        ] {
            let bits = Bits { directory, other };
            assert_eq!(Bits::parse(text), Some(bits), "{text}");
        }
        for wrong in ["", ",", "u", "u+rg", "z+r", "u+r,", "8", "u+y", "+7", "é"] {
            assert_eq!(Bits::parse(wrong), None, "{wrong}");
        }
    }
}
