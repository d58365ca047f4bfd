//! What the crate makes of snapshots, and of tokens beside them.

use safeconduct::{
    CoarseSnapshot, Floors, Public, Reads, RealmId, Revocations, Ring, Session, Snapshot, SnapshotError,
    SnapshotKeys, Verifying,
};

use super::by_crate::{time, verifier_of};
use super::{Claims, Vector, unhex_all};

/// What is in force after the last document of a vector was read, or the name of the error.
pub fn read(vector: &Vector) -> Result<Claims, String> {
    let document = unhex_all(vector.one("document"));
    let (form, now) = (vector.one("read-as"), vector.number("now"));
    let known = match Desk::of(vector) {
        Desk::Full(mut node) => {
            node.take(form, document.clone(), now).map_err(|why| name(&why).to_owned())?;
            described(node.held.last().expect("what was taken is held"))
        }
        Desk::Coarse(ring) => {
            assert_eq!(form, "snapshot", "a public ring has no deltas here");
            let opened = CoarseSnapshot::open(document.clone(), &ring, time(now), &floors(vector));
            described(opened.map_err(|why| name(&why).to_owned())?.snapshot())
        }
    };
    match vector.optional("ring-version") {
        Some(_) => beside_ring(vector, form, document).map(|()| known),
        None => Ok(known),
    }
}

/// What a token is accepted with, or the reason why it is not.
pub fn ask(vector: &Vector) -> Result<Claims, String> {
    let text = vector.unescaped("ring");
    match Desk::of(vector) {
        Desk::Full(node) => {
            let mut realms =
                node.keys.realms().map(|realm| node.held.iter().find(|held| held.realm() == realm));
            let (first, second) = (realms.next().expect("a realm"), realms.next());
            let data: Box<dyn Revocations> = match second {
                None => Box::new(first),
                Some(second) => Box::new((first, second)),
            };
            match text.parse::<Ring<Verifying>>() {
                Ok(ring) => ask_beside(vector, &ring, data),
                Err(_) => ask_beside(vector, &text.parse::<Ring<Public>>().expect("a ring"), data),
            }
        }
        Desk::Coarse(ring) => {
            let mut all = vector.taken();
            let (_, when, document) = all.next().expect("a snapshot");
            assert!(all.next().is_none(), "a node with a public ring takes one snapshot here");
            let opened = CoarseSnapshot::open(document, &ring, time(when), &floors(vector));
            ask_beside(vector, &ring, opened.expect("what was taken is good"))
        }
    }
}

fn ask_beside<R: Reads, V: Revocations>(vector: &Vector, ring: &Ring<R>, data: V) -> Result<Claims, String> {
    let verifier = verifier_of(vector, ring, data);
    let verifier = if vector.one("fail-open") == "yes" { verifier.dangerous_fail_open() } else { verifier };
    let (token, now) = (vector.unescaped("token"), time(vector.number("now")));
    let verified = verifier.verify_owned::<()>(&token, now);
    let session: Session<()> = verified.map_err(|rejected| rejected.reason().name().to_owned())?;
    let freshness = session.freshness().expect("there was revocation data");
    let minting = if freshness.allows_minting(now) { "allowed" } else { "stale" };
    Ok(Claims::from([
        ("complete-to", freshness.complete_to().as_unix().to_string()),
        ("minting", minting.to_owned()),
        ("new-token-at-most", freshness.longest_new_token().get().to_string()),
    ]))
}

/// A node, which sees all or not (REV-18).
enum Desk {
    Full(Box<Node>),
    Coarse(Box<Ring<Public>>),
}

impl Desk {
    fn of(vector: &Vector) -> Self {
        let text = vector.unescaped("ring");
        let filter_keys = vector.filter_keys();
        let keys = match (text.parse::<Ring<Verifying>>(), text.parse::<Ring<Public>>()) {
            (Ok(ring), _) => SnapshotKeys::of(&ring),
            (_, Ok(ring)) if filter_keys.is_empty() => return Self::Coarse(Box::new(ring)),
            (_, Ok(ring)) => {
                SnapshotKeys::with_filter_keys(&ring, &filter_keys).expect("keys of these realms")
            }
            _ => panic!("{}: a ring that cannot be read", vector.name),
        };
        let of_realms = keys.realms().map(|realm| (realm, floors(vector))).collect();
        let mut node = Node { keys, floors: of_realms, any: floors(vector), held: Vec::new() };
        for (form, when, document) in vector.taken() {
            let taken = node.take(form, document, when);
            taken.unwrap_or_else(|why| panic!("{}: what was taken is refused: {why:?}", vector.name));
        }
        Self::Full(Box::new(node))
    }
}

fn floors(vector: &Vector) -> Floors {
    Floors::new()
        .skew(vector.seconds("skew"))
        .longest_validity(vector.seconds("longest-validity"))
        .least_version(vector.number("least-version"))
}

/// Snapshots of each realm with their floors.
struct Node {
    keys: SnapshotKeys,
    floors: Vec<(RealmId, Floors)>,
    /// For documents of no realm of the ring.
    any: Floors,
    /// The one taken last is the last.
    held: Vec<Snapshot<Vec<u8>>>,
}

impl Node {
    fn take(&mut self, form: &str, document: Vec<u8>, when: u64) -> Result<(), SnapshotError> {
        let realm = document.get(8..12).map(|id| RealmId::from_bytes(id.try_into().expect("4 bytes")));
        let place = self.held.iter().position(|held| Some(held.realm()) == realm);
        let mut known = self.floors.iter_mut().filter(|(id, _)| Some(*id) == realm);
        let floors = known.next().map_or(&mut self.any, |(_, floors)| floors);
        let snapshot = if form == "delta" {
            // A delta of a realm without a snapshot is put to the one at hand.
            let place = place.unwrap_or_else(|| self.held.len().checked_sub(1).expect("a snapshot at hand"));
            self.held[place].apply(&document, &self.keys, time(when), floors)?;
            self.held.remove(place)
        } else {
            let opened = Snapshot::open(document, &self.keys, time(when), floors)?;
            place.map(|place| self.held.remove(place));
            opened
        };
        snapshot.remember(floors);
        self.held.push(snapshot);
        Ok(())
    }
}

fn described<B: AsRef<[u8]>>(snapshot: &Snapshot<B>) -> Claims {
    Claims::from([
        ("version", snapshot.version().to_string()),
        ("complete-to", snapshot.complete_to().as_unix().to_string()),
        ("good-until", snapshot.not_after().as_unix().to_string()),
        ("min-ring-version", snapshot.min_ring_version().to_string()),
        ("token-life", snapshot.token_life().get().to_string()),
        ("staleness-bound", snapshot.staleness_bound().get().to_string()),
    ])
}

/// Takes everything once more beside a published ring (REV-14).
#[cfg(feature = "std")]
fn beside_ring(vector: &Vector, last_form: &str, last: Vec<u8>) -> Result<(), String> {
    use safeconduct::{Context, Kind, Node, NodeError, Policy, Update, Verifier};
    let ring = vector.unescaped("ring").parse::<Ring<Verifying>>().expect("a verifier's ring");
    let context = Context::new(&["any"]).expect("a context");
    let make =
        move |ring: &Ring<Verifying>| (Verifier::new(ring, context, &Policy::AAL1, Kind::Encrypted), ());
    let node =
        Node::new(ring, vector.number("ring-version"), floors(vector), make).expect("a ring with a realm");
    let take = |form: &str, document: Vec<u8>, when: u64| {
        let update = match form {
            "delta" => Update::new().delta(document),
            _ => Update::new().snapshot(document),
        };
        node.update(update, time(when)).map(|_| ())
    };
    for (form, when, document) in vector.taken() {
        take(form, document, when).expect("what was taken is good");
    }
    take(last_form, last, vector.number("now")).map_err(|why| match why {
        NodeError::Snapshot(why) => name(&why).to_owned(),
        other => panic!("{}: {other:?}", vector.name),
    })
}

/// Without the node of `std` whoever holds the snapshot compares for himself.
#[cfg(not(feature = "std"))]
fn beside_ring(vector: &Vector, _: &str, last: Vec<u8>) -> Result<(), String> {
    let demanded = u64::from_be_bytes(last[76..84].try_into().expect("8 bytes"));
    if vector.number("ring-version") < demanded { Err("RingTooOld".to_owned()) } else { Ok(()) }
}

fn name(error: &SnapshotError) -> &'static str {
    match error {
        SnapshotError::NotASnapshot => "NotASnapshot",
        SnapshotError::OtherForm => "OtherForm",
        SnapshotError::ForeignRealm { .. } => "ForeignRealm",
        SnapshotError::UnknownSigner => "UnknownSigner",
        SnapshotError::BadSignature => "BadSignature",
        SnapshotError::Header => "Header",
        SnapshotError::Length => "Length",
        SnapshotError::Damaged => "Damaged",
        SnapshotError::Order => "Order",
        SnapshotError::FromTheFuture => "FromTheFuture",
        SnapshotError::Expired { .. } => "Expired",
        SnapshotError::BelowFloor { .. } => "BelowFloor",
        SnapshotError::Older => "Older",
        SnapshotError::Equivocation { .. } => "Equivocation",
        SnapshotError::Gap { .. } => "Gap",
        SnapshotError::OtherLine => "OtherLine",
        SnapshotError::RingTooOld { .. } => "RingTooOld",
        other => panic!("opening a snapshot says {other:?}"),
    }
}
