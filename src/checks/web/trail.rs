//! Redirects laid out for the eye: each hop with what it answered, the place to which a loop leads back.

use url::Url;

use super::walk::show;
use crate::model::exhibit::{Exhibit, Hop};
use crate::model::observation::http::{ChainEnd, HttpChain, HttpExchange, HttpResponse};
use crate::model::text::escape;
use crate::model::verdict::Verdict;

/// The hops of a chain as a path.
pub fn path(chain: &HttpChain) -> Exhibit {
    let back_to = match chain.end {
        ChainEnd::Loop(index) => Some(index),
        _ => None,
    };
    let mut hops: Vec<Hop> = chain.hops.iter().map(hop).collect();
    for hop in hops.iter_mut().skip(back_to.unwrap_or(usize::MAX)) {
        hop.verdict = Some(Verdict::Fail);
    }
    if let ChainEnd::BadLocation(to) = &chain.end {
        hops.push(Hop {
            verdict: Some(Verdict::Fail),
            text: escape(to),
            note: "no web address".to_owned(),
        });
    }
    Exhibit::path(format!("From {}", show(&chain.start)), hops, back_to)
}

fn hop(exchange: &HttpExchange) -> Hop {
    let (verdict, note) = match &exchange.outcome {
        Ok(response) if lacks_location(response) => (
            Some(Verdict::Fail),
            format!("{} without Location", response.status),
        ),
        Ok(response) => (None, response.status.to_string()),
        Err(failure) => (Some(Verdict::Unknown), escape(&failure.text)),
    };
    Hop {
        verdict,
        text: show(&exchange.url),
        note,
    }
}

/// The redirecting answers of a chain: `301, 302`, or `none`.
pub fn codes(chain: &HttpChain) -> String {
    let codes: Vec<String> = chain
        .hops
        .iter()
        .filter_map(HttpExchange::response)
        .filter(|response| response.is_redirect())
        .map(|response| response.status.to_string())
        .collect();
    if codes.is_empty() {
        "none".to_owned()
    } else {
        codes.join(", ")
    }
}

/// The redirects as a fact for drift, when visitors get to where they lead: `301 https://www.acme.example/`. Without query,
/// which may be another one each time.
pub fn told(chain: &HttpChain, arrived: bool) -> Option<(String, Vec<String>)> {
    let bare = |url: &Url| {
        let mut url = url.clone();
        url.set_query(None);
        url.set_fragment(None);
        show(&url)
    };
    let leads = chain.hops.windows(2).filter_map(|pair| match pair {
        [from, to] => Some(format!("{} {}", from.response()?.status, bare(&to.url))),
        _ => None,
    });
    let path = leads.collect::<Vec<_>>().join(", ");
    let list = if path.is_empty() {
        Vec::new()
    } else {
        vec![path]
    };
    arrived.then(|| (format!("redirect {}", bare(&chain.start)), list))
}

/// A status that redirects, and nowhere to go (trap 78).
pub fn lacks_location(response: &HttpResponse) -> bool {
    matches!(response.status, 301 | 302 | 303 | 307 | 308) && response.header("location").is_none()
}

#[cfg(test)]
mod tests {
    use super::super::samples::*;
    use super::*;
    use crate::model::exhibit::Shape;

    #[test]
    fn a_loop_leads_back_and_a_dead_end_is_marked() {
        let mut chain = redirects(
            &[("http://acme.example/", 301)],
            "https://www.acme.example/",
        );
        assert_eq!(codes(&chain), "301");
        chain.hops[1].outcome = Ok(response(302, &[("location", "/")], ""));
        chain.end = ChainEnd::Loop(1);
        let Shape::Path { hops, back_to } = path(&chain).shape else {
            panic!("a path")
        };
        assert_eq!(
            (back_to, hops[0].verdict, hops[1].verdict),
            (Some(1), None, Some(Verdict::Fail))
        );
        chain.end = ChainEnd::BadLocation("ftp://x/".into());
        let Shape::Path { hops, .. } = path(&chain).shape else {
            panic!("a path")
        };
        assert_eq!(hops.last().unwrap().text, "ftp://x/");
        assert!(lacks_location(&response(301, &[], "")));
        assert!(!lacks_location(&response(304, &[], "")));
    }
}
