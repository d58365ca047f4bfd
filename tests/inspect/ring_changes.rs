//! `inspect ring --advance` and `--revoke`: a rotation by hand, and files that are changed in one step or not at all.

use crate::desk::{Desk, after, assert_harmless, run};
use safeconduct::{Issuing, IssuingKey, Kind, Ring, Seconds, Timestamp, Window};

const DAY: u64 = 86_400;
const HOUR: u64 = 3_600;

fn key_id(view: &serde_json::Value, number: usize) -> String {
    view["keys"][number]["key_id"].as_str().unwrap().to_owned()
}

/// The key id that a token names.
fn named_by(token: &str) -> String {
    let (code, outline, _) = run(&[token, "--json"]);
    assert_eq!(code, 0);
    let outline: serde_json::Value = serde_json::from_str(&outline).unwrap();
    outline["key_id"].as_str().unwrap().to_owned()
}

/// The first line of the report on a token.
fn verdict(desk: &Desk, token: &str, moment: u64) -> String {
    let (_, text, error) = desk.inspect(token, &["--at", &after(moment)]);
    text.lines().next().unwrap_or(&error).to_owned()
}

#[test]
fn a_rotation_by_hand() {
    let desk = Desk::with("rotation", &["--at", &after(0), "--kinds", "e"]);
    let first = desk.issue(&["--at", &after(HOUR)]);
    let old = named_by(&first);
    assert_eq!(verdict(&desk, &first, HOUR + 60), "accepted");

    // A day before it is needed the next key is staged, and no earlier.
    let early = desk.shown(&["--advance", "--at", &after(29 * DAY - 1)]);
    assert!(
        early.starts_with(
            "nothing to do: the file is as it was; the next key is due 2027-02-13 08:00 (in 1 s)"
        ),
        "{early}"
    );
    let text = desk.shown(&["--advance", "--at", &after(29 * DAY)]);
    assert!(text.contains("mints from 2027-02-14 08:00 (in 1 d)"), "{text}");
    assert!(text.contains("read back and confirmed") && text.contains("bring the ring to the nodes"));
    assert_eq!(desk.files(), ["ring.txt"]);
    let view = desk.json(&["--at", &after(29 * DAY)]);
    let new = key_id(&view, 1);
    assert_eq!((key_id(&view, 0), &view["keys"][1]["state"]), (old.clone(), &"staged".into()));
    // Once more changes nothing (RING-12).
    let stored = desk.read("ring.txt");
    let again = desk.json(&["--advance", "--at", &after(29 * DAY)]);
    assert_eq!(again["changed"], false);
    assert_eq!(desk.read("ring.txt"), stored);

    // The old key mints to its last second, and its tokens live on without it.
    let last = desk.issue(&["--at", &after(30 * DAY - 1)]);
    assert_eq!(named_by(&last), old);
    let next = desk.issue(&["--at", &after(31 * DAY)]);
    assert_eq!(named_by(&next), new);
    assert_eq!(verdict(&desk, &last, 30 * DAY + 600), "accepted");
    assert_eq!(verdict(&desk, &last, 30 * DAY + HOUR), "refused: Idle");
    assert_eq!(verdict(&desk, &last, 31 * DAY), "refused: KeyExpired");
    // The successor is accepted early by clocks that are behind, and by no others.
    assert_eq!(verdict(&desk, &next, 31 * DAY + 60), "accepted");
    // Dropped when it is over.
    let dropped = desk.json(&["--advance", "--at", &after(31 * DAY)]);
    assert_eq!((&dropped["changed"], &dropped["dropped"][0]["key_id"]), (&true.into(), &old.as_str().into()));
    assert_eq!(verdict(&desk, &last, 31 * DAY + 1), "refused: UnknownKey");

    // It leaks.
    let moment = 31 * DAY + 60;
    let text = desk.shown(&["--revoke", &new, "--at", &after(moment)]);
    assert!(text.contains(&format!("revoked    e {new}  it was active")), "{text}");
    // Propagation, skew, and how far ahead a forged session may claim to have begun.
    let skew = u64::from(safeconduct::Policy::AAL1.skew().get());
    assert!(text.contains(&format!("once more at {} ", after(moment + HOUR + skew + 241))), "{text}");
    assert!(text.contains(&format!("revoke key {new} in the revocation log")));
    assert!(text.contains("nobody mints kind e now, and until 2027-02-15 09:01 (in 1 h)"));
    assert_eq!(verdict(&desk, &next, moment), "refused: KeyRevoked");
    let (code, _, error) = run(&[
        "issue",
        "--ring",
        &desk.ring,
        "--context",
        "demo",
        "--subject",
        "usr_8f14e45fceea167a",
        "--at",
        &after(moment),
    ]);
    assert_eq!(code, 2, "{error}");
    let begins = moment + HOUR + skew;
    let later = desk.issue(&["--at", &after(begins)]);
    assert_eq!(verdict(&desk, &later, begins), "accepted");
    // Once more is no change, and stages no other successor.
    let stored = desk.read("ring.txt");
    let again = desk.json(&["--revoke", &new, "--at", &after(moment)]);
    assert_eq!((&again["changed"], &again["revoked"]["key_id"]), (&false.into(), &new.as_str().into()));
    assert_eq!(desk.read("ring.txt"), stored);
}

#[test]
fn the_json_of_a_change_is_stable() {
    let desk = Desk::with("change-json", &["--at", &after(0)]);
    let keys =
        |value: &serde_json::Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ");
    let done = desk.json(&["--advance", "--at", &after(29 * DAY)]);
    assert_eq!(keys(&done), "action at changed dropped minting retired revoked ring schedule staged");
    assert_eq!(keys(&done["staged"][0]), "accept_until issue_from issue_until key_id kind");
    assert_eq!(keys(&done["schedule"]), "minting propagation publish_ahead tail");
    assert_eq!((&done["action"], &done["changed"]), (&"safeconduct-ring-action/1".into(), &true.into()));
    assert_eq!((done["staged"].as_array().unwrap().len(), done["minting"].as_array().unwrap().len()), (3, 3));
    assert_eq!(done["ring"]["keys"].as_array().unwrap().len(), 6);
    let id = key_id(&done["ring"], 0);
    let done = desk.json(&["--revoke", &id, "--at", &after(29 * DAY), "--propagation", "10min"]);
    assert_eq!(keys(&done["revoked"]), "key_id kind repeat_at");
    assert_eq!(done["staged"][0]["issue_from"]["utc"], after(29 * DAY + 630).as_str());
}

#[test]
fn a_schedule_is_what_is_asked_for() {
    let desk = Desk::with("schedule", &["--at", &after(0), "--kinds", "s"]);
    let options = ["--propagation", "2h", "--minting", "7d", "--publish-ahead", "3d", "--policy", "aal3"];
    let moment = after(27 * DAY);
    let done = desk.json(&[["--advance", "--at", &moment].as_slice(), &options].concat());
    let tail = u64::from(safeconduct::Policy::AAL3.longest_token().get()) + 2 * HOUR;
    assert_eq!(done["schedule"]["tail"], tail);
    let staged = &done["staged"][0];
    assert_eq!(staged["issue_from"]["utc"], after(30 * DAY).as_str());
    assert_eq!(staged["issue_until"]["utc"], after(37 * DAY).as_str());
    assert_eq!(staged["accept_until"]["utc"], after(37 * DAY + tail).as_str());
}

#[test]
fn a_refusal_leaves_the_file_alone() {
    let desk = Desk::with("refused", &["--at", &after(0)]);
    desk.shown(&["--verifier", &desk.file("v"), "--public", &desk.file("p")]);
    let (stored, verifier) = (desk.read("ring.txt"), format!("@{}", desk.file("v")));
    let written = std::fs::metadata(desk.file("ring.txt")).unwrap().modified().unwrap();
    let id = key_id(&desk.json(&[]), 0);
    let late = after(61 * DAY);
    for arguments in [
        ["--ring", &desk.ring, "--advance", "--at", &late].as_slice(),
        &["--ring", &desk.ring, "--revoke", "00000000"],
        &["--ring", &desk.ring, "--revoke", &id, "--kind", "s"],
        &["--ring", &desk.ring, "--advance", "--minting", "30000d", "--at", "9998-01-01T00:00:00Z"],
        &["--ring", &verifier, "--advance"],
        &["--ring", &verifier, "--revoke", &id],
        &["--ring", "env:RING", "--advance"],
        &["--advance"],
    ] {
        let (code, out, error) = run(&[&["ring"], arguments].concat());
        assert_eq!((code, out.as_str()), (2, ""), "{arguments:?}");
        assert_harmless(&error, stored.trim().rsplit('.').next().unwrap());
    }
    assert!(desk.ring(&["--advance", "--at", &late]).2.contains("clock"));
    assert_eq!(desk.read("ring.txt"), stored);
    assert_eq!(std::fs::metadata(desk.file("ring.txt")).unwrap().modified().unwrap(), written);
    assert_eq!(desk.files(), ["p", "ring.txt", "v"], "and nothing else is left behind");
}

#[cfg(unix)]
#[test]
fn a_file_is_replaced_in_one_step_where_it_really_is() {
    use std::os::unix::fs::{MetadataExt as _, chown, symlink};
    let desk = Desk::with("replaced", &["--at", &after(0)]);
    let (file, link) = (desk.file("ring.txt"), desk.file("link"));
    symlink("ring.txt", &link).unwrap();
    // Works only for root, and then the file stays the service's.
    let given = chown(&file, Some(12_345), Some(12_345)).is_ok();
    let before = std::fs::metadata(&file).unwrap();
    let opened = std::fs::File::open(&file).unwrap();
    let old = desk.read("ring.txt");
    let source = format!("@{link}");
    let (code, _, error) = run(&["ring", "--ring", &source, "--advance", "--at", &after(29 * DAY)]);
    assert_eq!((code, error.as_str()), (0, ""));
    assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    let now = std::fs::metadata(&file).unwrap();
    assert_ne!(now.ino(), before.ino(), "another file");
    assert_eq!((now.uid(), now.gid(), crate::desk::mode(&file)), (before.uid(), before.gid(), 0o600));
    assert_eq!(now.uid() == 12_345, given);
    // Whoever has the old file open reads the old ring to its end.
    assert_eq!(std::io::read_to_string(opened).unwrap(), old);
    assert_ne!(desk.read("ring.txt"), old);
}

#[cfg(unix)]
#[test]
fn two_cannot_change_one_ring_at_once() {
    let desk = Desk::with("at-once", &["--at", &after(0)]);
    let stored = desk.read("ring.txt");
    let folder = std::fs::File::open(&desk.folder).unwrap();
    folder.lock().unwrap();
    let (code, _, error) = desk.ring(&["--advance", "--at", &after(29 * DAY)]);
    assert_eq!((code, desk.read("ring.txt")), (2, stored));
    assert!(error.contains("somebody else"), "{error}");
    folder.unlock().unwrap();
    // Several at once: one of them stages, and the others find that it is done.
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let ring = desk.ring.clone();
            std::thread::spawn(move || {
                run(&["ring", "--ring", &ring, "--advance", "--at", &after(29 * DAY), "--json"])
            })
        })
        .collect();
    let changed = threads.into_iter().map(|thread| {
        let (code, out, error) = thread.join().unwrap();
        assert_eq!((code, error.as_str()), (0, ""));
        serde_json::from_str::<serde_json::Value>(&out).unwrap()["changed"].as_bool().unwrap()
    });
    assert_eq!(changed.filter(|changed| *changed).count(), 1);
    assert_eq!(desk.json(&["--at", &after(29 * DAY)])["keys"].as_array().unwrap().len(), 6);
}

#[test]
fn a_key_that_leaked_goes_even_from_a_full_ring() {
    let desk = Desk::new("full");
    let mut ring = Ring::<Issuing>::new();
    for number in 0..16 {
        let from = Timestamp::from_unix(1_800_000_000 + number * 60 * DAY).unwrap();
        let window = Window::new(from, Seconds::days(30), Seconds::days(1)).unwrap();
        ring.add(IssuingKey::generate(Kind::Encrypted, &mut getrandom::SysRng).unwrap(), window).unwrap();
    }
    std::fs::write(desk.file("ring.txt"), ring.to_text().as_str()).unwrap();
    let view = desk.json(&["--at", &after(DAY)]);
    assert_eq!((view["keys"].as_array().unwrap().len(), &view["keys"][0]["state"]), (16, &"active".into()));
    let id = key_id(&view, 0);
    let text = desk.shown(&["--revoke", &id, "--at", &after(DAY)]);
    assert!(text.contains("no successor was staged: the ring is full"), "{text}");
    assert_eq!(desk.json(&["--at", &after(DAY)])["keys"][0]["state"], "revoked");
    // Advancing alone has nothing to lose and is refused.
    assert_eq!(desk.ring(&["--advance", "--at", &after(DAY)]).0, 2);
}
