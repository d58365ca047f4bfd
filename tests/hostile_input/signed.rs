//! Documents of whoever has stolen a signing key: every number in them may be a lie, and the signature is good.

use ed25519_dalek::{Signer as _, SigningKey};
use safeconduct::{Journal, Revocation, SessionId};
use sha2::{Digest as _, Sha256};

use crate::common::at;
use crate::common::forge::{field, forged};
use crate::common::realm::Desk;

/// Snapshots, deltas and logs that announce more than there is. The log of the desk has 5,000 sessions more afterwards.
pub fn all(desk: &mut Desk) -> Vec<Vec<u8>> {
    let (earlier, small) = (desk.read(), desk.snapshot());
    let sessions = (0..5_000_u64).map(|number| {
        let id = [&number.to_be_bytes()[..], &[7; 4]].concat().try_into().unwrap();
        Revocation::operator_session(SessionId::from_bytes(id), at(9_000))
    });
    desk.revoke_all(&sessions.collect::<Vec<_>>(), at(2));
    let (large, delta) = (desk.snapshot(), desk.read().delta_since(&earlier, &desk.signer).unwrap());
    let numbers = [
        (field::ENTRIES, 4),
        (field::TOKENS, 4),
        (field::PAGES, 4),
        (field::PAGE_BITS, 4),
        (field::KEYS, 4),
        (field::SUBJECTS, 4),
        (field::RETIRED, 4),
        (field::VERSION, 8),
        (field::PROBES, 1),
    ];
    let mut documents = Vec::new();
    for document in [&small, &large, &delta] {
        documents.push(document.clone());
        for (offset, size) in numbers {
            for byte in [0xFF, 0x7F, 0x00, 0x01, 0x80] {
                documents.push(forged(document, &[(offset, vec![byte; size])], &desk.signer));
            }
            documents.push(forged(
                document,
                &numbers.map(|(offset, size)| (offset, vec![0xFF; size])),
                &desk.signer,
            ));
        }
    }
    documents.push(desk.stored.clone());
    documents.extend(logs(desk));
    documents
}

/// Bytes of rows in a log that is full.
const FULL: usize = 1 << 16;

/// Logs of one table that is full of the smallest rows there are, and such that announce 2^32 - 1 or 2^64 - 1 rows, with that many behind or with none. The first is the
/// one that is read to its end.
fn logs(desk: &Desk) -> Vec<Vec<u8>> {
    const MOST_32: &[u8] = &[0xFF, 0xFF, 0xFF, 0xFF, 0x0F];
    const MOST_64: &[u8] = &[0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01];
    let mut logs = Vec::new();
    for table in Table::ALL {
        let (count, rows) = table.rows();
        let behind = vec![0; table.tables_behind()];
        logs.push([table.front(), varint(count), rows.clone(), behind].concat());
        for announced in [MOST_32, MOST_64] {
            logs.push([table.front(), announced.to_vec(), rows.clone()].concat());
            logs.push([table.front(), announced.to_vec()].concat());
        }
    }
    let logs: Vec<_> = logs.into_iter().map(|body| signed_log(desk, &body)).collect();
    for (log, table) in logs.iter().step_by(5).zip(Table::ALL) {
        assert!(Journal::read(log, &desk.realm, desk.settings).is_ok(), "a log full of {table:?}");
    }
    logs
}

/// The parts of a log whose length is announced, in their order.
#[derive(Clone, Copy, Debug)]
enum Table {
    Peers,
    Ancestors,
    Keys,
    Subjects,
    Sessions,
    Tokens,
    Retired,
    Successors,
}

impl Table {
    const ALL: [Self; 8] = [
        Self::Peers,
        Self::Ancestors,
        Self::Keys,
        Self::Subjects,
        Self::Sessions,
        Self::Tokens,
        Self::Retired,
        Self::Successors,
    ];

    /// Everything before it: lineage, eleven numbers, and the parts in front, all empty.
    fn front(self) -> Vec<u8> {
        let before = match self {
            Self::Peers => 0,
            Self::Ancestors => 1,
            // Both lists, the writer, and everyone's cut-off.
            _ => 2 + 8 + 1 + self as usize - Self::Keys as usize,
        };
        vec![0; 8 + 11 + before]
    }

    fn tables_behind(self) -> usize {
        match self {
            Self::Peers => 1 + 8 + 1 + 6,
            Self::Ancestors => 8 + 1 + 6,
            _ => Self::Successors as usize - self as usize,
        }
    }

    /// How many rows, and their bytes: keys that ascend, and zeros.
    fn rows(self) -> (u64, Vec<u8>) {
        let (mut count, mut rows) = (0, Vec::new());
        while rows.len() < FULL {
            let (fixed, zeros) = match self {
                Self::Peers => (8, 1),
                Self::Ancestors => (8, 0),
                Self::Keys => (4, 0),
                Self::Subjects | Self::Successors => (0, 2),
                Self::Sessions | Self::Retired => (0, 3),
                Self::Tokens => (0, 1),
            };
            match fixed {
                0 => rows.extend(varint(count)),
                size => rows.extend_from_slice(&count.to_be_bytes()[8 - size..]),
            }
            rows.extend(vec![0; zeros]);
            count += 1;
        }
        (count, rows)
    }
}

fn varint(mut value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value > 127 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
    bytes
}

fn signed_log(desk: &Desk, body: &[u8]) -> Vec<u8> {
    let hash: [u8; 32] = Sha256::digest(body).into();
    let front = [b"scl1", &desk.realm.id().to_bytes()[..], &desk.signer.public()[..8], &hash].concat();
    let message = [&b"safeconduct/v1/revocation-log"[..], &front].concat();
    let signature = SigningKey::from_bytes(&desk.signer.to_secret_seed()).sign(&message).to_bytes();
    [&front[..], &signature, body].concat()
}
