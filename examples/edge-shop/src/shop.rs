//! The shop.

use safeconduct::rand_core::TryCryptoRng;
use safeconduct::{
    AuthLevel, Grant, HoldsFilterKeys, Reads, Reason, Rejected, Seconds, Session, Subject, Timestamp, Token,
};
use subtle::ConstantTimeEq as _;

use crate::answer::{Answer, Asked, Errand, Next};
use crate::setting::{SetUpError, Settings};
use crate::standing::{Fetched, Nodes, Standing, describe};
use crate::{carrier, pages};

/// Who may log in. A real function asks for a passkey or a password here.
const DEMO_USERS: [&str; 2] = ["ada", "grace"];

/// The shop, kept for as long as the platform keeps the instance.
pub struct Shop {
    settings: Settings,
    standing: Standing,
}

/// A session that was verified, and its renewal if that was due.
struct Visit {
    session: Session<()>,
    renewed: Option<Token>,
}

impl Shop {
    /// Opens the shop with a ring. Nobody gets in before the first snapshot was taken.
    ///
    /// # Errors
    ///
    /// [`SetUpError`] names the binding that is missing or wrong.
    pub fn open(ring: Option<&str>, settings: Settings) -> Result<Self, SetUpError> {
        let standing = Standing::new(ring, &settings)?;
        Ok(Self { settings, standing })
    }

    /// Whether ring and snapshot are to be fetched before the next request.
    #[must_use]
    pub fn wants_news(&self, now: Timestamp) -> bool {
        self.standing.is_due(&self.settings, now)
    }

    /// Takes what was fetched; whether anything is different now.
    ///
    /// # Errors
    ///
    /// A line for the log. What was in force before stays in force.
    pub fn take(&self, fetched: Fetched, now: Timestamp) -> Result<bool, String> {
        self.standing.take(fetched, now)
    }

    /// Answers a request.
    pub fn answer<G: TryCryptoRng + ?Sized>(&self, asked: &Asked<'_>, now: Timestamp, rng: &mut G) -> Next {
        let next = match (asked.method, asked.path) {
            // `SameSite=Lax` keeps the cookie from other sites' posts; this keeps those of sibling domains out.
            ("POST", _) if !matches!(asked.site, None | Some("same-origin" | "none")) => {
                Next::Send(Answer::new(403, "that came from another site\n"))
            }
            ("POST", "/login") => Next::Send(self.log_in(asked, now, rng)),
            ("GET", "/") => Next::Send(self.visit(asked, now, rng, pages::home)),
            ("GET", "/admin") => Next::Send(self.visit(asked, now, rng, |session, _| pages::admin(session))),
            ("POST", "/step-up") => self.errand("/step-up", asked),
            ("POST", "/logout") => self.errand("/logout", asked),
            _ => Next::Send(Answer::new(404, "there is nothing here\n")),
        };
        match next {
            Next::Send(answer) => Next::Send(self.for_operators(answer, asked, now)),
            ask @ Next::Ask(_) => ask,
        }
    }

    /// Goes on when the desk has answered; status 0 if it did not.
    #[must_use]
    pub fn back_from(&self, errand: &Errand, status: u16, body: &str) -> Answer {
        match (errand.path, status) {
            ("/step-up", 200) => Answer::new(200, "stepped up\n").with_token_text(body.trim()),
            ("/step-up", 403) => Answer::new(403, "that was not the code\n"),
            // Also when the session was over: the cookie is good for nothing any more.
            ("/logout", 200 | 401) => Answer::new(200, "logged out\n").without_token(),
            (_, 401 | 409) => Answer::refused(),
            // The session goes on, and so does its cookie: nothing was recorded.
            _ => Answer::new(502, "try again in a minute\n"),
        }
    }

    fn log_in<G: TryCryptoRng + ?Sized>(&self, asked: &Asked<'_>, now: Timestamp, rng: &mut G) -> Answer {
        let Nodes::Mints(node) = &self.standing.nodes else {
            return Answer::new(404, "sessions are not made here\n");
        };
        let user = asked.body.trim().strip_prefix("user=").unwrap_or_default();
        if !DEMO_USERS.contains(&user) {
            return Answer::new(401, "no such user\n");
        }
        let Ok(subject) = Subject::new(user) else { return Answer::new(401, "no such user\n") };
        let grant = Grant::new(subject, AuthLevel::Aal1);
        let current = node.current();
        match current.beside().issue_beside(current.snapshots(), &grant, now, rng) {
            Ok(token) => Answer::new(200, "logged in\n").with_token(&token),
            Err(why) => Answer::new(503, "try again in a minute\n").with("safeconduct-why", why.to_string()),
        }
    }

    fn visit<G: TryCryptoRng + ?Sized>(
        &self,
        asked: &Asked<'_>,
        now: Timestamp,
        rng: &mut G,
        page: impl FnOnce(&Session<()>, Timestamp) -> Answer,
    ) -> Answer {
        match self.verify(asked.cookies, now, rng) {
            Ok(Visit { session, renewed }) => {
                let answer = page(&session, now);
                match renewed {
                    Some(token) => answer.with_token(&token),
                    None => answer,
                }
            }
            Err(reason) => {
                let answer = match reason {
                    Some(Reason::SnapshotStale | Reason::SnapshotDamaged) => Answer::stale(),
                    _ => Answer::refused(),
                };
                answer.with("safeconduct-why", reason.map_or("no cookie", Reason::name))
            }
        }
    }

    /// `Err(None)` if there was no token at all.
    fn verify<G: TryCryptoRng + ?Sized>(
        &self,
        cookies: Option<&str>,
        now: Timestamp,
        rng: &mut G,
    ) -> Result<Visit, Option<Reason>> {
        let token = cookies.and_then(carrier::token_in).ok_or(None)?;
        let refused = |rejected: Rejected| Some(rejected.reason());
        match &self.standing.nodes {
            Nodes::Mints(node) => {
                let current = node.current();
                let session = current.verifier().verify_owned(token, now).map_err(refused)?;
                // The session is good whether or not it could be renewed.
                let renewed = current.beside().renew(&session, rng).unwrap_or_default();
                Ok(Visit { session, renewed })
            }
            Nodes::Verifies(node) => {
                let session = node.current().verifier().verify_owned(token, now).map_err(refused)?;
                Ok(Visit { session, renewed: None })
            }
        }
    }

    fn errand(&self, path: &'static str, asked: &Asked<'_>) -> Next {
        let Some(token) = asked.cookies.and_then(carrier::token_in) else {
            return Next::Send(Answer::refused().with("safeconduct-why", "no cookie"));
        };
        let code = asked.body.trim().strip_prefix("code=").unwrap_or_default();
        // The desk reads lines; a token has no line break in it, and a code has no business with one.
        let lines = [token, code].map(|part| part.replace(['\r', '\n'], ""));
        Next::Ask(Errand { path, body: lines.join("\n") })
    }

    /// `safeconduct-why` and `safeconduct-state` go out to whoever knows the operator's word, and to nobody else.
    fn for_operators(&self, mut answer: Answer, asked: &Asked<'_>, now: Timestamp) -> Answer {
        let asks = match (&self.settings.operator, asked.operator) {
            (Some(word), Some(said)) => bool::from(word.as_bytes().ct_eq(said.as_bytes())),
            _ => false,
        };
        if !asks {
            answer.headers.retain(|(name, _)| *name != "safeconduct-why");
            return answer;
        }
        let mut state = match &self.standing.nodes {
            Nodes::Mints(node) => described("mints", &node.current(), now),
            Nodes::Verifies(node) => described("verifies", &node.current(), now),
        };
        let stale = if self.settings.go_on_when_stale { "go-on" } else { "refuse" };
        state.push_str(&format!("; stale={stale}"));
        if let Some(failure) = self.standing.failure() {
            state.push_str("; trouble=");
            state.extend(failure.chars().filter(|c| c.is_ascii_graphic() || *c == ' '));
        }
        answer.with("safeconduct-state", state)
    }
}

fn described<R: Reads + HoldsFilterKeys, X>(
    does: &str,
    current: &safeconduct::Current<R, X>,
    now: Timestamp,
) -> String {
    format!("{does}; {}", describe(current, now))
}

/// How old an authentication may be for the admin page.
pub(crate) const ADMIN_MAX_AGE: Seconds = Seconds::minutes(5);
