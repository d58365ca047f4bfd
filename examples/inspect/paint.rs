//! Colour, where the terminal has it.

use std::io::IsTerminal as _;

/// Whether to colour: on a terminal, and not if `NO_COLOR` is set to anything (no-color.org).
#[derive(Clone, Copy)]
pub struct Paint(bool);

impl Paint {
    pub fn for_stdout() -> Self {
        let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self(std::io::stdout().is_terminal() && !unwanted)
    }

    /// The text in an ANSI colour: 1 bold, 2 dim, 31 red, 32 green, 33 yellow, 34 blue, 35 magenta, 36 cyan.
    pub fn with(self, code: u8, text: &str) -> String {
        if self.0 { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}
