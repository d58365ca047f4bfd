//! `inspect new-log`, `revoke`, `publish` and `snapshot`, and tokens beside them: as an operator uses them at night.

use crate::desk::{Desk, after, assert_harmless, flat, run, run_with};

const SESSION: &str = "0102030405060708090a0b0c";

/// A desk with a realm, a log, and a snapshot that is published.
struct Publisher {
    desk: Desk,
    log: String,
    snapshot: String,
    /// What is in the files that are secrets.
    secrets: Vec<String>,
}

impl Publisher {
    fn new(name: &str) -> Self {
        Self::with(name, &[])
    }

    fn with(name: &str, more: &[&str]) -> Self {
        let desk = Desk::with(&format!("log-{name}"), &["--realm", "--at", &after(0)]);
        let (log, snapshot) = (desk.file("log.scl"), desk.file("snapshot.scr"));
        let secrets = ["ring.txt", "ring.txt.signer"].map(|file| desk.read(file).trim().to_owned());
        let publisher = Self { desk, log, snapshot, secrets: secrets.into() };
        let created =
            publisher.done(&[&["new-log", &publisher.log.clone(), "--at", &after(0)], more].concat());
        assert!(created.starts_with("created    ") && created.contains("version 1 of realm"), "{created}");
        publisher.publish(0);
        publisher
    }

    /// Runs with the ring; nothing secret may be in what is shown.
    fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        let (code, text, error) = run(&[arguments, &["--ring", &self.desk.ring]].concat());
        for secret in &self.secrets {
            let body = secret.rsplit('.').next().unwrap();
            assert_harmless(&text, body);
            assert_harmless(&error, body);
        }
        (code, text, error)
    }

    fn done(&self, arguments: &[&str]) -> String {
        let (code, text, error) = self.run(arguments);
        assert_eq!((code, error.as_str()), (0, ""), "{arguments:?}\n{text}");
        text
    }

    fn publish(&self, seconds: u64) -> String {
        self.done(&["publish", "--log", &self.log, "--snapshot", &self.snapshot, "--at", &after(seconds)])
    }

    /// `inspect revoke`, published at once.
    fn revoke(&self, seconds: u64, who: &[&str]) -> String {
        self.done(
            &[&["revoke", "--log", &self.log, "--publish", &self.snapshot, "--at", &after(seconds)], who]
                .concat(),
        )
    }

    fn revoke_json(&self, seconds: u64, who: &[&str]) -> serde_json::Value {
        serde_json::from_str(&self.revoke(seconds, &[who, &["--json"]].concat())).unwrap()
    }

    fn issue(&self, seconds: u64) -> String {
        self.desk.issue(&["--at", &after(seconds)])
    }

    /// `inspect TOKEN --revocations`: exit code and the report.
    fn judge(&self, seconds: u64, token: &str) -> (i32, String) {
        let (code, text, error) =
            self.desk.inspect(token, &["--revocations", &self.snapshot, "--at", &after(seconds)]);
        assert_eq!(error, "");
        (code, text)
    }

    fn judge_json(&self, seconds: u64, token: &str) -> serde_json::Value {
        let more = ["--revocations", &self.snapshot, "--at", &after(seconds), "--json"];
        serde_json::from_str(&self.desk.inspect(token, &more).1).unwrap()
    }

    /// `inspect snapshot` with the ring: exit code, text, messages.
    fn show(&self, file: &str, more: &[&str]) -> (i32, String, String) {
        self.run(&[&["snapshot", file], more].concat())
    }
}

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
fn an_idle_token_ends_its_session_and_a_forged_one_nothing() {
    let place = Publisher::new("idle");
    let token = place.issue(0);
    let logged = place.revoke_json(3_000, &["--session", &token, "--context", "demo"]);
    assert_eq!(logged["revoked"][0]["recorded"], true);
    let before = std::fs::read(&place.log).unwrap();
    let altered =
        format!("{}{}", &token[..token.len() - 4], if token.ends_with("AAAA") { "BBBA" } else { "AAAA" });
    let refused = |token: &str, context: &str, seconds| {
        let arguments = ["revoke", "--log", &place.log, "--session", token, "--context", context, "--at"];
        let (code, out, error) = place.run(&[arguments.as_slice(), &[&after(seconds)]].concat());
        assert_eq!((code, out.as_str()), (1, ""), "{error}");
        assert!(error.starts_with("inspect: nothing was recorded: "), "{error}");
        assert_harmless(&error, token);
        error
    };
    assert!(refused(&altered, "demo", 10).contains("Forged"));
    // The way by its id is named.
    assert!(refused(&token, "other", 10).contains("--session "));
    assert!(refused(&token, "demo", 28_800).contains("ended by itself"));
    assert_eq!(std::fs::read(&place.log).unwrap(), before);
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
    assert!(error.contains("have something against the new session"), "{error}");
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
fn files_are_for_their_owner_and_never_overwritten() {
    let place = Publisher::new("files");
    #[cfg(unix)]
    for file in [&place.log, &place.snapshot] {
        assert_eq!(crate::desk::mode(file), 0o600);
    }
    let before = std::fs::read(&place.log).unwrap();
    let (code, _, error) = place.run(&["new-log", &place.log]);
    assert_eq!(code, 2);
    assert!(error.contains("no log is created over another"), "{error}");
    assert_eq!(std::fs::read(&place.log).unwrap(), before);
    // Eight at once lose nothing.
    let handles: Vec<_> = (0..8_u8)
        .map(|number| {
            let arguments =
                ["revoke", "--log", &place.log, "--publish", &place.snapshot, "--ring", &place.desk.ring];
            let arguments: Vec<String> = arguments.iter().map(|word| (*word).to_owned()).collect();
            std::thread::spawn(move || {
                let id = format!("{number:02x}").repeat(12);
                let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
                let (code, text, error) =
                    run(&[words.as_slice(), &["--session", &id, "--at", &after(5)]].concat());
                assert_eq!(code, 0, "{text}{error}");
            })
        })
        .collect();
    handles.into_iter().for_each(|handle| handle.join().unwrap());
    place.publish(6);
    let (_, text, _) = place.show(&place.snapshot, &["--at", &after(6), "--json"]);
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["header"]["revoked"]["sessions"], 8);
    // A log that went back is noticed by what is published, and nothing is written over it.
    let published = std::fs::read(&place.snapshot).unwrap();
    std::fs::write(&place.log, &before).unwrap();
    let (code, _, error) =
        place.run(&["publish", "--log", &place.log, "--snapshot", &place.snapshot, "--at", &after(7)]);
    assert_eq!(code, 2);
    assert!(error.contains("went back") && error.contains("put the later log back"), "{error}");
    assert_eq!(std::fs::read(&place.snapshot).unwrap(), published);
    let revoke = [
        "revoke",
        "--log",
        &place.log,
        "--publish",
        &place.snapshot,
        "--session",
        SESSION,
        "--at",
        &after(8),
    ];
    let (code, text, error) = place.run(&revoke);
    assert_eq!(code, 2);
    assert!(
        text.starts_with("revoked    session") && error.contains("is in the log, but nothing was published"),
        "{text}{error}"
    );
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

#[test]
fn wrong_words_are_told() {
    let place = Publisher::new("words");
    let (log, snapshot) = (place.log.as_str(), place.snapshot.as_str());
    for (arguments, said) in [
        (vec!["revoke", "--session", SESSION], "--log FILE is needed"),
        (vec!["revoke", "--log", log], "say what to revoke"),
        (vec!["revoke", "--log", "/no/such/log", "--everyone"], "no such file"),
        (vec!["revoke", "--log", log, "--session", "sc"], "--session takes a token"),
        (vec!["revoke", "--log", log, "--token", SESSION], "--token takes a token"),
        (vec!["revoke", "--log", log, "--key", "xyz"], "--key takes a key id"),
        (vec!["revoke", "--log", log, "--session", "-", "--token", "-"], "only one token"),
        (
            vec!["revoke", "--log", log, "--everyone", "--snapshot", snapshot],
            "--snapshot goes with inspect publish",
        ),
        (vec!["revoke", "--log", log, "--everyone", "--advance"], "--advance goes with `inspect ring`"),
        (
            vec!["revoke", "--log", log, "--everyone", "--validity", "9h"],
            "--validity goes with inspect new-log",
        ),
        (vec!["revoke", "--log", log, "--everyone", "--everyone"], "given twice"),
        (vec!["revoke", "--log", snapshot, "--everyone"], "--log: not a revocation log"),
        (vec!["publish", "--log", log], "--snapshot FILE is needed"),
        (vec!["publish", "--log", log, "--snapshot", snapshot, "--probes", "7"], "--probes takes"),
        (vec!["new-log"], "needs a file name"),
        (vec!["snapshot", "/no/such/file"], "the snapshot: "),
        (vec!["snapshot", snapshot, "--everyone"], "--everyone goes with inspect revoke"),
    ] {
        let (code, out, error) = place.run(&arguments);
        assert_eq!((code, out.as_str()), (2, ""), "{arguments:?}: {error}");
        assert!(error.starts_with("inspect: ") && error.contains(said), "{arguments:?}: {error}");
    }
    // Another ring's signer, and a ring without a realm.
    let other = Publisher::new("words-other");
    let signer = format!("{}.signer", other.desk.ring);
    let (code, _, error) = place.run(&["revoke", "--log", log, "--everyone", "--signer", &signer]);
    assert_eq!(code, 2);
    assert!(error.contains("none of the signers"), "{error}");
    let (code, _, error) = place.run(&["revoke", "--log", &other.log, "--everyone"]);
    assert_eq!(code, 2);
    assert!(error.contains("none of the ring's realms"), "{error}");
    let plain = Desk::new("log-words-plain");
    let (code, _, error) = run(&["new-log", &plain.file("log"), "--ring", &plain.ring, "--signer", &signer]);
    assert_eq!(code, 2);
    assert!(error.contains("no realm"), "{error}");
    for words in [["revoke", "--help"], ["snapshot", "--help"], ["publish", "--help"]] {
        let (code, help, _) = run(&words);
        assert_eq!(code, 0);
        assert!(
            help.contains("exit code")
                && help.contains("--session")
                && help.contains("safeconduct-snapshot/1")
        );
        assert!(help.lines().all(|line| line.chars().count() <= 110), "{help}");
    }
}
