//! Deltas: what they go on from, and what is in force after them (REV-13).

use super::Vectors;
use super::draft::Draft;
use super::keys::{NOW, first};
use super::primitives::seeded;
use super::reading::{Reading, realm};
use super::ring_draft::{filter_key, signing_key};
use super::snapshot_draft::Snapshot;

pub fn add(vectors: &mut Vectors) {
    applied(vectors);
    refused(vectors);
    rows(vectors);
}

fn applied(vectors: &mut Vectors) {
    let (base, delta) = (Snapshot::usual(), Snapshot::delta(300));
    let second = Snapshot::delta(301).but(|delta| delta.complete_to = NOW - 4);
    let both = second.but(|delta| delta.base = 300);
    let node = Reading::new().after(&base);
    let mut good = |name: &str, comment: &str, node: &Reading, read: [&Snapshot; 2]| {
        vectors.taken_as("REV-13", name, comment, node, read);
    };
    good("delta", "It goes on from the snapshot at hand.", &node, [&delta, &delta]);
    good("delta-twice", "It is there already.", &node.after(&delta), [&delta, &delta]);
    good("second-delta", "It goes on from the first delta.", &node.after(&delta), [&second, &second]);
    good("two-deltas-in-one", "It goes over two versions.", &node, [&both, &both]);
    good(
        "overlapping",
        "It goes on from an earlier version than the one at hand.",
        &node.after(&delta),
        [&both, &both],
    );
    let after = node.after(&delta).after(&second);
    good(
        "first-delta-again",
        "Not higher than the version at hand: nothing changes.",
        &after,
        [&delta, &second],
    );
    let later = node.but(|node| {
        node.taken[0] = {
            let later = base.but(|snapshot| snapshot.version = 400);
            (later.clone(), NOW, later.bytes())
        }
    });
    let newest = base.but(|snapshot| snapshot.version = 400);
    good("older-than-the-snapshot", "The snapshot at hand has it already.", &later, [&delta, &newest]);
    let expired = delta.but(|delta| (delta.version, delta.base, delta.not_after) = (300, 299, NOW));
    let comment = "It is over, and brings nothing: that is looked at first.";
    good("not-higher-before-rev-08", comment, &node, [&expired, &base]);
    let fields = delta.but(|delta| {
        (delta.token_life, delta.longest_token, delta.staleness_bound) = (600, 900, 60);
        (delta.not_after, delta.min_ring_version) = (NOW + 100, 9);
    });
    good(
        "fields-take-their-place",
        "The fields of the delta count, the lower ones, too.",
        &node,
        [&fields, &fields],
    );
}

fn refused(vectors: &mut Vectors) {
    let (base, delta) = (Snapshot::usual(), Snapshot::delta(300));
    let node = Reading::new().after(&base);
    let mut bad = |name: &str, error: &str, comment: &str, node: &Reading, delta: &Snapshot| {
        vectors.turned_away("REV-13", name, error, comment, (node, delta));
    };
    let second = Snapshot::delta(301);
    bad("gap-of-1", "Gap", "The delta in between is missing.", &node, &second);
    bad("gap-of-many", "Gap", "Deltas in between are missing.", &node, &Snapshot::delta(5_000));
    let other_lineage = first(seeded("another lineage"));
    let other_log = delta.but(|delta| delta.lineage = other_lineage);
    bad("other-lineage", "OtherLine", "A delta of another log.", &node, &other_log);
    let two_signers = Reading::new().with_realms(vec![realm("main", "verifier", 2)]).after(&base);
    let other_signer = delta.but(|delta| delta.signer = signing_key("main", 1));
    bad("other-signer", "OtherLine", "A delta by the other signer.", &two_signers, &other_signer);
    let two_realms = Reading::new()
        .with_realms(vec![realm("main", "verifier", 1), realm("other", "verifier", 1)])
        .after(&base);
    let other_realm = delta.but(|delta| {
        (delta.filter_key, delta.signer) = (filter_key("other"), signing_key("other", 0));
    });
    bad(
        "other-realm",
        "OtherLine",
        "A delta of the other realm, of which there is no snapshot.",
        &two_realms,
        &{ other_realm },
    );
    let far = Snapshot::delta(5_000).but(|delta| delta.lineage = other_lineage);
    bad("other-line-before-gap", "OtherLine", "There is a gap as well.", &node, &far);
    let old_other = other_log.but(|delta| (delta.base, delta.version) = (200, 259));
    bad("other-line-before-not-higher", "OtherLine", "It is not higher either.", &node, &old_other);
    let late = second.but(|delta| delta.not_after = NOW);
    bad("gap-before-rev-08", "Gap", "It is over as well.", &node, &late);
    let comment = "A delta with a fault of its own.";
    let mut bad = |rule: &str, name: &str, error: &str, node: &Reading, delta: &Snapshot| {
        vectors.turned_away(rule, name, error, comment, (node, delta));
    };
    let unsorted = Snapshot::delta(301).but(|delta| {
        (delta.key_rows, delta.sorted) = (vec![*b"same"; 2], false);
    });
    bad("REV-07", "before-gap", "Order", &node, &unsorted);
    bad("REV-08", "delta-at-not-after", "Expired", &node, &delta.but(|delta| delta.not_after = NOW));
    bad("REV-08", "delta-from-the-future", "FromTheFuture", &node, &{
        delta.but(|delta| delta.issued_at = NOW + 31)
    });
    let floor = node.but(|node| node.least_version = 300);
    let low = delta.but(|delta| (delta.version, delta.base) = (299, 298));
    let comment = "Below the floor, and it brings nothing: that is looked at first.";
    vectors.taken_as("REV-13", "not-higher-before-below-floor", comment, &floor, [&low, &base]);
    let less = delta.but(|delta| delta.complete_to = NOW - 21);
    let comment = "The next version, complete to less.";
    vectors.turned_away("REV-09", "delta-complete-to-less", "Older", comment, (&node, &less));
    let foreign = delta.but(|delta| delta.filter_key = filter_key("third"));
    vectors.turned_away("REV-02", "delta-of-foreign-realm", "ForeignRealm", comment, (&node, &foreign));
    let forged = delta.signed_over(b"something else");
    vectors.turned_away("REV-04", "delta-forged", "BadSignature", "A forged delta.", (&node, &forged));
}

/// What a delta says about a token.
fn rows(vectors: &mut Vectors) {
    let token = Draft::new('e');
    let (base, delta) = (Snapshot::usual(), Snapshot::delta(300));
    let node = Reading::new().after(&base);
    let ids = (token.session_id, token.token_id);
    let session = delta.session(&ids.0);
    let subject = delta.subject(&token.body.subject);
    let started = token.body.started_at();
    let with = |change: &dyn Fn(&mut Snapshot)| delta.but(|delta| change(delta));
    let by_token = with(&|delta| delta.tokens.push(delta.token(&ids.0, &ids.1)));
    let by_session = with(&|delta| delta.sessions.push(session));
    let by_cut_off = with(&|delta| delta.subjects.push((subject, started + 1)));
    let by_rotation = with(&|delta| delta.retired.push((session, 3)));
    let by_key = with(&|delta| delta.key_rows.push(token.key.id()));
    let by_everyone = with(&|delta| delta.everyone_before = started + 1);
    let cases = [
        ("everyone", "Revoked(everyone)", &by_everyone),
        ("key", "Revoked(key)", &by_key),
        ("subject", "Revoked(subject)", &by_cut_off),
        ("session", "Revoked(session)", &by_session),
        ("rotation", "Superseded", &by_rotation),
        ("token", "Revoked(token)", &by_token),
    ];
    for (name, reason, delta) in cases {
        let comment = "A delta brings a revocation.";
        vectors.out("REV-13", &format!("delta-brings-{name}"), reason, comment, (&node.after(delta), &token));
        let next = Snapshot::delta(301).but(|next| {
            next.everyone_before = delta.everyone_before;
            next.complete_to = NOW - 4;
        });
        let comment = "A later delta does not take it away.";
        let twice = node.after(delta).after(&next);
        vectors.out("REV-13", &format!("later-delta-keeps-{name}"), reason, comment, (&twice, &token));
    }
    let clear = (NOW - 5, true, 1_800);
    let comment = "A delta with strangers at every scope.";
    vectors.clear("REV-13", "token-not-in-delta", comment, (&node.after(&delta), &token), clear);

    // Of the snapshot and its delta the greater value holds, whichever brings it.
    let (low, high) = (started, started + 1);
    for (name, in_base, in_delta) in [("snapshot", high, low), ("delta", low, high)] {
        let base = base.but(|base| base.subjects.push((subject, in_base)));
        let delta = with(&|delta| delta.subjects.push((subject, in_delta)));
        let node = Reading::new().after(&base).after(&delta);
        let comment = "A row in both: the later cut-off holds.";
        let name = format!("later-cut-off-in-{name}");
        vectors.out("REV-13", &name, "Revoked(subject)", comment, (&node, &token));
    }
    for (name, in_base, in_delta) in [("snapshot", 3, 2), ("delta", 2, 3)] {
        let base = base.but(|base| base.retired.push((session, in_base)));
        let delta = with(&|delta| delta.retired.push((session, in_delta)));
        let node = Reading::new().after(&base).after(&delta);
        let comment = "A row in both: the greater rotation holds.";
        vectors.out("REV-13", &format!("greater-rotation-in-{name}"), "Superseded", comment, (&node, &token));
    }
    // Whether there are token entries is a matter of both.
    let base_with = base.but(|base| base.tokens.push(base.token(&ids.0, &ids.1)));
    let bare = with(&|delta| delta.tokens.clear());
    let comment = "The snapshot has the token, and the delta has no token entries.";
    let after = Reading::new().after(&base_with).after(&bare);
    vectors.out("REV-13", "token-of-snapshot-stays", "Revoked(token)", comment, (&after, &token));
    let bare = base.but(|base| base.tokens.clear());
    let comment = "The delta has the token, and the snapshot has no token entries.";
    let after = Reading::new().after(&bare).after(&by_token);
    vectors.out("REV-13", "token-of-delta-alone", "Revoked(token)", comment, (&after, &token));
    let after = Reading::new().after(&Snapshot::empty()).after(&by_session);
    let comment = "The snapshot has no pages at all.";
    vectors.out("REV-13", "session-of-delta-beside-empty", "Revoked(session)", comment, (&after, &token));
    let shorter = with(&|delta| (delta.token_life, delta.longest_token) = (1_799, 1_799));
    let comment = "The delta reckons with shorter tokens.";
    vectors.out("REV-12", "delta-shortens", "CeilingExceeded", comment, (&node.after(&shorter), &token));
    let stale = with(&|delta| delta.staleness_bound = 4);
    let comment = "Minting is allowed as the delta says.";
    let asked = (&node.after(&stale), &token);
    vectors.clear("REV-13", "staleness-bound-of-delta", comment, asked, (NOW - 5, false, 1_800));
}
