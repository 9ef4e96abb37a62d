//! Lines for a shell that repeat an observation: `dig`, `curl`, `openssl`. Quoted, so that nothing from outside can become
//! a second command; credentials are masked, so a line with one needs it filled in again.

use std::net::{IpAddr, SocketAddr};

use super::redact;
use crate::model::observation::dns::{DnsAnswer, Transport};
use crate::model::observation::http::{HttpChain, HttpExchange, Timing};
use crate::model::observation::smtp::SmtpGreeting;
use crate::model::observation::tls::{
    LegacyHello, LegacyVersion, Offer, RevocationList, TlsHandshake, TlsProbe,
};
use crate::model::text::escape;

/// `dig @198.51.100.7 acme.example MX`, with what makes it the same question.
pub fn dig(answer: &DnsAnswer) -> String {
    let mut words = vec!["dig".to_owned()];
    words.extend(server(&answer.server));
    if !answer.recursive {
        words.push("+norecurse".to_owned());
    }
    if answer.transport == Transport::Tcp {
        words.push("+tcp".to_owned());
    }
    words.push(quote(answer.name.as_str()));
    words.push(answer.rtype.to_string());
    words.join(" ")
}

/// `openssl s_client` with the name sent as SNI.
pub fn s_client(handshake: &TlsHandshake) -> String {
    let to = socket(handshake.address, handshake.port);
    format!(
        "openssl s_client -connect {} -servername {} -showcerts </dev/null",
        quote(&to),
        quote(handshake.host.as_str())
    )
}

/// `openssl s_client` held to one legacy version.
pub fn legacy(hello: &LegacyHello) -> String {
    let flag = match hello.version {
        LegacyVersion::Ssl3 => "-ssl3",
        LegacyVersion::Tls10 => "-tls1",
        LegacyVersion::Tls11 => "-tls1_1",
    };
    format!(
        "openssl s_client -connect {} -servername {} {flag} </dev/null",
        quote(&socket(hello.address, 443)),
        quote(hello.host.as_str())
    )
}

/// `curl` to the same address, headers printed, body dropped.
pub fn curl(exchange: &HttpExchange, headers: &[(String, String)]) -> String {
    let mut words = vec!["curl -sS -D - -o /dev/null".to_owned()];
    match exchange.method.as_str() {
        "GET" => {}
        "HEAD" => words.push("--head".to_owned()),
        method => words.push(format!("-X {}", quote(method))),
    }
    if exchange
        .response()
        .is_some_and(|r| r.certificate_ok == Some(false))
    {
        words.push("-k".to_owned());
    }
    if let (Some(address), Some(host), Some(port)) = (
        exchange.address,
        exchange.url.host_str(),
        exchange.url.port_or_known_default(),
    ) && host.trim_matches(['[', ']']).parse::<IpAddr>().is_err()
    {
        words.push(format!(
            "--resolve {}",
            quote(&format!("{host}:{port}:{}", bracketed(address)))
        ));
    }
    words.extend(headers.iter().map(|(name, value)| {
        format!(
            "-H {}",
            quote(&format!("{name}: {}", redact::header(name, value)))
        )
    }));
    words.push(quote(&redact::url(exchange.url.as_str())));
    words.join(" ")
}

/// `curl -L`, every hop's head printed.
pub fn curl_chain(chain: &HttpChain) -> String {
    let url = quote(&redact::url(chain.start.as_str()));
    format!("curl -sS -L --max-redirs 10 -D - -o /dev/null {url}")
}

/// `curl -w` that prints the time to the first byte and in all.
pub fn curl_timing(timing: &Timing) -> String {
    let url = quote(&redact::url(timing.url.as_str()));
    format!("curl -sS -o /dev/null -w '%{{time_starttransfer}} %{{time_total}}\\n' {url}")
}

/// `openssl s_client` that offers the same.
pub fn probe(probe: &TlsProbe) -> String {
    let offer = match probe.offer {
        Offer::Broken => "-cipher 'eNULL:aNULL:EXPORT:RC4:3DES:DES:@SECLEVEL=0'",
        Offer::Timestamps => "-ct -status",
        Offer::Old => "-cipher 'kRSA:kDHE:!eNULL:!aNULL:!3DES:!RC4'",
    };
    format!(
        "openssl s_client -tls1_2 {offer} -connect {} -servername {} </dev/null",
        quote(&socket(probe.address, 443)),
        quote(probe.host.as_str())
    )
}

/// `curl` and `openssl crl`.
pub fn revocation_list(list: &RevocationList) -> String {
    format!(
        "curl -sS {} | openssl crl -inform DER -noout -text",
        quote(&list.url)
    )
}

/// `openssl s_client -starttls smtp`.
pub fn starttls(greeting: &SmtpGreeting) -> String {
    format!(
        "openssl s_client -starttls smtp -connect {} -servername {} </dev/null",
        quote(&socket(greeting.address, 25)),
        quote(&greeting.host)
    )
}

/// `203.0.113.20:443`, `[2001:db8::1]:443`.
pub fn socket(address: IpAddr, port: u16) -> String {
    SocketAddr::new(address, port).to_string()
}

/// One word for a POSIX shell. Control characters are escaped first, so that no line break survives.
pub fn quote(raw: &str) -> String {
    let safe = escape(raw);
    let plain = |c: char| c.is_ascii_alphanumeric() || "@%+=:,./-_".contains(c);
    if !safe.is_empty() && !safe.starts_with('-') && safe.chars().all(plain) {
        safe
    } else {
        format!("'{}'", safe.replace('\'', r"'\''"))
    }
}

fn bracketed(address: IpAddr) -> String {
    match address {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => format!("[{v6}]"),
    }
}

/// `@address` and, when it is not 53, the port.
fn server(raw: &str) -> Vec<String> {
    if raw.is_empty() {
        return Vec::new();
    }
    match raw.parse::<SocketAddr>() {
        Ok(socket) if socket.port() == 53 => vec![format!("@{}", socket.ip())],
        Ok(socket) => vec![format!("@{}", socket.ip()), format!("-p {}", socket.port())],
        Err(_) => vec![quote(&format!("@{raw}"))],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_outside_becomes_a_command() {
        for (raw, want) in [
            ("acme.example", "acme.example"),
            ("a b", "'a b'"),
            ("$(rm -rf ~)", "'$(rm -rf ~)'"),
            ("it's", r"'it'\''s'"),
            ("a\nb", r"'a\x0ab'"),
            ("-o", "'-o'"),
            ("", "''"),
            ("[2001:db8::1]:443", "'[2001:db8::1]:443'"),
        ] {
            assert_eq!(quote(raw), want);
        }
    }

    #[test]
    fn a_server_is_named_as_dig_wants_it() {
        assert_eq!(server("198.51.100.7").join(" "), "@198.51.100.7");
        assert_eq!(server("198.51.100.7:53").join(" "), "@198.51.100.7");
        assert_eq!(
            server("198.51.100.7:5353").join(" "),
            "@198.51.100.7 -p 5353"
        );
        assert_eq!(server("[2001:db8::1]:53").join(" "), "@2001:db8::1");
        assert_eq!(server("2001:db8::1").join(" "), "@2001:db8::1");
    }
}
