//! Tells valgrind which bytes are secret: it takes them for uninitialised, and reports each branch and each address that depends on such a byte.

use std::arch::asm;
use std::convert::Infallible;

use safeconduct::rand_core::{TryCryptoRng, TryRng};

/// Numbers of `valgrind.h` and `memcheck.h`.
const RUNNING_ON_VALGRIND: u64 = 0x1001;
const MAKE_MEM_UNDEFINED: u64 = 0x4D43_0001;
const MAKE_MEM_DEFINED: u64 = 0x4D43_0002;
const GET_VBITS: u64 = 0x4D43_0008;

/// A request to valgrind, as `valgrind.h` makes it: rotations that change nothing, which valgrind knows when it sees them. Without valgrind the answer is 0.
fn request(number: u64, arguments: [u64; 3]) -> u64 {
    let [first, second, third] = arguments;
    let block = [number, first, second, third, 0, 0];
    let answer;
    // SAFETY: the instructions change no register but the one of the answer.
    unsafe {
        asm!(
            "rol rdi, 3", "rol rdi, 13", "rol rdi, 61", "rol rdi, 51", "xchg rbx, rbx",
            in("rax") block.as_ptr(), inout("rdx") 0_u64 => answer,
        );
    }
    answer
}

pub fn is_watched() -> bool {
    request(RUNNING_ON_VALGRIND, [0; 3]) != 0
}

fn place(bytes: &[u8]) -> u64 {
    bytes.as_ptr().expose_provenance() as u64
}

/// From here on these bytes are secret. Not inlined, so that the compiler cannot go on with what it knows of them.
#[inline(never)]
pub fn hide(bytes: &mut [u8]) {
    request(MAKE_MEM_UNDEFINED, [place(bytes), bytes.len() as u64, 0]);
}

/// The same bytes, secret.
pub fn secret<const N: usize>(mut bytes: [u8; N]) -> [u8; N] {
    hide(&mut bytes);
    bytes
}

/// From here on everybody may know these bytes.
#[inline(never)]
pub fn reveal(bytes: &[u8]) {
    request(MAKE_MEM_DEFINED, [place(bytes), bytes.len() as u64, 0]);
}

/// How many of these bytes depend on a secret.
pub fn secret_bytes(bytes: &[u8]) -> usize {
    let undefined = std::hint::black_box(vec![0_u8; bytes.len()]);
    let arguments = [place(bytes), place(&undefined), bytes.len() as u64];
    assert_eq!(request(GET_VBITS, arguments), 1, "valgrind says which bits are defined");
    std::hint::black_box(undefined).iter().filter(|bits| **bits != 0).count()
}

/// Reveals a value but for the secrets in it, wherever in it they are: what else a key holds was derived from them and is public, as its id is.
pub fn reveal_all_but<T>(value: &mut T, secrets: &[&[u8]]) {
    let start = std::ptr::from_mut(value).cast::<u8>();
    // SAFETY: the memory of a value that nobody else uses meanwhile, and nothing is written to it. Bytes that were never written are read as well: valgrind is told that
    // they are defined, and only equality with a secret matters.
    let bytes = unsafe { std::slice::from_raw_parts_mut(start, size_of::<T>()) };
    reveal(bytes);
    let found: Vec<(usize, usize)> = secrets
        .iter()
        .flat_map(|secret| {
            let places = (0..bytes.len()).filter(|place| bytes[*place..].starts_with(secret));
            let places: Vec<_> = places.map(|place| (place, secret.len())).collect();
            assert!(!places.is_empty(), "the secret is in the value");
            places
        })
        .collect();
    for (place, length) in found {
        hide(&mut bytes[place..][..length]);
    }
}

/// A source of bytes that are the same every time. Where they are to become keys, they are secret from the beginning.
pub struct Source {
    state: u64,
    secret: bool,
}

impl Source {
    pub const fn public() -> Self {
        Self { state: 7, secret: false }
    }

    pub const fn secret() -> Self {
        Self { state: 7, secret: true }
    }

    /// The same bytes as the next that this source gives, as something public.
    pub fn peek<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        Self { state: self.state, secret: false }.fill(&mut bytes);
        bytes
    }

    #[inline(never)]
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in &mut *bytes {
            self.state =
                self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = (self.state >> 56) as u8;
        }
        if self.secret {
            hide(bytes);
        }
    }
}

impl TryRng for Source {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.fill(&mut bytes);
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.fill(&mut bytes);
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.fill(bytes);
        Ok(())
    }
}

impl TryCryptoRng for Source {}
