//! From the bytes of a message to the facts that are kept; asks DNS for the keys and for the records of the domains.

use futures_util::future::join_all;
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;

use super::address::{addresses, domain_in};
use super::message::{Field, Lines, Message};
use super::results::Resinfo;
use super::seen::{Author, Facts, Found, ResultFacts, SignatureFacts, Walk};
use super::signature;
use super::trust::{Receiver, trusted};
use super::verify::{Fate, Signed, verify};
use crate::checks::mail::dkim::selector::owner_of;
use crate::checks::mail::dmarc::organisation::climb;
use crate::model::intent::message::{ExpectedMessage, TestInbox};
use crate::model::name::HostName;
use crate::model::observation::dns::RecordType;
use crate::model::observation::message::RawMessage;
use crate::model::text::escape;
use crate::net::Network;

/// Most signatures that are verified, and domains that are compared.
const MOST: usize = 6;

/// Methods that are kept.
const METHODS: [&str; 4] = ["spf", "dkim", "dmarc", "compauth"];

/// Reads a message and asks for what is needed to judge it.
pub async fn facts(
    network: &Network,
    raw: &RawMessage,
    found: Found,
    expected: &ExpectedMessage,
    inbox: Option<&TestInbox>,
) -> Facts {
    let lines = Lines::of(&raw.bytes);
    let message = lines.message();
    let receiver = Receiver::of(inbox);
    let said = trusted(&message, receiver.as_ref());
    let results: Vec<ResultFacts> = said
        .results
        .iter()
        .filter_map(kept)
        .take(MOST * 4)
        .collect();
    let author = author(&message, expected);
    let stamped = message.first("Received").and_then(received_at);
    let when = raw.arrived.or(stamped);
    let signatures = signatures(network, &message, raw.cut, when).await;
    let signers = signatures.iter().filter_map(|s| s.domain.as_ref());
    let told = results.iter().filter_map(|r| r.domain.as_ref());
    let mut domains: Vec<HostName> = Vec::new();
    for domain in author.domains.iter().take(1).chain(told).chain(signers) {
        if !domains.contains(domain) && domains.len() < MOST {
            domains.push(domain.clone());
        }
    }
    let climbs = domains.iter().map(|domain| climb(network, domain));
    let walks = join_all(climbs).await.into_iter().zip(&domains);
    Facts {
        source: raw.source.clone(),
        found,
        folder: raw.folder.clone(),
        arrived: raw.arrived,
        cut: raw.cut,
        author,
        date: message
            .first("Date")
            .and_then(Field::text)
            .and_then(|text| date(&text)),
        received: stamped,
        receiver: receiver.map(|receiver| receiver.title),
        ids: said.ids.iter().map(|id| escape(&short(id))).collect(),
        told: said.any,
        told_cut: said.cut,
        results,
        ignored: said.ignored,
        signatures,
        walks: walks
            .map(|(walk, domain)| Walk {
                domain: domain.clone(),
                walk,
            })
            .collect(),
    }
}

fn author(message: &Message<'_>, expected: &ExpectedMessage) -> Author {
    let mut author = Author {
        domains: Vec::new(),
        fields: message.all("From").count(),
        problem: None,
        as_named: None,
    };
    let Some(first) = message.first("From") else {
        author.problem = Some("there is no From".to_owned());
        return author;
    };
    let text = first.text();
    let read = text.map_or(Err("it is too long".to_owned()), |text| addresses(&text));
    match read {
        Ok(list) if list.is_empty() => author.problem = Some("it holds no address".to_owned()),
        Ok(list) => {
            author.as_named = expected.from.as_ref().map(|wanted| {
                list.iter()
                    .any(|a| format!("{}@{}", a.local, a.domain).eq_ignore_ascii_case(wanted))
            });
            author.domains = list.into_iter().map(|address| address.domain).collect();
        }
        Err(why) => author.problem = Some(why),
    }
    author
}

async fn signatures(
    network: &Network,
    message: &Message<'_>,
    cut: bool,
    arrived: Option<Timestamp>,
) -> Vec<SignatureFacts> {
    let fields: Vec<&Field<'_>> = message.all("DKIM-Signature").take(MOST).collect();
    join_all(fields.into_iter().map(|field| async move {
        let text = field.text().unwrap_or_default();
        let (domain, selector) = signature::named(&text);
        let mut facts = SignatureFacts {
            domain,
            selector: escape(&short(&selector.unwrap_or_default())),
            algorithm: String::new(),
            fate: Fate::Refused("it is too long".to_owned()),
            key: None,
        };
        let read = match signature::read(&text) {
            Ok(read) => read,
            Err(why) => {
                facts.fate = Fate::Refused(why);
                return facts;
            }
        };
        read.algorithm.word().clone_into(&mut facts.algorithm);
        let Some(owner) = owner_of(&read.selector, &read.domain) else {
            facts.fate = Fate::Refused("its s= and d= make no name".to_owned());
            return facts;
        };
        let key = network.ask(&owner, RecordType::Txt).await;
        let signed = Signed {
            message,
            field,
            cut,
            arrived,
        };
        facts.fate = verify(signed, &read, &key);
        facts.key = Some((*key).clone());
        facts
    }))
    .await
}

/// A result without anything that could name a person or open something.
fn kept(info: &Resinfo) -> Option<ResultFacts> {
    if !METHODS.contains(&info.method.as_str()) {
        return None;
    }
    let domain = match info.method.as_str() {
        "spf" => ["smtp.mailfrom", "smtp.mfrom", "smtp.helo"]
            .iter()
            .find_map(|name| info.property(&[name]).and_then(domain_in)),
        "dkim" => info.property(&["header.d", "header.i"]).and_then(domain_in),
        _ => info.property(&["header.from"]).and_then(domain_in),
    };
    let note = match info.method.as_str() {
        "dmarc" => info
            .comment
            .split_whitespace()
            .find(|word| word.starts_with("p=")),
        "compauth" => info.reason.as_deref(),
        _ => None,
    };
    Some(ResultFacts {
        method: info.method.clone(),
        result: plain(&info.result),
        domain,
        selector: info.property(&["header.s"]).map(|s| escape(&short(s))),
        note: plain(note.unwrap_or_default()),
    })
}

/// Letters, digits and `=` of a word, at most 20.
fn plain(word: &str) -> String {
    let fit = |c: &char| c.is_ascii_alphanumeric() || *c == '=';
    word.chars().filter(fit).take(20).collect()
}

fn short(text: &str) -> String {
    text.chars().take(100).collect()
}

/// The date behind the last semicolon of a Received field (RFC 5321 §4.4).
fn received_at(field: &Field<'_>) -> Option<Timestamp> {
    date(field.text()?.rsplit(';').next()?)
}

/// A date of RFC 5322 §3.3, the day of the week not compared.
fn date(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if text.len() > 200 {
        return None;
    }
    let parser = DateTimeParser::new().relaxed_weekday(true);
    parser.parse_timestamp(text).ok()
}

#[cfg(test)]
mod tests {
    use super::super::results::read;
    use super::*;

    #[test]
    fn dates_as_they_are_written() {
        let want: Timestamp = "2026-11-26T18:00:01Z".parse().unwrap();
        for text in [
            "Thu, 26 Nov 2026 10:00:01 -0800 (PST)",
            "26 Nov 2026 18:00:01 +0000",
            "Fri, 26 Nov 2026 18:00:01 GMT",
        ] {
            assert_eq!(date(text), Some(want), "{text}");
        }
        for text in ["", "yesterday", "Thu, 26 Nov 2026"] {
            assert_eq!(date(text), None, "{text}");
        }
    }

    #[test]
    fn results_are_kept_without_people_and_tokens() {
        let text = "mx.example; spf=pass (domain of b+secret=x@send.acme.example) smtp.mailfrom=b+secret=x@send.acme.example; dkim=pass header.i=@acme.example header.s=s1 header.b=AbCd; dmarc=pass (p=REJECT sp=x) header.from=acme.example; arc=pass; compauth=pass reason=100";
        let kept: Vec<ResultFacts> = read(text).results.iter().filter_map(kept).collect();
        let told: Vec<String> = kept
            .iter()
            .map(|r| {
                let domain = r
                    .domain
                    .as_ref()
                    .map(ToString::to_string)
                    .unwrap_or_default();
                format!(
                    "{} {} {domain} {} {}",
                    r.method,
                    r.result,
                    r.selector.clone().unwrap_or_default(),
                    r.note
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                "spf pass send.acme.example  ",
                "dkim pass acme.example s1 ",
                "dmarc pass acme.example  p=REJECT",
                "compauth pass   100"
            ]
        );
    }
}
