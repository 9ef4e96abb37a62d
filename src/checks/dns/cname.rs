//! `dns.cname`: aliases that DNS allows: none at the apex, none beside other data, no loop, no long chain. Whether an
//! alias ends at something that exists is for `dns.addresses` and `dns.dangling`.

use serde::{Deserialize, Serialize};

use super::zone::{self, list};
use crate::checks::evidence;
use crate::checks::rule::{Case, Judgement, Look, Meta, Rule};
use crate::model::finding::Remedy;
use crate::model::intent::Intent;
use crate::model::name::HostName;
use crate::model::observation::dns::{DnsAnswer, RecordData, RecordType};
use crate::model::verdict::Severity;
use crate::remedy::{self, records};

/// The check.
pub struct CnameCheck;

/// The longest chain that is safe with common resolvers.
const LONGEST: usize = 8;

/// Types asked for beside an alias.
const BESIDE: [RecordType; 5] = [
    RecordType::A,
    RecordType::Aaaa,
    RecordType::Mx,
    RecordType::Txt,
    RecordType::Caa,
];

const META: Meta = Meta {
    id: "dns.cname",
    title: "Aliases stand alone, below the apex, and end",
    severity: Severity::Blocker,
    intrusive: false,
    deadline_s: 40,
    version: 1,
    standards: &["RFC 1034 §3.6.2", "RFC 2181 §10.1"],
    guide: include_str!("../../../assets/guides/dns.cname.md"),
};

/// What was seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    /// CNAME questions, the subject's first, then that of each target.
    hops: Vec<DnsAnswer>,
    /// Other types at the subject, asked only where it is an alias.
    beside: Vec<DnsAnswer>,
    /// Whether the resolver was seen not to make answers up.
    honest: bool,
}

impl Rule for CnameCheck {
    type Seen = Seen;
    const META: Meta = META;

    fn subjects(&self, intent: &Intent) -> Vec<String> {
        let mut names = zone::hosts(intent);
        let apex = zone::of(intent).to_string();
        if !names.contains(&apex) {
            names.insert(0, apex);
        }
        names
    }

    async fn observe(&self, look: Look<'_>) -> Seen {
        let mut seen = Seen {
            hops: Vec::new(),
            beside: Vec::new(),
            honest: look.network.self_check().await.resolver != "lying",
        };
        let zone = zone::of(look.intent);
        let mut next = HostName::parse(look.subject).ok();
        while let Some(name) = next.take() {
            let answer = zone::truth(look.network, &zone, &name, RecordType::Cname).await;
            seen.hops.push((*answer).clone());
            next = target(&answer)
                .and_then(|t| HostName::parse(t).ok())
                .filter(|t| {
                    seen.hops.len() <= LONGEST + 1 && seen.hops.iter().all(|hop| hop.name != *t)
                });
        }
        if let Some(first) = seen.hops.first().filter(|hop| target(hop).is_some()) {
            let name = first.name.clone();
            let asked = BESIDE.map(|rtype| zone::truth(look.network, &zone, &name, rtype));
            let answers = futures_util::future::join_all(asked).await;
            seen.beside
                .extend(answers.iter().map(|answer| (**answer).clone()));
        }
        seen
    }

    fn judge(&self, seen: &Seen, case: Case<'_>) -> Judgement {
        let Some(first) = seen.hops.first() else {
            return Judgement::unknown(format!("{} is not a host name", case.subject));
        };
        judge_alias(seen, first, case)
            .detail("chain", chain(seen))
            .evidence(seen.hops.iter().map(evidence::dns))
            .evidence(
                seen.beside
                    .iter()
                    .filter(|a| !data_beside(a).is_empty())
                    .map(evidence::dns),
            )
    }
}

fn judge_alias(seen: &Seen, first: &DnsAnswer, case: Case<'_>) -> Judgement {
    let subject = case.subject;
    if first.is_unusable() {
        return Judgement::unknown(format!(
            "could not learn whether {subject} is an alias: {}",
            first.outcome_line()
        ))
        .plainly(format!("The records of {subject} could not be looked up."));
    }
    if first.recursive && !seen.honest {
        return Judgement::unknown(format!(
            "the resolver {} makes answers up, so its word on {subject} counts for nothing",
            first.server
        ))
        .plainly(format!("The network here answers in place of others, so whether {subject} is an alias cannot be told."));
    }
    let Some(to) = target(first) else {
        return Judgement::pass(format!("{subject} is no alias")).plainly(format!(
            "{subject} has records of its own, nothing to trip over."
        ));
    };
    if subject == zone::of(case.intent).as_str() {
        return Judgement::fail(format!("the apex {subject} is a CNAME to {to}, beside its SOA and NS"))
            .plainly(format!("The domain itself is set up as an alias, which DNS forbids: mail and other records of {subject} stop working for many people."))
            .remedy(flatten(case, to));
    }
    let beside: Vec<String> = seen.beside.iter().flat_map(data_beside).collect();
    if !beside.is_empty() {
        return Judgement::fail(format!("{subject} is a CNAME to {to} and has other records too: {}", list(&beside)))
            .plainly(format!("{subject} is an alias and has records of its own at once, which DNS forbids: who sees which is a matter of chance."))
            .remedy(stand_alone(case, to));
    }
    if let Some(again) = seen.hops.iter().filter_map(target).find(|t| loops(seen, t)) {
        return Judgement::fail(format!(
            "the alias runs in a circle: {} → {again}",
            chain(seen).join(" → ")
        ))
        .plainly(format!(
            "{subject} points at a name that points back at it, so it leads nowhere."
        ))
        .remedy(stand_alone(case, to));
    }
    let length = seen.hops.iter().filter(|hop| target(hop).is_some()).count();
    if length > LONGEST {
        return Judgement::fail(format!("the chain of aliases from {subject} is longer than {LONGEST}"))
            .plainly(format!("{subject} leads through so many aliases that some visitors' networks give up on the way."))
            .remedy(stand_alone(case, to));
    }
    if let Some(dark) = seen.hops.iter().find(|hop| hop.is_unusable()) {
        return Judgement::unknown(format!(
            "the alias leads to {}, about which nothing could be learned: {}",
            dark.name,
            dark.outcome_line()
        ))
        .plainly(format!(
            "Where {subject} leads could not be followed to the end."
        ))
        .fact(format!("could not follow {}", dark.name));
    }
    Judgement::pass(format!(
        "{} ({length} {})",
        chain(seen).join(" → "),
        if length == 1 { "alias" } else { "aliases" }
    ))
    .plainly(format!("{subject} is a proper alias."))
}

/// The target of the CNAME at the asked name.
fn target(answer: &DnsAnswer) -> Option<&str> {
    answer
        .message()?
        .answers
        .iter()
        .find_map(|r| match &r.data {
            RecordData::Cname(target) if r.name == answer.name.as_str() => Some(target.as_str()),
            _ => None,
        })
}

/// Whether `name` was the asked name of a hop, and a later hop (or itself) leads back to it.
fn loops(seen: &Seen, name: &str) -> bool {
    let asked = seen.hops.iter().position(|hop| hop.name.as_str() == name);
    let named = seen.hops.iter().rposition(|hop| target(hop) == Some(name));
    matches!((asked, named), (Some(asked), Some(named)) if named >= asked)
}

fn chain(seen: &Seen) -> Vec<String> {
    seen.hops.iter().map(|hop| hop.name.to_string()).collect()
}

/// Data other than the alias (and its signatures) that stands at the asked name itself.
fn data_beside(answer: &DnsAnswer) -> Vec<String> {
    let Some(message) = answer.message() else {
        return Vec::new();
    };
    let mut kinds: Vec<String> = message
        .answers
        .iter()
        .filter(|r| r.name == answer.name.as_str() && r.data.is(answer.rtype))
        .map(|r| r.data.mnemonic().to_owned())
        .collect();
    kinds.dedup();
    kinds
}

/// The alias at the apex becomes what the DNS host offers instead (trap 33).
fn flatten(case: Case<'_>, to: &str) -> Remedy {
    let place = remedy::place::console(case.intent);
    let instead = match place.host() {
        Some(host) if !host.alias.is_empty() => format!("Use {} to `{to}`.", host.alias),
        Some(host) => format!(
            "{} has no alias for the apex: use A (and AAAA) records with the addresses that the platform of `{to}` gives for an apex.",
            host.title
        ),
        None => format!(
            "Use an ALIAS or ANAME record to `{to}` if the DNS host offers one; else A (and AAAA) records with the addresses that the platform of `{to}` gives for an apex."
        ),
    };
    remedy::manual(
        META.id,
        [
            place.open(),
            format!(
                "Delete the CNAME at `{}` (content `{to}`).",
                place.name_field(case.subject)
            ),
            instead,
            "Look that MX and TXT records of the domain are still there.".to_owned(),
        ],
        format!("In the same editor: put the CNAME to `{to}` back (it does not work reliably)."),
    )
}

/// One kind of record is kept; which one, is for the operator.
fn stand_alone(case: Case<'_>, to: &str) -> Remedy {
    match HostName::parse(case.subject) {
        Ok(name) => {
            let mut remedy = remedy::change(
                case.intent,
                META.id,
                vec![records::delete(&name, RecordType::Cname, to)],
            );
            remedy.steps.push(format!(
                "If the alias is what is meant, keep it instead and delete every other record of {}; or point it straight at the platform's own name.",
                case.subject
            ));
            remedy
        }
        Err(_) => remedy::manual(META.id, ["Delete the alias."], "Add the alias again."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::dns::fixtures as make;
    use crate::model::observation::dns::Rcode;
    use crate::model::verdict::Verdict;

    fn alias(from: &str, to: &str) -> DnsAnswer {
        make::reply(from, RecordType::Cname, vec![make::cname(from, to)])
    }

    fn end(name: &str) -> DnsAnswer {
        make::nodata(name, RecordType::Cname, "acme.example")
    }

    fn judge(subject: &str, hops: Vec<DnsAnswer>, beside: Vec<DnsAnswer>) -> Judgement {
        let intent = make::intent(&[]);
        let seen = Seen {
            hops,
            beside,
            honest: true,
        };
        CnameCheck.judge(&seen, make::case(subject, &intent))
    }

    #[test]
    fn a_resolver_that_makes_answers_up_is_not_believed() {
        for (honest, recursive, want) in [
            (false, true, Verdict::Unknown),
            (false, false, Verdict::Pass),
            (true, true, Verdict::Pass),
        ] {
            let mut first = end("acme.example");
            first.recursive = recursive;
            let seen = Seen {
                hops: vec![first],
                beside: Vec::new(),
                honest,
            };
            let intent = make::intent(&[]);
            let judged = CnameCheck.judge(&seen, make::case("acme.example", &intent));
            assert_eq!(judged.verdict, want, "{honest} {recursive}");
        }
    }

    #[test]
    fn an_alias_below_the_apex_that_ends_passes() {
        assert_eq!(
            judge("acme.example", vec![end("acme.example")], vec![]).verdict,
            Verdict::Pass
        );
        let www = "www.acme.example";
        let judgement = judge(
            www,
            vec![alias(www, "acme.example"), end("acme.example")],
            vec![],
        );
        assert_eq!(judgement.verdict, Verdict::Pass);
        assert_eq!(
            judgement.summary,
            "www.acme.example → acme.example (1 alias)"
        );
    }

    #[test]
    fn the_apex_and_company_fail() {
        let apex = "acme.example";
        assert_eq!(
            judge(
                apex,
                vec![alias(apex, "x.host.example"), end("x.host.example")],
                vec![]
            )
            .verdict,
            Verdict::Fail
        );
        let www = "www.acme.example";
        let hops = || vec![alias(www, apex), end(apex)];
        let txt = |answers| make::reply(www, RecordType::Txt, answers);
        let other = make::record(www, 300, RecordData::Txt(vec!["x".into()]));
        assert_eq!(
            judge(www, hops(), vec![txt(vec![other])]).verdict,
            Verdict::Fail
        );
        // What a server finds at the end of the alias is no company.
        let behind = make::record(apex, 300, RecordData::Txt(vec!["v=spf1 -all".into()]));
        let followed = txt(vec![make::cname(www, apex), behind]);
        assert_eq!(judge(www, hops(), vec![followed]).verdict, Verdict::Pass);
    }

    #[test]
    fn circles_and_long_chains_fail() {
        let (a, b) = ("a.acme.example", "b.acme.example");
        assert_eq!(
            judge(a, vec![alias(a, b), alias(b, a)], vec![]).verdict,
            Verdict::Fail
        );
        assert_eq!(judge(a, vec![alias(a, a)], vec![]).verdict, Verdict::Fail);
        let name = |i: usize| format!("n{i}.acme.example");
        let hops = |count: usize| {
            let mut hops: Vec<DnsAnswer> =
                (0..count).map(|i| alias(&name(i), &name(i + 1))).collect();
            hops.push(end(&name(count)));
            hops
        };
        assert_eq!(judge(&name(0), hops(8), vec![]).verdict, Verdict::Pass);
        assert_eq!(judge(&name(0), hops(9), vec![]).verdict, Verdict::Fail);
    }

    #[test]
    fn an_error_is_not_an_absent_alias() {
        let a = "a.acme.example";
        let broken = make::error(a, RecordType::Cname, Rcode::ServFail);
        assert_eq!(judge(a, vec![broken], vec![]).verdict, Verdict::Unknown);
        let dark = make::timeout("b.acme.example", RecordType::Cname);
        assert_eq!(
            judge(a, vec![alias(a, "b.acme.example"), dark], vec![]).verdict,
            Verdict::Unknown
        );
    }
}
