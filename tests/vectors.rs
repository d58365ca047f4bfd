//! Every file of `tests/vectors/` through the crate and through the reference reader, and the files against the code that makes them.
//!
//! A new file is a new test. `tests/vectors/README.md` describes the files for implementers in other languages.
#![cfg(all(feature = "alloc", feature = "signatures"))]

mod reference;
mod vector_maker;
mod vector_reader;

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use safeconduct::rand_core::{TryCryptoRng, TryRng};
use safeconduct::{
    Journal, JournalSettings, KeyId, LogAnswer, Policy, Revocation, Ring, Seconds, SessionId, SnapshotSigner,
    Subject, Timestamp, TokenId, Verifying,
};

use vector_maker::Built;
use vector_reader::{
    Claims, Vector, by_crate, by_reference, published_by_crate, snapshots_by_crate, snapshots_by_reference,
};

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors")
}

/// The names of the files, after writing them if that is wished.
static FILES: LazyLock<Vec<PathBuf>> = LazyLock::new(|| {
    #[allow(clippy::disallowed_methods)] // the library takes no configuration from there; this test does
    if std::env::var_os("SAFECONDUCT_WRITE_VECTORS").is_some() {
        write_vectors();
    }
    let mut files = text_files();
    files.sort();
    files
});

fn text_files() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory()).expect("the directory of the vectors");
    let paths = entries.map(|entry| entry.expect("a readable entry").path());
    paths.filter(|path| path.extension().is_some_and(|extension| extension == "txt")).collect()
}

fn write_vectors() {
    for path in text_files() {
        std::fs::remove_file(path).expect("a vector can be removed");
    }
    for (name, content) in vector_maker::all() {
        std::fs::write(directory().join(name), content).expect("a vector can be written");
    }
}

fn vectors() -> impl Iterator<Item = Vector> {
    FILES.iter().map(|path| Vector::read(path))
}

/// Runs a check on each vector that passes the filter and shows every failure, not only the first.
fn check_each(wanted: fn(&Vector) -> bool, check: fn(&Vector) -> Result<(), String>) {
    let mut failures = Vec::new();
    let mut count = 0;
    for vector in vectors().filter(wanted) {
        count += 1;
        if let Err(why) = check(&vector) {
            failures.push(format!("{}: {why}", vector.name));
        }
    }
    assert!(failures.is_empty(), "{} of {count} vectors fail:\n{}", failures.len(), failures.join("\n"));
    assert!(count > 0, "no vector was looked at");
}

fn compare(
    vector: &Vector,
    found: Result<Claims, String>,
    expected_claims: &dyn Fn() -> Claims,
) -> Result<(), String> {
    let expected = vector.one("expect");
    match found {
        Err(reason) if reason == expected => Ok(()),
        Err(reason) => Err(format!("refused as {reason}, expected {expected}")),
        Ok(_) if expected != "accepted" => Err(format!("accepted, expected {expected}")),
        Ok(found) if found == expected_claims() => Ok(()),
        Ok(found) => Err(format!("claims differ: {found:?}\nexpected {:?}", expected_claims())),
    }
}

#[test]
fn vectors_are_up_to_date() {
    const HOW: &str = "rewrite the vectors with\nSAFECONDUCT_WRITE_VECTORS=1 cargo test --test vectors";
    let made = vector_maker::all();
    let mut wrong = Vec::new();
    for path in FILES.iter() {
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name");
        match made.get(name) {
            None => wrong.push(format!("{name} is not made by tests/vector_maker")),
            Some(content) => {
                let found = std::fs::read_to_string(path).expect("a readable file").replace("\r\n", "\n");
                if found != *content {
                    wrong.push(format!("{name} differs from what tests/vector_maker makes"));
                }
            }
        }
    }
    let missing = made.keys().filter(|name| !directory().join(name).exists());
    wrong.extend(missing.map(|name| format!("{name} is missing")));
    assert!(wrong.is_empty(), "{}\n{HOW}", wrong.join("\n"));
}

#[test]
fn most_vectors_are_refused() {
    let (accepted, refused): (Vec<_>, Vec<_>) =
        vectors().partition(|vector| vector.one("expect") == "accepted");
    println!("{} accepted, {} refused", accepted.len(), refused.len());
    assert!(accepted.len() + refused.len() >= 130 && refused.len() >= 3 * accepted.len());
}

#[test]
fn tokens_through_the_crate() {
    check_each(Vector::is_token, |vector| {
        compare(vector, by_crate::verify_token(vector), &|| by_crate::shown_claims(vector))
    });
}

#[test]
fn tokens_through_the_reference_reader() {
    check_each(Vector::is_token, |vector| {
        compare(vector, by_reference::verify_token(vector), &|| vector.claims())
    });
}

#[test]
fn rings_through_the_crate() {
    check_each(Vector::is_ring, |vector| compare_ring(vector, by_crate::read_ring(vector)));
}

#[test]
fn rings_through_the_reference_reader() {
    check_each(Vector::is_ring, |vector| compare_ring(vector, by_reference::read_ring(vector)));
}

#[test]
fn published_rings_through_the_crate() {
    check_each(Vector::is_published, |vector| {
        compare_published(vector, published_by_crate::read_published(vector))
    });
}

#[test]
fn published_rings_through_the_reference_reader() {
    check_each(Vector::is_published, |vector| {
        compare_published(vector, by_reference::read_published(vector))
    });
}

#[test]
fn snapshots_through_the_crate() {
    check_each(Vector::is_snapshot, |vector| {
        compare(vector, snapshots_by_crate::read(vector), &|| vector.results())
    });
}

#[test]
fn snapshots_through_the_reference_reader() {
    check_each(Vector::is_snapshot, |vector| {
        compare(vector, snapshots_by_reference::read(vector), &|| vector.results())
    });
}

#[test]
fn tokens_beside_snapshots_through_the_crate() {
    check_each(Vector::is_asked, |vector| {
        compare(vector, snapshots_by_crate::ask(vector), &|| vector.results())
    });
}

#[test]
fn tokens_beside_snapshots_through_the_reference_reader() {
    check_each(Vector::is_asked, |vector| {
        compare(vector, snapshots_by_reference::ask(vector), &|| vector.results())
    });
}

/// A random source that gives these bytes and no more.
struct Given<'a>(&'a [u8]);

impl TryRng for Given<'_> {
    type Error = std::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        unreachable!("a lineage is bytes")
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        unreachable!("a lineage is bytes")
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        let (now, later) = self.0.split_at(bytes.len());
        bytes.copy_from_slice(now);
        self.0 = later;
        Ok(())
    }
}

impl TryCryptoRng for Given<'_> {}

fn revocations(built: &Built) -> Vec<Revocation> {
    let time = |seconds| Timestamp::from_unix(seconds).expect("a time");
    let until = time(built.snapshot.issued_at + 28_800);
    let session = |id: &[u8; 12]| SessionId::from_bytes(*id);
    let sessions = built.sessions.iter().map(|id| Revocation::operator_session(session(id), until));
    let tokens = built
        .tokens
        .iter()
        .map(|(id, token)| Revocation::operator_token(session(id), TokenId::from_bytes(*token), until));
    let subjects = built
        .subjects
        .iter()
        .map(|(name, cut)| Revocation::operator_subject(Subject::new(name).expect("a subject"), time(*cut)));
    let keys = built.keys.iter().map(|id| Revocation::operator_key(KeyId::from_bytes(*id)));
    let everyone = built.everyone_before.map(|before| Revocation::operator_everyone(time(before)));
    sessions.chain(tokens).chain(subjects).chain(keys).chain(everyone).collect()
}

#[test]
fn publishers_build_these_very_bytes() {
    let hour = Seconds::hours(1);
    let settings = JournalSettings::new(&Policy::AAL1)
        .staleness_bound(hour)
        .validity(hour)
        .longest_token(Seconds::minutes(30));
    for built in vector_maker::all_built() {
        let (name, expected) = (&built.name, &built.snapshot);
        let ring: Ring<Verifying> = built.ring.parse().expect("a ring");
        let realm = ring.realms().next().expect("a realm");
        let settings = settings.probes(expected.k);
        let mut journal = Journal::start(realm, settings, &mut Given(&expected.lineage)).expect("a log");
        for revocation in revocations(&built) {
            journal.record(&revocation);
        }
        let signer = SnapshotSigner::from_seed(&expected.signer.to_bytes());
        let now = Timestamp::from_unix(expected.issued_at).expect("a time");
        let commit = journal.commit(now, &signer).expect("a version");
        let stored = Journal::read(commit.bytes(), realm, settings).expect("what was stored");
        let (journal, answers) = commit.stored();
        assert!(answers.iter().all(LogAnswer::is_recorded), "{name}");
        let snapshot = journal.snapshot(&signer).expect("a snapshot");
        assert_eq!(stored.snapshot(&signer).expect("a snapshot"), snapshot, "{name}");
        let expected = expected.bytes();
        let same = snapshot.iter().zip(&expected).take_while(|(one, other)| one == other).count();
        assert!(snapshot == expected, "{name}: {same} bytes are the same, of {}", expected.len());
    }
}

fn compare_published(vector: &Vector, found: Result<(u64, Vec<String>), String>) -> Result<(), String> {
    let expected = vector.one("expect");
    match found {
        Err(name) if name == expected => Ok(()),
        Err(name) => Err(format!("refused as {name}, expected {expected}")),
        Ok(_) if expected != "accepted" => Err(format!("accepted, expected {expected}")),
        Ok(found) if found == (vector.number("version"), vector.contents()) => Ok(()),
        Ok(found) => Err(format!("read as {found:?}, expected {:?}", vector.contents())),
    }
}

fn compare_ring(vector: &Vector, found: Result<Vec<String>, String>) -> Result<(), String> {
    let listed = vector.contents();
    match (found, vector.one("expect")) {
        (Err(_), "ring-refused") => Ok(()),
        (Err(why), expected) => Err(format!("refused ({why}), expected {expected}")),
        (Ok(contents), "accepted") if contents == listed => Ok(()),
        (Ok(contents), expected) => Err(format!("read as {contents:?}, expected {expected} {listed:?}")),
    }
}
