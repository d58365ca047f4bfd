//! Values of options. What was typed is never repeated in a message: it may be a secret that ended up in the wrong place.

use safeconduct::{AuthLevel, KeyId, Kind, Policy, RootPublicKey, Seconds, Timestamp};

pub fn policy(name: &str) -> Result<Policy, String> {
    match name {
        "aal1" => Ok(Policy::AAL1),
        "aal2" => Ok(Policy::AAL2),
        "aal3" => Ok(Policy::AAL3),
        _ => Err("--policy is none of aal1, aal2, aal3".into()),
    }
}

/// The policy with the ceilings of the service.
pub fn with_ceilings(
    policy: &Policy,
    token: Option<Seconds>,
    session: Option<Seconds>,
) -> Result<Policy, String> {
    let token = token.unwrap_or(policy.longest_token());
    let session = session.unwrap_or(policy.longest_session());
    Policy::builder(policy.assurance())
        .idle(policy.idle().min(token))
        .session(policy.session().min(session))
        .longest_token(token)
        .longest_session(session)
        .deviation("asked for on the command line")
        .build()
        .map_err(|why| why.to_string())
}

/// A duration such as 90s, 45min, 12h or 30d.
pub fn seconds(option: &str, text: &str) -> Result<Seconds, String> {
    let wrong = || format!("{option} takes a time like 90s, 45min, 12h or 30d");
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let number: u32 = number.parse().map_err(|_| wrong())?;
    match unit {
        "" | "s" => Ok(Seconds::new(number)),
        "min" => Ok(Seconds::minutes(number)),
        "h" => Ok(Seconds::hours(number)),
        "d" => Ok(Seconds::days(number)),
        _ => Err(wrong()),
    }
}

pub fn level(name: &str) -> Result<AuthLevel, String> {
    (0..=3)
        .filter_map(AuthLevel::from_number)
        .find(|level| level.name() == name || level.number().to_string() == name)
        .ok_or_else(|| "--level is none of none, aal1, aal2, aal3".into())
}

pub fn kind(name: &str) -> Result<Kind, String> {
    match kinds(name).as_deref() {
        Ok([kind]) => Ok(*kind),
        _ => Err("--kind is none of e, s, n".into()),
    }
}

/// Some of the letters e, s and n, each once.
pub fn kinds(letters: &str) -> Result<Vec<Kind>, String> {
    let wrong = || "--kinds takes some of the letters e, s and n, each once".to_owned();
    let kinds: Vec<Kind> = letters.chars().map(Kind::from_letter).collect::<Option<_>>().ok_or_else(wrong)?;
    let repeated = kinds.iter().enumerate().any(|(at, kind)| kinds[..at].contains(kind));
    if kinds.is_empty() || repeated { Err(wrong()) } else { Ok(kinds) }
}

pub fn at(text: &str) -> Result<Timestamp, String> {
    let format = &time::format_description::well_known::Rfc3339;
    let moment = time::OffsetDateTime::parse(text, format)
        .map_err(|_| "--at takes a moment like 2027-01-15T08:00:00Z")?;
    Timestamp::try_from(moment).map_err(|why| format!("--at: {why}"))
}

pub fn key_id(option: &str, text: &str) -> Result<KeyId, String> {
    text.parse().map_err(|_| format!("{option} takes a key id: 8 hexadecimal digits"))
}

/// The version of a published ring.
pub fn version(text: &str) -> Result<u64, String> {
    match text.parse() {
        Ok(version @ 1..=0x7FFF_FFFF_FFFF_FFFF) => Ok(version),
        _ => Err("--version takes a whole number from 1 on".into()),
    }
}

pub fn root_public(text: &str) -> Result<RootPublicKey, String> {
    let bytes = unhex(text).ok_or("--root-public takes 64 hexadecimal digits")?;
    RootPublicKey::from_bytes(&bytes).map_err(|why| format!("--root-public: {why}"))
}

/// The name of a file. Something that begins like one of our secrets or tokens is a slip.
pub fn file(text: String) -> Result<String, String> {
    if text.is_empty() || text.starts_with("sc-") || text.starts_with("sc1") || text.starts_with("--") {
        return Err("a file name is wanted, and this looks like something else".into());
    }
    Ok(text)
}

/// 32 bytes from exactly 64 hexadecimal digits.
pub fn unhex(text: &str) -> Option<[u8; 32]> {
    let (digits, rest) = text.as_bytes().as_chunks::<2>();
    let mut bytes = [0; 32];
    if digits.len() != bytes.len() || !rest.is_empty() {
        return None;
    }
    let nibble = |digit: u8| char::from(digit).to_digit(16);
    for (byte, [high, low]) in bytes.iter_mut().zip(digits) {
        *byte = u8::try_from(nibble(*high)? * 16 + nibble(*low)?).ok()?;
    }
    Some(bytes)
}

/// Lower-case hexadecimal of what is no secret.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A file's name as it is typed in a shell.
pub fn typed(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "@%+=:,./_-".contains(c);
    if name.chars().all(plain) { name.to_owned() } else { format!("'{}'", name.replace('\'', r"'\''")) }
}
