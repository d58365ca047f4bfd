//! The stores of snapshots and rings, and the desk, over HTTP.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use edge_shop::{Errand, Fetched, Reply};
use ureq::Agent;

/// More than any document that is worth having at the edge.
const LONGEST_DOCUMENT: u64 = 20 << 20;

pub struct Client {
    agent: Agent,
    snapshot: Place,
    document: Option<Place>,
    desk: String,
}

/// Where something lies that changes from time to time.
struct Place {
    url: String,
    /// Of what was fetched last.
    tag: Mutex<Option<String>>,
}

impl Client {
    pub fn new(snapshot: String, document: Option<String>, desk: String) -> Self {
        let config = Agent::config_builder().timeout_global(Some(Duration::from_secs(2)));
        let agent = config.http_status_as_error(false).build().into();
        Self { agent, snapshot: Place::new(snapshot), document: document.map(Place::new), desk }
    }

    /// Snapshot and published ring, as far as there is another one than the last time.
    pub fn fetch(&self) -> Fetched {
        let mut fetched = Fetched::default();
        match self.snapshot.fetch(&self.agent) {
            Ok(snapshot) => fetched.snapshot = snapshot,
            Err(why) => fetched.failure = Some(why),
        }
        match self.document.as_ref().map_or(Ok(None), |place| place.fetch(&self.agent)) {
            Ok(document) => {
                fetched.document = document.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
            }
            Err(why) => fetched.failure = Some(why),
        }
        fetched
    }

    /// Fetches all of it again the next time, whatever its tags: something of it was refused.
    pub fn forget(&self) {
        self.snapshot.forget();
        self.document.iter().for_each(Place::forget);
    }

    /// `None` if the desk does not answer.
    pub fn ask(&self, errand: &Errand) -> Option<Reply> {
        let mut request = self.agent.post(format!("{}{}", self.desk, errand.path));
        for (name, value) in &errand.headers {
            request = request.header(*name, value);
        }
        match request.send(errand.body.as_str()) {
            Ok(mut response) => {
                let lines = response.headers().get_all("set-cookie").iter();
                let set_cookies = lines.filter_map(|line| line.to_str().ok().map(str::to_owned)).collect();
                let status = response.status().as_u16();
                let body = response.body_mut().read_to_string().unwrap_or_default();
                Some(Reply { status, set_cookies, body })
            }
            Err(why) => {
                eprintln!("the desk does not answer: {why}");
                None
            }
        }
    }
}

impl Place {
    const fn new(url: String) -> Self {
        Self { url, tag: Mutex::new(None) }
    }

    fn forget(&self) {
        *self.tag.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn fetch(&self, agent: &Agent) -> Result<Option<Vec<u8>>, String> {
        let url = &self.url;
        let mut known = self.tag.lock().unwrap_or_else(PoisonError::into_inner);
        let mut request = agent.get(url);
        if let Some(tag) = known.as_deref() {
            request = request.header("if-none-match", tag);
        }
        let mut response = request.call().map_err(|why| format!("{url}: {why}"))?;
        match response.status().as_u16() {
            304 => return Ok(None),
            200 => {}
            status => return Err(format!("{url}: status {status}")),
        }
        let tag = response.headers().get("etag").and_then(|tag| tag.to_str().ok()).map(str::to_owned);
        let body = response.body_mut().with_config().limit(LONGEST_DOCUMENT).read_to_vec();
        let body = body.map_err(|why| format!("{url}: {why}"))?;
        *known = tag;
        Ok(Some(body))
    }
}
