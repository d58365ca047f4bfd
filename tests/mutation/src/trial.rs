//! Runs tests with a mutant switched on.
#![allow(clippy::disallowed_methods)] // measures how long tests take

use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, io, thread};

use crate::tree;

/// Bytes of the map of what was reached; the same as in `switch.rs`.
const MOST: usize = 1 << 16;
/// Seconds of processor time that a test may take beyond ten times its usual.
const SLACK: u64 = 3;
/// Signal of a process that has used up its processor time.
const SIGXCPU: i32 = 24;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    Passed,
    Failed,
    TimedOut,
}

/// One test of a program, or a program that is one test.
pub struct Test {
    pub program: PathBuf,
    pub name: Option<String>,
    pub usual: Duration,
    /// The switches that it reaches.
    pub reached: Vec<bool>,
}

impl Test {
    pub fn title(&self) -> String {
        let file = self.program.file_name().unwrap_or_default().to_string_lossy();
        let program = file.rsplit_once('-').map_or(&*file, |(program, _)| program).to_string();
        self.name.as_ref().map_or(program.clone(), |name| format!("{program} {name}"))
    }

    /// `switch` 0 is the library as it is.
    pub fn run(&self, root: &Path, switch: usize, reached: Option<&Path>) -> io::Result<Verdict> {
        let seconds = self.usual.as_secs() * 10 + SLACK;
        let mut command = Command::new("sh");
        command
            .args(["-c", &format!("ulimit -t {seconds} -v 16000000; exec \"$0\" \"$@\"")])
            .arg(&self.program);
        if let Some(name) = &self.name {
            command.args(["--exact", name, "--test-threads=1"]);
        }
        command
            .current_dir(root)
            .env("CARGO_MANIFEST_DIR", root)
            .envs(tree::ENVIRONMENT)
            .env("CARGO_TARGET_DIR", root.join("../target"))
            .env("MUTANT", switch.to_string())
            .env("RUST_BACKTRACE", "0")
            .env("PROPTEST_CASES", "64")
            .env("PROPTEST_MAX_SHRINK_ITERS", "0")
            .env("PROPTEST_FAILURE_PERSISTENCE", "off")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        if let Some(reached) = reached {
            command.env("MUTANT_REACHED", reached);
        }
        let mut child = command.spawn()?;
        // By the clock only against waiting for ever: other work beside it must not make a mutant look caught.
        let deadline = Instant::now() + Duration::from_secs(seconds * 10 + 60);
        loop {
            if let Some(status) = child.try_wait()? {
                return Ok(match status.signal() {
                    Some(SIGXCPU) => Verdict::TimedOut,
                    _ if status.success() => Verdict::Passed,
                    _ => Verdict::Failed,
                });
            }
            if Instant::now() > deadline {
                child.kill()?;
                child.wait()?;
                return Ok(Verdict::TimedOut);
            }
            thread::sleep(Duration::from_millis(1));
        }
    }
}

/// Every test that passes on the woven library as it is, quickest first; the titles of those that do not pass go to `unfit`.
pub fn tests(
    tree: &Path,
    work: &Path,
    programs: &[PathBuf],
    unfit: &mut Vec<String>,
) -> io::Result<Vec<Test>> {
    let mut tests = Vec::new();
    for program in programs {
        eprintln!("what {} reaches", program.display());
        let map = work.join("reached");
        for name in names(tree, program)? {
            fs::write(&map, vec![0; MOST])?;
            let mut test =
                Test { program: program.clone(), name, usual: Duration::from_secs(6), reached: Vec::new() };
            let begun = Instant::now();
            if test.run(tree, 0, Some(&map))? == Verdict::Passed {
                test.usual = begun.elapsed();
                test.reached = fs::read(&map)?.into_iter().map(|byte| byte != 0).collect();
                tests.push(test);
            } else {
                unfit.push(test.title());
            }
        }
    }
    tests.sort_by_key(|test| test.usual);
    Ok(tests)
}

/// `None` stands for a program without libtest.
fn names(tree: &Path, program: &Path) -> io::Result<Vec<Option<String>>> {
    let list = |more: &[&str]| -> io::Result<Vec<String>> {
        // What has no list runs, and may run for long.
        let output = Command::new("sh")
            .args(["-c", "ulimit -t 10; exec \"$0\" --list --format=terse \"$@\""])
            .arg(program)
            .args(more)
            .current_dir(tree)
            .output()?;
        Ok(String::from_utf8_lossy(&output.stdout).lines().map(str::to_string).collect())
    };
    let lines = list(&[])?;
    let named: Option<Vec<_>> = lines.iter().map(|line| line.strip_suffix(": test")).collect();
    let Some(named) = named.filter(|_| !lines.is_empty()) else { return Ok(vec![None]) };
    let ignored: Vec<_> = list(&["--ignored"])?;
    let run = named.into_iter().filter(|name| !ignored.contains(&format!("{name}: test")));
    Ok(run.map(|name| Some(name.to_string())).collect())
}
