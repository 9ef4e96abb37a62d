//! Requests and their answers, redirects, TLS and HTTP/2.

use std::sync::{Arc, Mutex};

use launch_ready::model::observation::FailureKind;
use launch_ready::model::observation::http::ChainEnd;

use crate::servers::{Dns, HOST, Tcp, address, network_to};
use crate::tls::{Authority, acceptor};
use crate::web::{Web, home, moved, ok, url};

#[tokio::test]
async fn one_answer_is_kept_whole_and_asked_for_once() {
    let dns = Dns::plain().await;
    let web = Web::start(|_| {
        ok(
            "Set-Cookie: a=1\r\nServer: t\r\nset-cookie: b=2\r\n",
            "grüße".as_bytes(),
        )
    })
    .await;
    let net = network_to(&dns, 80, web.tcp.at);
    let exchange = net.get(&home()).await;
    let response = exchange.response().unwrap();
    assert_eq!(
        (response.status, response.version.as_str()),
        (200, "HTTP/1.1")
    );
    assert_eq!(response.body, "grüße");
    assert_eq!((response.body_bytes, response.truncated), (7, false));
    assert_eq!(exchange.address, Some(address()));
    assert_eq!(response.certificate_ok, None);
    let cookies: Vec<_> = response.headers_named("set-cookie").collect();
    assert_eq!(cookies, ["a=1", "b=2"]);
    net.get(&url(&format!("http://{HOST}/#part"))).await;
    let heard = web.heard();
    assert_eq!(heard.len(), 1);
    let asked = heard[0].to_ascii_lowercase();
    assert!(asked.starts_with("get / http/1.1\r\nhost: www.acme.example\r\n"));
    assert!(asked.contains(concat!(
        "user-agent: launch-ready/",
        env!("CARGO_PKG_VERSION"),
        "\r\n"
    )));
    assert!(asked.contains("accept: */*\r\n"));
}

#[tokio::test]
async fn header_values_cannot_reach_a_terminal() {
    let dns = Dns::plain().await;
    let web = Web::start(|_| {
        let head =
            b"HTTP/1.1 200 OK\r\nx-odd: caf\xe9 \xe2\x80\xae \t.\r\ncontent-length: 0\r\n\r\n";
        head.to_vec()
    })
    .await;
    let exchange = network_to(&dns, 80, web.tcp.at).get(&home()).await;
    let odd = exchange.response().unwrap().header("x-odd").unwrap();
    assert_eq!(odd, "caf\\xe9 \\u{202e} \\x09.");
}

#[tokio::test]
async fn requests_share_a_connection_and_survive_its_end() {
    let dns = Dns::plain().await;
    let web = Web::start(|path| match path {
        "/3" => Vec::new(),
        _ => ok("", b"x"),
    })
    .await;
    let net = network_to(&dns, 80, web.tcp.at);
    for path in ["1", "2"] {
        assert!(net.get(&home().join(path).unwrap()).await.outcome.is_ok());
    }
    assert_eq!(web.tcp.met(), 1);
    let exchange = net.get(&home().join("3").unwrap()).await;
    let failure = exchange.outcome.as_ref().unwrap_err();
    assert_eq!(failure.kind, FailureKind::Reset, "{failure}");
    assert_eq!(
        web.tcp.met(),
        2,
        "a kept connection that ends is tried anew, once"
    );
    assert!(net.get(&home().join("4").unwrap()).await.outcome.is_ok());
}

#[tokio::test]
async fn an_explicit_port_and_an_address_in_the_url_are_rerouted_too() {
    let dns = Dns::plain().await;
    let web = Web::start(|_| ok("", b"here")).await;
    let net = network_to(&dns, 8080, web.tcp.at);
    for address in [
        format!("http://{HOST}:8080/a"),
        "http://203.0.113.10:8080/b".to_owned(),
    ] {
        let exchange = net.get(&url(&address)).await;
        assert_eq!(exchange.response().unwrap().body, "here");
    }
    let heard = web.heard();
    assert!(
        heard[0].contains("host: www.acme.example:8080\r\n"),
        "{}",
        heard[0]
    );
    assert!(
        heard[1].contains("host: 203.0.113.10:8080\r\n"),
        "{}",
        heard[1]
    );
    assert_eq!(dns.asked(), 2, "A and AAAA of the one name");
}

#[tokio::test]
async fn over_tls_the_certificate_is_judged_and_not_refused() {
    let (dns, authority) = (Dns::plain().await, Authority::new());
    let web = Web::over(Some(authority.good()), |_| ok("", b"x")).await;
    let target = url(&format!("https://{HOST}/"));
    for (net, good) in [
        (authority.network(&dns, 443, web.tcp.at), true),
        (network_to(&dns, 443, web.tcp.at), false),
    ] {
        let exchange = net.get(&target).await;
        assert_eq!(exchange.response().unwrap().certificate_ok, Some(good));
        net.get(&target.join("more").unwrap()).await;
        assert_eq!((net.counts().tls, net.counts().http), (1, 2));
    }
}

#[tokio::test]
async fn http_2_is_spoken_where_it_is_offered() {
    let (dns, authority) = (Dns::plain().await, Authority::new());
    let (leaf, key) = authority.leaf(HOST, 2025, 2040);
    let tls = acceptor(vec![leaf], key, &["h2"]);
    let seen: Arc<Mutex<Vec<String>>> = Arc::default();
    let noted = Arc::clone(&seen);
    let server = Tcp::start(move |stream| {
        let (tls, noted) = (tls.clone(), Arc::clone(&noted));
        async move {
            let stream = hyper_util::rt::TokioIo::new(tls.accept(stream).await.unwrap());
            let service = hyper::service::service_fn(move |request: hyper::Request<_>| {
                let _: &hyper::body::Incoming = request.body();
                noted.lock().unwrap().push(request.uri().to_string());
                async { Ok::<_, hyper::Error>(hyper::Response::new("two".to_owned())) }
            });
            let _ = hyper::server::conn::http2::Builder::new(hyper_util::rt::TokioExecutor::new())
                .serve_connection(stream, service)
                .await;
        }
    })
    .await;
    let net = network_to(&dns, 8443, server.at);
    let base = url(&format!("https://{HOST}:8443/"));
    let paths = ["a", "b", "c", "d", "e"].map(|p| base.join(p).unwrap());
    let all = futures_util::future::join_all(paths.iter().map(|u| net.get(u))).await;
    for exchange in all {
        let response = exchange.response().unwrap();
        assert_eq!(
            (response.version.as_str(), response.body.as_str()),
            ("HTTP/2", "two")
        );
    }
    assert_eq!(server.met(), 1, "all share one connection");
    assert!(
        seen.lock()
            .unwrap()
            .contains(&format!("https://{HOST}:8443/a"))
    );
}

#[tokio::test]
async fn redirects_are_followed_to_their_end_or_their_circle() {
    let dns = Dns::plain().await;
    let web = Web::start(|path| match path {
        "/" => moved("a/b"),
        "/a/b" => moved("//www.acme.example/end#here"),
        "/loop" => moved("/loop2"),
        "/loop2" => moved("/loop"),
        "/script" => moved("javascript:alert(1)"),
        "/hang" => Vec::new(),
        _ if path.starts_with("/n") => moved(&format!("{path}n")),
        _ => ok("", b"end"),
    })
    .await;
    let net = network_to(&dns, 80, web.tcp.at);
    let follow = async |path: &str| net.follow(&home().join(path).unwrap()).await;
    let chain = follow("/").await;
    assert_eq!((&chain.end, chain.redirects()), (&ChainEnd::Answer, 2));
    assert_eq!(chain.last().unwrap().response().unwrap().body, "end");
    let chain = follow("/loop").await;
    assert_eq!((&chain.end, chain.hops.len()), (&ChainEnd::Loop(0), 2));
    let chain = follow("/n").await;
    assert_eq!((&chain.end, chain.redirects()), (&ChainEnd::TooLong, 10));
    let chain = follow("/script").await;
    assert_eq!(
        chain.end,
        ChainEnd::BadLocation("javascript:alert(1)".to_owned())
    );
    assert_eq!(follow("/hang").await.end, ChainEnd::Failed);
}
