//! What a sender gets where the policy must be: no redirect is followed, and the certificate must be right (RFC 8461 §3.3).

use crate::checks::answer::classify;
use crate::model::observation::FailureKind;
use crate::model::observation::dns::DnsAnswer;
use crate::model::observation::http::{HttpExchange, HttpResponse};
use crate::model::text::escape;

use super::policy::{self, Policy};

/// Senders may stop reading a larger one.
const LARGEST: usize = 64 * 1024;

/// What stands at the policy's place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetched {
    /// A text that was read as a policy; its problems are its own.
    Policy(Policy),
    /// Nothing that a sender takes.
    Nothing(String),
    /// It could not be told.
    Unseen(String),
}

/// Reads an exchange; `addresses` are the A and AAAA answers of its host.
pub fn fetched(exchange: &HttpExchange, addresses: &[DnsAnswer]) -> Fetched {
    let response = match &exchange.outcome {
        Ok(response) => response,
        Err(failure) => {
            let why = escape(&failure.text);
            let is_nobody = match failure.kind {
                FailureKind::Refused | FailureKind::Tls => true,
                FailureKind::NoAddress => {
                    !addresses.is_empty() && addresses.iter().all(DnsAnswer::is_absent)
                }
                _ => false,
            };
            return if is_nobody {
                Fetched::Nothing(why)
            } else {
                Fetched::Unseen(why)
            };
        }
    };
    if response.certificate_ok == Some(false) {
        let host = exchange.url.host_str().unwrap_or_default();
        return Fetched::Nothing(format!("the certificate shown for {host} does not verify"));
    }
    let kind = classify(response);
    // A refusal may be meant for us alone.
    if kind.obscures() || response.status == 403 || response.status >= 500 {
        return Fetched::Unseen(format!("the answer is {} with {kind}", response.status));
    }
    match refused(response) {
        Some(why) => Fetched::Nothing(why),
        None => Fetched::Policy(policy::read(&response.body)),
    }
}

/// Why a sender does not take an answer, whatever is in it.
fn refused(response: &HttpResponse) -> Option<String> {
    if let Some(to) = response
        .header("location")
        .filter(|_| response.is_redirect())
    {
        return Some(format!(
            "the answer {} leads to {}, and senders must not follow",
            response.status,
            escape(to)
        ));
    }
    if response.status != 200 {
        return Some(format!("the answer is {}", response.status));
    }
    let declared = response.header("content-type").unwrap_or_default();
    let media = declared.split(';').next().unwrap_or_default().trim();
    if !policy::is_one(&response.body) && !media.eq_ignore_ascii_case("text/plain") {
        return Some("the answer 200 is a page, not a policy".to_owned());
    }
    if !media.eq_ignore_ascii_case("text/plain") {
        let shown = if media.is_empty() { "nothing" } else { media };
        return Some(format!("it is served as {}, not text/plain", escape(shown)));
    }
    (response.truncated || response.body_bytes > LARGEST)
        .then(|| "it is larger than 64 kilobytes".to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::super::worlds::{broken, no_name, nothing};
    use super::super::samples::{GOOD, PLACE, TEXT, exchange, response};
    use super::*;
    use crate::model::observation::Failure;
    use crate::model::observation::dns::RecordType;

    const HOST: &str = "mta-sts.acme.example";

    #[test]
    fn what_a_sender_takes() {
        let with = |status, headers: &[(&str, &str)], body: &str| {
            fetched(&exchange(PLACE, Ok(response(status, headers, body))), &[])
        };
        assert!(matches!(with(200, &[TEXT], GOOD), Fetched::Policy(p) if p.problems.is_empty()));
        assert!(
            matches!(with(200, &[TEXT], "hello"), Fetched::Policy(p) if !p.problems.is_empty())
        );
        let upper = ("content-type", "Text/Plain; charset=utf-8");
        assert!(matches!(with(200, &[upper], GOOD), Fetched::Policy(_)));
        let html = ("content-type", "text/html");
        let to = ("location", "https://acme.example/.well-known/mta-sts.txt");
        let large = GOOD.to_owned() + &"x: y\n".repeat(20_000);
        for (answer, words) in [
            (with(301, &[TEXT, to], GOOD), "must not follow"),
            (with(404, &[TEXT], ""), "404"),
            (with(206, &[TEXT], GOOD), "206"),
            (with(200, &[html], GOOD), "text/html"),
            (with(200, &[], GOOD), "nothing"),
            (with(200, &[html], "<h1>Acme</h1>"), "a page"),
            (with(200, &[TEXT], &large), "64 kilobytes"),
        ] {
            assert!(
                matches!(&answer, Fetched::Nothing(why) if why.contains(words)),
                "{answer:?}"
            );
        }
        let challenge = [("cf-mitigated", "challenge"), html];
        assert!(matches!(with(403, &challenge, ""), Fetched::Unseen(_)));
        for status in [403, 500, 503] {
            assert!(matches!(with(status, &[html], ""), Fetched::Unseen(_)));
        }
        let mut untrusted = response(200, &[TEXT], GOOD);
        untrusted.certificate_ok = Some(false);
        let answer = fetched(&exchange(PLACE, Ok(untrusted)), &[]);
        assert!(matches!(answer, Fetched::Nothing(why) if why.contains("does not verify")));
    }

    #[test]
    fn silence_is_not_absence() {
        let with = |kind, addresses: &[DnsAnswer]| {
            let failure = Failure::new(kind, "nothing to be seen");
            fetched(&exchange(PLACE, Err(failure)), addresses)
        };
        let gone = [
            no_name(HOST, RecordType::A),
            nothing(HOST, RecordType::Aaaa),
        ];
        let unclear = [broken(HOST, RecordType::A), broken(HOST, RecordType::Aaaa)];
        for kind in [
            FailureKind::Timeout,
            FailureKind::Reset,
            FailureKind::Budget,
        ] {
            assert!(matches!(with(kind, &[]), Fetched::Unseen(_)));
        }
        assert!(matches!(
            with(FailureKind::NoAddress, &unclear),
            Fetched::Unseen(_)
        ));
        assert!(matches!(
            with(FailureKind::NoAddress, &gone),
            Fetched::Nothing(_)
        ));
        assert!(matches!(
            with(FailureKind::Refused, &[]),
            Fetched::Nothing(_)
        ));
    }
}
