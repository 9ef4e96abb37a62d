//! `web.redirect-chain`: few hops, no loop, never back to http (R05 R06, traps 75–78).
//!
//! "Same host first" and "one hop only" contradict each other. The intent decides: where HSTS preloading is wanted the first hop
//! must stay on its host; otherwise only the number counts. Never both.

use serde::{Deserialize, Serialize};

use super::walk::{self, line, show};
use super::{soft_redirect, trail};
use crate::checks::answer::classify;
use crate::checks::rule::{Case, Judgement, Look, Meta, Rule};
use crate::checks::{evidence, subject};
use crate::model::finding::Remedy;
use crate::model::intent::Intent;
use crate::model::observation::FailureKind;
use crate::model::observation::http::{ChainEnd, HttpChain, HttpExchange};
use crate::model::text::escape;
use crate::model::verdict::{Severity, Verdict};
use crate::remedy;

/// Redirects that are fine: http to https, then to the canonical host or the sign-in page.
const FINE: usize = 2;
/// Redirects that are still tolerated; the preload list's own limit.
const MOST: usize = 3;

/// See the module.
pub struct RedirectChain;

/// Where the host's two front doors lead.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    pub http: Option<HttpChain>,
    pub https: Option<HttpChain>,
}

impl Rule for RedirectChain {
    type Seen = Seen;

    const META: Meta = Meta {
        id: "web.redirect-chain",
        title: "Redirects are few, end, and never go back to http",
        severity: Severity::Blocker,
        intrusive: false,
        deadline_s: 40,
        version: 1,
        standards: &[
            "RFC 9110 §15.4",
            "RFC 6797 §7.2",
            "hstspreload.org requirements",
        ],
        guide: include_str!("../../../assets/guides/web.redirect-chain.md"),
    };

    fn subjects(&self, intent: &Intent) -> Vec<String> {
        subject::web_hosts(intent)
    }

    async fn observe(&self, look: Look<'_>) -> Seen {
        let (http, https) = futures_util::future::join(
            walk::follow_root(look.network, "http", look.subject),
            walk::follow_root(look.network, "https", look.subject),
        )
        .await;
        Seen { http, https }
    }

    fn judge(&self, seen: &Seen, case: Case<'_>) -> Judgement {
        let mut words: Vec<Judgement> = [&seen.http, &seen.https]
            .into_iter()
            .flatten()
            .filter_map(|chain| judge_chain(chain, case))
            .collect();
        words.sort_by_key(|j| (j.verdict.rank(), j.severity));
        // Unknown outranks a warning here: what was not seen may be worse.
        let worst = words
            .iter()
            .position(|j| j.verdict == Verdict::Unknown)
            .filter(|_| words.first().is_some_and(|j| j.verdict == Verdict::Warn))
            .unwrap_or(0);
        let judgement = if words.is_empty() {
            Judgement::unknown(format!(
                "{}: neither http nor https could be looked at",
                escape(case.subject)
            ))
            .plainly("The site's front doors could not be looked at from here.")
        } else {
            words.swap_remove(worst)
        };
        let chains = [&seen.http, &seen.https];
        let seen = chains.into_iter().flatten();
        judgement
            .detail("redirects", seen.clone().map(HttpChain::redirects).max())
            .exhibit(seen.clone().map(trail::path))
            .evidence(seen.map(evidence::chain))
    }
}

/// `None`: this door is shut, the other one tells.
fn judge_chain(chain: &HttpChain, case: Case<'_>) -> Option<Judgement> {
    let trail = line(&chain.hops);
    let fails =
        |text: String, plain: &str| Some(Judgement::fail(text).plainly(plain).remedy(remedy(case)));
    if let ChainEnd::Loop(from) = chain.end {
        let cycle = chain.hops.get(from..).unwrap_or(&chain.hops);
        let again = cycle.first().map(|hop| show(&hop.url)).unwrap_or_default();
        return fails(
            format!(
                "the redirects go round in a circle: {} → {again} …",
                line(cycle)
            ),
            "Visitors never arrive: the site sends them round in a circle until the browser gives up.",
        );
    }
    if let Some((from, to)) = downgrade(chain) {
        return fails(
            format!(
                "{} sends visitors back to unprotected http at {}",
                show(&from.url),
                to
            ),
            "The protected site sends visitors back to an unprotected address, where anybody on the way can read along.",
        );
    }
    match &chain.end {
        ChainEnd::TooLong => {
            return fails(
                format!(
                    "more than {} redirects without an end: {trail}",
                    chain.redirects()
                ),
                "Visitors are sent on and on and never arrive.",
            );
        }
        ChainEnd::BadLocation(to) => {
            let text = format!(
                "a redirect leads to something that is no web address, `{}`: {trail}",
                escape(to)
            );
            return fails(
                text,
                "A link in the chain of redirects is broken, so visitors do not arrive.",
            )
            .map(|j| j.severity(Severity::Fix));
        }
        ChainEnd::Failed => return unseen(chain),
        ChainEnd::Answer | ChainEnd::Loop(_) => {}
    }
    let response = chain.last().and_then(HttpExchange::response);
    if let Some(response) = response.filter(|r| trail::lacks_location(r)) {
        let text = format!(
            "an answer says {} and not where to go (no Location): {trail}",
            response.status
        );
        return fails(
            text,
            "A redirect does not say where to go, so visitors see an empty page.",
        )
        .map(|j| j.severity(Severity::Fix));
    }
    if let Some(kind) = response.map(classify).filter(|kind| kind.obscures()) {
        return Some(
            Judgement::unknown(format!("the redirects end at {kind}, so where the site itself would lead was not seen: {trail}"))
                .plainly("A protection service answered in place of the site, so nothing can be said yet."),
        );
    }
    let judgement = judge_length(chain, &trail, case);
    match soft_end(chain).filter(|_| judgement.verdict == Verdict::Pass) {
        Some(words) => Some(
            Judgement::warn(words)
                .severity(Severity::Advice)
                .fact("a soft redirect at the end")
                .plainly("Browsers are led on by the page itself; search engines and other programs stay where they are.")
                .remedy(remedy(case)),
        ),
        None => Some(judgement),
    }
}

/// A page at the end that leads on by other means than a redirect (trap 82).
fn soft_end(chain: &HttpChain) -> Option<String> {
    let last = chain.last()?;
    let soft = soft_redirect::find(last.response()?, &last.url)?;
    Some(format!(
        "{} leads on to {} only by {}: browsers follow it, crawlers, webhooks and curl do not",
        show(&last.url),
        show(&soft.to),
        soft.how
    ))
}

fn unseen(chain: &HttpChain) -> Option<Judgement> {
    let last = chain.last()?;
    let failure = last.outcome.as_ref().err()?;
    if chain.hops.len() == 1 && failure.kind == FailureKind::Refused {
        return None;
    }
    Some(
        Judgement::unknown(format!(
            "the end of the redirects could not be seen: {}",
            line(&chain.hops)
        ))
        .plainly("Where the site leads in the end could not be seen from here."),
    )
}

/// The hop from https to http, wherever it is in the chain; the last Location counts too.
fn downgrade(chain: &HttpChain) -> Option<(&HttpExchange, String)> {
    chain.hops.iter().enumerate().find_map(|(i, hop)| {
        let response = hop.response().filter(|r| r.is_redirect())?;
        if hop.url.scheme() != "https" {
            return None;
        }
        let to = match chain.hops.get(i + 1) {
            Some(next) => next.url.clone(),
            None => hop.url.join(response.header("location")?).ok()?,
        };
        (to.scheme() == "http").then(|| (hop, show(&to)))
    })
}

fn judge_length(chain: &HttpChain, trail: &str, case: Case<'_>) -> Judgement {
    let own = own_redirects(chain, case.subject);
    if case.intent.hsts_preload && leaves_host_first(chain) {
        return Judgement::fail(format!("HSTS preloading asks that http leads to https on the same host first: {trail}"))
            .severity(Severity::Fix)
            .plainly("The browsers' built-in list of protected sites will not take this domain as it redirects now.")
            .remedy(remedy(case));
    }
    let judgement = match own {
        0..=FINE => Judgement::pass(match chain.redirects() {
            0 => format!("{} answers without a redirect", show(&chain.start)),
            1 => format!("one redirect to the end: {trail}"),
            n => format!("{n} redirects to the end: {trail}"),
        }),
        n if n <= MOST => Judgement::warn(format!(
            "{n} redirects before the page, {FINE} are enough: {trail}"
        ))
        .severity(Severity::Fix)
        .remedy(remedy(case)),
        n => Judgement::fail(format!(
            "{n} redirects before the page, {FINE} are enough: {trail}"
        ))
        .severity(Severity::Fix)
        .remedy(remedy(case)),
    };
    let plain = if judgement.verdict == Verdict::Pass {
        "Visitors arrive without detours."
    } else {
        "Each detour costs visitors time, most of all on a phone."
    };
    judgement.plainly(plain)
}

/// Redirects until the visitor is handed to another site: an identity provider's own hops are not ours to shorten.
fn own_redirects(chain: &HttpChain, host: &str) -> usize {
    chain
        .hops
        .iter()
        .skip(1)
        .position(|hop| {
            hop.url
                .host_str()
                .is_none_or(|h| !subject::same_site(h, host))
        })
        .map_or_else(|| chain.redirects(), |at| at + 1)
}

/// Whether plain http leads away from its host before https was reached there.
fn leaves_host_first(chain: &HttpChain) -> bool {
    let mut hops = chain.hops.iter().map(|hop| &hop.url);
    match (hops.next(), hops.next()) {
        (Some(first), Some(second)) if first.scheme() == "http" => {
            first.host_str() != second.host_str() || second.scheme() != "https"
        }
        _ => false,
    }
}

fn remedy(case: Case<'_>) -> Remedy {
    let host = case.subject;
    let canonical = subject::canonical(case.intent)
        .and_then(|url| url.host_str().map(str::to_owned))
        .unwrap_or_else(|| host.to_owned());
    let mut settings = remedy::http::https_redirect(case.intent, host);
    if canonical != host && subject::page_hosts(case.intent).iter().all(|h| h != host) {
        settings.extend(remedy::http::host_redirect(case.intent, host, &canonical));
    }
    remedy::configure(
        "web.redirect-chain",
        [
            "Write down which program redirects at each hop: the edge, the platform, the web server, the application. A circle or a way back to http means that two of them disagree.".to_owned(),
            "Behind a proxy or CDN: let it speak https to the origin (Cloudflare: SSL/TLS mode Full (strict)), and let the application believe X-Forwarded-Proto.".to_owned(),
            format!("Leave two steps: http to https on the same host, then to {canonical}. Delete the other rules."),
        ],
        settings,
        "Put the deleted rules back; test in a private window, since browsers remember permanent redirects.",
    )
}

#[cfg(test)]
#[path = "redirect_chain_tests.rs"]
mod tests;
