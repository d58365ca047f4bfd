//! What a request brings, by SPEC sections 12.1, 12.3 and 12.5: read slowly, from whole lists.

use safeconduct::http::{Carrier, Slot};

use super::requests::Known;

pub(super) type Header = (&'static str, Vec<u8>);

/// Where a token is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Place {
    Bearer,
    Slot(usize),
}

impl Place {
    pub(super) fn carrier(self) -> Carrier {
        match self {
            Self::Bearer => Carrier::Bearer,
            Self::Slot(0) => Carrier::Cookie(Slot::A),
            Self::Slot(_) => Carrier::Cookie(Slot::B),
        }
    }
}

/// All values of what is looked at.
pub(super) struct Brought {
    /// Whole values of `Authorization`, if any of them is a bearer token.
    bearers: Vec<Vec<u8>>,
    slots: [Vec<Vec<u8>>; 2],
    pub(super) csrf: Option<String>,
    pub(super) foreign: bool,
}

/// The one value there is, if it is text.
fn only(values: &[Vec<u8>]) -> Option<String> {
    match values {
        [one] => String::from_utf8(one.clone()).ok(),
        _ => None,
    }
}

fn scheme_is_bearer(value: &[u8]) -> bool {
    value.len() >= 7 && value[..7].eq_ignore_ascii_case(b"bearer ")
}

impl Brought {
    /// By the rules of one of the transports.
    pub(super) fn read(headers: &[Header], authority: Option<&str>, transport: u8, method: &str) -> Self {
        let named = |name: &str| -> Vec<Vec<u8>> {
            let lines = headers.iter().filter(|(given, _)| given.to_ascii_lowercase() == name);
            lines.map(|(_, value)| value.clone()).collect()
        };
        let mut bearers = if transport == 2 { vec![] } else { named("authorization") };
        if !bearers.iter().any(|value| scheme_is_bearer(value)) {
            bearers.clear();
        }
        let cookie = if transport == 4 { "__Host-shop" } else { "__Host-sid" };
        let pairs: Vec<(Vec<u8>, Vec<u8>)> = named("cookie")
            .iter()
            .flat_map(|line| line.split(|byte| *byte == b';'))
            .filter_map(|pair| {
                let mut halves = pair.splitn(2, |byte| *byte == b'=');
                let halves = (halves.next()?, halves.next()?);
                Some((halves.0.trim_ascii().to_vec(), halves.1.trim_ascii().to_vec()))
            })
            .collect();
        let slots = ["-a", "-b"].map(|slot| {
            let name = format!("{cookie}{slot}").into_bytes();
            let of_slot = pairs.iter().filter(|pair| pair.0 == name && transport != 3);
            of_slot.map(|pair| pair.1.clone()).collect()
        });
        let foreign = bearers.is_empty()
            && !["GET", "HEAD", "OPTIONS", "TRACE"].contains(&method)
            && is_foreign(&named, authority, transport);
        let csrf = only(&named("x-csrf-token")).filter(|text| text.len() <= 64);
        Self { bearers, slots, csrf, foreign }
    }

    pub(super) fn by_bearer(&self) -> bool {
        !self.bearers.is_empty()
    }

    pub(super) fn bearer_text(&self) -> Option<String> {
        let [one] = self.bearers.as_slice() else { return None };
        String::from_utf8(one.get(7..)?.trim_ascii().to_vec()).ok()
    }

    /// What a browser that sends this has in its slots.
    pub(super) fn jar(&self) -> [Option<String>; 2] {
        self.slots.each_ref().map(|values| only(values))
    }

    /// The session that is meant, and where its token is.
    pub(super) fn session<'k>(&self, known: &'k [Known]) -> Option<(Place, &'k Known)> {
        let live = |text: &str| known.iter().find(|known| known.live.is_some() && known.text == text);
        if self.by_bearer() {
            return Some((Place::Bearer, live(&self.bearer_text()?)?));
        }
        let in_slot = |slot: usize| {
            let value = only(&self.slots[slot])?;
            let (token, generation) = value.rsplit_once('.')?;
            let digits = generation.len() == 4 && generation.bytes().all(|byte| byte.is_ascii_digit());
            let generation: u16 = generation.parse().ok().filter(|number| digits && *number > 0)?;
            Some((generation, Place::Slot(slot), live(token)?))
        };
        let found = (0..2).filter_map(in_slot);
        // All of them began when they were issued.
        found
            .max_by_key(|(generation, _, known)| (*generation, known.live))
            .map(|(_, place, known)| (place, known))
    }
}

/// WEB-13.
fn is_foreign(named: &impl Fn(&str) -> Vec<Vec<u8>>, authority: Option<&str>, transport: u8) -> bool {
    let (origins, sites, hosts) = (named("origin"), named("sec-fetch-site"), named("host"));
    let origin = only(&origins);
    if transport == 1 && origin.as_deref() == Some("https://pay.example") {
        return false;
    }
    if !sites.is_empty() {
        return !["same-origin", "none"].map(Some).contains(&only(&sites).as_deref());
    }
    if origins.is_empty() {
        return false;
    }
    let host = if hosts.is_empty() { authority.map(str::to_owned) } else { only(&hosts) };
    let same = |(origin, host): (String, String)| {
        let after =
            origin.split_once(':').and_then(|(_, rest)| rest.strip_prefix("//")).map(str::to_ascii_lowercase);
        after == Some(host.to_ascii_lowercase())
    };
    !origin.zip(host).is_some_and(same)
}
