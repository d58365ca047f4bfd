//! The same steps by the library: a log that is signed and read back, snapshots and deltas as bytes, tokens as text.

use std::cell::RefCell;
use std::rc::Rc;

use safeconduct::{
    Answer, AuthLevel, Commit, Context, Facts, Floors, Grant, Issuer, Issuing, IssuingKey, Journal,
    JournalSettings, Kind, MintError, PendingElevation, Policy, Realm, Reason, Revocation, Revocations, Ring,
    Scope, Seconds, Session, SessionId, Snapshot, SnapshotKeys, SnapshotSigner, Subject, Timestamp, Token,
    Verifier, Window, context,
};

use super::chance::Chance;
use super::log::{Header, Settings};
use super::node::{self, Verdict};
use super::{LONGEST_TOKEN, SKEW, Time};

const CONTEXT: Context = context!("simulation", "session");
const SESSION: u32 = 28_800;

/// What a node has, shared with its verifier.
#[derive(Clone, Default)]
struct Data(Rc<RefCell<Option<Snapshot<Vec<u8>>>>>);

impl Revocations for Data {
    fn check(&self, facts: &Facts<'_>, now: Timestamp) -> Answer {
        self.0.borrow().check(facts, now)
    }

    fn check_however_old(&self, facts: &Facts<'_>, now: Timestamp) -> Answer {
        self.0.borrow().check_however_old(facts, now)
    }

    fn cut_off(&self, subject: &Subject) -> Option<Timestamp> {
        self.0.borrow().cut_off(subject)
    }
}

struct Node {
    data: Data,
    verifier: Verifier<Data>,
    floors: Floors,
}

struct Publisher {
    settings: JournalSettings,
    /// As it was read.
    bytes: Vec<u8>,
    commit: Option<Commit>,
}

struct Asked {
    revocation: Revocation,
    pending: Option<PendingElevation>,
}

pub struct Real {
    chance: Chance,
    realm: Realm,
    signer: SnapshotSigner,
    keys: SnapshotKeys,
    issuer: Issuer,
    stored: Vec<u8>,
    /// Every version, and its snapshot.
    log: Vec<(Journal, Vec<u8>)>,
    publishers: Vec<Option<Publisher>>,
    nodes: Vec<Node>,
    tokens: Vec<(String, SessionId)>,
    asked: Vec<Asked>,
}

fn at(time: Time) -> Timestamp {
    Timestamp::from_unix(time).expect("a time of this millennium")
}

fn seconds(seconds: u64) -> Seconds {
    Seconds::new(u32::try_from(seconds).expect("a few hours"))
}

fn journal_settings(policy: &Policy, settings: &Settings) -> JournalSettings {
    JournalSettings::new(policy)
        .longest_token(seconds(settings.longest_token))
        .staleness_bound(seconds(settings.staleness_bound))
        .validity(seconds(settings.validity))
        .sessions_per_subject(u32::MAX)
}

fn policy() -> Policy {
    let builder = Policy::builder(AuthLevel::Aal1).session(Seconds::new(SESSION));
    builder.idle(seconds(LONGEST_TOKEN)).skew(seconds(SKEW)).build().expect("a policy within NIST's ceilings")
}

impl Real {
    pub fn new(seed: u64, settings: &Settings, now: Time, nodes: usize, publishers: usize) -> Self {
        let mut chance = Chance::new(!seed);
        let policy = policy();
        let signer = SnapshotSigner::generate(&mut chance).expect("dice do not fail");
        let realm = Realm::generate(&[signer.public()], &mut chance).expect("one signer");
        let mut ring = Ring::<Issuing>::new();
        let begin = at(now).saturating_sub(Seconds::days(2));
        let window = Window::new(begin, Seconds::days(30), Seconds::days(2)).expect("in order");
        let key = IssuingKey::generate(Kind::Encrypted, &mut chance).expect("dice do not fail");
        ring.add(key, window).expect("an empty ring");
        ring.add_realm(&realm).expect("its first realm");
        let node = |_| {
            let data = Data::default();
            let verifier = Verifier::new(&ring.verifying(), CONTEXT, &policy, Kind::Encrypted);
            // Clocks may disagree as they like.
            let floors = Floors::new().skew(Seconds::days(1));
            Node { verifier: verifier.revocations(data.clone()), data, floors }
        };
        let journal = Journal::start(&realm, journal_settings(&policy, settings), &mut chance)
            .expect("a realm with a filter key");
        let commit = journal.commit(at(now), &signer).expect("the realm's signer");
        let mut real = Self {
            keys: SnapshotKeys::of(&ring),
            issuer: Issuer::new(&ring, CONTEXT, &policy, Kind::Encrypted),
            nodes: (0..nodes).map(node).collect(),
            publishers: (0..publishers).map(|_| None).collect(),
            chance,
            realm,
            signer,
            stored: Vec::new(),
            log: Vec::new(),
            tokens: Vec::new(),
            asked: Vec::new(),
        };
        real.keep(commit);
        real
    }

    /// Stores a version, and has its answers.
    fn keep(&mut self, commit: Commit) -> Vec<safeconduct::LogAnswer> {
        self.stored = commit.bytes().to_vec();
        let (journal, answers) = commit.stored();
        let snapshot = journal.snapshot(&self.signer).expect("a few entries");
        self.log.push((journal, snapshot));
        answers
    }

    fn admit(&mut self, made: Result<Token, MintError>) -> Option<Time> {
        let token = made.ok()?;
        let (session, expires_at) = (token.session_id(), token.expires_at().as_unix());
        self.tokens.push((token.into_string(), session));
        Some(expires_at)
    }

    /// When the token is over, if there is one.
    pub fn login(
        &mut self,
        node: usize,
        subject: usize,
        ends_at: Time,
        now: Time,
        is_aware: bool,
    ) -> Option<Time> {
        let grant = Grant::new(subject_of(subject), AuthLevel::Aal1).ends_by(at(ends_at));
        let made = if is_aware {
            self.issuer.issue_beside(&self.nodes[node].data, &grant, at(now), &mut self.chance)
        } else {
            self.issuer.issue(&grant, at(now), &mut self.chance)
        };
        self.admit(made)
    }

    fn session(&self, node: usize, number: usize, now: Time) -> Result<Session<()>, Reason> {
        let (text, _) = &self.tokens[number];
        self.nodes[node].verifier.verify_owned(text, at(now)).map_err(|rejected| rejected.reason())
    }

    /// The verdict on a token, which is to be the one of the model.
    pub fn judge(&self, node: usize, number: usize, now: Time, token: &node::Token) -> Verdict {
        match self.session(node, number, now) {
            Ok(session) => {
                let times = (session.issued_at(), session.expires_at());
                assert_eq!(times, (at(token.issued_at), at(token.expires_at)), "times of token {number}");
                Verdict::Accepted
            }
            Err(Reason::IssuedInFuture) => Verdict::FromTheFuture,
            Err(Reason::Expired) => Verdict::Over,
            Err(Reason::Idle) => Verdict::Idle,
            Err(Reason::SnapshotStale) => Verdict::Stale,
            Err(Reason::Revoked(Scope::Subject)) => Verdict::Subject,
            Err(Reason::Revoked(Scope::Session)) => Verdict::Session,
            Err(Reason::CeilingExceeded) => Verdict::TooLong,
            Err(other) => panic!("token {number} is refused as {other:?}"),
        }
    }

    pub fn rotate(&mut self, node: usize, number: usize, now: Time) -> Option<Time> {
        let session = self.session(node, number, now).ok()?;
        let made = self.issuer.rotate(&session, &mut self.chance);
        self.admit(made)
    }

    /// Asks for an elevation. Whether its token waits for the log now.
    pub fn elevate(&mut self, node: usize, number: usize, now: Time) -> bool {
        let Ok(session) = self.session(node, number, now) else { return false };
        let lasting = Seconds::minutes(5);
        match self.issuer.elevate(&session, AuthLevel::Aal1, lasting, &mut self.chance) {
            Ok(pending) => {
                self.asked.push(Asked { revocation: pending.revocation().clone(), pending: Some(pending) });
                true
            }
            Err(_) => false,
        }
    }

    pub fn depart(&mut self, node: usize, number: usize, now: Time) {
        let (text, _) = &self.tokens[number];
        let departing = self.nodes[node].verifier.departing(text, at(now)).expect("authentic, not over");
        self.asked.push(Asked { revocation: departing.revocation().clone(), pending: None });
    }

    pub fn ask_by_id(&mut self, number: usize, ends_at: Time) {
        let (_, session) = self.tokens[number];
        self.asked
            .push(Asked { revocation: Revocation::operator_session(session, at(ends_at)), pending: None });
    }

    pub fn ask_for_subject(&mut self, subject: usize, before: Time) {
        let revocation = Revocation::operator_subject(subject_of(subject), at(before));
        self.asked.push(Asked { revocation, pending: None });
    }

    pub fn read(&mut self, publisher: usize, settings: &Settings) {
        let settings = journal_settings(&policy(), settings);
        self.publishers[publisher] = Some(Publisher { settings, bytes: self.stored.clone(), commit: None });
    }

    pub fn commit(&mut self, publisher: usize, now: Time, batch: &[usize]) {
        let publisher = self.publishers[publisher].as_mut().expect("it has read");
        let mut journal =
            Journal::read(&publisher.bytes, &self.realm, publisher.settings).expect("it was stored");
        batch.iter().for_each(|number| journal.record(&self.asked[*number].revocation));
        publisher.commit = Some(journal.commit(at(now), &self.signer).expect("the realm's signer"));
    }

    pub fn give_up(&mut self, publisher: usize) {
        self.publishers[publisher] = None;
    }

    /// Stores what the publisher has made: of each request whether it was out, and the numbers of the signed header.
    pub fn store(&mut self, publisher: usize, batch: &[usize]) -> (Vec<bool>, Header) {
        let commit = self.publishers[publisher].take().and_then(|publisher| publisher.commit);
        let answers = self.keep(commit.expect("it has made a version"));
        let mut out = Vec::new();
        for (number, answer) in batch.iter().zip(answers) {
            assert!(answer.is_recorded(), "{answer:?}");
            out.push(answer.was_already_out());
            if let Some(pending) = self.asked[*number].pending.take() {
                let released = pending.release(answer);
                self.admit(released);
            }
        }
        let (_, bytes) = self.log.last().expect("it was just put there");
        (out, header(bytes))
    }

    /// Takes a snapshot, if it passes.
    pub fn open(&mut self, node: usize, number: usize, now: Time) -> bool {
        let node = &mut self.nodes[node];
        let opened = Snapshot::open(self.log[number].1.clone(), &self.keys, at(now), &node.floors);
        let Ok(snapshot) = opened else { return false };
        snapshot.remember(&mut node.floors);
        *node.data.0.borrow_mut() = Some(snapshot);
        true
    }

    /// Takes a delta, if it passes.
    pub fn apply(&mut self, node: usize, base: usize, number: usize, now: Time) -> bool {
        let node = &mut self.nodes[node];
        let delta = self.log[number].0.delta_since(&self.log[base].0, &self.signer);
        let delta = delta.expect("an earlier version of the same log");
        let mut data = node.data.0.borrow_mut();
        let snapshot = data.as_mut().expect("the model has one");
        let applied = snapshot.apply(&delta, &self.keys, at(now), &node.floors).is_ok();
        snapshot.remember(&mut node.floors);
        applied
    }

    pub fn forget(&mut self, node: usize) {
        let node = &mut self.nodes[node];
        node.floors = Floors::new().skew(Seconds::days(1));
        *node.data.0.borrow_mut() = None;
    }
}

fn subject_of(subject: usize) -> Subject {
    Subject::new(format!("user {subject}")).expect("a short name")
}

/// The numbers of a signed header, at their places in SPEC section 9.4.
fn header(bytes: &[u8]) -> Header {
    let word = |place: usize| {
        let bytes = bytes[place..].first_chunk().expect("a whole header");
        u64::from(u32::from_be_bytes(*bytes))
    };
    let long = |place: usize| (word(place) << 32) + word(place + 4);
    Header {
        issued_at: long(44),
        complete_to: long(52),
        not_after: long(60),
        token_life: word(84),
        longest_token: word(88),
        staleness_bound: word(92),
        entries: word(96),
        subjects: word(116),
    }
}
