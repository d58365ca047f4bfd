//! Tokens that are not ours, tokens that are not for here, and the three kinds.

use std::error::Error;

use getrandom::SysRng;
use safeconduct::{ExactList, Issuer, IssuingKey, Kind, Reason, Ring, Seconds, Verifier, Window, context};

use crate::stage::Stage;
use crate::stage::Verdict::{Accepted, Minted, Refused};
use crate::{Member, POLICY, SESSION, Shop, grant};

pub fn forged_and_foreign(shop: &mut Shop, stage: &mut Stage) -> Result<(), Box<dyn Error>> {
    stage.chapter("Forged and foreign tokens");
    let now = stage.at(Seconds::hours(12));
    let user = grant("usr_1679091c5a880faf")?;
    let issued = shop.issuer.issue(&user, now, &mut shop.rng);
    stage.shows("log in", &issued, Minted);
    let token = issued?.into_string();

    let (front, back) = token.split_at(80);
    let (old, rest) = back.split_at(1);
    let changed = format!("{front}{}{rest}", if old == "A" { "B" } else { "A" });
    // Another context under the same keys: a ticket made for one use is never read as another.
    let elsewhere = Issuer::new(&shop.ring, context!("shop.example", "invitation"), &POLICY, Kind::Encrypted);
    let other_context = elsewhere.issue(&user, now, &mut shop.rng)?.into_string();
    let mut other = Shop::open(Kind::Encrypted, now)?;
    let other_ring = other.issuer.issue(&user, now, &mut other.rng)?.into_string();

    let attempts = [
        ("one character changed", changed, Reason::Forged),
        ("the end cut off", token[..100].to_owned(), Reason::Forged),
        ("a space behind it", format!("{token} "), Reason::Malformed),
        ("a later version", token.replacen("sc1e", "sc2e", 1), Reason::UnsupportedFormat),
        ("our key, another context", other_context, Reason::Forged),
        ("another ring", other_ring, Reason::UnknownKey),
    ];
    for (what, text, reason) in attempts {
        let session = shop.verifier.verify_owned::<Member>(&text, now);
        stage.sees(what, &text, &session, Refused(reason));
    }
    Ok(())
}

pub fn three_kinds(stage: &mut Stage) -> Result<(), Box<dyn Error>> {
    stage.chapter("Three kinds of token");
    let now = stage.at(Seconds::hours(13));
    let mut rng = SysRng;
    let mut ring = Ring::new();
    for kind in Kind::ALL {
        let window = Window::new(now, Seconds::days(30), Seconds::hours(1))?;
        ring.add(IssuingKey::generate(kind, &mut rng)?, window)?;
    }
    let user = grant("usr_1679091c5a880faf")?;
    let mut signed = String::new();
    for (kind, what) in [
        (Kind::Encrypted, "e, encrypted: who verifies can mint"),
        (Kind::Nested, "n, nested: reads but cannot mint"),
        (Kind::Signed, "s, signed: readable by the client"),
    ] {
        let issued = Issuer::new(&ring, SESSION, &POLICY, kind).issue(&user, now, &mut rng)?.into_string();
        let verifier = Verifier::new(&ring.verifying(), SESSION, &POLICY, kind).revocations(ExactList::new());
        stage.sees(what, &issued, &verifier.verify_owned::<Member>(&issued, now), Accepted);
        signed = issued;
    }
    // A verifier is told which kinds it accepts. The ring has the key of this one, and that is not enough.
    let verifier = Verifier::new(&ring.verifying(), SESSION, &POLICY, Kind::Encrypted)
        .also_accepts(Kind::Nested)
        .revocations(ExactList::new());
    let session = verifier.verify_owned::<Member>(&signed, now);
    stage.sees("s, where only e and n are accepted", &signed, &session, Refused(Reason::KindNotAccepted));
    Ok(())
}
