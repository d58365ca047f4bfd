//! Inputs with a structure, written down as the crate `arbitrary` reads them: where the fuzzer begins.

/// So that variant `index` of `count` is read.
fn variant(index: u64, count: u64) -> Vec<u8> {
    let number = u32::try_from((index << 32).div_ceil(count)).unwrap();
    number.to_le_bytes().to_vec()
}

/// What is usual there.
fn usual() -> Vec<u8> {
    [variant(0, 4), vec![0]].concat()
}

/// So much later or earlier than usual.
fn off(by: i8) -> Vec<u8> {
    [variant(0, 4), by.to_le_bytes().to_vec()].concat()
}

/// 2^`power` + `more`.
fn power(power: u8, more: i8) -> Vec<u8> {
    [variant(2, 4), vec![power], more.to_le_bytes().to_vec()].concat()
}

/// A token under one of the keys, with two bytes of claims; five minutes old at most.
fn asked(key: u8, fields: &[Vec<u8>; 6], elevation: &[u8]) -> Vec<u8> {
    let clear = [variant(0, 6), usual(), vec![0; 4]].concat();
    // The first policy; fresh data; no proof of possession; explained.
    let question = [vec![key], usual(), vec![0, 0, 0], clear.clone(), clear, vec![44, 1, 1]].concat();
    let [issued_at, age, token_life, session_life, rotation, lead] = fields;
    let times = [issued_at.clone(), age.clone(), token_life.clone(), session_life.clone()].concat();
    let after = [rotation.clone(), vec![1], lead.clone(), elevation.to_vec(), vec![0, 7, 7]].concat();
    [question, vec![1, 1, 4], times, after].concat()
}

/// A token that is accepted.
pub fn after_proof(key: u8, raised: bool) -> Vec<u8> {
    let elevation = if raised { [vec![1, 2], usual(), usual()].concat() } else { vec![0] };
    asked(key, &std::array::from_fn(|_| usual()), &elevation)
}

/// Tokens one second before, at and after each of their deadlines.
pub fn deadlines(key: u8) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    for by in -1..=1 {
        let fields = |issued_at, token_life, session_life| {
            [issued_at, usual(), token_life, session_life, usual(), usual()]
        };
        // Five seconds old.
        let idle = fields(off(-5), power(2, 1 + by), usual());
        let ended = fields(off(-5), power(2, 1 + by), power(2, 1 + by));
        let early = fields(off(30 + by), usual(), usual());
        for (name, fields) in [("idle", idle), ("ended", ended), ("early", early)] {
            all.push((format!("{name}-{}", by + 1), asked(key, &fields, &[0])));
        }
    }
    all
}

/// A piece of a header.
fn piece(index: u64, number: u8) -> Vec<u8> {
    [vec![1], variant(index, 5), vec![number]].concat()
}

/// A request with a token in each slot, the generations of which are the words with these numbers.
pub fn two_slots(tokens: [u8; 2], generations: [u8; 2]) -> Vec<u8> {
    let slot = |place: usize| {
        let name = piece(0, u8::try_from(place).unwrap());
        [name, piece(1, tokens[place]), piece(0, generations[place]), piece(0, 2)].concat()
    };
    let header = [vec![1, 0], slot(0), slot(1), vec![0]].concat();
    // GET, the first transport; no authority, no act, no field; 200.
    [vec![0, 0], header, vec![0, 0], variant(0, 5), vec![0, 200, 0]].concat()
}

/// A step of `log_outs`, with the bytes of its fields.
fn step(index: u64, fields: &[u8]) -> Vec<u8> {
    [vec![1], variant(index, 9), fields.to_vec()].concat()
}

fn at(moment: u16) -> [u8; 2] {
    moment.to_le_bytes()
}

fn revoke(region: u8, scope: u8, token: u8) -> Vec<u8> {
    step(0, &[&[region, scope, token], at(25).as_slice()].concat())
}

fn commit(region: u8, moment: u16) -> Vec<u8> {
    step(1, &[&[region], at(moment).as_slice()].concat())
}

/// Begins again from what is stored, under the settings for longer tokens or for shorter ones.
fn lose(region: u8, longer: bool) -> Vec<u8> {
    step(2, &[region, 1, u8::from(longer)])
}

fn merge(into: u8) -> Vec<u8> {
    step(3, &[into, 0])
}

fn fetch(node: u8, moment: u16) -> Vec<u8> {
    step(4, &[&[node, 0], at(moment).as_slice()].concat())
}

fn delta(node: u8, moment: u16) -> Vec<u8> {
    step(5, &[&[node, 1, 0], at(moment).as_slice()].concat())
}

fn rotate(node: u8, token: u8, moment: u16) -> Vec<u8> {
    step(7, &[&[node, token], at(moment).as_slice()].concat())
}

fn ask(node: u8, moment: u16) -> Vec<u8> {
    step(8, &[&[node], at(moment).as_slice()].concat())
}

/// Stories of `log_outs`, each with its name.
pub fn log_outs() -> Vec<(String, Vec<u8>)> {
    let mut stories = Vec::new();
    for scope in 0..5 {
        let story = [fetch(0, 40), ask(0, 40), revoke(0, scope, 3), commit(0, 41), fetch(0, 42), ask(0, 42)];
        stories.push((format!("scope-{scope}"), story.concat()));
        let story = [fetch(0, 40), revoke(0, scope, 3), commit(0, 41), delta(0, 42), ask(0, 42)];
        stories.push((format!("delta-{scope}"), story.concat()));
        // Nodes 0 and 2 are of the first region, node 1 is of the second.
        let there = [revoke(1, scope, 3), commit(1, 41), merge(0), commit(0, 42), merge(1), commit(1, 43)];
        let story = [there.concat(), fetch(0, 44), ask(0, 44), fetch(1, 44), ask(1, 44)];
        stories.push((format!("regions-{scope}"), story.concat()));
        // Rotated as late as the node may, logged out, and then forgotten by the log.
        let before = [fetch(0, 40), rotate(0, 3, 299), revoke(0, scope, 3), commit(0, 300), fetch(0, 300)];
        let after = [ask(0, 300), commit(0, 1_600), fetch(0, 1_600), ask(0, 310), commit(0, 2_400)];
        let story = [before.concat(), after.concat(), fetch(0, 2_400), ask(0, 1_000)];
        stories.push((format!("forgotten-{scope}"), story.concat()));
        // Of keys and of everyone the rows are for good.
        if scope > 2 {
            continue;
        }
        // As late as a node may that has the version before, and the row is asked for until that token is over, at 1,190: both that of the parent and that of the token.
        for (name, revoked) in [("parent", 3), ("child", 6)] {
            let before = [commit(0, 299), fetch(0, 299), rotate(0, 3, 590), revoke(0, scope, revoked)];
            let after = [commit(0, 300), commit(0, 1_189), fetch(0, 1_189), ask(0, 1_189)];
            stories.push((format!("kept-{name}-{scope}"), [before.concat(), after.concat()].concat()));
        }
        // The same until another region, which has minted without the row, has heard of it. The first one waits for the second.
        let there = [merge(0), commit(1, 299), fetch(1, 299), rotate(1, 3, 590), commit(1, 600)];
        let here = [fetch(1, 600), rotate(1, 6, 890), revoke(0, scope, 3), commit(0, 300), commit(0, 1_300)];
        let story = [there.concat(), here.concat(), merge(1), commit(1, 1_301), fetch(1, 1_301)];
        stories.push((format!("late-region-{scope}"), [story.concat(), ask(1, 1_301)].concat()));
    }
    // Tokens of the log become longer, one is minted, they become shorter again, and that one is logged out.
    let longer = [lose(0, true), commit(0, 100), fetch(0, 100), rotate(0, 3, 399), lose(0, false)];
    let story = [revoke(0, 0, 6), commit(0, 400), commit(0, 1_400), fetch(0, 1_400), ask(0, 1_400)];
    stories.push(("shorter".to_owned(), [longer.concat(), story.concat()].concat()));
    stories
}
