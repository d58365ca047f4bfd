//! Issuers: each reads the ring, advances it or revokes a key, and stores the result by compare-and-swap, slowly.

use std::error::Error;

use safeconduct::{AdvanceError, Issuing, KeyId, KeyState, Kind, NotStored, Ring, RingError, Unpublished};

use super::world::{Event, World};
use super::{Moment, Promise, STORING};

/// What an issuer wants to do to the ring.
#[derive(Clone, Copy, Debug)]
pub enum Task {
    Advance,
    Revoke(KeyId),
}

/// A changed ring on its way to the store.
pub struct Attempt {
    issuer: usize,
    task: Task,
    /// When the issuer read the ring that it changed.
    began: Moment,
    /// The version of it, or of the one that it was merged with since.
    base: usize,
    ring: Unpublished,
}

/// The longest time between two rounds of one issuer.
const ROUND: Moment = 43_200;

impl World<'_> {
    /// Issuers advance the ring at any time, but at least every twelve hours. Now and then all do at once, as jobs by the clock do.
    pub fn round(&mut self, now: Moment, issuer: usize) {
        self.schedule(now, Event::Begin(issuer, Task::Advance));
        let next = if self.chance.one_in(4) {
            let hour = (now / ROUND + 1) * ROUND;
            hour + self.chance.below(20)
        } else {
            now + self.chance.within(3_600..=ROUND)
        };
        self.schedule(next, Event::Round(issuer));
    }

    /// Reads the ring and changes it. If there is anything to store, that takes a while.
    pub fn begin_task(&mut self, now: Moment, issuer: usize, task: Task) {
        let changed = match self.change(now, issuer, task) {
            Ok(Some(changed)) => changed,
            Ok(None) => return,
            Err(why) => return self.refused(now, &*why),
        };
        let attempt = Attempt { issuer, task, began: now, base: self.store.version(), ring: changed };
        self.store_soon(now, attempt);
    }

    fn change(
        &mut self,
        now: Moment,
        issuer: usize,
        task: Task,
    ) -> Result<Option<Unpublished>, Box<dyn Error>> {
        let clock = self.nodes[issuer].clock(now);
        let schedule = &self.config.schedule;
        let (propagation, skew) = self.bounds();
        let ring = &self.store.latest().ring;
        let advance = match task {
            Task::Advance => ring.advance(clock, schedule, &mut self.chance)?,
            Task::Revoke(id) => {
                // The advice that comes with it, to revoke everyone, is about forgers. Nobody forges here.
                let Some((revoked, _)) = ring.revoke(Kind::Encrypted, id, clock, propagation, skew) else {
                    return Ok(None);
                };
                revoked.advance(clock, schedule, &mut self.chance)?
            }
        };
        if !advance.changed() && matches!(task, Task::Advance) {
            return Ok(None);
        }
        let changed = advance.into_ring();
        let same: Ring<Issuing> = changed.to_text().as_str().parse()?;
        if same.advance(clock, schedule, &mut self.chance)?.changed() {
            self.broken(now, Promise::Idempotent, || format!("{changed:?}"));
        }
        Ok(Some(changed))
    }

    fn store_soon(&mut self, now: Moment, attempt: Attempt) {
        // Some take all the time there is.
        let latest = attempt.began + STORING;
        let at = if self.chance.one_in(8) { latest.max(now + 1) } else { now + self.chance.within(1..=60) };
        if at > latest {
            // What was decided then is too old to be stored now.
            self.tally.restarted += 1;
            self.schedule(now, Event::Begin(attempt.issuer, attempt.task));
        } else {
            self.schedule(at, Event::Store(Box::new(attempt)));
        }
    }

    /// Stores, unless another was faster; then the union is on its way.
    pub fn try_to_store(&mut self, now: Moment, attempt: Attempt) {
        if let Err(why) = self.store_or_merge(now, attempt) {
            self.refused(now, &*why);
        }
    }

    fn store_or_merge(&mut self, now: Moment, attempt: Attempt) -> Result<(), Box<dyn Error>> {
        let done = self.store.compare_and_swap(attempt.base, attempt.ring.to_text(), now)?;
        if done {
            self.audit_stored(now);
        } else {
            self.tally.conflicts += 1;
        }
        // In either case: read it back, and see whether everything is in it.
        let union = match attempt.ring.confirm(self.store.latest().fetch()?) {
            Ok(stored) => {
                self.audit_confirmed(now, attempt.task, &stored);
                return Ok(());
            }
            Err(NotStored::Behind(union)) if !done => union,
            Err(why) => return Err(why.into()),
        };
        // The two may have relied on each other: each has revoked a key, and the other's key was to go on.
        let ring = if self.config.advances_unions {
            let clock = self.nodes[attempt.issuer].clock(now);
            union.advance(clock, &self.config.schedule, &mut self.chance)?.into_ring()
        } else {
            union
        };
        self.store_soon(now, Attempt { base: self.store.version(), ring, ..attempt });
        Ok(())
    }

    /// Whoever is told that everything was stored relies on it: a key that was revoked is, wherever the ring goes.
    fn audit_confirmed(&mut self, now: Moment, task: Task, stored: &Ring<Issuing>) {
        let Task::Revoke(id) = task else { return };
        if stored.keys(self.nodes[0].clock(now)).any(|key| key.id == id && key.state != KeyState::Revoked) {
            self.broken(now, Promise::StaysRevoked, || format!("the revocation of {id} was not stored"));
        }
    }

    fn refused(&mut self, now: Moment, why: &(dyn Error + 'static)) {
        let full = why.downcast_ref() == Some(&AdvanceError::Full)
            || matches!(why.downcast_ref(), Some(NotStored::Conflict(RingError::Full)));
        let promise = if full { Promise::Bounded } else { Promise::NotRefused };
        self.broken(now, promise, || why.to_string());
    }

    /// A key has leaked; sometimes two have, and two people see to it at once.
    pub fn incident(&mut self, now: Moment) {
        let next = now + self.chance.within(10 * 86_400..=290 * 86_400);
        self.schedule(next, Event::Incident);
        self.leak(now);
    }

    /// Revokes the active key or any other, and sometimes another one half a minute later.
    pub fn leak(&mut self, now: Moment) {
        let keys: Vec<_> = self.store.latest().ring.keys(self.nodes[0].clock(now)).collect();
        let active = keys.iter().find(|key| key.state == KeyState::Active).map(|key| key.id);
        let mut live: Vec<KeyId> = keys
            .iter()
            .filter(|key| !matches!(key.state, KeyState::Revoked | KeyState::Expired))
            .map(|key| key.id)
            .collect();
        let count = if self.chance.one_in(4) { 2 } else { 1 };
        for turn in 0..count {
            if live.is_empty() {
                return;
            }
            let first = active.filter(|_| turn == 0 && self.chance.one_in(2));
            let place = first.and_then(|id| live.iter().position(|live| *live == id));
            let place = place.unwrap_or_else(|| self.chance.index(live.len()));
            let id = live.swap_remove(place);
            let issuer = self.chance.index(self.config.issuers.clamp(1, self.nodes.len()));
            let at = now + self.chance.below(30) * turn;
            self.schedule(at, Event::Begin(issuer, Task::Revoke(id)));
        }
    }
}
