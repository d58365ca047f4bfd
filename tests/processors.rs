//! Which cryptography a processor gets, and that tokens of every kind pass through it. `.ci/processors` runs this on processors that lack something.

mod common;

use common::{Service, at};
use safeconduct::{Backend, Kind, Policy, backend};

/// What the documentation of [`backend`] asks of an x86-64 processor, and what comes with that.
fn has_everything() -> bool {
    #[cfg(all(target_arch = "x86_64", feature = "fast"))]
    let has = [
        std::arch::is_x86_feature_detected!("aes"),
        std::arch::is_x86_feature_detected!("pclmulqdq"),
        std::arch::is_x86_feature_detected!("avx"),
        std::arch::is_x86_feature_detected!("avx2"),
        std::arch::is_x86_feature_detected!("bmi1"),
        std::arch::is_x86_feature_detected!("bmi2"),
        std::arch::is_x86_feature_detected!("adx"),
    ]
    .iter()
    .all(|has| *has);
    #[cfg(not(all(target_arch = "x86_64", feature = "fast")))]
    let has = cfg!(all(feature = "fast", target_arch = "aarch64", safeconduct_fast_aarch64));
    has
}

#[test]
fn a_processor_gets_what_it_can_run() {
    println!("tokens by the {} backend", backend());
    assert_eq!(backend() == Backend::Fast, has_everything());
    for kind in Kind::ALL {
        let mut service = Service::new(kind, &Policy::AAL1);
        let token = service.log_in(at(0));
        assert!(service.verifier.verify_owned::<()>(&token, at(1)).is_ok(), "{kind:?}");
        let last = if token.ends_with('A') { 'B' } else { 'A' };
        let changed = format!("{}{last}", &token[..token.len() - 1]);
        assert!(service.verifier.verify_owned::<()>(&changed, at(1)).is_err(), "{kind:?}");
    }
}
