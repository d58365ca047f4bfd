//! `inspect ring`: what is shown of a ring.

use crate::desk::{Desk, after, run, run_with};
use safeconduct::{Issuing, IssuingKey, Kind, Ring, Seconds, Timestamp, Window};

const DAY: u64 = 86_400;
const HOUR: u64 = 3_600;

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_unix(1_800_000_000 + seconds).unwrap()
}

/// A desk with a ring of these windows of kind e: start, minting and tail.
fn desk_of(name: &str, windows: &[(u64, u64, u64)]) -> Desk {
    let desk = Desk::new(name);
    let mut ring = Ring::<Issuing>::new();
    for (from, minting, tail) in windows {
        let seconds = |number: u64| Seconds::new(u32::try_from(number).unwrap());
        let window = Window::new(at(*from), seconds(*minting), seconds(*tail)).unwrap();
        ring.add(IssuingKey::generate(Kind::Encrypted, &mut getrandom::SysRng).unwrap(), window).unwrap();
    }
    std::fs::write(desk.file("ring.txt"), ring.to_text().as_str()).unwrap();
    desk
}

fn warnings(desk: &Desk, more: &[&str]) -> Vec<String> {
    let view = desk.json(more);
    let warnings = view["warnings"].as_array().unwrap();
    let codes = warnings.iter().map(|warning| warning["code"].as_str().unwrap().to_owned());
    codes.filter(|code| code != "readable-by-others").collect()
}

#[test]
fn a_ring_is_shown_with_its_keys_and_the_next_change() {
    let desk = Desk::with("ring-shown", &["--at", &after(0), "--kinds", "es", "--realm"]);
    let text = desk.shown(&["--at", &after(26 * DAY + 22 * HOUR)]);
    assert!(text.starts_with("issuer's ring  2 keys, 1 realm, at 2027-02-11T06:00:00Z\n"), "{text}");
    assert_eq!(
        text.matches("active       2027-01-15 08:00  2027-02-14 08:00  1 d          stops in 3 d 2 h")
            .count(),
        2
    );
    assert!(text.contains("1 signer (") && text.contains("snapshots from version 0 on"));
    assert!(!text.contains('!') && !text.contains('\x1b'));
    for moment in [0, 29 * DAY + HOUR, 30 * DAY, 40 * DAY, 9_000 * DAY] {
        let text = desk.shown(&["--at", &after(moment)]);
        assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    }
    // Before it begins it is staged, and afterwards accepted only.
    let view = desk.json(&["--at", "2027-01-10T08:00:00Z"]);
    assert_eq!(view["keys"][0]["state"], "staged");
    assert_eq!(view["keys"][0]["next"]["state"], "active");
    assert_eq!(view["keys"][0]["next"]["at"], view["keys"][0]["issue_from"]);
    let view = desk.json(&["--at", &after(30 * DAY)]);
    assert_eq!(
        (&view["keys"][1]["state"], &view["keys"][1]["next"]["state"]),
        (&"accept-only".into(), &"over".into())
    );
    let view = desk.json(&["--at", &after(31 * DAY)]);
    assert_eq!(
        (&view["keys"][1]["state"], &view["keys"][1]["next"]),
        (&"expired".into(), &serde_json::Value::Null)
    );
}

#[test]
fn the_json_of_a_ring_is_stable() {
    let desk = Desk::with("ring-json", &["--kinds", "n", "--realm"]);
    let view = desk.json(&["--at", "2199-01-01T00:00:00Z"]);
    let keys =
        |value: &serde_json::Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ");
    assert_eq!(keys(&view), "at document keys realms ring role warnings");
    assert_eq!(keys(&view["keys"][0]), "accept_until issue_from issue_until key_id kind next state");
    assert_eq!(keys(&desk.json(&[])["keys"][0]["next"]), "at state");
    assert_eq!(keys(&view["realms"][0]), "filter_key min_snapshot_version realm_id signers");
    assert_eq!(keys(&view["warnings"][0]), "code key_id kind message");
    assert_eq!((&view["ring"], &view["role"]), (&"safeconduct-ring/1".into(), &"issuer".into()));
    assert_eq!(view["at"]["utc"], "2199-01-01T00:00:00Z");
    assert_eq!(view["realms"][0]["signers"][0].as_str().unwrap().len(), 64);
}

#[test]
fn the_timeline_of_two_keys() {
    let desk = Desk::with("ring-timeline", &["--at", &after(0), "--kinds", "e"]);
    desk.shown(&["--advance", "--at", &after(29 * DAY)]);
    let moment = after(29 * DAY);
    let text = desk.shown(&["--at", &moment]);
    let view = desk.json(&["--at", &moment]);
    let id = |number: usize| view["keys"][number]["key_id"].as_str().unwrap().to_owned();
    let drawing =
        text[text.find("timeline").unwrap()..].replace(&id(0), "old-key-").replace(&id(1), "new-key-");
    let expected = "\
timeline  2027-01-15 08:00 to 2027-03-17 20:39   ░ staged  █ minting  ▒ accepted
                                                     ▼ now
  e old-key-  █████████████████████████████████████████▒▒
  e new-key-                                         ░██████████████████████████████████████████▒
              ─────────────────┴──────────────────┴──────────────────┴──────────────────┴─────────
                               01-28              02-11              02-25              03-11
";
    assert_eq!(drawing, expected);
}

#[test]
fn a_timeline_is_readable_whatever_the_windows_are() {
    let for_ever = 130 * 365 * DAY;
    for windows in [
        [(0, 1, 0), (0, for_ever, for_ever)],
        [(0, 60, 5_400), (60, 60, 5_400)],
        [(5_000 * DAY, 30 * DAY, DAY), (0, 30 * DAY, DAY)],
    ] {
        let desk = desk_of("ring-windows", &windows);
        for moment in [0, 61, 30 * DAY, 4_999 * DAY, 80_000 * DAY] {
            let text = desk.shown(&["--at", &after(moment)]);
            assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
            assert!(text.contains("now") && text.matches("  e ").count() >= 2, "{text}");
        }
    }
}

#[test]
fn warnings_say_what_will_hurt() {
    // In order, and nothing is wrong.
    let tail = 5_400;
    let month = 30 * DAY;
    let followed = desk_of("ring-warn-1", &[(0, month, tail), (month, month, tail)]);
    assert!(warnings(&followed, &["--at", &after(month - 60)]).is_empty());
    // The last key ends, and nothing is staged.
    let last = after(2 * month - DAY);
    assert_eq!(warnings(&followed, &["--at", &last]), ["ends-soon", "over"]);
    let before = after(2 * month - DAY - 1);
    assert_eq!(warnings(&followed, &["--at", &before]), ["over"]);
    assert_eq!(warnings(&followed, &["--publish-ahead", "2d", "--at", &before]), ["ends-soon", "over"]);
    // What is warned of is what advancing does away with.
    followed.shown(&["--advance", "--at", &last]);
    assert!(warnings(&followed, &["--at", &last]).is_empty());
    // A gap that comes, and then is there.
    let gap = desk_of("ring-warn-2", &[(0, month, tail), (month + HOUR, month, tail)]);
    assert_eq!(warnings(&gap, &["--at", &after(month - HOUR)]), ["gap-ahead"]);
    assert!(gap.shown(&["--at", &after(month - HOUR)]).contains("for 1 h, until"));
    assert_eq!(warnings(&gap, &["--at", &after(month)]), ["no-active-key"]);
    // Left alone, a little and far too long.
    let alone = desk_of("ring-warn-3", &[(0, month, tail)]);
    let text = alone.shown(&["--at", &after(month + DAY)]);
    assert!(
        text.contains("nobody mints kind e now, and nothing is staged: --advance stages a key"),
        "{text}"
    );
    assert!(text.contains("is over: --advance drops it"));
    assert!(alone.shown(&["--at", &after(2 * month + 1)]).contains("too late to advance"));
    // Tokens would outlive the key; thirteen keys.
    let short = desk_of("ring-warn-4", &[(0, month, 600); 13]);
    let found = warnings(&short, &["--at", &after(1)]);
    assert_eq!(found, ["short-tail", "many-keys"]);
    assert!(warnings(&short, &["--at", &after(1), "--longest-token", "10min"]).contains(&"many-keys".into()));
}

#[cfg(unix)]
#[test]
fn a_file_that_others_can_read_is_warned_of() {
    use std::os::unix::fs::PermissionsExt as _;
    let desk = Desk::new("ring-mode");
    assert!(!desk.shown(&[]).contains("others"));
    std::fs::set_permissions(desk.file("ring.txt"), std::fs::Permissions::from_mode(0o644)).unwrap();
    assert!(desk.shown(&[]).contains("(mode 0644)"));
    // A change makes it its owner's again, and says so.
    let text = desk.shown(&["--advance", "--publish-ahead", "31d", "--minting", "40d"]);
    assert!(text.contains("it had mode 0644"), "{text}");
    assert_eq!(crate::desk::mode(&desk.file("ring.txt")), 0o600);
}

#[test]
fn rings_come_from_files_and_variables_of_any_role() {
    let desk = Desk::with("ring-roles", &["--realm"]);
    desk.shown(&["--verifier", &desk.file("v"), "--public", &desk.file("p")]);
    for (file, first) in
        [("ring.txt", "issuer's ring  3"), ("v", "verifier's ring  3"), ("p", "public ring  1")]
    {
        let (code, text, _) = run(&["ring", "--ring", &format!("@{}", desk.file(file))]);
        assert!(code == 0 && text.starts_with(first), "{text}");
        let (code, same, _) = run_with(&["ring", "--ring", "env:RING"], b"", &[("RING", &desk.read(file))]);
        assert!(code == 0 && same.starts_with(first), "{same}");
        assert_eq!(text.contains("without its filter key"), file == "p");
    }
}

#[test]
fn what_is_no_ring_is_told_without_repeating_it() {
    let desk = Desk::new("ring-garbage");
    let text = desk.read("ring.txt");
    let broken = [
        String::new(),
        "SECRETSECRET".into(),
        text.replacen("issuer", "SECRET", 1),
        text[..60].into(),
        text.replacen("sc-ring.v1", "sc-ring.v2", 1),
        "sc-ring.v1.wrapped.SECRET".into(),
        "S".repeat(1 << 20),
    ];
    for garbage in broken {
        std::fs::write(desk.file("bad"), &garbage).unwrap();
        let source = format!("@{}", desk.file("bad"));
        for more in [["--json"].as_slice(), &["--advance"], &["--revoke", "00000000"], &["--public", "x"]] {
            let (code, out, error) = run(&[["ring", "--ring", &source].as_slice(), more].concat());
            assert_eq!((code, out.as_str()), (2, ""), "{more:?}");
            assert!(error.starts_with("inspect: ") && !error.contains("SECRET"), "{error}");
            crate::desk::assert_harmless(&error, &text[20..]);
        }
        assert_eq!(desk.read("bad"), garbage);
    }
    let slips = [
        vec!["ring", "--ring", &text],
        vec!["ring", "--ring", "@/no/such/SECRET"],
        vec!["ring", "--ring", "@/"],
        vec!["ring", "--ring", "env:NO_SUCH_SECRET"],
        vec!["ring", "SECRET"],
        vec!["ring", "--revoke", "SECRET"],
        vec!["ring", "--minting", "SECRET"],
        vec!["ring", "--at", "SECRET"],
        vec!["ring", "--as", "SECRET"],
        vec!["ring", "--version", "SECRET"],
        vec!["ring", "--root-public", "SECRET"],
        vec!["ring", "--verifier", "sc-ring.v1.SECRET"],
        vec!["ring", "--SECRET"],
        vec!["new-ring", "sc-kek.v1.SECRET"],
        vec!["new-ring", "x", "--kinds", "SECRET"],
        vec!["--policy", "SECRET"],
        vec!["--kind", "SECRET"],
        vec!["--level", "SECRET"],
    ];
    for arguments in slips {
        let (code, out, error) = run(&arguments);
        assert_eq!((code, out.as_str()), (2, ""), "{arguments:?}");
        assert!(!error.contains("SECRET") && !error.contains(&text[20..40]), "{error}");
    }
}

#[test]
fn options_without_effect_are_refused() {
    let desk = Desk::new("ring-options");
    for more in [
        ["--version", "3"].as_slice(),
        &["--minting", "3d"],
        &["--advance", "--verifier", "x"],
        &["--advance", "--kek", "@x"],
        &["--advance", "--advance"],
        &["--advance", "--kind", "e"],
        &["--advance", "--publish-ahead", "30min"],
        &["--advance", "--minting", "1h"],
        &["--verifier", "x", "--json"],
        &["--kinds", "e"],
        &["--unwrap", "@x"],
    ] {
        let (code, out, error) = desk.ring(more);
        assert_eq!((code, out.as_str()), (2, ""), "{more:?}");
        assert!(error.starts_with("inspect: "), "{error}");
    }
    assert_eq!(desk.files(), ["ring.txt"]);
    assert_eq!(run(&["ring"]).0, 2);
    assert_eq!(run(&["issue", "--advance"]).0, 2);
    let (code, help, _) = run(&["ring", "--help"]);
    assert_eq!(code, 0);
    for word in ["--advance", "--revoke", "--wrap", "--unwrap", "no-active-key", "exit code"] {
        assert!(help.contains(word), "{word}");
    }
}
