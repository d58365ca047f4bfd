//! Whatever a stranger sends, no parser takes more from the heap than it has to: most take nothing, none more than a stated multiple of the input, and numbers inside
//! the input buy nothing. Without the test harness, whose threads allocate on their own.
#![allow(unsafe_code)] // a global allocator cannot be written without

#[path = "../common/mod.rs"]
mod common;

mod allocator;
mod inputs;
mod parsers;
mod signed;

use allocator::{Taken, taken};
use common::at;
use common::realm::Desk;
use safeconduct::{Kind, Policy};

fn main() {
    let mut desk = Desk::new(Kind::Encrypted, &Policy::AAL1, at(0));
    let all = parsers::all(&desk);
    let mut inputs = inputs::all();
    inputs.extend(signed::all(&mut desk));
    inputs.extend(good(&desk));
    if cfg!(debug_assertions) {
        // A minute of long inputs in a slow build is for the release build, which takes them all in seconds.
        inputs.retain(|input| input.len() <= 8_192);
    }

    // Controls: the allocator counts, and a parser that trusts a number is caught.
    let counted = taken(|| (vec![1_u8; 1_000], String::from("a")));
    assert_eq!((counted.peak, counted.calls), (1_001, 2));
    let trusting = taken(|| Vec::<u8>::with_capacity(u32::from_be_bytes(*b"\x00\x10\x00\x00") as usize));
    assert!(!all.iter().any(|parser| parser.bound.is_tight() && parser.bound.holds(trusting, 4)));

    let mut wrong = Vec::new();
    for parser in &all {
        let mut worst = (Taken::default(), Taken::default());
        for input in &inputs {
            let text = inputs::text(input);
            let found = (parser.run)(input, &text);
            if found.peak > worst.0.peak {
                worst.0 = found;
            }
            if found.calls > worst.1.calls {
                worst.1 = found;
            }
            if !parser.bound.holds(found, input.len()) {
                let start: String = text.chars().take(40).collect();
                wrong.push(format!("{}: {found:?} for {} bytes: {start:?}", parser.name, input.len()));
            }
        }
        println!("{:34} at most {:8} bytes, {:4} allocations", parser.name, worst.0.peak, worst.1.calls);
    }
    assert!(
        wrong.is_empty(),
        "{} beyond their bounds:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(20)].join("\n")
    );
    println!("hostile_input: {} parsers, {} inputs each, all within their bounds", all.len(), inputs.len());
}

/// What is accepted costs no more: the texts and documents of an honest service.
fn good(desk: &Desk) -> Vec<Vec<u8>> {
    let mut service = common::Service::new(Kind::Encrypted, &Policy::AAL1);
    let token = service.log_in(at(0));
    let cookie = format!("theme=dark; __Host-sid-a={token}.0001");
    let texts = [
        desk.ring.to_text().as_str().to_owned(),
        desk.ring.verifying().to_text().as_str().to_owned(),
        token,
        cookie,
    ];
    texts.into_iter().map(String::into_bytes).chain([desk.snapshot()]).collect()
}
