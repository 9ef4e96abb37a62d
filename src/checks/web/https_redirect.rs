//! `web.https-redirect`: plain http on each host leads to https (R01–R04, traps 81 and 82).

use super::walk::{self, line, show};
use super::{soft_redirect, trail};
use crate::checks::answer::classify;
use crate::checks::rule::{Case, Judgement, Look, Meta, Rule};
use crate::checks::{evidence, subject};
use crate::model::finding::Remedy;
use crate::model::intent::{Intent, Role};
use crate::model::observation::FailureKind;
use crate::model::observation::http::{HttpChain, HttpExchange, HttpResponse};
use crate::model::text::escape;
use crate::model::verdict::Severity;
use crate::remedy;

/// See the module.
pub struct HttpsRedirect;

impl Rule for HttpsRedirect {
    type Seen = Option<HttpChain>;

    const META: Meta = Meta {
        id: "web.https-redirect",
        title: "Plain http leads to https",
        severity: Severity::Blocker,
        intrusive: false,
        deadline_s: 30,
        version: 1,
        standards: &["RFC 9110 §15.4", "RFC 6797 §7.2"],
        guide: include_str!("../../../assets/guides/web.https-redirect.md"),
    };

    fn subjects(&self, intent: &Intent) -> Vec<String> {
        subject::web_hosts(intent)
    }

    async fn observe(&self, look: Look<'_>) -> Option<HttpChain> {
        walk::follow_root(look.network, "http", look.subject).await
    }

    fn judge(&self, seen: &Option<HttpChain>, case: Case<'_>) -> Judgement {
        let Some((chain, first)) = seen.as_ref().and_then(|c| Some((c, c.hops.first()?))) else {
            return Judgement::unknown(format!("{} is not a host name", escape(case.subject)));
        };
        let judgement = match &first.outcome {
            Err(failure) if failure.kind == FailureKind::Refused => closed(case),
            Err(failure) => Judgement::unknown(format!("http://{}/: {}", case.subject, escape(&failure.text)))
                .plainly("Whether the unprotected address leads to the protected one could not be seen from here."),
            Ok(response) if response.is_redirect() => judge_redirects(chain, case),
            Ok(response) => judge_answer(first, response, case),
        };
        let arrived = chain.last().is_some_and(|hop| hop.outcome.is_ok());
        judgement
            .told_all(trail::told(chain, arrived))
            .detail("ends_at", chain.last().map(|hop| show(&hop.url)))
            .exhibit([trail::path(chain)])
            .evidence([evidence::chain(chain), evidence::http(first)])
    }
}

/// Nothing listens on port 80. An API needs nothing there.
fn closed(case: Case<'_>) -> Judgement {
    if subject::role(case.intent, case.subject) == Role::Api {
        return Judgement::pass(format!(
            "port 80 of {} is closed, as suits an API: nothing travels in the clear",
            case.subject
        ))
        .plainly("The interface for programs answers only over protected connections.");
    }
    Judgement::warn(format!(
        "port 80 of {} is closed: nothing travels in the clear, but a typed or old http address gets no answer, and certificates cannot be renewed by HTTP-01",
        case.subject
    ))
    .severity(Severity::Fix)
    .plainly("Visitors who type the address without https may get no answer at all.")
    .remedy(remedy(case))
}

fn judge_redirects(chain: &HttpChain, case: Case<'_>) -> Judgement {
    let host = case.subject;
    let ends_safe = chain.last().is_some_and(|hop| hop.url.scheme() == "https");
    if !ends_safe {
        return Judgement::fail(format!("http://{host}/ is redirected and still ends in plain http: {}", line(&chain.hops)))
            .plainly("What visitors read and type here travels unprotected, and anybody on the way can read or change it.")
            .fact("ends in http")
            .remedy(remedy(case));
    }
    let first_target = chain.hops.get(1).map(|hop| &hop.url);
    match first_target {
        Some(target) if target.scheme() == "http" => Judgement::warn(format!(
            "http://{host}/ reaches https only after another plain http address: {}",
            line(&chain.hops)
        ))
        .severity(Severity::Fix)
        .plainly("Visitors end on the protected address, but only after one detour more than needed over an unprotected one.")
        .fact("a second http hop")
        .remedy(remedy(case)),
        _ => Judgement::pass(format!(
            "http://{host}/ leads to {}",
            first_target.map(show).unwrap_or_default()
        ))
        .plainly("Visitors who type the address without https are led to the protected one."),
    }
}

/// An answer that is no redirect.
fn judge_answer(exchange: &HttpExchange, response: &HttpResponse, case: Case<'_>) -> Judgement {
    let (host, status, kind) = (case.subject, response.status, classify(response));
    let in_the_clear = "Visitors who type the address without https get the unprotected site, where anybody on the way can read or change what they see and type.";
    if kind.obscures() {
        return Judgement::unknown(format!(
            "http://{host}/ answers {status} with {kind}: the site's own answer was not seen"
        ))
        .plainly(
            "A protection service answered in place of the site, so nothing can be said yet.",
        );
    }
    if let Some(soft) =
        soft_redirect::find(response, &exchange.url).filter(|soft| soft.to.scheme() == "https")
    {
        return Judgement::fail(format!(
            "http://{host}/ answers {status} and leads to {} only by {}: browsers follow it, crawlers, webhooks and curl do not",
            show(&soft.to),
            soft.how
        ))
        .severity(Severity::Fix)
        .plainly("Browsers find their way to the protected address, but other programs stay on the unprotected one.")
        .fact(format!("soft redirect by {}", soft.how))
        .remedy(remedy(case));
    }
    let refusal = (400..500).contains(&status);
    if refusal && subject::role(case.intent, host) == Role::Api {
        return Judgement::warn(format!(
            "http://{host}/ answers {status}: an API may refuse plain http, but each path should"
        ))
        .severity(Severity::Advice)
        .plainly("The interface for programs refuses unprotected requests at its front door.")
        .remedy(remedy(case));
    }
    let what = if refusal {
        format!("http://{host}/ answers {status} ({kind}) instead of a redirect to https")
    } else {
        format!(
            "http://{host}/ answers {status} with {kind} over plain http instead of a redirect to https"
        )
    };
    let plain = if refusal {
        "Visitors who type the address without https see an error instead of the site."
    } else {
        in_the_clear
    };
    Judgement::fail(what).plainly(plain).remedy(remedy(case))
}

fn remedy(case: Case<'_>) -> Remedy {
    let host = case.subject;
    remedy::configure(
        "web.https-redirect",
        [
            format!("Let port 80 of {host} answer every path with 301 (or 308) to the same host, path and query over https; the step to another host, if any, comes second."),
            "Leave /.well-known/acme-challenge/ out of it only if the certificate client asks for that; authorities follow the redirect.".to_owned(),
            format!("Try it: curl -sI 'http://{host}/a?b=1' must show `location: https://{host}/a?b=1`."),
        ],
        remedy::http::https_redirect(case.intent, host),
        "Take the redirect out again and reload; browsers keep a 301 in their cache for a while.",
    )
}

#[cfg(test)]
mod tests {
    use super::super::samples::*;
    use super::*;
    use crate::model::verdict::Verdict;

    #[test]
    fn what_port_80_answers() {
        let intent = intent();
        let refresh = r#"<meta http-equiv="refresh" content="0;url=https://www.acme.example/">"#;
        let cf = [HTML, ("cf-mitigated", "challenge")];
        let start = "http://www.acme.example/";
        for (chain, want, severity, says) in [
            (
                redirects(&[(start, 301)], "https://www.acme.example/"),
                Verdict::Pass,
                None,
                "leads to",
            ),
            (
                redirects(&[(start, 302)], "https://www.acme.example/"),
                Verdict::Pass,
                None,
                "leads to",
            ),
            (
                redirects(
                    &[(start, 301), ("http://acme.example/", 301)],
                    "https://acme.example/",
                ),
                Verdict::Warn,
                Some(Severity::Fix),
                "another plain http",
            ),
            (
                redirects(&[(start, 301)], "http://acme.example/"),
                Verdict::Fail,
                None,
                "still ends in plain http",
            ),
            (
                page(start, 200, &[HTML], "<h1>hello</h1>"),
                Verdict::Fail,
                None,
                "over plain http",
            ),
            (
                page(start, 403, &[HTML], "no"),
                Verdict::Fail,
                None,
                "instead of a redirect",
            ),
            (
                page(start, 405, &[], ""),
                Verdict::Fail,
                None,
                "instead of a redirect",
            ),
            (
                page(start, 200, &[HTML], refresh),
                Verdict::Fail,
                Some(Severity::Fix),
                "by a meta refresh",
            ),
            (
                page(start, 403, &cf, "<title>Just a moment...</title>"),
                Verdict::Unknown,
                None,
                "Cloudflare",
            ),
            (
                failed(start, FailureKind::Refused),
                Verdict::Warn,
                Some(Severity::Fix),
                "port 80",
            ),
            (
                failed(start, FailureKind::Timeout),
                Verdict::Unknown,
                None,
                "nothing to be seen",
            ),
        ] {
            let judged = HttpsRedirect.judge(&Some(chain), case(&intent, "www.acme.example"));
            assert_eq!(
                (judged.verdict, judged.severity),
                (want, severity),
                "{}",
                judged.summary
            );
            assert!(judged.summary.contains(says), "{}", judged.summary);
            assert_eq!(
                judged.remedy.is_some(),
                matches!(want, Verdict::Warn | Verdict::Fail)
            );
        }
    }

    #[test]
    fn an_api_may_keep_port_80_shut() {
        let intent = intent();
        let of = |chain| {
            HttpsRedirect
                .judge(&Some(chain), case(&intent, "api.acme.example"))
                .verdict
        };
        assert_eq!(
            of(failed("http://api.acme.example/", FailureKind::Refused)),
            Verdict::Pass
        );
        assert_eq!(
            of(page("http://api.acme.example/", 403, &[], "")),
            Verdict::Warn
        );
        assert_eq!(
            of(page("http://api.acme.example/", 200, &[], "{}")),
            Verdict::Fail
        );
    }
}
