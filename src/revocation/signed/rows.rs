//! What has been revoked, as rows that merge in any order (SPEC section 9.6).

use alloc::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Origin, Spared, Target, fingerprint};
use crate::keys::FilterKey;
use crate::values::{KeyId, Seconds, SessionId, Subject, Timestamp};

/// Minutes since the epoch, rounded up: fine enough for a death, and half the bytes of seconds.
pub(super) type Minutes = u32;

pub(super) fn minutes(moment: Timestamp) -> Minutes {
    // The last moment of all is below 2^32 minutes.
    u32::try_from(moment.as_unix().div_ceil(60)).unwrap_or(Minutes::MAX)
}

pub(super) fn moment(minutes: Minutes) -> Timestamp {
    Timestamp::from_unix(u64::from(minutes).saturating_mul(60)).unwrap_or(Timestamp::MAX)
}

/// Every revocation that is still needed, by fingerprint.
///
/// Two of these merge by taking the greater value of each row, so any order, any repetition and any detour give the same rows and the same bytes.
#[derive(Clone, Default, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Rows {
    pub(super) everyone_before: u64,
    pub(super) keys: BTreeSet<[u8; KeyId::SIZE]>,
    pub(super) subjects: BTreeMap<u64, SubjectRow>,
    pub(super) sessions: BTreeMap<u64, SessionRow>,
    /// Tokens, each with the minute after which it has expired.
    pub(super) tokens: BTreeMap<u64, Minutes>,
    pub(super) retired: BTreeMap<u64, RetiredRow>,
    /// Session and the session that an elevation put in its place, with the minute after which the first has ended by itself.
    pub(super) successors: BTreeMap<(u64, u64), Minutes>,
}

/// `mint_until`: after it no token of what the row revokes can have been minted (REV-11).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct SubjectRow {
    pub(super) before: u64,
    pub(super) mint_until: Minutes,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct SessionRow {
    pub(super) mint_until: Minutes,
    /// After it the session has ended by itself.
    pub(super) until: Minutes,
    /// Fingerprint of the subject, for its quota; 0 if unknown.
    pub(super) subject: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct RetiredRow {
    /// The least rotation that is not retired.
    pub(super) least: u32,
    pub(super) mint_until: Minutes,
    pub(super) until: Minutes,
}

impl SubjectRow {
    fn join(&mut self, other: Self) {
        self.before = self.before.max(other.before);
        self.mint_until = self.mint_until.max(other.mint_until);
    }

    fn death(&self, longest_token: Seconds) -> Timestamp {
        moment(self.mint_until).saturating_add(longest_token)
    }
}

impl SessionRow {
    fn join(&mut self, other: Self) {
        self.mint_until = self.mint_until.max(other.mint_until);
        self.until = self.until.max(other.until);
        self.subject = self.subject.max(other.subject);
    }

    fn death(&self, longest_token: Seconds) -> Timestamp {
        moment(self.mint_until).saturating_add(longest_token).min(moment(self.until))
    }
}

impl RetiredRow {
    fn join(&mut self, other: Self) {
        self.least = self.least.max(other.least);
        self.mint_until = self.mint_until.max(other.mint_until);
        self.until = self.until.max(other.until);
    }

    fn death(&self, longest_token: Seconds) -> Timestamp {
        moment(self.mint_until).saturating_add(longest_token).min(moment(self.until))
    }
}

/// Puts a row in, or joins it with the one that is there.
fn put<K: Ord, V: Copy>(rows: &mut BTreeMap<K, V>, key: K, row: V, join: impl FnOnce(&mut V, V)) {
    rows.entry(key).and_modify(|here| join(here, row)).or_insert(row);
}

fn later(here: &mut Minutes, other: Minutes) {
    *here = (*here).max(other);
}

impl Rows {
    /// Takes in everything of another set of rows: commutative, associative, idempotent.
    pub(super) fn merge(&mut self, other: &Self) {
        let Self { everyone_before, keys, subjects, sessions, tokens, retired, successors } = other;
        self.everyone_before = self.everyone_before.max(*everyone_before);
        self.keys.extend(keys);
        subjects.iter().for_each(|(key, row)| put(&mut self.subjects, *key, *row, SubjectRow::join));
        sessions.iter().for_each(|(key, row)| put(&mut self.sessions, *key, *row, SessionRow::join));
        tokens.iter().for_each(|(key, row)| put(&mut self.tokens, *key, *row, later));
        retired.iter().for_each(|(key, row)| put(&mut self.retired, *key, *row, RetiredRow::join));
        successors.iter().for_each(|(key, row)| put(&mut self.successors, *key, *row, later));
    }

    /// Keeps what the others do not cover: rows they have not, and rows in which these go further. That those were stamped earlier or later is no news.
    pub(super) fn keep_only_news(&mut self, others: &Self) {
        self.keys.retain(|key| !others.keys.contains(key));
        self.subjects
            .retain(|key, row| others.subjects.get(key).is_none_or(|other| other.before < row.before));
        self.sessions.retain(|key, row| others.sessions.get(key).is_none_or(|other| other.until < row.until));
        self.tokens.retain(|key, until| others.tokens.get(key).is_none_or(|other| other < until));
        self.retired.retain(|key, row| others.retired.get(key).is_none_or(|other| other.least < row.least));
        self.successors.retain(|key, until| others.successors.get(key).is_none_or(|other| other < until));
        if self.everyone_before <= others.everyone_before {
            self.everyone_before = 0;
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Drops what no token of this life can need any more at `now` (REV-11). The greatest `mint_until` among what was dropped before its session was over.
    pub(super) fn drop_dead(&mut self, now: Timestamp, longest_token: Seconds) -> Timestamp {
        let mut greatest = Timestamp::MIN;
        let mut keep = |death: Timestamp, mint_until: Minutes, until: Timestamp| {
            let alive = death > now;
            if !alive && until > now {
                greatest = greatest.max(moment(mint_until));
            }
            alive
        };
        self.subjects.retain(|_, row| keep(row.death(longest_token), row.mint_until, Timestamp::MAX));
        self.sessions.retain(|_, row| keep(row.death(longest_token), row.mint_until, moment(row.until)));
        self.retired.retain(|_, row| keep(row.death(longest_token), row.mint_until, moment(row.until)));
        self.tokens.retain(|_, until| moment(*until) > now);
        self.successors.retain(|_, until| moment(*until) > now);
        greatest
    }

    /// No token of what these rows revoke can have been minted after that; called when they first get into a version.
    pub(super) fn stamp(&mut self, mint_until: Timestamp) {
        let stamp = minutes(mint_until);
        // A session begun at a moment before a cut-off that lies ahead may have its first token minted until then.
        self.subjects.values_mut().for_each(|row| {
            let cut = Timestamp::from_unix(row.before).unwrap_or(Timestamp::MAX);
            later(&mut row.mint_until, stamp.max(minutes(cut)));
        });
        self.sessions.values_mut().for_each(|row| later(&mut row.mint_until, stamp));
        self.retired.values_mut().for_each(|row| later(&mut row.mint_until, stamp));
    }

    /// Writes a revocation in. The stamp is still to come, but no token can be younger than the one that was presented.
    pub(super) fn add(&mut self, target: &Target, key: &FilterKey) {
        match target {
            Target::Token { session_id, token_id, until } => {
                let token = fingerprint::of_token(key, *session_id, *token_id);
                put(&mut self.tokens, token, minutes(*until), later);
            }
            Target::Session { session_id, origin, until, superseded_by } => {
                let session = fingerprint::of_session(key, *session_id);
                let subject = origin.map_or(0, |origin| fingerprint::of_subject(key, &origin.subject));
                let mint_until = origin.map_or(0, |origin| minutes(origin.issued_at));
                let row = SessionRow { mint_until, until: minutes(*until), subject };
                put(&mut self.sessions, session, row, SessionRow::join);
                if let Some(successor) = superseded_by {
                    let pair = (session, fingerprint::of_session(key, *successor));
                    put(&mut self.successors, pair, minutes(*until), later);
                }
            }
            Target::Rotations { session_id, least, until, issued_at } => {
                let session = fingerprint::of_session(key, *session_id);
                let row =
                    RetiredRow { least: *least, mint_until: minutes(*issued_at), until: minutes(*until) };
                put(&mut self.retired, session, row, RetiredRow::join);
            }
            Target::Subject { subject, before, spared } => {
                if let Some(Spared { session_id, successor, until, .. }) = spared {
                    let of = |session| fingerprint::of_session(key, session);
                    put(&mut self.successors, (of(*session_id), of(*successor)), minutes(*until), later);
                }
                let row = SubjectRow { before: before.as_unix(), mint_until: 0 };
                put(&mut self.subjects, fingerprint::of_subject(key, subject), row, SubjectRow::join);
            }
            Target::Key { key_id } => {
                self.keys.insert(key_id.to_bytes());
            }
            Target::Everyone { before } => {
                self.everyone_before = self.everyone_before.max(before.as_unix());
            }
        }
    }

    /// The cut-off of a subject or of everyone, whichever is later; 0 if there is none.
    pub(super) fn cut_off(&self, subject: &Subject, key: &FilterKey) -> u64 {
        let row = self.subjects.get(&fingerprint::of_subject(key, subject));
        row.map_or(0, |row| row.before).max(self.everyone_before)
    }

    /// Whether a session began before a cut-off, its subject's or everyone's.
    pub(super) fn is_cut_off(&self, origin: &Origin, key: &FilterKey) -> bool {
        origin.started_at.as_unix() < self.cut_off(&origin.subject, key)
    }

    /// Whether something here refuses the token that a session was presented with, at whatever scope (REV-23); without an origin, whether the session is out by its id.
    pub(super) fn refuses(&self, session_id: SessionId, origin: Option<&Origin>, key: &FilterKey) -> bool {
        let session = fingerprint::of_session(key, session_id);
        if self.sessions.contains_key(&session) {
            return true;
        }
        let Some(origin) = origin else { return false };
        let token = fingerprint::of_token(key, session_id, origin.token_id);
        self.is_cut_off(origin, key)
            || self.keys.contains(&origin.key_id.to_bytes())
            || self.retired.get(&session).is_some_and(|row| origin.rotation < row.least)
            || self.tokens.contains_key(&token)
    }

    /// The sessions that elevations have put in the place of this one, directly.
    pub(super) fn successors_of(&self, session: u64) -> impl Iterator<Item = u64> {
        self.successors.range((session, 0)..=(session, u64::MAX)).map(|((_, successor), _)| *successor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One row in every table, with these minutes in it.
    fn rows(minutes: Minutes) -> Rows {
        let mut rows = Rows { everyone_before: minutes.into(), ..Rows::default() };
        rows.subjects.insert(1, SubjectRow { before: minutes.into(), mint_until: minutes });
        rows.sessions.insert(2, SessionRow { mint_until: minutes, until: minutes, subject: minutes.into() });
        rows.tokens.insert(3, minutes);
        rows.retired.insert(4, RetiredRow { least: minutes, mint_until: minutes, until: minutes });
        rows.successors.insert((2, 5), minutes);
        rows
    }

    #[test]
    fn merging_takes_the_greater_of_everything_in_any_order() {
        for (first, second) in [(7, 9), (9, 7), (9, 9)] {
            let mut merged = rows(first);
            merged.merge(&rows(second));
            assert_eq!(merged, rows(9));
        }
        let mut merged = Rows::default();
        merged.merge(&rows(7));
        assert_eq!(merged, rows(7));
    }

    #[test]
    fn news_is_what_goes_further() {
        for (mine, theirs, is_news) in [(9, 7, true), (7, 7, false), (7, 9, false)] {
            let mut news = rows(mine);
            news.keep_only_news(&rows(theirs));
            assert_eq!(news, if is_news { rows(mine) } else { Rows::default() }, "{mine} {theirs}");
            assert_eq!(news.is_empty(), !is_news);
        }
        let mut news = rows(7);
        news.keep_only_news(&Rows::default());
        assert_eq!(news, rows(7));
        // That the same was stamped later is no news.
        let mut stamped = rows(7);
        stamped.stamp(moment(60));
        stamped.keep_only_news(&rows(7));
        assert!(stamped.is_empty());
    }

    #[test]
    fn a_row_dies_at_a_moment_and_tells_by_when_its_tokens_were_minted() {
        let token = Seconds::minutes(5);
        let left = |rows: &Rows| {
            [
                rows.subjects.len(),
                rows.sessions.len(),
                rows.retired.len(),
                rows.tokens.len(),
                rows.successors.len(),
            ]
        };
        let at = |minute: u32| {
            let mut all = rows(10);
            let greatest = all.drop_dead(moment(minute), token);
            (left(&all), greatest)
        };
        // Subjects live for a token beyond the last minting; what ends by itself ends then.
        assert_eq!(at(9), ([1, 1, 1, 1, 1], Timestamp::MIN));
        assert_eq!(at(10), ([1, 0, 0, 0, 0], Timestamp::MIN), "over by itself: nothing was dropped early");
        assert_eq!(at(14), ([1, 0, 0, 0, 0], Timestamp::MIN));
        assert_eq!(at(15), ([0; 5], moment(10)));
        // Sessions that would last longer.
        let mut long = Rows::default();
        long.sessions.insert(2, SessionRow { mint_until: 10, until: 100, subject: 0 });
        long.retired.insert(4, RetiredRow { least: 1, mint_until: 11, until: 100 });
        assert_eq!((long.drop_dead(moment(14), token), left(&long)), (Timestamp::MIN, [0, 1, 1, 0, 0]));
        assert_eq!((long.drop_dead(moment(15), token), left(&long)), (moment(10), [0, 0, 1, 0, 0]));
        assert_eq!((long.drop_dead(moment(16), token), left(&long)), (moment(11), [0; 5]));
    }
}
