//! A ring in a file.

use core::fmt;
use std::io::{ErrorKind, Read};
use std::path::Path;

use zeroize::Zeroizing;

use super::{Ring, RingTextError, Role};

/// More than the longest ring and some white space around it.
const MAX_FILE: usize = 4_096;

impl<R: Role> Ring<R> {
    /// Reads a ring of this role from a file that holds its text. What was read is wiped from memory.
    ///
    /// # Errors
    ///
    /// [`RingFileError`]; no message contains anything of the file.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, RingFileError> {
        Self::read(std::fs::File::open(path).map_err(RingFileError::Io)?)
    }

    /// Into memory that is wiped and never outgrown, which the standard library's ways of reading all there is do not promise.
    fn read(mut source: impl Read) -> Result<Self, RingFileError> {
        let mut buffer = Zeroizing::new([0; MAX_FILE]);
        let mut length = 0_usize;
        loop {
            let room = buffer.get_mut(length..).unwrap_or_default();
            match source.read(room) {
                Ok(0) if length == MAX_FILE => return Err(RingFileError::Text(RingTextError::Length)),
                Ok(0) => break,
                Ok(more) => length = length.saturating_add(more),
                Err(why) if why.kind() == ErrorKind::Interrupted => {}
                Err(why) => return Err(RingFileError::Io(why)),
            }
        }
        let text = core::str::from_utf8(buffer.get(..length).unwrap_or_default());
        text.map_err(|_| RingFileError::Text(RingTextError::NotARing))?.parse().map_err(RingFileError::Text)
    }
}

/// Why a file gives no ring.
#[derive(Debug)]
#[non_exhaustive]
pub enum RingFileError {
    /// The file could not be read.
    Io(std::io::Error),
    /// What it holds is no ring of this role.
    Text(RingTextError),
}

impl fmt::Display for RingFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(why) => write!(f, "the ring's file could not be read: {why}"),
            Self::Text(why) => write!(f, "{why}"),
        }
    }
}

impl core::error::Error for RingFileError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Io(why) => Some(why),
            Self::Text(why) => Some(why),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use super::*;
    use crate::ring::Issuing;

    /// A file that is read in pieces, or not at all.
    struct Pieces(VecDeque<Result<&'static [u8], ErrorKind>>);

    impl Read for Pieces {
        fn read(&mut self, room: &mut [u8]) -> std::io::Result<usize> {
            let piece = self.0.pop_front().unwrap_or(Ok(&[]))?;
            room[..piece.len()].copy_from_slice(piece);
            Ok(piece.len())
        }
    }

    fn read(pieces: impl IntoIterator<Item = Result<&'static [u8], ErrorKind>>) -> RingFileError {
        Ring::<Issuing>::read(Pieces(pieces.into_iter().collect())).map(|_| ()).unwrap_err()
    }

    #[test]
    fn signals_do_not_end_a_file_and_failures_do() {
        let [front, back]: [&[u8]; 2] = [b"sc-ring.v1.", b"somebody.AAAA"];
        let interrupted = || Err(ErrorKind::Interrupted);
        let all = read([interrupted(), Ok(front), interrupted(), Ok(back), interrupted()]);
        assert!(matches!(all, RingFileError::Text(RingTextError::UnknownRole)), "{all}");
        let half = read([Ok(front)]);
        assert!(matches!(half, RingFileError::Text(RingTextError::NotARing)), "{half}");
        let failed = read([Ok(front), Err(ErrorKind::ConnectionReset), Ok(back)]);
        assert!(matches!(failed, RingFileError::Io(why) if why.kind() == ErrorKind::ConnectionReset));
    }
}
