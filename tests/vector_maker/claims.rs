//! How the body is spelled: TOK-10 and TOK-11, and every shape of a body that is accepted.

use super::Vectors;
use super::body::{Field, Raised};
use super::draft::Draft;
use super::keys::NOW;
use super::primitives::{hex, over_long, seeded, varint};

pub fn add(vectors: &mut Vectors) {
    example(vectors);
    shapes(vectors);
    over_long_fields(vectors);
    ranges(vectors);
    choices(vectors);
    cut_off(vectors);
}

/// A session that was raised to level 2 ten minutes ago, for a quarter of an hour.
pub fn raised(letter: char) -> Draft {
    Draft::new(letter).but(|draft| {
        draft.body.elevation = Some(Raised { level: 2, lasting: 300, elapsed: 600 });
    })
}

pub fn bound(letter: char) -> Draft {
    let thumbprint = seeded("thumbprint");
    Draft::new(letter).but(|draft| {
        draft.body.bound_to = Some(thumbprint);
        draft.settings.proven = Some(thumbprint);
    })
}

pub fn raised_and_bound(letter: char) -> Draft {
    bound(letter).but(|draft| draft.body.elevation = raised(letter).body.elevation)
}

/// The example of section 4.2.
fn example(vectors: &mut Vectors) {
    let body = "00147573725f3866313465343566636565613136376180a4a7da0600880e80e10100010000";
    for letter in ['e', 's', 'n'] {
        let draft = Draft::new(letter).but(|draft| {
            draft.body.issued_at = NOW;
            (draft.body.age, draft.body.rotation, draft.body.lead) = (0, 0, 0);
        });
        assert_eq!(hex(&draft.body.bytes()), body);
        let comment = "The example of section 4.2.";
        vectors.accepted("TOK-10", &format!("example-kind-{letter}"), comment, &draft);
    }
}

fn shapes(vectors: &mut Vectors) {
    let mut good = |name: &str, comment: &str, draft: &Draft| {
        vectors.accepted("TOK-11", name, comment, draft);
    };
    for letter in ['e', 's', 'n'] {
        good(&format!("elevation-kind-{letter}"), "Extras 1: an elevation.", &raised(letter));
        good(&format!("binding-kind-{letter}"), "Extras 2: a binding.", &bound(letter));
        let both = raised_and_bound(letter);
        good(&format!("elevation-and-binding-kind-{letter}"), "Extras 3: elevation, then binding.", &both);
        let full = both.with_app_text("{\"cart\": 3}");
        good(&format!("everything-kind-{letter}"), "Extras 3 and claims of the application.", &full);
    }
    for level in 0..=3 {
        let draft = Draft::new('e').but(|draft| draft.body.level = level);
        good(&format!("level-{level}"), "Each of the four levels.", &draft);
    }
    let mut number = |name: &str, comment: &str, change: fn(&mut Draft)| {
        good(name, comment, &Draft::new('e').but(change));
    };
    let largest = u64::from(u32::MAX);
    let comment = "The largest u32: five bytes.";
    number("rotation-largest", comment, |draft| draft.body.rotation = u64::from(u32::MAX));
    number("schema-largest", comment, |draft| {
        (draft.body.schema, draft.settings.schema) = (u64::from(u32::MAX), u32::MAX);
    });
    number("rotation-0", "The first token of a session id.", |draft| draft.body.rotation = 0);
    number("rotation-127", "The largest number of one byte.", |draft| draft.body.rotation = 127);
    number("rotation-128", "The smallest number of two bytes.", |draft| draft.body.rotation = 128);
    let century = Draft::new('e').but(|draft| {
        (draft.body.token_life, draft.body.session_life) = (largest - 3_540, largest);
        (draft.settings.longest_token, draft.settings.longest_session) = (largest, largest);
    });
    good("lives-largest", "The longest lives there are, where ceilings allow them.", &century);
}

/// TOK-10: every number that is a varint, in one byte more than it needs.
fn over_long_fields(vectors: &mut Vectors) {
    let fields = [
        Field::Schema,
        Field::SubjectLength,
        Field::IssuedAt,
        Field::Age,
        Field::TokenLife,
        Field::SessionLife,
        Field::Rotation,
        Field::Lead,
        Field::Extras,
        Field::Lasting,
        Field::Elapsed,
    ];
    for field in fields {
        let good = raised_and_bound('e');
        let spelled = over_long(good.body.spelling(field));
        let draft = good.but(|draft| draft.body.spelled.push((field, spelled)));
        let comment = "A number in one byte more than it needs says the same and is refused.";
        vectors.refused("TOK-10", &format!("over-long-{}", name_of(field)), "BadClaims", comment, &draft);
    }
    for letter in ['s', 'n'] {
        let draft = Draft::new(letter).but(|draft| draft.body.spelled.push((Field::Schema, vec![0x80, 0])));
        let comment = "Zero in two bytes, the example of section 4.1.";
        vectors.refused("TOK-10", &format!("over-long-zero-kind-{letter}"), "BadClaims", comment, &draft);
    }
    let mut add = |name: &str, comment: &str, field: Field, spelled: &[u8]| {
        let draft = Draft::new('e').but(|draft| draft.body.spelled.push((field, spelled.to_vec())));
        vectors.refused("TOK-10", name, "BadClaims", comment, &draft);
    };
    let comment = "Zero in as many bytes as a u32 can have.";
    add("over-long-zero-in-five-bytes", comment, Field::Rotation, &[0x80, 0x80, 0x80, 0x80, 0]);
    let comment = "Zero in as many bytes as an i64 can have.";
    add(
        "over-long-zero-in-ten-bytes",
        comment,
        Field::Lead,
        &[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0],
    );
}

fn name_of(field: Field) -> &'static str {
    match field {
        Field::Schema => "schema",
        Field::SubjectLength => "subject-length",
        Field::IssuedAt => "issued-at",
        Field::Age => "age",
        Field::TokenLife => "token-life",
        Field::SessionLife => "session-life",
        Field::Rotation => "rotation",
        Field::Level => "level",
        Field::Lead => "lead",
        Field::Extras => "extras",
        Field::ElevationLevel => "elevation-level",
        Field::Lasting => "lasting",
        Field::Elapsed => "elapsed",
    }
}

/// TOK-11: numbers above their types.
fn ranges(vectors: &mut Vectors) {
    let mut add = |field: Field, name: &str, comment: &str, spelled: &[u8]| {
        let good = raised_and_bound('e').but(|draft| {
            let largest = u64::from(u32::MAX);
            (draft.settings.longest_token, draft.settings.longest_session) = (largest, largest);
        });
        let draft = good.but(|draft| draft.body.spelled.push((field, spelled.to_vec())));
        let name = format!("{name}-{}", name_of(field));
        vectors.refused("TOK-11", &name, "BadClaims", comment, &draft);
    };
    let u32_fields = [
        Field::Schema,
        Field::TokenLife,
        Field::SessionLife,
        Field::Rotation,
        Field::Lasting,
        Field::Elapsed,
    ];
    for field in u32_fields {
        let value = match field {
            Field::TokenLife => 1_800,
            Field::SessionLife => 28_800,
            Field::Lasting => 300,
            Field::Elapsed => 600,
            _ => 0,
        };
        let comment = "2^32 more than a good value: a reader that keeps 32 bits would read the good value.";
        add(field, "above-u32", comment, &varint((1 << 32) + value));
    }
    let comment = "All bits of the fifth byte are set: more than 32 in all.";
    add(Field::Rotation, "fifth-byte-full", comment, &[0xFF, 0xFF, 0xFF, 0xFF, 0x7F]);
    let comment = "A u32 has no sixth byte.";
    add(Field::Rotation, "six-bytes", comment, &[0x82, 0x80, 0x80, 0x80, 0x80, 0]);
    let eleven = |field| {
        let mut spelled = raised_and_bound('e').body.spelling(field);
        while spelled.len() < 11 {
            spelled = over_long(spelled);
        }
        spelled
    };
    let comment = "Eleven bytes: more than a 64-bit number can have.";
    for field in [Field::IssuedAt, Field::Age, Field::Lead] {
        add(field, "eleven-bytes", comment, &eleven(field));
    }
    add(Field::SubjectLength, "eleven-bytes", comment, &eleven(Field::SubjectLength));
    let comment = "2^64 more than a good value: a reader that keeps 64 bits would read the good value.";
    for field in [Field::IssuedAt, Field::Age, Field::Lead] {
        let mut spelled = raised_and_bound('e').body.spelling(field);
        while spelled.len() < 10 {
            spelled = over_long(spelled);
        }
        spelled[9] |= 2;
        add(field, "above-64-bits", comment, &spelled);
    }
    let comment = "No end: the high bit is set in every byte.";
    add(Field::IssuedAt, "without-end", comment, &[0xFF; 12]);
    let comment = "2^32 more than the length of the subject.";
    add(Field::SubjectLength, "plus-2-to-32", comment, &varint((1 << 32) + 20));
}

fn choices(vectors: &mut Vectors) {
    let mut add = |name: &str, comment: &str, draft: Draft| {
        vectors.refused("TOK-11", name, "BadClaims", comment, &draft);
    };
    for choice in [4, 5, 127, 128, u64::from(u32::MAX)] {
        let draft = Draft::new('e').but(|draft| draft.body.spelled.push((Field::Extras, varint(choice))));
        add(&format!("extras-{choice}"), "There are four choices, 0 to 3.", draft);
    }
    let comment = "2^32 more than a good choice.";
    let spelled = varint(1 << 32);
    let draft = Draft::new('e').but(|draft| draft.body.spelled.push((Field::Extras, spelled)));
    add("extras-above-u32", comment, draft);
    for level in [4, 128, 255] {
        let draft = Draft::new('e').but(|draft| draft.body.level = level);
        add(&format!("level-{level}"), "There are four levels, 0 to 3.", draft);
        let draft = raised('e').but(|draft| {
            draft.body.elevation = Some(Raised { level, lasting: 300, elapsed: 600 });
        });
        add(&format!("elevation-level-{level}"), "There are four levels, 0 to 3.", draft);
    }
    let draft = Draft::new('e').but(|draft| draft.body.level = 4);
    let draft = draft.with_app_text("level 4 is not read as something else");
    add("level-4-and-app-text", "There are four levels, 0 to 3.", draft);
}

/// TOK-11: bodies that end too early, at every border of a field.
fn cut_off(vectors: &mut Vectors) {
    let good = raised_and_bound('e');
    let mut length = 0;
    for (field, spelled) in good.body.fields() {
        if length > 0 {
            let cut = good.but(|draft| draft.raw_body = Some(good.body.bytes()[..length].to_vec()));
            let comment = "The body ends in front of this field.";
            vectors.refused("TOK-11", &format!("ends-before-{}", name_of(field)), "BadClaims", comment, &cut);
        }
        length += spelled.len();
        if field == Field::SubjectLength {
            let mut inside = |name: &str, comment: &str, length: usize| {
                let cut = good.but(|draft| draft.raw_body = Some(good.body.bytes()[..length].to_vec()));
                vectors.refused("TOK-11", name, "BadClaims", comment, &cut);
            };
            inside("ends-before-subject", "The body ends in front of the subject.", length);
            length += good.body.subject.len();
            inside("ends-inside-subject", "The last byte of the subject is missing.", length - 1);
            inside("ends-inside-issued-at", "A varint is cut off.", length + 2);
        }
    }
    let mut end = |name: &str, comment: &str, length: usize| {
        let cut = good.but(|draft| draft.raw_body = Some(good.body.bytes()[..length].to_vec()));
        vectors.refused("TOK-11", name, "BadClaims", comment, &cut);
    };
    end("ends-before-binding", "The body ends in front of the thumbprint.", length);
    end("ends-inside-binding", "The last byte of the thumbprint is missing.", length + 31);
    let draft = Draft::new('s').but(|draft| draft.body.spelled.push((Field::SubjectLength, vec![127])));
    let comment = "The length of the subject reaches beyond the body.";
    vectors.refused("TOK-11", "subject-beyond-the-body", "BadClaims", comment, &draft);
}
