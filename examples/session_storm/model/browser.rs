//! What a browser does with cookies: keeps what arrived last, forgets what is over, sends what it has.

use std::collections::BTreeMap;

use safeconduct::SessionId;
use safeconduct::inspect::outline;

/// The jar. `one_cookie` makes both slots one, for the control.
#[derive(Default)]
pub struct Browser {
    jar: BTreeMap<String, (String, Option<u64>)>,
    one_cookie: bool,
}

impl Browser {
    pub fn new(one_cookie: bool) -> Self {
        Self { jar: BTreeMap::new(), one_cookie }
    }

    /// A `Set-Cookie` value arrives.
    pub fn store(&mut self, line: &str, now: u64) {
        let mut parts = line.split("; ");
        let (name, value) = parts.next().and_then(|pair| pair.split_once('=')).expect("a cookie");
        let life =
            parts.find_map(|part| part.strip_prefix("Max-Age=")).map(|life| life.parse().expect("a number"));
        let name = if self.one_cookie { name.replace("-b", "-a") } else { name.to_owned() };
        match life {
            Some(0) => self.jar.remove(&name),
            life => self.jar.insert(name, (value.to_owned(), life.map(|life: u64| now + life))),
        };
    }

    /// The value of the `Cookie` header.
    pub fn cookies(&mut self, now: u64) -> String {
        self.jar.retain(|_, (_, until)| until.is_none_or(|until| now < until));
        let pairs = self.jar.iter().map(|(name, (value, _))| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join("; ")
    }
}

/// The sessions whose tokens stand in a `Cookie` header, with their tokens. Their ids can be read by anybody.
pub fn sessions(cookies: &str) -> impl Iterator<Item = (SessionId, &str)> {
    let values = cookies.split("; ").filter_map(|pair| pair.split_once('=')).map(|(_, value)| value);
    let tokens = values.filter_map(|value| value.split('.').next());
    tokens.filter_map(|token| Some((outline(token).ok()?.session_id.parse().ok()?, token)))
}
