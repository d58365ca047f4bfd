// expect E0277: the trait bound `safeconduct::Public: HoldsFilterKeys` is not satisfied
use safeconduct::{Public, Ring, SnapshotKeys, Verifying};

pub fn keys(_public: &Ring<Public>, _verifying: &Ring<Verifying>) -> SnapshotKeys {
    SnapshotKeys::of(_public) // WRONG
    SnapshotKeys::of(_verifying) // RIGHT
}

fn main() {}
