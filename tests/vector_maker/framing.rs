//! Text, sizes, version and kind letter: TOK-01 to TOK-05. Nothing here needs a key to be refused.

use super::Vectors;
use super::draft::Draft;
use super::primitives::{base64url, digit, value_of};

pub fn add(vectors: &mut Vectors) {
    lengths(vectors);
    alphabet(vectors);
    spelling(vectors);
    format(vectors);
    sizes(vectors);
}

/// A good token of exactly so many bytes, filled up with text of the application.
fn of_size(letter: char, size: usize) -> Draft {
    let draft = Draft::new(letter).with_app_text(&"x".repeat(200));
    let missing = size - draft.bytes().len();
    // From 128 bytes on the length of the text takes two bytes, so each more character is one more byte.
    draft.with_app_text(&"x".repeat(200 + missing))
}

fn lengths(vectors: &mut Vectors) {
    let mut add = |letter, name: &str| {
        let comment = "The longest token there is: 4,096 characters for 3,072 bytes.";
        vectors.accepted("TOK-01", name, comment, &of_size(letter, 3_072));
    };
    add('e', "4096-characters-kind-e");
    add('s', "4096-characters-kind-s");
    add('n', "4096-characters-kind-n");
    let longest = of_size('e', 3_072).token();
    let mut add = |name: &str, comment: &str, draft: &Draft| {
        vectors.refused("TOK-01", name, "Malformed", comment, draft);
    };
    let comment = "One character more than the longest token.";
    add("4097-characters", comment, &Draft::new('e').as_text(format!("{longest}A")));
    let comment = "A correctly sealed token of 3,073 bytes: only its length is wrong.";
    add("4098-characters-authentic", comment, &of_size('e', 3_073));
    let comment =
        "A correctly signed token of 3,075 bytes, which are whole groups of text: only its length is wrong.";
    add("4100-characters-authentic", comment, &of_size('s', 3_075));
    let comment = "The longest token with a line end, as a file would have it: 4,097 characters.";
    add("4096-characters-and-line-end", comment, &Draft::new('e').as_text(format!("{longest}\n")));
}

/// A good token whose text has both `-` and `_` behind the format and, by its number of bytes, this many characters in its last group.
fn with_last_group(characters: usize) -> Draft {
    (0..64)
        .map(|n| Draft::new('e').with_app_text(&"a".repeat(40 + n)))
        .find(|draft| {
            let text = draft.token();
            text.len() % 4 == characters % 4 && text.contains('-') && text.contains('_')
        })
        .expect("one of 64 texts")
}

fn alphabet(vectors: &mut Vectors) {
    let draft = with_last_group(4);
    let text = draft.token();
    let mut add = |name: &str, comment: &str, text: String| {
        vectors.refused("TOK-02", name, "Malformed", comment, &draft.as_text(text));
    };
    let replaced = |from: char, to: &str| text.replacen(from, to, 1);
    let in_the_middle = |what: &str| {
        let (front, back) = text.split_at(40);
        format!("{front}{what}{back}")
    };
    let standard = "A decoder of the standard alphabet would read the same bytes.";
    add("plus-for-minus", standard, replaced('-', "+"));
    add("slash-for-underscore", standard, replaced('_', "/"));
    let lenient = "A decoder that skips what it does not know would read the same bytes.";
    add("space-in-front", lenient, format!(" {text}"));
    add("space-at-end", lenient, format!("{text} "));
    add("space-in-the-middle", lenient, in_the_middle(" "));
    add("tab-at-end", lenient, format!("{text}\t"));
    add("line-feed-at-end", lenient, format!("{text}\n"));
    add("carriage-return-line-feed-at-end", lenient, format!("{text}\r\n"));
    add("line-end-in-the-middle", lenient, in_the_middle("\r\n"));
    add("nul-in-front", lenient, format!("\0{text}"));
    add("nul-in-the-middle", lenient, in_the_middle("\0"));
    let cut = "A reader of C strings would stop here and read a good token.";
    add("nul-at-end", cut, format!("{text}\0"));
    add("nul-and-more-at-end", cut, format!("{text}\0AAAA"));
    add("full-stop-at-end", lenient, format!("{text}."));
    add("semicolon-at-end", "What follows a cookie is not part of the token.", format!("{text};"));
    add("comma-and-second-token", "Two tokens in one header line are not a token.", format!("{text},{text}"));
    add("double-quotes-around", "Quotes of a cookie value are not part of the token.", format!("\"{text}\""));
    add("bearer-in-front", "The name of the scheme is not part of the token.", format!("Bearer {text}"));
    let bom = "A byte order mark is not part of the token.";
    add("byte-order-mark-in-front", bom, format!("\u{feff}{text}"));
    add("zero-width-space-at-end", lenient, format!("{text}\u{200b}"));
    let percent = "Percent-decoding is the work of whoever read the address.";
    add("percent-encoded-minus", percent, replaced('-', "%2D"));
    let cyrillic = "A Cyrillic letter that looks like c is not c.";
    add("cyrillic-c-in-format", cyrillic, replaced('c', "\u{441}"));
    let fullwidth = "A fullwidth digit is not the digit, whatever normalisation makes of it.";
    add("fullwidth-1-in-format", fullwidth, replaced('1', "\u{ff11}"));
    let last = text.len() - 1;
    let last_letter = &text[..last];
    add("non-ascii-last-character", "Letters stop at z.", format!("{last_letter}\u{e9}"));
}

fn spelling(vectors: &mut Vectors) {
    let mut add = |name: &str, comment: &str, text: String| {
        vectors.refused("TOK-02", name, "Malformed", comment, &Draft::new('e').as_text(text));
    };
    let (two, three, four) = (with_last_group(2), with_last_group(3), with_last_group(4));
    add("padding-two-signs", "Padding is not written.", format!("{}==", two.token()));
    add("padding-one-sign", "Padding is not written.", format!("{}=", three.token()));
    add("padding-percent-encoded", "Padding is not written.", format!("{}%3D", three.token()));
    let comment = "Padding behind whole groups is meaningless.";
    add("padding-after-whole-groups", comment, format!("{}=", four.token()));
    let comment = "Some of the four unused bits are set: a second spelling of the same bytes.";
    for bits in [1, 8, 15] {
        add(&format!("unused-four-bits-{bits}"), comment, with_unused_bits(&two.token(), bits));
    }
    let comment = "Some of the two unused bits are set: a second spelling of the same bytes.";
    for bits in [1, 2, 3] {
        add(&format!("unused-two-bits-{bits}"), comment, with_unused_bits(&three.token(), bits));
    }
    let comment = "One character behind whole groups carries six bits: not a byte.";
    add("one-character-in-last-group", comment, format!("{}A", four.token()));
    let mut cut = two.token();
    cut.pop();
    add("cut-to-one-character-in-last-group", comment, cut);
}

fn with_unused_bits(text: &str, bits: u32) -> String {
    let mut text = text.to_owned();
    let last = value_of(text.pop().expect("a token is not empty"));
    text.push(digit(last | bits));
    text
}

fn format(vectors: &mut Vectors) {
    let text = Draft::new('e').token();
    let rest = &text[4..];
    let mut begin = |spec: &str, name: &str, reason: &str, comment: &str, front: &str| {
        let draft = Draft::new('e').as_text(format!("{front}{rest}"));
        vectors.refused(spec, name, reason, comment, &draft);
    };
    let upper = "Letters are compared as they are.";
    begin("TOK-03", "upper-case-sc", "Malformed", upper, "SC1e");
    begin("TOK-03", "upper-case-s", "Malformed", upper, "Sc1e");
    begin("TOK-03", "upper-case-c", "Malformed", upper, "sC1e");
    begin("TOK-03", "other-first-character", "Malformed", "The format begins with sc.", "tc1e");
    begin("TOK-03", "other-second-character", "Malformed", "The format begins with sc.", "sd1e");
    begin("TOK-03", "swapped-sc", "Malformed", "The format begins with sc.", "cs1e");
    let version = "There is one version.";
    for digit in ['0', '2', '9', '-', 'l', 'I'] {
        begin(
            "TOK-04",
            &format!("version-u{:02x}", u32::from(digit)),
            "UnsupportedFormat",
            version,
            &format!("sc{digit}e"),
        );
    }
    let kind = "There are the kinds e, s and n.";
    for letter in ['E', 'S', 'N', 'a', 'd', 'f', 'm', 'o', 'r', 't', '1', '_'] {
        begin(
            "TOK-04",
            &format!("kind-u{:02x}", u32::from(letter)),
            "UnsupportedFormat",
            kind,
            &format!("sc1{letter}"),
        );
    }
}

fn sizes(vectors: &mut Vectors) {
    let mut short = |spec: &str, name: &str, reason: &str, comment: &str, text: &str| {
        vectors.refused(spec, name, reason, comment, &Draft::new('e').as_text(text));
    };
    short("TOK-03", "empty", "Malformed", "Nothing is not a token.", "");
    short("TOK-03", "one-byte", "Malformed", "One byte has no format.", "sQ");
    short("TOK-03", "sc-only", "Malformed", "One byte and unused bits have no format.", "sc");
    let comment = "Two bytes, correctly spelled, have no format, though the text begins with sc.";
    short("TOK-03", "two-bytes", "Malformed", comment, "sc0");
    let comment = "Three bytes of another format.";
    short("TOK-03", "three-bytes-not-sc", "Malformed", comment, "AAAA");
    let comment = "The format alone: read, and too short for its kind.";
    short("TOK-05", "format-only-kind-e", "Malformed", comment, "sc1e");
    short("TOK-05", "format-only-kind-s", "Malformed", comment, "sc1s");
    short("TOK-05", "format-only-kind-n", "Malformed", comment, "sc1n");
    let comment = "An unknown version may have other sizes: it is looked at before the size.";
    short("TOK-04", "other-version-before-size", "UnsupportedFormat", comment, "sc2e");
    let comment = "An unknown kind may have other sizes: it is looked at before the size.";
    short("TOK-04", "other-kind-before-size", "UnsupportedFormat", comment, "sc1x");
    for (letter, proof) in [('e', 16), ('s', 64), ('n', 80)] {
        let bytes = Draft::new(letter).with_app_text(&"x".repeat(100)).bytes();
        let mut cut = |name: &str, comment: &str, size: usize| {
            let draft = Draft::new(letter).as_text(base64url(&bytes[..size]));
            vectors.refused("TOK-05", &format!("{name}-kind-{letter}"), "Malformed", comment, &draft);
        };
        cut("part-of-header", "The header is cut off.", 30);
        cut("header-only", "There is no proof behind the header.", 31);
        cut("one-byte-too-short", "The proof is one byte too short.", 31 + proof - 1);
        let empty = Draft::new(letter).but(|draft| draft.raw_body = Some(Vec::new()));
        let comment = "The shortest bytes that are looked into: authentic, and without a single claim.";
        let name = format!("smallest-size-empty-body-kind-{letter}");
        vectors.refused("TOK-11", &name, "BadClaims", comment, &empty);
    }
}
