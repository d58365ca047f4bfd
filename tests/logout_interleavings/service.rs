//! What the service answers: tokens, log, snapshots and verdicts of the library, each made once.

use std::collections::BTreeMap;

use safeconduct::{
    AuthLevel, Grant, Issuer, Journal, Kind, Policy, Seconds, Session, Subject, Unrevocable, Verifier,
};

use crate::common::realm::Desk;
use crate::common::{CONTEXT, Repeatable, at};

const POLICY: Policy = Policy::AAL1;

/// A session of the model. Elevations give the ones above 1.
pub type Name = u8;
/// The session at the beginning, and that of the log-in as somebody else.
pub const FIRST: Name = 0;
pub const OTHER: Name = 1;

/// What was recorded in the log: `Ok` is a log-out, `Err` the elevation of a session, by its number.
pub type Entry = Result<Name, (Name, u8)>;

pub const fn elevated(session: Name, number: u8) -> Name {
    2 + session * 2 + number
}

/// The library's side. Everything follows from the entries of a log, so it is made once for each.
pub struct Service {
    desk: Desk,
    issuer: Issuer,
    verifier: Verifier<Unrevocable>,
    pub texts: BTreeMap<Name, String>,
    logs: BTreeMap<Vec<Entry>, Vec<u8>>,
    answers: BTreeMap<(Vec<Entry>, Entry), bool>,
    verdicts: BTreeMap<(Vec<Entry>, Name), bool>,
}

impl Service {
    pub fn new() -> Self {
        let desk = Desk::new(Kind::Encrypted, &POLICY, at(0));
        let issuer = Issuer::new(&desk.ring, CONTEXT, &POLICY, Kind::Encrypted);
        let verifier = Verifier::new(&desk.ring.verifying(), CONTEXT, &POLICY, Kind::Encrypted)
            .dangerous_without_revocation();
        let logs = BTreeMap::from([(Vec::new(), desk.stored.clone())]);
        let mut service = Self {
            desk,
            issuer,
            verifier,
            texts: BTreeMap::new(),
            logs,
            answers: BTreeMap::new(),
            verdicts: BTreeMap::new(),
        };
        for (name, user) in [(FIRST, "one"), (OTHER, "another")] {
            let grant = Grant::new(Subject::new(user).unwrap(), AuthLevel::Aal1);
            let token = service.issuer.issue(&grant, at(0), &mut Repeatable(u64::from(name))).unwrap();
            service.texts.insert(name, token.into_string());
        }
        service
    }

    /// A session under a verifier with these revocation data.
    fn verify(&self, log: &[Entry], name: Name) -> Option<Session<()>> {
        let journal = Journal::read(&self.logs[log], &self.desk.realm, self.desk.settings).unwrap();
        let data = self.desk.open(journal.snapshot(&self.desk.signer).unwrap(), at(210));
        let verifier = Verifier::new(&self.desk.ring.verifying(), CONTEXT, &POLICY, Kind::Encrypted);
        verifier.revocations(data).verify_owned(&self.texts[&name], at(210)).ok()
    }

    /// Whether a node with the snapshot of this log accepts a session: its token, and what a node that knew less had made of it.
    pub fn accepts(&mut self, log: &[Entry], name: Name) -> bool {
        let key = (log.to_vec(), name);
        if let Some(verdict) = self.verdicts.get(&key) {
            return *verdict;
        }
        let accepted = self.verify(log, name);
        let rotated = self
            .verify(&[], name)
            .map(|session| self.issuer.rotate(&session, &mut Repeatable(7)).unwrap().into_string());
        if let Some(rotated) = rotated {
            let first = self.texts.insert(name, rotated).unwrap();
            assert_eq!(
                self.verify(log, name).is_some(),
                accepted.is_some(),
                "a rotation fares as its parent"
            );
            self.texts.insert(name, first);
        }
        self.verdicts.insert(key, accepted.is_some());
        accepted.is_some()
    }

    /// Records an entry; a log-out always, an elevation if its token was released. Whether it was.
    pub fn record(&mut self, log: &mut Vec<Entry>, entry: Entry) -> bool {
        let key = (log.clone(), entry);
        let mut longer = log.clone();
        longer.push(entry);
        if let Some(released) = self.answers.get(&key) {
            if *released || self.logs.contains_key(&longer) {
                *log = longer;
            }
            return *released;
        }
        let (session, number) = entry.map_or_else(|elevation| elevation, |session| (session, 0));
        self.desk.stored.clone_from(&self.logs[log]);
        let now = at(200 + i64::try_from(log.len()).unwrap());
        let released = if entry.is_ok() {
            let departing = self.verifier.departing(&self.texts[&session], now).unwrap();
            assert!(self.desk.revoke(departing.revocation(), now).is_recorded());
            true
        } else {
            let name = elevated(session, number);
            // As a node sees it that knows of nothing.
            let session = self.verify(&[], session).unwrap();
            let mut rng = Repeatable(1_000 + u64::from(name));
            let pending =
                self.issuer.elevate(&session, AuthLevel::Aal1, Seconds::minutes(5), &mut rng).unwrap();
            let answer = self.desk.revoke(pending.revocation(), now);
            let token = pending.release(answer);
            if let Ok(token) = &token {
                self.texts.insert(name, token.as_str().to_owned());
            }
            token.is_ok()
        };
        self.logs.insert(longer.clone(), self.desk.stored.clone());
        self.answers.insert(key, released);
        *log = longer;
        released
    }
}
