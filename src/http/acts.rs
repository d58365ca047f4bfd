//! What a handler can do to the session of its request.

use alloc::boxed::Box;
use alloc::string::{String, ToString as _};
use alloc::sync::Arc;
use alloc::vec::Vec;

use zeroize::Zeroizing;

use super::change::{Change, ChangeError, Entrance, Next, Way};
use super::events;
use super::evidence::{Evidence, Place};
use super::exchange::{Carrier, Exchange};
use super::{Generation, Provenance, Slot};
use crate::error::MintError;
use crate::issuer::{Grant, Token};
use crate::revocation::{LogAnswer, Revocation, RevocationLog};
use crate::session::Session;
use crate::values::{AuthLevel, Seconds, SessionId, Timestamp};

/// Logs that answer at once.
impl<C> Exchange<C> {
    /// Logs in: ends every session that the browser had, and puts a new one into the other slot (WEB-08, WEB-10). Call it after authentication.
    ///
    /// # Errors
    ///
    /// [`ChangeError`]; nothing has changed then, but that the log may hold some of the revocations.
    pub fn log_in(
        &mut self,
        grant: &Grant<C>,
        log: &mut (impl RevocationLog + ?Sized),
    ) -> Result<Arc<Session<C>>, ChangeError> {
        let change = self.entering(grant)?;
        let answers = change.record(log, self.now);
        self.commit(change, answers)?;
        self.session.clone().ok_or(ChangeError::NoSession)
    }

    /// Steps up after a fresh authentication: [`Issuer::elevate`](crate::Issuer::elevate), with a new session id in the other slot.
    ///
    /// # Errors
    ///
    /// As [`log_in`](Exchange::log_in).
    pub fn elevate(
        &mut self,
        to: AuthLevel,
        lasting: Seconds,
        log: &mut (impl RevocationLog + ?Sized),
    ) -> Result<Arc<Session<C>>, ChangeError> {
        let change = self.elevating(to, lasting)?;
        let answers = change.record(log, self.now);
        self.commit(change, answers)?;
        self.session.clone().ok_or(ChangeError::NoSession)
    }

    /// Ends all *other* sessions of the subject, begun before a cut-off, and goes on under a new session id: what a change of password needs. Take the moment
    /// from [`Policy::cut_off`](crate::Policy::cut_off).
    ///
    /// # Errors
    ///
    /// As [`log_in`](Exchange::log_in).
    pub fn end_others(
        &mut self,
        before: Timestamp,
        log: &mut (impl RevocationLog + ?Sized),
    ) -> Result<Arc<Session<C>>, ChangeError> {
        let change = self.ending_others(before)?;
        let answers = change.record(log, self.now);
        self.commit(change, answers)?;
        self.session.clone().ok_or(ChangeError::NoSession)
    }

    /// Logs out: ends every session that the request brought, idle ones included, and vacates the slot. Without any, it does nothing.
    ///
    /// # Errors
    ///
    /// [`ChangeError::Mint`] with [`MintError::NotLogged`] if the log did not take it: the cookie goes all the same, but copies of the token stay good. Say so.
    pub fn log_out(&mut self, log: &mut (impl RevocationLog + ?Sized)) -> Result<(), ChangeError> {
        let change = self.leaving()?;
        let answers = change.record(log, self.now);
        self.commit(change, answers)
    }
}

/// Logs that are awaited: prepare, record, [`commit`](Exchange::commit).
impl<C> Exchange<C> {
    /// Prepares [`log_in`](Exchange::log_in).
    ///
    /// # Errors
    ///
    /// [`ChangeError`].
    pub fn entering(&self, grant: &Grant<C>) -> Result<Change<C>, ChangeError> {
        self.check_open()?;
        let token = self.source.issue(grant, self.now)?;
        let way = self.cookie(&token)?;
        let session = self.admit(&token)?;
        Ok(Change { leaving: self.to_be_revoked(None), next: Next::Enter(Entrance { session, way }) })
    }

    /// Prepares [`elevate`](Exchange::elevate).
    ///
    /// # Errors
    ///
    /// [`ChangeError`].
    pub fn elevating(&self, to: AuthLevel, lasting: Seconds) -> Result<Change<C>, ChangeError> {
        self.check_open()?;
        let session = self.session.as_ref().ok_or(ChangeError::NoSession)?;
        let pending = self.source.elevate(session, to, lasting)?;
        let leaving = self.to_be_revoked(Some((session.session_id(), pending.revocation().clone())));
        let entrance = self.successor(pending.unreleased())?;
        Ok(Change { leaving, next: Next::Elevate(Box::new(pending), entrance) })
    }

    /// Prepares [`end_others`](Exchange::end_others).
    ///
    /// # Errors
    ///
    /// [`ChangeError`].
    pub fn ending_others(&self, before: Timestamp) -> Result<Change<C>, ChangeError> {
        self.check_open()?;
        let session = self.session.as_ref().ok_or(ChangeError::NoSession)?;
        let pending = self.source.end_others(session, before)?;
        let leaving = self.to_be_revoked(Some((session.session_id(), pending.revocation().clone())));
        let entrance = self.successor(pending.unreleased())?;
        Ok(Change { leaving, next: Next::EndOthers(Box::new(pending), entrance) })
    }

    /// Prepares [`log_out`](Exchange::log_out).
    ///
    /// # Errors
    ///
    /// [`ChangeError`].
    pub fn leaving(&self) -> Result<Change<C>, ChangeError> {
        self.check_open()?;
        Ok(Change { leaving: self.to_be_revoked(None), next: Next::Leave })
    }

    /// Makes a prepared change, against the log's answers to its revocations, in their order.
    ///
    /// # Errors
    ///
    /// As [`log_in`](Exchange::log_in), [`elevate`](Exchange::elevate) and [`log_out`](Exchange::log_out).
    pub fn commit(
        &mut self,
        change: Change<C>,
        answers: impl IntoIterator<Item = LogAnswer>,
    ) -> Result<(), ChangeError> {
        self.check_open()?;
        let Change { leaving, next } = change;
        let mut answers: Vec<LogAnswer> = answers.into_iter().collect();
        let mut recorded = true;
        for (index, (session, revocation)) in leaving.iter().enumerate() {
            let answer =
                answers.get(index).filter(|answer| answer.is_about(revocation) && answer.is_recorded());
            recorded &= answer.is_some();
            if let Some(answer) = answer {
                events::revoked(*session, answer.was_already_out());
            }
        }
        let not_logged = Err(ChangeError::Mint(MintError::NotLogged));
        match next {
            Next::Leave => {
                self.vacate_latest();
                if recorded { Ok(()) } else { not_logged }
            }
            _ if !recorded => not_logged,
            Next::Enter(entrance) => {
                events::issued(entrance.session.session_id());
                self.enter(entrance);
                Ok(())
            }
            // The first revocation is the one that the token waits for. The token itself stands in the way already; its release decides whether it goes.
            Next::Elevate(..) | Next::EndOthers(..) if answers.is_empty() => not_logged,
            Next::Elevate(pending, entrance) => {
                let _released = pending.release(answers.swap_remove(0))?;
                let replaced = leaving.first().map(|(session, _)| *session);
                events::elevated(entrance.session.session_id(), replaced);
                self.enter(entrance);
                Ok(())
            }
            Next::EndOthers(pending, entrance) => {
                let _released = pending.release(answers.swap_remove(0))?;
                let replaced = leaving.first().map(|(session, _)| *session);
                events::ended_others(entrance.session.session_id(), replaced);
                self.enter(entrance);
                Ok(())
            }
        }
    }

    /// The way of a token that goes on from the session's own: by the same carrier, in the other slot.
    fn successor(&self, token: &Token) -> Result<Entrance<C>, ChangeError> {
        let way = if self.carrier == Some(Carrier::Bearer) {
            let name = self.transport.renewed_bearer.ok_or(ChangeError::NoWay)?;
            Way::Bearer(name, Zeroizing::new(token.as_str().to_string()))
        } else {
            self.cookie(token)?
        };
        Ok(Entrance { session: self.admit(token)?, way })
    }

    fn cookie(&self, token: &Token) -> Result<Way, ChangeError> {
        let cookie = self.transport.cookie.ok_or(ChangeError::NoWay)?;
        let (slot, generation) = self.free_slot();
        Ok(Way::Cookie(slot, generation, cookie.set_cookie(slot, generation, token, self.now)?))
    }

    fn check_open(&self) -> Result<(), ChangeError> {
        if self.finished {
            return Err(ChangeError::TooLate);
        }
        if self.provenance == Provenance::Foreign { Err(ChangeError::Foreign) } else { Ok(()) }
    }

    /// The session of a token that was just made, as every other request will see it.
    fn admit(&self, token: &Token) -> Result<Arc<Session<C>>, ChangeError> {
        let admitted = self.source.verify(token.as_str(), self.now);
        admitted.map(Arc::new).map_err(|rejected| ChangeError::Refused(rejected.reason()))
    }

    /// Every session that the request brought and that has not been ended, each once; `first` goes first and in the place of its own.
    fn to_be_revoked(&self, first: Option<(SessionId, Revocation)>) -> Vec<(SessionId, Revocation)> {
        let mut all: Vec<_> = first.into_iter().collect();
        let [a, b] = &self.slots;
        for (session, revocation) in
            [&self.bearer, a, b].into_iter().filter_map(|place| place.evidence.to_be_revoked())
        {
            if all.iter().all(|(other, _)| *other != session) {
                all.push((session, revocation));
            }
        }
        all
    }

    /// The slot of the last session that the request tells of (WEB-09).
    fn last_slot(&self) -> Option<Slot> {
        let [a, b] = &self.slots;
        let none = |place: &Place<C>| place.generation == Generation::NONE;
        if none(a) && none(b) {
            return None;
        }
        Some(if b.height() > a.height() { Slot::B } else { Slot::A })
    }

    /// Where a new session goes (WEB-08).
    fn free_slot(&self) -> (Slot, Generation) {
        let [a, b] = &self.slots;
        let slot = self.last_slot().map_or(Slot::A, Slot::other);
        (slot, a.generation.max(b.generation).next())
    }

    /// The slot whose session ends: that of the live one, or else the last one's.
    fn slot_to_vacate(&self) -> Option<Slot> {
        match self.carrier {
            Some(Carrier::Cookie(slot)) => Some(slot),
            _ => self.last_slot(),
        }
    }

    /// Takes the token out of the slot that was last used, and out of no other: a login whose response is faster than this one may have taken that.
    fn vacate_latest(&mut self) {
        if let Some(slot) = self.slot_to_vacate() {
            self.vacate(slot);
        }
        (self.session, self.carrier, self.renewal) = (None, None, None);
        (self.bearer, self.undecidable) = (Place::EMPTY, false);
    }

    fn vacate(&mut self, slot: Slot) {
        let Some(cookie) = self.transport.cookie else { return };
        let place = self.place(Carrier::Cookie(slot));
        if matches!(place.evidence, Evidence::Live(_) | Evidence::Dead { .. }) {
            place.evidence = Evidence::Left;
            let mark = cookie.mark(slot, place.generation);
            *self.write(slot) = Some(mark);
        }
    }

    fn write(&mut self, slot: Slot) -> &mut Option<Zeroizing<String>> {
        let [a, b] = &mut self.writes;
        match slot {
            Slot::A => a,
            Slot::B => b,
        }
    }

    fn enter(&mut self, Entrance { session, way }: Entrance<C>) {
        self.vacate_latest();
        let (carrier, generation) = match way {
            Way::Cookie(slot, generation, line) => {
                *self.write(slot) = Some(line);
                (Carrier::Cookie(slot), generation)
            }
            Way::Bearer(name, token) => {
                self.bearer_write = Some((name, token));
                (Carrier::Bearer, Generation::NONE)
            }
        };
        *self.place(carrier) = Place { evidence: Evidence::Live(session.clone()), generation };
        (self.session, self.carrier) = (Some(session), Some(carrier));
    }
}
