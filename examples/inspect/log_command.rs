//! The revocation log by hand: creating it, recording in it, publishing what it holds.

use std::process::ExitCode;

use safeconduct::inspect::Moment;
use safeconduct::{
    FileStore, Journal, JournalError, JournalSettings, Publication, PublicationKind, PublishError, Publisher,
    Realm, Ring, Seconds, SnapshotSigner, Store as _, Timestamp, Verifying,
};
use serde::Serialize;

use crate::arguments::Arguments;
use crate::log_targets::{self, Row};
use crate::paint::Paint;
use crate::values::typed;
use crate::{clock, key_files, log_print, moment, print_json, ring_file, snapshot_file, write};

/// What was done. Field names are part of the JSON form.
#[derive(Serialize)]
pub struct Outcome {
    pub action: &'static str,
    pub at: Moment,
    pub log: LogView,
    pub revoked: Vec<Row>,
    pub published: Option<Published>,
    /// What is left to do: for people.
    pub to_do: Vec<Step>,
    #[serde(skip)]
    pub created: bool,
    #[serde(skip)]
    pub settings: JournalSettings,
    #[serde(skip)]
    pub asked_for_moment: bool,
}

/// Something left to do. Field names are part of the JSON form.
#[derive(Serialize)]
pub struct Step {
    pub message: String,
    /// The command that does it, ready to be typed.
    pub command: Option<String>,
}

impl Step {
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), command: None }
    }

    pub fn with(mut self, command: String) -> Self {
        self.command = Some(command);
        self
    }
}

/// The log afterwards. Durations are seconds.
#[derive(Serialize)]
pub struct LogView {
    pub file: String,
    pub realm_id: String,
    pub version: u64,
    pub issued_at: Moment,
    pub complete_to: Moment,
    /// Sessions, tokens and subjects in it.
    pub entries: usize,
}

#[derive(Serialize)]
pub struct Published {
    pub file: String,
    /// Whether the file was written: it was not if it holds all this already and is fresh enough.
    pub written: bool,
    pub version: u64,
    pub not_after: Moment,
    pub next: Moment,
}

type FilePublisher = Publisher<FileStore, FileStore>;

/// A log that is there, and who may write to it.
pub struct Opened {
    publisher: FilePublisher,
    pub journal: Journal,
    pub ring: Ring<Verifying>,
    realm: Realm,
    settings: JournalSettings,
    pub file: String,
    snapshot: Option<String>,
}

/// `inspect new-log FILE`
pub fn create(path: &str, arguments: &Arguments) -> Result<ExitCode, String> {
    let now = moment(arguments)?;
    let ring =
        ring_file::read_verifying(arguments)?.ok_or("--ring @FILE is needed: the log is of its realm")?;
    let signer = signer(arguments)?;
    let own = |realm: &&Realm| realm.signers().any(|known| known == signer.public());
    let mut own = ring.realms().filter(own);
    let realm = match (own.next(), own.next()) {
        (Some(realm), None) => realm.clone(),
        // The one that was added last: the log of the other is there already.
        (Some(_), Some(realm)) => realm.clone(),
        (None, _) if ring.realms().next().is_none() => {
            return Err("the ring has no realm (see new-ring --realm)".into());
        }
        (None, _) => return Err("this signer is none of the ring's realm".into()),
    };
    let options = &arguments.log;
    let mut settings = JournalSettings::new(&arguments.policy);
    settings = options.validity.map_or(settings, |validity| settings.validity(validity));
    settings = options.staleness.map_or(settings, |bound| settings.staleness_bound(bound));
    if options.validity.is_some_and(|validity| validity < Seconds::new(60)) {
        return Err("--validity: below a minute nodes refuse everybody at the first hiccup".into());
    }
    let publisher = Publisher::create(
        FileStore::new(path),
        nowhere(path),
        realm.clone(),
        settings,
        signer,
        now,
        &mut getrandom::SysRng,
    )
    .map_err(|why| match why {
        PublishError::AlreadyThere => "the new file: it exists, and no log is created over another".into(),
        why => format!("the new file: {why}"),
    })?;
    let journal = publisher.journal().map_err(failed)?;
    let (file, ring_source) = (typed(path), typed(arguments.ring.as_deref().unwrap_or_default()));
    let mut to_do = vec![
        Step::new("publish a first snapshot, and let it be done again before that one is over")
            .with(format!("inspect publish --log {file} --ring {ring_source} --snapshot NEW")),
        Step::new(
            "if there was a log before this one and it is lost, it is forgotten who was out: revoke everyone",
        )
        .with(format!("inspect revoke --log {file} --ring {ring_source} --everyone")),
    ];
    if ring.realms().count() > 1 {
        to_do.push(Step::new(
            "the ring has two realms: whatever is revoked has to be recorded in the logs of both",
        ));
    }
    tell(
        arguments,
        &Outcome {
            log: view(path, &realm, &journal),
            created: true,
            to_do,
            ..Outcome::of(now, settings, arguments, &journal, path, &realm)
        },
    )?;
    Ok(ExitCode::SUCCESS)
}

/// `inspect revoke`
pub fn revoke(arguments: &Arguments) -> Result<ExitCode, String> {
    let now = moment(arguments)?;
    let opened = Opened::of(arguments, now)?;
    let targets = match log_targets::of(arguments, &opened, now)? {
        Ok(targets) => targets,
        // A token that is not good enough even to leave with.
        Err(refused) => {
            eprintln!("inspect: nothing was recorded: {refused}");
            return Ok(ExitCode::FAILURE);
        }
    };
    opened.check_moment(now)?;
    let revocations: Vec<_> = targets.rows.iter().map(|(_, revocation)| revocation.clone()).collect();
    let answers = opened.publisher.record_all(&revocations, now).map_err(failed)?;
    let mut rows: Vec<Row> = targets.rows.into_iter().map(|(row, _)| row).collect();
    rows.iter_mut().zip(&answers).for_each(|(row, answer)| row.answer(answer));
    let (published, unpublished) = match opened.publish(now) {
        Ok(published) => (published, None),
        // What is recorded is recorded, and has to be told.
        Err(why) => (None, Some(why)),
    };
    let to_do = log_targets::to_do(&rows, targets.to_do, now, arguments, &opened);
    let all_recorded = rows.iter().all(|row| row.recorded);
    let outcome = opened.outcome(now, arguments, rows, published, to_do)?;
    tell(arguments, &outcome)?;
    if let Some(why) = unpublished {
        return Err(format!("what is said above is in the log, but {why}; `inspect publish` tries again"));
    }
    Ok(if all_recorded { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// `inspect publish`
pub fn publish(arguments: &Arguments) -> Result<ExitCode, String> {
    let now = moment(arguments)?;
    if arguments.log.snapshot.is_none() {
        return Err("--snapshot FILE is needed: where nodes fetch it".into());
    }
    let opened = Opened::of(arguments, now)?;
    opened.check_moment(now)?;
    let published = opened.publish(now)?;
    tell(arguments, &opened.outcome(now, arguments, Vec::new(), published, Vec::new())?)?;
    Ok(ExitCode::SUCCESS)
}

impl Opened {
    fn of(arguments: &Arguments, now: Timestamp) -> Result<Self, String> {
        let options = &arguments.log;
        let file = options.log.clone().ok_or("--log FILE is needed (see new-log)")?;
        let ring =
            ring_file::read_verifying(arguments)?.ok_or("--ring @FILE is needed: the log is of its realm")?;
        let signer = signer(arguments)?;
        if let Some(path) = &options.snapshot {
            snapshot_file::may_be_replaced("the snapshot", path)?;
        }
        let stored = FileStore::new(&file).get().map_err(|why| format!("--log: {why}"))?;
        let (bytes, _) =
            stored.ok_or("--log: there is no such file; `inspect new-log` makes a new log, once")?;
        let usual = JournalSettings::new(&arguments.policy);
        let (realm, journal) = read(&bytes, &ring, usual)?;
        // What the service does, and not what this program would.
        let probes = options.snapshot.as_deref().and_then(|path| snapshot_file::probes_of(path, now));
        let settings = match options.probes.or(probes) {
            Some(probes) => journal.recorded_settings().probes(probes),
            None => journal.recorded_settings(),
        };
        let snapshots = options.snapshot.as_ref().map_or_else(|| nowhere(&file), FileStore::new);
        let publisher = Publisher::open(
            FileStore::new(&file),
            snapshots,
            realm.clone(),
            settings,
            signer,
            &mut getrandom::SysRng,
        )
        .map_err(|why| match why {
            PublishError::Journal(JournalError::NotASigner) => {
                "--signer: it is none of the signers that the ring names for this log".into()
            }
            why => failed(why),
        })?;
        Ok(Self { publisher, journal, ring, realm, settings, file, snapshot: options.snapshot.clone() })
    }

    /// A log never goes back, and what is signed for a moment to come is refused by nodes until their clocks get there. So `--at` may be ahead of the clock and of the log
    /// by no more than is between two versions anyway.
    fn check_moment(&self, now: Timestamp) -> Result<(), String> {
        let latest = clock()?.max(self.journal.issued_at());
        if now <= latest.saturating_add(Seconds::minutes(15)) {
            return Ok(());
        }
        Err("--at lies ahead: nodes would refuse what is signed then until their clocks get there, and a log never goes back".into())
    }

    /// Publishes, if it was said where.
    fn publish(&self, now: Timestamp) -> Result<Option<Published>, String> {
        let Some(file) = &self.snapshot else { return Ok(None) };
        let done: Publication =
            self.publisher.publish(now).map_err(|why| format!("nothing was published: {}", failed(why)))?;
        Ok(Some(Published {
            file: file.clone(),
            written: done.kind() != PublicationKind::Nothing,
            version: done.version(),
            not_after: Moment(done.not_after()),
            next: Moment(done.next()),
        }))
    }

    fn outcome(
        &self,
        now: Timestamp,
        arguments: &Arguments,
        revoked: Vec<Row>,
        published: Option<Published>,
        to_do: Vec<Step>,
    ) -> Result<Outcome, String> {
        let journal = self.publisher.journal().map_err(failed)?;
        let bare = Outcome::of(now, self.settings, arguments, &journal, &self.file, &self.realm);
        Ok(Outcome { revoked, published, to_do, ..bare })
    }
}

impl Outcome {
    fn of(
        now: Timestamp,
        settings: JournalSettings,
        arguments: &Arguments,
        journal: &Journal,
        file: &str,
        realm: &Realm,
    ) -> Self {
        Self {
            action: "safeconduct-log-action/1",
            at: Moment(now),
            log: view(file, realm, journal),
            revoked: Vec::new(),
            published: None,
            to_do: Vec::new(),
            created: false,
            settings,
            asked_for_moment: arguments.at.is_some(),
        }
    }
}

/// The log of one of the ring's realms.
fn read(bytes: &[u8], ring: &Ring<Verifying>, settings: JournalSettings) -> Result<(Realm, Journal), String> {
    let mut last = JournalError::OtherRealm;
    for realm in ring.realms() {
        match Journal::read(bytes, realm, settings) {
            Ok(journal) => return Ok((realm.clone(), journal)),
            Err(JournalError::OtherRealm) => {}
            Err(why) => last = why,
        }
    }
    Err(match last {
        JournalError::OtherRealm => "--log: it is the log of none of the ring's realms".into(),
        why => format!("--log: {why}; put back a good copy, and do not begin a new one in its place"),
    })
}

fn view(file: &str, realm: &Realm, journal: &Journal) -> LogView {
    LogView {
        file: file.to_owned(),
        realm_id: realm.id().to_string(),
        version: journal.version(),
        issued_at: Moment(journal.issued_at()),
        complete_to: Moment(journal.complete_to()),
        entries: journal.count(),
    }
}

/// The signer of `--signer`, or the one that `new-ring` put beside the ring.
fn signer(arguments: &Arguments) -> Result<SnapshotSigner, String> {
    let beside =
        arguments.ring.as_ref().filter(|ring| ring.starts_with('@')).map(|ring| format!("{ring}.signer"));
    let source = arguments.log.signer.clone().or(beside);
    key_files::signer(source.as_deref())
}

/// Where nothing is published, nothing is touched.
fn nowhere(log: &str) -> FileStore {
    FileStore::new(format!("{log}.unpublished"))
}

/// What went wrong, and what to do.
fn failed(why: PublishError) -> String {
    let advice = match &why {
        PublishError::WentBack { .. } => {
            "put the later log back; if it is lost, move this one away, make a new one and revoke everyone"
        }
        PublishError::BelowFloor { .. } => "put the latest log back: the ring knows of a later one",
        PublishError::Journal(JournalError::BadSignature | JournalError::Damaged) => {
            "put a good copy back, and do not begin a new one in its place"
        }
        PublishError::Contended => "try again",
        _ => return why.to_string(),
    };
    format!("{why}; {advice}")
}

fn tell(arguments: &Arguments, outcome: &Outcome) -> Result<(), String> {
    if arguments.json {
        return print_json(outcome);
    }
    let mut out = String::new();
    log_print::outcome(&mut out, outcome, Paint::for_stdout());
    write(&out)
}
