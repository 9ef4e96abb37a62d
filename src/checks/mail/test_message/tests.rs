//! Messages that are not there, judged by why. Those that are there are the worlds of `tests/simulations`.

use jiff::Timestamp;

use super::*;
use crate::checks::mail::worlds;
use crate::model::intent::message::{SubmissionServer, TestInbox};
use crate::model::observation::message::{Step, Submission};
use crate::model::observation::smtp::SmtpReply;
use crate::model::observation::{Failure, FailureKind};
use seen::Looked;

fn intent() -> Intent {
    let mut intent = worlds::intent();
    intent.test_inbox = Some(TestInbox {
        address: "test@gmail.com".into(),
        imap: Some("imap.gmail.com".into()),
        user: None,
        receiver: None,
        code: Some("lr7".into()),
    });
    intent.submission = Some(SubmissionServer {
        server: "smtp.mailer.example".into(),
        user: "acme".into(),
        from: "portal@acme.example".into(),
    });
    intent.messages = [MessageKind::Test, MessageKind::Reset]
        .map(|kind| ExpectedMessage {
            kind,
            from: None,
            subject: None,
        })
        .to_vec();
    intent
}

fn judged(subject: &str, gap: Gap, handed: Option<Submission>) -> Judgement {
    let failure = Failure::new(FailureKind::Timeout, "no answer in 3 s");
    let seen = TestMessageSeen {
        at: Timestamp::UNIX_EPOCH,
        handed,
        look: Some(Looked {
            source: "test@gmail.com at imap.gmail.com:993".into(),
            at: Timestamp::UNIX_EPOCH,
            waited_s: 121,
            outcome: match gap {
                Gap::InboxUnread => Err(failure),
                _ => Ok(0),
            },
        }),
        ..observe::seen(Err(gap))
    };
    TestMessage.judge(&seen, worlds::case(subject, &intent()))
}

#[test]
fn a_message_that_is_not_there_is_never_a_pass() {
    for (gap, verdict, words) in [
        (Gap::NoInbox, Verdict::Blocked, "no test inbox"),
        (
            Gap::NotBrought,
            Verdict::Blocked,
            "test+lr7-reset@gmail.com",
        ),
        (
            Gap::NoInboxPassword,
            Verdict::Blocked,
            "credentials set test-inbox",
        ),
        (
            Gap::NoSubmissionPassword,
            Verdict::Blocked,
            "credentials set submission",
        ),
        (Gap::NotAuthorised, Verdict::Blocked, "--authorised"),
        (
            Gap::NotTriggered,
            Verdict::Blocked,
            "test+lr7-reset@gmail.com",
        ),
        (Gap::HandedUnseen, Verdict::Blocked, "bring it"),
        (Gap::InboxUnread, Verdict::Unknown, "no answer in 3 s"),
        (Gap::NotArrived, Verdict::Fail, "after two minutes"),
    ] {
        let judgement = judged("reset message", gap, None);
        assert_eq!(judgement.verdict, verdict, "{gap:?}");
        assert!(
            judgement.summary.contains(words),
            "{gap:?}: {}",
            judgement.summary
        );
        assert!(
            judgement
                .remedy
                .is_some_and(|remedy| !remedy.steps.is_empty()),
            "{gap:?}"
        );
        assert!(!judgement.plain.is_empty());
    }
}

#[test]
fn a_refusal_is_a_failure_and_silence_is_not() {
    let handed = |step, reply: Option<(u16, &str)>| Submission {
        server: "smtp.mailer.example:587".into(),
        at: Timestamp::UNIX_EPOCH,
        took_ms: 1,
        step,
        reply: reply.map(|(code, text)| SmtpReply {
            code,
            text: text.into(),
        }),
        outcome: Err(Failure::new(FailureKind::Refused, "closed")),
    };
    for (step, reply, verdict, words) in [
        (
            Step::SignIn,
            Some((535, "5.7.8 no")),
            Verdict::Fail,
            "sign-in was refused",
        ),
        (
            Step::Sender,
            Some((550, "not yours")),
            Verdict::Fail,
            "not one that this account may use",
        ),
        (
            Step::Recipient,
            Some((550, "who?")),
            Verdict::Fail,
            "recipient was refused",
        ),
        (Step::Data, Some((554, "spam")), Verdict::Fail, "rejected"),
        (
            Step::Sender,
            Some((451, "later")),
            Verdict::Unknown,
            "not now",
        ),
        (Step::Connect, None, Verdict::Unknown, "closed"),
    ] {
        let judgement = judged("test message", Gap::NotHanded, Some(handed(step, reply)));
        assert_eq!(judgement.verdict, verdict, "{step:?}");
        assert!(judgement.summary.contains(words), "{}", judgement.summary);
    }
}

#[test]
fn without_a_message_the_domain_is_the_subject() {
    let mut intent = worlds::intent();
    assert_eq!(Rule::subjects(&TestMessage, &intent), ["acme.example"]);
    let seen = observe::seen(Err(Gap::NothingExpected));
    let judge = |intent: &Intent| TestMessage.judge(&seen, worlds::case("acme.example", intent));
    assert_eq!(judge(&intent).verdict, Verdict::Blocked);
    assert_eq!(judge(&intent).severity, Some(Severity::Info));
    intent.sends_mail = Some(false);
    assert_eq!(judge(&intent).verdict, Verdict::NotApplicable);
}
