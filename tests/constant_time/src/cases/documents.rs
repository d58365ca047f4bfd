//! Documents for places that are not trusted: rings and revocation snapshots.

use safeconduct::{
    Floors, Issuing, Journal, JournalSettings, KeyEncryptionKey, Kind, Policy, Published, PublishedError,
    Realm, Revocation, RootKey, SessionId, Snapshot, SnapshotKeys, SnapshotSigner, Subject, Timestamp,
    Verifier,
};

use super::{CONTEXT, forged, now, public_ring, public_token, secret_ring};
use crate::secret::{self, Source};

const KEK: [u8; 32] = [0x21; 32];
const ROOT: [u8; 32] = [0x42; 32];
const SIGNER: [u8; 32] = [0x63; 32];

fn secret_kek() -> KeyEncryptionKey {
    KeyEncryptionKey::from_bytes(secret::secret(KEK))
}

fn published_text() -> String {
    let (kek, root) = (KeyEncryptionKey::from_bytes(KEK), RootKey::from_seed(&ROOT));
    public_ring(Kind::Nested).publish(1, &root, &kek, &mut Source::public()).expect("a document")
}

/// A ring under secret keys, signed and wrapped under secret keys.
pub fn published() {
    let mut root = RootKey::from_seed(&ROOT);
    secret::reveal_all_but(&mut root, &[&ROOT]);
    let ring = secret_ring(Kind::Nested);
    let text = ring.publish(1, &root, &secret_kek(), &mut Source::public()).expect("a document");
    assert!(text.len() > 200);
}

/// A wrapped ring, opened by a node.
pub fn opened() {
    let root = RootKey::from_seed(&ROOT).public();
    let ring =
        Published::<Issuing>::open(&published_text(), &secret_kek(), &root).expect("a ring").into_ring();
    assert!(secret::secret_bytes(&ring.to_bytes()) >= 64);
}

/// One that was altered on the way.
pub fn refused() {
    let root = RootKey::from_seed(&ROOT).public();
    let refused = Published::<Issuing>::open(&forged(&published_text()), &secret_kek(), &root);
    assert!(matches!(refused, Err(PublishedError::DoesNotOpen)));
}

/// A log with two entries, of a realm that everybody knows.
fn log() -> Journal {
    let signer = SnapshotSigner::from_seed(&SIGNER);
    let realm = Realm::generate(&[signer.public()], &mut Source::public()).expect("a realm");
    let settings = JournalSettings::new(&Policy::AAL1);
    let mut journal = Journal::start(&realm, settings, &mut Source::public()).expect("a log");
    for byte in [1, 2] {
        let session = SessionId::from_bytes([byte; 12]);
        journal.record(&Revocation::operator_session(session, Timestamp::MAX));
    }
    let subject = Subject::new("somebody else").expect("a subject");
    journal.record(&Revocation::operator_subject(subject, now()));
    journal
}

/// A log and a snapshot of it, signed by a secret key.
pub fn snapshot_signed() {
    let mut signer = SnapshotSigner::from_seed(&SIGNER);
    secret::reveal_all_but(&mut signer, &[&SIGNER]);
    let (journal, _) = log().commit(now(), &signer).expect("a version").stored();
    let snapshot = journal.snapshot(&signer).expect("a snapshot");
    assert!(secret::secret_bytes(&snapshot) > 32);
}

/// A snapshot with a secret filter key, asked about a token.
pub fn snapshot_asked() {
    let signer = SnapshotSigner::from_seed(&SIGNER);
    let (journal, _) = log().commit(now(), &signer).expect("a version").stored();
    let bytes = journal.snapshot(&signer).expect("a snapshot");

    let mut source = Source::secret();
    let filter_key: [u8; 16] = source.peek();
    let mut realm = Realm::generate(&[signer.public()], &mut source).expect("a realm");
    secret::reveal_all_but(&mut realm, &[&filter_key]);
    let mut ring = public_ring(Kind::Encrypted);
    ring.add_realm(&realm).expect("room");
    let snapshot =
        Snapshot::open(bytes, &SnapshotKeys::of(&ring), now(), &Floors::new()).expect("a snapshot");
    let verifier =
        Verifier::new(&ring.verifying(), CONTEXT, &Policy::AAL1, Kind::Encrypted).revocations(snapshot);
    let token = public_token(Kind::Encrypted);
    assert!(verifier.verify_owned::<()>(&token, now()).is_ok());
}
