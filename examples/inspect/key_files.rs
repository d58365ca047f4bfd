//! Keys that wrap, sign and check, each in a file of its own: one line of hexadecimal behind a prefix that says what it is.

use safeconduct::{KeyEncryptionKey, RootKey, SnapshotSigner};
use zeroize::{Zeroize as _, Zeroizing};

use crate::files::{self, For};
use crate::values::{hex, unhex};

pub const KEK: &str = "sc-kek.v1.";
pub const ROOT: &str = "sc-root.v1.";
pub const SIGNER: &str = "sc-signer.v1.";

/// Makes a key that wraps published rings.
pub fn new_kek(path: &str) -> Result<String, String> {
    let kek = KeyEncryptionKey::generate(&mut getrandom::SysRng).map_err(|why| why.to_string())?;
    write(path, KEK, &kek.to_secret_bytes())?;
    Ok(format!(
        "KEK id           {}\nwritten          {path}: it is a secret; nodes of one role need it, and no others\n",
        hex(&kek.id())
    ))
}

/// Makes a key that signs published rings.
pub fn new_root(path: &str) -> Result<String, String> {
    let root = RootKey::generate(&mut getrandom::SysRng).map_err(|why| why.to_string())?;
    write(path, ROOT, &root.to_secret_seed())?;
    Ok(format!(
        "root public key  {}\nwritten          {path}: it is a secret; keep it away from the nodes, which need the public key\n",
        hex(&root.public().to_bytes())
    ))
}

/// Writes a key to a new file.
pub fn write(path: &str, prefix: &str, key: &Zeroizing<[u8; 32]>) -> Result<(), String> {
    // At its full size from the start, so that no copy is left behind by growing.
    let mut line = Zeroizing::new(String::with_capacity(prefix.len() + 64));
    line.push_str(prefix);
    for byte in key.iter() {
        for nibble in [byte >> 4, byte & 15] {
            line.push(char::from_digit(nibble.into(), 16).unwrap_or_default());
        }
    }
    files::write_new(path, &line, For::Owner).map_err(|why| format!("the new file: {why}"))
}

/// The key in a file or variable.
fn read(option: &'static str, source: Option<&str>, prefix: &str) -> Result<Zeroizing<[u8; 32]>, String> {
    let source = source.ok_or_else(|| format!("{option} @FILE is needed"))?;
    let source = files::read(option, source)?;
    if let Some(mode) = source.mode.filter(|mode| mode & 0o077 != 0) {
        eprintln!(
            "inspect: {option}: others than its owner can get at the file (mode {mode:04o}), and it is a secret"
        );
    }
    let line = source.text.trim_ascii();
    let Some(digits) = line.strip_prefix(prefix) else {
        let found = [KEK, ROOT, SIGNER, "sc-ring.v1."].into_iter().find(|known| line.starts_with(known));
        return Err(match found {
            Some(found) => format!("{option}: this begins with {found} and {prefix} is wanted"),
            None => format!("{option}: this is not such a key: it begins with {prefix}"),
        });
    };
    let mut key = unhex(digits)
        .ok_or_else(|| format!("{option}: {prefix} and then 64 hexadecimal digits are wanted"))?;
    let wiped = Zeroizing::new(key);
    key.zeroize();
    Ok(wiped)
}

pub fn kek(source: Option<&str>) -> Result<KeyEncryptionKey, String> {
    read("--kek", source, KEK).map(|key| KeyEncryptionKey::from_bytes(*key))
}

pub fn root(source: Option<&str>) -> Result<RootKey, String> {
    read("--root", source, ROOT).map(|seed| RootKey::from_seed(&seed))
}

pub fn signer(source: Option<&str>) -> Result<SnapshotSigner, String> {
    read("--signer", source, SIGNER).map(|seed| SnapshotSigner::from_seed(&seed))
}
