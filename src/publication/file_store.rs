//! A document in a file, for any number of processes on one machine.

mod crash;

use alloc::vec::Vec;
use core::fmt;
use core::sync::atomic::{AtomicBool, Ordering};
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};

use super::{Put, Store, StoreVersion};
use crate::proof::document;

/// Keeps a document in a file, so that any number of threads and processes of one machine may read and replace it.
///
/// Replacing takes a lock on a second file, writes a third one, brings it to the disk, and renames it over the first; readers take no lock, and see the old document or the
/// new one. Whoever is killed at any moment leaves one of these two behind, and nothing that keeps others from going on: the lock ends with the process, and the next
/// writer clears the third file away.
///
/// | file | what it is |
/// | --- | --- |
/// | `NAME` | the document; only this is worth a backup |
/// | `NAME.lock` | empty. **Do not delete it while anybody writes**: two could write at once then |
/// | `NAME.new` | what is being written, or the leftover of a writer that was killed |
///
/// New files are readable by their owner only (mode 0600 on Unix); a document that replaces another keeps that one's mode, so a snapshot for the nodes of other users is
/// opened up to them once, with `chmod`. The folder has to be there and writable, and the file must not be a symbolic link where it is written: two names would be two
/// locks. File systems over a network are not meant; use a [`Store`] of their own for what is shared by several machines.
///
/// A writer waits for those before it, so one that was stopped and not killed keeps the others waiting.
///
/// The version is the SHA-256 of the contents, which is sound for documents that are never the same again, as logs and snapshots are: they count up.
pub struct FileStore {
    path: PathBuf,
    most_bytes: u64,
    /// A rename is not yet known to have reached the disk.
    unsettled: AtomicBool,
}

/// Written at once. Small in tests, so that a writer can be killed in the middle.
const PIECE: usize = if cfg!(test) { 256 } else { 1 << 20 };

impl FileStore {
    /// A document in this file, which need not be there yet. Nothing is touched before the first call.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), most_bytes: 64 << 20, unsettled: AtomicBool::new(false) }
    }

    /// The longest document, in bytes; 64 MiB if not said, which is more than the log at its usual limits and the largest snapshot. A longer file is an error and is not
    /// read, and a longer document is not stored.
    #[must_use]
    pub fn at_most(mut self, bytes: u64) -> Self {
        self.most_bytes = bytes;
        self
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn folder(&self) -> &Path {
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        folder.unwrap_or(Path::new("."))
    }

    fn read(&self) -> Result<Option<Vec<u8>>, FileStoreError> {
        let file = match File::open(&self.path) {
            Ok(file) => file,
            // Without its folder, a volume that is not mounted for example, the document is missing and not absent.
            Err(why) if why.kind() == ErrorKind::NotFound && self.folder().is_dir() => return Ok(None),
            Err(why) => return Err(self.failed("open", why)),
        };
        let mut bytes = Vec::new();
        file.take(self.most_bytes.saturating_add(1))
            .read_to_end(&mut bytes)
            .map_err(|why| self.failed("read", why))?;
        self.check_length(&bytes)?;
        Ok(Some(bytes))
    }

    fn check_length(&self, bytes: &[u8]) -> Result<(), FileStoreError> {
        let fits = u64::try_from(bytes.len()).is_ok_and(|length| length <= self.most_bytes);
        if fits {
            Ok(())
        } else {
            Err(FileStoreError::TooLong { path: self.path.clone(), most_bytes: self.most_bytes })
        }
    }

    /// The name with something behind it, in the same folder.
    fn beside(&self, ending: &str) -> PathBuf {
        let mut path = self.path.clone().into_os_string();
        path.push(ending);
        path.into()
    }

    /// Waits for its turn among all writers. The lock ends when the file is closed, or its process.
    fn lock(&self) -> io::Result<File> {
        let lock = private(OpenOptions::new().write(true).create(true).truncate(false))
            .open(self.beside(".lock"))?;
        loop {
            match lock.lock() {
                Err(why) if why.kind() == ErrorKind::Interrupted => {}
                result => return result.map(|()| lock),
            }
        }
    }

    /// Puts the bytes in the place of the file. The lock is held.
    fn replace(&self, bytes: &[u8]) -> Result<(), FileStoreError> {
        let new = self.beside(".new");
        let written = self.write_new(&new, bytes).and_then(|()| {
            self.unsettled.store(true, Ordering::Release);
            passing(Step::Rename);
            fs::rename(&new, &self.path).map_err(|why| self.failed("rename", why))
        });
        if let Err(why) = written {
            // Room on a full disk; the next writer would clear it away, too.
            let _ = fs::remove_file(&new);
            return Err(why);
        }
        self.settle()
    }

    fn write_new(&self, new: &Path, bytes: &[u8]) -> Result<(), FileStoreError> {
        passing(Step::Clear);
        match fs::remove_file(new) {
            Err(why) if why.kind() != ErrorKind::NotFound => return Err(self.failed("clear", why)),
            _ => {}
        }
        passing(Step::Create);
        // It was not there a moment ago, and whoever put it there since has no lock.
        let mut file = private(OpenOptions::new().write(true).create_new(true))
            .open(new)
            .map_err(|why| self.failed("create", why))?;
        if let Some(permissions) = self.permissions()? {
            file.set_permissions(permissions).map_err(|why| self.failed("set the mode of", why))?;
        }
        for piece in bytes.chunks(PIECE) {
            passing(Step::Write);
            file.write_all(piece).map_err(|why| self.failed("write", why))?;
        }
        passing(Step::SyncFile);
        file.sync_all().map_err(|why| self.failed("sync", why))
    }

    /// Those of the document that is replaced.
    fn permissions(&self) -> Result<Option<fs::Permissions>, FileStoreError> {
        match fs::symlink_metadata(&self.path) {
            Ok(metadata) if metadata.is_file() => Ok(Some(metadata.permissions())),
            Ok(_) => Err(FileStoreError::NotAFile { path: self.path.clone() }),
            Err(why) if why.kind() == ErrorKind::NotFound => Ok(None),
            Err(why) => Err(self.failed("look at", why)),
        }
    }

    /// Sees to it that the last rename is on the disk, if that is open.
    fn settle(&self) -> Result<(), FileStoreError> {
        if self.unsettled.load(Ordering::Acquire) {
            passing(Step::SyncFolder);
            self.sync_folder().map_err(|why| self.failed("sync the folder of", why))?;
            self.unsettled.store(false, Ordering::Release);
            passing(Step::Done);
        }
        Ok(())
    }

    #[cfg(unix)]
    fn sync_folder(&self) -> io::Result<()> {
        File::open(self.folder())?.sync_all()
    }

    /// Elsewhere folders cannot be opened; the file system sees to it.
    #[cfg(not(unix))]
    #[allow(clippy::unused_self, clippy::unnecessary_wraps)]
    fn sync_folder(&self) -> io::Result<()> {
        Ok(())
    }

    fn failed(&self, action: &'static str, why: io::Error) -> FileStoreError {
        FileStoreError::Io { action, path: self.path.clone(), why }
    }
}

/// Readable by the owner only, if it is created.
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

fn version(bytes: &[u8]) -> StoreVersion {
    StoreVersion::new(&document::digest(bytes))
}

impl Store for FileStore {
    type Error = FileStoreError;

    fn get(&self) -> Result<Option<(Vec<u8>, StoreVersion)>, Self::Error> {
        self.settle()?;
        Ok(self.read()?.map(|bytes| {
            let version = version(&bytes);
            (bytes, version)
        }))
    }

    fn put_if(&self, bytes: &[u8], expected: Option<&StoreVersion>) -> Result<Put, Self::Error> {
        self.check_length(bytes)?;
        passing(Step::Lock);
        let _lock = self.lock().map_err(|why| self.failed("lock", why))?;
        let found = self.read()?.as_deref().map(version);
        if found.as_ref() != expected {
            return Ok(Put::Conflict);
        }
        self.replace(bytes)?;
        Ok(Put::Stored(version(bytes)))
    }
}

/// What a writer is about to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Step {
    Lock,
    Clear,
    Create,
    Write,
    SyncFile,
    Rename,
    SyncFolder,
    Done,
}

impl fmt::Debug for FileStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileStore").field("path", &self.path).finish_non_exhaustive()
    }
}

/// Why a [`FileStore`] failed.
#[derive(Debug)]
#[non_exhaustive]
pub enum FileStoreError {
    /// The file system refused.
    Io {
        /// What was tried.
        action: &'static str,
        /// The document's file.
        path: PathBuf,
        /// What the file system said.
        why: io::Error,
    },
    /// The document is longer than allowed ([`FileStore::at_most`]).
    TooLong {
        /// The document's file.
        path: PathBuf,
        /// The longest that is allowed.
        most_bytes: u64,
    },
    /// There is something else in the place of the file: a symbolic link, a folder.
    NotAFile {
        /// The document's file.
        path: PathBuf,
    },
}

impl fmt::Display for FileStoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { action, path, why } => write!(f, "cannot {action} {}: {why}", path.display()),
            Self::TooLong { path, most_bytes } => {
                write!(f, "{}: longer than {most_bytes} bytes", path.display())
            }
            Self::NotAFile { path } => {
                write!(f, "{}: not a plain file, so it is not replaced", path.display())
            }
        }
    }
}

impl core::error::Error for FileStoreError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Io { why, .. } => Some(why),
            Self::TooLong { .. } | Self::NotAFile { .. } => None,
        }
    }
}

/// Where tests kill the process.
fn passing(step: Step) {
    #[cfg(test)]
    crash::passing(step);
    let _ = step;
}
