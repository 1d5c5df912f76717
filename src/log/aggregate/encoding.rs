//! States as bytes: the id and the version of the family, a length, then what the state itself writes.

use super::column::Column;
use super::registry::AGGREGATES;
use super::spec::Family;
use super::state::Damaged;

/// Why bytes are not read as a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// No aggregate has this id.
    #[error("unknown aggregate number {0}; a newer version of jug may have written it")]
    Unknown(u8),
    /// The state is another aggregate's.
    #[error("state of '{found}' where '{expected}' was expected")]
    Other {
        /// Whose it is.
        found: &'static str,
        /// Whose it should be.
        expected: &'static str,
    },
    /// The state was written by a later version.
    #[error("state of '{family}' has version {version}; this version of jug reads up to {known}")]
    Newer {
        /// Whose it is.
        family: &'static str,
        /// Its version.
        version: u8,
        /// The last version that can be read.
        known: u8,
    },
    /// The bytes end early, or are not what the aggregate writes.
    #[error("damaged state of '{0}'")]
    Damaged(&'static str),
}

impl Family {
    /// The family with this id.
    pub fn of(id: u8) -> Option<&'static Family> {
        let mut families = AGGREGATES.iter().map(|spec| spec.family);
        families.find(|family| family.id == id)
    }

    /// Appends the state of a group of a column of this family.
    pub fn encode(&self, column: &dyn Column, group: usize, out: &mut Vec<u8>) {
        out.extend_from_slice(&[self.id, self.version]);
        let length_at = out.len();
        out.extend_from_slice(&[0; 4]);
        column.encode(group, out);
        let length = out.len() - length_at - 4;
        let length = u32::try_from(length).expect("a state is bounded by far less than 4 GiB");
        out[length_at..length_at + 4].copy_from_slice(&length.to_le_bytes());
    }

    /// Merges the state at the beginning of `bytes` into a group of a column of this family, and returns the bytes after it.
    ///
    /// # Errors
    /// If it is not a state of this family; the column is then unchanged.
    pub fn decode<'b>(
        &self,
        column: &mut dyn Column,
        group: usize,
        bytes: &'b [u8],
    ) -> Result<&'b [u8], Refused> {
        let damaged = Refused::Damaged(self.name);
        let ([id, version], rest) = bytes.split_first_chunk().ok_or(damaged)?;
        if *id != self.id {
            let family = Family::of(*id).ok_or(Refused::Unknown(*id))?;
            return Err(Refused::Other {
                found: family.name,
                expected: self.name,
            });
        }
        if *version > self.version {
            return Err(Refused::Newer {
                family: self.name,
                version: *version,
                known: self.version,
            });
        }
        let (length, rest) = rest.split_first_chunk().ok_or(damaged)?;
        let length = u32::from_le_bytes(*length) as usize;
        let (body, rest) = rest.split_at_checked(length).ok_or(damaged)?;
        if *version < self.oldest {
            return Err(damaged);
        }
        column.decode(group, body).map_err(|Damaged| damaged)?;
        Ok(rest)
    }
}
