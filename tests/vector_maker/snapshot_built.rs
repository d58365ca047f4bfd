//! Snapshots of known logs: REV-15 and section 9.3 leave a publisher no choice, so that its bytes must be these.

use super::Vectors;
use super::keys::{NOW, first};
use super::primitives::seeded;
use super::reading::Reading;
use super::snapshot_draft::Snapshot;

/// What was revoked at [`NOW`] in a fresh log, and the snapshot of it.
pub struct Built {
    pub name: String,
    pub ring: String,
    pub sessions: Vec<[u8; 12]>,
    pub tokens: Vec<([u8; 12], [u8; 12])>,
    pub subjects: Vec<(Vec<u8>, u64)>,
    pub keys: Vec<[u8; 4]>,
    pub everyone_before: Option<u64>,
    pub snapshot: Snapshot,
}

/// Every log; the larger ones are too large for a file.
pub fn all_built() -> Vec<Built> {
    let mut all = vec![built("empty", 24, 0, 0), built("one-token", 24, 0, 1)];
    for k in [8, 24, 32] {
        all.extend([1, 2, 3, 7, 20].map(|count| built("sessions", k, count, 0)));
        all.extend(
            [(40, 9), (150, 30)].map(|(sessions, tokens)| built("sessions-and-tokens", k, sessions, tokens)),
        );
    }
    all.extend(
        [(8, 12_000), (12, 9_000), (24, 8_000), (32, 6_000)].map(|(k, count)| built("pages", k, count, 5)),
    );
    all
}

fn built(name: &str, k: u8, sessions: usize, tokens: usize) -> Built {
    let label = format!("{name}, {k} probes, {sessions} sessions, {tokens} tokens");
    let id = |what: &str, n: usize| -> [u8; 12] { first(seeded(&format!("{label}, {what} {n}"))) };
    let sessions: Vec<_> = (0..sessions).map(|n| id("session", n)).collect();
    let tokens: Vec<_> = (0..tokens).map(|n| (id("session of token", n), id("token", n))).collect();
    // A log of sessions alone has no rows either; the others have some of each.
    let rows = if tokens.is_empty() { 0 } else { 1 + tokens.len() % 4 };
    let subjects: Vec<_> =
        (0..rows).map(|n| (format!("subject {n}").into_bytes(), NOW + 31 + n as u64)).collect();
    let keys: Vec<[u8; 4]> = (0..rows).map(|n| first(seeded(&format!("{label}, key {n}")))).collect();
    let everyone_before = (rows > 1).then_some(NOW - 86_399);
    let snapshot = Snapshot::empty().but(|snapshot| {
        (snapshot.k, snapshot.version) = (k, 259);
        (snapshot.issued_at, snapshot.complete_to, snapshot.not_after) = (NOW, NOW, NOW + 3_600);
        snapshot.sessions = sessions.iter().map(|id| snapshot.session(id)).collect();
        snapshot.tokens = tokens.iter().map(|(session, token)| snapshot.token(session, token)).collect();
        snapshot.subjects = subjects.iter().map(|(name, cut)| (snapshot.subject(name), *cut)).collect();
        snapshot.key_rows.clone_from(&keys);
        snapshot.everyone_before = everyone_before.unwrap_or(0);
    });
    let name = format!("{name}-k-{k}-{}-entries", snapshot.entries().len());
    let ring = Reading::new().ring.text();
    Built { name, ring, sessions, tokens, subjects, keys, everyone_before, snapshot }
}

pub fn add(vectors: &mut Vectors) {
    let node = Reading::new();
    for built in all_built().into_iter().filter(|built| built.snapshot.bytes().len() <= 2_048) {
        let comment = "The bytes that every publisher makes of this log.";
        vectors.taken("REV-15", &built.name, comment, &node, &built.snapshot);
    }
}
