//! Policies: presets, ceilings and the report.

use safeconduct::{AuthLevel, Policy, PolicyError, Seconds};

#[test]
fn presets_are_what_they_say() {
    for (policy, level, idle) in [
        (Policy::AAL1, AuthLevel::Aal1, 30),
        (Policy::AAL2, AuthLevel::Aal2, 30),
        (Policy::AAL3, AuthLevel::Aal3, 15),
    ] {
        assert_eq!((policy.session(), policy.idle()), (Seconds::hours(8), Seconds::minutes(idle)));
        assert_eq!(policy.renew_after().get() * 2, policy.idle().get());
        assert_eq!(
            Policy::builder(level).build(),
            Ok(policy),
            "a preset is a policy that the builder allows"
        );
    }
}

#[test]
fn ceilings_hold_unless_a_reason_is_given() {
    let cases = [
        (AuthLevel::Aal1, Seconds::days(30), Seconds::days(30)),
        (AuthLevel::Aal2, Seconds::hours(24), Seconds::hours(1)),
        (AuthLevel::Aal3, Seconds::hours(12), Seconds::minutes(15)),
    ];
    for (level, session, idle) in cases {
        let at_the_ceiling = Policy::builder(level).session(session).idle(idle);
        assert!(at_the_ceiling.build().is_ok());
        let more = Seconds::new(session.get() + 1);
        let longer = at_the_ceiling.session(more);
        if level == AuthLevel::Aal3 {
            assert_eq!(longer.build(), Err(PolicyError::Aal3Session));
            assert_eq!(longer.deviation("night shift").build(), Err(PolicyError::Aal3Session));
        } else {
            assert_eq!(longer.build(), Err(PolicyError::SessionCeiling { ceiling: session }));
            assert!(longer.deviation("night shift").build().is_ok());
        }
        // Accepting longer ones than are issued is held to the ceiling, too.
        assert!(at_the_ceiling.longest_session(more).build().is_err());
        if idle < session {
            let idler = at_the_ceiling.idle(Seconds::new(idle.get() + 1));
            assert_eq!(idler.build(), Err(PolicyError::IdleCeiling { ceiling: idle }));
            assert!(idler.deviation("kiosk").build().is_ok());
            assert_eq!(idler.deviation("  ").build(), Err(PolicyError::DeviationNeedsReason));
        }
    }
}

#[test]
fn contradictions_are_refused() {
    let start = || Policy::builder(AuthLevel::Aal1).session(Seconds::hours(1)).idle(Seconds::minutes(10));
    assert_eq!(start().idle(Seconds::ZERO).build(), Err(PolicyError::Zero));
    assert_eq!(start().session(Seconds::ZERO).build(), Err(PolicyError::Zero));
    assert_eq!(start().idle(Seconds::hours(2)).build(), Err(PolicyError::IdleAboveSession));
    assert_eq!(start().renew_after(Seconds::minutes(10)).build(), Err(PolicyError::RenewalTooLate));
    assert!(start().renew_after(Seconds::new(599)).build().is_ok());
    assert!(start().renew_after(Seconds::ZERO).build().is_ok());
    assert!(start().skew(Seconds::new(120)).build().is_ok());
    assert_eq!(start().skew(Seconds::new(121)).build(), Err(PolicyError::SkewTooLarge));
    assert_eq!(start().longest_elevation(Seconds::minutes(61)).build(), Err(PolicyError::ElevationTooLong));
    let day = Policy::builder(AuthLevel::Aal1).session(Seconds::days(2));
    assert!(day.longest_elevation(Seconds::hours(12)).build().is_ok());
    assert_eq!(day.longest_elevation(Seconds::new(43_201)).build(), Err(PolicyError::ElevationTooLong));
    assert_eq!(start().longest_token(Seconds::minutes(9)).build(), Err(PolicyError::OwnTokensTooLong));
    assert_eq!(start().longest_session(Seconds::minutes(59)).build(), Err(PolicyError::OwnTokensTooLong));
}

#[test]
fn the_report_prints_every_number_in_force() {
    let policy = Policy::builder(AuthLevel::Aal2)
        .session(Seconds::hours(11))
        .idle(Seconds::minutes(21))
        .renew_after(Seconds::minutes(7))
        .skew(Seconds::new(17))
        .longest_token(Seconds::minutes(121))
        .longest_session(Seconds::hours(23))
        .longest_elevation(Seconds::minutes(13))
        .deviation("terminals in the warehouse")
        .build()
        .unwrap();
    let report = policy.report().to_string();
    for number in
        ["aal2", "11 h", "21 min", "7 min", "17 s", "121 min", "23 h", "13 min", "1 d", "1 h", "2 min"]
    {
        assert!(report.contains(number), "{number} is missing in\n{report}");
    }
    assert!(report.contains("terminals in the warehouse"));
}
