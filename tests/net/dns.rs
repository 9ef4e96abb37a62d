//! Questions: memory, fail-over, truncation, and answers that are none.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use hickory_proto::op::ResponseCode;
use hickory_proto::rr::{RData, RecordType as Wire, rdata::TXT};
use launch_ready::model::observation::FailureKind;
use launch_ready::model::observation::dns::{AnswerShape, RecordType, Transport};
use launch_ready::net::{Network, NetworkConfig, NetworkProblem};

use crate::servers::{
    ADDRESS, Dns, HOST, Reply, Via, address, config, failed, file, host, network, plain, record,
    reply,
};

#[tokio::test]
async fn the_same_question_is_sent_once_a_run() {
    let dns = Dns::plain().await;
    let net = network(&[&dns]);
    let name = host(HOST);
    let answers = join_all((0..20).map(|_| net.ask(&name, RecordType::A))).await;
    assert!(answers.iter().all(|a| a.addresses() == [address()]));
    assert_eq!(dns.asked(), 1);
    net.ask(&name, RecordType::Mx).await;
    assert_eq!((dns.asked(), net.counts().dns), (2, 2));
    let again = net.fresh();
    assert_eq!(again.counts().dns, 0);
    again.ask(&name, RecordType::A).await;
    assert_eq!(dns.asked(), 3);
    assert!(net.waiting().is_empty());
}

#[tokio::test]
async fn questions_carry_the_flags_that_they_should() {
    let dns = Dns::plain().await;
    let net = Network::new(NetworkConfig {
        reroutes: vec![(SocketAddr::new(address(), 53), dns.at)],
        ..config(&[&dns])
    })
    .unwrap();
    let name = host(HOST);
    net.ask(&name, RecordType::A).await;
    net.ask_unchecked(&name, RecordType::A).await;
    let direct = net
        .ask_authority(address(), &name, RecordType::A, Transport::Tcp)
        .await;
    assert_eq!((direct.server.as_str(), direct.recursive), (ADDRESS, false));
    assert_eq!(direct.transport, Transport::Tcp);
    let asked = dns.questions.lock().unwrap();
    let flags: Vec<_> = asked
        .iter()
        .map(|(m, via)| {
            let edns = m.edns.as_ref().unwrap().flags().dnssec_ok;
            let metadata = &m.metadata;
            (
                metadata.recursion_desired,
                metadata.checking_disabled,
                edns,
                *via,
            )
        })
        .collect();
    assert_eq!(
        flags,
        [
            (true, false, true, Via::Udp),
            (true, true, true, Via::Udp),
            (false, false, true, Via::Tcp)
        ]
    );
    let ids: std::collections::HashSet<u16> = asked.iter().map(|(m, _)| m.metadata.id).collect();
    assert!(ids.len() > 1, "ids are not random");
}

#[tokio::test]
async fn a_truncated_answer_is_completed_over_tcp() {
    let dns = Dns::start(|question, via| {
        let mut message = reply(question);
        match via {
            Via::Udp => message.metadata.truncation = true,
            Via::Tcp => {
                let text = TXT::new(vec!["long".to_owned(), "er".to_owned()]);
                message.add_answer(record(&question.queries[0].name, RData::TXT(text)));
            }
        }
        Reply::Message(message)
    })
    .await;
    let answer = network(&[&dns]).ask(&host(HOST), RecordType::Txt).await;
    assert_eq!(answer.texts(), ["longer"]);
    assert_eq!(answer.transport, Transport::Tcp);
}

#[tokio::test]
async fn a_truncated_answer_that_tcp_cannot_complete_stays_truncated() {
    let dns = Dns::start(|question, via| {
        let mut message = reply(question);
        message.metadata.truncation = true;
        match via {
            Via::Udp => Reply::Message(message),
            Via::Tcp => Reply::Silence,
        }
    })
    .await;
    let answer = network(&[&dns]).ask(&host(HOST), RecordType::Txt).await;
    assert_eq!(answer.shape(), AnswerShape::Truncated);
    assert_eq!(answer.transport, Transport::Udp);
}

#[tokio::test]
async fn silence_goes_to_the_next_resolver_and_costs_its_time_once() {
    let silent = Dns::start(|_, _| Reply::Silence).await;
    let good = Dns::plain().await;
    let net = network(&[&silent, &good]);
    let answer = net.ask(&host(HOST), RecordType::A).await;
    assert_eq!(answer.addresses(), [address()]);
    assert_eq!(answer.server, good.at.to_string());
    assert_eq!(silent.asked(), 2, "one try and one more");
    net.ask(&host(HOST), RecordType::Mx).await;
    assert_eq!(silent.asked(), 2);
}

#[tokio::test]
async fn an_error_is_an_answer_and_goes_nowhere_else() {
    for code in [
        ResponseCode::ServFail,
        ResponseCode::Refused,
        ResponseCode::NXDomain,
    ] {
        let first = Dns::start(move |q, _| Reply::Message(failed(q, code))).await;
        let second = Dns::plain().await;
        let answer = network(&[&first, &second])
            .ask(&host(HOST), RecordType::A)
            .await;
        assert_eq!(answer.server, first.at.to_string());
        assert_eq!(answer.is_absent(), code == ResponseCode::NXDomain);
        assert_eq!((first.asked(), second.asked()), (1, 0));
    }
}

#[tokio::test]
async fn silence_refusal_and_rubbish_are_three_failures() {
    let silent = Dns::start(|_, _| Reply::Silence).await;
    let rubbish = Dns::start(|q, _| {
        let id = q.metadata.id.to_be_bytes();
        Reply::Bytes(vec![[&id[..], b"\xff\xff junk"].concat()])
    })
    .await;
    let gone = Dns::plain().await;
    let closed = gone.at;
    drop(gone);
    // The sockets of the dropped server go with its tasks.
    while tokio::net::UdpSocket::bind(closed).await.is_err() {
        tokio::task::yield_now().await;
    }
    let net = network(&[&silent]);
    for (resolver, want) in [
        (silent.at, FailureKind::Timeout),
        (closed, FailureKind::Refused),
        (rubbish.at, FailureKind::Malformed),
    ] {
        let begun = Instant::now();
        let answer = net.ask_resolver(resolver, &host(HOST), RecordType::A).await;
        let failure = answer.outcome.as_ref().unwrap_err();
        assert_eq!(failure.kind, want, "{failure}");
        assert!(failure.text.contains(&resolver.to_string()));
        assert!(begun.elapsed() < Duration::from_secs(3));
    }
}

#[tokio::test]
async fn answers_to_other_questions_are_passed_over() {
    let dns = Dns::start(|question, _| {
        let mut forged = plain(question);
        forged.metadata.id ^= 1;
        let mut other = plain(question);
        other.queries[0].name = "evil.example.".parse().unwrap();
        let mut shouted = plain(question);
        shouted.queries[0].name = "WWW.ACME.Example.".parse().unwrap();
        let all = [forged, other, shouted];
        Reply::Bytes(all.iter().map(|m| m.to_vec().unwrap()).collect())
    })
    .await;
    let answer = network(&[&dns]).ask(&host(HOST), RecordType::A).await;
    assert_eq!(answer.addresses(), [address()]);
    assert_eq!(dns.asked(), 1);
}

#[tokio::test]
async fn a_server_without_edns_is_asked_without() {
    let dns = Dns::start(|question, _| {
        if question.edns.is_some() {
            let mut message = failed(question, ResponseCode::FormErr);
            message.edns = None;
            return Reply::Message(message);
        }
        Reply::Message(plain(question))
    })
    .await;
    let answer = network(&[&dns]).ask(&host(HOST), RecordType::A).await;
    assert_eq!(answer.addresses(), [address()]);
}

#[tokio::test]
async fn no_addresses_and_unknown_addresses_differ() {
    let none = Dns::start(|q, _| Reply::Message(failed(q, ResponseCode::NXDomain))).await;
    let found = network(&[&none]).addresses(&host(HOST)).await;
    assert_eq!(found, Ok(Vec::new()));
    let broken = Dns::start(|q, _| Reply::Message(failed(q, ResponseCode::ServFail))).await;
    let failure = network(&[&broken])
        .addresses(&host(HOST))
        .await
        .unwrap_err();
    assert!(failure.text.contains("SERVFAIL"), "{failure}");
    let half = Dns::start(|q, _| {
        Reply::Message(match q.queries[0].query_type {
            Wire::AAAA => failed(q, ResponseCode::ServFail),
            _ => plain(q),
        })
    })
    .await;
    let found = network(&[&half]).addresses(&host(HOST)).await;
    assert_eq!(found, Ok(vec![address()]));
}

#[tokio::test]
async fn what_saw_nothing_can_be_looked_for_again() {
    let dns = Dns::start(|q, _| Reply::Message(failed(q, ResponseCode::ServFail))).await;
    let net = network(&[&dns]);
    assert!(!net.forget_failures());
    net.ask(&host(HOST), RecordType::A).await;
    assert!(net.forget_failures());
    net.ask(&host(HOST), RecordType::A).await;
    assert_eq!(dns.asked(), 2);
}

#[tokio::test]
async fn a_wait_says_what_it_waits_for() {
    let silent = Dns::start(|_, _| Reply::Silence).await;
    let net = network(&[&silent]);
    let name = host(HOST);
    let mut asking = Box::pin(net.ask(&name, RecordType::Mx));
    assert!(futures_util::poll!(&mut asking).is_pending());
    let what: Vec<String> = net.waiting().into_iter().map(|w| w.what).collect();
    assert_eq!(what, [format!("{} MX {HOST}", silent.at)]);
    drop(asking);
    assert!(net.waiting().is_empty());
}

#[tokio::test]
async fn files_that_hold_nothing_usable_are_told_by_name() {
    let dns = Dns::plain().await;
    let folder = tempfile::tempdir().unwrap();
    let bad = file(&folder, "bad.txt", "hello\n");
    for broken in [
        NetworkConfig {
            ca_files: vec![bad.clone()],
            ..config(&[&dns])
        },
        NetworkConfig {
            trust_anchor: Some(bad.clone()),
            ..config(&[&dns])
        },
    ] {
        let Err(problem) = Network::new(broken) else {
            panic!("accepted")
        };
        assert!(matches!(problem, NetworkProblem::Content { .. }));
        assert!(problem.to_string().contains("bad.txt"), "{problem}");
    }
    let missing = NetworkConfig {
        trust_anchor: Some(folder.path().join("gone")),
        ..config(&[&dns])
    };
    assert!(matches!(
        Network::new(missing),
        Err(NetworkProblem::File { .. })
    ));
}
