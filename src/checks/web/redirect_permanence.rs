//! `web.redirect-permanence`: redirects to https and to the canonical host are permanent and keep path and query (R08 R09,
//! traps 83 and 84).
//!
//! Looked at with a deep path that exists nowhere, since a catch-all that drops every path looks right at the front page. Only
//! hops that change the scheme or go to the canonical host count: a step to a sign-in page is temporary by nature.

use sha2::{Digest, Sha256};
use url::Url;

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
use crate::model::verdict::Severity;
use crate::remedy;

/// See the module.
pub struct RedirectPermanence;

impl Rule for RedirectPermanence {
    type Seen = Option<HttpChain>;

    const META: Meta = Meta {
        id: "web.redirect-permanence",
        title: "Redirects are permanent and keep path and query",
        severity: Severity::Advice,
        intrusive: false,
        deadline_s: 30,
        version: 1,
        standards: &["RFC 9110 §15.4.2", "RFC 9110 §15.4.9"],
        guide: include_str!("../../../assets/guides/web.redirect-permanence.md"),
    };

    fn subjects(&self, intent: &Intent) -> Vec<String> {
        subject::web_hosts(intent)
    }

    async fn observe(&self, look: Look<'_>) -> Option<HttpChain> {
        let url = probe(look.subject)?;
        Some(walk::follow(look.network, &url).await)
    }

    fn judge(&self, seen: &Option<HttpChain>, case: Case<'_>) -> Judgement {
        let Some((chain, first)) = seen.as_ref().and_then(|c| Some((c, c.hops.first()?))) else {
            return Judgement::unknown(format!("{} is not a host name", escape(case.subject)));
        };
        judge_chain(chain, first, case)
            .exhibit([trail::path(chain)])
            .evidence([evidence::chain(chain)])
    }
}

/// A deep URL with a query on the host. The path is the same in every run, so that two runs can be compared.
fn probe(host: &str) -> Option<Url> {
    let digest = Sha256::digest(format!("launch-ready path probe {host}").as_bytes());
    let label: String = digest
        .iter()
        .take(5)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let mut url = subject::root("http", host)?;
    url.set_path(&format!("/launch-ready-{label}/deep"));
    url.set_query(Some("check=1"));
    Some(url)
}

fn judge_chain(chain: &HttpChain, first: &HttpExchange, case: Case<'_>) -> Judgement {
    let response = match &first.outcome {
        Ok(response) => response,
        Err(failure) if failure.kind == FailureKind::Refused => {
            return Judgement::not_applicable(format!(
                "port 80 of {} is closed, so no redirect can be judged",
                case.subject
            ))
            .plainly("There is no redirect on this name to judge.");
        }
        Err(failure) => {
            return Judgement::unknown(format!("{}: {}", show(&first.url), escape(&failure.text)))
                .plainly("The redirects of this name could not be looked at from here.");
        }
    };
    let kind = classify(response);
    if kind.obscures() {
        return Judgement::unknown(format!(
            "{} answers {} with {kind}",
            show(&first.url),
            response.status
        ))
        .plainly(
            "A protection service answered in place of the site, so nothing can be said yet.",
        );
    }
    let steps = steps(chain, case.intent);
    if let Some(step) = steps.iter().find(|step| !step.keeps()) {
        return Judgement::fail(format!(
            "the redirect from {} goes to {}: path or query is lost",
            show(&step.from),
            show(&step.to)
        ))
        .severity(Severity::Fix)
        .plainly("Old links and bookmarks to inner pages all end on the front page instead of where they should.")
        .fact("path or query is lost")
        .remedy(remedy(case));
    }
    let temporary: Vec<String> = steps
        .iter()
        .filter(|step| !matches!(step.status, 301 | 308))
        .map(|step| format!("{} answers {}", show(&step.from), step.status))
        .collect();
    if !temporary.is_empty() {
        return Judgement::fail(format!(
            "the redirect is only temporary: {}; 301 or 308 is remembered",
            temporary.join("; ")
        ))
        .severity(Severity::Advice)
        .plainly(
            "The redirect works, but search engines and browsers are told that it is only for now.",
        )
        .fact("temporary")
        .remedy(remedy(case));
    }
    if let Some(soft) = soft_redirect::find(response, &first.url) {
        return Judgement::fail(format!(
            "{} leads to {} only by {}, which is neither permanent nor seen by crawlers",
            show(&first.url),
            show(&soft.to),
            soft.how
        ))
        .severity(Severity::Advice)
        .plainly(
            "Browsers are led on by the page itself; search engines never learn the new address.",
        )
        .fact("a soft redirect")
        .remedy(remedy(case));
    }
    if steps.is_empty() {
        return Judgement::not_applicable(format!(
            "{} is not redirected to https or to another host ({})",
            show(&first.url),
            response.status
        ))
        .plainly("There is no redirect on this name to judge.");
    }
    if chain.end != ChainEnd::Answer && chain.end != ChainEnd::Failed {
        return Judgement::unknown(format!(
            "the redirects have no end (see web.redirect-chain): {}",
            line(&chain.hops)
        ))
        .plainly("The redirects lead nowhere, so they cannot be judged.");
    }
    Judgement::pass(format!(
        "permanent, and path and query survive: {}",
        line(&chain.hops)
    ))
    .fact("permanent and whole")
    .plainly("Old links and bookmarks keep working, and search engines take over the new address.")
}

/// A redirect that changes the scheme or leads to the canonical host.
struct Step {
    from: Url,
    to: Url,
    status: u16,
}

impl Step {
    /// Path (a trailing slash does not count) and query are the same, or the path travels on in the query, as a sign-in page's
    /// return address does.
    fn keeps(&self) -> bool {
        let path = |url: &Url| url.path().trim_end_matches('/').to_owned();
        let whole = path(&self.from) == path(&self.to) && self.from.query() == self.to.query();
        let carried = self.to.query_pairs().any(|(_, value)| {
            !path(&self.from).is_empty() && value.contains(path(&self.from).as_str())
        });
        whole || carried
    }
}

fn steps(chain: &HttpChain, intent: &Intent) -> Vec<Step> {
    let canonical = subject::canonical(intent).and_then(|url| url.host_str().map(str::to_owned));
    chain
        .hops
        .iter()
        .filter_map(|hop| {
            let response = hop.response().filter(|r| r.is_redirect())?;
            let to = hop.url.join(response.header("location")?).ok()?;
            let to_https = hop.url.scheme() == "http" && to.scheme() == "https";
            let to_canonical =
                hop.url.host_str() != to.host_str() && to.host_str() == canonical.as_deref();
            (to_https || to_canonical).then(|| Step {
                from: hop.url.clone(),
                to,
                status: response.status,
            })
        })
        .collect()
}

fn remedy(case: Case<'_>) -> Remedy {
    let host = case.subject;
    let mut settings = remedy::http::https_redirect(case.intent, host);
    let canonical =
        subject::canonical(case.intent).and_then(|url| url.host_str().map(str::to_owned));
    if let Some(to) = canonical
        .filter(|to| to != host && subject::page_hosts(case.intent).iter().all(|h| h != host))
    {
        settings.extend(remedy::http::host_redirect(case.intent, host, &to));
    }
    remedy::configure(
        "web.redirect-permanence",
        [
            "Redirect with 301 (or 308, which also keeps the method: better for forms and webhooks), and append the requested path and query to the target.".to_owned(),
            format!("Try it: curl -sI 'http://{host}/a/b?c=1' must show a location that ends in /a/b?c=1."),
        ],
        settings,
        "Put the old rule back. Browsers that saw the permanent redirect remember it; test in a private window.",
    )
}

#[cfg(test)]
mod tests {
    use super::super::samples::*;
    use super::*;
    use crate::model::verdict::Verdict;

    #[test]
    fn codes_and_paths() {
        let intent = intent();
        let (http, https) = (
            "http://acme.example/x/deep?check=1",
            "https://acme.example/x/deep?check=1",
        );
        let www = "https://www.acme.example/x/deep?check=1";
        for (chain, want, severity, says) in [
            (
                redirects(&[(http, 301), (https, 308)], www),
                Verdict::Pass,
                None,
                "survive",
            ),
            (
                redirects(&[(http, 301), (https, 302)], www),
                Verdict::Fail,
                Some(Severity::Advice),
                "only temporary",
            ),
            (
                redirects(&[(http, 307), (https, 301)], www),
                Verdict::Fail,
                Some(Severity::Advice),
                "answers 307",
            ),
            (
                redirects(&[(http, 301)], "https://www.acme.example/"),
                Verdict::Fail,
                Some(Severity::Fix),
                "is lost",
            ),
            (
                redirects(&[(http, 301)], "https://www.acme.example/x/deep"),
                Verdict::Fail,
                Some(Severity::Fix),
                "query is lost",
            ),
            (
                redirects(&[(http, 301)], "https://acme.example/x/deep/?check=1"),
                Verdict::Pass,
                None,
                "survive",
            ),
            (
                redirects(
                    &[(http, 301), (https, 302)],
                    "https://acme.example/sign-in?next=/x/deep",
                ),
                Verdict::Pass,
                None,
                "survive",
            ),
            (
                page(http, 404, &[HTML], ""),
                Verdict::NotApplicable,
                None,
                "not redirected",
            ),
            (
                failed(http, FailureKind::Refused),
                Verdict::NotApplicable,
                None,
                "closed",
            ),
            (
                failed(http, FailureKind::Timeout),
                Verdict::Unknown,
                None,
                "nothing to be seen",
            ),
            (page(http, 429, &[], ""), Verdict::Unknown, None, "too many"),
        ] {
            let judged = RedirectPermanence.judge(&Some(chain), case(&intent, "acme.example"));
            assert_eq!(
                (judged.verdict, judged.severity),
                (want, severity),
                "{}",
                judged.summary
            );
            assert!(judged.summary.contains(says), "{}", judged.summary);
            assert_eq!(judged.remedy.is_some(), want == Verdict::Fail);
        }
    }

    #[test]
    fn the_probe_is_the_same_in_every_run() {
        assert_eq!(probe("acme.example"), probe("acme.example"));
        assert_ne!(
            probe("acme.example").unwrap().path(),
            probe("www.acme.example").unwrap().path()
        );
    }
}
