//! A working day: log in, requests, renewal in several tabs, a sensitive action.

use std::error::Error;

use safeconduct::{AuthLevel, MintError, Reason, RevocationLog as _, Scope, Scratch, Seconds, Token};

use crate::stage::Stage;
use crate::stage::Verdict::{Accepted, AlreadyOut, Challenge, Minted, NotDue, NotMinted, Recorded, Refused};
use crate::{Member, Shop, grant};

/// Returns the token that the first tab has afterwards.
pub fn log_in_and_renew(shop: &mut Shop, stage: &mut Stage) -> Result<String, Box<dyn Error>> {
    stage.chapter("A ring, a login, three requests");
    let now = stage.at(Seconds::ZERO);
    stage.ring(&shop.ring);
    let token = shop.issuer.issue(&grant("usr_8f14e45fceea167a")?, now, &mut shop.rng);
    stage.shows("log in with a password", &token, Minted);
    let first = token?.into_string();

    // Memory for verifying one token at a time. With it, verifying allocates nothing; `verify_owned` brings its own.
    let mut scratch = Scratch::new();
    for (minutes, request) in [(3, "GET /"), (8, "GET /basket"), (12, "POST /basket")] {
        let now = stage.at(Seconds::minutes(minutes));
        let session = shop.verifier.verify::<Member>(&first, now, &mut scratch);
        stage.sees(request, &first, &session, Accepted);
        // On every request: `None` while the token is young, else its successor, to be sent as the new cookie.
        let session = session?;
        let renewed = shop.issuer.renew(&session, &mut shop.rng);
        if minutes == 12 {
            let claims = session.claims();
            stage.fact("its claims: tenant 7, not a seller", claims.tenant == 7 && !claims.seller);
            stage.shows("renew? It is 12 min old", &renewed, NotDue);
        }
    }

    stage.chapter("Renewal: three tabs at once");
    // The time comes with the session: it is the one the session was verified at.
    let now = stage.at(Seconds::minutes(16));
    let session = shop.verifier.verify::<Member>(&first, now, &mut scratch)?;
    let mut successors = Vec::new();
    for tab in 1..=3 {
        let renewed = shop.issuer.renew(&session, &mut shop.rng);
        stage.shows(&format!("tab {tab} renews the first token"), &renewed, Minted);
        successors.extend(renewed?.map(Token::into_string));
    }
    let now = stage.at(Seconds::minutes(18));
    let mut seen = Vec::new();
    for (tab, token) in successors.iter().enumerate() {
        let session = shop.verifier.verify::<Member>(token, now, &mut scratch);
        stage.sees(&format!("tab {} sends its own", tab + 1), token, &session, Accepted);
        seen.push(session?);
    }
    let equivalent = seen.windows(2).all(|pair| match pair {
        [a, b] => {
            a.session_id() == b.session_id() && a.rotation() == b.rotation() && a.token_id() != b.token_id()
        }
        _ => false,
    });
    stage.fact("one session id, three token ids", equivalent);
    let parent = shop.verifier.verify::<Member>(&first, now, &mut scratch);
    stage.sees("the first one still, until +30 min", &first, &parent, Accepted);
    Ok(successors.swap_remove(0))
}

/// Returns the token that the user has afterwards.
pub fn step_up(shop: &mut Shop, old: &str, stage: &mut Stage) -> Result<String, Box<dyn Error>> {
    stage.chapter("Step-up for a sensitive action");
    let five_minutes = Seconds::minutes(5);
    let now = stage.at(Seconds::minutes(20));
    let session = shop.verifier.verify_owned::<Member>(old, now);
    stage.sees("POST /payout", old, &session, Accepted);
    let enough = session?.require(AuthLevel::Aal2, five_minutes);
    stage.shows("  it requires aal2, at most 5 min old", &enough, Challenge);
    if let Err(step_up) = enough {
        // Not a refusal: the session goes on, and the client learns what is missing (RFC 9470).
        stage.header(401, "WWW-Authenticate", &step_up.to_string());
    }

    // The user has entered a code: a fresh authentication. The new token waits until the log knows that the old session is out.
    let now = stage.at(Seconds::minutes(21));
    let session = shop.verifier.verify_owned::<Member>(old, now)?;
    let pending = shop.issuer.elevate(&session, AuthLevel::Aal2, Seconds::minutes(10), &mut shop.rng)?;
    let in_parallel = shop.issuer.elevate(&session, AuthLevel::Aal2, Seconds::minutes(10), &mut shop.rng)?;

    let answer = shop.log().record(pending.revocation(), now);
    stage.shows("elevate: revoke the old session id", &answer, Recorded);
    let elevated = pending.release(answer);
    stage.shows("  logged, so the token is released", &elevated, Minted);
    let elevated = elevated?.into_string();

    let answer = shop.log().record(in_parallel.revocation(), now);
    stage.shows("elevate in another tab, the same way", &answer, AlreadyOut);
    stage.shows(
        "  out before, so no second token",
        &in_parallel.release(answer),
        NotMinted(MintError::AlreadyOut),
    );

    let now = stage.at(Seconds::minutes(22));
    let session = shop.verifier.verify_owned::<Member>(&elevated, now);
    stage.sees("POST /payout", &elevated, &session, Accepted);
    stage.shows("  it requires aal2", &session?.require(AuthLevel::Aal2, five_minutes), Accepted);
    let session = shop.verifier.verify_owned::<Member>(old, now);
    stage.sees("the token from before, copied", old, &session, Refused(Reason::Revoked(Scope::Session)));

    let now = stage.at(Seconds::minutes(32));
    let session = shop.verifier.verify_owned::<Member>(&elevated, now);
    stage.sees("GET /: back at aal1 by itself", &elevated, &session, Accepted);
    stage.shows("  POST /payout", &session?.require(AuthLevel::Aal2, five_minutes), Challenge);
    Ok(elevated)
}
