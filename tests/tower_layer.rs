//! The tower layer: what the inner service sees, what the response gets, and that nothing has to be `Send`.

mod common;

use std::convert::Infallible;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use common::web::{Web, bearer, cookie, grant};
use http::{HeaderMap, Request, Response};
use safeconduct::http::{SessionHandle, Transport};
use safeconduct::tower::SessionLayer;
use safeconduct::{AuthLevel, LogAnswer, Policy, Reason, RevocationLog as _, Scope, Seconds};
use tower::{Layer, Service, service_fn};

/// Runs a future that never waits.
fn now<F: Future>(future: F) -> F::Output {
    match std::pin::pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("it waits"),
    }
}

fn request(method: &str, headers: &[(&str, &str)]) -> Request<()> {
    let start = Request::builder().method(method).uri("/");
    headers.iter().fold(start, |request, (name, value)| request.header(*name, *value)).body(()).unwrap()
}

/// Sends a request through the layer to a handler that gets the handle and gives status and headers.
fn send(
    web: &Web,
    request: Request<()>,
    handler: impl Fn(&SessionHandle<()>) -> (u16, Vec<(&'static str, &'static str)>),
) -> (u16, HeaderMap) {
    let inner = service_fn(|request: Request<()>| {
        let (status, headers) = handler(request.extensions().get().expect("the handle"));
        let start = Response::builder().status(status);
        let response =
            headers.into_iter().fold(start, |response, (name, value)| response.header(name, value));
        std::future::ready(Ok::<_, Infallible>(response.body(()).unwrap()))
    });
    let mut service = SessionLayer::new(web.source.clone()).transport(web.transport).layer(inner);
    let response = now(service.call(request)).unwrap();
    (response.status().as_u16(), response.headers().clone())
}

fn set_cookies(headers: &HeaderMap) -> Vec<&str> {
    headers.get_all("set-cookie").iter().map(|line| line.to_str().unwrap()).collect()
}

/// What a browser sends back, as the value of a `Cookie` header.
fn sent_back(headers: &HeaderMap) -> String {
    set_cookies(headers).iter().map(|line| line.split(';').next().unwrap()).collect::<Vec<_>>().join("; ")
}

#[test]
fn the_handler_sees_the_renewed_session_and_the_response_gets_its_cookie() {
    let web = Web::new();
    let browser = cookie(&web.log_in("usr_1", ""));
    web.sleep(1_000);
    let (status, headers) = send(&web, request("GET", &[("cookie", &browser)]), |handle| {
        let session = handle.session().unwrap().unwrap();
        assert_eq!((session.rotation(), handle.now()), (1, common::at(1_000)));
        let public = [
            ("set-cookie", "theme=dark; Path=/"),
            ("set-cookie", "lang=en"),
            ("cache-control", "public, max-age=600"),
            ("cdn-cache-control", "max-age=600"),
            ("cloudflare-cdn-cache-control", "max-age=600"),
            ("surrogate-control", "max-age=600"),
        ];
        (200, public.to_vec())
    });
    assert_eq!(status, 200);
    let cookies = set_cookies(&headers);
    assert_eq!(cookies[..2], ["theme=dark; Path=/", "lang=en"], "appended, and nothing was overwritten");
    assert!(cookies[2].starts_with("__Host-sid-a=sc1e") && cookies.len() == 3);
    assert_eq!(headers.get_all("cache-control").iter().collect::<Vec<_>>(), ["no-store"]);
    assert!(headers.keys().all(|name| !name.as_str().contains("cdn") && name != "surrogate-control"));
    assert!(headers.get("set-cookie").is_some_and(|first| !first.is_sensitive()));
    let ours = headers.get_all("set-cookie").iter().next_back().unwrap();
    assert!(ours.is_sensitive(), "kept out of logs that respect it");
}

#[test]
fn responses_that_need_nothing_are_left_alone() {
    let web = Web::new();
    let browser = cookie(&web.log_in("usr_1", ""));
    let public =
        || (200, vec![("cache-control", "public, max-age=600"), ("cdn-cache-control", "max-age=600")]);
    for cookies in [browser.as_str(), "", "__Host-sid-a=nonsense"] {
        let (_, headers) = send(&web, request("GET", &[("cookie", cookies)]), |handle| {
            assert_eq!(handle.reason(), cookies.contains("nonsense").then_some(Reason::Malformed));
            public()
        });
        assert_eq!(headers["cache-control"], "public, max-age=600");
        assert_eq!(headers["cdn-cache-control"], "max-age=600");
        assert!(set_cookies(&headers).is_empty(), "inside the threshold no response sets a cookie");
    }
    web.sleep(1_000);
    let (status, headers) = send(&web, request("GET", &[("cookie", &browser)]), |_| (502, vec![]));
    assert!(status == 502 && headers.is_empty(), "a renewal is not sent with a server's failure");
}

#[test]
fn handlers_log_in_and_out_by_the_handle() {
    let web = Web::new();
    let (_, headers) = send(&web, request("POST", &[]), |handle| {
        handle.log_in(&grant("usr_1"), &mut web.list.clone()).unwrap();
        assert_eq!(handle.session().unwrap().unwrap().subject().as_str(), Some("usr_1"));
        let token = handle.csrf_token().unwrap();
        assert!(handle.check_csrf(Some(token.as_str())).is_ok());
        (303, vec![("location", "/")])
    });
    let browser = set_cookies(&headers)[0].split(';').next().unwrap().to_owned();
    let (_, headers) = send(&web, request("POST", &[("cookie", &browser)]), |handle| {
        handle.log_out(&mut web.list.clone()).unwrap();
        (303, vec![])
    });
    let mark = set_cookies(&headers)[0].split(';').next().unwrap().to_owned();
    assert!(mark.starts_with("__Host-sid-a=left."));
    // The browser shows it from now on, and nothing is reported as refused.
    send(&web, request("GET", &[("cookie", &mark)]), |handle| {
        assert!(handle.session().unwrap().is_none());
        assert_eq!(handle.reason(), None, "{mark}");
        (200, vec![])
    });
    let (_, headers) = send(&web, request("GET", &[("cookie", &browser)]), |handle| {
        assert!(handle.session().unwrap().is_none());
        (200, vec![])
    });
    assert!(headers.is_empty());
}

#[test]
fn a_renewed_bearer_token_goes_back_in_the_header_that_was_asked_for() {
    let mut web = Web::new();
    let bearer = bearer(&web.log_in("usr_1", ""));
    web.sleep(1_000);
    let by_bearer = || request("GET", &[("authorization", &bearer)]);
    assert!(send(&web, by_bearer(), |_| (200, vec![])).1.is_empty());
    web.transport = Transport::new().renewed_bearer("session-token");
    let (_, headers) = send(&web, by_bearer(), |_| (200, vec![]));
    assert!(headers["session-token"].to_str().unwrap().starts_with("sc1e"));
    assert!(headers["session-token"].is_sensitive() && set_cookies(&headers).is_empty());
}

#[test]
fn a_name_that_is_no_header_name_costs_the_renewal_and_not_the_response() {
    let mut web = Web::new();
    let bearer = bearer(&web.log_in("usr_1", ""));
    web.sleep(1_000);
    web.transport = Transport::new().renewed_bearer("session token");
    let request = request("GET", &[("authorization", &bearer)]);
    let (status, headers) = send(&web, request, |_| (200, vec![("content-type", "text/plain")]));
    assert_eq!((status, headers["content-type"].as_bytes()), (200, &b"text/plain"[..]));
    assert!(headers.iter().all(|(_, value)| !value.as_bytes().starts_with(b"sc1")));
}

/// What a log answers that is awaited.
fn answers(web: &Web, change: &safeconduct::http::Change<()>) -> Vec<LogAnswer> {
    let mut log = web.list.clone();
    change.revocations().map(|revocation| log.record(revocation, common::at(0))).collect()
}

#[test]
fn handlers_that_await_their_log_have_every_change_by_the_handle() {
    let web = Web::new();
    let act = |browser: &str, act: &dyn Fn(&SessionHandle<()>)| {
        let (_, headers) = send(&web, request("POST", &[("cookie", browser)]), |handle| {
            act(handle);
            (200, vec![])
        });
        sent_back(&headers)
    };
    let browser = act("", &|handle| {
        let change = handle.entering(&grant("usr_1")).unwrap();
        assert_eq!(change.revocations().count(), 0, "a visitor leaves nothing behind");
        handle.commit(change, []).unwrap();
    });
    let raised = act(&browser, &|handle| {
        let change = handle.elevating(AuthLevel::Aal2, Seconds::minutes(5)).unwrap();
        let answers = answers(&web, &change);
        handle.commit(change, answers).unwrap();
        assert_eq!(handle.session().unwrap().unwrap().level(), AuthLevel::Aal2);
    });
    let cut_off = Policy::AAL2.cut_off(common::at(0), None);
    let alone = act(&raised, &|handle| {
        let change = handle.ending_others(cut_off).unwrap();
        let answers = answers(&web, &change);
        handle.commit(change, answers).unwrap();
        assert_eq!(handle.session().unwrap().unwrap().started_at(), cut_off);
    });
    let (_, headers) = send(&web, request("GET", &[("cookie", &raised)]), |handle| {
        assert_eq!(handle.reason(), Some(Reason::Revoked(Scope::Subject)));
        (200, vec![])
    });
    assert!(set_cookies(&headers).is_empty());
    let left = act(&alone, &|handle| {
        let change = handle.leaving().unwrap();
        let answers = answers(&web, &change);
        handle.commit(change, answers).unwrap();
    });
    assert!(left.contains("=left."), "{left}");
}

#[test]
fn a_handler_logs_the_other_devices_out() {
    let web = Web::new();
    let (phone, desk) = (cookie(&web.log_in("usr_1", "")), cookie(&web.log_in("usr_1", "")));
    let cut_off = Policy::AAL2.cut_off(common::at(0), None);
    let (_, headers) = send(&web, request("POST", &[("cookie", &desk)]), |handle| {
        let session = handle.end_others(cut_off, &mut web.list.clone()).unwrap();
        assert_eq!(session.started_at(), cut_off);
        (200, vec![])
    });
    let desk = sent_back(&headers);
    assert_eq!(common::web::user(&web.get(&desk)).as_deref(), Some("usr_1"));
    assert_eq!(common::web::user(&web.get(&phone)), None);
}

#[test]
fn debug_output_shows_the_set_up_and_no_session() {
    let web = Web::new();
    let layer = SessionLayer::new(web.source.clone()).transport(Transport::new().without_bearer());
    assert!(format!("{layer:?}").starts_with("SessionLayer { transport: Transport"), "{layer:?}");
    #[derive(Debug)]
    struct Inner;
    let service = layer.layer(Inner);
    let shown = format!("{service:?}");
    assert!(shown.starts_with("SessionService { inner: Inner, layer: SessionLayer"), "{shown}");
    let answer = |_: Request<()>| std::future::ready(Ok::<_, Infallible>(Response::new(())));
    let future = layer.layer(service_fn(answer)).call(request("GET", &[]));
    assert_eq!(format!("{future:?}"), "SessionFuture");
}

#[test]
fn over_http_2_the_authority_stands_for_the_host() {
    let web = Web::new();
    let mut own = request("POST", &[("origin", "https://shop.example")]);
    *own.uri_mut() = "https://shop.example/login".parse().unwrap();
    send(&web, own, |handle| (handle.session().map_or_else(|refusal| refusal.status(), |_| 200), vec![]));
    let mut other = request("POST", &[("origin", "https://evil.example")]);
    *other.uri_mut() = "https://shop.example/login".parse().unwrap();
    let (status, _) = send(&web, other, |handle| {
        (handle.session().map_or_else(|refusal| refusal.status(), |_| 200), vec![])
    });
    assert_eq!(status, 403);
}

/// A service that is ready at the second question, and then never again.
#[derive(Debug)]
struct Slow(u32);

impl Service<Request<()>> for Slow {
    type Response = Response<()>;
    type Error = &'static str;
    type Future = std::future::Ready<Result<Response<()>, &'static str>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), &'static str>> {
        self.0 += 1;
        match self.0 {
            1 => Poll::Pending,
            2 => Poll::Ready(Ok(())),
            _ => Poll::Ready(Err("closed")),
        }
    }

    fn call(&mut self, _: Request<()>) -> Self::Future {
        std::future::ready(Ok(Response::new(())))
    }
}

#[test]
fn it_is_ready_when_the_inner_service_is() {
    let mut service = SessionLayer::new(Web::new().source).layer(Slow(0));
    let mut ready = || service.poll_ready(&mut Context::from_waker(Waker::noop()));
    assert_eq!(ready(), Poll::Pending);
    assert_eq!(ready(), Poll::Ready(Ok(())));
    assert_eq!(ready(), Poll::Ready(Err("closed")));
}

#[test]
fn what_is_printed_of_it_tells_layer_and_service_apart() {
    let web = Web::new();
    let layer = SessionLayer::new(web.source.clone());
    let transport = format!("{:?}", web.transport);
    assert_eq!(format!("{layer:?}"), format!("SessionLayer {{ transport: {transport}, .. }}"));
    let mut service = layer.layer(Slow(0));
    assert_eq!(format!("{service:?}"), format!("SessionService {{ inner: Slow(0), layer: {layer:?} }}"));
    assert_eq!(format!("{:?}", service.call(request("GET", &[]))), "SessionFuture");
}

#[test]
fn nothing_has_to_be_send() {
    let web = Web::new();
    let browser = cookie(&web.log_in("usr_1", ""));
    let local = Rc::new("only on this thread");
    let inner = service_fn(move |request: Request<Rc<str>>| {
        let local = local.clone();
        async move {
            let handle = request.extensions().get::<SessionHandle<()>>().cloned().unwrap();
            std::future::ready(()).await;
            assert!(handle.session().unwrap().is_some());
            Ok::<_, Infallible>(Response::new(local))
        }
    });
    let mut service = SessionLayer::new(web.source.clone()).layer(inner);
    let request = Request::builder().header("cookie", browser).body(Rc::from("body")).unwrap();
    assert_eq!(**now(service.call(request)).unwrap().body(), "only on this thread");
}
