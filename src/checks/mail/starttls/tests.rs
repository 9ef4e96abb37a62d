//! Ends of the dialogue, and their verdicts.

use jiff::Timestamp;

use super::*;
use crate::checks::mail::worlds::{case, intent, mx, name};
use crate::checks::tls::samples::{leaf, session};
use crate::model::observation::Failure;
use crate::model::observation::smtp::{SmtpBanner, SmtpReply, StartTls};
use crate::model::observation::tls::ChainProblem;
use crate::model::verdict::Confidence;

const ADDRESS: &str = "203.0.113.25";

fn greeting(connected: bool, outcome: Result<SmtpBanner, Failure>) -> SmtpGreeting {
    SmtpGreeting {
        host: "mx.acme.example".into(),
        address: ADDRESS.parse().unwrap(),
        at: Timestamp::UNIX_EPOCH,
        took_ms: 1,
        connected,
        outcome,
    }
}

fn seen(greetings: Vec<SmtpGreeting>) -> StartTlsSeen {
    StartTlsSeen {
        mx: mx("acme.example", &[(10, "mx.acme.example")]),
        servers: vec![MailServer {
            name: name("mx.acme.example"),
            addresses: Ok(greetings.iter().map(|g| g.address).collect()),
        }],
        greetings,
    }
}

fn banner(starttls: StartTls) -> SmtpBanner {
    SmtpBanner {
        code: 220,
        text: "mx.acme.example ESMTP".into(),
        ehlo: Some(reply(250)),
        extensions: vec!["SIZE 1".into()],
        starttls,
    }
}

fn reply(code: u16) -> SmtpReply {
    SmtpReply {
        code,
        text: "says the server\nand more".into(),
    }
}

fn failure(kind: FailureKind) -> Failure {
    Failure::new(kind, "what came of it")
}

fn shown(verified: Result<(), ChainProblem>) -> StartTls {
    StartTls::Agreed {
        session: Box::new(session(vec![leaf()], verified)),
        prints: Vec::new(),
    }
}

fn judged(seen: &StartTlsSeen) -> Judgement {
    StartTlsCheck.judge(seen, case("acme.example", &intent()))
}

#[test]
fn each_end_of_the_dialogue_has_its_verdict() {
    use ChainProblem as P;
    use FailureKind as F;
    for (starttls, want, words) in [
        (shown(Ok(())), Verdict::Pass, "TLSv1.3"),
        (
            shown(Err(P::SelfSigned(String::new()))),
            Verdict::Warn,
            "signed itself",
        ),
        (
            shown(Err(P::WrongName(String::new()))),
            Verdict::Warn,
            "another name",
        ),
        (
            shown(Err(P::Expired(String::new()))),
            Verdict::Warn,
            "expired",
        ),
        (
            shown(Err(P::Unproven("who knows".into()))),
            Verdict::Unknown,
            "who knows",
        ),
        (StartTls::NotOffered, Verdict::Fail, "offers no STARTTLS"),
        (
            StartTls::Refused(reply(454)),
            Verdict::Fail,
            "454 says the server",
        ),
        (StartTls::Refused(reply(421)), Verdict::Unknown, "too busy"),
        (
            StartTls::Broken(failure(F::Reset)),
            Verdict::Fail,
            "no TLS comes of it",
        ),
        (
            StartTls::Broken(failure(F::Malformed)),
            Verdict::Fail,
            "no TLS comes of it",
        ),
        (StartTls::Broken(failure(F::Tls)), Verdict::Fail, "of today"),
        (
            StartTls::Broken(failure(F::Timeout)),
            Verdict::Unknown,
            "not heard any more",
        ),
    ] {
        let judgement = judged(&seen(vec![greeting(true, Ok(banner(starttls)))]));
        assert_eq!(judgement.verdict, want, "{}", judgement.summary);
        assert!(judgement.summary.contains(words), "{}", judgement.summary);
        let bad = matches!(want, Verdict::Fail | Verdict::Warn);
        assert_eq!(judgement.remedy.is_some(), bad);
    }
}

#[test]
fn who_is_not_welcome_has_heard_nothing() {
    for (code, ehlo, words) in [
        (421, None, "too busy"),
        (554, None, "no welcome for us (554"),
        (220, Some(reply(421)), "too busy"),
        (220, Some(reply(550)), "no welcome for EHLO (550"),
    ] {
        let banner = SmtpBanner {
            code,
            ehlo,
            extensions: Vec::new(),
            ..banner(StartTls::NotAsked)
        };
        let judgement = judged(&seen(vec![greeting(true, Ok(banner))]));
        assert_eq!(judgement.verdict, Verdict::Unknown);
        assert!(judgement.summary.contains(words), "{}", judgement.summary);
    }
    let mut masked = banner(StartTls::NotOffered);
    masked.extensions.push("XXXXXXXA".into());
    let judgement = judged(&seen(vec![greeting(true, Ok(masked))]));
    assert_eq!(judgement.verdict, Verdict::Unknown);
}

#[test]
fn no_connection_at_all_speaks_of_the_way_out() {
    use FailureKind as F;
    for (kinds, words) in [
        (
            vec![F::Timeout],
            "connections to port 25 of mx.acme.example timed out: port 25 seems closed on the way out",
        ),
        (vec![F::Timeout, F::Unreachable], "timed out"),
        (vec![F::Refused], "or nobody answers there"),
        (vec![F::Unreachable], "or nobody answers there"),
        (vec![F::Timeout, F::Refused], "or nobody answers there"),
    ] {
        let greetings = kinds
            .iter()
            .map(|kind| greeting(false, Err(failure(*kind))));
        let judgement = judged(&seen(greetings.collect()));
        assert_eq!(judgement.verdict, Verdict::Unknown);
        assert!(judgement.summary.contains(words), "{}", judgement.summary);
        // A door that is closed to nearly everybody holds no row open.
        let holds = judgement.severity != Some(Severity::Info);
        assert_eq!(holds, !words.contains("timed out"), "{words}");
    }
    // Silence after the connection was made is the server's own.
    let judgement = judged(&seen(vec![greeting(true, Err(failure(F::Timeout)))]));
    assert_eq!(judgement.verdict, Verdict::Unknown);
    assert!(
        !judgement.summary.contains("way out"),
        "{}",
        judgement.summary
    );
}

#[test]
fn the_worst_server_counts_and_a_missing_route_does_not() {
    let good = || greeting(true, Ok(banner(shown(Ok(())))));
    let bad = || greeting(true, Ok(banner(StartTls::NotOffered)));
    let lost = greeting(false, Err(failure(FailureKind::Refused)));
    let no_route = greeting(false, Err(failure(FailureKind::Unreachable)));
    for (greetings, want) in [
        (vec![good(), no_route], Verdict::Pass),
        (vec![good(), lost.clone()], Verdict::Unknown),
        (vec![good(), lost, bad()], Verdict::Fail),
    ] {
        assert_eq!(judged(&seen(greetings)).verdict, want);
    }
    let mut unresolved = seen(vec![good()]);
    unresolved.servers.push(MailServer {
        name: name("mx2.acme.example"),
        addresses: Err(failure(FailureKind::Timeout)),
    });
    assert_eq!(judged(&unresolved).verdict, Verdict::Unknown);
}

#[test]
fn one_refusal_of_the_moment_is_not_certain() {
    let broken = StartTls::Broken(failure(FailureKind::Tls));
    for (starttls, want) in [
        (StartTls::Refused(reply(454)), Confidence::Likely),
        (StartTls::Refused(reply(554)), Confidence::Certain),
        (broken, Confidence::Likely),
        (StartTls::NotOffered, Confidence::Certain),
    ] {
        let judgement = judged(&seen(vec![greeting(true, Ok(banner(starttls)))]));
        assert_eq!(judgement.confidence, want, "{}", judgement.summary);
    }
}

#[test]
fn the_number_of_a_session_is_no_new_fact() {
    let fact = |text: &str| {
        let refused = StartTls::Refused(SmtpReply {
            code: 454,
            text: text.to_owned(),
        });
        judged(&seen(vec![greeting(true, Ok(banner(refused)))])).fact
    };
    assert_eq!(fact("session 1"), fact("session 2"));
    let offered = judged(&seen(vec![greeting(
        true,
        Ok(banner(StartTls::NotOffered)),
    )]))
    .fact;
    assert_ne!(fact("session 1"), offered);
}
