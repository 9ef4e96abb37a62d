//! One timed request to a front door: does anybody answer there, and how fast.

use std::net::IpAddr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use url::Url;

use super::{Failure, FailureKind};
use crate::model::sample::Times;
use crate::model::verdict::Verdict;

/// One request on a connection of its own. Redirects are not followed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Glance {
    pub url: Url,
    pub at: Timestamp,
    /// The address that was talked to, when there was one.
    pub address: Option<IpAddr>,
    pub outcome: Result<Answered, Failure>,
}

/// How the front door answered. All times in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    pub status: u16,
    /// Whether the certificate held (`None` over plain http).
    pub certificate_ok: Option<bool>,
    /// Until the TCP connection stood, without looking up the name.
    pub connect_ms: u32,
    /// The TLS handshake after that; 0 over plain http.
    pub tls_ms: u32,
    /// From the request to the head of the answer.
    pub first_byte_ms: u32,
    /// From the first packet to the end of the answer.
    pub total_ms: u32,
}

impl Glance {
    /// Whether the front door answers a visitor, and what was seen, in words. Only what this computer could not try is
    /// `unknown`: whoever calls has made sure of its own footing, so silence is the other side's.
    pub fn judged(&self) -> (Verdict, String) {
        match &self.outcome {
            Err(failure) => {
                let verdict = match failure.kind {
                    FailureKind::Unreachable
                    | FailureKind::Budget
                    | FailureKind::Cancelled
                    | FailureKind::NotAllowed => Verdict::Unknown,
                    FailureKind::Timeout
                    | FailureKind::Refused
                    | FailureKind::Reset
                    | FailureKind::NoAddress
                    | FailureKind::Malformed
                    | FailureKind::Tls => Verdict::Fail,
                };
                (verdict, failure.text.clone())
            }
            Ok(answer) if answer.certificate_ok == Some(false) => (
                Verdict::Fail,
                "its certificate is not accepted: visitors are warned away".to_owned(),
            ),
            Ok(answer) if answer.status >= 500 => {
                (Verdict::Fail, format!("answers {}", answer.status))
            }
            Ok(answer) => (
                Verdict::Pass,
                format!("answers {} in {} ms", answer.status, answer.total_ms),
            ),
        }
    }

    /// What was measured, where it answered as it should.
    pub fn times(&self) -> Option<Times> {
        let answer = self.outcome.as_ref().ok()?;
        (self.judged().0 == Verdict::Pass).then_some(Times {
            connect: answer.connect_ms,
            tls: answer.tls_ms,
            first_byte: answer.first_byte_ms,
            total: answer.total_ms,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn glance(outcome: Result<Answered, Failure>) -> Glance {
        Glance {
            url: Url::parse("https://portal.acme.example/").unwrap(),
            at: Timestamp::UNIX_EPOCH,
            address: None,
            outcome,
        }
    }

    fn answered(status: u16, certificate_ok: Option<bool>) -> Glance {
        glance(Ok(Answered {
            status,
            certificate_ok,
            connect_ms: 1,
            tls_ms: 2,
            first_byte_ms: 3,
            total_ms: 6,
        }))
    }

    #[test]
    fn silence_is_down_and_what_could_not_be_tried_is_unknown() {
        for (kind, want) in [
            (FailureKind::Timeout, Verdict::Fail),
            (FailureKind::Refused, Verdict::Fail),
            (FailureKind::Tls, Verdict::Fail),
            (FailureKind::NoAddress, Verdict::Fail),
            (FailureKind::Unreachable, Verdict::Unknown),
            (FailureKind::Budget, Verdict::Unknown),
        ] {
            let seen = glance(Err(Failure::new(kind, "why")));
            assert_eq!(seen.judged(), (want, "why".to_owned()), "{kind:?}");
            assert_eq!(seen.times(), None);
        }
    }

    #[test]
    fn an_answer_is_up_unless_it_is_an_error_or_nobody_may_trust_it() {
        for (status, certificate, want) in [
            (200, Some(true), Verdict::Pass),
            (302, Some(true), Verdict::Pass),
            (403, Some(true), Verdict::Pass),
            (503, Some(true), Verdict::Fail),
            (200, Some(false), Verdict::Fail),
            (200, None, Verdict::Pass),
        ] {
            let seen = answered(status, certificate);
            assert_eq!(seen.judged().0, want, "{status} {certificate:?}");
            assert_eq!(seen.times().is_some(), want == Verdict::Pass);
        }
    }
}
