//! The practice range, driven with independent clients: the DNS library's transports and the HTTP library, not our own `net`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test"
)]

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use hickory_net::runtime::TokioRuntimeProvider;
use hickory_net::tcp::TcpClientStream;
use hickory_net::udp::UdpClientStream;
use hickory_net::xfer::{DnsExchange, DnsHandle};
use hickory_proto::op::{DnsRequest, DnsRequestOptions, DnsResponse, Message, Query, ResponseCode};
use hickory_proto::rr::{Name, RecordType};
use launch_ready::range::Range;
use launch_ready::range::world::World;

const TLD: &str = "198.51.100.2";
const NS1: &str = "198.51.100.11";
const RESOLVER: &str = "198.51.100.53";

#[tokio::test]
async fn authoritative_servers_say_what_they_hold_and_no_more() {
    let range = Range::start(World::healthy()).await.unwrap();
    let m = ask(
        &range,
        TLD,
        "www.acme.example.",
        RecordType::A,
        How::Iterative,
    )
    .await;
    assert!(!m.metadata.authoritative);
    assert_eq!(m.answers.len(), 0);
    let ns = m
        .authorities
        .iter()
        .filter(|r| r.record_type() == RecordType::NS)
        .count();
    assert_eq!((ns, m.additionals.len()), (2, 2), "a referral with glue");
    let m = ask(&range, TLD, "acme.example.", RecordType::DS, How::Iterative).await;
    assert!(m.metadata.authoritative);
    assert_eq!(types(&m.answers), ["DS", "RRSIG"]);
    let m = ask(
        &range,
        NS1,
        "www.acme.example.",
        RecordType::A,
        How::Iterative,
    )
    .await;
    assert!(m.metadata.authoritative);
    assert_eq!(types(&m.answers), ["CNAME", "RRSIG", "A", "RRSIG"]);
    let m = ask(
        &range,
        NS1,
        "nope.acme.example.",
        RecordType::A,
        How::Iterative,
    )
    .await;
    assert_eq!(m.metadata.response_code, ResponseCode::NXDomain);
    assert_eq!(types(&m.authorities)[..2], ["SOA", "RRSIG"]);
    let m = ask(
        &range,
        NS1,
        "_domainkey.acme.example.",
        RecordType::TXT,
        How::Iterative,
    )
    .await;
    assert_eq!(
        m.metadata.response_code,
        ResponseCode::NoError,
        "an empty non-terminal exists"
    );
    assert!(m.answers.is_empty());
    let m = ask(
        &range,
        NS1,
        "mailer.example.",
        RecordType::A,
        How::Iterative,
    )
    .await;
    assert_eq!(m.metadata.response_code, ResponseCode::Refused);
}

#[tokio::test]
async fn resolvers_recurse_and_validate() {
    let range = Range::start(World::healthy()).await.unwrap();
    let m = ask(
        &range,
        RESOLVER,
        "www.acme.example.",
        RecordType::A,
        How::Recursive,
    )
    .await;
    assert!(m.metadata.recursion_available && m.metadata.authentic_data);
    assert_eq!(types(&m.answers), ["CNAME", "RRSIG", "A", "RRSIG"]);
    let m = ask(
        &range,
        RESOLVER,
        "mailer._domainkey.acme.example.",
        RecordType::TXT,
        How::Recursive,
    )
    .await;
    assert!(
        types(&m.answers).contains(&"TXT".to_owned()),
        "{:?}",
        m.answers
    );
    let m = ask(
        &range,
        RESOLVER,
        "x.invalid.",
        RecordType::A,
        How::Recursive,
    )
    .await;
    assert_eq!(m.metadata.response_code, ResponseCode::NXDomain);
}

#[tokio::test]
async fn a_bogus_zone_is_servfail_unless_checking_is_disabled() {
    let world = r#"
        [[dns]]
        zone = "acme.example"
        signatures = "expired"
    "#;
    let range = Range::start(World::parse(world).unwrap()).await.unwrap();
    let m = ask(
        &range,
        RESOLVER,
        "acme.example.",
        RecordType::A,
        How::Recursive,
    )
    .await;
    assert_eq!(m.metadata.response_code, ResponseCode::ServFail);
    let m = ask(
        &range,
        RESOLVER,
        "acme.example.",
        RecordType::A,
        How::Unchecked,
    )
    .await;
    assert_eq!(types(&m.answers), ["A", "RRSIG"]);
}

/// The library's own validator, asking the range's resolver, must prove what the range signs: presence, absence, wildcards.
#[tokio::test]
async fn signatures_and_denials_validate() {
    use hickory_proto::dnssec::TrustAnchors;
    use hickory_proto::dnssec::rdata::DNSSECRData;
    use hickory_proto::rr::RData;
    use hickory_resolver::config::{NameServerConfig, ResolveHosts, ResolverConfig};
    let world = "[[dns]]\nadd = ['*.wild.acme.example. 60 IN A 203.0.113.20']";
    let range = Range::start(World::parse(world).unwrap()).await.unwrap();
    let root = ask(
        &range,
        "198.51.100.1",
        ".",
        RecordType::DNSKEY,
        How::Iterative,
    )
    .await;
    let mut anchors = TrustAnchors::empty();
    for record in &root.answers {
        if let RData::DNSSEC(DNSSECRData::DNSKEY(key)) = &record.data {
            anchors.insert(key.public_key());
        }
    }
    let resolver = local(&range, "198.51.100.53:53");
    let mut server = NameServerConfig::udp_and_tcp(resolver.ip());
    for connection in &mut server.connections {
        connection.port = resolver.port();
    }
    let mut builder = hickory_resolver::Resolver::builder_with_config(
        ResolverConfig::from_parts(None, vec![], vec![server]),
        TokioRuntimeProvider::default(),
    )
    .with_trust_anchor(Arc::new(anchors));
    builder.options_mut().use_hosts_file = ResolveHosts::Never;
    builder.options_mut().attempts = 1;
    let validator = builder.build().unwrap();
    for (name, rtype) in [
        ("acme.example.", RecordType::TXT),
        ("www.acme.example.", RecordType::A),
        ("a.b.wild.acme.example.", RecordType::A),
    ] {
        let found = validator.lookup(name, rtype).await.unwrap();
        assert!(
            found.answers().iter().all(|r| r.proof.is_secure()),
            "{name}: {:?}",
            found.answers()
        );
    }
    for (name, rtype) in [
        ("nope.acme.example.", RecordType::A),
        ("acme.example.", RecordType::AAAA),
        ("_domainkey.acme.example.", RecordType::TXT),
        ("nope.invalid.", RecordType::A),
    ] {
        let problem = validator.lookup(name, rtype).await.unwrap_err();
        assert!(problem.is_no_records_found(), "{name}: {problem:?}");
    }
}

#[tokio::test]
async fn every_answer_can_be_made_to_wait() {
    let range = Range::start(World::healthy()).await.unwrap();
    range.set_delay(Duration::from_millis(120));
    let began = std::time::Instant::now();
    ask(
        &range,
        NS1,
        "acme.example.",
        RecordType::SOA,
        How::Iterative,
    )
    .await;
    assert!(began.elapsed() >= Duration::from_millis(120));
    let began = std::time::Instant::now();
    client(&range, 80)
        .get("http://acme.example/")
        .send()
        .await
        .unwrap();
    assert!(began.elapsed() >= Duration::from_millis(120));
}

#[tokio::test]
async fn old_tls_is_accepted_only_where_the_world_says_so() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let range = Range::start(World::with_faults(["tls.old-versions"]))
        .await
        .unwrap();
    let hello = async |address: &str, host: &str, version: u8| {
        let mut name = vec![0, 0];
        name.extend(u16::try_from(host.len() + 5).unwrap().to_be_bytes());
        name.extend(u16::try_from(host.len() + 3).unwrap().to_be_bytes());
        name.push(0);
        name.extend(u16::try_from(host.len()).unwrap().to_be_bytes());
        name.extend(host.as_bytes());
        let mut body = vec![3, version];
        body.extend([7; 32]);
        body.extend([0, 0, 4, 0, 0x2f, 0xc0, 0x13, 1, 0]);
        body.extend(u16::try_from(name.len()).unwrap().to_be_bytes());
        body.extend(name);
        let mut message = vec![1, 0];
        message.extend(u16::try_from(body.len()).unwrap().to_be_bytes());
        message.extend(body);
        let mut record = vec![0x16, 3, 1];
        record.extend(u16::try_from(message.len()).unwrap().to_be_bytes());
        record.extend(message);
        let mut stream = tokio::net::TcpStream::connect(local(&range, address))
            .await
            .unwrap();
        stream.write_all(&record).await.unwrap();
        let mut head = [0; 11];
        let _ = stream.read(&mut head).await.unwrap();
        head
    };
    let accepted = hello("203.0.113.20:443", "portal.acme.example", 1).await;
    assert_eq!(
        (accepted[0], accepted[5], accepted[10]),
        (0x16, 2, 1),
        "a ServerHello of TLS 1.0"
    );
    let refused = hello("203.0.113.30:443", "api.acme.example", 1).await;
    assert_eq!(refused[0], 0x15, "an alert");
}

#[tokio::test]
async fn wildcards_large_answers_and_bad_servers() {
    let big: Vec<String> = (0..40)
        .map(|n| format!("'big.acme.example. 60 IN TXT \"{n:0>60}\"'"))
        .collect();
    let world = format!(
        r#"
        [[dns]]
        add = ['*.wild.acme.example. 60 IN A 203.0.113.20', {}]
        [[server]]
        address = "198.51.100.12"
        does = "no-tcp"
        "#,
        big.join(", ")
    );
    let range = Range::start(World::parse(&world).unwrap()).await.unwrap();
    let m = ask(
        &range,
        NS1,
        "a.b.wild.acme.example.",
        RecordType::A,
        How::Iterative,
    )
    .await;
    assert_eq!(m.answers[0].name.to_ascii(), "a.b.wild.acme.example.");
    let m = ask(
        &range,
        NS1,
        "wild.acme.example.",
        RecordType::A,
        How::Iterative,
    )
    .await;
    assert!(m.answers.is_empty());
    let m = ask(
        &range,
        NS1,
        "big.acme.example.",
        RecordType::TXT,
        How::Iterative,
    )
    .await;
    assert!(m.metadata.truncation && m.answers.is_empty());
    let m = ask(
        &range,
        NS1,
        "big.acme.example.",
        RecordType::TXT,
        How::Stream,
    )
    .await;
    assert_eq!(m.answers.len(), 41);
    let local = local(&range, "198.51.100.12:53");
    let refused = tokio::net::TcpStream::connect(local).await.unwrap_err();
    assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
}

#[tokio::test]
async fn dns_servers_misbehave_as_told() {
    let range = async |server: &str, does: &str| {
        let world = format!("[[server]]\naddress = \"{server}\"\ndoes = \"{does}\"");
        Range::start(World::parse(&world).unwrap()).await.unwrap()
    };
    let portal = "portal.acme.example.";
    let rubbish = heard(&range(NS1, "rubbish").await, portal, RecordType::A).await;
    assert!(rubbish.len() == 1 && rubbish[0].message.is_none());
    let elsewhere = heard(&range(NS1, "elsewhere").await, portal, RecordType::A).await;
    assert!(elsewhere.len() == 1 && !elsewhere[0].from_the_server);
    let forged = heard(&range(NS1, "forged").await, portal, RecordType::A).await;
    let signs: Vec<(bool, bool, String)> = forged
        .iter()
        .map(|heard| {
            let message = heard.message.as_ref().unwrap();
            let data = message.answers[0].data.to_string();
            (heard.from_the_server, message.metadata.id == ID, data)
        })
        .collect();
    let (lie, truth) = ("203.0.113.99".to_owned(), "203.0.113.20".to_owned());
    assert_eq!(
        signs,
        [
            (true, false, lie.clone()),
            (false, true, lie),
            (true, true, truth)
        ]
    );
    for (does, first) in [("first-lost", 0), ("first-cut", 1)] {
        let range = range(NS1, does).await;
        for turn in 0..4 {
            let heard = heard(&range, portal, RecordType::A).await;
            let answers = heard.first().and_then(|h| h.message.as_ref());
            let answers = answers.map_or(0, |m| m.answers.len());
            let expected = if turn % 2 == 0 { (first, 0) } else { (1, 1) };
            assert_eq!((heard.len(), answers), expected, "{does} {turn}");
        }
    }
    let said = async |does: &str, name: &str, rtype, how| {
        ask(&range(NS1, does).await, NS1, name, rtype, how).await
    };
    let m = said(
        "shuffled",
        "www.acme.example.",
        RecordType::A,
        How::Iterative,
    )
    .await;
    assert_eq!(m.answers[0].name.to_ascii(), "stranger.example.");
    assert_eq!(m.answers.last().unwrap().record_type(), RecordType::CNAME);
    let m = said("padded", "acme.example.", RecordType::TXT, How::Iterative).await;
    assert!(m.metadata.truncation && m.answers.is_empty());
    let m = said("padded", "acme.example.", RecordType::TXT, How::Stream).await;
    assert!(m.to_vec().unwrap().len() > 60_000);
    let m = said("truncated-for-ever", portal, RecordType::A, How::Stream).await;
    assert!(m.metadata.truncation && m.answers.is_empty());
    let m = said(
        "never-nxdomain",
        "nope.acme.example.",
        RecordType::A,
        How::Iterative,
    )
    .await;
    assert_eq!(m.metadata.response_code, ResponseCode::NoError);
    let m = said("always-nxdomain", portal, RecordType::TXT, How::Iterative).await;
    assert_eq!(m.metadata.response_code, ResponseCode::NXDomain);
    let m = said("refers-up", portal, RecordType::A, How::Iterative).await;
    assert!(m.answers.is_empty() && m.authorities[0].name.is_root());
    let blind = range(RESOLVER, "unvalidating").await;
    let m = ask(&blind, RESOLVER, portal, RecordType::A, How::Recursive).await;
    assert!(!m.answers.is_empty() && !m.metadata.authentic_data);
    let slow = range(NS1, "drip").await;
    let dripped = tokio::time::timeout(
        Duration::from_millis(1_500),
        ask(&slow, NS1, portal, RecordType::A, How::Stream),
    );
    assert!(dripped.await.is_err());
}

/// The id of a question that is put by hand.
const ID: u16 = 0x1dea;

/// A datagram that came back.
struct Heard {
    from_the_server: bool,
    message: Option<Message>,
}

/// Everything that comes back to a question put to NS1, until it is quiet.
async fn heard(range: &Range, name: &str, rtype: RecordType) -> Vec<Heard> {
    let server = local(range, &format!("{NS1}:53"));
    let socket = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let mut question = Message::query();
    question.metadata.id = ID;
    question.add_query(Query::query(Name::from_ascii(name).unwrap(), rtype));
    let bytes = question.to_vec().unwrap();
    socket.send_to(&bytes, server).await.unwrap();
    let mut heard = Vec::new();
    let mut buffer = [0; 4096];
    let quiet = Duration::from_millis(300);
    while let Ok(Ok((length, from))) =
        tokio::time::timeout(quiet, socket.recv_from(&mut buffer)).await
    {
        heard.push(Heard {
            from_the_server: from == server,
            message: Message::from_vec(&buffer[..length]).ok(),
        });
    }
    heard
}

#[tokio::test]
async fn answers_can_differ_by_address_and_every_time() {
    let world = r#"
        [[http]]
        url = "https://www.acme.example/"
        address = "203.0.113.10"
        headers = ["x-visit: {nonce}"]
        body = "{nonce}"
        [[http]]
        url = "https://portal.acme.example/health"
        address = "203.0.113.10"
        status = 503
        "#;
    let range = Range::start(World::parse(world).unwrap()).await.unwrap();
    let client = client(&range, 443);
    let get = async |url: &str| client.get(url).send().await.unwrap();
    let (one, other) = (
        get("https://www.acme.example/").await,
        get("https://www.acme.example/").await,
    );
    assert_ne!(one.headers()["x-visit"], other.headers()["x-visit"]);
    assert_ne!(one.text().await.unwrap(), other.text().await.unwrap());
    let elsewhere = get("https://portal.acme.example/health").await;
    assert_eq!(elsewhere.status(), 200, "that rule is of another address");
}

#[tokio::test]
async fn the_portal_speaks_http_and_knows_its_tenants() {
    let range = Range::start(World::healthy()).await.unwrap();
    let http = client(&range, 443);
    let hop = client(&range, 80)
        .get("http://acme.example/a?b=1")
        .send()
        .await
        .unwrap();
    assert_eq!(
        (hop.status().as_u16(), location(&hop)),
        (301, "https://acme.example/a?b=1".to_owned())
    );
    let hop = http.get("https://acme.example/a?b=1").send().await.unwrap();
    assert_eq!(location(&hop), "https://www.acme.example/a?b=1");
    assert_eq!(
        hop.headers()["strict-transport-security"],
        "max-age=31536000"
    );
    let home = http.get("https://www.acme.example/").send().await.unwrap();
    assert_eq!(
        (home.status().as_u16(), home.version()),
        (200, reqwest::Version::HTTP_2)
    );
    assert_eq!(home.headers()["x-frame-options"], "DENY");
    let missing = http
        .get("https://www.acme.example/x7f3")
        .send()
        .await
        .unwrap();
    assert_eq!(missing.status(), 404);
    let closed = http
        .get("https://portal.acme.example/app")
        .send()
        .await
        .unwrap();
    assert_eq!(
        (closed.status().as_u16(), location(&closed)),
        (302, "/sign-in".to_owned())
    );
    let denied = http
        .get("https://api.acme.example/v1/invoices")
        .send()
        .await
        .unwrap();
    assert_eq!(denied.status(), 401);
    let signed_in = http
        .post("https://portal.acme.example/sign-in")
        .body("email=ada%40one.example&password=practice-makes-ready-1")
        .send()
        .await
        .unwrap();
    let cookie = signed_in.headers()["set-cookie"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(
        cookie.starts_with("__Host-session=") && cookie.contains("HttpOnly"),
        "{cookie}"
    );
    let session = cookie.split(';').next().unwrap().to_owned();
    let own = http
        .get("https://portal.acme.example/app")
        .header("cookie", &session);
    assert!(
        own.send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap()
            .contains("inv-1001")
    );
    let other = http
        .get("https://api.acme.example/v1/invoices/inv-2001")
        .header("cookie", &session);
    assert_eq!(other.send().await.unwrap().status(), 404);
    let foreign = http
        .get("https://api.acme.example/health")
        .header("origin", "https://evil.example");
    assert!(
        !foreign
            .send()
            .await
            .unwrap()
            .headers()
            .contains_key("access-control-allow-origin")
    );
    let counts = range.counts();
    assert_eq!(counts.requests["www.acme.example"], 2);
    assert!(counts.handshakes["www.acme.example"] >= 1);
}

#[tokio::test]
async fn faults_are_set_and_mended_while_it_serves() {
    let range = Range::start(World::healthy()).await.unwrap();
    let txt = async || {
        let m = ask(
            &range,
            RESOLVER,
            "acme.example.",
            RecordType::TXT,
            How::Recursive,
        )
        .await;
        types(&m.answers).iter().filter(|t| *t == "TXT").count()
    };
    assert_eq!(txt().await, 1);
    range.break_fault("mail.two-spf-records").await.unwrap();
    assert_eq!(txt().await, 2);
    assert_eq!(range.faults().await, ["mail.two-spf-records"]);
    range.mend("mail.two-spf-records").await.unwrap();
    assert_eq!(txt().await, 1);
    assert!(range.break_fault("mail.nothing").await.is_err());
}

#[tokio::test]
async fn a_served_range_is_changed_from_outside() {
    use launch_ready::range::control::{Command, Control, ControlProblem, send};
    let range = Arc::new(Range::start(World::healthy()).await.unwrap());
    let control = Control::serve(Arc::clone(&range)).await.unwrap();
    let id = "mail.no-dmarc".to_owned();
    assert_eq!(
        send(control.address(), &Command::Break(id.clone()))
            .await
            .unwrap(),
        std::slice::from_ref(&id)
    );
    assert_eq!(range.faults().await, std::slice::from_ref(&id));
    assert_eq!(
        send(control.address(), &Command::Faults).await.unwrap(),
        std::slice::from_ref(&id)
    );
    assert!(
        send(control.address(), &Command::Mend(id))
            .await
            .unwrap()
            .is_empty()
    );
    let unknown = send(control.address(), &Command::Mend("no.such".to_owned()))
        .await
        .unwrap_err();
    assert!(unknown.to_string().contains("no.such"), "{unknown}");
    let stranger = control.address().replace('/', "/0");
    assert!(matches!(
        send(&stranger, &Command::Faults).await,
        Err(ControlProblem::Refused(_))
    ));
    let address = control.address().to_owned();
    drop(control);
    // Its task ends when the runtime next looks at it.
    tokio::task::yield_now().await;
    assert!(matches!(
        send(&address, &Command::Faults).await,
        Err(ControlProblem::NotServed(_))
    ));
}

#[tokio::test]
async fn ports_close_and_open_with_the_faults() {
    let range = Range::start(World::healthy()).await.unwrap();
    let api = local(&range, "203.0.113.30:443");
    for _ in 0..5 {
        range.break_fault("tls.closed-port").await.unwrap();
        let refused = tokio::net::TcpStream::connect(api).await.unwrap_err();
        assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
        range.mend("tls.closed-port").await.unwrap();
        tokio::net::TcpStream::connect(api).await.unwrap();
    }
}

#[tokio::test]
async fn every_fault_can_be_set_and_mended() {
    let range = Range::start(World::healthy()).await.unwrap();
    for fault in launch_ready::range::fault::catalogue() {
        range.break_fault(&fault.id).await.unwrap();
        range.mend(&fault.id).await.unwrap();
    }
    assert!(range.faults().await.is_empty());
}

#[tokio::test]
async fn bad_certificates_are_bad_in_the_way_they_say() {
    for (kind, words) in [
        ("expired", "expired"),
        ("not-yet", "NotValidYet"),
        ("self-signed", "UnknownIssuer"),
        ("wrong-name", "NotValidForName"),
        ("leaf-only", "UnknownIssuer"),
        ("unknown-root", "UnknownIssuer"),
        ("weak-key", "signature"),
        ("sha1", "signature"),
        ("reversed", ""),
        ("expiring", ""),
        ("good", ""),
    ] {
        let world = format!("[[tls]]\nhost = \"www.acme.example\"\ncertificate = \"{kind}\"");
        let range = Range::start(World::parse(&world).unwrap()).await.unwrap();
        let got = client(&range, 443)
            .get("https://www.acme.example/")
            .send()
            .await;
        match got {
            Ok(_) => assert!(words.is_empty(), "{kind} was taken"),
            Err(e) => {
                let text = format!("{e:?}").to_lowercase();
                assert!(
                    !words.is_empty() && text.contains(&words.to_lowercase()),
                    "{kind}: {text}"
                );
            }
        }
    }
}

#[tokio::test]
async fn web_servers_misbehave_as_told() {
    let world = r#"
        [[http]]
        url = "https://www.acme.example/reset"
        does = "reset"
        [[http]]
        url = "https://www.acme.example/closed"
        does = "closed"
        [[http]]
        url = "https://www.acme.example/loop"
        does = "loop"
        [[http]]
        url = "https://www.acme.example/bomb"
        does = "bomb"
        [[http]]
        url = "https://api.acme.example/*"
        headers = ["access-control-allow-origin: {origin}"]
        when = { origin = "https://*" }
    "#;
    let range = Range::start(World::parse(world).unwrap()).await.unwrap();
    let http = client(&range, 443);
    let get = |path: &str| http.get(format!("https://www.acme.example/{path}")).send();
    for path in ["reset", "closed"] {
        assert!(!get(path).await.unwrap_err().is_timeout(), "{path}");
    }
    assert_eq!(
        location(&get("loop").await.unwrap()),
        "https://www.acme.example/loop"
    );
    let mut bomb = get("bomb").await.unwrap();
    let mut bytes = 0;
    while bytes < 4 * 1024 * 1024 {
        bytes += bomb.chunk().await.unwrap().unwrap().len();
    }
    let origin = "https://evil.example";
    let reflected = http
        .get("https://api.acme.example/health")
        .header("origin", origin)
        .send()
        .await
        .unwrap();
    assert_eq!(reflected.headers()["access-control-allow-origin"], origin);
}

#[tokio::test]
async fn mail_greets_and_offers_tls() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let range = Range::start(World::healthy()).await.unwrap();
    let mut stream = tokio::net::TcpStream::connect(local(&range, "203.0.113.25:25"))
        .await
        .unwrap();
    stream
        .write_all(b"EHLO probe.example\r\nQUIT\r\n")
        .await
        .unwrap();
    let mut all = String::new();
    stream.read_to_string(&mut all).await.unwrap();
    assert!(all.starts_with("220 mx.acme.example"), "{all}");
    assert!(all.contains("250 STARTTLS") && all.contains("221"), "{all}");
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    Iterative,
    /// Iterative, over TCP.
    Stream,
    Recursive,
    /// Recursive with CD=1.
    Unchecked,
}

async fn ask(range: &Range, server: &str, name: &str, rtype: RecordType, how: How) -> DnsResponse {
    let address = local(range, &format!("{server}:53"));
    let provider = TokioRuntimeProvider::default();
    let _keep = provider.clone();
    let wait = Duration::from_secs(3);
    let exchange: DnsExchange<TokioRuntimeProvider> = match how {
        How::Stream => TcpClientStream::exchange(address, None, wait, None, provider)
            .await
            .unwrap(),
        _ => UdpClientStream::builder(address, provider)
            .with_timeout(Some(wait))
            .exchange(),
    };
    let mut options = DnsRequestOptions::default();
    options.recursion_desired = matches!(how, How::Recursive | How::Unchecked);
    options.use_edns = true;
    options.edns_set_dnssec_ok = true;
    let query = Query::query(Name::from_ascii(name).unwrap(), rtype);
    let mut request = DnsRequest::from_query(query, options);
    request.metadata.checking_disabled = how == How::Unchecked;
    exchange.send(request).next().await.unwrap().unwrap()
}

fn types(records: &[hickory_proto::rr::Record]) -> Vec<String> {
    records
        .iter()
        .map(|r| r.record_type().to_string())
        .collect()
}

fn local(range: &Range, public: &str) -> SocketAddr {
    let public: SocketAddr = public.parse().unwrap();
    let reroutes: HashMap<_, _> = range.reroutes().iter().copied().collect();
    reroutes[&public]
}

/// A client for which every host of the portal is at the loopback port that stands for its public `port`.
#[tokio::test]
async fn other_places_answer_as_the_service_does() {
    const URL: &str = "https://api.globalping.io/v1/measurements";
    let world = "[[place]]\ncity = \"Sydney\"\nresolver = \"198.51.100.54\"\n[[dns]]\nserver = \"198.51.100.54\"\nremove = [\"portal.acme.example A\"]\nadd = [\"portal.acme.example. 240 IN A 203.0.113.40\"]";
    let range = Range::start(World::parse(world).unwrap()).await.unwrap();
    let web = client(&range, 443);
    let post = |body: &str| {
        web.post(URL)
            .header("content-type", "application/json")
            .body(body.to_owned())
            .send()
    };
    for (body, field) in [
        ("no JSON", "measurement"),
        (
            r#"{"type":"dns","target":"portal.acme.example","limt":8}"#,
            "measurement",
        ),
        (r#"{"type":"smtp"}"#, "type"),
        (r#"{"type":"dns","target":"localhost"}"#, "target"),
        (
            r#"{"type":"dns","target":"acme.example","limit":501,"locations":[{"magic":"World"}]}"#,
            "limit",
        ),
        (
            r#"{"type":"dns","target":"acme.example","locations":[{"magic":"World"}],"measurementOptions":{"query":{"type":"CAA"}}}"#,
            "measurementOptions.query.type",
        ),
    ] {
        let refused = post(body).await.unwrap();
        assert_eq!(refused.status(), 400, "{body}");
        let error: serde_json::Value =
            serde_json::from_slice(&refused.bytes().await.unwrap()).unwrap();
        assert!(
            error["error"]["params"][field].is_string(),
            "{body}: {error}"
        );
    }
    let untyped = web.post(URL).body("{}").send().await.unwrap();
    assert_eq!(untyped.status(), 415);
    let begun = post(r#"{"type":"dns","target":"portal.acme.example","limit":2,"locations":[{"magic":"World"}]}"#)
        .await
        .unwrap();
    assert_eq!(begun.status(), 202);
    assert_eq!(begun.headers()["x-ratelimit-remaining"], "248");
    let place = location(&begun);
    let look = || async {
        let answer = web.get(&place).send().await.unwrap();
        let status = answer.status().as_u16();
        let body: serde_json::Value =
            serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
        (status, body)
    };
    let (status, first) = look().await;
    assert_eq!((status, &first["status"]), (200, &"in-progress".into()));
    assert_eq!(look().await.0, 429, "looked again too soon");
    tokio::time::sleep(Duration::from_millis(500)).await;
    let (_, done) = look().await;
    assert_eq!(done["status"], "finished");
    let value = |index: usize| done["results"][index]["result"]["answers"][0]["value"].clone();
    assert_eq!(
        (value(0), value(1)),
        ("203.0.113.40".into(), "203.0.113.20".into())
    );
    assert_eq!(
        done["results"][0]["result"]["answers"][0]["name"],
        "portal.acme.example."
    );
    let nowhere = web.get(format!("{URL}/nobody")).send().await.unwrap();
    assert_eq!(nowhere.status(), 404);
}

fn client(range: &Range, port: u16) -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let pem = std::fs::read(range.ca_file()).unwrap();
    let mut builder = reqwest::Client::builder()
        .tls_certs_only([reqwest::Certificate::from_pem(&pem).unwrap()])
        .redirect(reqwest::redirect::Policy::none());
    for (host, address) in [
        ("acme.example", "203.0.113.10"),
        ("www.acme.example", "203.0.113.10"),
        ("portal.acme.example", "203.0.113.20"),
        ("api.acme.example", "203.0.113.30"),
        ("api.globalping.io", "198.51.100.84"),
    ] {
        builder = builder.resolve(host, local(range, &format!("{address}:{port}")));
    }
    builder.build().unwrap()
}

fn location(response: &reqwest::Response) -> String {
    response.headers()["location"].to_str().unwrap().to_owned()
}
