//! Published rings: made, and opened again.

use std::fmt::Write as _;

use safeconduct::{KeyEncryptionKey, PublishedError, RootKey};

use crate::any_ring::AnyRing;
use crate::arguments::Arguments;
use crate::files::{self, For};
use crate::ring_arguments::As;
use crate::ring_command::{parse, show, source, view};
use crate::ring_view::Document;
use crate::values::hex;
use crate::{key_files, moment, write};

/// Writes the published document of a ring to a new file.
pub fn wrap(arguments: &Arguments) -> Result<(), String> {
    let options = &arguments.options;
    let path = options.wrap.as_deref().ok_or("--wrap needs a file name")?;
    let version = options.version.ok_or("--version N is needed: one more than that of the last document")?;
    let kek = key_files::kek(options.kek.as_deref())?;
    let root = key_files::root(options.root.as_deref())?;
    let ring = parse(&files::read("--ring", source(arguments)?)?.text)?;
    let role = options.role.unwrap_or(As::Verifier);
    let document = publish(ring, role, version, &root, &kek)?;
    // What nodes could not open must not reach them.
    let (opened, _) = AnyRing::open(&document, &kek, &root.public())
        .map_err(|why| format!("it does not open again: {why}"))?;
    files::write_new(path, &document, For::Anybody).map_err(|why| format!("--wrap: {why}"))?;
    let mut out = String::new();
    let _ = writeln!(
        out,
        "written to {path}: a published ring, role {}, version {version}; it is no secret",
        opened.role()
    );
    let _ = writeln!(out, "KEK id           {}", hex(&kek.id()));
    let _ = writeln!(out, "root public key  {}", hex(&root.public().to_bytes()));
    if role == As::Issuer {
        let _ = writeln!(out, "whoever has the KEK can mint: give this one to issuers and to nobody else");
    }
    write(&out)
}

fn publish(
    ring: AnyRing,
    role: As,
    version: u64,
    root: &RootKey,
    kek: &KeyEncryptionKey,
) -> Result<String, String> {
    let rng = &mut getrandom::SysRng;
    let document = match role {
        As::Issuer => ring.into_issuing()?.publish(version, root, kek, rng),
        As::Verifier => ring.verifying()?.publish(version, root, kek, rng),
        As::Public => ring.public()?.publish(version, root, kek, rng),
    };
    document.map_err(|why| why.to_string())
}

/// Shows what is in a published document. The ring itself comes out to a new file only, and only if that is asked for.
pub fn unwrap(arguments: &Arguments) -> Result<(), String> {
    let options = &arguments.options;
    let kek = key_files::kek(options.kek.as_deref())?;
    let root = options.root_public.as_ref().ok_or("--root-public HEX is needed: what nodes have pinned")?;
    let text = files::read("--unwrap", options.unwrap.as_deref().unwrap_or_default())?.text;
    let (ring, version) = AnyRing::open(&text, &kek, root).map_err(|why| match why {
        PublishedError::OtherKeyEncryptionKey { .. } => {
            format!("--unwrap: {why}; this one is {}", hex(&kek.id()))
        }
        other => format!("--unwrap: {other}"),
    })?;
    let mut view = view(&ring, moment(arguments)?, None, arguments)?;
    view.document = Some(Document { version, kek_id: hex(&kek.id()) });
    if let Some(path) = &options.secret_to {
        files::write_new(path, ring.to_text().as_str(), For::Owner)
            .map_err(|why| format!("--secret-to: {why}"))?;
    }
    show(&view, arguments)?;
    match &options.secret_to {
        Some(path) if !arguments.json => {
            write(&format!("\nwritten to {path}: the ring itself; it is a secret unless it is public\n"))
        }
        _ => Ok(()),
    }
}
