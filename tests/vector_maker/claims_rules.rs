//! What the claims must say: TOK-12 to TOK-17, at every border.

use super::Vectors;
use super::body::{Body, Field, Raised};
use super::draft::Draft;
use super::keys::{DAY, LAST_TIME, NOW};
use super::primitives::{varint, zigzag};

pub fn add(vectors: &mut Vectors) {
    subjects(vectors);
    first_times(vectors);
    last_times(vectors);
    overflows(vectors);
    starts(vectors);
    lives(vectors);
    authentications(vectors);
    elevations(vectors);
}

/// A body of kind `e` with a change, where ceilings refuse nothing.
fn with(change: impl FnOnce(&mut Body)) -> Draft {
    Draft::new('e').but(|draft| {
        change(&mut draft.body);
        let largest = u64::from(u32::MAX);
        (draft.settings.longest_token, draft.settings.longest_session) = (largest, largest);
    })
}

fn with_spelled(field: Field, bytes: Vec<u8>) -> Draft {
    with(|body| body.spelled.push((field, bytes)))
}

fn subjects(vectors: &mut Vectors) {
    let subject = |bytes: &[u8]| with(|body| body.subject = bytes.to_vec());
    let mut good = |name: &str, comment: &str, bytes: &[u8]| {
        vectors.accepted("TOK-12", name, comment, &subject(bytes));
    };
    good("subject-1-byte", "The shortest subject.", b"u");
    good("subject-127-bytes", "The longest subject below 128.", &[b'u'; 127]);
    good("subject-128-bytes", "The longest subject; its length takes two bytes.", &[b'u'; 128]);
    good("subject-of-zeros", "Any bytes are a subject.", &[0; 16]);
    good("subject-not-utf-8", "A subject need not be text.", &[0xFF, 0xFE, 0x80]);
    let mut bad = |name: &str, comment: &str, bytes: &[u8]| {
        vectors.refused("TOK-12", name, "BadClaims", comment, &subject(bytes));
    };
    bad("subject-empty", "Nobody is not a subject.", &[]);
    bad("subject-129-bytes", "One byte more than the longest.", &[b'u'; 129]);
    bad("subject-255-bytes", "Still a length of two bytes.", &[b'u'; 255]);
    bad("subject-256-bytes", "A length of which the lowest byte is 0.", &[b'u'; 256]);
    bad("subject-257-bytes", "A length of which the lowest byte is 1.", &[b'u'; 257]);
}

/// TOK-13 at the beginning of time.
fn first_times(vectors: &mut Vectors) {
    let issued = NOW - 60;
    let at_zero = with(|body| body.age = issued as i64).but(|draft| {
        draft.body.lead = 0;
        draft.body.session_life = NOW + 3_600;
    });
    let comment = "started_at is the first time there is.";
    vectors.accepted("TOK-13", "started-at-0", comment, &at_zero);
    let lead = |draft: &mut Draft| draft.body.lead = (draft.body.started_at()) as i64;
    let comment = "authenticated_at is the first time there is.";
    vectors.accepted("TOK-13", "authenticated-at-0", comment, &with(|_| {}).but(lead));
    let elapsed = |elapsed| {
        with(|body| body.elevation = Some(Raised { level: 2, lasting: 300, elapsed })).but(|draft| {
            draft.body.issued_at = NOW - 60;
        })
    };
    let comment = "The elevation's authenticated_at is the first time there is.";
    vectors.accepted("TOK-13", "elevation-authenticated-at-0", comment, &elapsed(issued));
    let epoch = with(|body| (body.issued_at, body.age, body.lead) = (0, 0, 0)).but(|draft| {
        draft.settings.now = 0;
    });
    let comment = "Everything happens at the first time there is.";
    vectors.accepted("TOK-13", "everything-at-0", comment, &epoch.in_window(0, DAY, DAY));
    let mut bad = |name: &str, comment: &str, draft: &Draft| {
        vectors.refused("TOK-13", name, "BadClaims", comment, draft);
    };
    let comment = "One second before the first time there is.";
    bad("started-at-minus-1", comment, &at_zero.but(|draft| draft.body.age += 1));
    let before = |draft: &mut Draft| draft.body.lead += 1;
    bad("authenticated-at-minus-1", comment, &with(|_| {}).but(lead).but(before));
    bad("elevation-authenticated-at-minus-1", comment, &elapsed(issued + 1));
    let comment = "2^32 − 1 seconds before now is before the first time there is.";
    bad("elevation-elapsed-largest", comment, &elapsed(u64::from(u32::MAX)));
}

/// TOK-13 at the end of time.
fn last_times(vectors: &mut Vectors) {
    let late = |issued_at: u64, token_life: u64, session_life: u64| {
        with(|body| {
            (body.issued_at, body.age, body.lead) = (issued_at, 0, 0);
            (body.token_life, body.session_life) = (token_life, session_life);
        })
        .but(|draft| draft.settings.now = issued_at)
        .in_window(LAST_TIME - DAY as u64, DAY, 0)
    };
    let comment = "expires_at and ends_at are the last time there is.";
    vectors.accepted("TOK-13", "ends-at-last-time", comment, &late(LAST_TIME - 100, 100, 100));
    let comment = "The last token there can be: it is issued one second before the last time.";
    vectors.accepted("TOK-13", "last-token", comment, &late(LAST_TIME - 1, 1, 1));
    let raised = late(LAST_TIME - 100, 100, 100).but(|draft| {
        draft.body.elevation = Some(Raised { level: 1, lasting: 100, elapsed: 0 });
    });
    vectors.accepted("TOK-13", "until-last-time", "until is the last time there is.", &raised);
    let mut bad = |name: &str, comment: &str, draft: &Draft| {
        vectors.refused("TOK-13", name, "BadClaims", comment, draft);
    };
    let comment = "One second after the last time there is.";
    bad("ends-at-after-last-time", comment, &late(LAST_TIME - 100, 100, 101));
    bad("expires-at-and-ends-at-after-last-time", comment, &late(LAST_TIME - 100, 101, 101));
    let issued = |at: u64| late(at, 1, 1).but(|draft| draft.settings.now = LAST_TIME - 1);
    bad("issued-at-last-time", "A token of the last time would expire after it.", &issued(LAST_TIME));
    let after = issued(LAST_TIME + 1).but(|draft| draft.body.age = 100);
    bad("issued-at-after-last-time", comment, &after);
    let milliseconds = with(|body| body.issued_at *= 1_000).but(|draft| draft.body.age = 0);
    bad("issued-at-in-milliseconds", "Milliseconds lie far after the last time.", &milliseconds);
}

/// TOK-13 where sums leave 64 bits: nothing wraps.
fn overflows(vectors: &mut Vectors) {
    let mut bad = |name: &str, comment: &str, draft: &Draft| {
        vectors.refused("TOK-13", name, "BadClaims", comment, draft);
    };
    let comment = "The largest u64, from which sums wrap around.";
    bad("issued-at-largest", comment, &with_spelled(Field::IssuedAt, varint(u64::MAX)));
    let comment = "2^63, which is negative in an i64.";
    bad("issued-at-2-to-63", comment, &with_spelled(Field::IssuedAt, varint(1 << 63)));
    for (name, value) in [("largest", i64::MAX), ("smallest", i64::MIN)] {
        let comment = "The border of i64, from which differences wrap around.";
        bad(&format!("age-{name}"), comment, &with_spelled(Field::Age, zigzag(value)));
        bad(&format!("lead-{name}"), comment, &with_spelled(Field::Lead, zigzag(value)));
    }
    let both = with(|body| {
        body.spelled.push((Field::IssuedAt, varint(u64::MAX)));
        body.spelled.push((Field::Age, zigzag(-(NOW as i64))));
    });
    let comment = "issued_at − age would wrap around to a time near now.";
    bad("started-at-wraps", comment, &both);
}

fn starts(vectors: &mut Vectors) {
    let ahead = |seconds: i64| {
        with(|body| {
            (body.age, body.lead) = (-seconds, seconds);
            body.session_life = 28_800;
        })
    };
    let comment = "A session that begins at a cut-off a little ahead of the clock.";
    vectors.accepted("TOK-14", "started-1-second-after-issued", comment, &ahead(1));
    let comment = "Twice the largest skew plus one second.";
    vectors.accepted("TOK-14", "started-241-seconds-after-issued", comment, &ahead(241));
    let mut bad = |name: &str, comment: &str, draft: &Draft| {
        vectors.refused("TOK-14", name, "BadClaims", comment, draft);
    };
    bad("started-242-seconds-after-issued", "One second more than a cut-off can explain.", &ahead(242));
    bad(
        "started-an-hour-after-issued",
        "A start that no cut-off reaches.",
        &ahead(3_600).but(|draft| {
            draft.body.token_life = 7_200;
        }),
    );
}

fn lives(vectors: &mut Vectors) {
    let life = |token: u64, session: u64| {
        with(|body| (body.token_life, body.session_life) = (token, session))
            .but(|draft| draft.settings.now = draft.body.issued_at)
    };
    // The usual session is 3,540 seconds old when its token is issued.
    let comment = "expires_at may equal ends_at.";
    vectors.accepted("TOK-15", "expires-at-ends-at", comment, &life(1_800, 5_340));
    vectors.accepted("TOK-15", "token-life-1", "The shortest life.", &life(1, 28_800));
    let comment = "The last token of a session, for one second.";
    vectors.accepted("TOK-15", "both-lives-end-after-1-second", comment, &life(1, 3_541));
    let mut bad = |name: &str, comment: &str, draft: &Draft| {
        vectors.refused("TOK-15", name, "BadClaims", comment, draft);
    };
    bad("token-life-0", "expires_at equals issued_at: the token was never good.", &life(0, 28_800));
    bad("expires-1-second-after-ends-at", "A token does not outlive its session.", &life(1_800, 5_339));
    let comment = "The session had ended when the token was issued.";
    bad("ended-when-issued", comment, &life(1, 3_540));
    let unborn = life(50, 0).but(|draft| (draft.body.age, draft.body.lead) = (-100, 100));
    bad("session-life-0", "ends_at equals started_at, a little ahead; all else is right.", &unborn);
}

fn authentications(vectors: &mut Vectors) {
    // lead = started_at − authenticated_at, and issued_at is 3,540 seconds after started_at.
    let lead = |seconds: i64| with(|body| body.lead = seconds);
    let mut good = |name: &str, comment: &str, seconds: i64| {
        vectors.accepted("TOK-16", name, comment, &lead(seconds));
    };
    good("authenticated-at-issued-at", "The latest authentication there can be.", -3_540);
    good("authenticated-at-started-at", "The usual case.", 0);
    good("authenticated-a-day-before", "A login elsewhere, a day before.", 86_400);
    let mut bad = |name: &str, comment: &str, draft: &Draft| {
        vectors.refused("TOK-16", name, "BadClaims", comment, draft);
    };
    bad(
        "authenticated-1-second-after-issued",
        "Nobody authenticates after the token was made.",
        &lead(-3_541),
    );
    let comment = "authenticated_at is later than issued_at because started_at is.";
    let ahead = with(|body| (body.age, body.lead) = (-100, 0));
    bad("authenticated-at-a-start-ahead", comment, &ahead);
}

fn elevations(vectors: &mut Vectors) {
    let raised = |base: u8, level: u8, lasting: u64, elapsed: u64| {
        with(|body| {
            body.level = base;
            body.elevation = Some(Raised { level, lasting, elapsed });
        })
    };
    // The usual session ends 25,260 seconds after its token is issued.
    let mut good = |name: &str, comment: &str, draft: &Draft| {
        vectors.accepted("TOK-17", name, comment, draft);
    };
    good("elevation-to-base-level", "The same level, authenticated again.", &raised(2, 2, 300, 0));
    good("elevation-from-0-to-3", "The largest step.", &raised(0, 3, 300, 0));
    good("elevation-level-0", "From nothing to nothing is allowed.", &raised(0, 0, 300, 0));
    good("elevation-until-ends-at", "until may equal ends_at.", &raised(1, 2, 25_260, 0));
    good("elevation-until-after-expires-at", "until may be after expires_at.", &raised(1, 2, 1_801, 0));
    good("elevation-over", "An elevation that is over does not end the session.", &raised(1, 2, 60, 0));
    good("elevation-for-1-second", "The shortest elevation, over already.", &raised(1, 2, 1, 0));
    let comment = "The elevation's authentication may be older than the session.";
    good("elevation-authenticated-before-start", comment, &raised(1, 2, 300, 7_200));
    let mut bad = |name: &str, comment: &str, draft: &Draft| {
        vectors.refused("TOK-17", name, "BadClaims", comment, draft);
    };
    bad("elevation-below-base", "An elevation does not lower the level.", &raised(2, 1, 300, 0));
    bad("elevation-to-0-below-1", "An elevation does not lower the level.", &raised(1, 0, 300, 0));
    bad("elevation-lasting-0", "until equals issued_at: it never lasted.", &raised(1, 2, 0, 0));
    bad("elevation-until-after-ends-at", "One second longer than the session.", &raised(1, 2, 25_261, 0));
}
