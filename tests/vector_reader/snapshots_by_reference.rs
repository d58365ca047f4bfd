//! What the reference reader makes of snapshots, and of tokens beside them.

use super::{Claims, Vector, by_reference, unhex_all};
use crate::reference::snapshot::{DELTA, Document, Node, SNAPSHOT};

/// What is in force after the last document of a vector was read, or the name of the error.
pub fn read(vector: &Vector) -> Result<Claims, String> {
    let mut node = node(vector);
    let document = unhex_all(vector.one("document"));
    node.take(form(vector.one("read-as")), &document, vector.number("now"))
        .map(|document| described(&document))
}

/// What a token is accepted with, or the reason why it is not.
pub fn ask(vector: &Vector) -> Result<Claims, String> {
    let (node, now) = (node(vector), vector.number("now"));
    let claims = by_reference::verify(vector, Default::default())?;
    let clear = node.ask(&claims, now, vector.one("fail-open") == "yes")?;
    let minting = if clear.mints { "allowed" } else { "stale" };
    Ok(Claims::from([
        ("complete-to", clear.complete_to.to_string()),
        ("minting", minting.to_owned()),
        ("new-token-at-most", clear.token_life.to_string()),
    ]))
}

/// A node that has taken what the vector says.
fn node(vector: &Vector) -> Node {
    let mut node = Node::new(&vector.unescaped("ring"), &vector.filter_keys());
    node.skew = vector.number("skew");
    node.longest_validity = vector.number("longest-validity");
    node.least_version = vector.number("least-version");
    node.ring_version = vector.optional("ring-version").map(|_| vector.number("ring-version"));
    for (name, when, document) in vector.taken() {
        node.take(form(name), &document, when).expect("what was taken is good");
    }
    node
}

fn form(name: &str) -> u64 {
    match name {
        "snapshot" => SNAPSHOT,
        "delta" => DELTA,
        other => panic!("unknown form {other}"),
    }
}

fn described(document: &Document) -> Claims {
    Claims::from([
        ("version", document.version.to_string()),
        ("complete-to", document.complete_to.to_string()),
        ("good-until", document.good_until.to_string()),
        ("min-ring-version", document.min_ring_version.to_string()),
        ("token-life", document.token_life.to_string()),
        ("staleness-bound", document.staleness_bound.to_string()),
    ])
}
