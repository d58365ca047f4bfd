//! What the host reads: numbers at fixed places instead of text to be parsed.

use alloc::boxed::Box;

use safeconduct::Session;

/// Where subject and claims begin in a record.
const FRONT: usize = 64;
/// The front, the longest subject and the longest claims; no token is longer either.
const SIZE: usize = 4_352;

/// Memory at a fixed address.
pub(crate) struct Outbox(Option<Box<[u8; SIZE]>>);

impl Outbox {
    pub(crate) const fn new() -> Self {
        Self(None)
    }

    fn bytes(&mut self) -> &mut [u8; SIZE] {
        self.0.get_or_insert_with(|| Box::new([0; SIZE]))
    }

    pub(crate) fn address(&mut self) -> usize {
        self.bytes().as_ptr() as usize
    }

    /// Writes parts one after the other. The length, or 0 if they do not fit.
    pub(crate) fn write(&mut self, parts: &[&[u8]]) -> usize {
        let mut written = 0;
        for part in parts {
            let Some(place) = self.bytes().get_mut(written..).and_then(|rest| rest.get_mut(..part.len()))
            else {
                return 0;
            };
            place.copy_from_slice(part);
            written += part.len();
        }
        written
    }

    /// The record of a session; numbers are little-endian.
    ///
    /// | at | bytes | what |
    /// | --- | --- | --- |
    /// | 0 | 1 | level in force |
    /// | 1 | 1 | base level |
    /// | 2 | 1 | kind: `e`, `n` or `s` |
    /// | 3 | 1 | length of the subject |
    /// | 4 | 4 | rotation |
    /// | 8 | 8 | begun at (f64, seconds since 1970) |
    /// | 16 | 8 | authenticated at, for the level in force (f64) |
    /// | 24 | 8 | idle deadline (f64) |
    /// | 32 | 8 | absolute end (f64) |
    /// | 40 | 12 | session id |
    /// | 52 | 4 | key id |
    /// | 56 | 8 | minted at (f64) |
    /// | 64 | | subject, then claims to the record's end |
    pub(crate) fn write_record<C>(&mut self, session: &Session<C>, claims: &[u8]) -> usize {
        let subject = session.subject().as_bytes();
        let since =
            session.elevation().map_or(session.authenticated_at(), |raised| raised.authenticated_at());
        // Seconds up to the year 9999 are exact in an f64.
        let seconds = |moment: safeconduct::Timestamp| (moment.as_unix() as f64).to_le_bytes();
        let mut front = [0; FRONT];
        let mut rest = front.as_mut_slice();
        let mut put = |bytes: &[u8]| {
            if let Some((place, behind)) = core::mem::take(&mut rest).split_at_mut_checked(bytes.len()) {
                place.copy_from_slice(bytes);
                rest = behind;
            }
        };
        put(&[
            session.level().number(),
            session.base_level().number(),
            session.kind().letter() as u8,
            subject.len() as u8,
        ]);
        put(&session.rotation().to_le_bytes());
        put(&seconds(session.started_at()));
        put(&seconds(since));
        put(&seconds(session.expires_at()));
        put(&seconds(session.ends_at()));
        put(&session.session_id().to_bytes());
        put(&session.key_id().to_bytes());
        put(&seconds(session.issued_at()));
        let length = self.write(&[&front, subject, claims]);
        debug_assert_eq!(length, FRONT + subject.len() + claims.len());
        length
    }
}
