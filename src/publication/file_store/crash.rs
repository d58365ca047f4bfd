//! A publisher that is killed before every step of writing, in a process of its own: the log is the old one or the new one afterwards, and the next publisher goes on.
#![cfg(test)]

use alloc::string::String;
use alloc::vec::Vec;
use alloc::{format, vec};
use core::convert::Infallible;
use core::sync::atomic::{AtomicU32, Ordering};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs, process};

use rand_core::{TryCryptoRng, TryRng};

use super::{FileStore, PIECE, Step};
use crate::policy::Policy;
use crate::publication::{MemStore, Publisher, Store as _};
use crate::revocation::{JournalSettings, LogAnswer, Revocation, SnapshotSigner};
use crate::ring::Realm;
use crate::values::{SessionId, Timestamp};

/// The child's orders: before which step it dies, and the folder.
const STEP: &str = "SAFECONDUCT_TEST_DIES_BEFORE_STEP";
const FOLDER: &str = "SAFECONDUCT_TEST_FOLDER";
const MARK: &str = "step: ";
const RECORDED: &str = "recorded";

/// Steps that are left; 0 for no end.
static LEFT: AtomicU32 = AtomicU32::new(0);

/// Called before each step.
pub(super) fn passing(step: Step) {
    if LEFT.load(Ordering::SeqCst) == 0 {
        return;
    }
    std::println!("{MARK}{step:?}");
    if LEFT.fetch_sub(1, Ordering::SeqCst) == 1 {
        process::abort();
    }
}

/// The same realm in every process; no randomness at all.
struct Constant;

impl TryRng for Constant {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(7)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(7)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.fill(7);
        Ok(())
    }
}

impl TryCryptoRng for Constant {}

fn now() -> Timestamp {
    Timestamp::from_unix(1_800_000_000).unwrap()
}

fn log_file(folder: &Path) -> PathBuf {
    folder.join("log")
}

fn publisher(folder: &Path, create: bool) -> Publisher<FileStore, MemStore> {
    let signer = SnapshotSigner::from_seed(&[1; 32]);
    let realm = Realm::generate(&[signer.public()], &mut Constant).unwrap();
    let settings = JournalSettings::new(&Policy::AAL1);
    let (log, snapshots) = (FileStore::new(log_file(folder)), MemStore::new());
    if create {
        return Publisher::create(log, snapshots, realm, settings, signer, now(), &mut Constant).unwrap();
    }
    Publisher::open(log, snapshots, realm, settings, signer, &mut Constant).unwrap()
}

fn revocation(number: u8) -> Revocation {
    Revocation::operator_session(SessionId::from_bytes([number; 12]), Timestamp::MAX)
}

const BEFORE: u8 = 20;

#[allow(clippy::disallowed_methods)] // a test's orders to its own child
fn orders() -> Option<(u32, PathBuf)> {
    Some((env::var(STEP).ok()?.parse().unwrap(), env::var_os(FOLDER)?.into()))
}

fn run_child(step: u32, folder: &Path) -> Output {
    let name = "publication::file_store::crash::a_publisher_killed_at_any_step_leaves_the_old_log_or_the_new";
    Command::new(env::current_exe().unwrap())
        .args([name, "--exact", "--nocapture", "--test-threads=1"])
        .env(STEP, format!("{step}"))
        .env(FOLDER, folder)
        .output()
        .unwrap()
}

#[test]
fn a_publisher_killed_at_any_step_leaves_the_old_log_or_the_new() {
    if let Some((step, folder)) = orders() {
        let publisher = publisher(&folder, false);
        LEFT.store(step, Ordering::SeqCst);
        assert!(publisher.record(&revocation(BEFORE), now()).unwrap().is_recorded());
        std::println!("{RECORDED}");
        return;
    }
    let root = env::temp_dir().join(format!("safeconduct-crash-{}", process::id()));
    let (mut old, mut new) = (0, 0);
    let mut last_steps = Vec::new();
    for step in 1_u32.. {
        let folder = root.join(format!("{step}"));
        fs::create_dir_all(&folder).unwrap();
        let first = publisher(&folder, true);
        let before: Vec<Revocation> = (0..BEFORE).map(revocation).collect();
        assert!(first.record_all(&before, now()).unwrap().iter().all(LogAnswer::is_recorded));
        let bytes_before = fs::read(log_file(&folder)).unwrap();
        drop(first);

        let output = run_child(step, &folder);
        let said = String::from_utf8(output.stdout).unwrap();
        let steps: Vec<String> =
            said.lines().filter_map(|line| Some(line.split_once(MARK)?.1.into())).collect();
        let survived = said.contains(RECORDED);
        assert_eq!(survived, output.status.success(), "step {step}: {said}");
        assert_eq!(steps.len() as u32, if survived { step - 1 } else { step }, "{said}");

        // Whatever is there is whole, and has at least what was there before.
        let next = publisher(&folder, false);
        let is_old = fs::read(log_file(&folder)).unwrap() == bytes_before;
        let answers = next.record_all(&before, now()).unwrap();
        assert!(answers.iter().all(LogAnswer::was_already_out), "step {step}: a log-out was forgotten");
        let answer = next.record(&revocation(BEFORE), now()).unwrap();
        assert_eq!(answer.was_already_out(), !is_old, "step {step}");
        assert!(!(survived && is_old), "what was answered has to be there");
        // The leftover of the killed one has gone with the next write.
        let _ = next.record(&revocation(BEFORE + 1), now()).unwrap();
        let mut left: Vec<_> =
            fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, vec!["log", "log.lock"], "step {step}");
        if is_old {
            old += 1
        } else {
            new += 1
        }
        last_steps = steps;
        if survived {
            break;
        }
    }
    fs::remove_dir_all(&root).unwrap();
    let writes = last_steps.iter().filter(|step| *step == "Write").count();
    assert!(writes >= 3, "killed within the document, too: {last_steps:?}");
    last_steps.dedup();
    // In this order it also survives a power cut: the document is on the disk before its name is, and its name before anybody is answered.
    let order = ["Lock", "Clear", "Create", "Write", "SyncFile", "Rename", "SyncFolder", "Done"];
    assert_eq!(last_steps, order);
    // Old up to the rename, new after it.
    assert_eq!((old, new), (writes + 5, 3));
}

/// The test above can fail: a store that writes in place is caught by a kill within the document.
#[test]
fn a_document_that_was_cut_off_does_not_open() {
    let folder = env::temp_dir().join(format!("safeconduct-cut-{}", process::id()));
    fs::create_dir_all(&folder).unwrap();
    let store = FileStore::new(log_file(&folder));
    let _ = publisher(&folder, true);
    let (bytes, _) = store.get().unwrap().unwrap();
    let signer = SnapshotSigner::from_seed(&[1; 32]);
    let realm = Realm::generate(&[signer.public()], &mut Constant).unwrap();
    let settings = JournalSettings::new(&Policy::AAL1);
    for length in [0, PIECE.min(bytes.len() - 1), bytes.len() - 1] {
        fs::write(store.path(), &bytes[..length]).unwrap();
        let log = FileStore::new(store.path());
        let signer = SnapshotSigner::from_seed(&[1; 32]);
        let opened = Publisher::open(log, MemStore::new(), realm.clone(), settings, signer, &mut Constant);
        assert!(opened.is_err(), "{length} bytes");
    }
    fs::remove_dir_all(&folder).unwrap();
}
