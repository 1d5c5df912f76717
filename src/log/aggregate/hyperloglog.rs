//! HyperLogLog: distinct values estimated from the longest runs of zeros in their hashes.
//!
//! Registers after Flajolet et al. (2007); the estimator is the improved raw one of Otmar Ertl, "New cardinality estimation
//! algorithms for HyperLogLog sketches" (2017), algorithm 6, which needs no tables and no correction by size. With 2^14
//! registers the standard error is 0.81 %. Registers only grow, so the order of adding and merging cannot matter.

/// Bits of the hash that choose a register.
const PRECISION: u32 = 14;
/// Bits of the hash in which zeros are counted.
const REST: u32 = 64 - PRECISION;
/// The number of registers.
const REGISTERS: usize = 1 << PRECISION;

/// A sketch.
#[derive(Clone)]
pub(super) struct HyperLogLog {
    registers: Box<[u8]>,
}

impl Default for HyperLogLog {
    fn default() -> HyperLogLog {
        HyperLogLog {
            registers: vec![0; REGISTERS].into_boxed_slice(),
        }
    }
}

impl HyperLogLog {
    /// Adds a value by its hash.
    #[inline]
    pub(super) fn add(&mut self, hash: u64) {
        let register = &mut self.registers[(hash >> REST) as usize];
        // A bit is set below the ones that count, so that the run ends there at the latest.
        let run = ((hash << PRECISION) | (1 << (PRECISION - 1))).leading_zeros() as u8 + 1;
        *register = (*register).max(run);
    }

    /// Adds all values that were added to `other`.
    pub(super) fn merge(&mut self, other: &HyperLogLog) {
        for (ours, theirs) in self.registers.iter_mut().zip(&other.registers) {
            *ours = (*ours).max(*theirs);
        }
    }

    /// An estimate of the number of distinct values.
    pub(super) fn estimate(&self) -> u64 {
        let mut counts = [0_u32; REST as usize + 2];
        for register in &self.registers {
            counts[usize::from(*register)] += 1;
        }
        let size = REGISTERS as f64;
        let mut z = size * tau(1.0 - f64::from(counts[REST as usize + 1]) / size);
        for count in counts[1..=REST as usize].iter().rev() {
            z = 0.5 * (z + f64::from(*count));
        }
        z += size * sigma(f64::from(counts[0]) / size);
        let alpha = 0.5 / std::f64::consts::LN_2;
        (alpha * size * size / z).round() as u64
    }

    /// Bytes on the heap.
    pub(super) fn heap_bytes(&self) -> usize {
        self.registers.len()
    }

    /// Appends the registers.
    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.registers);
    }

    /// Reads what [`HyperLogLog::encode`] wrote, all of it.
    pub(super) fn decode(bytes: &[u8]) -> Option<HyperLogLog> {
        let is_sketch =
            bytes.len() == REGISTERS && bytes.iter().all(|run| u32::from(*run) <= REST + 1);
        is_sketch.then(|| HyperLogLog {
            registers: bytes.into(),
        })
    }
}

/// The correction for registers that are still 0.
fn sigma(mut x: f64) -> f64 {
    if x >= 1.0 {
        return f64::INFINITY;
    }
    let (mut y, mut z) = (1.0, x);
    loop {
        x *= x;
        let before = z;
        z += x * y;
        y += y;
        if z == before {
            return z;
        }
    }
}

/// The correction for registers at their maximum.
fn tau(mut x: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return 0.0;
    }
    let (mut y, mut z) = (1.0, 1.0 - x);
    loop {
        x = x.sqrt();
        let before = z;
        y *= 0.5;
        z -= (1.0 - x) * (1.0 - x) * y;
        if z == before {
            return z / 3.0;
        }
    }
}
