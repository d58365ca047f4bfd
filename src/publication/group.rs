//! Many threads, one write: whoever comes first writes for all who wait.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Gathers what threads hand in while one of them, the leader, is writing; the next leader writes all of that at once.
pub(super) struct Group<Item, Outcome> {
    desk: Mutex<Desk<Item, Outcome>>,
    called: Condvar,
}

struct Desk<Item, Outcome> {
    next_ticket: u64,
    /// In the order of the tickets.
    waiting: Vec<(u64, Item)>,
    done: BTreeMap<u64, Outcome>,
    has_leader: bool,
}

impl<Item, Outcome> Group<Item, Outcome> {
    pub(super) const fn new() -> Self {
        let desk = Desk { next_ticket: 0, waiting: Vec::new(), done: BTreeMap::new(), has_leader: false };
        Self { desk: Mutex::new(desk), called: Condvar::new() }
    }

    /// Hands in an item and waits for what comes out. `write` is called by the leader for all items at once, without any lock held, and returns as many outcomes. Where
    /// it returns fewer, or panics, the outcome is `abandoned`.
    pub(super) fn hand_in(
        &self,
        item: Item,
        write: impl FnOnce(&[Item]) -> Vec<Outcome>,
        abandoned: impl Fn() -> Outcome,
    ) -> Outcome {
        let mut desk = self.desk();
        let ticket = desk.next_ticket;
        desk.next_ticket = ticket.wrapping_add(1);
        desk.waiting.push((ticket, item));
        loop {
            if let Some(outcome) = desk.done.remove(&ticket) {
                return outcome;
            }
            if !desk.has_leader {
                break;
            }
            desk = self.called.wait(desk).unwrap_or_else(PoisonError::into_inner);
        }
        // Nobody has taken this item along, so it is among those that wait.
        desk.has_leader = true;
        let (tickets, items): (Vec<u64>, Vec<Item>) = core::mem::take(&mut desk.waiting).into_iter().unzip();
        drop(desk);
        let mut lead =
            Lead { group: self, own: ticket, tickets, outcomes: Vec::new(), abandoned: &abandoned };
        lead.outcomes = write(&items);
        drop(lead);
        self.desk().done.remove(&ticket).unwrap_or_else(abandoned)
    }

    fn desk(&self) -> MutexGuard<'_, Desk<Item, Outcome>> {
        // No code of others runs under this lock.
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The leader's duty: whatever happens to it, those who wait hear of it.
struct Lead<'g, Item, Outcome> {
    group: &'g Group<Item, Outcome>,
    own: u64,
    tickets: Vec<u64>,
    outcomes: Vec<Outcome>,
    abandoned: &'g dyn Fn() -> Outcome,
}

impl<Item, Outcome> Drop for Lead<'_, Item, Outcome> {
    fn drop(&mut self) {
        let panicking = std::thread::panicking();
        let mut outcomes = core::mem::take(&mut self.outcomes).into_iter();
        let mut desk = self.group.desk();
        for ticket in &self.tickets {
            let outcome = outcomes.next().unwrap_or_else(self.abandoned);
            // Nobody comes for the outcome of a thread that unwinds.
            if !(panicking && *ticket == self.own) {
                desk.done.insert(*ticket, outcome);
            }
        }
        desk.has_leader = false;
        drop(desk);
        self.group.called.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::Group;
    use alloc::sync::Arc;
    use alloc::vec::Vec;
    use core::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::Barrier;
    use std::thread;

    /// The first leader writes only once seven others wait, so they must share the second write.
    #[test]
    fn those_who_wait_share_one_write() {
        let group = Arc::new(Group::<u32, u32>::new());
        let writes = Arc::new(AtomicUsize::new(0));
        let led = Arc::new(Barrier::new(2));
        let double = |items: &[u32]| -> Vec<u32> { items.iter().map(|item| item * 2).collect() };
        let first = thread::spawn({
            let (group, writes, led) = (group.clone(), writes.clone(), led.clone());
            move || {
                let write = |items: &[u32]| {
                    led.wait();
                    while group.desk().waiting.len() < 7 {
                        thread::yield_now();
                    }
                    writes.fetch_add(1, Ordering::SeqCst);
                    double(items)
                };
                group.hand_in(0, write, || u32::MAX)
            }
        });
        led.wait();
        let others: Vec<_> = (1..8)
            .map(|item| {
                let (group, writes) = (group.clone(), writes.clone());
                thread::spawn(move || {
                    let write = |items: &[u32]| {
                        writes.fetch_add(1, Ordering::SeqCst);
                        double(items)
                    };
                    (item, group.hand_in(item, write, || u32::MAX))
                })
            })
            .collect();
        assert_eq!(first.join().unwrap(), 0);
        for other in others {
            let (item, outcome) = other.join().unwrap();
            assert_eq!(outcome, item * 2);
        }
        assert_eq!(writes.load(Ordering::SeqCst), 2);
        assert!(group.desk().done.is_empty() && group.desk().waiting.is_empty());
    }

    /// A leader that panics abandons those whose items it took; one that came later leads on.
    #[test]
    fn a_leader_that_panics_leaves_nobody_waiting() {
        let group = Arc::new(Group::<u32, Option<u32>>::new());
        let led = Arc::new(Barrier::new(2));
        let first = thread::spawn({
            let (group, led) = (group.clone(), led.clone());
            move || {
                let write = |_: &[u32]| -> Vec<Option<u32>> {
                    led.wait();
                    while group.desk().waiting.len() < 2 {
                        thread::yield_now();
                    }
                    panic!("on purpose")
                };
                group.hand_in(0, write, || None)
            }
        });
        led.wait();
        // Whichever of the two leads takes both along, and panics too.
        let taken = Arc::new(AtomicUsize::new(0));
        let others: Vec<_> = (1..3)
            .map(|item| {
                let (group, taken) = (group.clone(), taken.clone());
                thread::spawn(move || {
                    let write = |items: &[u32]| -> Vec<Option<u32>> {
                        taken.fetch_add(items.len(), Ordering::SeqCst);
                        panic!("on purpose")
                    };
                    group.hand_in(item, write, || None)
                })
            })
            .collect();
        assert!(first.join().is_err());
        let ends: Vec<_> = others.into_iter().map(|other| other.join().ok()).collect();
        assert!(ends.contains(&None) && ends.contains(&Some(None)), "{ends:?}");
        assert_eq!(taken.load(Ordering::SeqCst), 2);
        assert_eq!(
            group.hand_in(7, |items| items.iter().map(|item| Some(*item)).collect(), || None),
            Some(7)
        );
        assert!(group.desk().done.is_empty() && group.desk().waiting.is_empty());
    }

    #[test]
    fn too_few_outcomes_are_no_outcomes() {
        let group = Group::<u32, Option<u32>>::new();
        assert_eq!(group.hand_in(7, |_| Vec::new(), || None), None);
    }
}
