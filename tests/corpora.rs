//! Replays the corpora of the fuzz targets through the laws that the targets assert.

#[path = "../fuzz/laws/mod.rs"]
mod laws;
#[path = "corpora/seeds.rs"]
mod seeds;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use arbitrary::{Arbitrary as _, Unstructured};
use safeconduct::Reason;

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
fn all_corpora_together_are_small() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    let folders = fs::read_dir(root).unwrap().map(|folder| folder.unwrap().path());
    let files = folders.flat_map(|folder| fs::read_dir(folder).unwrap().collect::<Vec<_>>());
    let sizes: Vec<u64> = files.map(|file| file.unwrap().metadata().unwrap().len()).collect();
    assert!(sizes.len() <= 1_000, "{} files", sizes.len());
    assert!(sizes.iter().sum::<u64>() <= 2 << 20, "{} bytes", sizes.iter().sum::<u64>());
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

/// Names of the reasons, and `accepted`.
type Seen = BTreeSet<&'static str>;

/// The corpus must lead everywhere that the law speaks of: otherwise it shows nothing.
fn covers(seen: &Seen, wanted: &[&'static str]) {
    let missing: Vec<_> = wanted.iter().filter(|name| !seen.contains(*name)).collect();
    assert!(missing.is_empty(), "no input leads to {missing:?}");
}

#[test]
fn after_proof() {
    let service = laws::Service::default();
    for key in 0..7 {
        seed("after_proof", &format!("key-{key}"), &seeds::after_proof(key, false));
        seed("after_proof", &format!("raised-{key}"), &seeds::after_proof(key, true));
    }
    let seen = std::cell::RefCell::new(Seen::new());
    replay("after_proof", |data| {
        let Ok(case) = laws::Case::arbitrary_take_rest(Unstructured::new(data)) else { return };
        let outcome = laws::after_proof(&service, &case);
        seen.borrow_mut().insert(outcome.map_or_else(Reason::name, |()| "accepted"));
    });
    let wanted = [
        "accepted",
        "KeyRevoked",
        "KeyNotYetValid",
        "KeyExpired",
        "BadClaims",
        "CeilingExceeded",
        "IssuedInFuture",
        "Expired",
        "Idle",
        "BindingRequired",
        "NotBound",
        "SnapshotStale",
        "SchemaMismatch",
        "BadAppClaims",
    ];
    covers(&seen.into_inner(), &wanted);
}

#[test]
fn claims_codec() {
    let codec = laws::Codec::default();
    let seen = std::cell::RefCell::new(Seen::new());
    replay("claims_codec", |data| {
        let Ok(case) = laws::Body::arbitrary_take_rest(Unstructured::new(data)) else { return };
        seen.borrow_mut().insert(match laws::claims_codec(&codec, &case) {
            Err(reason) => reason.name(),
            Ok(Err(_)) => "not rotated",
            Ok(Ok(())) => "rotated",
        });
    });
    covers(&seen.into_inner(), &["rotated", "not rotated", "BadClaims", "BadAppClaims"]);
}

#[test]
fn mutants() {
    let mint = laws::Mint::default();
    let seen = std::cell::RefCell::new(Seen::new());
    replay("mutants", |data| {
        let Ok(case) = laws::Mutant::arbitrary_take_rest(Unstructured::new(data)) else { return };
        seen.borrow_mut().insert(laws::mutants(&mint, &case).map_or("the token itself", Reason::name));
    });
    covers(
        &seen.into_inner(),
        &["the token itself", "Malformed", "UnsupportedFormat", "UnknownKey", "Forged"],
    );
}

#[test]
fn requests() {
    let office = laws::Office::default();
    let seen = std::cell::RefCell::new(BTreeSet::new());
    replay("requests", |data| {
        let Ok(request) = laws::Request::arbitrary_take_rest(Unstructured::new(data)) else { return };
        seen.borrow_mut().insert(laws::requests(&office, &request));
    });
    assert_eq!(seen.into_inner().len(), 4, "with and without a session, with and without success");
}

#[test]
fn log_outs() {
    let world = laws::World::default();
    for (name, story) in seeds::log_outs() {
        seed("log_outs", &name, &story);
    }
    let counts = std::cell::Cell::new((0, 0));
    replay("log_outs", |data| {
        let Ok(steps) = Vec::<laws::Step>::arbitrary_take_rest(Unstructured::new(data)) else { return };
        let (out, accepted) = laws::log_outs(&world, &steps);
        counts.set((counts.get().0 + out, counts.get().1 + accepted));
    });
    let (out, accepted) = counts.get();
    assert!(out >= 20 && accepted >= 20, "{out} refused as logged out, {accepted} accepted");
}

#[test]
fn ring_changes() {
    let counts = std::cell::Cell::new([0; 3]);
    replay("ring_changes", |data| {
        let Ok(case) = laws::Rings::arbitrary_take_rest(Unstructured::new(data)) else { return };
        let (is_ring, merged, advanced) = laws::ring_changes(&case);
        let seen = [is_ring, merged, advanced].map(usize::from);
        counts.set(std::array::from_fn(|place| counts.get()[place] + seen[place]));
    });
    assert!(counts.get().iter().all(|count| *count >= 5), "{:?}", counts.get());
}
