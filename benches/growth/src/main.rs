//! Verify time against the size of the claims and against the size of the ring: a table, and `target/growth.svg`.
#![allow(clippy::disallowed_methods)] // it measures time

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::Instant;

use getrandom::SysRng;
use safeconduct::{
    AuthLevel, Context, ExactList, Grant, Issuer, Issuing, IssuingKey, Kind, Policy, Ring, Scratch, Seconds,
    Subject, Timestamp, Verifier, Window, context,
};

const CONTEXT: Context = context!("shop.example", "session");
const ROUNDS: usize = 101;

struct Point {
    size: usize,
    nanoseconds: f64,
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

/// The median of interleaved rounds for each size.
fn measure(sizes: &[usize], make: impl Fn(usize) -> Box<dyn FnMut()>) -> Vec<Point> {
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
    sizes.iter().zip(times).map(|(size, times)| Point { size: *size, nanoseconds: median(times) }).collect()
}

/// A curve in a frame of 400 by 240, from zero on both axes.
fn draw(points: &[Point], title: &str, left: u32) -> String {
    let (widest, longest) = points
        .iter()
        .fold((0, 0.0_f64), |(size, time), point| (size.max(point.size), time.max(point.nanoseconds)));
    let top = longest * 1.2;
    let place = |point: &Point| {
        let x = f64::from(left) + 60.0 + 320.0 * point.size as f64 / widest as f64;
        (x, 220.0 - 180.0 * point.nanoseconds / top)
    };
    let line: Vec<String> = points.iter().map(place).map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
    let mut svg = format!(
        "<text x=\"{}\" y=\"24\">{title}</text>\n<path d=\"M{0},40 V220 H{1}\" fill=\"none\" stroke=\"#888\"/>\n",
        left + 60,
        left + 380
    );
    let _ = writeln!(
        svg,
        "<polyline points=\"{}\" fill=\"none\" stroke=\"#06c\" stroke-width=\"2\"/>",
        line.join(" ")
    );
    for part in [0.0, 0.5, 1.0] {
        let _ = writeln!(
            svg,
            "<text x=\"{}\" y=\"{:.0}\" text-anchor=\"end\">{:.0}</text>\n<text x=\"{:.0}\" y=\"238\" text-anchor=\"middle\">{:.0}</text>",
            left + 54,
            224.0 - 180.0 * part,
            top * part,
            f64::from(left) + 60.0 + 320.0 * part,
            widest as f64 * part
        );
    }
    svg
}

fn print(points: &[Point], what: &str) {
    println!("{what:>22}  verify ns");
    for Point { size, nanoseconds } in points {
        println!("{size:>22}  {nanoseconds:>9.0}");
    }
}

fn main() {
    println!("backend: {}", safeconduct::backend());
    let claims = measure(&[0, 50, 100, 150, 200, 300, 500, 1_000, 1_500, 2_000, 2_900], |size| {
        Box::new(case(size, 1))
    });
    print(&claims, "bytes of claims");
    let keys = measure(&[1, 2, 4, 8, 12, 16], |size| Box::new(case(0, size)));
    print(&keys, "keys in the ring");
    let svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 820 250\" font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"820\" height=\"250\" fill=\"#fff\"/>\n{}{}</svg>\n",
        draw(&claims, "verify e, ns, against bytes of claims", 0),
        draw(&keys, "verify e, ns, against keys in the ring", 410),
    );
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/target/growth.svg");
    std::fs::write(file, svg).expect("a writable target directory");
    println!("written to {file}");
    let (first, last) = (keys[0].nanoseconds, keys[keys.len() - 1].nanoseconds);
    assert!(last < first * 1.15, "the size of the ring shows: {first:.0} ns and {last:.0} ns");
}
