//! The model: a log, its publishers, nodes, sessions; what happens, and what is checked. [`run`] plays one schedule.
//!
//! | what | file |
//! | --- | --- |
//! | the log and its versions, by SPEC sections 9.6 and 9.7 | `log.rs` |
//! | nodes: what they have, how they judge and mint | `node.rs` |
//! | publishers and their compare-and-swap | `publisher.rs` |
//! | what happens next | `world.rs` |
//! | what has to be true after every step | `audit.rs` |
//! | the same steps by the library | `real.rs` |
//! | figures and broken promises | `tally.rs` |

mod audit;
#[path = "../../ring_simulation/simulation/chance.rs"]
mod chance;
mod log;
mod node;
mod publisher;
mod real;
mod tally;
mod world;

pub use tally::{Promise, Tally};

/// Unix seconds, true or as some clock shows them.
type Time = u64;

/// The longest token of the policy of all nodes. What the log has in force is this or shorter.
const LONGEST_TOKEN: u64 = 3_600;
/// How far ahead a token may be issued, by the policy of all nodes: the most that a policy can have.
const SKEW: u64 = 120;

/// Which rules are in force. All of them are SPEC's; without one of them promises are broken.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// ISS-06: nothing is minted on the word of data that are older than the staleness bound.
    pub staleness_bound: bool,
    /// REV-11: a death is counted from the first version that has the row. Otherwise from the clock of the publisher that accepted the revocation.
    pub counted_from_first_version: bool,
    /// REV-10, TOK-38: deadlines are judged at the later of the node's clock and the `complete_to` of its data.
    pub effective_time: bool,
    /// REV-22: a shorter longest token counts when the last of the longer ones is over. Otherwise at once.
    pub lowered_late: bool,
    /// REV-22: a longer longest token counts as far as what was dropped under the shorter one is dead for it, too. Otherwise at once.
    pub raised_late: bool,
}

impl Rules {
    /// Those of SPEC.
    pub const ALL: Self = Self {
        staleness_bound: true,
        counted_from_first_version: true,
        effective_time: true,
        lowered_late: true,
        raised_late: true,
    };
}

/// What is played.
#[derive(Clone, Copy, Debug)]
pub struct Config {
    pub rules: Rules,
    /// How many things happen.
    pub steps: u32,
    /// Whether the library does the same, and is held against the model. Only for [`Rules::ALL`].
    pub real: bool,
}

impl Config {
    /// 150 steps in the model alone.
    pub const fn new(rules: Rules) -> Self {
        Self { rules, steps: 150, real: false }
    }
}

/// Plays one schedule.
pub fn run(config: &Config, seed: u64) -> Tally {
    world::World::new(config, seed).play()
}
