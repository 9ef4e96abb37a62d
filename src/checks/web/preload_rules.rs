//! What the preload list asks of a domain, point by point, and which hosts would be locked out. Pure; asks nobody.

use super::hsts_header::parse;
use super::hsts_preload::{Door, Seen};
use super::walk::{line, show};
use crate::checks::answer::classify;
use crate::model::observation::http::{ChainEnd, HttpChain, HttpExchange, HttpResponse};
use crate::model::observation::{Failure, FailureKind};
use crate::model::text::escape;
use crate::model::verdict::Verdict;

/// What the list asks of max-age.
const YEAR: u64 = 31_536_000;
/// Redirects that it follows.
const MOST_REDIRECTS: usize = 3;

/// One point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub asked: String,
    /// `None`: nothing to judge here.
    pub verdict: Option<Verdict>,
    pub seen: String,
}

fn row(asked: impl Into<String>, verdict: Verdict, seen: impl Into<String>) -> Row {
    Row {
        asked: asked.into(),
        verdict: Some(verdict),
        seen: seen.into(),
    }
}

/// Every point, the domain's own first, then each host.
pub fn rows(seen: &Seen, domain: &str) -> Vec<Row> {
    let mut rows = vec![same_host_first(seen.http.as_ref(), domain)];
    rows.extend(few_redirects(seen));
    rows.extend(header_rows(seen.https.as_ref(), domain));
    rows.extend(seen.hosts.iter().map(host_row));
    rows
}

/// Hosts that browsers could not reach any more.
pub fn locked_out(seen: &Seen) -> impl Iterator<Item = &str> {
    seen.hosts
        .iter()
        .filter(|door| host_row(door).verdict == Some(Verdict::Fail))
        .map(|door| door.host.as_str())
}

fn first(chain: Option<&HttpChain>) -> Option<&HttpExchange> {
    chain.and_then(|chain| chain.hops.first())
}

fn same_host_first(http: Option<&HttpChain>, domain: &str) -> Row {
    let asked = "http leads to https on the same host first";
    let Some(exchange) = first(http) else {
        return row(asked, Verdict::Unknown, "http was not looked at");
    };
    let response = match &exchange.outcome {
        Ok(response) => response,
        Err(failure) if failure.kind == FailureKind::Refused => {
            return row(
                asked,
                Verdict::Pass,
                "port 80 is closed, which the list allows",
            );
        }
        Err(failure) => return row(asked, Verdict::Unknown, escape(&failure.text)),
    };
    if !response.is_redirect() && classify(response).obscures() {
        return row(
            asked,
            Verdict::Unknown,
            format!("http answers with {}", classify(response)),
        );
    }
    let to = response
        .header("location")
        .filter(|_| response.is_redirect())
        .and_then(|to| exchange.url.join(to).ok());
    match to {
        Some(to) if to.scheme() == "https" && to.host_str() == Some(domain) => {
            row(asked, Verdict::Pass, format!("http leads to {}", show(&to)))
        }
        Some(to) => row(
            asked,
            Verdict::Fail,
            format!("http leads to {} first", show(&to)),
        ),
        None => row(
            asked,
            Verdict::Fail,
            format!("http answers {} without a redirect", response.status),
        ),
    }
}

/// At most three, all of them over https once it was reached.
fn few_redirects(seen: &Seen) -> Option<Row> {
    let asked = "at most three redirects, never back to http";
    let chain = seen.https.as_ref()?;
    if chain.hops.iter().any(|hop| hop.url.scheme() == "http") {
        let text = format!("https leads back to http: {}", line(&chain.hops));
        return Some(row(asked, Verdict::Fail, text));
    }
    match chain.end {
        ChainEnd::Answer if chain.redirects() <= MOST_REDIRECTS => Some(row(
            asked,
            Verdict::Pass,
            format!("{} from https on", chain.redirects()),
        )),
        ChainEnd::Failed if chain.redirects() == 0 => None,
        ChainEnd::Failed => Some(row(
            asked,
            Verdict::Unknown,
            format!("the end was not seen: {}", line(&chain.hops)),
        )),
        _ => Some(row(
            asked,
            Verdict::Fail,
            format!("too many redirects, or no end: {}", line(&chain.hops)),
        )),
    }
}

fn header_rows(https: Option<&HttpChain>, domain: &str) -> Vec<Row> {
    let asked = "https answers with a valid certificate";
    let Some(exchange) = first(https) else {
        return vec![row(asked, Verdict::Unknown, "https was not looked at")];
    };
    let response = match &exchange.outcome {
        Ok(response) => response,
        Err(failure) => return vec![row(asked, broken(failure), escape(&failure.text))],
    };
    if classify(response).obscures() {
        let text = format!("https://{domain}/ answers with {}", classify(response));
        return vec![row(asked, Verdict::Unknown, text)];
    }
    let mut rows = vec![match response.certificate_ok {
        Some(false) => row(asked, Verdict::Fail, "its certificate does not verify"),
        _ => row(asked, Verdict::Pass, "it does"),
    }];
    rows.extend(header_points(response));
    rows
}

fn header_points(response: &HttpResponse) -> Vec<Row> {
    let asked = "exactly one well-formed HSTS header";
    let fields: Vec<&str> = response
        .headers_named("strict-transport-security")
        .collect();
    let policy = match fields.as_slice() {
        [] => {
            return vec![row(
                asked,
                Verdict::Fail,
                "the https answer sends no HSTS header",
            )];
        }
        [one] => match parse(one) {
            Ok(policy) => policy,
            Err(why) => {
                return vec![row(
                    asked,
                    Verdict::Fail,
                    escape(&format!("browsers ignore the header: {why}")),
                )];
            }
        },
        more => {
            return vec![row(
                asked,
                Verdict::Fail,
                format!("the HSTS header comes {} times", more.len()),
            )];
        }
    };
    let has = |asked: &str, holds: bool, lack: String| {
        if holds {
            row(asked, Verdict::Pass, "it does")
        } else {
            row(asked, Verdict::Fail, lack)
        }
    };
    vec![
        row(asked, Verdict::Pass, "it does"),
        has(
            "max-age of a year at least",
            policy.max_age >= YEAR,
            format!("max-age is {}, less than {YEAR}", policy.max_age),
        ),
        has(
            "includeSubDomains",
            policy.include_subdomains,
            "includeSubDomains is missing".to_owned(),
        ),
        has("preload", policy.preload, "preload is missing".to_owned()),
    ]
}

/// What a failed look at https says: refused or broken TLS is seen to be broken, the rest was not seen.
const fn broken(failure: &Failure) -> Verdict {
    match failure.kind {
        FailureKind::Refused
        | FailureKind::Tls
        | FailureKind::NoAddress
        | FailureKind::Malformed => Verdict::Fail,
        _ => Verdict::Unknown,
    }
}

/// A host below the domain must speak valid https, unless nothing is there at all.
fn host_row(door: &Door) -> Row {
    let host = escape(&door.host);
    let asked = format!("{host} speaks https");
    let failure = match first(door.https.as_ref()).map(|hop| &hop.outcome) {
        None => return row(asked, Verdict::Unknown, format!("{host} was not looked at")),
        Some(Ok(response)) if response.certificate_ok == Some(false) => {
            return row(
                asked,
                Verdict::Fail,
                format!("the certificate of {host} does not verify"),
            );
        }
        Some(Ok(_)) => return row(asked, Verdict::Pass, "it does"),
        Some(Err(failure)) => failure,
    };
    let on_http = first(door.http.as_ref()).map(|hop| &hop.outcome);
    let is_empty = matches!((failure.kind, on_http), (FailureKind::NoAddress, _))
        || matches!(
            (failure.kind, on_http),
            (FailureKind::Refused, Some(Err(other))) if other.kind == FailureKind::Refused
        );
    if is_empty {
        return Row {
            asked,
            verdict: None,
            seen: format!("no web server is at {host}"),
        };
    }
    row(
        asked,
        broken(failure),
        format!("{host}: {}", escape(&failure.text)),
    )
}
