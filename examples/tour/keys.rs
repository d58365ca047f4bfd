//! A second key takes over from the first, and nobody has to log in again.

use std::error::Error;

use safeconduct::{Issuer, IssuingKey, Kind, Reason, Ring, Seconds, Token, Verifier, Verifying, Window};

use crate::stage::Stage;
use crate::stage::Verdict::{Accepted, Minted, Refused};
use crate::{Member, POLICY, SESSION, Shop, grant};

/// So long after the start.
const fn later(days: u32, hours: u32, minutes: u32) -> Seconds {
    Seconds::minutes((days * 24 + hours) * 60 + minutes)
}

pub fn a_new_key(shop: &mut Shop, stage: &mut Stage) -> Result<(), Box<dyn Error>> {
    stage.chapter("A new key takes over");
    // A node that will miss the news.
    let forgotten =
        Verifier::new(&shop.ring, SESSION, &POLICY, Kind::Encrypted).revocations(shop.list.clone());

    // Staged a day ahead, so that every node has the key before it mints for the first time.
    let now = stage.at(later(29, 0, 0));
    let window = Window::new(now.saturating_add(Seconds::days(1)), Seconds::days(30), Seconds::hours(1))?;
    let second = IssuingKey::generate(Kind::Encrypted, &mut shop.rng)?;
    let second_id = second.id();
    shop.ring.add(second, window)?;
    stage.ring(&shop.ring);

    // To the nodes a ring goes as one line of text. It is a secret, and keys are derived when it is loaded.
    let text = shop.ring.verifying().to_text();
    let ring: Ring<Verifying> = text.as_str().parse()?;
    shop.verifier = Verifier::new(&ring, SESSION, &POLICY, Kind::Encrypted).revocations(shop.list.clone());
    shop.issuer = Issuer::new(&shop.ring, SESSION, &POLICY, Kind::Encrypted);

    let now = stage.at(later(29, 23, 50));
    let issued = shop.issuer.issue(&grant("usr_c4ca4238a0b92382")?, now, &mut shop.rng);
    stage.shows("log in", &issued, Minted);
    let old = issued?.into_string();
    let session = shop.verifier.verify_owned::<Member>(&old, now)?;
    stage.fact("  it is under the first key", session.key_id() != second_id);

    let now = stage.at(later(30, 0, 10));
    let session = shop.verifier.verify_owned::<Member>(&old, now);
    stage.sees("the first key mints no more: GET /", &old, &session, Accepted);
    let session = session?;
    let renewed = shop.issuer.renew(&session, &mut shop.rng);
    stage.shows("  renew", &renewed, Minted);
    let new = renewed?.map(Token::into_string).ok_or("not renewed")?;
    let successor = shop.verifier.verify_owned::<Member>(&new, now)?;
    let moved = successor.session_id() == session.session_id() && successor.key_id() == second_id;
    stage.fact("  the same session, the second key", moved);
    let session = forgotten.verify_owned::<Member>(&new, now);
    stage.sees("a node that was not told of it", &new, &session, Refused(Reason::UnknownKey));

    let session = shop.verifier.verify_owned::<Member>(&new, stage.at(later(30, 0, 35)))?;
    let renewed = shop.issuer.renew(&session, &mut shop.rng);
    stage.shows("renew again", &renewed, Minted);
    let new = renewed?.map(Token::into_string).ok_or("not renewed")?;

    let now = stage.at(later(30, 1, 0));
    let session = shop.verifier.verify_owned::<Member>(&old, now);
    stage.sees("the first key is over: its token", &old, &session, Refused(Reason::KeyExpired));
    let session = shop.verifier.verify_owned::<Member>(&new, now);
    stage.sees("  the session itself goes on", &new, &session, Accepted);
    Ok(())
}
