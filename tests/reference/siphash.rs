//! SipHash-2-4 as the paper of Aumasson and Bernstein describes it (SPEC section 9.2).
/// The number that a text has under a key.
pub fn siphash(key: &[u8; 16], text: &[u8]) -> u64 {
    let word = |bytes: &[u8]| bytes.iter().rev().fold(0, |n, byte| n << 8 | u64::from(*byte));
    let (k0, k1) = (word(&key[0..8]), word(&key[8..16]));
    let start: [u64; 4] =
        [0x736f_6d65_7073_6575, 0x646f_7261_6e64_6f6d, 0x6c79_6765_6e65_7261, 0x7465_6462_7974_6573];
    let mut v = [start[0] ^ k0, start[1] ^ k1, start[2] ^ k0, start[3] ^ k1];
    let mut padded = text.to_vec();
    padded.resize(text.len() / 8 * 8 + 7, 0); // zeros, and the length modulo 256 as the last byte of a word
    padded.push(text.len() as u8);
    for m in padded.chunks(8).map(word) {
        v[3] ^= m;
        rounds(&mut v, 2);
        v[0] ^= m;
    }
    v[2] ^= 0xff;
    rounds(&mut v, 4);
    v[0] ^ v[1] ^ v[2] ^ v[3]
}
fn rounds(v: &mut [u64; 4], count: usize) {
    for _ in 0..count {
        v[0] = v[0].wrapping_add(v[1]);
        v[1] = v[1].rotate_left(13) ^ v[0];
        v[0] = v[0].rotate_left(32);
        v[2] = v[2].wrapping_add(v[3]);
        v[3] = v[3].rotate_left(16) ^ v[2];
        v[0] = v[0].wrapping_add(v[3]);
        v[3] = v[3].rotate_left(21) ^ v[0];
        v[2] = v[2].wrapping_add(v[1]);
        v[1] = v[1].rotate_left(17) ^ v[2];
        v[2] = v[2].rotate_left(32);
    }
}
#[test]
fn the_example_of_the_paper() {
    let key = std::array::from_fn(|n| n as u8);
    let text: [u8; 15] = std::array::from_fn(|n| n as u8);
    assert_eq!(siphash(&key, &text), 0xa129_ca61_49be_45e5); // its appendix A
}
