//! A node that reads snapshots: its ring, its rules, what it took before, and what it is given now.

use super::draft::Draft;
use super::keys::NOW;
use super::primitives::hex;
use super::ring_draft::{Realm, RingDraft, signing_key};
use super::snapshot_draft::{DELTA, Snapshot};
use super::{Vectors, escaped, token_lines};

/// A node before it reads a document or is asked about a token.
#[derive(Clone)]
pub struct Reading {
    pub now: u64,
    pub skew: u64,
    pub longest_validity: u64,
    pub least_version: u64,
    pub ring: RingDraft,
    pub ring_version: Option<u64>,
    pub filter_keys: Vec<[u8; 16]>,
    /// What was taken before, and when.
    pub taken: Vec<(Snapshot, u64, Vec<u8>)>,
    pub fail_open: bool,
}

/// A realm with these signers, in order.
pub fn realm(label: &str, role: &str, signers: usize) -> Realm {
    let mut realm = Realm::new(label, role, signers);
    realm.signers = (0..signers).map(|n| signing_key(label, n).verifying_key().to_bytes()).collect();
    realm.signers.sort_unstable();
    realm
}

fn form_name(form: u8) -> &'static str {
    if form == DELTA { "delta" } else { "snapshot" }
}

impl Reading {
    /// A node with one realm and one signer, which has taken nothing.
    pub fn new() -> Self {
        Self {
            now: NOW,
            skew: 30,
            longest_validity: 86_400,
            least_version: 0,
            ring: RingDraft::usual("verifier").with_realms(vec![realm("main", "verifier", 1)]),
            ring_version: None,
            filter_keys: Vec::new(),
            taken: Vec::new(),
            fail_open: false,
        }
    }

    /// The same with a change.
    pub fn but(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut changed = self.clone();
        change(&mut changed);
        changed
    }

    /// The same after it took this.
    pub fn after(&self, snapshot: &Snapshot) -> Self {
        let taken = (snapshot.clone(), self.now, snapshot.bytes());
        self.but(|reading| reading.taken.push(taken))
    }

    /// The same with this ring.
    pub fn with_realms(&self, realms: Vec<Realm>) -> Self {
        let ring = RingDraft::usual("verifier").with_realms(realms);
        self.but(|reading| reading.ring = ring)
    }

    fn lines(&self) -> Vec<(&'static str, String)> {
        let mut lines = vec![
            ("longest-validity", self.longest_validity.to_string()),
            ("least-version", self.least_version.to_string()),
        ];
        lines.extend(self.ring_version.map(|version| ("ring-version", version.to_string())));
        lines.extend(self.filter_keys.iter().map(|key| ("filter-key", hex(key))));
        let taken = self.taken.iter();
        lines.extend(taken.map(|(snapshot, when, bytes)| {
            ("taken", format!("{} {when} {}", form_name(snapshot.form), hex(bytes)))
        }));
        lines
    }

    fn reading_lines(&self, form: u8, bytes: &[u8]) -> Vec<(&'static str, String)> {
        let mut lines = vec![("now", self.now.to_string()), ("skew", self.skew.to_string())];
        lines.push(("ring", escaped(&self.ring.text())));
        lines.extend(self.lines());
        lines.push(("read-as", form_name(form).to_owned()));
        lines.push(("document", hex(bytes)));
        lines
    }

    fn asked_lines(&self, token: &Draft) -> Vec<(&'static str, String)> {
        let token = token.but(|draft| {
            (draft.settings.now, draft.settings.skew) = (self.now, self.skew);
            draft.settings.ring = self.ring.text();
        });
        let mut lines = token_lines(&token);
        lines.extend(self.lines());
        lines.push(("fail-open", if self.fail_open { "yes" } else { "no" }.to_owned()));
        lines
    }
}

impl Vectors {
    /// A document that is taken; what is in force then has the fields of `shown`.
    pub fn taken_as(&mut self, spec: &str, name: &str, comment: &str, node: &Reading, read: [&Snapshot; 2]) {
        let [document, shown] = read;
        self.taken_bytes(spec, name, comment, (node, document.form, &document.bytes()), shown);
    }

    /// Bytes that are taken in this form; what is in force then has the fields of `shown`.
    pub fn taken_bytes(
        &mut self,
        spec: &str,
        name: &str,
        comment: &str,
        read: (&Reading, u8, &[u8]),
        shown: &Snapshot,
    ) {
        let (node, form, bytes) = read;
        let mut lines = node.reading_lines(form, bytes);
        let good_until = shown.not_after.min(shown.issued_at + node.longest_validity);
        lines.push(("version", shown.version.to_string()));
        lines.push(("complete-to", shown.complete_to.to_string()));
        lines.push(("good-until", good_until.to_string()));
        lines.push(("min-ring-version", shown.min_ring_version.to_string()));
        lines.push(("token-life", shown.token_life.to_string()));
        lines.push(("staleness-bound", shown.staleness_bound.to_string()));
        self.add(spec, &format!("accepted-{name}"), comment, "snapshot", "accepted", lines);
    }

    /// A document that is taken.
    pub fn taken(&mut self, spec: &str, name: &str, comment: &str, node: &Reading, document: &Snapshot) {
        self.taken_as(spec, name, comment, node, [document, document]);
    }

    /// A document that is refused when it is read in its own form.
    pub fn turned_away(
        &mut self,
        spec: &str,
        name: &str,
        error: &str,
        comment: &str,
        read: (&Reading, &Snapshot),
    ) {
        let (node, document) = read;
        self.turned_away_as(spec, name, error, comment, (node, document.form, &document.bytes()));
    }

    /// Bytes that are refused when they are read in this form.
    pub fn turned_away_as(
        &mut self,
        spec: &str,
        name: &str,
        error: &str,
        comment: &str,
        read: (&Reading, u8, &[u8]),
    ) {
        let (node, form, bytes) = read;
        self.add(spec, name, comment, "snapshot", error, node.reading_lines(form, bytes));
    }

    /// A token that is accepted beside what the node has taken.
    pub fn clear(
        &mut self,
        spec: &str,
        name: &str,
        comment: &str,
        asked: (&Reading, &Draft),
        shown: (u64, bool, u32),
    ) {
        let mut lines = asked.0.asked_lines(asked.1);
        lines.push(("complete-to", shown.0.to_string()));
        lines.push(("minting", if shown.1 { "allowed" } else { "stale" }.to_owned()));
        lines.push(("new-token-at-most", shown.2.to_string()));
        self.add(spec, &format!("accepted-{name}"), comment, "asked", "accepted", lines);
    }

    /// A token that is refused for this reason beside what the node has taken.
    pub fn out(&mut self, spec: &str, name: &str, reason: &str, comment: &str, asked: (&Reading, &Draft)) {
        self.add(spec, name, comment, "asked", reason, asked.0.asked_lines(asked.1));
    }
}
