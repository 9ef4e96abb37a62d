//! `mail.test-message`: a real message reached the inbox in time, and the receiver found SPF, DKIM and DMARC in order.
//!
//! Messages are brought by the operator, or found in a test inbox; one can be handed to the portal's own submission server.
//! Only the receiver's own word counts, and a message that never came is never a pass. Nothing of a message is kept but what was
//! learnt from it.

pub mod address;
mod authentication;
pub mod canonical;
pub mod facts;
pub mod find;
pub mod mend;
pub mod message;
pub mod observe;
pub mod parse;
pub mod points;
pub mod proof;
pub mod recall;
pub mod results;
pub mod scan;
pub mod seen;
pub mod send;
pub mod show;
pub mod signature;
pub mod trust;
pub mod verify;

use crate::checks::rule::{Case, Judgement, Look, Meta, Rule};
use crate::model::intent::Intent;
use crate::model::intent::message::{ExpectedMessage, MessageKind};
use crate::model::verdict::{Severity, Verdict};
use crate::remedy::manual;
use find::expected;
use points::{Kind, Point, points, span, took};
use seen::{Facts, Gap, TestMessageSeen};

/// Real messages arrive.
pub struct TestMessage;

impl Rule for TestMessage {
    type Seen = TestMessageSeen;

    const META: Meta = Meta {
        id: "mail.test-message",
        title: "Real messages reach the inbox within two minutes, with SPF, DKIM and DMARC in order",
        severity: Severity::Blocker,
        // Looking is not; handing over a message asks for the authority by itself.
        intrusive: false,
        deadline_s: 170,
        version: 1,
        standards: &[
            "RFC 8601 §5",
            "RFC 9989 §4.4",
            "RFC 7208 §2.4",
            "RFC 6376 §6.1",
            "RFC 8301 §3",
        ],
        guide: include_str!("../../../assets/guides/mail.test-message.md"),
    };

    /// One for each message that must arrive; the domain when none is named.
    fn subjects(&self, intent: &Intent) -> Vec<String> {
        let subjects: Vec<String> = expected(intent)
            .into_iter()
            .map(|(subject, _)| subject)
            .collect();
        match subjects.is_empty() {
            true => vec![intent.domain.to_string()],
            false => subjects,
        }
    }

    async fn observe(&self, look: Look<'_>) -> TestMessageSeen {
        match wanted(look.intent, look.subject) {
            Some(wanted) => {
                let now = observe::observe(look, wanted).await;
                recall::recalled(now, look, wanted)
            }
            None => observe::seen(Err(Gap::NothingExpected)),
        }
    }

    fn judge(&self, seen: &TestMessageSeen, case: Case<'_>) -> Judgement {
        let kind =
            wanted(case.intent, case.subject).map_or(MessageKind::Test, |wanted| wanted.kind);
        let judgement = match &seen.message {
            Err(gap) => missing(*gap, seen, case, kind),
            Ok(facts) => arrived(seen, facts, case, kind),
        };
        let judgement = judgement.evidence(show::evidence(seen, case, kind.word()));
        match recall::kept(seen) {
            Some(kept) => judgement.keep(kept),
            None => judgement,
        }
    }
}

fn wanted<'a>(intent: &'a Intent, subject: &str) -> Option<&'a ExpectedMessage> {
    let mut all = expected(intent).into_iter();
    all.find(|(name, _)| name == subject)
        .map(|(_, message)| message)
}

/// There is no message to judge.
fn missing(gap: Gap, seen: &TestMessageSeen, case: Case<'_>, kind: MessageKind) -> Judgement {
    if gap == Gap::NothingExpected && case.intent.sends_mail == Some(false) {
        return Judgement::not_applicable(format!(
            "{} sends no mail, says the intent",
            case.subject
        ))
        .plainly("This domain sends no mail, so none has to arrive.");
    }
    let (text, steps) = mend::gap(gap, seen, case, kind);
    let judgement = match gap {
        Gap::NotArrived => Judgement::fail(text),
        Gap::NotHanded if mend::is_refusal(seen.handed.as_ref()) => Judgement::fail(text),
        Gap::NotHanded | Gap::InboxUnread => Judgement::unknown(text),
        // A person may attest it instead, so that this alone does not keep a row open.
        Gap::NothingExpected | Gap::NotAuthorised => {
            Judgement::blocked(text).severity(Severity::Info)
        }
        _ => Judgement::blocked(text),
    };
    let plain = match (gap, judgement.verdict) {
        (Gap::NotTriggered, _) => {
            "The message has not come yet. Somebody must make the portal send it to the address shown."
        }
        (_, Verdict::Fail) if gap == Gap::NotArrived => {
            "A message from your portal's mail service did not arrive. Clients who ask for a new password would wait for nothing."
        }
        (_, Verdict::Fail) => {
            "Your portal's mail service refuses to send. Clients would get no mail at all."
        }
        (_, Verdict::Unknown) => "We could not look whether messages of your portal arrive.",
        _ => "Something is missing before we can see whether real messages of your portal arrive.",
    };
    judgement
        .plainly(plain)
        .fact(format!("{gap:?}"))
        .remedy(manual(
            "mail.test-message",
            steps,
            "Nothing of yours was changed; a message that was sent stays sent.",
        ))
}

/// A message is there.
fn arrived(seen: &TestMessageSeen, facts: &Facts, case: Case<'_>, kind: MessageKind) -> Judgement {
    let points = points(seen, facts, case.intent, case.now);
    let verdict = worst(&points);
    let told: Vec<&Point> = points
        .iter()
        .filter(|point| point.verdict == verdict)
        .collect();
    let about = case.subject;
    let summary = match told.as_slice() {
        [] => format!(
            "{about}: there after {}; SPF, DKIM and DMARC pass and align with {}, says {}",
            span(took(seen, facts).unwrap_or_default()),
            facts.home().map(ToString::to_string).unwrap_or_default(),
            facts.receiver.as_deref().unwrap_or("the receiver")
        ),
        told => {
            let texts: Vec<&str> = told.iter().map(|point| point.text.as_str()).collect();
            format!("{about}: {}", texts.join("; "))
        }
    };
    let summary = match seen.recalled {
        Some(gap) => format!("{summary}; {}", recall::said(gap, facts, case.now)),
        None => summary,
    };
    let kinds: Vec<String> = points.iter().map(|point| point.kind.word()).collect();
    let mut judgement = Judgement::new(verdict, summary)
        .plainly(plain(verdict, &told))
        .fact(kinds.join(" "))
        .detail("points", kinds.join(" "))
        .detail("receiver", facts.receiver.clone().unwrap_or_default());
    if let Some(seconds) = took(seen, facts) {
        judgement = judgement.detail("took_s", seconds);
    }
    if facts.told {
        judgement = judgement.exhibit([show::exhibit(facts)]);
    }
    match mend::points(&points, facts, case, kind) {
        Some(remedy) => judgement.remedy(remedy),
        None => judgement,
    }
}

/// A failure that was seen goes before what was not seen, and that before what only calls for a look.
fn worst(points: &[Point]) -> Verdict {
    [Verdict::Fail, Verdict::Unknown, Verdict::Warn]
        .into_iter()
        .find(|verdict| points.iter().any(|point| point.verdict == *verdict))
        .unwrap_or(Verdict::Pass)
}

/// For the founder.
fn plain(verdict: Verdict, told: &[&Point]) -> &'static str {
    let has = |kind: Kind| told.iter().any(|point| point.kind == kind);
    match verdict {
        Verdict::Pass => {
            "A real message of your portal reached the inbox in time, and the receiver could see that it is really yours."
        }
        Verdict::Fail if has(Kind::Junk) => {
            "Your portal's mail lands in the junk folder. Clients will not find their password reset."
        }
        Verdict::Fail if has(Kind::Late) => {
            "Your portal's mail comes too late: a client who waits for a password reset gives up and asks for another."
        }
        Verdict::Fail => {
            "The receiver could not see that your portal's mail is really yours. Such mail goes to junk, or is refused."
        }
        Verdict::Warn => {
            "The message arrived and was believed, but by one way only: the next change at a provider may break that."
        }
        _ => {
            "We have the message, and could not tell from it whether your portal's mail is believed."
        }
    }
}

#[cfg(test)]
mod tests;
