//! `mail.mta-sts`: where the domain asks senders to insist on TLS, record and policy are right and cover every mail server.
//!
//! None is a remark. An enforced policy that does not name a mail server makes senders hold mail back, so that is a blocker.
//! Whether the servers themselves speak TLS is not looked at here.

pub mod fetch;
pub mod mend;
pub mod policy;
pub mod record;

#[cfg(test)]
pub mod samples;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use url::Url;

use crate::checks::evidence;
use crate::checks::rule::{Case, Judgement, Look, Meta, Rule};
use crate::model::intent::Intent;
use crate::model::name::HostName;
use crate::model::observation::dns::{DnsAnswer, RecordType};
use crate::model::observation::http::HttpExchange;
use crate::model::text::escape;
use crate::model::verdict::Severity;

use super::posture::{mail_servers, takes_mail};
use super::versioned::{Choice, choose};
use fetch::{Fetched, fetched};
use mend::Mend;
use policy::{Mode, Policy, covers};

/// Record and policy agree with the mail servers, where there are any.
pub struct MtaSts;

/// The record, the mail servers, and what stands where the policy must be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MtaStsSeen {
    pub txt: DnsAnswer,
    pub mx: DnsAnswer,
    /// A and AAAA of the policy's host.
    pub addresses: Vec<DnsAnswer>,
    /// No redirect is followed.
    pub policy: Option<HttpExchange>,
}

/// `_mta-sts.domain`.
pub fn owner(domain: &HostName) -> HostName {
    domain.child("_mta-sts")
}

/// Where the policy must be.
pub fn place(domain: &HostName) -> String {
    format!("https://mta-sts.{domain}/.well-known/mta-sts.txt")
}

impl Rule for MtaSts {
    type Seen = MtaStsSeen;

    const META: Meta = Meta {
        id: "mail.mta-sts",
        title: "MTA-STS is right and covers every mail server, where there is one",
        severity: Severity::Fix,
        intrusive: false,
        deadline_s: 30,
        version: 1,
        standards: &["RFC 8461 §3", "RFC 8461 §4.1"],
        guide: include_str!("../../../assets/guides/mail.mta-sts.md"),
    };

    fn subjects(&self, intent: &Intent) -> Vec<String> {
        vec![intent.domain.to_string()]
    }

    async fn observe(&self, look: Look<'_>) -> MtaStsSeen {
        let domain = &look.intent.domain;
        let (name, host) = (owner(domain), domain.child("mta-sts"));
        let (txt, mx, v4, v6) = futures_util::join!(
            look.network.ask(&name, RecordType::Txt),
            look.network.ask(domain, RecordType::Mx),
            look.network.ask(&host, RecordType::A),
            look.network.ask(&host, RecordType::Aaaa)
        );
        let policy = match Url::parse(&place(domain)) {
            Ok(url) => Some((*look.network.get(&url).await).clone()),
            Err(_) => None,
        };
        MtaStsSeen {
            txt: (*txt).clone(),
            mx: (*mx).clone(),
            addresses: vec![(*v4).clone(), (*v6).clone()],
            policy,
        }
    }

    fn judge(&self, seen: &MtaStsSeen, case: Case<'_>) -> Judgement {
        let judgement = if seen.txt.is_unusable() {
            unseen(format!(
                "the MTA-STS record of {} could not be read: {}",
                case.subject,
                escape(&seen.txt.outcome_line())
            ))
        } else {
            match choose(&seen.txt, "STSv1") {
                Choice::Missing(near) => without_record(seen, near, case),
                Choice::Several(list) => several(seen, &list, case),
                Choice::One(text) => with_record(seen, &text, case),
            }
        };
        judgement
            .evidence([evidence::dns(&seen.txt), evidence::dns(&seen.mx)])
            .evidence(seen.policy.as_ref().map(evidence::http))
    }
}

impl MtaStsSeen {
    fn fetched(&self) -> Fetched {
        match &self.policy {
            Some(exchange) => fetched(exchange, &self.addresses),
            None => Fetched::Unseen("the policy was not asked for".to_owned()),
        }
    }

    /// A policy is served, right or wrong.
    fn served(&self) -> Option<Policy> {
        let response = self.policy.as_ref()?.response()?;
        match self.fetched() {
            Fetched::Policy(policy) if policy::is_one(&response.body) => Some(policy),
            _ => None,
        }
    }

    /// The mail servers' names; verification tokens are none.
    fn servers(&self) -> Vec<String> {
        let mut names: Vec<String> = mail_servers(&self.mx)
            .into_iter()
            .map(|(_, name)| name)
            .filter(|name| !name.is_empty() && !name.ends_with(".msv1.invalid"))
            .collect();
        names.sort();
        names.dedup();
        names
    }
}

fn unseen(summary: String) -> Judgement {
    Judgement::unknown(summary)
        .plainly("We could not look at the rule that makes senders protect mail to you.")
}

fn without_record(seen: &MtaStsSeen, near: Option<(String, String)>, case: Case<'_>) -> Judgement {
    let name = owner(&case.intent.domain);
    if let Some((text, why)) = near {
        return Judgement::fail(format!(
            "{name} holds no MTA-STS record: `{}` is none, because {why}",
            escape(&text)
        ))
        .plainly("You meant to make senders protect mail to you, but the record has a typing error, so none of them looks further.")
        .remedy(Mend::of(seen, case).record(Some(&text), None));
    }
    if let Some(policy) = seen.served() {
        return Judgement::warn(format!(
            "{} serves an MTA-STS policy, but {name} has no record, so senders never look for it",
            case.subject
        ))
        .plainly(
            "The rule that makes senders protect mail to you is written, but nothing points to it.",
        )
        .detail("policy", policy_text(seen))
        .remedy(Mend::of(seen, case).both(&policy, None, None));
    }
    if takes_mail(&seen.mx) == Some(false) {
        return Judgement::not_applicable(format!("{} takes no mail", case.subject))
            .plainly("Your domain takes no mail, so there is nothing to protect on its way.");
    }
    Judgement::warn(format!("{} has no MTA-STS", case.subject))
        .severity(Severity::Advice)
        .plainly("Senders protect mail to you when they can, and send it open when somebody interferes. This can be closed later; it blocks nothing.")
        .remedy(Mend::of(seen, case).both(&Policy::default(), None, None))
}

fn several(seen: &MtaStsSeen, list: &[String], case: Case<'_>) -> Judgement {
    Judgement::fail(format!(
        "{} holds {} MTA-STS records; senders use none of them",
        owner(&case.intent.domain),
        list.len()
    ))
    .plainly("Two records that should make senders protect mail to you cancel each other out.")
    .detail(
        "records",
        list.iter().map(|text| escape(text)).collect::<Vec<_>>(),
    )
    .remedy(Mend::of(seen, case).fewer(list))
}

fn with_record(seen: &MtaStsSeen, text: &str, case: Case<'_>) -> Judgement {
    let record = record::read(text);
    let id = record.id.as_deref();
    let mend = Mend::of(seen, case);
    let judgement = if let Some(first) = record.problems.first() {
        Judgement::fail(format!(
            "the MTA-STS record of {} is broken: {first}",
            case.subject
        ))
        .plainly("The record that should make senders protect mail to you has a typing error, so they ignore it.")
        .detail("problems", record.problems.clone())
        .remedy(mend.record(Some(text), None))
    } else {
        match seen.fetched() {
            Fetched::Unseen(why) => unseen(format!(
                "the MTA-STS policy of {} could not be read: {why}",
                case.subject
            )),
            Fetched::Nothing(why) => Judgement::fail(format!(
                "{} has an MTA-STS record, but senders find no policy: {why}",
                case.subject
            ))
            .plainly("You announce a rule that makes senders protect mail to you, but they cannot fetch it.")
            .remedy(mend.both(&Policy::default(), Some(text), id)),
            Fetched::Policy(policy) => match policy.problems.first() {
                Some(first) => Judgement::fail(format!(
                    "the MTA-STS policy of {} is broken: {first}",
                    case.subject
                ))
                .plainly("The rule that makes senders protect mail to you has a mistake in it, so they ignore it.")
                .detail("problems", policy.problems.clone())
                .remedy(mend.both(&policy, Some(text), id)),
                None => applied(seen, &policy, &mend, (text, id), case),
            },
        }
    };
    judgement
        .detail("record", escape(text))
        .detail("policy", policy_text(seen))
        .detail("id", id.map(escape))
        .detail("digest", digest(seen))
}

/// A policy that senders use.
fn applied(
    seen: &MtaStsSeen,
    policy: &Policy,
    mend: &Mend<'_>,
    (text, id): (&str, Option<&str>),
    case: Case<'_>,
) -> Judgement {
    let domain = case.subject;
    if policy.mode == Some(Mode::None) {
        return Judgement::warn(format!(
            "the MTA-STS policy of {domain} is switched off (mode none)"
        ))
        .severity(Severity::Advice)
        .plainly("The rule that makes senders protect mail to you is switched off.")
        .remedy(mend.both(policy, Some(text), id));
    }
    if seen.mx.is_unusable() {
        return unseen(format!(
            "whether the MTA-STS policy of {domain} covers its mail servers could not be told: {}",
            escape(&seen.mx.outcome_line())
        ));
    }
    let servers = seen.servers();
    let open: Vec<String> = servers
        .iter()
        .filter(|server| !policy.mx.iter().any(|pattern| covers(pattern, server)))
        .map(|server| escape(server))
        .collect();
    let enforced = policy.mode == Some(Mode::Enforce);
    let judgement = if !open.is_empty() && enforced {
        Judgement::fail(format!(
            "the enforced MTA-STS policy of {domain} does not cover {}",
            open.join(", ")
        ))
        .severity(Severity::Blocker)
        .plainly("The rule for senders forbids them to hand mail to one of your own mail servers, so mail to you is held back and lost after days.")
        .remedy(mend.both(policy, Some(text), id))
    } else if !open.is_empty() {
        Judgement::warn(format!(
            "the MTA-STS policy of {domain}, still in testing, does not cover {}",
            open.join(", ")
        ))
        .plainly("The rule for senders leaves out one of your own mail servers. It is only being tried; enforced, it would hold mail back.")
        .remedy(mend.both(policy, Some(text), id))
    } else if let Some(note) = policy.notes.first() {
        Judgement::warn(format!(
            "the MTA-STS policy of {domain} is valid, but {note}"
        ))
        .severity(Severity::Advice)
        .plainly("The rule that makes senders protect mail to you works; a detail in it deserves a look.")
        .detail("notes", policy.notes.clone())
        .remedy(mend.both(policy, Some(text), id))
    } else if enforced {
        Judgement::pass(format!(
            "MTA-STS is enforced and covers every mail server of {domain}"
        ))
        .plainly("Senders protect mail to you on its way, or do not send it.")
    } else {
        Judgement::pass(format!(
            "MTA-STS of {domain} covers every mail server; it is in testing, so nothing is enforced yet"
        ))
        .plainly("Senders only report so far when they cannot protect mail to you. Enforce it once the reports are clean.")
    };
    judgement
        .detail("mode", policy.mode.map(Mode::word))
        .detail("max_age", policy.max_age)
        .detail(
            "servers",
            servers.iter().map(|s| escape(s)).collect::<Vec<_>>(),
        )
        .detail("uncovered", open)
}

/// The text that stands there, when it is meant to be a policy.
fn policy_text(seen: &MtaStsSeen) -> Option<String> {
    let response = seen.policy.as_ref()?.response()?;
    policy::is_one(&response.body).then(|| crate::model::text::excerpt(&response.body, mend::SHOWN))
}

/// What the policy says, in short: line ends and spaces at them make no other policy. Two runs are compared by it, since the
/// record's id must change whenever the policy does (RFC 8461 §3.1).
fn digest(seen: &MtaStsSeen) -> Option<String> {
    let response = seen.policy.as_ref()?.response()?;
    if !policy::is_one(&response.body) {
        return None;
    }
    let lines: Vec<&str> = response.body.lines().map(str::trim).collect();
    let digest = Sha256::digest(lines.join("\n").trim());
    Some(
        digest
            .iter()
            .take(8)
            .fold(String::new(), |text, byte| text + &format!("{byte:02x}")),
    )
}

#[cfg(test)]
mod tests {
    use super::super::worlds::{broken, case, intent, mx, no_name, nothing, silent, txt};
    use super::samples::{GOOD, PLACE, TEXT, exchange, response};
    use super::*;
    use crate::model::observation::{Failure, FailureKind};
    use crate::model::verdict::Verdict;

    const AT: &str = "_mta-sts.acme.example";
    const RECORD: &str = "v=STSv1; id=20261121";

    fn seen(records: &[&str], policy: Option<&str>) -> MtaStsSeen {
        let response = match policy {
            Some(text) => response(200, &[TEXT], text),
            None => response(404, &[TEXT], ""),
        };
        MtaStsSeen {
            txt: txt(AT, records),
            mx: mx("acme.example", &[(10, "mx.acme.example")]),
            addresses: Vec::new(),
            policy: Some(exchange(PLACE, Ok(response))),
        }
    }

    fn verdict(seen: &MtaStsSeen) -> Judgement {
        MtaSts.judge(seen, case("acme.example", &intent()))
    }

    #[test]
    fn record_and_policy_are_told_apart() {
        assert_eq!(place(&intent().domain), PLACE);
        let testing = GOOD.replace("enforce", "testing");
        let off = GOOD.replace("enforce", "none");
        let short = GOOD.replace("604800", "60");
        let other = GOOD.replace("mx: mx", "mx: other");
        let other_testing = other.replace("enforce", "testing");
        for (world, want, severity, words) in [
            (seen(&[RECORD], Some(GOOD)), Verdict::Pass, None, "enforced"),
            (
                seen(&[RECORD, "x"], Some(&testing)),
                Verdict::Pass,
                None,
                "testing",
            ),
            (
                seen(&[RECORD], Some(&off)),
                Verdict::Warn,
                Some(Severity::Advice),
                "switched off",
            ),
            (
                seen(&[RECORD], Some(&short)),
                Verdict::Warn,
                Some(Severity::Advice),
                "60 seconds",
            ),
            (
                seen(&[RECORD], Some(&other)),
                Verdict::Fail,
                Some(Severity::Blocker),
                "does not cover mx.acme.example",
            ),
            (
                seen(&[RECORD], Some(&other_testing)),
                Verdict::Warn,
                None,
                "still in testing",
            ),
            (
                seen(&[RECORD], Some("version: STSv1\n")),
                Verdict::Fail,
                None,
                "no `mode:`",
            ),
            (seen(&[RECORD], None), Verdict::Fail, None, "find no policy"),
            (
                seen(&[RECORD, "v=STSv1; id=2"], Some(GOOD)),
                Verdict::Fail,
                None,
                "2 MTA-STS records",
            ),
            (
                seen(&["v=STSv1;"], Some(GOOD)),
                Verdict::Fail,
                None,
                "no `id=`",
            ),
            (
                seen(&["v=STSv1 id=2"], Some(GOOD)),
                Verdict::Fail,
                None,
                "semicolon",
            ),
            (seen(&[], Some(GOOD)), Verdict::Warn, None, "never look"),
            (
                seen(&[], None),
                Verdict::Warn,
                Some(Severity::Advice),
                "has no MTA-STS",
            ),
        ] {
            let judgement = verdict(&world);
            assert_eq!(judgement.verdict, want, "{}", judgement.summary);
            assert_eq!(judgement.severity, severity, "{}", judgement.summary);
            assert!(judgement.summary.contains(words), "{}", judgement.summary);
            assert!(!judgement.plain.is_empty());
            assert_eq!(judgement.remedy.is_some(), want != Verdict::Pass);
        }
    }

    #[test]
    fn what_was_not_seen_is_unknown() {
        let failed = |kind| {
            let mut world = seen(&[RECORD], None);
            world.policy = Some(exchange(PLACE, Err(Failure::new(kind, "no answer in 3 s"))));
            verdict(&world).verdict
        };
        assert_eq!(failed(FailureKind::Timeout), Verdict::Unknown);
        assert_eq!(failed(FailureKind::Refused), Verdict::Fail);
        for txt in [silent(AT, RecordType::Txt), broken(AT, RecordType::Txt)] {
            let mut world = seen(&[], Some(GOOD));
            world.txt = txt;
            assert_eq!(verdict(&world).verdict, Verdict::Unknown);
        }
        let mut world = seen(&[RECORD], Some(GOOD));
        world.mx = silent("acme.example", RecordType::Mx);
        assert_eq!(verdict(&world).verdict, Verdict::Unknown);
    }

    #[test]
    fn only_real_mail_servers_must_be_covered() {
        let mut world = seen(&[RECORD], Some(GOOD));
        world.mx = mx(
            "acme.example",
            &[(10, "mx.acme.example"), (32767, "ms1.msv1.invalid")],
        );
        assert_eq!(verdict(&world).verdict, Verdict::Pass);
        let mut world = seen(&[], None);
        world.txt = no_name(AT, RecordType::Txt);
        for servers in [
            mx("acme.example", &[(0, "")]),
            nothing("acme.example", RecordType::Mx),
        ] {
            world.mx = servers;
            assert_eq!(verdict(&world).verdict, Verdict::NotApplicable);
        }
    }

    #[test]
    fn the_new_policy_keeps_what_holds_and_adds_what_is_missing() {
        let other = GOOD.replace("mx: mx", "mx: other");
        let remedy = verdict(&seen(&[RECORD], Some(&other))).remedy.unwrap();
        assert_eq!(
            remedy.settings[0].value,
            "version: STSv1\nmode: enforce\nmx: other.acme.example\nmx: mx.acme.example\nmax_age: 604800\n"
        );
        assert!(
            remedy
                .steps
                .iter()
                .any(|s| s.contains("mx: other.acme.example")),
            "{:?}",
            remedy.steps
        );
        let change = &remedy.records[0];
        assert_eq!(change.old.as_deref(), Some(RECORD));
        assert_eq!(change.value, "v=STSv1; id=19700101");
        let fresh = verdict(&seen(&[], None)).remedy.unwrap();
        assert_eq!(
            fresh.settings[0].value,
            "version: STSv1\nmode: testing\nmx: mx.acme.example\nmax_age: 604800\n"
        );
        assert_eq!(fresh.records[0].old, None);
    }
}
