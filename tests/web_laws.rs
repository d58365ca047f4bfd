//! Laws over requests that somebody made up: no header of any shape is a session, panics, or leads to a change of a cookie.

mod common;

use common::web::{Web, bearer, user};
use proptest::prelude::*;
use safeconduct::http::{Exchange, Incoming, Transport};

/// Names that are looked at, in one spelling or another, and others.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("cookie"),
        Just("Cookie"),
        Just("AUTHORIZATION"),
        Just("authorization"),
        Just("origin"),
        Just("host"),
        Just("sec-fetch-site"),
        Just("x-csrf-token"),
        Just("referer"),
    ]
    .prop_map(str::to_owned)
}

/// Pieces that look like what is expected, and any bytes between them.
fn value(token: String) -> impl Strategy<Value = Vec<u8>> {
    let pieces = [
        "__Host-sid-a",
        "__Host-sid-b",
        "=",
        ";",
        "; ",
        ".",
        ".0001",
        ".9999",
        "left",
        "Bearer ",
        "bearer",
        "sc1e",
        "null",
        "same-origin",
        "https://",
        "shop.example",
        " ",
        "\t",
        "\"",
    ];
    let half = token[..token.len() / 2].to_owned();
    let mut pieces: Vec<Vec<u8>> = pieces.map(|piece| piece.as_bytes().to_vec()).to_vec();
    pieces.push(half.into_bytes());
    let piece = prop_oneof![
        8 => prop::sample::select(pieces),
        1 => prop::collection::vec(any::<u8>(), 0..12),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn no_request_is_a_session_by_chance(
        headers in prop::collection::vec((name(), value("sc1eK3SrEjrsst6JWJx8BUxUBXrlbxIdWkSuy6lDgcqSBT".repeat(3))), 0..6),
        method in "[A-Z]{0,7}|GET|POST|get",
    ) {
        let web = Web::new();
        let pairs = headers.iter().map(|(name, value)| (name, value));
        let incoming = Incoming::new(Transport::new().renewed_bearer("session-token"), &method, pairs);
        let mut exchange: Exchange<()> = Exchange::begin(web.source.clone(), &incoming);
        prop_assert!(!matches!(exchange.session(), Ok(Some(_))));
        prop_assert!(exchange.check_csrf(None).is_err());
        prop_assert!(exchange.finish(200).is_empty());
    }

    #[test]
    fn a_good_token_counts_whatever_else_is_in_the_header(before in "[ -:<-~]{0,40}", after in "[ -:<-~]{0,40}") {
        let web = Web::new();
        let token = bearer(&web.log_in("usr_1", "")).replace("Bearer ", "");
        let header = format!("{before}; __Host-sid-b={token}.0007;{after}");
        let exchange = web.get(&header);
        // Unless somebody has made up the same cookie once more.
        if !header.replacen("__Host-sid-b", "", 1).contains("__Host-sid-") {
            prop_assert_eq!(user(&exchange), Some("usr_1".to_owned()));
        }
    }
}
