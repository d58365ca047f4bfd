//! The inspector: the report of the library, and the command as somebody at a terminal uses it.

#[path = "../common/mod.rs"]
mod common;

mod command;
mod desk;
mod refusals;
mod report;
mod ring_changes;
mod ring_command;
mod ring_documents;
mod snapshot_report;
