//! The map of rooms: which part of the library may know which other, and which crate. A new arrow fails here first.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Room, rooms it may use, outside crates it may use.
const MAP: &[(&str, &[&str], &[&str])] = &[
    ("error", &[], &[]),
    ("values", &[], &["subtle", "time"]),
    ("wire", &["error", "values"], &["base64", "zeroize"]),
    ("claims", &["error", "values", "wire"], &["postcard", "serde"]),
    ("keys", &["values"], &["ed25519_dalek", "hkdf", "rand_core", "sha2", "siphasher", "subtle", "zeroize"]),
    (
        "proof",
        &["error", "keys", "values", "wire"],
        &["chacha20poly1305", "ed25519_dalek", "graviola", "hmac", "orion", "rand_core", "sha2", "zeroize"],
    ),
    ("policy", &["claims", "error", "values"], &[]),
    (
        "ring",
        &["claims", "error", "keys", "policy", "proof", "values", "wire"],
        &["rand_core", "sha2", "zeroize"],
    ),
    (
        "revocation",
        &["error", "keys", "policy", "proof", "ring", "values"],
        &["postcard", "rand_core", "serde", "zeroize"],
    ),
    ("publication", &["proof", "revocation", "ring", "values"], &["rand_core"]),
    ("session", &["claims", "keys", "revocation", "values", "wire"], &[]),
    (
        "issuer",
        &["claims", "error", "keys", "policy", "proof", "revocation", "ring", "session", "values"],
        &["rand_core", "serde", "zeroize"],
    ),
    (
        "verifier",
        &["claims", "error", "keys", "policy", "proof", "revocation", "ring", "session", "values", "wire"],
        &["serde"],
    ),
    ("node", &["revocation", "ring", "values", "verifier"], &[]),
    ("inspect", &["claims", "error", "revocation", "ring", "values", "verifier", "wire"], &["serde"]),
    (
        "http",
        &[
            "error",
            "issuer",
            "keys",
            "node",
            "policy",
            "proof",
            "revocation",
            "ring",
            "session",
            "values",
            "verifier",
            "wire",
        ],
        &["rand_core", "serde", "tracing", "zeroize"],
    ),
    ("tower", &["http"], &["pin_project_lite", "tower_layer", "tower_service"]),
    ("axum", &["http", "session", "values"], &["axum_core"]),
];

const CRATES: &[&str] = &[
    "axum_core",
    "base64",
    "chacha20poly1305",
    "ed25519_dalek",
    "graviola",
    "hkdf",
    "hmac",
    "orion",
    "pin_project_lite",
    "postcard",
    "rand_core",
    "serde",
    "sha2",
    "siphasher",
    "subtle",
    "time",
    "tower_layer",
    "tower_service",
    "tracing",
    "zeroize",
];

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("target") {
            files(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The room of a file: the folder below `src`, or the file itself.
fn room(path: &Path) -> String {
    let first = path.strip_prefix(root().join("src")).unwrap().components().next().unwrap();
    first.as_os_str().to_str().unwrap().trim_end_matches(".rs").to_owned()
}

/// Code without its comments and its unit tests: examples in docs may use the whole crate.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    if text.contains("#![cfg(test)]") {
        return String::new();
    }
    let text = text.split("#[cfg(test)]").next().unwrap();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// Names that follow `prefix` as a whole word.
fn names_after<'t>(text: &'t str, prefix: &str) -> BTreeSet<&'t str> {
    let end =
        |rest: &'t str| rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
    text.match_indices(prefix)
        .map(|(at, _)| &text[at + prefix.len()..])
        .map(|rest| &rest[..end(rest)])
        .collect()
}

#[test]
fn rooms_know_only_what_the_map_allows() {
    let mut sources = Vec::new();
    files(&root().join("src"), &mut sources);
    let mut seen = BTreeSet::new();
    for path in sources.iter().filter(|path| !path.ends_with("src/lib.rs")) {
        let room = room(path);
        let (_, rooms, crates) =
            MAP.iter().find(|(name, ..)| *name == room).unwrap_or_else(|| panic!("{room} is not on the map"));
        let code = code(path).replace("$crate::", "");
        for used in names_after(&code, "crate::") {
            assert!(used == room || rooms.contains(&used), "{} uses crate::{used}", path.display());
            seen.insert((room.clone(), used.to_owned()));
        }
        for outside in CRATES {
            let named = code.contains(&format!("use {outside}::"))
                || code.contains(&format!(" {outside}::"))
                || code.contains(&format!("({outside}::"))
                || code.contains(&format!("<{outside}::"));
            assert!(!named || crates.contains(outside), "{} uses {outside}", path.display());
            if named {
                seen.insert((room.clone(), (*outside).to_owned()));
            }
        }
    }
    for (room, rooms, crates) in MAP {
        for arrow in rooms.iter().chain(*crates) {
            assert!(
                seen.contains(&((*room).to_owned(), (*arrow).to_owned())),
                "unused arrow {room} -> {arrow}"
            );
        }
    }
}

#[test]
fn the_map_has_no_circle() {
    for (index, (room, rooms, _)) in MAP.iter().enumerate() {
        for used in *rooms {
            let other = MAP.iter().position(|(name, ..)| name == used).unwrap();
            assert!(other < index, "{room} may use {used}, which stands below it");
        }
    }
}

#[test]
fn no_file_is_too_long_to_read() {
    let mut sources = Vec::new();
    for folder in ["src", "tests", "examples", "benches"] {
        files(&root().join(folder), &mut sources);
    }
    for path in sources {
        let lines = fs::read_to_string(&path).unwrap().lines().count();
        assert!(lines < 400, "{} has {lines} lines", path.display());
    }
}
