//! A random walk over rings, against a model of SPEC chapter 8 that fits on a page.

mod common;

use std::collections::BTreeMap;

use common::{NOW, Repeatable};
use safeconduct::rand_core::TryRng as _;
use safeconduct::{
    AdvanceError, Issuing, IssuingKey, KeyId, KeyState, Kind, Policy, Ring, RingError, Schedule, Seconds,
    Timestamp, Window,
};

const MINTING: u64 = 30 * 86_400;
const AHEAD: u64 = 86_400;
const PROPAGATION: u64 = 3_600;
const SKEW: u64 = 30;
const TAIL: u64 = 1_800 + PROPAGATION;
const REPLICAS: usize = 3;

/// One key: when it mints, when it is accepted, whether it is revoked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Row {
    from: u64,
    until: u64,
    accept: u64,
    revoked: bool,
}

/// A ring of one kind, as SPEC describes it and no further.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Model(BTreeMap<KeyId, Row>);

impl Model {
    fn minting(&self, now: u64) -> Option<KeyId> {
        let may = self.0.iter().filter(|(_, row)| !row.revoked && row.from <= now && now < row.until);
        may.min_by_key(|(id, row)| (std::cmp::Reverse(row.from), **id)).map(|(id, _)| *id)
    }

    fn state(&self, id: KeyId, now: u64) -> KeyState {
        let row = self.0[&id];
        match () {
            () if row.revoked => KeyState::Revoked,
            () if now < row.from => KeyState::Staged,
            () if now >= row.accept => KeyState::Expired,
            () if self.minting(now) == Some(id) => KeyState::Active,
            () => KeyState::AcceptOnly,
        }
    }

    /// What advancing does: the ring without what is over, and the window of the key to be staged. The caller knows its id.
    fn advance(&self, now: u64) -> Result<(Self, Option<Row>), AdvanceError> {
        let last = self.0.values().filter(|row| !row.revoked).map(|row| row.until).max();
        if last.is_some_and(|last| last + MINTING < now) {
            return Err(AdvanceError::ClockJump);
        }
        let over = |id: &KeyId, row: &Row| {
            let others = || self.0.iter().filter(|(other, row)| *other != id && !row.revoked);
            let never_mints = others().any(|(other, twin)| {
                (twin.from, twin.until, twin.accept) == (row.from, row.until, row.accept) && other < id
            });
            let replaced = others().any(|(_, other)| other.until > row.until && other.from < now);
            if row.revoked { row.accept <= now } else { never_mints || (row.accept <= now && replaced) }
        };
        let mut kept = self.clone();
        kept.0.retain(|id, row| !over(id, row));
        let mut gap = now + PROPAGATION + SKEW;
        while let Some(row) = kept.0.values().find(|row| !row.revoked && row.from <= gap && gap < row.until) {
            gap = row.until;
        }
        if self.0.is_empty() || gap > now + AHEAD {
            return Ok((kept, None));
        }
        if kept.0.len() == 16 {
            return Err(AdvanceError::Full);
        }
        let staged = Row { from: gap, until: gap + MINTING, accept: gap + MINTING + TAIL, revoked: false };
        Ok((kept, Some(staged)))
    }

    fn merge(&self, other: &Self) -> Result<Self, RingError> {
        let mut merged = self.clone();
        for (id, row) in &other.0 {
            merged.0.entry(*id).or_insert(*row).revoked |= row.revoked;
        }
        if merged.0.len() > 16 { Err(RingError::Full) } else { Ok(merged) }
    }
}

fn moment(seconds: u64) -> Timestamp {
    Timestamp::from_unix(seconds).unwrap()
}

fn reread(text: &str) -> Ring<Issuing> {
    text.parse().unwrap()
}

fn first(rng: &mut Repeatable, now: u64) -> (Ring<Issuing>, Model) {
    let mut ring = Ring::new();
    let key = IssuingKey::generate(Kind::Encrypted, rng).unwrap();
    let row = Row { from: now, until: now + MINTING, accept: now + MINTING + TAIL, revoked: false };
    let mut model = Model::default();
    model.0.insert(key.id(), row);
    let window = Window::new(moment(now), Seconds::new(MINTING as u32), Seconds::new(TAIL as u32)).unwrap();
    ring.add(key, window).unwrap();
    (ring, model)
}

fn compare(ring: &Ring<Issuing>, model: &Model, now: u64) {
    let mut keys: Vec<_> = ring.keys(moment(now)).map(|key| (key.id, key)).collect();
    keys.sort_by_key(|(id, _)| *id);
    assert_eq!(keys.len(), model.0.len());
    for ((id, key), (expected, row)) in keys.iter().zip(&model.0) {
        assert_eq!(id, expected);
        let window = (key.window.issue_from().as_unix(), key.window.issue_until().as_unix());
        assert_eq!((window, key.window.accept_until().as_unix()), ((row.from, row.until), row.accept));
        assert_eq!(key.state, model.state(*id, now), "{row:?} at {now}");
    }
}

#[test]
fn a_random_walk_agrees_with_the_model() {
    const STEPS: usize = 100_000;
    let schedule = Schedule::for_policy(&Policy::AAL1, Seconds::new(PROPAGATION as u32)).unwrap();
    let mut rng = Repeatable(2_026);
    let mut now = NOW;
    let start = first(&mut rng, now);
    let mut replicas: Vec<_> =
        (0..REPLICAS).map(|_| (reread(start.0.to_text().as_str()), start.1.clone())).collect();
    let mut seen = BTreeMap::<&str, usize>::new();
    let mut count = |what| *seen.entry(what).or_default() += 1;
    for _ in 0..STEPS {
        let Ok(dice) = rng.try_next_u64();
        let (here, there) = (dice as usize % REPLICAS, (dice >> 8) as usize % REPLICAS);
        match (dice >> 16) % 100 {
            // Time passes: minutes, days, to the edge of a window, rarely months, and sometimes back.
            0..=24 => now += (dice >> 24) % 7_200,
            25..=34 => now += (dice >> 24) % (5 * 86_400),
            35..=44 => {
                let edges: Vec<u64> =
                    replicas[here].1.0.values().flat_map(|row| [row.from, row.until, row.accept]).collect();
                if let Some(edge) = edges.into_iter().filter(|edge| *edge > now).min() {
                    now = edge - (dice >> 24) % 2;
                }
            }
            45 => now += (dice >> 24) % (40 * 86_400),
            46..=48 => now -= (dice >> 24) % 86_400,
            49..=79 => {
                let (ring, model) = &replicas[here];
                match (ring.advance(moment(now), &schedule, &mut rng), model.advance(now)) {
                    (Err(why), Err(expected)) => {
                        assert_eq!(why, expected);
                        count(if why == AdvanceError::Full { "full" } else { "clock jump" });
                        // Somebody looks, and starts over.
                        let start = first(&mut rng, now);
                        replicas = (0..REPLICAS)
                            .map(|_| (reread(start.0.to_text().as_str()), start.1.clone()))
                            .collect();
                    }
                    (Ok(advance), Ok((mut kept, staged))) => {
                        let ids: Vec<KeyId> = advance.staged().map(|key| key.id).collect();
                        assert_eq!(ids.len(), usize::from(staged.is_some()), "{model:?} at {now}");
                        assert_eq!(advance.dropped().count(), model.0.len() - kept.0.len());
                        assert_eq!(advance.changed(), kept != *model || staged.is_some());
                        if let (Some(id), Some(row)) = (ids.first(), staged) {
                            kept.0.insert(*id, row);
                            count("staged");
                        }
                        if kept.0.is_empty() {
                            continue;
                        }
                        let unpublished = advance.into_ring();
                        let stored = reread(unpublished.to_text().as_str());
                        replicas[here] = (unpublished.confirm(stored).unwrap(), kept);
                    }
                    (real, expected) => panic!("{real:?} where the model says {expected:?} at {now}"),
                }
            }
            80..=96 => {
                let merged = replicas[here].0.merge(&replicas[there].0);
                let expected = replicas[here].1.merge(&replicas[there].1);
                match (merged, expected) {
                    (Ok(merged), Ok(expected)) => replicas[here] = (merged, expected),
                    (merged, expected) => {
                        assert_eq!(merged.map(|_| ()).unwrap_err(), expected.unwrap_err());
                        count("too many to merge");
                    }
                }
                count("merged");
            }
            _ => {
                let (ring, model) = &mut replicas[here];
                let ids: Vec<KeyId> = model.0.keys().copied().collect();
                let id = ids[(dice >> 24) as usize % ids.len()];
                let revoked = ring.revoke(Kind::Encrypted, id, moment(now), Seconds::ZERO, Seconds::ZERO);
                *ring = reread(revoked.unwrap().0.to_text().as_str());
                if let Some(row) = model.0.get_mut(&id) {
                    row.revoked = true;
                }
                count("revoked");
            }
        }
        for (ring, model) in &replicas {
            compare(ring, model, now);
        }
    }
    for what in ["staged", "merged", "revoked", "clock jump"] {
        assert!(seen.get(what).is_some_and(|count| *count > 20), "{what} hardly happened: {seen:?}");
    }
}
