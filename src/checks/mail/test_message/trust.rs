//! Whose Authentication-Results count: those of the receiver, and of nobody else (RFC 8601 §1.6, §5).
//!
//! Anybody can write such a field into a message. The receiver puts its own on top, so the header is read from above and no
//! further than the first Received field of somebody else; what bears another name is somebody else's. ARC is never taken for it.

use serde::{Deserialize, Serialize};

use super::message::{Field, Message};
use super::results::{Resinfo, Results, read};
use super::scan::{Token, tokens};
use crate::checks::mail::test_message::address::domain_in;
use crate::model::intent::message::TestInbox;
use crate::model::name::HostName;
use crate::model::text::escape;
use crate::remedy::catalog::{fits, inbox};

/// Fields that are told about, trusted or not.
const MOST: usize = 20;

/// The receiver of a test inbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receiver {
    /// For people: `Gmail`, `mx.inbox.example`.
    pub title: String,
    /// Globs over its authserv-id.
    authserv: Vec<String>,
    nameless: bool,
    several: bool,
    /// Globs over the host behind `by` in its own Received fields.
    received: Vec<String>,
}

impl Receiver {
    /// As the operator named it, else as the catalogue knows it; `None`: nobody knows.
    pub fn of(inbox: Option<&TestInbox>) -> Option<Self> {
        let inbox = inbox?;
        let known = inbox::of(&inbox.address, inbox.imap.as_deref());
        if let Some(named) = &inbox.receiver {
            let mut received = vec![named.clone(), format!("*.{named}")];
            let hosts = [
                Some(named.as_str()),
                inbox.imap.as_deref(),
                Some(&inbox.address),
            ];
            for host in hosts.into_iter().flatten() {
                received.extend(family(host));
            }
            received.extend(known.iter().flat_map(|known| known.received.clone()));
            return Some(Self {
                title: escape(named),
                authserv: vec![named.clone()],
                nameless: false,
                several: true,
                received,
            });
        }
        known.map(|known| Self {
            title: known.title.clone(),
            authserv: known.authserv.clone(),
            nameless: known.nameless,
            several: known.several,
            received: known.received.clone(),
        })
    }

    fn is_own(&self, results: &Results) -> bool {
        match &results.authserv_id {
            Some(id) => fits(&self.authserv, id),
            None => self.nameless,
        }
    }

    /// Whether a Received field was written by the receiver, or inside of its house.
    fn received(&self, field: &Field<'_>) -> bool {
        field.text().and_then(|text| by(&text)).is_some_and(|host| {
            fits(&self.received, &host)
                || host == "localhost"
                || host.parse::<std::net::IpAddr>().is_ok()
        })
    }
}

/// Globs for hosts of the same registrable domain: servers of one house hand mail on under several names.
fn family(host: &str) -> Vec<String> {
    let bare = host.split(':').next().unwrap_or_default();
    let home = domain_in(bare).and_then(|name| HostName::registrable(&name));
    home.map_or_else(Vec::new, |home| vec![home.to_string(), format!("*.{home}")])
}

/// The host behind `by` (RFC 5321 §4.4), lower case, address literals without brackets.
fn by(received: &str) -> Option<String> {
    let (tokens, _) = tokens(received, &[';']);
    let mut words = tokens.iter().filter_map(|token| match token {
        Token::Word(word) => Some(word),
        _ => None,
    });
    words.find(|word| word.eq_ignore_ascii_case("by"))?;
    let host = words.next()?.trim_matches(['[', ']']).to_lowercase();
    Some(host.strip_prefix("ipv6:").unwrap_or(&host).to_owned())
}

/// What the receiver says, and what was left aside.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trusted {
    /// Of each method the topmost field that speaks of it.
    pub results: Vec<Resinfo>,
    /// The authserv-ids of the fields that count, each once; empty where they bear none.
    pub ids: Vec<String>,
    /// Whether any field counts.
    pub any: bool,
    /// Whether some of what counts could not be read for its length.
    pub cut: bool,
    pub ignored: Vec<Ignored>,
}

/// A field that does not count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ignored {
    /// Escaped; empty where none is named.
    pub authserv_id: String,
    pub why: Why,
}

/// Why a field does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// Nobody knows who receives this inbox's mail.
    ReceiverUnknown,
    /// It bears another name than the receiver's.
    OtherName,
    /// It stands below a Received field that is not the receiver's: it was there when the message came.
    Below,
    /// A field above it says the same of the receiver; this one may be forged.
    Second,
    /// It is longer than any receiver writes.
    TooLong,
}

impl Why {
    /// In words.
    pub const fn said(self) -> &'static str {
        match self {
            Self::ReceiverUnknown => "nobody said whose word counts for this inbox",
            Self::OtherName => "it bears another name than the receiver's",
            Self::Below => {
                "it stands below somebody else's Received: it was in the message before the receiver had it"
            }
            Self::Second => "the receiver's own stands above it: this one may be forged",
            Self::TooLong => "it is longer than any receiver writes",
        }
    }
}

/// Reads the fields from above.
pub fn trusted(message: &Message<'_>, receiver: Option<&Receiver>) -> Trusted {
    let mut found = Trusted::default();
    let mut foreign = false;
    for field in &message.fields {
        if field.is("Received") {
            foreign |= !receiver.is_some_and(|receiver| receiver.received(field));
        }
        if field.is("Authentication-Results") {
            found.take(field, receiver, foreign);
        }
    }
    found
}

impl Trusted {
    fn take(&mut self, field: &Field<'_>, receiver: Option<&Receiver>, foreign: bool) {
        let Some(text) = field.text() else {
            // A long field on top may be the receiver's: then what it says is not known.
            self.cut |= !foreign && self.results.is_empty();
            return self.leave(None, Why::TooLong);
        };
        let results = read(&text);
        let id = results.authserv_id.clone();
        let Some(receiver) = receiver else {
            return self.leave(id, Why::ReceiverUnknown);
        };
        if !receiver.is_own(&results) {
            return self.leave(id, Why::OtherName);
        }
        if foreign {
            return self.leave(id, Why::Below);
        }
        let said = |method: &str| self.results.iter().any(|info| info.method == method);
        let repeats = results.results.iter().any(|info| said(&info.method));
        if self.any && (!receiver.several || repeats) {
            return self.leave(id, Why::Second);
        }
        self.any = true;
        self.cut |= results.cut;
        self.ids.extend(id.filter(|id| !self.ids.contains(id)));
        self.results.extend(results.results);
    }

    fn leave(&mut self, id: Option<String>, why: Why) {
        if self.ignored.len() < MOST {
            let id = id.unwrap_or_default();
            self.ignored.push(Ignored {
                authserv_id: escape(&id.chars().take(100).collect::<String>()),
                why,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::message::Lines;
    use super::*;

    fn inbox(address: &str, receiver: Option<&str>) -> TestInbox {
        TestInbox {
            address: address.to_owned(),
            imap: None,
            user: None,
            receiver: receiver.map(str::to_owned),
            code: None,
        }
    }

    /// What counts as `method=result`, and why the rest does not.
    fn judged(header: &str, inbox: &TestInbox) -> (Vec<String>, Vec<Why>) {
        let lines = Lines::of(header.as_bytes());
        let found = trusted(&lines.message(), Receiver::of(Some(inbox)).as_ref());
        let results = found.results.iter();
        (
            results
                .map(|i| format!("{}={}", i.method, i.result))
                .collect(),
            found.ignored.iter().map(|i| i.why).collect(),
        )
    }

    const GMAIL_TOP: &str = "Delivered-To: t@gmail.com\nReceived: by 2002:a05:6000:1a87:b0:3a4:ee38:72b with SMTP id x; Thu, 26 Nov 2026 10:00:02 -0800 (PST)\nARC-Authentication-Results: i=1; mx.google.com; dmarc=pass\nReceived: from out.mailer.example (out.mailer.example. [198.51.100.65])\n by mx.google.com with ESMTPS id y; Thu, 26 Nov 2026 10:00:01 -0800 (PST)\n";

    #[test]
    fn the_receivers_word_counts_and_forgeries_do_not() {
        let gmail = inbox("t@gmail.com", None);
        let own = "Authentication-Results: mx.google.com;\n\tdmarc=fail header.from=acme.example\n";
        let forged = "Authentication-Results: mx.google.com; dmarc=pass header.from=acme.example\n";
        let foreign =
            "Received: from portal by out.mailer.example; Thu, 26 Nov 2026 10:00:00 -0800\n";
        let other = "Authentication-Results: out.mailer.example; dmarc=pass\n";
        for (header, results, ignored) in [
            (format!("{GMAIL_TOP}{own}"), vec!["dmarc=fail"], vec![]),
            (
                format!("{GMAIL_TOP}{own}{forged}"),
                vec!["dmarc=fail"],
                vec![Why::Second],
            ),
            (
                format!("{GMAIL_TOP}{foreign}{forged}"),
                vec![],
                vec![Why::Below],
            ),
            (format!("{GMAIL_TOP}{other}"), vec![], vec![Why::OtherName]),
            (
                format!("{GMAIL_TOP}{other}{own}"),
                vec!["dmarc=fail"],
                vec![Why::OtherName],
            ),
            (GMAIL_TOP.to_owned(), vec![], vec![]),
            (
                format!("{GMAIL_TOP}Authentication-Results: spf=pass; dmarc=pass\n"),
                vec![],
                vec![Why::OtherName],
            ),
        ] {
            let results: Vec<String> = results.into_iter().map(str::to_owned).collect();
            assert_eq!(judged(&header, &gmail), (results, ignored), "{header}");
        }
    }

    #[test]
    fn outlook_names_nobody_and_stands_above_its_border() {
        let header = "Received: from AM0PR01.eurprd01.prod.outlook.com (::1) by AM9PR01.eurprd01.prod.outlook.com with HTTPS; Thu, 26 Nov 2026 10:00:02 +0000\nAuthentication-Results: spf=pass (sender IP is 198.51.100.65) smtp.mailfrom=send.acme.example; dmarc=pass action=none header.from=acme.example;compauth=pass reason=100\nReceived: from out.mailer.example (198.51.100.65) by DB3EUR04FT.mail.protection.outlook.com (10.1.1.1) with Microsoft SMTP Server; Thu, 26 Nov 2026 10:00:01 +0000\nReceived: from x by out.mailer.example; Thu, 26 Nov 2026 10:00:00 +0000\nAuthentication-Results: spf=pass; dkim=pass\n";
        let (results, ignored) = judged(header, &inbox("t@hotmail.com", None));
        assert_eq!(results, ["spf=pass", "dmarc=pass", "compauth=pass"]);
        assert_eq!(ignored, [Why::Below]);
    }

    #[test]
    fn a_named_receiver_may_write_a_field_for_each_method() {
        let own = inbox("t@inbox.example", Some("mx.inbox.example"));
        let header = "Received: from mx.inbox.example by store.inbox.example with LMTP; Thu, 26 Nov 2026 10:00:02 +0000\nAuthentication-Results: mx.inbox.example; dmarc=pass header.from=acme.example\nAuthentication-Results: MX.inbox.example; spf=pass smtp.mailfrom=acme.example\nReceived: from a by mx.inbox.example; Thu, 26 Nov 2026 10:00:01 +0000\nAuthentication-Results: mx.inbox.example; dkim=pass header.d=acme.example\nAuthentication-Results: mx.inbox.example; dmarc=fail\n";
        let (results, ignored) = judged(header, &own);
        assert_eq!(results, ["dmarc=pass", "spf=pass", "dkim=pass"]);
        assert_eq!(ignored, [Why::Second]);
        let (results, ignored) = judged(header, &inbox("t@inbox.example", None));
        assert!(results.is_empty());
        assert!(ignored.iter().all(|why| *why == Why::ReceiverUnknown));
    }

    #[test]
    fn a_field_of_a_hundred_kilobytes_is_not_believed() {
        let long = format!(
            "Authentication-Results: mx.google.com; dmarc=pass{}\n",
            " (x)".repeat(25_000)
        );
        let lines = Lines::of(long.as_bytes());
        let receiver = Receiver::of(Some(&inbox("t@gmail.com", None)));
        let found = trusted(&lines.message(), receiver.as_ref());
        assert!(!found.any && found.cut);
        assert_eq!(found.ignored[0].why, Why::TooLong);
    }

    #[test]
    fn the_host_of_a_received_field() {
        for (text, want) in [
            (
                "from a (b by c) by mx.example with ESMTP; date",
                Some("mx.example"),
            ),
            ("by [IPv6:2001:db8::1] with x", Some("2001:db8::1")),
            ("(qmail 1 invoked by uid 0); date", None),
        ] {
            assert_eq!(by(text).as_deref(), want, "{text}");
        }
    }
}
