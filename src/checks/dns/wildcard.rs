//! `dns.wildcard`: does a name that nobody made answer? A fact for other checks, which must not take such an answer for a
//! record (trap 30). A wildcard for addresses is a choice; one for TXT or MX answers for every policy name there is.

use serde::{Deserialize, Serialize};

use super::zone::{self, list};
use crate::checks::evidence;
use crate::checks::rule::{Case, Judgement, Look, Meta, Rule};
use crate::model::finding::{RecordAction, RecordChange, Remedy};
use crate::model::intent::Intent;
use crate::model::observation::dns::{AnswerShape, DnsAnswer, RecordData, RecordType};
use crate::model::verdict::Severity;
use crate::remedy;

/// The check.
pub struct Wildcard;

const META: Meta = Meta {
    id: "dns.wildcard",
    title: "A name that nobody made does not answer",
    severity: Severity::Info,
    intrusive: false,
    deadline_s: 40,
    version: 1,
    standards: &["RFC 4592 §2.1"],
    guide: include_str!("../../../assets/guides/dns.wildcard.md"),
};

/// What was seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    /// A first; the other types only where A was no NXDOMAIN, which denies them all (RFC 8020 §2).
    answers: Vec<DnsAnswer>,
    /// Whether the resolver was seen not to make answers up.
    honest: bool,
}

impl Rule for Wildcard {
    type Seen = Seen;
    const META: Meta = META;

    fn subjects(&self, intent: &Intent) -> Vec<String> {
        zone::subject(intent)
    }

    async fn observe(&self, look: Look<'_>) -> Seen {
        let zone = zone::of(look.intent);
        let name = zone::nobodys_name(&zone);
        let mut answers = Vec::new();
        for rtype in [
            RecordType::A,
            RecordType::Aaaa,
            RecordType::Txt,
            RecordType::Mx,
        ] {
            let answer = zone::truth(look.network, &zone, &name, rtype).await;
            let denied = answer.shape() == AnswerShape::NoName;
            answers.push((*answer).clone());
            if denied {
                break;
            }
        }
        let honest = look.network.self_check().await.resolver != "lying";
        Seen { answers, honest }
    }

    fn judge(&self, seen: &Seen, case: Case<'_>) -> Judgement {
        judge_answers(seen, case).evidence(seen.answers.iter().map(evidence::dns))
    }
}

fn judge_answers(seen: &Seen, case: Case<'_>) -> Judgement {
    let zone = case.subject;
    if !seen.honest && seen.answers.iter().all(|a| a.recursive) {
        return Judgement::unknown(
            "the resolver makes answers up, and no server of the zone could be asked instead",
        )
        .plainly("The network here answers for names that do not exist, so this cannot be told.");
    }
    let kinds = answering(&seen.answers);
    let details = kinds.clone();
    let judgement = if kinds.iter().any(|k| k == "TXT" || k == "MX") {
        Judgement::fail(format!("*.{zone} answers for {}: every policy and selector name seems to exist", list(&kinds)))
            .plainly(format!("Any made-up name below {zone} answers, even for mail settings. Some checks and mail services will misread that."))
            .remedy(repair(case, &seen.answers))
    } else if !kinds.is_empty() {
        Judgement::warn(format!("*.{zone} answers for {}: any name below {zone} leads somewhere", list(&kinds)))
            .plainly(format!("Any made-up name below {zone} leads to a site. That may be meant; if not, it lets others show things under your name."))
            .remedy(repair(case, &seen.answers))
    } else if let Some(dark) = seen.answers.iter().find(|a| a.is_unusable()) {
        Judgement::unknown(format!(
            "could not learn whether *.{zone} answers: {}",
            dark.outcome_line()
        ))
        .plainly("Whether made-up names answer could not be looked up.")
    } else {
        Judgement::pass(format!("a made-up name below {zone} does not exist"))
            .plainly("Only the names that were made for your domain exist.")
    };
    judgement.detail("types", details)
}

/// Types of what stands at the made-up name itself.
fn answering(answers: &[DnsAnswer]) -> Vec<String> {
    let mut kinds: Vec<String> = answers
        .iter()
        .flat_map(at_name)
        .map(|r| r.mnemonic().to_owned())
        .collect();
    kinds.sort();
    kinds.dedup();
    kinds
}

fn at_name(answer: &DnsAnswer) -> Vec<&RecordData> {
    answer.message().map_or_else(Vec::new, |message| {
        message
            .answers
            .iter()
            .filter(|r| {
                r.name == answer.name.as_str() && !matches!(r.data, RecordData::Rrsig { .. })
            })
            .map(|r| &r.data)
            .collect()
    })
}

fn repair(case: Case<'_>, answers: &[DnsAnswer]) -> Remedy {
    let mut changes: Vec<RecordChange> = Vec::new();
    for data in answers.iter().flat_map(at_name) {
        let change = RecordChange {
            action: RecordAction::Delete,
            name: format!("*.{}", case.subject),
            rtype: data.mnemonic().to_owned(),
            ttl: remedy::records::TTL_SETTLED,
            value: crate::model::text::escape(&data.to_string()),
            old: None,
        };
        if !changes.contains(&change) {
            changes.push(change);
        }
    }
    let mut remedy = remedy::change(case.intent, META.id, changes);
    remedy.steps.insert(0, "First list the names that live by the wildcard (tenants, preview sites) and give each a record of its own. If it is meant, leave it.".to_owned());
    remedy
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::dns::fixtures as make;
    use crate::model::verdict::Verdict;

    const NAME: &str = "lr-0.acme.example";

    fn judge(answers: Vec<DnsAnswer>, honest: bool) -> Verdict {
        let seen = Seen { answers, honest };
        Wildcard
            .judge(&seen, make::case("acme.example", &make::intent(&[])))
            .verdict
    }

    fn none(rtype: RecordType) -> DnsAnswer {
        make::nodata(NAME, rtype, "acme.example")
    }

    #[test]
    fn each_world_has_its_verdict() {
        let gone = make::nxdomain(NAME, RecordType::A, "acme.example");
        assert_eq!(judge(vec![gone.clone()], true), Verdict::Pass);
        assert_eq!(judge(vec![gone], false), Verdict::Unknown);
        let a = make::reply(
            NAME,
            RecordType::A,
            vec![make::address(NAME, 60, "203.0.113.10")],
        );
        assert_eq!(
            judge(vec![a.clone(), none(RecordType::Txt)], true),
            Verdict::Warn
        );
        let alias = make::reply(
            NAME,
            RecordType::A,
            vec![make::cname(NAME, "x.host.example")],
        );
        assert_eq!(judge(vec![alias], true), Verdict::Warn);
        let txt = make::reply(
            NAME,
            RecordType::Txt,
            vec![make::record(NAME, 60, RecordData::Txt(vec!["x".into()]))],
        );
        assert_eq!(judge(vec![a, txt], true), Verdict::Fail);
        assert_eq!(
            judge(
                vec![none(RecordType::A), make::timeout(NAME, RecordType::Txt)],
                true
            ),
            Verdict::Unknown
        );
    }
}
