//! `web.error-page`: an address that nobody made answers 404, and its page tells nothing about what runs inside.
//!
//! A site that answers 200 to everything (or sends everything to its home page) has no error page: a soft 404. One path only is
//! asked for, with nothing malformed in it. Of the body only the names of what it gives away are kept.

use serde::{Deserialize, Serialize};

use super::error_marks::{self, Weight};
use super::walk::{self, show};
use crate::checks::rule::{Case, Judgement, Look, Meta, Rule};
use crate::checks::sight::{Kind, Sight};
use crate::checks::site::nowhere_beside;
use crate::checks::{evidence, subject};
use crate::model::finding::Remedy;
use crate::model::intent::Intent;
use crate::model::observation::http::ChainEnd;
use crate::model::text::escape;
use crate::model::verdict::Severity;
use crate::remedy;

/// See the module.
pub struct ErrorPage;

/// The hops from the made-up address to where it ended, without bodies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    pub hops: Vec<Sight>,
    pub end: ChainEnd,
    /// What the bodies give away, the worst first.
    pub tells: Vec<(String, Weight)>,
}

impl Rule for ErrorPage {
    type Seen = Option<Seen>;

    const META: Meta = Meta {
        id: "web.error-page",
        title: "An address that does not exist answers 404 and tells nothing about the inside",
        severity: Severity::Fix,
        intrusive: false,
        deadline_s: 30,
        version: 1,
        standards: &["RFC 9110 §15.5.5", "CWE-209", "OWASP ASVS 5.0 13.4"],
        guide: include_str!("../../../assets/guides/web.error-page.md"),
    };

    fn subjects(&self, intent: &Intent) -> Vec<String> {
        subject::answering_hosts(intent)
    }

    async fn observe(&self, look: Look<'_>) -> Option<Seen> {
        let url = nowhere_beside(&subject::root("https", look.subject)?);
        let chain = walk::follow(look.network, &url).await;
        let tells = chain
            .hops
            .iter()
            .filter(|hop| {
                hop.url
                    .host_str()
                    .is_some_and(|h| subject::same_site(h, look.subject))
            })
            .filter_map(|hop| hop.response())
            .flat_map(|response| error_marks::find(&response.body))
            .collect();
        Some(Seen {
            hops: chain.hops.iter().map(Sight::of).collect(),
            end: chain.end,
            tells,
        })
    }

    fn judge(&self, seen: &Option<Seen>, case: Case<'_>) -> Judgement {
        let Some((seen, last)) = seen.as_ref().and_then(|s| Some((s, s.hops.last()?))) else {
            return Judgement::unknown(format!("{} is not a host name", escape(case.subject)));
        };
        let tells: Vec<&str> = seen.tells.iter().map(|(name, _)| name.as_str()).collect();
        judge_answer(seen, last, case)
            .detail("status", last.status())
            .detail("tells", tells)
            .evidence(seen.hops.iter().map(|hop| evidence::http(&hop.exchange)))
    }
}

fn judge_answer(seen: &Seen, last: &Sight, case: Case<'_>) -> Judgement {
    let host = case.subject;
    let at = format!("{} ({})", show(&last.exchange.url), last.status());
    if last.kind == Kind::Unseen {
        return Judgement::unknown(format!(
            "the error page of {host} was not seen: {} {}",
            show(&last.exchange.url),
            last.says
        ))
        .plainly("The error page could not be looked at from here.");
    }
    if let Some((_, weight)) = seen.tells.first() {
        return leaks(seen, *weight, &at, case);
    }
    if seen.end != ChainEnd::Answer {
        return Judgement::unknown(format!(
            "a made-up address of {host} is redirected without an end (see web.redirect-chain)"
        ))
        .plainly("The error page could not be looked at: the redirects lead nowhere.");
    }
    let strays = last
        .exchange
        .url
        .host_str()
        .is_none_or(|end| !subject::same_site(end, host));
    match last.kind {
        _ if strays => Judgement::not_applicable(format!(
            "{host} leads to another site, {}",
            show(&last.exchange.url)
        ))
        .plainly("This name only leads to somebody else's site."),
        Kind::Away => Judgement::unknown(format!(
            "{at} answers with {}: the site's own error page was not seen (see web.status)",
            last.says
        ))
        .plainly("Something else answered in place of the error page."),
        Kind::ServerError => Judgement::fail(format!(
            "an address that does not exist makes {host} fail: {at} answers with a server error, not 404"
        ))
        .plainly("A mistyped address does not show \"not found\" but breaks the server's answer.")
        .fact("server error")
        .remedy(remedy(case)),
        Kind::NotFound if matches!(last.status(), 404 | 410) => Judgement::pass(format!(
            "{at} answers \"not found\" and tells nothing about the inside"
        ))
        .plainly("A mistyped address shows \"not found\" and nothing more."),
        Kind::SignIn | Kind::Refusal => Judgement::pass(format!(
            "an address that does not exist is refused or asks to sign in, and tells nothing: {at}"
        ))
        .plainly("A stranger who mistypes an address is asked to sign in and learns nothing."),
        Kind::ClientError => Judgement::pass(format!("{at} refuses and tells nothing about the inside"))
            .plainly("A mistyped address is refused and shows nothing more."),
        _ => soft(seen, last, &at, case),
    }
}

fn leaks(seen: &Seen, weight: Weight, at: &str, case: Case<'_>) -> Judgement {
    let mut names: Vec<&str> = seen.tells.iter().map(|(name, _)| name.as_str()).collect();
    names.dedup();
    let judgement = Judgement::fail(format!("{at} shows {}", names.join(", ")))
        .fact(names.join(" "))
        .remedy(remedy(case));
    match weight {
        Weight::Inside => judgement.plainly("The error page shows the inside of the program: files, code or settings that help an attacker."),
        Weight::Version => judgement
            .severity(Severity::Advice)
            .plainly("The error page tells which program in which version runs here; that helps an attacker to choose."),
    }
}

/// Success where nothing is.
fn soft(seen: &Seen, last: &Sight, at: &str, case: Case<'_>) -> Judgement {
    let how = if last.kind == Kind::NotFound {
        format!("{at} shows an error page, but with a status of success")
    } else if seen.hops.len() > 1 {
        format!("an address that does not exist is redirected to {at} as if it were there")
    } else {
        format!("{at} answers with {} as if the address existed", last.says)
    };
    Judgement::warn(format!("a soft 404: {how}"))
        .severity(Severity::Advice)
        .fact("soft 404")
        .plainly("A mistyped or dead link does not say \"not found\": search engines keep dead pages, and monitors take them for good ones.")
        .remedy(remedy(case))
}

fn remedy(case: Case<'_>) -> Remedy {
    let host = case.subject;
    remedy::manual(
        "web.error-page",
        [
            format!("Switch the debug mode of the program behind {host} off in production (Django DEBUG=False, Laravel APP_DEBUG=false, Rails RAILS_ENV=production, NODE_ENV=production, ASPNETCORE_ENVIRONMENT=Production), and never run its development server."),
            "Answer an unknown path with status 404 and a page of your own, without version (nginx: server_tokens off; Apache: ServerSignature Off). A single-page app: let the server know its routes, or answer its shell with 404 for the others.".to_owned(),
            format!("Try it: curl -si https://{host}/nothing-here must begin with 404."),
        ],
        "Set the old mode again. The page for visitors may stay.",
    )
}

#[cfg(test)]
mod tests {
    use super::super::samples::*;
    use super::*;
    use crate::model::observation::FailureKind;
    use crate::model::observation::http::HttpChain;
    use crate::model::verdict::Verdict;

    const AT: &str = "https://portal.acme.example/nothing-here";

    fn seen(chain: &HttpChain) -> Seen {
        Seen {
            hops: chain.hops.iter().map(Sight::of).collect(),
            end: chain.end.clone(),
            tells: chain
                .hops
                .iter()
                .filter_map(|hop| hop.response())
                .flat_map(|r| error_marks::find(&r.body))
                .collect(),
        }
    }

    #[test]
    fn what_a_made_up_address_answers() {
        let intent = intent();
        let trace = "<pre>Error\n at run (/app/server.js:10:7)</pre>";
        let sign_in = "<title>Sign in</title><form action=/login><input type=email><input type=password><button>Sign in</button></form>";
        let cf = [HTML, ("cf-mitigated", "challenge")];
        for (chain, want, severity, says) in [
            (
                page(AT, 404, &[HTML], "<h1>Not found</h1>"),
                Verdict::Pass,
                None,
                "not found",
            ),
            (
                page(AT, 404, &[HTML], trace),
                Verdict::Fail,
                None,
                "Node.js",
            ),
            (
                page(AT, 404, &[HTML], "<center>nginx/1.2.3</center>"),
                Verdict::Fail,
                Some(Severity::Advice),
                "nginx",
            ),
            (
                page(AT, 500, &[HTML], "<h1>Oops</h1>"),
                Verdict::Fail,
                None,
                "server error",
            ),
            (
                page(AT, 200, &[HTML], "<title>Acme</title><div id=root></div>"),
                Verdict::Warn,
                Some(Severity::Advice),
                "as if the address existed",
            ),
            (
                page(
                    AT,
                    200,
                    &[HTML],
                    "<title>Not found</title><h1>Not found</h1>",
                ),
                Verdict::Warn,
                Some(Severity::Advice),
                "status of success",
            ),
            (
                redirects(&[(AT, 302)], "https://portal.acme.example/"),
                Verdict::Warn,
                Some(Severity::Advice),
                "redirected to",
            ),
            (
                page(AT, 200, &[HTML], sign_in),
                Verdict::Pass,
                None,
                "sign in",
            ),
            (page(AT, 401, &[], ""), Verdict::Pass, None, "refused"),
            (
                redirects(&[(AT, 302)], "https://other.example/"),
                Verdict::NotApplicable,
                None,
                "another site",
            ),
            (
                page(AT, 403, &cf, "<title>Just a moment...</title>"),
                Verdict::Unknown,
                None,
                "challenge",
            ),
            (
                failed(AT, FailureKind::Timeout),
                Verdict::Unknown,
                None,
                "was not seen",
            ),
        ] {
            let judged = ErrorPage.judge(&Some(seen(&chain)), case(&intent, "portal.acme.example"));
            assert_eq!(
                (judged.verdict, judged.severity),
                (want, severity),
                "{}",
                judged.summary
            );
            assert!(judged.summary.contains(says), "{}", judged.summary);
            assert_eq!(
                judged.remedy.is_some(),
                matches!(want, Verdict::Fail | Verdict::Warn)
            );
        }
    }
}
