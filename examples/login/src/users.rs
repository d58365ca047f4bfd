//! Two demo users with passwords, in a file that several processes share.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString};
use safeconduct::{FileStore, Put, Store, Subject};

/// What a second factor would be. It is the same for everybody and printed on the page: this is a demo.
pub const CODE: &str = "246810";

/// Who can log in. The subject is opaque: neither a name nor an address.
pub struct User {
    pub login: &'static str,
    pub name: &'static str,
    pub subject: &'static str,
    pub operator: bool,
    first_password: &'static str,
}

pub const USERS: [User; 2] = [
    User {
        login: "ada",
        name: "Ada Lovelace",
        subject: "usr_8f14e45fceea167a",
        operator: false,
        first_password: "lovelace",
    },
    User {
        login: "olga",
        name: "Olga Taussky",
        subject: "usr_c9f0f895fb98ab91",
        operator: true,
        first_password: "taussky",
    },
];

impl User {
    pub fn subject(&self) -> Subject {
        Subject::new(self.subject).expect("short enough")
    }

    pub fn of(subject: &Subject) -> Option<&'static Self> {
        USERS.iter().find(|user| user.subject() == *subject)
    }
}

/// The password hashes, by login.
pub struct Passwords(FileStore);

type Hashes = BTreeMap<String, String>;

impl Passwords {
    pub fn open(path: &Path) -> Result<Self, Box<dyn Error>> {
        let file = FileStore::new(path);
        if file.get()?.is_none() {
            let hashes: Result<Hashes, Box<dyn Error>> =
                USERS.iter().map(|user| Ok((user.login.to_owned(), hash(user.first_password)?))).collect();
            let _ = file.put_if(&serde_json::to_vec_pretty(&hashes?)?, None)?;
        }
        Ok(Self(file))
    }

    /// The user, if the password is his. An unknown login takes as long as a wrong password.
    pub fn check(&self, login: &str, password: &str) -> Result<Option<&'static User>, Box<dyn Error>> {
        let (bytes, _) = self.0.get()?.ok_or("there are no users")?;
        let hashes: Hashes = serde_json::from_slice(&bytes)?;
        let user = USERS.iter().find(|user| user.login == login);
        let stored = hashes.get(user.unwrap_or(&USERS[0]).login).ok_or("a user without a password")?;
        let stored = PasswordHash::new(stored).map_err(|why| why.to_string())?;
        let right = Argon2::default().verify_password(password.as_bytes(), &stored).is_ok();
        Ok(user.filter(|_| right))
    }

    pub fn change(&self, login: &str, password: &str) -> Result<(), Box<dyn Error>> {
        let hash = hash(password)?;
        loop {
            let (bytes, version) = self.0.get()?.ok_or("there are no users")?;
            let mut hashes: Hashes = serde_json::from_slice(&bytes)?;
            hashes.insert(login.to_owned(), hash.clone());
            if let Put::Stored(_) = self.0.put_if(&serde_json::to_vec_pretty(&hashes)?, Some(&version))? {
                return Ok(());
            }
        }
    }
}

fn hash(password: &str) -> Result<String, Box<dyn Error>> {
    let mut salt = [0; 16];
    safeconduct::rand_core::TryRng::try_fill_bytes(&mut getrandom::SysRng, &mut salt)?;
    let salt = SaltString::encode_b64(&salt).map_err(|why| why.to_string())?;
    let hashed =
        Argon2::default().hash_password(password.as_bytes(), &salt).map_err(|why| why.to_string())?;
    Ok(hashed.to_string())
}
