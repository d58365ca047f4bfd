//! The model: a browser, two nodes, a user, and what must not happen.

mod browser;
mod chance;
mod nodes;
mod storm;
mod tally;

pub use nodes::World;
pub use tally::Tally;

/// What is changed for a control.
#[derive(Clone, Copy, Default)]
pub struct Config {
    pub one_cookie: bool,
    pub delete_refused: bool,
    pub never_lost: bool,
}
