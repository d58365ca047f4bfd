//! Where rings come from, and how a new one is made.

use std::io::Write as _;

use safeconduct::{Issuing, IssuingKey, Kind, Ring, RingTextError, Seconds, Verifying, Window};

use crate::arguments::Arguments;
use crate::moment;

/// The text of the ring, from where `--ring` says.
fn text(source: &str) -> Result<String, String> {
    if let Some(path) = source.strip_prefix('@') {
        return std::fs::read_to_string(path).map_err(|why| format!("--ring @{path}: {why}"));
    }
    if let Some(name) = source.strip_prefix("env:") {
        // The error would show the value if it is not text.
        let value = std::env::var_os(name).ok_or_else(|| format!("--ring env:{name}: not set"))?;
        return value.into_string().map_err(|_| format!("--ring env:{name}: not text"));
    }
    // Do not repeat what was typed: it may be a secret.
    Err("--ring takes @FILE or env:NAME; a ring as plain text would end up in the shell's history".into())
}

/// The ring that `--ring` names, for issuing.
pub fn read_issuing(arguments: &Arguments) -> Result<Ring<Issuing>, String> {
    let source = arguments.ring.as_deref().ok_or("--ring @FILE is needed")?;
    text(source)?.parse().map_err(|why| format!("--ring {source}: {why}"))
}

/// The ring that `--ring` names, for verifying; an issuer's ring will do. `None` if none was named.
pub fn read_verifying(arguments: &Arguments) -> Result<Option<Ring<Verifying>>, String> {
    let Some(source) = arguments.ring.as_deref() else { return Ok(None) };
    let text = text(source)?;
    let ring = match text.parse::<Ring<Verifying>>() {
        Err(RingTextError::OtherRole { .. }) => text.parse::<Ring<Issuing>>().map(|ring| ring.verifying()),
        other => other,
    };
    ring.map(Some).map_err(|why| format!("--ring {source}: {why}"))
}

/// Makes a ring with one key of each kind, minting for 30 days from now on and accepted for a day more.
pub fn make(path: &str, arguments: &Arguments) -> Result<(), String> {
    let window = Window::new(moment(arguments)?, Seconds::days(30), Seconds::days(1))
        .map_err(|why| why.to_string())?;
    let mut ring = Ring::<Issuing>::new();
    for kind in Kind::ALL {
        let key = IssuingKey::generate(kind, &mut getrandom::SysRng).map_err(|why| why.to_string())?;
        ring.add(key, window).map_err(|why| why.to_string())?;
    }
    write_new(path, ring.to_text().as_str()).map_err(|why| format!("{path}: {why}"))?;
    for key in ring.keys() {
        println!("{} {:<9}  mints until {}", key.id, key.kind.to_string(), key.window.issue_until());
    }
    println!("written to {path}: it is a secret, keep it where secrets are kept");
    Ok(())
}

/// Writes a file that must not exist yet, readable by its owner alone from the first moment on.
fn write_new(path: &str, text: &str) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()
}
