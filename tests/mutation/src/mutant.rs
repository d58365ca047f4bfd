//! The mutants that cargo-mutants lists.

use std::path::Path;
use std::process::Command;

use serde::Deserialize;

/// A place in a file: lines and columns from 1, columns in characters.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Place {
    pub line: usize,
    pub column: usize,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Span {
    pub start: Place,
    pub end: Place,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
pub enum Genre {
    FnValue,
    BinaryOperator,
    UnaryOperator,
    MatchArm,
    MatchArmGuard,
    StructField,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Function {
    pub return_type: String,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Mutant {
    pub file: String,
    pub genre: Genre,
    pub span: Span,
    pub replacement: String,
    pub name: String,
    pub function: Option<Function>,
}

impl Mutant {
    /// `wire` for `src/wire/header.rs` and for `src/wire.rs`.
    pub fn room(&self) -> &str {
        let rest = self.file.trim_start_matches("src/");
        rest.split('/').next().unwrap_or(rest).trim_end_matches(".rs")
    }

    /// The name without line and column, which change with every edit above.
    pub fn key(&self) -> String {
        let mut parts = self.name.splitn(4, ':');
        let (file, what) = (parts.next().unwrap_or_default(), parts.nth(2).unwrap_or_default());
        format!("{file}:{what}")
    }
}

/// Asks cargo-mutants for the mutants of a tree, in its order.
pub fn list(tree: &Path) -> Vec<Mutant> {
    let output = Command::new("cargo")
        .args(["mutants", "--list", "--json"])
        .current_dir(tree)
        .output()
        .expect("cargo-mutants runs (cargo install cargo-mutants)");
    assert!(output.status.success(), "cargo mutants --list: {}", String::from_utf8_lossy(&output.stderr));
    let mut all: Vec<Mutant> =
        serde_json::from_slice(&output.stdout).expect("the list of cargo-mutants is read");
    // It leaves tests out where they stand under `cfg(test)`, and not where that is one of several conditions.
    all.retain(|mutant| !mutant.name.contains(" tests::"));
    all
}

/// Byte offset of a place.
pub fn offset(text: &str, place: Place) -> usize {
    let line: usize = text.split_inclusive('\n').take(place.line - 1).map(str::len).sum();
    let column: usize = text[line..].chars().take(place.column - 1).map(char::len_utf8).sum();
    line + column
}
