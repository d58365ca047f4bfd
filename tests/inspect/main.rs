//! The inspector: the report of the library, and the command as somebody at a terminal uses it.

#[path = "../common/mod.rs"]
mod common;

mod command;
mod report;
