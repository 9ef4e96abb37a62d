//! `web.canonical-host`: http and https, apex and www, all end at one address (R07).

use std::collections::BTreeSet;

use futures_util::future::join_all;
use url::Url;

use super::soft_redirect::{self, SoftRedirect};
use super::trail;
use super::walk::{self, line, show};
use crate::checks::answer::classify;
use crate::checks::rule::{Case, Judgement, Look, Meta, Rule};
use crate::checks::{evidence, subject};
use crate::model::exhibit::{Exhibit, TableRow};
use crate::model::finding::Remedy;
use crate::model::intent::{Intent, Role};
use crate::model::observation::FailureKind;
use crate::model::observation::http::{ChainEnd, HttpChain};
use crate::model::text::escape;
use crate::model::verdict::{Severity, Verdict};
use crate::remedy;

/// See the module.
pub struct CanonicalHost;

impl Rule for CanonicalHost {
    type Seen = Vec<HttpChain>;

    const META: Meta = Meta {
        id: "web.canonical-host",
        title: "Every entry to the site ends at one canonical address",
        severity: Severity::Fix,
        intrusive: false,
        deadline_s: 40,
        version: 1,
        standards: &["RFC 9110 §15.4", "RFC 6596"],
        guide: include_str!("../../../assets/guides/web.canonical-host.md"),
    };

    fn subjects(&self, intent: &Intent) -> Vec<String> {
        vec![intent.domain.to_string()]
    }

    async fn observe(&self, look: Look<'_>) -> Vec<HttpChain> {
        let entries = entries(look.intent);
        join_all(entries.iter().map(|url| walk::follow(look.network, url))).await
    }

    fn judge(&self, seen: &Vec<HttpChain>, case: Case<'_>) -> Judgement {
        let ends: Vec<(&HttpChain, End)> = seen
            .iter()
            .map(|chain| (chain, end(chain, case.intent)))
            .collect();
        // Over plain http, `web.https-redirect` tells them.
        let safe = ends
            .iter()
            .filter(|(chain, _)| chain.start.scheme() == "https");
        judge_ends(&ends, case)
            .told_all(safe.filter_map(|(chain, end)| trail::told(chain, end.arrives())))
            .detail("entries", details(&ends))
            .exhibit([matrix(&ends, case.intent)])
            .evidence(seen.iter().map(evidence::chain))
    }
}

/// Both schemes on the apex, on its www and on every other host that the intent calls apex or www.
fn entries(intent: &Intent) -> Vec<Url> {
    let mut hosts: BTreeSet<String> = intent
        .hosts
        .iter()
        .filter(|host| matches!(host.role, Role::Apex | Role::Www))
        .map(|host| host.name.to_string())
        .collect();
    hosts.insert(intent.domain.to_string());
    if !intent.domain.as_str().starts_with("www.") {
        hosts.insert(intent.domain.child("www").to_string());
    }
    hosts
        .iter()
        .flat_map(|host| ["http", "https"].map(|scheme| subject::root(scheme, host)))
        .flatten()
        .collect()
}

/// Where an entry ends.
enum End {
    At(Url),
    /// On a page that leads on to another host or scheme by itself, not by a redirect.
    Soft(Url, SoftRedirect),
    /// Port 80 is shut: nobody gets in there, so nobody goes astray.
    Shut,
    /// A www (or apex) name that does not exist and that the intent does not name.
    Absent,
    /// Visitors do not arrive, and why.
    Lost(String),
    /// Could not be seen, and why.
    Unseen(String),
}

impl End {
    /// Whether it is known where visitors get to.
    const fn arrives(&self) -> bool {
        matches!(self, Self::At(_) | Self::Soft(..))
    }
}

fn end(chain: &HttpChain, intent: &Intent) -> End {
    let Some(last) = chain.last() else {
        return End::Unseen("nothing was asked".to_owned());
    };
    let named = |host: &str| intent.hosts.iter().any(|h| h.name.as_str() == host);
    match (&chain.end, &last.outcome) {
        (ChainEnd::Answer, Ok(response)) if trail::lacks_location(response) => End::Lost(format!(
            "{} answers {} without a Location",
            show(&last.url),
            response.status
        )),
        (ChainEnd::Answer, Ok(response)) => {
            let kind = classify(response);
            // Behind a challenge the site may lead on; only a redirect that reached the canonical host has said its word.
            let arrived = chain.redirects() > 0 && last.url.host_str() == canonical_host(intent);
            if kind.obscures() && !arrived {
                End::Unseen(format!("{} answers with {kind}", show(&last.url)))
            } else {
                match soft_redirect::find(response, &last.url) {
                    Some(soft) if !same_door(&soft.to, &last.url) => {
                        End::Soft(last.url.clone(), soft)
                    }
                    _ => End::At(last.url.clone()),
                }
            }
        }
        (_, Err(failure)) => match failure.kind {
            FailureKind::Refused if chain.redirects() == 0 && last.url.scheme() == "http" => {
                End::Shut
            }
            FailureKind::NoAddress if !last.url.host_str().is_some_and(named) => End::Absent,
            FailureKind::Refused
            | FailureKind::NoAddress
            | FailureKind::Tls
            | FailureKind::Malformed => {
                End::Lost(format!("{}: {}", show(&last.url), escape(&failure.text)))
            }
            _ => End::Unseen(format!("{}: {}", show(&last.url), escape(&failure.text))),
        },
        (_, Ok(_)) => End::Lost(format!(
            "{} has no end: {}",
            show(&chain.start),
            line(&chain.hops)
        )),
    }
}

fn canonical_host(intent: &Intent) -> Option<&str> {
    intent.canonical.as_ref().and_then(Url::host_str)
}

fn judge_ends(ends: &[(&HttpChain, End)], case: Case<'_>) -> Judgement {
    let arrived: Vec<(&HttpChain, &Url)> = ends
        .iter()
        .filter_map(|(chain, end)| match end {
            End::At(url) => Some((*chain, url)),
            _ => None,
        })
        .collect();
    let target = target(&arrived, case.intent);
    let astray: Vec<String> = arrived
        .iter()
        .filter(|(_, url)| target.as_ref().is_some_and(|t| !same_door(url, t)))
        .map(|(chain, url)| format!("{} ends at {}", show(&chain.start), show(url)))
        .chain(ends.iter().filter_map(|(_, end)| match end {
            End::Lost(_) | End::Soft(..) => Some(words(end)),
            _ => None,
        }))
        .collect();
    let wanted = target.as_ref().map(show).unwrap_or_default();
    if !astray.is_empty() {
        return Judgement::fail(format!("not every entry ends at {wanted}: {}", astray.join("; ")))
            .plainly("The site can be entered at several addresses that do not lead to one: visitors sign in twice, and search engines see two half sites.")
            .remedy(remedy(case, target.as_ref()));
    }
    let unseen: Vec<&str> = ends
        .iter()
        .filter_map(|(_, end)| match end {
            End::Unseen(why) => Some(why.as_str()),
            _ => None,
        })
        .collect();
    if !unseen.is_empty() || arrived.is_empty() {
        return Judgement::unknown(format!(
            "not every entry could be followed: {}",
            unseen.join("; ")
        ))
        .plainly("Not all addresses of the site could be looked at from here.");
    }
    let pages: BTreeSet<&str> = arrived
        .iter()
        .map(|(_, url)| url.path().trim_end_matches('/'))
        .collect();
    if pages.len() > 1 {
        let list: BTreeSet<String> = arrived.iter().map(|(_, url)| show(url)).collect();
        return Judgement::warn(format!(
            "every entry ends on one host, but at different pages: {}",
            list.into_iter().collect::<Vec<_>>().join(", ")
        ))
        .severity(Severity::Advice)
        .plainly("All addresses lead to the site, but not to the same first page.")
        .remedy(remedy(case, target.as_ref()));
    }
    let absent: Vec<&str> = ends
        .iter()
        .filter(|(_, end)| matches!(end, End::Absent))
        .filter_map(|(chain, _)| chain.start.host_str())
        .collect();
    match absent.first() {
        Some(host) => Judgement::warn(format!(
            "every entry ends at {wanted}, but {host} does not exist; people type it"
        ))
        .severity(Severity::Advice)
        .plainly("Visitors who type the address with (or without) www get nothing.")
        .remedy(remedy(case, target.as_ref())),
        None => Judgement::pass(format!("all {} entries end at {wanted}", arrived.len()))
            .plainly("However visitors type the address, they end at the same place."),
    }
}

/// The canonical URL, when its host is one of the doors; else where the first entry over https ended.
fn target(arrived: &[(&HttpChain, &Url)], intent: &Intent) -> Option<Url> {
    let doors = entries(intent);
    let canonical = intent
        .canonical
        .clone()
        .filter(|url| doors.iter().any(|door| door.host_str() == url.host_str()));
    canonical.or_else(|| {
        let over_https = arrived.iter().find(|(_, url)| url.scheme() == "https");
        over_https
            .or(arrived.first())
            .map(|(_, url)| (*url).clone())
    })
}

/// Same scheme, host and port.
fn same_door(a: &Url, b: &Url) -> bool {
    a.origin() == b.origin()
}

fn details(ends: &[(&HttpChain, End)]) -> serde_json::Value {
    ends.iter()
        .map(|(chain, end)| serde_json::json!({"entry": show(&chain.start), "ends_at": words(end)}))
        .collect()
}

fn words(end: &End) -> String {
    match end {
        End::At(url) => show(url),
        End::Soft(url, soft) => format!(
            "{} leads on to {} only by {}, which crawlers and curl do not follow",
            show(url),
            show(&soft.to),
            soft.how
        ),
        End::Shut => "port 80 is closed".to_owned(),
        End::Absent => "no such name".to_owned(),
        End::Lost(why) | End::Unseen(why) => why.clone(),
    }
}

/// Every entry, the redirects on its way and where it ends.
fn matrix(ends: &[(&HttpChain, End)], intent: &Intent) -> Exhibit {
    let arrived: Vec<(&HttpChain, &Url)> = ends
        .iter()
        .filter_map(|(chain, end)| match end {
            End::At(url) => Some((*chain, url)),
            _ => None,
        })
        .collect();
    let target = target(&arrived, intent);
    let rows = ends.iter().map(|(chain, end)| {
        let verdict = match end {
            End::At(url) if target.as_ref().is_some_and(|t| same_door(url, t)) => {
                Some(Verdict::Pass)
            }
            End::At(_) | End::Soft(..) | End::Lost(_) => Some(Verdict::Fail),
            End::Absent => Some(Verdict::Warn),
            End::Unseen(_) => Some(Verdict::Unknown),
            End::Shut => None,
        };
        TableRow {
            verdict,
            ..TableRow::told([show(&chain.start), trail::codes(chain), words(end)])
        }
    });
    Exhibit::table("Entries", &["entry", "redirects", "ends at"], rows)
}

fn remedy(case: Case<'_>, target: Option<&Url>) -> Remedy {
    let domain = case.intent.domain.as_str();
    let to = target.and_then(Url::host_str).unwrap_or(domain);
    let from = if to == domain {
        format!("www.{domain}")
    } else {
        domain.to_owned()
    };
    remedy::configure(
        "web.canonical-host",
        [
            format!(
                "Decide for one address; the intent says {to}. Add apex and www both as domains where the site is hosted, so that both have a certificate."
            ),
            format!(
                "Redirect everything on {from} to the same path on https://{to} with 301 or 308."
            ),
            "Set <link rel=\"canonical\"> and the application's own base URL to the same address."
                .to_owned(),
        ],
        remedy::http::host_redirect(case.intent, &from, to),
        "Take the redirect out again; browsers remember a 301, so test in a private window.",
    )
}

#[cfg(test)]
mod tests {
    use super::super::samples::*;
    use super::*;
    use crate::model::verdict::Verdict;

    const A: (&str, &str) = ("http://acme.example/", "https://acme.example/");
    const W: (&str, &str) = ("http://www.acme.example/", "https://www.acme.example/");

    fn good() -> Vec<HttpChain> {
        vec![
            redirects(&[(A.0, 301), (A.1, 301)], W.1),
            redirects(&[(A.1, 301)], W.1),
            redirects(&[(W.0, 301)], W.1),
            page(W.1, 200, &[HTML], "<h1>Acme</h1>"),
        ]
    }

    fn verdict_of(chains: &Vec<HttpChain>, intent: &Intent) -> (Verdict, String) {
        let judged = CanonicalHost.judge(chains, case(intent, "acme.example"));
        let remedied = matches!(judged.verdict, Verdict::Fail | Verdict::Warn);
        assert_eq!(judged.remedy.is_some(), remedied, "{}", judged.summary);
        (judged.verdict, judged.summary)
    }

    fn with(index: usize, chain: HttpChain) -> Vec<HttpChain> {
        let mut list = good();
        list[index] = chain;
        list
    }

    #[test]
    fn four_entries_one_end() {
        let intent = intent();
        assert_eq!(entries(&intent).len(), 4);
        for (chains, want, says) in [
            (
                good(),
                Verdict::Pass,
                "all 4 entries end at https://www.acme.example/",
            ),
            (
                with(1, page(A.1, 200, &[HTML], "x")),
                Verdict::Fail,
                "https://acme.example/ ends at https://acme.example/",
            ),
            (
                with(0, page(A.0, 200, &[HTML], "x")),
                Verdict::Fail,
                "http://acme.example/ ends at",
            ),
            (
                with(
                    1,
                    redirects(&[(A.1, 301)], "https://www.acme.example.evil.test/"),
                ),
                Verdict::Fail,
                "evil.test",
            ),
            (
                with(1, failed(A.1, FailureKind::Tls)),
                Verdict::Fail,
                "nothing to be seen",
            ),
            (
                with(1, failed(A.1, FailureKind::Timeout)),
                Verdict::Unknown,
                "could be followed",
            ),
            (
                with(0, failed(A.0, FailureKind::Refused)),
                Verdict::Pass,
                "all 3 entries",
            ),
            (
                with(2, redirects(&[(W.0, 301)], "https://www.acme.example/en")),
                Verdict::Warn,
                "different pages",
            ),
            (
                with(0, {
                    let mut chain = redirects(&[(A.0, 301)], A.1);
                    chain.hops[1].outcome = Ok(response(429, &[], ""));
                    chain
                }),
                Verdict::Unknown,
                "https://acme.example/ answers with",
            ),
            (
                with(3, page(W.1, 429, &[], "")),
                Verdict::Unknown,
                "too many requests",
            ),
        ] {
            let (verdict, summary) = verdict_of(&chains, &intent);
            assert_eq!(verdict, want, "{summary}");
            assert!(summary.contains(says), "{summary}");
        }
    }

    #[test]
    fn without_a_canonical_url_the_entries_must_agree_with_each_other() {
        let mut intent = intent();
        intent.canonical = None;
        assert_eq!(verdict_of(&good(), &intent).0, Verdict::Pass);
        let two = with(1, page(A.1, 200, &[HTML], "x"));
        assert_eq!(verdict_of(&two, &intent).0, Verdict::Fail);
    }

    #[test]
    fn a_www_that_nobody_meant_is_a_remark() {
        let mut intent = intent();
        intent.canonical = subject::root("https", "acme.example");
        intent.hosts.retain(|host| host.role != Role::Www);
        let chains = vec![
            redirects(&[(A.0, 301)], A.1),
            page(A.1, 200, &[HTML], "x"),
            failed(W.0, FailureKind::NoAddress),
            failed(W.1, FailureKind::NoAddress),
        ];
        assert_eq!(verdict_of(&chains, &intent).0, Verdict::Warn);
    }
}
