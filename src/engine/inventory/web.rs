//! What the domain's own pages and certificates tell: where the entries end, and which other hosts they name.

use std::collections::BTreeSet;

use url::Url;

use super::{Named, Search, labels};
use crate::checks::answer::{AnswerKind, classify};
use crate::checks::page::bounded;
use crate::model::inventory::{Discovery, Part, Recognised};
use crate::model::name::HostName;
use crate::model::observation::http::{ChainEnd, HttpChain, HttpExchange, HttpResponse};

/// What was found.
#[derive(Default)]
pub(super) struct Found {
    pub canonical: Option<Url>,
    pub named: Named,
    /// The answers at the ends of the entries, by host: their headers tell platforms and edges.
    pub answers: Vec<(HostName, HttpResponse)>,
}

/// Follows the entries, reads what they show.
pub(super) async fn look(search: Search<'_>) -> Found {
    let www = search.domain.child("www");
    let (apex, www, certificates) = futures_util::join!(
        enter(search, search.domain),
        enter(search, &www),
        certificates(search, [search.domain.clone(), www.clone()]),
    );
    let mut found = Found {
        named: certificates,
        ..Found::default()
    };
    let chains: Vec<&HttpChain> = [&apex, &www].into_iter().flatten().collect();
    for chain in &chains {
        for hop in &chain.hops {
            note_host(&mut found.named, search.domain, &hop.url, || {
                format!("{} leads to it", chain.start)
            });
        }
        if let Some((host, response)) = end(chain) {
            let title = format!("named in the page of {host}");
            let policy: Vec<&str> = response.headers_named("content-security-policy").collect();
            let text = format!("{}\n{}", bounded(&response.body), policy.join("\n"));
            for name in labels::named_in(&text, search.domain) {
                add(&mut found.named, name, title.clone());
            }
            found.answers.push((host, response.clone()));
        }
    }
    found.canonical = canonical(search, &chains);
    if let Some(home) = &found.canonical {
        for (path, title) in [
            ("/robots.txt", "named in robots.txt"),
            ("/sitemap.xml", "named in the sitemap"),
        ] {
            let Ok(url) = home.join(path) else { continue };
            let exchange = search.network.get(&url).await;
            if let Some(response) = exchange
                .response()
                .filter(|r| r.status == 200 && !r.is_html())
            {
                for name in labels::named_in(bounded(&response.body), search.domain) {
                    add(&mut found.named, name, title.to_owned());
                }
            }
        }
    }
    found
}

/// The entry of `host` over https; over http where https does not answer.
async fn enter(search: Search<'_>, host: &HostName) -> Option<HttpChain> {
    let mut last = None;
    for scheme in ["https", "http"] {
        let url = Url::parse(&format!("{scheme}://{host}/")).ok()?;
        let chain = search.network.follow(&url).await;
        if chain.hops.iter().any(|hop| hop.outcome.is_ok()) {
            return Some((*chain).clone());
        }
        last = Some((*chain).clone());
    }
    last.filter(|chain| chain.hops.len() > 1)
}

/// Names within the domain in the certificates of these hosts.
async fn certificates(search: Search<'_>, hosts: [HostName; 2]) -> Named {
    let mut named = Named::new();
    for host in hosts {
        let Ok(addresses) = search.network.addresses(&host).await else {
            continue;
        };
        let Some(address) = addresses.first() else {
            continue;
        };
        let handshake = search.network.handshake(&host, *address, 443).await;
        let Some(leaf) = handshake.session().and_then(|s| s.chain.first()) else {
            continue;
        };
        for raw in &leaf.dns_names {
            if let Some(name) = HostName::parse(raw)
                .ok()
                .filter(|n| n.is_within(search.domain))
            {
                add(
                    &mut named,
                    name,
                    format!("named in the certificate of {host}"),
                );
            }
        }
    }
    named
}

/// Where the entries end: at one place, that is the canonical address; at two, the domain's own entry decides and the
/// operator is told.
fn canonical(search: Search<'_>, chains: &[&HttpChain]) -> Option<Url> {
    let ends: Vec<Url> = chains.iter().filter_map(|chain| site(chain)).collect();
    let outside: BTreeSet<&str> = ends
        .iter()
        .filter(|url| host(url).is_none_or(|h| !h.is_within(search.domain)))
        .filter_map(Url::host_str)
        .collect();
    for elsewhere in outside {
        search.note(format!(
            "the site of {} is at {elsewhere}, another domain",
            search.domain
        ));
    }
    let mut own = ends
        .into_iter()
        .filter(|url| host(url).is_some_and(|h| h.is_within(search.domain)));
    let first = own.next()?;
    let why = match own.next() {
        Some(other) if other.origin() != first.origin() => {
            search.note(format!(
                "{first} and {other} both answer by themselves: one should lead to the other"
            ));
            "the domain's own entry ends there"
        }
        _ => "every entry ends there",
    };
    search.tell(Discovery::Recognised(Recognised {
        what: Part::Canonical,
        value: first.to_string(),
        name: first.to_string(),
        why: why.to_owned(),
    }));
    Some(first)
}

/// The root of the site that a chain ends at, if it is one. What stands in front of it (a challenge, a password) is part of
/// the site; an error, a parked page or somebody's placeholder is none.
fn site(chain: &HttpChain) -> Option<Url> {
    let (_, response) = end(chain)?;
    let kind = classify(response);
    let is_site = kind.is_site()
        || kind.obscures()
        || matches!(
            kind,
            AnswerKind::PasswordWall
                | AnswerKind::Maintenance
                | AnswerKind::Json
                | AnswerKind::Forbidden
        );
    let mut root = chain.last()?.url.join("/").ok()?;
    root.set_query(None);
    root.set_fragment(None);
    is_site.then_some(root)
}

fn end(chain: &HttpChain) -> Option<(HostName, &HttpResponse)> {
    if chain.end != ChainEnd::Answer {
        return None;
    }
    let last: &HttpExchange = chain.last()?;
    Some((host(&last.url)?, last.response()?))
}

fn host(url: &Url) -> Option<HostName> {
    HostName::parse(url.host_str()?).ok()
}

fn note_host(named: &mut Named, domain: &HostName, url: &Url, why: impl Fn() -> String) {
    if let Some(name) = host(url).filter(|h| h.is_within(domain) && h != domain) {
        add(named, name, why());
    }
}

fn add(named: &mut Named, name: HostName, why: String) {
    let reasons = named.entry(name).or_default();
    if !reasons.contains(&why) {
        reasons.push(why);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    fn chain(end_url: &str, status: u16, body: &str) -> HttpChain {
        let exchange = HttpExchange {
            method: "GET".into(),
            url: end_url.parse().unwrap(),
            address: None,
            at: Timestamp::UNIX_EPOCH,
            took_ms: 1,
            outcome: Ok(HttpResponse {
                status,
                version: "HTTP/1.1".into(),
                headers: vec![("content-type".into(), "text/html".into())],
                body: body.into(),
                body_bytes: body.len(),
                truncated: false,
                ttfb_ms: 1,
                certificate_ok: Some(true),
            }),
        };
        HttpChain {
            start: "https://acme.example/".parse().unwrap(),
            hops: vec![exchange],
            end: ChainEnd::Answer,
        }
    }

    #[test]
    fn only_a_site_is_a_place_to_end_at() {
        let page = "<html><title>Acme</title><body><h1>Acme</h1><p>Invoices and reports for our clients.</p></body></html>";
        let at = |url, status, body| site(&chain(url, status, body)).map(|u| u.to_string());
        assert_eq!(
            at("https://www.acme.example/en/?x=1#y", 200, page).as_deref(),
            Some("https://www.acme.example/")
        );
        assert_eq!(
            at("https://www.acme.example/", 502, "<html>bad gateway</html>"),
            None
        );
        assert_eq!(
            at("https://www.acme.example/", 404, "<html>not found</html>"),
            None
        );
    }
}
