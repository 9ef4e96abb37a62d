//! The way of a message: the sender signs it, the receiver looks at it with its own eyes (SPF, DKIM, DMARC, by the range's own
//! DNS) and puts it into a folder.
//!
//! A simple receiver: of SPF it knows what the range's records use, and a signature is good when nothing touched the message
//! and the published key is the one it was made with.

use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr};

use hickory_proto::rr::{Name, RData, RecordType};
use jiff::{SignedDuration, Timestamp};

use super::sign::{self, SELECTOR, fields, signature};
use super::{INBOX_DOMAIN, SUBMISSION_HOST, Stored};
use crate::model::name::HostName;
use crate::range::change::PostDoes;
use crate::range::dns::copies::RESOLVERS;
use crate::range::dns::resolve::Walk;
use crate::range::dns::say::Proofs;
use crate::range::state::State;

/// Who delivers.
const DELIVERS: (&str, IpAddr) = (
    "bounce.mailer.example",
    IpAddr::V4(Ipv4Addr::new(198, 51, 100, 65)),
);
/// Somebody whom no SPF record of the range names.
const STRANGER: (&str, IpAddr) = (
    "relay.elsewhere.example",
    IpAddr::V4(Ipv4Addr::new(198, 51, 100, 99)),
);
/// The receiver's name in what it writes (RFC 8601 §2.2).
const RECEIVER: &str = "mx.testbox.example";
/// How much later a late message comes.
const LATE: SignedDuration = SignedDuration::from_mins(5);
/// Lookups of one SPF evaluation (RFC 7208 §4.6.4).
const LOOKUPS: u32 = 10;

/// Sender and recipient as the envelope has them.
#[derive(Clone, Copy)]
pub struct Envelope<'a> {
    pub from: &'a str,
    pub to: &'a str,
}

/// The message as it lies in the inbox; `None` when it never gets there.
pub fn deliver(
    state: &State,
    message: &str,
    envelope: Envelope<'_>,
    now: Timestamp,
) -> Option<Stored> {
    let Envelope { from: bounces, to } = envelope;
    let (_, returns) = bounces.rsplit_once('@')?;
    let does = |what| state.post.contains(&what);
    if does(PostDoes::Lost) {
        return None;
    }
    let at = if does(PostDoes::Late) {
        now + LATE
    } else {
        now
    };
    let author = author(message)?;
    let is_signed = !does(PostDoes::Unsigned) && !does(PostDoes::Elsewhere);
    let mut whole = completed(message, now);
    if is_signed {
        whole.insert_str(0, &signature(&author, &whole, now)?);
    }
    if does(PostDoes::Altered) {
        whole.push_str("--\r\nScanned on the way.\r\n");
    }
    let (from, ip) = if does(PostDoes::Elsewhere) {
        STRANGER
    } else {
        DELIVERS
    };
    let seen = Seen {
        spf: Eyes { state }.spf(returns, ip, &mut LOOKUPS.clone()),
        dkim: match (is_signed, does(PostDoes::Altered)) {
            (false, _) => "none",
            (true, true) => "fail (the body hash did not verify)",
            (true, false) => Eyes { state }.dkim(&author),
        },
        policy: Eyes { state }.policy(&author),
    };
    let passes = seen.dmarc(&author, returns);
    let date = at.strftime("%a, %d %b %Y %H:%M:%S +0000");
    let mut head = format!("Return-Path: <{bounces}>\r\n");
    let _ = write!(
        head,
        "Authentication-Results: {RECEIVER};\r\n\t{};\r\n\tspf={} smtp.mailfrom={returns};\r\n\t{}\r\n",
        match is_signed {
            true => format!("dkim={} header.d={author} header.s={SELECTOR}", seen.dkim),
            false => "dkim=none".to_owned(),
        },
        seen.spf,
        match &seen.policy {
            None => format!("dmarc=none header.from={author}"),
            Some(policy) => format!(
                "dmarc={} (p={}) header.from={author}",
                if passes { "pass" } else { "fail" },
                policy.p.to_uppercase()
            ),
        }
    );
    let _ = write!(
        head,
        "Received: from {from} ({from} [{ip}])\r\n\tby {RECEIVER} with ESMTPS for <{to}>;\r\n\t{date}\r\n"
    );
    let refused = |wanted: &str| !passes && seen.policy.as_ref().is_some_and(|p| p.p == wanted);
    if refused("reject") {
        return None;
    }
    Some(Stored {
        uid: 0,
        epoch: None,
        in_junk: does(PostDoes::Junk) || refused("quarantine"),
        arrived: at,
        bytes: format!("{head}{whole}").into_bytes(),
    })
}

/// The message by which the portal lets somebody choose a new password; `None` when it does not get there.
pub fn reset(state: &State, now: Timestamp) -> Option<Stored> {
    let does = |what| state.post.contains(&what);
    if does(PostDoes::SubmissionRefuses) {
        return None;
    }
    // It is there now, so a late one was written before.
    let written = if does(PostDoes::Late) {
        now - LATE
    } else {
        now
    };
    let to = format!("test+acme-example-reset@{INBOX_DOMAIN}");
    let message = format!(
        "From: Acme <portal@acme.example>\r\nTo: {to}\r\nSubject: Choose a new password\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=us-ascii\r\n\r\nSomebody asked for a new password.\r\n\
         Open the portal to choose one.\r\n"
    );
    let from = "portal@acme.example";
    deliver(state, &message, Envelope { from, to: &to }, written)
}

/// Whether mail for that address is kept here.
pub fn is_known(to: &str) -> bool {
    to.rsplit_once('@')
        .is_some_and(|(_, domain)| domain.eq_ignore_ascii_case(INBOX_DOMAIN))
}

/// The domain in From, lower case.
pub fn author(message: &str) -> Option<String> {
    let head = message.split("\r\n\r\n").next()?;
    let found = fields(head);
    let from = found.iter().find(|field| field.name == "from")?;
    let (_, domain) = from.value.trim().trim_end_matches('>').rsplit_once('@')?;
    Some(HostName::parse(domain).ok()?.as_str().to_owned())
}

/// Date, Message-ID and the sender's own trace, where they are missing (RFC 6409 §8).
fn completed(message: &str, now: Timestamp) -> String {
    let head = message.split("\r\n\r\n").next().unwrap_or_default();
    let found = fields(head);
    let lacks = |name: &str| !found.iter().any(|field| field.name == name);
    let mut out = String::new();
    let date = now.strftime("%a, %d %b %Y %H:%M:%S +0000");
    if lacks("date") {
        let _ = write!(out, "Date: {date}\r\n");
    }
    if lacks("message-id") {
        let number = now.as_nanosecond();
        let _ = write!(out, "Message-ID: <{number}@{SUBMISSION_HOST}>\r\n");
    }
    out.push_str(message);
    out
}

/// What the receiver saw.
struct Seen {
    spf: &'static str,
    dkim: &'static str,
    policy: Option<Policy>,
}

impl Seen {
    /// Whether one of the two passes for the author's own name, as strictly as the policy wants (RFC 9989).
    fn dmarc(&self, author: &str, returns: &str) -> bool {
        let Some(policy) = &self.policy else {
            return false;
        };
        let spf = self.spf == "pass" && aligned(returns, author, policy.spf_strict);
        // Whoever signs here signs with the author's name.
        spf || self.dkim == "pass"
    }
}

fn aligned(name: &str, author: &str, strict: bool) -> bool {
    let organisation = |name: &str| HostName::parse(name).ok()?.registrable();
    name == author
        || (!strict && organisation(name).is_some_and(|o| organisation(author) == Some(o)))
}

/// What a DMARC record asks for.
struct Policy {
    p: String,
    spf_strict: bool,
}

/// The receiver's way to the DNS.
#[derive(Clone, Copy)]
struct Eyes<'a> {
    state: &'a State,
}

impl Eyes<'_> {
    /// The texts at a name; `None` where the resolver gives up.
    fn texts(self, name: &str) -> Option<Vec<String>> {
        let walk = Walk {
            resolver: RESOLVERS[0],
            copies: &self.state.dns.copies,
            servers: &self.state.dns.servers,
        };
        let mut name = Name::from_ascii(name).ok()?;
        name.set_fqdn(true);
        let found = walk.find(&name, RecordType::TXT, Proofs::Unwanted)?;
        let texts = found
            .answers
            .iter()
            .filter_map(|record| match &record.data {
                RData::TXT(text) => Some(
                    text.txt_data
                        .iter()
                        .map(|part| String::from_utf8_lossy(part).into_owned())
                        .collect(),
                ),
                _ => None,
            });
        Some(texts.collect())
    }

    fn spf(self, domain: &str, ip: IpAddr, left: &mut u32) -> &'static str {
        let Some(texts) = self.texts(domain) else {
            return "temperror";
        };
        let mut records = texts
            .iter()
            .filter(|text| *text == "v=spf1" || text.starts_with("v=spf1 "));
        let (record, second) = (records.next(), records.next());
        let Some(record) = record else { return "none" };
        if second.is_some() {
            return "permerror";
        }
        let mut redirect = None;
        for term in record.split_ascii_whitespace().skip(1) {
            let (result, mechanism) = match term.split_at_checked(1) {
                Some(("+", rest)) => ("pass", rest),
                Some(("-", rest)) => ("fail", rest),
                Some(("~", rest)) => ("softfail", rest),
                Some(("?", rest)) => ("neutral", rest),
                _ => ("pass", term),
            };
            if let Some(target) = mechanism.strip_prefix("redirect=") {
                redirect = Some(target);
                continue;
            }
            let matches = if mechanism == "all" {
                true
            } else if let Some(net) = mechanism.strip_prefix("ip4:") {
                covers(net, ip)
            } else if let Some(target) = mechanism.strip_prefix("include:") {
                let Some(less) = left.checked_sub(1) else {
                    return "permerror";
                };
                *left = less;
                match self.spf(target, ip, left) {
                    "pass" => true,
                    "temperror" => return "temperror",
                    "none" | "permerror" => return "permerror",
                    _ => false,
                }
            } else {
                false
            };
            if matches {
                return result;
            }
        }
        match (redirect, left.checked_sub(1)) {
            (None, _) => "neutral",
            (Some(_), None) => "permerror",
            (Some(target), Some(less)) => {
                *left = less;
                self.spf(target, ip, left)
            }
        }
    }

    fn dkim(self, author: &str) -> &'static str {
        let Some(texts) = self.texts(&format!("{SELECTOR}._domainkey.{author}")) else {
            return "temperror";
        };
        let [text] = texts.as_slice() else {
            return "permerror (no key for signature)";
        };
        let bare: String = text.split_ascii_whitespace().collect();
        let key = bare.split(';').find_map(|tag| tag.strip_prefix("p="));
        match key {
            None => "permerror (no key for signature)",
            Some("") => "permerror (the key was revoked)",
            Some(key) if sign::public_key().as_deref() == Some(key) => "pass",
            Some(_) => "fail (the signature did not verify)",
        }
    }

    fn policy(self, author: &str) -> Option<Policy> {
        let own = HostName::parse(author).ok()?;
        let above = own.registrable().filter(|above| *above != own);
        [Some(own), above]
            .into_iter()
            .flatten()
            .find_map(|name| self.policy_at(&name))
    }

    fn policy_at(self, name: &HostName) -> Option<Policy> {
        let texts = self.texts(&format!("_dmarc.{name}"))?;
        let mut records = texts.iter().filter(|text| text.starts_with("v=DMARC1"));
        let (record, second) = (records.next()?, records.next());
        let bare: String = record.split_ascii_whitespace().collect();
        let tag = |name: &str| bare.split(';').find_map(|tag| tag.strip_prefix(name));
        second.is_none().then(|| Policy {
            p: tag("p=").unwrap_or("none").to_ascii_lowercase(),
            spf_strict: tag("aspf=") == Some("s"),
        })
    }
}

/// Whether `198.51.100.64/28` covers an address.
fn covers(net: &str, ip: IpAddr) -> bool {
    let (base, bits) = net.split_once('/').unwrap_or((net, "32"));
    let (Ok(base), Ok(bits), IpAddr::V4(ip)) = (base.parse::<Ipv4Addr>(), bits.parse::<u32>(), ip)
    else {
        return false;
    };
    let shift = 32_u32.saturating_sub(bits);
    shift >= 32 || u32::from(base) >> shift == u32::from(ip) >> shift
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_cover_what_lies_in_them() {
        let ip = DELIVERS.1;
        assert!(covers("198.51.100.64/28", ip) && covers("0.0.0.0/0", ip));
        assert!(covers("198.51.100.65", ip) && !covers("198.51.100.66", ip));
        assert!(!covers("198.51.100.64/28", STRANGER.1) && !covers("x/8", ip));
    }

    #[test]
    fn the_author_is_the_domain_in_from() {
        let author = |from: &str| author(&format!("X: y\r\nFrom: {from}\r\n\r\nb"));
        assert_eq!(author("Acme <a@ACME.example>").unwrap(), "acme.example");
        assert_eq!(author("a@acme.example").unwrap(), "acme.example");
        assert_eq!(author("nobody"), None);
    }
}
