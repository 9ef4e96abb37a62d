//! What one dialogue with a mail server says of its encryption.

use crate::model::observation::smtp::{SmtpBanner, SmtpGreeting, StartTls};
use crate::model::observation::tls::{ChainProblem, TlsSession};
use crate::model::observation::{Failure, FailureKind};
use crate::model::text::escape;
use crate::model::verdict::{Confidence, Verdict};

/// "Come again later", at any point of the dialogue (RFC 5321 §4.2.2).
const BUSY: u16 = 421;

/// A word on one address of a mail server.
pub(in crate::checks::mail) struct Word<'a> {
    /// `mx.acme.example at 203.0.113.25`.
    pub who: String,
    pub verdict: Verdict,
    pub confidence: Confidence,
    pub text: String,
    pub greeting: Option<&'a SmtpGreeting>,
}

impl Word<'_> {
    /// A server that was not heard.
    pub(super) const fn unheard(who: String, text: String) -> Self {
        Self {
            who,
            verdict: Verdict::Unknown,
            confidence: Confidence::Certain,
            text,
            greeting: None,
        }
    }

    /// What the verdict rests on, without the server's own words: they may carry the hour, or the number of a session.
    pub(super) fn fact(&self) -> String {
        let end = match self.greeting.map(|greeting| &greeting.outcome) {
            None => "not looked up".to_owned(),
            Some(Err(failure)) => format!("{:?}", failure.kind),
            Some(Ok(banner)) => end(banner),
        };
        format!("{}: {}, {end}", self.who, self.verdict)
    }

    /// Failures first, then what could not be told; the surer first, then by name.
    pub(super) fn order(&self) -> (u8, Confidence, String) {
        let rank = match self.verdict {
            Verdict::Fail => 0,
            Verdict::Unknown | Verdict::Blocked => 1,
            Verdict::Warn => 2,
            Verdict::Pass | Verdict::NotApplicable => 3,
        };
        (rank, self.confidence, self.who.clone())
    }
}

/// The word on a dialogue.
pub(in crate::checks::mail) fn word(greeting: &SmtpGreeting) -> Word<'_> {
    let (verdict, text) = match &greeting.outcome {
        Err(failure) => (Verdict::Unknown, escape(&failure.text)),
        Ok(banner) => said(banner),
    };
    let confidence = match (verdict, &greeting.outcome) {
        (Verdict::Fail, Ok(banner)) => sureness(&banner.starttls),
        _ => Confidence::Certain,
    };
    Word {
        who: format!("{} at {}", escape(&greeting.host), greeting.address),
        verdict,
        confidence,
        text,
        greeting: Some(greeting),
    }
}

/// What a server refuses today it may give tomorrow (4xx), and a handshake of today's kind that it refuses may work with
/// the suites of yesterday.
const fn sureness(starttls: &StartTls) -> Confidence {
    match starttls {
        StartTls::Refused(reply) if reply.code < 500 => Confidence::Likely,
        StartTls::Broken(Failure {
            kind: FailureKind::Tls,
            ..
        }) => Confidence::Likely,
        _ => Confidence::Certain,
    }
}

fn said(banner: &SmtpBanner) -> (Verdict, String) {
    match &banner.starttls {
        StartTls::NotAsked => (Verdict::Unknown, unwelcome(banner)),
        StartTls::NotOffered if banner.extensions.iter().any(|e| is_masked(e)) => (
            Verdict::Unknown,
            "something between here and the server writes over what it offers, so that it could not be heard".to_owned(),
        ),
        StartTls::NotOffered => (
            Verdict::Fail,
            "it offers no STARTTLS, so mail to it can be read on the way".to_owned(),
        ),
        StartTls::Refused(reply) if reply.code == BUSY => (
            Verdict::Unknown,
            format!("it offers STARTTLS, but was too busy for it: {BUSY} {}", first(&reply.text)),
        ),
        StartTls::Refused(reply) => (
            Verdict::Fail,
            format!(
                "it offers STARTTLS and then refuses it: {} {}",
                reply.code,
                first(&reply.text)
            ),
        ),
        StartTls::Broken(failure) => broken(failure),
        StartTls::Agreed { session, .. } => agreed(session),
    }
}

/// Where the dialogue ended.
fn end(banner: &SmtpBanner) -> String {
    match &banner.starttls {
        StartTls::NotAsked => {
            let code = banner.ehlo.as_ref().map_or(banner.code, |reply| reply.code);
            format!("no welcome, {code}")
        }
        StartTls::NotOffered => "not offered".to_owned(),
        StartTls::Refused(reply) => format!("refused, {}", reply.code),
        StartTls::Broken(failure) => format!("broken, {:?}", failure.kind),
        StartTls::Agreed { session, .. } => match &session.verified {
            Ok(()) => "agreed".to_owned(),
            Err(problem) => format!("the certificate {}", complaint(problem)),
        },
    }
}

/// Why nothing was asked.
fn unwelcome(banner: &SmtpBanner) -> String {
    let (code, text, to) = match &banner.ehlo {
        Some(reply) => (reply.code, &reply.text, "EHLO"),
        None => (banner.code, &banner.text, "us"),
    };
    let why = match code {
        BUSY => "too busy to talk".to_owned(),
        _ => format!("no welcome for {to}"),
    };
    format!(
        "{why} ({code} {}), so that its offers were not heard",
        first(text)
    )
}

fn broken(failure: &Failure) -> (Verdict, String) {
    let text = escape(&failure.text);
    match failure.kind {
        FailureKind::Tls => (
            Verdict::Fail,
            format!("it offers STARTTLS, but no TLS of today can be agreed: {text}"),
        ),
        FailureKind::Reset | FailureKind::Malformed => (
            Verdict::Fail,
            format!("it offers STARTTLS, but no TLS comes of it: {text}"),
        ),
        _ => (
            Verdict::Unknown,
            format!("it offers STARTTLS, and was not heard any more after that: {text}"),
        ),
    }
}

fn agreed(session: &TlsSession) -> (Verdict, String) {
    let protocol = escape(&session.protocol);
    match &session.verified {
        Ok(()) => (
            Verdict::Pass,
            format!("STARTTLS with {protocol} and a certificate for its name"),
        ),
        Err(ChainProblem::Unproven(why)) => (
            Verdict::Unknown,
            format!("STARTTLS with {protocol}, but {}", escape(why)),
        ),
        Err(problem) => (
            Verdict::Warn,
            format!(
                "STARTTLS with {protocol}, but the certificate {}; senders that ask for a proof (MTA-STS) keep their mail back",
                complaint(problem)
            ),
        ),
    }
}

fn complaint(problem: &ChainProblem) -> String {
    match problem {
        ChainProblem::Expired(_) => "has expired".to_owned(),
        ChainProblem::NotYetValid(_) => "is not valid yet".to_owned(),
        ChainProblem::WrongName(_) => "is for another name".to_owned(),
        ChainProblem::UnknownIssuer(_) => "comes from nobody that is trusted".to_owned(),
        ChainProblem::SelfSigned(_) => "signed itself".to_owned(),
        ChainProblem::Revoked(_) => "is revoked".to_owned(),
        other => format!("does not verify ({})", escape(other.text())),
    }
}

/// Firewalls that inspect SMTP write `X` over extensions that they do not know.
fn is_masked(extension: &str) -> bool {
    extension.starts_with("XXXX")
}

/// The first line, short enough for a summary.
fn first(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    escape(&line.chars().take(120).collect::<String>())
}
