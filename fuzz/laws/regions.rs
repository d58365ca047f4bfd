//! Regions that keep a revocation log each, and what each of their versions is known to hold: a set of what was revoked, and nothing cleverer.

use std::collections::BTreeSet;

use safeconduct::{
    Journal, JournalSettings, KeyId, Realm, Revocation, SessionId, SnapshotSigner, Timestamp, TokenId,
};

use super::chance::Counter;

/// Nodes may mint for so long on what they have.
pub(super) const STALENESS: u32 = 300;
/// Longest token, by either of two settings.
pub(super) const LONGEST: [u32; 2] = [600, 1_200];

/// What was revoked, in the order in which it was.
#[derive(Clone)]
pub(super) struct Revoked {
    pub(super) revocation: Revocation,
    pub(super) covers: Covers,
    /// After this moment no token is left that it is about; `None` if there is no such moment.
    pub(super) until: Option<Timestamp>,
    /// Whether the log keeps it for good.
    pub(super) for_good: bool,
}

#[derive(Clone, Copy)]
pub(super) enum Covers {
    Token(TokenId),
    Session(SessionId),
    Subject(u8, Timestamp),
    Key(KeyId),
    Everyone(Timestamp),
}

/// Numbers of what was revoked.
pub(super) type Set = BTreeSet<usize>;

/// A version of a log, as it is stored.
pub(super) struct Version {
    bytes: Vec<u8>,
    settings: JournalSettings,
    pub(super) issued_at: Timestamp,
    pub(super) complete_to: Timestamp,
    /// What nodes with this version must refuse.
    pub(super) must: Set,
    /// What they may refuse.
    pub(super) may: Set,
}

/// A region: the versions of its log, and what was handed to its publisher since.
pub(super) struct Region {
    pub(super) versions: Vec<Version>,
    journal: Option<Journal>,
    /// When each of what was revoked got into a version of this log first.
    since: Vec<(usize, Timestamp)>,
    recorded: Vec<usize>,
    heard: Vec<usize>,
    rumoured: Set,
}

pub(super) fn settings(number: usize) -> JournalSettings {
    let policy = safeconduct::Policy::AAL1;
    JournalSettings::new(&policy)
        .longest_token(safeconduct::Seconds::new(LONGEST[number]))
        .staleness_bound(safeconduct::Seconds::new(STALENESS))
        .validity(safeconduct::Seconds::new(900))
        // So many that no false refusal is ever seen.
        .probes(32)
}

impl Region {
    pub(super) fn new(realm: &Realm, signer: &SnapshotSigner, number: u8, now: Timestamp) -> Self {
        let journal = Journal::start(realm, settings(0), &mut Counter(number)).expect("a log");
        let mut region = Self {
            versions: vec![],
            journal: Some(journal),
            since: vec![],
            recorded: vec![],
            heard: vec![],
            rumoured: Set::new(),
        };
        region.commit(realm, signer, now);
        region
    }

    pub(super) fn latest(&self) -> &Version {
        self.versions.last().expect("the first at least")
    }

    /// Forgets what was handed over and not stored, as a publisher does that was not the first; maybe under other settings.
    pub(super) fn begin_again(&mut self, realm: &Realm, settings: Option<JournalSettings>) {
        let latest = self.latest();
        let settings = settings.unwrap_or(latest.settings);
        self.journal = Some(Journal::read(&latest.bytes, realm, settings).expect("our own log"));
        (self.recorded, self.heard, self.rumoured) = (vec![], vec![], Set::new());
        self.versions.last_mut().expect("the first at least").settings = settings;
    }

    fn journal(&mut self, realm: &Realm) -> &mut Journal {
        if self.journal.is_none() {
            self.begin_again(realm, None);
        }
        self.journal.as_mut().expect("read")
    }

    pub(super) fn record(&mut self, realm: &Realm, number: usize, revocation: &Revocation) {
        self.journal(realm).record(revocation);
        self.recorded.push(number);
    }

    /// Takes in a version of another region. What it must hold of it is what cannot have been dropped there nor be over here.
    pub(super) fn hear(&mut self, realm: &Realm, other: &Self, place: usize, all: &[Revoked]) {
        let version = &other.versions[place];
        let log = Journal::read(&version.bytes, realm, version.settings).expect("our own log");
        if self.journal(realm).merge(&log).is_err() {
            return;
        }
        let complete_to = version.complete_to.max(self.latest().complete_to);
        let alive = |number: &usize| {
            let revoked = &all[*number];
            let since = other.since.iter().find(|(known, _)| known == number).expect("in it").1;
            let kept = STALENESS + LONGEST[0];
            let dies = since.as_unix() + u64::from(kept);
            revoked.for_good
                || dies > complete_to.as_unix() && revoked.until.is_none_or(|until| until > complete_to)
        };
        self.heard.extend(version.must.iter().copied().filter(alive));
        self.rumoured.extend(&version.may);
    }

    /// Makes the next version and stores it.
    pub(super) fn commit(&mut self, realm: &Realm, signer: &SnapshotSigner, now: Timestamp) {
        let settings = self.versions.last().map_or(settings(0), |version| version.settings);
        self.journal(realm);
        let journal = self.journal.take().expect("read");
        let before = journal.version();
        let Ok(commit) = journal.commit(now, signer) else { return self.begin_again(realm, None) };
        let bytes = commit.bytes().to_vec();
        let (journal, answers) = commit.stored();
        assert!(journal.version() == before + 1 || before == 0, "one more");
        assert_eq!(answers.len(), self.recorded.len());
        let (mut must, mut may) =
            self.versions.last().map_or_else(Default::default, |last| (last.must.clone(), last.may.clone()));
        let stored = self.recorded.drain(..).zip(&answers).filter(|(_, answer)| answer.is_recorded());
        let new: Vec<usize> = stored.map(|(number, _)| number).chain(self.heard.drain(..)).collect();
        for number in new {
            if must.insert(number) {
                self.since.push((number, journal.issued_at()));
            }
        }
        may.extend(&must);
        may.append(&mut self.rumoured);
        let (issued_at, complete_to) = (journal.issued_at(), journal.complete_to());
        if let Some(last) = self.versions.last() {
            assert!(last.issued_at <= issued_at && last.complete_to <= complete_to, "never back");
        }
        self.versions.push(Version { bytes, settings, issued_at, complete_to, must, may });
        self.journal = Some(journal);
    }

    fn read(&self, realm: &Realm, place: usize) -> Journal {
        let version = &self.versions[place];
        Journal::read(&version.bytes, realm, version.settings).expect("our own log")
    }

    pub(super) fn snapshot(&self, realm: &Realm, signer: &SnapshotSigner, place: usize) -> Vec<u8> {
        let bytes = self.read(realm, place).snapshot(signer).expect("a snapshot");
        // A log that drops a row while a token may need it says so: it has nodes refuse the longer tokens, and with them those of people who never logged out.
        let longest =
            bytes.get(88..92).and_then(|word| word.first_chunk()).map(|word| u32::from_be_bytes(*word));
        assert!(longest >= Some(LONGEST[0]), "a row was dropped before its time");
        bytes
    }

    pub(super) fn delta(&self, realm: &Realm, signer: &SnapshotSigner, base: usize, place: usize) -> Vec<u8> {
        self.read(realm, place).delta_since(&self.read(realm, base), signer).expect("a delta")
    }
}
