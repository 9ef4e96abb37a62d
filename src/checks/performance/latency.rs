//! `performance.latency`: core routes answer within half a second, nineteen times out of twenty.
//!
//! One cold request, then warm ones on the same connection, each due at a fixed interval and timed from when it was due, so
//! that a server that stalls cannot hide it. Requests without an answer count as slower than any limit.

use serde::{Deserialize, Serialize};
use url::Url;

use crate::checks::answer::is_sign_in_path;
use crate::checks::api::health::is_about_health;
use crate::checks::evidence;
use crate::checks::rule::{Case, Judgement, Look, Meta, Rule};
use crate::checks::site::home;
use crate::model::finding::Remedy;
use crate::model::intent::{Intent, Role, RouteClass};
use crate::model::observation::http::Timing;
use crate::model::text::escape;
use crate::model::verdict::{Confidence, Severity};
use crate::remedy::manual;

use super::sample::percentile;

/// The gate, milliseconds.
const LIMIT_MS: f64 = 500.0;
/// Warm requests to a host that has one core route, and to each route when it has several.
const ALONE: usize = 20;
const SHARED: usize = 10;
/// Fewer answers than this prove nothing.
const LEAST: usize = 10;
/// Core routes on one host that are measured.
const A_HOST: usize = 2;

/// Core routes answer quickly.
pub struct Latency;

/// The times of one route.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LatencySeen {
    pub timing: Option<Timing>,
}

impl Rule for Latency {
    type Seen = LatencySeen;

    const META: Meta = Meta {
        id: "performance.latency",
        title: "Core routes answer within 500 ms at p95",
        severity: Severity::Fix,
        intrusive: false,
        deadline_s: 90,
        version: 1,
        standards: &["Launch gate: p95 < 500 ms on core actions"],
        guide: include_str!("../../../assets/guides/performance.latency.md"),
    };

    fn subjects(&self, intent: &Intent) -> Vec<String> {
        routes(intent).iter().map(ToString::to_string).collect()
    }

    async fn observe(&self, look: Look<'_>) -> LatencySeen {
        let all = routes(look.intent);
        let Some(url) = all.iter().find(|url| url.as_str() == look.subject) else {
            return LatencySeen { timing: None };
        };
        let there = all
            .iter()
            .filter(|u| u.host_str() == url.host_str())
            .count();
        let warm = if there > 1 { SHARED } else { ALONE };
        LatencySeen {
            timing: Some((*look.network.time_requests(url, warm).await).clone()),
        }
    }

    fn judge(&self, seen: &LatencySeen, case: Case<'_>) -> Judgement {
        let url = escape(case.subject);
        match &seen.timing {
            Some(timing) => judge_timing(timing, &url).evidence([evidence::timing(timing)]),
            None => Judgement::unknown(format!("{url} was not measured"))
                .plainly("We could not measure how long people wait here."),
        }
    }
}

/// Home, sign-in and API health, at most two on one host.
fn routes(intent: &Intent) -> Vec<Url> {
    let public: Vec<Url> = intent
        .routes_of(RouteClass::Public)
        .filter(|route| route.method.eq_ignore_ascii_case("GET") && !route.url.contains(['{', '}']))
        .filter_map(|route| Url::parse(&route.url).ok())
        .filter(|url| matches!(url.scheme(), "http" | "https"))
        .collect();
    let monitored = intent.monitors.iter().map(|m| m.url.clone());
    let health = public
        .iter()
        .cloned()
        .chain(monitored)
        .find(is_about_health)
        .or_else(|| {
            let host = intent.host_of(Role::Api)?;
            Url::parse(&format!("https://{}/health", host.name)).ok()
        });
    let sign_in = public
        .iter()
        .find(|url| is_sign_in_path(url.path()))
        .cloned();
    let mut urls: Vec<Url> = Vec::new();
    for url in [home(intent), sign_in, health].into_iter().flatten() {
        let there = urls
            .iter()
            .filter(|u| u.host_str() == url.host_str())
            .count();
        if there < A_HOST && !urls.contains(&url) {
            urls.push(url);
        }
    }
    urls
}

fn judge_timing(timing: &Timing, url: &str) -> Judgement {
    let answered = timing.statuses.len();
    let sound = timing
        .statuses
        .iter()
        .filter(|status| matches!(status, 200..=399))
        .count();
    if answered == 0 {
        let why = timing
            .failures
            .first()
            .map_or_else(|| "no answer".to_owned(), |failure| escape(&failure.text));
        return unknown(url, &why);
    }
    if sound * 10 < answered * 9 {
        let odd = timing.statuses.iter().find(|s| !matches!(s, 200..=399));
        let why = format!(
            "{} of {answered} answers were errors ({}), whose times say nothing",
            answered - sound,
            odd.copied().unwrap_or_default()
        );
        return unknown(url, &why);
    }
    let mut times = timing.warm_ms.clone();
    times.extend(timing.failures.iter().map(|_| f64::INFINITY));
    if times.len() < LEAST {
        return unknown(
            url,
            &format!("only {} samples, {LEAST} are needed", times.len()),
        );
    }
    measured(timing, url, &times)
}

fn unknown(url: &str, why: &str) -> Judgement {
    Judgement::unknown(format!("{url} could not be measured: {why}"))
        .plainly("We could not measure how long people wait here.")
        .fact(why.to_owned())
}

fn measured(timing: &Timing, url: &str, times: &[f64]) -> Judgement {
    let at = |share: f64| percentile(times, share).unwrap_or(f64::INFINITY);
    let (p50, p95) = (at(0.5), at(0.95));
    let (fastest, slowest) = (at(0.0), at(1.0));
    let cold = timing.cold_ms.map_or_else(
        || "no cold sample".to_owned(),
        |ms| format!("cold {ms:.0} ms"),
    );
    let lost = match timing.failures.len() {
        0 => String::new(),
        count => format!(", {count} without an answer"),
    };
    let figures = format!(
        "p95 {}, p50 {}, {} to {}, n {}{lost}, {cold}",
        ms(p95),
        ms(p50),
        ms(fastest),
        ms(slowest),
        times.len()
    );
    let judgement = if p95 < LIMIT_MS {
        Judgement::pass(format!("{url}: {figures}"))
            .plainly("People do not have to wait here.")
            .fact("p95 below the limit")
    } else {
        Judgement::fail(format!("{url}: {figures}; the limit is {LIMIT_MS:.0} ms"))
            .confidence(Confidence::Likely)
            .plainly("People have to wait here: one answer in twenty takes half a second or more.")
            .fact("p95 at or above the limit")
            .remedy(quicken())
    };
    judgement
        .detail("n", times.len())
        .detail("p50_ms", rounded(p50))
        .detail("p95_ms", rounded(p95))
        .detail("min_ms", rounded(fastest))
        .detail("max_ms", rounded(slowest))
        .detail("cold_ms", timing.cold_ms.map(rounded))
        .detail("failures", timing.failures.len())
        .detail(
            "method",
            "nearest rank, warm connection, timed from when each request was due",
        )
}

fn ms(value: f64) -> String {
    if value.is_finite() {
        format!("{value:.0} ms")
    } else {
        "no answer".to_owned()
    }
}

fn rounded(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

fn quicken() -> Remedy {
    manual(
        Latency::META.id,
        [
            "Measure from the server's own region first: if it is quick there, distance is the cause, and an edge or a nearer region is the cure.",
            "Look at the slowest answers: a database query without an index, a call to another service, a process that sleeps between requests.",
            "A cold figure far above the warm ones means that instances are started on demand: keep one warm.",
        ],
        "Nothing to undo: measuring changes nothing.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::name::HostName;
    use crate::model::observation::{Failure, FailureKind};
    use crate::model::verdict::Verdict;

    const URL: &str = "https://www.acme.example/";

    fn timing(warm: &[f64], status: u16, lost: usize) -> Timing {
        Timing {
            url: URL.parse().unwrap(),
            at: jiff::Timestamp::UNIX_EPOCH,
            cold_ms: (!warm.is_empty()).then_some(120.0),
            warm_ms: warm.to_vec(),
            statuses: vec![status; if warm.is_empty() { 0 } else { warm.len() + 1 }],
            failures: vec![Failure::new(FailureKind::Timeout, "no answer in 5 s"); lost],
        }
    }

    fn verdict(timing: Timing) -> Judgement {
        let intent = Intent::of(HostName::parse("acme.example").unwrap());
        let case = Case {
            subject: URL,
            intent: &intent,
            now: jiff::Timestamp::UNIX_EPOCH,
        };
        Latency.judge(
            &LatencySeen {
                timing: Some(timing),
            },
            case,
        )
    }

    #[test]
    fn times_and_verdicts() {
        let quick = vec![40.0; 20];
        let mut one_slow = quick.clone();
        one_slow[7] = 900.0;
        let mut two_slow = one_slow.clone();
        two_slow[3] = 501.0;
        for (times, status, lost, want) in [
            (quick.clone(), 200, 0, Verdict::Pass),
            (quick.clone(), 302, 0, Verdict::Pass),
            (one_slow, 200, 0, Verdict::Pass),
            (two_slow, 200, 0, Verdict::Fail),
            (vec![500.0; 20], 200, 0, Verdict::Fail),
            (vec![499.9; 20], 200, 0, Verdict::Pass),
            (vec![40.0; 18], 200, 2, Verdict::Fail),
            (quick.clone(), 429, 0, Verdict::Unknown),
            (quick.clone(), 404, 0, Verdict::Unknown),
            (vec![40.0; 9], 200, 0, Verdict::Unknown),
            (Vec::new(), 200, 21, Verdict::Unknown),
        ] {
            let judgement = verdict(timing(&times, status, lost));
            assert_eq!(judgement.verdict, want, "{}", judgement.summary);
        }
    }

    #[test]
    fn times_are_no_new_fact() {
        let one = verdict(timing(&[40.0; 20], 200, 0));
        let other = verdict(timing(&[55.0; 20], 200, 0));
        assert_eq!(one.fact, other.fact);
        assert_ne!(one.summary, other.summary);
    }

    #[test]
    fn core_routes_are_home_sign_in_and_health() {
        let text = r#"
            domain = "acme.example"
            canonical = "https://www.acme.example/"
            [[host]]
            name = "api.acme.example"
            role = "api"
            [[route]]
            url = "https://portal.acme.example/sign-in"
            class = "public"
            [[route]]
            url = "https://portal.acme.example/app"
            class = "protected"
        "#;
        let intent: Intent = toml::from_str(text).unwrap();
        assert_eq!(
            Latency.subjects(&intent),
            [
                "https://www.acme.example/",
                "https://portal.acme.example/sign-in",
                "https://api.acme.example/health"
            ]
        );
        let bare = Intent::of(HostName::parse("acme.example").unwrap());
        assert_eq!(Latency.subjects(&bare), ["https://acme.example/"]);
    }
}
