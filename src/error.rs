//! Every reason for a refusal, and the one face that a client may see.

use core::fmt;

/// A token was refused. This is all a client may learn: every refusal looks the same (TOK-40).
///
/// `Display` is one constant text. The [`reason`](Rejected::reason) is for the operator's log and metrics, never for the response: telling
/// a client *why* makes an oracle of the verifier.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Rejected(Reason);

impl Rejected {
    pub(crate) const fn new(reason: Reason) -> Self {
        Self(reason)
    }

    /// Why, for the operator. Do not send it to the client.
    #[must_use]
    pub const fn reason(&self) -> Reason {
        self.0
    }
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("session rejected")
    }
}

impl fmt::Debug for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Rejected").field(&self.0).finish()
    }
}

impl core::error::Error for Rejected {}

impl From<Reason> for Rejected {
    fn from(reason: Reason) -> Self {
        Self(reason)
    }
}

/// Why a token was refused (SPEC section 7). For the operator, not for the client.
///
/// The order says what a reason proves. Anybody can provoke those up to [`Forged`](Reason::Forged). The others are reached only by tokens made with
/// one of our keys, so many of them mean stale clients, wrong configuration or a leaked key.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum Reason {
    /// Not token text: too long, a foreign character, padding, cut off, or no `sc` at the start.
    Malformed,
    /// Token text of a version or kind that this library does not know.
    UnsupportedFormat,
    /// A kind that this verifier was not told to accept.
    KindNotAccepted,
    /// A kind that this build of the library leaves out: it verifies no signatures (feature `signatures`).
    SignaturesNotBuilt,
    /// No key of the ring has the token's key id and kind.
    UnknownKey,
    /// The key's window has not begun.
    KeyNotYetValid,
    /// The key's window is over.
    KeyExpired,
    /// The key was revoked.
    KeyRevoked,
    /// The tag or signature is wrong: another key, another context, or an altered token.
    Forged,

    /// Authentic, but the claims are not encoded as SPEC section 4 demands: an issuer is broken.
    BadClaims,
    /// The token or its session lives longer than this verifier's policy allows.
    CeilingExceeded,
    /// Issued in the future by more than the skew: clocks disagree.
    IssuedInFuture,
    /// The session's absolute end has come.
    Expired,
    /// The token's idle deadline has passed; the session itself could have gone on.
    Idle,
    /// The token is bound to a key and the caller proved none.
    BindingRequired,
    /// The token is bound to another key than the one proven.
    BindingMismatch,
    /// A key was proven and the token is bound to none.
    NotBound,
    /// Revoked, at this scope.
    Revoked(Scope),
    /// A later rotation of the session has retired this one (strict rotation).
    Superseded,
    /// The revocation data is too old to say, and the verifier fails closed.
    SnapshotStale,
    /// The revocation data is damaged at the place that matters here.
    SnapshotDamaged,
    /// The application's claims have another schema number than the one expected.
    SchemaMismatch,
    /// The application's claims do not decode, or bytes are left over.
    BadAppClaims,
}

impl Reason {
    /// Whether anybody can provoke this refusal, without ever having held a token of ours.
    #[must_use]
    pub const fn anybody_can_provoke(self) -> bool {
        match self {
            Self::Malformed
            | Self::UnsupportedFormat
            | Self::KindNotAccepted
            | Self::SignaturesNotBuilt
            | Self::UnknownKey
            | Self::KeyNotYetValid
            | Self::KeyExpired
            | Self::KeyRevoked
            | Self::Forged => true,
            Self::BadClaims
            | Self::CeilingExceeded
            | Self::IssuedInFuture
            | Self::Expired
            | Self::Idle
            | Self::BindingRequired
            | Self::BindingMismatch
            | Self::NotBound
            | Self::Revoked(_)
            | Self::Superseded
            | Self::SnapshotStale
            | Self::SnapshotDamaged
            | Self::SchemaMismatch
            | Self::BadAppClaims => false,
        }
    }

    /// The name as SPEC section 7 writes it, for logs and metrics: `Idle`, `Revoked(session)`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Malformed => "Malformed",
            Self::UnsupportedFormat => "UnsupportedFormat",
            Self::KindNotAccepted => "KindNotAccepted",
            Self::SignaturesNotBuilt => "SignaturesNotBuilt",
            Self::UnknownKey => "UnknownKey",
            Self::KeyNotYetValid => "KeyNotYetValid",
            Self::KeyExpired => "KeyExpired",
            Self::KeyRevoked => "KeyRevoked",
            Self::Forged => "Forged",
            Self::BadClaims => "BadClaims",
            Self::CeilingExceeded => "CeilingExceeded",
            Self::IssuedInFuture => "IssuedInFuture",
            Self::Expired => "Expired",
            Self::Idle => "Idle",
            Self::BindingRequired => "BindingRequired",
            Self::BindingMismatch => "BindingMismatch",
            Self::NotBound => "NotBound",
            Self::Revoked(Scope::Everyone) => "Revoked(everyone)",
            Self::Revoked(Scope::Key) => "Revoked(key)",
            Self::Revoked(Scope::Subject) => "Revoked(subject)",
            Self::Revoked(Scope::Session) => "Revoked(session)",
            Self::Revoked(Scope::Token) => "Revoked(token)",
            Self::Superseded => "Superseded",
            Self::SnapshotStale => "SnapshotStale",
            Self::SnapshotDamaged => "SnapshotDamaged",
            Self::SchemaMismatch => "SchemaMismatch",
            Self::BadAppClaims => "BadAppClaims",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// How much a revocation covers, widest first (SPEC TOK-37). The enum is complete.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Scope {
    /// Every session begun before a moment.
    Everyone,
    /// Everything under one key.
    Key,
    /// Every session of one subject begun before a moment: "log out everywhere".
    Subject,
    /// One session with all its rotations: "log out".
    Session,
    /// One token.
    Token,
}

impl Scope {
    /// The name as reasons write it: `session`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Everyone => "everyone",
            Self::Key => "key",
            Self::Subject => "subject",
            Self::Session => "session",
            Self::Token => "token",
        }
    }
}

/// Why no token was made.
///
/// Nothing has happened when one of these is returned: no token exists and no state has changed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum MintError {
    /// The random source failed (ISS-01).
    Random,
    /// The signer elsewhere made no signature, or one that the ring's public key does not accept.
    Signer,
    /// No key of the issuer's kind may mint now: none begun, or all over.
    NoMintingKey,
    /// The token would outlive its key (ISS-02). The ring's windows are too short for the policy.
    OutlivesKey,
    /// The token would be longer than 4,096 characters (ISS-03). Shorten the application's claims.
    TooLarge,
    /// The application's claims could not be serialized.
    AppClaims,
    /// A time of the grant contradicts another: authenticated in the future, ended before it begins, or a cut-off too far ahead.
    Times,
    /// The session's absolute end has come.
    SessionOver,
    /// The rotation counter is at its end.
    RotationExhausted,
    /// The session was verified under another context than the issuer's (ISS-07).
    ForeignContext,
    /// The revocation data behind the session is too old for a new token (ISS-06). Refresh it and try again.
    Stale,
    /// The session was verified without revocation (ISS-06); `rotate_without_revocation` says so by name.
    Unrevocable,
    /// The base level is above what the issuer's policy is for: its deadlines are too long for that level.
    LevelAbovePolicy,
    /// The session lives longer than the issuer's policy allows: its own verifiers would refuse the token.
    CeilingExceeded,
    /// A session from an encrypted token would be put into a token that the client can read.
    WouldReveal,
    /// The new level is below the session's own.
    LevelTooLow,
    /// The elevation would last longer than the policy allows, or no time at all.
    ElevationLife,
    /// The old session was already out when the log was asked (ISS-08).
    AlreadyOut,
    /// The log did not accept the revocation of the old session (ISS-08), or answered about another one.
    NotLogged,
    /// The revocation data have something against the new session already: its key is revoked, or every id that was drawn hits the filter (ISS-12).
    Revoked,
}

impl fmt::Display for MintError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Random => "the random source failed",
            Self::Signer => "the signer made no good signature",
            Self::NoMintingKey => "no key of this kind may mint now",
            Self::OutlivesKey => "the token would outlive its key",
            Self::TooLarge => "the token would be longer than 4,096 characters",
            Self::AppClaims => "the application's claims could not be serialized",
            Self::Times => "the times of the grant contradict each other",
            Self::SessionOver => "the session has ended",
            Self::RotationExhausted => "the rotation counter is at its end",
            Self::ForeignContext => "the session was verified under another context",
            Self::Stale => "the revocation data is too old for a new token",
            Self::Unrevocable => "the session was verified without revocation",
            Self::LevelAbovePolicy => "the base level is above what the policy is for",
            Self::CeilingExceeded => "the session lives longer than the policy allows",
            Self::WouldReveal => "an encrypted session would become readable by the client",
            Self::LevelTooLow => "the new level is below the session's own",
            Self::ElevationLife => "the elevation lasts longer than the policy allows, or not at all",
            Self::AlreadyOut => "the old session was already revoked",
            Self::Revoked => "the revocation data have something against the new session",
            Self::NotLogged => "the log has not accepted the revocation of the old session",
        })
    }
}

impl core::error::Error for MintError {}
