//! `inspect new-ring`, `new-kek`, `new-root`, and rings for others: of other roles, and published.

use crate::desk::{Desk, after, assert_harmless, run};

/// A desk with a ring of all kinds and a realm, keys to wrap and to sign, and the public one of these.
fn press(name: &str) -> (Desk, String) {
    let desk = Desk::with(name, &["--at", &after(0), "--realm"]);
    let (code, text, error) = run(&["new-kek", &desk.file("kek")]);
    assert_eq!((code, error.as_str()), (0, ""));
    assert_harmless(&text, desk.read("kek").trim());
    let (code, text, error) = run(&["new-root", &desk.file("root")]);
    assert_eq!((code, error.as_str()), (0, ""));
    assert_harmless(&text, desk.read("root").trim());
    let public = text.split_whitespace().find(|word| word.len() == 64).unwrap().to_owned();
    (desk, public)
}

fn wrap(desk: &Desk, name: &str, more: &[&str]) -> (i32, String, String) {
    let (kek, root, name) =
        (format!("@{}", desk.file("kek")), format!("@{}", desk.file("root")), desk.file(name));
    let arguments = ["--wrap", &name, "--kek", &kek, "--root", &root];
    desk.ring(&[arguments.as_slice(), more].concat())
}

fn unwrap(desk: &Desk, name: &str, kek: &str, public: &str, more: &[&str]) -> (i32, String, String) {
    let (document, kek) = (format!("@{}", desk.file(name)), format!("@{}", desk.file(kek)));
    let arguments = ["ring", "--unwrap", &document, "--kek", &kek, "--root-public", public];
    run(&[arguments.as_slice(), more].concat())
}

#[test]
fn keys_are_files_of_one_line_for_their_owner() {
    let (desk, public) = press("key-files");
    for (file, prefix) in
        [("kek", "sc-kek.v1."), ("root", "sc-root.v1."), ("ring.txt.signer", "sc-signer.v1.")]
    {
        let text = desk.read(file);
        let digits = text.strip_prefix(prefix).unwrap().strip_suffix('\n').unwrap();
        assert!(digits.len() == 64 && digits.chars().all(|c| c.is_ascii_hexdigit()), "{file}");
        #[cfg(unix)]
        assert_eq!(crate::desk::mode(&desk.file(file)), 0o600);
        for command in ["new-kek", "new-root", "new-ring"] {
            let (code, _, error) = run(&[command, &desk.file(file)]);
            assert_eq!((code, desk.read(file).as_str()), (2, text.as_str()), "never overwritten");
            assert!(error.contains("exists"), "{error}");
        }
    }
    assert_ne!(desk.read("root").trim_start_matches("sc-root.v1.").trim(), public);
    // The signer of the realm is the one whose seed was written.
    let seed = desk.read("ring.txt.signer");
    std::fs::write(desk.file("signer-as-root"), seed.replace("sc-signer", "sc-root")).unwrap();
    let signer = desk.json(&[])["realms"][0]["signers"][0].as_str().unwrap().to_owned();
    let root = format!("@{}", desk.file("signer-as-root"));
    let kek = format!("@{}", desk.file("kek"));
    let (code, text, _) =
        desk.ring(&["--wrap", &desk.file("d"), "--kek", &kek, "--root", &root, "--version", "1"]);
    assert!(code == 0 && text.contains(&signer) && desk.printed.contains(&signer));
}

#[test]
fn a_new_ring_has_what_is_asked_for() {
    let desk = Desk::with("new-ring", &["--kinds", "sn"]);
    let view = desk.json(&[]);
    let kinds: Vec<_> =
        view["keys"].as_array().unwrap().iter().map(|key| key["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["signed", "nested"]);
    assert_eq!(view["realms"].as_array().unwrap().len(), 0);
    assert_eq!(desk.files(), ["ring.txt"]);
    for kinds in ["", "x", "ee", "E"] {
        assert_eq!(run(&["new-ring", &desk.file("other"), "--kinds", kinds]).0, 2);
    }
    // A seed that is there already is not overwritten, and no ring without its signer is left.
    std::fs::write(desk.file("other.signer"), "mine").unwrap();
    assert_eq!(run(&["new-ring", &desk.file("other"), "--realm"]).0, 2);
    assert_eq!(desk.files(), ["other.signer", "ring.txt"]);
    assert_eq!(desk.read("other.signer"), "mine");
}

#[test]
fn rings_of_other_roles_are_new_files() {
    let (desk, _) = press("export");
    let (verifier, public) = (desk.file("v"), desk.file("p"));
    desk.shown(&["--verifier", &verifier, "--public", &public]);
    #[cfg(unix)]
    assert_eq!(crate::desk::mode(&verifier), 0o600);
    assert!(desk.read("v").starts_with("sc-ring.v1.verifier."));
    assert!(desk.read("p").starts_with("sc-ring.v1.public."));
    // Each reads what it can.
    for (kind, file, code) in [("e", "v", 0), ("s", "v", 0), ("n", "v", 0), ("s", "p", 2), ("e", "p", 2)] {
        let token = desk.issue(&["--kind", kind, "--at", &after(60)]);
        let ring = format!("@{}", desk.file(file));
        let done = run(&[&token, "--ring", &ring, "--context", "demo", "--at", &after(61)]);
        assert_eq!(done.0, code, "{kind} {file}: {} {}", done.1, done.2);
    }
    // Never overwritten, and not both halves of one wish if one cannot be.
    let before = desk.read("v");
    assert_eq!(desk.ring(&["--verifier", &verifier]).0, 2);
    assert_eq!(desk.ring(&["--public", &verifier]).0, 2);
    assert_eq!(desk.read("v"), before);
    let only_e = Desk::with("export-e", &["--kinds", "e"]);
    let (code, _, error) = only_e.ring(&["--verifier", &only_e.file("v"), "--public", &only_e.file("p")]);
    assert!(code == 2 && error.contains("kind s"), "{error}");
    assert_eq!(only_e.files(), ["ring.txt"]);
}

#[test]
fn a_ring_is_published_and_opened_again() {
    let (desk, public) = press("publish");
    for (role, version, words) in [
        ("issuer", "1", "issuer's ring  3 keys, 1 realm, published as version 1 under KEK "),
        ("verifier", "2", "verifier's ring  3 keys, 1 realm, published as version 2 under KEK "),
        (
            "public",
            "9223372036854775807",
            "public ring  1 key, 1 realm, published as version 9223372036854775807 ",
        ),
    ] {
        let (code, text, error) = wrap(&desk, role, &["--version", version, "--as", role]);
        assert_eq!((code, error.as_str()), (0, ""));
        assert!(text.contains(&public) && text.contains(role), "{text}");
        assert!(desk.read(role).starts_with("sc-ring.v1.wrapped."));
        let opened = desk.file(&format!("{role}.opened"));
        let (code, text, error) = unwrap(&desk, role, "kek", &public, &["--secret-to", &opened]);
        assert_eq!((code, error.as_str()), (0, ""));
        assert!(text.starts_with(words), "{text}");
        for file in desk.files().iter().filter(|name| *name != role) {
            assert_harmless(&text, desk.read(file).trim().rsplit('.').next().unwrap());
        }
        #[cfg(unix)]
        assert_eq!(crate::desk::mode(&opened), 0o600);
        assert_eq!(unwrap(&desk, role, "kek", &public, &["--secret-to", &opened]).0, 2, "never overwritten");
        let (_, json, _) = unwrap(&desk, role, "kek", &public, &["--json"]);
        let view: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(
            (view["role"].as_str(), view["document"]["version"].to_string()),
            (Some(role), version.into())
        );
        assert_eq!(view["document"]["kek_id"].as_str().unwrap().len(), 8);
    }
    // What comes out is what went in.
    assert_eq!(desk.read("issuer.opened"), desk.read("ring.txt"));
    desk.shown(&["--verifier", &desk.file("v"), "--public", &desk.file("p")]);
    assert_eq!((desk.read("verifier.opened"), desk.read("public.opened")), (desk.read("v"), desk.read("p")));
    // As a verifier's if nothing is said; never over another document.
    assert!(wrap(&desk, "default", &["--version", "3"]).1.contains("role verifier"));
    let before = desk.read("default");
    assert_eq!(wrap(&desk, "default", &["--version", "4"]).0, 2);
    assert_eq!(desk.read("default"), before);
}

#[test]
fn a_document_that_is_not_ours_is_refused() {
    let (desk, public) = press("refused-document");
    assert_eq!(wrap(&desk, "doc", &["--version", "1", "--as", "issuer"]).0, 0);
    assert_eq!(run(&["new-kek", &desk.file("kek2")]).0, 0);
    let (_, text, _) = run(&["new-root", &desk.file("root2")]);
    let other = text.split_whitespace().find(|word| word.len() == 64).unwrap();
    let document = desk.read("doc");
    let place = document.len() / 2;
    let letter = if &document[place..=place] == "A" { "B" } else { "A" };
    std::fs::write(desk.file("altered"), format!("{}{letter}{}", &document[..place], &document[place + 1..]))
        .unwrap();
    let out = desk.file("out");
    for (name, kek, root, why) in [
        ("doc", "kek2", public.as_str(), "under another key"),
        ("doc", "kek", other, "not signed by the pinned root key"),
        ("doc", "root", &public, "sc-kek.v1. is wanted"),
        ("doc", "ring.txt", &public, "sc-kek.v1. is wanted"),
        ("altered", "kek", &public, "altered on the way"),
        ("ring.txt", "kek", &public, "not the text of a published ring"),
        ("kek", "kek", &public, "not the text of a published ring"),
        ("none", "kek", &public, "No such file"),
        ("doc", "kek", &public[..60], "64 hexadecimal digits"),
    ] {
        let (code, text, error) = unwrap(&desk, name, kek, root, &["--secret-to", &out]);
        assert_eq!((code, text.as_str()), (2, ""));
        assert!(error.contains(why), "{error}");
        for file in desk.files() {
            assert_harmless(&error, desk.read(&file).trim().rsplit('.').next().unwrap());
        }
    }
    assert!(!std::path::Path::new(&out).exists());
    for more in
        [[].as_slice(), &["--version", "0"], &["--version", "9223372036854775808"], &["--version", "-1"]]
    {
        assert_eq!(wrap(&desk, "doc2", more).0, 2);
    }
    // A verifier's ring holds nothing that an issuer could use.
    desk.shown(&["--verifier", &desk.file("v")]);
    let (kek, root) = (format!("@{}", desk.file("kek")), format!("@{}", desk.file("root")));
    let ring = format!("@{}", desk.file("v"));
    let doc = desk.file("doc2");
    let words = [
        "ring",
        "--ring",
        &ring,
        "--wrap",
        &doc,
        "--kek",
        &kek,
        "--root",
        &root,
        "--version",
        "1",
        "--as",
        "issuer",
    ];
    assert_eq!(run(&words).0, 2);
    assert!(!std::path::Path::new(&doc).exists());
}
