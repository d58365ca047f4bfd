//! Whom a session belongs to.

use core::fmt;

/// Whom a session belongs to: 1 to 128 opaque bytes, usually a user id.
///
/// The library never looks inside. Keep it short (it is in every token) and free of personal data where tokens of
/// kind `s` reach a client, which can read it. `Display` prints printable ASCII as it is and all else as hexadecimal after `0x`; `Debug` prints the length alone.
///
/// ```
/// use safeconduct::Subject;
/// let subject = Subject::new("usr_8f14e45fceea167a")?;
/// assert_eq!(subject.as_str(), Some("usr_8f14e45fceea167a"));
/// assert!(Subject::new("").is_err());
/// # Ok::<(), safeconduct::SubjectError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Subject {
    length: u8,
    bytes: [u8; Subject::MAX],
}

impl Subject {
    /// The longest subject, in bytes (SPEC section 10).
    pub const MAX: usize = 128;

    /// A subject of these bytes.
    ///
    /// # Errors
    ///
    /// [`SubjectError`] for no bytes or more than 128.
    pub fn new(bytes: impl AsRef<[u8]>) -> Result<Self, SubjectError> {
        let mut subject = Self::ROOM;
        subject.replace(bytes.as_ref())?;
        Ok(subject)
    }

    /// Room for a subject that is about to be read. It is none.
    pub(crate) const ROOM: Self = Self { length: 0, bytes: [0; Self::MAX] };

    /// Becomes the subject of these bytes, in place; after an error it is none or what it was.
    pub(crate) fn replace(&mut self, source: &[u8]) -> Result<(), SubjectError> {
        let length = u8::try_from(source.len()).map_err(|_| SubjectError)?;
        let (target, rest) = self.bytes.split_at_mut_checked(source.len()).ok_or(SubjectError)?;
        if source.is_empty() {
            return Err(SubjectError);
        }
        target.copy_from_slice(source);
        // Two subjects are the same if all their bytes are.
        rest.fill(0);
        self.length = length;
        Ok(())
    }

    /// The bytes of the subject: 1 to 128.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.length)).unwrap_or_default()
    }

    /// The subject as text, if its bytes are UTF-8.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        core::str::from_utf8(self.as_bytes()).ok()
    }
}

impl PartialOrd for Subject {
    fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// By their bytes.
impl Ord for Subject {
    fn cmp(&self, other: &Self) -> core::cmp::Ordering {
        self.as_bytes().cmp(other.as_bytes())
    }
}

impl core::hash::Hash for Subject {
    fn hash<H: core::hash::Hasher>(&self, state: &mut H) {
        self.as_bytes().hash(state);
    }
}

impl AsRef<[u8]> for Subject {
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.as_str() {
            // Anything else could forge log lines or turn them around, and text that looks like our hexadecimal could stand for other bytes.
            Some(text)
                if !text.starts_with("0x") && text.chars().all(|c| c.is_ascii_graphic() || c == ' ') =>
            {
                f.write_str(text)
            }
            _ => {
                f.write_str("0x")?;
                super::ids::write_hex(f, self.as_bytes())
            }
        }
    }
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A subject is somebody's name: it is shown where asked for, and not by every `{:?}`.
        write!(f, "Subject({} bytes)", self.length)
    }
}

/// A subject must be 1 to 128 bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SubjectError;

impl fmt::Display for SubjectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a subject must be 1 to 128 bytes")
    }
}

impl core::error::Error for SubjectError {}
