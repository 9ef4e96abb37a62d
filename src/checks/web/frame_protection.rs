//! `web.frame-protection`: the page cannot be shown inside another site's frame (1F, trap 90).

use super::frame_policy::{self, Framing};
use super::walk::{self, own_answer, show};
use crate::checks::rule::{Case, Judgement, Look, Meta, Rule};
use crate::checks::{evidence, subject};
use crate::model::finding::Remedy;
use crate::model::intent::Intent;
use crate::model::observation::http::HttpChain;
use crate::model::text::escape;
use crate::model::verdict::Severity;
use crate::remedy;

/// See the module.
pub struct FrameProtection;

impl Rule for FrameProtection {
    type Seen = Option<HttpChain>;

    const META: Meta = Meta {
        id: "web.frame-protection",
        title: "No other site can show the page in a frame",
        severity: Severity::Fix,
        intrusive: false,
        deadline_s: 30,
        version: 1,
        standards: &["CSP Level 3 §6.4.2", "RFC 7034"],
        guide: include_str!("../../../assets/guides/web.frame-protection.md"),
    };

    fn subjects(&self, intent: &Intent) -> Vec<String> {
        subject::page_hosts(intent)
    }

    async fn observe(&self, look: Look<'_>) -> Option<HttpChain> {
        walk::follow_root(look.network, "https", look.subject).await
    }

    fn judge(&self, seen: &Option<HttpChain>, case: Case<'_>) -> Judgement {
        let landed = match own_answer(seen.as_ref(), case.subject) {
            Ok(landed) => landed,
            Err(judgement) => return judgement.evidence(seen.as_ref().map(evidence::chain)),
        };
        let at = format!(
            "{} ({})",
            show(&landed.exchange.url),
            landed.response.status
        );
        if !landed.response.is_html() {
            return Judgement::not_applicable(format!(
                "{at} answers with {}, which no frame can abuse",
                landed.kind
            ))
            .plainly("There is no page here that could be shown inside another one.")
            .evidence([evidence::http(landed.exchange)]);
        }
        judge_framing(&frame_policy::read(landed.response), &at, case)
            .evidence([evidence::http(landed.exchange)])
    }
}

fn judge_framing(framing: &Framing, at: &str, case: Case<'_>) -> Judgement {
    let exposed = "Another site could show this page invisibly inside its own and trick your customers into clicking on it.";
    let fails = |text: String, fact: &str| {
        Judgement::fail(text)
            .fact(fact)
            .plainly(exposed)
            .remedy(remedy(case))
    };
    let safe = |text: String| {
        Judgement::pass(text)
            .plainly("No other site can show this page inside its own to trick your customers.")
    };
    match framing {
        Framing::Ancestors(list) if list.is_empty() => safe(format!(
            "{at}: frame-ancestors is empty: nobody may frame it"
        )),
        Framing::Ancestors(list) => {
            safe(format!("{at}: frame-ancestors {}", escape(&list.join(" "))))
        }
        Framing::Options(value) => safe(format!("{at}: X-Frame-Options {value}")),
        Framing::AnyAncestor(list) => fails(
            format!(
                "{at}: frame-ancestors {} lets any site frame it, and overrides X-Frame-Options",
                escape(&list.join(" "))
            ),
            "any ancestor",
        ),
        Framing::AllowFrom => fails(
            format!(
                "{at}: X-Frame-Options ALLOW-FROM is ignored by browsers; only frame-ancestors can name a site"
            ),
            "allow-from",
        ),
        Framing::Nonsense(values) => fails(
            format!(
                "{at}: X-Frame-Options `{}` is not one of DENY and SAMEORIGIN",
                escape(values)
            ),
            "nonsense",
        ),
        Framing::Missing => fails(
            format!(
                "{at} sends neither frame-ancestors (Content-Security-Policy) nor X-Frame-Options"
            ),
            "missing",
        ),
    }
}

fn remedy(case: Case<'_>) -> Remedy {
    let host = case.subject;
    let mut settings = remedy::http::header(
        case.intent,
        host,
        "Content-Security-Policy",
        "frame-ancestors 'self'",
    );
    settings.extend(remedy::http::header(
        case.intent,
        host,
        "X-Frame-Options",
        "SAMEORIGIN",
    ));
    remedy::configure(
        "web.frame-protection",
        [
            format!("Send `Content-Security-Policy: frame-ancestors 'self'` with every page of {host}; when a policy is sent already, add the directive to it."),
            "If a partner may embed the portal, name that site in frame-ancestors instead of opening it to all.".to_owned(),
            "A meta element does not do: browsers ignore frame-ancestors there.".to_owned(),
        ],
        settings,
        "Take the header or the directive out again.",
    )
}

#[cfg(test)]
mod tests {
    use super::super::samples::*;
    use super::*;
    use crate::model::observation::FailureKind;
    use crate::model::verdict::Verdict;

    #[test]
    fn only_pages_that_were_seen_are_judged() {
        let intent = intent();
        let home = "https://www.acme.example/";
        let meta =
            r#"<meta http-equiv="Content-Security-Policy" content="frame-ancestors 'none'">"#;
        let json = ("content-type", "application/json");
        let cf = [
            HTML,
            ("cf-mitigated", "challenge"),
            ("x-frame-options", "SAMEORIGIN"),
        ];
        let deny = ("x-frame-options", "DENY");
        for (chain, want, says) in [
            (page(home, 200, &[HTML, deny], "x"), Verdict::Pass, "DENY"),
            (
                page(home, 200, &[HTML], "x"),
                Verdict::Fail,
                "sends neither",
            ),
            (
                page(home, 200, &[HTML], meta),
                Verdict::Fail,
                "sends neither",
            ),
            (
                page(
                    home,
                    200,
                    &[HTML, ("x-frame-options", "ALLOW-FROM https://a.example")],
                    "x",
                ),
                Verdict::Fail,
                "ALLOW-FROM",
            ),
            (
                page(
                    home,
                    200,
                    &[HTML, deny, ("content-security-policy", "frame-ancestors *")],
                    "x",
                ),
                Verdict::Fail,
                "overrides",
            ),
            (
                page(home, 404, &[json], "{}"),
                Verdict::NotApplicable,
                "no frame can abuse",
            ),
            (
                page(home, 403, &cf, "<title>Just a moment...</title>"),
                Verdict::Unknown,
                "was not seen",
            ),
            (
                page(home, 502, &[HTML], "bad gateway"),
                Verdict::Unknown,
                "was not seen",
            ),
            (
                page("https://elsewhere.test/", 200, &[HTML], "x"),
                Verdict::NotApplicable,
                "another site",
            ),
            (
                failed(home, FailureKind::Timeout),
                Verdict::Unknown,
                "nothing to be seen",
            ),
        ] {
            let judged = FrameProtection.judge(&Some(chain), case(&intent, "www.acme.example"));
            assert_eq!(judged.verdict, want, "{}", judged.summary);
            assert!(judged.summary.contains(says), "{}", judged.summary);
            assert_eq!(judged.remedy.is_some(), want == Verdict::Fail);
        }
    }

    #[test]
    fn apis_and_side_doors_are_no_subjects() {
        assert_eq!(
            FrameProtection.subjects(&intent()),
            [
                "portal.acme.example",
                "staging.acme.example",
                "www.acme.example"
            ]
        );
    }
}
