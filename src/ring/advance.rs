//! The next key in time, the last one out in time (SPEC section 8.4).

use core::fmt;

use rand_core::TryCryptoRng;

use super::entries::MAX_KEYS;
use super::{Entry, Issuing, Ring, RingError, RingKeyInfo, Schedule, Window};
use crate::claims::CoreClaims;
use crate::keys::IssuingKey;
use crate::values::{KeyId, Kind, Seconds, Timestamp};

/// How often a key is drawn again because its id is taken, before the random source is called broken.
const DRAWS: usize = 8;

/// Keys of a ring, as many as there are.
#[derive(Clone, Copy, Debug, Default)]
struct Infos([Option<RingKeyInfo>; MAX_KEYS]);

impl Infos {
    fn put(&mut self, info: RingKeyInfo) {
        if let Some(free) = self.0.iter_mut().find(|slot| slot.is_none()) {
            *free = Some(info);
        }
    }

    fn iter(&self) -> impl Iterator<Item = &RingKeyInfo> {
        self.0.iter().flatten()
    }
}

/// What advancing a ring has come to: the next state of it, and what was done.
#[derive(Debug)]
#[must_use = "the next state of the ring has to be stored"]
pub struct Advance {
    ring: Unpublished,
    staged: Infos,
    dropped: Infos,
    activated: Infos,
    retired: Infos,
}

impl Advance {
    /// Whether there is anything to store.
    #[must_use]
    pub fn changed(&self) -> bool {
        self.ring.changed
    }

    /// Keys made now. They mint from their `issue_from` on.
    pub fn staged(&self) -> impl Iterator<Item = &RingKeyInfo> {
        self.staged.iter()
    }

    /// Keys that were over, and are gone.
    pub fn dropped(&self) -> impl Iterator<Item = &RingKeyInfo> {
        self.dropped.iter()
    }

    /// Keys that mint now, newly or as before: one of each kind, unless there is a gap.
    pub fn activated(&self) -> impl Iterator<Item = &RingKeyInfo> {
        self.activated.iter()
    }

    /// Keys that mint no more and are still accepted, newly or as before.
    pub fn retired(&self) -> impl Iterator<Item = &RingKeyInfo> {
        self.retired.iter()
    }

    /// The next state of the ring, to be stored.
    pub fn into_ring(self) -> Unpublished {
        self.ring
    }
}

/// A state of a ring that nobody else has yet. It can be written, and it can be used only after it was read back (RING-13).
///
/// Store it by compare-and-swap, in the place of exactly the state that it was made of, or let one writer alone do it: a blind write over somebody else's state loses what
/// that one had staged or **revoked**, and reading back does not show it.
///
/// A node that minted with a key that it alone has would mint tokens that nobody can read:
///
/// ```compile_fail
/// # use safeconduct::{Context, Issuer, Kind, Policy, Unpublished};
/// fn too_early(ring: &Unpublished, context: Context) -> Issuer {
///     Issuer::new(ring, context, &Policy::AAL1, Kind::Encrypted)
/// }
/// ```
#[must_use = "store it, read it back and confirm"]
pub struct Unpublished {
    ring: Ring<Issuing>,
    /// Whether it differs from the state it was made of.
    changed: bool,
}

impl Unpublished {
    /// The ring as a line of text, to be stored. A secret.
    #[must_use]
    pub fn to_text(&self) -> super::RingText {
        self.ring.to_text()
    }

    pub(super) const fn ring(&self) -> &Ring<Issuing> {
        &self.ring
    }

    /// [`Ring::advance`] on top of this state: after [`Ring::revoke`], to stage the successor in the same document.
    ///
    /// # Errors
    ///
    /// As [`Ring::advance`]; this state is still there to be stored.
    pub fn advance<G: TryCryptoRng + ?Sized>(
        &self,
        now: Timestamp,
        schedule: &Schedule,
        rng: &mut G,
    ) -> Result<Advance, AdvanceError> {
        let mut advance = self.ring.advance(now, schedule, rng)?;
        advance.ring.changed |= self.changed;
        Ok(advance)
    }

    /// The ring as it was read back from where every node finds it, if everything of this state is in it.
    ///
    /// # Errors
    ///
    /// [`NotStored::Behind`] holds the union of the two: another node was faster, store that and read it back again.
    /// [`NotStored::Conflict`] if the two cannot be merged.
    #[allow(clippy::result_large_err)] // rings hold secrets and are kept off the heap
    pub fn confirm(self, stored: Ring<Issuing>) -> Result<Ring<Issuing>, NotStored> {
        if stored.covers(&self.ring) {
            return Ok(stored);
        }
        Err(match self.ring.merge(&stored) {
            Ok(ring) => NotStored::Behind(Self { ring, changed: true }),
            Err(why) => NotStored::Conflict(why),
        })
    }
}

impl fmt::Debug for Unpublished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Unpublished({:?})", self.ring)
    }
}

/// What was read back does not hold everything that was to be stored. The enum is complete.
#[derive(Debug)]
#[allow(clippy::large_enum_variant)] // as above
pub enum NotStored {
    /// Another node was faster. This is the union: [`advance`](Unpublished::advance) it (two revocations together may have left no minting key, two successors are one
    /// too many) and store it in its turn.
    Behind(Unpublished),
    /// The two states contradict each other, or do not fit into one ring.
    Conflict(RingError),
}

impl fmt::Display for NotStored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Behind(_) => f.write_str("another node has stored its ring; store the union of both"),
            Self::Conflict(why) => write!(f, "the stored ring cannot be merged with this one: {why}"),
        }
    }
}

impl core::error::Error for NotStored {}

/// What goes with a key that was revoked because it leaked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[must_use = "taking the key out does not end sessions that a forger has moved to another key"]
#[non_exhaustive]
pub struct RevokedKey {
    /// The kind of the key.
    pub kind: Kind,
    /// Its id. Revoke it in the revocation log, too, for nodes whose ring is older.
    pub id: KeyId,
    /// Revoke everyone, too: now, and once more at this moment, each time before [`Policy::cut_off`](crate::Policy::cut_off).
    ///
    /// Until the last node has the new ring, whoever has the key can forge sessions, have them renewed under another key, and let them begin up to 241 seconds after
    /// they are issued. So the last word can only be said then: it is `now` plus propagation, skew and those 241 seconds. A cut-off so far ahead from the beginning would keep
    /// everybody from logging in meanwhile.
    pub repeat_at: Timestamp,
}

impl Ring<Issuing> {
    /// Stages the keys that will be needed and drops those that are over (SPEC section 8.4). Run it every hour, on as many nodes as you like: it is idempotent, and
    /// what several nodes do at once is merged. Twice within `publish_ahead` less the propagation is the least; later than that, there may be a time without a minting key.
    ///
    /// # Errors
    ///
    /// [`AdvanceError`]; nothing is changed then.
    pub fn advance<G: TryCryptoRng + ?Sized>(
        &self,
        now: Timestamp,
        schedule: &Schedule,
        rng: &mut G,
    ) -> Result<Advance, AdvanceError> {
        for kind in Kind::ALL {
            self.check_clock(kind, now, schedule)?;
        }
        let mut ring = self.duplicate();
        let (mut staged, mut dropped) = (Infos::default(), Infos::default());
        ring.entries.retain(|entry| {
            let over = self.is_over(entry, now);
            if over {
                dropped.put(self.info(entry, now));
            }
            !over
        });
        for kind in Kind::ALL {
            if !self.entries.iter().any(|entry| entry.kind == kind) {
                continue;
            }
            // Before then a key staged now could not be with every node.
            let from = ring.first_gap(kind, now.saturating_add(schedule.lead()), schedule.tail());
            if from > now.saturating_add(schedule.publish_ahead()) {
                continue;
            }
            let window = Window::new(from, schedule.minting(), schedule.tail())
                .map_err(|_| AdvanceError::OutOfRange)?;
            let id = ring.stage(kind, window, rng)?;
            if let Some(entry) = ring.entries.named(kind, id) {
                staged.put(ring.info(entry, now));
            }
        }
        let mut activated = Infos::default();
        let mut retired = Infos::default();
        for info in ring.keys(now) {
            match info.state {
                super::KeyState::Active => activated.put(info),
                super::KeyState::AcceptOnly => retired.put(info),
                _ => {}
            }
        }
        let changed = staged.iter().chain(dropped.iter()).next().is_some();
        Ok(Advance { ring: Unpublished { ring, changed }, staged, dropped, activated, retired })
    }

    /// Revokes a key: it is refused at once wherever the new state arrives, its secret is wiped and a tombstone stays.
    ///
    /// A successor is staged by [`Unpublished::advance`], to mint as soon as every node has it; until then nobody mints, if it was the active key.
    /// `None` if the ring has no such key.
    #[must_use]
    pub fn revoke(
        &self,
        kind: Kind,
        id: KeyId,
        now: Timestamp,
        propagation: Seconds,
        skew: Seconds,
    ) -> Option<(Unpublished, RevokedKey)> {
        let mut ring = self.duplicate();
        let entry = ring.entries.iter_mut().find(|entry| entry.kind == kind && entry.id == id)?;
        let changed = entry.key.is_some();
        // Dropped, and so wiped, where it stands.
        entry.key = None;
        // A session forged until the last node has the new ring can claim to begin so much later.
        let delay = propagation.saturating_add(skew).saturating_add(CoreClaims::MAX_LEAD);
        let repeat_at = now.saturating_add(delay);
        Some((Unpublished { ring, changed }, RevokedKey { kind, id, repeat_at }))
    }

    /// Step 1: a clock that is more than a period beyond everything in the ring must not drop it all.
    fn check_clock(&self, kind: Kind, now: Timestamp, schedule: &Schedule) -> Result<(), AdvanceError> {
        let live = self.entries.iter().filter(|entry| entry.kind == kind && entry.key.is_some());
        match live.map(|entry| entry.window.issue_until()).max() {
            Some(last) if last.saturating_add(schedule.minting()) < now => Err(AdvanceError::ClockJump),
            _ => Ok(()),
        }
    }

    /// Step 2: whether an entry is of no use any more.
    fn is_over(&self, entry: &Entry<IssuingKey>, now: Timestamp) -> bool {
        let live_others = || {
            let same_kind = move |other: &&Entry<IssuingKey>| other.kind == entry.kind && other.key.is_some();
            self.entries.iter().filter(same_kind).filter(|other| other.identity != entry.identity)
        };
        let expired = entry.window.accept_until() <= now;
        if entry.key.is_none() {
            return expired;
        }
        // Of keys that several nodes have staged for one window, only the smallest ever mints.
        let never_mints =
            live_others().any(|other| other.window == entry.window && other.identity < entry.identity);
        // A clock that is ahead must not drop the last key that mints, or the one before a successor that has not begun.
        let replaced = live_others().any(|other| {
            other.window.issue_until() > entry.window.issue_until() && other.window.issue_from() < now
        });
        never_mints || (expired && replaced)
    }

    /// The first moment from `start` on at which no key of the kind may mint a token that it will not outlive: one that lasts `tail`.
    fn first_gap(&self, kind: Kind, start: Timestamp, tail: Seconds) -> Timestamp {
        let mints_until = |entry: &Entry<IssuingKey>| {
            entry.window.issue_until().min(entry.window.accept_until().saturating_sub(tail))
        };
        let mints = |entry: &Entry<IssuingKey>, at: Timestamp| {
            entry.kind == kind && entry.may_mint(at) && at < mints_until(entry)
        };
        let mut gap = start;
        // Each step passes at least one of at most 16 windows.
        while let Some(entry) = self.entries.iter().find(|entry| mints(entry, gap)) {
            gap = mints_until(entry);
        }
        gap
    }

    fn stage<G: TryCryptoRng + ?Sized>(
        &mut self,
        kind: Kind,
        window: Window,
        rng: &mut G,
    ) -> Result<KeyId, AdvanceError> {
        for _ in 0..DRAWS {
            let key = IssuingKey::draw(kind, rng).ok_or(AdvanceError::Random)?;
            let id = key.id();
            match self.add(key, window) {
                Ok(()) => return Ok(id),
                Err(RingError::DuplicateId) => {}
                Err(_) => return Err(AdvanceError::Full),
            }
        }
        Err(AdvanceError::Random)
    }
}

/// Why a ring was not advanced. The enum is complete.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AdvanceError {
    /// `now` is more than a minting period after everything in the ring: a wrong clock, or a ring that was left alone. Look; if the clock is right,
    /// [`add`](Ring::add) a key by hand.
    ClockJump,
    /// There are 16 keys, and none of them is over.
    Full,
    /// The random source failed, or gave keys whose ids were all taken.
    Random,
    /// The next window would reach beyond the year 9999.
    OutOfRange,
}

impl fmt::Display for AdvanceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ClockJump => "the clock is more than a minting period beyond every key of the ring",
            Self::Full => "the ring is full: it has 16 keys, and none of them is over",
            Self::Random => "the random source failed, or repeats itself",
            Self::OutOfRange => "the next key would reach beyond the year 9999",
        })
    }
}

impl core::error::Error for AdvanceError {}
