//! Distinct hashes: sorted while there are few, in a set beyond.

use hashbrown::HashSet;

use crate::log::aggregate::few::Few;

/// More hashes than this are found faster in a set.
const FEW: usize = 1 << 12;

#[derive(Clone)]
pub(super) enum Hashes {
    Few(Few<0>),
    /// Hashes are spread evenly already.
    Many(HashSet<u64, foldhash::fast::FixedState>),
}

impl Default for Hashes {
    fn default() -> Hashes {
        Hashes::Few(Few::default())
    }
}

impl Hashes {
    #[inline]
    pub(super) fn add(&mut self, hash: u64) {
        if let Hashes::Few(few) = self {
            let added = few.add(hash, 0);
            if added.is_ok() && few.len() <= FEW {
                return;
            }
            *self = Hashes::Many(self.iter().collect());
        }
        if let Hashes::Many(hashes) = self {
            hashes.insert(hash);
        }
    }

    /// Whether there are more than this.
    #[inline]
    pub(super) fn exceeds(&mut self, most: usize) -> bool {
        match self {
            Hashes::Few(few) => {
                few.len() > most && {
                    few.tidy();
                    few.len() > most
                }
            }
            Hashes::Many(hashes) => hashes.len() > most,
        }
    }

    /// Each of them.
    pub(super) fn iter(&self) -> Box<dyn Iterator<Item = u64> + '_> {
        match self {
            Hashes::Few(few) => Box::new(few.tidied().map(|(hash, _)| hash)),
            Hashes::Many(hashes) => Box::new(hashes.iter().copied()),
        }
    }

    pub(super) fn heap_bytes(&self) -> usize {
        match self {
            Hashes::Few(few) => few.heap_bytes(),
            Hashes::Many(hashes) => hashes.allocation_size(),
        }
    }
}
