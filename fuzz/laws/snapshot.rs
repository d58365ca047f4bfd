//! Law of `snapshot`: nobody's snapshots but ours are taken, and whatever our own signer signs is refused or answers.

use ed25519_dalek::{Signer as _, SigningKey};
use safeconduct::{
    Answer, AuthLevel, Floors, Grant, Issuer, Issuing, IssuingKey, Journal, JournalSettings, Kind, Policy,
    Realm, Revocation, Revocations, Ring, Seconds, Session, Snapshot, SnapshotError, SnapshotKeys,
    SnapshotSigner, Subject, Timestamp, Verifier, Window, inspect,
};
use sha2::{Digest as _, Sha256};

use super::CONTEXT;
use super::chance::Counter;

/// Where the only page of the genuine snapshot is: behind header, signature, its hash and a row of a subject.
const PAGE: usize = 252 + 32 + 16;

/// A realm with its publisher, a genuine snapshot in which one session is out, and that session with one that is not.
pub struct Desk {
    keys: SnapshotKeys,
    signer: SigningKey,
    realm: [u8; 4],
    genuine: Vec<u8>,
    out: Session<()>,
    live: Session<()>,
    now: Timestamp,
}

impl Desk {
    /// The snapshot, for the fuzzer to start from.
    pub fn genuine(&self) -> &[u8] {
        &self.genuine
    }
}

impl Default for Desk {
    fn default() -> Self {
        let now = Timestamp::from_unix(1_800_000_000).expect("a time");
        let mut chance = Counter(0);
        let Ok(signer) = SnapshotSigner::generate(&mut chance);
        let realm = Realm::generate(&[signer.public()], &mut chance).expect("a realm");
        let mut ring = Ring::<Issuing>::new();
        let window = Window::new(now, Seconds::days(30), Seconds::days(1)).expect("a window");
        let Ok(key) = IssuingKey::generate(Kind::Encrypted, &mut chance);
        ring.add(key, window).expect("room");
        ring.add_realm(&realm).expect("room");
        let issuer = Issuer::new(&ring, CONTEXT, &Policy::AAL1, Kind::Encrypted);
        let verifier =
            Verifier::new(&ring, CONTEXT, &Policy::AAL1, Kind::Encrypted).dangerous_without_revocation();
        let mut session = |name: &str| -> Session<()> {
            let grant = Grant::new(Subject::new(name).expect("a subject"), AuthLevel::Aal1);
            let token = issuer.issue(&grant, now, &mut chance).expect("a token");
            verifier.verify_owned(token.as_str(), now).expect("a session")
        };
        let (out, live) = (session("out"), session("live"));
        let mut journal =
            Journal::start(&realm, JournalSettings::new(&Policy::AAL1), &mut Counter(9)).expect("a log");
        journal.record(&out.revocation());
        journal.record(&Revocation::operator_subject(Subject::new("other").expect("a subject"), now));
        let (journal, _) = journal.commit(now, &signer).expect("a version").stored();
        let genuine = journal.snapshot(&signer).expect("a snapshot");
        let seed = signer.to_secret_seed();
        Self {
            keys: SnapshotKeys::of(&ring),
            signer: SigningKey::from_bytes(&seed),
            realm: realm.id().to_bytes(),
            genuine,
            out,
            live,
            now,
        }
    }
}

/// Nobody's bytes but ours are a snapshot. And if the signer himself signs what the fuzzer made of it: it is refused, or it answers without reading where it must not, always the same,
/// and the inspector says the same of it.
pub fn snapshot(desk: &Desk, data: &[u8]) {
    let floors = Floors::new();
    let open = |bytes: &[u8]| Snapshot::open(bytes.to_vec(), &desk.keys, desk.now, &floors);
    if let Ok(taken) = open(data) {
        // A page is looked at when it is needed; all before it is checked at opening.
        let (bytes, genuine) = (taken.bytes(), desk.genuine());
        let whole = bytes == genuine;
        assert!(bytes.len() == genuine.len() && (whole || bytes[..PAGE] == genuine[..PAGE]), "taken");
        let (out, live) =
            (taken.check(&desk.out.facts(), desk.now), taken.check(&desk.live.facts(), desk.now));
        if whole {
            assert!(matches!((out, live), (Answer::Revoked(_), Answer::Clear(_))));
        } else {
            assert_eq!((out, live), (Answer::Damaged, Answer::Damaged));
        }
    }
    let signed = signed_again(desk, data);
    let report = inspect::snapshot(&signed, Some(&desk.keys), desk.now, &floors);
    match open(&signed) {
        // The inspector reads deltas as well.
        Err(SnapshotError::OtherForm) => {}
        Err(why) => assert_eq!(report.reason, Some(why.name())),
        Ok(mut taken) => {
            for session in [&desk.out, &desk.live] {
                let answer = taken.check(&session.facts(), desk.now);
                assert_eq!(answer, taken.check(&session.facts(), desk.now));
                let _ = taken.cut_off(session.subject());
            }
            let _ = taken.check_pages();
            // The same bytes as a delta: refused, or taken whole.
            let before = taken.version();
            if taken.apply(&signed, &desk.keys, desk.now, &floors).is_err() {
                assert_eq!(taken.version(), before);
            }
        }
    }
}

/// The document with the right realm and signer, the hashes of whatever is there, and a good signature.
fn signed_again(desk: &Desk, data: &[u8]) -> Vec<u8> {
    const FRONT: usize = 252;
    let mut bytes = data.to_vec();
    bytes.resize(bytes.len().max(FRONT), 0);
    let word = |bytes: &[u8], at: usize| {
        bytes[at..at + 4].iter().fold(0_u64, |word, byte| word << 8 | u64::from(*byte))
    };
    bytes[..4].copy_from_slice(b"scr1");
    bytes[8..12].copy_from_slice(&desk.realm);
    bytes[12..20].copy_from_slice(&desk.signer.verifying_key().as_bytes()[..8]);
    let list = if bytes[4] == 2 { word(&bytes, 96) * 8 } else { word(&bytes, 104) * 32 };
    let rows = word(&bytes, 112) * 4 + word(&bytes, 116) * 16 + word(&bytes, 120) * 12;
    let end = |offset: u64| usize::try_from(offset).unwrap_or(usize::MAX).min(bytes.len());
    let (tables, pages) = (end(FRONT as u64 + list), end(FRONT as u64 + list + rows));
    let list: [u8; 32] = Sha256::digest(&bytes[FRONT..tables]).into();
    let rows: [u8; 32] = Sha256::digest(&bytes[tables..pages]).into();
    bytes[124..156].copy_from_slice(&rows);
    bytes[156..188].copy_from_slice(&list);
    let message = [b"safeconduct/v1/revocation-snapshot", &bytes[..188]].concat();
    let signature = desk.signer.sign(&message).to_bytes();
    bytes[188..FRONT].copy_from_slice(&signature);
    bytes
}
