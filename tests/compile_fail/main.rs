//! Misuse that must not compile. Each case has a twin that differs by one line and does compile, so that a case cannot fail for another
//! reason than the one it is about.
//!
//! The cases are in `cases/`. A line that ends in `// WRONG` stands in the failing program only, one that ends in `// RIGHT` in its twin only. The
//! first line names what the compiler must say: an error code, and words of its message.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

struct Case {
    code: String,
    words: String,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// The case as two programs.
fn write_programs(name: &str, text: &str, programs: &Path) -> Case {
    let (first, rest) = text.split_once('\n').unwrap();
    let (code, words) = first.strip_prefix("// expect ").and_then(|line| line.split_once(": ")).expect(name);
    for (twin, marker) in [("wrong", "// RIGHT"), ("right", "// WRONG")] {
        let kept: Vec<&str> = rest.lines().filter(|line| !line.ends_with(marker)).collect();
        assert!(kept.len() < rest.lines().count(), "{name} has no line for {marker}");
        fs::write(programs.join(format!("{name}_{twin}.rs")), kept.join("\n")).unwrap();
    }
    Case { code: code.to_owned(), words: words.to_owned() }
}

/// What the compiler said about each program: pairs of error code and rendered message.
fn check(project: &Path) -> BTreeMap<String, Vec<(String, String)>> {
    let output = Command::new(env!("CARGO"))
        .args(["check", "--offline", "--examples", "--keep-going", "--message-format=json", "--quiet"])
        .current_dir(project)
        .output()
        .unwrap();
    let mut errors: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let message: serde_json::Value = serde_json::from_str(line).unwrap();
        let program = message["target"]["name"].as_str().unwrap_or_default().to_owned();
        if message["reason"] == "compiler-artifact" {
            errors.entry(program).or_default();
        } else if message["message"]["level"] == "error" {
            let code = message["message"]["code"]["code"].as_str().unwrap_or_default().to_owned();
            let text = message["message"]["rendered"].as_str().unwrap_or_default().to_owned();
            errors.entry(program).or_default().push((code, text));
        }
    }
    assert!(!errors.is_empty(), "cargo said nothing:\n{}", String::from_utf8_lossy(&output.stderr));
    errors
}

#[test]
#[ignore = "checks a project of its own (half a minute), and the words are those of one compiler; .ci/run asks for it"]
fn misuse_does_not_compile_and_its_twin_does() {
    let project = root().join("target/compile_fail");
    let programs = project.join("examples");
    let _ = fs::remove_dir_all(&programs);
    fs::create_dir_all(&programs).unwrap();
    fs::create_dir_all(project.join("src")).unwrap();
    fs::write(project.join("src/lib.rs"), "").unwrap();
    fs::copy(root().join("Cargo.lock"), project.join("Cargo.lock")).unwrap();
    let manifest = format!(
        "[package]\nname = \"misuse\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n\
         [dependencies]\nsafeconduct = {{ path = {:?} }}\nserde = {{ version = \"1\", features = [\"derive\"] }}\n",
        root()
    );
    fs::write(project.join("Cargo.toml"), manifest).unwrap();

    let mut cases = BTreeMap::new();
    for entry in fs::read_dir(root().join("tests/compile_fail/cases")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let case = write_programs(&name, &fs::read_to_string(&path).unwrap(), &programs);
        cases.insert(name, case);
    }
    assert!(cases.len() >= 12, "only {} cases", cases.len());
    let errors = check(&project);
    for (name, case) in cases {
        let right = &errors.get(&format!("{name}_right")).unwrap_or_else(|| panic!("{name}: twin not built"));
        assert!(right.is_empty(), "the twin of {name} must compile:\n{}", right[0].1);
        let wrong = errors.get(&format!("{name}_wrong")).unwrap_or_else(|| panic!("{name} compiled"));
        let fits = wrong.iter().any(|(code, text)| *code == case.code && text.contains(&case.words));
        assert!(fits, "{name} must fail with {} and {:?}, and fails with {wrong:#?}", case.code, case.words);
    }
}
