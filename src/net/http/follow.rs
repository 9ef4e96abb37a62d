//! Redirects, hop by hop, each kept.

use std::sync::Arc;

use url::Url;

use super::exchange::send;
use crate::model::observation::http::{ChainEnd, HttpChain, HttpExchange};
use crate::model::text::escape;
use crate::net::reach::Reach;
use crate::net::request::HttpRequest;

/// Redirects that are followed.
const MOST_REDIRECTS: usize = 10;

/// One remembered hop: GET, nothing followed.
pub(in crate::net) async fn hop(reach: &Arc<Reach>, request: HttpRequest) -> Arc<HttpExchange> {
    let mut request = request;
    // A fragment never leaves the browser: it makes no other request.
    request.url.set_fragment(None);
    let (own, sent) = (Arc::clone(reach), request.clone());
    reach.exchanges.recall(request, || send(own, sent)).await
}

/// Follows from `url` to where it ends.
pub(in crate::net) async fn follow(reach: &Arc<Reach>, url: &Url) -> HttpChain {
    let mut hops: Vec<HttpExchange> = Vec::new();
    let mut next = url.clone();
    let end = loop {
        let exchange = (*hop(reach, HttpRequest::get(next.clone())).await).clone();
        let step = step(&exchange);
        hops.push(exchange);
        match step {
            Step::End(end) => break end,
            Step::To(_) if hops.len() > MOST_REDIRECTS => break ChainEnd::TooLong,
            Step::To(to) => match hops.iter().position(|hop| same(&hop.url, &to)) {
                Some(index) => break ChainEnd::Loop(index),
                None => next = to,
            },
        }
    };
    HttpChain {
        start: url.clone(),
        hops,
        end,
    }
}

enum Step {
    To(Url),
    End(ChainEnd),
}

fn step(exchange: &HttpExchange) -> Step {
    let Ok(response) = &exchange.outcome else {
        return Step::End(ChainEnd::Failed);
    };
    match response
        .header("location")
        .filter(|_| response.is_redirect())
    {
        None => Step::End(ChainEnd::Answer),
        Some(location) => match destination(&exchange.url, location) {
            Some(to) => Step::To(to),
            None => Step::End(ChainEnd::BadLocation(escape(location))),
        },
    }
}

/// Where a Location (absolute, relative, protocol-relative, RFC 9110 §10.2.2) leads from `base`; only to http and https.
fn destination(base: &Url, location: &str) -> Option<Url> {
    let to = base.join(&percent(location)).ok()?;
    (matches!(to.scheme(), "http" | "https") && to.has_host()).then_some(to)
}

/// Bytes that no text is made of were shown as `\xNN`; in a URL they are `%NN`, as browsers send them.
fn percent(location: &str) -> String {
    let mut parts = location.split("\\x");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let is_byte = part
            .get(..2)
            .is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
        out.push_str(if is_byte { "%" } else { "\\x" });
        out.push_str(part);
    }
    out
}

fn same(one: &Url, other: &Url) -> bool {
    let plain = |url: &Url| {
        let mut url = url.clone();
        url.set_fragment(None);
        url
    };
    plain(one) == plain(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations_of_every_shape_lead_somewhere_or_nowhere() {
        let base = Url::parse("https://a.example/x/y?q").unwrap();
        for (location, want) in [
            ("/b", Some("https://a.example/b")),
            ("b", Some("https://a.example/x/b")),
            ("?z", Some("https://a.example/x/y?z")),
            ("//b.example/", Some("https://b.example/")),
            ("http://b.example", Some("http://b.example/")),
            ("/b#part", Some("https://a.example/b#part")),
            ("/grüße", Some("https://a.example/gr%C3%BC%C3%9Fe")),
            ("/caf\\xe9", Some("https://a.example/caf%e9")),
            ("javascript:alert(1)", None),
            ("mailto:a@b.example", None),
            ("https://[bad", None),
        ] {
            let got = destination(&base, location);
            assert_eq!(got.as_ref().map(Url::as_str), want, "{location}");
        }
    }

    #[test]
    fn fragments_make_no_other_page() {
        let a = Url::parse("https://a.example/#x").unwrap();
        let b = Url::parse("https://a.example/").unwrap();
        assert!(same(&a, &b));
    }
}
