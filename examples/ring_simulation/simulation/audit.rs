//! What has to be true: of every view at a moment, of every verdict on a token, of every state that is stored.

use safeconduct::{KeyId, KeyState, Reason, RingKeyInfo, Seconds, Timestamp, Window};

use super::session::{self, Token};
use super::world::{Event, View, World, is_about_keys};
use super::{Moment, PROPAGATION, Promise};

/// What is known of a key, by somebody who sees everything.
#[derive(Clone, Copy, Debug)]
pub struct Life {
    /// The version of the store that had it first.
    pub first: usize,
    pub window: Window,
    /// When its revocation was stored.
    pub revoked: Option<Moment>,
    /// Whether some node has minted with it.
    pub has_minted: bool,
    /// Whether it was dropped.
    pub retired: bool,
}

/// A key that some node mints with, and the latest time that it would write into a token.
struct Minting {
    key: KeyId,
    issued_at: Timestamp,
}

impl World<'_> {
    /// Promises 1, 3 and 4: what every node sees now, and what it would do to a token that any other node mints now.
    pub fn audit_views(&mut self, moment: Moment, views: &[View]) {
        let mut minting: Vec<Minting> = Vec::new();
        for (node, view) in views.iter().enumerate() {
            self.tally.views += 1;
            match session::minting_key(&view.keys) {
                Ok(key) => match minting.iter_mut().find(|known| known.key == key.id) {
                    Some(known) => known.issued_at = known.issued_at.max(view.now),
                    None => minting.push(Minting { key: key.id, issued_at: view.now }),
                },
                Err(0) if moment < self.gap_until => {}
                Err(count) => self.broken(moment, Promise::OneMints, || {
                    format!("node {node} has {count} minting keys {view}")
                }),
            }
        }
        for Minting { key, issued_at } in minting {
            self.note_minting(key);
            let policy = &self.config.policy;
            let expires_at = issued_at.saturating_add(policy.idle());
            let ends_at = issued_at.saturating_add(policy.session());
            let token = Token { key, issued_at, expires_at, ends_at, text: None };
            for (node, view) in views.iter().enumerate() {
                self.tally.pairs += 1;
                let verdict = session::check_token(&view.keys, &token, view.now, &self.config.policy);
                self.audit_verdict(moment, node, view, &token, verdict);
            }
        }
        let out = |life: &Life| life.revoked.is_some_and(|at| at + self.config.refresh <= moment);
        let out: Vec<KeyId> = self.keys.iter().filter(|(_, life)| out(life)).map(|(id, _)| *id).collect();
        for key in out {
            for (node, view) in views.iter().enumerate() {
                if session::check_key(&view.keys, key, view.now, &self.config.policy).is_ok() {
                    self.broken(moment, Promise::StaysRevoked, || format!("node {node} accepts {key}"));
                }
            }
        }
    }

    /// Somebody has minted with a key.
    pub fn note_minting(&mut self, key: KeyId) {
        if let Some(life) = self.keys.get_mut(&key) {
            life.has_minted = true;
        }
    }

    /// Promises 1, 2 and 4: whether this node may say that of this token.
    pub fn audit_verdict(
        &mut self,
        moment: Moment,
        node: usize,
        view: &View,
        token: &Token,
        verdict: Result<(), Reason>,
    ) {
        let Some(life) = self.keys.get(&token.key).copied() else {
            return self.broken(moment, Promise::Readable, || format!("{} was never stored", token.key));
        };
        let reason = match verdict {
            Ok(()) => {
                if life.revoked.is_some_and(|at| at + self.config.refresh <= moment) {
                    self.broken(moment, Promise::StaysRevoked, || {
                        format!("node {node} accepts a token under {}", token.key)
                    });
                }
                return;
            }
            Err(reason) => reason,
        };
        if life.revoked.is_some() {
            self.tally.revoked_tokens += 1;
        } else if is_about_keys(reason) {
            let unknown_yet = reason == Reason::UnknownKey && view.version < life.first;
            let early = matches!(reason, Reason::KeyNotYetValid | Reason::IssuedInFuture);
            let promise = if unknown_yet || early { Promise::Readable } else { Promise::Kept };
            self.broken(moment, promise, || {
                let (key, issued) = (token.key, token.issued_at);
                format!("node {node} says {reason} to a token of {issued} under {key} {view}")
            });
        }
    }

    /// Promises 4, 5 and 6, whenever a state was stored; and the moments that it makes interesting.
    pub fn audit_stored(&mut self, moment: Moment) {
        let latest = self.store.latest();
        let keys: Vec<RingKeyInfo> = latest.ring.keys(self.nodes[0].clock(moment)).collect();
        self.tally.stored += 1;
        self.tally.most_keys = self.tally.most_keys.max(keys.len());
        for key in &keys {
            match self.keys.get(&key.id).copied() {
                None => self.audit_new(moment, key),
                Some(life) => self.audit_known(moment, key, life),
            }
        }
        let gone: Vec<KeyId> = self
            .keys
            .iter()
            .filter(|(id, life)| !life.retired && keys.iter().all(|key| key.id != **id))
            .map(|(id, _)| *id)
            .collect();
        for id in gone {
            self.audit_retired(moment, id);
        }
        self.probe_after(moment);
    }

    fn audit_new(&mut self, moment: Moment, key: &RingKeyInfo) {
        let window = key.window;
        let life =
            Life { first: self.store.version(), window, revoked: None, has_minted: false, retired: false };
        self.keys.insert(key.id, life);
        self.tally.staged += 1;
        if window.accept_until() < self.last_expiry(&window) {
            self.broken(moment, Promise::RetiredInTime, || format!("the tail of {} is too short", key.id));
        }
        let edges = [window.issue_from(), window.issue_until(), window.accept_until()];
        for edge in edges.map(Timestamp::as_unix) {
            self.probe_around(moment, edge);
        }
        // Keys may leak at any time; of every fifth we make sure that it is a bad time.
        if self.chance.one_in(5) {
            let edge = edges[self.chance.index(2)].as_unix();
            let at = self.chance.within(edge - PROPAGATION..=edge + PROPAGATION);
            self.schedule(at.max(moment), Event::Leak);
        }
    }

    fn audit_known(&mut self, moment: Moment, key: &RingKeyInfo, life: Life) {
        let revoked = key.state == KeyState::Revoked;
        if life.window != key.window {
            self.broken(moment, Promise::NotRefused, || format!("the window of {} has changed", key.id));
        }
        if life.revoked.is_some() && !revoked {
            self.broken(moment, Promise::StaysRevoked, || format!("{} has come back", key.id));
        }
        let since = revoked.then(|| life.revoked.unwrap_or(moment));
        self.keys.insert(key.id, Life { revoked: since, retired: false, ..life });
        if revoked && life.revoked.is_none() {
            self.tally.revocations += 1;
            // The successor mints after propagation and skew, as the issuer's clock counts; another clock may be behind that one.
            let skew = u64::from(self.config.policy.skew().get());
            let back = moment + PROPAGATION + 2 * skew;
            let (from, until) = (life.window.issue_from().as_unix(), life.window.issue_until().as_unix());
            if from < back && moment < until + skew {
                // It was minting, or about to.
                self.gap_until = self.gap_until.max(back);
            }
        }
    }

    fn audit_retired(&mut self, moment: Moment, id: KeyId) {
        let Some(mut life) = self.keys.get(&id).copied() else { return };
        life.retired = true;
        self.keys.insert(id, life);
        self.tally.retired += 1;
        let last = self.last_expiry(&life.window);
        let early = self.nodes.iter().position(|node| node.clock(moment) < last);
        // One that has not minted may go: it was staged twice. If it should mint yet, on a node that does not know, others will refuse that.
        if let Some(node) = early.filter(|_| life.revoked.is_none() && life.has_minted) {
            self.broken(moment, Promise::RetiredInTime, || {
                format!("{id}, and for node {node} it is not over")
            });
        }
    }

    /// When the last token that can be made under a key is over: minted on renewal in the last second, and the clock that its parent was minted by was ahead.
    fn last_expiry(&self, window: &Window) -> Timestamp {
        let policy = &self.config.policy;
        let after = window.issue_until().saturating_add(policy.skew()).saturating_add(policy.longest_token());
        after.saturating_sub(Seconds::new(1))
    }

    /// The edge of a window, on the slowest and the fastest clock, and as far before and after as nodes and clocks can be apart.
    fn probe_around(&mut self, moment: Moment, edge: Moment) {
        let skew = u64::from(self.config.policy.skew().get());
        for shift in [0, skew / 2, skew, self.config.refresh, PROPAGATION] {
            for at in [edge - shift, edge + shift] {
                // The last second before, and the first after.
                for at in [at - 1, at] {
                    if at >= moment {
                        self.probe_at(at);
                    }
                }
            }
        }
        for _ in 0..4 {
            let at = self.chance.within(edge - PROPAGATION..=edge + PROPAGATION);
            self.probe_at(at.max(moment));
        }
    }

    /// While a new state is on its way to the nodes.
    fn probe_after(&mut self, moment: Moment) {
        let (refresh, skew) = (self.config.refresh, u64::from(self.config.policy.skew().get()));
        for after in [0, refresh - 1, refresh, PROPAGATION - skew, PROPAGATION, PROPAGATION + skew] {
            self.probe_at(moment + after);
        }
        for _ in 0..4 {
            let after = self.chance.below(PROPAGATION + skew);
            self.probe_at(moment + after);
        }
    }
}
