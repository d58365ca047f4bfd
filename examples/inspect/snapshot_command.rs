//! `inspect snapshot`: what is in a snapshot, and whether a node takes it.

use std::process::ExitCode;

use safeconduct::inspect::{self, SnapshotReport, SnapshotVerdict};
use safeconduct::{Floors, SnapshotKeys, Timestamp};

use crate::any_ring::AnyRing;
use crate::arguments::Arguments;
use crate::paint::Paint;
use crate::{files, moment, print_json, ring_command, snapshot_file, snapshot_print, write};

pub fn run(path: Option<&str>, arguments: &Arguments) -> Result<ExitCode, String> {
    let now = moment(arguments)?;
    let bytes = snapshot_file::read("the snapshot", path)?;
    if bytes.is_empty() {
        return Err("this is no snapshot: it is empty".into());
    }
    let report = report(&bytes, now, arguments)?;
    // Of what is none at all there is nothing to show.
    if report.header.is_none() {
        return Err(format!("{}; {}", report.meaning, report.advice));
    }
    if arguments.json {
        print_json(&report)?;
    } else {
        let mut out = String::new();
        snapshot_print::report(&mut out, &report, now, Paint::for_stdout());
        write(&out)?;
    }
    let refused = report.verdict == Some(SnapshotVerdict::Refused);
    Ok(if refused { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn report(bytes: &[u8], now: Timestamp, arguments: &Arguments) -> Result<SnapshotReport, String> {
    let floors = floors(arguments);
    let after = arguments.log.after.as_deref();
    let Some(source) = arguments.ring.as_deref() else {
        if after.is_some() {
            return Err("--after needs the ring: --ring @FILE".into());
        }
        return Ok(inspect::snapshot(bytes, None, now, &floors));
    };
    let ring = ring_command::parse(&files::read("--ring", source)?.text)?;
    let keys = match &ring {
        AnyRing::Issuer(ring) => SnapshotKeys::of(ring),
        AnyRing::Verifier(ring) => SnapshotKeys::of(ring),
        AnyRing::Public(_) if after.is_some() => {
            return Err("--after needs an issuer's or a verifier's ring".into());
        }
        AnyRing::Public(ring) => return Ok(inspect::snapshot_by_public_ring(bytes, ring, now, &floors)),
    };
    let Some(after) = after else { return Ok(inspect::snapshot(bytes, Some(&keys), now, &floors)) };
    let had = snapshot_file::read("--after", Some(after))?;
    inspect::snapshot_after(&had, bytes, &keys, now, &floors)
        .map_err(|why| format!("--after: {why}; {}", inspect::snapshot_advice(&why)))
}

/// The rules of the node that it is judged for.
fn floors(arguments: &Arguments) -> Floors {
    let options = &arguments.log;
    let mut floors = Floors::new().skew(options.skew.unwrap_or(arguments.policy.skew()));
    if let Some(validity) = options.longest_validity {
        floors = floors.longest_validity(validity);
    }
    if let Some(version) = options.least_version {
        floors = floors.least_version(version);
    }
    floors
}
