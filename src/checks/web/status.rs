//! `web.status`: the canonical URL, and the portal's front door, answer with the site itself (R16, trap 86).
//!
//! Asked with GET and a common browser's patience. A challenge page is unknown: the site behind it was not seen.

use url::Url;

use super::walk::{self, landing, line, show};
use crate::checks::answer::AnswerKind;
use crate::checks::rule::{Case, Judgement, Look, Meta, Rule};
use crate::checks::{evidence, subject};
use crate::model::finding::Remedy;
use crate::model::intent::{Intent, Role};
use crate::model::observation::FailureKind;
use crate::model::observation::http::{ChainEnd, HttpChain};
use crate::model::text::escape;
use crate::model::verdict::Severity;
use crate::remedy;

/// See the module.
pub struct Status;

impl Rule for Status {
    type Seen = Option<HttpChain>;

    const META: Meta = Meta {
        id: "web.status",
        title: "The site answers with its own page",
        severity: Severity::Blocker,
        intrusive: false,
        deadline_s: 30,
        version: 1,
        standards: &["RFC 9110 §15.3.1"],
        guide: include_str!("../../../assets/guides/web.status.md"),
    };

    fn subjects(&self, intent: &Intent) -> Vec<String> {
        let doors = intent
            .hosts
            .iter()
            .filter(|host| matches!(host.role, Role::App | Role::Portal))
            .filter_map(|host| subject::root("https", host.name.as_str()));
        let mut urls: Vec<String> = subject::canonical(intent)
            .into_iter()
            .chain(doors)
            .map(String::from)
            .collect();
        urls.sort();
        urls.dedup();
        urls
    }

    async fn observe(&self, look: Look<'_>) -> Option<HttpChain> {
        let url = Url::parse(look.subject).ok()?;
        Some(walk::follow(look.network, &url).await)
    }

    fn judge(&self, seen: &Option<HttpChain>, case: Case<'_>) -> Judgement {
        let Some(chain) = seen else {
            return Judgement::unknown(format!("{} is not a web address", escape(case.subject)));
        };
        let last = chain.last();
        judge_chain(chain, case)
            .detail(
                "status",
                last.and_then(|hop| hop.response()).map(|r| r.status),
            )
            .detail("ends_at", last.map(|hop| show(&hop.url)))
            .evidence(std::iter::once(evidence::chain(chain)).chain(last.map(evidence::http)))
    }
}

fn judge_chain(chain: &HttpChain, case: Case<'_>) -> Judgement {
    let down = "Visitors do not get the site; they get an error.";
    if !matches!(chain.end, ChainEnd::Answer | ChainEnd::Failed) {
        return Judgement::fail(format!(
            "{} leads to no page: {}",
            escape(case.subject),
            line(&chain.hops)
        ))
        .plainly("Visitors never arrive: the site's redirects lead nowhere.")
        .remedy(remedy(None, case));
    }
    if let Some(failure) = chain.last().and_then(|hop| hop.outcome.as_ref().err()) {
        let at = chain.last().map(|hop| show(&hop.url)).unwrap_or_default();
        let text = format!("{at}: {}", escape(&failure.text));
        return match failure.kind {
            FailureKind::Refused
            | FailureKind::Tls
            | FailureKind::Malformed
            | FailureKind::NoAddress => Judgement::fail(text)
                .plainly(down)
                .fact(format!("{:?}", failure.kind))
                .remedy(remedy(None, case)),
            _ => Judgement::unknown(text)
                .plainly("The site could not be looked at from here, so nothing can be said yet."),
        };
    }
    let landed = match landing(Some(chain), case.subject) {
        Ok(landed) => landed,
        Err(judgement) => return *judgement,
    };
    let (kind, status) = (landed.kind, landed.response.status);
    let text = format!(
        "{} answers {status} with {kind}",
        show(&landed.exchange.url)
    );
    let plain = plain(kind);
    let broken = || {
        Judgement::fail(text.clone())
            .plainly(plain)
            .remedy(remedy(Some(kind), case))
    };
    match kind {
        _ if kind.obscures() => Judgement::unknown(format!("{text}: the site behind it was not seen")).plainly(plain),
        AnswerKind::Page | AnswerKind::SignIn => elsewhere(&landed.exchange.url, kind, case)
            .unwrap_or_else(|| Judgement::pass(text.clone()).plainly(plain)),
        AnswerKind::Forbidden | AnswerKind::PasswordWall if is_closed_by_intent(case) => Judgement::warn(format!(
            "{text}: closed to strangers, but without a page at which clients could sign in"
        ))
        .severity(Severity::Fix)
        .plainly("Strangers are kept out, as they should be, but your clients see no page to sign in at either.")
        .remedy(remedy(Some(kind), case)),
        AnswerKind::Json | AnswerKind::Other => Judgement::warn(format!("{text}, not with a page"))
            .severity(Severity::Fix)
            .plainly("The address answers, but not with a page for people.")
            .remedy(remedy(Some(kind), case)),
        _ => broken(),
    }
}

/// A page on somebody else's site: right for a sign-in service, strange for a home page.
fn elsewhere(end: &Url, kind: AnswerKind, case: Case<'_>) -> Option<Judgement> {
    let start = Url::parse(case.subject).ok()?;
    let (from, to) = (start.host_str()?, end.host_str()?);
    if subject::same_site(from, to) || kind == AnswerKind::SignIn {
        return None;
    }
    Some(
        Judgement::warn(format!("{} ends on another site, {}", escape(case.subject), show(end)))
            .severity(Severity::Fix)
            .plainly("The address leads to somebody else's site. If that is meant, name that address in the intent.")
            .remedy(remedy(Some(kind), case)),
    )
}

fn is_closed_by_intent(case: Case<'_>) -> bool {
    let host = Url::parse(case.subject)
        .ok()
        .and_then(|url| url.host_str().map(str::to_owned));
    host.is_some_and(|host| matches!(subject::role(case.intent, &host), Role::App | Role::Portal))
}

fn plain(kind: AnswerKind) -> &'static str {
    match kind {
        AnswerKind::Page => "The site is up and shows its page.",
        AnswerKind::SignIn => "The site is up and asks visitors to sign in.",
        AnswerKind::Challenge { .. } | AnswerKind::RateLimited => {
            "A protection service answered in place of the site, so nothing can be said about the site itself. Look with a browser."
        }
        AnswerKind::Parked { .. } => {
            "The address shows a placeholder of a registrar or server, not your site."
        }
        AnswerKind::PlatformError { .. } => {
            "The hosting platform says that it has no site for this name."
        }
        AnswerKind::Maintenance => "Visitors are told to come back later.",
        AnswerKind::PasswordWall => {
            "Visitors are asked for a technical password before they see anything."
        }
        _ => "Visitors do not get the site; they get an error.",
    }
}

fn remedy(kind: Option<AnswerKind>, case: Case<'_>) -> Remedy {
    let first = match kind {
        Some(AnswerKind::Parked { .. }) => {
            "Point the DNS records of the name at the host that runs the site, and add the name there; the server that answers now does not know it."
        }
        Some(AnswerKind::PlatformError { .. }) => {
            "In the platform's project add this very name as a domain, make sure that a production deployment exists, and wait until the platform calls the domain valid."
        }
        Some(AnswerKind::Maintenance) => {
            "Switch the maintenance or coming-soon mode off, and purge the cache of the edge."
        }
        Some(AnswerKind::PasswordWall | AnswerKind::Forbidden) => {
            "Take the staging password or access rule off this name, or put the sign-in page in front of it."
        }
        Some(AnswerKind::NotFound | AnswerKind::SoftNotFound) => {
            "Deploy a page at this path, or correct the canonical URL in the intent."
        }
        Some(AnswerKind::ServerError) => {
            "Read the application's error log for this moment: a missing environment variable or an unreachable database are the usual causes after a move."
        }
        Some(AnswerKind::Page) => {
            "Say in the intent where the site lives, or correct the redirect."
        }
        _ => "Start with the findings on DNS and TLS of this name: the site is not reached at all.",
    };
    remedy::manual(
        "web.status",
        [
            first.to_owned(),
            format!(
                "Try it: curl -sSL -o /dev/null -w '%{{http_code}} %{{url_effective}}\\n' {}",
                case.subject
            ),
        ],
        "Roll back to the previous deployment or setting.",
    )
}

#[cfg(test)]
mod tests {
    use super::super::samples::*;
    use super::*;
    use crate::model::verdict::Verdict;

    const HOME: &str = "https://www.acme.example/";
    const PORTAL: &str = "https://portal.acme.example/";
    const FORM: &str = "<title>Sign in</title><form action=/session><input type=email><input type=password><button>Sign in</button></form>";

    #[test]
    fn subjects_are_the_canonical_url_and_the_portals() {
        assert_eq!(Status.subjects(&intent()), [PORTAL, HOME]);
    }

    #[test]
    fn a_status_alone_proves_nothing() {
        let intent = intent();
        let vercel = [
            ("server", "Vercel"),
            ("x-vercel-error", "DEPLOYMENT_NOT_FOUND"),
        ];
        let cf = [HTML, ("cf-mitigated", "challenge")];
        for (subject, chain, want) in [
            (
                HOME,
                page(HOME, 200, &[HTML], "<h1>Acme</h1>"),
                Verdict::Pass,
            ),
            (
                PORTAL,
                redirects(&[(PORTAL, 302)], "https://portal.acme.example/sign-in"),
                Verdict::Pass,
            ),
            (
                PORTAL,
                page("https://login.idp.example/", 200, &[HTML], FORM),
                Verdict::Pass,
            ),
            (
                HOME,
                page("https://other.test/", 200, &[HTML], "<h1>Other</h1>"),
                Verdict::Warn,
            ),
            (
                HOME,
                page(HOME, 403, &cf, "<title>Just a moment...</title>"),
                Verdict::Unknown,
            ),
            (HOME, page(HOME, 429, &[], ""), Verdict::Unknown),
            (
                HOME,
                page(HOME, 404, &vercel, "DEPLOYMENT_NOT_FOUND"),
                Verdict::Fail,
            ),
            (
                HOME,
                page(
                    HOME,
                    200,
                    &[HTML],
                    "<title>Welcome to nginx!</title>Thank you for using nginx.",
                ),
                Verdict::Fail,
            ),
            (
                HOME,
                page(HOME, 200, &[HTML], "<title>Coming soon</title>"),
                Verdict::Fail,
            ),
            (HOME, page(HOME, 200, &[HTML], ""), Verdict::Fail),
            (HOME, page(HOME, 404, &[HTML], "<h1>no</h1>"), Verdict::Fail),
            (HOME, page(HOME, 500, &[HTML], "<h1>no</h1>"), Verdict::Fail),
            (
                HOME,
                page(HOME, 401, &[("www-authenticate", "Basic realm=x")], ""),
                Verdict::Fail,
            ),
            (
                PORTAL,
                page(PORTAL, 401, &[("www-authenticate", "Basic realm=x")], ""),
                Verdict::Warn,
            ),
            (
                HOME,
                page(HOME, 200, &[("content-type", "application/json")], "{}"),
                Verdict::Warn,
            ),
            (HOME, failed(HOME, FailureKind::Refused), Verdict::Fail),
            (HOME, failed(HOME, FailureKind::Timeout), Verdict::Unknown),
            (HOME, failed(HOME, FailureKind::Reset), Verdict::Unknown),
        ] {
            let judged = Status.judge(&Some(chain), case(&intent, subject));
            assert_eq!(judged.verdict, want, "{}", judged.summary);
            assert_eq!(
                judged.remedy.is_some(),
                matches!(want, Verdict::Fail | Verdict::Warn)
            );
            assert!(!judged.plain.is_empty());
        }
    }

    #[test]
    fn redirects_without_an_end_are_no_page() {
        let intent = intent();
        let mut chain = redirects(&[(HOME, 302)], "https://www.acme.example/a");
        chain.end = ChainEnd::Loop(0);
        assert_eq!(
            Status.judge(&Some(chain), case(&intent, HOME)).verdict,
            Verdict::Fail
        );
    }
}
