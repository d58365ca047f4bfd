//! Reads requests, one JSON object a line, and answers each with one line: the first implementation, for a second one to be compared with.

mod mint;
mod node;
mod request;
mod rings;
mod times;
mod verify;

use std::io::{self, BufRead, Write};

use serde_json::{Value, json};

use crate::mint::Mint;
use crate::node::SnapshotNode;
use crate::request::{Problem, Request};
use crate::verify::TokenVerifier;

/// What earlier requests have set up.
#[derive(Default)]
struct State {
    verifier: Option<TokenVerifier>,
    node: Option<SnapshotNode>,
    mint: Option<Mint>,
}

fn main() -> io::Result<()> {
    let mut state = State::default();
    let mut out = io::BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().lines() {
        let answer = answer(&mut state, &line?).unwrap_or_else(|problem| json!({ "problem": problem.0 }));
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

fn answer(state: &mut State, line: &str) -> Result<Value, Problem> {
    let request = Request::parse(line)?;
    match request.text("do")? {
        "batch" => request
            .list("requests")?
            .iter()
            .map(|one| answer_one(state, one))
            .collect::<Result<Vec<_>, _>>()
            .map(Value::from),
        _ => answer_one(state, &request),
    }
}

fn answer_one(state: &mut State, request: &Request) -> Result<Value, Problem> {
    match request.text("do")? {
        "ring" => rings::ring(request),
        "published" => rings::published(request),
        "times" => times::verdicts(request),
        "verifier" => {
            state.verifier = Some(TokenVerifier::new(request)?);
            Ok(Value::Null)
        }
        "verify" => state.verifier.as_ref().ok_or_else(|| Problem::of("no verifier"))?.verify(request),
        "depart" => state.verifier.as_ref().ok_or_else(|| Problem::of("no verifier"))?.depart(request),
        "node" => {
            state.node = Some(SnapshotNode::new(request)?);
            Ok(Value::Null)
        }
        "take" => state.node.as_mut().ok_or_else(|| Problem::of("no node"))?.take(request),
        "ask" => state.node.as_ref().ok_or_else(|| Problem::of("no node"))?.ask(request),
        "mint" => {
            state.mint = Some(Mint::new(request)?);
            Ok(Value::Null)
        }
        "issue" => state.mint.as_ref().ok_or_else(|| Problem::of("no mint"))?.issue(request),
        "rotate" => state.mint.as_ref().ok_or_else(|| Problem::of("no mint"))?.rotate(request),
        "elevate" => state.mint.as_ref().ok_or_else(|| Problem::of("no mint"))?.elevate(request),
        other => Err(Problem(format!("{other} is not a request"))),
    }
}
