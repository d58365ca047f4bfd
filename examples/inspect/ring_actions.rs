//! Changes of a ring by hand: advancing and revoking. The file is replaced in one step or stays as it is.

use safeconduct::inspect::Moment;
use safeconduct::{
    Advance, AdvanceError, Issuing, KeyId, KeyState, Kind, NotStored, RevokedKey, Ring, Schedule, Timestamp,
    Unpublished,
};
use serde::Serialize;

use crate::any_ring::AnyRing;
use crate::arguments::Arguments;
use crate::files::Held;
use crate::paint::Paint;
use crate::ring_command::{parse, schedule, source, view};
use crate::ring_view::View;
use crate::{action_print, moment, print_json, write};

/// What was done. Field names are part of the JSON form.
#[derive(Serialize)]
pub struct Outcome {
    pub action: &'static str,
    pub at: Moment,
    pub changed: bool,
    pub revoked: Option<Revoked>,
    pub staged: Vec<KeyRef>,
    pub dropped: Vec<KeyRef>,
    pub minting: Vec<KeyRef>,
    pub retired: Vec<KeyRef>,
    pub schedule: Durations,
    /// The ring afterwards, with warnings.
    pub ring: View,
    #[serde(skip)]
    pub times: Schedule,
    /// Why no successor was staged for a key that was revoked.
    #[serde(skip)]
    pub not_staged: Option<AdvanceError>,
    /// The file had other permissions before.
    #[serde(skip)]
    pub mode_before: Option<u32>,
    #[serde(skip)]
    pub asked_for_moment: bool,
}

#[derive(Serialize)]
pub struct Revoked {
    pub kind: String,
    pub key_id: String,
    pub repeat_at: Moment,
    #[serde(skip)]
    pub letter: char,
    #[serde(skip)]
    pub before: &'static str,
}

#[derive(Serialize)]
pub struct KeyRef {
    pub kind: String,
    pub key_id: String,
    pub issue_from: Moment,
    pub issue_until: Moment,
    pub accept_until: Moment,
    #[serde(skip)]
    pub info: safeconduct::RingKeyInfo,
}

/// The durations of the schedule, in seconds.
#[derive(Serialize)]
pub struct Durations {
    pub minting: u32,
    pub publish_ahead: u32,
    pub propagation: u32,
    pub tail: u32,
}

impl KeyRef {
    fn of(info: &safeconduct::RingKeyInfo) -> Self {
        let window = info.window;
        Self {
            kind: info.kind.to_string(),
            key_id: info.id.to_string(),
            issue_from: Moment(window.issue_from()),
            issue_until: Moment(window.issue_until()),
            accept_until: Moment(window.accept_until()),
            info: *info,
        }
    }
}

/// What goes into the file, and what is to be told of it.
struct Change {
    next: Unpublished,
    changed: bool,
    revoked: Option<Revoked>,
    staged: Vec<KeyRef>,
    dropped: Vec<KeyRef>,
    not_staged: Option<AdvanceError>,
}

impl Change {
    fn of(advance: Advance, revoked: Option<Revoked>) -> Self {
        Self {
            changed: advance.changed(),
            revoked,
            staged: advance.staged().map(KeyRef::of).collect(),
            dropped: advance.dropped().map(KeyRef::of).collect(),
            not_staged: None,
            next: advance.into_ring(),
        }
    }
}

/// `--advance`
pub fn advance(arguments: &Arguments) -> Result<(), String> {
    change(arguments, |ring, now, schedule| {
        let advance = ring.advance(now, schedule, &mut getrandom::SysRng).map_err(refused)?;
        Ok(Change::of(advance, None))
    })
}

/// `--revoke`: the revocation and the successor in one write.
pub fn revoke(arguments: &Arguments) -> Result<(), String> {
    let id = arguments.options.revoke.ok_or("--revoke needs a key id")?;
    change(arguments, |ring, now, schedule| {
        let (kind, before) = named(ring, id, arguments.kind, now)?;
        let skew = arguments.policy.skew();
        let (next, key) = ring
            .revoke(kind, id, now, schedule.propagation(), skew)
            .ok_or("the ring has no key of this id")?;
        let revoked = Some(Revoked::of(key, before));
        match next.advance(now, schedule, &mut getrandom::SysRng) {
            Ok(advance) => Ok(Change::of(advance, revoked)),
            // A key that leaked has to go even if its successor cannot be staged.
            Err(why) => Ok(Change {
                next,
                changed: before != KeyState::Revoked,
                revoked,
                staged: Vec::new(),
                dropped: Vec::new(),
                not_staged: Some(why),
            }),
        }
    })
}

impl Revoked {
    fn of(key: RevokedKey, before: KeyState) -> Self {
        Self {
            kind: key.kind.to_string(),
            key_id: key.id.to_string(),
            repeat_at: Moment(key.repeat_at),
            letter: key.kind.letter(),
            before: before.name(),
        }
    }
}

/// The one key of an id.
fn named(
    ring: &Ring<Issuing>,
    id: KeyId,
    kind: Option<Kind>,
    now: Timestamp,
) -> Result<(Kind, KeyState), String> {
    let mut found = ring.keys(now).filter(|key| key.id == id && kind.is_none_or(|kind| key.kind == kind));
    match (found.next(), found.next()) {
        (Some(key), None) => Ok((key.kind, key.state)),
        (Some(_), Some(_)) => Err("keys of several kinds have this id: say which with --kind".into()),
        (None, _) => Err("the ring has no such key; nothing was changed".into()),
    }
}

fn refused(why: AdvanceError) -> String {
    let hint = match why {
        AdvanceError::ClockJump => {
            "look at the clock (or at --at); if it is right, the ring was left alone for too long: make a new one"
        }
        AdvanceError::Full => "look at why so many were staged",
        AdvanceError::Random => "nothing can be made without randomness",
        AdvanceError::OutOfRange => "look at the clock (or at --at)",
    };
    format!("nothing was changed: {why}; {hint}")
}

/// Reads the ring, makes the change, writes it if there is one, reads it back, and tells.
fn change(
    arguments: &Arguments,
    make: impl FnOnce(&Ring<Issuing>, Timestamp, &Schedule) -> Result<Change, String>,
) -> Result<(), String> {
    let times = schedule(arguments)?;
    let now = moment(arguments)?;
    let held = Held::take(source(arguments)?)?;
    let ring = parse(&held.text)?.into_issuing()?;
    let Change { next, changed, revoked, staged, dropped, not_staged } = make(&ring, now, &times)?;
    let ring = if changed { store(&held, next)? } else { ring };
    let view = view(&AnyRing::Issuer(Box::new(ring)), now, None, arguments)?;
    let in_state = |state| {
        let keys = view.keys.iter().filter(move |key| key.info.state == state);
        keys.map(|key| KeyRef::of(&key.info)).collect()
    };
    let outcome = Outcome {
        action: "safeconduct-ring-action/1",
        at: Moment(now),
        changed,
        revoked,
        staged,
        dropped,
        minting: in_state(KeyState::Active),
        retired: in_state(KeyState::AcceptOnly),
        schedule: Durations {
            minting: times.minting().get(),
            publish_ahead: times.publish_ahead().get(),
            propagation: times.propagation().get(),
            tail: times.tail().get(),
        },
        ring: view,
        times,
        not_staged,
        mode_before: held.mode().filter(|mode| *mode != 0o600 && changed),
        asked_for_moment: arguments.at.is_some(),
    };
    if arguments.json {
        return print_json(&outcome);
    }
    let mut out = String::new();
    action_print::outcome(&mut out, &outcome, &arguments.policy, Paint::for_stdout());
    write(&out)
}

/// Writes the next state and gives it back as it was read from the file again (RING-13).
fn store(held: &Held, next: Unpublished) -> Result<Ring<Issuing>, String> {
    held.replace(next.to_text().as_str())?;
    let stored: Ring<Issuing> =
        held.read_back()?.parse().map_err(|why| format!("what was read back is no ring: {why}"))?;
    next.confirm(stored).map_err(|why| match why {
        NotStored::Behind(_) => {
            "another ring was written in the same moment: look at the file and try again".into()
        }
        NotStored::Conflict(why) => format!("what was read back contradicts what was written: {why}"),
    })
}
