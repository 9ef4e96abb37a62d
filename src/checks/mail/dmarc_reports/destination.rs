//! A host that reports are to go to: does it take mail, and does it agree to get reports of another's domain?
//!
//! A host of another organisation must say so at `<policy domain>._report._dmarc.<host>` (RFC 9990 §3.2.3); otherwise receivers
//! drop the reports without a word. The DNS itself answers for a wildcard there, which agrees for everybody.

use serde::{Deserialize, Serialize};

use crate::checks::mail::dmarc::discover::{TreeWalk, climb, records};
use crate::checks::mail::posture::mail_servers;
use crate::model::name::HostName;
use crate::model::observation::dns::{AnswerShape, DnsAnswer, RecordType};
use crate::model::text::escape;
use crate::net::Network;

/// A host, its mail servers (its addresses where it names none), and for one that is not the policy domain itself what tells whose it is and whether it agrees.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Destination {
    pub host: HostName,
    pub mx: DnsAnswer,
    /// A and AAAA, asked where there is no MX: mail goes there then (RFC 5321 §5.1).
    pub addresses: Vec<DnsAnswer>,
    pub walk: Option<TreeWalk>,
    pub consent: Option<DnsAnswer>,
}

/// What becomes of reports to a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    Heard,
    /// They are tried, but may find no mailbox.
    Doubtful(String),
    /// Receivers of RFC 9989 ask for its consent, those of the standard before do not.
    Divided(String),
    /// It exists and takes mail, but does not agree.
    Unauthorised,
    Lost(String),
    Unclear(String),
}

/// The name at which `host` agrees to get reports of `policy_domain`; `None` when it would be too long.
pub fn consent_name(policy_domain: &HostName, host: &HostName) -> Option<HostName> {
    HostName::parse(&format!("{policy_domain}._report._dmarc.{host}")).ok()
}

/// Looks at one host.
pub async fn look(network: &Network, policy_domain: &HostName, host: &HostName) -> Destination {
    let mx = (*network.ask(host, RecordType::Mx).await).clone();
    let mut destination = Destination {
        host: host.clone(),
        mx,
        addresses: Vec::new(),
        walk: None,
        consent: None,
    };
    if destination.mx.shape() == AnswerShape::NoData {
        let (v4, v6) = futures_util::join!(
            network.ask(host, RecordType::A),
            network.ask(host, RecordType::Aaaa)
        );
        destination.addresses = vec![(*v4).clone(), (*v6).clone()];
    }
    if host != policy_domain {
        destination.walk = Some(climb(network, host).await);
        if let Some(name) = consent_name(policy_domain, host) {
            let consent = network.ask(&name, RecordType::Txt).await;
            destination.consent = Some((*consent).clone());
        }
    }
    destination
}

impl Destination {
    /// What becomes of reports to this host; `own` is the climb from the policy domain.
    pub fn standing(&self, own: Option<&TreeWalk>) -> Standing {
        if self.mx.shape() == AnswerShape::NoName {
            return Standing::Lost(format!("{} does not exist", self.host));
        }
        let servers = mail_servers(&self.mx);
        if !servers.is_empty() && servers.iter().all(|(_, name)| name.is_empty()) {
            return Standing::Lost(format!("{} takes no mail (null MX)", self.host));
        }
        match self.agreed(own) {
            Standing::Heard => self.reached(),
            standing => standing,
        }
    }

    /// Whether mail finds a server there.
    fn reached(&self) -> Standing {
        let host = &self.host;
        if self.mx.is_unusable() {
            return Standing::Unclear(format!("{host} MX: {}", escape(&self.mx.outcome_line())));
        }
        if !mail_servers(&self.mx).is_empty() {
            return Standing::Heard;
        }
        if self.addresses.iter().any(|a| !a.addresses().is_empty()) {
            return Standing::Doubtful(format!(
                "{host} has no MX record, so reports are tried at its own address, mostly a web server"
            ));
        }
        match self.addresses.iter().find(|answer| answer.is_unusable()) {
            Some(answer) => Standing::Unclear(format!(
                "{host} {}: {}",
                answer.rtype,
                escape(&answer.outcome_line())
            )),
            None => Standing::Lost(format!(
                "{host} takes no mail: it has neither MX nor address"
            )),
        }
    }

    fn agreed(&self, own: Option<&TreeWalk>) -> Standing {
        let Some(walk) = &self.walk else {
            return Standing::Heard;
        };
        if self
            .consent
            .as_ref()
            .is_some_and(|answer| !records(answer).is_empty())
        {
            return Standing::Heard;
        }
        let mine = own.and_then(TreeWalk::organisation);
        let theirs = walk.organisation();
        let blind = self.consent.as_ref().filter(|answer| answer.is_unusable());
        match (mine, theirs, blind) {
            (Some(mine), Some(theirs), _) if mine == theirs => Standing::Heard,
            (_, _, Some(answer)) => Standing::Unclear(format!(
                "{}: {}",
                answer.name,
                escape(&answer.outcome_line())
            )),
            (Some(mine), Some(theirs), None) => {
                // Receivers of the old standard take both for one organisation and ask for no consent.
                if mine.registrable().is_some() && mine.registrable() == theirs.registrable() {
                    Standing::Divided(format!(
                        "{theirs} is an organisation of its own by RFC 9989, and receivers that follow it want {} to agree",
                        self.host
                    ))
                } else {
                    Standing::Unauthorised
                }
            }
            _ => Standing::Unclear(format!(
                "whether {} belongs to the same organisation was not seen",
                self.host
            )),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::super::worlds::{address, broken, mx, name, no_name, nothing, silent, txt};
    use super::*;

    pub const CONSENT: &str = "acme.example._report._dmarc.reports.example";

    fn own() -> TreeWalk {
        TreeWalk {
            answers: vec![
                txt("_dmarc.acme.example", &["v=DMARC1; p=none"]),
                no_name("_dmarc.example", RecordType::Txt),
            ],
        }
    }

    pub fn elsewhere(consent: DnsAnswer) -> Destination {
        Destination {
            host: name("reports.example"),
            mx: mx("reports.example", &[(10, "mx.reports.example")]),
            addresses: Vec::new(),
            walk: Some(TreeWalk {
                answers: vec![
                    no_name("_dmarc.reports.example", RecordType::Txt),
                    no_name("_dmarc.example", RecordType::Txt),
                ],
            }),
            consent: Some(consent),
        }
    }

    #[test]
    fn another_organisation_must_agree() {
        assert_eq!(
            consent_name(&name("acme.example"), &name("reports.example"))
                .unwrap()
                .as_str(),
            CONSENT
        );
        for text in [
            "v=DMARC1",
            "v=DMARC1;",
            "v = DMARC1; rua=mailto:x@reports.example",
        ] {
            let destination = elsewhere(txt(CONSENT, &["v=spf1 -all", text]));
            assert_eq!(
                destination.standing(Some(&own())),
                Standing::Heard,
                "{text}"
            );
        }
        for answer in [
            no_name(CONSENT, RecordType::Txt),
            nothing(CONSENT, RecordType::Txt),
            txt(CONSENT, &["v=spf1 -all"]),
            txt(CONSENT, &["v=dmarc1"]),
        ] {
            assert_eq!(
                elsewhere(answer).standing(Some(&own())),
                Standing::Unauthorised
            );
        }
        for answer in [
            silent(CONSENT, RecordType::Txt),
            broken(CONSENT, RecordType::Txt),
        ] {
            assert!(matches!(
                elsewhere(answer).standing(Some(&own())),
                Standing::Unclear(_)
            ));
        }
    }

    #[test]
    fn the_same_organisation_need_not() {
        let mut destination = elsewhere(no_name(CONSENT, RecordType::Txt));
        destination.walk = Some(TreeWalk {
            answers: vec![
                no_name("_dmarc.mail.acme.example", RecordType::Txt),
                txt("_dmarc.acme.example", &["v=DMARC1; p=none"]),
                no_name("_dmarc.example", RecordType::Txt),
            ],
        });
        assert_eq!(destination.standing(Some(&own())), Standing::Heard);
        // By its own word it is another one; receivers of the old standard do not ask.
        destination.walk = Some(TreeWalk {
            answers: vec![txt(
                "_dmarc.mail.acme.example",
                &["v=DMARC1; p=none; psd=n"],
            )],
        });
        assert!(matches!(
            destination.standing(Some(&own())),
            Standing::Divided(_)
        ));
        // An organisation that was not seen is no other one.
        destination.walk = Some(TreeWalk {
            answers: vec![broken("_dmarc.mail.acme.example", RecordType::Txt)],
        });
        assert!(matches!(
            destination.standing(Some(&own())),
            Standing::Unclear(_)
        ));
    }

    #[test]
    fn a_host_without_mail_gets_none() {
        let mut destination = elsewhere(txt(CONSENT, &["v=DMARC1"]));
        for (servers, words) in [
            (no_name("reports.example", RecordType::Mx), "does not exist"),
            (mx("reports.example", &[(0, "")]), "null MX"),
        ] {
            destination.mx = servers;
            let standing = destination.standing(Some(&own()));
            assert!(matches!(standing, Standing::Lost(why) if why.contains(words)));
        }
        destination.mx = nothing("reports.example", RecordType::Mx);
        for (address, want) in [
            (nothing("reports.example", RecordType::A), "neither"),
            (address("reports.example", "203.0.113.10"), "web server"),
            (silent("reports.example", RecordType::A), "no answer"),
        ] {
            destination.addresses = vec![address, nothing("reports.example", RecordType::Aaaa)];
            let (Standing::Lost(why) | Standing::Doubtful(why) | Standing::Unclear(why)) =
                destination.standing(Some(&own()))
            else {
                panic!("{want}");
            };
            assert!(why.contains(want), "{why}");
        }
        destination.mx = silent("reports.example", RecordType::Mx);
        assert!(matches!(
            destination.standing(Some(&own())),
            Standing::Unclear(_)
        ));
    }
}
