//! The program, and a folder to work in.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Builds the example once and says where it is.
pub fn program() -> &'static PathBuf {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let built = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--example", "inspect", "--message-format=json"])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .unwrap();
        let text = String::from_utf8(built.stdout).unwrap();
        let path = text
            .lines()
            .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
            .filter_map(|message| message["executable"].as_str().map(PathBuf::from))
            .next_back();
        path.unwrap_or_else(|| panic!("{}", String::from_utf8_lossy(&built.stderr)))
    })
}

pub fn run_with(arguments: &[&str], input: &[u8], environment: &[(&str, &str)]) -> (i32, String, String) {
    let mut child = Command::new(program())
        .args(arguments)
        .envs(environment.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The program may answer without reading all of it.
    let _ = child.stdin.take().unwrap().write_all(input);
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    (status.code().unwrap(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

pub fn run(arguments: &[&str]) -> (i32, String, String) {
    run_with(arguments, b"", &[])
}

/// A folder with a new ring in it; what the command printed about the ring.
pub struct Desk {
    pub folder: PathBuf,
    pub ring: String,
    pub printed: String,
}

impl Desk {
    pub fn new(name: &str) -> Self {
        Self::with(name, &[])
    }

    /// A ring made with more options.
    pub fn with(name: &str, more: &[&str]) -> Self {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("inspect-{name}"));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join("ring.txt").to_str().unwrap().to_owned();
        let (code, printed, error) = run(&[["new-ring", &file].as_slice(), more].concat());
        assert_eq!((code, error.as_str()), (0, ""));
        Self { folder, ring: format!("@{file}"), printed }
    }

    pub fn issue(&self, more: &[&str]) -> String {
        let mut arguments =
            vec!["issue", "--ring", &self.ring, "--context", "demo", "--subject", "usr_8f14e45fceea167a"];
        arguments.extend(more);
        let (code, token, error) = run(&arguments);
        assert_eq!((code, error.as_str()), (0, ""));
        assert_eq!(token.lines().count(), 1, "the token alone");
        token.trim_end().to_owned()
    }

    pub fn inspect(&self, token: &str, more: &[&str]) -> (i32, String, String) {
        let mut arguments = vec![token, "--ring", &self.ring, "--context", "demo"];
        arguments.extend(more);
        run(&arguments)
    }

    /// `inspect ring` on the ring of this desk: exit code, standard output, messages.
    pub fn ring(&self, more: &[&str]) -> (i32, String, String) {
        run(&[["ring", "--ring", &self.ring].as_slice(), more].concat())
    }

    /// The same, where it has to work; and what is shown must not be worth anything.
    pub fn shown(&self, more: &[&str]) -> String {
        let before = self.secrets();
        let (code, text, error) = self.ring(more);
        assert_eq!((code, error.as_str()), (0, ""), "{more:?}");
        // A ring holds the public keys of its signers, and they may be shown.
        let public = self.printed.split_whitespace().filter(|word| word.len() == 64);
        let rest = public.fold(text.clone(), |text, key| text.replace(key, "").replace(&key[..8], ""));
        for secret in before.iter().chain(&self.secrets()) {
            assert_harmless(&rest, secret);
        }
        text
    }

    pub fn json(&self, more: &[&str]) -> serde_json::Value {
        serde_json::from_str(&self.shown(&[more, &["--json"]].concat())).unwrap()
    }

    /// The name of a file in the folder.
    pub fn file(&self, name: &str) -> String {
        self.folder.join(name).to_str().unwrap().to_owned()
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.join(name)).unwrap()
    }

    /// The names of all files in the folder.
    pub fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.folder).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// What stands in the files of the folder behind the prefix that says what it is, and rings as hexadecimal too.
    fn secrets(&self) -> Vec<String> {
        let texts = self.files().into_iter().map(|name| self.read(&name));
        let bodies: Vec<_> =
            texts.filter_map(|text| Some(text.trim().rsplit_once('.')?.1.to_owned())).collect();
        let decoded = bodies.iter().filter_map(|body| URL_SAFE_NO_PAD.decode(body).ok());
        let digits = decoded.map(|bytes| bytes.iter().map(|byte| format!("{byte:02x}")).collect());
        let digits: Vec<String> = digits.collect();
        [bodies, digits].concat()
    }
}

/// Text without its line breaks and indents: sentences are folded where the line ends.
pub fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// No twelve characters of the secret stand in the text.
pub fn assert_harmless(text: &str, secret: &str) {
    let found = (0..secret.len().saturating_sub(12)).find(|at| text.contains(&secret[*at..*at + 12]));
    assert_eq!(found, None, "a secret is in\n{text}");
}

/// The permissions of a file.
#[cfg(unix)]
pub fn mode(path: &str) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// A moment so many seconds after 2027-01-15T08:00:00Z, as `--at` takes it.
pub fn after(seconds: u64) -> String {
    safeconduct::Timestamp::from_unix(1_800_000_000 + seconds).unwrap().to_string()
}
