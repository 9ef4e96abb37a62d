//! `tls.renewal`: the next certificate can be issued (T27): "why is my certificate pending?", each cause by name.
//!
//! CAA and DNSSEC are judged by their own rules. What is added: port 80 of every address, the path of the ACME challenge,
//! and the alias of its DNS record. Which way the authority goes is not known from outside, so the path is only *likely* at
//! fault, and does not count where the DNS record leads to a delegate.

mod knock;

use futures_util::future::join_all;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use url::Url;

use super::look;
use crate::checks::dns::caa::{self, CaaCheck};
use crate::checks::dns::dnssec::DnssecCheck;
use crate::checks::dns::told::aliases;
use crate::checks::rule::{Case, Judgement, Look, Meta, Rule};
use crate::checks::{evidence, subject};
use crate::model::exhibit::{Exhibit, TableRow};
use crate::model::finding::Remedy;
use crate::model::intent::Intent;
use crate::model::name::HostName;
use crate::model::observation::dns::{AnswerShape, DnsAnswer, Dnssec, RecordType};
use crate::model::observation::http::{HttpChain, HttpExchange, HttpResponse};
use crate::model::observation::{Failure, FailureKind};
use crate::model::text::{escape, hex};
use crate::model::verdict::{Confidence, Severity, Verdict};
use crate::net::request::HttpRequest;
use crate::remedy;

/// See the module.
pub struct Renewal;

/// What an authority meets on its way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    caa: caa::Seen,
    dnssec: Dnssec,
    addresses: Result<(), Failure>,
    /// The challenge's path at each address, nothing followed.
    knocks: Vec<HttpExchange>,
    /// Where the path leads, when it is redirected.
    chain: Option<HttpChain>,
    /// TXT at `_acme-challenge`.
    challenge: Option<DnsAnswer>,
    /// SOA at the registrable domain of the alias's end.
    delegate: Option<DnsAnswer>,
}

impl Rule for Renewal {
    type Seen = Seen;

    const META: Meta = Meta {
        id: "tls.renewal",
        title: "Nothing stands in the way of the next certificate",
        severity: Severity::Fix,
        intrusive: false,
        deadline_s: 40,
        version: 1,
        standards: &["RFC 8555 §8.3", "RFC 8555 §8.4", "RFC 8659 §3"],
        guide: include_str!("../../../assets/guides/tls.renewal.md"),
    };

    fn subjects(&self, intent: &Intent) -> Vec<String> {
        subject::web_hosts(intent)
    }

    async fn observe(&self, look: Look<'_>) -> Seen {
        let (caa, dnssec) = futures_util::join!(CaaCheck.observe(look), DnssecCheck.observe(look));
        let mut seen = Seen {
            caa,
            dnssec,
            addresses: Ok(()),
            knocks: Vec::new(),
            chain: None,
            challenge: None,
            delegate: None,
        };
        let (Some(host), Some(url)) = (subject::host_name(look.subject), path(look.subject)) else {
            return seen;
        };
        let found = look.network.addresses(&host).await;
        let real = look::published(found.as_deref().unwrap_or_default());
        let asked = look::chosen(&real, 2);
        seen.addresses = found.map(|_| ());
        let knocks = asked
            .into_iter()
            .map(|address| HttpRequest::get(url.clone()).at(address))
            .map(async |request| look.network.send(&request).await);
        seen.knocks = join_all(knocks)
            .await
            .iter()
            .map(|exchange| (**exchange).clone())
            .collect();
        let redirected =
            |exchange: &HttpExchange| exchange.response().is_some_and(HttpResponse::is_redirect);
        if seen.knocks.iter().any(redirected) {
            seen.chain = Some((*look.network.follow(&url).await).clone());
        }
        if let Ok(name) = HostName::parse(&format!("_acme-challenge.{host}")) {
            let answer = look.network.ask(&name, RecordType::Txt).await;
            if let Some(home) = end(&answer).and_then(|end| end.registrable()) {
                let soa = look.network.ask(&home, RecordType::Soa).await;
                seen.delegate = Some((*soa).clone());
            }
            seen.challenge = Some((*answer).clone());
        }
        seen
    }

    fn judge(&self, seen: &Seen, case: Case<'_>) -> Judgement {
        let steps = steps(seen, case);
        let of = |verdict| steps.iter().filter(move |step| step.verdict == verdict);
        let texts = |verdict| {
            let list: Vec<&str> = of(verdict).map(|step| step.text.as_str()).collect();
            list.join("; ")
        };
        let host = case.subject;
        let judgement = if of(Verdict::Fail).next().is_some() {
            let sure = of(Verdict::Fail).map(|step| step.confidence).min();
            let severity = look::severity(case.intent, host, Severity::Fix);
            Judgement::fail(format!(
                "the next certificate of {host} will not be issued: {}",
                texts(Verdict::Fail)
            ))
            .severity(severity)
            .confidence(sure.unwrap_or(Confidence::Certain))
            .plainly("The certificate of this address cannot be renewed as things are. When it runs out, every visitor sees a full-page warning.")
            .remedy(remedy(&steps, case))
        } else if of(Verdict::Unknown).next().is_some() {
            Judgement::unknown(format!(
                "whether the next certificate of {host} can be issued could not be told: {}",
                texts(Verdict::Unknown)
            ))
            .plainly("Part of the way to the next certificate could not be looked at from here.")
        } else if of(Verdict::Warn).next().is_some() {
            Judgement::warn(format!(
                "the next certificate of {host} may be held up: {}",
                texts(Verdict::Warn)
            ))
            .severity(Severity::Advice)
            .plainly(
                "The certificate can probably be renewed; one thing on the way deserves a look.",
            )
            .remedy(remedy(&steps, case))
        } else {
            Judgement::pass(format!(
                "nothing stands in the way of the next certificate of {host}"
            ))
            .plainly("The certificate can be renewed: the way to it is open.")
        };
        let rows = steps
            .iter()
            .map(|step| TableRow::judged(step.verdict, [step.what, step.text.as_str()]));
        judgement
            .exhibit([Exhibit::table(
                format!("the way to the next certificate of {host}"),
                &["step", "what was seen"],
                rows,
            )])
            .evidence(seen.knocks.iter().map(evidence::http))
            .evidence(seen.chain.iter().map(evidence::chain))
            .evidence(seen.challenge.iter().map(evidence::dns))
            .evidence(seen.delegate.iter().map(evidence::dns))
    }
}

/// One step on the way, judged.
struct Step {
    what: &'static str,
    verdict: Verdict,
    confidence: Confidence,
    text: String,
    /// What to do about it.
    remedy: Option<String>,
}

impl Step {
    fn new(what: &'static str, verdict: Verdict, text: impl Into<String>) -> Self {
        Self {
            what,
            verdict,
            confidence: Confidence::Certain,
            text: text.into(),
            remedy: None,
        }
    }

    fn likely(mut self) -> Self {
        self.confidence = Confidence::Likely;
        self
    }

    fn mend(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }
}

/// The challenge's URL, the same in every run: a token that no authority gave.
fn path(host: &str) -> Option<Url> {
    let token: String = hex(&Sha256::digest(host)).chars().take(32).collect();
    let mut url = subject::root("http", host)?;
    url.set_path(&format!("/.well-known/acme-challenge/launch-ready-{token}"));
    Some(url)
}

/// The end of the challenge record's alias, when it is one.
fn end(answer: &DnsAnswer) -> Option<HostName> {
    let chain = aliases(answer);
    (chain.len() > 1).then(|| chain.last().cloned())?
}

fn steps(seen: &Seen, case: Case<'_>) -> Vec<Step> {
    let challenge = dangling(
        seen.challenge.as_ref(),
        seen.delegate.as_ref(),
        case.subject,
    );
    // A delegated DNS record says that the authority is answered there, not at the path.
    let by_dns = seen
        .challenge
        .as_ref()
        .is_some_and(|answer| end(answer).is_some() || answer.shape() == AnswerShape::Records);
    let mut steps = vec![other(
        "CAA",
        &CaaCheck.judge(&seen.caa, case),
        "Let the authority issue: see the remedy of dns.caa.",
    )];
    let zone = Case {
        subject: case.intent.domain.as_str(),
        ..case
    };
    steps.push(other(
        "DNSSEC",
        &DnssecCheck.judge(&seen.dnssec, zone),
        "Mend the signatures of the zone first, authorities validate them: see the remedy of dns.dnssec.",
    ));
    steps.push(challenge);
    for mut step in knock::steps(seen, case) {
        if by_dns && step.verdict != Verdict::Pass {
            step.verdict = Verdict::Pass;
            step.text = format!(
                "{} (of no matter: the challenge is answered in DNS)",
                step.text
            );
        }
        steps.push(step);
    }
    steps
}

/// The word of another rule. Its remarks and what it does not apply to stand in no way.
fn other(what: &'static str, judged: &Judgement, mend: &str) -> Step {
    let verdict = match judged.verdict {
        Verdict::Fail => Verdict::Fail,
        Verdict::Unknown | Verdict::Blocked => Verdict::Unknown,
        _ => Verdict::Pass,
    };
    let mut step = Step::new(what, verdict, judged.summary.clone()).mend(mend);
    step.confidence = judged.confidence;
    step
}

/// The alias of the challenge's DNS record. That its end has no record is usual between two renewals; that the domain it
/// leads into does not exist is not.
fn dangling(challenge: Option<&DnsAnswer>, delegate: Option<&DnsAnswer>, host: &str) -> Step {
    const WHAT: &str = "_acme-challenge";
    let Some(answer) = challenge else {
        return Step::new(
            WHAT,
            Verdict::Unknown,
            "the record of the challenge was not asked for",
        );
    };
    let Some(end) = end(answer) else {
        return match answer.shape() {
            AnswerShape::NoData | AnswerShape::NoName => {
                Step::new(WHAT, Verdict::Pass, format!("no alias at {WHAT}.{host}"))
            }
            AnswerShape::Records => Step::new(
                WHAT,
                Verdict::Pass,
                format!("a record of its own at {WHAT}.{host}"),
            ),
            _ => Step::new(
                WHAT,
                Verdict::Unknown,
                format!("{WHAT}.{host}: {}", escape(&answer.outcome_line())),
            ),
        };
    };
    let text = format!("{WHAT}.{host} is an alias to {end}");
    match delegate {
        Some(soa) if soa.shape() == AnswerShape::NoName => Step::new(
            WHAT,
            Verdict::Fail,
            format!("{text}, in the domain {}, which does not exist", soa.name),
        )
        .mend(format!("Delete the alias {WHAT}.{host}, or point it to where your ACME client writes its answers now. Whoever registers that domain could order certificates of yours.")),
        Some(soa) if soa.is_unusable() => Step::new(
            WHAT,
            Verdict::Unknown,
            format!("{text}; {}: {}", soa.name, escape(&soa.outcome_line())),
        ),
        _ if answer.shape() == AnswerShape::Error => Step::new(
            WHAT,
            Verdict::Unknown,
            format!("{text}; {}", escape(&answer.outcome_line())),
        ),
        _ => Step::new(WHAT, Verdict::Pass, text),
    }
}

fn remedy(steps: &[Step], case: Case<'_>) -> Remedy {
    let mut list: Vec<String> = steps
        .iter()
        .filter(|step| matches!(step.verdict, Verdict::Fail | Verdict::Warn))
        .filter_map(|step| step.remedy.clone())
        .collect();
    list.dedup();
    list.push(format!("Try it before it counts: `certbot renew --dry-run --cert-name {}`, or the retry button of the platform.", case.subject));
    remedy::manual(
        Renewal::META.id,
        list,
        "Put the old rule or record back; the certificate in use stays valid until its own end.",
    )
}

#[cfg(test)]
#[path = "renewal_tests.rs"]
mod tests;
