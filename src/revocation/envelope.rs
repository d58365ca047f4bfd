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
    /// The greatest `complete_to + staleness bound` of all versions so far: after it nothing is minted on a version before this one.
    pub(super) mint_until: u64,
    /// The longest token that may be minted.
    pub(super) token_life: u32,
    /// The longest token that may still be about.
    pub(super) longest_token: u32,
    /// Where the two differ: until when that is so.
    pub(super) longest_kept_until: u64,
    pub(super) staleness_bound: u32,
    pub(super) validity: u32,
    pub(super) min_ring_version: u64,
    /// Other regions and what their logs were complete to.
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
            token_life: 0,
            longest_token: 0,
            longest_kept_until: 0,
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
        let version = self.version.checked_add(1).filter(|version| *version <= MAX_VERSION);
        self.version = version.ok_or(JournalError::Version)?;
        let now = now.as_unix();
        self.issued_at = self.issued_at.max(now);
        let heard_of_all = self.peers.values().copied().min().unwrap_or(now);
        self.complete_to = self.complete_to.max(now.min(heard_of_all));
        self.staleness_bound = settings.staleness_bound.get();
        self.validity = settings.validity.get();
        let bound = u64::from(self.staleness_bound);
        self.mint_until = self.mint_until.max(self.complete_to.saturating_add(bound));
        self.change_longest_token(settings.longest_token.get());
        if let Some(parent) = parent {
            self.history.push_front(parent);
            self.history.truncate(ANCESTORS);
        }
        Ok(())
    }

    /// A longer token counts at once. A shorter one is minted at once, and the longer one is reckoned with until the last of them is over.
    fn change_longest_token(&mut self, wanted: u32) {
        if wanted < self.token_life {
            let last = self.mint_until.saturating_add(u64::from(self.longest_token));
            self.longest_kept_until = self.longest_kept_until.max(last);
        }
        self.token_life = wanted;
        if wanted >= self.longest_token || self.complete_to >= self.longest_kept_until {
            self.longest_token = wanted;
        }
    }

    /// Notes how far another region is. Whether that is news.
    pub(super) fn hear_of(&mut self, other: &Self) -> bool {
        let before = (self.peers.get(&other.lineage).copied(), self.min_ring_version, self.mint_until);
        let watermark = self.peers.entry(other.lineage).or_default();
        *watermark = (*watermark).max(other.complete_to);
        self.min_ring_version = self.min_ring_version.max(other.min_ring_version);
        self.mint_until = self.mint_until.max(other.mint_until);
        before != (self.peers.get(&other.lineage).copied(), self.min_ring_version, self.mint_until)
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

    pub(super) fn token_life(&self) -> Seconds {
        Seconds::new(self.token_life)
    }

    pub(super) fn longest_token(&self) -> Seconds {
        Seconds::new(self.longest_token)
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
