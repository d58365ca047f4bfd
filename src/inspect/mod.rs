//! Why a token is accepted or refused: the report behind the `inspect` example, for operators.
//!
//! [`outline`] needs no key and believes nothing. [`explain`] asks a [`Verifier`] and says what it says, with the claims as far as they can be
//! read, the reason and what to do about it. Neither ever shows key material, and a report is nothing to be sent to a client.
//!
//! ```
//! use safeconduct::inspect;
//! let report = inspect::outline("sc1e2345").unwrap_err();
//! assert_eq!(report.reason.name(), "Malformed");
//! ```
//!
//! [`snapshot`] does the same for revocation snapshots and deltas.
//!
//! # The reports as JSON
//!
//! [`Report`] and [`SnapshotReport`] are `Serialize`; their field names are the JSON keys and stay as they are within a major version, new ones may come. A [`Moment`]
//! is `{"unix": 1800000000, "utc": "2027-01-15T08:00:00Z"}`, ids are lower-case hexadecimal, absent things are `null`.

mod advice;
mod refusal;
mod report;
#[cfg(feature = "signatures")]
mod snapshot;
#[cfg(feature = "signatures")]
mod snapshot_advice;
#[cfg(feature = "signatures")]
mod snapshot_report;
#[cfg(feature = "signatures")]
mod snapshot_warnings;

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use refusal::Asked;
pub use report::{
    Bytes, Claims, ElevationReport, Key, Moment, Outline, Part, Report, RevocationReport, Verdict,
};
#[cfg(feature = "signatures")]
pub use snapshot::{snapshot, snapshot_after, snapshot_by_public_ring};
#[cfg(feature = "signatures")]
pub use snapshot_advice::snapshot_advice;
#[cfg(feature = "signatures")]
pub use snapshot_report::{
    Check, Checks, FilterReport, HistogramRow, RevokedCounts, SnapshotContents, SnapshotHeader, SnapshotPart,
    SnapshotReport, SnapshotVerdict, SnapshotWarning,
};

use crate::error::Reason;
use crate::revocation::Revocations;
use crate::values::{Kind, Timestamp};
use crate::verifier::{Opened, Verifier};
use crate::wire::{HEADER, Header, MAX_TEXT, Scratch};

/// Text that is not a token, and where it fails.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct NotAToken {
    /// What a verifier calls it: `Malformed` or `UnsupportedFormat`.
    pub reason: Reason,
    /// What is wrong, and where: for people.
    pub fault: String,
}

impl fmt::Display for NotAToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.fault)
    }
}

impl core::error::Error for NotAToken {}

/// What can be read of a token without any key: everything in it is what somebody wrote, and none of it is verified (TOK-41).
///
/// # Errors
///
/// [`NotAToken`], with the place of the fault.
pub fn outline(token: &str) -> Result<Outline, NotAToken> {
    let mut scratch = Scratch::new();
    match scratch.parse(token) {
        Ok(unverified) => {
            let header = unverified.header;
            let (memory, body) = unverified.into_memory();
            let start = body.saturating_sub(HEADER);
            Ok(outline_of(token, &header, memory.get(start..).unwrap_or_default()))
        }
        Err(reason) => Err(NotAToken { reason, fault: advice::text_fault(token, reason) }),
    }
}

fn outline_of(token: &str, header: &Header, bytes: &[u8]) -> Outline {
    let body = bytes.len().saturating_sub(HEADER).saturating_sub(header.kind.proof_size());
    let (body_name, proof): (_, &[(&'static str, usize)]) = match header.kind {
        Kind::Encrypted => ("body, encrypted", &[("tag", 16)]),
        Kind::Signed => ("body, readable", &[("signature", 64)]),
        Kind::Nested => ("body, encrypted", &[("signature, encrypted", 64), ("tag", 16)]),
    };
    let front = [("format", 3), ("key id", 4), ("session id", 12), ("token id", 12), (body_name, body)];
    let mut offset = 0_usize;
    let mut parts = Vec::new();
    for (name, size) in front.into_iter().chain(proof.iter().copied()) {
        let end = offset.saturating_add(size);
        let content = Bytes(bytes.get(offset..end).unwrap_or_default().to_vec());
        parts.push(Part { name, offset, size, content });
        offset = end;
    }
    Outline {
        characters: token.len(),
        bytes: bytes.len(),
        version: 1,
        kind: header.kind.to_string(),
        key_id: header.key_id.to_string(),
        session_id: header.session_id.to_string(),
        token_id: header.token_id.to_string(),
        parts,
    }
}

/// Whether text looks like a token at all, accepted or not: it begins with `sc1`, or is base64url of a token's length.
#[must_use]
pub fn looks_like_a_token(text: &str) -> bool {
    const SHORTEST: usize = 63; // header and tag
    let alphabet = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    text.starts_with("sc1") || ((SHORTEST..=MAX_TEXT).contains(&text.len()) && text.chars().all(alphabet))
}

/// What this verifier says of a token at `now`, and why.
///
/// What is not judged is named in the report: the application's claims, of which only the application knows the type and schema; the proof for a bound token, which
/// is taken as given; and revocation, if the verifier does without. Everything else is the verifier's own verdict by the same code that serves requests.
#[must_use]
pub fn explain<V: Revocations>(token: &str, now: Timestamp, verifier: &Verifier<V>) -> Report {
    let outline = match outline(token) {
        Ok(outline) => outline,
        Err(fault) => return Report::of_no_token(fault, now),
    };
    let mut scratch = Scratch::new();
    let readable = read(token, verifier, &mut scratch);
    let bound_to = readable.as_ref().and_then(|(opened, _)| opened.core.bound_to);
    let opened = verifier.open(token, now, &mut scratch);
    let verdict = refusal::Verdict {
        was_judged: opened.as_ref().is_ok_and(|opened| verifier.check_ceilings(opened, now).is_ok()),
        outcome: opened.and_then(|opened| verifier.judge(&opened, bound_to.as_ref(), now)),
    };
    let asked = readable.as_ref().and_then(|(opened, _)| {
        Asked::of(verifier.revocation_data(), &opened.identity.facts(&opened.core), now)
    });
    let read = readable.map(|(opened, app)| (opened.core, app));
    let keys =
        verifier.keys().iter().map(|entry| Key::of(entry, verifier.keys().state(entry, now))).collect();
    Report::new(outline, read, asked.as_ref(), keys, &verdict, now)
}

/// The claims and the bytes of the application's, if the token is authentic, in or out of its key's window.
fn read<V>(token: &str, verifier: &Verifier<V>, scratch: &mut Scratch) -> Option<(Opened, Vec<u8>)> {
    let opened = verifier.open_whenever(token, scratch)?;
    let app = scratch.get(opened.app.clone()).to_vec();
    Some((opened, app))
}

/// How far a moment is from `now`, for people: `in 12 min`, `3 h 20 min ago`, `now`.
#[must_use]
pub fn relative(moment: Timestamp, now: Timestamp) -> String {
    let (distance, past) = match moment.cmp(&now) {
        core::cmp::Ordering::Equal => return "now".to_string(),
        core::cmp::Ordering::Greater => (moment.seconds_since(now), false),
        core::cmp::Ordering::Less => (now.seconds_since(moment), true),
    };
    let units = [(31_536_000, "y"), (86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")];
    let mut rest = distance;
    let mut words = Vec::new();
    for (size, unit) in units {
        let count = rest.checked_div(size).unwrap_or_default();
        rest = rest.checked_rem(size).unwrap_or_default();
        // Two units say enough, and the second only if it follows the first.
        if words.len() == 2 || (count == 0 && !words.is_empty()) {
            break;
        }
        if count > 0 {
            words.push(alloc::format!("{count} {unit}"));
        }
    }
    let words = words.join(" ");
    if past { alloc::format!("{words} ago") } else { alloc::format!("in {words}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_in_words() {
        let at = |seconds| Timestamp::from_unix(seconds).unwrap();
        let now = at(1_000_000_000);
        for (moment, words) in [
            (1_000_000_000, "now"),
            (1_000_000_001, "in 1 s"),
            (999_999_940, "1 min ago"),
            (1_000_000_720, "in 12 min"),
            (1_000_000_725, "in 12 min 5 s"),
            (1_000_028_800, "in 8 h"),
            (1_000_003_605, "in 1 h"),
            (999_913_600, "1 d ago"),
        ] {
            assert_eq!(relative(at(moment), now), words);
        }
    }
}
