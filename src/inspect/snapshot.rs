//! What is in a snapshot or delta, and whether a node would take it.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::report::{Bytes, Moment};
use super::snapshot_report::{
    Check, Checks, FilterReport, HistogramRow, RevokedCounts, SnapshotContents, SnapshotHeader, SnapshotPart,
    SnapshotReport, SnapshotVerdict,
};
use super::{snapshot_advice, snapshot_warnings};
use crate::revocation::{Anatomy, Floors, Page, SnapshotError, SnapshotKeys, judge, judge_after};
use crate::ring::{Public, Ring};
use crate::values::Timestamp;

/// What is in a snapshot or delta, and what a node with these keys and floors does with it at `now`.
///
/// Without keys everything in the report is what somebody wrote, and there is no verdict. The work is bounded by the length of the bytes, whatever the numbers in them say;
/// every page is hashed and counted. Whether a delta goes on from the snapshot that a node has is a matter of [`snapshot_after`]; whether the node's ring is recent enough is not
/// judged.
///
/// ```
/// use safeconduct::{Floors, Timestamp, inspect};
/// let now = Timestamp::from_unix(1_800_000_000)?;
/// let report = inspect::snapshot(b"not a snapshot", None, now, &Floors::new());
/// assert_eq!(report.reason, Some("NotASnapshot"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn snapshot(
    bytes: &[u8],
    keys: Option<&SnapshotKeys>,
    now: Timestamp,
    floors: &Floors,
) -> SnapshotReport {
    let verdict = keys.map(|keys| judge(bytes, keys, now, floors));
    report(bytes, keys, verdict, now, floors)
}

/// [`snapshot`] for a node that has taken another snapshot before: whether this one is later, and whether a delta goes on from it.
///
/// # Errors
///
/// [`SnapshotError`] about the snapshot that the node is said to have. It may be over, but nothing else may be wrong with it.
pub fn snapshot_after(
    had: &[u8],
    bytes: &[u8],
    keys: &SnapshotKeys,
    now: Timestamp,
    floors: &Floors,
) -> Result<SnapshotReport, SnapshotError> {
    let verdict = judge_after(bytes, had, keys, now, floors)?;
    Ok(report(bytes, Some(keys), Some(verdict), now, floors))
}

/// [`snapshot`] for whoever has a public ring: it names signers, and that is all that is needed here.
#[must_use]
pub fn snapshot_by_public_ring(
    bytes: &[u8],
    ring: &Ring<Public>,
    now: Timestamp,
    floors: &Floors,
) -> SnapshotReport {
    snapshot(bytes, Some(&SnapshotKeys::all(ring)), now, floors)
}

type Judged = Option<Result<(), SnapshotError>>;

fn report(
    bytes: &[u8],
    keys: Option<&SnapshotKeys>,
    verdict: Judged,
    now: Timestamp,
    floors: &Floors,
) -> SnapshotReport {
    let anatomy = Anatomy::of(bytes, keys, floors);
    // What cannot be read needs no key to be refused.
    let verdict = anatomy.as_ref().err().map(|why| Err(*why)).or(verdict);
    let anatomy = anatomy.ok();
    let checks = checks(anatomy.as_ref());
    let refused = verdict.and_then(Result::err);
    let header = anatomy.as_ref().map(|anatomy| header(anatomy, now));
    SnapshotReport {
        report: "safeconduct-snapshot/1",
        at: Moment(now),
        verdict: verdict.map(|verdict| match verdict {
            Ok(()) => SnapshotVerdict::Taken,
            Err(_) => SnapshotVerdict::Refused,
        }),
        reason: refused.as_ref().map(SnapshotError::name),
        meaning: meaning(verdict, &checks, header.as_ref(), bytes.len()),
        advice: advice(verdict, header.as_ref()).to_string(),
        bytes: bytes.len(),
        warnings: match (&anatomy, refused) {
            (Some(anatomy), None) => snapshot_warnings::of(anatomy, now),
            _ => Vec::new(),
        },
        contents: anatomy.as_ref().and_then(|anatomy| contents(anatomy, bytes.len(), header.as_ref()?)),
        checks,
        header,
    }
}

fn meaning(verdict: Judged, checks: &Checks, header: Option<&SnapshotHeader>, length: usize) -> String {
    let damaged = checks.damaged_pages.len();
    match (verdict, header) {
        (None, _) => "without a ring nobody can tell who has written this".to_string(),
        (Some(Ok(())), Some(header)) if header.base.is_some() => {
            "a node takes it, if it has the snapshot that it goes on from".to_string()
        }
        (Some(Ok(())), _) => "a node takes it".to_string(),
        (Some(Err(SnapshotError::Length)), Some(header)) => {
            format!("{length} bytes where its header says {}: cut off or appended to", header.expected_bytes)
        }
        (Some(Err(SnapshotError::Damaged)), _) if damaged > 0 => {
            format!(
                "{damaged} of its pages are not the signed ones: every session that falls on them is refused"
            )
        }
        (Some(Err(why)), _) => why.to_string(),
    }
}

fn advice(verdict: Judged, header: Option<&SnapshotHeader>) -> &'static str {
    match verdict {
        None => "give a ring (issuer's, verifier's or public) to have it checked",
        Some(Ok(())) if header.is_some_and(|header| header.renews_for == 0) => {
            "see whether the publisher runs: nothing is renewed on this any more"
        }
        Some(Ok(())) => "nothing",
        Some(Err(why)) => snapshot_advice(&why),
    }
}

fn checks(anatomy: Option<&Anatomy>) -> Checks {
    let contents = anatomy.and_then(|anatomy| anatomy.contents.as_ref());
    let damaged: Vec<usize> = contents.map_or_else(Vec::new, |contents| {
        let pages = contents.pages.iter().enumerate();
        pages.filter(|(_, page)| !page.is_good).map(|(place, _)| place).collect()
    });
    Checks {
        signature: Check::of(anatomy.and_then(|anatomy| anatomy.signature)),
        list: Check::of(contents.map(|contents| contents.list_is_good)),
        tables: Check::of(contents.map(|contents| contents.tables_are_good)),
        pages: Check::of(contents.map(|_| damaged.is_empty())),
        damaged_pages: damaged,
    }
}

fn header(anatomy: &Anatomy, now: Timestamp) -> SnapshotHeader {
    let renews_until = anatomy.complete_to.saturating_add(anatomy.staleness_bound);
    let left = |until: Timestamp| until.seconds_since(now);
    SnapshotHeader {
        form: if anatomy.is_delta { "delta" } else { "snapshot" },
        realm_id: anatomy.realm.to_string(),
        signer: Bytes(anatomy.signer.to_vec()),
        lineage: Bytes(anatomy.lineage.to_vec()),
        version: anatomy.version,
        base: anatomy.is_delta.then_some(anatomy.base),
        issued_at: Moment(anatomy.issued_at),
        complete_to: Moment(anatomy.complete_to),
        not_after: Moment(anatomy.not_after),
        valid_until: Moment(anatomy.valid_until),
        renews_until: Moment(renews_until),
        age: now.seconds_since(anatomy.complete_to),
        valid_for: left(anatomy.valid_until),
        renews_for: left(renews_until.min(anatomy.valid_until)),
        probes: (!anatomy.is_delta).then_some(anatomy.probes),
        min_ring_version: anatomy.min_ring_version,
        token_life: anatomy.token_life.get(),
        longest_token: anatomy.longest_token.get(),
        staleness_bound: anatomy.staleness_bound.get(),
        revoked: RevokedCounts {
            everyone_before: anatomy.everyone_before.map(Moment),
            keys: anatomy.keys,
            subjects: anatomy.subjects,
            sessions: anatomy.entries.saturating_sub(anatomy.tokens),
            retired: anatomy.retired,
            tokens: anatomy.tokens,
        },
        expected_bytes: anatomy.length,
    }
}

fn contents(anatomy: &Anatomy, length: usize, header: &SnapshotHeader) -> Option<SnapshotContents> {
    let found = anatomy.contents.as_ref()?;
    let mut offset = 0_usize;
    let mut parts = Vec::new();
    for (name, size) in found.parts {
        if size > 0 {
            parts.push(SnapshotPart { name, offset, size });
        }
        offset = offset.saturating_add(size);
    }
    let hundredths = u64::try_from(length).ok()?.saturating_mul(100).checked_div(header.revoked.all());
    Some(SnapshotContents {
        parts,
        bytes_per_revocation: hundredths.map(|count| decimal(count, 100)),
        filter: found.one_in.map(|one_in| filter(anatomy, &found.pages, one_in)),
    })
}

fn filter(anatomy: &Anatomy, pages: &[Page], one_in: u64) -> FilterReport {
    let ones = pages.iter().map(|page| u64::from(page.ones)).fold(0, u64::saturating_add);
    let bits = u64::from(anatomy.pages).saturating_mul(u64::from(anatomy.page_bits));
    let fills: Vec<u64> =
        pages.iter().map(|page| share(page.ones.into(), anatomy.page_bits.into())).collect();
    FilterReport {
        probes: anatomy.probes,
        pages: anatomy.pages,
        page_bits: anatomy.page_bits,
        ones,
        fill: decimal(share(ones, bits), SHARE),
        one_in,
        least_one_in: 1_u64.checked_shl(anatomy.probes.into()).unwrap_or(u64::MAX),
        histogram: histogram(&fills),
        page_fill: fills.into_iter().map(|fill| decimal(fill, SHARE)).collect(),
    }
}

/// Shares are counted in ten-thousandths, so that the same bits give the same text everywhere.
const SHARE: u32 = 10_000;

fn share(part: u64, whole: u64) -> u64 {
    part.saturating_mul(SHARE.into()).checked_div(whole).unwrap_or_default()
}

fn decimal(count: u64, of: u32) -> f64 {
    count as f64 / f64::from(of)
}

/// At most a dozen rows, in steps that are round numbers.
fn histogram(fills: &[u64]) -> Vec<HistogramRow> {
    let (Some(least), Some(most)) = (fills.iter().min(), fills.iter().max()) else { return Vec::new() };
    let steps = [10, 20, 50, 100, 200, 500, 1_000];
    let place = |fill: u64, step: u64| fill.checked_div(step).unwrap_or_default();
    let fits = |step: &u64| place(*most, *step).saturating_sub(place(*least, *step)) < 12;
    let step = steps.into_iter().find(fits).unwrap_or(1_000);
    (place(*least, step)..=place(*most, step))
        .map(|row| HistogramRow {
            from: decimal(row.saturating_mul(step), SHARE),
            below: decimal(row.saturating_add(1).saturating_mul(step), SHARE),
            pages: fills.iter().filter(|fill| place(**fill, step) == row).count(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_histogram_has_at_most_a_dozen_rows_in_the_finest_steps_that_allow_it() {
        let rows = |fills: &[u64]| histogram(fills).len();
        assert_eq!((rows(&[]), rows(&[5_000]), rows(&[0, 9]), rows(&[0, 10])), (0, 1, 1, 2));
        assert_eq!((rows(&[0, 119]), rows(&[0, 120]), rows(&[0, 239])), (12, 7, 12));
        assert_eq!((rows(&[0, 599]), rows(&[0, 600]), rows(&[0, 10_000])), (12, 7, 11));
        let row = &histogram(&[5_000, 5_009])[0];
        assert_eq!((row.from, row.below, row.pages), (0.5, 0.501, 2));
    }
}
