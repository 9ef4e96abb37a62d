//! `tls.alpn`: HTTP/2 is offered in the handshake (T19); the key exchange is noted (T26).

use super::look::{self, HostLook};
use super::says::{self, Says};
use crate::checks::rule::{Case, Judgement, Look, Meta, Rule};
use crate::checks::subject;
use crate::model::finding::Remedy;
use crate::model::intent::Intent;
use crate::model::observation::tls::TlsSession;
use crate::model::text::escape;
use crate::model::verdict::{Severity, Verdict};
use crate::remedy;

/// See the module.
pub struct Alpn;

impl Rule for Alpn {
    type Seen = HostLook;

    const META: Meta = Meta {
        id: "tls.alpn",
        title: "HTTP/2 is offered",
        severity: Severity::Info,
        intrusive: false,
        deadline_s: 20,
        version: 1,
        standards: &["RFC 7301", "RFC 9113 §3.2"],
        guide: include_str!("../../../assets/guides/tls.alpn.md"),
    };

    fn subjects(&self, intent: &Intent) -> Vec<String> {
        subject::web_hosts(intent)
    }

    async fn observe(&self, look: Look<'_>) -> HostLook {
        look::look(look).await
    }

    fn judge(&self, seen: &HostLook, case: Case<'_>) -> Judgement {
        says::judge_sessions(seen, case.subject, |session| {
            let says = judge_session(session);
            match says.verdict {
                Verdict::Warn => says.severity(Severity::Info).remedy(remedy(case.subject)),
                _ => says,
            }
        })
    }
}

fn judge_session(session: &TlsSession) -> Says {
    let exchange = exchange(session);
    match session.alpn.as_deref() {
        Some("h2") => Says::new(
            Verdict::Pass,
            format!("HTTP/2 is offered{exchange}"),
            "Pages load many files at once over one connection.",
        )
        .fact("h2"),
        other => Says::new(
            Verdict::Warn,
            format!(
                "HTTP/2 is not offered, {} is agreed{exchange}",
                other.map_or_else(|| "no protocol".to_owned(), escape)
            ),
            "The site works, but pages with many files load slower than they could.",
        )
        .fact("no h2"),
    }
}

/// The key exchange, and whether it withstands a future quantum computer. A classical group may be our own limit: the hello
/// offers what the TLS library knows.
fn exchange(session: &TlsSession) -> String {
    match session.group.as_deref() {
        None => String::new(),
        Some(group) if group.to_ascii_uppercase().contains("MLKEM") => {
            format!("; key exchange {}, hybrid post-quantum", escape(group))
        }
        Some(group) => format!("; key exchange {}", escape(group)),
    }
}

fn remedy(host: &str) -> Remedy {
    remedy::manual(
        "tls.alpn",
        [
            format!("Switch HTTP/2 on for {host} where the TLS connection ends. nginx: `http2 on;` in the server block; Apache: `Protocols h2 http/1.1` with mod_http2; Caddy, Vercel, Netlify and Cloudflare have it on."),
            "Behind a load balancer it is the balancer's listener that decides, not the application.".to_owned(),
        ],
        "Switch it off again and reload; clients go back to HTTP/1.1 by themselves.",
    )
}

#[cfg(test)]
mod tests {
    use super::super::samples::*;
    use super::*;

    #[test]
    fn protocols_and_groups_are_told() {
        for (alpn, group, want, says) in [
            (
                Some("h2"),
                Some("X25519"),
                Verdict::Pass,
                "key exchange X25519",
            ),
            (
                Some("h2"),
                Some("X25519MLKEM768"),
                Verdict::Pass,
                "hybrid post-quantum",
            ),
            (Some("http/1.1"), None, Verdict::Warn, "http/1.1 is agreed"),
            (None, None, Verdict::Warn, "no protocol"),
        ] {
            let session = TlsSession {
                alpn: alpn.map(str::to_owned),
                group: group.map(str::to_owned),
                ..session(vec![leaf()], Ok(()))
            };
            let told = judge_session(&session);
            assert_eq!(told.verdict, want);
            assert!(told.text.contains(says), "{}", told.text);
        }
    }
}
