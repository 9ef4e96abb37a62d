//! `mail.dmarc`: one valid DMARC record applies to the domain, found as receivers find it.

pub mod discover;
pub mod mend;
pub mod organisation;
pub mod record;
pub mod version;

use serde::{Deserialize, Serialize};

use crate::checks::evidence;
use crate::checks::rule::{Case, Judgement, Look, Meta, Rule};
use crate::model::finding::RecordChange;
use crate::model::intent::Intent;
use crate::model::name::HostName;
use crate::model::observation::dns::{DnsAnswer, RecordType};
use crate::model::text::escape;
use crate::model::verdict::{Severity, Verdict};

use super::change::{add_txt, delete_txt, remedy, replace_txt};
use super::posture::{self, Sending};
use discover::{Discovery, TreeWalk, records};
use mend::{first_record, misplaced, tidy};
use record::DmarcRecord;
use version::near_miss;

/// One valid record applies.
pub struct Dmarc;

/// The walk, what tells whether the domain sends, and the name to which panels shift the record by mistake.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DmarcSeen {
    pub walk: TreeWalk,
    pub txt: DnsAnswer,
    pub mx: DnsAnswer,
    /// `_dmarc.acme.example.acme.example`, asked for when there is no record where it belongs.
    pub doubled: Option<DnsAnswer>,
}

impl DmarcSeen {
    /// Whether the domain sends.
    pub fn sending(&self, intent: &Intent) -> Sending {
        posture::sending(intent, &self.mx, Some(&self.txt))
    }
}

/// What a panel makes of a full name typed into a field that wants the part before the domain (trap 54).
fn doubled_name(domain: &HostName) -> Option<HostName> {
    HostName::parse(&format!("_dmarc.{domain}.{domain}")).ok()
}

/// `_dmarc.domain`.
pub fn owner(domain: &HostName) -> HostName {
    domain.child("_dmarc")
}

/// Looks; both DMARC checks share every question.
pub async fn look(look: Look<'_>) -> DmarcSeen {
    let domain = &look.intent.domain;
    let (walk, txt, mx) = futures_util::join!(
        discover::walk(look.network, domain),
        look.network.ask(domain, RecordType::Txt),
        look.network.ask(domain, RecordType::Mx)
    );
    let missing = walk
        .own()
        .is_some_and(|own| !own.is_unusable() && records(own).is_empty());
    let doubled = match doubled_name(domain) {
        Some(name) if missing => Some((*look.network.ask(&name, RecordType::Txt).await).clone()),
        _ => None,
    };
    DmarcSeen {
        walk,
        txt: (*txt).clone(),
        mx: (*mx).clone(),
        doubled,
    }
}

impl Rule for Dmarc {
    type Seen = DmarcSeen;

    const META: Meta = Meta {
        id: "mail.dmarc",
        title: "One valid DMARC record applies to the domain",
        severity: Severity::Blocker,
        intrusive: false,
        deadline_s: 30,
        version: 1,
        standards: &["RFC 9989 §4.7", "RFC 9989 §4.10"],
        guide: include_str!("../../../assets/guides/mail.dmarc.md"),
    };

    fn subjects(&self, intent: &Intent) -> Vec<String> {
        vec![intent.domain.to_string()]
    }

    async fn observe(&self, look: Look<'_>) -> DmarcSeen {
        self::look(look).await
    }

    fn judge(&self, seen: &DmarcSeen, case: Case<'_>) -> Judgement {
        let sending = seen.sending(case.intent);
        let judgement = match seen.walk.discovery() {
            Discovery::Unclear(why) => Judgement::unknown(format!(
                "the DMARC record of {} could not be read: {why}",
                case.subject
            ))
            .plainly("We could not look at the rule for mail that strangers send in your name."),
            Discovery::Absent => absent(seen, case, sending),
            Discovery::Several(list) => several(&list, case),
            Discovery::Own(record) => own(&record, case, sending),
            Discovery::Inherited { from, record } => inherited(&from, &record, case, sending),
        };
        let judgement = match seen.walk.own().filter(|own| !own.is_unusable()) {
            Some(own) => judgement.told(format!("DMARC {}", case.subject), records(own)),
            None => judgement,
        };
        judgement.evidence(seen.walk.answers.iter().map(evidence::dns))
    }
}

fn own(record: &DmarcRecord, case: Case<'_>, sending: Sending) -> Judgement {
    let name = owner(&case.intent.domain);
    let shown = escape(&record.text);
    if let Some(error) = record.errors.first() {
        let new = first_record(&case.intent.domain, sending);
        return Judgement::fail(format!("the DMARC record of {} is broken: {error}", case.subject))
            .plainly("The rule for mail that strangers send in your name has a typing error, so receivers ignore it.")
            .detail("record", shown)
            .detail("problems", record.errors.clone())
            .remedy(remedy(
                case.intent,
                Dmarc::META.id,
                ["Replace the record."],
                vec![replace_txt(&name, &record.text, new)],
            ));
    }
    if let Some(note) = record.notes.first() {
        return Judgement::warn(format!("the DMARC record of {} is valid, but {note}", case.subject))
            .severity(Severity::Advice)
            .plainly("There is a rule for mail that strangers send in your name; a detail in it deserves a look.")
            .detail("record", shown)
            .detail("notes", record.notes.clone())
            .remedy(remedy(
                case.intent,
                Dmarc::META.id,
                ["Replace the record by the tidy one."],
                vec![replace_txt(&name, &record.text, tidy(record))],
            ));
    }
    Judgement::pass(format!("one valid DMARC record: `{shown}`"))
        .plainly("There is a rule that tells receivers what to do with mail that strangers send in your name.")
        .detail("record", shown)
}

fn several(list: &[String], case: Case<'_>) -> Judgement {
    let name = owner(&case.intent.domain);
    let keep = list
        .iter()
        .position(|text| {
            let record = record::read(text);
            record.errors.is_empty() && !record.rua.is_empty()
        })
        .unwrap_or(0);
    let changes: Vec<RecordChange> = list
        .iter()
        .enumerate()
        .filter(|(index, _)| *index != keep)
        .map(|(_, text)| delete_txt(&name, text))
        .collect();
    let kept = list.get(keep).map(|t| escape(t)).unwrap_or_default();
    Judgement::fail(format!(
        "{name} holds {} DMARC records; receivers discard them all",
        list.len()
    ))
    .plainly("Two rules for mail that strangers send in your name cancel each other out.")
    .detail(
        "records",
        list.iter().map(|t| escape(t)).collect::<Vec<_>>(),
    )
    .remedy(remedy(
        case.intent,
        Dmarc::META.id,
        [format!(
            "Keep `{kept}` (or the one you mean) and delete the others."
        )],
        changes,
    ))
}

fn inherited(from: &str, record: &DmarcRecord, case: Case<'_>, sending: Sending) -> Judgement {
    let from = escape(from);
    let new = add_txt(
        &owner(&case.intent.domain),
        first_record(&case.intent.domain, sending),
    );
    let judgement = if let Some(error) = record.errors.first() {
        Judgement::fail(format!(
            "{} has no DMARC record, and the one of {from} is broken: {error}",
            case.subject
        ))
        .plainly("The rule for mail that strangers send in your name is broken.")
    } else if record.psd == record::Psd::Yes {
        Judgement::warn(format!(
            "{} has no DMARC record; the one of its public suffix {from} applies, and its reports go there",
            case.subject
        ))
        .plainly("You rely on a rule that the operator of the top-level domain has made. Better have your own.")
    } else {
        return Judgement::pass(format!(
            "the DMARC record of {from} applies to {}: `{}`",
            case.subject,
            escape(&record.text)
        ))
        .plainly("There is a rule that tells receivers what to do with mail that strangers send in your name.")
        .detail("record", escape(&record.text))
        .detail("from", from);
    };
    judgement.detail("from", from).remedy(remedy(
        case.intent,
        Dmarc::META.id,
        ["Publish a record of your own."],
        vec![new],
    ))
}

fn absent(seen: &DmarcSeen, case: Case<'_>, sending: Sending) -> Judgement {
    let domain = &case.intent.domain;
    let name = owner(domain);
    let value = first_record(domain, sending);
    let mut first = vec!["Add one TXT record. `p=none` changes nothing for your mail; it only makes receivers send reports.".to_owned()];
    if sending.is_yes() {
        first.push(format!(
            "The reports go to `dmarc@{domain}`. Make that mailbox or alias first, or write another address of yours in its place."
        ));
    }
    let mut changes = vec![add_txt(&name, value.clone())];
    let near = seen
        .walk
        .own()
        .map(DnsAnswer::texts)
        .unwrap_or_default()
        .into_iter()
        .find_map(|text| near_miss(&text).map(|why| (text, why)));
    let elsewhere = misplaced(seen, domain);
    let summary = if let Some((text, why)) = near {
        first = vec!["Replace the record that was meant to be DMARC.".to_owned()];
        changes = vec![replace_txt(&name, &text, value)];
        format!(
            "{name} holds no DMARC record: `{}` is none, because {why}",
            escape(&text)
        )
    } else if let Some((place, text)) = elsewhere {
        first = vec![format!(
            "The record stands at {place}. Move it to {name}: in most panels the name field wants only `_dmarc`."
        )];
        changes = vec![add_txt(&name, escape(&text)), delete_txt(&place, &text)];
        format!("{domain} has no DMARC record at {name}: it was put at {place}, where nobody looks")
    } else {
        format!("{domain} has no DMARC record")
    };
    let judgement =
        sending
            .missing(summary)
            .remedy(remedy(case.intent, Dmarc::META.id, first, changes));
    let plain = match judgement.verdict {
        Verdict::Fail => {
            "Nothing tells receivers what to do with mail that strangers send in your name, and the big mailbox providers distrust senders without such a rule."
        }
        _ => {
            "This domain sends no mail, but nothing tells receivers to refuse what strangers send in its name."
        }
    };
    judgement.plainly(plain)
}

#[cfg(test)]
mod tests {
    use super::super::worlds::{
        broken, case, intent, no_name, nothing, sending_intent, silent, txt,
    };
    use super::*;

    const AT: &str = "_dmarc.acme.example";

    fn seen(own: DnsAnswer) -> DmarcSeen {
        DmarcSeen {
            walk: TreeWalk { answers: vec![own] },
            txt: nothing("acme.example", RecordType::Txt),
            mx: nothing("acme.example", RecordType::Mx),
            doubled: None,
        }
    }

    fn verdict(seen: &DmarcSeen) -> Judgement {
        Dmarc.judge(seen, case("acme.example", &sending_intent()))
    }

    #[test]
    fn worlds_and_verdicts() {
        for (own, want, words) in [
            (
                txt(AT, &["v=DMARC1; p=quarantine; rua=mailto:d@acme.example"]),
                Verdict::Pass,
                "one valid",
            ),
            (
                txt(AT, &["v = DMARC1 ; p=none", "unrelated"]),
                Verdict::Pass,
                "one valid",
            ),
            (
                txt(AT, &["v=DMARC1; p=none; pct=50"]),
                Verdict::Warn,
                "pct=50",
            ),
            (
                txt(AT, &["v=DMARC1; p=none; rua=d@acme.example"]),
                Verdict::Warn,
                "mailto:",
            ),
            (txt(AT, &["v=DMARC1"]), Verdict::Fail, "broken"),
            (
                txt(AT, &["v=DMARC1; p=none", "v=DMARC1; p=none"]),
                Verdict::Fail,
                "discard",
            ),
            (txt(AT, &["v=dmarc1; p=none"]), Verdict::Fail, "capitals"),
            (txt(AT, &["v=DMARC1 p=none"]), Verdict::Fail, "semicolon"),
            (
                no_name(AT, RecordType::Txt),
                Verdict::Fail,
                "no DMARC record",
            ),
            (
                silent(AT, RecordType::Txt),
                Verdict::Unknown,
                "no answer in 3 s",
            ),
            (broken(AT, RecordType::Txt), Verdict::Unknown, "SERVFAIL"),
        ] {
            let judgement = verdict(&seen(own));
            assert_eq!(judgement.verdict, want, "{}", judgement.summary);
            assert!(judgement.summary.contains(words), "{}", judgement.summary);
            assert!(!judgement.plain.is_empty());
        }
    }

    #[test]
    fn a_record_at_the_wrong_name_is_found() {
        let mut world = seen(no_name(AT, RecordType::Txt));
        let doubled = "_dmarc.acme.example.acme.example";
        world.doubled = Some(txt(doubled, &["v=DMARC1; p=none"]));
        let judgement = verdict(&world);
        assert!(judgement.summary.contains(doubled), "{}", judgement.summary);
        let records = judgement.remedy.unwrap().records;
        assert_eq!(
            (records[0].name.as_str(), records[1].name.as_str()),
            (AT, doubled)
        );
        world.txt = txt("acme.example", &["v=DMARC1; p=none"]);
        assert!(verdict(&world).summary.contains("put at acme.example"));
    }

    #[test]
    fn the_first_record_is_composed() {
        let judgement = verdict(&seen(no_name(AT, RecordType::Txt)));
        let change = &judgement.remedy.as_ref().unwrap().records[0];
        assert_eq!(
            change.value,
            "v=DMARC1; p=none; rua=mailto:dmarc@acme.example; adkim=s; aspf=s"
        );
    }

    #[test]
    fn a_parent_record_applies_and_a_suffix_only_warns() {
        let above = |record: &str| {
            let mut world = seen(no_name(AT, RecordType::Txt));
            world.walk.answers.push(txt("_dmarc.example", &[record]));
            verdict(&world).verdict
        };
        assert_eq!(above("v=DMARC1; p=reject"), Verdict::Pass);
        assert_eq!(above("v=DMARC1; p=reject; psd=y"), Verdict::Warn);
    }

    #[test]
    fn a_domain_that_sends_nothing_is_not_blocked() {
        let judgement = Dmarc.judge(
            &seen(no_name(AT, RecordType::Txt)),
            case("acme.example", &intent()),
        );
        assert_eq!(judgement.verdict, Verdict::Warn);
        assert!(
            judgement.remedy.unwrap().records[0]
                .value
                .contains("p=reject")
        );
    }
}
