//! `mail.tls-rpt`: senders are told where to report that a connection to the domain's mail servers could not be protected.
//!
//! None is a remark. One that is there must be right: senders skip a wrong record without a word (RFC 8460 §3).

use serde::{Deserialize, Serialize};
use url::Url;

use crate::checks::evidence;
use crate::checks::rule::{Case, Judgement, Look, Meta, Rule};
use crate::model::finding::RecordChange;
use crate::model::intent::Intent;
use crate::model::name::HostName;
use crate::model::observation::dns::{DnsAnswer, RecordType};
use crate::model::text::escape;
use crate::model::verdict::Severity;

use super::change::{add_txt, delete_txt, remedy, replace_txt};
use super::dmarc::record::is_mailto;
use super::posture::takes_mail;
use super::versioned::{Choice, Fields, choose};

const VERSION: &str = "TLSRPTv1";

/// A right record, where there is one.
pub struct TlsRpt;

/// The TXT records, and the MX records that tell whether mail comes in at all.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TlsRptSeen {
    pub txt: DnsAnswer,
    pub mx: DnsAnswer,
}

fn owner(domain: &HostName) -> HostName {
    domain.child("_tls").child("_smtp")
}

impl Rule for TlsRpt {
    type Seen = TlsRptSeen;

    const META: Meta = Meta {
        id: "mail.tls-rpt",
        title: "Reports about unprotected mail connections are asked for rightly",
        severity: Severity::Advice,
        intrusive: false,
        deadline_s: 30,
        version: 1,
        standards: &["RFC 8460 §3"],
        guide: include_str!("../../../assets/guides/mail.tls-rpt.md"),
    };

    fn subjects(&self, intent: &Intent) -> Vec<String> {
        vec![intent.domain.to_string()]
    }

    async fn observe(&self, look: Look<'_>) -> TlsRptSeen {
        let domain = &look.intent.domain;
        let name = owner(domain);
        let (txt, mx) = futures_util::join!(
            look.network.ask(&name, RecordType::Txt),
            look.network.ask(domain, RecordType::Mx)
        );
        TlsRptSeen {
            txt: (*txt).clone(),
            mx: (*mx).clone(),
        }
    }

    fn judge(&self, seen: &TlsRptSeen, case: Case<'_>) -> Judgement {
        let judgement = if seen.txt.is_unusable() {
            Judgement::unknown(format!(
                "the TLS reporting record of {} could not be read: {}",
                case.subject,
                escape(&seen.txt.outcome_line())
            ))
            .plainly("We could not look where reports about mail connections are to go.")
        } else {
            match choose(&seen.txt, VERSION) {
                Choice::Missing(Some((text, why))) => wrong(
                    format!("`{}` is no TLS reporting record: {why}", escape(&text)),
                    vec![replace_txt(&owner(&case.intent.domain), &text, fresh(case))],
                    case,
                ),
                Choice::Missing(None) if takes_mail(&seen.mx) == Some(false) => {
                    Judgement::not_applicable(format!("{} takes no mail", case.subject))
                        .plainly("Your domain takes no mail, so there is nothing to report about.")
                }
                Choice::Missing(None) => absent(case),
                Choice::Several(list) => several(&list, case),
                Choice::One(text) => one(&text, case),
            }
        };
        judgement.evidence([evidence::dns(&seen.txt), evidence::dns(&seen.mx)])
    }
}

/// The record to begin with.
fn fresh(case: Case<'_>) -> String {
    format!("v={VERSION}; rua=mailto:tls-reports@{}", case.intent.domain)
}

fn absent(case: Case<'_>) -> Judgement {
    Judgement::warn(format!("{} asks for no TLS reports", case.subject))
        .severity(Severity::Advice)
        .plainly("Nobody tells you when mail to you travels unprotected or is held back. It is one record; nothing depends on it.")
        .remedy(remedy(
            case.intent,
            TlsRpt::META.id,
            ["Add one TXT record, with a mailbox or a reporting service that somebody reads."],
            vec![add_txt(&owner(&case.intent.domain), fresh(case))],
        ))
}

fn wrong(summary: String, changes: Vec<RecordChange>, case: Case<'_>) -> Judgement {
    Judgement::fail(summary)
        .plainly("You ask for reports about mail connections, but in a form that senders do not understand, so none will come.")
        .remedy(remedy(
            case.intent,
            TlsRpt::META.id,
            ["Exactly one record must stand there."],
            changes,
        ))
}

fn several(list: &[String], case: Case<'_>) -> Judgement {
    let name = owner(&case.intent.domain);
    let keep = list
        .iter()
        .position(|text| problems(text).is_empty())
        .unwrap_or(0);
    let changes = list
        .iter()
        .enumerate()
        .filter(|(index, _)| *index != keep)
        .map(|(_, text)| delete_txt(&name, text))
        .collect();
    let summary = format!(
        "{name} holds {} TLS reporting records; senders use none of them",
        list.len()
    );
    let shown: Vec<String> = list.iter().map(|text| escape(text)).collect();
    wrong(summary, changes, case).detail("records", shown)
}

fn one(text: &str, case: Case<'_>) -> Judgement {
    let shown = escape(text);
    let problems = problems(text);
    if let Some(first) = problems.first() {
        let new = tidy(text).unwrap_or_else(|| fresh(case));
        let change = replace_txt(&owner(&case.intent.domain), text, new);
        return wrong(
            format!(
                "the TLS reporting record of {} is broken: {first}",
                case.subject
            ),
            vec![change],
            case,
        )
        .detail("record", shown)
        .detail("problems", problems);
    }
    Judgement::pass(format!("one TLS reporting record: `{shown}`"))
        .plainly("Senders know whom to tell when a mail connection to you cannot be protected.")
        .detail("record", shown)
}

/// What is wrong with a record that has its version.
fn problems(text: &str) -> Vec<String> {
    let fields = Fields::parse(text);
    let mut problems: Vec<String> = fields
        .odd
        .iter()
        .map(|piece| format!("`{}` is no `name=value`", escape(piece)))
        .collect();
    match fields.values("rua").count() {
        0 => problems.push("there is no `rua=`".to_owned()),
        1 => {}
        _ => problems.push("`rua=` stands more than once".to_owned()),
    }
    problems.extend(addresses(&fields).filter_map(|uri| {
        let shown = escape(uri);
        if is_address(uri) {
            None
        } else if uri.contains('@') && !uri.contains(':') {
            Some(format!(
                "`rua={shown}` is no report address; write `mailto:{shown}`"
            ))
        } else {
            Some(format!(
                "`rua={shown}` is neither a mailto: nor an https: address"
            ))
        }
    }));
    problems
}

fn addresses(fields: &Fields) -> impl Iterator<Item = &str> {
    fields
        .values("rua")
        .flat_map(|value| value.split(','))
        .map(|uri| uri.trim_matches([' ', '\t']))
}

/// A URI of RFC 3986: visible ASCII characters; a comma or an exclamation mark must be percent-encoded.
fn is_address(uri: &str) -> bool {
    let is_https = uri
        .get(..8)
        .is_some_and(|start| start.eq_ignore_ascii_case("https://"))
        && Url::parse(uri).is_ok_and(|url| url.has_host());
    !uri.contains('!') && uri.bytes().all(|b| b.is_ascii_graphic()) && (is_mailto(uri) || is_https)
}

/// The record with the addresses that can be understood; `None` when there are none.
fn tidy(text: &str) -> Option<String> {
    let fields = Fields::parse(text);
    let kept: Vec<String> = addresses(&fields)
        .map(|uri| match uri.contains(':') {
            true => uri.to_owned(),
            false => format!("mailto:{uri}"),
        })
        .filter(|uri| is_address(uri))
        .collect();
    (!kept.is_empty()).then(|| escape(&format!("v={VERSION}; rua={}", kept.join(","))))
}

#[cfg(test)]
mod tests {
    use super::super::worlds::{broken, case, intent, mx, no_name, nothing, silent, txt};
    use super::*;
    use crate::model::verdict::Verdict;

    const AT: &str = "_smtp._tls.acme.example";

    fn verdict(txt: DnsAnswer) -> Judgement {
        let mx = mx("acme.example", &[(10, "mx.acme.example")]);
        TlsRpt.judge(&TlsRptSeen { txt, mx }, case("acme.example", &intent()))
    }

    #[test]
    fn worlds_and_verdicts() {
        assert_eq!(
            owner(&super::super::worlds::name("acme.example")).as_str(),
            AT
        );
        let good = "v=TLSRPTv1; rua=mailto:t@acme.example";
        for (world, want, words) in [
            (txt(AT, &[good]), Verdict::Pass, "one TLS"),
            (txt(AT, &[good, "v=spf1 -all"]), Verdict::Pass, "one TLS"),
            (
                txt(
                    AT,
                    &["v=TLSRPTv1;rua=https://r.example/x,mailto:t@acme.example;"],
                ),
                Verdict::Pass,
                "one TLS",
            ),
            (txt(AT, &[good, good]), Verdict::Fail, "none of them"),
            (
                txt(AT, &["v=TLSRPTv1; rua=t@acme.example"]),
                Verdict::Fail,
                "write `mailto:t@acme.example`",
            ),
            (
                txt(AT, &["v=TLSRPTv1; rua=http://r.example/x"]),
                Verdict::Fail,
                "neither",
            ),
            (
                txt(AT, &["v=TLSRPTv1; rua=mailto:t@acme.example!10m"]),
                Verdict::Fail,
                "neither",
            ),
            (
                txt(AT, &["v=TLSRPTv1; rua=https:r.example/x"]),
                Verdict::Fail,
                "neither",
            ),
            (
                txt(AT, &["v=TLSRPTv1; rua=\u{11}https://r.example/x"]),
                Verdict::Fail,
                "neither",
            ),
            (txt(AT, &["v=TLSRPTv1;"]), Verdict::Fail, "no `rua=`"),
            (
                txt(AT, &["v=tlsrptv1; rua=mailto:t@acme.example"]),
                Verdict::Fail,
                "these letters",
            ),
            (no_name(AT, RecordType::Txt), Verdict::Warn, "asks for no"),
            (nothing(AT, RecordType::Txt), Verdict::Warn, "asks for no"),
            (silent(AT, RecordType::Txt), Verdict::Unknown, "no answer"),
            (broken(AT, RecordType::Txt), Verdict::Unknown, "SERVFAIL"),
        ] {
            let judgement = verdict(world);
            assert_eq!(judgement.verdict, want, "{}", judgement.summary);
            assert!(judgement.summary.contains(words), "{}", judgement.summary);
            assert!(!judgement.plain.is_empty());
        }
    }

    #[test]
    fn the_record_to_publish_keeps_what_can_be_understood() {
        let value = |text: &str| {
            let remedy = verdict(txt(AT, &[text])).remedy.unwrap();
            remedy.records[0].value.clone()
        };
        assert_eq!(
            value("v=TLSRPTv1; rua=t@acme.example, http://r.example/"),
            "v=TLSRPTv1; rua=mailto:t@acme.example"
        );
        assert_eq!(
            value("v=TLSRPTv1; rua=junk"),
            "v=TLSRPTv1; rua=mailto:tls-reports@acme.example"
        );
    }

    #[test]
    fn a_domain_without_mail_needs_none() {
        for servers in [
            nothing("acme.example", RecordType::Mx),
            mx("acme.example", &[(0, "")]),
        ] {
            let seen = TlsRptSeen {
                txt: no_name(AT, RecordType::Txt),
                mx: servers,
            };
            let judgement = TlsRpt.judge(&seen, case("acme.example", &intent()));
            assert_eq!(judgement.verdict, Verdict::NotApplicable);
        }
    }
}
