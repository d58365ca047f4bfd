//! What there is to tell about a ring at a moment. Field names are part of the JSON form.

use std::collections::BTreeSet;

use safeconduct::inspect::Moment;
use safeconduct::{KeyState, Kind, Ring, RingKeyInfo, Role, Timestamp};
use serde::Serialize;

use crate::any_ring::AnyRing;
use crate::values::hex;

#[derive(Serialize)]
pub struct View {
    /// The name and version of this form.
    pub ring: &'static str,
    pub role: &'static str,
    pub at: Moment,
    /// What a published ring was wrapped in.
    pub document: Option<Document>,
    pub keys: Vec<Key>,
    pub realms: Vec<RealmView>,
    pub warnings: Vec<Warning>,
}

#[derive(Serialize)]
pub struct Document {
    pub version: u64,
    pub kek_id: String,
}

#[derive(Serialize)]
pub struct Key {
    pub kind: String,
    pub key_id: String,
    pub state: &'static str,
    pub issue_from: Moment,
    pub issue_until: Moment,
    pub accept_until: Moment,
    pub next: Option<Next>,
    #[serde(skip)]
    pub info: RingKeyInfo,
    /// All states from the beginning of time on, each with the moment it begins.
    #[serde(skip)]
    pub phases: Vec<(Timestamp, KeyState)>,
}

/// The next change of a key.
#[derive(Serialize)]
pub struct Next {
    /// The state that comes; `over` if the key can be dropped then.
    pub state: &'static str,
    pub at: Moment,
}

#[derive(Serialize)]
pub struct RealmView {
    pub realm_id: String,
    pub signers: Vec<String>,
    pub min_snapshot_version: u64,
    pub filter_key: bool,
}

#[derive(Serialize)]
pub struct Warning {
    pub code: &'static str,
    pub kind: Option<String>,
    pub key_id: Option<String>,
    pub message: String,
}

impl View {
    /// The ring at a moment, without warnings.
    pub fn of(ring: &AnyRing, now: Timestamp) -> Self {
        match ring {
            AnyRing::Issuer(held) => Self::of_role(held, ring.role(), now),
            AnyRing::Verifier(held) => Self::of_role(held, ring.role(), now),
            AnyRing::Public(held) => Self::of_role(held, ring.role(), now),
        }
    }

    pub fn of_role<R: Role>(ring: &Ring<R>, role: &'static str, now: Timestamp) -> Self {
        let mut moments = BTreeSet::from([Timestamp::MIN]);
        for key in ring.keys(now) {
            moments.extend([key.window.issue_from(), key.window.issue_until(), key.window.accept_until()]);
        }
        // States change at the edges of windows and nowhere else.
        let mut phases: Vec<Vec<(Timestamp, KeyState)>> = vec![Vec::new(); ring.count()];
        for moment in moments {
            for (phases, key) in phases.iter_mut().zip(ring.keys(moment)) {
                if phases.last().is_none_or(|(_, state)| *state != key.state) {
                    phases.push((moment, key.state));
                }
            }
        }
        let mut keys: Vec<Key> =
            ring.keys(now).zip(phases).map(|(info, phases)| Key::of(info, phases, now)).collect();
        keys.sort_by_key(|key| (key.info.kind, key.info.window.issue_from(), key.info.id));
        let realms = ring.realms().map(|realm| RealmView {
            realm_id: realm.id().to_string(),
            signers: realm.signers().map(|signer| hex(&signer)).collect(),
            min_snapshot_version: realm.min_snapshot_version(),
            filter_key: realm.has_filter_key(),
        });
        Self {
            ring: "safeconduct-ring/1",
            role,
            at: Moment(now),
            document: None,
            realms: realms.collect(),
            keys,
            warnings: Vec::new(),
        }
    }

    /// The kinds that the ring has entries of.
    pub fn kinds(&self) -> BTreeSet<Kind> {
        self.keys.iter().map(|key| key.info.kind).collect()
    }

    /// The first moment from `start` on at which no key of the kind may mint.
    pub fn first_gap(&self, kind: Kind, start: Timestamp) -> Timestamp {
        let mut gap = start;
        let live = |key: &&Key| key.info.kind == kind && key.info.state != KeyState::Revoked;
        while let Some(key) = self.keys.iter().filter(live).find(|key| key.info.window.mints(gap)) {
            gap = key.info.window.issue_until();
        }
        gap
    }

    /// The first moment after `start` at which a key of the kind begins to mint.
    pub fn next_start(&self, kind: Kind, start: Timestamp) -> Option<&Key> {
        self.keys
            .iter()
            .filter(|key| key.info.kind == kind && key.info.state != KeyState::Revoked)
            .filter(|key| key.info.window.issue_from() > start)
            .min_by_key(|key| key.info.window.issue_from())
    }
}

impl Key {
    fn of(info: RingKeyInfo, phases: Vec<(Timestamp, KeyState)>, now: Timestamp) -> Self {
        let window = info.window;
        let next = if info.state == KeyState::Revoked {
            (now < window.accept_until()).then_some(("over", window.accept_until()))
        } else {
            let next = phases.iter().find(|(from, _)| *from > now);
            next.map(|(from, state)| (if *state == KeyState::Expired { "over" } else { state.name() }, *from))
        };
        Self {
            kind: info.kind.to_string(),
            key_id: info.id.to_string(),
            state: info.state.name(),
            issue_from: Moment(window.issue_from()),
            issue_until: Moment(window.issue_until()),
            accept_until: Moment(window.accept_until()),
            next: next.map(|(state, at)| Next { state, at: Moment(at) }),
            info,
            phases,
        }
    }

    /// `e 0a1b2c3d`: how a key is named to people, as tokens and options name it.
    pub fn name(&self) -> String {
        name(&self.info)
    }

    /// Whether nothing of it is needed any more.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.info.window.accept_until() <= now
    }
}

/// `e 0a1b2c3d`
pub fn name(key: &RingKeyInfo) -> String {
    format!("{} {}", key.kind.letter(), key.id)
}
