//! Logs of several regions: whole documents, exchanged in any order, lost and repeated, end in the same rows, and the rows end.

mod common;

use common::{Repeatable, at};
use proptest::prelude::*;
use safeconduct::{
    Journal, JournalError, JournalSettings, KeyId, Policy, Realm, Revocation, Seconds, SessionId,
    SnapshotSigner, Subject, Timestamp, TokenId,
};

const POLICY: Policy = Policy::AAL1;

/// Regions that publish one realm, each from a log of its own.
struct World {
    realm: Realm,
    signer: SnapshotSigner,
    settings: JournalSettings,
    /// The logs as they are stored.
    logs: Vec<Vec<u8>>,
}

impl World {
    fn new(regions: usize) -> Self {
        let mut rng = Repeatable(5);
        let signer = SnapshotSigner::generate(&mut rng).unwrap();
        let realm = Realm::generate(&[signer.public()], &mut rng).unwrap();
        let settings = JournalSettings::new(&POLICY);
        let start = |rng: &mut Repeatable| {
            let journal = Journal::start(&realm, settings, rng).unwrap();
            journal.commit(at(0), &signer).unwrap().bytes().to_vec()
        };
        let logs = (0..regions).map(|_| start(&mut rng)).collect();
        Self { realm, signer, settings, logs }
    }

    fn read(&self, bytes: &[u8]) -> Journal {
        Journal::read(bytes, &self.realm, self.settings).unwrap()
    }

    fn journal(&self, region: usize) -> Journal {
        self.read(&self.logs[region])
    }

    fn store(&mut self, region: usize, journal: Journal, now: Timestamp) {
        self.logs[region] = journal.commit(now, &self.signer).unwrap().bytes().to_vec();
    }

    fn record(&mut self, region: usize, revocations: &[Revocation], now: Timestamp) {
        let mut journal = self.journal(region);
        revocations.iter().for_each(|revocation| journal.record(revocation));
        self.store(region, journal, now);
    }

    /// A region takes in a document of another, of whatever age.
    fn hear(&mut self, region: usize, document: &[u8], now: Timestamp) {
        let mut journal = self.journal(region);
        journal.merge(&self.read(document)).unwrap();
        self.store(region, journal, now);
    }

    /// Everybody takes in the log of everybody else as it is, once around.
    fn exchange(&mut self, now: Timestamp) {
        for (to, from) in pairs(self.logs.len()) {
            let document = self.logs[from].clone();
            self.hear(to, &document, now);
        }
    }

    fn snapshot(&self, region: usize) -> Vec<u8> {
        self.journal(region).snapshot(&self.signer).unwrap()
    }

    /// What is in a snapshot: the list of page hashes, the tables and the pages, and `everyone_before`. Headers differ by region: lineage, version, times.
    fn contents(&self, region: usize) -> (Vec<u8>, Vec<u8>) {
        let bytes = self.snapshot(region);
        (bytes[68..76].to_vec(), bytes[252..].to_vec())
    }
}

fn pairs(regions: usize) -> Vec<(usize, usize)> {
    let all = (0..regions).flat_map(|to| (0..regions).map(move |from| (to, from)));
    all.filter(|(to, from)| to != from).collect()
}

fn session(number: u8) -> SessionId {
    SessionId::from_bytes([number; SessionId::SIZE])
}

/// Revocations of every scope, each with its number in it.
fn revocation(number: u8) -> Revocation {
    let id = session(number / 6);
    match number % 6 {
        0 | 1 => Revocation::operator_session(id, at(28_800 + i64::from(number))),
        2 => Revocation::operator_token(id, TokenId::from_bytes([number; TokenId::SIZE]), at(9_000)),
        3 => Revocation::operator_subject(
            Subject::new(format!("user {}", number / 12)).unwrap(),
            at(i64::from(number)),
        ),
        4 => Revocation::operator_key(KeyId::from_bytes([number; KeyId::SIZE])),
        _ => Revocation::operator_everyone(at(-i64::from(number))),
    }
}

/// All orders of so many things.
fn orders(count: usize) -> Vec<Vec<usize>> {
    if count == 0 {
        return vec![Vec::new()];
    }
    let shorter = orders(count - 1);
    shorter
        .iter()
        .flat_map(|order| {
            (0..count).map(move |place| {
                let mut order = order.clone();
                order.insert(place, count - 1);
                order
            })
        })
        .collect()
}

#[test]
fn every_order_of_an_exchange_ends_in_the_same_rows() {
    let numbers = |region: u8| (0..8).map(move |number| revocation(number * 3 + region)).collect::<Vec<_>>();
    let all: Vec<Revocation> = (0..3).flat_map(numbers).collect();
    let mut one_log = World::new(1);
    one_log.record(0, &all, at(10));
    let expected = one_log.contents(0);
    let mut world = World::new(3);
    for region in 0..3 {
        world.record(region, &numbers(u8::try_from(region).unwrap()), at(10));
    }
    let (before, links) = (world.logs.clone(), pairs(3));
    let documents: Vec<Journal> = before.iter().map(|bytes| world.read(bytes)).collect();
    for order in orders(6) {
        world.logs = before.clone();
        let mut journals: Vec<Journal> = (0..3).map(|region| world.journal(region)).collect();
        for link in order {
            let (to, from) = links[link];
            // Each document twice.
            journals[to].merge(&documents[from]).unwrap();
            journals[to].merge(&documents[from]).unwrap();
        }
        for (region, journal) in journals.into_iter().enumerate() {
            world.store(region, journal, at(20));
            assert_eq!(world.contents(region), expected);
        }
    }
}

#[test]
fn regions_go_on_while_they_hear_of_each_other() {
    let mut world = World::new(3);
    for minute in 0..60 {
        world.exchange(at(minute * 60));
        // One more exchange is under way than has arrived: a minute behind, and no more.
        if minute > 1 {
            let least = (0..3).map(|region| world.journal(region).complete_to()).min().unwrap();
            assert!(least >= at((minute - 1) * 60), "{least} in minute {minute}");
        }
    }
}

#[test]
fn who_does_not_hear_of_a_region_does_not_go_on() {
    let mut world = World::new(2);
    world.exchange(at(100));
    world.exchange(at(100));
    for minute in 2..60 {
        world.record(0, &[], at(minute * 60));
    }
    let journal = world.journal(0);
    assert_eq!((journal.complete_to(), journal.issued_at()), (at(100), at(59 * 60)));
    let mut journal = world.journal(0);
    assert!(journal.forget_region(world.journal(1).lineage()));
    world.store(0, journal, at(3_600));
    assert_eq!(world.journal(0).complete_to(), at(3_600));
}

#[test]
fn rows_die_however_often_they_are_exchanged() {
    let mut world = World::new(3);
    world.exchange(at(0));
    world.exchange(at(0));
    world.record(0, &[revocation(0)], at(60));
    let (longest, bound) = (i64::from(POLICY.longest_token().get()), 3_600);
    let death = 60 + longest + bound;
    for minute in (2..300).step_by(4) {
        world.exchange(at(minute * 60));
        let held: Vec<usize> = (0..3).map(|region| world.journal(region).count()).collect();
        if minute * 60 < death {
            assert!(held.iter().all(|count| *count == 1), "{held:?} in minute {minute}");
        }
        // Each region stamps it once, a round of exchanges later; then it ends everywhere.
        if minute * 60 > death + 600 {
            assert!(held.iter().all(|count| *count == 0), "{held:?} in minute {minute}");
        }
    }
}

#[test]
fn the_log_of_another_realm_is_not_taken_in() {
    let (world, mut rng) = (World::new(1), Repeatable(6));
    let realm = Realm::generate(&[world.signer.public()], &mut rng).unwrap();
    let foreign = Journal::start(&realm, world.settings, &mut rng).unwrap();
    let foreign = foreign.commit(at(0), &world.signer).unwrap().stored().0;
    let mut journal = world.journal(0);
    assert_eq!(journal.merge(&foreign), Err(JournalError::OtherRealm));
    assert!(!journal.has_news());
    assert_eq!(journal.delta_since(&foreign, &world.signer), Err(JournalError::OtherRealm));
}

#[test]
fn an_old_document_brings_back_nothing_that_is_over() {
    let mut world = World::new(2);
    world.exchange(at(0));
    world.record(0, &[revocation(0)], at(60));
    let old = world.logs[0].clone();
    (1..200).step_by(4).for_each(|minute| world.exchange(at(minute * 60)));
    assert_eq!((world.journal(0).count(), world.journal(1).count()), (0, 0));
    world.hear(1, &old, at(12_000));
    assert_eq!(world.journal(1).count(), 0);
}

#[test]
fn what_was_dropped_elsewhere_is_over_here_as_well() {
    // Region 1 does not hear of region 0 for so long that the row came and went. Whoever then hears of it knows that this time has passed.
    let mut world = World::new(3);
    world.exchange(at(0));
    world.exchange(at(0));
    world.record(0, &[revocation(0)], at(60));
    for minute in (1..200).step_by(4) {
        let now = at(minute * 60);
        for (to, from) in pairs(3).into_iter().filter(|link| *link != (1, 0) && *link != (1, 2)) {
            let document = world.logs[from].clone();
            world.hear(to, &document, now);
        }
        world.record(1, &[], now);
    }
    assert_eq!((world.journal(0).count(), world.journal(1).count()), (0, 0));
    assert!(world.journal(1).complete_to() <= at(60), "it has heard of nobody");
    let document = world.logs[0].clone();
    // Its publisher's clock is an hour behind, and region 2 was not heard of yet.
    world.hear(1, &document, at(8_000));
    assert!(world.journal(1).complete_to() >= world.read(&document).complete_to());
}

#[test]
fn a_row_outlives_what_another_region_mints_without_it() {
    let mut world = World::new(2);
    world.exchange(at(100));
    world.exchange(at(100));
    // Region 0 has not heard of region 1 since, which has heard of it: tokens are minted there until 1,000 + an hour.
    world.record(0, &[], at(1_000));
    let document = world.logs[0].clone();
    world.hear(1, &document, at(1_000));
    assert_eq!(world.journal(1).complete_to(), at(1_000));
    world.record(0, &[revocation(0)], at(1_001));
    assert_eq!(world.journal(0).complete_to(), at(100));
    // The last of those tokens is over half an hour later.
    for (now, held) in [(1_000 + 3_600 + 1_800 - 1, 1), (1_000 + 3_600 + 1_800 + 120, 0)] {
        world.record(1, &[], at(now));
        let document = world.logs[1].clone();
        world.hear(0, &document, at(now));
        assert_eq!((world.journal(0).complete_to(), world.journal(0).count()), (at(now), held));
    }
}

#[test]
fn a_shorter_longest_token_comes_to_every_region() {
    let mut world = World::new(2);
    world.settings = world.settings.longest_token(Seconds::hours(2));
    (0..2).for_each(|region| world.record(region, &[], at(60)));
    (2..10).for_each(|minute| world.exchange(at(minute * 60)));
    let longer = world.settings;
    world.settings = world.settings.longest_token(Seconds::minutes(10));
    // The second region is told a little later; until then the two do not listen to each other.
    world.record(0, &[], at(600));
    world.settings = longer;
    let mut journal = world.journal(1);
    assert_eq!(journal.merge(&world.journal(0)).err(), Some(JournalError::OtherSettings));
    world.settings = world.settings.longest_token(Seconds::minutes(10));
    world.record(1, &[], at(660));
    for minute in (12..400).step_by(4) {
        world.exchange(at(minute * 60));
    }
    for region in 0..2 {
        assert_eq!(world.snapshot(region)[88..92], 600_u32.to_be_bytes(), "region {region}");
    }
}

#[derive(Clone, Debug)]
enum Step {
    Record {
        region: usize,
        number: u8,
    },
    /// A document is sent, to arrive later, or never, or twice.
    Send {
        from: usize,
    },
    Arrive {
        to: usize,
        document: usize,
    },
    Time(i64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        (0..3_usize, 0..60_u8).prop_map(|(region, number)| Step::Record { region, number }),
        (0..3_usize).prop_map(|from| Step::Send { from }),
        (0..3_usize, 0..20_usize).prop_map(|(to, document)| Step::Arrive { to, document }),
        (0..60_i64).prop_map(Step::Time),
    ];
    prop::collection::vec(step, 1..40)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn logs_converge_whatever_was_lost_and_nothing_is_lost(steps in steps()) {
        let (mut world, mut one_log) = (World::new(3), World::new(1));
        let (mut sent, mut now) = (Vec::new(), 0);
        for step in steps {
            match step {
                Step::Record { region, number } => {
                    world.record(region, &[revocation(number)], at(now));
                    one_log.record(0, &[revocation(number)], at(now));
                }
                Step::Send { from } => sent.push((from, world.logs[from].clone())),
                Step::Arrive { to, document } if !sent.is_empty() => {
                    let (from, bytes) = &sent[document % sent.len()];
                    if *from != to {
                        world.hear(to, &bytes.clone(), at(now));
                    }
                }
                Step::Arrive { .. } => {}
                Step::Time(seconds) => now += seconds,
            }
        }
        // Each hears of each other once more. All within the shortest death.
        let documents = world.logs.clone();
        for (to, from) in pairs(3) {
            world.hear(to, &documents[from], at(now));
        }
        for region in 0..3 {
            prop_assert_eq!(world.contents(region), one_log.contents(0));
        }
    }
}

#[test]
fn a_region_that_has_not_heard_of_us_does_not_say_how_complete_we_are() {
    let mut world = World::new(2);
    let read = |world: &World, region: usize| {
        Journal::read(&world.logs[region], &world.realm, world.settings).unwrap()
    };
    let commit = |world: &World, journal: Journal, now| {
        journal.commit(at(now), &world.signer).unwrap().bytes().to_vec()
    };
    world.logs[1] = commit(&world, read(&world, 1), 900);
    let mut ours = read(&world, 0);
    ours.merge(&read(&world, 1)).unwrap();
    world.logs[0] = commit(&world, ours, 10);
    assert_eq!(
        read(&world, 0).complete_to(),
        at(10),
        "what we accept ourselves at 10 is not in their log of 900"
    );
}
