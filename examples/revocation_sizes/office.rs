//! A realm, its publisher, and one session of which everything but the id is asked.

use std::convert::Infallible;
use std::error::Error;

use safeconduct::rand_core::{TryCryptoRng, TryRng};
use safeconduct::{
    Answer, AuthLevel, Context, Facts, Floors, Grant, Issuer, Issuing, IssuingKey, Journal, JournalSettings,
    KeyId, Kind, Policy, Realm, Revocation, Revocations, Ring, Scope, Seconds, Session, SessionId, Snapshot,
    SnapshotKeys, SnapshotSigner, Subject, Timestamp, TokenId, Verifier, Window, context,
};

const CONTEXT: Context = context!("shop.example", "session");
const POLICY: Policy = Policy::AAL1;
/// When everything takes place.
pub const NOW: Timestamp = match Timestamp::from_unix(1_800_000_000) {
    Ok(moment) => moment,
    Err(_) => Timestamp::MIN,
};

/// SplitMix64: repeatable, and of course not fit for keys.
pub struct Repeatable(pub u64);

impl Repeatable {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

impl TryRng for Repeatable {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.next() as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.next())
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(8) {
            let word = self.next().to_le_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
        Ok(())
    }
}

impl TryCryptoRng for Repeatable {}

/// So many session ids, the same ones for the same seed.
pub fn ids(count: usize, seed: u64) -> impl Iterator<Item = SessionId> {
    let mut rng = Repeatable(seed);
    (0..count).map(move |_| {
        let mut bytes = [0; SessionId::SIZE];
        let Ok(()) = rng.try_fill_bytes(&mut bytes);
        SessionId::from_bytes(bytes)
    })
}

pub struct Office {
    realm: Realm,
    signer: SnapshotSigner,
    keys: SnapshotKeys,
    ring: Ring<Issuing>,
    token: String,
    session: Session<()>,
}

impl Office {
    /// Everything in it is made from one seed.
    pub fn new() -> Result<Self, Box<dyn Error>> {
        let mut rng = Repeatable(5);
        let signer = SnapshotSigner::generate(&mut rng)?;
        let realm = Realm::generate(&[signer.public()], &mut rng)?;
        let mut ring = Ring::<Issuing>::new();
        let window = Window::new(NOW, Seconds::days(30), Seconds::days(1))?;
        ring.add(IssuingKey::generate(Kind::Encrypted, &mut rng)?, window)?;
        ring.add_realm(&realm)?;
        let grant = Grant::new(Subject::new("usr_8f14e45fceea167a")?, AuthLevel::Aal1);
        let token = Issuer::new(&ring, CONTEXT, &POLICY, Kind::Encrypted).issue(&grant, NOW, &mut rng)?;
        let verifier = Verifier::new(&ring, CONTEXT, &POLICY, Kind::Encrypted).dangerous_without_revocation();
        let session = verifier.verify_owned(token.as_str(), NOW)?;
        let keys = SnapshotKeys::of(&ring);
        Ok(Self { realm, signer, keys, ring, token: token.into_string(), session })
    }

    /// The token of the session, and a verifier that asks these data about it.
    #[allow(
        dead_code,
        reason = "benches/growth has whole verifications, this example only what is asked in them"
    )]
    pub fn verification<R: Revocations>(&self, revocations: R) -> (&str, Verifier<R>) {
        let verifier = Verifier::new(&self.ring, CONTEXT, &POLICY, Kind::Encrypted);
        (&self.token, verifier.revocations(revocations))
    }

    fn settings(probes: u8) -> JournalSettings {
        JournalSettings::new(&POLICY).probes(probes).most_entries(u32::MAX)
    }

    /// A log in which these sessions are out.
    pub fn log(&self, revoked: impl Iterator<Item = SessionId>) -> Result<Journal, Box<dyn Error>> {
        self.goes_on(Journal::start(&self.realm, Self::settings(24), &mut Repeatable(6))?, revoked)
    }

    /// The next version of a log, in which these sessions are out as well.
    pub fn goes_on(
        &self,
        mut journal: Journal,
        revoked: impl Iterator<Item = SessionId>,
    ) -> Result<Journal, Box<dyn Error>> {
        for id in revoked {
            journal.record(&Revocation::operator_session(id, NOW.saturating_add(Seconds::hours(8))));
        }
        let (journal, answers) = journal.commit(NOW, &self.signer)?.stored();
        let recorded = answers.iter().all(|answer| answer.is_recorded());
        if recorded { Ok(journal) } else { Err("the log has refused a revocation".into()) }
    }

    /// The next version, with rows at every scope but "everyone": 1,000 subjects, 1,000 tokens and 10 keys, none of them those of the session that is asked about.
    pub fn with_every_scope(&self, mut journal: Journal) -> Result<Journal, Box<dyn Error>> {
        let until = NOW.saturating_add(Seconds::hours(8));
        for id in ids(1_000, 1_000) {
            journal.record(&Revocation::operator_token(id, TokenId::from_bytes(id.to_bytes()), until));
            journal.record(&Revocation::operator_subject(Subject::new(id.to_bytes())?, until));
        }
        for number in 0..10 {
            journal.record(&Revocation::operator_key(KeyId::from_bytes([number; KeyId::SIZE])));
        }
        self.goes_on(journal, std::iter::empty())
    }

    /// The same log under another number of probes; as it is stored.
    pub fn with_probes(&self, stored: &[u8], probes: u8) -> Result<Journal, Box<dyn Error>> {
        Ok(Journal::read(stored, &self.realm, Self::settings(probes))?)
    }

    /// A log as it is stored: the next version without news.
    pub fn stored(&self, journal: Journal) -> Result<Vec<u8>, Box<dyn Error>> {
        Ok(journal.commit(NOW, &self.signer)?.bytes().to_vec())
    }

    pub fn snapshot(&self, journal: &Journal) -> Result<Vec<u8>, Box<dyn Error>> {
        Ok(journal.snapshot(&self.signer)?)
    }

    pub fn delta(&self, journal: &Journal, earlier: &Journal) -> Result<Vec<u8>, Box<dyn Error>> {
        Ok(journal.delta_since(earlier, &self.signer)?)
    }

    pub fn open<'b>(&self, bytes: &'b [u8]) -> Result<Snapshot<&'b [u8]>, Box<dyn Error>> {
        Ok(Snapshot::open(bytes, &self.keys, NOW, &Floors::new())?)
    }

    /// What a verifier asks about a session with this id.
    pub fn facts(&self, id: SessionId) -> Facts<'_> {
        let mut facts = self.session.facts();
        facts.session_id = id;
        facts
    }

    /// How many of these sessions are out.
    pub fn count_out(
        &self,
        snapshot: &Snapshot<&[u8]>,
        ids: impl Iterator<Item = SessionId>,
    ) -> Result<u64, Box<dyn Error>> {
        let mut facts = self.session.facts();
        let mut out = 0;
        for id in ids {
            facts.session_id = id;
            match snapshot.check(&facts, NOW) {
                Answer::Revoked(Scope::Session) => out += 1,
                Answer::Clear(_) => {}
                other => return Err(format!("{other:?}").into()),
            }
        }
        Ok(out)
    }
}
