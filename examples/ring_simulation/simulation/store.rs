//! The one place where the ring is kept: every state it ever had, and storing by compare-and-swap.

use safeconduct::{Issuing, Ring, RingText, RingTextError};

use super::Moment;

/// A state of the ring as it was stored.
pub struct State {
    pub stored_at: Moment,
    pub ring: Ring<Issuing>,
    text: RingText,
}

impl State {
    /// What whoever fetches it gets: the text, read.
    pub fn fetch(&self) -> Result<Ring<Issuing>, RingTextError> {
        self.text.as_str().parse()
    }
}

/// All states, oldest first. The number of a state is its version.
pub struct Store {
    states: Vec<State>,
    compares: bool,
}

impl Store {
    /// A store with a first state in it. One that does not compare takes everything.
    pub fn new(compares: bool, text: RingText, stored_at: Moment) -> Result<Self, RingTextError> {
        let mut store = Self { states: Vec::new(), compares };
        store.push(text, stored_at)?;
        Ok(store)
    }

    fn push(&mut self, text: RingText, stored_at: Moment) -> Result<(), RingTextError> {
        let ring = text.as_str().parse()?;
        self.states.push(State { stored_at, ring, text });
        Ok(())
    }

    /// The version of the latest state.
    pub const fn version(&self) -> usize {
        self.states.len() - 1
    }

    pub fn state(&self, version: usize) -> &State {
        &self.states[version]
    }

    pub fn latest(&self) -> &State {
        self.state(self.version())
    }

    /// The version that was the latest at a moment. The search begins at the end: nobody's view is old.
    pub fn version_at(&self, moment: Moment) -> usize {
        self.states.iter().rposition(|state| state.stored_at <= moment).unwrap_or(0)
    }

    /// Stores a state, if nobody else has stored one since version `base` was read. Says whether it did.
    pub fn compare_and_swap(
        &mut self,
        base: usize,
        text: RingText,
        now: Moment,
    ) -> Result<bool, RingTextError> {
        if self.compares && base != self.version() {
            return Ok(false);
        }
        self.push(text, now).map(|()| true)
    }
}
