//! The body of a token, by SPEC section 4, on wide integers: what the fuzzer puts into one, and an independent reader of it.

use arbitrary::Arbitrary;

/// The latest time.
pub(super) const LAST: i128 = 253_402_300_799;

/// Fields 1–10 as they stand in the body.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Fields {
    pub(super) schema: i128,
    pub(super) subject: Vec<u8>,
    pub(super) issued_at: i128,
    pub(super) age: i128,
    pub(super) token_life: i128,
    pub(super) session_life: i128,
    pub(super) rotation: i128,
    pub(super) level: u8,
    pub(super) lead: i128,
    pub(super) elevation: Option<Raised>,
    pub(super) bound_to: Option<[u8; 32]>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Raised {
    pub(super) level: u8,
    pub(super) lasting: i128,
    pub(super) elapsed: i128,
}

impl Raised {
    pub(super) fn until(&self, issued_at: i128) -> i128 {
        issued_at + self.lasting
    }

    pub(super) fn authenticated_at(&self, issued_at: i128) -> i128 {
        issued_at - self.elapsed
    }
}

impl Fields {
    pub(super) fn started_at(&self) -> i128 {
        self.issued_at - self.age
    }

    pub(super) fn expires_at(&self) -> i128 {
        self.issued_at + self.token_life
    }

    pub(super) fn ends_at(&self) -> i128 {
        self.started_at() + self.session_life
    }

    pub(super) fn authenticated_at(&self) -> i128 {
        self.started_at() - self.lead
    }

    /// TOK-12 to TOK-17, and the levels of TOK-11.
    fn obey_the_rules(&self) -> bool {
        let is_time = |time: i128| (0..=LAST).contains(&time);
        let (issued, started, expires, ends) =
            (self.issued_at, self.started_at(), self.expires_at(), self.ends_at());
        let elevation_fits = self.elevation.is_none_or(|raised| {
            let (until, since) = (raised.until(issued), raised.authenticated_at(issued));
            let is_higher = raised.level >= self.level && raised.level <= 3;
            is_higher && is_time(until) && is_time(since) && issued < until && until <= ends
        });
        (1..=128).contains(&self.subject.len())
            && self.level <= 3
            && [issued, started, expires, ends, self.authenticated_at()].into_iter().all(is_time)
            && started - issued <= 241
            && issued < expires
            && expires <= ends
            && started < ends
            && self.authenticated_at() <= issued
            && elevation_fits
    }

    /// The one spelling of these fields.
    pub(super) fn write(&self) -> Vec<u8> {
        let mut body = Vec::new();
        varint(&mut body, self.schema);
        varint(&mut body, self.subject.len() as i128);
        body.extend(&self.subject);
        varint(&mut body, self.issued_at);
        varint(&mut body, zigzag(self.age));
        varint(&mut body, self.token_life);
        varint(&mut body, self.session_life);
        varint(&mut body, self.rotation);
        body.push(self.level);
        varint(&mut body, zigzag(self.lead));
        body.push(u8::from(self.elevation.is_some()) | u8::from(self.bound_to.is_some()) << 1);
        if let Some(raised) = self.elevation {
            body.push(raised.level);
            varint(&mut body, raised.lasting);
            varint(&mut body, raised.elapsed);
        }
        body.extend(self.bound_to.iter().flatten());
        body
    }

    /// Reads fields 1–10, over-long varints and all, and then compares with the one spelling (TOK-10): the fields, and what comes after them.
    pub(super) fn read(body: &[u8]) -> Option<(Self, &[u8])> {
        let rest = &mut &body[..];
        const U32: i128 = u32::MAX as i128;
        let schema = number(rest, U32)?;
        let length = usize::try_from(number(rest, U32)?).ok()?;
        let mut fields = Self {
            schema,
            subject: take(rest, length)?.to_vec(),
            issued_at: number(rest, u64::MAX.into())?,
            age: unzigzag(number(rest, u64::MAX.into())?),
            token_life: number(rest, U32)?,
            session_life: number(rest, U32)?,
            rotation: number(rest, U32)?,
            level: take(rest, 1)?[0],
            lead: unzigzag(number(rest, u64::MAX.into())?),
            elevation: None,
            bound_to: None,
        };
        let extras = number(rest, 3)?;
        if extras & 1 == 1 {
            let level = take(rest, 1)?[0];
            fields.elevation =
                Some(Raised { level, lasting: number(rest, U32)?, elapsed: number(rest, U32)? });
        }
        if extras & 2 == 2 {
            fields.bound_to = Some(take(rest, 32)?.try_into().ok()?);
        }
        let spelled = &body[..body.len() - rest.len()];
        (fields.obey_the_rules() && fields.write() == spelled).then_some((fields, *rest))
    }
}

fn take<'a>(rest: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (front, after) = rest.split_at_checked(count)?;
    *rest = after;
    Some(front)
}

fn number(rest: &mut &[u8], most: i128) -> Option<i128> {
    let mut value = 0;
    for place in 0..10 {
        let byte = take(rest, 1)?[0];
        value |= i128::from(byte & 127) << (7 * place);
        if byte < 128 {
            return (value <= most).then_some(value);
        }
    }
    None
}

fn varint(out: &mut Vec<u8>, value: i128) {
    let mut value = value as u64;
    while value > 127 {
        out.push(value as u8 | 128);
        value >>= 7;
    }
    out.push(value as u8);
}

fn zigzag(value: i128) -> i128 {
    if value < 0 { -2 * value - 1 } else { 2 * value }
}

fn unzigzag(value: i128) -> i128 {
    if value % 2 == 0 { value / 2 } else { -(value + 1) / 2 }
}

/// A number of the kind that finds borders: near another one, near a power of two, or any.
#[derive(Clone, Copy, Arbitrary, Debug)]
pub(super) enum Number {
    Near(i8),
    Wide(i32),
    Power(u8, i8),
    Any(u64),
}

impl Number {
    pub(super) fn from(self, origin: i128) -> i128 {
        match self {
            Self::Near(offset) => origin + i128::from(offset),
            Self::Wide(offset) => origin + i128::from(offset),
            Self::Power(power, offset) => (1 << (power % 64)) + i128::from(offset),
            Self::Any(value) => value.into(),
        }
    }
}

/// Fields as the fuzzer draws them: each is what would be usual there, but for what the fuzzer makes of it.
#[derive(Clone, Copy, Arbitrary, Debug)]
pub(super) struct Drawn {
    schema: u8,
    subject: u8,
    issued_at: Number,
    age: Number,
    token_life: Number,
    session_life: Number,
    rotation: Number,
    level: u8,
    lead: Number,
    elevation: Option<(u8, Number, Number)>,
    bound_to: Option<u8>,
}

impl Drawn {
    /// Around `now`. What does not fit the type of its field is brought into its range, as a varint would be read.
    pub(super) fn fields(&self, now: i128) -> Fields {
        let short = |number: Number, origin| number.from(origin) & i128::from(u32::MAX);
        let long = |number: Number, origin| number.from(origin).clamp(i64::MIN.into(), i64::MAX.into());
        Fields {
            schema: (self.schema % 4).into(),
            subject: vec![b's'; usize::from(self.subject % 130)],
            issued_at: self.issued_at.from(now) & i128::from(u64::MAX),
            age: long(self.age, 0),
            token_life: short(self.token_life, 1_800),
            session_life: short(self.session_life, 28_800),
            rotation: short(self.rotation, 1),
            level: self.level % 5,
            lead: long(self.lead, 0),
            elevation: self.elevation.map(|(level, lasting, elapsed)| Raised {
                level: level % 5,
                lasting: short(lasting, 900),
                elapsed: short(elapsed, 0),
            }),
            bound_to: self.bound_to.map(|byte| [byte; 32]),
        }
    }
}
