//! Random numbers, and skewed choices, by integers alone.

/// `SplitMix64`: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014. It passes `BigCrush`, has
/// 64 bits of state, and any seed will do.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`, by multiplying and shifting (Lemire 2019, without the rejection: the bias is under 2^-40 here).
    pub fn below(&mut self, limit: usize) -> usize {
        ((u128::from(self.bits()) * limit as u128) >> 64) as usize
    }

    /// True `parts` times in `whole`.
    pub fn chance(&mut self, parts: usize, whole: usize) -> bool {
        self.below(whole) < parts
    }

    /// One of them, each as likely.
    pub fn pick<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.below(of.len())]
    }
}

/// Draws the index of one of some choices by a table of entries, as many for a choice as its weight; one look-up a draw.
pub struct Choice(Vec<u16>);

impl Choice {
    /// Weights as they are; their sum is the size of the table.
    pub fn weighted(weights: &[usize]) -> Self {
        let entries = weights
            .iter()
            .zip(0..)
            .flat_map(|(&weight, index)| std::iter::repeat_n(index, weight));
        Self(entries.collect())
    }

    /// Zipf's law with exponent 1: the weight of choice `i` of `choices` is in proportion to `1 / (i + 1 + offset)`. The
    /// `offset` flattens the head. Every choice has at least one entry of about a million.
    pub fn zipf(choices: usize, offset: usize) -> Self {
        let shares: Vec<usize> = (1..=choices)
            .map(|rank| (1 << 40) / (rank + offset))
            .collect();
        let total: usize = shares.iter().sum();
        let weights: Vec<usize> = shares
            .iter()
            .map(|share| (share / (total >> 20)).max(1))
            .collect();
        Self::weighted(&weights)
    }

    pub fn draw(&self, random: &mut Random) -> usize {
        usize::from(self.0[random.below(self.0.len())])
    }
}
