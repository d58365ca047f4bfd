//! Issuing with a key that this process does not hold: the signatures are made by another process. Without the test harness, because the program is both.

mod common;

use std::cell::RefCell;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use common::{CONTEXT, Repeatable, at, subject};
use safeconduct::{
    AuthLevel, ExactList, Grant, Issuer, Issuing, KeyId, Kind, MintError, Policy, Ring, Seconds, Signer,
    SignerError, Verifier, Verifying, VerifyingKey, Window,
};

/// A ring with one key of this kind, and its seed: only the signing process makes them.
fn secret_ring(kind: Kind) -> (Ring<Issuing>, ed25519_dalek::SigningKey) {
    let ring = common::ring(&[kind], 4);
    // The seed is the last of the entry; behind it stand the number of realms and the checksum.
    let bytes = ring.to_bytes();
    let seed = bytes[..bytes.len() - 5].last_chunk::<32>().unwrap();
    let key = ed25519_dalek::SigningKey::from_bytes(seed);
    (ring, key)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    text.as_bytes()
        .chunks(2)
        .map(|two| u8::from_str_radix(std::str::from_utf8(two).unwrap(), 16).unwrap())
        .collect()
}

/// The signing process: says which keys it has (the text of a verifier's ring), then answers each line, a key id and a message, with a signature.
fn sign_for_others() {
    use ed25519_dalek::Signer as _;

    let (signed, key) = secret_ring(Kind::Signed);
    let (nested, other) = secret_ring(Kind::Nested);
    let ring = signed.merge(&nested).unwrap();
    let ids = ring.keys(at(0)).map(|info| (info.kind, info.id.to_string()));
    let keys: Vec<_> = ids.map(|(kind, id)| (id, if kind == Kind::Signed { &key } else { &other })).collect();
    println!("{}", ring.verifying().to_text().as_str());
    for line in std::io::stdin().lock().lines() {
        let line = line.unwrap();
        let (id, message) = line.split_once(' ').unwrap();
        let key = keys.iter().find(|(known, _)| known == id);
        println!("{}", key.map(|(_, key)| hex(&key.sign(&unhex(message)).to_bytes())).unwrap_or_default());
    }
}

/// The other process, as a signer.
struct Remote(RefCell<(Child, ChildStdin, BufReader<ChildStdout>)>);

impl Remote {
    fn start() -> (Self, Ring<Verifying>) {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .arg("--sign-for-others")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let input = child.stdin.take().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut ring = String::new();
        output.read_line(&mut ring).unwrap();
        (Self(RefCell::new((child, input, output))), ring.parse().unwrap())
    }

    fn stop(&self) {
        let mut remote = self.0.borrow_mut();
        remote.0.kill().unwrap();
        remote.0.wait().unwrap();
    }
}

impl Signer for Remote {
    fn sign(&self, key_id: KeyId, message: &[u8]) -> Result<[u8; 64], SignerError> {
        let (_, input, output) = &mut *self.0.borrow_mut();
        writeln!(input, "{key_id} {}", hex(message)).map_err(|_| SignerError)?;
        let mut line = String::new();
        output.read_line(&mut line).map_err(|_| SignerError)?;
        unhex(line.trim()).try_into().map_err(|_| SignerError)
    }
}

/// Signs with the wrong key, or flips a bit.
struct Faulty<'r>(&'r Remote, u8);

impl Signer for Faulty<'_> {
    fn sign(&self, key_id: KeyId, message: &[u8]) -> Result<[u8; 64], SignerError> {
        let mut signature = self.0.sign(key_id, message)?;
        signature[usize::from(self.1)] ^= 1;
        Ok(signature)
    }
}

/// A ring of public keys alone, as a hardware module gives them.
fn keys_that_never_were_here() {
    struct Module(ed25519_dalek::SigningKey);
    impl Signer for Module {
        fn sign(&self, _: KeyId, message: &[u8]) -> Result<[u8; 64], SignerError> {
            use ed25519_dalek::Signer as _;
            Ok(self.0.sign(message).to_bytes())
        }
    }
    let module = Module(ed25519_dalek::SigningKey::from_bytes(&[9; 32]));
    let public = module.0.verifying_key().to_bytes();
    let mut rng = Repeatable(5);
    let window = Window::new(at(0), Seconds::days(30), Seconds::hours(2)).unwrap();
    let mut ring = Ring::<Verifying>::new();
    ring.add_held_elsewhere(VerifyingKey::signed(&public).unwrap(), window).unwrap();
    ring.add_held_elsewhere(VerifyingKey::nested(&public, &mut rng).unwrap(), window).unwrap();
    assert!(VerifyingKey::signed(&[0; 32]).is_err() && VerifyingKey::nested(&[0; 32], &mut rng).is_err());
    assert!(VerifyingKey::nested(&public, &mut common::Broken).is_err());
    let ring: Ring<Verifying> = ring.to_text().as_str().parse().unwrap();
    for kind in [Kind::Signed, Kind::Nested] {
        let issuer = Issuer::with_signer(&ring, CONTEXT, &Policy::AAL1, kind, &module);
        let token = issuer.issue(&Grant::new(subject(), AuthLevel::Aal1), at(0), &mut rng).unwrap();
        let verifier = Verifier::new(&ring, CONTEXT, &Policy::AAL1, kind).revocations(ExactList::new());
        assert!(verifier.verify_owned::<()>(token.as_str(), at(1)).is_ok());
    }
}

fn main() {
    if std::env::args().nth(1).as_deref() == Some("--sign-for-others") {
        return sign_for_others();
    }
    let (remote, ring) = Remote::start();
    let mut rng = Repeatable(1);
    let grant = Grant::new(subject(), AuthLevel::Aal1).claims(7_u8);
    for kind in [Kind::Signed, Kind::Nested] {
        let issuer = Issuer::with_signer(&ring, CONTEXT, &Policy::AAL1, kind, &remote);
        let verifier = Verifier::new(&ring, CONTEXT, &Policy::AAL1, kind).revocations(ExactList::new());
        let token = issuer.issue(&grant, at(0), &mut rng).unwrap();
        let session = verifier.verify_owned::<u8>(token.as_str(), at(1)).unwrap();
        let rotated = issuer.rotate(&session, &mut rng).unwrap();
        assert_eq!(verifier.verify_owned::<u8>(rotated.as_str(), at(1)).unwrap().rotation(), 1);
        assert!(issuer.elevate(&session, AuthLevel::Aal2, Seconds::minutes(5), &mut rng).is_ok());
        for place in [0, 31, 32, 63] {
            let faulty = Issuer::with_signer(&ring, CONTEXT, &Policy::AAL1, kind, Faulty(&remote, place));
            assert_eq!(faulty.issue(&grant, at(0), &mut rng).unwrap_err(), MintError::Signer);
        }
    }
    // With kind e there is nothing to sign, and whoever has the key can mint: it is not offered here.
    let shared = common::ring(&[Kind::Encrypted], 4).verifying();
    let issuer = Issuer::with_signer(&shared, CONTEXT, &Policy::AAL1, Kind::Encrypted, &remote);
    assert_eq!(issuer.issue(&grant, at(0), &mut rng).unwrap_err(), MintError::NoMintingKey);

    keys_that_never_were_here();

    let issuer = Issuer::with_signer(&ring, CONTEXT, &Policy::AAL1, Kind::Nested, &remote);
    remote.stop();
    assert_eq!(
        issuer.issue(&grant, at(0), &mut rng).unwrap_err(),
        MintError::Signer,
        "nobody is there to sign"
    );
    println!("remote_signer: tokens signed by another process, and none without it");
}
