//! Tokens beside snapshots on nodes with two realms (REV-16), with old data (REV-17) and with public rings (REV-18).

use super::Vectors;
use super::draft::Draft;
use super::keys::NOW;
use super::reading::{Reading, realm};
use super::ring_draft::{RingDraft, filter_key, signing_key};
use super::snapshot_asked::{CLEAR, endings};
use super::snapshot_draft::Snapshot;

pub fn add(vectors: &mut Vectors) {
    two_realms(vectors);
    old_data(vectors);
    public_rings(vectors);
}

fn two_realms(vectors: &mut Vectors) {
    let token = Draft::new('e');
    let both = Reading::new().with_realms(vec![realm("main", "verifier", 1), realm("other", "verifier", 1)]);
    let main = Snapshot::usual();
    let other = main.but(|snapshot| {
        (snapshot.filter_key, snapshot.signer) = (filter_key("other"), signing_key("other", 0));
        (snapshot.version, snapshot.complete_to) = (1_000, NOW - 15);
        (snapshot.token_life, snapshot.staleness_bound) = (1_200, 100);
    });
    let mut good = |name: &str, comment: &str, node: &Reading, shown: (u64, bool, u32)| {
        vectors.clear("REV-16", name, comment, (node, &token), shown);
    };
    let later = (NOW - 15, true, 1_200);
    good("both", "The later complete_to, the shorter token life.", &both.after(&main).after(&other), later);
    good("both-in-other-order", "In whatever order they came.", &both.after(&other).after(&main), later);
    let stale = main.but(|snapshot| snapshot.staleness_bound = 19);
    let comment = "The staleness bound of one has passed: nothing is minted.";
    good("one-mints-no-more", comment, &both.after(&stale).after(&other), (NOW - 15, false, 1_200));
    let mut bad = |name: &str, reason: &str, comment: &str, node: &Reading| {
        vectors.out("REV-16", name, reason, comment, (node, &token));
    };
    let missing = "There is no snapshot of one realm.";
    bad("other-missing", "SnapshotStale", missing, &both.after(&main));
    bad("main-missing", "SnapshotStale", missing, &both.after(&other));
    bad("both-missing", "SnapshotStale", "There is no snapshot.", &both);
    bad("only-one-missing", "SnapshotStale", "There is no snapshot of the only realm.", &Reading::new());
    for (name, reason, in_main) in endings(&token) {
        let node = both.after(&in_main).after(&other);
        bad(&format!("{name}-in-main"), reason, "Revoked in the snapshot of one realm.", &node);
    }
    let in_other = other.but(|snapshot| snapshot.sessions.push(snapshot.session(&token.session_id)));
    let comment = "Revoked in the snapshot of the other realm.";
    bad("session-in-other", "Revoked(session)", comment, &both.after(&main).after(&in_other));
    let short = other.but(|snapshot| (snapshot.token_life, snapshot.longest_token) = (600, 600));
    let comment = "One realm reckons with shorter tokens.";
    bad("too-long-for-other", "CeilingExceeded", comment, &both.after(&main).after(&short));
    let comment = "The snapshot of one realm is over.";
    let over = other.but(|snapshot| snapshot.not_after = NOW);
    let node = both.after(&main).but(|node| node.taken.push((over.clone(), NOW - 1, over.bytes())));
    bad("other-is-over", "SnapshotStale", comment, &node);
    let ahead = other.but(|snapshot| (snapshot.issued_at, snapshot.complete_to) = (NOW + 30, NOW + 30));
    let ending = Draft::new('e').but(|draft| draft.body.token_life = 90);
    let comment = "Deadlines are judged at the later complete_to.";
    let node = both.after(&main).after(&ahead);
    vectors.out("REV-16", "idle-at-later-complete-to", "Idle", comment, (&node, &ending));
}

fn old_data(vectors: &mut Vectors) {
    let token = Draft::new('e');
    let at = |snapshot: &Snapshot, when: u64| {
        Reading::new().but(|node| node.taken.push((snapshot.clone(), when, snapshot.bytes())))
    };
    let endings = endings(&token);
    let over = |snapshot: &Snapshot| snapshot.but(|snapshot| snapshot.not_after = NOW);
    let open = |node: &Reading| node.but(|node| node.fail_open = true);
    let node = at(&over(&Snapshot::usual()), NOW - 1);
    let comment = "From not_after on the answer is stale.";
    vectors.out("REV-17", "at-not-after", "SnapshotStale", comment, (&node, &token));
    let last = at(&Snapshot::usual().but(|snapshot| snapshot.not_after = NOW + 1), NOW - 1);
    vectors.clear("REV-17", "second-before-not-after", "The last second.", (&last, &token), CLEAR);
    let limited =
        |validity: u64| at(&Snapshot::usual(), NOW - 1).but(|node| node.longest_validity = validity);
    let comment = "From the node's own limit on the answer is stale.";
    vectors.out("REV-17", "at-longest-validity", "SnapshotStale", comment, (&limited(10), &token));
    let comment = "The last second of the node's own limit.";
    vectors.clear("REV-17", "second-before-longest-validity", comment, (&limited(11), &token), CLEAR);
    let comment = "The operator goes on with old data by name; nothing is minted on their word.";
    let old = (NOW - 20, false, 1_800);
    vectors.clear("REV-17", "fail-open", comment, (&open(&node), &token), old);
    let comment = "The data are not old: nothing changes.";
    vectors.clear("REV-17", "fail-open-fresh", comment, (&open(&last), &token), CLEAR);
    for (name, reason, snapshot) in &endings {
        let node = at(&over(snapshot), NOW - 1);
        let comment = "Old data are not asked.";
        vectors.out("REV-17", &format!("old-{name}"), "SnapshotStale", comment, (&node, &token));
        let comment = "What old data hold against a token still counts.";
        let name = format!("fail-open-old-{name}");
        vectors.out("REV-17", &name, reason, comment, (&open(&node), &token));
    }
    let delta = Snapshot::delta(300).but(|delta| delta.not_after = NOW);
    let node =
        at(&Snapshot::usual(), NOW - 2).but(|node| node.taken.push((delta.clone(), NOW - 2, delta.bytes())));
    let comment = "A delta brings its not_after, also an earlier one.";
    vectors.out("REV-17", "at-not-after-of-a-delta", "SnapshotStale", comment, (&node, &token));
    let base = Snapshot::usual().but(|snapshot| snapshot.not_after = NOW - 1);
    let delta = Snapshot::delta(300);
    let node = at(&base, NOW - 2).but(|node| node.taken.push((delta.clone(), NOW - 2, delta.bytes())));
    let comment = "A delta brings its not_after, also a later one.";
    vectors.clear("REV-17", "delta-lasts-longer", comment, (&node, &token), (NOW - 5, true, 1_800));
}

fn public_rings(vectors: &mut Vectors) {
    let token = Draft::new('s');
    let ring = RingDraft::usual("public").with_realms(vec![realm("main", "public", 1)]);
    let coarse = Reading::new().but(|node| node.ring = ring);
    // Nothing is minted on a view that does not see everything.
    let coarsely = (CLEAR.0, false, CLEAR.2);
    let full = coarse.but(|node| node.filter_keys.push(filter_key("main")));
    for (name, reason, snapshot) in endings(&token) {
        let comment = "With the filter key besides, a public ring sees all.";
        let asked = (&full.after(&snapshot), &token);
        vectors.out("REV-18", &format!("filter-key-given-{name}"), reason, comment, asked);
        let asked = (&coarse.after(&snapshot), &token);
        if ["everyone", "key"].contains(&name) {
            let comment = "Seen without a filter key.";
            vectors.out("REV-18", name, reason, comment, asked);
        } else {
            let comment = "Not seen without a filter key.";
            vectors.clear("REV-18", &format!("{name}-unseen"), comment, asked, coarsely);
        }
    }
    let comment = "Strangers at every scope.";
    vectors.clear("REV-18", "strangers", comment, (&coarse.after(&Snapshot::usual()), &token), coarsely);
    let short = Snapshot::usual().but(|snapshot| (snapshot.token_life, snapshot.longest_token) = (600, 600));
    let comment = "REV-12 needs no filter key.";
    vectors.out(
        "REV-12",
        "too-long-without-filter-key",
        "CeilingExceeded",
        comment,
        (&coarse.after(&short), &token),
    );
    let forged = Snapshot::usual().signed_over(b"something else");
    let comment = "Without a filter key the signature is checked all the same.";
    vectors.turned_away("REV-04", "public-ring", "BadSignature", comment, (&coarse, &forged));
    let foreign = Snapshot::usual().but(|snapshot| snapshot.filter_key = filter_key("other"));
    let comment = "A public ring has realms, too.";
    vectors.turned_away("REV-02", "public-ring", "ForeignRealm", comment, (&coarse, &foreign));
    vectors.taken("REV-18", "public-ring", "A snapshot beside a public ring.", &coarse, &Snapshot::usual());
}
