//! `inspect ring`: looking at a ring, and writing the rings of other roles.

use safeconduct::{Schedule, ScheduleError, Seconds, Timestamp};

use crate::any_ring::AnyRing;
use crate::arguments::Arguments;
use crate::files::{self, For};
use crate::paint::Paint;
use crate::ring_arguments::Action;
use crate::ring_view::View;
use crate::{moment, print_json, published_ring, ring_actions, ring_print, ring_warnings, write};

pub fn run(action: Action, arguments: &Arguments) -> Result<(), String> {
    if action == Action::Unwrap && arguments.ring.is_some() {
        return Err("--unwrap takes its document itself: --ring does not go with it".into());
    }
    if matches!(action, Action::Export | Action::Wrap) && arguments.json {
        return Err("--json goes with looking at a ring, --unwrap, --advance and --revoke".into());
    }
    if action != Action::Revoke && arguments.kind.is_some() {
        return Err("--kind goes with --revoke".into());
    }
    match action {
        Action::View => {
            let source = files::read("--ring", source(arguments)?)?;
            show(&view(&parse(&source.text)?, moment(arguments)?, source.mode, arguments)?, arguments)
        }
        Action::Advance => ring_actions::advance(arguments),
        Action::Revoke => ring_actions::revoke(arguments),
        Action::Export => export(arguments),
        Action::Wrap => published_ring::wrap(arguments),
        Action::Unwrap => published_ring::unwrap(arguments),
    }
}

/// What `--ring` says.
pub fn source(arguments: &Arguments) -> Result<&str, String> {
    arguments.ring.as_deref().ok_or_else(|| "--ring @FILE or --ring env:NAME is needed".into())
}

pub fn parse(text: &str) -> Result<AnyRing, String> {
    AnyRing::parse(text).map_err(|why| format!("--ring: {why}"))
}

/// The ring at a moment, with warnings.
pub fn view(
    ring: &AnyRing,
    now: Timestamp,
    mode: Option<u32>,
    arguments: &Arguments,
) -> Result<View, String> {
    let mut view = View::of(ring, now);
    view.warnings = ring_warnings::of(&view, &schedule(arguments)?, &arguments.policy, mode);
    Ok(view)
}

pub fn show(view: &View, arguments: &Arguments) -> Result<(), String> {
    if arguments.json {
        return print_json(view);
    }
    let mut out = String::new();
    ring_print::view(&mut out, view, Paint::for_stdout());
    write(&out)
}

/// The schedule as it was asked for.
pub fn schedule(arguments: &Arguments) -> Result<Schedule, String> {
    let options = &arguments.options;
    let propagation = options.propagation.unwrap_or(Seconds::hours(1));
    let minting = options.minting.unwrap_or(Seconds::days(30));
    let ahead = options.publish_ahead.unwrap_or(Seconds::hours(24));
    Schedule::new(&arguments.policy, propagation, minting, ahead).map_err(|why| match why {
        ScheduleError::PublishedTooLate => format!("{why}: --publish-ahead must be --propagation at least"),
        ScheduleError::TooLong => format!("{why}: --propagation and --longest-token"),
        ScheduleError::StagedAsLongAsItMints => format!("{why}: --publish-ahead must be less than --minting"),
    })
}

/// Writes the ring of other roles to new files.
fn export(arguments: &Arguments) -> Result<(), String> {
    let ring = parse(&files::read("--ring", source(arguments)?)?.text)?;
    let options = &arguments.options;
    // Both are made before either is written.
    let verifier =
        options.verifier.as_ref().map(|path| ring.verifying().map(|ring| (path, ring))).transpose()?;
    let public = options.public.as_ref().map(|path| ring.public().map(|ring| (path, ring))).transpose()?;
    if let Some((path, ring)) = verifier {
        let text = ring.to_text();
        files::write_new(path, text.as_str(), For::Owner).map_err(|why| format!("--verifier: {why}"))?;
        write(&format!("written to {path}: a verifier's ring, {} keys; it is a secret\n", ring.count()))?;
    }
    if let Some((path, ring)) = public {
        let text = ring.to_text();
        files::write_new(path, text.as_str(), For::Anybody).map_err(|why| format!("--public: {why}"))?;
        write(&format!("written to {path}: a public ring, {} keys; it is no secret\n", ring.count()))?;
    }
    Ok(())
}
