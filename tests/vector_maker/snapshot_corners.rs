//! Corners of section 9.5 where two rules meet.

use super::Vectors;
use super::draft::Draft;
use super::keys::{LAST_TIME, NOW};
use super::reading::{Reading, realm};
use super::ring_draft::{filter_key, signing_key};
use super::snapshot_draft::Snapshot;
use super::snapshot_headers::ENTRIES;

pub fn add(vectors: &mut Vectors) {
    signed_and_odd(vectors);
    deltas(vectors);
    damage(vectors);
    two_answers(vectors);
    old_data(vectors);
}

fn signed_and_odd(vectors: &mut Vectors) {
    let (node, usual, token) = (Reading::new(), Snapshot::usual(), Draft::new('e'));
    let subject = usual.subject(&token.body.subject);
    for (name, cut_off) in [("after-9999", LAST_TIME + 1), ("of-ones", u64::MAX)] {
        let snapshot = usual.but(|snapshot| snapshot.subjects.push((subject, cut_off)));
        let comment = "The cut-off of a row is no time.";
        vectors.taken("REV-07", &format!("cut-off-{name}"), comment, &node, &snapshot);
        let asked = (&node.after(&snapshot), &token);
        vectors.out("REV-10", &format!("cut-off-{name}"), "Revoked(subject)", comment, asked);
    }
    let full = usual.but(|snapshot| {
        (snapshot.k, snapshot.size) = (8, Some((1, 64)));
        snapshot.sessions = (0..200).map(|n| u64::MAX / 200 * n).collect();
    });
    assert!(full.pages()[0].iter().all(|byte| *byte == 0xFF), "every bit is set");
    let comment = "More entries than the filter has room for.";
    vectors.turned_away("REV-05", "filter-without-room", "Header", comment, (&node, &full));
    let ones = full.patched(ENTRIES, &[0, 0, 0, 2]);
    let comment = "A page of ones, whatever the header says of it.";
    vectors.out("REV-06", "page-of-ones", "SnapshotDamaged", comment, (&node.after(&ones), &token));
}

fn deltas(vectors: &mut Vectors) {
    let token = Draft::new('e');
    let (base, delta) = (Snapshot::usual(), Snapshot::delta(300));
    let node = Reading::new().after(&base);
    let from_0 = delta.but(|delta| delta.base = 0);
    let comment = "From version 0, that is from nothing: it goes on from any version.";
    vectors.taken("REV-13", "delta-from-version-0", comment, &node, &from_0);
    let started = token.body.started_at();
    let revoked = base.but(|base| base.everyone_before = started + 1);
    let lower = delta.but(|delta| delta.everyone_before = started);
    let after = Reading::new().after(&revoked).after(&lower);
    let comment = "The field of the delta takes the place of the snapshot's.";
    vectors.clear("REV-13", "everyone-before-of-delta", comment, (&after, &token), (NOW - 5, true, 1_800));
    let at_301 = base.but(|base| {
        (base.version, base.issued_at, base.complete_to) = (301, NOW - 5, NOW - 5);
    });
    let known = node.after(&delta).after(&at_301);
    let other = at_301.but(|base| base.not_after += 1);
    let comment = "The snapshot of the version of a delta was taken, so its header is known now.";
    vectors.turned_away("REV-09", "equivocation-after-a-delta", "Equivocation", comment, (&known, &other));
    let mine = at_301.but(|base| base.key_rows.push(token.key.id()));
    let lost = node.after(&delta.but(|delta| delta.key_rows.push(token.key.id()))).after(&at_301);
    let comment = "A snapshot replaces what was brought forward, rows of deltas included.";
    vectors.clear("REV-13", "snapshot-replaces-deltas", comment, (&lost, &token), (NOW - 5, true, 1_800));
    let after = node.after(&delta).after(&mine);
    let comment = "The snapshot that replaces them has the row.";
    vectors.out("REV-13", "snapshot-after-delta", "Revoked(key)", comment, (&after, &token));
}

fn damage(vectors: &mut Vectors) {
    let token = Draft::new('e');
    let usual = Snapshot::usual();
    let damaged = |bytes: Vec<u8>| Reading::new().but(|node| node.taken.push((usual.clone(), NOW, bytes)));
    let delta = Snapshot::delta(300).but(|delta| delta.sessions.push(delta.session(&token.session_id)));
    let comment = "The session is among the fingerprints of a delta, and its page is damaged.";
    let node = damaged(usual.flipped(-1)).after(&delta);
    vectors.out("REV-06", "page-damaged-and-session-in-delta", "Revoked(session)", comment, (&node, &token));
    let comment = "A delta does not heal a page.";
    let node = damaged(usual.flipped(-1)).after(&Snapshot::delta(300));
    vectors.out("REV-06", "page-damaged-beside-delta", "SnapshotDamaged", comment, (&node, &token));
    let comment = "It lives too long, and its page is damaged: REV-12 comes last.";
    let short = usual.but(|snapshot| (snapshot.token_life, snapshot.longest_token) = (600, 600));
    let node = Reading::new().but(|node| node.taken.push((short.clone(), NOW, short.flipped(-1))));
    vectors.out("REV-06", "page-before-rev-12", "SnapshotDamaged", comment, (&node, &token));
    let comment = "Going on with old data is not going on with damaged ones.";
    let over = usual.but(|snapshot| snapshot.not_after = NOW);
    let node = Reading::new().but(|node| {
        node.fail_open = true;
        node.taken.push((over.clone(), NOW - 1, over.flipped(-1)));
    });
    vectors.out("REV-17", "fail-open-damaged", "SnapshotDamaged", comment, (&node, &token));
}

fn two_answers(vectors: &mut Vectors) {
    let token = Draft::new('e');
    let both = Reading::new().with_realms(vec![realm("main", "verifier", 1), realm("other", "verifier", 1)]);
    let of = |label: &str| {
        Snapshot::usual().but(|snapshot| {
            (snapshot.filter_key, snapshot.signer) = (filter_key(label), signing_key(label, 0));
        })
    };
    for (narrow, wide) in [("main", "other"), ("other", "main")] {
        let by_session =
            of(narrow).but(|snapshot| snapshot.sessions.push(snapshot.session(&token.session_id)));
        let by_key = of(wide).but(|snapshot| snapshot.key_rows.push(token.key.id()));
        let over = of(wide).but(|snapshot| snapshot.not_after = NOW);
        let damaged = of(wide);
        let short = of(wide).but(|snapshot| (snapshot.token_life, snapshot.longest_token) = (600, 600));
        let retired = of(wide).but(|snapshot| {
            snapshot.retired.push((snapshot.session(&token.session_id), 3));
        });
        let first = both.after(&by_session);
        let mut out = |name: &str, comment: &str, node: &Reading| {
            let name = format!("{name}-and-session-in-{narrow}");
            vectors.out("REV-16", &name, "Revoked(session)", comment, (node, &token));
        };
        let comment = "The other realm has no snapshot.";
        out("one-missing", comment, &first);
        out("one-over", "The other snapshot is over.", &{
            first.but(|node| node.taken.push((over.clone(), NOW - 1, over.bytes())))
        });
        out("one-damaged", "The other snapshot is damaged.", &{
            first.but(|node| node.taken.push((damaged.clone(), NOW, damaged.flipped(-1))))
        });
        out("too-long-for-one", "It lives too long for the other.", &first.after(&short));
        out("superseded-in-one", "The other has the rotation as retired.", &first.after(&retired));
        let name = format!("key-in-{wide}-and-session-in-{narrow}");
        let comment = "Both refuse: the wider scope is named.";
        vectors.out("REV-16", &name, "Revoked(key)", comment, (&first.after(&by_key), &token));
    }
}

fn old_data(vectors: &mut Vectors) {
    let token = Draft::new('e');
    let open = Reading::new().but(|node| node.fail_open = true);
    let comment = "There is no snapshot: there are no old data to go on with.";
    vectors.out("REV-17", "fail-open-without-snapshot", "SnapshotStale", comment, (&open, &token));
    let two = open.with_realms(vec![realm("main", "verifier", 1), realm("other", "verifier", 1)]);
    let comment = "There is no snapshot of the other realm: of that there are no old data.";
    let one = two.after(&Snapshot::usual());
    vectors.out("REV-17", "fail-open-with-one-of-two", "SnapshotStale", comment, (&one, &token));
    let short = Snapshot::usual().but(|snapshot| {
        (snapshot.token_life, snapshot.longest_token, snapshot.not_after) = (600, 600, NOW);
    });
    let node = open.but(|node| node.taken.push((short.clone(), NOW - 1, short.bytes())));
    let comment = "It lives longer than the old data reckon with.";
    vectors.out("REV-17", "fail-open-too-long", "CeilingExceeded", comment, (&node, &token));
    let ahead = Snapshot::usual().but(|snapshot| {
        (snapshot.issued_at, snapshot.complete_to, snapshot.not_after) = (NOW + 29, NOW + 29, NOW + 30);
    });
    let node = Reading::new().after(&ahead);
    let late = Draft::new('e').but(|draft| draft.body.token_life = 89);
    let comment = "Complete to the token's deadline, a second before not_after.";
    vectors.out("REV-10", "ahead-of-now-and-almost-over", "Idle", comment, (&node, &late));
}
