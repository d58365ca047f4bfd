//! A copy of the package with every mutant in it, and the programs that its tests are.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{fs, io};

use serde::Deserialize;

use crate::mutant::{Genre, Mutant};
use crate::weave::weave;

/// The switch, as the library gets it.
const SWITCH: &str = include_str!("../switch.rs");

/// For cargo, also where a test calls it: the switch needs unstable features, and mutants warn of everything.
pub const ENVIRONMENT: [(&str, &str); 3] =
    [("CARGO_PROFILE_DEV_DEBUG", "0"), ("RUSTC_BOOTSTRAP", "1"), ("RUSTFLAGS", "--cap-lints=allow")];
const SWITCH_FILE: &str = "src/mutation_switch.rs";

pub struct Tree {
    /// Where mutants are tried against the compiler.
    draft: PathBuf,
    /// Where tests are built and run.
    root: PathBuf,
    target: PathBuf,
    files: BTreeSet<PathBuf>,
}

/// What became of the list.
pub struct Sorted {
    /// Mutant of each switch; switch 1 comes first.
    pub switches: Vec<usize>,
    pub unviable: BTreeSet<usize>,
    pub left_out: Vec<usize>,
}

#[derive(Deserialize)]
struct Message {
    reason: String,
    message: Option<Diagnostic>,
    executable: Option<PathBuf>,
    target: Option<Target>,
    profile: Option<Profile>,
}

#[derive(Deserialize)]
struct Target {
    kind: Vec<String>,
}

#[derive(Deserialize)]
struct Profile {
    test: bool,
}

#[derive(Deserialize)]
struct Diagnostic {
    level: String,
    code: Option<Code>,
    rendered: Option<String>,
    spans: Vec<DiagnosticSpan>,
}

#[derive(Deserialize)]
struct Code {
    code: String,
}

#[derive(Deserialize)]
struct DiagnosticSpan {
    file_name: String,
    byte_start: usize,
    byte_end: usize,
    is_primary: bool,
}

impl Tree {
    /// Copies what git knows or would take, so neither targets nor what tests leave behind.
    pub fn copy(package: &Path, work: &Path) -> io::Result<Self> {
        let list = Command::new("git")
            .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            .current_dir(package)
            .output()?;
        let list = String::from_utf8_lossy(&list.stdout);
        let files: BTreeSet<PathBuf> = list
            .split_terminator('\0')
            .map(PathBuf::from)
            .filter(|file| package.join(file).is_file())
            .collect();
        let tree =
            Self { draft: work.join("draft"), root: work.join("tree"), target: work.join("target"), files };
        for file in &tree.files {
            put(&tree.draft.join(file), &fs::read(package.join(file))?)?;
        }
        Ok(tree)
    }

    /// Makes the tree what the draft is now. Files that stay the same keep their times, so that what depends on nothing new is not built again.
    fn settle(&self) -> io::Result<()> {
        for file in self.files.iter().map(PathBuf::as_path).chain([Path::new(SWITCH_FILE)]) {
            put(&self.root.join(file), &fs::read(self.draft.join(file))?)?;
        }
        Ok(())
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Weaves all mutants in and takes out again those with which the library does not compile, until it does.
    pub fn weave(&self, package: &Path, mutants: &[Mutant]) -> io::Result<Sorted> {
        let library = fs::read_to_string(package.join("src/lib.rs"))?;
        let library = library
            .replace(
                "#![forbid(unsafe_code)]",
                "#![feature(core_intrinsics, const_eval_select)]\n#![allow(internal_features)]",
            )
            .replace("mod claims;", "#[doc(hidden)]\npub mod mutation_switch;\nmod claims;");
        put(&self.draft.join("src/lib.rs"), library.as_bytes())?;
        put(&self.draft.join(SWITCH_FILE), SWITCH.as_bytes())?;
        let mut files: BTreeMap<&str, Vec<(usize, &Mutant)>> = BTreeMap::new();
        for (index, mutant) in mutants.iter().enumerate() {
            files.entry(&mutant.file).or_default().push((index, mutant));
        }
        let mut refused = Refused::default();
        loop {
            let mut switches = Vec::new();
            let mut left_out: Vec<usize> = refused.together.iter().copied().collect();
            let mut unviable = refused.alone.clone();
            let mut woven = BTreeMap::new();
            for (file, all) in &files {
                let text = fs::read_to_string(package.join(file))?;
                let viable: Vec<_> =
                    all.iter().copied().filter(|(index, _)| !refused.contains(*index)).collect();
                let result = weave(&text, &viable, &mut switches);
                left_out.extend(result.left_out);
                unviable.extend(result.unviable);
                put(&self.draft.join(file), result.text.as_bytes())?;
                woven.insert((*file).to_string(), result.text);
            }
            let before = refused.len();
            self.refused(mutants, &woven, &mut refused)?;
            eprintln!(
                "{} mutants woven in, {} of them do not compile",
                switches.len(),
                refused.len() - before
            );
            if refused.len() == before {
                self.settle()?;
                return Ok(Sorted { switches, unviable, left_out });
            }
        }
    }

    fn cargo(&self, root: &Path, arguments: &[&str]) -> io::Result<Vec<Message>> {
        let output = Command::new("cargo")
            .args(arguments)
            .args(["--all-features", "--message-format=json"])
            .env("CARGO_TARGET_DIR", &self.target)
            .envs(ENVIRONMENT)
            .current_dir(root)
            .stderr(Stdio::inherit())
            .output()?;
        let lines = output.stdout.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        Ok(lines.map(|line| serde_json::from_slice(line).expect("cargo prints JSON")).collect())
    }

    /// Adds the mutants with which the library does not compile, as far as the compiler says in one run.
    fn refused(
        &self,
        mutants: &[Mutant],
        woven: &BTreeMap<String, String>,
        refused: &mut Refused,
    ) -> io::Result<()> {
        for error in
            self.cargo(&self.draft, &["check", "--lib"])?.into_iter().filter_map(|message| message.message)
        {
            if error.level != "error" || error.spans.is_empty() {
                continue;
            }
            let spans = |primary: bool| error.spans.iter().filter(move |span| span.is_primary == primary);
            if error.code.as_ref().is_some_and(|code| code.code == "E0004") {
                // Without any of the arms that can be deleted the match is not complete; whether without one, cargo-mutants finds out.
                let is_arm = |index: &usize| mutants[*index].genre == Genre::MatchArm;
                let next = spans(true)
                    .find_map(|span| numbers(woven.get(&span.file_name)?.get(span.byte_end..)?).find(is_arm));
                refused.together.extend(next);
                continue;
            }
            let mut at = spans(true).chain(spans(false));
            match at.find_map(|span| mutant_at(woven.get(&span.file_name)?, span)) {
                Some(index) => refused.alone.insert(index),
                None => panic!("no mutant to blame: {}", error.rendered.unwrap_or_default()),
            };
        }
        Ok(())
    }

    /// Builds every test and example, or these tests, and returns the test programs.
    pub fn programs(&self, only: Option<&[&str]>) -> io::Result<Vec<PathBuf>> {
        let mut arguments = vec!["test", "--no-run"];
        for test in only.unwrap_or_default() {
            arguments.extend(if *test == "lib" { vec!["--lib"] } else { vec!["--test", test] });
        }
        let messages = self.cargo(&self.root, &arguments)?;
        for error in messages.iter().filter_map(|message| message.message.as_ref()) {
            assert!(
                error.level != "error",
                "the tests compile: {}",
                error.rendered.as_deref().unwrap_or_default()
            );
        }
        let is_test = |message: &Message| {
            message.reason == "compiler-artifact"
                && message.profile.as_ref().is_some_and(|profile| profile.test)
                && message.target.as_ref().is_some_and(|target| target.kind != ["example"])
        };
        Ok(messages.into_iter().filter(is_test).filter_map(|message| message.executable).collect())
    }
}

/// Writes a file unless it is the same already.
fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    fs::create_dir_all(path.parent().expect("a file is in a folder"))?;
    fs::write(path, bytes)
}

/// Mutants that cannot be woven in.
#[derive(Default)]
struct Refused {
    /// They do not compile.
    alone: BTreeSet<usize>,
    /// They do not beside others.
    together: BTreeSet<usize>,
}

impl Refused {
    fn len(&self) -> usize {
        self.alone.len() + self.together.len()
    }

    fn contains(&self, index: usize) -> bool {
        self.alone.contains(&index) || self.together.contains(&index)
    }
}

/// The mutants in a text, in its order.
fn numbers(text: &str) -> impl Iterator<Item = usize> {
    text.split("/*<").skip(1).filter_map(number)
}

/// The mutant whose arm the span is in.
fn mutant_at(text: &str, span: &DiagnosticSpan) -> Option<usize> {
    let open = text.get(..span.byte_end)?.rfind("/*<")?;
    let close = open + text.get(open..)?.find("/*>*/")?;
    if span.byte_start < open || span.byte_start > close {
        return None;
    }
    number(text.get(open + 3..)?)
}

fn number(text: &str) -> Option<usize> {
    text.split('*').next()?.parse().ok()
}
