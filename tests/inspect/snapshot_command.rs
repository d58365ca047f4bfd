//! `inspect snapshot` and `--revocations` on files that are good, bad, cut off, garbage or huge.

use std::io::Write as _;

use crate::desk::{Desk, after, flat, run, run_with};

/// A folder with a ring, a log, and a snapshot of second 0 with one session in it.
fn place(name: &str) -> (Desk, String) {
    let desk = Desk::with(&format!("snapshot-{name}"), &["--realm", "--at", &after(0)]);
    let (log, snapshot) = (desk.file("log.scl"), desk.file("snapshot.scr"));
    let session = "0102030405060708090a0b0c";
    for arguments in [
        vec!["new-log", log.as_str()],
        vec!["revoke", "--log", &log, "--publish", &snapshot, "--session", session],
    ] {
        let (code, _, error) =
            run(&[arguments.as_slice(), &["--ring", &desk.ring, "--at", &after(0)]].concat());
        assert_eq!((code, error.as_str()), (0, ""));
    }
    (desk, snapshot)
}

#[test]
fn a_good_one_is_shown_with_bars() {
    let (desk, snapshot) = place("good");
    let (code, text, error) = run(&["snapshot", &snapshot, "--ring", &desk.ring, "--at", &after(60)]);
    assert_eq!((code, error.as_str()), (0, ""));
    assert!(text.starts_with("good\n"), "{text}");
    for words in [
        "complete to    2027-01-15T08:00:00Z (1 min ago)",
        "renewing       stops 2027-01-15T09:00:00Z (in 59 min)",
        "validity       ends 2027-01-15T09:00:00Z (in 59 min)",
        "sessions       1",
        "signature      good",
        "pages by fill",
        "counted rate   1 in ",
        "292 for each revocation",
        "██",
    ] {
        assert!(text.contains(words), "{words} is missing in\n{text}");
    }
    assert!(!text.contains('\x1b'), "no colour into a pipe");
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    // From standard input; with a verifier's and a public ring; and without a ring, not believed.
    let bytes = std::fs::read(&snapshot).unwrap();
    assert_eq!(run_with(&["snapshot", "--ring", &desk.ring, "--at", &after(60)], &bytes, &[]).1, text);
    let (verifier, public) = (desk.file("verifier.txt"), desk.file("public.txt"));
    assert_eq!(desk.ring(&["--verifier", &verifier, "--public", &public]).0, 0);
    for ring in [verifier, public] {
        assert_eq!(run(&["snapshot", &snapshot, "--ring", &format!("@{ring}"), "--at", &after(60)]).1, text);
    }
    let (code, text, _) = run(&["snapshot", &snapshot, "--at", &after(60)]);
    assert_eq!(code, 0);
    assert!(text.starts_with("not verified\n") && text.contains("nobody vouches for it"), "{text}");
    assert!(text.contains("signature      unchecked"), "{text}");
}

#[test]
fn a_bad_one_is_refused_with_advice() {
    let (desk, snapshot) = place("bad");
    let (_, foreign) = place("bad-other");
    let good = std::fs::read(&snapshot).unwrap();
    let changed = desk.file("changed.scr");
    let show = |file: &str, more: &[&str]| run(&[&["snapshot", file, "--ring", &desk.ring], more].concat());
    let token = desk.issue(&["--at", &after(0)]);
    let minute = after(60);
    for (bytes, now, name, advice) in [
        (good[..good.len() - 1].to_vec(), &minute, "Length", "get it again"),
        (good[..260].to_vec(), &minute, "Length", "get it again"),
        ([good.as_slice(), b"more"].concat(), &minute, "Length", "get it again"),
        (altered(&good, good.len() - 1), &minute, "Damaged", "get it again"),
        (altered(&good, 260), &minute, "Damaged", "get it again"),
        (altered(&good, 35), &minute, "BadSignature", "somebody who is not the publisher"),
        (altered(&good, 12), &minute, "UnknownSigner", "compare the signer"),
        (std::fs::read(&foreign).unwrap(), &minute, "ForeignRealm", "compare the realm ids"),
        (good.clone(), &"2027-01-15T07:59:29Z".to_owned(), "FromTheFuture", "compare the clocks"),
        (good.clone(), &after(3_600), "Expired", "inspect publish"),
    ] {
        std::fs::write(&changed, &bytes).unwrap();
        let (code, text, error) = show(&changed, &["--at", now]);
        assert_eq!((code, error.as_str()), (1, ""), "{text}");
        assert!(text.starts_with(&format!("refused: {name}\n")) && flat(&text).contains(advice), "{text}");
        let (code, json, _) = show(&changed, &["--at", now, "--json"]);
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!((code, &json["verdict"], &json["reason"]), (1, &"refused".into(), &name.into()));
        // Tokens are not judged beside what no node would have.
        let (code, text, error) = desk.inspect(&token, &["--revocations", &changed, "--at", now]);
        match name {
            "Expired" => assert!(text.starts_with("refused: "), "{text}"),
            // A page is looked at when it is needed, and the only one always is.
            "Damaged" if bytes[..284] == good[..284] => {
                assert_eq!(code, 1);
                assert!(text.starts_with("refused: SnapshotDamaged\n"), "{text}");
            }
            _ => {
                assert_eq!((code, text.as_str()), (2, ""));
                assert!(error.starts_with("inspect: --revocations: ") && error.contains(advice), "{error}");
            }
        }
    }
    let (code, text, _) = show(&snapshot, &["--at", &after(60), "--least-version", "3"]);
    assert_eq!(code, 1);
    assert!(text.starts_with("refused: BelowFloor\n"), "{text}");
    assert_eq!(show(&snapshot, &["--at", &after(60), "--longest-validity", "1min"]).0, 1);
    // Behind what the node has already.
    let later = desk.file("later.scr");
    let publish = ["publish", "--log", &desk.file("log.scl"), "--snapshot", &later, "--ring", &desk.ring];
    assert_eq!(run(&[publish.as_slice(), &["--at", &after(900)]].concat()).0, 0);
    let (code, text, _) = show(&snapshot, &["--at", &after(901), "--after", &later]);
    assert_eq!(code, 1);
    assert!(
        text.starts_with("refused: Older\n") && flat(&text).contains("put the latest log back"),
        "{text}"
    );
    assert_eq!(show(&later, &["--at", &after(901), "--after", &snapshot]).0, 0);
    assert_eq!(show(&snapshot, &["--at", "2027-01-15T07:59:29Z", "--skew", "31s"]).0, 0);
}

fn altered(bytes: &[u8], place: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[place] ^= 1;
    bytes
}

#[test]
fn stale_data_are_a_verdict_and_not_a_mistake() {
    let (desk, snapshot) = place("stale");
    let token = desk.issue(&["--at", &after(3_000)]);
    let judge = |seconds| desk.inspect(&token, &["--revocations", &snapshot, "--at", &after(seconds)]);
    assert_eq!(judge(3_599).0, 0);
    let (code, text, _) = judge(3_600);
    assert_eq!(code, 1);
    assert!(text.starts_with("refused: SnapshotStale\n"), "{text}");
    assert!(text.contains("ended at 2027-01-15T09:00:00Z (now)"), "{text}");
}

#[test]
fn garbage_and_huge_files_are_unusable() {
    let (desk, snapshot) = place("garbage");
    let token = desk.issue(&["--at", &after(0)]);
    let good = std::fs::read(&snapshot).unwrap();
    for bytes in [
        &b""[..],
        b"garbage",
        b"<html>404</html>",
        &good[..251],
        &[0xFF; 300],
        &desk.read("ring.txt").into_bytes(),
    ] {
        let file = desk.file("garbage");
        std::fs::write(&file, bytes).unwrap();
        let (code, out, error) = run(&["snapshot", &file, "--ring", &desk.ring]);
        assert_eq!((code, out.as_str()), (2, ""));
        assert!(error.starts_with("inspect: "), "{error}");
        assert!(!error.contains("sc-ring"));
        assert_eq!(desk.inspect(&token, &["--revocations", &file]).0, 2);
    }
    // More than any snapshot has: it is not read to its end, and the header of a good one in front does not help.
    let file = desk.file("huge");
    let mut huge = std::fs::File::create(&file).unwrap();
    huge.write_all(&good).unwrap();
    huge.set_len((64 << 20) + 1).unwrap();
    let (code, out, error) = run(&["snapshot", &file, "--ring", &desk.ring]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(error.contains("too long to be a snapshot"), "{error}");
    std::fs::remove_file(&file).unwrap();
    // A folder, and nothing at all.
    assert_eq!(run(&["snapshot", desk.folder.to_str().unwrap()]).0, 2);
    assert_eq!(run(&["snapshot"]).0, 2);
}

#[test]
fn a_ring_without_a_realm_has_no_revocations() {
    let (_, snapshot) = place("realmless");
    let plain = Desk::new("snapshot-realmless-plain");
    let token = plain.issue(&[]);
    let (code, _, error) = plain.inspect(&token, &["--revocations", &snapshot]);
    assert_eq!(code, 2);
    assert!(error.contains("the ring has no realm"), "{error}");
    let (code, _, error) = run(&[&token, "--revocations", &snapshot]);
    assert_eq!(code, 2);
    assert!(error.contains("needs the ring"), "{error}");
    let three = ["--revocations", &snapshot, "--revocations", &snapshot];
    assert!(plain.inspect(&token, &[three, three].concat()).2.contains("given twice"));
}
