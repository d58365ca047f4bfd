//! A ring with its revocation log, as the commands make them.

use crate::desk::{Desk, after, assert_harmless, run};

pub const SESSION: &str = "0102030405060708090a0b0c";

/// A desk with a realm, a log, and a snapshot that is published.
pub struct Publisher {
    pub desk: Desk,
    pub log: String,
    pub snapshot: String,
    /// What is in the files that are secrets.
    secrets: Vec<String>,
}

impl Publisher {
    pub fn new(name: &str) -> Self {
        Self::with(name, &[])
    }

    pub fn with(name: &str, more: &[&str]) -> Self {
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
    pub fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        let (code, text, error) = run(&[arguments, &["--ring", &self.desk.ring]].concat());
        for secret in &self.secrets {
            let body = secret.rsplit('.').next().unwrap();
            assert_harmless(&text, body);
            assert_harmless(&error, body);
        }
        (code, text, error)
    }

    pub fn done(&self, arguments: &[&str]) -> String {
        let (code, text, error) = self.run(arguments);
        assert_eq!((code, error.as_str()), (0, ""), "{arguments:?}\n{text}");
        text
    }

    pub fn publish(&self, seconds: u64) -> String {
        self.done(&["publish", "--log", &self.log, "--snapshot", &self.snapshot, "--at", &after(seconds)])
    }

    /// `inspect revoke`, published at once.
    pub fn revoke(&self, seconds: u64, who: &[&str]) -> String {
        self.done(
            &[&["revoke", "--log", &self.log, "--publish", &self.snapshot, "--at", &after(seconds)], who]
                .concat(),
        )
    }

    pub fn revoke_json(&self, seconds: u64, who: &[&str]) -> serde_json::Value {
        serde_json::from_str(&self.revoke(seconds, &[who, &["--json"]].concat())).unwrap()
    }

    pub fn issue(&self, seconds: u64) -> String {
        self.desk.issue(&["--at", &after(seconds)])
    }

    /// `inspect TOKEN --revocations`: exit code and the report.
    pub fn judge(&self, seconds: u64, token: &str) -> (i32, String) {
        let (code, text, error) =
            self.desk.inspect(token, &["--revocations", &self.snapshot, "--at", &after(seconds)]);
        assert_eq!(error, "");
        (code, text)
    }

    pub fn judge_json(&self, seconds: u64, token: &str) -> serde_json::Value {
        let more = ["--revocations", &self.snapshot, "--at", &after(seconds), "--json"];
        serde_json::from_str(&self.desk.inspect(token, &more).1).unwrap()
    }

    /// `inspect snapshot` with the ring: exit code, text, messages.
    pub fn show(&self, file: &str, more: &[&str]) -> (i32, String, String) {
        self.run(&[&["snapshot", file], more].concat())
    }
}
