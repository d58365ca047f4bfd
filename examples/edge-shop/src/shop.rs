//! The shop.

use std::sync::Arc;

use safeconduct::http::{Exchange, Incoming, Refusal, SessionSource};
use safeconduct::rand_core::TryCryptoRng;
use safeconduct::{AuthLevel, Grant, Reason, Session, Subject, Timestamp};
use subtle::ConstantTimeEq as _;

use crate::answer::{Answer, Asked, Errand, Next, Reply};
use crate::pages;
use crate::setting::{SetUpError, Settings, TRANSPORT};
use crate::standing::{Fetched, Nodes, Standing};

/// Who may log in. A real function asks for a passkey or a password here.
const DEMO_USERS: [&str; 2] = ["ada", "grace"];

/// The shop, kept for as long as the platform keeps the instance.
pub struct Shop {
    settings: Settings,
    standing: Standing,
    source: Arc<dyn SessionSource<()>>,
}

impl Shop {
    /// Opens the shop with a ring, the platform's clock and its random source. Nobody gets in before the first snapshot was taken.
    ///
    /// # Errors
    ///
    /// [`SetUpError`] names the binding that is missing or wrong.
    pub fn open<G: TryCryptoRng>(
        ring: Option<&str>,
        settings: Settings,
        clock: impl Fn() -> Timestamp + Send + Sync + 'static,
        random: impl Fn() -> G + Send + Sync + 'static,
    ) -> Result<Self, SetUpError> {
        let standing = Standing::new(ring, &settings)?;
        let source = standing.source(clock, random);
        Ok(Self { settings, standing, source })
    }

    /// Whether ring and snapshot are to be fetched before the next request.
    #[must_use]
    pub fn wants_news(&self) -> bool {
        self.standing.is_due(&self.settings, self.source.now())
    }

    /// Whether rings are published, and have to be fetched with the snapshots.
    #[must_use]
    pub const fn wants_documents(&self) -> bool {
        self.settings.documents.is_some()
    }

    /// Takes what was fetched; whether anything is different now.
    ///
    /// # Errors
    ///
    /// A line for the log. What was in force before stays in force, as far as what was fetched is bad.
    pub fn take(&self, fetched: Fetched) -> Result<bool, String> {
        self.standing.take(fetched, self.source.now())
    }

    /// Answers a request.
    pub fn answer(&self, asked: &Asked<'_>) -> Next {
        let incoming = Incoming::new(TRANSPORT, asked.method, asked.headers.iter().copied());
        let mut exchange = Exchange::begin(self.source.clone(), &incoming);
        let mut answer = match self.route(asked, &mut exchange) {
            Next::Send(answer) => answer,
            errand => return errand,
        };
        for header in exchange.finish(answer.status).iter() {
            if header.replaces {
                answer.headers.retain(|(name, _)| *name != header.name);
            }
            answer.headers.push((header.name, header.value.to_owned()));
        }
        Next::Send(self.for_operators(answer, asked, &exchange))
    }

    fn route(&self, asked: &Asked<'_>, exchange: &mut Exchange<()>) -> Next {
        if let Err(Refusal::Foreign) = exchange.session() {
            return Next::Send(Answer::new(403, "that came from another site\n"));
        }
        match (asked.method, asked.path) {
            ("POST", "/login") => self.log_in(asked, exchange),
            ("GET", "/") => Next::Send(visit(exchange, |session| pages::home(session, exchange.now()))),
            ("GET", "/admin") => Next::Send(visit(exchange, pages::admin)),
            ("POST", "/step-up") => match exchange.session() {
                Ok(Some(_)) => self.errand(asked),
                _ => Next::Send(turned_away(exchange)),
            },
            ("POST", "/logout") => self.log_out(asked, exchange),
            _ => Next::Send(Answer::new(404, "there is nothing here\n")),
        }
    }

    /// A browser that has a session gets its new one from the desk: the log has to know first that the old one is over.
    fn log_in(&self, asked: &Asked<'_>, exchange: &mut Exchange<()>) -> Next {
        let user = asked.body.trim().strip_prefix("user=").unwrap_or_default();
        let Some(subject) = Subject::new(user).ok().filter(|_| DEMO_USERS.contains(&user)) else {
            return Next::Send(Answer::new(401, "no such user\n"));
        };
        if let Nodes::Verifies(_) = self.standing.nodes {
            return self.errand(asked);
        }
        let entered = exchange.entering(&Grant::new(subject, AuthLevel::Aal1)).and_then(|change| {
            let ends_another = change.revocations().next().is_some();
            if ends_another { Ok(false) } else { exchange.commit(change, []).map(|()| true) }
        });
        match entered {
            Ok(true) => Next::Send(Answer::new(200, "logged in\n")),
            Ok(false) => self.errand(asked),
            Err(why) => Next::Send(Answer::try_again(why.status()).with("safeconduct-why", why.to_string())),
        }
    }

    /// Where there is nothing to end, the desk is not asked.
    fn log_out(&self, asked: &Asked<'_>, exchange: &mut Exchange<()>) -> Next {
        let left = exchange.leaving().and_then(|change| {
            let ends_one = change.revocations().next().is_some();
            if ends_one { Ok(false) } else { exchange.commit(change, []).map(|()| true) }
        });
        match left {
            Ok(true) => Next::Send(Answer::new(200, "logged out\n")),
            Ok(false) => self.errand(asked),
            Err(why) => Next::Send(Answer::try_again(why.status())),
        }
    }

    /// The same request, for the desk. It is asked by the kind of token, for it serves functions of both.
    fn errand(&self, asked: &Asked<'_>) -> Next {
        Next::Ask(Errand::of(asked, format!("/{}{}", self.settings.kind.letter(), asked.path)))
    }

    /// Goes on when the desk has answered, or has not.
    #[must_use]
    pub fn back_from(&self, reply: Option<Reply>) -> Answer {
        let Some(Reply { status, set_cookies, body }) = reply else { return Answer::try_again(502) };
        let answer = match status {
            200 | 403 => Answer::new(status, body),
            401 => Answer::refused(),
            503 => Answer::try_again(503),
            _ => Answer::try_again(502),
        };
        answer.with_cookies(set_cookies)
    }

    /// `safeconduct-why` and `safeconduct-state` go out to whoever knows the operator's word, and to nobody else.
    fn for_operators(&self, mut answer: Answer, asked: &Asked<'_>, exchange: &Exchange<()>) -> Answer {
        let asks = match (&self.settings.operator, asked.header("safeconduct-operator")) {
            (Some(word), Some(said)) => bool::from(word.as_bytes().ct_eq(said.as_bytes())),
            _ => false,
        };
        if !asks {
            answer.headers.retain(|(name, _)| *name != "safeconduct-why");
            return answer;
        }
        let mut state = self.standing.describe(exchange.now());
        let stale = if self.settings.go_on_when_stale { "go-on" } else { "refuse" };
        state.push_str(&format!("; stale={stale}"));
        if let Some(failure) = self.standing.failure() {
            state.push_str("; trouble=");
            state.extend(failure.chars().filter(|c| c.is_ascii_graphic() || *c == ' '));
        }
        answer.with("safeconduct-state", state)
    }
}

fn visit(exchange: &Exchange<()>, page: impl FnOnce(&Session<()>) -> Answer) -> Answer {
    match exchange.session() {
        Ok(Some(session)) => page(session),
        _ => turned_away(exchange),
    }
}

/// For those without a session.
fn turned_away(exchange: &Exchange<()>) -> Answer {
    let answer =
        exchange.session().map_or_else(|refusal| Answer::try_again(refusal.status()), |_| Answer::refused());
    answer.with("safeconduct-why", exchange.reason().map_or("no cookie", Reason::name))
}
