//! Replays the corpora of the fuzz targets through the laws that the targets assert.

#[path = "../fuzz/laws.rs"]
mod laws;

use std::fs;
use std::path::Path;

fn replay(target: &str, law: impl Fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut count = 0;
    for entry in fs::read_dir(&folder).unwrap() {
        law(&fs::read(entry.unwrap().path()).unwrap());
        count += 1;
    }
    assert!(count >= 20, "{target}: only {count} inputs");
}

#[test]
fn token_text() {
    let setting = laws::Setting::default();
    // The genuine tokens are among the inputs, so that the fuzzer starts from something that is accepted.
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/token_text");
    for token in setting.tokens() {
        assert!(setting.accepts(token));
        let file = folder.join(&token[..4]);
        // Reading an environment variable is a test's business.
        #[allow(clippy::disallowed_methods)]
        if std::env::var_os("SAFECONDUCT_WRITE_VECTORS").is_some() {
            fs::write(&file, token).unwrap();
        }
        let advice = "to write it: SAFECONDUCT_WRITE_VECTORS=1 cargo test --test corpora";
        assert_eq!(fs::read_to_string(&file).unwrap_or_default(), *token, "{}; {advice}", file.display());
    }
    replay("token_text", |data| laws::token_text(&setting, data));
}

#[test]
fn ring_text() {
    replay("ring_text", laws::ring_text);
}

#[test]
fn snapshot() {
    let desk = laws::Desk::default();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/snapshot/genuine");
    #[allow(clippy::disallowed_methods)]
    if std::env::var_os("SAFECONDUCT_WRITE_VECTORS").is_some() {
        fs::write(&file, desk.genuine()).unwrap();
    }
    let advice = "to write it: SAFECONDUCT_WRITE_VECTORS=1 cargo test --test corpora";
    assert_eq!(fs::read(&file).unwrap_or_default(), desk.genuine(), "{}; {advice}", file.display());
    replay("snapshot", |data| laws::snapshot(&desk, data));
}
