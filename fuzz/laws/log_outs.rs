//! Law of `log_outs`: whoever was logged out in a version of the log is refused by every node that has this version or a later one, whatever clocks, rotations, lost deltas and other regions
//! do; and nobody else is refused as logged out. No row is dropped before every token that it is about is over, by the shorter of the settings at least.

use std::sync::{Arc, RwLock};

use arbitrary::Arbitrary;
use safeconduct::{
    AuthLevel, Floors, Grant, Issuer, Issuing, IssuingKey, KeyId, Kind, Policy, Realm, Reason, Revocation,
    Ring, Seconds, Session, Snapshot, SnapshotError, SnapshotKeys, SnapshotSigner, Subject, Timestamp,
    TokenId, Verifier, Window,
};

use super::CONTEXT;
use super::chance::Counter;
use super::regions::{Covers, Region, Revoked, Set, settings};

const NOW: u64 = 1_800_000_000;
const NODES: usize = 3;

/// What happens, in this order. Moments are seconds after the beginning.
#[derive(Clone, Copy, Arbitrary, Debug)]
pub enum Step {
    Revoke {
        region: bool,
        scope: u8,
        token: u8,
        before: u16,
    },
    Commit {
        region: bool,
        at: u16,
    },
    /// Somebody else was faster, or the settings are others from now on.
    Lose {
        region: bool,
        settings: Option<bool>,
    },
    Merge {
        into: bool,
        version: u8,
    },
    Fetch {
        node: u8,
        version: u8,
        at: u16,
    },
    Delta {
        node: u8,
        base: u8,
        version: u8,
        at: u16,
    },
    Restart {
        node: u8,
    },
    Rotate {
        node: u8,
        token: u8,
        at: u16,
    },
    Ask {
        node: u8,
        at: u16,
    },
}

type Seat = Arc<RwLock<Option<Snapshot<Vec<u8>>>>>;

/// Keys, a verifier of each node and the tokens that there are at the beginning.
pub struct World {
    realm: Realm,
    signer: SnapshotSigner,
    keys: SnapshotKeys,
    issuer: Issuer,
    nodes: Vec<(Seat, Verifier<Seat>)>,
    tokens: Vec<Token>,
}

#[derive(Clone)]
struct Token {
    text: String,
    id: TokenId,
    key: KeyId,
    subject: u8,
    started_at: Timestamp,
    expires_at: Timestamp,
    ends_at: Timestamp,
    revocation: Revocation,
    session: safeconduct::SessionId,
    /// It was made in this region, and is shown there only: logs that do not hear of each other do not promise more.
    region: Option<usize>,
}

impl Token {
    fn of(text: &str, subject: u8, session: &Session<()>, region: Option<usize>) -> Self {
        Self {
            text: text.to_owned(),
            id: session.token_id(),
            key: session.key_id(),
            subject,
            started_at: session.started_at(),
            expires_at: session.expires_at(),
            ends_at: session.ends_at(),
            revocation: session.revocation(),
            session: session.session_id(),
            region,
        }
    }

    fn is_covered(&self, revoked: &Revoked) -> bool {
        match revoked.covers {
            Covers::Token(id) => self.id == id,
            Covers::Session(id) => self.session == id,
            Covers::Subject(subject, before) => self.subject == subject && self.started_at < before,
            Covers::Key(key) => self.key == key,
            Covers::Everyone(before) => self.started_at < before,
        }
    }
}

fn at(offset: u16) -> Timestamp {
    Timestamp::from_unix(NOW + u64::from(offset)).expect("a time")
}

fn subject(number: u8) -> Subject {
    Subject::new([b'u', number]).expect("a subject")
}

impl Default for World {
    fn default() -> Self {
        let mut chance = Counter(0);
        let Ok(signer) = SnapshotSigner::generate(&mut chance);
        let realm = Realm::generate(&[signer.public()], &mut chance).expect("a realm");
        let mut ring = Ring::<Issuing>::new();
        ring.add_realm(&realm).expect("room");
        let policy = |idle| {
            Policy::builder(AuthLevel::Aal1)
                .idle(Seconds::new(idle))
                .session(Seconds::new(20_000))
                .longest_token(Seconds::new(1_200))
                .build()
                .expect("a policy")
        };
        let mut tokens = Vec::new();
        let mut add = |ring: &mut Ring<Issuing>, from: Timestamp, subjects: &[u8], idle| {
            let Ok(key) = IssuingKey::generate(Kind::Encrypted, &mut chance);
            let window = Window::new(from, Seconds::days(30), Seconds::days(1)).expect("a window");
            ring.add(key, window).expect("room");
            let issuer = Issuer::new(ring, CONTEXT, &policy(idle), Kind::Encrypted);
            let verifier =
                Verifier::new(ring, CONTEXT, &policy(idle), Kind::Encrypted).dangerous_without_revocation();
            for number in subjects {
                let now = at(u16::from(*number) * 10);
                let grant = Grant::new(subject(*number), AuthLevel::Aal1);
                let token = issuer.issue(&grant, now, &mut chance).expect("a token");
                let session = verifier.verify_owned(token.as_str(), now).expect("a session");
                tokens.push(Token::of(token.as_str(), *number, &session, None));
            }
        };
        add(&mut ring, at(0), &[0, 1, 1], 1_200);
        add(&mut ring, at(1), &[1, 2, 3], 600);
        let node = |_| {
            let seat = Seat::default();
            let verifier =
                Verifier::new(&ring, CONTEXT, &policy(1_200), Kind::Encrypted).revocations(seat.clone());
            (seat, verifier)
        };
        Self {
            keys: SnapshotKeys::of(&ring),
            issuer: Issuer::new(&ring, CONTEXT, &policy(1_200), Kind::Encrypted),
            nodes: (0..NODES).map(node).collect(),
            realm,
            signer,
            tokens,
        }
    }
}

/// What a node has, beside its snapshot.
struct Node {
    region: usize,
    floors: Floors,
    must: Set,
    may: Set,
    /// Place of its version among those of its region.
    version: Option<usize>,
}

/// One run.
struct Run<'w> {
    world: &'w World,
    regions: [Region; 2],
    nodes: Vec<Node>,
    tokens: Vec<Token>,
    revoked: Vec<Revoked>,
}

/// Returns how many tokens were refused as logged out, and how many were accepted.
pub fn log_outs(world: &World, steps: &[Step]) -> (usize, usize) {
    let region = |number| Region::new(&world.realm, &world.signer, number, at(0));
    let node = |number| Node {
        region: number % 2,
        floors: Floors::new(),
        must: Set::new(),
        may: Set::new(),
        version: None,
    };
    let mut run = Run {
        world,
        regions: [region(1), region(2)],
        nodes: (0..NODES).map(node).collect(),
        tokens: world.tokens.clone(),
        revoked: vec![],
    };
    for (seat, _) in &world.nodes {
        *seat.write().expect("no panic goes on") = None;
    }
    let mut counts = (0, 0);
    for step in steps.iter().take(40) {
        let (out, accepted) = run.take(*step);
        counts = (counts.0 + out, counts.1 + accepted);
    }
    counts
}

impl Run<'_> {
    fn take(&mut self, step: Step) -> (usize, usize) {
        let (realm, signer) = (&self.world.realm, &self.world.signer);
        match step {
            Step::Revoke { region, scope, token, before } => {
                let revoked = self.revocation(scope, token, at(before));
                let number = self.revoked.len();
                self.regions[usize::from(region)].record(realm, number, &revoked.revocation);
                self.revoked.push(revoked);
            }
            Step::Commit { region, at: moment } => {
                self.regions[usize::from(region)].commit(realm, signer, at(moment));
            }
            Step::Lose { region, settings: new } => {
                let new = new.map(|new| settings(usize::from(new)));
                self.regions[usize::from(region)].begin_again(realm, new);
            }
            Step::Merge { into, version } => {
                let [first, second] = &mut self.regions;
                let (into, from) = if into { (second, &*first) } else { (first, &*second) };
                let place = from.versions.len() - 1 - usize::from(version) % from.versions.len();
                into.hear(realm, from, place, &self.revoked);
            }
            Step::Fetch { node, version, at: moment } => self.fetch(node, version, at(moment)),
            Step::Delta { node, base, version, at: moment } => self.delta(node, base, version, at(moment)),
            Step::Restart { node } => {
                let number = usize::from(node) % NODES;
                *self.world.nodes[number].0.write().expect("no panic goes on") = None;
                let node = &mut self.nodes[number];
                *node = Node {
                    region: node.region,
                    floors: Floors::new(),
                    must: Set::new(),
                    may: Set::new(),
                    version: None,
                };
            }
            Step::Rotate { node, token, at: moment } => self.rotate(node, token, at(moment)),
            Step::Ask { node, at: moment } => return self.ask(usize::from(node) % NODES, at(moment)),
        }
        (0, 0)
    }

    fn revocation(&self, scope: u8, token: u8, before: Timestamp) -> Revoked {
        let token = &self.tokens[usize::from(token) % self.tokens.len()];
        let (revocation, covers, until, for_good) = match scope % 5 {
            0 => (token.revocation.clone(), Covers::Session(token.session), Some(token.ends_at), false),
            1 => (
                Revocation::operator_token(token.session, token.id, token.expires_at),
                Covers::Token(token.id),
                Some(token.expires_at),
                false,
            ),
            2 => (
                Revocation::operator_subject(subject(token.subject), before),
                Covers::Subject(token.subject, before),
                None,
                false,
            ),
            3 => (Revocation::operator_key(token.key), Covers::Key(token.key), None, true),
            _ => (Revocation::operator_everyone(before), Covers::Everyone(before), None, true),
        };
        Revoked { revocation, covers, until, for_good }
    }

    fn place(&self, node: usize, version: u8) -> usize {
        let count = self.regions[self.nodes[node].region].versions.len();
        count - 1 - usize::from(version) % count
    }

    fn fetch(&mut self, node: u8, version: u8, now: Timestamp) {
        let (world, number) = (self.world, usize::from(node) % NODES);
        let place = self.place(number, version);
        let region = &self.regions[self.nodes[number].region];
        let bytes = region.snapshot(&world.realm, &world.signer, place);
        let node = &mut self.nodes[number];
        let Ok(taken) = Snapshot::open(bytes, &world.keys, now, &node.floors) else { return };
        assert!(node.version <= Some(place), "an older version was taken");
        taken.remember(&mut node.floors);
        *world.nodes[number].0.write().expect("no panic goes on") = Some(taken);
        node.version = Some(place);
        (node.must, node.may) = (region.versions[place].must.clone(), region.versions[place].may.clone());
    }

    fn delta(&mut self, node: u8, base: u8, version: u8, now: Timestamp) {
        let (world, number) = (self.world, usize::from(node) % NODES);
        let (place, base) = (self.place(number, version), self.place(number, base));
        let region = &self.regions[self.nodes[number].region];
        if base >= place {
            return;
        }
        let bytes = region.delta(&world.realm, &world.signer, base, place);
        let node = &mut self.nodes[number];
        let mut seat = world.nodes[number].0.write().expect("no panic goes on");
        let (Some(snapshot), Some(had)) = (seat.as_mut(), node.version) else { return };
        let before = (snapshot.version(), snapshot.complete_to());
        let result = snapshot.apply(&bytes, &world.keys, now, &node.floors);
        let after = (snapshot.version(), snapshot.complete_to());
        assert!(after.0 >= before.0 && after.1 >= before.1, "never back");
        match result {
            Err(why) => {
                assert_eq!(after, before);
                assert_eq!(matches!(why, SnapshotError::Gap { .. }), base > had, "{why:?}");
            }
            Ok(()) => {
                assert!(base <= had, "a gap was not seen");
                if place > had {
                    snapshot.remember(&mut node.floors);
                    node.version = Some(place);
                    node.must = region.versions[place].must.clone();
                    node.may.extend(&region.versions[place].may);
                }
            }
        }
    }

    fn verdict(&self, node: usize, token: &Token, now: Timestamp) -> Result<Session<()>, Reason> {
        let verdict = self.world.nodes[node].1.verify_owned(&token.text, now);
        let verdict = verdict.map_err(|rejected| rejected.reason());
        let has = |set: &Set| set.iter().any(|number| token.is_covered(&self.revoked[*number]));
        let node = &self.nodes[node];
        match &verdict {
            Ok(_) => assert!(!has(&node.must), "a session that is out was accepted"),
            Err(Reason::Revoked(_)) => assert!(has(&node.may), "nobody has revoked this"),
            Err(Reason::Superseded | Reason::SnapshotDamaged | Reason::Forged | Reason::BadClaims) => {
                panic!("{verdict:?}")
            }
            Err(_) => {}
        }
        assert!(verdict.is_err() || node.version.is_some(), "accepted on nothing");
        verdict
    }

    fn belongs(&self, node: usize, token: &Token) -> bool {
        token.region.is_none_or(|region| region == self.nodes[node].region)
    }

    fn rotate(&mut self, node: u8, token: u8, now: Timestamp) {
        let node = usize::from(node) % NODES;
        let token = self.tokens[usize::from(token) % self.tokens.len()].clone();
        if !self.belongs(node, &token) || self.tokens.len() > 30 {
            return;
        }
        let Ok(session) = self.verdict(node, &token, now) else { return };
        let chance = u8::try_from(self.tokens.len()).expect("few");
        let Ok(rotated) = self.world.issuer.rotate(&session, &mut Counter(chance)) else { return };
        let Ok(child) = self.world.nodes[node].1.verify_owned::<()>(rotated.as_str(), now) else { return };
        assert_eq!((child.session_id(), child.ends_at()), (session.session_id(), session.ends_at()));
        let region = Some(self.nodes[node].region);
        self.tokens.push(Token::of(rotated.as_str(), token.subject, &child, region));
    }

    fn ask(&self, node: usize, now: Timestamp) -> (usize, usize) {
        let shown = self.tokens.iter().filter(|token| self.belongs(node, token));
        let verdicts: Vec<_> = shown.map(|token| self.verdict(node, token, now).map(|_| ())).collect();
        let out = verdicts.iter().filter(|verdict| matches!(verdict, Err(Reason::Revoked(_)))).count();
        (out, verdicts.iter().filter(|verdict| verdict.is_ok()).count())
    }
}
