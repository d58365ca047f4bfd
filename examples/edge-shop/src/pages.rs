//! What there is to see.

use safeconduct::{AuthLevel, Seconds, Session, Timestamp};

use crate::answer::Answer;

/// How old an authentication may be for the admin page.
const ADMIN_MAX_AGE: Seconds = Seconds::minutes(5);

/// One line for each fact.
pub(crate) fn home(session: &Session<()>, now: Timestamp) -> Answer {
    let lines = [
        format!("subject {}", session.subject()),
        format!("level {}", session.level()),
        format!("rotation {}", session.rotation()),
        format!("key {}", session.key_id()),
        format!("idle-in {}", session.expires_at().seconds_since(now)),
        format!("ends-in {}", session.ends_at().seconds_since(now)),
    ];
    Answer::new(200, lines.join("\n") + "\n")
}

pub(crate) fn admin(session: &Session<()>) -> Answer {
    match session.require(AuthLevel::Aal2, ADMIN_MAX_AGE) {
        Ok(()) => Answer::new(200, "the till is open\n"),
        Err(challenge) => Answer::new(401, "step up\n").with("www-authenticate", challenge.to_string()),
    }
}
