//! The table, the JSON file and the targets.

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::json;

use crate::measure::{Ratio, Samples};
use crate::{Row, Sort, revocation};

/// Packages below this one, as Cargo resolves them here.
fn dependencies(package: &str) -> usize {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--edges", "normal", "--prefix", "none", "--package", package, "--manifest-path"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .output()
        .expect("cargo tree");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("text");
    let names: BTreeSet<&str> =
        text.lines().map(|line| line.trim_end_matches(" (*)")).filter(|line| !line.is_empty()).collect();
    names.len() - 1
}

struct Measured<'a> {
    rows: &'a [Row],
    limits: &'a [&'a str],
    samples: &'a [Samples],
}

impl<'a> Measured<'a> {
    fn row(&self, name: &str) -> usize {
        self.rows.iter().position(|row| row.name == name).unwrap_or_else(|| panic!("no row {name}"))
    }

    fn mint(&self, name: &str) -> &'a Samples {
        &self.samples[2 * self.row(name)]
    }

    fn verify(&self, name: &str) -> &'a Samples {
        &self.samples[2 * self.row(name) + 1]
    }

    fn limit(&self, name: &str) -> &'a Samples {
        let at = self.limits.iter().position(|limit| *limit == name).unwrap_or_else(|| panic!("no {name}"));
        &self.samples[2 * self.rows.len() + at]
    }

    /// The token library, of others, with the smallest number.
    fn best(&self, number: impl Fn(&Row) -> f64, wanted: impl Fn(Sort) -> bool) -> &'a Row {
        let others = self.rows.iter().filter(|row| wanted(row.sort));
        others.min_by(|one, other| number(one).total_cmp(&number(other))).expect("a peer")
    }
}

struct Target {
    what: String,
    ratio: Ratio,
    bar: f64,
    aim: Option<f64>,
}

/// A time, or how much longer one takes than another.
fn nanoseconds(what: &str, samples: &Samples, without: Option<&Samples>, bar: f64) -> Target {
    let less = |quantile| without.map_or(0.0, |without| without.quantile(quantile));
    let at = |quantile| samples.quantile(quantile) - less(quantile);
    let ratio = Ratio { median: at(0.5), low: at(0.25), high: at(0.75) };
    Target { what: what.into(), ratio, bar, aim: None }
}

fn exact(value: f64) -> Ratio {
    Ratio { median: value, low: value, high: value }
}

fn targets(all: &Measured<'_>) -> Vec<Target> {
    let token = |sort| matches!(sort, Sort::Encrypted | Sort::Readable);
    let verifies = all.best(|row| all.verify(row.name).median(), token).name;
    let mints = all.best(|row| all.mint(row.name).median(), token).name;
    let smallest = all.best(|row| row.characters as f64, |sort| sort == Sort::Encrypted);
    let open = all.limit("open: backend in use");
    let raw_verify = all.limit("Ed25519 verify: graviola (backend in use)");
    let public = all.mint("pasetors v4.public");
    let target = |what: String, above: &[&Samples], below: &[&Samples], bar: f64, aim| Target {
        what,
        ratio: Ratio::of(above, below),
        bar,
        aim,
    };
    let characters = all.rows[all.row("safeconduct e")].characters as f64 / smallest.characters as f64;
    let ours = all.rows.iter().filter(|row| matches!(row.sort, Sort::Ours | Sort::OursReadable));
    let allocations = ours.map(|row| row.allocations).max().unwrap_or(usize::MAX);
    let e = "safeconduct e";
    vec![
        target(format!("verify e / {verifies}"), &[all.verify(e)], &[all.verify(verifies)], 0.68, Some(0.60)),
        target("verify e / open by the backend in use".into(), &[all.verify(e)], &[open], 1.30, None),
        target(
            "verify n / (Ed25519 verify + open)".into(),
            &[all.verify("safeconduct n")],
            &[raw_verify, open],
            1.06,
            None,
        ),
        target(format!("mint e, OS random / {mints}"), &[all.mint(e)], &[all.mint(mints)], 1.45, Some(1.25)),
        target(
            format!("mint e, caller's generator / {mints}"),
            &[all.mint("safeconduct e, caller's generator")],
            &[all.mint(mints)],
            0.92,
            Some(0.75),
        ),
        target("mint n / pasetors v4.public".into(), &[all.mint("safeconduct n")], &[public], 0.30, None),
        target("mint s / pasetors v4.public".into(), &[all.mint("safeconduct s")], &[public], 0.30, None),
        nanoseconds("revocation check, 100,000 entries, ns", all.limit(revocation::FULL), None, 90.0),
        nanoseconds(
            "its bloom probe alone, ns",
            all.limit(revocation::SESSIONS),
            Some(all.limit(revocation::EMPTY)),
            15.0,
        ),
        Target {
            what: format!("characters of e / {}", smallest.name),
            ratio: exact(characters),
            bar: 0.62,
            aim: None,
        },
        Target {
            what: "allocations of a verification".into(),
            ratio: exact(allocations as f64),
            bar: 0.0,
            aim: None,
        },
    ]
}

fn spread(samples: &Samples) -> f64 {
    100.0 * (samples.quantile(0.75) - samples.quantile(0.25)) / samples.median()
}

/// Prints and writes everything; `false` if a target is missed by more than the spread of its ratio.
pub fn print(rows: &[Row], limits: &[&str], samples: &[Samples]) -> bool {
    let all = Measured { rows, limits, samples };
    let token = |sort| matches!(sort, Sort::Encrypted | Sort::Readable);
    let best = all.verify(all.best(|row| all.verify(row.name).median(), token).name);
    let open = all.limit("open: backend in use");
    println!("backends: {} and {}", safeconduct::backend(), safeconduct_portable::backend());
    println!(
        "medians of interleaved rounds; ± is the width of the middle half; a verification is compared with the fastest peer's and with a bare open\n"
    );
    println!(
        "{:<46} {:>5} {:>9} {:>4} {:>9} {:>4} {:>7} {:>7} {:>6} {:>5}",
        "", "chars", "mint ns", "±%", "verify ns", "±%", "/ peer", "/ open", "allocs", "deps"
    );
    let mut json_rows = Vec::new();
    for row in rows {
        let (mint, verify) = (all.mint(row.name), all.verify(row.name));
        let (to_peer, to_open) = (Ratio::of(&[verify], &[best]), Ratio::of(&[verify], &[open]));
        let dependencies = dependencies(row.package);
        println!(
            "{:<46} {:>5} {:>9.0} {:>4.0} {:>9.0} {:>4.0} {:>7.2} {:>7.2} {:>6} {:>5}",
            row.name,
            row.characters,
            mint.median(),
            spread(mint),
            verify.median(),
            spread(verify),
            to_peer.median,
            to_open.median,
            row.allocations,
            dependencies
        );
        json_rows.push(json!({
            "name": row.name, "characters": row.characters, "allocations_per_verify": row.allocations, "dependencies": dependencies,
            "mint_ns": mint.median(), "mint_spread_percent": spread(mint),
            "verify_ns": verify.median(), "verify_spread_percent": spread(verify),
            "verify_to_best_peer": to_peer.median, "verify_to_open": to_open.median,
        }));
    }
    println!();
    let mut json_limits = Vec::new();
    for limit in limits {
        let samples = all.limit(limit);
        println!("{limit:<46} {:>34.0} {:>4.0}", samples.median(), spread(samples));
        json_limits.push(json!({ "name": limit, "ns": samples.median(), "spread_percent": spread(samples) }));
    }
    println!();
    let mut met = true;
    let mut json_targets = Vec::new();
    for Target { what, ratio, bar, aim } in targets(&all) {
        let missed = ratio.low > bar;
        met &= !missed;
        let verdict = if missed {
            "MISSED"
        } else if aim.is_some_and(|aim| ratio.median <= aim) {
            "met, and the aim"
        } else {
            "met"
        };
        println!(
            "{what:<46} {:>7.2} ({:.2}–{:.2}), bar {bar:.2}: {verdict}",
            ratio.median, ratio.low, ratio.high
        );
        json_targets.push(json!({ "what": what, "ratio": ratio.median, "low": ratio.low, "high": ratio.high, "bar": bar, "aim": aim, "missed": missed }));
    }
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/target/peers.json");
    let json = json!({ "rows": json_rows, "limits": json_limits, "targets": json_targets });
    std::fs::write(file, format!("{json:#}\n")).expect("a writable target directory");
    println!("\nwritten to {file}");
    met
}
