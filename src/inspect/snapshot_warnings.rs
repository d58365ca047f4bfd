//! What an operator should know about a snapshot before it hurts.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::relative;
use super::snapshot_report::SnapshotWarning;
use crate::revocation::Anatomy;
use crate::values::{Seconds, Timestamp};

/// All warnings about one that is not refused, the most urgent first.
pub(super) fn of(anatomy: &Anatomy, now: Timestamp) -> Vec<SnapshotWarning> {
    let mut found = Vec::new();
    let mut warn = |code, message: String| found.push(SnapshotWarning { code, message });
    let renews_until = anatomy.complete_to.saturating_add(anatomy.staleness_bound);
    let until = |moment: Timestamp| format!("{moment} ({})", relative(moment, now));
    let validity = anatomy.not_after.seconds_since(anatomy.issued_at);
    let late = now.seconds_since(anatomy.issued_at) > validity >> 1;
    if now >= anatomy.valid_until {
        warn("over", format!("its validity ended at {}: nodes refuse everybody", until(anatomy.valid_until)));
    } else if now > renews_until {
        warn(
            "renewing-stopped",
            format!("nothing is renewed or elevated on its word since {}", until(renews_until)),
        );
    }
    if late && now < anatomy.valid_until {
        warn(
            "publisher-late",
            format!(
                "more than half of its validity is gone, and a publisher issues the next one after a quarter: if there is no later one, see whether it runs; nodes refuse everybody from {} on",
                until(anatomy.valid_until)
            ),
        );
    }
    // A publisher that hears of no other region is complete to the moment it signs.
    let behind = anatomy.issued_at.seconds_since(anatomy.complete_to);
    if behind > BEHIND {
        warn(
            "behind",
            format!(
                "it is complete to {behind} s before it was signed only: another region was not heard of, or a clock went back"
            ),
        );
    }
    if let Some(one_in) = anatomy.contents.as_ref().and_then(|contents| contents.one_in) {
        let least = 1_u64.checked_shl(anatomy.probes.into()).unwrap_or(u64::MAX);
        if one_in < least {
            warn(
                "rate",
                format!(
                    "one look in {one_in} takes what is not revoked for revoked, and the rule is one in {least}: this filter was not built by the rule"
                ),
            );
        }
    }
    found
}

/// Regions that take in each other's logs every now and then are some way behind.
const BEHIND: u64 = Seconds::minutes(10).get() as u64;
