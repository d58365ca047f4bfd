//! Snapshots, deltas, and tokens beside them.

use safeconduct::{Floors, Node, NodeError, Ring, Session, SnapshotError, Update, Verifying};
use serde_json::{Value, json};

use crate::request::{Problem, Request};
use crate::verify::{App, expects_text, over, verdict, verify_with};

pub struct SnapshotNode {
    node: Node<Verifying>,
    text: bool,
}

impl SnapshotNode {
    pub fn new(request: &Request) -> Result<Self, Problem> {
        let ring: Ring<Verifying> = request.text("ring")?.parse()?;
        let rules = Floors::new()
            .skew(request.seconds("node_skew")?)
            .longest_validity(request.seconds("longest_validity")?);
        let rules = rules.least_version(request.number("least_version")?);
        over(&ring, request)?; // so that a request which makes no verifier is a problem, and no panic
        let (settings, fail_open) = (request.copy(), request.flag("fail_open")?);
        let make = move |ring: &Ring<Verifying>| {
            let Ok(verifier) = over(ring, &settings) else { unreachable!("it was made once") };
            (if fail_open { verifier.dangerous_fail_open() } else { verifier }, ())
        };
        Ok(Self {
            node: Node::new(ring, request.number("ring_version")?, rules, make)?,
            text: expects_text(request)?,
        })
    }

    /// Takes documents in one update: all or none.
    pub fn take(&self, request: &Request) -> Result<Value, Problem> {
        let mut update = Update::new();
        for document in request.list("documents")? {
            let bytes = document.bytes("bytes")?;
            update = match document.text("form")? {
                "snapshot" => update.snapshot(bytes),
                "delta" => update.delta(bytes),
                other => return Err(Problem(format!("{other} is no form"))),
            };
        }
        if let Err(why) = self.node.update(update, request.time("now")?) {
            return Ok(json!({ "verdict": reason(&why)? }));
        }
        let current = self.node.current();
        let mut in_force: Vec<String> = Vec::new();
        for snapshot in current.snapshots().iter() {
            let (realm, version) = (crate::request::to_hex(snapshot.realm().to_bytes()), snapshot.version());
            let (complete_to, good_until) =
                (snapshot.complete_to().as_unix(), snapshot.not_after().as_unix());
            let (life, bound, ring) =
                (snapshot.token_life().get(), snapshot.staleness_bound().get(), snapshot.min_ring_version());
            in_force.push(format!("{realm} {version} {ring} {complete_to} {good_until} {life} {bound}"));
        }
        in_force.sort();
        Ok(json!({ "verdict": "accepted", "in_force": in_force }))
    }

    pub fn ask(&self, request: &Request) -> Result<Value, Problem> {
        if self.text { self.ask_as::<String>(request) } else { self.ask_as::<()>(request) }
    }

    fn ask_as<C: App>(&self, request: &Request) -> Result<Value, Problem> {
        let result = verify_with::<C, _>(self.node.current().verifier(), request)?;
        let word = result.as_ref().ok().and_then(Session::freshness);
        let word = word.map(|fresh| {
            let minting = result.as_ref().is_ok_and(|session| fresh.allows_minting(session.verified_at()));
            format!("{} {} {minting}", fresh.complete_to().as_unix(), fresh.longest_new_token().get())
        });
        let mut answer = verdict(result)?;
        if let (Some(word), Some(answer)) = (word, answer.as_object_mut()) {
            answer.insert("word".to_owned(), Value::from(word));
        }
        Ok(answer)
    }
}

fn reason(why: &NodeError) -> Result<&'static str, Problem> {
    Ok(match why {
        NodeError::Snapshot(why) => snapshot_reason(why)?,
        NodeError::NoBase { .. } => "NoBase",
        NodeError::NoSnapshot { .. } => "NoSnapshot",
        other => return Err(Problem(format!("{other:?} should not occur here"))),
    })
}

fn snapshot_reason(why: &SnapshotError) -> Result<&'static str, Problem> {
    Ok(match why {
        SnapshotError::NotASnapshot => "NotASnapshot",
        SnapshotError::OtherForm => "OtherForm",
        SnapshotError::ForeignRealm { .. } => "ForeignRealm",
        SnapshotError::UnknownSigner => "UnknownSigner",
        SnapshotError::BadSignature => "BadSignature",
        SnapshotError::Header => "Header",
        SnapshotError::Length => "Length",
        SnapshotError::Damaged => "Damaged",
        SnapshotError::Order => "Order",
        SnapshotError::FromTheFuture => "FromTheFuture",
        SnapshotError::Expired { .. } => "Expired",
        SnapshotError::BelowFloor { .. } => "BelowFloor",
        SnapshotError::Older => "Older",
        SnapshotError::Equivocation { .. } => "Equivocation",
        SnapshotError::Gap { .. } => "Gap",
        SnapshotError::OtherLine => "OtherLine",
        SnapshotError::RingTooOld { .. } => "RingTooOld",
        other => return Err(Problem(format!("{other:?} is not in the SPEC"))),
    })
}
