//! What has to be true after every step: every node's verdict on every token.

use super::Promise;
use super::node::Verdict;
use super::world::World;

impl World {
    /// Promises 1 to 4.
    pub fn audit(&mut self) {
        for node in 0..self.nodes.len() {
            for token in self.oldest..self.tokens.len() {
                self.audit_token(node, token);
            }
        }
    }

    fn audit_token(&mut self, index: usize, number: usize) {
        let (node, token) = (&self.nodes[index], &self.tokens[number]);
        let session = &self.sessions[token.session];
        let now = node.now(self.time);
        let verdict = node.judge(token, session, now, &self.config.rules);
        let revoked = self.revocation_of(token.session);
        self.tally.judged += 1;
        self.tally.judged_revoked += u64::from(revoked.is_some());
        let Some(view) = &node.view else { return };
        let describe = || {
            format!(
                "seed {} step {}: node {index} at {now} with version {} {:?} on {token:?} of {session:?}, revoked {revoked:?}: {verdict:?}",
                self.seed, self.step, view.number, view.version
            )
        };
        match (verdict, revoked) {
            (Verdict::Accepted, Some((first, _))) if view.number >= first => {
                let story = describe();
                self.tally.broken(Promise::StaysOut, || story);
            }
            (Verdict::Accepted, Some((_, mint_until))) if token.issued_at > mint_until => {
                let story = describe();
                self.tally.broken(Promise::MintedBefore, || story);
            }
            (Verdict::Accepted, Some(_)) => self.tally.not_known_yet += 1,
            (Verdict::Session | Verdict::Subject, None) => {
                let story = describe();
                self.tally.broken(Promise::NobodyElse, || story);
            }
            (Verdict::TooLong, None)
                if token.minted_on.is_some_and(|minted_on| minted_on <= view.number)
                    && token.expires_at.min(session.ends_at) > now.max(view.version.complete_to) =>
            {
                let story = describe();
                self.tally.broken(Promise::NotCutShort, || story);
            }
            _ => {}
        }
    }
}
