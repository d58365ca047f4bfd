//! The inspector: the report of the library, and the command as somebody at a terminal uses it.

#[path = "../common/mod.rs"]
mod common;

mod command;
mod desk;
mod log_command;
mod log_desk;
mod log_faults;
mod refusals;
mod report;
mod ring_changes;
mod ring_command;
mod ring_documents;
mod snapshot_command;
mod snapshot_refusals;
mod snapshot_report;
