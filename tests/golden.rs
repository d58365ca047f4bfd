//! The same log gives the same bytes on every machine, in every build: also on wasm32 (`tests/wasm`).

mod common;

use common::golden;

#[test]
fn publishers_make_the_same_bytes_everywhere() {
    let expected = [
        "golden empty snapshot: 99da15762257b89f231b43f2c7debb4c9d55dc3736962f598d772fd3dd44a04b",
        "golden snapshot: 494fcc1625a143cbdac71dc1363e3172cf70ccd7d0d8b565337dd23a5efb5dbf",
        "golden delta: 179fde1199d82aa45e402c46e235d914a98bf98f165888a27fc7b074ada95394",
        "golden log: e233517adfa57499cf234c95daf5b722deba5a5cc92c935f77364412fc0bd26a",
    ];
    // Change these only together with SPEC section 9: nodes and publishers of two builds have to agree.
    assert_eq!(golden::hashes(), expected);
}
