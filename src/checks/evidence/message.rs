//! Evidence of a message and of its submission: what was learnt of them, never their bytes.

use jiff::Timestamp;

use super::made;
use crate::model::finding::Evidence;
use crate::model::observation::message::{Step, Submission};

/// What was read of a message, line by line.
pub fn message(at: Timestamp, source: &str, lines: &[String], repeat: String) -> Evidence {
    made("message", at, source, &lines.join("\n"), repeat)
}

/// How far handing over a message came. Repeats up to signing in, which needs a password.
pub fn submission(handed: &Submission) -> Evidence {
    let mut lines = vec![match &handed.outcome {
        Ok(at) => format!("taken over at {at}"),
        Err(failure) => failure.text.clone(),
    }];
    let step = match handed.step {
        Step::Connect => "connecting",
        Step::Greeting => "greeting",
        Step::Tls => "TLS",
        Step::SignIn => "signing in",
        Step::Sender => "MAIL FROM",
        Step::Recipient => "RCPT TO",
        Step::Data => "DATA",
    };
    lines.extend(
        handed
            .reply
            .iter()
            .map(|reply| format!("{step}: {} {}", reply.code, reply.text)),
    );
    let (host, port) = handed
        .server
        .rsplit_once(':')
        .unwrap_or((&handed.server, "587"));
    let starttls = if port == "465" { "" } else { " -starttls smtp" };
    let to = super::repeat::quote(&format!("{host}:{port}"));
    let repeat = format!("openssl s_client -connect {to}{starttls} -crlf -quiet");
    made(
        "submission",
        handed.at,
        &handed.server,
        &lines.join("\n"),
        repeat,
    )
}
