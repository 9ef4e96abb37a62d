//! Port 80 and the path of the ACME challenge, as an authority meets them (RFC 8555 §8.3). Redirects to http and https are
//! followed by authorities, whatever the certificate there; a sign-in page or another's host is the end of the way.

use super::{Failure, FailureKind, HttpChain, HttpExchange, Seen, Step, Url, Verdict, escape};
use crate::checks::answer::{AnswerKind, classify, is_sign_in_path};
use crate::checks::rule::Case;
use crate::checks::subject;
use crate::model::observation::http::{ChainEnd, HttpResponse};

const WHAT: &str = "challenge path";
const PORT: &str = "port 80";

pub(super) fn steps(seen: &Seen, case: Case<'_>) -> Vec<Step> {
    if let Err(failure) = &seen.addresses {
        return vec![Step::new(PORT, Verdict::Unknown, escape(&failure.text))];
    }
    // From here there may be no way over IPv6; the other addresses tell.
    let stranded = |knock: &&HttpExchange| {
        let kind = knock.outcome.as_ref().err().map(|failure| failure.kind);
        knock.address.is_some_and(|a| a.is_ipv6()) && kind == Some(FailureKind::Unreachable)
    };
    let mut knocks: Vec<&HttpExchange> = seen.knocks.iter().filter(|k| !stranded(k)).collect();
    if knocks.is_empty() {
        knocks = seen.knocks.iter().collect();
    }
    knocks.sort_by_key(|knock| knock.address);
    if knocks.is_empty() {
        let text = format!("{} has no address that was asked", case.subject);
        return vec![Step::new(PORT, Verdict::Unknown, text)];
    }
    knocks
        .into_iter()
        .map(|knock| judge(knock, seen.chain.as_ref(), case))
        .collect()
}

/// One address.
pub(super) fn judge(knock: &HttpExchange, chain: Option<&HttpChain>, case: Case<'_>) -> Step {
    let at = knock
        .address
        .map_or_else(|| case.subject.to_owned(), |address| address.to_string());
    match &knock.outcome {
        Err(failure) => closed(&at, failure, case.subject),
        Ok(response) if response.is_redirect() => redirected(&at, knock, response, chain, case),
        Ok(response) => answered(&at, response, case.subject),
    }
}

fn closed(at: &str, failure: &Failure, host: &str) -> Step {
    match failure.kind {
        FailureKind::Refused => Step::new(PORT, Verdict::Fail, format!("port 80 of {at} is closed"))
            .likely()
            .mend(format!("Open port 80 of {at} for {host}, or delete the address record if it is of an old server; or renew by DNS (dns-01).")),
        _ => Step::new(PORT, Verdict::Unknown, escape(&failure.text)),
    }
}

fn redirected(
    at: &str,
    knock: &HttpExchange,
    response: &HttpResponse,
    chain: Option<&HttpChain>,
    case: Case<'_>,
) -> Step {
    let location = response.header("location").unwrap_or_default();
    let Ok(to) = knock.url.join(location) else {
        let text = format!("{at} redirects the path to {}", escape(location));
        return Step::new(WHAT, Verdict::Fail, text)
            .likely()
            .mend(exempt(case.subject));
    };
    if let Some(step) = astray(at, &knock.url, &to, case) {
        return step;
    }
    let Some(chain) = chain else {
        return Step::new(
            WHAT,
            Verdict::Unknown,
            format!("{at}: the redirect was not followed"),
        );
    };
    for hop in chain.hops.iter().skip(1) {
        if let Some(step) = astray(at, &knock.url, &hop.url, case) {
            return step;
        }
    }
    match (&chain.end, chain.last().map(|last| &last.outcome)) {
        (ChainEnd::Answer, Some(Ok(last))) => answered(at, last, case.subject),
        (ChainEnd::Loop(_) | ChainEnd::TooLong, _) => Step::new(
            WHAT,
            Verdict::Fail,
            format!("{at}: the redirects of the path have no end"),
        )
        .likely()
        .mend(exempt(case.subject)),
        (_, Some(Err(failure))) => Step::new(WHAT, Verdict::Unknown, escape(&failure.text)),
        _ => Step::new(
            WHAT,
            Verdict::Unknown,
            format!("{at}: the redirect leads to no URL"),
        ),
    }
}

/// A redirect that leaves the site, or the path.
fn astray(at: &str, from: &Url, to: &Url, case: Case<'_>) -> Option<Step> {
    let fails = |text: String| {
        Some(
            Step::new(WHAT, Verdict::Fail, text)
                .likely()
                .mend(exempt(case.subject)),
        )
    };
    let shown = escape(&format!(
        "{}{}",
        to.host_str().unwrap_or_default(),
        to.path()
    ));
    if is_sign_in_path(to.path()) {
        return fails(format!(
            "{at} sends the path of the challenge to a sign-in page, {shown}"
        ));
    }
    if !subject::same_site(to.host_str().unwrap_or_default(), case.subject) {
        return fails(format!(
            "{at} sends the path of the challenge to another's host, {shown}"
        ));
    }
    if to.path().trim_end_matches('/') != from.path() {
        return fails(format!(
            "{at} sends the path of the challenge elsewhere, {shown}"
        ));
    }
    None
}

fn answered(at: &str, response: &HttpResponse, host: &str) -> Step {
    let (kind, status) = (classify(response), response.status);
    match kind {
        AnswerKind::Challenge { .. } | AnswerKind::RateLimited => Step::new(
            WHAT,
            Verdict::Unknown,
            format!(
                "{at} answers {status} with {kind}: whether an authority would get through cannot be told"
            ),
        ),
        AnswerKind::PasswordWall | AnswerKind::SignIn => Step::new(
            WHAT,
            Verdict::Fail,
            format!("{at} answers the path of the challenge with {kind} ({status})"),
        )
        .likely()
        .mend(exempt(host)),
        AnswerKind::Forbidden if status == 401 => Step::new(
            WHAT,
            Verdict::Fail,
            format!("{at} answers the path of the challenge with {status}"),
        )
        .likely()
        .mend(exempt(host)),
        // Some stores answer so where a file is missing.
        AnswerKind::Forbidden => Step::new(
            WHAT,
            Verdict::Warn,
            format!("{at} answers the path of the challenge with {status}"),
        )
        .likely()
        .mend(exempt(host)),
        AnswerKind::ServerError => Step::new(
            WHAT,
            Verdict::Unknown,
            format!("{at} answers {status}: its server is not well, so nothing can be said"),
        ),
        _ => Step::new(
            WHAT,
            Verdict::Pass,
            format!("{at} answers the path of the challenge by itself ({status})"),
        ),
    }
}

fn exempt(host: &str) -> String {
    format!(
        "Let `/.well-known/acme-challenge/` of {host} through before any password, sign-in, firewall rule or redirect. nginx: a `location ^~ /.well-known/acme-challenge/ {{ root /var/www/acme; auth_basic off; }}` in the server block of port 80."
    )
}
