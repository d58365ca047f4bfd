//! A shop that knows nobody, in the place of the real one: what a function is without sessions. `tests/edge/build bare` measures by it what they add.

use safeconduct::Timestamp;
use safeconduct::rand_core::TryCryptoRng;

use crate::answer::{Answer, Asked, Errand, Next, Reply};
use crate::setting::{SetUpError, Settings};
use crate::standing::Fetched;

/// Fetches, asks the desk and answers as the real one does, but looks at nothing.
pub struct Shop {
    documents: bool,
    clock: Box<dyn Fn() -> Timestamp + Send + Sync>,
}

impl Shop {
    /// As the real one's.
    ///
    /// # Errors
    ///
    /// As the real one's, for settings.
    pub fn open<G: TryCryptoRng>(
        _ring: Option<&str>,
        settings: Settings,
        clock: impl Fn() -> Timestamp + Send + Sync + 'static,
        _random: impl Fn() -> G + Send + Sync + 'static,
    ) -> Result<Self, SetUpError> {
        Ok(Self { documents: settings.documents.is_some(), clock: Box::new(clock) })
    }

    /// Once in two seconds.
    #[must_use]
    pub fn wants_news(&self) -> bool {
        (self.clock)().as_unix() & 1 == 0
    }

    /// As the real one's.
    #[must_use]
    pub const fn wants_documents(&self) -> bool {
        self.documents
    }

    /// Takes nothing.
    ///
    /// # Errors
    ///
    /// What went wrong with fetching.
    pub fn take(&self, fetched: Fetched) -> Result<bool, String> {
        fetched.failure.map_or(Ok(false), Err)
    }

    /// Refuses, or passes on.
    pub fn answer(&self, asked: &Asked<'_>) -> Next {
        if asked.method == "GET" {
            return Next::Send(Answer::refused());
        }
        Next::Ask(Errand::of(asked, asked.path.to_owned()))
    }

    /// What the desk has said.
    #[must_use]
    pub fn back_from(&self, reply: Option<Reply>) -> Answer {
        let Some(Reply { status, set_cookies, body }) = reply else { return Answer::try_again(502) };
        Answer::new(status, body).with_cookies(set_cookies)
    }
}
