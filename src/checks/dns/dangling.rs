//! `dns.dangling`: no alias of the inventory leads to a name or a service that nobody holds. A takeover is only called one
//! where the alias, the response code and the service's own words agree (trap 35): a name that does not exist is another
//! thing than one without an address, and a "not found" page without the alias says nothing.

use serde::{Deserialize, Serialize};

use super::cname::CnameCheck;
use super::told::{Told, aliases};
use super::zone;
use crate::checks::answer::classify;
use crate::checks::evidence;
use crate::checks::rule::{Case, Judgement, Look, Meta, Rule};
use crate::checks::sight::without_body;
use crate::model::exhibit::{Exhibit, Hop};
use crate::model::finding::Remedy;
use crate::model::intent::Intent;
use crate::model::name::HostName;
use crate::model::observation::dns::{AnswerShape, DnsAnswer, RecordType};
use crate::model::observation::http::{HttpExchange, HttpResponse};
use crate::model::verdict::{Confidence, Severity, Verdict};
use crate::net::Network;
use crate::remedy::catalog::takeover::{self, Claim, Service};
use crate::remedy::{self, records};

/// The check.
pub struct Dangling;

const META: Meta = Meta {
    id: "dns.dangling",
    title: "No alias leads to a name or service that nobody holds",
    severity: Severity::Fix,
    intrusive: false,
    deadline_s: 40,
    version: 1,
    standards: &["RFC 1034 §3.6.2", "RFC 2308 §2.1", "RFC 8020 §2"],
    guide: include_str!("../../../assets/guides/dns.dangling.md"),
};

/// What was seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    a: Told,
    aaaa: Told,
    /// A of a name that nobody made; asked where the host is an alias: a wildcard may stand behind it.
    nobody: Option<DnsAnswer>,
    /// SOA of the registrable domain of a target that does not exist.
    above: Option<DnsAnswer>,
    /// What the host shows; asked where the alias leads to a known service.
    page: Option<Shown>,
}

/// A page, without its body.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shown {
    exchange: HttpExchange,
    /// Why the page says nothing about the service, if it does not.
    obscured: Option<String>,
    /// The service's sentence for a name without owner, if it stands there.
    sentence: Option<String>,
}

impl Rule for Dangling {
    type Seen = Option<Seen>;
    const META: Meta = META;

    fn subjects(&self, intent: &Intent) -> Vec<String> {
        Rule::subjects(&CnameCheck, intent)
    }

    async fn observe(&self, look: Look<'_>) -> Option<Seen> {
        let host = HostName::parse(look.subject).ok()?;
        let zone = zone::of(look.intent);
        let network = look.network;
        let (a, aaaa) = futures_util::join!(
            Told::ask(network, &zone, &host, RecordType::A),
            Told::ask(network, &zone, &host, RecordType::Aaaa),
        );
        let mut seen = Seen {
            a,
            aaaa,
            nobody: None,
            above: None,
            page: None,
        };
        let Ok(answer) = seen.a.best() else {
            return Some(seen);
        };
        let targets: Vec<HostName> = aliases(answer).into_iter().skip(1).collect();
        let (Some(first), Some(last)) = (targets.first(), targets.last()) else {
            return Some(seen);
        };
        let missing = answer.shape() == AnswerShape::NoName;
        let service = service_of(&targets);
        if first.is_within(&zone) && last.is_within(&zone) && !missing {
            return Some(seen);
        }
        let above = last.registrable().filter(|above| missing && above != last);
        let nobodys = zone::nobodys_name(&zone);
        let (nobody, above, page) = futures_util::join!(
            zone::truth(network, &zone, &nobodys, RecordType::A),
            async {
                match &above {
                    Some(above) => Some((*network.ask(above, RecordType::Soa).await).clone()),
                    None => None,
                }
            },
            async {
                match service.filter(|s| !missing && !s.body.is_empty()) {
                    Some(service) => shown(network, &host, service).await,
                    None => None,
                }
            },
        );
        seen.nobody = Some((*nobody).clone());
        seen.above = above;
        seen.page = page;
        Some(seen)
    }

    fn judge(&self, seen: &Option<Seen>, case: Case<'_>) -> Judgement {
        let Some(seen) = seen else {
            return Judgement::unknown(format!("{} is not a host name", case.subject));
        };
        let page = seen.page.as_ref().map(|p| evidence::http(&p.exchange));
        judge_seen(seen, case)
            .evidence(seen.a.evidence())
            .evidence(seen.above.iter().map(evidence::dns))
            .evidence(page)
    }
}

/// The page at the host's own name, over http first: a name without owner has no certificate.
async fn shown(network: &Network, host: &HostName, service: &Service) -> Option<Shown> {
    let mut last = None;
    for scheme in ["http", "https"] {
        let url = url::Url::parse(&format!("{scheme}://{host}/")).ok()?;
        let exchange = network.get(&url).await;
        let sentence = exchange
            .response()
            .and_then(|r| service.shown_in(&r.body))
            .map(str::to_owned);
        let obscured = match exchange.response() {
            None => Some(exchange.outcome_line()),
            Some(response) => {
                let kind = classify(response);
                kind.obscures().then(|| format!("it answers with {kind}"))
            }
        };
        let page = Shown {
            obscured,
            sentence,
            exchange: without_body(&exchange),
        };
        let redirects = exchange.response().is_some_and(HttpResponse::is_redirect);
        if page.sentence.is_some() || (page.obscured.is_none() && !redirects) {
            return Some(page);
        }
        // A redirect to https shows nothing; if https then fails, that is what could not be seen.
        last = Some(page);
    }
    last
}

/// The service among the targets, the last first: what stands at the end is what would be claimed.
fn service_of(targets: &[HostName]) -> Option<&'static Service> {
    targets
        .iter()
        .rev()
        .find_map(|target| takeover::service_of_target(target.as_str()))
}

fn judge_seen(seen: &Seen, case: Case<'_>) -> Judgement {
    let subject = case.subject;
    let answer = match seen.a.best() {
        Ok(answer) => answer,
        Err(why) => {
            return Judgement::unknown(format!("could not follow {subject} to its end: {why}"))
                .plainly(format!("Where {subject} leads could not be looked up."))
                .fact("not followed");
        }
    };
    let chain = aliases(answer);
    let targets = chain.get(1..).unwrap_or_default();
    let Some(last) = targets.last() else {
        return Judgement::pass(format!("{subject} is no alias: it leads to no other name"))
            .plainly(format!(
                "{subject} does not depend on a name of somebody else."
            ))
            .detail("chain", vec![subject.to_owned()]);
    };
    let end = End {
        seen,
        targets,
        last,
        case,
    };
    let judgement = match answer.shape() {
        AnswerShape::NoName => end.missing(),
        AnswerShape::NoData => end.without_address(),
        _ => end.alive(),
    };
    let verdict = judgement.verdict;
    let names: Vec<String> = chain.iter().map(ToString::to_string).collect();
    judgement
        .detail("chain", names)
        .exhibit([path(&chain, answer, verdict)])
}

/// The end of an alias, to be judged.
struct End<'a> {
    seen: &'a Seen,
    /// At least one.
    targets: &'a [HostName],
    last: &'a HostName,
    case: Case<'a>,
}

impl End<'_> {
    /// NXDOMAIN.
    fn missing(&self) -> Judgement {
        let (subject, last) = (self.case.subject, self.last);
        let record = self.record();
        let says =
            format!("{record} is an alias that ends at {last}, which does not exist (NXDOMAIN)");
        if let Some(service) = takeover::service_of_target(last.as_str())
            && service.claim == Claim::Name
        {
            return Judgement::fail(format!(
                    "{says}: whoever makes a resource of that name at {} gets {subject}",
                    service.title
                ))
                .severity(Severity::Blocker)
                .plainly(format!("{subject} points at a place at {} that is free: a stranger can take it and show anything under your name.", service.title))
                .detail("service", service.id.clone())
                .fact(format!("{last} is free at {}", service.id))
                .remedy(self.repair(Some(service)));
        }
        let free = self
            .seen
            .above
            .as_ref()
            .filter(|above| above.shape() == AnswerShape::NoName);
        let (more, plain) = match free {
            Some(above) => (
                format!(
                    "; nor does {}, which anybody may be able to register",
                    above.name
                ),
                "Even the domain that it points to is gone; whoever registers it speaks under your name.",
            ),
            None => (
                String::new(),
                "Visitors get nothing there. If somebody can make that name, it is theirs.",
            ),
        };
        Judgement::fail(format!("{says}{more}"))
            .plainly(format!(
                "{subject} points at a name that does not exist. {plain}"
            ))
            .fact(format!("{last} does not exist"))
            .remedy(self.repair(None))
    }

    /// NOERROR, but no IPv4 address. Somebody holds the name.
    fn without_address(&self) -> Judgement {
        match self.seen.aaaa.best() {
            Err(why) => Judgement::unknown(format!(
                "{} has no IPv4 address, and IPv6 could not be asked: {why}",
                self.last
            ))
            .plainly(format!("Where {} leads could not be looked up.", self.case.subject))
            .fact("IPv6 not learned"),
            Ok(answer) if !answer.addresses().is_empty() => self.alive(),
            Ok(_) => Judgement::warn(format!(
                "{} is an alias that ends at {}, which exists but has no address: somebody holds that name, nobody serves it",
                self.record(),
                self.last
            ))
            .plainly(format!("{} points at a name that exists and leads nowhere.", self.case.subject))
            .confidence(Confidence::Likely)
            .fact(format!("{} has no address", self.last))
            .remedy(self.repair(service_of(self.targets))),
        }
    }

    /// It has addresses; whether anybody is at home is told by the service's own page.
    fn alive(&self) -> Judgement {
        let (subject, last) = (self.case.subject, self.last);
        let Some(service) = service_of(self.targets).filter(|s| !s.body.is_empty()) else {
            return Judgement::pass(format!("{subject} ends at {last}, which has an address"))
                .plainly(format!("{subject} leads to a name that is in use."));
        };
        let title = &service.title;
        let Some(page) = &self.seen.page else {
            return Judgement::unknown(format!("what {title} shows for {subject} was not seen"))
                .plainly(format!(
                    "Whether your place at {title} is still yours could not be seen."
                ));
        };
        let judgement = match (&page.sentence, &page.obscured) {
            (Some(sentence), _) => {
                let guarded = service.claim == Claim::Guarded;
                let risk = if guarded {
                    "it asks for a proof of ownership before it gives the name to others"
                } else {
                    "whoever adds the name to a project there is served under it"
                };
                Judgement::fail(format!(
                    "{} is an alias to {title} ({last}), where nobody holds it: the page says \"{sentence}\"; {risk}",
                    self.record()
                ))
                .severity(if guarded { Severity::Fix } else { Severity::Blocker })
                .plainly(format!("{subject} points at {title}, and {title} knows nobody of that name. A stranger may take the place and show anything under your name."))
                .fact(format!("unclaimed at {}", service.id))
                .remedy(self.repair(Some(service)))
            }
            (None, Some(why)) => Judgement::unknown(format!(
                "{subject} is an alias to {title} ({last}); whether anybody holds it there could not be seen: {why}"
            ))
            .plainly(format!("Whether your place at {title} is still yours could not be seen."))
            .fact(format!("page of {} not seen", service.id)),
            (None, None) => Judgement::pass(format!(
                "{subject} ends at {last}, and {title} serves a site for it"
            ))
            .plainly(format!("{subject} leads to {title}, where a site answers for it.")),
        };
        judgement.detail("service", service.id.clone())
    }

    /// The name at which the alias really stands: a wildcard's answer is not the host's own record.
    fn record(&self) -> String {
        let of_nobody = self.seen.nobody.as_ref().map(aliases).unwrap_or_default();
        match (of_nobody.get(1), self.targets.first()) {
            (Some(wild), Some(own)) if wild == own => format!("*.{}", zone::of(self.case.intent)),
            _ => self.case.subject.to_owned(),
        }
    }

    fn repair(&self, service: Option<&Service>) -> Remedy {
        let first = self.targets.first().unwrap_or(self.last);
        let Ok(host) = HostName::parse(self.case.subject) else {
            return remedy::manual(META.id, ["Delete the alias."], "Add the alias again.");
        };
        let mut change = records::delete(&host, RecordType::Cname, first.as_str());
        change.name = self.record();
        let mut remedy = remedy::change(self.case.intent, META.id, vec![change]);
        if let Some(service) = service {
            remedy.steps.insert(
                0,
                format!(
                    "If {} is still wanted: make the resource at {} again, or add the host name to your own project there; then nothing needs to be deleted.",
                    self.case.subject, service.title
                ),
            );
        }
        remedy.steps.push(
            "From now on: first delete the alias, then the resource that it leads to.".to_owned(),
        );
        remedy
    }
}

fn path(chain: &[HostName], answer: &DnsAnswer, verdict: Verdict) -> Exhibit {
    let end = chain.len().saturating_sub(1);
    let hops = chain.iter().enumerate().map(|(at, name)| Hop {
        verdict: (at == end).then_some(verdict),
        text: name.to_string(),
        note: match (at == end, answer.shape()) {
            (false, _) => "CNAME".to_owned(),
            (true, AnswerShape::NoName) => "NXDOMAIN: no such name".to_owned(),
            (true, AnswerShape::NoData) => "NOERROR: no IPv4 address".to_owned(),
            (true, _) => "has an address".to_owned(),
        },
    });
    Exhibit::path("where the alias leads", hops, None)
}

#[cfg(test)]
#[path = "dangling_tests.rs"]
mod tests;
