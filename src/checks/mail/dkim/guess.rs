//! DKIM where nobody has named the selectors: the usual ones of the services that can be recognised.

use futures_util::future::join_all;
use serde::{Deserialize, Serialize};

use crate::checks::evidence;
use crate::checks::mail::change::remedy;
use crate::checks::mail::posture::{self, Sending, mail_servers};
use crate::checks::mail::senders;
use crate::checks::mail::spf::parse::parse;
use crate::checks::mail::spf::select::{Selection, select};
use crate::checks::rule::{Case, Judgement, Look, Rule};
use crate::model::observation::dns::{DnsAnswer, RecordType};
use crate::model::text::escape;
use crate::model::verdict::Confidence;
use crate::remedy::catalog::mail_sender::{self, MailSender};

use super::key::{KeyRecord, LEAST_RSA};
use super::selector::{AtSelector, at_selector, owner_of, probe};
use super::{Dkim, KeyKind};

/// Selectors that many services share, for a domain of which nothing is recognised.
const COMMON: [&str; 8] = [
    "google",
    "selector1",
    "selector2",
    "s1",
    "k1",
    "default",
    "dkim",
    "mail",
];
/// Selectors asked for in one run.
const MOST: usize = 16;

/// What was found at guessed selectors.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Guesses {
    pub txt: DnsAnswer,
    pub mx: DnsAnswer,
    pub wildcard: DnsAnswer,
    pub answers: Vec<DnsAnswer>,
}

/// Recognises services by the intent, the SPF includes and the MX, and asks for their usual selectors.
pub async fn look(look: Look<'_>) -> Guesses {
    let domain = &look.intent.domain;
    let (txt, mx, wildcard) = futures_util::join!(
        look.network.ask(domain, RecordType::Txt),
        look.network.ask(domain, RecordType::Mx),
        probe(look.network, domain)
    );
    let mut selectors: Vec<String> = Vec::new();
    let mut add = |list: &[String]| {
        for selector in list {
            if !selectors.contains(selector) {
                selectors.push(selector.clone());
            }
        }
    };
    for sender in look
        .intent
        .senders
        .iter()
        .filter(|s| s.selectors.is_empty())
    {
        add(senders::usual_selectors(sender));
    }
    for known in recognised(&txt, &mx) {
        add(&known.selectors);
    }
    if selectors.is_empty() {
        selectors.extend(COMMON.iter().map(|s| (*s).to_owned()));
    }
    let names: Vec<_> = selectors
        .iter()
        .take(MOST)
        .filter_map(|selector| owner_of(selector, domain))
        .collect();
    let answers = join_all(
        names
            .iter()
            .map(|name| look.network.ask(name, RecordType::Txt)),
    )
    .await;
    Guesses {
        answers: answers.iter().map(|answer| (**answer).clone()).collect(),
        txt: (*txt).clone(),
        mx: (*mx).clone(),
        wildcard,
    }
}

/// Services that the domain's own records give away.
fn recognised(txt: &DnsAnswer, mx: &DnsAnswer) -> Vec<&'static MailSender> {
    let mut found: Vec<&'static MailSender> = Vec::new();
    if let Selection::One(record) = select(&txt.texts()) {
        for include in parse(&record).terms.iter().filter_map(|t| t.include()) {
            found.extend(mail_sender::of_include(&include.text));
        }
    }
    found.extend(
        mail_servers(mx)
            .iter()
            .filter_map(|(_, exchange)| mail_sender::of_mx(exchange)),
    );
    found
}

/// Judges: found is a pass, not found is unknown.
pub fn judge(seen: &Guesses, case: Case<'_>) -> Judgement {
    let sending = posture::sending(case.intent, &seen.mx, Some(&seen.txt));
    let mut good: Vec<(String, String)> = Vec::new();
    let mut poor: Vec<String> = Vec::new();
    let mut absent: Vec<String> = Vec::new();
    let mut unread: Vec<String> = Vec::new();
    for answer in &seen.answers {
        let name = answer.name.to_string();
        match at_selector(answer, &seen.wildcard) {
            AtSelector::Keys(keys) => match keys.first() {
                Some(KeyRecord::Usable(key)) if !matches!(key.kind, KeyKind::Rsa(b) if b < LEAST_RSA) =>
                {
                    good.push((name, key.kind.to_string()));
                }
                _ => poor.push(name),
            },
            AtSelector::Unreadable(why) => unread.push(format!("{name}: {why}")),
            _ => absent.push(name),
        }
    }
    let shown = seen
        .answers
        .iter()
        .filter(|a| good.iter().any(|(name, _)| name == a.name.as_str()))
        .take(3);
    conclude(case, sending, &good, &poor, &absent, &unread)
        .confidence(Confidence::Likely)
        .detail("not_found_at", absent.clone())
        .detail(
            "found_at",
            good.iter().map(|(n, _)| n.clone()).collect::<Vec<_>>(),
        )
        .evidence(shown.map(evidence::dns))
}

fn conclude(
    case: Case<'_>,
    sending: Sending,
    good: &[(String, String)],
    poor: &[String],
    absent: &[String],
    unread: &[String],
) -> Judgement {
    let unnamed: Vec<String> = case
        .intent
        .senders
        .iter()
        .filter(|sender| sender.selectors.is_empty())
        .filter(|sender| {
            !good.iter().any(|(name, _)| {
                senders::usual_selectors(sender)
                    .iter()
                    .any(|s| name.starts_with(&format!("{s}._domainkey.")))
            })
        })
        .map(|sender| escape(senders::title(sender)))
        .collect();
    let ask = || {
        remedy(
            case.intent,
            Dkim::META.id,
            [
                "Open a message that was sent as the portal sends, show its source, and look for `DKIM-Signature:`; the selector stands after `s=`, the domain after `d=`.",
                "Name the selector at its sender in the intent and check again.",
            ],
            Vec::new(),
        )
    };
    if let (Some((name, kind)), true) = (good.first(), unnamed.is_empty()) {
        let more = match good.len() {
            1 => String::new(),
            count => format!(" and {} more", count - 1),
        };
        return Judgement::pass(format!("{kind} key at {name}{more} (guessed selectors)"))
            .plainly("The key that proves that your mail is yours is published.");
    }
    if !sending.is_yes() && good.is_empty() {
        return Judgement::not_applicable(format!(
            "{} sends no mail, as far as its records and the intent say",
            case.subject
        ))
        .plainly("This domain sends no mail, so it needs no signature key.");
    }
    if let (Some(why), true) = (unread.first(), good.is_empty()) {
        return Judgement::unknown(format!("the usual selectors could not be looked at: {why}"))
            .plainly("We could not look for the signature key of your mail just now.");
    }
    let of = if unnamed.is_empty() {
        String::new()
    } else {
        format!(" of {}", unnamed.join(", "))
    };
    let where_to = if absent.is_empty() {
        "no usual selectors are known".to_owned()
    } else {
        format!("not found at {}", absent.join(", "))
    };
    let odd = if poor.is_empty() {
        String::new()
    } else {
        format!("; unusable at {}", poor.join(", "))
    };
    Judgement::unknown(format!("the DKIM selector{of} is not known: {where_to}{odd}"))
        .plainly("We do not know under which name your mail's signature key is published. One real message tells it.")
        .remedy(ask())
}

#[cfg(test)]
mod tests {
    use super::super::key::samples::rsa;
    use super::*;
    use crate::checks::mail::worlds::{
        case, intent, mx, no_name, nothing, sending_intent, silent, txt,
    };
    use crate::model::intent::Intent;
    use crate::model::verdict::Verdict;

    fn guesses(answers: Vec<DnsAnswer>) -> Guesses {
        Guesses {
            txt: nothing("acme.example", RecordType::Txt),
            mx: mx("acme.example", &[(10, "mx.acme.example")]),
            wildcard: no_name("x._domainkey.acme.example", RecordType::Txt),
            answers,
        }
    }

    fn verdict(seen: &Guesses, intent: &Intent) -> Judgement {
        judge(seen, case("acme.example", intent))
    }

    #[test]
    fn found_is_a_pass_and_not_found_is_never_a_failure() {
        let key = format!("v=DKIM1; p={}", rsa(2048));
        let google = "google._domainkey.acme.example";
        for (answer, want) in [
            (txt(google, &[&key]), Verdict::Pass),
            (no_name(google, RecordType::Txt), Verdict::Unknown),
            (silent(google, RecordType::Txt), Verdict::Unknown),
            (txt(google, &["v=DKIM1; p="]), Verdict::Unknown),
        ] {
            let judgement = verdict(&guesses(vec![answer]), &intent());
            assert_eq!(judgement.verdict, want, "{}", judgement.summary);
        }
    }

    #[test]
    fn another_services_key_does_not_stand_in_for_a_declared_one() {
        let mut intent = sending_intent();
        intent.senders[0].selectors.clear();
        intent.senders[0].name = "postmark".into();
        let key = format!("v=DKIM1; p={}", rsa(2048));
        let found = guesses(vec![txt("google._domainkey.acme.example", &[&key])]);
        let judgement = verdict(&found, &intent);
        assert_eq!(judgement.verdict, Verdict::Unknown);
        assert!(
            judgement.summary.contains("Postmark"),
            "{}",
            judgement.summary
        );
    }

    #[test]
    fn a_domain_that_sends_nothing_needs_no_key() {
        let mut quiet = guesses(vec![no_name(
            "google._domainkey.acme.example",
            RecordType::Txt,
        )]);
        quiet.mx = nothing("acme.example", RecordType::Mx);
        assert_eq!(verdict(&quiet, &intent()).verdict, Verdict::NotApplicable);
    }

    #[test]
    fn services_are_recognised_by_include_and_mx() {
        let found = recognised(
            &txt("acme.example", &["v=spf1 include:sendgrid.net -all"]),
            &mx("acme.example", &[(1, "smtp.google.com")]),
        );
        let ids: Vec<&str> = found.iter().map(|s| s.id.as_str()).collect();
        assert_eq!(ids, ["sendgrid", "google-workspace"]);
    }
}
