//! `api.cors`: no page of somebody else may read the API with a visitor's session.
//!
//! Six requests a host: the portal's own origin, four foreign ones, one preflight. All signed out, so what the API says to
//! a signed-in browser may be laxer; what is seen here is already what every visitor's browser would get.

pub mod probe;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::checks::evidence;
use crate::checks::rule::{Case, Judgement, Look, Meta, Rule};
use crate::checks::sight::Kind;
use crate::checks::site::{root_of, service_hosts};
use crate::model::finding::{Remedy, Setting};
use crate::model::intent::{Intent, RouteClass};
use crate::model::text::escape;
use crate::model::verdict::{Confidence, Severity};
use crate::remedy::configure;

use probe::{Grant, Probe, Trick};

/// No foreign page may read the API.
pub struct Cors;

/// The answers to each origin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CorsSeen {
    /// Whether the route is one that a stranger must not get.
    pub is_closed: bool,
    pub probes: Vec<Probe>,
}

impl Rule for Cors {
    type Seen = CorsSeen;

    const META: Meta = Meta {
        id: "api.cors",
        title: "No foreign page may read the API",
        severity: Severity::Blocker,
        intrusive: false,
        deadline_s: 45,
        version: 1,
        standards: &["Fetch §3.2 (CORS protocol)", "OWASP ASVS 5.0 3.4.2"],
        guide: include_str!("../../../assets/guides/api.cors.md"),
    };

    /// One URL a host: its first API route, else its root.
    fn subjects(&self, intent: &Intent) -> Vec<String> {
        let mut subjects: Vec<Url> = Vec::new();
        let mut add = |url: Url| {
            if !subjects
                .iter()
                .any(|have| have.host_str() == url.host_str())
            {
                subjects.push(url);
            }
        };
        let concrete = |url: &str| {
            Url::parse(url)
                .ok()
                .filter(|u| matches!(u.scheme(), "http" | "https") && !url.contains(['{', '}']))
        };
        intent
            .routes_of(RouteClass::Api)
            .filter_map(|route| concrete(&route.url))
            .for_each(&mut add);
        service_hosts(intent)
            .iter()
            .filter_map(root_of)
            .for_each(add);
        subjects.iter().map(ToString::to_string).collect()
    }

    async fn observe(&self, look: Look<'_>) -> CorsSeen {
        let is_closed = look.intent.routes.iter().any(|route| {
            route.class != RouteClass::Public
                && Url::parse(&route.url).is_ok_and(|url| url.as_str() == look.subject)
        });
        CorsSeen {
            is_closed,
            probes: probe::look(look).await,
        }
    }

    fn judge(&self, seen: &CorsSeen, case: Case<'_>) -> Judgement {
        let shown = seen
            .probes
            .iter()
            .filter(|probe| probe.grant() != Grant::Nothing || probe.trick == Trick::Foreign)
            .take(4)
            .map(|probe| evidence::http_with(&probe.sight.exchange, &probe.headers()));
        conclude(seen, &escape(case.subject)).evidence(shown)
    }
}

fn conclude(seen: &CorsSeen, url: &str) -> Judgement {
    let foreign = || seen.probes.iter().filter(|probe| probe.trick.is_foreign());
    let actual = || foreign().filter(|probe| probe.trick != Trick::Preflight);
    if let Some(probe) = actual().find(|p| p.grant() == Grant::WithCredentials) {
        return Judgement::fail(format!(
            "{url} lets {} read it with the visitor's cookies (`Access-Control-Allow-Credentials: true`)",
            probe.trick.words()
        ))
        .plainly("A page on any foreign site can read your clients' data while they are signed in.")
        .detail("origin", escape(&probe.origin))
        .remedy(restrict());
    }
    let unseen = foreign().find(|probe| probe.sight.kind == Kind::Unseen);
    let is_private = seen.is_closed
        || seen
            .probes
            .iter()
            .any(|p| matches!(p.sight.kind, Kind::Refusal));
    if let Some(probe) = actual().find(|p| p.grant() == Grant::Read) {
        return readable(probe, is_private, url);
    }
    if let Some(probe) = unseen {
        return Judgement::unknown(format!(
            "{url} could not be looked at: {}",
            probe.sight.says
        ))
        .plainly("We could not see whether foreign pages may read the API.");
    }
    if let Some(probe) = seen.probes.iter().find(|p| p.sight.kind == Kind::Away) {
        return Judgement::unknown(format!("{url} answers with {}", probe.sight.says))
            .plainly("We could not see whether foreign pages may read the API.");
    }
    match oddity(seen) {
        Some(what) => Judgement::warn(format!("{url} refuses foreign origins, but {what}"))
            .severity(Severity::Advice)
            .plainly("Foreign pages cannot read your API; a detail of the rule deserves a look.")
            .remedy(restrict()),
        None => Judgement::pass(format!("{url} lets no foreign origin read it"))
            .plainly("Pages on other sites cannot read your clients' data."),
    }
}

/// Readable by any page, without cookies: harmless for public data, wrong for what needs a sign-in.
fn readable(probe: &Probe, is_private: bool, url: &str) -> Judgement {
    let how = if probe.is_wildcard() {
        "any origin (`*`)".to_owned()
    } else {
        probe.trick.words().to_owned()
    };
    if is_private {
        return Judgement::fail(format!("{url} needs a sign-in and still lets {how} read it (without cookies)"))
            .severity(Severity::Fix)
            .confidence(Confidence::Likely)
            .plainly("The part of your system that needs a sign-in tells browsers that any foreign page may read its answers.")
            .detail("origin", escape(&probe.origin))
            .remedy(restrict());
    }
    Judgement::pass(format!(
        "{url} is public, and lets {how} read it without cookies"
    ))
    .plainly("This part is public, so other sites may read it too.")
    .detail("origin", escape(&probe.origin))
}

/// Things that confuse browsers or caches without opening anything.
fn oddity(seen: &CorsSeen) -> Option<&'static str> {
    let preflight = seen.probes.iter().find(|p| p.trick == Trick::Preflight);
    if preflight.is_some_and(|p| p.grant() == Grant::WithCredentials) {
        return Some("its preflight answer allows them with credentials");
    }
    if preflight.is_some_and(|p| p.sight.kind == Kind::ServerError) {
        return Some("its preflight answer is a server error");
    }
    if seen.probes.iter().any(Probe::is_doubled) {
        return Some(
            "it sends `Access-Control-Allow-Origin` twice, which browsers refuse altogether",
        );
    }
    if seen
        .probes
        .iter()
        .any(|p| p.is_wildcard() && p.allows_credentials())
    {
        return Some("it sends `*` together with credentials, which browsers refuse");
    }
    let own = seen.probes.iter().find(|p| p.trick == Trick::Own)?;
    let differs = own.allow_origin().is_some_and(|v| v == own.origin);
    (differs && !own.varies_by_origin())
        .then_some("it answers each origin differently without `Vary: Origin`, so a cache may mix the answers up")
}

fn restrict() -> Remedy {
    configure(
        Cors::META.id,
        [
            "Compare the `Origin` of a request with a list of whole origins (scheme, host, port), by equality: no `endsWith`, no `includes`, no pattern.",
            "Send `Access-Control-Allow-Origin` only for an origin on the list, and `Vary: Origin` with every answer.",
            "Never allow `null`; never answer with the origin that was asked.",
            "If the portal and its API share one host, send no CORS headers at all.",
        ],
        vec![Setting {
            place: "the API's CORS settings".to_owned(),
            name: "allowed origins".to_owned(),
            value: "the portal's own origin, nothing else".to_owned(),
        }],
        "Put the old list back; foreign pages can then read the API again.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::sight::Sight;
    use crate::checks::sight::samples::{CHALLENGE, HTML, JSON, exchange, silent};
    use crate::model::name::HostName;
    use crate::model::observation::http::HttpExchange;
    use crate::model::verdict::Verdict;

    const URL: &str = "https://api.acme.example/v1/invoices";

    /// The API that answers an origin with the headers that `says` gives.
    fn seen(says: &dyn Fn(&str) -> Vec<(String, String)>) -> CorsSeen {
        let url: Url = URL.parse().unwrap();
        let probes = Trick::ALL.iter().map(|trick| {
            let origin = trick.origin(&url, "acme.example", "https://www.acme.example");
            let headers = says(&origin);
            let mut list: Vec<(&str, &str)> = headers
                .iter()
                .map(|(n, v)| (n.as_str(), v.as_str()))
                .collect();
            list.push(JSON);
            Probe {
                trick: *trick,
                sight: Sight::of(&exchange(URL, 401, &list, r#"{"error":"unauthorized"}"#)),
                origin,
            }
        });
        CorsSeen {
            is_closed: true,
            probes: probes.collect(),
        }
    }

    fn allow(value: &str, credentials: bool) -> Vec<(String, String)> {
        let mut headers = vec![
            ("access-control-allow-origin".to_owned(), value.to_owned()),
            ("vary".to_owned(), "Accept, origin".to_owned()),
        ];
        if credentials {
            headers.push((
                "access-control-allow-credentials".to_owned(),
                "true".to_owned(),
            ));
        }
        headers
    }

    fn verdict(seen: &CorsSeen) -> (Verdict, String) {
        let intent = Intent::of(HostName::parse("acme.example").unwrap());
        let case = Case {
            subject: URL,
            intent: &intent,
            now: jiff::Timestamp::UNIX_EPOCH,
        };
        let judgement = Cors.judge(seen, case);
        (judgement.verdict, judgement.summary)
    }

    type Policy = Box<dyn Fn(&str) -> Vec<(String, String)>>;

    #[test]
    fn policies_and_verdicts() {
        let own = "https://www.acme.example";
        let policies: Vec<(Policy, Verdict, &str)> = vec![
            (Box::new(|_| Vec::new()), Verdict::Pass, "no foreign origin"),
            (
                Box::new(move |o| if o == own { allow(o, true) } else { Vec::new() }),
                Verdict::Pass,
                "no foreign",
            ),
            (
                Box::new(|_| allow("https://www.acme.example", true)),
                Verdict::Pass,
                "no foreign",
            ),
            (Box::new(|o| allow(o, true)), Verdict::Fail, "any origin"),
            (
                Box::new(|o| {
                    if o == "null" {
                        allow(o, true)
                    } else {
                        Vec::new()
                    }
                }),
                Verdict::Fail,
                "`null`",
            ),
            (
                Box::new(|o| {
                    if o.ends_with("acme.example") {
                        allow(o, true)
                    } else {
                        Vec::new()
                    }
                }),
                Verdict::Fail,
                "ends like",
            ),
            (
                Box::new(|o| {
                    if o.starts_with("https://acme.example") {
                        allow(o, true)
                    } else {
                        Vec::new()
                    }
                }),
                Verdict::Fail,
                "begins like",
            ),
            (Box::new(|_| allow("*", false)), Verdict::Fail, "`*`"),
            (Box::new(|_| allow("*", true)), Verdict::Fail, "`*`"),
            (
                Box::new(|o| allow(o, false)),
                Verdict::Fail,
                "without cookies",
            ),
        ];
        for (policy, want, words) in &policies {
            let (verdict, summary) = verdict(&seen(policy.as_ref()));
            assert_eq!(verdict, *want, "{summary}");
            assert!(summary.contains(words), "{words}: {summary}");
        }
    }

    #[test]
    fn an_answer_without_vary_deserves_a_look() {
        let mut world = seen(&|o| {
            if o == "https://www.acme.example" {
                allow(o, true)
            } else {
                Vec::new()
            }
        });
        for probe in &mut world.probes {
            if let Ok(response) = &mut probe.sight.exchange.outcome {
                response.headers.retain(|(name, _)| name != "vary");
            }
        }
        assert_eq!(verdict(&world).0, Verdict::Warn);
    }

    #[test]
    fn silence_and_challenges_are_unknown() {
        let dead = |answer: &HttpExchange| {
            let mut world = seen(&|_| Vec::new());
            for probe in &mut world.probes {
                probe.sight = Sight::of(answer);
            }
            verdict(&world).0
        };
        assert_eq!(dead(&silent(URL)), Verdict::Unknown);
        let challenge = exchange(URL, 403, &[HTML, ("cf-mitigated", "challenge")], CHALLENGE);
        assert_eq!(dead(&challenge), Verdict::Unknown);
    }

    #[test]
    fn a_public_answer_may_be_read() {
        let mut world = seen(&|_| allow("*", false));
        world.is_closed = false;
        for probe in &mut world.probes {
            let headers = [("access-control-allow-origin", "*"), JSON];
            probe.sight = Sight::of(&exchange(URL, 200, &headers, r#"{"plans":["a"]}"#));
        }
        assert_eq!(verdict(&world).0, Verdict::Pass);
    }

    #[test]
    fn one_subject_a_host() {
        let text = r#"
            domain = "acme.example"
            [[host]]
            name = "api.acme.example"
            role = "api"
            [[host]]
            name = "portal.acme.example"
            role = "portal"
            [[route]]
            url = "https://api.acme.example/v1/invoices"
            class = "api"
            [[route]]
            url = "https://api.acme.example/v1/orders"
            class = "api"
        "#;
        let intent: Intent = toml::from_str(text).unwrap();
        assert_eq!(
            Cors.subjects(&intent),
            [
                "https://api.acme.example/v1/invoices",
                "https://portal.acme.example/"
            ]
        );
    }
}
