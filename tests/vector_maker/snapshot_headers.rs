//! Signed headers that are impossible or whose sizes are not those of the document: REV-05.

use super::Vectors;
use super::reading::Reading;
use super::snapshot_draft::{DELTA, SNAPSHOT, Snapshot, stranger};

const K: usize = 5;
pub const ENTRIES: usize = 96;
const PAGES: usize = 104;
const BITS: usize = 108;

pub fn add(vectors: &mut Vectors) {
    versions_and_times(vectors);
    filters(vectors);
    deltas(vectors);
    lengths(vectors);
}

fn versions_and_times(vectors: &mut Vectors) {
    let (node, usual) = (Reading::new(), Snapshot::usual());
    let with = |change: fn(&mut Snapshot)| usual.but(change);
    let mut good = |name: &str, comment: &str, snapshot: &Snapshot| {
        vectors.taken("REV-05", name, comment, &node, snapshot);
    };
    good("last-version", "The last version, 2^48 − 1.", &with(|snapshot| snapshot.version = (1 << 48) - 1));
    good("issued-when-complete", "Issued at the moment to which it is complete.", &{
        with(|snapshot| snapshot.issued_at = snapshot.complete_to)
    });
    good("token-life-1", "Tokens of one second.", &with(|snapshot| snapshot.token_life = 1));
    good(
        "largest-longest-token",
        "The longest duration.",
        &with(|snapshot| snapshot.longest_token = u32::MAX),
    );
    good(
        "staleness-bound-0",
        "Minting up to complete_to only.",
        &with(|snapshot| snapshot.staleness_bound = 0),
    );
    good("all-entries-are-tokens", "Only tokens are revoked.", &with(|snapshot| snapshot.sessions.clear()));
    let mut bad = |name: &str, comment: &str, snapshot: &Snapshot| {
        vectors.turned_away("REV-05", name, "Header", comment, (&node, snapshot));
    };
    bad("version-0", "Versions count up from 1.", &with(|snapshot| snapshot.version = 0));
    bad(
        "version-2-to-the-48",
        "One more than the last version.",
        &with(|snapshot| snapshot.version = 1 << 48),
    );
    bad("version-of-ones", "The largest number of 8 bytes.", &with(|snapshot| snapshot.version = u64::MAX));
    bad("more-tokens-than-entries", "3 entries, 4 of them tokens.", &usual.patched(100, &[0, 0, 0, 4]));
    bad("complete-after-issued", "Complete to a second after it was issued.", &{
        with(|snapshot| snapshot.complete_to = snapshot.issued_at + 1)
    });
    bad("over-when-issued", "Good for 0 seconds.", &with(|snapshot| snapshot.not_after = snapshot.issued_at));
    bad("over-before-issued", "Over before it was issued.", &{
        with(|snapshot| snapshot.not_after = snapshot.issued_at - 1)
    });
    bad("token-life-0", "Tokens of no life.", &with(|snapshot| snapshot.token_life = 0));
    bad("token-life-above-longest", "Tokens may be minted that live longer than the longest.", &{
        with(|snapshot| snapshot.token_life = snapshot.longest_token + 1)
    });
    bad("longest-token-0", "No token is about.", &with(|snapshot| snapshot.longest_token = 0));
    bad("snapshot-with-base", "Only a delta has a base.", &with(|snapshot| snapshot.base = 299));
}

fn filters(vectors: &mut Vectors) {
    let (node, usual) = (Reading::new(), Snapshot::usual());
    for k in [8, 12, 16, 24, 28, 32] {
        let comment = "A multiple of 4 from 8 to 32.";
        vectors.taken("REV-05", &format!("k-{k}"), comment, &node, &usual.but(|snapshot| snapshot.k = k));
    }
    for (pages, bits) in [(2, 64), (1, 128), (3, 128), (3, 192)] {
        let sized = usual.but(|snapshot| snapshot.size = Some((pages, bits)));
        let name = format!("{pages}-pages-of-{bits}-bits");
        vectors.taken("REV-05", &name, "Readers take any size that has room for the entries.", &node, &sized);
    }
    let mut bad = |name: String, comment: &str, snapshot: &Snapshot| {
        vectors.turned_away("REV-05", &name, "Header", comment, (&node, snapshot));
    };
    let empty = Snapshot::empty();
    for k in [0, 1, 4, 7, 10, 23, 33, 36, 64, 255] {
        bad(format!("k-{k}"), "Not a multiple of 4 from 8 to 32.", &usual.patched(K, &[k]));
    }
    bad("k-0-without-entries".into(), "Without entries there are probes as well.", &empty.patched(K, &[0]));
    for bits in [0, 1, 63, 65, 96, 131_071, 131_073, 131_136, 1 << 31, u32::MAX, u32::MAX - 63] {
        let comment = "Not a multiple of 64 from 64 to 131072.";
        bad(format!("{bits}-bits"), comment, &usual.patched(BITS, &bits.to_be_bytes()));
    }
    for pages in [1_025, 1 << 16, 1 << 31, u32::MAX] {
        let comment = "More than 1024 pages.";
        bad(format!("{pages}-pages"), comment, &usual.patched(PAGES, &pages.to_be_bytes()));
    }
    // Three entries with 24 probes need 105 bits.
    let tight = usual.but(|snapshot| snapshot.size = Some((1, 64)));
    bad("1-page-of-64-bits".into(), "Less than the entries need.", &tight);
    // With B/8 = 8 bytes and 32 of the list a page takes 40 bytes: 2^29 of them take 0 modulo 2^32.
    let overflowing = empty.patched(ENTRIES, &[0, 0, 0, 1]).patched(BITS, &[0, 0, 0, 64]);
    let overflowing = overflowing.patched(PAGES, &(1_u32 << 29).to_be_bytes());
    bad("pages-overflow-32-bits".into(), "2^29 pages of 40 bytes.", &overflowing);
    let no_pages = empty.patched(ENTRIES, &[0, 0, 0, 1]);
    bad("entries-without-pages".into(), "An entry and no page.", &no_pages);
    bad("entries-without-pages-with-bits".into(), "An entry and no page, but a size of pages.", &{
        no_pages.patched(BITS, &[0, 0, 0, 64])
    });
    let one_page = empty.but(|snapshot| (snapshot.size, snapshot.version) = (Some((1, 64)), 301));
    bad("pages-without-entries".into(), "A page and no entry.", &one_page);
    bad("bits-without-pages".into(), "Without pages B is 0.", &empty.patched(BITS, &[0, 0, 0, 64]));
}

fn deltas(vectors: &mut Vectors) {
    let node = Reading::new().after(&Snapshot::empty());
    let delta = Snapshot::delta(300);
    vectors.taken("REV-05", "delta", "A delta with rows of every scope.", &node, &delta);
    let nothing = delta.but(|delta| {
        delta.sessions.clear();
        delta.tokens.clear();
        delta.subjects.clear();
        delta.retired.clear();
        delta.key_rows.clear();
    });
    let comment = "A delta without news but its times: a heartbeat.";
    vectors.taken("REV-05", "delta-without-rows", comment, &node, &nothing);
    let mut bad = |name: &str, comment: &str, delta: &Snapshot| {
        vectors.turned_away("REV-05", name, "Header", comment, (&node, delta));
    };
    bad("delta-base-is-version", "A delta goes on.", &delta.but(|delta| delta.base = delta.version));
    bad("delta-base-above-version", "A delta goes on.", &delta.but(|delta| delta.base = delta.version + 1));
    bad("delta-base-of-ones", "A delta goes on.", &delta.but(|delta| delta.base = u64::MAX));
    bad("delta-with-k", "A delta has no filter.", &delta.patched(K, &[24]));
    bad("delta-with-pages", "A delta has no filter.", &delta.patched(PAGES, &[0, 0, 0, 1]));
    bad("delta-with-bits", "A delta has no filter.", &delta.patched(BITS, &[0, 0, 0, 64]));
    bad(
        "delta-version-0",
        "Versions count up from 1.",
        &delta.but(|delta| (delta.base, delta.version) = (0, 0)),
    );
    bad("delta-more-tokens-than-entries", "3 entries, 4 of them tokens.", &delta.patched(100, &[0, 0, 0, 4]));
}

fn lengths(vectors: &mut Vectors) {
    let (node, usual) = (Reading::new(), Snapshot::usual());
    let bytes = usual.bytes();
    let mut cut = |name: &str, comment: &str, bytes: &[u8]| {
        vectors.turned_away_as("REV-05", name, "Length", comment, (&node, SNAPSHOT, bytes));
    };
    cut("header-and-signature-only", "The rest is missing.", &bytes[..252]);
    cut("cut-off-in-list", "Cut off in the list.", &bytes[..270]);
    cut("cut-off-behind-list", "Cut off behind the list.", &bytes[..284]);
    cut("cut-off-in-tables", "Cut off in the tables.", &bytes[..300]);
    cut("cut-off-behind-tables", "Cut off behind the tables.", &bytes[..348]);
    cut("last-byte-missing", "Cut off in the page.", &bytes[..bytes.len() - 1]);
    cut("byte-appended", "A byte is left over.", &[&bytes[..], &[0]].concat());
    cut("page-appended", "A page is left over.", &[&bytes[..], &[0; 8]].concat());
    cut("twice", "The whole document twice.", &[&bytes[..], &bytes].concat());
    let empty = Snapshot::empty().bytes();
    cut("byte-appended-to-empty", "A byte is left over.", &[&empty[..], &[0]].concat());
    let mut bad = |name: String, error: &str, comment: &str, snapshot: &Snapshot| {
        vectors.turned_away("REV-05", &name, error, comment, (&node, snapshot));
    };
    let comment = "1024 pages are possible, and there is one: the size tells.";
    bad("1024-pages".into(), "Length", comment, &usual.patched(PAGES, &1_024_u32.to_be_bytes()));
    let comment = "Pages of 131072 bits are possible, and this one is smaller: the size tells.";
    bad("131072-bits".into(), "Length", comment, &usual.patched(BITS, &131_072_u32.to_be_bytes()));
    let rows = [("key-rows", 112, 30), ("subject-rows", 116, 28), ("retired-rows", 120, 30)];
    for (name, offset, power) in rows {
        let comment = "One row more than there is.";
        bad(format!("{name}-one-more"), "Length", comment, &usual.patched(offset, &[0, 0, 0, 3]));
        bad(
            format!("{name}-one-less"),
            "Length",
            "One row less than there is.",
            &usual.patched(offset, &[0, 0, 0, 1]),
        );
        bad(format!("{name}-of-ones"), "Length", "Absurdly many rows.", &usual.patched(offset, &[255; 4]));
        let comment = "So many rows that their size is 0 modulo 2^32, and there is none.";
        let overflowing = Snapshot::empty().patched(offset, &(1_u32 << power).to_be_bytes());
        bad(format!("{name}-overflow-32-bits"), "Length", comment, &overflowing);
    }
    let all = [112, 116, 120, PAGES].into_iter().fold(usual, |all, offset| all.patched(offset, &[255; 4]));
    bad("everything-of-ones".into(), "Header", "Every number of rows and pages is absurd.", &all);

    let node = node.after(&Snapshot::empty());
    let delta = Snapshot::delta(300).but(|delta| delta.sessions.push(stranger("one more")));
    let bytes = delta.bytes();
    let mut cut = |name: &str, comment: &str, bytes: &[u8]| {
        vectors.turned_away_as("REV-05", name, "Length", comment, (&node, DELTA, bytes));
    };
    cut("delta-last-byte-missing", "Cut off in the tables.", &bytes[..bytes.len() - 1]);
    cut("delta-byte-appended", "A byte is left over.", &[&bytes[..], &[0]].concat());
    let many = |entries: u32| delta.patched(ENTRIES, &entries.to_be_bytes()).bytes();
    cut("delta-entries-one-more", "One fingerprint more than there is.", &many(5));
    cut("delta-entries-of-ones", "Absurdly many fingerprints.", &many(u32::MAX));
    let nothing = Snapshot::delta(300).but(|delta| {
        let empty = Snapshot { form: DELTA, k: 0, ..Snapshot::empty() };
        *delta = Snapshot { base: delta.base, version: delta.version, ..empty };
    });
    let overflowing = nothing.patched(ENTRIES, &(1_u32 << 29).to_be_bytes()).bytes();
    cut("delta-entries-overflow-32-bits", "2^29 fingerprints of 8 bytes, and there is none.", &overflowing);
}
