//! One story: who sends what when, what arrives, and what is checked.

use std::collections::BTreeMap;

use safeconduct::{AuthLevel, Grant, Revocation, RevocationLog as _, Seconds, SessionId, Subject};

use super::browser::{Browser, sessions};
use super::chance::Chance;
use super::nodes::{LAG, World, at, policy};
use super::tally::Tally;

const TABS: usize = 8;
const STEPS: usize = 120;
/// An answer that takes longer is lost: how long the mark of a session that left stays.
const PATIENCE: u64 = 600;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Wish {
    Page,
    LogIn,
    Elevate,
    LogOut,
}

/// A request under way, and then its answer.
struct UnderWay {
    tab: usize,
    wish: Wish,
    sent_at: u64,
    /// How many sessions the browser had had when it was sent.
    era: u64,
    cookies: String,
    /// Whom the browser was logged in as.
    current: Option<SessionId>,
    answer: Option<Answer>,
}

struct Answer {
    set_cookies: Vec<String>,
    renewed: Option<SessionId>,
    /// The new session, or that there is none any more.
    changes: Option<Option<SessionId>>,
}

pub struct Storm<'w> {
    world: &'w World,
    seed: u64,
    tally: &'w mut Tally,
    chance: Chance,
    browser: Browser,
    under_way: Vec<UnderWay>,
    current: Option<SessionId>,
    user: usize,
    era: u64,
    /// When each session ended, as the log has it.
    ended: BTreeMap<SessionId, u64>,
    heard_at: u64,
}

impl<'w> Storm<'w> {
    pub fn new(world: &'w World, seed: u64, tally: &'w mut Tally) -> Self {
        Self {
            world,
            seed,
            tally,
            chance: Chance(seed),
            browser: Browser::new(world.config.one_cookie),
            under_way: Vec::new(),
            current: None,
            user: 0,
            era: 0,
            ended: BTreeMap::new(),
            heard_at: world.now(),
        }
    }

    pub fn play(mut self) {
        self.tally.runs += 1;
        self.send(0, Wish::LogIn);
        self.judge(0);
        self.arrive(0);
        for _ in 0..STEPS {
            self.pass_time();
            match self.chance.below(200) {
                0..80 => self.page(),
                80..128 => self.pick(false).into_iter().for_each(|index| self.judge(index)),
                128..180 => self.pick(true).into_iter().for_each(|index| self.arrive(index)),
                180..199 => self.change(),
                _ => self.cut_off(),
            }
        }
    }

    fn pass_time(&mut self) {
        let jump = self.chance.percent(8);
        let seconds = if jump { 60 + self.chance.below(40) } else { self.chance.below(3) };
        self.world.sleep(seconds as u64);
        let now = self.world.now();
        let before = self.under_way.len();
        self.under_way.retain(|request| now < request.sent_at + PATIENCE);
        self.tally.lost += (before - self.under_way.len()) as u64;
        if now >= self.heard_at + LAG || self.chance.percent(8) {
            self.world.second_node_hears();
            self.heard_at = now;
        }
    }

    /// One that has been judged, or one that has not.
    fn pick(&mut self, judged: bool) -> Option<usize> {
        let all: Vec<usize> = (0..self.under_way.len())
            .filter(|index| self.under_way[*index].answer.is_some() == judged)
            .collect();
        (!all.is_empty()).then(|| all[self.chance.below(all.len())])
    }

    fn page(&mut self) {
        let tab = self.chance.below(TABS);
        if self.under_way.iter().all(|request| request.tab != tab) {
            self.send(tab, Wish::Page);
        }
    }

    /// The user does one thing at a time, in a tab of its own.
    fn change(&mut self) {
        if self.under_way.iter().all(|request| request.wish == Wish::Page) {
            let wish = match (self.current, self.chance.below(4)) {
                (None, _) | (_, 0) => Wish::LogIn,
                (_, 1) => Wish::Elevate,
                _ => Wish::LogOut,
            };
            self.send(TABS, wish);
        }
    }

    fn send(&mut self, tab: usize, wish: Wish) {
        let sent_at = self.world.now();
        if matches!(wish, Wish::LogIn | Wish::Elevate) {
            let (before, era) = (self.under_way.len(), self.era);
            let keep = self.world.config.never_lost;
            self.under_way.retain(|request| keep || request.era >= era);
            self.tally.lost += (before - self.under_way.len()) as u64;
        }
        let (cookies, current) = (self.browser.cookies(sent_at), self.current);
        self.under_way.push(UnderWay { tab, wish, sent_at, era: self.era, cookies, current, answer: None });
    }

    fn judge(&mut self, index: usize) {
        let node = self.chance.below(2);
        let request = &self.under_way[index];
        let (wish, cookies) = (request.wish, request.cookies.clone());
        self.check(node, &cookies, request.current);
        let mut exchange = self.world.begin(node, &cookies);
        let found = exchange.session().expect("nothing is stale").cloned();
        let mut log = self.world.log.clone();
        let old: Vec<SessionId> = sessions(&cookies).map(|(id, _)| id).collect();
        let changes = match wish {
            Wish::Page => None,
            Wish::LogIn => {
                self.user += 1;
                let name = if self.user.is_multiple_of(2) { "usr_even" } else { "usr_odd" };
                let subject = Subject::new(name).expect("a name");
                let cut_off = self.world.log.read().expect("nobody panics").cut_off(&subject);
                let grant = Grant::new(subject, AuthLevel::Aal1).after_cut_off(cut_off);
                let session = exchange.log_in(&grant, &mut log).expect("logging in works");
                self.tally.logins += 1;
                Some(Some(session.session_id()))
            }
            Wish::Elevate => {
                let raised = exchange.elevate(AuthLevel::Aal2, Seconds::minutes(5), &mut log);
                self.tally.elevations += u64::from(raised.is_ok());
                raised.ok().map(|session| Some(session.session_id()))
            }
            Wish::LogOut => {
                exchange.log_out(&mut log).expect("logging out works");
                self.tally.logouts += 1;
                Some(None)
            }
        };
        if changes.is_some() {
            for id in old {
                self.ended.entry(id).or_insert(self.world.now());
            }
        }
        let headers = exchange.finish(200);
        let cookie_lines = headers.iter().filter(|header| header.name == "set-cookie");
        let mut set_cookies: Vec<String> = cookie_lines.map(|header| header.value.to_owned()).collect();
        if self.world.config.delete_refused && found.is_none() && wish == Wish::Page {
            let names = cookies.split("; ").filter_map(|pair| pair.split_once('='));
            set_cookies.extend(names.map(|(name, _)| format!("{name}=; Path=/; Max-Age=0")));
        }
        let renewed =
            found.filter(|_| changes.is_none() && !set_cookies.is_empty()).map(|found| found.session_id());
        self.tally.renewals += u64::from(renewed.is_some());
        self.under_way[index].answer = Some(Answer { set_cookies, renewed, changes });
    }

    /// What the node sees, against what it has to.
    fn check(&mut self, node: usize, cookies: &str, current: Option<SessionId>) {
        self.tally.requests += 1;
        let now = self.world.now();
        let exchange = self.world.begin(node, cookies);
        let seen = exchange.session().expect("nothing is stale").map(|session| session.session_id());
        let dead = seen.and_then(|seen| self.ended.get(&seen)).is_some_and(|ended| *ended + LAG <= now);
        let unheard = seen.is_some_and(|seen| self.ended.contains_key(&seen));
        if dead || (unheard && node == 0) {
            self.tally.dead_came_back(self.seed);
        }
        self.tally.unheard += u64::from(unheard);
        let Some(current) = current.filter(|current| !self.ended.contains_key(current)) else { return };
        // Nobody has ended it. Is its token still there, and if it is good, is it the one that counts?
        match sessions(cookies).find(|(id, _)| *id == current) {
            None => self.tally.live_was_logged_out(self.seed),
            Some((_, token)) if self.world.is_good(token) && seen != Some(current) => {
                if unheard {
                    self.tally.dead_came_back(self.seed)
                } else {
                    self.tally.live_was_logged_out(self.seed)
                }
            }
            Some(_) => {}
        }
    }

    fn arrive(&mut self, index: usize) {
        let request = self.under_way.remove(index);
        let Some(answer) = request.answer else { return };
        if self.era > 0 && self.chance.percent(12) {
            self.tally.lost += 1;
            return;
        }
        let newer = answer.renewed.is_some_and(|renewed| self.current != Some(renewed));
        self.tally.late += u64::from(newer && answer.changes.is_none());
        let now = self.world.now();
        for line in &answer.set_cookies {
            self.browser.store(line, now);
        }
        if let Some(current) = answer.changes {
            self.current = current;
            self.era += u64::from(current.is_some());
        }
    }

    /// Somebody logs the user out everywhere, from another device.
    fn cut_off(&mut self) {
        let name = if self.user.is_multiple_of(2) { "usr_even" } else { "usr_odd" };
        let subject = Subject::new(name).expect("a name");
        let now = at(self.world.now());
        let known = self.world.log.read().expect("nobody panics").cut_off(&subject);
        let revocation = Revocation::operator_subject(subject, policy().cut_off(now, known));
        assert!(self.world.log.clone().record(&revocation, now).is_recorded());
        self.tally.cut_offs += 1;
        // Whoever that concerns is out: among them the current one, if it is the user's.
        if let Some(current) = self.current {
            self.ended.entry(current).or_insert(self.world.now());
        }
    }
}
