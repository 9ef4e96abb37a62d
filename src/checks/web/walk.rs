//! Following a URL to where it ends, and telling whether the site's own answer was seen there.

use url::Url;

use crate::checks::answer::{AnswerKind, classify};
use crate::checks::evidence::redact;
use crate::checks::rule::Judgement;
use crate::checks::{page, subject};
use crate::model::observation::http::{ChainEnd, HttpChain, HttpExchange, HttpResponse};
use crate::model::text::escape;
use crate::net::Network;

/// Bytes of a body that stay in what was seen; enough to tell what kind of page it is.
const BODY: usize = 96 * 1024;

/// Follows `url`; bodies are cut, since headers and the kind of the answer are what the rules judge.
pub async fn follow(network: &Network, url: &Url) -> HttpChain {
    let mut chain = (*network.follow(url).await).clone();
    for hop in &mut chain.hops {
        if let Ok(response) = &mut hop.outcome
            && response.body.len() > BODY
        {
            let kept = page::cut(&response.body, BODY).len();
            response.body.truncate(kept);
            response.truncated = true;
        }
    }
    chain
}

/// [`follow`] from the root of a subject host; `None` when the subject is no host.
pub async fn follow_root(network: &Network, scheme: &str, host: &str) -> Option<HttpChain> {
    let url = subject::root(scheme, host)?;
    Some(follow(network, &url).await)
}

/// A URL fit for a sentence.
pub fn show(url: &Url) -> String {
    escape(&redact::url(url.as_str()))
}

/// The hops as `URL status → URL status`.
pub fn line(hops: &[HttpExchange]) -> String {
    let hop = |hop: &HttpExchange| match &hop.outcome {
        Ok(response) => format!("{} {}", show(&hop.url), response.status),
        Err(failure) => format!("{} ({})", show(&hop.url), escape(&failure.text)),
    };
    hops.iter().map(hop).collect::<Vec<_>>().join(" → ")
}

/// The last exchange of a chain and its answer.
#[derive(Debug, Clone, Copy)]
pub struct Landing<'a> {
    pub exchange: &'a HttpExchange,
    pub response: &'a HttpResponse,
    pub kind: AnswerKind,
}

/// Where a chain landed. `Err`: why nothing can be said of the site's own answer, as a judgement.
pub fn landing<'a>(
    chain: Option<&'a HttpChain>,
    host: &str,
) -> Result<Landing<'a>, Box<Judgement>> {
    let unseen = |why: String| {
        let judgement = Judgement::unknown(why).plainly(
            "The page could not be looked at from here, so nothing can be said about it yet.",
        );
        Box::new(judgement)
    };
    let Some((chain, last)) = chain.and_then(|chain| Some((chain, chain.last()?))) else {
        return Err(unseen(format!("{} is not a host name", escape(host))));
    };
    let response = match &last.outcome {
        Ok(response) => response,
        Err(failure) => {
            let mut judgement = unseen(format!("{host}: {}", escape(&failure.text)));
            judgement.fact = Some(format!("{:?}", failure.kind));
            return Err(judgement);
        }
    };
    if chain.end != ChainEnd::Answer {
        let why = format!(
            "{host}: the redirects lead to no page (see web.redirect-chain): {}",
            line(&chain.hops)
        );
        return Err(unseen(why));
    }
    let kind = classify(response);
    Ok(Landing {
        exchange: last,
        response,
        kind,
    })
}

/// [`landing`], when it is an answer of the site itself and on the subject's own site. `Err` otherwise: something stood in its
/// place, or the host leads elsewhere.
pub fn own_answer<'a>(
    chain: Option<&'a HttpChain>,
    host: &str,
) -> Result<Landing<'a>, Box<Judgement>> {
    let landed = landing(chain, host)?;
    let (url, status) = (show(&landed.exchange.url), landed.response.status);
    let unseen = |why: &str| {
        let text = format!("{url} answers {status} with {}: {why}", landed.kind);
        Err(Box::new(Judgement::unknown(text).plainly(
            "Something else answered in place of the page, so nothing can be said about the page itself.",
        )))
    };
    match landed.kind {
        kind if kind.obscures() => unseen("the site itself was not seen"),
        AnswerKind::ServerError | AnswerKind::PlatformError { .. } | AnswerKind::Parked { .. } => {
            unseen("the site's own page was not seen (see web.status)")
        }
        _ => match landed.exchange.url.host_str() {
            Some(end) if !subject::same_site(end, host) => Err(Box::new(
                Judgement::not_applicable(format!("{host} leads to another site, {url}"))
                    .plainly("This name only leads to somebody else's site."),
            )),
            _ => Ok(landed),
        },
    }
}
