//! Other ways to write a token that people and programs come up with. TOK-02 says that none of them is one.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Characters that decoders of base64 skip, or that look like nothing: they go in front, behind and between.
const SKIPPED: [&str; 22] = [
    " ", "\t", "\n", "\r", "\r\n", "\u{b}", "\u{c}", "\0", "\u{85}", "\u{a0}", "\u{ad}", "\u{200b}",
    "\u{200d}", "\u{2028}", "\u{2060}", "\u{feff}", "\u{fffd}", "\u{fe0f}", "=", "==", "\\", "%",
];

/// Everything that is tried, each with what it is.
pub fn others(token: &str, mut each: impl FnMut(&'static str, &str)) {
    for skipped in SKIPPED {
        for place in 0..=token.len() {
            each("something to skip", &format!("{}{skipped}{}", &token[..place], &token[place..]));
        }
    }
    for padding in ["=", "==", "===", "====", "%3D", "%3d%3d", ".", ",", ";", "*", "~"] {
        each("padding", &format!("{token}{padding}"));
    }
    trailing_bits(token, |text| each("trailing bits", text));
    for (place, character) in token.char_indices() {
        let mut with = |what, spelled: &str| {
            let text = format!("{}{spelled}{}", &token[..place], &token[place + 1..]);
            if text != token {
                each(what, &text);
            }
        };
        let code = u32::from(character);
        with("percent-encoded", &format!("%{code:02X}"));
        with("percent-encoded", &format!("%{code:02x}"));
        with("percent-encoded", &format!("%25{code:02X}"));
        with("escaped", &format!("\\u{code:04x}"));
        with("escaped", &format!("&#{code};"));
        let other_case = if character.is_ascii_uppercase() {
            character.to_ascii_lowercase()
        } else {
            character.to_ascii_uppercase()
        };
        with("case", &other_case.to_string());
        match character {
            '-' => with("standard alphabet", "+"),
            '_' => with("standard alphabet", "/"),
            _ => {}
        }
        // The same character in other dresses: full width, and with an accent behind it.
        with("look-alike", &char::from_u32(code + 0xFEE0).expect("a character").to_string());
        with("look-alike", &format!("{character}\u{301}"));
        for alike in look_alikes(character) {
            with("look-alike", &alike.to_string());
        }
    }
    each("case", &token.to_ascii_uppercase());
    each("case", &token.to_ascii_lowercase());
    each("standard alphabet", &token.replace('-', "+").replace('_', "/").replace("sc1", "sc1+"));
    each("twice", &format!("{token}{token}"));
    for (open, close) in [("\"", "\""), ("'", "'"), ("<", ">"), ("Bearer ", ""), ("", "."), ("%EF%BB%BF", "")]
    {
        each("wrapped", &format!("{open}{token}{close}"));
    }
}

/// Where the last character has bits that say nothing: the other values of these bits.
fn trailing_bits(token: &str, mut each: impl FnMut(&str)) {
    let unused = match token.len() % 4 {
        2 => 4,
        3 => 2,
        _ => return,
    };
    let (front, last) = token.split_at(token.len() - 1);
    let value = ALPHABET.iter().position(|digit| *digit == last.as_bytes()[0]).expect("a digit");
    for extra in 1..1 << unused {
        each(&format!("{front}{}", char::from(ALPHABET[value | extra])));
    }
}

/// Letters of other alphabets that look the same, and digits that do.
fn look_alikes(character: char) -> impl Iterator<Item = char> {
    let alike = match character {
        'a' => "аɑα",
        'A' => "АΑ",
        'B' => "ВΒ",
        'c' => "сϲ",
        'C' => "СϹ",
        'e' => "еє",
        'E' => "ЕΕ",
        'H' => "НΗ",
        'i' => "іıl1",
        'I' => "ІΙl1",
        'K' => "КΚ\u{212A}",
        'l' => "ІI1|",
        'M' => "МΜ",
        'n' => "ո",
        'o' => "оο0",
        'O' => "ОΟ0",
        'p' => "рρ",
        'P' => "РΡ",
        's' => "ѕ\u{17F}",
        'T' => "ТΤ",
        'x' => "хχ",
        'X' => "ХΧ",
        'y' => "уγ",
        '0' => "OоО",
        '1' => "lI١",
        '-' => "‐‑–−",
        '_' => "‿_",
        _ => "",
    };
    alike.chars()
}
