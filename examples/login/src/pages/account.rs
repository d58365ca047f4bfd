//! What customers see.

use axum::response::Response;
use safeconduct::http::Carrier;
use safeconduct::{AuthLevel, Session, Timestamp};

use super::{page, text, token, until};
use crate::service::Member;
use crate::users::CODE;

pub fn login(notice: &str) -> Response {
    let content = format!(
        "{notice}<section class=\"card narrow\">\n<form method=\"post\" action=\"/login\" class=\"stack\">\n\
         <label>User<input name=\"user\" autocomplete=\"username\" required autofocus></label>\n\
         <label>Password<input name=\"password\" type=\"password\" autocomplete=\"current-password\" required></label>\n\
         <button id=\"enter\">Log in</button>\n</form>\n\
         <p class=\"hint\"><code>ada</code> with <code>lovelace</code> is a customer, <code>olga</code> with <code>taussky</code> the operator.</p>\n</section>"
    );
    page("Welcome", None, "", &content)
}

fn row(name: &str, value: &str, id: &str) -> String {
    format!("<dt>{name}</dt><dd id=\"{id}\">{value}</dd>\n")
}

pub fn account(session: &Session<Member>, carrier: Option<Carrier>, csrf: &str, notice: &str) -> Response {
    let now = session.verified_at();
    let slot = match carrier {
        Some(Carrier::Cookie(slot)) => format!("cookie slot {slot:?}"),
        Some(Carrier::Bearer) => "a bearer token".to_owned(),
        None => "nowhere".to_owned(),
    };
    let id = session.session_id().to_string();
    let level = match session.elevation() {
        Some(elevation) => format!(
            "<span class=\"badge strong\">{}</span> drops back {}",
            session.level(),
            until(elevation.until(), now)
        ),
        None => format!("<span class=\"badge\">{}</span>", session.level()),
    };
    let note = text(&session.claims().note);
    let facts = [
        row("Subject", &format!("<code>{}</code>", text(&session.subject().to_string())), "subject"),
        row("Session", &format!("<code>{id}</code> in {slot}"), "session"),
        row(
            "Token",
            &format!(
                "<code>{}</code>, {}, key <code>{}</code>",
                session.token_id(),
                session.kind(),
                session.key_id()
            ),
            "token",
        ),
        row("Rotations", &session.rotation().to_string(), "rotation"),
        row("Level", &level, "level"),
        row(
            "Authenticated",
            &safeconduct::inspect::relative(session.authenticated_at(), now),
            "authenticated",
        ),
        row("Idle deadline", &until(session.expires_at(), now), "idle"),
        row("Ends for good", &until(session.ends_at(), now), "ends"),
        row(
            "Note",
            if session.claims().note.is_empty() { "<span class=\"hint\">none</span>" } else { &note },
            "note",
        ),
    ];
    let content = format!(
        "{notice}<p class=\"lead\">Good to see you, <strong id=\"name\">{name}</strong>.</p>\n\
         <div class=\"columns\">\n<section class=\"card\">\n<h2>Your session</h2>\n<dl>{facts}</dl>\n\
         <p class=\"hint\">All of this came in the cookie; the server has looked up nothing. Open this page in \
         <a href=\"/account\" target=\"_blank\" rel=\"noopener\">another tab</a> and reload both: they renew side by side.</p>\n</section>\n\
         <section class=\"card stack\">\n<h2>What you can do</h2>\n\
         <form method=\"post\" action=\"/note\" class=\"stack\">{token}<label>A note kept in the session\
         <input name=\"note\" value=\"{note}\"></label><button class=\"quiet\" id=\"keep\">Keep it</button></form>\n\
         <a class=\"button\" href=\"/transfer\">Send money</a>\n<a class=\"button quiet\" href=\"/password\">Change the password</a>\n\
         <form method=\"post\" action=\"/everywhere\">{token}<button class=\"quiet danger\" id=\"everywhere\">Log out on all devices</button></form>\n\
         </section>\n</div>",
        name = text(&session.claims().name),
        facts = facts.concat(),
        token = token(csrf),
    );
    page("Account", Some(session), csrf, &content)
}

/// The sensitive form, and how long it stays open.
pub fn transfer(session: &Session<Member>, csrf: &str, notice: &str) -> Response {
    let closes: Option<Timestamp> = session.elevation().map(|elevation| elevation.until());
    let open = closes.map(|closes| {
        format!(
            "<p id=\"open\">You are confirmed at <span class=\"badge strong\">{}</span>; that drops back {}.</p>",
            session.level(),
            until(closes, session.verified_at())
        )
    });
    let content = format!(
        "{notice}<section class=\"card narrow\">\n{open}\n<form method=\"post\" action=\"/transfer\" class=\"stack\">{token}\
         <label>To<input name=\"to\" value=\"Charles Babbage\" required></label>\
         <label>Amount<input name=\"amount\" inputmode=\"decimal\" value=\"12.50\" required></label>\
         <button id=\"send\">Send</button></form>\n</section>",
        open = open.unwrap_or_default(),
        token = token(csrf),
    );
    page("Send money", Some(session), csrf, &content)
}

pub fn sent(session: &Session<Member>, csrf: &str, to: &str, amount: &str) -> Response {
    let content = format!(
        "<section class=\"card narrow\"><p class=\"lead\" id=\"sent\">{} sent to {}.</p><p><a href=\"/account\">Back to the account</a></p></section>",
        text(amount),
        text(to)
    );
    page("Money sent", Some(session), csrf, &content)
}

/// Step-up: who is there proves it again.
pub fn confirm(session: &Session<Member>, csrf: &str, challenge: &str, notice: &str) -> Response {
    let needed = if session.level() < AuthLevel::Aal2 { "a second factor" } else { "a fresh confirmation" };
    let content = format!(
        "{notice}<section class=\"card narrow\">\n<p>This needs {needed}. The challenge, as a program would get it with status 401:</p>\n\
         <pre id=\"challenge\">{challenge}</pre>\n<form method=\"post\" action=\"/confirm\" class=\"stack\">{token}\
         <label>Password<input name=\"password\" type=\"password\" autocomplete=\"current-password\" required autofocus></label>\
         <label>Code from your phone<input name=\"code\" inputmode=\"numeric\" autocomplete=\"one-time-code\" required></label>\
         <button id=\"confirm\">Confirm</button></form>\n<p class=\"hint\">The code is always <code>{CODE}</code> here.</p></section>",
        challenge = text(challenge),
        token = token(csrf),
    );
    page("Confirm that it is you", Some(session), csrf, &content)
}

pub fn change_password(session: &Session<Member>, csrf: &str, notice: &str) -> Response {
    let content = format!(
        "{notice}<section class=\"card narrow\">\n<form method=\"post\" action=\"/password\" class=\"stack\">{token}\
         <label>Old password<input name=\"old\" type=\"password\" autocomplete=\"current-password\" required></label>\
         <label>New password<input name=\"new\" type=\"password\" autocomplete=\"new-password\" minlength=\"8\" required></label>\
         <button id=\"change\">Change it</button></form>\n\
         <p class=\"hint\">All your other sessions end, on every device. This one goes on, under a new id.</p></section>",
        token = token(csrf),
    );
    page("Change the password", Some(session), csrf, &content)
}
