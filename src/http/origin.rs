//! Whether another site made the browser send this request (WEB-13).

use super::Transport;
use super::incoming::{Field, Incoming};

/// Where a request says it comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Provenance {
    /// From a page of this origin or a trusted one, from the address bar, or with a method that changes nothing.
    Ours,
    /// Nothing is said: not a browser of today. Such a client sends no cookie against its user's will.
    Unsaid,
    /// From another origin, a sibling domain among them: somebody else's page wants something done in the visitor's name.
    Foreign,
}

impl Incoming<'_> {
    /// Where the request comes from: by its method, `Sec-Fetch-Site` (W3C Fetch Metadata), and where browsers send none, by comparing `Origin` with `Host`.
    ///
    /// A sibling domain (`same-site`) is foreign: `SameSite` cookies are sent from there. A form that must be posted from another origin needs that origin among
    /// [`Transport::trusted_origins`].
    #[must_use]
    pub fn provenance(&self) -> Provenance {
        if self.safe_method || self.is_trusted() {
            return Provenance::Ours;
        }
        match self.fetch_site {
            Field::One("same-origin" | "none") => Provenance::Ours,
            Field::One(_) | Field::Unusable => Provenance::Foreign,
            Field::Absent => match (self.origin, self.host) {
                (Field::Absent, _) => Provenance::Unsaid,
                (Field::One(origin), Field::One(host)) if is_of(origin, host) => Provenance::Ours,
                _ => Provenance::Foreign,
            },
        }
    }

    fn is_trusted(&self) -> bool {
        let Transport { trusted_origins, .. } = self.transport;
        matches!(self.origin, Field::One(origin) if trusted_origins.contains(&origin))
    }
}

/// Whether an origin has this host and port. Its scheme is not compared: a server behind a proxy does not know its own.
fn is_of(origin: &str, host: &str) -> bool {
    let authority = origin.split_once(':').and_then(|(_, rest)| rest.strip_prefix("//"));
    authority.is_some_and(|authority| authority.eq_ignore_ascii_case(host))
}
