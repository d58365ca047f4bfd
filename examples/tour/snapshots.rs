//! A log-out on one continent reaches an edge on another by a file of a few hundred bytes.

use std::error::Error;

use safeconduct::{
    AuthLevel, Floors, Issuer, Issuing, IssuingKey, Journal, JournalSettings, Kind, MintError, Node, Realm,
    Reason, Ring, Scope, Seconds, SnapshotSigner, Timestamp, Update, Verifier, Verifying, Window,
};

use crate::stage::Stage;
use crate::stage::Verdict::{Accepted, AlreadyOut, Minted, NotMinted, Recorded, Refused};
use crate::{Member, POLICY, SESSION, grant};

/// What the home region keeps: the log, and the key that signs what goes out.
struct Home {
    issuer: Issuer,
    realm: Realm,
    signer: SnapshotSigner,
    /// In production in an object store, written by compare-and-swap: see `Publisher`.
    log: Vec<u8>,
}

impl Home {
    fn journal(&self) -> Result<Journal, Box<dyn Error>> {
        Ok(Journal::read(&self.log, &self.realm, JournalSettings::new(&POLICY))?)
    }

    /// Makes the next version of the log, keeps it, and gives the snapshot of it.
    fn publish(&mut self, journal: Journal, now: Timestamp) -> Result<(Vec<u8>, Answers), Box<dyn Error>> {
        let commit = journal.commit(now, &self.signer)?;
        self.log = commit.bytes().to_vec();
        let (journal, answers) = commit.stored();
        Ok((journal.snapshot(&self.signer)?, answers.into_iter()))
    }
}

type Answers = std::vec::IntoIter<safeconduct::LogAnswer>;

fn open(now: Timestamp) -> Result<(Home, Node<Verifying>), Box<dyn Error>> {
    let mut rng = getrandom::SysRng;
    let signer = SnapshotSigner::generate(&mut rng)?;
    let realm = Realm::generate(&[signer.public()], &mut rng)?;
    let mut ring = Ring::<Issuing>::new();
    let window = Window::new(now, Seconds::days(30), Seconds::hours(1))?;
    ring.add(IssuingKey::generate(Kind::Nested, &mut rng)?, window)?;
    ring.add_realm(&realm)?;
    let journal = Journal::start(&realm, JournalSettings::new(&POLICY), &mut rng)?;
    let log = journal.commit(now, &signer)?.bytes().to_vec();
    let issuer = Issuer::new(&ring, SESSION, &POLICY, Kind::Nested);
    // The edge gets the half of the ring that cannot mint.
    let make = |ring: &Ring<Verifying>| (Verifier::new(ring, SESSION, &POLICY, Kind::Nested), ());
    let edge = Node::new(ring.verifying(), 1, Floors::new(), make)?;
    Ok((Home { issuer, realm, signer, log }, edge))
}

pub fn a_log_out_travels(stage: &mut Stage) -> Result<(), Box<dyn Error>> {
    stage.chapter("A log-out travels to an edge that asks nobody");
    let mut rng = getrandom::SysRng;
    let now = stage.at(Seconds::days(40));
    let (mut home, edge) = open(now)?;
    let (first, _) = home.publish(home.journal()?, now)?;
    edge.update(Update::new().snapshot(first.clone()), now)?;
    stage.note(&format!("the edge takes snapshot 2: {} bytes, signed, good for an hour", first.len()));
    let verify = |token: &str, now| edge.current().verifier().verify_owned::<Member>(token, now);

    let issued = home.issuer.issue(&grant("usr_8f14e45fceea167a")?, now, &mut rng);
    stage.shows("log in at home", &issued, Minted);
    let token = issued?.into_string();
    let other = home.issuer.issue(&grant("usr_c9f0f895fb98ab91")?, now, &mut rng)?.into_string();
    stage.sees("  at the edge", &token, &verify(&token, now), Accepted);
    let session = verify(&token, now)?;

    let now = stage.at(Seconds::minutes(40 * 1_440 + 10));
    let mut journal = home.journal()?;
    journal.record(&session.revocation());
    let (second, mut answers) = home.publish(journal, now)?;
    stage.shows("log out at home", &answers.next().ok_or("no answer")?, Recorded);
    stage.sees("  the edge has not heard of it yet", &token, &verify(&token, now), Accepted);
    edge.update(Update::new().snapshot(second.clone()), now)?;
    stage.note(&format!("the edge takes snapshot 3: {} bytes", second.len()));
    let out = Refused(Reason::Revoked(Scope::Session));
    stage.sees("  now it has", &token, &verify(&token, now), out);
    stage.sees("  somebody else", &other, &verify(&other, now), Accepted);

    // Whatever is wrong with the next file, the edge keeps what it has.
    let mut altered = second.clone();
    altered.iter_mut().skip(60).take(1).for_each(|byte| *byte ^= 1);
    let refused = edge.update(Update::new().snapshot(altered), now).is_err();
    let rolled_back = edge.update(Update::new().snapshot(first), now).is_err();
    stage.fact("altered or older snapshots are refused", refused && rolled_back);
    stage.sees("  and who is out stays out", &token, &verify(&token, now), out);

    // A step-up that began before the log-out does not get around it.
    let late = home.issuer.elevate(&session, AuthLevel::Aal2, Seconds::minutes(5), &mut rng)?;
    let mut journal = home.journal()?;
    journal.record(late.revocation());
    let (_, mut answers) = home.publish(journal, now)?;
    let answer = answers.next().ok_or("no answer")?;
    stage.shows("a step-up under way when it was", &answer, AlreadyOut);
    stage.shows("  gets no token", &late.release(answer), NotMinted(MintError::AlreadyOut));

    // No news for an hour: nothing is known any more.
    let now = stage.at(Seconds::minutes(40 * 1_440 + 71));
    let issued = home.issuer.issue(&grant("usr_45c48cce2e2d7fbd")?, now, &mut rng)?.into_string();
    stage.sees(
        "an hour without news: a new session",
        &issued,
        &verify(&issued, now),
        Refused(Reason::SnapshotStale),
    );
    let (third, _) = home.publish(home.journal()?, now)?;
    edge.update(Update::new().snapshot(third), now)?;
    stage.sees("  with the next snapshot", &issued, &verify(&issued, now), Accepted);
    Ok(())
}
