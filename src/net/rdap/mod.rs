//! RDAP: which server speaks for a top-level domain (RFC 9224), and what it says of a domain (RFC 9082).
//!
//! A third party is asked, so only where the operator opted in; always over TLS with a certificate that verifies.

mod bootstrap;
mod object;

use std::sync::Arc;

use jiff::Timestamp;
use url::Url;

use super::http::follow::hop;
use super::http::retry::retry_after;
use super::memory::Sight;
use super::reach::Reach;
use super::request::HttpRequest;
use crate::model::name::HostName;
use crate::model::observation::http::{HttpExchange, HttpResponse};
use crate::model::observation::rdap::{DomainObject, RdapGap, Registration};
use crate::model::observation::{Failure, FailureKind};
use crate::model::text::escape;
use crate::model::third_party::RDAP;

/// Redirects that are followed (RFC 7480 §5.2), all of them to https.
const MOST_REDIRECTS: usize = 3;

/// Servers of one top-level domain that are tried.
const MOST_SERVERS: usize = 2;

impl Sight for Registration {
    fn saw_nothing(&self) -> bool {
        matches!(
            self.outcome,
            Err(RdapGap::Failed(_) | RdapGap::RateLimited { .. })
        )
    }
}

/// Looks up the registration of `domain`, a registrable domain.
pub(in crate::net) async fn look(reach: Arc<Reach>, domain: HostName) -> Registration {
    let mut source = reach.ground.config.rdap_bootstrap.to_string();
    let outcome = ask(&reach, &domain, &mut source).await;
    Registration {
        domain,
        at: Timestamp::now(),
        source,
        outcome,
    }
}

async fn ask(
    reach: &Arc<Reach>,
    domain: &HostName,
    source: &mut String,
) -> Result<DomainObject, RdapGap> {
    if let Some(suffix) = domain.private_suffix() {
        return Err(RdapGap::PrivateSuffix(suffix));
    }
    if !reach.ground.config.may_ask(&RDAP) {
        return Err(RdapGap::NotOptedIn);
    }
    let list = fetch(
        reach,
        &reach.ground.config.rdap_bootstrap,
        "application/json",
    )
    .await
    .map_err(|gap| match gap {
        // Not the domain is missing there.
        RdapGap::NotFound => RdapGap::NotRdap("the list of RDAP servers answers 404".to_owned()),
        gap => gap,
    })?;
    let servers = bootstrap::servers(&list.body, domain)
        .map_err(|why| RdapGap::NotRdap(format!("the list of RDAP servers {why}")))?;
    let tld = domain.as_str().rsplit('.').next().unwrap_or_default();
    let mut trouble = RdapGap::NoService(tld.to_owned());
    for server in servers.iter().take(MOST_SERVERS) {
        let url = server
            .join(&format!("domain/{domain}"))
            .map_err(|why| RdapGap::NotRdap(format!("the server's address: {why}")))?;
        *source = url.to_string();
        match fetch(reach, &url, "application/rdap+json").await {
            // Another server of the same registry may be there (RFC 9224 §4).
            Err(RdapGap::Failed(failure)) => trouble = RdapGap::Failed(failure),
            Err(gap) => return Err(gap),
            Ok(answer) => {
                return object::read(&answer.body, domain)
                    .map_err(|why| RdapGap::NotRdap(format!("the answer of {url} {why}")));
            }
        }
    }
    Err(trouble)
}

/// GET over verified TLS; only an answer with status 200 that came whole is given.
async fn fetch(reach: &Arc<Reach>, url: &Url, accept: &str) -> Result<HttpResponse, RdapGap> {
    let mut next = url.clone();
    for _ in 0..=MOST_REDIRECTS {
        if next.scheme() != "https" {
            return Err(RdapGap::NotTrusted(format!(
                "{} is not https, so anybody on the way could change the answer",
                escape(next.as_str())
            )));
        }
        let request = HttpRequest::get(next.clone()).header("accept", accept);
        let exchange = hop(reach, request).await;
        let response = exchange
            .outcome
            .as_ref()
            .map_err(|failure| RdapGap::Failed(failure.clone()))?;
        if response.certificate_ok != Some(true) {
            return Err(RdapGap::NotTrusted(format!(
                "the certificate of {} does not verify",
                next.host_str().unwrap_or_default()
            )));
        }
        match response
            .header("location")
            .filter(|_| response.is_redirect())
        {
            Some(to) => {
                next = next.join(to).map_err(|why| {
                    RdapGap::NotRdap(format!("{} redirects to `{}`: {why}", next, escape(to)))
                })?;
            }
            None => return whole(&exchange, response),
        }
    }
    Err(RdapGap::NotRdap(format!(
        "{url} leads through more than {MOST_REDIRECTS} redirects"
    )))
}

fn whole(exchange: &HttpExchange, response: &HttpResponse) -> Result<HttpResponse, RdapGap> {
    match response.status {
        200 if response.truncated => Err(RdapGap::NotRdap(format!(
            "the answer of {} did not come whole",
            exchange.url
        ))),
        200 => Ok(response.clone()),
        404 => Err(RdapGap::NotFound),
        429 => {
            let (seconds, again) = retry_after(response.header("retry-after"), exchange.at);
            Err(RdapGap::RateLimited { seconds, again })
        }
        status => Err(RdapGap::Failed(Failure::new(
            FailureKind::Malformed,
            format!("asking {}: it answers {status}", exchange.url),
        ))),
    }
}
