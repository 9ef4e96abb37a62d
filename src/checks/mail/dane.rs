//! `mail.dane`: where a mail server's key is published under DNSSEC, it is the key that the server shows.
//!
//! A TLSA record counts only where it is signed (RFC 7672 §2.2): a wrong one then keeps mail away, an unsigned one is looked at
//! by nobody. Whether it is signed is the validating resolver's word.

mod record;

use futures_util::future::join_all;
use serde::{Deserialize, Serialize};

use crate::checks::evidence;
use crate::checks::rule::{Case, Judgement, Look, Meta, Rule};
use crate::model::finding::Remedy;
use crate::model::intent::Intent;
use crate::model::name::HostName;
use crate::model::observation::FailureKind;
use crate::model::observation::dns::{DnsAnswer, RecordData, RecordType, Tlsa};
use crate::model::observation::smtp::{SmtpGreeting, StartTls};
use crate::model::text::escape;
use crate::model::verdict::{Confidence, Severity, Verdict};
use crate::remedy;

use super::servers::{self, MailServer};
use super::starttls::{MOST_ADDRESSES, word::word};
use record::{Fit, fit, is_usable};

/// Records and dialogues that are kept as evidence.
const SHOWN: usize = 4;

/// The check.
pub struct Dane;

/// The MX records, and what is published of each mail server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DaneSeen {
    pub mx: DnsAnswer,
    pub servers: Vec<MailServer>,
    pub published: Vec<Published>,
}

/// What is published of one mail server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Published {
    pub name: HostName,
    pub tlsa: DnsAnswer,
    /// The DS of its domain, asked where there is a TLSA record that is not said to be signed.
    pub ds: Option<DnsAnswer>,
    /// Only where there are TLSA records.
    pub greetings: Vec<SmtpGreeting>,
}

impl Published {
    fn records(&self) -> Vec<&Tlsa> {
        let records = self.tlsa.records().into_iter();
        records
            .filter_map(|record| match &record.data {
                RecordData::Tlsa(tlsa) => Some(tlsa),
                _ => None,
            })
            .collect()
    }

    fn is_signed(&self) -> bool {
        self.tlsa.message().is_some_and(|message| message.ad)
    }
}

impl Rule for Dane {
    type Seen = DaneSeen;

    const META: Meta = Meta {
        id: "mail.dane",
        title: "Published keys of the mail servers are the keys that they show",
        severity: Severity::Blocker,
        intrusive: false,
        deadline_s: 90,
        version: 1,
        standards: &["RFC 7672 §2.2", "RFC 7672 §3.1", "RFC 6698 §2.1"],
        guide: include_str!("../../../assets/guides/mail.dane.md"),
    };

    fn subjects(&self, intent: &Intent) -> Vec<String> {
        vec![intent.domain.to_string()]
    }

    async fn observe(&self, look: Look<'_>) -> DaneSeen {
        let (mx, servers) = servers::look(look).await;
        let published = join_all(servers.iter().map(|server| publish(look, server))).await;
        DaneSeen {
            mx,
            servers,
            published,
        }
    }

    fn judge(&self, seen: &DaneSeen, case: Case<'_>) -> Judgement {
        let judgement = servers::nobody(&seen.mx, &seen.servers, case.intent)
            .unwrap_or_else(|| judge(&seen.published));
        judgement.evidence([evidence::dns(&seen.mx)])
    }
}

async fn publish(look: Look<'_>, server: &MailServer) -> Published {
    let owner = server.name.child("_tcp").child("_25");
    let tlsa = look.network.ask(&owner, RecordType::Tlsa).await;
    let mut published = Published {
        name: server.name.clone(),
        tlsa: (*tlsa).clone(),
        ds: None,
        greetings: Vec::new(),
    };
    if published.records().is_empty() {
        return published;
    }
    if !published.is_signed()
        && let Some(domain) = server.name.registrable()
    {
        let ds = look.network.ask(&domain, RecordType::Ds).await;
        published.ds = Some((*ds).clone());
    }
    let addresses = server.addresses.iter().flatten().take(MOST_ADDRESSES);
    let dialogues = addresses.map(|a| look.network.smtp_greeting(server.name.as_str(), *a));
    published.greetings = join_all(dialogues)
        .await
        .iter()
        .map(|greeting| (**greeting).clone())
        .collect();
    published
}

/// A word on one mail server.
struct Said {
    verdict: Verdict,
    confidence: Confidence,
    text: String,
}

fn said(verdict: Verdict, text: impl Into<String>) -> Said {
    Said {
        verdict,
        confidence: Confidence::Certain,
        text: text.into(),
    }
}

fn judge(published: &[Published]) -> Judgement {
    let mut words: Vec<(&HostName, Said)> = Vec::new();
    let mut bare = Vec::new();
    for server in published {
        if server.tlsa.is_absent() {
            bare.push(server.name.to_string());
        } else {
            words.extend(speak(server).into_iter().map(|said| (&server.name, said)));
        }
    }
    if words.is_empty() {
        return Judgement::not_applicable("no key of a mail server is published (no TLSA record)")
            .plainly("The keys of your mail servers are not published, which most domains leave at that.")
            .evidence(shown(published));
    }
    if !bare.is_empty() && words.iter().any(|(_, said)| said.verdict == Verdict::Pass) {
        let text = "it has no TLSA record, so that whoever sits in between leads mail there";
        let named = published.iter().filter(|s| s.tlsa.is_absent());
        words.extend(named.map(|server| (&server.name, said(Verdict::Warn, text))));
    }
    words.sort_by_key(|(name, said)| (order(said.verdict), said.confidence, (*name).clone()));
    let Some((_, worst)) = words.first() else {
        return Judgement::unknown("no mail server was looked at");
    };
    let alike: Vec<String> = words
        .iter()
        .filter(|(_, said)| said.verdict == worst.verdict)
        .map(|(name, said)| format!("{name}: {}", said.text))
        .collect();
    let mut judgement = Judgement::new(worst.verdict, alike.join("; "))
        .confidence(worst.confidence)
        .plainly(plain(worst.verdict))
        .detail("servers", alike)
        .evidence(shown(published));
    if worst.verdict == Verdict::Warn {
        judgement = judgement.severity(Severity::Advice);
    }
    match worst.verdict {
        Verdict::Fail | Verdict::Warn => judgement.remedy(mend()),
        _ => judgement,
    }
}

const fn order(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Fail => 0,
        Verdict::Unknown | Verdict::Blocked => 1,
        Verdict::Warn => 2,
        Verdict::Pass | Verdict::NotApplicable => 3,
    }
}

/// What one server's records say, one word for each dialogue.
fn speak(server: &Published) -> Vec<Said> {
    let all = server.records();
    if all.is_empty() {
        let why = escape(&server.tlsa.outcome_line());
        let text = format!("its TLSA record could not be looked up: {why}");
        return vec![said(Verdict::Unknown, text)];
    }
    if !server.is_signed() {
        return vec![unsigned(server)];
    }
    let usable: Vec<&Tlsa> = all.into_iter().filter(|record| is_usable(record)).collect();
    if usable.is_empty() {
        return vec![said(
            Verdict::Warn,
            "no TLSA record is of a kind that senders of mail use (2 or 3, whole digests)",
        )];
    }
    let routable = |g: &&SmtpGreeting| {
        !g.outcome
            .as_ref()
            .is_err_and(|failure| failure.kind == FailureKind::Unreachable)
    };
    let heard: Vec<&SmtpGreeting> = server.greetings.iter().filter(routable).collect();
    if heard.is_empty() {
        return vec![said(
            Verdict::Unknown,
            "it has TLSA records, and could not be spoken to from here",
        )];
    }
    heard
        .into_iter()
        .map(|greeting| hold(&usable, server, greeting))
        .collect()
}

fn unsigned(server: &Published) -> Said {
    if server.ds.as_ref().is_some_and(DnsAnswer::is_absent) {
        return said(
            Verdict::Warn,
            "it has TLSA records, but its domain is not signed (DNSSEC), so that nobody looks at them",
        );
    }
    said(
        Verdict::Unknown,
        format!(
            "it has TLSA records, and whether they are signed could not be told: the resolver {} does not vouch for them",
            escape(&server.tlsa.server)
        ),
    )
}

/// Holds the records against one dialogue.
fn hold(usable: &[&Tlsa], server: &Published, greeting: &SmtpGreeting) -> Said {
    let starttls = greeting.outcome.as_ref().map(|banner| &banner.starttls);
    let Ok(StartTls::Agreed { session, prints }) = starttls else {
        let word = word(greeting);
        return Said {
            verdict: word.verdict,
            confidence: word.confidence,
            text: format!("its key is published, but {}", word.text),
        };
    };
    let fits: Vec<Fit> = usable
        .iter()
        .map(|record| fit(record, &server.name, session, prints))
        .collect();
    if fits.contains(&Fit::Matches) {
        return said(Verdict::Pass, "it shows the key that is published");
    }
    if fits.contains(&Fit::Unsure) {
        return said(
            Verdict::Unknown,
            "it shows an authority that is published, and whether its certificate leads there cannot be verified here",
        );
    }
    let why = fits.iter().find_map(|fit| match fit {
        Fit::Not(why) => Some(why.as_str()),
        _ => None,
    });
    said(
        Verdict::Fail,
        format!(
            "no TLSA record fits: it {}; senders that look at DANE keep their mail back",
            why.unwrap_or_default()
        ),
    )
}

fn shown(published: &[Published]) -> Vec<crate::model::finding::Evidence> {
    let answers = published.iter().map(|server| evidence::dns(&server.tlsa));
    let dialogues = published
        .iter()
        .flat_map(|server| server.greetings.iter().map(evidence::smtp));
    answers.take(SHOWN).chain(dialogues.take(SHOWN)).collect()
}

const fn plain(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => {
            "Your mail server shows the key that is published for it: mail to you cannot be led astray."
        }
        Verdict::Fail => {
            "Your mail server shows another key than the one that is published for it: some senders take it for an impostor, and their mail does not arrive."
        }
        Verdict::Warn => {
            "A key is published for your mail servers, but not so that it protects your mail."
        }
        _ => "We could not hold your mail server's key against the one that is published.",
    }
}

fn mend() -> Remedy {
    remedy::manual(
        Dane::META.id,
        [
            "Publish the key that the server uses now: `3 1 1` with the SHA-256 of its public key (`openssl x509 -in cert.pem -pubkey -noout | openssl pkey -pubin -outform DER | sha256sum`).",
            "Keep the key when the certificate is renewed, or publish the next key's record two TTLs before it is used.",
            "If nobody looks after it, delete the TLSA records: no DANE is better than a wrong one. Records of a domain without DNSSEC do nothing.",
        ],
        "Delete the TLSA record; senders then deliver as they do everywhere without it.",
    )
}

#[cfg(test)]
mod tests;
