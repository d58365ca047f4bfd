//! Snapshots in time: clocks and floors (REV-08), what a node remembers (REV-09), and rings that are too old (REV-14).

use super::Vectors;
use super::curve::{nonce, solved_over};
use super::keys::{NOW, first};
use super::primitives::seeded;
use super::reading::{Reading, realm};
use super::ring_draft::signing_key;
use super::snapshot_draft::Snapshot;

pub fn add(vectors: &mut Vectors) {
    clocks(vectors);
    validity(vectors);
    floors(vectors);
    memory(vectors);
    lines(vectors);
    rings(vectors);
}

/// The usual snapshot, issued so many seconds from now and complete to then.
fn issued(ahead: i64) -> Snapshot {
    let issued_at = NOW.checked_add_signed(ahead).expect("a time");
    let times = |snapshot: &mut Snapshot| {
        (snapshot.issued_at, snapshot.complete_to) = (issued_at, issued_at);
        snapshot.not_after = issued_at + 3_600;
    };
    Snapshot::usual().but(times)
}

fn clocks(vectors: &mut Vectors) {
    let node = Reading::new();
    let skewed = |skew: u64| node.but(|node| node.skew = skew);
    for (name, skew, ahead) in
        [("now", 0, 0), ("1-second-ahead", 1, 1), ("a-skew-ahead", 30, 30), ("120-seconds-ahead", 120, 120)]
    {
        let comment = "Not further ahead than the skew.";
        vectors.taken("REV-08", &format!("issued-{name}"), comment, &skewed(skew), &issued(ahead));
    }
    let only_issued = issued(30).but(|snapshot| snapshot.complete_to = NOW - 100);
    vectors.taken("REV-08", "only-issued-ahead", "Ahead, and complete to before.", &node, &only_issued);
    let mut bad = |name: &str, skew: u64, snapshot: &Snapshot| {
        let comment = "Further ahead than the skew.";
        vectors.turned_away("REV-08", name, "FromTheFuture", comment, (&skewed(skew), snapshot));
    };
    bad("issued-1-second-ahead-without-skew", 0, &issued(1));
    bad("issued-31-seconds-ahead", 30, &issued(31));
    bad("issued-121-seconds-ahead", 120, &issued(121));
    bad("issued-a-day-ahead", 30, &issued(86_400));
    bad("only-issued-31-seconds-ahead", 30, &issued(31).but(|snapshot| snapshot.complete_to = NOW - 100));
    let low = issued(31).but(|snapshot| snapshot.version = 257);
    bad("from-the-future-before-below-floor", 30, &low);
}

fn validity(vectors: &mut Vectors) {
    let (node, usual) = (Reading::new(), Snapshot::usual());
    let until = |not_after: u64| usual.but(|snapshot| snapshot.not_after = not_after);
    let limited = |validity: u64| node.but(|node| node.longest_validity = validity);
    vectors.taken("REV-08", "second-before-not-after", "The last second.", &node, &until(NOW + 1));
    let comment = "The node grants a day, whatever the snapshot says: a publisher cannot freeze it.";
    vectors.taken("REV-08", "not-after-in-10-years", comment, &node, &until(NOW + 315_360_000));
    let comment = "The node's limit is a second later than now.";
    vectors.taken("REV-08", "second-before-longest-validity", comment, &limited(11), &usual);
    let comment = "The node's limit is later than not_after.";
    vectors.taken("REV-08", "longest-validity-after-not-after", comment, &limited(3_601), &usual);
    vectors.taken("REV-08", "longest-validity-is-not-after", "Both at once.", &limited(3_600), &usual);
    let mut bad = |name: &str, comment: &str, node: &Reading, snapshot: &Snapshot| {
        vectors.turned_away("REV-08", name, "Expired", comment, (node, snapshot));
    };
    bad("at-not-after", "From this second on it must not be relied on.", &node, &until(NOW));
    bad("after-not-after", "Over for a second.", &node, &until(NOW - 1));
    bad("at-longest-validity", "The node's limit is now, and not_after later.", &limited(10), &usual);
    bad("after-longest-validity", "The node's limit is past.", &limited(9), &usual);
    let old = issued(-86_400).but(|snapshot| snapshot.not_after = NOW + 315_360_000);
    bad("frozen-for-a-day", "A day old, and good for ten years, as it says.", &node, &old);
    let comment = "Skew does not make it last longer.";
    bad("skew-at-not-after", comment, &node.but(|node| node.skew = 120), &until(NOW));
    let low = until(NOW).but(|snapshot| snapshot.version = 257);
    bad("expired-before-below-floor", "Below the floor as well.", &node, &low);
    let after = node.after(&usual);
    let older = until(NOW).but(|snapshot| snapshot.version = 299);
    bad("expired-before-rev-09", "Older than the one before as well.", &after, &older);
}

fn floors(vectors: &mut Vectors) {
    let node = Reading::new();
    let of = |version: u64| Snapshot::usual().but(|snapshot| snapshot.version = version);
    let least = |version: u64| node.but(|node| node.least_version = version);
    vectors.taken("REV-08", "version-of-the-realm", "The realm's lowest version.", &node, &of(258));
    vectors.taken("REV-08", "least-version", "The node's lowest version.", &least(300), &of(300));
    vectors.taken(
        "REV-08",
        "least-version-below-the-realms",
        "The realm demands more.",
        &least(100),
        &of(258),
    );
    let mut bad = |name: &str, comment: &str, node: &Reading, snapshot: &Snapshot| {
        vectors.turned_away("REV-08", name, "BelowFloor", comment, (node, snapshot));
    };
    bad("below-version-of-the-realm", "The realm demands 258.", &node, &of(257));
    bad("version-1", "The realm demands 258.", &node, &of(1));
    bad("below-least-version", "The node demands 301.", &least(301), &of(300));
    bad("below-the-realms-above-least", "The node demands less than the realm.", &least(100), &of(257));
    bad("below-floor-before-rev-09", "Older than the one before as well.", &node.after(&of(300)), &of(257));
    let two = Reading::new().with_realms(vec![realm("main", "verifier", 1), {
        let mut other = realm("other", "verifier", 1);
        other.min_snapshot_version = 1_000;
        other
    }]);
    let comment = "The other realm's floor is no concern of this one.";
    vectors.taken("REV-08", "below-floor-of-other-realm", comment, &two, &of(300));
}

fn memory(vectors: &mut Vectors) {
    let usual = Snapshot::usual();
    let node = Reading::new().after(&usual);
    let with = |change: fn(&mut Snapshot)| usual.but(change);
    let mut good = |name: &str, comment: &str, node: &Reading, snapshot: &Snapshot| {
        vectors.taken("REV-09", name, comment, node, snapshot);
    };
    let next = with(|snapshot| snapshot.version += 1);
    good("next-version", "The next version, complete to the same moment.", &node, &next);
    good(
        "version-far-ahead",
        "Versions in between are not needed.",
        &node,
        &with(|snapshot| snapshot.version = 9_000),
    );
    good("same-again", "The same document once more.", &node, &usual);
    let r = nonce().verifying_key().to_bytes();
    let other = solved_over(&usual.signer, &usual.signed(), &r, true);
    let signed_again = usual.but(|snapshot| snapshot.signature = Some(other));
    good("same-header-signed-again", "The same header with another good signature.", &node, &signed_again);
    let mut bad = |name: &str, error: &str, comment: &str, node: &Reading, snapshot: &Snapshot| {
        vectors.turned_away("REV-09", name, error, comment, (node, snapshot));
    };
    let before = with(|snapshot| snapshot.version -= 1);
    bad("rolled-back-by-1", "Older", "The version before.", &node, &before);
    let refreshed = before.but(|snapshot| {
        (snapshot.issued_at, snapshot.complete_to) = (NOW, NOW);
    });
    bad("rolled-back-and-signed-later", "Older", "The version before, issued later.", &node, &refreshed);
    bad("complete-to-second-before", "Older", "A higher version that is complete to less.", &node, &{
        next.but(|snapshot| snapshot.complete_to -= 1)
    });
    let twice = node.after(&next);
    bad("rolled-back-to-first-of-two", "Older", "The first of two.", &twice, &usual);
    let comment = "The same version with another header: somebody signed twice.";
    bad("equivocation-not-after", "Equivocation", comment, &node, &with(|snapshot| snapshot.not_after += 1));
    bad(
        "equivocation-complete-to",
        "Equivocation",
        comment,
        &node,
        &with(|snapshot| snapshot.complete_to += 1),
    );
    bad("equivocation-rows", "Equivocation", comment, &node, &with(|snapshot| snapshot.key_rows.clear()));
    bad("equivocation-filter", "Equivocation", comment, &node, &with(|snapshot| snapshot.sessions.clear()));
    let less = with(|snapshot| snapshot.complete_to -= 1);
    let comment = "The same version, complete to less: that somebody signed twice is the graver fault.";
    bad("equivocation-before-complete-to", "Equivocation", comment, &node, &less);
    let delta = Snapshot::delta(300);
    let forward = node.after(&delta);
    bad("rolled-back-behind-a-delta", "Older", "The snapshot that the delta went on from.", &forward, &usual);
    let behind = with(|snapshot| snapshot.version = 301);
    bad(
        "complete-to-less-than-a-delta",
        "Older",
        "The version of the delta, complete to less.",
        &forward,
        &behind,
    );
    let after = behind.but(|snapshot| (snapshot.issued_at, snapshot.complete_to) = (NOW - 5, NOW - 5));
    let comment = "The snapshot of the version that a delta brought: its header is not known.";
    vectors.taken("REV-09", "snapshot-of-the-version-of-a-delta", comment, &forward, &after);
}

fn lines(vectors: &mut Vectors) {
    let usual = Snapshot::usual();
    let node = Reading::new().with_realms(vec![realm("main", "verifier", 2)]).after(&usual);
    let other_log = usual.but(|snapshot| snapshot.lineage = first(seeded("another lineage")));
    let other_signer = usual.but(|snapshot| snapshot.signer = signing_key("main", 1));
    for (name, other) in [("lineage", &other_log), ("signer", &other_signer)] {
        let low = other.but(|snapshot| snapshot.version = 259);
        let comment = "Versions are compared within a lineage and signer.";
        vectors.taken("REV-09", &format!("lower-version-of-other-{name}"), comment, &node, &low);
        let changed = other.but(|snapshot| snapshot.not_after += 1);
        let comment = "The same version of another line has another header, of course.";
        vectors.taken("REV-09", &format!("same-version-of-other-{name}"), comment, &node, &changed);
        let less = other.but(|snapshot| (snapshot.version, snapshot.complete_to) = (9_000, NOW - 21));
        let comment = "complete_to is compared across all lines.";
        let name = format!("complete-to-less-in-other-{name}");
        vectors.turned_away("REV-09", &name, "Older", comment, (&node, &less));
    }
    let back = node.after(&other_log);
    let comment = "The first line again, at the version it had.";
    vectors.taken("REV-09", "back-to-first-line", comment, &back, &usual);
    let before = usual.but(|snapshot| snapshot.version = 299);
    let comment = "The first line is remembered while another one is in force.";
    vectors.turned_away("REV-09", "rolled-back-in-first-line", "Older", comment, (&back, &before));
    let twin = usual.but(|snapshot| snapshot.not_after += 1);
    let comment = "The header of the first line is remembered while another one is in force.";
    vectors.turned_away("REV-09", "equivocation-in-first-line", "Equivocation", comment, (&back, &twin));
}

fn rings(vectors: &mut Vectors) {
    let demanding = Snapshot::usual().but(|snapshot| snapshot.min_ring_version = 7);
    let of = |version: u64| Reading::new().but(|node| node.ring_version = Some(version));
    for (name, version) in [("this", 7), ("a-later", 8)] {
        let comment = "The ring has the version that the snapshot demands.";
        vectors.taken("REV-14", &format!("{name}-ring"), comment, &of(version), &demanding);
    }
    vectors.taken("REV-14", "any-ring", "0 demands nothing.", &of(1), &Snapshot::usual());
    let mut bad = |name: &str, node: &Reading, snapshot: &Snapshot| {
        let comment = "The ring has a lower version than the snapshot demands.";
        vectors.turned_away("REV-14", name, "RingTooOld", comment, (node, snapshot));
    };
    bad("ring-1-too-old", &of(6), &demanding);
    bad("ring-far-too-old", &of(1), &demanding);
    let last = demanding.but(|snapshot| snapshot.min_ring_version = u64::MAX);
    bad("no-ring-has-this-version", &of((1 << 63) - 1), &last);
    let delta = Snapshot::delta(300).but(|delta| delta.min_ring_version = 7);
    bad("delta-demands-a-later-ring", &of(6).after(&Snapshot::usual()), &delta);
    let comment = "A delta brings what its version demands.";
    vectors.taken("REV-14", "delta-demands-this-ring", comment, &of(7).after(&Snapshot::usual()), &delta);
}
