//! `mail.spf`: exactly one SPF record, valid to the letter of RFC 7208, and so is everything that it includes.
//!
//! Below it the parser's rooms: [`select`] finds the record among a name's TXT records, [`parse`] reads it by the ABNF of
//! §12, `walk` asks for everything it refers to, `tally` counts what that costs, [`check_host`] says what one message gets,
//! `compose` writes a better record. None of those gives a verdict.

pub mod ask;
pub mod check_host;
pub mod compose;
pub mod expand;
pub mod hint;
pub mod macros;
pub mod mark;
pub mod mend;
pub mod parse;
pub mod select;
pub mod tally;
pub mod term;
pub mod tree;
pub mod walk;
pub mod zone;

use serde::{Deserialize, Serialize};

use crate::checks::evidence;
use crate::checks::rule::{Case, Judgement, Look, Meta, Rule};
use crate::model::finding::Evidence;
use crate::model::intent::Intent;
use crate::model::observation::dns::{DnsAnswer, RecordType};
use crate::model::text::escape;
use crate::model::verdict::Severity;

use super::change::{add_txt, delete_txt, remedy, replace_txt};
use super::posture::{self, Sending};
use parse::{Parsed, Problem};
use select::{NearMiss, Selection};
use tally::tally;
use tree::SpfNode;

/// Exactly one SPF record, valid to the letter.
pub struct Spf;

/// The tree of the record, and whether the domain receives mail.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SpfSeen {
    pub tree: SpfNode,
    pub mx: DnsAnswer,
}

impl SpfSeen {
    /// Whether the domain sends.
    pub fn sending(&self, intent: &Intent) -> Sending {
        posture::sending(intent, &self.mx, self.tree.answer.as_ref())
    }

    /// The TXT answer at the domain.
    pub fn evidence(&self) -> Option<Evidence> {
        self.tree.answer.as_ref().map(evidence::dns)
    }

    /// Why nothing can be said about the domain's own record.
    pub fn unreadable(&self) -> Option<String> {
        match (&self.tree.answer, self.tree.selection()) {
            (_, Some(_)) => None,
            (Some(answer), None) => Some(escape(&answer.outcome_line())),
            (None, None) => Some("the name cannot be asked for".to_owned()),
        }
    }

    /// The finding when the record could not be read.
    pub fn unknown(&self, why: &str) -> Judgement {
        Judgement::unknown(format!(
            "the TXT records of {} could not be read: {why}",
            self.tree.domain
        ))
        .plainly("We could not look at the list of services that may send mail in your name. Nothing is proven either way.")
        .evidence(self.evidence())
    }
}

/// Looks; the three SPF checks share every question.
pub async fn look(look: Look<'_>) -> SpfSeen {
    let domain = &look.intent.domain;
    let (tree, mx) = futures_util::join!(
        walk::walk(look.network, domain),
        look.network.ask(domain, RecordType::Mx)
    );
    SpfSeen {
        tree,
        mx: (*mx).clone(),
    }
}

impl Rule for Spf {
    type Seen = SpfSeen;

    const META: Meta = Meta {
        id: "mail.spf",
        title: "There is exactly one SPF record, and it is valid",
        severity: Severity::Blocker,
        intrusive: false,
        deadline_s: 40,
        version: 1,
        standards: &["RFC 7208 §3", "RFC 7208 §4.5", "RFC 7208 §12"],
        guide: include_str!("../../../assets/guides/mail.spf.md"),
    };

    fn subjects(&self, intent: &Intent) -> Vec<String> {
        vec![intent.domain.to_string()]
    }

    async fn observe(&self, look: Look<'_>) -> SpfSeen {
        self::look(look).await
    }

    fn judge(&self, seen: &SpfSeen, case: Case<'_>) -> Judgement {
        if let Some(why) = seen.unreadable() {
            return seen.unknown(&why);
        }
        let sending = seen.sending(case.intent);
        let name = format!("SPF {}", case.subject);
        let judgement = match seen.tree.selection() {
            Some(Selection::Many(records)) => many(case, &records).told(name, records),
            Some(Selection::One(record)) => one(seen, case, &record).told(name, [record]),
            Some(Selection::None(misses)) => none(case, &misses, sending).told(name, []),
            None => seen.unknown("no answer"),
        };
        judgement.evidence(seen.evidence())
    }
}

fn none(case: Case<'_>, misses: &[NearMiss], sending: Sending) -> Judgement {
    let domain = &case.intent.domain;
    let value = mend::first_record(sending, case.intent);
    let judgement = match misses.first() {
        Some(miss) => sending
            .missing(format!(
                "{domain} has no SPF record: `{}` is not one, because {}",
                miss.text, miss.why
            ))
            .remedy(remedy(
                case.intent,
                Spf::META.id,
                ["Replace the TXT record that was meant to be the SPF record."],
                vec![replace_txt(domain, &miss.text, mend::mended(miss).unwrap_or(value))],
            )),
        None => sending.missing(format!("{domain} has no SPF record")).remedy(remedy(
            case.intent,
            Spf::META.id,
            ["Add this one TXT record. Before you do, add every service that sends mail in the domain's name."],
            vec![add_txt(domain, value)],
        )),
    };
    judgement.detail("records", 0).plainly(if sending.is_yes() {
        "Nothing says which services may send mail in your name, so invitations and password resets are likely to land in spam or be refused."
    } else {
        "Your domain does not send mail, but nothing tells the world so: anybody can write in your name."
    })
}

fn many(case: Case<'_>, records: &[String]) -> Judgement {
    let domain = &case.intent.domain;
    let merged = compose::merge(records);
    let mut changes = Vec::new();
    for (index, record) in records.iter().enumerate() {
        changes.push(if index == 0 {
            replace_txt(domain, record, merged.clone())
        } else {
            delete_txt(domain, record)
        });
    }
    let shown: Vec<String> = records.iter().map(|r| format!("`{}`", escape(r))).collect();
    Judgement::fail(format!(
        "{domain} publishes {} SPF records, so receivers use none of them: {}",
        records.len(),
        shown.join(" and ")
    ))
    .plainly("Two lists of allowed mail services cancel each other out. They have to become one.")
    .detail("records", records.len())
    .remedy(remedy(
        case.intent,
        Spf::META.id,
        [
            "Merge the records into one: replace the first, delete the others.",
            "Never add a second SPF record when another service asks for one; add its `include:` to the one that is there.",
        ],
        changes,
    ))
}

fn one(seen: &SpfSeen, case: Case<'_>, record: &str) -> Judgement {
    let domain = &case.intent.domain;
    let parsed = parse::parse(record);
    if !parsed.problems.is_empty() {
        return broken(seen, case, record, &parsed);
    }
    let tally = tally(&seen.tree);
    let judgement = if let Some(first) = tally.broken.first() {
        Judgement::fail(format!(
            "the SPF record of {domain} is valid, but a part of it is not: {first}"
        ))
        .plainly("Your list of allowed mail services points at another list that is broken, so receivers discard the whole of it.")
        .detail("broken", tally.broken.clone())
        .remedy(mend::without(case, record, &tally.broken))
    } else if let Some(first) = tally.unclear.first() {
        Judgement::unknown(format!(
            "the SPF record of {domain} is valid, but a part of it could not be read: {first}"
        ))
        .plainly("A part of your list of allowed mail services could not be looked at just now.")
    } else {
        Judgement::pass(format!("one valid SPF record: `{}`", escape(record)))
            .plainly("There is one list of the services that may send mail in your name, and it is written correctly.")
    };
    judgement
        .detail("records", 1)
        .detail("record", escape(record))
}

fn broken(seen: &SpfSeen, case: Case<'_>, record: &str, parsed: &Parsed) -> Judgement {
    let domain = &case.intent.domain;
    let lines: Vec<String> = parsed.problems.iter().map(Problem::line).collect();
    let first = lines.first().cloned().unwrap_or_default();
    let more = match lines.len() {
        0 | 1 => String::new(),
        count => format!(" (and {} more)", count - 1),
    };
    let steps = vec![
        format!("Mend the record at the place that is named: {first}."),
        "Publish it as one line; a receiver treats one wrong term as if the whole record were missing.".to_owned(),
    ];
    let changes = compose::with_spaces(record)
        .map(|new| replace_txt(domain, record, new))
        .into_iter()
        .collect();
    Judgement::fail(format!("the SPF record of {domain} is invalid: {first}{more}"))
        .plainly("There is a typing error in the list of services that may send mail in your name, so receivers discard the whole of it.")
        .detail("records", 1)
        .detail("record", escape(record))
        .detail("problems", lines)
        .detail("spans", spans(parsed))
        .evidence(places(seen, record, parsed))
        .remedy(remedy(case.intent, Spf::META.id, steps, changes))
}

/// The bytes of the record that each problem stands at: first, and one past the last.
fn spans(parsed: &Parsed) -> Vec<Vec<usize>> {
    let spans = parsed
        .problems
        .iter()
        .map(|p| vec![p.span.start, p.span.end]);
    spans.collect()
}

/// Each problem below its place in the record.
fn places(seen: &SpfSeen, record: &str, parsed: &Parsed) -> Option<Evidence> {
    let at = seen.tree.answer.as_ref()?.at;
    let shown: Vec<String> = parsed
        .problems
        .iter()
        .map(|problem| {
            format!(
                "{}\n{}",
                mark::marked(record, &problem.span),
                problem.line()
            )
        })
        .collect();
    Some(evidence::note(at, &shown.join("\n")))
}

#[cfg(test)]
mod tests {
    use super::super::worlds::{
        broken as servfail, case, intent, mx, nothing, sending_intent, silent, txt,
    };
    use super::tree::{Branch, Looked};
    use super::*;
    use crate::model::verdict::{Confidence, Verdict};

    fn seen(answer: DnsAnswer) -> SpfSeen {
        SpfSeen {
            tree: SpfNode {
                domain: "acme.example".into(),
                answer: Some(answer),
                branches: Vec::new(),
            },
            mx: nothing("acme.example", RecordType::Mx),
        }
    }

    fn including(answer: DnsAnswer) -> SpfSeen {
        let mut seen = seen(txt(
            "acme.example",
            &["v=spf1 include:_spf.mailer.example -all"],
        ));
        seen.tree.branches.push(Branch {
            term: "include:_spf.mailer.example".into(),
            looked: Looked::Record(Box::new(SpfNode {
                domain: "_spf.mailer.example".into(),
                answer: Some(answer),
                branches: Vec::new(),
            })),
        });
        seen
    }

    fn verdict(seen: &SpfSeen) -> Judgement {
        Spf.judge(seen, case("acme.example", &sending_intent()))
    }

    #[test]
    fn worlds_and_verdicts() {
        let owner = "_spf.mailer.example";
        for (seen, want, words) in [
            (
                including(txt(owner, &["v=spf1 ip4:192.0.2.0/24 -all"])),
                Verdict::Pass,
                "one valid",
            ),
            (
                including(nothing(owner, RecordType::Txt)),
                Verdict::Fail,
                "publishes no SPF record",
            ),
            (
                including(txt(owner, &["v=spf1 a", "v=spf1 mx"])),
                Verdict::Fail,
                "2 SPF records",
            ),
            (
                including(txt(owner, &["v=spf1 ip4:1.2.3 -all"])),
                Verdict::Fail,
                "is broken",
            ),
            (
                including(silent(owner, RecordType::Txt)),
                Verdict::Unknown,
                "no answer in 3 s",
            ),
            (
                seen(txt("acme.example", &["v=spf1 -all", "v=spf1 -all"])),
                Verdict::Fail,
                "2 SPF records",
            ),
            (
                seen(txt("acme.example", &["v=spf1 ip4:192.0.2.1~all"])),
                Verdict::Fail,
                "column 8",
            ),
            (
                seen(txt("acme.example", &[" v=spf1 -all"])),
                Verdict::Fail,
                "stands before",
            ),
            (
                seen(nothing("acme.example", RecordType::Txt)),
                Verdict::Fail,
                "no SPF record",
            ),
            (
                seen(silent("acme.example", RecordType::Txt)),
                Verdict::Unknown,
                "no answer in 3 s",
            ),
            (
                seen(servfail("acme.example", RecordType::Txt)),
                Verdict::Unknown,
                "SERVFAIL",
            ),
            (
                seen(txt("acme.example", &["v=SPF1 moo=x mx -all"])),
                Verdict::Pass,
                "one valid",
            ),
        ] {
            let judgement = verdict(&seen);
            assert_eq!(judgement.verdict, want, "{}", judgement.summary);
            assert!(judgement.summary.contains(words), "{}", judgement.summary);
            assert_eq!(
                judgement.remedy.is_some(),
                want == Verdict::Fail,
                "{}",
                judgement.summary
            );
        }
    }

    #[test]
    fn a_typing_error_is_shown_at_its_place() {
        let judgement = verdict(&seen(txt(
            "acme.example",
            &["v=spf1 mx ip4:1.2.3 moo -all"],
        )));
        assert_eq!(
            judgement.details["spans"],
            serde_json::json!([[10, 19], [20, 23]])
        );
        let text = &judgement.evidence[0].text;
        assert!(text.contains("\n          ^^^^^^^^^\ncolumn 11"), "{text}");
        assert!(
            text.contains("\n                    ^^^\ncolumn 21"),
            "{text}"
        );
    }

    #[test]
    fn a_domain_that_sends_nothing_is_not_blocked() {
        let judgement = Spf.judge(
            &seen(nothing("acme.example", RecordType::Txt)),
            case("acme.example", &intent()),
        );
        assert_eq!(judgement.verdict, Verdict::Warn);
        assert_eq!(judgement.remedy.unwrap().records[0].value, "v=spf1 -all");
        let mut receives = seen(nothing("acme.example", RecordType::Txt));
        receives.mx = mx("acme.example", &[(10, "mx.acme.example")]);
        let judgement = Spf.judge(&receives, case("acme.example", &intent()));
        assert_eq!(judgement.verdict, Verdict::Fail);
        assert_eq!(judgement.confidence, Confidence::Likely);
    }

    #[test]
    fn two_records_are_merged_not_joined_by_a_third() {
        let world = seen(txt(
            "acme.example",
            &["v=spf1 mx -all", "v=spf1 include:x.example ~all"],
        ));
        let records = verdict(&world).remedy.unwrap().records;
        assert_eq!(records[0].value, "v=spf1 include:x.example mx ~all");
        assert_eq!(
            records[1].action,
            crate::model::finding::RecordAction::Delete
        );
    }

    #[test]
    fn the_order_of_records_is_no_new_fact() {
        let one = verdict(&seen(txt(
            "acme.example",
            &["v=spf1 mx -all", "v=spf1 a -all"],
        )));
        let two = verdict(&seen(txt(
            "acme.example",
            &["v=spf1 a -all", "v=spf1 mx -all"],
        )));
        assert_eq!(one.summary, two.summary);
    }
}
