//! A part of a stream of bytes.

use super::bounds::{Bounds, End, Start};
use crate::pipe::data::Data;
use crate::pipe::failure::Failure;
use crate::pipe::flow::{Flow, Out};
use crate::pipe::stage::ByteStage;

/// Keeps the bytes of a part.
pub(in crate::pipe::stages) struct Bytes {
    bounds: Bounds,
    seen: u64,
    /// The last bytes, as long as it is not known whether they are wanted.
    kept: Vec<u8>,
}

impl Bytes {
    pub(in crate::pipe::stages) fn new(bounds: Bounds) -> Bytes {
        Bytes {
            bounds,
            seen: 0,
            kept: Vec::new(),
        }
    }
}

/// A number of bytes as a length; more than fit in memory are never kept.
fn length(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

impl ByteStage for Bytes {
    fn push(&mut self, bytes: &[u8], out: &mut dyn Out) -> Result<Flow, Failure> {
        let place = self.seen;
        self.seen += bytes.len() as u64;
        let skipped = match self.bounds.start {
            Start::After(count) => length(count.saturating_sub(place)).min(bytes.len()),
            Start::Last(_) => 0,
        };
        let rest = &bytes[skipped..];
        match (self.bounds.start, self.bounds.end) {
            (Start::After(_), End::First(count)) => {
                let left = count.saturating_sub(place + skipped as u64);
                let wanted = &rest[..length(left).min(rest.len())];
                if !wanted.is_empty() {
                    let _ = out.put(Data::Bytes(wanted))?;
                }
                return Ok(match self.seen >= count {
                    true => Flow::Enough,
                    false => Flow::More,
                });
            }
            (Start::After(_), End::Before(count)) => {
                // What is kept and the new bytes are wanted, except for the last.
                let total = self.kept.len() + rest.len();
                let known = total.saturating_sub(length(count));
                let old = known.min(self.kept.len());
                let mut flow = Flow::More;
                if old > 0 {
                    flow = out.put(Data::Bytes(&self.kept[..old]))?;
                    self.kept.drain(..old);
                }
                if known > old {
                    flow = out.put(Data::Bytes(&rest[..known - old]))?;
                }
                self.kept.extend_from_slice(&rest[known - old..]);
                return Ok(flow);
            }
            (Start::Last(count), _) => {
                let most = length(count);
                let new = &rest[rest.len().saturating_sub(most)..];
                let surplus = (self.kept.len() + new.len()).saturating_sub(most);
                // Moving the rest down for every few bytes would take long.
                if surplus >= most.min(64 << 10) || new.len() == most {
                    self.kept.drain(..surplus.min(self.kept.len()));
                }
                self.kept.extend_from_slice(new);
            }
        }
        Ok(Flow::More)
    }

    fn end(&mut self, out: &mut dyn Out) -> Result<(), Failure> {
        let (skipped, wanted) = self.bounds.at_end(self.kept.len() as u64, self.seen);
        let wanted = length(skipped)..length(skipped + wanted);
        if !wanted.is_empty() {
            let _ = out.put(Data::Bytes(&self.kept[wanted]))?;
        }
        self.kept.clear();
        self.seen = 0;
        Ok(())
    }
}
