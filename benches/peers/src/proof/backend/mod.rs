pub mod fast;

pub(crate) const TAG: usize = 16;
pub(crate) const NONCE: usize = 24;
