//! Every source of a word on revocation, weighed.

use super::super::samples::*;
use super::*;
use crate::model::observation::{Failure, FailureKind};

fn staple(status: Status) -> Staple {
    Staple {
        status,
        about_leaf: true,
        signed: Ok(()),
        this_update: now() - days(1),
        next_update: Some(now() + days(6)),
        sct_logs: Vec::new(),
    }
}

fn shows(staple: Option<Result<Staple, String>>, must: bool) -> TlsSession {
    let leaf = Certificate {
        must_staple: must,
        crl_urls: vec!["http://crl.example/1.crl".into()],
        ..leaf()
    };
    TlsSession {
        stapled: staple.is_some(),
        staple,
        ..session(vec![leaf, intermediate()], Ok(()))
    }
}

fn reading() -> ListReading {
    ListReading {
        signed: Ok(()),
        this_update: now() - days(1),
        next_update: Some(now() + days(6)),
        entries: 1,
        revoked: None,
    }
}

#[test]
fn every_source_is_weighed() {
    let good = || Some(Ok(staple(Status::Good)));
    let revoked = || Some(Ok(staple(Status::Revoked(now() - days(2)))));
    let late = Staple {
        next_update: Some(now() - days(1)),
        ..staple(Status::Good)
    };
    let other = Staple {
        about_leaf: false,
        ..staple(Status::Good)
    };
    let forged = Staple {
        signed: Err("nobody signed".into()),
        ..staple(Status::Revoked(now()))
    };
    let listed = ListReading {
        revoked: Some(now() - days(2)),
        ..reading()
    };
    let unsigned = ListReading {
        signed: Err("another authority issued it".into()),
        ..listed.clone()
    };
    let gone = || Failure::new(FailureKind::Timeout, "no answer");
    for (staple, must, list, want) in [
        (None, false, None, Verdict::NotApplicable),
        (None, true, None, Verdict::Fail),
        (good(), true, None, Verdict::Pass),
        (good(), false, None, Verdict::Pass),
        (revoked(), false, None, Verdict::Fail),
        (
            Some(Ok(staple(Status::Unknown))),
            false,
            None,
            Verdict::Unknown,
        ),
        (Some(Ok(staple(Status::Unknown))), true, None, Verdict::Fail),
        (Some(Ok(late.clone())), false, None, Verdict::Unknown),
        (Some(Ok(late)), false, Some(Ok(reading())), Verdict::Pass),
        (Some(Ok(other)), false, None, Verdict::Unknown),
        (Some(Ok(forged)), false, None, Verdict::Unknown),
        (Some(Err("rubbish".into())), false, None, Verdict::Unknown),
        (Some(Err("rubbish".into())), true, None, Verdict::Fail),
        (None, false, Some(Ok(reading())), Verdict::Pass),
        (None, false, Some(Ok(listed.clone())), Verdict::Fail),
        (good(), false, Some(Ok(listed)), Verdict::Fail),
        (None, false, Some(Ok(unsigned)), Verdict::Unknown),
        (None, false, Some(Err(gone())), Verdict::Unknown),
    ] {
        let session = shows(staple, must);
        let list = list.map(|outcome| RevocationList {
            url: "http://crl.example/1.crl".into(),
            at: now(),
            outcome,
        });
        let seen = Seen {
            host: seen(Vec::new()),
            may_ask: list.is_some(),
            lists: list
                .into_iter()
                .map(|list| (session.chain[0].sha256.clone(), list))
                .collect(),
        };
        let says = judge_session(&session, &seen, now());
        assert_eq!(says.verdict, want, "{}", says.text);
    }
}
