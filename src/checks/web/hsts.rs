//! `web.hsts`: every https answer of the host tells browsers to stay on https, for at least 180 days (R10 R11, traps 87–89).
//!
//! Every https hop of the host counts, the redirecting ones too: a visitor who only ever meets the redirect must be told as
//! well. Over plain http the header means nothing.

use serde::{Deserialize, Serialize};

use super::hsts_header::{Policy, parse};
use super::walk::{self, show};
use crate::checks::answer::classify;
use crate::checks::rule::{Case, Judgement, Look, Meta, Rule};
use crate::checks::{evidence, subject};
use crate::model::finding::Remedy;
use crate::model::intent::Intent;
use crate::model::observation::http::{HttpChain, HttpExchange, HttpResponse};
use crate::model::text::escape;
use crate::model::verdict::Severity;
use crate::remedy;

/// 180 days.
const LEAST: u64 = 15_552_000;
/// The steps in which it is raised, in seconds: five minutes, a day, thirty days, a year.
const STAGES: [u64; 4] = [300, 86_400, 2_592_000, 31_536_000];

/// See the module.
pub struct Hsts;

/// Where the host's two front doors lead.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    pub http: Option<HttpChain>,
    pub https: Option<HttpChain>,
}

impl Rule for Hsts {
    type Seen = Seen;

    const META: Meta = Meta {
        id: "web.hsts",
        title: "Every https answer keeps browsers on https for at least 180 days",
        severity: Severity::Fix,
        intrusive: false,
        deadline_s: 40,
        version: 1,
        standards: &["RFC 6797 §6.1", "RFC 6797 §7.1", "RFC 6797 §8.1"],
        guide: include_str!("../../../assets/guides/web.hsts.md"),
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
        let answers = answers(seen, case.subject);
        let Some(worst) = answers.iter().max_by_key(|a| a.state.badness()) else {
            return unseen(seen, case.subject);
        };
        let headers: Vec<serde_json::Value> = answers
            .iter()
            .map(|a| serde_json::json!({"url": show(&a.exchange.url), "headers": a.fields}))
            .collect();
        judge_worst(worst, &answers, case)
            .detail("answers", headers)
            .detail("over_http", over_http(seen, case.subject))
            .evidence(answers.iter().map(|a| evidence::http(a.exchange)))
    }
}

/// One https answer of the host.
struct Answer<'a> {
    exchange: &'a HttpExchange,
    status: u16,
    /// The header's values, escaped.
    fields: Vec<String>,
    state: State,
}

/// What a browser makes of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
enum State {
    Good(Policy),
    Short(Policy),
    /// `max-age=0`.
    Off,
    Malformed(String),
    Missing,
}

impl State {
    /// Browsers look at the first header only (RFC 6797 §8.1).
    fn of(response: &HttpResponse) -> Self {
        match response.header("strict-transport-security").map(parse) {
            None => Self::Missing,
            Some(Err(problem)) => Self::Malformed(problem.to_string()),
            Some(Ok(policy)) if policy.max_age == 0 => Self::Off,
            Some(Ok(policy)) if policy.max_age < LEAST => Self::Short(policy),
            Some(Ok(policy)) => Self::Good(policy),
        }
    }

    const fn badness(&self) -> u8 {
        match self {
            Self::Good(_) => 0,
            Self::Short(_) => 1,
            Self::Malformed(_) => 2,
            Self::Missing => 3,
            Self::Off => 4,
        }
    }
}

/// The https answers of the host itself, each URL once; what a protection service or nobody answered is left out.
fn answers<'a>(seen: &'a Seen, host: &str) -> Vec<Answer<'a>> {
    let mut list: Vec<Answer<'a>> = Vec::new();
    for exchange in [&seen.https, &seen.http]
        .into_iter()
        .flatten()
        .flat_map(|chain| &chain.hops)
    {
        let fresh = !list.iter().any(|a| a.exchange.url == exchange.url);
        if let Some(response) = exchange.response()
            && fresh
            && exchange.url.scheme() == "https"
            && subject::is_on(&exchange.url, host)
            && !classify(response).obscures()
        {
            list.push(Answer {
                exchange,
                status: response.status,
                fields: response
                    .headers_named("strict-transport-security")
                    .map(escape)
                    .collect(),
                state: State::of(response),
            });
        }
    }
    list
}

fn unseen(seen: &Seen, host: &str) -> Judgement {
    let why = match seen.https.as_ref().and_then(|chain| chain.hops.first()) {
        Some(HttpExchange {
            outcome: Err(failure),
            ..
        }) => escape(&failure.text),
        Some(HttpExchange {
            outcome: Ok(response),
            ..
        }) => {
            format!(
                "it answers {} with {}, not the site itself",
                response.status,
                classify(response)
            )
        }
        None => "it is not a host name".to_owned(),
    };
    Judgement::unknown(format!(
        "no https answer of {} was seen: {why}",
        escape(host)
    ))
    .plainly("The protected site could not be looked at from here, so nothing can be said yet.")
}

fn judge_worst(worst: &Answer<'_>, all: &[Answer<'_>], case: Case<'_>) -> Judgement {
    let at = format!("{} ({})", show(&worst.exchange.url), worst.status);
    let plain = "A visitor's browser is not told to insist on the protected address, so on a hostile network it can be led to a fake one.";
    let fails = |text: String, fact: &str| {
        Judgement::fail(text)
            .fact(fact)
            .plainly(plain)
            .remedy(remedy(all, case))
    };
    match &worst.state {
        State::Missing => {
            let elsewhere = all.len() > 1 && all.iter().any(|a| a.state != State::Missing);
            let more = if elsewhere { ", though other answers of the host send it" } else { "" };
            fails(format!("{at} sends no Strict-Transport-Security header{more}"), "missing")
        }
        State::Off => fails(format!("{at} switches HSTS off (max-age=0)"), "off"),
        State::Malformed(why) => fails(
            format!("browsers ignore the Strict-Transport-Security header of {at}: {}", escape(why)),
            why,
        ),
        State::Short(policy) => fails(
            format!(
                "HSTS of {at} holds for {} only, at least 180 days are asked",
                length(policy.max_age)
            ),
            "short",
        )
        .plainly("Browsers are told to insist on the protected address, but forget it too soon. A good first step: raise it."),
        State::Good(policy) => {
            let several = all.iter().find(|a| a.fields.len() > 1);
            match several {
                Some(answer) => Judgement::warn(format!(
                    "{} sends the Strict-Transport-Security header {} times; browsers take the first, the preload list refuses it",
                    show(&answer.exchange.url),
                    answer.fields.len()
                ))
                .severity(Severity::Advice)
                .plainly("Two programs both add the same protection header; it works, but they should not contradict each other one day.")
                .remedy(remedy(all, case)),
                None => Judgement::pass(format!(
                    "every https answer seen ({}) sends HSTS for {}{}",
                    all.len(),
                    length(policy.max_age),
                    if policy.include_subdomains { ", subdomains included" } else { "" }
                ))
                .fact("good")
                .plainly("Browsers remember to use only the protected address."),
            }
        }
    }
}

fn length(seconds: u64) -> String {
    match seconds {
        0..=7_199 => format!("{} minutes", seconds / 60),
        7_200..=172_799 => format!("{} hours", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}

/// Whether plain http sends the header as well, which browsers ignore.
fn over_http(seen: &Seen, host: &str) -> bool {
    seen.http.iter().flat_map(|chain| &chain.hops).any(|hop| {
        hop.url.scheme() == "http"
            && subject::is_on(&hop.url, host)
            && hop
                .response()
                .is_some_and(|r| r.header("strict-transport-security").is_some())
    })
}

/// The next step: what another answer of the host already promises, else the first stage above what is there.
fn next_max_age(all: &[Answer<'_>]) -> u64 {
    let best = all
        .iter()
        .filter_map(|a| match &a.state {
            State::Good(policy) | State::Short(policy) => Some(policy.max_age),
            _ => None,
        })
        .max()
        .unwrap_or(0);
    if best >= LEAST {
        return best;
    }
    STAGES
        .into_iter()
        .find(|stage| *stage > best)
        .unwrap_or(31_536_000)
}

fn remedy(all: &[Answer<'_>], case: Case<'_>) -> Remedy {
    let host = case.subject;
    let value = format!("max-age={}", next_max_age(all));
    let mut steps = vec![
        format!("Send `Strict-Transport-Security: {value}` on every https answer of {host}: redirects and error pages too (nginx: with `always`)."),
        "Raise it in steps while everything works over https: 300 (five minutes), 86400 (a day), 2592000 (a month), 31536000 (a year). From 15552000 on this check passes.".to_owned(),
        "Leave includeSubDomains and preload out for now: they bind every subdomain, also those that only speak http, and getting off the preload list takes months.".to_owned(),
    ];
    if all.iter().any(|a| a.fields.len() > 1) {
        steps.insert(0, "Find the two programs that add the header (edge and server, usually) and leave it to one.".to_owned());
    }
    remedy::configure(
        "web.hsts",
        steps,
        remedy::http::header(case.intent, host, "Strict-Transport-Security", &value),
        "Send `max-age=0` once: browsers that come by forget it. Removing the header alone leaves it in force until its time is over.",
    )
}

#[cfg(test)]
#[path = "hsts_tests.rs"]
mod tests;
