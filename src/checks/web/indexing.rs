//! `web.indexing`: nothing of the staging time keeps search engines and clients off production, and staging itself is closed or
//! not indexed (trap 95).
//!
//! A portal behind a sign-in may well say noindex; there only a password wall and a staging banner are faults.

use std::sync::LazyLock;

use regex::Regex;
use serde::{Deserialize, Serialize};

use super::robots::{self, Robots};
use super::robots_meta::noindex;
use super::walk::{self, Landing, landing, show};
use crate::checks::answer::AnswerKind;
use crate::checks::page::{Page, cut};
use crate::checks::rule::{Case, Judgement, Look, Meta, Rule};
use crate::checks::{evidence, subject};
use crate::model::finding::Remedy;
use crate::model::intent::{Intent, Role};
use crate::model::observation::FailureKind;
use crate::model::observation::http::{ChainEnd, HttpChain};
use crate::model::text::escape;
use crate::model::verdict::{Confidence, Severity};
use crate::remedy;

/// A banner stands at the top: bytes of visible text that are searched.
const TOP: usize = 240;

/// A title or banner that says outright that this is not production.
static BANNER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\bthis is (?:a|an|the|our) (?:staging|test|demo|development|preview)\b|\b(?:staging|test|preview|development) (?:environment|system|server|site|version)\b|\btest(?:umgebung|system)\b|^\W*staging\b|\[(?:staging|test|dev)\]").ok()
});

/// See the module.
pub struct Indexing;

/// The front page and robots.txt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    pub page: Option<HttpChain>,
    pub robots: Option<HttpChain>,
}

impl Rule for Indexing {
    type Seen = Seen;

    const META: Meta = Meta {
        id: "web.indexing",
        title: "Production may be found, staging may not",
        severity: Severity::Fix,
        intrusive: false,
        deadline_s: 40,
        version: 1,
        standards: &["RFC 9309", "Google robots meta tag specification"],
        guide: include_str!("../../../assets/guides/web.indexing.md"),
    };

    fn subjects(&self, intent: &Intent) -> Vec<String> {
        subject::page_hosts(intent)
    }

    async fn observe(&self, look: Look<'_>) -> Seen {
        let page = walk::follow_root(look.network, "https", look.subject);
        let robots = async {
            let url = subject::root("https", look.subject)?
                .join("/robots.txt")
                .ok()?;
            Some(walk::follow(look.network, &url).await)
        };
        let (page, robots) = futures_util::future::join(page, robots).await;
        Seen { page, robots }
    }

    fn judge(&self, seen: &Seen, case: Case<'_>) -> Judgement {
        let judgement = if subject::role(case.intent, case.subject) == Role::Staging {
            judge_staging(seen, case)
        } else {
            judge_production(seen, case)
        };
        let page = seen
            .page
            .as_ref()
            .and_then(HttpChain::last)
            .map(evidence::http);
        let robots = seen
            .robots
            .as_ref()
            .and_then(HttpChain::last)
            .map(evidence::http);
        judgement.evidence(page.into_iter().chain(robots))
    }
}

/// What robots.txt says. `Err`: it could not be seen.
fn rules(seen: &Seen) -> Result<Robots, String> {
    let Some(chain) = &seen.robots else {
        return Ok(Robots::default());
    };
    let Some(last) = chain.last() else {
        return Ok(Robots::default());
    };
    match &last.outcome {
        Err(failure) => Err(format!("robots.txt: {}", escape(&failure.text))),
        Ok(_) if chain.end != ChainEnd::Answer => Ok(Robots::default()),
        Ok(response) => match response.status {
            200..=299 => Ok(robots::parse(&response.body)),
            429 | 500..=599 => Err(format!(
                "robots.txt answers {}, which crawlers take for a no",
                response.status
            )),
            _ => Ok(Robots::default()),
        },
    }
}

/// Crawlers that robots.txt keeps off the front page.
fn shut_out(rules: &Robots) -> Option<&'static str> {
    if !rules.allows("*", "/") {
        return Some("robots.txt disallows / for every crawler");
    }
    ["googlebot", "bingbot"]
        .into_iter()
        .find(|agent| rules.names(agent) && !rules.allows(agent, "/"))
        .map(|agent| match agent {
            "googlebot" => "robots.txt disallows / for Googlebot",
            _ => "robots.txt disallows / for Bingbot",
        })
}

fn judge_production(seen: &Seen, case: Case<'_>) -> Judgement {
    let landed = match landing(seen.page.as_ref(), case.subject) {
        Ok(landed) => landed,
        Err(judgement) => return *judgement,
    };
    let at = show(&landed.exchange.url);
    let blind =
        "The page could not be looked at, so whether search engines may list it is not known.";
    match landed.kind {
        AnswerKind::PasswordWall => {
            return Judgement::fail(format!(
                "{at} asks for a browser password (HTTP authentication): left over from staging"
            ))
            .plainly("Everybody is asked for a technical password before they see the site.")
            .remedy(remedy(case));
        }
        kind if !kind.is_site() => {
            return Judgement::unknown(format!(
                "{at} answers {} with {kind}, so the page was not seen",
                landed.response.status
            ))
            .plainly(blind);
        }
        _ => {}
    }
    let page = Page::read(&landed.response.body);
    if let Some(words) = banner(&page) {
        return Judgement::fail(format!(
            "{at} calls itself a test system: \"{}\"",
            escape(&words)
        ))
        .confidence(Confidence::Likely)
        .plainly("The live site still says that it is a test version.")
        .fact("banner")
        .remedy(remedy(case));
    }
    if matches!(
        subject::role(case.intent, case.subject),
        Role::App | Role::Portal
    ) {
        return Judgement::pass(format!(
            "{at} carries no password wall and no staging banner; a portal need not be listed"
        ))
        .plainly("Nothing of the staging time is left in front of the portal.");
    }
    judge_findable(&landed, &page, seen, case)
}

fn judge_findable(landed: &Landing<'_>, page: &Page, seen: &Seen, case: Case<'_>) -> Judgement {
    let at = show(&landed.exchange.url);
    let hidden = "Search engines are told to leave the site out, so new clients will not find it.";
    let mut faults: Vec<String> = noindex(landed.response, page)
        .into_iter()
        .map(|place| format!("{place} says noindex"))
        .collect();
    let rules = rules(seen);
    faults.extend(rules.as_ref().ok().and_then(shut_out).map(str::to_owned));
    match (faults.is_empty(), rules) {
        (false, _) => Judgement::fail(format!(
            "{at} is kept out of search engines: {}",
            faults.join("; ")
        ))
        .plainly(hidden)
        .remedy(remedy(case)),
        (true, Err(why)) => Judgement::unknown(format!("{at} carries no noindex, but {why}"))
            .plainly("Whether search engines may list the site could not be told completely."),
        (true, Ok(_)) => Judgement::pass(format!(
            "{at} may be indexed: no noindex, no Disallow: /, no password, no banner"
        ))
        .plainly("Search engines may list the site."),
    }
}

/// The words by which the title or the top of the page calls itself a test system.
fn banner(page: &Page) -> Option<String> {
    let pattern = BANNER.as_ref()?;
    [page.title.as_str(), cut(&page.text, TOP)]
        .into_iter()
        .find_map(|text| pattern.find(text))
        .map(|found| found.as_str().to_owned())
}

fn judge_staging(seen: &Seen, case: Case<'_>) -> Judgement {
    let hidden = "The test version is out of sight of strangers and search engines.";
    let closed = |how: String| Judgement::pass(how).plainly(hidden);
    if let Some(failure) = seen
        .page
        .as_ref()
        .and_then(HttpChain::last)
        .and_then(|hop| hop.outcome.as_ref().err())
        && matches!(failure.kind, FailureKind::Refused | FailureKind::NoAddress)
    {
        return closed(format!(
            "{} is not open to the internet: {}",
            case.subject,
            escape(&failure.text)
        ));
    }
    let landed = match landing(seen.page.as_ref(), case.subject) {
        Ok(landed) => landed,
        Err(judgement) => return *judgement,
    };
    let (at, kind) = (show(&landed.exchange.url), landed.kind);
    let elsewhere = landed
        .exchange
        .url
        .host_str()
        .is_none_or(|host| !subject::same_site(host, case.subject));
    if elsewhere && kind == AnswerKind::SignIn
        || matches!(
            kind,
            AnswerKind::PasswordWall
                | AnswerKind::SignIn
                | AnswerKind::Forbidden
                | AnswerKind::NotFound
        )
    {
        return closed(format!(
            "{at} is closed to strangers: it answers {} with {kind}",
            landed.response.status
        ));
    }
    if kind.obscures() || matches!(kind, AnswerKind::ServerError) {
        return Judgement::unknown(format!(
            "{at} answers {} with {kind}: whether staging is closed was not seen",
            landed.response.status
        ))
        .plainly("Whether the test version is out of sight could not be told.");
    }
    let page = Page::read(&landed.response.body);
    if let Some(place) = noindex(landed.response, &page).first() {
        return closed(format!("{at} is open, but {place} says noindex"));
    }
    let exposed = "The unfinished test version can be found by strangers and search engines.";
    if rules(seen).is_ok_and(|rules| shut_out(&rules).is_some()) {
        return Judgement::warn(format!(
            "{at} is open and only robots.txt keeps crawlers off: its address can still be listed"
        ))
        .plainly(exposed)
        .remedy(remedy(case));
    }
    Judgement::fail(format!("{at} is open to everybody and carries no noindex"))
        .plainly(exposed)
        .remedy(remedy(case))
}

fn remedy(case: Case<'_>) -> Remedy {
    let host = case.subject;
    if subject::role(case.intent, host) == Role::Staging {
        return remedy::configure(
            "web.indexing",
            [
                format!("Close {host}: a password at the edge or web server, an access rule, or the platform's protection for preview deployments."),
                "If it must stay open, send X-Robots-Tag: noindex with every answer, and no Disallow: / in robots.txt: crawlers must be able to read the noindex.".to_owned(),
            ],
            remedy::http::header(case.intent, host, "X-Robots-Tag", "noindex"),
            "Take the password or the header away again.",
        );
    }
    remedy::manual(
        "web.indexing",
        [
            format!("On {host} take away what staging left: the X-Robots-Tag header, the robots meta element, `Disallow: /` in robots.txt, the HTTP password, the banner."),
            "They usually hang on one environment variable or build flag: set it for production and deploy again.".to_owned(),
            "Purge the cache of the edge, then ask the search console to look again.".to_owned(),
        ],
        "Put the header or the line back; search engines forget the page within weeks.",
    )
}

#[cfg(test)]
#[path = "indexing_tests.rs"]
mod tests;
