//! Who is out, and the time of the revocation data: TOK-37 and TOK-38.

use super::Vectors;
use super::body::SUBJECT;
use super::draft::{Draft, main_key, other_key};
use super::keys::NOW;
use super::primitives::hex;

/// When the session of the usual body began.
const STARTED: u64 = NOW - 3_600;

const EVERYONE: &str = "revoked-everyone-before";
const KEY: &str = "revoked-key";
const SUBJECT_BEFORE: &str = "revoked-subject";
const SESSION: &str = "revoked-session";
const TOKEN: &str = "revoked-token";
const COMPLETE: &str = "complete-to";

pub fn add(vectors: &mut Vectors) {
    scopes(vectors);
    misses(vectors);
    cut_offs(vectors);
    widest_first(vectors);
    effective_time(vectors);
}

fn subject_before(subject: &[u8], before: u64) -> String {
    format!("{} before {before}", hex(subject))
}

fn token_of(draft: &Draft) -> String {
    format!("{} {}", hex(&draft.session_id), hex(&draft.token_id))
}

/// Revokes the usual session at this scope.
pub fn out(draft: &Draft, scope: &str) -> Draft {
    match scope {
        "everyone" => draft.revoking(EVERYONE, STARTED + 1),
        "key" => draft.revoking(KEY, hex(&draft.key.id())),
        "subject" => draft.revoking(SUBJECT_BEFORE, subject_before(SUBJECT, STARTED + 1)),
        "session" => draft.revoking(SESSION, hex(&draft.session_id)),
        _ => draft.revoking(TOKEN, token_of(draft)),
    }
}

const SCOPES: [&str; 5] = ["everyone", "key", "subject", "session", "token"];

fn reason(scope: &str) -> String {
    format!("Revoked({scope})")
}

fn scopes(vectors: &mut Vectors) {
    for letter in ['e', 's', 'n'] {
        for scope in SCOPES {
            let comment = "The session is out at this scope and at no other.";
            let draft = out(&Draft::new(letter), scope);
            vectors.refused("TOK-37", &format!("{scope}-kind-{letter}"), &reason(scope), comment, &draft);
        }
    }
}

/// Entries that come close and concern somebody else.
fn misses(vectors: &mut Vectors) {
    let usual = Draft::new('e');
    let mut good = |name: &str, comment: &str, draft: Draft| {
        vectors.accepted("TOK-37", name, comment, &draft);
    };
    let soon = NOW + 60;
    let with_subject = |subject: &[u8]| usual.revoking(SUBJECT_BEFORE, subject_before(subject, soon));
    good("other-subject", "Somebody else is out.", with_subject(b"usr_0000000000000000"));
    good("shorter-subject", "A subject is not its beginning.", with_subject(&SUBJECT[..19]));
    good("longer-subject", "A subject is not its beginning.", with_subject(&[SUBJECT, b"0"].concat()));
    good("upper-case-subject", "Subjects are bytes.", with_subject(&SUBJECT.to_ascii_uppercase()));
    let mut other = usual.session_id;
    other[11] ^= 1;
    good("other-session", "One bit of the session id differs.", usual.revoking(SESSION, hex(&other)));
    let comment = "The token id is not looked for among sessions.";
    good("token-id-as-session", comment, usual.revoking(SESSION, hex(&usual.token_id)));
    let (session, token) = (hex(&usual.session_id), hex(&usual.token_id));
    let foreign = format!("{} {token}", hex(&other));
    good("token-of-other-session", "This token id with another session id.", usual.revoking(TOKEN, foreign));
    let sibling = format!("{session} {}", hex(&other));
    good("other-token-of-session", "Another token of this session.", usual.revoking(TOKEN, sibling));
    let swapped = format!("{token} {session}");
    good("token-ids-swapped", "Session id and token id change places.", usual.revoking(TOKEN, swapped));
    let others = [other_key('e').id(), main_key('s').id()];
    let keys = others.iter().fold(usual.clone(), |draft, id| draft.revoking(KEY, hex(id)));
    good("other-keys", "Other keys are out, one of them of this ring.", keys);
}

fn cut_offs(vectors: &mut Vectors) {
    let usual = Draft::new('e');
    let subject = |before| usual.revoking(SUBJECT_BEFORE, subject_before(SUBJECT, before));
    let everyone = |before: u64| usual.revoking(EVERYONE, before);
    let mut good = |name: &str, comment: &str, draft: Draft| {
        vectors.accepted("TOK-37", name, comment, &draft);
    };
    let comment = "A cut-off ends what began before it, not what began at it.";
    good("everyone-before-started-at", comment, everyone(STARTED));
    good("subject-before-started-at", comment, subject(STARTED));
    good("everyone-before-0", "Nothing began before the first time there is.", everyone(0));
    let ahead = |before: u64| everyone(before).but(|draft| (draft.body.age, draft.body.lead) = (-60, 60));
    let comment = "A login right after a cut-off that lies ahead begins at the cut-off.";
    good("everyone-before-a-start-ahead", comment, ahead(NOW));
    let mut bad = |name: &str, scope: &str, comment: &str, draft: Draft| {
        vectors.refused("TOK-37", name, &reason(scope), comment, &draft);
    };
    let comment = "The session began a second before the cut-off ahead.";
    bad("everyone-before-a-second-after-start-ahead", "everyone", comment, ahead(NOW + 1));
    let comment = "started_at counts: a token issued after the cut-off continues an old session.";
    bad("everyone-before-issued-at", "everyone", comment, everyone(NOW - 61));
    bad("subject-before-issued-at", "subject", comment, subject(NOW - 61));
    let comment = "A cut-off of the future ends sessions of the present.";
    bad("everyone-before-the-future", "everyone", comment, everyone(NOW + 86_400));
    let two = subject(STARTED - 100).revoking(SUBJECT_BEFORE, subject_before(SUBJECT, STARTED + 1));
    bad("subject-twice-later-last", "subject", "Of two cut-offs the later counts.", two);
    let two = subject(STARTED + 1).revoking(SUBJECT_BEFORE, subject_before(SUBJECT, STARTED - 100));
    bad("subject-twice-later-first", "subject", "Of two cut-offs the later counts.", two);
    let second = usual
        .revoking(SUBJECT_BEFORE, subject_before(b"somebody else", NOW))
        .revoking(SUBJECT_BEFORE, subject_before(SUBJECT, NOW));
    bad("subject-second-of-list", "subject", "All of the list is searched.", second);
    let mut other = usual.session_id;
    other[0] ^= 1;
    let second = usual.revoking(SESSION, hex(&other)).revoking(SESSION, hex(&usual.session_id));
    bad("session-second-of-list", "session", "All of the list is searched.", second);
    let second = usual.revoking(KEY, hex(&other_key('e').id())).revoking(KEY, hex(&usual.key.id()));
    bad("key-second-of-list", "key", "All of the list is searched.", second);
}

fn widest_first(vectors: &mut Vectors) {
    let usual = Draft::new('e');
    for (position, wide) in SCOPES.iter().enumerate() {
        for narrow in &SCOPES[position + 1..] {
            let draft = out(&out(&usual, narrow), wide);
            let comment = "Out at two scopes: the wider one is named.";
            vectors.refused("TOK-37", &format!("{wide}-and-{narrow}"), &reason(wide), comment, &draft);
        }
    }
    let all = SCOPES.iter().rev().fold(usual, |draft, scope| out(&draft, scope));
    let comment = "Out at every scope: the widest is named.";
    vectors.refused("TOK-37", "every-scope", &reason("everyone"), comment, &all);
}

fn effective_time(vectors: &mut Vectors) {
    let (expires, ends) = (NOW + 1_740, NOW + 25_200);
    let complete = |to: u64| Draft::new('e').revoking(COMPLETE, to);
    let mut good = |name: &str, comment: &str, draft: Draft| {
        vectors.accepted("TOK-38", name, comment, &draft);
    };
    good("complete-to-now", "The data is as old as the clock.", complete(NOW));
    good("complete-to-an-hour-ago", "Old data moves no clock back.", complete(NOW - 3_600));
    good("complete-to-0", "Data that is complete to no time.", complete(0));
    let comment = "The clock is behind the data, and the token is good at both times.";
    good("complete-to-second-before-expires-at", comment, complete(expires - 1));
    let comment = "issued_at is not compared with the time of the data.";
    good("complete-to-before-issued-at", comment, complete(NOW - 61));
    let mut bad = |name: &str, reason: &str, comment: &str, draft: Draft| {
        vectors.refused("TOK-38", name, reason, comment, &draft);
    };
    let comment = "The data knows that the token is over, whatever the clock says.";
    bad("complete-to-expires-at", "Idle", comment, complete(expires));
    bad("complete-to-second-before-ends-at", "Idle", comment, complete(ends - 1));
    bad("complete-to-ends-at", "Expired", comment, complete(ends));
    bad("complete-to-a-day-ahead", "Expired", comment, complete(NOW + 86_400));
    let comment = "What is out is out before the time of the data is looked at.";
    for scope in SCOPES {
        let name = format!("revoked-{scope}-and-complete-to-ends-at");
        bad(&name, &reason(scope), comment, out(&complete(ends), scope));
    }
    for letter in ['s', 'n'] {
        let comment = "The data knows that the token is over, whatever the clock says.";
        let draft = Draft::new(letter).revoking(COMPLETE, expires);
        bad(&format!("complete-to-expires-at-kind-{letter}"), "Idle", comment, draft);
    }
}
