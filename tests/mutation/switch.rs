//! Copied into the library by `tests/mutation`, never part of it: says which mutant is on, and marks the mutants that a test reaches.
//!
//! `MUTANT` is the number of the mutant (0 or nothing: none), `MUTANT_REACHED` a file with a byte for each. Both are read before `main`,
//! without allocating, so that tests that count allocations see nothing of it. The file is mapped, so what a killed process reached stands there too.
#![allow(unsafe_code, missing_docs)]

use core::ffi::{CStr, c_char, c_int, c_long, c_void};
use core::ptr;

type Strings = *const *const c_char;

static mut ON: u32 = 0;
static mut REACHED: *mut u8 = ptr::null_mut();
const MOST: usize = 1 << 16;

unsafe extern "C" {
    fn open(path: *const c_char, flags: c_int, ...) -> c_int;
    fn mmap(at: *mut c_void, size: usize, access: c_int, flags: c_int, file: c_int, offset: c_long) -> *mut c_void;
}

/// 0 if none of the `count` mutants from `first` on is on, otherwise its place among them, from 1. In constants always 0.
#[must_use]
pub const fn at(first: u32, count: u32) -> u32 {
    core::intrinsics::const_eval_select((first, count), none, now)
}

const fn none(_: u32, _: u32) -> u32 {
    0
}

fn now(first: u32, count: u32) -> u32 {
    // SAFETY: both are written once, before `main`; the map has `MOST` bytes, and bytes are only ever set to 1.
    let on = unsafe {
        if !REACHED.is_null() {
            for mutant in first..first + count {
                REACHED.add(mutant as usize).write_volatile(1);
            }
        }
        ON
    };
    if on >= first && on < first + count { on - first + 1 } else { 0 }
}

/// What a function returns whose iterator has no name: its own, or that of a mutant.
pub enum Either<'a, I: Iterator> {
    Own(I),
    Other(std::boxed::Box<dyn Iterator<Item = I::Item> + 'a>),
}

impl<I: Iterator> Iterator for Either<'_, I> {
    type Item = I::Item;

    fn next(&mut self) -> Option<I::Item> {
        match self {
            Self::Own(iterator) => iterator.next(),
            Self::Other(iterator) => iterator.next(),
        }
    }
}

#[used]
#[unsafe(link_section = ".init_array")]
static READ: extern "C" fn(c_int, Strings, Strings) = read;

extern "C" fn read(_: c_int, _: Strings, mut environment: Strings) {
    // SAFETY: glibc hands the environment to initialisers, ended by a null pointer.
    unsafe {
        while !(*environment).is_null() {
            let entry = CStr::from_ptr(*environment).to_bytes_with_nul();
            if let Some(number) = entry.strip_prefix(b"MUTANT=") {
                ON = number.iter().filter(|d| d.is_ascii_digit()).fold(0, |n, d| n * 10 + u32::from(d - b'0'));
            } else if let Some(path) = entry.strip_prefix(b"MUTANT_REACHED=") {
                let map = mmap(ptr::null_mut(), MOST, 3, 1, open(path.as_ptr().cast(), 2), 0); // read and write, shared
                REACHED = if map as isize == -1 { ptr::null_mut() } else { map.cast() };
            }
            environment = environment.add(1);
        }
    }
}
