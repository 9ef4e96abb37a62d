//! `mail.parked`: sibling domains that send nothing say so, so that nobody writes in their name.
//!
//! Three sentences: an SPF record that lets nobody in, a DMARC policy of reject, and a null MX where an address would
//! otherwise take mail (RFC 5321 §5.1). A sibling that takes mail at real servers may.

use serde::{Deserialize, Serialize};

use crate::checks::evidence;
use crate::checks::rule::{Case, Judgement, Look, Meta, Rule};
use crate::model::exhibit::{Exhibit, TableRow};
use crate::model::finding::RecordChange;
use crate::model::intent::Intent;
use crate::model::name::HostName;
use crate::model::observation::dns::{DnsAnswer, RecordType};
use crate::model::text::escape;
use crate::model::verdict::{Severity, Verdict};
use crate::remedy::records;

use super::change::{add_txt, delete_txt, remedy, replace_txt};
use super::dmarc::discover::{self, Discovery, TreeWalk};
use super::dmarc::mend::first_record;
use super::dmarc::owner;
use super::dmarc::record::Policy;
use super::posture::{Sending, is_bare_denial, mail_servers};
use super::spf::select::Selection;
use super::spf::tree::{Looked, SpfNode};
use super::spf::walk::walk;

/// The whole SPF record of a domain that sends nothing.
const NOBODY: &str = "v=spf1 -all";

/// Siblings that send nothing say so.
pub struct Parked;

/// What a sibling says of mail.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ParkedSeen {
    pub spf: SpfNode,
    pub dmarc: TreeWalk,
    pub mx: DnsAnswer,
    pub addresses: Vec<DnsAnswer>,
}

impl Rule for Parked {
    /// `None`: the intent names no sibling.
    type Seen = Option<ParkedSeen>;

    const META: Meta = Meta {
        id: "mail.parked",
        title: "Sibling domains that send nothing say so",
        severity: Severity::Advice,
        intrusive: false,
        deadline_s: 40,
        version: 1,
        standards: &["RFC 7208 §10.1.2", "RFC 9989 §4.7", "RFC 7505 §3"],
        guide: include_str!("../../../assets/guides/mail.parked.md"),
    };

    /// The siblings; the domain itself when the intent names none.
    fn subjects(&self, intent: &Intent) -> Vec<String> {
        let mut names: Vec<String> = intent.parked.iter().map(ToString::to_string).collect();
        names.sort();
        names.dedup();
        if names.is_empty() {
            names.push(intent.domain.to_string());
        }
        names
    }

    async fn observe(&self, look: Look<'_>) -> Option<ParkedSeen> {
        let domain = sibling(look.intent, look.subject)?;
        let (spf, dmarc, mx, a, aaaa) = futures_util::join!(
            walk(look.network, domain),
            discover::walk(look.network, domain),
            look.network.ask(domain, RecordType::Mx),
            look.network.ask(domain, RecordType::A),
            look.network.ask(domain, RecordType::Aaaa)
        );
        Some(ParkedSeen {
            spf,
            dmarc,
            mx: (*mx).clone(),
            addresses: vec![(*a).clone(), (*aaaa).clone()],
        })
    }

    fn judge(&self, seen: &Option<ParkedSeen>, case: Case<'_>) -> Judgement {
        match (seen, sibling(case.intent, case.subject)) {
            (Some(seen), Some(domain)) => of_sibling(seen, domain),
            _ => Judgement::not_applicable(
                "the intent names no sibling domains that send nothing (`parked`)",
            )
            .plainly("No other domains of yours are named, so there is nothing to look at."),
        }
    }
}

fn sibling<'a>(intent: &'a Intent, subject: &str) -> Option<&'a HostName> {
    intent.parked.iter().find(|name| name.as_str() == subject)
}

/// One of the three sentences, and how it stands.
struct Sentence {
    what: &'static str,
    /// What stands there now.
    now: String,
    stand: Stand,
}

enum Stand {
    Said,
    /// What is missing, and the records that say it.
    Missing(Vec<RecordChange>),
    Unread,
}

impl Stand {
    const fn verdict(&self) -> Verdict {
        match self {
            Self::Said => Verdict::Pass,
            Self::Missing(_) => Verdict::Warn,
            Self::Unread => Verdict::Unknown,
        }
    }
}

fn of_sibling(seen: &ParkedSeen, domain: &HostName) -> Judgement {
    let sentences = [spf(seen, domain), dmarc(seen, domain), mx(seen, domain)];
    let rows = sentences
        .iter()
        .map(|sentence| TableRow::judged(sentence.stand.verdict(), [sentence.what, &sentence.now]));
    let table = Exhibit::table(
        format!("what {domain} says of mail"),
        &["wanted", "there"],
        rows,
    );
    let mut missing: Vec<&str> = Vec::new();
    let mut unread: Vec<&str> = Vec::new();
    let mut changes: Vec<RecordChange> = Vec::new();
    for sentence in &sentences {
        match &sentence.stand {
            Stand::Said => {}
            Stand::Missing(records) => {
                missing.push(sentence.what);
                changes.extend(records.iter().cloned());
            }
            Stand::Unread => unread.push(&sentence.now),
        }
    }
    let stands = sentences
        .each_ref()
        .map(|sentence| sentence.stand.verdict());
    let judgement = if !missing.is_empty() {
        Judgement::warn(format!(
            "{domain} sends nothing, and does not say so: {} missing",
            missing.join(", ")
        ))
        .plainly("Anybody can write in the name of this domain of yours, and receivers have no reason to refuse it.")
        .detail("missing", missing.clone())
        // The sibling's own zone, wherever it is edited.
        .remedy(remedy(
            &Intent::of(domain.clone()),
            Parked::META.id,
            [format!("If {domain} does send mail, take it out of `parked` in the intent instead.")],
            changes,
        ))
    } else if let Some(first) = unread.first() {
        Judgement::unknown(format!("what {domain} says of mail could not be read: {first}"))
            .plainly("We could not see whether this domain of yours refuses mail that strangers send in its name.")
    } else {
        Judgement::pass(format!("{domain} says that it sends nothing"))
            .plainly("This domain of yours tells the world that it sends no mail.")
    };
    let answers = seen
        .spf
        .answer
        .iter()
        .chain(seen.dmarc.own())
        .chain([&seen.mx]);
    let [spf, dmarc, mx] = stands.map(Verdict::word);
    judgement
        .detail("spf", spf)
        .detail("dmarc", dmarc)
        .detail("mx", mx)
        .exhibit([table])
        .evidence(answers.map(evidence::dns))
}

fn spf(seen: &ParkedSeen, domain: &HostName) -> Sentence {
    let (now, stand) = match seen.spf.selection() {
        None => (unread(seen.spf.answer.as_ref()), Stand::Unread),
        Some(Selection::None(_)) => (
            "no SPF record".to_owned(),
            Stand::Missing(vec![add_txt(domain, NOBODY)]),
        ),
        Some(Selection::Many(records)) => {
            let changes = records
                .iter()
                .enumerate()
                .map(|(index, record)| match index {
                    0 => replace_txt(domain, record, NOBODY),
                    _ => delete_txt(domain, record),
                });
            let stand = Stand::Missing(changes.collect());
            (format!("{} SPF records", records.len()), stand)
        }
        Some(Selection::One(record)) => {
            let stand = match lets_nobody_in(&seen.spf) {
                Some(true) => Stand::Said,
                Some(false) => Stand::Missing(vec![replace_txt(domain, &record, NOBODY)]),
                None => Stand::Unread,
            };
            (escape(&record), stand)
        }
    };
    Sentence {
        what: "SPF `v=spf1 -all`",
        now,
        stand,
    }
}

/// Whether a record, or the one that its `redirect=` leads to, is a bare refusal; `None` when that one could not be read.
fn lets_nobody_in(node: &SpfNode) -> Option<bool> {
    let Some((record, parsed)) = node.parsed() else {
        return node.selection().map(|_| false);
    };
    if parsed.redirect().is_none() || parsed.evaluated().count() > 0 {
        return Some(is_bare_denial(&record));
    }
    match node.branches.first().map(|branch| &branch.looked) {
        Some(Looked::Record(behind)) => lets_nobody_in(behind),
        _ => Some(false),
    }
}

fn dmarc(seen: &ParkedSeen, domain: &HostName) -> Sentence {
    let name = owner(domain);
    let wanted = || first_record(domain, Sending::Denied);
    let (now, stand) = match seen.dmarc.discovery() {
        Discovery::Unclear(why) => (why, Stand::Unread),
        Discovery::Absent => (
            "no DMARC record".to_owned(),
            Stand::Missing(vec![add_txt(&name, wanted())]),
        ),
        Discovery::Several(list) => {
            let changes = list.iter().enumerate().map(|(index, record)| match index {
                0 => replace_txt(&name, record, wanted()),
                _ => delete_txt(&name, record),
            });
            let stand = Stand::Missing(changes.collect());
            (format!("{} DMARC records", list.len()), stand)
        }
        Discovery::Own(record) => {
            let stand = if record.policy.is_some() && record.effective() == Policy::Reject {
                Stand::Said
            } else {
                Stand::Missing(vec![replace_txt(&name, &record.text, wanted())])
            };
            (escape(&record.text), stand)
        }
        Discovery::Inherited { from, record } => {
            let rejects =
                record.policy.is_some() && record.effective_subdomains() == Policy::Reject;
            let stand = if rejects {
                Stand::Said
            } else {
                Stand::Missing(vec![add_txt(&name, wanted())])
            };
            (
                format!("{} (of {})", escape(&record.text), escape(&from)),
                stand,
            )
        }
    };
    Sentence {
        what: "DMARC `p=reject`",
        now,
        stand,
    }
}

fn mx(seen: &ParkedSeen, domain: &HostName) -> Sentence {
    let servers = mail_servers(&seen.mx);
    let names: Vec<String> = servers
        .iter()
        .map(|(preference, name)| format!("{preference} {}.", escape(name)))
        .collect();
    let has_address = seen.addresses.iter().any(|a| !a.addresses().is_empty());
    let blind = seen.addresses.iter().find(|answer| answer.is_unusable());
    let has_null = servers.iter().any(|(_, name)| name.is_empty());
    let (now, stand) = if seen.mx.is_unusable() {
        (unread(Some(&seen.mx)), Stand::Unread)
    } else if has_null && servers.len() > 1 {
        let others = servers.iter().filter(|(_, name)| !name.is_empty());
        let changes = others.map(|(preference, name)| {
            records::delete(
                domain,
                RecordType::Mx,
                format!("{preference} {}.", escape(name)),
            )
        });
        (names.join(" | "), Stand::Missing(changes.collect()))
    } else if !servers.is_empty() {
        (names.join(" | "), Stand::Said)
    } else if has_address {
        let null = records::add(domain, RecordType::Mx, "0 .");
        (
            "an address, and no MX".to_owned(),
            Stand::Missing(vec![null]),
        )
    } else if let Some(answer) = blind {
        (unread(Some(answer)), Stand::Unread)
    } else {
        ("neither an MX nor an address".to_owned(), Stand::Said)
    };
    Sentence {
        what: "null MX `0 .`",
        now,
        stand,
    }
}

fn unread(answer: Option<&DnsAnswer>) -> String {
    answer.map_or_else(
        || "the name cannot be asked for".to_owned(),
        |answer| {
            format!(
                "{} {}: {}",
                answer.name,
                answer.rtype,
                escape(&answer.outcome_line())
            )
        },
    )
}

#[cfg(test)]
mod tests {
    use super::super::spf::tree::Branch;
    use super::super::worlds::{
        address, case, intent, mx as mx_of, name, no_name, nothing, silent, txt,
    };
    use super::*;

    const AT: &str = "acme-old.example";

    fn with_sibling() -> Intent {
        let mut intent = intent();
        intent.parked = vec![name(AT)];
        intent
    }

    fn quiet() -> ParkedSeen {
        ParkedSeen {
            spf: SpfNode {
                domain: AT.into(),
                answer: Some(txt(AT, &[NOBODY])),
                branches: Vec::new(),
            },
            dmarc: TreeWalk {
                answers: vec![txt("_dmarc.acme-old.example", &["v=DMARC1; p=reject"])],
            },
            mx: nothing(AT, RecordType::Mx),
            addresses: vec![nothing(AT, RecordType::A), nothing(AT, RecordType::Aaaa)],
        }
    }

    fn judged(change: impl FnOnce(&mut ParkedSeen)) -> Judgement {
        let mut seen = quiet();
        change(&mut seen);
        Parked.judge(&Some(seen), case(AT, &with_sibling()))
    }

    fn wanted(judgement: &Judgement) -> Vec<String> {
        let remedy = judgement.remedy.as_ref();
        let records = remedy.map(|r| r.records.clone()).unwrap_or_default();
        records
            .into_iter()
            .map(|r| format!("{} {} {}", r.name, r.rtype, r.value))
            .collect()
    }

    #[test]
    fn all_three_sentences_are_asked_for() {
        assert_eq!(judged(|_| {}).verdict, Verdict::Pass);
        let judgement = judged(|seen| {
            seen.spf.answer = Some(no_name(AT, RecordType::Txt));
            seen.dmarc.answers = vec![no_name("_dmarc.acme-old.example", RecordType::Txt)];
            seen.addresses = vec![address(AT, "203.0.113.10")];
        });
        assert_eq!(judgement.verdict, Verdict::Warn);
        for (sentence, stands) in [("spf", "warn"), ("dmarc", "warn"), ("mx", "warn")] {
            assert_eq!(judgement.details[sentence], stands, "{sentence}");
        }
        let only_spf = judged(|seen| seen.spf.answer = Some(silent(AT, RecordType::Txt)));
        for (sentence, stands) in [("spf", "unknown"), ("dmarc", "pass"), ("mx", "pass")] {
            assert_eq!(only_spf.details[sentence], stands, "{sentence}");
        }
        assert_eq!(
            wanted(&judgement),
            [
                "acme-old.example TXT v=spf1 -all",
                "_dmarc.acme-old.example TXT v=DMARC1; p=reject; sp=reject; adkim=s; aspf=s",
                "acme-old.example MX 0 ."
            ]
        );
        let steps = judgement.remedy.unwrap().steps.join("\n");
        assert!(
            steps.contains("record editor for acme-old.example"),
            "{steps}"
        );
    }

    #[test]
    fn a_null_mx_is_wanted_only_where_an_address_would_take_mail() {
        for (servers, host, want) in [
            (&[][..], "", Verdict::Pass),
            (&[], "203.0.113.10", Verdict::Warn),
            (&[(0, "")], "203.0.113.10", Verdict::Pass),
            (&[(0, ""), (10, "mx.acme.example")], "", Verdict::Warn),
            (&[(10, "mx.acme.example")], "203.0.113.10", Verdict::Pass),
        ] {
            let judgement = judged(|seen| {
                seen.mx = mx_of(AT, servers);
                if !host.is_empty() {
                    seen.addresses = vec![address(AT, host)];
                }
            });
            assert_eq!(judgement.verdict, want, "{}", judgement.summary);
        }
    }

    #[test]
    fn half_a_refusal_is_none() {
        for record in [
            "v=spf1 ~all",
            "v=spf1 mx -all",
            "v=spf1",
            "v=spf1 ip4:192.0.2.1 -all",
        ] {
            let judgement = judged(|seen| seen.spf.answer = Some(txt(AT, &[record])));
            assert_eq!(judgement.verdict, Verdict::Warn, "{record}");
        }
        for record in [
            "v=DMARC1; p=quarantine",
            "v=DMARC1; p=reject; t=y",
            "v=DMARC1; p=no",
        ] {
            let judgement = judged(|seen| {
                seen.dmarc.answers = vec![txt("_dmarc.acme-old.example", &[record])];
            });
            assert_eq!(judgement.verdict, Verdict::Warn, "{record}");
        }
    }

    #[test]
    fn a_redirect_to_a_refusal_is_one() {
        let behind = |record: &str| {
            judged(|seen| {
                seen.spf.answer = Some(txt(AT, &["v=spf1 redirect=_parked.acme.example"]));
                seen.spf.branches = vec![Branch {
                    term: "redirect=_parked.acme.example".into(),
                    looked: Looked::Record(Box::new(SpfNode {
                        domain: "_parked.acme.example".into(),
                        answer: Some(txt("_parked.acme.example", &[record])),
                        branches: Vec::new(),
                    })),
                }];
            })
            .verdict
        };
        assert_eq!(behind(NOBODY), Verdict::Pass);
        assert_eq!(behind("v=spf1 mx -all"), Verdict::Warn);
    }

    #[test]
    fn silence_is_unknown_and_no_sibling_is_none() {
        let judgement = judged(|seen| seen.mx = silent(AT, RecordType::Mx));
        assert_eq!(judgement.verdict, Verdict::Unknown, "{}", judgement.summary);
        let judgement = judged(|seen| {
            seen.mx = silent(AT, RecordType::Mx);
            seen.spf.answer = Some(nothing(AT, RecordType::Txt));
        });
        assert_eq!(judgement.verdict, Verdict::Warn);
        assert_eq!(Parked.subjects(&intent()), ["acme.example"]);
        let none = Parked.judge(&None, case("acme.example", &intent()));
        assert_eq!(none.verdict, Verdict::NotApplicable);
    }
}
