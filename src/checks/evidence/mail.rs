//! Evidence of dialogues with mail servers.

use super::{certificate_line, made, repeat};
use crate::model::finding::Evidence;
use crate::model::observation::smtp::{SmtpGreeting, StartTls};

/// One SMTP dialogue: banner, EHLO keywords, and what came of STARTTLS. Repeats as `openssl s_client -starttls smtp`.
pub fn smtp(greeting: &SmtpGreeting) -> Evidence {
    let text = match &greeting.outcome {
        Err(failure) => failure.text.clone(),
        Ok(banner) => {
            let mut lines = vec![format!("{} {}", banner.code, banner.text)];
            lines.push(match &banner.ehlo {
                None => "EHLO: not said".to_owned(),
                Some(reply) if reply.code != 250 => {
                    format!("EHLO: refused: {} {}", reply.code, reply.text)
                }
                Some(_) if banner.extensions.is_empty() => "EHLO: no extensions".to_owned(),
                Some(_) => format!("EHLO: {}", banner.extensions.join(", ")),
            });
            lines.extend(tls(&greeting.host, &banner.starttls));
            lines.join("\n")
        }
    };
    let source = repeat::socket(greeting.address, 25);
    made(
        "smtp",
        greeting.at,
        &source,
        &text,
        repeat::starttls(greeting),
    )
}

fn tls(host: &str, starttls: &StartTls) -> Vec<String> {
    match starttls {
        StartTls::NotAsked => Vec::new(),
        StartTls::NotOffered => vec!["STARTTLS: not offered".to_owned()],
        StartTls::Refused(reply) => vec![format!("STARTTLS: {} {}", reply.code, reply.text)],
        StartTls::Broken(failure) => vec![failure.text.clone()],
        StartTls::Agreed { session, .. } => {
            let verified = match &session.verified {
                Ok(()) => format!("the chain verifies for {host}"),
                Err(problem) => format!("the chain does not verify: {}", problem.text()),
            };
            let mut lines = vec![
                format!("STARTTLS: {} {}", session.protocol, session.cipher),
                verified,
            ];
            lines.extend(session.chain.iter().enumerate().map(certificate_line));
            lines
        }
    }
}
