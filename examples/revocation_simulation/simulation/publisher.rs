//! Publishers: each reads the log, looks at its clock, and stores what it has made of both, with any time in between.

use std::rc::Rc;

use super::log::{Settings, Taken, Version};
use super::world::{PUBLISHERS, World};

#[derive(Default)]
pub struct Publisher {
    pub ahead: i64,
    /// Numbers of requests that it has taken and not stored yet.
    pub waiting: Vec<usize>,
    pub attempt: Option<Attempt>,
}

/// A version under way: read, perhaps made, not stored.
pub struct Attempt {
    parent: usize,
    settings: Settings,
    made: Option<Made>,
}

struct Made {
    version: Version,
    answers: Vec<bool>,
    batch: Vec<usize>,
}

impl World {
    /// A publisher takes its next step: reads the log, looks at its clock and makes a version, or stores it.
    pub fn publish(&mut self) {
        let index = self.chance.index(PUBLISHERS);
        let publisher = &mut self.publishers[index];
        let parent = self.log.len() - 1;
        match &mut publisher.attempt {
            None => {
                publisher.attempt = Some(Attempt { parent, settings: self.settings, made: None });
                if let Some(real) = &mut self.real {
                    real.read(index, &self.settings);
                }
            }
            Some(Attempt { parent, settings, made: made @ None }) => {
                let now = self.time.saturating_add_signed(publisher.ahead);
                let batch = publisher.waiting.clone();
                let requests: Vec<Taken> = batch.iter().map(|number| self.asked[*number].taken).collect();
                let (version, answers) = self.log[*parent].next(now, settings, &self.config.rules, &requests);
                *made = Some(Made { version, answers, batch });
                if let Some(real) = &mut self.real {
                    real.commit(index, now, &publisher.waiting);
                }
            }
            Some(_) => {
                let attempt = publisher.attempt.take();
                match attempt.and_then(|attempt| attempt.made.filter(|_| attempt.parent == parent)) {
                    Some(made) => self.store(index, made),
                    None => {
                        self.tally.conflicts += 1;
                        if let Some(real) = &mut self.real {
                            real.give_up(index);
                        }
                    }
                }
            }
        }
    }

    fn store(&mut self, index: usize, made: Made) {
        let Made { version, answers, batch } = made;
        let (number, before) = (self.log.len(), &self.log[self.log.len() - 1]);
        for (session, row) in &version.sessions {
            if !before.sessions.contains_key(session) {
                self.sessions[*session].revoked.get_or_insert((number, row.mint_until));
                self.tally.revoked += 1;
            }
        }
        for (subject, row) in &version.subjects {
            if before.subjects.get(subject).is_none_or(|had| had.before < row.before) {
                self.cut_offs.push((*subject, row.before, number, row.mint_until));
                self.tally.revoked += 1;
            }
        }
        let dropped = before.sessions.keys().filter(|session| !version.sessions.contains_key(session));
        self.tally.dropped += dropped.count() as u64;
        self.tally.versions += 1;
        self.publishers[index].waiting.retain(|number| !batch.contains(number));
        for (number, was_out) in batch.iter().zip(&answers) {
            if let Some(token) = self.asked[*number].elevated.take().filter(|_| !was_out) {
                self.tokens.push(token);
                self.tally.elevations += 1;
            }
        }
        let header = version.header();
        self.log.push(Rc::new(version));
        if let Some(real) = &mut self.real {
            let found = real.store(index, &batch);
            self.compare("version", found, (answers, header));
        }
    }
}
