//! Replays the corpora of the fuzz targets through the laws that the targets assert.

#[path = "../fuzz/laws/mod.rs"]
mod laws;

use std::fs;
use std::path::{Path, PathBuf};

fn corpus(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target)
}

fn replay(target: &str, law: impl Fn(&[u8])) {
    let mut count = 0;
    for entry in fs::read_dir(corpus(target)).unwrap() {
        law(&fs::read(entry.unwrap().path()).unwrap());
        count += 1;
    }
    assert!(count >= 20, "{target}: only {count} inputs");
}

/// What the fuzzer could hardly find by itself is in its corpus: it starts from there.
fn seed(target: &str, name: &str, content: &[u8]) {
    let file = corpus(target).join(name);
    // Reading an environment variable is a test's business.
    #[allow(clippy::disallowed_methods)]
    if std::env::var_os("SAFECONDUCT_WRITE_VECTORS").is_some() {
        fs::create_dir_all(corpus(target)).unwrap();
        fs::write(&file, content).unwrap();
    }
    let advice = "to write it: SAFECONDUCT_WRITE_VECTORS=1 cargo test --test corpora";
    assert!(fs::read(&file).unwrap_or_default() == content, "{}; {advice}", file.display());
}

#[test]
fn token_text() {
    let setting = laws::Setting::default();
    for token in setting.tokens() {
        assert!(setting.accepts(token));
        seed("token_text", &token[..4], token.as_bytes());
        seed("explain", &token[..4], token.as_bytes());
    }
    replay("token_text", |data| laws::token_text(&setting, data));
}

#[test]
fn explain() {
    let setting = laws::Setting::default();
    replay("explain", |data| laws::explain(&setting, data));
}

#[test]
fn ring_text() {
    let pins = laws::Pins::default();
    replay("ring_text", |data| laws::ring_text(&pins, data));
}

#[test]
fn snapshot() {
    let desk = laws::Desk::default();
    seed("snapshot", "genuine", desk.genuine());
    replay("snapshot", |data| laws::snapshot(&desk, data));
}
