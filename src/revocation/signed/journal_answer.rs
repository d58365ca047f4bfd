//! What the log says to a revocation, and what it writes down for it (SPEC section 9.6).

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec;

use super::build;
use super::rows::{Rows, SessionRow};
use super::{Journal, JournalSettings, LogAnswer, Origin, Revocation, Target, fingerprint};
use crate::values::SessionId;

impl Journal {
    /// The answer, and the rows to be added. They are none unless the answer says that it is recorded.
    pub(super) fn weigh(&self, revocation: &Revocation) -> (LogAnswer, Rows) {
        let target = revocation.target();
        let was_out = self.was_out(target);
        let news = self.news(target, was_out);
        // What brings nothing new needs no room: somebody whose sessions are out already cannot fill the log with them.
        if was_out && news.is_empty() {
            (LogAnswer::already_out(revocation), news)
        } else if !self.has_room(&news) {
            (LogAnswer::refused(revocation), Rows::default())
        } else if self.is_over_quota(&news) {
            (LogAnswer::quota_reached(revocation), Rows::default())
        } else if was_out {
            (LogAnswer::already_out(revocation), news)
        } else {
            (LogAnswer::accepted(revocation), news)
        }
    }

    pub(super) fn either(&self, test: impl Fn(&Rows) -> bool) -> bool {
        test(&self.rows) || test(&self.pending)
    }

    /// Whether something in the log covers the target already, or has ended what it is to spare.
    fn was_out(&self, target: &Target) -> bool {
        let refuses = |session: &SessionId, origin: Option<&Origin>| {
            self.either(|rows| rows.refuses(*session, origin, &self.key))
        };
        match target {
            Target::Token { session_id, token_id, .. } => {
                let token = fingerprint::of_token(&self.key, *session_id, *token_id);
                refuses(session_id, None) || self.either(|rows| rows.tokens.contains_key(&token))
            }
            Target::Session { session_id, origin, .. } => refuses(session_id, origin.as_ref()),
            Target::Rotations { session_id, least, .. } => {
                let session = fingerprint::of_session(&self.key, *session_id);
                let retired = |rows: &Rows| rows.retired.get(&session).is_some_and(|row| row.least >= *least);
                refuses(session_id, None) || self.either(retired)
            }
            Target::Subject { subject, before, spared } => {
                let spared_is_out =
                    spared.is_some_and(|spared| refuses(&spared.session_id, Some(&spared.origin)));
                spared_is_out || self.cut_off(subject) >= Some(*before)
            }
            Target::Key { key_id } => self.either(|rows| rows.keys.contains(&key_id.to_bytes())),
            Target::Everyone { before } => self.either(|rows| rows.everyone_before >= before.as_unix()),
        }
    }

    /// The rows that the log has not yet.
    fn news(&self, target: &Target, was_out: bool) -> Rows {
        let mut news = Rows::default();
        match target {
            // A cut-off ends the whole session, and outlives its last token: a row more would only take room. What goes on in its place is not cut off.
            Target::Session { origin: Some(origin), superseded_by, .. }
                if self.either(|rows| rows.is_cut_off(origin, &self.key)) =>
            {
                if superseded_by.is_none() {
                    news.add(target, &self.key);
                    let own = news.sessions.keys().copied().next();
                    self.add_successors(&mut news.sessions);
                    news.sessions.retain(|session, _| Some(*session) != own);
                    news.keep_only_news(&self.rows);
                }
                return news;
            }
            Target::Rotations { session_id, .. }
                if self.either(|rows| rows.refuses(*session_id, None, &self.key)) =>
            {
                return news;
            }
            _ => news.add(target, &self.key),
        }
        match target {
            // Of two elevations of one session only the first gets its token. Without room it is not remembered, and the elevation goes on (ISS-08).
            Target::Session { superseded_by: Some(_), .. } if was_out || !self.has_room_for_successor() => {
                news.successors.clear();
            }
            Target::Subject { spared: Some(_), .. } if was_out || !self.has_room_for_successor() => {
                news.successors.clear();
            }
            Target::Session { superseded_by: None, .. } => self.add_successors(&mut news.sessions),
            _ => {}
        }
        news.keep_only_news(&self.rows);
        news
    }

    /// Whoever logs out with the token from before an elevation means the session after it, too (REV-24). Those in between were revoked when they were elevated.
    fn add_successors(&self, sessions: &mut BTreeMap<u64, SessionRow>) {
        let Some((first, row)) = sessions.first_key_value().map(|(first, row)| (*first, *row)) else {
            return;
        };
        let mut open = vec![first];
        let mut seen = BTreeSet::from([first]);
        while let Some(session) = open.pop() {
            let before = open.len();
            let successors =
                [&self.rows, &self.pending].into_iter().flat_map(|rows| rows.successors_of(session));
            open.extend(successors.filter(|successor| seen.insert(*successor)));
            if open.len() == before {
                sessions.entry(session).or_insert(row);
            }
        }
    }

    fn has_room_for_successor(&self) -> bool {
        let held = self.rows.successors.len().saturating_add(self.pending.successors.len());
        fits(held, 1, self.settings.most_entries)
    }

    /// Whether these rows fit beside those that are there.
    fn has_room(&self, news: &Rows) -> bool {
        let (rows, pending, settings) = (&self.rows, &self.pending, &self.settings);
        let entries = |rows: &Rows| rows.sessions.len().saturating_add(rows.tokens.len());
        let sessions =
            news.sessions.keys().filter(|key| !self.either(|rows| rows.sessions.contains_key(key)));
        let tokens = news.tokens.keys().filter(|key| !self.either(|rows| rows.tokens.contains_key(key)));
        let retired = news.retired.keys().filter(|key| !self.either(|rows| rows.retired.contains_key(key)));
        let subjects =
            news.subjects.keys().filter(|key| !self.either(|rows| rows.subjects.contains_key(key)));
        let keys = news.keys.iter().filter(|key| !self.either(|rows| rows.keys.contains(*key)));
        let held = |count: fn(&Rows) -> usize| count(rows).saturating_add(count(pending));
        // More than a filter holds could never be published.
        let most_entries = settings.most_entries.min(build::most_entries(settings.probes));
        fits(entries(rows).saturating_add(entries(pending)), sessions.chain(tokens).count(), most_entries)
            && fits(held(|rows| rows.retired.len()), retired.count(), settings.most_retired)
            && fits(held(|rows| rows.subjects.len()), subjects.count(), settings.most_subjects)
            && fits(held(|rows| rows.keys.len()), keys.count(), JournalSettings::MOST_KEYS)
    }

    /// Whether a subject that has as many sessions in the log as it may gets one more.
    fn is_over_quota(&self, news: &Rows) -> bool {
        let one_more = |session: &u64, row: &SessionRow| {
            let listed = self.quota.get(&row.subject).copied().unwrap_or(0);
            let is_new = !self.either(|rows| rows.sessions.contains_key(session));
            is_new && row.subject != 0 && listed >= self.settings.sessions_per_subject
        };
        news.sessions.iter().any(|(session, row)| one_more(session, row))
    }
}

/// Whether so many more fit. Nothing more always does.
fn fits(held: usize, more: usize, most: u32) -> bool {
    more == 0 || u64::try_from(held.saturating_add(more)).is_ok_and(|count| count <= u64::from(most))
}
