//! Inspects a token on the command line: what it is, what it says, and why it would be accepted or refused.
//!
//! ```text
//! inspect new-ring FILE                                                 make a ring (secret, mode 0600)
//! inspect issue --ring @FILE --context NAME --subject ID                a token, alone on standard output
//! inspect TOKEN                                                         what can be seen without keys
//! inspect TOKEN --ring @FILE --context NAME                             claims, deadlines and verdict
//! inspect ring --ring @FILE                                             keys, realms, timeline, warnings; rotation by hand
//! inspect new-log FILE --ring @FILE                                     a revocation log for the ring's realm
//! inspect revoke --log FILE --ring @FILE --session TOKEN-or-ID          record a log-out, and publish it
//! inspect publish --log FILE --ring @FILE --snapshot FILE               what nodes fetch, as often as it is due
//! inspect snapshot FILE --ring @FILE                                    what is in it, and whether a node takes it
//! inspect new-kek FILE, inspect new-root FILE                           keys that wrap and sign published rings
//! ```
//!
//! `inspect --help`, `inspect ring --help` and `inspect revoke --help` say more, and which names the JSON forms have.
//!
//! Exit code: 0 accepted (or no ring given), 1 refused, 2 unusable input.

// This is a program and not the library: here the clock and the environment are read.
#![allow(clippy::disallowed_methods)]

mod action_print;
mod any_ring;
mod arguments;
mod files;
mod help;
mod key_files;
mod log_arguments;
mod log_command;
mod log_print;
mod log_targets;
mod paint;
mod print;
mod published_ring;
mod ring_actions;
mod ring_arguments;
mod ring_command;
mod ring_file;
mod ring_print;
mod ring_view;
mod ring_warnings;
mod snapshot_command;
mod snapshot_file;
mod snapshot_print;
mod timeline;
mod values;

use std::io::{Read as _, Write as _};
use std::process::ExitCode;

use arguments::{Arguments, Command};
use paint::Paint;
use safeconduct::inspect::{self, Verdict};
use safeconduct::{Grant, Issuer, Kind, MintError, Subject, Timestamp, Verifier};

/// Something that the person at the terminal has to put right: exit code 2.
type Unusable = String;

fn main() -> ExitCode {
    let outcome =
        Arguments::parse(std::env::args_os().skip(1)).and_then(|arguments| match arguments.command {
            Command::Inspect(ref token) => inspect_token(token.as_deref(), &arguments),
            Command::Snapshot(ref path) => snapshot_command::run(path.as_deref(), &arguments),
            Command::NewLog(ref path) => log_command::create(path, &arguments),
            Command::Revoke => log_command::revoke(&arguments),
            Command::Publish => log_command::publish(&arguments),
            _ => other_command(&arguments).map(|()| ExitCode::SUCCESS),
        });
    outcome.unwrap_or_else(|message| {
        eprintln!("inspect: {message}");
        ExitCode::from(2)
    })
}

/// Everything that either works or is unusable input.
fn other_command(arguments: &Arguments) -> Result<(), Unusable> {
    match &arguments.command {
        Command::Help => write(help::HELP),
        Command::RingHelp => write(help::RING_HELP),
        Command::LogHelp => write(help::LOG_HELP),
        Command::NewRing(path) => write(&ring_file::make(path, arguments)?),
        Command::NewKek(path) => write(&key_files::new_kek(path)?),
        Command::NewRoot(path) => write(&key_files::new_root(path)?),
        Command::Issue => issue(arguments),
        Command::Ring(action) => ring_command::run(*action, arguments),
        // These have an exit code of their own.
        Command::Inspect(_)
        | Command::Snapshot(_)
        | Command::NewLog(_)
        | Command::Revoke
        | Command::Publish => Ok(()),
    }
}

/// Now, or the moment that was asked for.
fn moment(arguments: &Arguments) -> Result<Timestamp, Unusable> {
    arguments.at.map_or_else(clock, Ok)
}

/// What the clock of this machine says.
fn clock() -> Result<Timestamp, Unusable> {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let seconds = since.map_err(|_| "the clock is before 1970")?.as_secs();
    Timestamp::from_unix(seconds).map_err(|why| why.to_string())
}

fn issue(arguments: &Arguments) -> Result<(), Unusable> {
    let ring = ring_file::read_issuing(arguments)?;
    let context = arguments.context()?;
    let subject = arguments.subject.as_deref().ok_or("issue needs --subject ID")?;
    let subject = Subject::new(subject).map_err(|why| why.to_string())?;
    let issuer = Issuer::new(&ring, context, &arguments.policy, arguments.kind.unwrap_or(Kind::Encrypted));
    let (grant, now, rng) =
        (Grant::new(subject, arguments.level), moment(arguments)?, &mut getrandom::SysRng);
    let token = match arguments.log.revocations.as_slice() {
        [] => issuer.issue(&grant, now, rng),
        paths => {
            let skew = arguments.policy.skew();
            let data = snapshot_file::revocations(paths, &ring.verifying(), skew, now)?;
            issuer.issue_beside(&data, &grant, now, rng)
        }
    };
    let token = token.map_err(|why| match why {
        MintError::Revoked => format!("no token: {why}: as a rule its key is revoked there, and the ring has to go on to the next (inspect ring --ring @FILE --revoke KEYID)"),
        why => format!("no token: {why}"),
    })?;
    write(&(token.into_string() + "\n"))
}

fn inspect_token(token: Option<&str>, arguments: &Arguments) -> Result<ExitCode, Unusable> {
    let token = match token {
        Some(token) => token.trim_ascii().to_owned(),
        None => read_standard_input()?,
    };
    if token.is_empty() {
        return Err("no token: give one as an argument or on standard input (see --help)".into());
    }
    if !inspect::looks_like_a_token(&token) {
        let fault = inspect::outline(&token).err().map(|not| not.fault).unwrap_or_default();
        return Err(format!("this is not a token: {fault}"));
    }
    let now = moment(arguments)?;
    let Some(ring) = ring_file::read_verifying(arguments)? else {
        if !arguments.log.revocations.is_empty() {
            return Err("--revocations needs the ring: --ring @FILE --context NAME".into());
        }
        let outline = inspect::outline(&token).map_err(|not| format!("this is not a token: {not}"))?;
        if arguments.json {
            print_json(&outline)?;
        } else {
            let mut text = String::new();
            print::outline(&mut text, &outline, arguments.bytes, Paint::for_stdout());
            text.push_str("\nnot verified: no ring was given (--ring @FILE --context NAME)\n");
            write(&text)?;
        }
        return Ok(ExitCode::SUCCESS);
    };
    let verifier = Verifier::new(&ring, arguments.context()?, &arguments.policy, Kind::Encrypted)
        .also_accepts(Kind::Signed)
        .also_accepts(Kind::Nested);
    let mut report = match arguments.log.revocations.as_slice() {
        [] => inspect::explain(&token, now, &verifier.dangerous_without_revocation()),
        paths => {
            let data = snapshot_file::revocations(paths, &ring, arguments.policy.skew(), now)?;
            inspect::explain(&token, now, &verifier.revocations(data))
        }
    };
    report.not_judged.push("whether the service takes this kind of token");
    let accepted = report.verdict == Verdict::Accepted;
    if arguments.json {
        if !arguments.claims {
            report.claims = None;
        }
        print_json(&report)?;
    } else {
        let mut text = String::new();
        print::report(&mut text, &report, now, arguments.bytes, Paint::for_stdout());
        write(&text)?;
    }
    Ok(if accepted { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn print_json(value: &impl serde::Serialize) -> Result<(), Unusable> {
    let text = serde_json::to_string_pretty(value).map_err(|why| why.to_string())?;
    write(&(text + "\n"))
}

/// To standard output, all at once. A reader that has gone away (`inspect … | head`) is no error of ours.
fn write(text: &str) -> Result<(), Unusable> {
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(why) if why.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(|why| format!("standard output: {why}")),
    }
}

/// A token from standard input: its first 64 KiB, which is more than enough to say that it is none.
fn read_standard_input() -> Result<String, Unusable> {
    let mut bytes = Vec::new();
    std::io::stdin()
        .lock()
        .take(65_536)
        .read_to_end(&mut bytes)
        .map_err(|why| format!("standard input: {why}"))?;
    let text = String::from_utf8(bytes).map_err(|_| "this is not a token: it is not text")?;
    Ok(text.trim_ascii().to_owned())
}
