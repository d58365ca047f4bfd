//! The same log gives the same bytes on every machine, in every build: also on wasm32 (`tests/wasm`).

mod common;

use common::golden;

#[test]
fn publishers_make_the_same_bytes_everywhere() {
    let expected = [
        "golden empty snapshot: 99da15762257b89f231b43f2c7debb4c9d55dc3736962f598d772fd3dd44a04b",
        "golden snapshot: 494fcc1625a143cbdac71dc1363e3172cf70ccd7d0d8b565337dd23a5efb5dbf",
        "golden delta: 179fde1199d82aa45e402c46e235d914a98bf98f165888a27fc7b074ada95394",
        "golden log: 8cbec3b7b316cd2ee908b5c16c72f67bc949c0454e092fcb0536510e31c7c852",
    ];
    // Change these only together with SPEC section 9: nodes and publishers of two builds have to agree.
    assert_eq!(golden::hashes(), expected);
}
