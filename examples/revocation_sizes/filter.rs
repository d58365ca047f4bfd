//! The filter of a snapshot as it is published: its shape, and its rate counted on its bits by the rule of SPEC section 9.3, without a line of the library.

/// Bytes before the list of page hashes.
const FRONT: usize = 252;

pub struct Filter<'b> {
    pub probes: u32,
    pub page_bits: u32,
    pages: Vec<&'b [u8]>,
}

impl<'b> Filter<'b> {
    /// Of a snapshot without rows in its tables.
    pub fn of(snapshot: &'b [u8]) -> Self {
        let word = |offset: usize| {
            snapshot[offset..offset + 4].iter().fold(0, |number: u32, byte| number << 8 | u32::from(*byte))
        };
        let (probes, pages, page_bits) = (snapshot[5].into(), word(104) as usize, word(108));
        let bytes = &snapshot[FRONT + 32 * pages..];
        let pages = if pages == 0 { Vec::new() } else { bytes.chunks(page_bits as usize / 8).collect() };
        Self { probes, page_bits, pages }
    }

    pub fn pages(&self) -> usize {
        self.pages.len()
    }

    fn ones(&self) -> impl Iterator<Item = u64> {
        self.pages.iter().map(|page| page.iter().map(|byte| u64::from(byte.count_ones())).sum())
    }

    /// REV-15, word for word.
    pub fn rate_holds(&self) -> bool {
        const UNIT: u128 = 1 << 62;
        let of_page = |ones: u64| {
            let x = (u128::from(ones) * UNIT).div_ceil(self.page_bits.into());
            (1..self.probes).fold(x, |r, _| (r * x).div_ceil(UNIT))
        };
        let sum: u128 = self.ones().map(of_page).sum();
        sum <= (self.pages.len() as u128 * UNIT) >> self.probes
    }

    /// With which probability one look takes a session for revoked that is not, as the bits are.
    pub fn rate(&self) -> f64 {
        let probability = |ones: u64| (ones as f64 / f64::from(self.page_bits)).powf(self.probes.into());
        if self.pages.is_empty() {
            0.0
        } else {
            self.ones().map(probability).sum::<f64>() / self.pages.len() as f64
        }
    }

    /// Whether so many hits in so many looks are what the bits let expect: not further away than six standard deviations and three. With fixed seeds it is one number
    /// for ever, and the bound says that it is no accident.
    pub fn explains(&self, hits: u64, looks: usize) -> bool {
        let expected = self.rate() * looks as f64;
        (hits as f64 - expected).abs() <= 6.0 * expected.sqrt() + 3.0
    }
}
