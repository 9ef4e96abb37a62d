//! Web servers that drip, explode, stall and hang up, and the limits that hold against them.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use async_compression::tokio::write::GzipEncoder;
use launch_ready::model::observation::FailureKind;
use launch_ready::net::{HttpRequest, Network, NetworkConfig};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use url::Url;

use crate::servers::{Dns, HOST, Tcp, address, network_to};
use crate::web::{Web, home, ok};

#[tokio::test]
async fn a_bomb_is_cut_and_a_drip_ends_in_time() {
    let dns = Dns::plain().await;
    let mut encoder = GzipEncoder::new(Vec::new());
    let zeros = vec![0; 1 << 20];
    for _ in 0..40 {
        encoder.write_all(&zeros).await.unwrap();
    }
    encoder.shutdown().await.unwrap();
    let bomb = ok("content-encoding: gzip\r\n", &encoder.into_inner());
    let web = Web::start(move |_| bomb.clone()).await;
    let exchange = network_to(&dns, 80, web.tcp.at).get(&home()).await;
    let response = exchange.response().unwrap();
    assert_eq!(
        (response.body_bytes, response.truncated),
        (2 * 1024 * 1024, true)
    );

    let drip = Tcp::start(|mut stream| async move {
        let head = b"HTTP/1.1 200 OK\r\ncontent-length: 99999\r\n\r\n";
        stream.write_all(head).await.unwrap();
        let mut each = tokio::time::interval(Duration::from_millis(100));
        while stream.write_all(b"x").await.is_ok() {
            each.tick().await;
        }
    })
    .await;
    let begun = Instant::now();
    let exchange = network_to(&dns, 80, drip.at).get(&home()).await;
    let response = exchange.response().unwrap();
    assert!(response.truncated && response.body.starts_with("xxx"));
    assert!(
        begun.elapsed() < Duration::from_secs(3),
        "{:?}",
        begun.elapsed()
    );
}

#[tokio::test]
async fn what_is_no_answer_is_a_failure_of_its_kind() {
    let dns = Dns::plain().await;
    let rubbish = Web::start(|_| b"SSH-2.0-OpenSSH_9.6\r\n\r\n".to_vec()).await;
    let silent = Tcp::start(|stream| async move {
        std::future::pending::<()>().await;
        drop(stream);
    })
    .await;
    let headless = Tcp::start(|mut stream| async move {
        while stream
            .write_all(b"HTTP/1.1 200 OK\r\nx: y\r\n")
            .await
            .is_ok()
        {
            tokio::task::yield_now().await;
        }
    })
    .await;
    let closed = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let escapes = Web::start(|_| ok("x-odd: \x1b]0;x\x07\r\n", b"")).await;
    for (at, want) in [
        (rubbish.tcp.at, FailureKind::Malformed),
        (escapes.tcp.at, FailureKind::Malformed),
        (silent.at, FailureKind::Timeout),
        (headless.at, FailureKind::Malformed),
        (closed, FailureKind::Refused),
    ] {
        let exchange = network_to(&dns, 80, at).get(&home()).await;
        let failure = exchange.outcome.as_ref().unwrap_err();
        assert_eq!(failure.kind, want, "{failure}");
    }
    let none = Dns::start(|q, _| crate::servers::Reply::Message(crate::servers::reply(q))).await;
    let exchange = network_to(&none, 80, closed).get(&home()).await;
    assert_eq!(
        exchange.outcome.as_ref().unwrap_err().kind,
        FailureKind::NoAddress
    );
}

#[tokio::test]
async fn a_host_gets_its_requests_and_no_more() {
    let dns = Dns::plain().await;
    let web = Web::start(|_| ok("", b"x")).await;
    let mut config = network_to(&dns, 80, web.tcp.at).config().clone();
    config.limits.requests = 3;
    let net = Network::new(config).unwrap();
    for number in 0..5 {
        let exchange = net.get(&home().join(&number.to_string()).unwrap()).await;
        let spent = exchange.outcome.as_ref().err().map(|f| f.kind);
        assert_eq!(spent, (number > 2).then_some(FailureKind::Budget));
    }
    assert_eq!(web.heard().len(), 3);
    assert_eq!(net.host_counts()[HOST].requests, 3);
    assert!(net.fresh().get(&home()).await.outcome.is_ok());
}

#[tokio::test]
async fn a_mute_origin_is_asked_no_more_and_one_that_hangs_in_places_is() {
    let dns = Dns::plain().await;
    let web = Tcp::start(|mut stream| async move {
        let mut lines = BufReader::new(&mut stream).lines();
        let first = lines.next_line().await.unwrap().unwrap_or_default();
        if first.contains("/hangs") {
            std::future::pending::<()>().await;
        }
        while !lines
            .next_line()
            .await
            .unwrap()
            .unwrap_or_default()
            .is_empty()
        {}
        let _ = stream.write_all(&ok("connection: close\r\n", b"x")).await;
    })
    .await;
    let mut config = network_to(&dns, 80, web.at).config().clone();
    config.timeout = Duration::from_millis(200);
    let net = Network::new(config).unwrap();
    let kind = async |path: String| {
        let exchange = net.get(&home().join(&path).unwrap()).await;
        exchange.outcome.as_ref().err().map(|failure| failure.kind)
    };
    for number in 0..4 {
        assert_eq!(
            kind(format!("/hangs/{number}")).await,
            Some(FailureKind::Timeout)
        );
        assert_eq!(kind(format!("/{number}")).await, None);
    }
    let mut last = Vec::new();
    for number in 4..9 {
        last.push(kind(format!("/hangs/{number}")).await);
    }
    assert!(
        last.starts_with(&[Some(FailureKind::Timeout); 2]),
        "{last:?}"
    );
    assert!(last.ends_with(&[Some(FailureKind::Budget); 2]), "{last:?}");
    assert_eq!(kind("/4".into()).await, Some(FailureKind::Budget));
}

#[tokio::test]
async fn only_so_many_requests_to_a_host_are_under_way() {
    let dns = Dns::plain().await;
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let peak = Arc::clone(&most);
    let web = Tcp::start(move |stream| {
        let (now, most) = (Arc::clone(&now), Arc::clone(&most));
        async move {
            let mut stream = BufReader::new(stream);
            let mut line = String::new();
            while matches!(stream.read_line(&mut line).await, Ok(1..)) {
                if line.ends_with("\r\n\r\n") {
                    line.clear();
                    let under_way = now.fetch_add(1, Ordering::SeqCst) + 1;
                    most.fetch_max(under_way, Ordering::SeqCst);
                    for _ in 0..50 {
                        tokio::task::yield_now().await;
                    }
                    now.fetch_sub(1, Ordering::SeqCst);
                    stream.write_all(&ok("", b"x")).await.unwrap();
                }
            }
        }
    })
    .await;
    let net = network_to(&dns, 80, web.at);
    let urls: Vec<Url> = (0..20)
        .map(|n| home().join(&n.to_string()).unwrap())
        .collect();
    let all = futures_util::future::join_all(urls.iter().map(|u| net.get(u))).await;
    assert!(all.iter().all(|e| e.outcome.is_ok()));
    assert!((1..=4).contains(&peak.load(Ordering::SeqCst)));
    assert!(web.met() <= 4);
}

#[tokio::test]
async fn another_address_is_tried_only_when_nobody_is_there() {
    use hickory_proto::rr::{RData, RecordType};
    let dns = Dns::start(|question, _| {
        let mut message = crate::servers::reply(question);
        let query = &question.queries[0];
        if query.query_type == RecordType::A {
            for last in [9, 10] {
                let data = RData::A(std::net::Ipv4Addr::new(203, 0, 113, last).into());
                message.add_answer(crate::servers::record(&query.name, data));
            }
        }
        crate::servers::Reply::Message(message)
    })
    .await;
    let closed: SocketAddr = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let web = Web::start(|_| ok("", b"second")).await;
    let net = Network::new(NetworkConfig {
        reroutes: vec![
            ("203.0.113.9:80".parse().unwrap(), closed),
            ("203.0.113.10:80".parse().unwrap(), web.tcp.at),
        ],
        ..crate::servers::config(&[&dns])
    })
    .unwrap();
    let exchange = net.get(&home()).await;
    assert_eq!(exchange.response().unwrap().body, "second");
    assert_eq!(exchange.address, Some(address()));
    let first = net
        .send(&HttpRequest::get(home()).at("203.0.113.9".parse().unwrap()))
        .await;
    assert_eq!(
        first.outcome.as_ref().unwrap_err().kind,
        FailureKind::Refused
    );
}

#[tokio::test]
async fn times_are_taken_on_one_warm_connection() {
    let dns = Dns::plain().await;
    let web = Web::start(|_| ok("", b"x")).await;
    let net = network_to(&dns, 80, web.tcp.at);
    let timing = net.time_requests(&home(), 5).await;
    assert_eq!(timing.statuses, [200; 6]);
    assert_eq!((timing.warm_ms.len(), timing.failures.len()), (5, 0));
    assert!(timing.cold_ms.is_some());
    assert_eq!((web.tcp.met(), net.counts().http), (1, 6));
}

#[tokio::test]
async fn a_stall_shows_in_every_request_that_it_held_up() {
    let dns = Dns::plain().await;
    let asked = Arc::new(AtomicUsize::new(0));
    let web = Web::start(move |_| {
        if asked.fetch_add(1, Ordering::SeqCst) == 1 {
            // The server's only thread stands still, as under load.
            std::thread::sleep(Duration::from_millis(200));
        }
        ok("", b"x")
    })
    .await;
    let net = network_to(&dns, 80, web.tcp.at);
    let timing = net.time_requests(&home(), 4).await;
    assert!(timing.warm_ms[0] >= 195.0, "{:?}", timing.warm_ms);
    assert!(timing.warm_ms[1] >= 150.0, "{:?}", timing.warm_ms);
    assert!(timing.warm_ms[2] >= 125.0, "{:?}", timing.warm_ms);
}
