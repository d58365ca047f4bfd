//! Revocation snapshots and deltas as SPEC section 9 describes them: read, brought forward and asked.
use super::ring::{Realm, parse_ring};
use super::siphash::siphash;
use super::{Bytes, Claims, check, hkdf, public_key, time};
use ed25519_dalek::Signature;
use sha2::{Digest, Sha256};
pub const SNAPSHOT: u64 = 1;
pub const DELTA: u64 = 2;
/// REV-16: of the refusals of two realms the first of these is given.
const REFUSALS: [&str; 9] = [
    "Revoked(everyone)",
    "Revoked(key)",
    "Revoked(subject)",
    "Revoked(session)",
    "Revoked(token)",
    "Superseded",
    "SnapshotDamaged",
    "SnapshotStale",
    "CeilingExceeded",
];
/// A node: its ring, its rules, what it remembers and what it has taken.
pub struct Node {
    pub skew: u64,
    pub longest_validity: u64,
    pub least_version: u64,
    pub ring_version: Option<u64>, // of a published ring
    realms: Vec<(Realm, Option<[u8; 16]>)>,
    memory: Vec<Taken>,
    held: Vec<Document>,
}
/// The names in REV-13, without the realm: they are (signer, lineage).
type Line = ([u8; 8], [u8; 8]);
/// REV-09; `header` is `None` after a delta.
struct Taken {
    realm: [u8; 4],
    line: Line,
    version: u64,
    header: Option<Vec<u8>>,
    complete_to: u64,
}
/// A snapshot, brought forward by deltas or not; or a delta.
#[derive(Clone)]
pub struct Document {
    header: Vec<u8>,
    realm: [u8; 4],
    line: Line,
    pub version: u64,
    base: u64,
    issued_at: u64,
    pub complete_to: u64,
    not_after: u64,
    pub good_until: u64, // REV-08
    everyone_before: u64,
    pub min_ring_version: u64,
    pub token_life: u64,
    longest_token: u64,
    pub staleness_bound: u64,
    tokens: bool, // whether there are token entries
    probes: u64,
    bits: u64,
    key_rows: Vec<u64>,
    subjects: Vec<(u64, u64)>,
    retired: Vec<(u64, u64)>,
    fingerprints: Vec<u64>,         // of deltas
    pages: Vec<(Vec<u8>, Vec<u8>)>, // hash and page
}
/// What "clear" comes with (REV-10, REV-16).
pub struct Clear {
    pub complete_to: u64,
    pub mints: bool,
    pub token_life: u64,
}
impl Node {
    /// A node with this ring; filter keys that a public ring has not may be given besides (REV-18).
    pub fn new(ring: &str, filter_keys: &[[u8; 16]]) -> Self {
        let ring = parse_ring(ring, "").expect("a ring that can be read");
        let belongs = |key: &[u8; 16], id| hkdf(key, b"safeconduct/v1/realm") == Some(id);
        let given = |id| filter_keys.iter().find(|key| belongs(key, id)).copied();
        let both = ring.realms.into_iter().zip(ring.filter_keys);
        let realms = both.map(|(realm, key)| (realm.clone(), key.or(given(realm.0)))).collect();
        let (memory, held) = (Vec::new(), Vec::new());
        let (skew, longest_validity) = (30, 86_400); // section 9.5
        Self { skew, longest_validity, least_version: 0, ring_version: None, realms, memory, held }
    }
    /// Reads a document of this form and, if it passes, puts it in force. The checks are in the order of section 9.5.
    pub fn take(&mut self, form: u64, bytes: Bytes, now: u64) -> Result<Document, String> {
        let mut new = self.read(form, bytes)?;
        let place = self.held.iter().position(|old| old.realm == new.realm);
        if form == DELTA {
            let old = self.held[place.ok_or("OtherLine")?].clone(); // REV-13
            check(old.line == new.line, "OtherLine")?;
            check(old.version >= new.base, "Gap")?;
            if new.version <= old.version {
                return Ok(old);
            }
            new.go_on_from(old);
        }
        let realm = &self.realms.iter().find(|realm| realm.0.0 == new.realm).ok_or("ForeignRealm")?.0;
        let ahead = new.issued_at.max(new.complete_to) > now + self.skew;
        check(!ahead, "FromTheFuture")?; // REV-08
        new.good_until = new.not_after.min(new.issued_at + self.longest_validity);
        check(new.good_until > now, "Expired")?;
        check(new.version >= self.least_version.max(realm.1), "BelowFloor")?;
        let header = (form == SNAPSHOT).then(|| new.header.clone());
        for old in self.memory.iter().filter(|old| old.realm == new.realm) {
            let same_line = old.line == new.line; // REV-09
            check(!(same_line && old.version > new.version), "Older")?;
            let known = old.header.is_some() && header.is_some() && old.header != header;
            check(!(same_line && old.version == new.version && known), "Equivocation")?;
        }
        let of_realm = self.memory.iter().filter(|old| old.realm == new.realm);
        check(of_realm.map(|old| old.complete_to).all(|greatest| greatest <= new.complete_to), "Older")?;
        let ring_good = self.ring_version.is_none_or(|version| version >= new.min_ring_version);
        check(ring_good, "RingTooOld")?; // REV-14
        self.memory.retain(|old| (old.realm, old.line) != (new.realm, new.line));
        let (realm, line, version, complete_to) = (new.realm, new.line, new.version, new.complete_to);
        self.memory.push(Taken { realm, line, version, header, complete_to });
        self.held.retain(|old| old.realm != new.realm);
        self.held.push(new.clone());
        Ok(new)
    }
    /// REV-01 to REV-07.
    fn read(&self, form: u64, bytes: Bytes) -> Result<Document, String> {
        check(bytes.len() >= 252, "NotASnapshot")?; // REV-01
        let (header, rest) = bytes.split_at(188);
        let (signature, rest) = rest.split_at(64);
        let field = |offset, size| number(&header[offset..offset + size]);
        check(header[0..4] == *b"scr1" && [1, 2].contains(&header[4]), "NotASnapshot")?;
        check(field(6, 2) == 0, "NotASnapshot")?;
        for offset in [44, 52, 60, 68] {
            time(i128::from(field(offset, 8))).ok_or("Header")?;
        }
        check(field(4, 1) == form, "OtherForm")?;
        let ours = |realm: &&(Realm, _)| realm.0.0 == header[8..12]; // REV-02
        let realm = &self.realms.iter().find(ours).ok_or("ForeignRealm")?.0;
        let signs = |signer: &&[u8; 32]| signer[0..8] == header[12..20]; // REV-03
        let signer =
            public_key(*realm.3.iter().find(signs).ok_or("UnknownSigner")?).ok_or("UnknownSigner")?;
        let signed = [b"safeconduct/v1/revocation-snapshot", header].concat();
        let signature = Signature::from_bytes(signature.try_into().map_err(|_| "BadSignature")?);
        check(signer.verify_strict(&signed, &signature).is_ok(), "BadSignature")?; // REV-04
        let (version, base) = (field(28, 8), field(36, 8)); // REV-05
        let (issued_at, complete_to, not_after) = (field(44, 8), field(52, 8), field(60, 8));
        let (token_life, longest_token) = (field(84, 4), field(88, 4));
        let (entries, tokens) = (field(96, 4), field(100, 4));
        let (k, page_count, bits) = (field(5, 1), field(104, 4), field(108, 4));
        let mut good = (1..1 << 48).contains(&version) && tokens <= entries;
        good &= complete_to <= issued_at && issued_at < not_after;
        good &= 0 < token_life && token_life <= longest_token;
        if form == SNAPSHOT {
            let size_good = bits % 64 == 0 && (64..=131_072).contains(&bits) && page_count <= 1024; // 9.3
            good &= base == 0 && k % 4 == 0 && (8..=32).contains(&k);
            good &= if entries == 0 { page_count == 0 && bits == 0 } else { page_count > 0 && size_good };
        } else {
            good &= base < version && k == 0 && page_count == 0 && bits == 0;
        }
        check(good, "Header")?;
        let counts = [field(112, 4), field(116, 4), field(120, 4)];
        let list_size = if form == SNAPSHOT { page_count * 32 } else { entries * 8 };
        let tables_size = counts[0] * 4 + counts[1] * 16 + counts[2] * 12;
        let size = list_size + tables_size + page_count * (bits / 8); // all below 2^38
        check(size == rest.len() as u64, "Length")?;
        let (list, rest) = rest.split_at(list_size as usize);
        let (mut tables, pages) = rest.split_at(tables_size as usize);
        let hashes_good =
            Sha256::digest(tables)[..] == header[124..156] && Sha256::digest(list)[..] == header[156..188];
        check(hashes_good, "Damaged")?; // REV-06
        let mut column = |count: u64, width: usize| {
            let (values, after) = tables.split_at(count as usize * width);
            tables = after;
            values.chunks(width).map(number).collect::<Vec<u64>>()
        };
        let key_rows = column(counts[0], 4);
        let (subjects, cut_offs) = (column(counts[1], 8), column(counts[1], 8));
        let (retired, rotations) = (column(counts[2], 8), column(counts[2], 4));
        let (chunk, page) = if form == DELTA { (8, 1) } else { (32, (bits / 8).max(1) as usize) };
        let fingerprints: Vec<u64> =
            if form == DELTA { list.chunks(chunk).map(number).collect() } else { vec![] };
        let columns = [&key_rows, &subjects, &retired, &fingerprints];
        check(columns.iter().all(|column| column.is_sorted_by(|a, b| a < b)), "Order")?; // REV-07
        let named = |n: usize| -> [u8; 8] { std::array::from_fn(|i| header[n + i]) };
        Ok(Document {
            header: header.to_vec(),
            realm: realm.0,
            line: (named(12), named(20)),
            version,
            base,
            issued_at,
            complete_to,
            not_after,
            good_until: 0,
            everyone_before: field(68, 8),
            min_ring_version: field(76, 8),
            token_life,
            longest_token,
            staleness_bound: field(92, 4),
            tokens: tokens > 0,
            probes: k,
            bits,
            key_rows,
            subjects: subjects.into_iter().zip(cut_offs).collect(),
            retired: retired.into_iter().zip(rotations).collect(),
            fingerprints,
            pages: list
                .chunks(chunk)
                .map(<[u8]>::to_vec)
                .zip(pages.chunks(page).map(<[u8]>::to_vec))
                .collect(),
        })
    }
    /// REV-10 of each realm, then TOK-38. `fail_open` is the name of REV-17.
    pub fn ask(&self, claims: &Claims, now: u64, fail_open: bool) -> Result<Clear, String> {
        let mut clear = Clear { complete_to: 0, mints: true, token_life: u64::MAX };
        let mut refusals = Vec::new();
        for (realm, filter_key) in &self.realms {
            let Some(document) = self.held.iter().find(|document| document.realm == realm.0) else {
                refusals.push("SnapshotStale".to_owned()); // REV-16, whatever the operator said
                continue;
            };
            let stale = now.max(document.complete_to) >= document.good_until;
            let fresh = check(!stale || fail_open, "SnapshotStale");
            refusals.extend(fresh.and_then(|()| document.ask(claims, *filter_key)).err());
            clear.complete_to = clear.complete_to.max(document.complete_to);
            clear.token_life = clear.token_life.min(document.token_life);
            let bound = document.complete_to + document.staleness_bound;
            clear.mints &= !stale && now <= bound && filter_key.is_some(); // ISS-06, REV-17, REV-18
        }
        let weight = |refusal: &String| REFUSALS.iter().position(|known| known == refusal);
        refusals.sort_by_key(weight);
        refusals.into_iter().next().map_or(Ok(()), Err)?;
        let effective = now.max(clear.complete_to); // TOK-38
        check(effective < claims.ends_at, "Expired")?;
        check(effective < claims.expires_at, "Idle")?;
        Ok(clear)
    }
}
impl Document {
    /// REV-13: the fields of the delta, which are here already, and the rows of both.
    fn go_on_from(&mut self, old: Document) {
        self.tokens |= old.tokens;
        (self.probes, self.bits, self.pages) = (old.probes, old.bits, old.pages);
        self.key_rows.extend(old.key_rows);
        self.subjects.extend(old.subjects); // more than one row for a key: the greater value holds
        self.retired.extend(old.retired);
        self.fingerprints.extend(old.fingerprints);
    }
    fn ask(&self, claims: &Claims, filter_key: Option<[u8; 16]>) -> Result<(), String> {
        check(self.everyone_before <= claims.started_at, "Revoked(everyone)")?;
        check(!self.key_rows.contains(&number(&claims.key_id)), "Revoked(key)")?;
        if let Some(key) = filter_key {
            let session = siphash(&key, &[&[1][..], &claims.session_id].concat()); // section 9.2
            let token = siphash(&key, &[&[2][..], &claims.session_id, &claims.token_id].concat());
            let subject = siphash(&key, &[&[3][..], &claims.subject].concat());
            let greatest =
                |rows: &[(u64, u64)], f| rows.iter().filter(|row| row.0 == f).map(|row| row.1).max();
            let cut_off = greatest(&self.subjects, subject).unwrap_or(0);
            check(cut_off <= claims.started_at, "Revoked(subject)")?;
            check(!self.holds(session)?, "Revoked(session)")?;
            let least = greatest(&self.retired, session).unwrap_or(0);
            check(least <= u64::from(claims.rotation), "Superseded")?;
            check(!self.tokens || !self.holds(token)?, "Revoked(token)")?;
        }
        check(claims.expires_at - claims.issued_at <= self.longest_token, "CeilingExceeded") // REV-12
    }
    /// Whether a fingerprint is in the filter or among those of deltas.
    fn holds(&self, f: u64) -> Result<bool, String> {
        if self.fingerprints.contains(&f) || self.pages.is_empty() {
            return Ok(self.fingerprints.contains(&f));
        }
        let reduce = |h: u64, n: u64| ((h >> 32) * n) >> 32;
        let (hash, page) = &self.pages[reduce(f, self.pages.len() as u64) as usize];
        check(Sha256::digest(page)[..] == hash[..], "SnapshotDamaged")?; // REV-06
        let mut h = f.wrapping_mul(0xD134_2543_DE82_EF95);
        let mut all = true;
        for _ in 0..self.probes {
            let bit = reduce(h, self.bits);
            all &= page[(bit / 8) as usize] >> (bit % 8) & 1 == 1;
            h = h.wrapping_mul(0xD134_2543_DE82_EF95).wrapping_add(0x9E37_79B9_7F4A_7C15);
        }
        Ok(all)
    }
}
fn number(bytes: Bytes) -> u64 {
    bytes.iter().fold(0, |n, byte| n << 8 | u64::from(*byte)) // section 1: big-endian
}
