//! `mail.dkim`: every selector in use has a key that verifies.
//!
//! A selector that the intent declares must be there. A guessed one proves something only when it is found: not finding it
//! is `unknown`, never a failure (trap 41).

pub mod guess;
pub mod key;
pub mod selector;

use serde::{Deserialize, Serialize};

use crate::checks::evidence;
use crate::checks::rule::{Case, Judgement, Look, Meta, Rule};
use crate::model::finding::Remedy;
use crate::model::intent::{Intent, Sender};
use crate::model::name::HostName;
use crate::model::observation::dns::{DnsAnswer, RecordType};
use crate::model::text::escape;
use crate::model::verdict::{Severity, Verdict};
use crate::remedy::place;

use super::change::remedy;
use super::senders;
use guess::Guesses;
use key::{GOOD_RSA, Key, KeyKind, KeyRecord, LEAST_RSA};
use selector::{AtSelector, absent, at_selector, owner_of, probe};

/// Every selector in use has a usable key.
pub struct Dkim;

/// What was found, by what was asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DkimSeen {
    /// A declared selector, the others of the same sender, and one that cannot exist.
    Declared {
        answer: DnsAnswer,
        siblings: Vec<DnsAnswer>,
        wildcard: DnsAnswer,
    },
    Guessed(Guesses),
}

impl Rule for Dkim {
    type Seen = DkimSeen;

    const META: Meta = Meta {
        id: "mail.dkim",
        title: "Every sender's DKIM key is published and strong",
        severity: Severity::Blocker,
        intrusive: false,
        deadline_s: 30,
        version: 1,
        standards: &["RFC 6376 §3.6.1", "RFC 8301 §3", "RFC 8463 §4"],
        guide: include_str!("../../../assets/guides/mail.dkim.md"),
    };

    /// The owner name of each declared selector; the domain when some sender's selectors are not known.
    fn subjects(&self, intent: &Intent) -> Vec<String> {
        let mut subjects: Vec<String> = Vec::new();
        for sender in &intent.senders {
            for selector in &sender.selectors {
                let subject = format!("{selector}._domainkey.{}", intent.domain);
                if !subjects.contains(&subject) {
                    subjects.push(subject);
                }
            }
        }
        if subjects.is_empty() || intent.senders.iter().any(|s| s.selectors.is_empty()) {
            subjects.push(intent.domain.to_string());
        }
        subjects
    }

    async fn observe(&self, look: Look<'_>) -> DkimSeen {
        let domain = &look.intent.domain;
        if look.subject == domain.as_str() {
            return DkimSeen::Guessed(guess::look(look).await);
        }
        let Ok(owner) = HostName::parse(look.subject) else {
            return DkimSeen::Guessed(guess::look(look).await);
        };
        let mut siblings = Vec::new();
        for selector in sender_of(look.intent, look.subject).map_or(&[][..], |s| &s.selectors) {
            let name = owner_of(selector, domain);
            if let Some(name) = name.filter(|name| *name != owner) {
                siblings.push((*look.network.ask(&name, RecordType::Txt).await).clone());
            }
        }
        let (answer, wildcard) = futures_util::join!(
            look.network.ask(&owner, RecordType::Txt),
            probe(look.network, domain)
        );
        DkimSeen::Declared {
            answer: (*answer).clone(),
            siblings,
            wildcard,
        }
    }

    fn judge(&self, seen: &DkimSeen, case: Case<'_>) -> Judgement {
        match seen {
            DkimSeen::Guessed(guesses) => guess::judge(guesses, case),
            DkimSeen::Declared {
                answer,
                siblings,
                wildcard,
            } => declared(answer, siblings, wildcard, case),
        }
    }
}

fn sender_of<'a>(intent: &'a Intent, subject: &str) -> Option<&'a Sender> {
    let selector = subject.split("._domainkey.").next()?;
    intent.senders.iter().find(|sender| {
        sender
            .selectors
            .iter()
            .any(|s| s.eq_ignore_ascii_case(selector))
    })
}

fn declared(
    answer: &DnsAnswer,
    siblings: &[DnsAnswer],
    wildcard: &DnsAnswer,
    case: Case<'_>,
) -> Judgement {
    let at = case.subject;
    let sender = sender_of(case.intent, at);
    let stands = matches!(
        at_selector(answer, wildcard),
        AtSelector::Keys(_) | AtSelector::NoKey(_)
    );
    let verb = match stands {
        true => "Change the record that stands there",
        false => "Add a record",
    };
    let fix = |first: String| publish(case, sender, first, verb);
    let sibling = siblings.iter().find(|other| {
        matches!(at_selector(other, wildcard), AtSelector::Keys(keys)
            if keys.iter().any(|k| matches!(k, KeyRecord::Usable(key) if is_good(key))))
    });
    let judgement = match at_selector(answer, wildcard) {
        AtSelector::Unreadable(why) => Judgement::unknown(format!("the key at {at} could not be read: {why}"))
            .plainly("We could not look at the signature key of your mail just now."),
        AtSelector::Keys(keys) => keys_at(&keys, at, &fix),
        AtSelector::NoKey(texts) => Judgement::fail(format!(
            "{at} holds no DKIM key: `{}`",
            texts.first().map(String::as_str).unwrap_or_default()
        ))
        .remedy(fix(format!("Replace what stands at {at} by the key."))),
        AtSelector::Wildcard => Judgement::fail(format!(
            "there is no DKIM key at {at}: a wildcard answers there, as at any other name"
        ))
        .remedy(fix(format!("Publish a record of its own at {at}; it hides the wildcard there."))),
        AtSelector::Absent if sibling.is_some() => Judgement::warn(format!(
            "there is no key at {at}, but another selector of the same sender has one"
        ))
        .severity(Severity::Advice)
        .detail("sibling", sibling.map(|s| s.name.to_string()))
        .remedy(fix("Some services keep one of two selectors empty between rotations. Ask the service whether this one should be there.".to_owned())),
        AtSelector::Absent => Judgement::fail(absent(answer, at))
            .remedy(fix(format!("Publish the key at {at}."))),
    };
    let plain = match judgement.verdict {
        Verdict::Fail => {
            "Your mail cannot be signed, or the signature cannot be checked. Many receivers put such mail into spam."
        }
        Verdict::Warn => "Your mail can be signed, but the key deserves a look.",
        _ => "The key that proves that your mail is yours is published.",
    };
    let judgement = if judgement.plain.is_empty() {
        judgement.plainly(plain)
    } else {
        judgement
    };
    let judgement = if answer.is_unusable() {
        judgement
    } else {
        judgement.told(format!("DKIM {at}"), answer.texts())
    };
    judgement
        .detail("selector", at.split("._domainkey.").next().map(escape))
        .evidence([evidence::dns(answer)])
}

fn is_good(key: &Key) -> bool {
    match key.kind {
        KeyKind::Rsa(bits) => bits >= GOOD_RSA,
        KeyKind::Ed25519 => true,
    }
}

fn keys_at(keys: &[KeyRecord], at: &str, fix: &dyn Fn(String) -> Remedy) -> Judgement {
    let [only] = keys else {
        return Judgement::fail(format!(
            "{at} holds {} DKIM keys; verifiers may pick any of them or none",
            keys.len()
        ))
        .remedy(fix(format!(
            "Keep one record at {at}; a second key belongs at a selector of its own."
        )));
    };
    let key = match only {
        KeyRecord::Revoked => {
            return Judgement::fail(format!("the DKIM key at {at} is revoked (`p=` is empty)"))
                .remedy(fix(format!(
                    "Publish the key that the service signs with today at {at}."
                )));
        }
        KeyRecord::Broken(why) => {
            return Judgement::fail(format!("the DKIM key at {at} cannot be used: {why}"))
                .detail("problem", why.clone())
                .remedy(fix(format!(
                    "Copy the whole record from the service again and replace what stands at {at}."
                )));
        }
        KeyRecord::Usable(key) => key,
    };
    let judgement = match key.kind {
        KeyKind::Rsa(bits) if bits < LEAST_RSA => Judgement::fail(format!(
            "the DKIM key at {at} has {bits} bits; receivers ignore keys below {LEAST_RSA}"
        ))
        .remedy(fix("Let the service make a new key of 2048 bits, under a new selector.".to_owned())),
        _ if key.testing => Judgement::warn(format!(
            "the DKIM key at {at} is marked as a test (`t=y`): receivers may treat signed mail as unsigned"
        ))
        .remedy(fix("Take `t=y` out of the record once test messages verify.".to_owned())),
        KeyKind::Rsa(bits) if bits < GOOD_RSA => Judgement::warn(format!(
            "the DKIM key at {at} has {bits} bits; {GOOD_RSA} is the good length today"
        ))
        .severity(Severity::Advice)
        .remedy(fix("Let the service make a new key of 2048 bits, under a new selector, and keep the old one for a week.".to_owned())),
        kind => match key.notes.first() {
            Some(note) => Judgement::warn(format!("the DKIM key at {at} is {kind}, but {note}"))
                .severity(Severity::Advice)
                .remedy(fix("Copy the record from the service again.".to_owned())),
            None => Judgement::pass(format!("{kind} key at {at}")),
        },
    };
    judgement.detail("key", key.kind.to_string())
}

/// The way to a key: to the service that makes it, then to the record editor. `verb` says what is done there.
fn publish(case: Case<'_>, sender: Option<&Sender>, first: String, verb: &str) -> Remedy {
    let place = place::console(case.intent);
    let name = place.name_field(case.subject);
    let title = sender.map_or_else(
        || "the service that sends".to_owned(),
        |sender| escape(senders::title(sender)),
    );
    let needs = sender
        .and_then(|sender| crate::remedy::catalog::mail_sender::find(&sender.name))
        .map_or("", |known| known.needs.as_str());
    let domain = &case.intent.domain;
    let fetch = match needs {
        "" => format!(
            "Sign in at {title} and open the settings of the domain {domain} there (mostly under “Domains” or “Sender authentication”). They show a record called DKIM. Nobody else can make that key."
        ),
        needs => format!("Sign in at {title} and take {needs}. Nobody else can make that key."),
    };
    let steps = vec![
        first,
        fetch,
        place.open(),
        format!(
            "{verb}: type as {title} shows it (CNAME or TXT); name `{}`, unless {title} shows another; content: copied from {title}.",
            escape(&name)
        ),
        "Paste the value as one piece: no quotation marks inside, no line breaks, nothing cut off at 255 characters. Then save.".to_owned(),
    ];
    Remedy {
        undo: format!(
            "Delete the record at {} again, or put its old content back.",
            escape(case.subject)
        ),
        ..remedy(case.intent, Dkim::META.id, steps, Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use super::super::worlds::{
        answer, broken, case, no_name, nothing, record, sending_intent, silent, txt,
    };
    use super::key::samples::rsa;
    use super::*;
    use crate::model::observation::dns::{Rcode, RecordData};

    const AT: &str = "mailer._domainkey.acme.example";

    fn seen(answer: DnsAnswer) -> DkimSeen {
        DkimSeen::Declared {
            answer,
            siblings: Vec::new(),
            wildcard: no_name(
                "no-such-selector-q7x2._domainkey.acme.example",
                RecordType::Txt,
            ),
        }
    }

    fn verdict(seen: &DkimSeen) -> Judgement {
        Dkim.judge(seen, case(AT, &sending_intent()))
    }

    #[test]
    fn worlds_and_verdicts() {
        let good = format!("v=DKIM1; p={}", rsa(2048));
        let middling = format!("v=DKIM1; p={}", rsa(1024));
        let weak = format!("v=DKIM1; p={}", rsa(512));
        let testing = format!("v=DKIM1; t=y; p={}", rsa(2048));
        for (answer, want, words) in [
            (txt(AT, &[&good]), Verdict::Pass, "RSA 2048"),
            (txt(AT, &[&middling]), Verdict::Warn, "1024 bits"),
            (txt(AT, &[&weak]), Verdict::Fail, "512 bits"),
            (txt(AT, &[&testing]), Verdict::Warn, "test"),
            (txt(AT, &["v=DKIM1; p="]), Verdict::Fail, "revoked"),
            (
                txt(AT, &["v=DKIM1; p=abc"]),
                Verdict::Fail,
                "cannot be used",
            ),
            (txt(AT, &["v=spf1 -all"]), Verdict::Fail, "no DKIM key"),
            (txt(AT, &[&good, &middling]), Verdict::Fail, "2 DKIM keys"),
            (nothing(AT, RecordType::Txt), Verdict::Fail, "no DKIM key"),
            (no_name(AT, RecordType::Txt), Verdict::Fail, "no such name"),
            (
                silent(AT, RecordType::Txt),
                Verdict::Unknown,
                "no answer in 3 s",
            ),
            (broken(AT, RecordType::Txt), Verdict::Unknown, "SERVFAIL"),
        ] {
            let judgement = verdict(&seen(answer));
            assert_eq!(judgement.verdict, want, "{}", judgement.summary);
            assert!(judgement.summary.contains(words), "{}", judgement.summary);
            assert!(!judgement.plain.is_empty());
        }
    }

    #[test]
    fn a_dangling_cname_is_named_and_is_fine_beside_a_good_sibling() {
        let target = "gone._domainkey.mailer.example";
        let dangling = answer(
            AT,
            RecordType::Txt,
            Ok((
                Rcode::NxDomain,
                vec![record(AT, RecordData::Cname(target.into()))],
            )),
        );
        let alone = verdict(&seen(dangling.clone()));
        assert!(alone.summary.contains(target), "{}", alone.summary);
        let with = DkimSeen::Declared {
            answer: dangling,
            siblings: vec![txt(
                "two._domainkey.acme.example",
                &[&format!("p={}", rsa(2048))],
            )],
            wildcard: no_name("x._domainkey.acme.example", RecordType::Txt),
        };
        assert_eq!(verdict(&with).verdict, Verdict::Warn);
    }

    #[test]
    fn a_wildcard_is_no_key() {
        let everywhere = format!("v=DKIM1; p={}", rsa(2048));
        let seen = DkimSeen::Declared {
            answer: txt(AT, &[&everywhere]),
            siblings: Vec::new(),
            wildcard: txt(
                "no-such-selector-q7x2._domainkey.acme.example",
                &[&everywhere],
            ),
        };
        let judgement = verdict(&seen);
        assert_eq!(judgement.verdict, Verdict::Fail);
        assert!(judgement.summary.contains("wildcard"));
    }

    #[test]
    fn subjects_are_selectors_and_the_domain_only_when_some_are_not_known() {
        let mut intent = sending_intent();
        assert_eq!(Dkim.subjects(&intent), [AT]);
        intent.senders[0].selectors.clear();
        assert_eq!(Dkim.subjects(&intent), ["acme.example"]);
    }
}
