//! What stands in a snapshot for an id: 64 bits that only holders of the filter key can compute (SPEC section 9.2).

use crate::keys::FilterKey;
use crate::values::{SessionId, Subject, TokenId};

const SESSION: u8 = 1;
const TOKEN: u8 = 2;
const SUBJECT: u8 = 3;

pub(super) fn of_session(key: &FilterKey, session: SessionId) -> u64 {
    key.hash_ids(SESSION, [session.to_bytes()])
}

pub(super) fn of_token(key: &FilterKey, session: SessionId, token: TokenId) -> u64 {
    key.hash_ids(TOKEN, [session.to_bytes(), token.to_bytes()])
}

pub(super) fn of_subject(key: &FilterKey, subject: &Subject) -> u64 {
    key.hash_bytes(SUBJECT, subject.as_bytes())
}
