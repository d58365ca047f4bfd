//! What grows with what: a table, and `target/growth.svg`. Verify time against the size of the claims, the ring and the snapshot; bytes and build time of a snapshot against revocations.
#![allow(clippy::disallowed_methods)] // it measures time

mod chart;
mod snapshots;

use std::hint::black_box;
use std::time::Instant;

use chart::{Chart, Curve, sheet};
use getrandom::SysRng;
use safeconduct::{
    AuthLevel, Context, ExactList, Grant, Issuer, Issuing, IssuingKey, Kind, Policy, Ring, Scratch, Seconds,
    Subject, Timestamp, Verifier, Window, context,
};

const CONTEXT: Context = context!("shop.example", "session");
const ROUNDS: usize = 101;

/// What was measured at one size.
pub struct Point {
    size: usize,
    value: f64,
}

/// One token of kind `e` with so many bytes of claims under the last key of a ring of so many, and what verifies it.
fn case(claims: usize, keys: usize) -> impl FnMut() {
    let now = Timestamp::from_unix(1_800_000_000).expect("a time");
    let keys: Vec<_> =
        (0..keys).map(|_| IssuingKey::generate(Kind::Encrypted, &mut SysRng).expect("a key")).collect();
    let last = keys.iter().map(IssuingKey::id).max();
    let mut ring = Ring::<Issuing>::new();
    for key in keys {
        let older = if Some(key.id()) == last { Seconds::ZERO } else { Seconds::new(1) };
        let window = Window::new(now.saturating_sub(older), Seconds::days(30), Seconds::days(1));
        ring.add(key, window.expect("a window")).expect("room");
    }
    let issuer = Issuer::new(&ring, CONTEXT, &Policy::AAL1, Kind::Encrypted);
    let verifier = Verifier::new(&ring.verifying(), CONTEXT, &Policy::AAL1, Kind::Encrypted)
        .revocations(ExactList::new());
    let subject = Subject::new("usr_8f14e45fceea167a").expect("a subject");
    let text = "x".repeat(claims);
    let grant = Grant::new(subject, AuthLevel::Aal1).claims(text.clone());
    let token = issuer.issue(&grant, now, &mut SysRng).expect("a token").into_string();
    let mut scratch = Scratch::new();
    move || {
        let session = verifier.verify::<&str>(black_box(&token), now, &mut scratch).expect("a session");
        assert_eq!(session.claims().len(), text.len());
    }
}

/// The median of interleaved rounds for each size, in nanoseconds.
fn measure<'a>(sizes: &[usize], make: impl Fn(usize) -> Box<dyn FnMut() + 'a>) -> Vec<Point> {
    let mut cases: Vec<_> = sizes.iter().map(|size| make(*size)).collect();
    let mut times = vec![Vec::new(); sizes.len()];
    for _ in 0..ROUNDS {
        for (case, times) in cases.iter_mut().zip(&mut times) {
            let start = Instant::now();
            for _ in 0..100 {
                case();
            }
            times.push(start.elapsed().as_nanos() as f64 / 100.0);
        }
    }
    let median = |mut times: Vec<f64>| {
        times.sort_by(f64::total_cmp);
        times[ROUNDS / 2]
    };
    sizes.iter().zip(times).map(|(size, times)| Point { size: *size, value: median(times) }).collect()
}

/// Refusing so much garbage and refusing a hundredth of it: fastest of many interleaved rounds, in nanoseconds.
fn refusals() -> (f64, f64) {
    let verifier =
        Verifier::new(&Ring::<Issuing>::new().verifying(), CONTEXT, &Policy::AAL1, Kind::Encrypted)
            .revocations(ExactList::new());
    let now = Timestamp::from_unix(1_800_000_000).expect("a time");
    let mut scratch = Scratch::new();
    let mut fastest = [f64::MAX; 2];
    let texts = ["A".repeat(1 << 20), "A".repeat(10_000)];
    for _ in 0..ROUNDS {
        for (text, fastest) in texts.iter().zip(&mut fastest) {
            let start = Instant::now();
            for _ in 0..1_000 {
                assert!(verifier.verify::<()>(black_box(text), now, &mut scratch).is_err());
            }
            *fastest = fastest.min(start.elapsed().as_nanos() as f64 / 1_000.0);
        }
    }
    (fastest[0], fastest[1])
}

fn print(across: &str, curves: &[(&str, &[Point])]) {
    print!("{across:>22}");
    curves.iter().for_each(|(name, _)| print!("  {name:>18}"));
    println!();
    for (row, Point { size, .. }) in curves[0].1.iter().enumerate() {
        print!("{size:>22}");
        curves.iter().for_each(|(_, points)| {
            let value = points[row].value;
            print!("  {value:>18.*}", usize::from(value < 100.0));
        });
        println!();
    }
    println!();
}

/// One table, and the chart of it.
fn show(
    title: &'static str,
    across: &'static str,
    by_tens: bool,
    curves: &[(&'static str, &[Point])],
) -> Chart {
    print(across, curves);
    let curve = |(name, points): &(&'static str, &[Point])| Curve {
        name,
        points: points.iter().map(|point| (point.size as f64, point.value)).collect(),
    };
    Chart { title, across, by_tens, curves: curves.iter().map(curve).collect() }
}

fn main() {
    println!("backend: {}\n", safeconduct::backend());
    let claims = measure(&[0, 50, 100, 150, 200, 300, 500, 1_000, 1_500, 2_000, 2_900], |size| {
        Box::new(case(size, 1))
    });
    let keys = measure(&[1, 2, 4, 8, 12, 16], |size| Box::new(case(0, size)));
    let grown = snapshots::measured();
    let revoked = "revoked sessions";
    let charts = [
        show("Verifying e, by claims", "bytes of claims", false, &[("verify, ns", &claims)]),
        show("Verifying e, by keys", "keys in the ring", false, &[("verify, ns", &keys)]),
        show(
            "Verifying e and asking the snapshot, by its size",
            revoked,
            true,
            &[("verify, ns", &grown.verifying), ("the snapshot, ns", &grown.asking)],
        ),
        show("Size of a snapshot, by revocations", revoked, false, &[("bytes", &grown.bytes)]),
        show("Building a snapshot, by revocations", revoked, false, &[("build, ms", &grown.building)]),
    ];
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/target/growth.svg");
    std::fs::write(file, sheet(&charts)).expect("a writable target directory");
    println!("written to {file}");
    let (first, last) = (keys[0].value, keys[keys.len() - 1].value);
    assert!(last < first * 1.15, "the size of the ring shows: {first:.0} ns and {last:.0} ns");
    let (large, small) = refusals();
    println!("refusing 1 MiB of garbage: {large:.0} ns; 10,000 bytes of it: {small:.0} ns");
    assert!(large < small * 1.5 + 5.0, "the length of garbage shows: {large:.0} ns and {small:.0} ns");
}
