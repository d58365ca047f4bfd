//! Tokens beside a snapshot: scopes and filters (REV-10), damaged pages (REV-06), long tokens (REV-12). `snapshot_nodes` has the nodes that are
//! special.

use super::Vectors;
use super::draft::Draft;
use super::keys::NOW;
use super::reading::Reading;
use super::ring_draft::filter_key;
use super::snapshot_draft::{Snapshot, stranger};

/// The answer "clear" beside the usual snapshot.
pub const CLEAR: (u64, bool, u32) = (NOW - 20, true, 1_800);

pub fn add(vectors: &mut Vectors) {
    scopes(vectors);
    filters(vectors);
    damage(vectors);
    times(vectors);
}

/// Snapshots that end the usual token of this kind: name, reason, change; the widest scope first.
pub fn endings(token: &Draft) -> [(&'static str, &'static str, Snapshot); 6] {
    let usual = Snapshot::usual();
    let session = usual.session(&token.session_id);
    let by_token = usual.token(&token.session_id, &token.token_id);
    let subject = usual.subject(&token.body.subject);
    let started = token.body.started_at();
    [
        ("everyone", "Revoked(everyone)", usual.but(|snapshot| snapshot.everyone_before = started + 1)),
        ("key", "Revoked(key)", usual.but(|snapshot| snapshot.key_rows.push(token.key.id()))),
        ("subject", "Revoked(subject)", usual.but(|snapshot| snapshot.subjects.push((subject, started + 1)))),
        ("session", "Revoked(session)", usual.but(|snapshot| snapshot.sessions.push(session))),
        ("rotation", "Superseded", usual.but(|snapshot| snapshot.retired.push((session, 3)))),
        ("token", "Revoked(token)", usual.but(|snapshot| snapshot.tokens.push(by_token))),
    ]
}

/// What either of two snapshots holds.
fn joined(one: &Snapshot, other: &Snapshot) -> Snapshot {
    one.but(|joined| {
        joined.everyone_before = joined.everyone_before.max(other.everyone_before);
        joined.key_rows = merged(&one.key_rows, &other.key_rows);
        joined.subjects = merged(&one.subjects, &other.subjects);
        joined.sessions = merged(&one.sessions, &other.sessions);
        joined.retired = merged(&one.retired, &other.retired);
        joined.tokens = merged(&one.tokens, &other.tokens);
    })
}

fn merged<T: Clone + Ord>(one: &[T], other: &[T]) -> Vec<T> {
    let mut all = [one, other].concat();
    all.sort_unstable();
    all.dedup();
    all
}

fn scopes(vectors: &mut Vectors) {
    let node = Reading::new();
    for letter in ['e', 's', 'n'] {
        let token = Draft::new(letter);
        for (name, reason, snapshot) in endings(&token) {
            let comment = "Revoked at this scope, and at no other.";
            let asked = (&node.after(&snapshot), &token);
            vectors.out("REV-10", &format!("{name}-kind-{letter}"), reason, comment, asked);
        }
        let comment = "Strangers at every scope.";
        let asked = (&node.after(&Snapshot::usual()), &token);
        vectors.clear("REV-10", &format!("strangers-kind-{letter}"), comment, asked, CLEAR);
    }
    let token = Draft::new('e');
    let comment = "Nobody is revoked.";
    vectors.clear("REV-10", "empty", comment, (&node.after(&Snapshot::empty()), &token), CLEAR);
    let endings = endings(&token);
    for pair in endings.windows(2) {
        let ([(wider, reason, one), (_, _, other)], comment) =
            (pair, "Two scopes: the first of REV-10 answers.")
        else {
            unreachable!("windows of two");
        };
        let both = node.after(&joined(one, other));
        vectors.out("REV-10", &format!("{wider}-and-the-next"), reason, comment, (&both, &token));
    }
    let all = endings.iter().skip(1).fold(endings[0].2.clone(), |all, (_, _, next)| joined(&all, next));
    let comment = "Out at every scope.";
    vectors.out("REV-10", "every-scope", "Revoked(everyone)", comment, (&node.after(&all), &token));

    let usual = Snapshot::usual();
    let session = usual.session(&token.session_id);
    let started = token.body.started_at();
    let mut good = |name: &str, comment: &str, change: &dyn Fn(&mut Snapshot)| {
        let snapshot = usual.but(|snapshot| change(snapshot));
        vectors.clear("REV-10", name, comment, (&node.after(&snapshot), &token), CLEAR);
    };
    good("everyone-before-started-at", "A cut-off ends what began before it.", &|snapshot| {
        snapshot.everyone_before = started;
    });
    good("subject-before-started-at", "A cut-off ends what began before it.", &|snapshot| {
        snapshot.subjects.push((snapshot.subject(&token.body.subject), started));
    });
    good("subject-upper-case", "Subjects are bytes.", &|snapshot| {
        snapshot.subjects.push((snapshot.subject(&token.body.subject.to_ascii_uppercase()), NOW));
    });
    good("own-rotation", "The least rotation that is not retired is that of the token.", &|snapshot| {
        snapshot.retired.push((session, 2));
    });
    good("rotation-0", "Nothing is below 0.", &|snapshot| snapshot.retired.push((session, 0)));
    good("token-id-as-session", "A token id is no session id.", &|snapshot| {
        snapshot.sessions.push(snapshot.session(&token.token_id));
    });
    good("other-token-of-session", "Another token of this session.", &|snapshot| {
        snapshot.tokens.push(snapshot.token(&token.session_id, &[7; 12]));
    });
    good("ids-swapped", "Session id and token id stand in order.", &|snapshot| {
        snapshot.tokens.push(snapshot.token(&token.token_id, &token.session_id));
    });
    good("session-under-other-filter-key", "Another realm's fingerprint of this session.", &|snapshot| {
        let other = Snapshot { filter_key: filter_key("other"), ..Snapshot::usual() };
        snapshot.sessions.push(other.session(&token.session_id));
    });
    good("session-as-subject-row", "The fingerprint of the session as a subject's.", &|snapshot| {
        snapshot.subjects.push((session, NOW));
    });
    good("subject-as-session-entry", "The fingerprint of the subject as a session's.", &|snapshot| {
        snapshot.sessions.push(snapshot.subject(&token.body.subject));
    });
    good("token-where-no-token-entries", "The token is in the filter, which says that it has no tokens.", &{
        |snapshot| {
            snapshot.sessions.push(snapshot.token(&token.session_id, &token.token_id));
            snapshot.tokens.clear();
        }
    });
    let first = Draft::new('e').but(|draft| draft.body.rotation = 0);
    let retired = usual.but(|snapshot| snapshot.retired.push((session, 1)));
    let comment = "The first token of a session is retired.";
    vectors.out("REV-10", "first-token-retired", "Superseded", comment, (&node.after(&retired), &first));
    let last = Draft::new('e').but(|draft| draft.body.rotation = u64::from(u32::MAX) - 1);
    let retired = usual.but(|snapshot| snapshot.retired.push((session, u32::MAX)));
    let comment = "The largest number of a row.";
    vectors.out("REV-10", "largest-rotation", "Superseded", comment, (&node.after(&retired), &last));
    let ahead = usual.but(|snapshot| snapshot.everyone_before = NOW + 1_000_000);
    let comment = "A cut-off ahead of now.";
    vectors.out(
        "REV-10",
        "everyone-before-the-future",
        "Revoked(everyone)",
        comment,
        (&node.after(&ahead), &token),
    );
    let [.., (_, _, by_session), _, _] = &endings;
    let next = by_session.but(|snapshot| snapshot.version = 301);
    let cleared = usual.but(|snapshot| snapshot.version = 302);
    let replaced = node.after(&usual).after(&next).after(&cleared);
    let comment = "A later snapshot without the session takes the place of the one with it.";
    vectors.clear("REV-10", "replaced", comment, (&replaced, &token), CLEAR);
    let replaced = node.after(&usual).after(&next);
    let comment = "A later snapshot with the session takes the place of the one without it.";
    vectors.out("REV-10", "replaced-by-one-with-it", "Revoked(session)", comment, (&replaced, &token));
}

fn filters(vectors: &mut Vectors) {
    let (node, token) = (Reading::new(), Draft::new('e'));
    let with = |change: &dyn Fn(&mut Snapshot)| Snapshot::usual().but(|snapshot| change(snapshot));
    for k in [8, 12, 24, 32] {
        let snapshot = with(&|snapshot| {
            snapshot.k = k;
            snapshot.sessions.push(snapshot.session(&token.session_id));
        });
        let comment = "The session is in a filter with so many probes.";
        let asked = (&node.after(&snapshot), &token);
        vectors.out("REV-10", &format!("session-k-{k}"), "Revoked(session)", comment, asked);
    }
    for (pages, bits) in [(2, 256), (3, 192), (5, 64)] {
        let size = Some((pages, bits));
        let snapshot = with(&|snapshot| {
            (snapshot.k, snapshot.size) = (8, size);
            snapshot.sessions.push(snapshot.session(&token.session_id));
        });
        let comment = "The session is in one of these pages.";
        let asked = (&node.after(&snapshot), &token);
        let name = format!("session-in-{pages}-pages-of-{bits}-bits");
        vectors.out("REV-10", &name, "Revoked(session)", comment, asked);
        let strangers = with(&|snapshot| (snapshot.k, snapshot.size) = (8, size));
        let comment = "Strangers in these pages.";
        let asked = (&node.after(&strangers), &token);
        vectors.clear("REV-10", &format!("{pages}-pages-of-{bits}-bits"), comment, asked, CLEAR);
    }
    // A stranger's entries cover the bits of this session by chance: with 8 probes in 64 bits that is soon found.
    let own = Snapshot::empty().session(&token.session_id);
    let page = |entries: &[u64]| {
        let sessions = entries.to_vec();
        Snapshot::empty()
            .but(|snapshot| (snapshot.k, snapshot.size, snapshot.sessions) = (8, Some((1, 64)), sessions))
    };
    let covers = |entries: &[u64]| {
        let (own, others) = (page(&[own]).pages(), page(entries).pages());
        own[0].iter().zip(&others[0]).all(|(own, others)| own & others == *own)
    };
    // Five entries are what the page has room for.
    let groups = (0..).map(|group| [0, 1, 2, 3, 4].map(|n| stranger(&format!("chance {group} {n}"))));
    let strangers = groups.into_iter().find(|group| covers(group)).expect("one of some hundred");
    let needed = (0..strangers.len()).find(|n| {
        let others: Vec<u64> = strangers.iter().copied().filter(|entry| *entry != strangers[*n]).collect();
        !covers(&others)
    });
    let needed = strangers[needed.expect("no four of them cover it")];
    let by_chance = page(&strangers);
    assert!(!strangers.contains(&own), "only strangers");
    let comment = "Other entries cover every bit of this session: a filter errs on this side.";
    vectors.out("REV-10", "false-positive", "Revoked(session)", comment, (&node.after(&by_chance), &token));
    let fewer: Vec<u64> = strangers.into_iter().filter(|entry| *entry != needed).collect();
    let fewer = page(&fewer);
    let comment = "The same entries but one: a bit is missing, and the session is not in the filter.";
    vectors.clear("REV-10", "no-false-positive", comment, (&node.after(&fewer), &token), CLEAR);
}

/// A page is not the signed one.
fn damage(vectors: &mut Vectors) {
    let token = Draft::new('e');
    let endings = endings(&token);
    let taken = |snapshot: &Snapshot, bytes: Vec<u8>| {
        Reading::new().but(|node| node.taken.push((snapshot.clone(), NOW, bytes)))
    };
    let usual = Snapshot::usual();
    let comment = "A page is looked at when it is needed; here it is not the signed one.";
    let mut bad = |name: &str, comment: &str, snapshot: &Snapshot, bytes: Vec<u8>| {
        vectors.out("REV-06", name, "SnapshotDamaged", comment, (&taken(snapshot, bytes), &token));
    };
    bad("bit-of-page", comment, &usual, usual.flipped(-1));
    let zeros = |snapshot: &Snapshot| {
        let mut bytes = snapshot.bytes();
        let size = snapshot.pages().concat().len();
        let start = bytes.len() - size;
        bytes[start..].fill(0);
        bytes
    };
    let by_session = &endings[3].2;
    let comment = "Wiped, so that the session would not be found: never \"not revoked\".";
    bad("page-wiped", comment, by_session, zeros(by_session));
    let by_rotation = &endings[4].2;
    let comment = "The filter is looked at before the retired rotations.";
    bad("page-before-superseded", comment, by_rotation, zeros(by_rotation));
    let several = by_session.but(|snapshot| (snapshot.k, snapshot.size) = (8, Some((4, 128))));
    let mut swapped = several.bytes();
    let start = swapped.len() - 64;
    swapped[start..].rotate_left(16);
    bad("pages-in-another-order", "Each page is good, and none in its place.", &several, swapped);
    for (name, reason, snapshot) in &endings[..3] {
        let comment = "This scope needs no page.";
        let asked = (&taken(snapshot, zeros(snapshot)), &token);
        vectors.out("REV-06", &format!("page-wiped-and-{name}"), reason, comment, asked);
    }
    // Session and token can fall into different pages.
    let page_of = |entry: u64| (((entry >> 32) * 4) >> 32) as usize;
    let (own, by_token) = (usual.session(&token.session_id), usual.token(&token.session_id, &token.token_id));
    assert_ne!(page_of(own), page_of(by_token), "they do in this realm");
    let four = usual.but(|snapshot| (snapshot.k, snapshot.size) = (8, Some((4, 128))));
    let wiped = |snapshot: &Snapshot, page: usize| {
        let mut bytes = snapshot.bytes();
        let start = bytes.len() - 64 + 16 * page;
        bytes[start] ^= 1;
        bytes
    };
    let unneeded = (0..4).find(|page| *page != page_of(own) && *page != page_of(by_token)).expect("4 pages");
    let asked = (&taken(&four, wiped(&four, unneeded)), &token);
    let comment = "A page that is not needed is not the signed one.";
    vectors.clear("REV-06", "damage-in-another-page", comment, asked, CLEAR);
    let asked = (&taken(&four, wiped(&four, page_of(by_token))), &token);
    let comment = "The page of the token, not that of the session.";
    vectors.out("REV-06", "page-of-token", "SnapshotDamaged", comment, asked);
    let without = four.but(|snapshot| snapshot.tokens.clear());
    let asked = (&taken(&without, wiped(&without, page_of(by_token))), &token);
    let comment = "The page of the token is not needed where there are no token entries.";
    vectors.clear("REV-06", "page-of-token-not-needed", comment, asked, CLEAR);
    let revoked = four.but(|snapshot| snapshot.sessions.push(own));
    let asked = (&taken(&revoked, wiped(&revoked, page_of(by_token))), &token);
    let comment = "The session is found before the page of the token is needed.";
    vectors.out("REV-06", "page-of-token-and-session", "Revoked(session)", comment, asked);
    let node = Reading::new();
    let read = (&node, usual.form, &usual.flipped(-1)[..]);
    vectors.taken_bytes("REV-06", "damaged-page-is-not-looked-at", "Opening looks at no page.", read, &usual);
}

fn times(vectors: &mut Vectors) {
    let (node, usual) = (Reading::new(), Snapshot::usual());
    let token = |life: u64| Draft::new('e').but(|draft| draft.body.token_life = life);
    let reckoning =
        |longest: u32| usual.but(|snapshot| (snapshot.token_life, snapshot.longest_token) = (600, longest));
    let mut good = |rule: &str, name: &str, comment: &str, asked: (&Snapshot, &Draft), mints: bool| {
        let clear = (asked.0.complete_to, mints, asked.0.token_life);
        vectors.clear(rule, name, comment, (&node.after(asked.0), asked.1), clear);
    };
    let comment = "It lives as long as the snapshot reckons with; a new one may not live so long.";
    good("REV-12", "longest-token", comment, (&reckoning(1_800), &token(1_800)), true);
    let comment = "It lives longer than may be minted now, and not longer than may be about.";
    good("REV-12", "above-token-life", comment, (&reckoning(900), &token(601)), true);
    let bound = |bound: u32| usual.but(|snapshot| snapshot.staleness_bound = bound);
    good("REV-10", "at-staleness-bound", "The last second of minting.", (&bound(20), &token(1_800)), true);
    good("REV-10", "after-staleness-bound", "A second after it.", (&bound(19), &token(1_800)), false);
    // Deadlines are judged at the effective time.
    let ahead = usual.but(|snapshot| {
        (snapshot.issued_at, snapshot.complete_to) = (NOW + 30, NOW + 30);
    });
    let ending = |left: u64| Draft::new('e').but(|draft| draft.body.token_life = 60 + left);
    let session_ending = |left: u64| {
        Draft::new('e').but(|draft| {
            draft.body.token_life = 60 + left;
            draft.body.session_life = 3_600 + left;
        })
    };
    let comment = "Complete to a second before the token's deadline, which is ahead of now.";
    good("REV-10", "complete-to-second-before-expires-at", comment, (&ahead, &ending(31)), true);
    let mut bad = |rule: &str, name: &str, reason: &str, comment: &str, asked: (&Snapshot, &Draft)| {
        vectors.out(rule, name, reason, comment, (&node.after(asked.0), asked.1));
    };
    let comment = "It lives a second longer than the snapshot reckons with.";
    bad("REV-12", "1-second-too-long", "CeilingExceeded", comment, (&reckoning(1_799), &token(1_800)));
    bad("REV-12", "far-too-long", "CeilingExceeded", comment, (&reckoning(600), &token(1_800)));
    let endings = endings(&token(1_800));
    for (name, reason, snapshot) in [&endings[3], &endings[5]] {
        let short = snapshot.but(|snapshot| (snapshot.token_life, snapshot.longest_token) = (600, 600));
        let comment = "It lives too long as well.";
        bad("REV-10", &format!("{name}-before-rev-12"), reason, comment, (&short, &token(1_800)));
    }

    let comment = "Complete to the token's deadline, which is ahead of now.";
    bad("REV-10", "complete-to-expires-at", "Idle", comment, (&ahead, &ending(30)));
    let comment = "Complete to the session's end, which is ahead of now.";
    bad("REV-10", "complete-to-ends-at", "Expired", comment, (&ahead, &session_ending(30)));
    let short = ahead.but(|snapshot| (snapshot.token_life, snapshot.longest_token) = (60, 60));
    let comment = "It lives too long, and the effective time is behind its deadline: REV-12 comes first.";
    bad("REV-12", "before-effective-time", "CeilingExceeded", comment, (&short, &ending(30)));
}
