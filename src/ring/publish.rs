//! Writing a ring for places that are not trusted (SPEC section 8.6).

use alloc::string::String;
use alloc::vec::Vec;

use rand_core::TryCryptoRng;
use zeroize::Zeroizing;

use super::document_keys::{KeyEncryptionKey, RootKey};
use super::payload;
use super::published::{DOMAIN, MAX_BYTES, MAX_VERSION, PublishedError, WRAPPED, letter};
use super::text::PREFIX;
use super::{Ring, RingTextError, Role, Unpublished};
use crate::proof::document::{self, NONCE};
use crate::wire;

impl<R: Role> Ring<R> {
    /// The ring as a published document: signed by the root key, then wrapped for the nodes of this role. It is no secret.
    ///
    /// # Errors
    ///
    /// [`PublishedError::Version`] for 0 or above 2^63 − 1, [`PublishedError::Ring`] for a ring without keys, [`PublishedError::Random`].
    pub fn publish<G: TryCryptoRng + ?Sized>(
        &self,
        version: u64,
        root: &RootKey,
        kek: &KeyEncryptionKey,
        rng: &mut G,
    ) -> Result<String, PublishedError> {
        if version == 0 || version > MAX_VERSION {
            return Err(PublishedError::Version);
        }
        if self.count() == 0 {
            return Err(PublishedError::Ring(RingTextError::KeyCount { count: 0 }));
        }
        let role = letter::<R>();
        let payload = payload::write(self);
        let mut signed = Zeroizing::new(Vec::with_capacity(MAX_BYTES));
        signed.extend_from_slice(&version.to_be_bytes());
        signed.extend_from_slice(payload.as_bytes());
        let signature =
            document::sign(&root.0, &[DOMAIN, &[role]], &signed).ok_or(PublishedError::BadSignature)?;
        signed.extend_from_slice(&signature);
        let mut nonce = [0; NONCE];
        rng.try_fill_bytes(&mut nonce).map_err(|_| PublishedError::Random)?;
        let [k1, k2, k3, k4] = kek.id();
        let associated = [role, k1, k2, k3, k4];
        let tag = document::seal(&kek.wrapping_key(role), &nonce, &associated, &mut signed)
            .ok_or(PublishedError::DoesNotOpen)?;
        let bytes = [associated.as_slice(), &nonce, &signed, &tag].concat();
        let mut text = String::new();
        text.push_str(PREFIX);
        text.push_str(WRAPPED);
        wire::encode(&bytes, &mut text);
        Ok(text)
    }
}

impl Unpublished {
    /// As [`Ring::publish`], for the place from which issuers read.
    ///
    /// # Errors
    ///
    /// As [`Ring::publish`].
    pub fn publish<G: TryCryptoRng + ?Sized>(
        &self,
        version: u64,
        root: &RootKey,
        kek: &KeyEncryptionKey,
        rng: &mut G,
    ) -> Result<String, PublishedError> {
        self.ring().publish(version, root, kek, rng)
    }
}
