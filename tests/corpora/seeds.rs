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

/// A token that is accepted, under one of the keys, with two bytes of claims.
pub fn after_proof(key: u8, raised: bool) -> Vec<u8> {
    let clear = [variant(0, 6), usual(), vec![0; 4]].concat();
    // One policy for all; fresh data; no proof of possession; five minutes old at most; explained.
    let asked = [vec![key], usual(), vec![0, 0, 0], clear.clone(), clear, vec![44, 1, 1]].concat();
    let elevation = if raised { [vec![1, 2], usual(), usual()].concat() } else { vec![0] };
    let numbers = [usual(), usual(), usual(), usual(), usual()].concat();
    let drawn = [vec![1, 1, 4], numbers, vec![1], usual(), elevation, vec![0]].concat();
    [asked, drawn, vec![7, 7]].concat()
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
    }
    stories
}
