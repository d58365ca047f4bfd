//! What the crate makes of a test vector, as one line: for `main.rs` on this machine, and for `compare.mjs` on wasm32.

#[path = "../../common/mod.rs"]
mod common;
#[allow(dead_code)]
#[path = "../../reference/mod.rs"]
mod reference;
#[allow(dead_code)]
#[path = "../../vector_reader/mod.rs"]
mod vector_reader;

use std::sync::Mutex;

use vector_reader::{Vector, by_crate, published_by_crate, snapshots_by_crate};

/// The verdict on the text of a vector file.
pub fn verdict(text: &str) -> String {
    let vector = Vector::parse(name_of(text), text);
    match vector.one("type") {
        "token" => format!("{:?}", by_crate::verify_token(&vector)),
        "ring" => format!("{:?}", by_crate::read_ring(&vector)),
        "published" => format!("{:?}", published_by_crate::read_published(&vector)),
        "snapshot" => format!("{:?}", snapshots_by_crate::read(&vector)),
        "asked" => format!("{:?}", snapshots_by_crate::ask(&vector)),
        other => panic!("vectors of type {other} are not read here yet"),
    }
}

/// Vectors are named for their rule; the rest of the name says nothing to a reader.
fn name_of(text: &str) -> String {
    let rule = text.lines().find_map(|line| line.strip_prefix("spec: ")).unwrap_or_default();
    format!("{}-", rule.to_lowercase())
}

/// What a publisher makes of fixed seeds, as hashes.
pub fn golden() -> String {
    common::golden::hashes().join("\n")
}

// The border to JavaScript: text goes in and out byte by byte, so that no memory is shared and nothing here is unsafe.

static TEXT: Mutex<Vec<u8>> = Mutex::new(Vec::new());

fn replace(answer: impl FnOnce(&str) -> String) -> u32 {
    let mut text = TEXT.lock().expect("no panic goes on");
    let answer = answer(std::str::from_utf8(&text).expect("UTF-8")).into_bytes();
    *text = answer;
    u32::try_from(text.len()).expect("a short answer")
}

#[unsafe(no_mangle)]
extern "C" fn clear() {
    TEXT.lock().expect("no panic goes on").clear();
}

#[unsafe(no_mangle)]
extern "C" fn push(byte: u32) {
    TEXT.lock().expect("no panic goes on").push(byte as u8);
}

#[unsafe(no_mangle)]
extern "C" fn byte(place: u32) -> u32 {
    TEXT.lock().expect("no panic goes on").get(place as usize).copied().map_or(0, u32::from)
}

/// Puts the verdict in the place of the text, and says how long it is.
#[unsafe(no_mangle)]
extern "C" fn judge() -> u32 {
    replace(verdict)
}

#[unsafe(no_mangle)]
extern "C" fn make_golden() -> u32 {
    replace(|_| golden())
}
