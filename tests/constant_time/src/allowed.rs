//! What may depend on a secret, and why. Everything else fails.

/// Where a report is allowed, in which cases, and why.
pub struct Allowed {
    pub cases: &'static [&'static str],
    pub place: Place,
    pub why: &'static str,
    /// Whether every one of the cases has to show it: where a secret must arrive, so that a case in which it does not arrive fails.
    pub expected: bool,
}

/// Pairs of a file and a function; of several, any.
pub enum Place {
    /// The function itself, with what it takes from the standard library.
    At(&'static [(&'static str, &'static str)]),
    /// The function and everything that it calls.
    Under(&'static [(&'static str, &'static str)]),
}

const OPENS: &[&str] = &["refuse-e", "refuse-n", "verify-e", "verify-n", "refuse-ring", "open-ring"];
const MINTS: &[&str] = &["issue-e", "issue-s", "issue-n", "rotate-e", "rotate-n", "csrf", "publish-ring"];
const ACCEPTS: &[&str] = &["verify-e", "verify-n"];

pub const ALLOWED: &[Allowed] = &[
    Allowed {
        cases: OPENS,
        place: Place::At(&[
            ("orion/src/hazardous/aead/chacha20poly1305.rs", "open_inplace"),
            ("chacha20poly1305/src/cipher.rs", "decrypt_inout_detached"),
            ("src/proof/open.rs", "open"),
            ("src/proof/document.rs", "open"),
        ]),
        why: "accepted or not: whether the tag is right, after all of it was compared, and then the signature",
        expected: true,
    },
    Allowed {
        cases: &["csrf"],
        place: Place::At(&[("tests/constant_time/src/cases/web.rs", "anti_forgery")]),
        why: "accepted or not: where this case looks at the answer; the library does not branch on it at all",
        expected: true,
    },
    Allowed {
        cases: &["thumbprint"],
        place: Place::At(&[("src/verifier.rs", "judge")]),
        why: "accepted or not: whether the thumbprint is the one of the session, after all of it was compared",
        expected: true,
    },
    Allowed {
        cases: &["merge"],
        place: Place::At(&[("src/ring/realm.rs", "merge"), ("src/ring/realm.rs", "same_but_for_version")]),
        why: "the same or not: whether two rings have the same filter key, after all of it was compared",
        expected: true,
    },
    Allowed {
        cases: MINTS,
        place: Place::Under(&[("src/wire/text.rs", "encode")]),
        why: "text of what is sealed or signed already, and is sent to the client or published",
        expected: true,
    },
    Allowed {
        cases: ACCEPTS,
        place: Place::Under(&[("src/claims/decoding.rs", "decode")]),
        why: "claims are read after the tag was found right",
        expected: true,
    },
    Allowed {
        cases: ACCEPTS,
        place: Place::Under(&[("src/verifier.rs", "judge")]),
        why: "the deadlines of an authentic token are judged: which of them is over is told to the operator",
        expected: true,
    },
    Allowed {
        cases: ACCEPTS,
        place: Place::At(&[
            ("src/verifier.rs", "admit"),
            ("src/verifier.rs", "check_schema"),
            ("src/policy.rs", "check_ceilings"),
        ]),
        why: "the same: the answer of each step, for an authentic token",
        expected: false, // or the compiler puts it into `judge`; that the secret arrives, claims show
    },
    Allowed {
        cases: &["verify-n", "open-ring"],
        place: Place::Under(&[("src/proof/sign.rs", "verify")]),
        why: "a signature is checked by a public key, after the tag around it was found right",
        expected: false, // or the compiler puts it into `open`
    },
    Allowed {
        cases: &["open-ring"],
        place: Place::At(&[("src/proof/document.rs", "verify")]),
        why: "accepted or not: whether that signature is right",
        expected: true,
    },
    Allowed {
        cases: &["open-ring", "refuse-ring"],
        place: Place::At(&[("src/ring/published.rs", "open")]),
        why: "the id of the key-encryption key, a hash that stands in the document; and of an authentic document its version",
        expected: true,
    },
    Allowed {
        cases: &["open-ring"],
        place: Place::At(&[
            ("src/ring/payload.rs", "read"),
            ("src/ring/payload.rs", "read_entry"),
            ("src/ring/window.rs", "new"),
            ("src/values/kind.rs", "from_letter"),
            ("src/values/time.rs", "from_unix"),
            ("src/values/time.rs", "checked_add"),
        ]),
        why: "numbers, kinds, windows and ids of an authentic ring, which every log may show; not its key material",
        expected: true,
    },
    Allowed {
        cases: &["ring-bytes"],
        place: Place::At(&[("src/ring/text.rs", "from_bytes")]),
        why: "the checksum of a ring is right or not: it finds typing errors, and nobody else hands in rings",
        expected: true,
    },
    Allowed {
        cases: &["ring-bytes"],
        place: Place::At(&[
            ("src/ring/payload.rs", "read"),
            ("src/ring/entries.rs", "named"),
            ("src/ring/entries.rs", "insert"),
        ]),
        why: "the ids of keys are in order and stand once: ids are public",
        expected: false,
    },
    Allowed {
        cases: &["ring-text"],
        place: Place::Under(&[("src/wire/text.rs", "encode"), ("src/wire/text.rs", "decode")]),
        why: "NOT constant-time: base64 by tables, over key material, once when a ring is loaded or stored; the binary form of a ring is free of it (SECURITY.md). Behind the tables nothing is secret to valgrind any more",
        expected: true,
    },
    Allowed {
        cases: &["ring-text"],
        place: Place::At(&[
            ("src/ring/text.rs", "from_bytes"),
            ("src/ring/payload.rs", "read"),
            ("src/ring/payload.rs", "read_entry"),
            ("src/ring/window.rs", "new"),
            ("src/values/time.rs", "checked_add"),
        ]),
        why: "the checksum and the window of a ring: valgrind takes the vector of characters that they are decoded in for one, and it has hidden ones (fast backend only)",
        expected: false,
    },
    Allowed {
        cases: &["keys", "merge", "ask-snapshot"],
        place: Place::At(&[("src/ring/realm.rs", "new")]),
        why: "the id of a realm, a hash of its filter key that is published",
        expected: true,
    },
    Allowed {
        cases: &["ask-snapshot"],
        place: Place::Under(&[
            ("src/revocation/signed/asking.rs", "finds"),
            ("src/revocation/signed/tables.rs", "cut_off"),
            ("src/revocation/signed/tables.rs", "mark"),
        ]),
        why: "NOT constant-time: a filter is looked at where the keyed fingerprint says. The filter key hides revoked ids from readers of snapshots, not from who can measure the caches of a node (SECURITY.md)",
        expected: true,
    },
    Allowed {
        cases: &["ask-snapshot"],
        place: Place::At(&[
            ("src/revocation/signed/asking.rs", "in_scopes"),
            ("src/revocation/signed/asking.rs", "check"),
            ("src/verifier.rs", "judge"),
        ]),
        why: "the same: whether something was found",
        expected: false,
    },
    Allowed {
        cases: &["open-ring"],
        place: Place::Under(&[("src/proof/document.rs", "verify"), ("src/ring/payload.rs", "read_entry")]),
        why: "a compiler may choose the address of the opened bytes by the verdict instead of branching on it: then whatever reads them depends on it (keys are watched where they are generated)",
        expected: false,
    },
];
