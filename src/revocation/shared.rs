//! Revocation data behind references, boxes and locks, and two data asked as one.

use super::{Answer, Facts, Grounds, Revocations};
use crate::values::{Subject, Timestamp};

#[cfg(feature = "std")]
use super::{LogAnswer, Revocation, RevocationLog};

macro_rules! forward {
    ($($kind:ty),*) => {$(
        impl<V: Revocations + ?Sized> Revocations for $kind {
            fn check(&self, facts: &Facts<'_>, now: Timestamp) -> Answer {
                (**self).check(facts, now)
            }

            fn check_however_old(&self, facts: &Facts<'_>, now: Timestamp) -> Answer {
                (**self).check_however_old(facts, now)
            }

            fn cut_off(&self, subject: &Subject) -> Option<Timestamp> {
                (**self).cut_off(subject)
            }

            fn grounds(&self, facts: &Facts<'_>, now: Timestamp) -> Option<Grounds> {
                (**self).grounds(facts, now)
            }
        }
    )*};
}

forward!(&V);
#[cfg(feature = "alloc")]
forward!(alloc::sync::Arc<V>, alloc::boxed::Box<V>);

/// For lists that change while verifiers read them. A poisoned lock refuses.
#[cfg(feature = "std")]
impl<L: RevocationLog> RevocationLog for &std::sync::RwLock<L> {
    fn record(&mut self, revocation: &Revocation, now: Timestamp) -> LogAnswer {
        match self.write() {
            Ok(mut log) => log.record(revocation, now),
            Err(_) => LogAnswer::refused(revocation),
        }
    }
}

/// As for `&RwLock`.
#[cfg(feature = "std")]
impl<L: RevocationLog> RevocationLog for alloc::sync::Arc<std::sync::RwLock<L>> {
    fn record(&mut self, revocation: &Revocation, now: Timestamp) -> LogAnswer {
        (&**self).record(revocation, now)
    }
}

/// For lists that change while verifiers read them. A poisoned lock answers [`Answer::Damaged`].
#[cfg(feature = "std")]
impl<V: Revocations> Revocations for std::sync::RwLock<V> {
    fn check(&self, facts: &Facts<'_>, now: Timestamp) -> Answer {
        self.read().map_or(Answer::Damaged, |list| list.check(facts, now))
    }

    fn check_however_old(&self, facts: &Facts<'_>, now: Timestamp) -> Answer {
        self.read().map_or(Answer::Damaged, |list| list.check_however_old(facts, now))
    }

    fn cut_off(&self, subject: &Subject) -> Option<Timestamp> {
        self.read().ok()?.cut_off(subject)
    }

    fn grounds(&self, facts: &Facts<'_>, now: Timestamp) -> Option<Grounds> {
        self.read().ok()?.grounds(facts, now)
    }
}

/// None yet: stale.
impl<V: Revocations> Revocations for Option<V> {
    fn check(&self, facts: &Facts<'_>, now: Timestamp) -> Answer {
        self.as_ref().map_or(Answer::Stale, |data| data.check(facts, now))
    }

    fn check_however_old(&self, facts: &Facts<'_>, now: Timestamp) -> Answer {
        self.as_ref().map_or(Answer::Stale, |data| data.check_however_old(facts, now))
    }

    fn cut_off(&self, subject: &Subject) -> Option<Timestamp> {
        self.as_ref()?.cut_off(subject)
    }

    fn grounds(&self, facts: &Facts<'_>, now: Timestamp) -> Option<Grounds> {
        self.as_ref()?.grounds(facts, now)
    }
}

/// Both are asked, and either may refuse: two realms while the filter key is rotated.
impl<A: Revocations, B: Revocations> Revocations for (A, B) {
    fn check(&self, facts: &Facts<'_>, now: Timestamp) -> Answer {
        self.0.check(facts, now).and(self.1.check(facts, now))
    }

    fn check_however_old(&self, facts: &Facts<'_>, now: Timestamp) -> Answer {
        self.0.check_however_old(facts, now).and(self.1.check_however_old(facts, now))
    }

    fn cut_off(&self, subject: &Subject) -> Option<Timestamp> {
        self.0.cut_off(subject).max(self.1.cut_off(subject))
    }

    fn grounds(&self, facts: &Facts<'_>, now: Timestamp) -> Option<Grounds> {
        let answers = (self.0.check(facts, now), self.1.check(facts, now));
        let grounds = (self.0.grounds(facts, now), self.1.grounds(facts, now));
        match answers.0.and(answers.1) {
            Answer::Clear(_) => match grounds {
                (Some(one), Some(other)) => Some(one.or_older(other)),
                (one, other) => one.or(other),
            },
            // Of data that are missing there is nothing to tell, but of the others.
            Answer::Stale if answers.0 == Answer::Stale => grounds.0.or(grounds.1),
            Answer::Stale => grounds.1.or(grounds.0),
            decided if decided == answers.0 => grounds.0,
            _ => grounds.1,
        }
    }
}

impl Answer {
    /// Of two data that were both asked: what either has against the token; the widest scope, if both have.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Clear(one), Self::Clear(other)) => Self::Clear(one.and(other)),
            (Self::TooLong(one), Self::TooLong(other)) => Self::TooLong(one.min(other)),
            // A new one has to suit both.
            (Self::TooLong(longest), Self::Clear(other)) | (Self::Clear(other), Self::TooLong(longest)) => {
                Self::TooLong(longest.min(other.longest_new_token()))
            }
            (Self::Revoked(one), Self::Revoked(other)) => Self::Revoked(one.min(other)),
            (one, other) if one.weight() >= other.weight() => one,
            (_, other) => other,
        }
    }

    const fn weight(self) -> u8 {
        match self {
            Self::Revoked(_) => 5,
            Self::Superseded => 4,
            Self::Damaged => 3,
            Self::Stale => 2,
            Self::TooLong(_) => 1,
            Self::Clear(_) => 0,
        }
    }
}
