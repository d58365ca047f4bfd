//! `inspect new-log`, `revoke`, `publish` and `snapshot`, and tokens beside them: as an operator uses them at night.

use crate::desk::{after, assert_harmless, flat, run, run_with};
use crate::log_desk::{Publisher, SESSION};

#[test]
fn logged_out_and_in_again() {
    let place = Publisher::new("story");
    let token = place.issue(0);
    let (code, text) = place.judge(1, &token);
    assert_eq!(code, 0, "{text}");
    assert!(
        text.contains("not revoked, as of 2027-01-15T08:00:00Z") && !text.contains("; revocation"),
        "{text}"
    );

    // By a token on standard input, which is not repeated.
    let arguments = ["revoke", "--log", &place.log, "--publish", &place.snapshot, "--ring", &place.desk.ring];
    let more = ["--context", "demo", "--session", "-", "--at", &after(2)];
    let (code, text, error) = run_with(&[arguments.as_slice(), &more].concat(), token.as_bytes(), &[]);
    assert_eq!((code, error.as_str()), (0, ""), "{text}");
    assert!(text.starts_with("revoked    session "), "{text}");
    assert!(text.contains("it was not out before") && text.contains("version 2 of realm"), "{text}");
    assert!(text.contains("good until 2027-01-15T09:00:02Z (in 1 h)"), "{text}");
    assert_harmless(&text, &token);

    let (code, text) = place.judge(3, &token);
    assert_eq!(code, 1);
    assert!(text.starts_with("refused: Revoked(session)\n"), "{text}");
    assert!(text.contains("its session was logged out") && text.contains("version 2 of realm"), "{text}");
    let json = place.judge_json(3, &token);
    assert_eq!(
        (&json["reason"], &json["revocation"]["answer"]),
        (&"Revoked(session)".into(), &"Revoked(session)".into())
    );
    // Once more: it is told that it was out.
    let again = place.revoke_json(4, &["--session", &token, "--context", "demo"]);
    assert_eq!(
        (&again["revoked"][0]["already_out"], &again["published"]["written"]),
        (&true.into(), &false.into())
    );
    // Logging in again works.
    let fresh = place.desk.issue(&["--at", &after(5), "--revocations", &place.snapshot]);
    assert_eq!(place.judge(6, &fresh).0, 0);
    assert_eq!(place.judge(6, &token).0, 1);
}

#[test]
fn each_scope_by_hand() {
    let place = Publisher::new("scopes");
    let (one, other) = (place.issue(0), place.issue(0));
    let ids = |token: &str| {
        let outline: serde_json::Value = serde_json::from_str(&run(&[token, "--json"]).1).unwrap();
        ["session_id", "token_id", "key_id"].map(|id| outline[id].as_str().unwrap().to_owned())
    };
    let [session, token, key] = ids(&one);
    let verdict = |seconds, token: &str| {
        place.judge_json(seconds, token)["reason"].as_str().unwrap_or("accepted").to_owned()
    };
    // One token, by its ids; the session's until is the token's life.
    let done = place.revoke_json(10, &["--token", &format!("{session}:{token}")]);
    assert_eq!(done["revoked"][0]["id"], format!("{session}:{token}"));
    assert_eq!(done["revoked"][0]["until"]["utc"], after(10 + 1_800));
    assert_eq!((verdict(11, &one).as_str(), verdict(11, &other).as_str()), ("Revoked(token)", "accepted"));
    // And by the token itself.
    let done = place.revoke_json(12, &["--token", &other, "--context", "demo"]);
    assert_eq!(done["revoked"][0]["until"]["utc"], after(1_800));
    assert_eq!(verdict(13, &other), "Revoked(token)");
    // A session by its id.
    let done = place.revoke_json(14, &["--session", &session]);
    assert_eq!(
        (&done["revoked"][0]["scope"], &done["revoked"][0]["until"]["utc"]),
        (&"session".into(), &after(14 + 28_800).into())
    );
    assert_eq!(verdict(15, &one), "Revoked(session)");
    // Its subject: the cut-off is the skew and a second ahead, and the next one later still.
    let fresh = place.issue(16);
    let text = place.revoke(20, &["--subject", "usr_8f14e45fceea167a"]);
    assert!(text.contains(&format!("every session begun before {} (in 31 s) is over", after(51))), "{text}");
    assert!(
        text.contains("logging in again works at once") && text.contains(&format!("from {} on", after(51))),
        "{text}"
    );
    assert_eq!(verdict(21, &fresh), "Revoked(subject)");
    let (_, text) = place.judge(21, &fresh);
    assert!(
        flat(&text).contains(
            "begun before 2027-01-15T08:00:51Z are over, and this one began at 2027-01-15T08:00:16Z"
        ),
        "{text}"
    );
    let again = place.desk.issue(&["--at", &after(22), "--revocations", &place.snapshot]);
    assert_eq!(verdict(23, &again), "accepted");
    let later = place.revoke_json(20, &["--subject", "usr_8f14e45fceea167a"]);
    assert_eq!(later["revoked"][0]["before"]["utc"], after(52));
    assert_eq!(verdict(24, &again), "Revoked(subject)", "begun at the cut-off before");
    // Everyone knows of the cut-offs of subjects.
    let all = place.revoke_json(20, &["--everyone"]);
    assert_eq!(all["revoked"][0]["before"]["utc"], after(53));
    // A key.
    let fresh = place.desk.issue(&["--at", &after(60)]);
    let text = place.revoke(61, &["--key", &key]);
    assert!(text.starts_with(&format!("revoked    key {key}  it was not out before")), "{text}");
    assert!(text.contains(&format!("inspect ring --ring {} --revoke {key}\n", place.desk.ring)), "{text}");
    let repeat = 61 + 3_600 + 30 + 241;
    assert!(
        flat(&text).contains(&format!("revoke everyone now, and once more at {}", after(repeat))),
        "{text}"
    );
    assert_eq!(verdict(62, &fresh), "Revoked(key)");
    let (code, _, error) = run(&[
        "issue",
        "--ring",
        &place.desk.ring,
        "--context",
        "demo",
        "--subject",
        "u",
        "--at",
        &after(63),
        "--revocations",
        &place.snapshot,
    ]);
    assert_eq!(code, 2);
    assert!(error.contains("as a rule its key is revoked there"), "{error}");
    // Several in one version.
    let both = place.revoke_json(70, &["--key", "01020304", "--everyone", "--propagation", "10min"]);
    assert_eq!((both["revoked"].as_array().unwrap().len(), &both["log"]["version"]), (2, &9.into()));
    let to_do = both["to_do"].to_string();
    assert!(
        to_do.contains("the ring has no key 01020304") && to_do.contains("revoke everyone once more"),
        "{to_do}"
    );
}

#[test]
fn published_by_hand_and_again_when_it_is_due() {
    let place = Publisher::new("heartbeat");
    let version = |text: &str| text.split("version ").nth(1).unwrap().split(' ').next().unwrap().to_owned();
    let text = place.publish(899);
    assert!(text.contains("fresh      ") && text.contains("holds that already"), "{text}");
    assert!(text.contains(&format!("to be published again by {}", after(900))), "{text}");
    let text = place.publish(900);
    assert!(text.contains("published  ") && version(&text) == "2", "{text}");
    // Recorded without publishing: nodes do not know, and that is said.
    let token = place.issue(901);
    let text = place.done(&[
        "revoke",
        "--log",
        &place.log,
        "--session",
        &token,
        "--context",
        "demo",
        "--at",
        &after(902),
    ]);
    assert!(
        text.contains("publish it: nodes know nothing of it yet") && !text.contains("published "),
        "{text}"
    );
    assert_eq!(place.judge(903, &token).0, 0);
    assert_eq!(place.desk.files().iter().filter(|name| name.contains("unpublished")).count(), 0);
    place.publish(904);
    assert_eq!(place.judge(905, &token).0, 1);
}

#[test]
fn the_settings_of_the_service_are_kept() {
    let more = ["--validity", "5min", "--staleness-bound", "4min", "--longest-token", "20min"];
    let place = Publisher::with("settings", &more);
    let header = |seconds| {
        let (_, text, _) = place.show(&place.snapshot, &["--at", &after(seconds), "--json"]);
        serde_json::from_str::<serde_json::Value>(&text).unwrap()["header"].clone()
    };
    let first = header(1);
    assert_eq!((&first["token_life"], &first["staleness_bound"]), (&1_200.into(), &240.into()));
    // Nothing of that is said here, and the log remembers; the filter goes by what is published.
    place.done(&[
        "publish",
        "--log",
        &place.log,
        "--snapshot",
        &place.snapshot,
        "--probes",
        "20",
        "--at",
        &after(80),
    ]);
    place.revoke(81, &["--session", SESSION]);
    let next = header(82);
    assert_eq!((&next["token_life"], &next["staleness_bound"]), (&1_200.into(), &240.into()));
    assert_eq!((&next["not_after"]["utc"], &next["probes"]), (&after(81 + 300).into(), &20.into()));
    let (code, text, _) = place.show(&place.snapshot, &["--at", &after(240)]);
    assert_eq!(code, 0);
    assert!(text.contains("more than half of its validity is gone"), "{text}");
}

#[test]
fn the_json_of_a_change_is_stable() {
    let place = Publisher::new("json");
    let done = place.revoke_json(1, &["--session", SESSION]);
    let keys =
        |value: &serde_json::Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ");
    assert_eq!(done["action"], "safeconduct-log-action/1");
    assert_eq!(keys(&done), "action at log published revoked to_do");
    assert_eq!(keys(&done["log"]), "complete_to entries file issued_at realm_id version");
    assert_eq!(keys(&done["revoked"][0]), "already_out before id recorded refused scope until");
    assert_eq!(keys(&done["published"]), "file next not_after version written");
    let done_alone = place.done(&["revoke", "--log", &place.log, "--everyone", "--at", &after(1), "--json"]);
    let alone: serde_json::Value = serde_json::from_str(&done_alone).unwrap();
    assert_eq!(keys(&alone["to_do"][0]), "command message");
    // Whose sessions they are is not in it.
    let done = place.revoke(2, &["--subject", "usr_8f14e45fceea167a", "--json"]);
    assert!(!done.contains("usr_8f14"), "{done}");
}
