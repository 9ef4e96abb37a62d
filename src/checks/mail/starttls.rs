//! `mail.starttls`: every mail server encrypts what it is handed, with a certificate for its name.
//!
//! Without MTA-STS or DANE a sender takes any certificate, so that a bad one is a warning; no TLS at all is a failure. What
//! could not be heard to its end (a closed way out, 421, silence) is never taken for "no STARTTLS".

pub(super) mod word;

use futures_util::future::join_all;
use serde::{Deserialize, Serialize};

use crate::checks::evidence;
use crate::checks::rule::{Case, Judgement, Look, Meta, Rule};
use crate::model::exhibit::{Exhibit, TableRow};
use crate::model::expected::PORT_25;
use crate::model::finding::Remedy;
use crate::model::intent::Intent;
use crate::model::observation::FailureKind;
use crate::model::observation::dns::DnsAnswer;
use crate::model::observation::smtp::SmtpGreeting;
use crate::model::text::escape;
use crate::model::verdict::{Severity, Verdict};
use crate::remedy;
use crate::remedy::catalog::mail_sender;

use super::servers::{self, MailServer};
use word::{Word, word};

/// Addresses of one mail server that are spoken to.
pub(super) const MOST_ADDRESSES: usize = 3;
/// Dialogues that are kept as evidence, the worst first.
const SHOWN: usize = 4;

/// The check.
pub struct StartTlsCheck;

/// The MX records, and a dialogue with each mail server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StartTlsSeen {
    pub mx: DnsAnswer,
    pub servers: Vec<MailServer>,
    pub greetings: Vec<SmtpGreeting>,
}

impl Rule for StartTlsCheck {
    type Seen = StartTlsSeen;

    const META: Meta = Meta {
        id: "mail.starttls",
        title: "Mail to the domain travels encrypted",
        severity: Severity::Fix,
        intrusive: false,
        deadline_s: 90,
        version: 1,
        standards: &["RFC 3207 §4", "RFC 7672 §2.1", "RFC 8461 §4.2"],
        guide: include_str!("../../../assets/guides/mail.starttls.md"),
    };

    fn subjects(&self, intent: &Intent) -> Vec<String> {
        vec![intent.domain.to_string()]
    }

    async fn observe(&self, look: Look<'_>) -> StartTlsSeen {
        let (mx, servers) = servers::look(look).await;
        let dialogues = servers.iter().flat_map(|server| {
            let addresses = server.addresses.iter().flatten().take(MOST_ADDRESSES);
            addresses.map(|address| look.network.smtp_greeting(server.name.as_str(), *address))
        });
        let greetings = join_all(dialogues).await;
        StartTlsSeen {
            greetings: greetings.iter().map(|g| (**g).clone()).collect(),
            mx,
            servers,
        }
    }

    fn judge(&self, seen: &StartTlsSeen, case: Case<'_>) -> Judgement {
        let judgement = match servers::nobody(&seen.mx, &seen.servers, case.intent) {
            Some(judgement) => judgement,
            None => way_out(seen).unwrap_or_else(|| spoken(seen)),
        };
        judgement.evidence([evidence::dns(&seen.mx)])
    }
}

/// Where no connection was made to any mail server: that says more of the way out than of them. Nobody else may be asked on
/// port 25 to tell the two apart.
fn way_out(seen: &StartTlsSeen) -> Option<Judgement> {
    let first = seen.greetings.first()?;
    if seen.greetings.iter().any(|greeting| greeting.connected) {
        return None;
    }
    let in_vain = seen
        .greetings
        .iter()
        .filter(|g| !failed(g, FailureKind::Unreachable));
    let servers = match seen.servers.as_slice() {
        [one] => one.name.to_string(),
        many => format!("all {} mail servers", many.len()),
    };
    let closed = "port 25 seems closed on the way out";
    let silent =
        in_vain.clone().count() > 0 && in_vain.clone().all(|g| failed(g, FailureKind::Timeout));
    let why = if silent {
        format!("connections to port 25 of {servers} timed out: {closed}")
    } else {
        let text = in_vain
            .clone()
            .next()
            .unwrap_or(first)
            .outcome
            .as_ref()
            .err()
            .map(|failure| escape(&failure.text))
            .unwrap_or_default();
        format!(
            "no connection to port 25 of {servers} could be made: {closed}, or nobody answers there ({text})"
        )
    };
    // Nearly every laptop stands behind such a door: that alone must not hold a row of the scorecard open.
    let severity = match silent {
        true => Severity::Info,
        false => StartTlsCheck::META.severity,
    };
    Some(
        Judgement::unknown(why)
            .severity(severity)
            .plainly("Most homes, offices and clouds close the door that mail servers use, so yours could not be spoken to from here. Run this from a server that may send mail.")
            .fact("no connection to port 25")
            .detail(PORT_25, "closed")
            .evidence(seen.greetings.iter().take(SHOWN).map(evidence::smtp)),
    )
}

fn failed(greeting: &SmtpGreeting, kind: FailureKind) -> bool {
    greeting
        .outcome
        .as_ref()
        .is_err_and(|failure| failure.kind == kind)
}

fn spoken(seen: &StartTlsSeen) -> Judgement {
    let mut words = words(seen);
    words.sort_by_key(Word::order);
    let Some(worst) = words.first() else {
        return Judgement::unknown("no mail server was spoken to");
    };
    let alike: Vec<String> = words
        .iter()
        .filter(|word| word.verdict == worst.verdict)
        .map(|word| format!("{}: {}", word.who, word.text))
        .collect();
    let fact: Vec<String> = words
        .iter()
        .filter(|word| word.verdict == worst.verdict)
        .map(Word::fact)
        .collect();
    let rows = words
        .iter()
        .map(|word| TableRow::judged(word.verdict, [&word.who, &word.text]));
    let mut judgement = Judgement::new(worst.verdict, alike.join("; "))
        .confidence(worst.confidence)
        .plainly(plain(worst.verdict))
        .fact(fact.join("; "))
        .detail("servers", alike.clone())
        .exhibit([Exhibit::table(
            "mail servers",
            &["server", "STARTTLS"],
            rows,
        )])
        .evidence(
            words
                .iter()
                .filter_map(|word| word.greeting)
                .take(SHOWN)
                .map(evidence::smtp),
        );
    if worst.verdict == Verdict::Warn {
        judgement = judgement.severity(Severity::Advice);
    }
    match worst.verdict {
        Verdict::Fail | Verdict::Warn => judgement.remedy(mend(seen)),
        _ => judgement,
    }
}

/// A word on each dialogue, and on each server without one. What has no route from here is left out where another address of
/// the same server has one.
fn words(seen: &StartTlsSeen) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    for server in &seen.servers {
        let own = || {
            seen.greetings
                .iter()
                .filter(|g| g.host == server.name.as_str())
        };
        let routable = || own().filter(|g| !failed(g, FailureKind::Unreachable));
        if own().count() == 0 {
            let why = match &server.addresses {
                Err(failure) => escape(&failure.text),
                Ok(_) => "it has no address to speak to".to_owned(),
            };
            words.push(Word::unheard(server.name.to_string(), why));
        } else if routable().count() == 0 {
            words.extend(own().map(word));
        } else {
            words.extend(routable().map(word));
        }
    }
    words
}

const fn plain(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "Mail to your domain travels encrypted.",
        Verdict::Warn => {
            "Mail to your domain travels encrypted, but your mail server's certificate proves nothing: whoever sits in between can pretend to be it."
        }
        Verdict::Fail => {
            "Mail to your domain can be read on the way: a mail server of yours does not encrypt."
        }
        _ => {
            "A mail server of yours could not be heard to the end, so nothing can be said about its encryption yet."
        }
    }
}

fn mend(seen: &StartTlsSeen) -> Remedy {
    let names: Vec<String> = seen.servers.iter().map(|s| s.name.to_string()).collect();
    let provider = names.iter().find_map(|name| mail_sender::of_mx(name));
    let steps = match provider {
        Some(known) => vec![
            format!(
                "The mail servers are {}'s: compare your MX records with its list, for an old name may lead to a retired server.",
                known.title
            ),
            format!("If the list is the same, tell {}'s support.", known.title),
        ],
        None => vec![
            format!("Give the mail server a certificate for the name in the MX record: {}.", names.join(", ")),
            "Switch on TLS where it takes mail (Postfix: `smtpd_tls_security_level = may`, with `smtpd_tls_chain_files`; Exim: `tls_advertise_hosts = *`, with `tls_certificate` and `tls_privatekey`), and let the certificate renew by itself.".to_owned(),
            "If it is on already, look whether a firewall before it inspects SMTP, and switch that off.".to_owned(),
        ],
    };
    remedy::manual(
        StartTlsCheck::META.id,
        steps,
        "Put the old configuration back; senders try again for days, so nothing is lost meanwhile.",
    )
}

#[cfg(test)]
mod tests;
