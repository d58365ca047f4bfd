//! Files that hold secrets: read without copies, made for their owner alone, replaced in one step.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

/// More than any ring, document or key, with white space around it.
const MAX_FILE: usize = 16_384;

/// Text from where an option says, and the permissions of its file.
pub struct Source {
    pub text: Zeroizing<String>,
    pub mode: Option<u32>,
}

/// Text from `@FILE` or `env:NAME`. Messages name the option, and neither the operand nor anything read.
pub fn read(option: &'static str, source: &str) -> Result<Source, String> {
    if let Some(path) = source.strip_prefix('@') {
        let mut file = File::open(path).map_err(|why| format!("{option} @FILE: {why}"))?;
        let mode = file.metadata().ok().as_ref().and_then(mode_of);
        return Ok(Source { text: read_text(option, &mut file)?, mode });
    }
    if let Some(name) = source.strip_prefix("env:") {
        let value = std::env::var_os(name).ok_or_else(|| format!("{option} env:NAME: it is not set"))?;
        let text = value.into_string().map_err(|_| format!("{option} env:NAME: it is not text"))?;
        return Ok(Source { text: Zeroizing::new(text), mode: None });
    }
    // Do not repeat what was typed: it may be a secret.
    Err(format!(
        "{option} takes @FILE or env:NAME; a secret as plain text would end up in the shell's history"
    ))
}

fn read_text(option: &'static str, file: &mut File) -> Result<Zeroizing<String>, String> {
    // At its full size from the start, so that no copy is left behind by growing.
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_FILE + 64));
    let limit = MAX_FILE as u64 + 1;
    file.take(limit).read_to_end(&mut bytes).map_err(|why| format!("{option} @FILE: {why}"))?;
    if bytes.len() > MAX_FILE {
        return Err(format!("{option} @FILE: it is too long to be what is wanted"));
    }
    String::from_utf8(std::mem::take(&mut bytes)).map(Zeroizing::new).map_err(|not| {
        drop(Zeroizing::new(not.into_bytes()));
        format!("{option} @FILE: it is not text")
    })
}

#[cfg(unix)]
fn mode_of(metadata: &Metadata) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.is_file().then(|| metadata.permissions().mode() & 0o777)
}

#[cfg(not(unix))]
fn mode_of(_: &Metadata) -> Option<u32> {
    None
}

/// Whom a new file is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum For {
    /// Its owner alone, from the first moment on.
    Owner,
    /// Whoever the process lets: it is no secret.
    Anybody,
}

/// Writes a line to a file that must not exist yet. Half a file is taken away again.
pub fn write_new(path: impl AsRef<Path>, line: &str, audience: For) -> std::io::Result<()> {
    let path = path.as_ref();
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if audience == For::Owner {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    #[cfg(not(unix))]
    let _ = audience;
    let mut file = options.open(path)?;
    write_line(&mut file, line).inspect_err(|_| {
        let _ = std::fs::remove_file(path);
    })
}

fn write_line(file: &mut File, line: &str) -> std::io::Result<()> {
    file.write_all(line.as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()
}

/// A file that is going to be replaced: nobody else of us can meanwhile.
pub struct Held {
    /// Where the file really is, behind links.
    path: PathBuf,
    folder: PathBuf,
    metadata: Metadata,
    pub text: Zeroizing<String>,
    /// The folder, locked.
    _lock: Option<File>,
}

impl Held {
    /// Takes hold of the file that `--ring` names and reads it.
    pub fn take(source: &str) -> Result<Self, String> {
        let named = source
            .strip_prefix('@')
            .ok_or("a change needs --ring @FILE: there is nowhere else to write to")?;
        let failed = |why: std::io::Error| format!("--ring @FILE: {why}");
        let path = std::fs::canonicalize(named).map_err(failed)?;
        let folder = path.parent().map(Path::to_owned).ok_or("--ring @FILE: it is not in a folder")?;
        let lock = lock(&folder)?;
        let mut file = File::open(&path).map_err(failed)?;
        let metadata = file.metadata().map_err(failed)?;
        if !metadata.is_file() {
            return Err("--ring @FILE: a change needs a plain file".into());
        }
        let text = read_text("--ring", &mut file)?;
        Ok(Self { path, folder, metadata, text, _lock: lock })
    }

    pub fn mode(&self) -> Option<u32> {
        mode_of(&self.metadata)
    }

    /// Puts a new file in the place of the old one, in one step. If anything fails the old one stays.
    pub fn replace(&self, line: &str) -> Result<(), String> {
        let failed = |why: std::io::Error| format!("nothing was changed: {why}");
        let mut tag = [0; 6];
        getrandom::fill(&mut tag).map_err(|why| format!("nothing was changed: {why}"))?;
        let beside = self.folder.join(format!(".sc-ring-{}.new", crate::values::hex(&tag)));
        write_new(&beside, line, For::Owner).map_err(failed)?;
        let exchanged = self.give_to_owner(&beside).map_err(failed).and_then(|()| {
            // Who does not lock is noticed here, but for an instant.
            if *self.read_back()? != *self.text {
                return Err(
                    "nothing was changed: the file has been changed meanwhile; look at it and try again"
                        .into(),
                );
            }
            std::fs::rename(&beside, &self.path).map_err(failed)
        });
        if exchanged.is_err() {
            let _ = std::fs::remove_file(&beside);
            return exchanged;
        }
        #[cfg(unix)]
        File::open(&self.folder)
            .and_then(|folder| folder.sync_all())
            .map_err(|why| format!("the ring is written, but may not outlast a power failure: {why}"))?;
        Ok(())
    }

    /// What the file holds now.
    pub fn read_back(&self) -> Result<Zeroizing<String>, String> {
        let mut file = File::open(&self.path).map_err(|why| format!("--ring @FILE: {why}"))?;
        read_text("--ring", &mut file)
    }

    /// A file that root makes for a service is the service's still.
    #[cfg(unix)]
    fn give_to_owner(&self, path: &Path) -> std::io::Result<()> {
        use std::os::unix::fs::{MetadataExt as _, chown};
        let made = std::fs::metadata(path)?;
        let uid = (made.uid() != self.metadata.uid()).then_some(self.metadata.uid());
        let gid = (made.gid() != self.metadata.gid()).then_some(self.metadata.gid());
        if uid.is_none() && gid.is_none() { Ok(()) } else { chown(path, uid, gid) }
    }

    #[cfg(not(unix))]
    fn give_to_owner(&self, _: &Path) -> std::io::Result<()> {
        Ok(())
    }
}

/// Locks the folder, where folders can be locked. Whoever has it needs it for an instant only.
#[cfg(unix)]
fn lock(folder: &Path) -> Result<Option<File>, String> {
    let folder = File::open(folder).map_err(|why| format!("the folder of the ring: {why}"))?;
    for _ in 0..30 {
        match folder.try_lock() {
            Err(std::fs::TryLockError::WouldBlock) => {
                std::thread::sleep(std::time::Duration::from_millis(100));
            }
            _ => return Ok(Some(folder)),
        }
    }
    Err("nothing was changed: somebody else is changing a ring in this folder".into())
}

#[cfg(not(unix))]
fn lock(_: &Path) -> Result<Option<File>, String> {
    Ok(None)
}
