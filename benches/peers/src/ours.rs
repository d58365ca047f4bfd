//! safeconduct, both backends: the same code with either crate.

use crate::{Peer, Sort};

macro_rules! side {
    ($module:ident, $library:ident, $e:literal, $s:literal, $n:literal, $rng:literal) => {
        pub mod $module {
            use $library::{
                AuthLevel, Context, ExactList, Grant, Issuer, Issuing, IssuingKey, Kind, Policy, Ring,
                Scratch, Seconds, Subject, Timestamp, Verifier, Window, context,
            };

            use super::{Peer, Sort};

            const CONTEXT: Context = context!("shop.example", "session");

            /// Both ends of one kind, with the random source that a caller has.
            fn ends<G: $library::rand_core::TryCryptoRng + 'static>(
                name: &'static str,
                kind: Kind,
                mut rng: G,
            ) -> Peer {
                let now = Timestamp::from_unix(crate::now()).expect("a time");
                let window = Window::new(now, Seconds::days(30), Seconds::days(1)).expect("a window");
                let mut ring = Ring::<Issuing>::new();
                ring.add(IssuingKey::generate(kind, &mut getrandom::SysRng).expect("a key"), window)
                    .expect("room");
                let issuer = Issuer::new(&ring, CONTEXT, &Policy::AAL1, kind);
                let verifier = Verifier::new(&ring.verifying(), CONTEXT, &Policy::AAL1, kind)
                    .revocations(ExactList::new());
                let mut scratch = Scratch::new();
                let subject = Subject::new(crate::SUBJECT).expect("a subject");
                let grant = Grant::new(subject, AuthLevel::Aal1);
                Peer {
                    name,
                    package: "safeconduct",
                    sort: if kind == Kind::Signed { Sort::OursReadable } else { Sort::Ours },
                    mint: Box::new(move || {
                        issuer.issue(&grant, now, &mut rng).expect("a token").into_string()
                    }),
                    verify: Box::new(move |text| {
                        verifier
                            .verify::<()>(text, now, &mut scratch)
                            .is_ok_and(|session| session.subject().as_bytes() == crate::SUBJECT.as_bytes())
                    }),
                }
            }

            pub fn all() -> Vec<Peer> {
                let generator =
                    <chacha20::ChaCha20Rng as $library::rand_core::SeedableRng>::from_seed(crate::random());
                vec![
                    ends($e, Kind::Encrypted, getrandom::SysRng),
                    ends($s, Kind::Signed, getrandom::SysRng),
                    ends($n, Kind::Nested, getrandom::SysRng),
                    ends($rng, Kind::Encrypted, generator),
                ]
            }
        }
    };
}

side!(
    fast,
    safeconduct,
    "safeconduct e",
    "safeconduct s",
    "safeconduct n",
    "safeconduct e, caller's generator"
);
side!(
    portable,
    safeconduct_portable,
    "safeconduct e (portable)",
    "safeconduct s (portable)",
    "safeconduct n (portable)",
    "safeconduct e, caller's generator (portable)"
);
