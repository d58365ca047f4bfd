//! A log in a file that several processes write and others read.

mod common;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use std::{env, fs, process, thread};

use common::{Repeatable, at};
use safeconduct::{
    FileStore, FileStoreError, Journal, JournalSettings, LogAnswer, MemStore, Policy, Publisher, Put, Realm,
    Revocation, SessionId, SnapshotSigner, Store, Timestamp,
};

/// Orders of a child: its number, and the folder.
const CHILD: &str = "SAFECONDUCT_TEST_CHILD";
const FOLDER: &str = "SAFECONDUCT_TEST_FOLDER";
const PROCESSES: u64 = 8;
const EACH: u64 = 200;

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        Self::below(&env::temp_dir(), name)
    }

    /// In memory where there is such a place: a disk makes each update wait for it twice, which is most of a minute for thousands of them and shows nothing more.
    fn in_memory(name: &str) -> Self {
        let memory = Path::new("/dev/shm");
        if memory.is_dir() { Self::below(memory, name) } else { Self::new(name) }
    }

    fn below(parent: &Path, name: &str) -> Self {
        let folder = parent.join(format!("safeconduct-{name}-{}", process::id()));
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn store(&self) -> FileStore {
        FileStore::new(self.0.join("log"))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[allow(clippy::disallowed_methods)] // a test's orders to its own children
fn orders() -> Option<(u64, PathBuf)> {
    Some((env::var(CHILD).ok()?.parse().unwrap(), env::var_os(FOLDER)?.into()))
}

fn child(test: &str, number: u64, folder: &Path) -> Child {
    Command::new(env::current_exe().unwrap())
        .args([test, "--exact", "--nocapture", "--test-threads=1"])
        .env(CHILD, number.to_string())
        .env(FOLDER, folder)
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

fn signer() -> SnapshotSigner {
    SnapshotSigner::from_seed(&[1; 32])
}

fn realm() -> Realm {
    Realm::generate(&[signer().public()], &mut Repeatable(1)).unwrap()
}

fn settings() -> JournalSettings {
    JournalSettings::new(&Policy::AAL1)
}

fn create(store: FileStore) {
    let rng = &mut getrandom::SysRng;
    drop(Publisher::create(store, MemStore::new(), realm(), settings(), signer(), at(0), rng).unwrap());
}

fn open(store: FileStore) -> Publisher<FileStore, MemStore> {
    let rng = &mut getrandom::SysRng;
    Publisher::open(store, MemStore::new(), realm(), settings(), signer(), rng).unwrap()
}

fn of_session(number: u64) -> Revocation {
    let mut id = [0; 12];
    id[..8].copy_from_slice(&number.to_be_bytes());
    Revocation::operator_session(SessionId::from_bytes(id), Timestamp::MAX)
}

/// What was in the log before the update.
const BEFORE: u64 = 20;

/// Three processes in a row: one creates the log, one updates it, one looks. `.ci/crash` runs the same three, and has the kernel kill the second at every system call.
#[test]
fn a_log_goes_from_process_to_process() {
    let before: Vec<_> = (0..BEFORE).map(of_session).collect();
    match orders() {
        None => {
            let name = "a_log_goes_from_process_to_process";
            let folder = Folder::new("row");
            for number in 0..3 {
                assert!(child(name, number, &folder.0).wait().unwrap().success(), "process {number}");
            }
            let journal = Journal::read(&folder.store().get().unwrap().unwrap().0, &realm(), settings());
            assert_eq!(journal.unwrap().count() as u64, BEFORE + 1);
        }
        Some((0, folder)) => {
            create(FileStore::new(folder.join("log")));
            let answers = open(FileStore::new(folder.join("log"))).record_all(&before, at(0)).unwrap();
            assert!(answers.iter().all(LogAnswer::is_recorded));
        }
        Some((1, folder)) => {
            let answer = open(FileStore::new(folder.join("log"))).record(&of_session(BEFORE), at(0));
            assert!(answer.unwrap().is_recorded());
        }
        Some((_, folder)) => {
            let publisher = open(FileStore::new(folder.join("log")));
            let answers = publisher.record_all(&before, at(0)).unwrap();
            assert!(answers.iter().all(LogAnswer::was_already_out), "a log-out was forgotten");
            let is_there = publisher.record(&of_session(BEFORE), at(0)).unwrap().was_already_out();
            println!("the log is the {} one", if is_there { "new" } else { "old" });
            assert!(!folder.join("log.new").exists() || is_there, "the next writer clears it away");
        }
    }
}

#[test]
fn eight_processes_lose_nothing_and_readers_see_whole_documents() {
    if let Some((number, folder)) = orders() {
        let publisher = open(FileStore::new(folder.join("log")));
        for update in 0..EACH {
            let answer = publisher.record(&of_session(number * EACH + update), at(0)).unwrap();
            assert!(answer.is_recorded() && !answer.was_already_out());
        }
        return;
    }
    let name = "eight_processes_lose_nothing_and_readers_see_whole_documents";
    let folder = Folder::in_memory("processes");
    create(folder.store());
    let mut children: Vec<Child> = (0..PROCESSES).map(|number| child(name, number, &folder.0)).collect();
    // Meanwhile this process reads, and takes no lock.
    let (store, realm) = (folder.store(), realm());
    let (mut last, mut versions, mut reads) = (0, 0, 0_u32);
    while children.iter_mut().any(|child| child.try_wait().unwrap().is_none()) {
        let (bytes, _) = store.get().unwrap().unwrap();
        let journal = Journal::read(&bytes, &realm, settings()).expect("a torn or damaged document");
        assert!(journal.version() >= last, "a reader went back in time");
        versions += u32::from(journal.version() > last);
        last = journal.version();
        reads += 1;
        thread::sleep(Duration::from_millis(2));
    }
    for child in &mut children {
        assert!(child.wait().unwrap().success());
    }
    assert!(versions > 20, "{reads} reads saw {versions} versions: too few to mean anything");
    let journal = Journal::read(&store.get().unwrap().unwrap().0, &realm, settings()).unwrap();
    assert_eq!(journal.count() as u64, PROCESSES * EACH);
    assert_eq!(journal.version(), 1 + PROCESSES * EACH, "each was one compare-and-swap");
    let all: Vec<_> = (0..PROCESSES * EACH).map(of_session).collect();
    let answers = open(folder.store()).record_all(&all, at(0)).unwrap();
    assert!(answers.iter().all(LogAnswer::was_already_out));
}

/// Four threads count up to 200 together, each time from what is there.
fn count(count_up: impl Fn(&FileStore) -> bool + Sync) -> u64 {
    let folder = Folder::in_memory("counter");
    let store = folder.store();
    assert!(matches!(store.put_if(&0_u64.to_be_bytes(), None).unwrap(), Put::Stored(_)));
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..50).for_each(|_| while !count_up(&store) {}));
        }
    });
    number(&store.get().unwrap().unwrap().0)
}

fn number(bytes: &[u8]) -> u64 {
    u64::from_be_bytes(bytes.try_into().unwrap())
}

#[test]
fn threads_that_compare_and_swap_lose_nothing() {
    let counted = count(|store| {
        let (bytes, version) = store.get().unwrap().unwrap();
        let next = number(&bytes) + 1;
        matches!(store.put_if(&next.to_be_bytes(), Some(&version)).unwrap(), Put::Stored(_))
    });
    assert_eq!(counted, 200);
    // The control: a look followed by a write that expects whatever is there by then.
    let counted = count(|store| {
        let next = number(&store.get().unwrap().unwrap().0) + 1;
        thread::yield_now();
        let (_, version) = store.get().unwrap().unwrap();
        matches!(store.put_if(&next.to_be_bytes(), Some(&version)).unwrap(), Put::Stored(_))
    });
    assert!(counted < 200, "writing blindly has to lose something");
}

#[test]
fn what_is_expected_has_to_be_there() {
    let folder = Folder::new("expected");
    let store = folder.store();
    assert!(store.get().unwrap().is_none());
    let Put::Stored(one) = store.put_if(b"one", None).unwrap() else { panic!("it was empty") };
    assert_eq!(store.put_if(b"other", None).unwrap(), Put::Conflict);
    let Put::Stored(two) = store.put_if(b"two", Some(&one)).unwrap() else { panic!("it was there") };
    assert_eq!(store.put_if(b"three", Some(&one)).unwrap(), Put::Conflict);
    assert_eq!(store.get().unwrap().unwrap(), (b"two".to_vec(), two.clone()));
    fs::remove_file(store.path()).unwrap();
    assert_eq!(store.put_if(b"three", Some(&two)).unwrap(), Put::Conflict);
}

#[test]
fn nothing_too_long_is_read_or_written() {
    let folder = Folder::new("long");
    let store = folder.store().at_most(4);
    let Put::Stored(version) = store.put_if(b"four", None).unwrap() else { panic!("it was empty") };
    let too_long = |error| matches!(error, FileStoreError::TooLong { most_bytes: 4, .. });
    assert!(too_long(store.put_if(b"fives", Some(&version)).unwrap_err()));
    assert_eq!(store.get().unwrap().unwrap().0, b"four");
    // A file of a terabyte that takes no room: reading it all would end the process.
    let file = fs::OpenOptions::new().write(true).open(store.path()).unwrap();
    file.set_len(1 << 40).unwrap();
    assert!(too_long(store.get().unwrap_err()));
    assert!(too_long(store.put_if(b"four", Some(&version)).unwrap_err()));
}

#[test]
fn a_folder_that_is_not_there_is_an_error_and_no_empty_log() {
    let store = FileStore::new(env::temp_dir().join("safeconduct-no-such-folder").join("log"));
    assert!(matches!(store.get(), Err(FileStoreError::Io { action: "open", .. })));
    let error = store.put_if(b"one", None).unwrap_err();
    assert!(matches!(error, FileStoreError::Io { action: "lock", .. }), "{error}");
    // A folder in its place cannot be read.
    let folder = Folder::new("folder");
    fs::create_dir(folder.0.join("log")).unwrap();
    assert!(folder.store().get().is_err() && folder.store().put_if(b"one", None).is_err());
}

#[cfg(unix)]
#[test]
fn new_files_are_private_and_a_mode_that_was_given_stays() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new("mode");
    let store = folder.store();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let Put::Stored(version) = store.put_if(b"one", None).unwrap() else { panic!("it was empty") };
    assert_eq!(mode(store.path()), 0o600);
    assert_eq!(mode(&folder.0.join("log.lock")), 0o600);
    fs::set_permissions(store.path(), fs::Permissions::from_mode(0o644)).unwrap();
    assert!(matches!(store.put_if(b"two", Some(&version)).unwrap(), Put::Stored(_)));
    assert_eq!(mode(store.path()), 0o644);
}

#[cfg(unix)]
#[test]
fn a_symbolic_link_is_read_and_not_replaced() {
    let folder = Folder::new("link");
    let real = FileStore::new(folder.0.join("real"));
    let Put::Stored(version) = real.put_if(b"one", None).unwrap() else { panic!("it was empty") };
    std::os::unix::fs::symlink(real.path(), folder.0.join("log")).unwrap();
    let link = folder.store();
    assert_eq!(link.get().unwrap().unwrap().0, b"one");
    let error = link.put_if(b"two", Some(&version)).unwrap_err();
    assert!(matches!(error, FileStoreError::NotAFile { .. }), "{error}");
    assert_eq!(real.get().unwrap().unwrap().0, b"one");
    // A link in the place of the third file is cleared away, and what it leads to is left alone.
    fs::write(folder.0.join("precious"), b"mine").unwrap();
    std::os::unix::fs::symlink(folder.0.join("precious"), folder.0.join("real.new")).unwrap();
    assert!(matches!(real.put_if(b"two", Some(&version)).unwrap(), Put::Stored(_)));
    assert_eq!(fs::read(folder.0.join("precious")).unwrap(), b"mine");
}
