//! The snapshot's store and the desk, over HTTP.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use edge_shop::{Errand, Fetched};
use ureq::Agent;

/// More than any snapshot that is worth having at the edge.
const LONGEST_SNAPSHOT: u64 = 20 << 20;

pub struct Client {
    agent: Agent,
    snapshot: String,
    desk: String,
    /// Of the snapshot that was fetched last.
    tag: Mutex<Option<String>>,
}

impl Client {
    pub fn new(snapshot: String, desk: String) -> Self {
        let config = Agent::config_builder().timeout_global(Some(Duration::from_secs(2)));
        let agent = config.http_status_as_error(false).build().into();
        Self { agent, snapshot, desk, tag: Mutex::new(None) }
    }

    /// The snapshot, if there is another one than the last time.
    pub fn fetch(&self) -> Fetched {
        match self.snapshot() {
            Ok(snapshot) => Fetched { snapshot, ..Fetched::default() },
            Err(failure) => Fetched { failure: Some(failure), ..Fetched::default() },
        }
    }

    /// Fetches it again the next time, whatever its tag: the last one was refused.
    pub fn forget(&self) {
        *self.tag.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn snapshot(&self) -> Result<Option<Vec<u8>>, String> {
        let mut known = self.tag.lock().unwrap_or_else(PoisonError::into_inner);
        let mut request = self.agent.get(&self.snapshot);
        if let Some(tag) = known.as_deref() {
            request = request.header("if-none-match", tag);
        }
        let mut response = request.call().map_err(|why| format!("the snapshot: {why}"))?;
        match response.status().as_u16() {
            304 => return Ok(None),
            200 => {}
            status => return Err(format!("the snapshot: status {status}")),
        }
        let tag = response.headers().get("etag").and_then(|tag| tag.to_str().ok()).map(str::to_owned);
        let body = response.body_mut().with_config().limit(LONGEST_SNAPSHOT).read_to_vec();
        let body = body.map_err(|why| format!("the snapshot: {why}"))?;
        *known = tag;
        Ok(Some(body))
    }

    /// Status 0 if the desk does not answer.
    pub fn ask(&self, errand: &Errand) -> (u16, String) {
        let url = format!("{}{}", self.desk, errand.path);
        match self.agent.post(&url).send(errand.body.as_str()) {
            Ok(mut response) => {
                (response.status().as_u16(), response.body_mut().read_to_string().unwrap_or_default())
            }
            Err(why) => {
                eprintln!("the desk does not answer: {why}");
                (0, String::new())
            }
        }
    }
}
