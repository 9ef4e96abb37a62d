//! Handing one message to a submission server (RFC 6409): TLS first, then the password (RFC 4954), then the message, once.
//!
//! Never signs in over a connection that anybody else could read or answer, and never tries a second time by itself.

mod letter;

use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::prelude::BASE64_STANDARD as BASE64;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;
use zeroize::Zeroizing;

use super::line::{BANNER, GREETER, Line, Reply};
use crate::model::intent::message::{SUBMISSION_PASSWORD, SubmissionServer};
use crate::model::observation::message::{Step, Submission};
use crate::model::observation::smtp::SmtpReply;
use crate::model::observation::{Failure, FailureKind};
use crate::model::text::escape;
use crate::net::endpoint::Endpoint;
use crate::net::hidden::{Hidden, plain};
use crate::net::limits::Peer;
use crate::net::reach::Reach;
use crate::net::socket::millis;
use crate::net::tls::verified::verified;
use letter::Letter;

/// Where TLS comes first (RFC 8314 §3.3).
const IMPLICIT: u16 = 465;
/// Where STARTTLS comes first.
const USUAL: u16 = 587;
/// So many times the usual patience is had with a server that takes a message over: it may look into it first. RFC 5321
/// §4.5.3.2.6 wants ten minutes, which nobody would sit through.
const TAKING: u32 = 12;

/// Hands `message` over for `to`.
pub(in crate::net) async fn submit(
    reach: &Arc<Reach>,
    server: &SubmissionServer,
    to: &str,
    message: &str,
) -> Submission {
    let at = Timestamp::now();
    let begun = Instant::now();
    let mut course = Course {
        step: Step::Connect,
        reply: None,
    };
    let outcome = match Letter::new(&server.from, to, message) {
        Ok(letter) => hand_over(reach, server, &letter, &mut course).await,
        Err(failure) => Err(failure),
    };
    Submission {
        server: escape(&server.server),
        at,
        took_ms: millis(begun.elapsed()),
        step: course.step,
        reply: course.reply,
        outcome,
    }
}

/// How far it came.
struct Course {
    step: Step,
    reply: Option<SmtpReply>,
}

impl Course {
    /// Keeps a reply, and goes on only with the codes that are `wanted`.
    fn keep(&mut self, reply: Reply, doing: &str, wanted: &[u16]) -> Result<Reply, Failure> {
        self.reply = Some(reply.said());
        if wanted.contains(&reply.code) {
            return Ok(reply);
        }
        let advice = match (self.step, reply.code) {
            (_, 421) => ": try again later",
            (Step::SignIn, 535 | 534 | 530 | 538) => {
                ": check user and password; many providers want an API key or an app password here"
            }
            (Step::Sender, 500..) => ": may this user send from that address?",
            (_, 400..500) => ": for now, try again later",
            _ => "",
        };
        Err(Failure::new(
            FailureKind::Refused,
            format!(
                "{doing}: the server said {} {}{advice}",
                reply.code,
                reply.lines.join(" ")
            ),
        ))
    }
}

async fn hand_over(
    reach: &Arc<Reach>,
    server: &SubmissionServer,
    letter: &Letter,
    course: &mut Course,
) -> Result<Timestamp, Failure> {
    let endpoint = Endpoint::parse(&server.server, USUAL)?;
    let account = Account::new(reach, server)?;
    let _waiting = reach.waits.begin(format!("{endpoint} submission"));
    let (tcp, address) = endpoint.dial(reach, "the submission server").await?;
    let _place = reach.limits.enter(Peer::Smtp(address.to_string())).await;
    reach.limits.count_smtp();
    let mut dialogue = Dialogue {
        limit: reach.timeout(),
        whom: format!("the submission server {endpoint} at {address}"),
        course,
        account: &account,
    };
    let (line, extensions) = if endpoint.port == IMPLICIT {
        dialogue.course.step = Step::Tls;
        let mut line = dialogue.secure(reach, &endpoint, tcp).await?;
        dialogue.course.step = Step::Greeting;
        let extensions = dialogue.welcome(&mut line).await?;
        (line, extensions)
    } else {
        dialogue.course.step = Step::Greeting;
        let mut bare = Line::new(tcp, String::new(), account.hidden.clone());
        let offered = dialogue.welcome(&mut bare).await?;
        dialogue.course.step = Step::Tls;
        let tcp = dialogue.start_tls(bare, &offered).await?;
        let mut line = dialogue.secure(reach, &endpoint, tcp).await?;
        // What was offered in the clear is forgotten (RFC 3207 §4.2).
        let extensions = dialogue.greet(&mut line).await?;
        (line, extensions)
    };
    dialogue.deliver(line, &extensions, letter).await
}

/// Who signs in.
struct Account<'a> {
    user: &'a str,
    password: &'a SecretString,
    hidden: Hidden,
}

impl<'a> Account<'a> {
    fn new(reach: &'a Reach, server: &'a SubmissionServer) -> Result<Self, Failure> {
        let credentials = &reach.ground.config.credentials;
        let Some(password) = credentials.get(SUBMISSION_PASSWORD) else {
            return Err(Failure::new(
                FailureKind::NotAllowed,
                format!(
                    "signing in at {}: there is no password: `launch-ready credentials set {SUBMISSION_PASSWORD}`",
                    escape(&server.server)
                ),
            ));
        };
        let fits = |text: &str| !text.is_empty() && !text.contains(['\r', '\n', '\0']);
        if !fits(&server.user) || !fits(password.expose_secret()) {
            return Err(Failure::new(
                FailureKind::Malformed,
                format!(
                    "signing in at {}: user and password must not be empty or hold line breaks",
                    escape(&server.server)
                ),
            ));
        }
        Ok(Self {
            user: &server.user,
            password,
            hidden: Hidden::new(&server.user, password),
        })
    }
}

struct Dialogue<'a> {
    limit: Duration,
    whom: String,
    course: &'a mut Course,
    account: &'a Account<'a>,
}

impl Dialogue<'_> {
    /// Waits for the banner and greets; gives the extensions.
    async fn welcome<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        line: &mut Line<S>,
    ) -> Result<Vec<String>, Failure> {
        line.doing = format!("waiting for the banner of {}", self.whom);
        let banner = line.reply(self.limit * BANNER).await?;
        self.course.keep(banner, &line.doing, &[220])?;
        self.greet(line).await
    }

    async fn greet<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        line: &mut Line<S>,
    ) -> Result<Vec<String>, Failure> {
        line.doing = format!("greeting {}", self.whom);
        let hello = format!("EHLO {GREETER}");
        Ok(self.say(line, &hello, &[250]).await?.keywords())
    }

    /// Asks for TLS; afterwards not a byte is left over from before it.
    async fn start_tls(
        &mut self,
        mut line: Line<TcpStream>,
        offered: &[String],
    ) -> Result<TcpStream, Failure> {
        line.doing = format!("STARTTLS with {}", self.whom);
        if word(offered, "STARTTLS").is_none() {
            let failure = Failure::new(
                FailureKind::Tls,
                format!(
                    "{}: it is not offered, so no password is sent; is something on the way taking it out, or is 465 the port?",
                    line.doing
                ),
            );
            self.leave(line).await;
            return Err(failure);
        }
        self.say(&mut line, "STARTTLS", &[220]).await?;
        line.nothing_early()?;
        Ok(line.into_inner())
    }

    async fn secure(
        &mut self,
        reach: &Arc<Reach>,
        endpoint: &Endpoint,
        tcp: TcpStream,
    ) -> Result<Line<TlsStream<TcpStream>>, Failure> {
        let doing = format!("TLS with {}", self.whom);
        let (trust, host) = (&reach.ground.trust, endpoint.host.as_str());
        let stream = verified(trust, tcp, host, self.limit * 2, &doing).await?;
        Ok(Line::new(stream, doing, self.account.hidden.clone()))
    }

    /// Signs in and hands the message over. A refusal is an answer, and a goodbye is said all the same.
    async fn deliver(
        &mut self,
        mut line: Line<TlsStream<TcpStream>>,
        extensions: &[String],
        letter: &Letter,
    ) -> Result<Timestamp, Failure> {
        let outcome = async {
            self.course.step = Step::SignIn;
            self.sign_in(&mut line, extensions).await?;
            let mail = letter.sender(|keyword| word(extensions, keyword).is_some())?;
            self.course.step = Step::Sender;
            line.doing = format!("naming the sender to {}", self.whom);
            self.say(&mut line, &mail, &[250]).await?;
            self.course.step = Step::Recipient;
            line.doing = format!("naming the recipient to {}", self.whom);
            self.say(&mut line, &letter.recipient(), &[250, 251])
                .await?;
            self.course.step = Step::Data;
            self.data(&mut line, letter).await
        };
        let outcome = outcome.await;
        if !matches!(&outcome, Err(failure) if failure.kind != FailureKind::Refused) {
            self.leave(line).await;
        }
        outcome
    }

    async fn sign_in<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        line: &mut Line<S>,
        extensions: &[String],
    ) -> Result<(), Failure> {
        line.doing = format!("signing in at {}", self.whom);
        let ways = word(extensions, "AUTH").unwrap_or_default();
        let offers = |way: &str| ways.split([' ', '=']).any(|offered| offered == way);
        let (user, password) = (self.account.user, self.account.password);
        if offers("PLAIN") {
            let message = Zeroizing::new(BASE64.encode(plain(user, password).as_str()));
            let command = Zeroizing::new(format!("AUTH PLAIN {}", *message));
            // A server that overlooks the initial response asks for it.
            let reply = self.say(line, &command, &[235, 334]).await?;
            if reply.code == 334 {
                self.say(line, &message, &[235]).await?;
            }
            return Ok(());
        }
        if offers("LOGIN") {
            self.say(line, "AUTH LOGIN", &[334]).await?;
            self.say(line, &BASE64.encode(user), &[334]).await?;
            let coded = Zeroizing::new(BASE64.encode(password.expose_secret()));
            self.say(line, &coded, &[235]).await?;
            return Ok(());
        }
        Err(Failure::new(
            FailureKind::Refused,
            format!(
                "{}: neither PLAIN nor LOGIN is offered ({})",
                line.doing,
                if ways.is_empty() { "no AUTH" } else { ways }
            ),
        ))
    }

    /// Sends the message. From the last byte on nobody knows what an answer that does not come would have said.
    async fn data<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        line: &mut Line<S>,
        letter: &Letter,
    ) -> Result<Timestamp, Failure> {
        line.doing = format!("handing the message to {}", self.whom);
        self.say(line, "DATA", &[354]).await?;
        let reply = line.exchange(letter.data(), self.limit * TAKING).await;
        let reply = reply.map_err(|mut failure| {
            failure.text.push_str(
                "; the message may have been taken: look into the inbox before it is sent again",
            );
            failure
        })?;
        self.course.keep(reply, &line.doing, &[250])?;
        Ok(Timestamp::now())
    }

    async fn say<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        line: &mut Line<S>,
        command: &str,
        wanted: &[u16],
    ) -> Result<Reply, Failure> {
        let reply = line.command(command, self.limit * 2).await?;
        self.course.keep(reply, &line.doing, wanted)
    }

    async fn leave<S: AsyncRead + AsyncWrite + Unpin>(&self, mut line: Line<S>) {
        // Politeness only.
        let _ = line.command("QUIT", self.limit / 4).await;
    }
}

/// What stands behind a keyword, when it is offered: `PLAIN LOGIN` behind `AUTH`.
fn word<'a>(extensions: &'a [String], keyword: &str) -> Option<&'a str> {
    extensions.iter().find_map(|line| {
        let rest = line.strip_prefix(keyword)?;
        match rest.strip_prefix([' ', '=']) {
            Some(parameters) => Some(parameters.trim()),
            None => rest.is_empty().then_some(""),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_whole_words() {
        let offered = ["AUTH PLAIN LOGIN", "STARTTLSX", "AUTHOR X"].map(str::to_owned);
        assert_eq!(word(&offered, "AUTH"), Some("PLAIN LOGIN"));
        assert_eq!(word(&offered, "STARTTLS"), None);
        assert_eq!(word(&["AUTH=LOGIN".to_owned()], "AUTH"), Some("LOGIN"));
        assert_eq!(word(&["SMTPUTF8".to_owned()], "SMTPUTF8"), Some(""));
    }
}
