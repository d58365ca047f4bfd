//! Where rings come from, and how a new one is made.

use std::fmt::Write as _;

use safeconduct::{
    Issuing, IssuingKey, Kind, Realm, Ring, RingTextError, RootKey, Seconds, Verifying, Window,
};

use crate::arguments::Arguments;
use crate::files::{self, For};
use crate::values::hex;
use crate::{key_files, moment};

/// The ring that `--ring` names, for issuing.
pub fn read_issuing(arguments: &Arguments) -> Result<Ring<Issuing>, String> {
    let source = arguments.ring.as_deref().ok_or("--ring @FILE is needed")?;
    files::read("--ring", source)?.text.parse().map_err(|why| format!("--ring: {why}"))
}

/// The ring that `--ring` names, for verifying; an issuer's ring will do. `None` if none was named.
pub fn read_verifying(arguments: &Arguments) -> Result<Option<Ring<Verifying>>, String> {
    let Some(source) = arguments.ring.as_deref() else { return Ok(None) };
    let text = files::read("--ring", source)?.text;
    let ring = match text.parse::<Ring<Verifying>>() {
        Err(RingTextError::OtherRole { .. }) => text.parse::<Ring<Issuing>>().map(|ring| ring.verifying()),
        other => other,
    };
    ring.map(Some).map_err(|why| format!("--ring: {why}"))
}

/// Makes a ring with one key of each kind, minting for 30 days from now on and accepted for a day more.
pub fn make(path: &str, arguments: &Arguments) -> Result<String, String> {
    let window = Window::new(moment(arguments)?, Seconds::days(30), Seconds::days(1))
        .map_err(|why| why.to_string())?;
    let mut ring = Ring::<Issuing>::new();
    for kind in arguments.kinds.as_deref().unwrap_or(&Kind::ALL) {
        let key = IssuingKey::generate(*kind, &mut getrandom::SysRng).map_err(|why| why.to_string())?;
        ring.add(key, window).map_err(|why| why.to_string())?;
    }
    let signer = arguments.realm.then(|| RootKey::generate(&mut getrandom::SysRng)).transpose();
    let signer = signer.map_err(|why| why.to_string())?;
    if let Some(signer) = &signer {
        let realm = Realm::generate(&[signer.public().to_bytes()], &mut getrandom::SysRng);
        ring.add_realm(&realm.map_err(|why| why.to_string())?).map_err(|why| why.to_string())?;
    }
    // The ring first: it is what must not be overwritten. Without the signer's seed it is of no use, and taken away again.
    files::write_new(path, ring.to_text().as_str(), For::Owner)
        .map_err(|why| format!("the new file: {why}"))?;
    let seed_file = format!("{path}.signer");
    if let Some(signer) = &signer {
        key_files::write(&seed_file, key_files::SIGNER, &signer.to_secret_seed()).map_err(|why| {
            let _ = std::fs::remove_file(path);
            format!("the signer's seed: {why}")
        })?;
    }
    let mut out = String::new();
    for key in ring.keys(window.issue_from()) {
        let kind = key.kind.to_string();
        let _ = writeln!(out, "{} {kind:<9}  mints until {}", key.id, key.window.issue_until());
    }
    for realm in ring.realms() {
        let signers: Vec<_> = realm.signers().map(|signer| hex(&signer)).collect();
        let _ = writeln!(out, "{} realm      snapshots signed by {}", realm.id(), signers.join(", "));
    }
    let _ = writeln!(out, "written to {path}: it is a secret, keep it where secrets are kept");
    if signer.is_some() {
        let _ = writeln!(
            out,
            "written to {seed_file}: the signer's seed, for whoever publishes revocations and nobody else"
        );
    }
    Ok(out)
}
