//! HTML, written out. Every value that is not ours goes through [`text`].

mod account;
mod operator;
mod refused;

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use safeconduct::{Session, Timestamp};

pub use account::{account, change_password, confirm, login, sent, transfer};
pub use operator::operator;
pub use refused::refused;

use crate::service::Member;

/// What an attacker could write, made harmless: element content and quoted attributes alike.
pub fn text(raw: &str) -> String {
    let mut safe = String::with_capacity(raw.len());
    for c in raw.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

/// A moment that a script counts down to, and that says enough without one.
pub fn until(moment: Timestamp, now: Timestamp) -> String {
    let words = safeconduct::inspect::relative(moment, now);
    format!(
        "<time data-until=\"{}\" datetime=\"{moment}\" title=\"{moment}\">{words}</time>",
        moment.as_unix()
    )
}

/// The hidden field that every form has.
pub fn token(csrf: &str) -> String {
    format!("<input type=\"hidden\" name=\"csrf\" value=\"{csrf}\">")
}

/// Something that went right or wrong, above the page's content.
pub fn notice(kind: &str, words: &str) -> String {
    format!("<p class=\"notice {kind}\" role=\"status\">{}</p>", text(words))
}

/// A whole page. Who is logged in has the links in the header, and a page that no cache keeps.
pub fn page(title: &str, session: Option<&Session<Member>>, csrf: &str, content: &str) -> Response {
    let menu = session
        .map_or_else(|| "<a href=\"/why\">Why was I refused?</a>".to_owned(), |session| menu(session, csrf));
    let html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title} · Lantern Bank</title>\n\
         <link rel=\"icon\" href=\"/lantern.svg\" type=\"image/svg+xml\">\n<link rel=\"stylesheet\" href=\"/style.css\">\n\
         <script src=\"/countdown.js\" defer></script>\n</head>\n<body>\n<header>\n\
         <a class=\"brand\" href=\"/\"><img src=\"/lantern.svg\" alt=\"\" width=\"28\" height=\"28\">Lantern Bank</a>\n\
         <nav>{menu}</nav>\n</header>\n<main>\n<h1>{title}</h1>\n{content}\n</main>\n\
         <footer>A demonstration of <strong>safeconduct</strong>: nothing here is a bank, and no session is stored on the server.</footer>\n\
         </body>\n</html>\n",
        title = text(title),
    );
    Html(html).into_response()
}

fn menu(session: &Session<Member>, csrf: &str) -> String {
    let operator = if session.claims().operator { "<a href=\"/operator\">Operator</a>" } else { "" };
    format!(
        "<a href=\"/account\">Account</a><a href=\"/transfer\">Send money</a><a href=\"/password\">Password</a>{operator}\
         <a href=\"/why\">Why was I refused?</a>\
         <form method=\"post\" action=\"/logout\">{}<button class=\"quiet\" id=\"logout\">Log out</button></form>",
        token(csrf)
    )
}

/// A page about something that did not work.
pub fn trouble(status: StatusCode, title: &str, words: &str) -> Response {
    let content = format!(
        "<section class=\"card\"><p>{}</p><p><a href=\"/\">Back to the start</a></p></section>",
        text(words)
    );
    (status, page(title, None, "", &content)).into_response()
}

/// What every response has.
pub fn hardened(mut response: Response) -> Response {
    let headers = response.headers_mut();
    let policy = "default-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'";
    let fixed = [
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // The back button after logging out must not show what was there.
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}
