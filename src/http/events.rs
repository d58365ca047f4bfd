//! What happens to sessions, for audit logs and metrics: events of the `tracing` crate, where that feature is on.
//! The table is in the documentation of the room.

use crate::error::{MintError, Reason};
#[cfg(feature = "tracing")]
use crate::keys::session_label;
use crate::values::SessionId;

#[cfg(feature = "tracing")]
struct Label(SessionId);

#[cfg(feature = "tracing")]
impl core::fmt::Display for Label {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        session_label(self.0).iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[cfg(feature = "tracing")]
fn label(session: Option<SessionId>) -> Option<tracing::field::DisplayValue<Label>> {
    session.map(|session| tracing::field::display(Label(session)))
}

macro_rules! event {
    ($level:ident, $name:literal, $($field:tt)*) => {
        #[cfg(feature = "tracing")]
        {
            tracing::$level!(target: "safeconduct", event = $name, $($field)*);
        }
    };
}

#[cfg_attr(not(feature = "tracing"), allow(unused_variables))]
pub(super) fn issued(session: SessionId) {
    event!(info, "issued", session = %Label(session));
}

#[cfg_attr(not(feature = "tracing"), allow(unused_variables))]
pub(super) fn renewed(session: SessionId, rotation: u32) {
    event!(debug, "renewed", session = %Label(session), rotation);
}

#[cfg_attr(not(feature = "tracing"), allow(unused_variables))]
pub(super) fn elevated(session: SessionId, replaces: Option<SessionId>) {
    event!(info, "elevated", session = %Label(session), replaces = label(replaces));
}

#[cfg_attr(not(feature = "tracing"), allow(unused_variables))]
pub(super) fn ended_others(session: SessionId, replaces: Option<SessionId>) {
    event!(info, "ended_others", session = %Label(session), replaces = label(replaces));
}

#[cfg_attr(not(feature = "tracing"), allow(unused_variables))]
pub(super) fn refused(reason: Reason, session: Option<SessionId>) {
    #[cfg(feature = "tracing")]
    {
        let session = label(session);
        if reason.anybody_can_provoke() {
            event!(debug, "refused", reason = %reason, session);
        } else {
            event!(info, "refused", reason = %reason, session);
        }
    }
}

#[cfg_attr(not(feature = "tracing"), allow(unused_variables))]
pub(super) fn revoked(session: SessionId, already: bool) {
    event!(info, "revoked", session = %Label(session), already);
}

#[cfg_attr(not(feature = "tracing"), allow(unused_variables))]
pub(super) fn not_renewed(session: SessionId, why: NotRenewed) {
    #[cfg(feature = "tracing")]
    {
        let reason: &dyn core::fmt::Display = match &why {
            NotRenewed::Mint(why) => why,
            NotRenewed::Refused(why) => why,
            NotRenewed::TooLarge => &"the cookie is too large",
        };
        event!(warn, "not_renewed", session = %Label(session), reason = %reason);
    }
}

/// Why a renewal that was due did not happen.
#[cfg_attr(not(feature = "tracing"), allow(dead_code))]
#[derive(Clone, Copy)]
pub(super) enum NotRenewed {
    Mint(MintError),
    /// Our own verifier refuses the successor.
    Refused(Reason),
    TooLarge,
}
