//! Evidence made from observations: what was asked, of whom, what came back, and a line that repeats it.
//!
//! Everything from outside is escaped and cut here, secrets are masked here, and no other place builds evidence of a wire.
//! Nothing here judges, and nothing here depends on how long an answer took: the same facts give the same text.

mod mail;
mod message;
pub mod places;
pub mod redact;
pub mod registration;
pub mod repeat;

pub use mail::smtp;
pub use message::{message, submission};

use jiff::Timestamp;

use crate::model::finding::Evidence;
use crate::model::observation::dns::{AnswerShape, DnsAnswer, DnsMessage, Record, RecordData};
use crate::model::observation::http::{HttpChain, HttpExchange, HttpResponse, Timing};
use crate::model::observation::tls::{
    Certificate, LegacyHello, LegacyReply, Offer, ProbeReply, RevocationList, TlsHandshake,
    TlsProbe,
};
use crate::model::text::{EVIDENCE_LIMIT, escape, excerpt};

/// Headers that move with the clock and prove nothing (RFC 9110 §6.6.1, RFC 9111 §5.1).
const CLOCKS: [&str; 2] = ["date", "age"];

/// Names of a certificate that are shown; the rest is counted.
const NAMES_SHOWN: usize = 8;

/// One DNS answer: status, flags, the records in the order of the CNAME chain, the SOA or NS that a negative answer or a
/// referral carries. Repeats as `dig`.
pub fn dns(answer: &DnsAnswer) -> Evidence {
    let mut lines = Vec::new();
    match &answer.outcome {
        Err(failure) => lines.push(format!(
            "{} {}: {}",
            answer.name, answer.rtype, failure.text
        )),
        Ok(message) => {
            lines.push(status_line(answer, message));
            lines.extend(sorted(answer, message).into_iter().map(record_line));
            if answer.shape() != AnswerShape::Records {
                lines.extend(
                    message
                        .authority
                        .iter()
                        .filter(|r| matches!(r.data, RecordData::Soa(_) | RecordData::Ns(_)))
                        .map(record_line),
                );
            }
        }
    }
    made(
        "dns",
        answer.at,
        &answer.server,
        &lines.join("\n"),
        repeat::dig(answer),
    )
}

/// One TLS handshake: what was agreed, whether the chain verifies, and each certificate. Repeats as `openssl s_client`.
pub fn tls(handshake: &TlsHandshake) -> Evidence {
    let text = match &handshake.outcome {
        Err(failure) => failure.text.clone(),
        Ok(session) => {
            let verified = match &session.verified {
                Ok(()) => format!("the chain verifies for {}", handshake.host),
                Err(problem) => format!("the chain does not verify: {}", problem.text()),
            };
            let alpn = session.alpn.as_deref().unwrap_or("none");
            let mut lines = vec![
                format!("{} {}, ALPN {alpn}", session.protocol, session.cipher),
                verified,
            ];
            lines.extend(session.chain.iter().enumerate().map(certificate_line));
            lines.join("\n")
        }
    };
    let source = repeat::socket(handshake.address, handshake.port);
    made(
        "tls",
        handshake.at,
        &source,
        &text,
        repeat::s_client(handshake),
    )
}

/// The answer to a ClientHello of a legacy version. Repeats as `openssl s_client`.
pub fn legacy(hello: &LegacyHello) -> Evidence {
    let said = match &hello.reply {
        LegacyReply::Accepted => "ServerHello: the version is accepted".to_owned(),
        LegacyReply::Alert(code) => format!("alert {code}: refused"),
        LegacyReply::Closed => "the server closed the connection: refused".to_owned(),
        LegacyReply::OtherVersion(wire) => {
            format!("ServerHello with another version, 0x{wire:04x}")
        }
        LegacyReply::Unknown(failure) => failure.text.clone(),
    };
    let text = format!(
        "ClientHello {} for {}: {said}",
        hello.version.name(),
        hello.host
    );
    let source = repeat::socket(hello.address, 443);
    made("tls", hello.at, &source, &text, repeat::legacy(hello))
}

/// The answer to a raw ClientHello of TLS 1.2. Repeats as `openssl s_client`.
pub fn probe(probe: &TlsProbe) -> Evidence {
    let said = match &probe.reply {
        ProbeReply::Agreed {
            version,
            suite,
            sct_logs,
        } => format!(
            "ServerHello, version 0x{version:04x}, suite 0x{suite:04x}, {} SCTs",
            sct_logs.len()
        ),
        ProbeReply::Alert(code) => format!("alert {code}: refused"),
        ProbeReply::Closed => "the server closed the connection: refused".to_owned(),
        ProbeReply::Unknown(failure) => failure.text.clone(),
    };
    let offered = match probe.offer {
        Offer::Broken => "only broken suites",
        Offer::Timestamps => "modern suites, SCTs asked for",
        Offer::Old => "only old suites",
    };
    let text = format!("ClientHello TLS 1.2 for {}, {offered}: {said}", probe.host);
    let source = repeat::socket(probe.address, 443);
    made("tls", probe.at, &source, &text, repeat::probe(probe))
}

/// A revocation list: what it says of the certificate. Repeats as `openssl crl`.
pub fn revocation_list(list: &RevocationList) -> Evidence {
    let text = match &list.outcome {
        Err(failure) => failure.text.clone(),
        Ok(reading) => {
            let on_it = match reading.revoked {
                Some(at) => format!("the certificate was revoked on {at}"),
                None => "the certificate is not on it".to_owned(),
            };
            let next = reading
                .next_update
                .map_or_else(|| "not told".to_owned(), |at| at.to_string());
            format!(
                "list of {}, the next due {next}, {} entries: {on_it}",
                reading.this_update, reading.entries
            )
        }
    };
    made(
        "http",
        list.at,
        &list.url,
        &text,
        repeat::revocation_list(list),
    )
}

/// One HTTP exchange: status and headers, without the body. Repeats as `curl`.
pub fn http(exchange: &HttpExchange) -> Evidence {
    http_with(exchange, &[])
}

/// [`http`], for a request that carried `headers`: they stand in the text and in the `curl` line, credentials masked.
pub fn http_with(exchange: &HttpExchange, headers: &[(String, String)]) -> Evidence {
    let mut lines = vec![format!(
        "{} {}",
        exchange.method,
        redact::url(exchange.url.as_str())
    )];
    lines.extend(
        headers
            .iter()
            .map(|(n, v)| format!("{n}: {}", redact::header(n, v))),
    );
    match &exchange.outcome {
        Err(failure) => lines.push(failure.text.clone()),
        Ok(response) => lines.extend(response_lines(response)),
    }
    let source = match exchange.address {
        Some(address) => format!("{} at {address}", redact::url(exchange.url.as_str())),
        None => redact::url(exchange.url.as_str()),
    };
    made(
        "http",
        exchange.at,
        &source,
        &lines.join("\n"),
        repeat::curl(exchange, headers),
    )
}

/// The hops from a URL to where it ends, one line each. Repeats as `curl -L`.
pub fn chain(chain: &HttpChain) -> Evidence {
    let lines: Vec<String> = chain
        .hops
        .iter()
        .map(|hop| {
            let url = redact::url(hop.url.as_str());
            match &hop.outcome {
                Err(failure) => format!("{url}  {}", failure.text),
                Ok(response) => match response.header("location") {
                    Some(to) => format!("{url}  {} → {}", response.status, redact::url(to)),
                    None => format!("{url}  {}", response.status),
                },
            }
        })
        .collect();
    let at = chain
        .hops
        .first()
        .map_or(Timestamp::UNIX_EPOCH, |hop| hop.at);
    let source = redact::url(chain.start.as_str());
    made(
        "http",
        at,
        &source,
        &lines.join("\n"),
        repeat::curl_chain(chain),
    )
}

/// Times of repeated requests: how many were asked and answered. Repeats as `curl -w`.
pub fn timing(timing: &Timing) -> Evidence {
    let text = format!(
        "{} warm answers, {} requests without one, cold {}",
        timing.warm_ms.len(),
        timing.failures.len(),
        timing
            .cold_ms
            .map_or_else(|| "none".to_owned(), |ms| format!("{ms:.0} ms"))
    );
    let source = redact::url(timing.url.as_str());
    made(
        "http",
        timing.at,
        &source,
        &text,
        repeat::curl_timing(timing),
    )
}

/// A remark of the tool itself, for what no single observation shows. `at` is when the facts behind it were seen.
pub fn note(at: Timestamp, text: &str) -> Evidence {
    made("note", at, "launch-ready", text, String::new())
}

fn made(kind: &str, at: Timestamp, source: &str, text: &str, repeat: String) -> Evidence {
    Evidence {
        kind: kind.to_owned(),
        at,
        source: escape(source),
        text: excerpt(text, EVIDENCE_LIMIT),
        repeat,
    }
}

fn status_line(answer: &DnsAnswer, message: &DnsMessage) -> String {
    let flags = [
        ("aa", message.aa),
        ("tc", message.tc),
        ("ra", message.ra),
        ("ad", message.ad),
    ];
    let set: Vec<&str> = flags
        .iter()
        .filter(|(_, on)| *on)
        .map(|(name, _)| *name)
        .collect();
    let over = if answer.transport == crate::model::observation::dns::Transport::Tcp {
        ", over TCP"
    } else {
        ""
    };
    format!(
        "{} {}: {}, flags {}{over}{}",
        answer.name,
        answer.rtype,
        message.rcode.mnemonic(),
        if set.is_empty() {
            "none".to_owned()
        } else {
            set.join(" ")
        },
        if message.answers.is_empty() {
            ", no answer records"
        } else {
            ""
        }
    )
}

/// Answer records without signatures, in the order of the chain, then by text: servers rotate record sets at will.
fn sorted<'a>(answer: &DnsAnswer, message: &'a DnsMessage) -> Vec<&'a Record> {
    let chain = message.chain(&answer.name);
    let place = |record: &Record| chain.iter().position(|name| name.as_str() == record.name);
    let mut records: Vec<&Record> = message
        .answers
        .iter()
        .filter(|r| !matches!(r.data, RecordData::Rrsig { .. }))
        .collect();
    records.sort_by_key(|r| (place(r).unwrap_or(usize::MAX), r.data.to_string()));
    records
}

fn record_line(record: &Record) -> String {
    let (name, kind) = (&record.name, record.data.mnemonic());
    // Escaped here as well, so that a line break inside a TXT string cannot pass for another record.
    format!(
        "{name}. {} IN {kind} {}",
        record.ttl,
        escape(&record.data.to_string())
    )
}

fn certificate_line((index, certificate): (usize, &Certificate)) -> String {
    let shown: Vec<&str> = certificate
        .dns_names
        .iter()
        .take(NAMES_SHOWN)
        .map(String::as_str)
        .collect();
    let more = certificate.dns_names.len().saturating_sub(shown.len());
    let names = match (shown.is_empty(), more) {
        (true, _) => String::new(),
        (false, 0) => format!(", names {}", shown.join(" ")),
        (false, _) => format!(", names {} and {more} more", shown.join(" ")),
    };
    escape(&format!(
        "{index}: {} issued by {}, valid {} to {}, {} {} bit{names}",
        certificate.subject,
        certificate.issuer,
        certificate.not_before,
        certificate.not_after,
        certificate.key.kind,
        certificate.key.bits,
    ))
}

fn response_lines(response: &HttpResponse) -> impl Iterator<Item = String> + '_ {
    std::iter::once(format!("{} {}", response.version, response.status)).chain(
        response
            .headers
            .iter()
            .filter(|(name, _)| !CLOCKS.contains(&name.as_str()))
            .map(|(name, value)| escape(&format!("{name}: {}", redact::header(name, value)))),
    )
}

#[cfg(test)]
mod tests;
