//! What a version of the log says about itself: never merged, written by compare-and-swap alone.

use alloc::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use super::header::MAX_VERSION;
use super::{JournalError, JournalSettings};
use crate::values::{Seconds, Timestamp};

/// The beginning of the SHA-256 of a signed document: enough to recognize one's own.
pub(crate) type Digest = [u8; 8];

/// How many ancestors a version names.
const ANCESTORS: usize = 16;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Envelope {
    pub(super) lineage: [u8; 8],
    pub(super) version: u64,
    pub(super) issued_at: u64,
    pub(super) complete_to: u64,
    /// The greatest `issued_at + staleness bound` of all versions so far: after it nothing is minted on a version before this one, of this region or of one that waits for it.
    pub(super) mint_until: u64,
    /// The longest token that the settings want.
    pub(super) wanted_token: u32,
    /// The longest token that rows are kept for: longer than the wanted one until the last of the longer ones is over.
    pub(super) kept_token: u32,
    /// Where the two differ: until when that is so.
    pub(super) kept_token_until: u64,
    /// The greatest `mint_until` of a row that was dropped as dead.
    pub(super) dropped_mint_until: u64,
    pub(super) staleness_bound: u32,
    pub(super) validity: u32,
    pub(super) min_ring_version: u64,
    /// Other regions, and how far their logs hold what they have accepted themselves: their `issued_at`.
    pub(super) peers: BTreeMap<[u8; 8], u64>,
    /// The last versions before this one, the newest first: by these a publisher whose reply was lost sees that it had got through.
    pub(super) history: VecDeque<Digest>,
    /// Drawn at random by each publisher. Without it, two publishers that record the same at the same moment would write the same bytes, and each take the other's
    /// version for its own.
    pub(super) writer: [u8; 8],
}

impl Envelope {
    pub(super) fn new(lineage: [u8; 8], version: u64) -> Self {
        Self {
            lineage,
            version,
            issued_at: 0,
            complete_to: 0,
            mint_until: 0,
            wanted_token: 0,
            kept_token: 0,
            kept_token_until: 0,
            dropped_mint_until: 0,
            staleness_bound: 0,
            validity: 0,
            min_ring_version: 0,
            peers: BTreeMap::new(),
            history: VecDeque::new(),
            writer: [0; 8],
        }
    }

    /// Becomes the next version at `now` (REV-20 to REV-22).
    pub(super) fn next(
        &mut self,
        now: Timestamp,
        settings: &JournalSettings,
        parent: Option<Digest>,
    ) -> Result<(), JournalError> {
        let horizon = self.issued_at.saturating_add(u64::from(settings.longest_pause.get()));
        if self.issued_at > 0 && now.as_unix() > horizon {
            return Err(JournalError::Clock);
        }
        let version = self.version.checked_add(1).filter(|version| *version <= MAX_VERSION);
        self.version = version.ok_or(JournalError::Version)?;
        self.issued_at = self.issued_at.max(self.complete_to).max(now.as_unix());
        let heard_of_all = self.peers.values().copied().min().unwrap_or(u64::MAX);
        self.complete_to = self.complete_to.max(self.issued_at.min(heard_of_all));
        self.staleness_bound = settings.staleness_bound.get();
        self.validity = settings.validity.get();
        let bound = u64::from(self.staleness_bound);
        self.mint_until = self.mint_until.max(self.issued_at.saturating_add(bound));
        self.change_longest_token(settings.longest_token.get());
        if let Some(parent) = parent {
            self.history.push_front(parent);
            self.history.truncate(ANCESTORS);
        }
        Ok(())
    }

    /// Rows are kept for a longer token at once. For a shorter one they are when the last of the longer ones is over.
    fn change_longest_token(&mut self, wanted: u32) {
        if wanted < self.wanted_token {
            let last = self.mint_until.saturating_add(u64::from(self.kept_token));
            self.kept_token_until = self.kept_token_until.max(last);
        }
        self.wanted_token = wanted;
        if wanted >= self.kept_token || self.complete_to >= self.kept_token_until {
            self.kept_token = wanted;
        }
    }

    /// Notes that a row with this `mint_until` is no longer there.
    pub(super) fn note_dropped(&mut self, mint_until: Timestamp) {
        self.dropped_mint_until = self.dropped_mint_until.max(mint_until.as_unix());
    }

    /// Notes how far another region is. Whether that is news.
    pub(super) fn hear_of(&mut self, other: &Self) -> bool {
        let before = self.clone();
        let watermark = self.peers.entry(other.lineage).or_default();
        *watermark = (*watermark).max(other.issued_at);
        // Who waits for everybody that we wait for, and for us, may have dropped what we never had: then it is over for us as well.
        let waits_for = |lineage: &[u8; 8]| *lineage == other.lineage || other.peers.contains_key(lineage);
        if waits_for(&self.lineage) && self.peers.keys().all(waits_for) {
            self.complete_to = self.complete_to.max(other.complete_to);
            self.dropped_mint_until = self.dropped_mint_until.max(other.dropped_mint_until);
        }
        self.min_ring_version = self.min_ring_version.max(other.min_ring_version);
        self.mint_until = self.mint_until.max(other.mint_until);
        (&before.peers, before.complete_to, before.min_ring_version, before.mint_until)
            != (&self.peers, self.complete_to, self.min_ring_version, self.mint_until)
    }

    /// Whether rows of another log die by the same rule.
    pub(super) fn keeps_like(&self, other: &Self) -> bool {
        (self.wanted_token, self.staleness_bound) == (other.wanted_token, other.staleness_bound)
    }

    pub(super) fn issued_at(&self) -> Timestamp {
        moment(self.issued_at)
    }

    pub(super) fn complete_to(&self) -> Timestamp {
        moment(self.complete_to)
    }

    pub(super) fn not_after(&self) -> Timestamp {
        moment(self.issued_at).saturating_add(Seconds::new(self.validity))
    }

    pub(super) fn mint_until(&self) -> Timestamp {
        moment(self.mint_until)
    }

    /// The longest token that may be minted.
    pub(super) fn token_life(&self) -> Seconds {
        Seconds::new(self.wanted_token).min(self.longest_token())
    }

    /// The longest token that may be accepted: whatever was dropped so far would be dead for it, too (REV-22).
    pub(super) fn longest_token(&self) -> Seconds {
        let since_dropped = self.complete_to.saturating_sub(self.dropped_mint_until);
        Seconds::new(self.kept_token.min(u32::try_from(since_dropped).unwrap_or(u32::MAX)))
    }

    /// The longest token that rows are kept for.
    pub(super) fn kept_token(&self) -> Seconds {
        Seconds::new(self.kept_token)
    }

    pub(super) fn validity(&self) -> Seconds {
        Seconds::new(self.validity)
    }

    pub(super) fn staleness_bound(&self) -> Seconds {
        Seconds::new(self.staleness_bound)
    }
}

fn moment(unix: u64) -> Timestamp {
    Timestamp::from_unix(unix).unwrap_or(Timestamp::MAX)
}
