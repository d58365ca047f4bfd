//! Ceilings, skew, deadlines, schema and the application's claims: TOK-33 to TOK-35 and TOK-39.

use super::Vectors;
use super::body::SUBJECT;
use super::draft::Draft;
use super::keys::NOW;

pub fn add(vectors: &mut Vectors) {
    ceilings(vectors);
    skew(vectors);
    deadlines(vectors);
    schema(vectors);
    app_claims(vectors);
}

fn ceilings(vectors: &mut Vectors) {
    let under = |letter, token: u64, session: u64| {
        Draft::new(letter).but(|draft| {
            (draft.settings.longest_token, draft.settings.longest_session) = (token, session);
        })
    };
    let mut good = |name: &str, comment: &str, draft: Draft| {
        vectors.accepted("TOK-33", name, comment, &draft);
    };
    good("both-at-ceiling", "Lives may equal their ceilings.", under('e', 1_800, 28_800));
    good("token-1-second-below", "One second below the ceiling.", under('e', 1_801, 28_800));
    good("session-1-second-below", "One second below the ceiling.", under('e', 1_800, 28_801));
    let mut bad = |name: &str, comment: &str, draft: Draft| {
        vectors.refused("TOK-33", name, "CeilingExceeded", comment, &draft);
    };
    for letter in ['e', 's', 'n'] {
        let comment = "expires_at − issued_at is one second above the ceiling.";
        bad(&format!("token-1-second-above-kind-{letter}"), comment, under(letter, 1_799, 28_800));
        let comment = "ends_at − started_at is one second above the ceiling.";
        bad(&format!("session-1-second-above-kind-{letter}"), comment, under(letter, 1_800, 28_799));
    }
    bad("both-above", "Both lives are above their ceilings.", under('e', 1_799, 28_799));
    let comment = "A century, minted by somebody who found the key.";
    bad(
        "session-of-a-century",
        comment,
        under('e', 1_800, 28_800).but(|draft| {
            draft.body.session_life = 100 * 365 * 86_400;
        }),
    );
    let comment = "The longest life of a token; less time than its ceiling is left of it.";
    bad(
        "token-almost-over",
        comment,
        under('e', 1_800, 28_800).but(|draft| {
            draft.body.token_life = 1_801;
            draft.settings.now = draft.body.expires_at() - 1;
        }),
    );
}

fn skew(vectors: &mut Vectors) {
    let ahead = |seconds: u64, skew: u64| {
        Draft::new('e').but(|draft| {
            draft.settings.skew = skew;
            draft.body.issued_at = NOW + seconds;
        })
    };
    let mut good = |name: &str, comment: &str, draft: Draft| {
        vectors.accepted("TOK-34", name, comment, &draft);
    };
    good("issued-at-now-without-skew", "The same second.", ahead(0, 0));
    good("issued-1-second-ahead", "The issuer's clock is a second ahead.", ahead(1, 30));
    good("issued-a-skew-ahead", "issued_at may be as far ahead as the skew.", ahead(30, 30));
    good("issued-the-largest-skew-ahead", "The largest skew there is.", ahead(120, 120));
    let mut bad = |name: &str, comment: &str, draft: Draft| {
        vectors.refused("TOK-34", name, "IssuedInFuture", comment, &draft);
    };
    bad("issued-1-second-ahead-without-skew", "No skew, no second.", ahead(1, 0));
    for letter in ['e', 's', 'n'] {
        let draft = Draft { key: super::draft::main_key(letter), ..ahead(31, 30) };
        let draft = draft.but(|draft| draft.settings.kinds = letter.to_string());
        bad(&format!("issued-31-seconds-ahead-kind-{letter}"), "One second more than the skew.", draft);
    }
    bad("issued-121-seconds-ahead", "One second more than the largest skew.", ahead(121, 120));
    bad("issued-an-hour-ahead", "A wrong time zone.", ahead(3_600, 30));
}

fn deadlines(vectors: &mut Vectors) {
    let (expires, ends) = (NOW + 1_740, NOW + 25_200);
    // One token that expires before its session, and one that expires with it.
    let idle = |now: u64, skew: u64| {
        Draft::new('e').but(|draft| (draft.settings.now, draft.settings.skew) = (now, skew))
    };
    let last = |now: u64, skew: u64| {
        idle(now, skew).but(|draft| {
            draft.body.issued_at = ends - 900;
            draft.body.age = 28_800 - 900;
            draft.body.token_life = 900;
        })
    };
    let mut good = |name: &str, comment: &str, draft: Draft| {
        vectors.accepted("TOK-35", name, comment, &draft);
    };
    good("second-before-expires-at", "The last second of the token.", idle(expires - 1, 0));
    good("second-before-ends-at", "The last second of the session.", last(ends - 1, 0));
    let mut bad = |name: &str, reason: &str, comment: &str, draft: Draft| {
        vectors.refused("TOK-35", name, reason, comment, &draft);
    };
    bad("at-expires-at", "Idle", "The idle deadline is exclusive.", idle(expires, 0));
    bad("second-after-expires-at", "Idle", "The idle deadline is past.", idle(expires + 1, 0));
    bad("skew-at-expires-at", "Idle", "Skew is never added to expires_at.", idle(expires, 120));
    bad("second-before-ends-at", "Idle", "The session could go on for a second.", idle(ends - 1, 0));
    let comment = "Both deadlines are past, an hour apart: the session's end is looked at first.";
    bad("idle-and-at-ends-at", "Expired", comment, idle(ends, 0));
    bad("idle-and-after-ends-at", "Expired", comment, idle(ends + 3_600, 0));
    bad("at-ends-at", "Expired", "The session's end is exclusive.", last(ends, 0));
    bad("second-after-ends-at", "Expired", "The session's end is past.", last(ends + 1, 0));
    bad("skew-at-ends-at", "Expired", "Skew is never added to ends_at.", last(ends, 120));
    for letter in ['s', 'n'] {
        let at = |now| Draft::new(letter).but(|draft| draft.settings.now = now);
        bad(&format!("at-expires-at-kind-{letter}"), "Idle", "The idle deadline is exclusive.", at(expires));
        bad(&format!("at-ends-at-kind-{letter}"), "Expired", "The session's end is exclusive.", at(ends));
    }
}

fn schema(vectors: &mut Vectors) {
    let numbered = |token: u64, expected: u32| {
        Draft::new('e').but(|draft| (draft.body.schema, draft.settings.schema) = (token, expected))
    };
    vectors.accepted("TOK-39", "schema-7", "A schema number of the application.", &numbered(7, 7));
    let mut bad = |name: &str, comment: &str, draft: Draft| {
        vectors.refused("TOK-39", name, "SchemaMismatch", comment, &draft);
    };
    bad("schema-1-where-0", "Claims of a later version.", numbered(1, 0));
    bad("schema-0-where-1", "Claims of an earlier version.", numbered(0, 1));
    bad("schema-256-where-0", "All of the number is compared.", numbered(256, 0));
    bad("schema-largest-where-0", "All of the number is compared.", numbered(u64::from(u32::MAX), 0));
}

fn app_claims(vectors: &mut Vectors) {
    let expecting = |app: &'static str, bytes: &[u8]| {
        Draft::new('e').but(|draft| {
            draft.settings.app = app;
            draft.body.app = bytes.to_vec();
        })
    };
    let mut good = |name: &str, comment: &str, draft: Draft| {
        vectors.accepted("TOK-39", name, comment, &draft);
    };
    let usual = Draft::new('e');
    good("text", "Claims of the application.", usual.with_app_text("cart 3"));
    good(
        "text-empty",
        "A text without characters is not nothing: its length is there.",
        usual.with_app_text(""),
    );
    good("text-not-ascii", "The length counts bytes.", usual.with_app_text("gr\u{fc}n \u{1f36a}"));
    good("text-128-bytes", "A length of two bytes.", usual.with_app_text(&"t".repeat(128)));
    let mut bad = |name: &str, comment: &str, draft: Draft| {
        vectors.refused("TOK-39", name, "BadAppClaims", comment, &draft);
    };
    bad("byte-where-nothing", "A byte is left over.", expecting("nothing", &[0]));
    bad("text-where-nothing", "A text is left over.", expecting("nothing", b"\x04cart"));
    bad(
        "subject-again-where-nothing",
        "Bytes of another claim are left over.",
        expecting("nothing", SUBJECT),
    );
    bad("nothing-where-text", "There is no length.", expecting("text", &[]));
    bad("text-byte-missing", "The last byte of the text is missing.", expecting("text", b"\x05cart"));
    bad("text-byte-left-over", "A byte is left over.", expecting("text", b"\x03cart"));
    bad("text-length-only", "The text is missing.", expecting("text", b"\x04"));
    bad("text-length-cut-off", "The length is cut off.", expecting("text", &[0x80]));
    bad("text-not-utf-8", "Text is UTF-8.", expecting("text", &[2, 0xC3, 0x28]));
    bad("text-lone-surrogate", "A surrogate is not UTF-8.", expecting("text", &[3, 0xED, 0xA0, 0x80]));
    let huge = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01];
    bad("text-length-largest", "2^64 − 1 bytes do not follow.", expecting("text", &huge));
}
