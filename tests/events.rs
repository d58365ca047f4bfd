//! Events for audit and metrics: one for each thing that happens, and no session id in the clear.

mod common;

use std::fmt::{Debug, Write as _};
use std::sync::{Arc, Mutex};

use common::web::{Web, cookie, grant, headers};
use common::{CONTEXT, SharedList, at, ring};
use safeconduct::http::{Exchange, Incoming, SessionCookie, Transport, WebSessions};
use safeconduct::{
    Answer, AuthLevel, Facts, Freshness, Grant, Issuer, Issuing, Kind, MintError, Policy, Revocations, Ring,
    Seconds, Timestamp, Verifier,
};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// Keeps every event as a line of text.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<String>>>);

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, " {}={value:?}", field.name()).unwrap();
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        write!(self.0, " {}={value}", field.name()).unwrap();
    }
}

impl Subscriber for Kept {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "safeconduct"
    }
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        let mut line = Line(event.metadata().level().to_string());
        event.record(&mut line);
        self.0.lock().unwrap().push(line.0);
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

impl Kept {
    /// The lines so far, with labels of sessions cut out.
    fn take(&self) -> Vec<String> {
        let lines = std::mem::take(&mut *self.0.lock().unwrap());
        let without = |line: String| {
            let words = line.split(' ').map(|word| {
                let label = word.split_once('=').filter(|(name, _)| ["session", "replaces"].contains(name));
                label.map_or(word.to_owned(), |(name, _)| format!("{name}=#"))
            });
            words.collect::<Vec<_>>().join(" ")
        };
        lines.into_iter().map(without).collect()
    }
}

#[test]
fn every_change_of_a_session_is_told() {
    let kept = Kept::default();
    let _guard = tracing::subscriber::set_default(kept.clone());
    let web = Web::new();
    let browser = cookie(&web.log_in("usr_1", ""));
    assert_eq!(kept.take(), ["INFO event=issued session=#"]);
    let _ = web.get(&browser).finish(200);
    assert!(kept.take().is_empty(), "a request like any other");

    web.sleep(1_000);
    let _ = web.get(&browser).finish(500);
    assert!(kept.take().is_empty(), "not sent, so it did not happen");
    let _ = web.get(&browser).finish(200);
    assert_eq!(kept.take(), ["DEBUG event=renewed session=# rotation=1"]);

    let mut exchange = web.begin("POST", &[("cookie", &browser)]);
    exchange.elevate(AuthLevel::Aal2, Seconds::minutes(5), &mut web.list.clone()).unwrap();
    let raised = cookie(&headers(&exchange.finish(200)));
    let elevated = ["INFO event=revoked session=# already=false", "INFO event=elevated session=# replaces=#"];
    assert_eq!(kept.take(), elevated);

    let _ = web.get(&browser).finish(200);
    assert_eq!(kept.take(), ["INFO event=refused reason=Revoked(session) session=#"]);
    let _ = web.get("__Host-sid-a=nonsense").finish(200);
    assert_eq!(kept.take(), ["DEBUG event=refused reason=Malformed"]);
    let _ = web.get("").finish(200);
    assert!(kept.take().is_empty(), "a visitor is not refused");

    let mut exchange = web.begin("POST", &[("cookie", &raised)]);
    exchange.log_out(&mut web.list.clone()).unwrap();
    let mut again = web.begin("POST", &[("cookie", &raised)]);
    again.log_out(&mut web.list.clone()).unwrap();
    let out = [
        "INFO event=revoked session=# already=false",
        "INFO event=refused reason=Revoked(session) session=#",
    ];
    assert_eq!(kept.take(), out);
}

/// Revocation data that is good enough to verify by, and too old to renew on.
struct TooOld;

impl Revocations for TooOld {
    fn check(&self, _: &Facts<'_>, _: Timestamp) -> Answer {
        Answer::Clear(Freshness::new(at(-10_000), Seconds::minutes(1)))
    }
}

#[test]
fn what_was_due_and_did_not_happen_is_told_and_so_is_a_change_of_password() {
    let kept = Kept::default();
    let _guard = tracing::subscriber::set_default(kept.clone());
    let web = Web::with(TooOld, SharedList::default(), &Policy::AAL2);
    let browser = cookie(&web.log_in("usr_1", ""));
    web.sleep(1_000);
    let _ = web.get(&browser).finish(200);
    let stale = MintError::Stale;
    assert_eq!(
        kept.take(),
        [
            "INFO event=issued session=#".to_owned(),
            format!("WARN event=not_renewed session=# reason={stale}")
        ]
    );

    let web = Web::new();
    let mut exchange = web.begin("POST", &[("cookie", &cookie(&web.log_in("usr_1", "")))]);
    exchange.end_others(Policy::AAL2.cut_off(at(0), None), &mut web.list.clone()).unwrap();
    let _ = exchange.finish(200);
    assert_eq!(kept.take().last().unwrap(), "INFO event=ended_others session=# replaces=#");
}

#[test]
fn a_successor_that_cannot_be_used_is_told_and_the_session_goes_on() {
    let kept = Kept::default();
    let _guard = tracing::subscriber::set_default(kept.clone());
    let list = SharedList::default();
    let (one, two) = (ring(&[Kind::Encrypted], 1), ring(&[Kind::Encrypted], 2));
    // The clock, the issuer's ring, the cookie: what a change of the set-up may leave behind.
    let at_moment = |moment: i64, issuing: &Ring<Issuing>, cookie: SessionCookie, header: &str| {
        let issuer = Issuer::new(issuing, CONTEXT, &Policy::AAL1, Kind::Encrypted);
        let verifier = Verifier::new(&one, CONTEXT, &Policy::AAL1, Kind::Encrypted).revocations(list.clone());
        let source = Arc::new(WebSessions::new(issuer, verifier, move || at(moment), || getrandom::SysRng));
        let incoming = Incoming::new(Transport::new().cookie(cookie), "GET", [("cookie", header)]);
        Exchange::<String>::begin(source, &incoming)
    };
    let plain = SessionCookie::new();
    // So long that the token just fits without `Max-Age`: 90 bytes are header, tag and what is said of every session.
    let claims = "x".repeat(plain.longest_token() / 4 * 3 - 90);
    let grant = Grant::new(common::subject(), AuthLevel::Aal1).claims(claims);
    let mut exchange = at_moment(0, &one, plain, "");
    exchange.log_in(&grant, &mut list.clone()).unwrap();
    let browser = cookie(&headers(&exchange.finish(303)));
    assert_eq!(kept.take().len(), 1);
    for (issuing, cookie, reason) in
        [(&two, plain, "UnknownKey"), (&one, plain.persistent(), "the cookie is too large")]
    {
        let mut exchange = at_moment(1_000, issuing, cookie, &browser);
        assert_eq!(kept.take(), [format!("WARN event=not_renewed session=# reason={reason}")]);
        assert_eq!(exchange.session().unwrap().unwrap().rotation(), 0);
        assert!(exchange.finish(200).is_empty(), "the token that the browser has stays");
    }
}

#[test]
fn sessions_have_labels_and_not_their_ids() {
    let kept = Kept::default();
    let _guard = tracing::subscriber::set_default(kept.clone());
    let web = Web::new();
    let mut exchange = web.begin("POST", &[]);
    let session = exchange.log_in(&grant("usr_1"), &mut web.list.clone()).unwrap();
    web.sleep(1_000);
    let _ = web.get(&cookie(&headers(&exchange.finish(303)))).finish(200);
    let lines = kept.0.lock().unwrap().clone();
    let labels: Vec<_> =
        lines.iter().map(|line| line.split("session=").nth(1).unwrap().split(' ').next().unwrap()).collect();
    assert!(labels.len() == 2 && labels[0] == labels[1], "one session, one label: {lines:?}");
    assert_eq!(labels[0].len(), 16);
    let own = labels[0].to_owned();
    web.log_in("usr_1", "");
    let lines = kept.0.lock().unwrap().clone();
    assert!(!lines.last().unwrap().contains(&own), "another session, another label: {lines:?}");
    let id = session.session_id().to_string();
    assert!(
        lines.iter().all(|line| !line.contains(&id) && !line.contains("usr_1") && !line.contains("sc1e"))
    );
}
