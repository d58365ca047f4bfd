//! Primitive encodings of SPEC section 4.1, in their one canonical spelling.

/// What is left to read. Every method takes from the front, and is `None` where the bytes are too few or not canonical.
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(super) const fn rest(&self) -> &'a [u8] {
        self.0
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        let (&byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(byte)
    }

    pub(super) fn bytes(&mut self, length: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(bytes)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Option<&'a [u8; N]> {
        let (bytes, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(bytes)
    }

    #[inline]
    pub(super) fn unsigned_64(&mut self) -> Option<u64> {
        // Most numbers are of one byte.
        match self.0.split_first() {
            Some((&byte, rest)) if byte < 0x80 => {
                self.0 = rest;
                Some(u64::from(byte))
            }
            _ => self.long_unsigned_64(),
        }
    }

    fn long_unsigned_64(&mut self) -> Option<u64> {
        let mut value = 0_u64;
        for shift in (0..u64::BITS).step_by(7) {
            let byte = self.byte()?;
            let group = u64::from(byte & 0x7F);
            let placed = group.unbounded_shl(shift);
            // The tenth byte has room for one bit only.
            if placed.unbounded_shr(shift) != group {
                return None;
            }
            value |= placed;
            if byte < 0x80 {
                // A last byte of 0 says nothing: the spelling without it is the canonical one (TOK-10).
                return (byte != 0 || shift == 0).then_some(value);
            }
        }
        None
    }

    pub(super) fn unsigned_32(&mut self) -> Option<u32> {
        self.unsigned_64()?.try_into().ok()
    }

    /// Zigzag: 0, −1, 1, −2, …
    pub(super) fn signed_64(&mut self) -> Option<i64> {
        let value = self.unsigned_64()?;
        let half = (value >> 1).cast_signed();
        Some(if value & 1 == 0 { half } else { !half })
    }
}
