//! Telling somebody who does not look at the screen: the terminal's bell and desktop notification, and a web hook.
//!
//! The hook's address may be a secret: it is in no line, log, error or session, and best kept as a credential.

use std::time::Duration;

use anyhow::Result;
use jiff::Timestamp;
use secrecy::ExposeSecret;
use serde_json::json;
use url::Url;

use super::out;
use super::problem::Problem;
use super::settings::Settings;
use crate::driver::notification;
use crate::model::observation::FailureKind;
use crate::model::session::Session;
use crate::model::sight::Turn;
use crate::model::text::escape;
use crate::net::{Network, is_loopback};

/// Pause before a notice that did not get through is sent once more.
const AGAIN: Duration = Duration::from_secs(2);

/// Where notices go.
pub struct Notifier {
    hook: Option<Url>,
    network: Network,
    session: String,
    domain: String,
}

impl Notifier {
    /// `named` is the hook's URL, or the credential that holds it.
    pub async fn new(
        named: Option<&str>,
        session: Option<&Session>,
        network: &Network,
        settings: &Settings,
    ) -> Result<Self> {
        let hook = match named.filter(|named| !named.is_empty()) {
            None => None,
            Some(text) if text.contains("://") => Some(parse(text)?),
            Some(name) => {
                let slug = session.map(|s| s.slug.clone());
                let value = super::credentials::one(name, slug.as_deref(), settings).await?;
                Some(parse(value.ok_or_else(|| missing(name))?.expose_secret())?)
            }
        };
        Ok(Self {
            hook,
            network: network.clone(),
            session: session.map(|s| s.slug.clone()).unwrap_or_default(),
            domain: session.map(|s| s.domain.clone()).unwrap_or_default(),
        })
    }

    /// Tells that a row turned.
    pub async fn turned(&self, turn: &Turn, at: Timestamp) {
        let text = escape(&turn.words());
        let notice = json!({
            "schema": "launch-ready/notice/1",
            "session": self.session,
            "domain": self.domain,
            "at": at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            "check": turn.key.check,
            "subject": escape(&turn.key.subject),
            "before": turn.before,
            "now": turn.now,
            "summary": escape(&turn.summary),
            "text": text,
            "content": text,
        });
        self.tell(&text, notice).await;
    }

    /// Tells that everything that was waited for passes.
    pub async fn passed(&self, domain: &str) {
        let text = format!("passes: {}", escape(domain));
        let notice = json!({
            "schema": "launch-ready/notice/1",
            "session": self.session,
            "domain": domain,
            "at": Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            "now": "pass",
            "text": text,
            "content": text,
        });
        self.tell(&text, notice).await;
    }

    async fn tell(&self, text: &str, notice: serde_json::Value) {
        if out::is_terminal() {
            // A terminal that is gone is noticed by the next line.
            let _ = out::write(&notification(text));
        }
        let Some(hook) = &self.hook else { return };
        let body = notice.to_string();
        let mut sent = self.network.post_notice(hook, body.clone()).await;
        if !got_through(sent) {
            tokio::time::sleep(AGAIN).await;
            sent = self.network.post_notice(hook, body).await;
        }
        if !got_through(sent) {
            let why = match sent {
                Ok(status) => format!("it answers {status}"),
                Err(kind) => words(kind).to_owned(),
            };
            out::note(&format!(
                "the notice did not get through to the web hook: {why}"
            ));
        }
    }
}

fn got_through(sent: Result<u16, FailureKind>) -> bool {
    matches!(sent, Ok(200..=299))
}

const fn words(kind: FailureKind) -> &'static str {
    match kind {
        FailureKind::Timeout => "no answer in time",
        FailureKind::Refused => "nobody listens there",
        FailureKind::Reset => "the connection broke",
        FailureKind::Unreachable => "there is no way there",
        FailureKind::NoAddress => "its name has no address",
        FailureKind::Malformed => "what answers is not a web server",
        FailureKind::Tls => "no secure connection",
        FailureKind::NotAllowed => "its certificate does not verify",
        FailureKind::Budget | FailureKind::Cancelled => "it was not sent",
    }
}

/// A hook's address. No error shows any of it.
fn parse(text: &str) -> Result<Url> {
    let wrong = |why: &str| {
        Problem::usage(
            "reading the address of the web hook",
            why,
            "give an https address (or http to 127.0.0.1), best as a credential: `launch-ready credentials set ops-hook`, then --notify ops-hook",
        )
    };
    let url = Url::parse(text.trim()).map_err(|_| wrong("it is no web address"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("it carries a user or a password, which are not sent").into());
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        _ => Err(wrong("it is not https: anybody on the way could read it").into()),
    }
}

fn missing(name: &str) -> Problem {
    Problem::usage(
        "reading the address of the web hook",
        format!("there is no credential `{name}`"),
        format!("store it with `launch-ready credentials set {name}`, or give the address itself"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hook_is_https_or_on_this_computer_and_no_error_shows_it() {
        for (text, want) in [
            ("https://hooks.example/T0K3N", true),
            (" https://hooks.example/T0K3N\n", true),
            ("http://127.0.0.1:9/T0K3N", true),
            ("http://[::1]:9/T0K3N", true),
            ("http://hooks.example/T0K3N", false),
            ("http://127.0.0.1.example/T0K3N", false),
            ("http://localhost/T0K3N", false),
            ("https://ada:T0K3N@hooks.example/", false),
            ("ftp://127.0.0.1/T0K3N", false),
            ("https://T0K3N:x", false),
        ] {
            match parse(text) {
                Ok(_) => assert!(want, "{text}"),
                Err(why) => {
                    assert!(!want, "{text}");
                    let problem = format!("{why:?} {why}");
                    assert!(!problem.contains("T0K3N"), "{problem}");
                }
            }
        }
    }
}
