//! Does the domain send mail at all? What the intent says, else what its own records say.

use crate::checks::rule::Judgement;
use crate::model::intent::Intent;
use crate::model::observation::dns::{DnsAnswer, RecordData};
use crate::model::verdict::{Confidence, Severity};

use super::spf::select::{Selection, select};
use super::spf::{parse::parse, term::Qualifier};

/// How sure it is that the domain sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sending {
    /// The intent says so, or names senders.
    Declared,
    /// Nobody said, but its records look like it (or could not be read).
    Likely,
    /// Nobody said, and the records give no sign of it.
    Unlikely,
    /// The intent says that it must not.
    Denied,
}

/// Tells from the intent, else from the MX and TXT answers.
pub fn sending(intent: &Intent, mx: &DnsAnswer, txt: Option<&DnsAnswer>) -> Sending {
    match intent.sends_mail {
        Some(true) => return Sending::Declared,
        Some(false) => return Sending::Denied,
        None if !intent.senders.is_empty() => return Sending::Declared,
        None => {}
    }
    let receives = mx.is_unusable() || mail_servers(mx).iter().any(|(_, name)| !name.is_empty());
    let authorises = txt.is_some_and(|answer| match select(&answer.texts()) {
        Selection::None(_) => answer.is_unusable(),
        Selection::Many(_) => true,
        Selection::One(record) => !is_bare_denial(&record),
    });
    if receives || authorises {
        Sending::Likely
    } else {
        Sending::Unlikely
    }
}

/// `v=spf1 -all`: nobody sends.
pub fn is_bare_denial(record: &str) -> bool {
    let parsed = parse(record);
    parsed.problems.is_empty()
        && parsed.all() == Some(Qualifier::Fail)
        && parsed.evaluated().count() == 1
}

/// The MX records, best first: preference and exchange (empty: the null MX, RFC 7505).
pub fn mail_servers(answer: &DnsAnswer) -> Vec<(u16, String)> {
    let mut servers: Vec<(u16, String)> = answer
        .records()
        .iter()
        .filter_map(|record| match &record.data {
            RecordData::Mx {
                preference,
                exchange,
            } => Some((*preference, exchange.clone())),
            _ => None,
        })
        .collect();
    servers.sort();
    servers
}

/// Whether an MX says that mail comes in; `None` where the MX records could not be read.
pub fn takes_mail(mx: &DnsAnswer) -> Option<bool> {
    (!mx.is_unusable()).then(|| mail_servers(mx).iter().any(|(_, name)| !name.is_empty()))
}

impl Sending {
    /// What it means that something which mail needs is not there.
    pub fn missing(self, summary: impl Into<String>) -> Judgement {
        match self {
            Self::Declared => Judgement::fail(summary),
            Self::Likely => Judgement::fail(summary).confidence(Confidence::Likely),
            Self::Unlikely | Self::Denied => Judgement::warn(summary).severity(Severity::Advice),
        }
    }

    /// Whether mail is sent, as far as anybody knows.
    pub const fn is_yes(self) -> bool {
        matches!(self, Self::Declared | Self::Likely)
    }
}

#[cfg(test)]
mod tests {
    use super::super::worlds::{intent, mx, nothing, silent, txt};
    use super::*;
    use crate::model::observation::dns::RecordType;

    #[test]
    fn the_intent_speaks_first_then_the_records() {
        let none_mx = nothing("acme.example", RecordType::Mx);
        let none_txt = nothing("acme.example", RecordType::Txt);
        let parked = txt("acme.example", &["v=spf1 -all"]);
        let served = mx("acme.example", &[(10, "mx.acme.example")]);
        let null = mx("acme.example", &[(0, "")]);
        let mut declared = intent();
        declared.sends_mail = Some(true);
        assert_eq!(
            sending(&declared, &none_mx, Some(&parked)),
            Sending::Declared
        );
        declared.sends_mail = Some(false);
        assert_eq!(sending(&declared, &served, None), Sending::Denied);
        for (mx, txt, want) in [
            (&none_mx, &none_txt, Sending::Unlikely),
            (&null, &parked, Sending::Unlikely),
            (&served, &none_txt, Sending::Likely),
            (
                &none_mx,
                &silent("acme.example", RecordType::Txt),
                Sending::Likely,
            ),
        ] {
            assert_eq!(sending(&intent(), mx, Some(txt)), want);
        }
    }
}
