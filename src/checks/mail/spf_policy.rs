//! `mail.spf-policy`: the SPF record ends in a refusal, lets in every declared sender, and nobody by accident.

pub mod cover;
pub mod ending;
pub mod probe;
pub mod terms;

use serde::{Deserialize, Serialize};

use crate::checks::rule::{Case, Judgement, Look, Meta, Rule};
use crate::model::finding::RecordChange;
use crate::model::intent::{Intent, Sender};
use crate::model::name::HostName;
use crate::model::text::escape;
use crate::model::verdict::Severity;

use super::change::{remedy, replace_txt};
use super::posture::{Sending, is_bare_denial};
use super::senders::include_of;
use super::spf::SpfSeen;
use super::spf::compose;
use super::spf::select::Selection;
use super::spf::term::{Mechanism, Qualifier};
use super::spf::tree::SpfNode;
use super::spf::walk::walk;
use cover::{names, uncovered, uncovered_judgement, unnamed};
use ending::{Ending, ending};
use probe::{Probe, probe};
use terms::{opens_to_all, remarks};

/// Ends in a refusal; covers the declared senders.
pub struct SpfPolicy;

/// The tree of the domain, those of the senders' bounce domains, and what was tried for a sender that is on no list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PolicySeen {
    pub spf: SpfSeen,
    pub bounces: Vec<SpfNode>,
    /// One for each sender whose include lets it in nowhere.
    #[serde(default)]
    pub probes: Vec<Probe>,
}

impl Rule for SpfPolicy {
    type Seen = PolicySeen;

    const META: Meta = Meta {
        id: "mail.spf-policy",
        title: "SPF refuses strangers and lets in every sender in use",
        severity: Severity::Fix,
        intrusive: false,
        deadline_s: 40,
        version: 1,
        standards: &["RFC 7208 §4.7", "RFC 7208 §5.1", "RFC 7208 §5.5"],
        guide: include_str!("../../../assets/guides/mail.spf-policy.md"),
    };

    fn subjects(&self, intent: &Intent) -> Vec<String> {
        vec![intent.domain.to_string()]
    }

    async fn observe(&self, look: Look<'_>) -> PolicySeen {
        let spf = super::spf::look(look).await;
        let mut bounces: Vec<SpfNode> = Vec::new();
        for sender in &look.intent.senders {
            let Some(bounce) = sender.bounce_domain.as_ref() else {
                continue;
            };
            let known = bounces.iter().any(|node| node.domain == bounce.as_str());
            if *bounce != look.intent.domain && !known {
                bounces.push(walk(look.network, bounce).await);
            }
        }
        let mut seen = PolicySeen {
            spf,
            bounces,
            probes: Vec::new(),
        };
        seen.probes = probes(&seen, look).await;
        seen
    }

    fn judge(&self, seen: &PolicySeen, case: Case<'_>) -> Judgement {
        if let Some(why) = seen.spf.unreadable() {
            return seen.spf.unknown(&why);
        }
        let sending = seen.spf.sending(case.intent);
        let judgement = match seen.spf.tree.selection() {
            Some(Selection::One(record)) => one(seen, case, &record),
            Some(Selection::Many(records)) => sending.missing(format!(
                "{} SPF records: receivers follow the policy of none of them",
                records.len()
            ))
            .plainly("Two lists of allowed mail services cancel each other out, so strangers are refused by neither.")
            .remedy(remedy(case.intent, Self::META.id, ["Merge the records first, as `mail.spf` shows."], Vec::new())),
            _ => sending
                .missing(format!("{} has no SPF record, so it refuses nobody", case.subject))
                .plainly("Nothing tells receivers to refuse mail that strangers send in your name.")
                .remedy(remedy(case.intent, Self::META.id, ["Publish the record that `mail.spf` shows."], Vec::new())),
        };
        judgement.evidence(seen.spf.evidence())
    }
}

/// Tries the addresses of every sender that no list names.
async fn probes(seen: &PolicySeen, look: Look<'_>) -> Vec<Probe> {
    let mut probes: Vec<Probe> = Vec::new();
    for sender in &look.intent.senders {
        let Some((include, domains)) = unnamed(seen, look.intent, sender) else {
            continue;
        };
        let tried = probes.iter().any(|probe| probe.tree.domain == include);
        if let Ok(name) = HostName::parse(&include)
            && !tried
        {
            probes.push(probe(look.network, &name, &domains).await);
        }
    }
    probes
}

fn one(seen: &PolicySeen, case: Case<'_>, record: &str) -> Judgement {
    let tree = &seen.spf.tree;
    let fixed = |all| replace_txt(&case.intent.domain, record, compose::ending_in(record, all));
    if let Some(open) = opens_to_all(tree) {
        return Judgement::fail(format!("SPF of {} lets in everybody: {open}", case.subject))
            .severity(Severity::Blocker)
            .plainly("Your record tells the world that anybody may send mail in your name.")
            .remedy(remedy(
                case.intent,
                SpfPolicy::META.id,
                ["Replace the record: strangers are refused, the named services stay."],
                vec![fixed(Qualifier::SoftFail)],
            ));
    }
    let missing = uncovered(seen, case.intent);
    let judgement = match ending(tree) {
        Ending::All(Qualifier::Neutral) => weak(
            case,
            "ends in `?all`, which refuses nobody",
            fixed(Qualifier::SoftFail),
        ),
        Ending::Open => weak(
            case,
            "has neither `all` nor `redirect=`, so it refuses nobody",
            fixed(Qualifier::SoftFail),
        ),
        Ending::Unclear => Judgement::unknown(
            "the record ends in a `redirect=` to one that could not be read",
        )
        .plainly(
            "Your list of mail services ends in a pointer to another list that we could not read.",
        ),
        Ending::All(_) if !missing.sure.is_empty() => {
            uncovered_judgement(case, record, &missing.sure)
        }
        Ending::All(_) if !missing.unsure.is_empty() => Judgement::unknown(format!(
            "whether SPF covers {} could not be told: a part of the record could not be read",
            names(&missing.unsure)
        ))
        .plainly("We could not see whether every mail service in use is on your list."),
        Ending::All(all) => refusing(seen, case, record, all, &missing.copied),
    };
    judgement.detail("record", escape(record))
}

fn weak(case: Case<'_>, what: &str, change: RecordChange) -> Judgement {
    Judgement::fail(format!("the SPF record {what}"))
        .plainly("Your list of mail services says who is welcome, but not that everybody else is not.")
        .remedy(remedy(
            case.intent,
            SpfPolicy::META.id,
            ["End the record in `~all`: strangers become suspicious. With DMARC at quarantine or reject that is as strong as `-all`."],
            vec![change],
        ))
}

fn refusing(
    seen: &PolicySeen,
    case: Case<'_>,
    record: &str,
    all: Qualifier,
    copied: &[&Sender],
) -> Judgement {
    let parsed = super::spf::parse::parse(record);
    let sending = seen.spf.sending(case.intent);
    if sending == Sending::Denied && !is_bare_denial(record) {
        return Judgement::warn(
            "the intent says that this domain sends nothing, but its SPF record lets somebody in",
        )
        .severity(Severity::Advice)
        .plainly("This domain should send nothing, yet its record still lets somebody send.")
        .remedy(remedy(
            case.intent,
            SpfPolicy::META.id,
            ["Replace the record by the one for a domain that sends nothing."],
            vec![replace_txt(&case.intent.domain, record, "v=spf1 -all")],
        ));
    }
    let mut notes = remarks(&seen.spf.tree, case.intent, &parsed);
    if !copied.is_empty() {
        notes.push(format!(
            "it holds copied addresses of the declared {}, which go stale when the service moves",
            names(copied)
        ));
    }
    if notes.is_empty() {
        let ends = if parsed.all().is_some() {
            "ends in"
        } else {
            "leads by `redirect=` to one that ends in"
        };
        return Judgement::pass(format!("the SPF record {ends} `{}all`", all.sign()))
            .plainly("Strangers who write in your name are refused, and the services you use are on the list.")
            .detail("all", all.sign().to_string());
    }
    let judgement = Judgement::warn(format!("the SPF record refuses strangers, but {}", notes.join("; ")))
        .severity(Severity::Advice)
        .plainly("Strangers are refused. Some entries of your list deserve a look: nobody has said what they are for.")
        .detail("notes", notes);
    let has_ptr = parsed
        .evaluated()
        .any(|t| matches!(t.directive(), Some((_, Mechanism::Ptr(_)))));
    let includes: Vec<String> = copied.iter().filter_map(|s| include_of(s)).collect();
    let better = if has_ptr {
        compose::ending_in(record, all)
    } else {
        record.to_owned()
    };
    let better = if includes.is_empty() {
        better
    } else {
        compose::with_includes(&better, &includes)
    };
    let changes = if better == record {
        Vec::new()
    } else {
        vec![replace_txt(&case.intent.domain, record, better)]
    };
    judgement.remedy(remedy(
        case.intent,
        SpfPolicy::META.id,
        [
            "Name every service that sends in the intent, and take the terms of all others out of the record.",
            "Let in a service by its `include:`, then take its copied addresses out.",
            "`ptr` is slow, unreliable and discouraged: replace it by `ip4:`, `ip6:` or `include:`.",
        ],
        changes,
    ))
}

#[cfg(test)]
mod tests {
    use super::super::spf::tree::{Branch, Looked};
    use super::super::worlds::{case, intent, nothing, sending_intent, silent, txt};
    use super::*;
    use crate::model::observation::dns::RecordType;
    use crate::model::verdict::Verdict;

    fn leaf(domain: &str, record: &str) -> SpfNode {
        SpfNode {
            domain: domain.into(),
            answer: Some(txt(domain, &[record])),
            branches: Vec::new(),
        }
    }

    /// The tree of one record whose includes and redirect lead to `v=spf1 ip4:192.0.2.1 -all`, or to what `behind` says.
    fn seen(record: &str, behind: Option<&SpfNode>) -> PolicySeen {
        let mut tree = leaf("acme.example", record);
        let parsed = super::super::spf::parse::parse(record);
        for term in &parsed.terms {
            if let Some(target) = term.include().or_else(|| term.redirect()) {
                let node = behind
                    .cloned()
                    .unwrap_or_else(|| leaf(&target.text, "v=spf1 ip4:192.0.2.1 -all"));
                tree.branches.push(Branch {
                    term: term.text.clone(),
                    looked: Looked::Record(Box::new(node)),
                });
            }
        }
        PolicySeen {
            spf: SpfSeen {
                tree,
                mx: nothing("acme.example", RecordType::Mx),
            },
            bounces: Vec::new(),
            probes: Vec::new(),
        }
    }

    fn verdict(record: &str) -> Judgement {
        SpfPolicy.judge(&seen(record, None), case("acme.example", &sending_intent()))
    }

    #[test]
    fn worlds_and_verdicts() {
        for (record, want, words) in [
            (
                "v=spf1 include:_spf.mailer.example -all",
                Verdict::Pass,
                "`-all`",
            ),
            (
                "v=spf1 include:_spf.mailer.example ~all",
                Verdict::Pass,
                "`~all`",
            ),
            (
                "v=spf1 include:_spf.mailer.example ?all",
                Verdict::Fail,
                "`?all`",
            ),
            (
                "v=spf1 include:_spf.mailer.example",
                Verdict::Fail,
                "neither",
            ),
            (
                "v=spf1 include:_spf.mailer.example +all",
                Verdict::Fail,
                "everybody",
            ),
            (
                "v=spf1 include:_spf.mailer.example ip4:0.0.0.0/0 -all",
                Verdict::Fail,
                "everybody",
            ),
            (
                "v=spf1 redirect=_spf.mailer.example",
                Verdict::Pass,
                "redirect",
            ),
            ("v=spf1 mx -all", Verdict::Fail, "does not cover"),
            (
                "v=spf1 include:_spf.mailer.example ptr -all",
                Verdict::Warn,
                "`ptr`",
            ),
            (
                "v=spf1 include:_spf.mailer.example include:x.example -all",
                Verdict::Warn,
                "no declared sender",
            ),
            (
                "v=spf1 include:_spf.mailer.example ip4:11.0.0.0/8 -all",
                Verdict::Warn,
                "large range",
            ),
        ] {
            let judgement = verdict(record);
            assert_eq!(judgement.verdict, want, "{record}: {}", judgement.summary);
            assert!(
                judgement.summary.contains(words),
                "{record}: {}",
                judgement.summary
            );
        }
    }

    #[test]
    fn everybody_is_a_blocker_even_when_an_include_says_it() {
        let open = leaf("_spf.mailer.example", "v=spf1 +all");
        let world = seen("v=spf1 include:_spf.mailer.example -all", Some(&open));
        let judgement = SpfPolicy.judge(&world, case("acme.example", &sending_intent()));
        assert_eq!(judgement.severity, Some(Severity::Blocker));
    }

    #[test]
    fn a_refusal_of_what_matches_everybody_lets_in_nobody() {
        let open = leaf("_helo.acme.example", "v=spf1 -a:mail.acme.example +all");
        let world = seen("v=spf1 -include:_helo.acme.example mx -all", Some(&open));
        let judgement = SpfPolicy.judge(&world, case("acme.example", &intent()));
        assert_eq!(judgement.verdict, Verdict::Pass, "{}", judgement.summary);
    }

    #[test]
    fn a_sender_covered_at_its_bounce_domain_is_covered() {
        let mut intent = sending_intent();
        intent.senders[0].bounce_domain = Some(super::super::worlds::name("bounce.acme.example"));
        let mut world = seen("v=spf1 -all", None);
        let mut bounce = leaf(
            "bounce.acme.example",
            "v=spf1 include:_spf.mailer.example -all",
        );
        bounce.branches.push(Branch {
            term: "include:_spf.mailer.example".into(),
            looked: Looked::Record(Box::new(leaf("_spf.mailer.example", "v=spf1 -all"))),
        });
        let bare = SpfPolicy.judge(&world, case("acme.example", &intent));
        assert_eq!(bare.verdict, Verdict::Fail);
        assert_eq!(bare.remedy.unwrap().records[0].name, "bounce.acme.example");
        world.bounces.push(bounce);
        assert_eq!(
            SpfPolicy
                .judge(&world, case("acme.example", &intent))
                .verdict,
            Verdict::Pass
        );
    }

    #[test]
    fn what_lets_in_the_addresses_covers_the_sender() {
        use super::super::spf::check_host::SpfResult;
        for (result, want) in [
            (SpfResult::Pass, Verdict::Warn),
            (SpfResult::Fail, Verdict::Fail),
            (SpfResult::TempError, Verdict::Unknown),
        ] {
            let mut world = seen("v=spf1 ip4:192.0.2.0/24 -all", None);
            world.probes.push(Probe {
                tree: leaf("_spf.mailer.example", "v=spf1 ip4:192.0.2.1 -all"),
                samples: vec![probe::Sample {
                    domain: "acme.example".into(),
                    ip: "192.0.2.1".parse().unwrap(),
                    result,
                }],
            });
            let judgement = SpfPolicy.judge(&world, case("acme.example", &sending_intent()));
            assert_eq!(judgement.verdict, want, "{}", judgement.summary);
        }
    }

    #[test]
    fn an_include_that_lets_nobody_in_covers_nobody() {
        for sign in ["-", "~", "?"] {
            let record = format!("v=spf1 mx {sign}include:_spf.mailer.example -all");
            let judgement = verdict(&record);
            assert_eq!(judgement.verdict, Verdict::Fail, "{record}");
            let value = &judgement.remedy.unwrap().records[0].value;
            assert_eq!(value, "v=spf1 mx include:_spf.mailer.example -all");
        }
    }

    #[test]
    fn the_remedy_merges_into_what_is_there() {
        let change = verdict("v=spf1 mx -all").remedy.unwrap().records[0].clone();
        assert_eq!(change.old.as_deref(), Some("v=spf1 mx -all"));
        assert_eq!(change.value, "v=spf1 mx include:_spf.mailer.example -all");
    }

    #[test]
    fn a_part_that_could_not_be_read_is_unknown() {
        let mut silent_node = leaf("x.example", "");
        silent_node.answer = Some(silent("x.example", RecordType::Txt));
        let world = seen("v=spf1 include:x.example -all", Some(&silent_node));
        assert_eq!(
            SpfPolicy
                .judge(&world, case("acme.example", &sending_intent()))
                .verdict,
            Verdict::Unknown
        );
        let world = seen("v=spf1 redirect=x.example", Some(&silent_node));
        assert_eq!(
            SpfPolicy
                .judge(&world, case("acme.example", &intent()))
                .verdict,
            Verdict::Unknown
        );
    }

    #[test]
    fn a_parked_domain_passes_with_a_bare_refusal() {
        let mut parked = intent();
        parked.sends_mail = Some(false);
        assert_eq!(
            SpfPolicy
                .judge(&seen("v=spf1 -all", None), case("acme.example", &parked))
                .verdict,
            Verdict::Pass
        );
        assert_eq!(
            SpfPolicy
                .judge(&seen("v=spf1 mx -all", None), case("acme.example", &parked))
                .verdict,
            Verdict::Warn
        );
    }
}
