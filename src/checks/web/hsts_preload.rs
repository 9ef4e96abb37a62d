//! `web.hsts-preload`: where the intent asks for it, the domain may go onto the browsers' built-in list without locking anybody
//! out (R12 R13, traps 75 and 89).
//!
//! Not asked for is the rule. But a `preload` in the header is a consent that anybody can hand in at the list, so it is a
//! warning where nobody meant it.

use futures_util::future::join_all;
use serde::{Deserialize, Serialize};

use super::hsts_header::{Policy, parse};
use super::preload_rules::{self, Row};
use super::walk;
use crate::checks::rule::{Case, Judgement, Look, Meta, Rule};
use crate::checks::{evidence, subject};
use crate::model::exhibit::{Exhibit, TableRow};
use crate::model::finding::Remedy;
use crate::model::intent::Intent;
use crate::model::name::HostName;
use crate::model::observation::http::HttpChain;
use crate::model::text::escape;
use crate::model::verdict::{Severity, Verdict};
use crate::remedy;

/// See the module.
pub struct HstsPreload;

/// The domain's two front doors, and those of every host of the inventory below it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    pub http: Option<HttpChain>,
    pub https: Option<HttpChain>,
    pub hosts: Vec<Door>,
}

/// A host below the domain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Door {
    pub host: String,
    pub https: Option<HttpChain>,
    /// Looked at only where preloading is meant and https shows nothing.
    pub http: Option<HttpChain>,
}

impl Rule for HstsPreload {
    type Seen = Seen;

    const META: Meta = Meta {
        id: "web.hsts-preload",
        title: "HSTS preloading is not asked for, or nobody would be locked out",
        severity: Severity::Fix,
        intrusive: false,
        deadline_s: 40,
        version: 1,
        standards: &[
            "hstspreload.org requirements",
            "RFC 6797 §12.3",
            "RFC 6797 §14.4",
        ],
        guide: include_str!("../../../assets/guides/web.hsts-preload.md"),
    };

    /// The list takes registrable domains only.
    fn subjects(&self, intent: &Intent) -> Vec<String> {
        let whole = intent.domain.registrable();
        vec![whole.as_ref().unwrap_or(&intent.domain).to_string()]
    }

    async fn observe(&self, look: Look<'_>) -> Seen {
        let (http, https) = futures_util::future::join(
            walk::follow_root(look.network, "http", look.subject),
            walk::follow_root(look.network, "https", look.subject),
        )
        .await;
        let hosts = join_all(
            below(look.intent, look.subject)
                .into_iter()
                .map(|host| door(look, host)),
        )
        .await;
        Seen { http, https, hosts }
    }

    fn judge(&self, seen: &Seen, case: Case<'_>) -> Judgement {
        if !case.intent.hsts_preload {
            return not_meant(seen, case);
        }
        let rows = preload_rules::rows(seen, case.subject);
        judge_rows(&rows, seen, case)
            .exhibit([table(&rows)])
            .evidence(
                [&seen.http, &seen.https]
                    .into_iter()
                    .flatten()
                    .map(evidence::chain),
            )
            .evidence(first_answer(seen.https.as_ref()).map(evidence::http))
    }
}

async fn door(look: Look<'_>, host: String) -> Door {
    let https = walk::follow_root(look.network, "https", &host).await;
    let answered = https
        .as_ref()
        .and_then(|chain| chain.hops.first())
        .is_some_and(|hop| hop.response().is_some());
    let http = if answered || !look.intent.hsts_preload {
        None
    } else {
        walk::follow_root(look.network, "http", &host).await
    };
    Door { host, https, http }
}

/// Web hosts of the inventory below the domain, the domain itself left out.
fn below(intent: &Intent, domain: &str) -> Vec<String> {
    let zone = HostName::parse(domain).ok();
    subject::web_hosts(intent)
        .into_iter()
        .filter(|host| {
            host != domain
                && HostName::parse(host)
                    .is_ok_and(|name| zone.as_ref().is_some_and(|zone| name.is_within(zone)))
        })
        .collect()
}

fn first_answer(
    chain: Option<&HttpChain>,
) -> Option<&crate::model::observation::http::HttpExchange> {
    chain?.hops.first().filter(|hop| hop.response().is_some())
}

/// What the first https answer of a chain says, where browsers heed it.
pub fn policy(chain: Option<&HttpChain>) -> Option<Policy> {
    let response = first_answer(chain)?.response()?;
    parse(response.header("strict-transport-security")?).ok()
}

fn not_meant(seen: &Seen, case: Case<'_>) -> Judgement {
    let domain = case.subject;
    let hosts = seen
        .hosts
        .iter()
        .map(|door| (door.host.as_str(), door.https.as_ref()));
    let consents: Vec<&str> = std::iter::once((domain, seen.https.as_ref()))
        .chain(hosts)
        .filter(|(_, chain)| policy(*chain).is_some_and(|policy| policy.preload))
        .map(|(host, _)| host)
        .collect();
    let Some(first) = consents.first() else {
        return Judgement::not_applicable("preloading is not asked for, and no answer that was seen consents to it")
            .plainly("The domain is not meant for the browsers' built-in list of protected sites, and need not be.");
    };
    let severity = if *first == domain {
        Severity::Fix
    } else {
        Severity::Advice
    };
    let evidence = [seen.https.as_ref()]
        .into_iter()
        .chain(seen.hosts.iter().map(|door| door.https.as_ref()))
        .filter_map(first_answer)
        .filter(|hop| {
            hop.url
                .host_str()
                .is_some_and(|host| consents.contains(&host))
        })
        .map(evidence::http);
    Judgement::warn(format!(
        "{} sends `preload` in its HSTS header, which nobody asked for: anybody may hand the domain in, and getting off the list takes months",
        consents.join(", ")
    ))
    .severity(severity)
    .fact(format!("preload on {}", consents.join(" ")))
    .plainly("The site allows anybody to enter it on the browsers' built-in list of protected sites. Once there, every part of the domain that is not protected stops working, for months.")
    .remedy(without_token(case, first, seen))
    .evidence(evidence)
}

fn judge_rows(rows: &[Row], seen: &Seen, case: Case<'_>) -> Judgement {
    let of = |verdict: Verdict| -> Vec<&str> {
        rows.iter()
            .filter(|row| row.verdict == Some(verdict))
            .map(|row| row.seen.as_str())
            .collect()
    };
    let (broken, unseen) = (of(Verdict::Fail), of(Verdict::Unknown));
    let domain = case.subject;
    if !broken.is_empty() {
        return Judgement::fail(format!("{domain} is not ready for the preload list: {}", broken.join("; ")))
            .plainly("The domain is meant for the browsers' built-in list of protected sites, but the list would refuse it, or a part of the domain would stop working.")
            .remedy(remedy(seen, case));
    }
    if !unseen.is_empty() {
        return Judgement::unknown(format!(
            "whether {domain} is ready for the preload list was not seen: {}",
            unseen.join("; ")
        ))
        .plainly("Not everything that the built-in list asks for could be looked at from here.");
    }
    Judgement::pass(format!(
        "{domain} meets what the preload list asks, and every host of the inventory speaks https"
    ))
    .plainly("The domain may be entered on the browsers' built-in list of protected sites; nobody known here would be locked out.")
}

fn table(rows: &[Row]) -> Exhibit {
    let rows = rows.iter().map(|row| TableRow {
        verdict: row.verdict,
        ..TableRow::told([row.asked.clone(), row.seen.clone()])
    });
    Exhibit::table("What the preload list asks", &["asked", "seen"], rows)
}

fn without_token(case: Case<'_>, host: &str, seen: &Seen) -> Remedy {
    let chain = if host == case.subject {
        seen.https.as_ref()
    } else {
        seen.hosts
            .iter()
            .find(|door| door.host == host)
            .and_then(|door| door.https.as_ref())
    };
    let max_age = policy(chain).map_or(31_536_000, |policy| policy.max_age.max(300));
    let value = format!("max-age={max_age}");
    remedy::configure(
        "web.hsts-preload",
        [
            format!("Send `Strict-Transport-Security: {value}` on {host}, without `preload`. Add includeSubDomains only when every subdomain speaks https."),
            format!("Look at https://hstspreload.org/?domain={} whether the domain was handed in already; if so, ask for its removal there.", case.subject),
            "Or, if it is meant, set hsts_preload = true in the intent: this check then says what is still missing.".to_owned(),
        ],
        remedy::http::header(case.intent, host, "Strict-Transport-Security", &value),
        "Send the old value again.",
    )
}

fn remedy(seen: &Seen, case: Case<'_>) -> Remedy {
    let domain = case.subject;
    let closed: Vec<String> = preload_rules::locked_out(seen).map(escape).collect();
    let mut steps = Vec::new();
    if !closed.is_empty() {
        steps.push(format!(
            "First give these hosts https with a valid certificate, or take them out of use: {}.",
            closed.join(", ")
        ));
    }
    steps.extend([
        format!("Let http://{domain}/ lead to https://{domain}/ (the same host) before any other redirect, and let the https answer carry the header, also when it redirects."),
        "Raise max-age in steps (300, 86400, 2592000, 31536000), then add includeSubDomains, live with it for a while, and add preload last.".to_owned(),
        format!("Hand the domain in at https://hstspreload.org/?domain={domain} only when this check passes."),
    ]);
    let mut settings = remedy::http::https_redirect(case.intent, domain);
    if closed.is_empty() {
        settings.extend(remedy::http::header(
            case.intent,
            domain,
            "Strict-Transport-Security",
            "max-age=31536000; includeSubDomains; preload",
        ));
    }
    remedy::configure(
        "web.hsts-preload",
        steps,
        settings,
        "Before it was handed in: send the old header. After that: ask for removal at hstspreload.org; it takes months until browsers forget it.",
    )
}

#[cfg(test)]
#[path = "hsts_preload_tests.rs"]
mod tests;
