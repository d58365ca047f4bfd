//! The body of a token field by field, each of which can be spelled wrong.

use super::keys::NOW;
use super::primitives::{hex, varint, zigzag};

pub const SUBJECT: &[u8] = b"usr_8f14e45fceea167a";

/// Fields of the body that vectors spell in a way of their own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Field {
    Schema,
    SubjectLength,
    IssuedAt,
    Age,
    TokenLife,
    SessionLife,
    Rotation,
    Level,
    Lead,
    Extras,
    ElevationLevel,
    Lasting,
    Elapsed,
}

#[derive(Clone)]
pub struct Raised {
    pub level: u8,
    pub lasting: u64,
    pub elapsed: u64,
}

/// The claims of a token, and how they are spelled.
#[derive(Clone)]
pub struct Body {
    pub schema: u64,
    pub subject: Vec<u8>,
    pub issued_at: u64,
    pub age: i64,
    pub token_life: u64,
    pub session_life: u64,
    pub rotation: u64,
    pub level: u8,
    pub lead: i64,
    pub elevation: Option<Raised>,
    pub bound_to: Option<[u8; 32]>,
    /// Text claims of the application; what else `app` holds is for faults.
    pub app_text: Option<String>,
    pub app: Vec<u8>,
    /// These fields are written as these bytes.
    pub spelled: Vec<(Field, Vec<u8>)>,
}

impl Body {
    /// A session of 8 hours that began an hour before `NOW`, in its third token, a minute old.
    pub fn usual() -> Self {
        Self {
            schema: 0,
            subject: SUBJECT.to_vec(),
            issued_at: NOW - 60,
            age: 3_540,
            token_life: 1_800,
            session_life: 28_800,
            rotation: 2,
            level: 1,
            lead: 5,
            elevation: None,
            bound_to: None,
            app_text: None,
            app: Vec::new(),
            spelled: Vec::new(),
        }
    }

    pub fn text(&mut self, text: &str) {
        self.app = [varint(text.len() as u64), text.as_bytes().to_vec()].concat();
        self.app_text = Some(text.to_owned());
    }

    /// Fields 1–10, each with its bytes.
    pub fn fields(&self) -> Vec<(Field, Vec<u8>)> {
        let choice = u64::from(self.elevation.is_some()) + 2 * u64::from(self.bound_to.is_some());
        let mut fields = vec![
            (Field::Schema, varint(self.schema)),
            (Field::SubjectLength, varint(self.subject.len() as u64)),
            (Field::IssuedAt, varint(self.issued_at)),
            (Field::Age, zigzag(self.age)),
            (Field::TokenLife, varint(self.token_life)),
            (Field::SessionLife, varint(self.session_life)),
            (Field::Rotation, varint(self.rotation)),
            (Field::Level, vec![self.level]),
            (Field::Lead, zigzag(self.lead)),
            (Field::Extras, varint(choice)),
        ];
        if let Some(raised) = &self.elevation {
            fields.push((Field::ElevationLevel, vec![raised.level]));
            fields.push((Field::Lasting, varint(raised.lasting)));
            fields.push((Field::Elapsed, varint(raised.elapsed)));
        }
        fields
    }

    pub fn spelling(&self, field: Field) -> Vec<u8> {
        let usual = self.fields().into_iter().find(|(name, _)| *name == field);
        usual.unwrap_or_else(|| panic!("the body has no {field:?}")).1
    }

    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (field, usual) in self.fields() {
            let own = self.spelled.iter().find(|(name, _)| *name == field);
            bytes.extend_from_slice(own.map_or(&usual, |(_, spelled)| spelled));
            if field == Field::SubjectLength {
                bytes.extend_from_slice(&self.subject);
            }
        }
        bytes.extend(self.bound_to.iter().flatten());
        bytes.extend_from_slice(&self.app);
        bytes
    }

    pub fn started_at(&self) -> u64 {
        self.issued_at.checked_add_signed(-self.age).expect("an accepted body has times")
    }

    pub fn expires_at(&self) -> u64 {
        self.issued_at + self.token_life
    }

    pub fn ends_at(&self) -> u64 {
        self.started_at() + self.session_life
    }

    /// Every claim in absolute terms, as accepted vectors list them.
    pub fn described(&self) -> Vec<(&'static str, String)> {
        let authenticated_at = self.started_at().checked_add_signed(-self.lead).expect("a time");
        let elevation = self.elevation.as_ref().map(|raised| {
            let (until, since) = (self.issued_at + raised.lasting, self.issued_at - raised.elapsed);
            format!("level {} until {until} authenticated-at {since}", raised.level)
        });
        let app_text = self.app_text.as_ref().map(|text| serde_json::Value::from(text.as_str()).to_string());
        let none = || "none".to_owned();
        vec![
            ("claims-schema", self.schema.to_string()),
            ("claims-subject", hex(&self.subject)),
            ("claims-started-at", self.started_at().to_string()),
            ("claims-issued-at", self.issued_at.to_string()),
            ("claims-expires-at", self.expires_at().to_string()),
            ("claims-ends-at", self.ends_at().to_string()),
            ("claims-rotation", self.rotation.to_string()),
            ("claims-level", self.level.to_string()),
            ("claims-authenticated-at", authenticated_at.to_string()),
            ("claims-elevation", elevation.unwrap_or_else(none)),
            ("claims-bound-to", self.bound_to.map_or_else(none, |bytes| hex(&bytes))),
            ("claims-app-text", app_text.unwrap_or_else(none)),
        ]
    }
}
