//! What a revocation log says of itself to whoever keeps it: its cut-offs, its settings, and whether there is anything to store.

mod common;

use common::realm::Desk;
use common::{Repeatable, at, subject};
use safeconduct::{
    Journal, JournalError, JournalSettings, Kind, Policy, Revocation, Seconds, SessionId, Subject,
};

const POLICY: Policy = Policy::AAL1;

fn desk() -> Desk {
    Desk::new(Kind::Encrypted, &POLICY, at(0))
}

/// The log of another region, with other random numbers, committed at this moment.
fn other_region(desk: &Desk, settings: JournalSettings, now: i64) -> Journal {
    let journal = Journal::start(&desk.realm, settings, &mut Repeatable(77)).unwrap();
    journal.commit(at(now), &desk.signer).unwrap().stored().0
}

#[test]
fn without_a_cut_off_it_names_none() {
    let mut desk = desk();
    let other = Subject::new("another").unwrap();
    let cut_offs = |desk: &Desk| {
        let journal = desk.read();
        (journal.cut_off(&subject()), journal.cut_off(&other), journal.latest_cut_off())
    };
    assert_eq!(cut_offs(&desk), (None, None, None));
    desk.end(&Revocation::operator_subject(subject(), at(50)), at(1));
    assert_eq!(cut_offs(&desk), (Some(at(50)), None, Some(at(50))));
    desk.end(&Revocation::operator_everyone(at(40)), at(2));
    assert_eq!(cut_offs(&desk), (Some(at(50)), Some(at(40)), Some(at(50))));
    desk.end(&Revocation::operator_everyone(at(60)), at(3));
    assert_eq!(cut_offs(&desk), (Some(at(60)), Some(at(60)), Some(at(60))));
}

#[test]
fn a_ring_version_that_is_demanded_already_is_no_news() {
    let desk = desk();
    let mut journal = desk.read();
    journal.demand_ring(0);
    assert!(!journal.has_news(), "that is what every log demands");
    journal.demand_ring(7);
    assert!(journal.has_news());
    let (mut journal, _) = journal.commit(at(1), &desk.signer).unwrap().stored();
    for (version, is_news) in [(7, false), (6, false), (8, true)] {
        journal.demand_ring(version);
        assert_eq!(journal.has_news(), is_news, "{version}");
    }
}

#[test]
fn that_another_region_is_further_is_news_and_lets_this_one_go_on() {
    let desk = desk();
    let mut journal = desk.read();
    let far = other_region(&desk, desk.settings, 100);
    journal.merge(&far).unwrap();
    assert!(journal.has_news(), "from now on it waits for the other");
    let (mut journal, _) = journal.commit(at(500), &desk.signer).unwrap().stored();
    assert_eq!(journal.complete_to(), at(100));
    journal.merge(&far).unwrap();
    assert!(!journal.has_news(), "the same again");
    // Nothing was revoked there; it is further, and that is all.
    let (far, _) = far.commit(at(400), &desk.signer).unwrap().stored();
    journal.merge(&far).unwrap();
    assert!(journal.has_news());
    let (journal, _) = journal.commit(at(500), &desk.signer).unwrap().stored();
    assert_eq!(journal.complete_to(), at(400));
}

#[test]
fn a_log_without_a_version_takes_in_any_other() {
    let desk = desk();
    let settings = JournalSettings::new(&POLICY).longest_token(Seconds::minutes(10));
    let far = other_region(&desk, settings, 100);
    let mut fresh = Journal::start(&desk.realm, settings, &mut Repeatable(78)).unwrap();
    assert_eq!(fresh.merge(&far), Ok(()));
    assert_eq!(desk.read().merge(&far), Err(JournalError::OtherSettings));
}

#[test]
fn settings_that_it_was_committed_under_are_read_from_it() {
    let mut desk = desk();
    desk.settings = JournalSettings::strict(&POLICY).longest_token(Seconds::minutes(10)).most_entries(7);
    desk.heartbeat(at(1));
    // Whoever reads it with others learns the three that a log holds, and keeps the rest.
    let others = JournalSettings::new(&POLICY).probes(8).sessions_per_subject(3);
    let read = Journal::read(&desk.stored, &desk.realm, others).unwrap();
    let strict = others.longest_token(Seconds::minutes(10)).staleness_bound(Seconds::minutes(5));
    assert_eq!(read.recorded_settings(), strict.validity(Seconds::minutes(5)));
    // One that was never committed was made under those that it was started with.
    let fresh = Journal::start(&desk.realm, others, &mut Repeatable(8)).unwrap();
    assert_eq!(fresh.recorded_settings(), others);
}

#[test]
fn a_delta_goes_on_from_the_same_line_of_versions_only() {
    let mut desk = desk();
    let before = desk.read();
    let other = other_region(&desk, desk.settings, 1);
    desk.heartbeat(at(2));
    let delta = |earlier: &Journal| desk.read().delta_since(earlier, &desk.signer).map(|_| ());
    assert_eq!(delta(&before), Ok(()));
    // Of the same realm, by the same signer, and of an earlier version.
    assert_eq!((before.version(), other.version()), (1, 1));
    assert_eq!(delta(&other), Err(JournalError::OtherRealm));
    assert_eq!(delta(&desk.read()), Err(JournalError::Version));
}

#[test]
fn rows_are_kept_for_the_longer_token_until_the_last_of_those_is_over() {
    let mut desk = desk();
    let session = SessionId::from_bytes([1; SessionId::SIZE]);
    desk.end(&Revocation::operator_session(session, at(28_800)), at(60));
    // Nodes mint for an hour more on the version before; then tokens of half an hour live on.
    let death = 60 + 3_600 + 1_800;
    desk.settings = desk.settings.longest_token(Seconds::minutes(10));
    for (now, rows) in [(100, 1), (death - 1_200, 1), (death - 1, 1), (death, 0)] {
        let snapshot = desk.heartbeat(at(now));
        assert_eq!(desk.read().count(), rows, "at {now}");
        // The header's longest token: with a row that was dropped too early, those of half an hour would be refused.
        assert_eq!(snapshot[88..92], 1_800_u32.to_be_bytes(), "at {now}");
    }
}
