//! The memory of one verification, owned by the caller.

use core::fmt;
use core::ops::Range;

use super::{HEADER, Header, MAX_BYTES, MAX_TEXT, decode};
use crate::error::Reason;

/// Room in front of the header, so that what a signature covers besides the body can be written right before the body.
const PREFIX: usize = 200;
/// Where the body starts.
const BODY: usize = PREFIX + HEADER;
const SIZE: usize = PREFIX + MAX_BYTES;

/// Overwrites with zeros. One `fill` is a few nanoseconds; wiping byte by byte would cost more than opening the token. The barrier keeps it.
pub(crate) fn wipe(bytes: &mut [u8]) {
    bytes.fill(0);
    zeroize::optimization_barrier(bytes);
}

/// Memory for verifying one token at a time: 3,272 bytes, owned by the caller, so that verifying allocates nothing.
///
/// Claims of the application may borrow from it, so it lives as long as the session that was read into it and can be used again after. What
/// was written to it is wiped on every refusal, before its next use and when it is dropped; only bytes that were used are wiped. One
/// refusal is late: after [`Reason::BadAppClaims`] the bytes are wiped by the next use or the drop, because the claims' type may have
/// borrowed them.
///
/// ```
/// let mut scratch = safeconduct::Scratch::new();
/// # let _ = &mut scratch;
/// ```
pub struct Scratch {
    bytes: [u8; SIZE],
    used: usize,
}

impl Scratch {
    /// Empty memory.
    #[must_use]
    pub const fn new() -> Self {
        Self { bytes: [0; SIZE], used: 0 }
    }

    /// Wipes what was used.
    pub fn wipe(&mut self) {
        if let Some(used) = self.bytes.get_mut(..self.used) {
            wipe(used);
        }
        self.used = 0;
    }

    /// Reads token text as far as it can be read without a key: TOK-01 to TOK-05.
    #[inline]
    pub(crate) fn parse(&mut self, text: &str) -> Result<Unverified<'_>, Reason> {
        self.wipe();
        if text.len() > MAX_TEXT {
            return Err(Reason::Malformed);
        }
        // Set before anything is written, so that a text refused half-way is wiped as well.
        self.used = SIZE;
        let target = self.bytes.get_mut(PREFIX..).ok_or(Reason::Malformed)?;
        let length = decode(text, target).ok_or(Reason::Malformed)?;
        let end = PREFIX.saturating_add(length);
        self.used = end;
        let bytes = self.bytes.get_mut(..end).ok_or(Reason::Malformed)?;
        let header = Header::parse(bytes.get(PREFIX..).ok_or(Reason::Malformed)?)?;
        Ok(Unverified { header, bytes })
    }

    /// Bytes of the scratch at `range`, borrowed for as long as the scratch was.
    pub(crate) fn get(&self, range: Range<usize>) -> &[u8] {
        self.bytes.get(range).unwrap_or_default()
    }
}

impl Default for Scratch {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        self.wipe();
    }
}

impl fmt::Debug for Scratch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Scratch")
    }
}

/// A token in a [`Scratch`] whose bytes have been found and not believed.
pub(crate) struct Unverified<'a> {
    pub(crate) header: Header,
    /// Room, header, body and proof.
    bytes: &'a mut [u8],
}

impl<'a> Unverified<'a> {
    /// The whole memory, and where in it the body starts. The body and proof reach to the end; the header stands right before the body.
    pub(crate) fn into_memory(self) -> (&'a mut [u8], usize) {
        (self.bytes, BODY)
    }
}
