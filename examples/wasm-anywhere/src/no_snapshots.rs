//! In place of `snapshots.rs` without the feature `signatures`: snapshots are signed, so there are none, and nobody is out before his token is over.

use safeconduct::{Ring, Unrevocable, Verifier, Verifying};

pub(crate) type Latest = Unrevocable;

pub(crate) struct Snapshots(());

impl Snapshots {
    /// A ring with a realm, in which somebody could be out, is no ring for this module: the library has refused its text.
    pub(crate) const fn of(_: &Ring<Verifying>) -> Result<Self, &'static str> {
        Ok(Self(()))
    }

    pub(crate) fn answer(&self, verifier: Verifier) -> Verifier<Latest> {
        verifier.dangerous_without_revocation()
    }
}
