//! What stands behind an answer, for people who want to know why.

use crate::values::{RealmId, Seconds, Timestamp};

/// What revocation data go by in their answer about one token: for the operator, never for the client.
///
/// Everything is optional: a list knows no versions. Whoever implements [`Revocations`](crate::Revocations) begins with the default and fills in what there is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub struct Grounds {
    /// The realm that the data are of.
    pub realm: Option<RealmId>,
    /// Their version.
    pub version: Option<u64>,
    /// Every revocation accepted before this moment is in them.
    pub complete_to: Option<Timestamp>,
    /// Until this moment tokens are renewed and elevated on their word.
    pub renews_until: Option<Timestamp>,
    /// From this moment on they must not be relied on.
    pub not_after: Option<Timestamp>,
    /// Every session begun before this moment is over.
    pub everyone_before: Option<Timestamp>,
    /// Every session of the token's subject begun before this moment is over.
    pub subject_before: Option<Timestamp>,
    /// The least rotation of the token's session that is not retired.
    pub least_rotation: Option<u32>,
    /// The longest token that the data reckon with (REV-12).
    pub longest_token: Option<Seconds>,
    /// Probes of the filter: it takes a session for revoked that is not once in 2^probes looks.
    pub probes: Option<u8>,
}

impl Grounds {
    /// Of two data that were both asked: those that reach less far, where neither has decided alone.
    pub(super) fn or_older(self, other: Self) -> Self {
        if other.complete_to < self.complete_to { other } else { self }
    }
}
