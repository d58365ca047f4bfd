//! The `inspect` example, run as a program.

use std::process::{Command, Stdio};

use crate::desk::{Desk, program, run, run_with};

#[test]
fn from_a_new_ring_to_a_verdict() {
    let desk = Desk::new("verdict");
    for kind in ["e", "s", "n"] {
        let token = desk.issue(&["--kind", kind, "--level", "aal2"]);
        let (code, text, _) = desk.inspect(&token, &[]);
        assert_eq!(code, 0);
        for word in ["accepted", "usr_8f14e45fceea167a", "aal2", "in 30 min", "in 8 h", "session id"] {
            assert!(text.contains(word), "{word} is missing in\n{text}");
        }
        assert!(!text.contains('\x1b'), "no colour into a pipe");
        // Any one character changed: refused, exit 1.
        for place in [4, 20, 50, 90, token.len() - 1] {
            let other = if &token[place..=place] == "A" { "B" } else { "A" };
            let changed = format!("{}{other}{}", &token[..place], &token[place + 1..]);
            let (code, text, _) = desk.inspect(&changed, &[]);
            assert_eq!(code, 1, "{text}");
            assert!(text.starts_with("refused: "));
        }
    }
    assert!(desk.issue(&[]).len() <= 116);
}

#[test]
fn garbage_is_unusable_input() {
    let desk = Desk::new("garbage");
    for garbage in ["garbage", "", "sc", "!!!!", "eyJhbGciOiJIUzI1NiJ9.e30.x"] {
        let (code, out, error) = desk.inspect(garbage, &[]);
        assert_eq!((code, out.as_str()), (2, ""), "{garbage}");
        assert!(error.starts_with("inspect: "));
    }
    let huge = vec![b'A'; 1 << 20];
    assert_eq!(run_with(&[], &huge, &[]).0, 2);
    assert_eq!(run_with(&[], &[0xFF, 0xFE, 0x00], &[]).0, 2);
}

#[test]
fn without_a_ring_only_the_outline_is_shown() {
    let desk = Desk::new("outline");
    let token = desk.issue(&[]);
    let (code, text, _) = run_with(&[], format!(" {token}\n").as_bytes(), &[]);
    assert_eq!(code, 0);
    assert!(text.contains("not verified") && text.contains("body, encrypted"));
    assert!(!text.contains("accepted") && !text.contains("usr_8f14"));
}

#[test]
fn times_can_be_asked_for() {
    let desk = Desk::new("times");
    let token = desk.issue(&[]);
    let (code, text, _) = desk.inspect(&token, &["--at", "2199-01-01T00:00:00Z"]);
    assert_eq!(code, 1);
    assert!(text.starts_with("refused: KeyExpired"), "{text}");
    assert!(text.contains("y ") && text.contains("ago"));
    assert_eq!(desk.inspect(&token, &["--at", "yesterday"]).0, 2);
}

#[test]
fn json_shows_claims_only_when_asked() {
    let desk = Desk::new("json");
    let token = desk.issue(&[]);
    let json = |more: &[&str]| {
        let (code, text, _) = desk.inspect(&token, more);
        (code, serde_json::from_str::<serde_json::Value>(&text).unwrap(), text)
    };
    let (code, report, text) = json(&["--json"]);
    assert_eq!(
        (code, &report["verdict"], &report["claims"]),
        (0, &"accepted".into(), &serde_json::Value::Null)
    );
    assert!(!text.contains("usr_8f14"));
    let (_, report, _) = json(&["--json", "--claims"]);
    assert_eq!(report["claims"]["subject"], "usr_8f14e45fceea167a");
    assert_eq!(report["claims"]["level"], "aal1");
}

#[test]
fn a_ring_file_is_for_its_owner_and_never_overwritten() {
    let desk = Desk::new("file");
    let path = desk.folder.join("ring.txt");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let before = std::fs::read_to_string(&path).unwrap();
    let (code, _, error) = run(&["new-ring", path.to_str().unwrap()]);
    assert_eq!(code, 2);
    assert!(error.contains("exists"));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), before);
    // Ids and windows are printed, and nothing of the keys.
    assert_eq!(desk.printed.matches("mints until").count(), 3);
    let body = before.trim().rsplit('.').next().unwrap();
    for output in [desk.printed.clone(), desk.inspect(&desk.issue(&[]), &["--json", "--claims"]).1] {
        assert!((0..body.len() - 12).all(|at| !output.contains(&body[at..at + 12])));
    }
}

#[test]
fn a_ring_is_not_taken_from_the_command_line() {
    let desk = Desk::new("literal");
    let token = desk.issue(&[]);
    let ring = std::fs::read_to_string(desk.folder.join("ring.txt")).unwrap();
    let (code, _, error) = run(&[&token, "--ring", ring.trim(), "--context", "demo"]);
    assert_eq!(code, 2);
    assert!(!error.contains(&ring[20..40]), "and not repeated in the message");
    let taken = run_with(
        &[&token, "--ring", "env:DEMO_RING", "--context", "demo"],
        b"",
        &[("DEMO_RING", format!("\"{}\"", ring.trim()).as_str())],
    );
    assert_eq!(taken.0, 0, "quoted in the environment: {}", taken.2);
    assert_eq!(run(&[&token, "--ring", "env:NO_SUCH_RING", "--context", "demo"]).0, 2);
    assert_eq!(run(&[&token, "--ring", "@/no/such/file", "--context", "demo"]).0, 2);
}

#[test]
fn a_report_is_not_worth_a_session() {
    let desk = Desk::new("ticket");
    let token = desk.issue(&[]);
    let proof = |text: &str| {
        let line = text.lines().find(|line| line.split_whitespace().nth(1) == Some("tag")).unwrap();
        line.split_whitespace().filter(|word| word.len() >= 8).map(str::to_owned).collect::<Vec<_>>()
    };
    let (_, text, _) = desk.inspect(&token, &[]);
    assert_eq!(proof(&text)[0].len(), 8, "the first 4 bytes of 16");
    let (_, text, _) = desk.inspect(&token, &["--bytes"]);
    assert_eq!(proof(&text)[0].len(), 32);
}

#[cfg(unix)]
#[test]
fn no_message_repeats_what_was_typed() {
    use std::os::unix::ffi::OsStrExt as _;
    let secret = "sc-ring.v1.issuer.SECRETSECRETSECRET";
    let binary = std::ffi::OsStr::from_bytes(b"sc-ring.v1.issuer.SECRETSECRET\xff");
    let desk = Desk::new("typed");
    let token = desk.issue(&[]);
    let mut commands = vec![];
    for arguments in
        [vec!["inspect", secret, "x"], vec![secret], vec!["issue", secret], vec!["--ring", secret, &token]]
    {
        commands.push((arguments.iter().map(std::ffi::OsString::from).collect::<Vec<_>>(), None));
    }
    commands.push((vec![format!("--ring={secret}").into()], None));
    commands.push((vec![binary.to_owned()], None));
    let from_environment = ["--ring", "env:BAD_RING", "--context", "demo", &token];
    commands.push((from_environment.iter().map(std::ffi::OsString::from).collect(), Some(binary)));
    for (arguments, environment) in commands {
        let mut command = Command::new(program());
        command.args(&arguments).stdin(Stdio::null());
        if let Some(value) = environment {
            command.env("BAD_RING", value);
        }
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let shown =
            String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
        assert!(!shown.contains("SECRET"), "{shown}");
    }
}

#[test]
fn the_ceilings_of_the_service_can_be_given() {
    let desk = Desk::new("ceilings");
    let token = desk.issue(&["--longest-token", "45min", "--longest-session", "12h"]);
    assert_eq!(desk.inspect(&token, &["--longest-token", "10min"]).0, 1);
    let (_, text, _) = desk.inspect(&token, &["--longest-session", "1h"]);
    assert!(text.starts_with("refused: CeilingExceeded"));
    assert_eq!(desk.inspect(&token, &["--longest-session", "12h"]).0, 0);
    assert_eq!(desk.inspect(&token, &["--longest-session", "soon"]).0, 2);
}

#[test]
fn the_context_matters_part_by_part() {
    let desk = Desk::new("context");
    let token = desk.issue(&[]);
    assert_eq!(run(&[&token, "--ring", &desk.ring]).0, 2, "a ring without a context opens nothing");
    let (code, text, _) = run(&[&token, "--ring", &desk.ring, "--context", "other"]);
    assert_eq!(code, 1);
    assert!(text.starts_with("refused: Forged"));
    let two = ["--ring", &desk.ring, "--context", "de", "--context", "mo"];
    assert_eq!(run(&[[token.as_str()].as_slice(), &two].concat()).0, 1);
}

#[test]
fn wrong_words_are_told() {
    for arguments in [
        ["--rings", "x"].as_slice(),
        &["--ring"],
        &["issue"],
        &["new-ring"],
        &["issue", "--kind", "x"],
        &["a", "b"],
        &["new-ring", "a", "b"],
        &["--level", "9"],
        &["--policy", "none"],
    ] {
        let (code, out, error) = run(arguments);
        assert_eq!((code, out.as_str()), (2, ""), "{arguments:?}");
        assert!(error.starts_with("inspect: "), "{error}");
    }
    let (code, help, _) = run(&["--help"]);
    assert_eq!(code, 0);
    assert!(help.contains("exit code"));
}
