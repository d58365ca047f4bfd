//! How sessions end: by themselves, by logging out, by logging out everywhere.

use std::error::Error;

use safeconduct::{Reason, Revocation, RevocationLog as _, Scope, Seconds, Subject};

use crate::stage::Stage;
use crate::stage::Verdict::{Accepted, Minted, NotDue, Recorded, Refused};
use crate::{Member, POLICY, Shop, grant};

pub fn idle_and_the_end(shop: &mut Shop, token: &str, stage: &mut Stage) -> Result<(), Box<dyn Error>> {
    stage.chapter("Idle, and the end");
    let now = stage.at(Seconds::minutes(51));
    let session = shop.verifier.verify_owned::<Member>(token, now);
    stage.sees("GET / after lunch", token, &session, Refused(Reason::Idle));
    // The user may still mean "end it for everybody": good for logging out and for nothing else.
    let departing = shop.verifier.departing(token, now);
    stage.sees("  to log out it is good enough", token, &departing, Accepted);
    let answer = shop.log().record(departing?.revocation(), now);
    stage.shows("  and so the session is out", &answer, Recorded);

    // A busy session: somebody clicks every five minutes, all day long.
    let login = stage.at(Seconds::hours(1));
    let issued = shop.issuer.issue(&grant("usr_45c48cce2e2d7fbd")?, login, &mut shop.rng);
    stage.shows("another user logs in", &issued, Minted);
    let mut token = issued?.into_string();
    for minutes in (5..480).step_by(5) {
        let session =
            shop.verifier.verify_owned::<Member>(&token, login.saturating_add(Seconds::minutes(minutes)))?;
        if let Some(successor) = shop.issuer.renew(&session, &mut shop.rng)? {
            token = successor.into_string();
        }
    }
    let now = stage.at(Seconds::minutes(60 + 479));
    let session = shop.verifier.verify_owned::<Member>(&token, now);
    stage.sees("a click every 5 min, now the last", &token, &session, Accepted);
    stage.shows("  renewing would gain nothing now", &shop.issuer.renew(&session?, &mut shop.rng), NotDue);
    let now = stage.at(Seconds::hours(9));
    let session = shop.verifier.verify_owned::<Member>(&token, now);
    stage.sees("8 h after login, busy or not", &token, &session, Refused(Reason::Expired));
    Ok(())
}

pub fn log_out(shop: &mut Shop, stage: &mut Stage) -> Result<(), Box<dyn Error>> {
    stage.chapter("Log out: a copy is worth nothing");
    let now = stage.at(Seconds::hours(10));
    let issued = shop.issuer.issue(&grant("usr_8f14e45fceea167a")?, now, &mut shop.rng);
    stage.shows("log in; a thief copies the token", &issued, Minted);
    let owners = issued?.into_string();

    let now = stage.at(Seconds::minutes(10 * 60 + 20));
    let session = shop.verifier.verify_owned::<Member>(&owners, now)?;
    let renewed = shop.issuer.rotate(&session, &mut shop.rng);
    stage.shows("the thief renews his copy", &renewed, Minted);
    let thiefs = renewed?.into_string();

    let now = stage.at(Seconds::minutes(10 * 60 + 22));
    let session = shop.verifier.verify_owned::<Member>(&owners, now)?;
    let answer = shop.log().record(&session.revocation(), now);
    stage.shows("the owner logs out", &answer, Recorded);
    let out = Refused(Reason::Revoked(Scope::Session));
    let copy = shop.verifier.verify_owned::<Member>(&owners, now);
    stage.sees("a copy of the owner's token", &owners, &copy, out);
    let renewal = shop.verifier.verify_owned::<Member>(&thiefs, now);
    stage.sees("the thief's renewal of it", &thiefs, &renewal, out);
    Ok(())
}

pub fn log_out_everywhere(shop: &mut Shop, stage: &mut Stage) -> Result<(), Box<dyn Error>> {
    stage.chapter("Log out everywhere, and log in again at once");
    let user = "usr_c9f0f895fb98ab91";
    let subject = Subject::new(user)?;
    let now = stage.at(Seconds::hours(11));
    let mut tokens = Vec::new();
    for device in ["log in on the laptop", "log in on the phone"] {
        let issued = shop.issuer.issue(&grant(user)?, now, &mut shop.rng);
        stage.shows(device, &issued, Minted);
        tokens.push(issued?.into_string());
    }

    // The cut-off lies the skew and a second ahead, so that sessions begun on a node whose clock is fast are caught as well.
    let now = stage.at(Seconds::minutes(11 * 60 + 5));
    let before = POLICY.cut_off(now, shop.list().cut_off(&subject));
    let answer = shop.log().record(&Revocation::operator_subject(subject, before), now);
    stage.shows("log out everywhere", &answer, Recorded);
    let out = Refused(Reason::Revoked(Scope::Subject));
    for (device, token) in ["the laptop", "the phone"].into_iter().zip(&tokens) {
        stage.sees(device, token, &shop.verifier.verify_owned::<Member>(token, now), out);
    }

    // The new session has to begin at the cut-off, or it would be out as well: ask the list.
    let unaware = shop.issuer.issue(&grant(user)?, now, &mut shop.rng)?.into_string();
    let session = shop.verifier.verify_owned::<Member>(&unaware, now);
    stage.sees("log in again, cut-off forgotten", &unaware, &session, out);
    let cut_off = shop.list().cut_off(&subject);
    let issued = shop.issuer.issue(&grant(user)?.after_cut_off(cut_off), now, &mut shop.rng)?.into_string();
    let session = shop.verifier.verify_owned::<Member>(&issued, now);
    stage.sees("log in again, after the cut-off", &issued, &session, Accepted);
    Ok(())
}
