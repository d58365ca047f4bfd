//! Every rule of SPEC.md has a test: the rules, the vectors and `tests/requirements.txt` are compared.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// What stands in the table for the vectors of a rule.
const VECTORS: &str = "vectors";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|why| panic!("{}: {why}", path.display()))
}

/// Whether this is the id of a rule: `TOK-01`.
fn is_rule(text: &str) -> bool {
    text.split_once('-').is_some_and(|(family, number)| {
        ["TOK", "KEY", "RING", "ISS", "DOC", "REV", "WEB"].contains(&family)
            && number.len() == 2
            && number.bytes().all(|digit| digit.is_ascii_digit())
    })
}

/// Every id that SPEC.md writes as `**TOK-01**`.
fn rules() -> BTreeSet<String> {
    let text = read("SPEC.md");
    let bold = text.split("**").filter(|piece| is_rule(piece));
    bold.map(str::to_owned).collect()
}

/// The table: rule and tests.
fn table() -> BTreeMap<String, Vec<String>> {
    let mut table = BTreeMap::new();
    for line in read("tests/requirements.txt").lines() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (rule, tests) = line.split_once(": ").unwrap_or_else(|| panic!("not `ID: tests`: {line}"));
        let tests = tests.split(", ").map(str::to_owned).collect();
        assert!(table.insert(rule.to_owned(), tests).is_none(), "{rule} has two lines");
    }
    table
}

/// Every vector: file name and the rule of its `spec:` line.
fn vectors() -> Vec<(String, String)> {
    let entries = std::fs::read_dir(root().join("tests/vectors")).expect("the directory of the vectors");
    let paths = entries.map(|entry| entry.expect("a readable entry").path());
    let files = paths.filter(|path| path.extension().is_some_and(|extension| extension == "txt"));
    files.map(|path| (name(&path), rule_of(&path))).collect()
}

fn name(path: &Path) -> String {
    path.file_name().expect("a name").to_string_lossy().into_owned()
}

fn rule_of(path: &PathBuf) -> String {
    let text = read(path);
    let rule = text.lines().find_map(|line| line.strip_prefix("spec: "));
    rule.unwrap_or_else(|| panic!("{} has no `spec:` line", path.display())).to_owned()
}

#[test]
fn every_rule_has_a_line_and_every_line_a_rule() {
    let (rules, table) = (rules(), table());
    assert!(rules.len() > 40, "SPEC.md writes its rules in another way: only {} were found", rules.len());
    for rule in &rules {
        assert!(table.contains_key(rule), "{rule} has no line in tests/requirements.txt");
    }
    for rule in table.keys() {
        assert!(rules.contains(rule), "tests/requirements.txt names {rule}, which is not in SPEC.md");
    }
}

#[test]
fn every_vector_belongs_to_a_rule() {
    let (rules, table) = (rules(), table());
    for (file, rule) in vectors() {
        assert!(rules.contains(&rule), "{file} names {rule}, which is not in SPEC.md");
        let listed = table.get(&rule).is_some_and(|tests| tests.iter().any(|test| test == VECTORS));
        assert!(listed, "{file} is not reached: the line of {rule} does not say `{VECTORS}`");
    }
}

#[test]
fn every_test_of_the_table_exists() {
    let covered: BTreeSet<String> = vectors().into_iter().map(|(_, rule)| rule).collect();
    for (rule, tests) in table() {
        for test in tests {
            if test == VECTORS {
                assert!(covered.contains(&rule), "{rule} has no vector");
                continue;
            }
            let (file, function) =
                test.split_once("::").unwrap_or_else(|| panic!("{rule}: {test} is no test"));
            assert!(is_test(&read(file), function), "{rule}: there is no test {function} in {file}");
        }
    }
}

/// `docs/ASVS.md` names tests as well.
#[test]
fn every_test_of_the_asvs_table_exists() {
    let table = read("docs/ASVS.md");
    let named: Vec<_> = table.split('`').filter_map(|piece| piece.split_once("::")).collect();
    let named: Vec<_> = named.into_iter().filter(|(file, _)| file.starts_with("tests/")).collect();
    assert!(named.len() > 25, "only {} tests were found", named.len());
    for (file, function) in named {
        assert!(is_test(&read(file), function), "there is no test {function} in {file}");
    }
}

/// Whether this source has a function of this name, and `#[test]` as one of the attributes above it.
fn is_test(source: &str, function: &str) -> bool {
    let signature = format!("fn {function}(");
    let mut marked = false;
    for line in source.lines().map(str::trim) {
        if line.starts_with(&signature) {
            return marked;
        }
        marked = line == "#[test]" || (marked && line.starts_with(['#', '/']));
    }
    false
}
