//! Words, tokens and files that `inspect revoke`, `publish` and `new-log` do not take; and who may write at once.

use crate::desk::{Desk, after, assert_harmless, flat, run};
use crate::log_desk::{Publisher, SESSION};

#[test]
fn an_idle_token_ends_its_session_and_a_forged_one_nothing() {
    let place = Publisher::new("idle");
    let token = place.issue(0);
    place.publish(900);
    place.publish(1_800);
    assert_eq!(place.judge_json(1_900, &token)["reason"], "Idle");
    let logged = place.revoke_json(1_900, &["--session", &token, "--context", "demo"]);
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
fn wrong_words_are_told() {
    let place = Publisher::new("words");
    let (log, snapshot) = (place.log.as_str(), place.snapshot.as_str());
    let missing = place.desk.file("missing.scl");
    for (arguments, said) in [
        (vec!["revoke", "--session", SESSION], "--log FILE is needed"),
        (vec!["revoke", "--log", log], "say what to revoke"),
        (vec!["revoke", "--log", &missing, "--everyone"], "there is no such file; `inspect new-log`"),
        (vec!["revoke", "--log", "/no/such/folder/log", "--everyone"], "cannot open"),
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
        (vec!["revoke", SESSION, "--log", log], "takes who by an option"),
        (vec!["publish", log], "takes its files by options"),
        (vec!["snapshot", snapshot, "--after", log], "--after: not a revocation snapshot"),
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

#[test]
fn only_snapshots_are_replaced_by_snapshots() {
    let place = Publisher::new("slip");
    for file in [place.log.clone(), place.desk.file("ring.txt"), place.desk.file("ring.txt.signer")] {
        let before = std::fs::read(&file).unwrap();
        let publish = ["publish", "--log", &place.log, "--snapshot", &file, "--at", &after(1)];
        let revoke = ["revoke", "--log", &place.log, "--publish", &file, "--everyone", "--at", &after(1)];
        for arguments in [publish.as_slice(), &revoke] {
            let (code, out, error) = place.run(arguments);
            assert_eq!((code, out.as_str()), (2, ""));
            assert!(error.contains("is no snapshot, and is not replaced"), "{error}");
            assert_eq!(std::fs::read(&file).unwrap(), before);
        }
    }
    // A damaged one, and an empty file, are.
    for bytes in [b"scr1 and nothing good".as_slice(), b""] {
        std::fs::write(&place.snapshot, bytes).unwrap();
        assert!(place.publish(2).contains("published  "));
        assert_eq!(place.show(&place.snapshot, &["--at", &after(2)]).0, 0);
    }
    assert_eq!(place.issue(3).lines().count(), 1);
}

#[test]
fn more_log_outs_than_one_subject_may_have() {
    let place = Publisher::new("quota");
    let revoke = |seconds| {
        let token = place.issue(seconds);
        let words = ["revoke", "--log", &place.log, "--context", "demo", "--session", &token];
        place.run(&[words.as_slice(), &["--at", &after(seconds)]].concat())
    };
    for number in 0..32 {
        assert_eq!(revoke(number).0, 0, "{number}");
    }
    let before = std::fs::read(&place.log).unwrap();
    let (code, text, error) = revoke(40);
    assert_eq!((code, error.as_str()), (1, ""));
    assert!(
        text.starts_with("refused    session ") && text.contains("nothing of it is in the log"),
        "{text}"
    );
    assert!(flat(&text).contains("is NOT recorded: its subject has as many sessions"), "{text}");
    assert_eq!(std::fs::read(&place.log).unwrap(), before);
    let done = place.revoke_json(41, &["--subject", "usr_8f14e45fceea167a"]);
    assert_eq!(done["revoked"][0]["recorded"], true);
}

#[test]
fn a_log_is_not_sent_into_the_future_by_a_slip() {
    let place = Publisher::new("future");
    let before = std::fs::read(&place.log).unwrap();
    // Further from now and from the log than any clock is wrong.
    for moment in ["2199-01-01T00:00:00Z", "3000-01-01T00:00:00Z"] {
        let revoke = ["revoke", "--log", &place.log, "--everyone", "--at", moment];
        let publish = ["publish", "--log", &place.log, "--snapshot", &place.snapshot, "--at", moment];
        for arguments in [revoke.as_slice(), &publish] {
            let (code, out, error) = place.run(arguments);
            assert_eq!((code, out.as_str()), (2, ""));
            assert!(error.contains("a log never goes back"), "{error}");
        }
    }
    assert_eq!(std::fs::read(&place.log).unwrap(), before);
    place.publish(900);
}
