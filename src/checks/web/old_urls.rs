//! `web.old-urls`: each old URL that the intent names ends at its target, and the target is there (R09, traps 82, 84 and 85).
//!
//! A rule that sends every unknown path to the home page looks like a redirect and loses the visitor; it is told by asking for
//! a neighbour that never existed.

use serde::{Deserialize, Serialize};
use url::Url;

use super::walk::{self, line, show};
use super::{soft_redirect, trail};
use crate::checks::answer::{AnswerKind, classify};
use crate::checks::evidence;
use crate::checks::rule::{Case, Judgement, Look, Meta, Rule};
use crate::checks::site::nowhere_beside;
use crate::model::finding::Remedy;
use crate::model::intent::{Intent, OldUrl};
use crate::model::observation::FailureKind;
use crate::model::observation::http::{ChainEnd, HttpChain, HttpExchange, HttpResponse};
use crate::model::text::escape;
use crate::model::verdict::{Severity, Verdict};
use crate::remedy;

/// See the module.
pub struct OldUrls;

/// Where an old URL leads, and where a neighbour leads that never existed (asked only when the first ends on a home page).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    pub old: HttpChain,
    pub neighbour: Option<HttpChain>,
}

impl Rule for OldUrls {
    type Seen = Option<Seen>;

    const META: Meta = Meta {
        id: "web.old-urls",
        title: "Old addresses lead to their new ones",
        severity: Severity::Fix,
        intrusive: false,
        deadline_s: 40,
        version: 1,
        standards: &["RFC 9110 §15.4.2", "RFC 9110 §15.4.9"],
        guide: include_str!("../../../assets/guides/web.old-urls.md"),
    };

    fn subjects(&self, intent: &Intent) -> Vec<String> {
        let mut list: Vec<String> = intent.old_urls.iter().map(|o| o.from.to_string()).collect();
        list.sort();
        list.dedup();
        if list.is_empty() {
            list.push(intent.domain.to_string());
        }
        list
    }

    async fn observe(&self, look: Look<'_>) -> Option<Seen> {
        let entry = entry(look.intent, look.subject)?;
        let old = walk::follow(look.network, &entry.from).await;
        let at_home = old.last().is_some_and(|last| is_home(&last.url)) && !is_home(&entry.to);
        let neighbour = if at_home && old.redirects() > 0 {
            Some(walk::follow(look.network, &nowhere_beside(&entry.from)).await)
        } else {
            None
        };
        Some(Seen { old, neighbour })
    }

    fn judge(&self, seen: &Option<Seen>, case: Case<'_>) -> Judgement {
        let Some(entry) = entry(case.intent, case.subject) else {
            return Judgement::not_applicable("the intent names no old URLs")
                .plainly("No old addresses were named. If there was a site before this one, name its most visited pages.");
        };
        let Some((seen, last)) = seen.as_ref().and_then(|s| Some((s, s.old.last()?))) else {
            return Judgement::unknown("it was not asked for")
                .plainly("The old address could not be looked at from here.");
        };
        let answered = last.outcome.is_ok();
        let judgement = judge_chain(seen, last, entry)
            .told_all(trail::told(&seen.old, answered))
            .detail("target", show(&entry.to))
            .detail("ends_at", show(&last.url))
            .exhibit([trail::path(&seen.old)])
            .evidence(
                [Some(&seen.old), seen.neighbour.as_ref()]
                    .into_iter()
                    .flatten()
                    .map(evidence::chain),
            );
        if judgement.verdict == Verdict::Fail {
            judgement.remedy(remedy(entry, case))
        } else {
            judgement
        }
    }
}

fn entry<'a>(intent: &'a Intent, subject: &str) -> Option<&'a OldUrl> {
    intent
        .old_urls
        .iter()
        .find(|old| old.from.as_str() == subject)
}

fn judge_chain(seen: &Seen, last: &HttpExchange, entry: &OldUrl) -> Judgement {
    let old = &seen.old;
    let trail = line(&old.hops);
    let from = show(&entry.from);
    let response = match (&old.end, &last.outcome) {
        (_, Err(failure)) => return no_answer(last, failure.kind, &failure.text, &from),
        (ChainEnd::Answer, Ok(response)) if !trail::lacks_location(response) => response,
        (_, Ok(_)) => {
            return fails(
                format!("the redirects of {from} lead nowhere: {trail}"),
                "no end",
            );
        }
    };
    let kind = classify(response);
    if kind.obscures() {
        return Judgement::unknown(format!(
            "{} answers {} with {kind}: where {from} ends was not seen",
            show(&last.url),
            response.status
        ))
        .plainly(
            "A protection service answered in place of the site, so nothing can be said yet.",
        );
    }
    let at_target = same_page(&last.url, &entry.to);
    let passed_target = old.hops.iter().any(|hop| same_page(&hop.url, &entry.to));
    if at_target {
        return arrived(response, kind, &trail, entry);
    }
    if passed_target && kind == AnswerKind::SignIn {
        return Judgement::pass(format!(
            "{from} leads to its target, which asks to sign in: {trail}"
        ))
        .fact("target behind sign-in")
        .plainly("Who follows the old address comes to the new one, after signing in.");
    }
    astray(seen, last, response, entry)
}

fn no_answer(last: &HttpExchange, kind: FailureKind, text: &str, from: &str) -> Judgement {
    let why = format!("{}: {}", show(&last.url), escape(text));
    match kind {
        FailureKind::Refused
        | FailureKind::NoAddress
        | FailureKind::Tls
        | FailureKind::Malformed => fails(format!("{from} leads nowhere: {why}"), "no answer"),
        _ => Judgement::unknown(format!("where {from} leads could not be seen: {why}"))
            .plainly("The old address could not be looked at from here."),
    }
}

fn arrived(response: &HttpResponse, kind: AnswerKind, trail: &str, entry: &OldUrl) -> Judgement {
    let gone = matches!(
        kind,
        AnswerKind::SoftNotFound | AnswerKind::Parked { .. } | AnswerKind::PlatformError { .. }
    );
    if response.status != 200 || gone {
        return fails(
            format!(
                "{} ends at its target, but the target answers {} with {kind}: {trail}",
                show(&entry.from),
                response.status
            ),
            "target is not there",
        );
    }
    Judgement::pass(format!("{} ends at its target: {trail}", show(&entry.from)))
        .fact("at its target")
        .plainly("Who follows the old address comes to the new page.")
}

/// It ended somewhere else: named by how.
fn astray(seen: &Seen, last: &HttpExchange, response: &HttpResponse, entry: &OldUrl) -> Judgement {
    let (from, to, end) = (show(&entry.from), show(&entry.to), show(&last.url));
    if let Some(soft) = soft_redirect::find(response, &last.url) {
        return fails(
            format!(
                "{from} leads on to {} only by {}: browsers follow it, search engines and curl do not",
                show(&soft.to),
                soft.how
            ),
            "a soft redirect",
        );
    }
    if seen.old.redirects() == 0 {
        return fails(
            format!(
                "{from} is not redirected: it answers {} itself",
                response.status
            ),
            "not redirected",
        );
    }
    let neighbour = seen.neighbour.as_ref().and_then(HttpChain::last);
    if neighbour.is_some_and(|n| same_page(&n.url, &last.url)) {
        return fails(
            format!(
                "{from} ends on the home page, as every unknown path there does: a catch-all redirect, not its target {to}"
            ),
            "a catch-all redirect to home",
        );
    }
    fails(format!("{from} ends at {end}, not at {to}"), "elsewhere")
}

fn fails(text: String, fact: &str) -> Judgement {
    Judgement::fail(text).fact(fact).plainly(
        "Old links, bookmarks and search results do not lead to the new page, and what they were worth is lost.",
    )
}

/// The same but for the fragment, which never leaves the browser, and a slash at the end, which servers add at will.
fn same_page(one: &Url, other: &Url) -> bool {
    let path = |url: &Url| url.path().trim_end_matches('/').to_owned();
    one.origin() == other.origin() && path(one) == path(other) && one.query() == other.query()
}

fn is_home(url: &Url) -> bool {
    url.path().trim_end_matches('/').is_empty()
}

fn remedy(entry: &OldUrl, case: Case<'_>) -> Remedy {
    let (from, to) = (entry.from.as_str(), entry.to.as_str());
    remedy::configure(
        "web.old-urls",
        [
            format!("Answer {from} with 301 (or 308) and Location {to}, before any rule that catches every path."),
            "The old host must keep its DNS record and a valid certificate as long as its links live.".to_owned(),
            format!("Try it: curl -sIL '{from}' must end with 200 at {to}."),
        ],
        remedy::http::url_redirect(case.intent, &entry.from, &entry.to),
        "Take the redirect out again; browsers keep a 301 in their cache for a while.",
    )
}

#[cfg(test)]
mod tests {
    use super::super::samples::*;
    use super::*;

    const FROM: &str = "https://acme.example/prices";
    const TO: &str = "https://www.acme.example/pricing";

    fn judged(old: HttpChain, neighbour: Option<HttpChain>) -> Judgement {
        let mut intent = intent();
        intent.old_urls = vec![OldUrl {
            from: url(FROM),
            to: url(TO),
        }];
        OldUrls.judge(&Some(Seen { old, neighbour }), case(&intent, FROM))
    }

    #[test]
    fn where_old_urls_lead() {
        let home = || redirects(&[(FROM, 301)], "https://www.acme.example/");
        let nowhere = redirects(
            &[("https://acme.example/nothing", 301)],
            "https://www.acme.example/",
        );
        let refresh = format!(r#"<meta http-equiv="refresh" content="0;url={TO}">"#);
        let not_there = || {
            let mut chain = redirects(&[(FROM, 301)], TO);
            chain.hops[1].outcome = Ok(response(404, &[HTML], "gone"));
            chain
        };
        let looping = || {
            let mut chain = redirects(&[(FROM, 301)], TO);
            chain.end = ChainEnd::Loop(0);
            chain
        };
        for (old, neighbour, want, says) in [
            (
                redirects(&[(FROM, 301)], TO),
                None,
                Verdict::Pass,
                "ends at its target",
            ),
            (
                redirects(&[(FROM, 308)], "https://www.acme.example/pricing/#plans"),
                None,
                Verdict::Pass,
                "ends at its target",
            ),
            (home(), Some(nowhere), Verdict::Fail, "a catch-all redirect"),
            (
                home(),
                None,
                Verdict::Fail,
                "ends at https://www.acme.example/, not at",
            ),
            (
                page(FROM, 200, &[HTML], &refresh),
                None,
                Verdict::Fail,
                "by a meta refresh",
            ),
            (
                page(FROM, 200, &[HTML], "old"),
                None,
                Verdict::Fail,
                "not redirected",
            ),
            (
                page(FROM, 404, &[HTML], "gone"),
                None,
                Verdict::Fail,
                "answers 404 itself",
            ),
            (not_there(), None, Verdict::Fail, "the target answers 404"),
            (looping(), None, Verdict::Fail, "lead nowhere"),
            (
                failed(FROM, FailureKind::NoAddress),
                None,
                Verdict::Fail,
                "leads nowhere",
            ),
            (
                failed(FROM, FailureKind::Timeout),
                None,
                Verdict::Unknown,
                "could not be seen",
            ),
            (
                page(FROM, 429, &[], ""),
                None,
                Verdict::Unknown,
                "was not seen",
            ),
        ] {
            let judged = judged(old, neighbour);
            assert_eq!(judged.verdict, want, "{}", judged.summary);
            assert!(judged.summary.contains(says), "{}", judged.summary);
            assert_eq!(judged.remedy.is_some(), want == Verdict::Fail);
        }
    }

    #[test]
    fn without_old_urls_there_is_nothing_to_ask() {
        let intent = intent();
        assert_eq!(OldUrls.subjects(&intent), ["acme.example"]);
        let judged = OldUrls.judge(&None, case(&intent, "acme.example"));
        assert_eq!(judged.verdict, Verdict::NotApplicable);
    }
}
