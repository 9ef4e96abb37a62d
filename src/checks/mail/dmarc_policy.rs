//! `mail.dmarc-policy`: the policy is as strict as the sprint's stage asks.
//!
//! First a look with reports, then quarantine or reject once real messages have passed (stage `enforced` of the intent).
//! `plan` shows the whole way, where the domain stands on it, and the record of the next step alone.

mod plan;

use crate::checks::evidence;
use crate::checks::rule::{Case, Judgement, Look, Meta, Rule};
use crate::model::exhibit::Exhibit;
use crate::model::intent::{Intent, Stage};
use crate::model::text::escape;
use crate::model::verdict::{Severity, Verdict};

use super::change::{remedy, replace_txt};
use super::dmarc::discover::Discovery;
use super::dmarc::record::{DmarcRecord, Policy};
use super::dmarc::{DmarcSeen, owner};
use super::posture::Sending;
use super::tags::Tags;
use plan::Step;

/// As strict as the stage asks.
pub struct DmarcPolicy;

impl Rule for DmarcPolicy {
    type Seen = DmarcSeen;

    const META: Meta = Meta {
        id: "mail.dmarc-policy",
        title: "The DMARC policy is as strict as this stage asks",
        severity: Severity::Fix,
        intrusive: false,
        deadline_s: 30,
        version: 1,
        standards: &["RFC 9989 §4.7", "RFC 9989 §4.10.1"],
        guide: include_str!("../../../assets/guides/mail.dmarc-policy.md"),
    };

    fn subjects(&self, intent: &Intent) -> Vec<String> {
        vec![intent.domain.to_string()]
    }

    async fn observe(&self, look: Look<'_>) -> DmarcSeen {
        super::dmarc::look(look).await
    }

    fn judge(&self, seen: &DmarcSeen, case: Case<'_>) -> Judgement {
        let sending = seen.sending(case.intent);
        let judgement = match seen.walk.discovery() {
            Discovery::Unclear(why) => Judgement::unknown(format!(
                "the DMARC policy of {} could not be read: {why}",
                case.subject
            ))
            .plainly("We could not look at the rule for mail that strangers send in your name."),
            Discovery::Own(record) if record.policy.is_some() => {
                Applied { record: &record, is_inherited: false }.judge(case, sending)
            }
            Discovery::Inherited { record, .. } if record.policy.is_some() => {
                Applied { record: &record, is_inherited: true }.judge(case, sending)
            }
            _ => sending
                .missing(format!("no DMARC policy applies to {}", case.subject))
                .plainly("Nothing tells receivers what to do with mail that strangers send in your name.")
                .remedy(remedy(
                    case.intent,
                    Self::META.id,
                    ["Publish the record that `mail.dmarc` shows."],
                    Vec::new(),
                )),
        };
        judgement.evidence(seen.walk.answers.iter().map(evidence::dns))
    }
}

/// A record as it applies to the domain.
struct Applied<'a> {
    record: &'a DmarcRecord,
    /// From a name above: the domain is a subdomain there.
    is_inherited: bool,
}

impl Applied<'_> {
    fn policy(&self) -> Policy {
        if self.is_inherited {
            self.record.effective_subdomains()
        } else {
            self.record.effective()
        }
    }

    fn judge(&self, case: Case<'_>, sending: Sending) -> Judgement {
        let policy = self.policy();
        let judgement = match (case.intent.stage, policy) {
            _ if sending == Sending::Denied && policy != Policy::Reject => self
                .short(
                    Verdict::Warn,
                    case,
                    Policy::Reject,
                    "the domain sends nothing, so strangers can be rejected today",
                )
                .severity(Severity::Advice),
            (Stage::Enforced, Policy::None) => {
                let why = if self.record.testing {
                    "`t=y` weakens the policy by one step, so it enforces nothing"
                } else {
                    "it enforces nothing"
                };
                self.short(Verdict::Fail, case, Policy::Quarantine, why)
            }
            (Stage::Launch, Policy::None) if self.record.rua.is_empty() => self.short(
                Verdict::Fail,
                case,
                Policy::None,
                "without `rua=` nobody learns who sends in the domain's name",
            ),
            _ => self.strict_enough(case),
        };
        let shown = (sending != Sending::Denied).then(|| self.plan(case));
        judgement
            .detail("record", escape(&self.record.text))
            .detail("policy", policy.word())
            .detail("subdomains", self.record.effective_subdomains().word())
            .exhibit(shown)
    }

    /// The step that the domain is on; `None` before the first.
    fn step(&self) -> Option<Step> {
        match self.policy() {
            Policy::None if self.record.rua.is_empty() => None,
            Policy::None => Some(Step::Watch),
            Policy::Quarantine => Some(Step::Quarantine),
            Policy::Reject => Some(Step::Reject),
        }
    }

    fn plan(&self, case: Case<'_>) -> Exhibit {
        plan::shown(self.step(), case.intent, |next| {
            if self.is_inherited {
                return "in the record of the domain above".to_owned();
            }
            format!(
                "{} TXT: {} → {}",
                owner(&case.intent.domain),
                escape(&self.record.text),
                stricter(self.record, next.policy(), case.intent)
            )
        })
    }

    fn strict_enough(&self, case: Case<'_>) -> Judgement {
        let policy = self.policy();
        let open = self.open_names();
        if let (Some(what), true) = (open, policy > Policy::None) {
            return self
                .short(
                    Verdict::Warn,
                    case,
                    policy,
                    &format!("{what} are left open"),
                )
                .severity(Severity::Advice);
        }
        let stage = match case.intent.stage {
            Stage::Audit => "the audit",
            Stage::Launch => "launch",
            Stage::Enforced => "the enforced stage",
        };
        let now = if policy == Policy::None {
            "Receivers report who sends in your name, and refuse nobody yet. That is right at first."
        } else {
            "Receivers put mail that strangers send in your name aside or refuse it."
        };
        let plain = match Step::after(self.step()) {
            Some(next) => format!("{now} {}", next.plainly()),
            None => now.to_owned(),
        };
        Judgement::pass(format!(
            "the policy in effect is `{}`, enough for {stage}",
            policy.word()
        ))
        .plainly(plain)
    }

    /// Names below the domain that the policy does not protect.
    fn open_names(&self) -> Option<&'static str> {
        let (subdomains, missing) = (
            self.record.effective_subdomains(),
            self.record.effective_missing(),
        );
        match (subdomains, missing) {
            (Policy::None, Policy::None) => Some("all subdomains"),
            (Policy::None, _) => Some("existing subdomains"),
            (_, Policy::None) => Some("subdomains that do not exist"),
            _ => None,
        }
    }

    fn short(&self, verdict: Verdict, case: Case<'_>, want: Policy, why: &str) -> Judgement {
        let plain = match (verdict, want) {
            (Verdict::Fail, Policy::None) => {
                "Your rule asks receivers for nothing and tells you nothing. Add an address for reports."
            }
            (Verdict::Fail, _) => {
                "Mail that strangers send in your name still arrives. Your own mail passes by now, so the rule can be made stricter."
            }
            _ => "A part of your domain is not covered by the rule against strangers.",
        };
        let judgement = Judgement::new(
            verdict,
            format!("the policy in effect is `{}`: {why}", self.policy().word()),
        )
        .plainly(plain);
        if self.is_inherited {
            return judgement.remedy(remedy(
                case.intent,
                DmarcPolicy::META.id,
                ["The record of the domain above applies. Change it there, or publish one for this domain."],
                Vec::new(),
            ));
        }
        let name = owner(&case.intent.domain);
        let value = stricter(self.record, want, case.intent);
        judgement.remedy(remedy(
            case.intent,
            DmarcPolicy::META.id,
            [Step::of(want).first(case.intent)],
            vec![replace_txt(&name, &self.record.text, value)],
        ))
    }
}

/// The record with at least this policy, for subdomains too, and an address for reports.
fn stricter(record: &DmarcRecord, want: Policy, intent: &Intent) -> String {
    let tags = Tags::parse(&record.text);
    let policy = record.policy.unwrap_or(want).max(want);
    let mut parts = vec!["v=DMARC1".to_owned(), format!("p={}", policy.word())];
    if record.rua.is_empty() {
        parts.push(format!("rua=mailto:dmarc@{}", intent.domain));
    }
    for (name, value) in &tags.pairs {
        let name = name.to_ascii_lowercase();
        let weak = |weaker: Option<Policy>| weaker.is_none_or(|p| p < policy);
        match name.as_str() {
            "v" | "p" | "pct" | "rf" | "ri" | "t" => {}
            "sp" if weak(record.subdomains) => {}
            "np" if weak(record.missing_names) => {}
            _ => parts.push(escape(&format!("{name}={value}"))),
        }
    }
    parts.join("; ")
}

#[cfg(test)]
mod tests {
    use super::super::dmarc::discover::TreeWalk;
    use super::super::worlds::{case, intent, no_name, nothing, sending_intent, silent, txt};
    use super::*;
    use crate::model::observation::dns::{DnsAnswer, RecordType};

    const AT: &str = "_dmarc.acme.example";

    fn seen(own: DnsAnswer) -> DmarcSeen {
        DmarcSeen {
            walk: TreeWalk { answers: vec![own] },
            txt: nothing("acme.example", RecordType::Txt),
            mx: nothing("acme.example", RecordType::Mx),
            doubled: None,
        }
    }

    fn verdict(record: &str, stage: Stage) -> Judgement {
        let mut intent = sending_intent();
        intent.stage = stage;
        DmarcPolicy.judge(&seen(txt(AT, &[record])), case("acme.example", &intent))
    }

    #[test]
    fn each_stage_asks_for_its_own() {
        let rua = "rua=mailto:d@acme.example";
        for (record, stage, want) in [
            ("v=DMARC1; p=none".to_owned(), Stage::Audit, Verdict::Pass),
            ("v=DMARC1; p=none".to_owned(), Stage::Launch, Verdict::Fail),
            (
                format!("v=DMARC1; p=none; {rua}"),
                Stage::Launch,
                Verdict::Pass,
            ),
            (
                format!("v=DMARC1; p=none; {rua}"),
                Stage::Enforced,
                Verdict::Fail,
            ),
            (
                "v=DMARC1; p=quarantine".to_owned(),
                Stage::Launch,
                Verdict::Pass,
            ),
            (
                "v=DMARC1; p=quarantine".to_owned(),
                Stage::Enforced,
                Verdict::Pass,
            ),
            (
                format!("v=DMARC1; p=quarantine; t=y; {rua}"),
                Stage::Enforced,
                Verdict::Fail,
            ),
            (
                "v=DMARC1; p=reject; t=y".to_owned(),
                Stage::Enforced,
                Verdict::Pass,
            ),
            (
                "v=DMARC1; p=reject; sp=none".to_owned(),
                Stage::Enforced,
                Verdict::Warn,
            ),
            (
                "v=DMARC1; p=reject; np=none".to_owned(),
                Stage::Enforced,
                Verdict::Warn,
            ),
            (
                "v=DMARC1; p=reject; sp=none; np=reject".to_owned(),
                Stage::Launch,
                Verdict::Warn,
            ),
        ] {
            let judgement = verdict(&record, stage);
            assert_eq!(
                judgement.verdict, want,
                "{record} {stage:?}: {}",
                judgement.summary
            );
        }
    }

    #[test]
    fn the_stricter_record_keeps_the_rest() {
        let judgement = verdict(
            "v=DMARC1; p=none; sp=none; rua=mailto:d@acme.example; aspf=s; pct=10",
            Stage::Enforced,
        );
        assert_eq!(
            judgement.remedy.unwrap().records[0].value,
            "v=DMARC1; p=quarantine; rua=mailto:d@acme.example; aspf=s"
        );
    }

    #[test]
    fn the_plan_shows_where_it_stands_and_the_next_record_alone() {
        use crate::model::exhibit::Shape;
        let rua = "rua=mailto:d@acme.example";
        for (record, stage, stands, next) in [
            (
                "v=DMARC1; p=none".to_owned(),
                Stage::Audit,
                ["next", "later", "later"],
                "→ v=DMARC1; p=none; rua=mailto:dmarc@acme.example",
            ),
            (
                format!("v=DMARC1; p=none; {rua}"),
                Stage::Launch,
                ["here", "next", "later"],
                "→ v=DMARC1; p=quarantine; rua=mailto:d@acme.example",
            ),
            (
                format!("v=DMARC1; p=none; {rua}"),
                Stage::Enforced,
                ["here", "next, asked for now", "later"],
                "→ v=DMARC1; p=quarantine; rua=mailto:d@acme.example",
            ),
            (
                format!("v=DMARC1; p=reject; t=y; {rua}"),
                Stage::Enforced,
                ["done", "here", "next"],
                "→ v=DMARC1; p=reject; rua=mailto:d@acme.example",
            ),
            (
                format!("v=DMARC1; p=reject; {rua}"),
                Stage::Enforced,
                ["done", "done", "here"],
                "",
            ),
        ] {
            let judgement = verdict(&record, stage);
            let Shape::Table { rows, .. } = &judgement.exhibits[0].shape else {
                panic!("{:?}", judgement.exhibits);
            };
            let column = |at: usize| rows.iter().map(move |row| row.cells[at].as_str());
            assert_eq!(column(1).collect::<Vec<_>>(), stands, "{record} {stage:?}");
            let records: Vec<&str> = column(3).filter(|cell| !cell.is_empty()).collect();
            assert_eq!(records.len(), usize::from(!next.is_empty()), "{record}");
            assert!(records.concat().ends_with(next), "{record}: {records:?}");
        }
    }

    #[test]
    fn a_domain_that_sends_nothing_needs_no_plan() {
        let mut intent = intent();
        intent.sends_mail = Some(false);
        let world = seen(txt(AT, &["v=DMARC1; p=none"]));
        let judgement = DmarcPolicy.judge(&world, case("acme.example", &intent));
        assert!(judgement.exhibits.is_empty());
    }

    #[test]
    fn no_record_no_policy_and_silence_is_unknown() {
        let world = |answer, intent: &Intent| {
            DmarcPolicy
                .judge(&seen(answer), case("acme.example", intent))
                .verdict
        };
        let sends = sending_intent();
        assert_eq!(world(no_name(AT, RecordType::Txt), &sends), Verdict::Fail);
        assert_eq!(
            world(no_name(AT, RecordType::Txt), &intent()),
            Verdict::Warn
        );
        assert_eq!(world(silent(AT, RecordType::Txt), &sends), Verdict::Unknown);
    }
}
