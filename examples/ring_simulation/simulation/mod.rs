//! The model: what happens, who knows what when, and what is checked. [`run`] plays one seed.
//!
//! | what | file |
//! | --- | --- |
//! | the world, its agenda, what happens next | `world.rs` |
//! | issuers that advance and revoke | `rotation.rs` |
//! | what has to be true of every view and every stored state | `audit.rs` |
//! | tokens: how they fare in the model, and for real | `session.rs` |
//! | clocks, and when a node fetches the ring | `node.rs` |
//! | the store and its history | `store.rs` |
//! | figures and broken promises | `tally.rs` |
//! | dice | `chance.rs` |

mod audit;
mod chance;
mod node;
mod rotation;
mod session;
mod store;
mod tally;
mod world;

use std::error::Error;

use safeconduct::{Policy, Schedule, Seconds};

pub use tally::{Promise, Tally};

/// The true time in seconds. No node knows it; what a node's clock shows is a `Timestamp`.
type Moment = u64;

/// After so many seconds every node has what was published, counted from the moment at which whoever publishes it looks at the clock.
pub const PROPAGATION: u64 = 3_600;

/// How long storing may take out of [`PROPAGATION`]. Who has not stored by then begins again.
const STORING: u64 = 300;

/// What is played.
#[derive(Clone, Debug)]
pub struct Config {
    /// How many nodes mint and verify.
    pub nodes: usize,
    /// How many of them advance the ring.
    pub issuers: usize,
    /// How many days are played.
    pub days: u64,
    /// Of how many sessions one has real tokens. Of those that begin with a key, every fourth has.
    pub one_real_in: u64,
    /// The policy of issuers and verifiers.
    pub policy: Policy,
    /// The schedule by which the ring is advanced.
    pub schedule: Schedule,
    /// The longest time between two refreshes of a node.
    pub refresh: u64,
    /// Whether the store compares before it swaps. One that does not breaks promises; it is there to show that it does.
    pub compares: bool,
    /// Whether an issuer who was overtaken advances the union before storing it. Two who have each revoked a key may have relied on the other's.
    pub advances_unions: bool,
}

impl Config {
    /// 50 nodes, five of which advance the ring, for two years, by the default schedule of [`Policy::AAL1`].
    ///
    /// # Errors
    ///
    /// None: the default schedule keeps its rules.
    pub fn new() -> Result<Self, Box<dyn Error>> {
        let policy = Policy::AAL1;
        Ok(Self {
            nodes: 50,
            issuers: 5,
            days: 2 * 365,
            one_real_in: 64,
            policy,
            schedule: Schedule::for_policy(&policy, Seconds::new(PROPAGATION as u32))?,
            refresh: PROPAGATION - STORING,
            compares: true,
            advances_unions: true,
        })
    }

    /// Keys are staged so long before they are needed. Below [`PROPAGATION`] this breaks promises; it is there to show that it does.
    ///
    /// # Errors
    ///
    /// `StagedAsLongAsItMints` for 30 days or more.
    pub fn publish_ahead(mut self, ahead: u32) -> Result<Self, Box<dyn Error>> {
        let (propagation, ahead) = (self.schedule.propagation(), Seconds::new(ahead));
        let minting = self.schedule.minting();
        self.schedule = if ahead < propagation {
            Schedule::dangerous(&self.policy, propagation, minting, ahead)?
        } else {
            Schedule::new(&self.policy, propagation, minting, ahead)?
        };
        Ok(self)
    }
}

/// Plays one seed.
///
/// # Errors
///
/// Whatever keeps the world from beginning. What goes wrong later is counted.
pub fn run(config: &Config, seed: u64) -> Result<Tally, Box<dyn Error>> {
    Ok(world::World::begin(config, seed)?.play())
}
