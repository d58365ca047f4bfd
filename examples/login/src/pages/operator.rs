//! What the operator sees: keys with their windows, and what is revoked.

use axum::response::Response;
use safeconduct::{KeyState, RingKeyInfo, Session, Timestamp};

use safeconduct::Seconds;
use safeconduct::inspect::relative;

use super::{page, token, until};
use crate::service::{Member, WebNode};

pub fn operator(
    session: &Session<Member>,
    node: &WebNode,
    count: usize,
    csrf: &str,
    notice: &str,
) -> Response {
    let (current, now) = (node.current(), session.verified_at());
    let mut keys: Vec<RingKeyInfo> = current.ring().keys(now).collect();
    keys.sort_by_key(|key| key.window.issue_from());
    let rows: String = keys.iter().map(|key| key_row(key, &keys, now)).collect();
    let snapshots: String = current
        .snapshots()
        .iter()
        .map(|snapshot| {
            format!(
                "<dl><dt>Realm</dt><dd><code>{}</code></dd><dt>Version</dt><dd id=\"version\">{}</dd><dt>Size</dt><dd>{} bytes</dd>\
                 <dt>In the log</dt><dd><span id=\"count\">{count}</span> of 1,000,000 <meter max=\"{most}\" value=\"{count}\"></meter></dd>\
                 <dt>Complete to</dt><dd>{}</dd><dt>Good until</dt><dd>{}</dd></dl>",
                snapshot.realm(),
                snapshot.version(),
                snapshot.bytes().len(),
                relative(snapshot.complete_to(), now),
                until(snapshot.not_after(), now),
                most = 1_000_000,
            )
        })
        .collect();
    let content = format!(
        "{notice}<section class=\"card\">\n<h2>Keys</h2>\n<p>Ring version <strong id=\"ring\">{ring}</strong>. The key that mints is the latest one that has begun; the others are accepted until their last token is over.</p>\n\
         <table><thead><tr><th>Key</th><th>State</th><th>Mints from</th><th>Accepted until</th><th class=\"wide\">Window</th></tr></thead><tbody>{rows}</tbody></table>\n\
         <form method=\"post\" action=\"/operator/rotate\">{token}<button id=\"rotate\">Rotate the keys</button></form>\n</section>\n\
         <section class=\"card\">\n<h2>Revocation snapshot</h2>\n{snapshots}</section>",
        ring = current.ring_version(),
        token = token(csrf),
    );
    page("Operator", Some(session), csrf, &content)
}

fn key_row(key: &RingKeyInfo, all: &[RingKeyInfo], now: Timestamp) -> String {
    let class = match key.state {
        KeyState::Active => "strong",
        KeyState::Staged => "soon",
        _ => "",
    };
    // Where the window stands among all windows, in hundredths of the whole.
    let first = all.iter().map(|key| key.window.issue_from()).min().unwrap_or(now).min(now);
    let first = first.saturating_sub(Seconds::days(2));
    let last = all.iter().map(|key| key.window.accept_until()).max().unwrap_or(now);
    let whole = last.seconds_since(first).max(1);
    let percent = |moment: Timestamp| moment.seconds_since(first) * 1_000 / whole;
    let (from, until_) = (percent(key.window.issue_from()), percent(key.window.accept_until()));
    format!(
        "<tr><td><code>{}</code></td><td><span class=\"badge {class}\">{}</span></td><td>{}</td><td>{}</td>\
         <td><svg viewBox=\"0 0 1000 24\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"window\"><rect class=\"track\" width=\"1000\" height=\"24\"/>\
         <rect class=\"bar {class}\" x=\"{from}\" width=\"{}\" height=\"24\"/><rect class=\"now\" x=\"{}\" width=\"4\" height=\"24\"/></svg></td></tr>\n",
        key.id,
        key.state.name(),
        relative(key.window.issue_from(), now),
        until(key.window.accept_until(), now),
        until_.saturating_sub(from).max(4),
        percent(now),
    )
}
