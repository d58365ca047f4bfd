//! The cookie: one, for its token comes as text where the desk has made it. A web application that makes all of its tokens itself takes `safeconduct::http::Exchange`, which
//! has two, and anti-forgery tokens besides.

/// Its name.
pub const COOKIE: &str = "__Host-sid";

const ATTRIBUTES: &str = "; Secure; HttpOnly; SameSite=Lax; Path=/";

/// The token in a `Cookie` header. Of several with that name none is taken: which of them is ours cannot be told.
#[must_use]
pub fn token_in(cookies: &str) -> Option<&str> {
    let named = |pair: &'_ str| {
        let (name, value) = pair.trim_matches([' ', '\t']).split_once('=')?;
        (name == COOKIE).then_some(value.len())
    };
    let mut found = cookies.split(';').filter(|pair| named(pair).is_some());
    let pair = found.next()?;
    if found.next().is_some() {
        return None;
    }
    pair.trim_matches([' ', '\t']).split_once('=').map(|(_, value)| value)
}

/// `None` above 4,096 bytes: the browser would drop it without a word.
pub(crate) fn set_cookie(token: &str) -> Option<String> {
    Some(format!("{COOKIE}={token}{ATTRIBUTES}")).filter(|cookie| cookie.len() <= 4_096)
}

pub(crate) fn delete_cookie() -> String {
    format!("{COOKIE}={ATTRIBUTES}; Max-Age=0")
}
