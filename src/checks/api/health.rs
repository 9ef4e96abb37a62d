//! `api.health`: there is an endpoint by which a monitor can tell that the service is well.
//!
//! It answers 200 with a small JSON body and gives nothing away. The shell of a web app that answers 200 to everything is
//! no health endpoint, and a body that says "down" is not healthy whatever its status.

pub mod report;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::checks::evidence;
use crate::checks::rule::{Case, Judgement, Look, Meta, Rule};
use crate::checks::sight::{Kind, Sight};
use crate::checks::site::service_hosts;
use crate::model::finding::Remedy;
use crate::model::intent::{Intent, RouteClass};
use crate::model::text::escape;
use crate::model::verdict::{Confidence, Severity};
use crate::remedy::manual;

use report::{LARGEST, Report};

/// Where health endpoints usually are.
const USUAL: [&str; 3] = ["/health", "/healthz", "/api/health"];
/// Hosts on which the usual places are tried.
const HOSTS: usize = 2;

/// A small, healthy, discreet answer.
pub struct Health;

/// What was asked, in order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HealthSeen {
    /// Whether the address was named in the intent.
    pub is_named: bool,
    pub tries: Vec<Try>,
}

/// One address, its answer, and what the body said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Try {
    pub sight: Sight,
    /// `None` when the body is no JSON object or array.
    pub report: Option<Report>,
}

impl Rule for Health {
    type Seen = HealthSeen;

    const META: Meta = Meta {
        id: "api.health",
        title: "A health endpoint answers 200 with a small JSON body",
        severity: Severity::Fix,
        intrusive: false,
        deadline_s: 45,
        version: 1,
        standards: &["RFC 9110 §15.3.1", "RFC 8259"],
        guide: include_str!("../../../assets/guides/api.health.md"),
    };

    /// The addresses that the intent names; the domain, when the usual places have to be tried.
    fn subjects(&self, intent: &Intent) -> Vec<String> {
        let named = named(intent);
        if named.is_empty() {
            vec![intent.domain.to_string()]
        } else {
            named
        }
    }

    async fn observe(&self, look: Look<'_>) -> HealthSeen {
        let named: Option<Url> = named(look.intent)
            .iter()
            .find(|url| *url == look.subject)
            .and_then(|url| Url::parse(url).ok());
        let mut seen = HealthSeen {
            is_named: named.is_some(),
            tries: Vec::new(),
        };
        let urls = named.map_or_else(|| usual(look.intent), |url| vec![url]);
        for url in urls {
            let answer = look.network.get(&url).await;
            let attempt = Try {
                sight: Sight::of(&answer),
                report: answer.response().and_then(Report::of),
            };
            let found = attempt.is_an_endpoint();
            seen.tries.push(attempt);
            if found {
                break;
            }
        }
        seen
    }

    fn judge(&self, seen: &HealthSeen, case: Case<'_>) -> Judgement {
        let found = seen.tries.iter().find(|attempt| attempt.is_an_endpoint());
        let judgement = match found {
            Some(attempt) => judge_endpoint(attempt),
            None => none(seen, case),
        };
        let shown = found.or_else(|| seen.tries.first());
        judgement.evidence(shown.map(|attempt| evidence::http(&attempt.sight.exchange)))
    }
}

/// Public routes and monitors whose path speaks of health.
fn named(intent: &Intent) -> Vec<String> {
    let routes = intent
        .routes_of(RouteClass::Public)
        .filter(|route| !route.url.contains(['{', '}']))
        .filter_map(|route| Url::parse(&route.url).ok());
    let monitors = intent.monitors.iter().map(|monitor| monitor.url.clone());
    let mut urls: Vec<String> = Vec::new();
    for url in routes.chain(monitors).filter(is_about_health) {
        let url = url.to_string();
        if !urls.contains(&url) {
            urls.push(url);
        }
    }
    urls
}

/// Whether an address reads like a health endpoint.
pub fn is_about_health(url: &Url) -> bool {
    let path = url.path().to_ascii_lowercase();
    path.split('/').any(|part| {
        matches!(
            part,
            "status" | "ping" | "livez" | "readyz" | "up" | "alive" | "ready"
        ) || part.starts_with("health")
    })
}

fn usual(intent: &Intent) -> Vec<Url> {
    service_hosts(intent)
        .iter()
        .take(HOSTS)
        .flat_map(|host| {
            USUAL
                .iter()
                .map(move |path| format!("https://{host}{path}"))
        })
        .filter_map(|url| Url::parse(&url).ok())
        .collect()
}

impl Try {
    /// Whether it is an endpoint at all, well or not: JSON, or a plain word, with a status of its own.
    fn is_an_endpoint(&self) -> bool {
        match self.sight.kind {
            Kind::Json | Kind::Other | Kind::Empty => true,
            Kind::ServerError => self.report.is_some(),
            _ => false,
        }
    }
}

fn judge_endpoint(attempt: &Try) -> Judgement {
    let sight = &attempt.sight;
    let url = escape(sight.exchange.url.as_str());
    let status = sight.status();
    let bytes = sight.exchange.response().map_or(0, |r| r.body_bytes);
    let judgement = match &attempt.report {
        Some(report) if !report.secrets.is_empty() => Judgement::fail(format!(
            "{url} gives secrets away: fields {}",
            report.secrets.join(", ")
        ))
        .severity(Severity::Blocker)
        .plainly("The address by which you watch the service tells passwords or keys to everybody.")
        .remedy(discreet()),
        _ if status != 200 => Judgement::fail(format!("{url} answers {status}, not 200"))
            .plainly("The service itself says that it is not well.")
            .remedy(manual(
                Health::META.id,
                ["Read the service's log: the endpoint says that something it needs is missing. Or answer 200 when all is well."],
                "Nothing to undo.",
            )),
        None => Judgement::warn(format!("{url} answers 200, but not with JSON"))
            .severity(Severity::Advice)
            .plainly("The address by which you watch the service works; a small structured answer would tell more.")
            .remedy(make()),
        Some(report) if report.says_down => Judgement::fail(format!("{url} answers 200 while its body says that something is down"))
            .plainly("The service says that it is not well, in a way that monitors overlook.")
            .remedy(manual(
                Health::META.id,
                ["Answer 503 when a part that the service cannot do without is down; monitors look at the status first."],
                "Put the old answer back.",
            )),
        Some(_) if bytes > LARGEST => Judgement::warn(format!("{url} answers with {bytes} bytes; {LARGEST} are plenty"))
            .severity(Severity::Advice)
            .plainly("The address by which you watch the service says more than a monitor needs.")
            .remedy(discreet()),
        Some(_) => Judgement::pass(format!("{url} answers 200 with {bytes} bytes of JSON"))
            .plainly("There is an address by which a monitor can tell that the service is well."),
    };
    judgement
        .detail("url", url)
        .detail("status", status)
        .detail("bytes", bytes)
        .fact(format!("{status} {:?}", attempt.report))
}

fn none(seen: &HealthSeen, case: Case<'_>) -> Judgement {
    let tried: Vec<String> = seen
        .tries
        .iter()
        .map(|attempt| escape(attempt.sight.exchange.url.as_str()))
        .collect();
    let unseen = seen.tries.iter().find(|attempt| !attempt.sight.is_seen());
    if let Some(attempt) = unseen {
        return Judgement::unknown(format!(
            "{} could not be looked at: {}",
            escape(attempt.sight.exchange.url.as_str()),
            attempt.sight.says
        ))
        .plainly("We could not look for the address by which a monitor watches the service.");
    }
    let last = seen.tries.last().map_or_else(String::new, |attempt| {
        format!(
            " ({}: {} {})",
            escape(attempt.sight.exchange.url.as_str()),
            attempt.sight.status(),
            attempt.sight.says
        )
    });
    if seen.is_named {
        return Judgement::fail(format!(
            "{} is no health endpoint{last}",
            escape(case.subject)
        ))
        .plainly(
            "The address that is meant for monitoring does not tell whether the service is well.",
        )
        .detail("tried", tried)
        .remedy(make());
    }
    Judgement::fail(format!(
        "no health endpoint at the usual places: {}",
        tried.join(", ")
    ))
    .confidence(Confidence::Guess)
    .plainly("We found no address by which a monitor could tell that the service is well.")
    .detail("tried", tried)
    .remedy(make())
}

fn make() -> Remedy {
    manual(
        Health::META.id,
        [
            "Add `GET /health`: check what the service cannot do without (the database), answer 200 with `{\"status\":\"ok\"}`, else 503.",
            "No version numbers, no settings, no names of hosts in it; no sign-in in front of it; `Cache-Control: no-store`.",
            "If it exists elsewhere, name it in the intent: `[[route]]` with its `url` and `class = \"public\"`.",
        ],
        "Remove the route again.",
    )
}

fn discreet() -> Remedy {
    manual(
        Health::META.id,
        [
            "Answer with a word for each part (`ok`, `down`) and nothing else.",
            "Whatever secret it gave away is known to others now: rotate it today.",
        ],
        "Put the old answer back.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::sight::samples::{CHALLENGE, HTML, JSON, exchange, silent};
    use crate::model::name::HostName;
    use crate::model::observation::http::HttpExchange;
    use crate::model::verdict::Verdict;

    const URL: &str = "https://api.acme.example/health";

    fn verdict(answer: &HttpExchange) -> Judgement {
        let intent = Intent::of(HostName::parse("acme.example").unwrap());
        let seen = HealthSeen {
            is_named: true,
            tries: vec![Try {
                sight: Sight::of(answer),
                report: answer.response().and_then(Report::of),
            }],
        };
        let case = Case {
            subject: URL,
            intent: &intent,
            now: jiff::Timestamp::UNIX_EPOCH,
        };
        Health.judge(&seen, case)
    }

    #[test]
    fn answers_and_verdicts() {
        let big = format!("{{\"status\":\"ok\",\"log\":\"{}\"}}", "x".repeat(5_000));
        for (answer, want) in [
            (
                exchange(URL, 200, &[JSON], r#"{"status":"ok"}"#),
                Verdict::Pass,
            ),
            (
                exchange(URL, 200, &[JSON], r#"{"status":"down"}"#),
                Verdict::Fail,
            ),
            (exchange(URL, 200, &[JSON], &big), Verdict::Warn),
            (
                exchange(
                    URL,
                    200,
                    &[JSON],
                    r#"{"status":"ok","DATABASE_URL":"postgres://a:b@c/d"}"#,
                ),
                Verdict::Fail,
            ),
            (
                exchange(URL, 200, &[("content-type", "text/plain")], "OK"),
                Verdict::Warn,
            ),
            (
                exchange(
                    URL,
                    200,
                    &[HTML],
                    "<title>Acme</title><div id=root></div><p>the app</p>",
                ),
                Verdict::Fail,
            ),
            (
                exchange(URL, 503, &[JSON], r#"{"status":"down"}"#),
                Verdict::Fail,
            ),
            (
                exchange(URL, 404, &[JSON], r#"{"error":"not found"}"#),
                Verdict::Fail,
            ),
            (
                exchange(URL, 401, &[JSON], r#"{"error":"unauthorized"}"#),
                Verdict::Fail,
            ),
            (
                exchange(URL, 403, &[HTML, ("cf-mitigated", "challenge")], CHALLENGE),
                Verdict::Unknown,
            ),
            (silent(URL), Verdict::Unknown),
        ] {
            let judgement = verdict(&answer);
            assert_eq!(judgement.verdict, want, "{}", judgement.summary);
        }
    }

    #[test]
    fn a_secret_is_named_by_its_field_and_never_shown() {
        let body = r#"{"env":{"STRIPE_SECRET_KEY":"sk_live_abcdefgh"}}"#;
        let judgement = verdict(&exchange(URL, 200, &[JSON], body));
        assert_eq!(judgement.severity, Some(Severity::Blocker));
        let all = format!("{judgement:?}");
        assert!(
            all.contains("STRIPE_SECRET_KEY") && !all.contains("sk_live"),
            "{all}"
        );
    }

    #[test]
    fn a_guess_is_no_certainty() {
        let intent = Intent::of(HostName::parse("acme.example").unwrap());
        assert_eq!(Health.subjects(&intent), ["acme.example"]);
        let urls = usual(&intent);
        assert_eq!(urls[0].as_str(), "https://acme.example/health");
    }
}
