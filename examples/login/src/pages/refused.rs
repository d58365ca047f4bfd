//! "Why was I refused?": the inspector's report on the cookies of this request, or on a token that is pasted in.

use axum::response::Response;
use safeconduct::Session;
use safeconduct::inspect::{Report, Verdict, relative};

use super::{page, text, token};
use crate::service::Member;

pub fn refused(
    session: Option<&Session<Member>>,
    reports: &[(String, Option<Report>)],
    csrf: &str,
) -> Response {
    let mut cards: String = reports.iter().map(|(place, report)| card(place, report.as_ref())).collect();
    if reports.is_empty() {
        cards = "<section class=\"card\"><p id=\"nothing\">Your browser has sent no session cookie.</p></section>".to_owned();
    }
    let paste = session.filter(|session| session.claims().operator).map(|_| {
        format!(
            "<section class=\"card\"><h2>Another token</h2><form method=\"post\" action=\"/why\" class=\"stack\">{}\
             <label>Token<textarea name=\"token\" rows=\"3\" spellcheck=\"false\" required></textarea></label>\
             <button class=\"quiet\" id=\"explain\">Explain it</button></form></section>",
            token(csrf)
        )
    });
    let lead = "A client is never told why. The operator is: this is what the inspector says of your browser's cookies.";
    let content = format!("<p class=\"lead\">{lead}</p>\n{cards}{}", paste.unwrap_or_default());
    page("Why was I refused?", session, csrf, &content)
}

fn card(place: &str, report: Option<&Report>) -> String {
    let Some(report) = report else {
        return format!(
            "<section class=\"card\"><h2>{}</h2><p>The mark of a session that has left: no token.</p></section>",
            text(place)
        );
    };
    let (class, verdict) = match report.verdict {
        Verdict::Accepted => ("good", "accepted"),
        Verdict::Refused => ("bad", "refused"),
    };
    let reason =
        report.reason.map(|reason| format!(" · <code class=\"reason\">{reason}</code>")).unwrap_or_default();
    let outline = report.outline.as_ref().map(|outline| {
        format!("<dt>Session</dt><dd><code>{}</code></dd><dt>Key</dt><dd><code>{}</code></dd><dt>Size</dt><dd>{} characters</dd>", outline.session_id, outline.key_id, outline.characters)
    });
    let claims = report.claims.as_ref().map(|claims| {
        let now = report.at.0;
        format!(
            "<dt>Idle deadline</dt><dd>{}</dd><dt>Ends for good</dt><dd>{}</dd>",
            relative(claims.expires_at.0, now),
            relative(claims.ends_at.0, now)
        )
    });
    format!(
        "<section class=\"card {class}\"><h2>{}: <span class=\"verdict\">{verdict}</span>{reason}</h2><p>{}</p><p class=\"hint\">{}</p><dl>{}{}</dl></section>",
        text(place),
        text(&report.meaning),
        text(&report.advice),
        outline.unwrap_or_default(),
        claims.unwrap_or_default(),
    )
}
