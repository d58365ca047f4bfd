//! What the library depends on: each with a reason, none that needs a later compiler than the one we state.

use std::process::Command;

fn metadata() -> serde_json::Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--all-features"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

fn version(text: &str) -> (u32, u32) {
    let mut numbers = text.split('.').map(|number| number.parse().unwrap());
    (numbers.next().unwrap(), numbers.next().unwrap())
}

#[test]
fn no_dependency_needs_a_later_compiler() {
    let metadata = metadata();
    let packages = metadata["packages"].as_array().unwrap();
    let named = |id: &serde_json::Value| packages.iter().find(|package| package["id"] == *id).unwrap();
    let ours = packages.iter().find(|package| package["name"] == "safeconduct").unwrap();
    let stated = version(ours["rust_version"].as_str().unwrap());
    // Only what the library itself is built from: development may use more recent things.
    let nodes = metadata["resolve"]["nodes"].as_array().unwrap();
    let mut open = vec![ours["id"].clone()];
    let mut seen = Vec::new();
    while let Some(id) = open.pop() {
        if seen.contains(&id) {
            continue;
        }
        if let Some(needed) = named(&id)["rust_version"].as_str() {
            assert!(version(needed) <= stated, "{} needs Rust {needed}", named(&id)["name"]);
        }
        let node = nodes.iter().find(|node| node["id"] == id).unwrap();
        for dependency in node["deps"].as_array().unwrap() {
            let kinds = dependency["dep_kinds"].as_array().unwrap();
            if kinds.iter().any(|kind| kind["kind"].is_null()) {
                open.push(dependency["pkg"].clone());
            }
        }
        seen.push(id);
    }
    assert!(seen.len() > 20, "only {} packages were looked at", seen.len());
}

#[test]
fn every_dependency_has_a_reason() {
    let manifest = include_str!("../Cargo.toml");
    let mut section = "";
    let mut counted = 0;
    for line in manifest.lines() {
        if line.starts_with('[') {
            section = line;
        } else if section.ends_with("dependencies]") && line.contains(" = ") {
            let reason = line.split(" # ").nth(1).unwrap_or_default();
            assert!(reason.len() > 10, "no reason: {line}");
            counted += 1;
        }
    }
    assert!(counted >= 15, "only {counted} dependencies were looked at");
    for fixed in ["chacha20poly1305", "ed25519-dalek", "base64", "rand_core", "time", "serde", "postcard"] {
        assert!(manifest.contains(&format!("\n{fixed} = ")), "{fixed}");
    }
}
