//! What a mail server says on port 25 before any mail: banner, answer to EHLO, and TLS after STARTTLS (RFC 5321 §3.1, §4.2;
//! RFC 3207). Sends no mail; [`submit`] does.

mod line;
pub(in crate::net) mod submit;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::hidden::Hidden;
use super::limits::Peer;
use super::memory::Sight;
use super::reach::Reach;
use super::socket::{connect, millis};
use super::tls::certificate::prints;
use super::tls::handshake::{Secured, Shake, agreed, secure};
use crate::model::observation::Failure;
use crate::model::observation::smtp::{SmtpBanner, SmtpGreeting, StartTls};
use crate::model::text::escape;
use line::{BANNER, GREETER, Line};

impl Sight for SmtpGreeting {
    fn saw_nothing(&self) -> bool {
        self.outcome.is_err()
    }
}

/// Listens to the banner of `address`, greets, asks for TLS, and leaves.
pub(in crate::net) async fn greet(
    reach: Arc<Reach>,
    host: String,
    address: IpAddr,
) -> SmtpGreeting {
    let peer = SocketAddr::new(address, 25);
    let _waiting = reach.waits.begin(format!("{peer} SMTP"));
    let _place = reach.limits.enter(Peer::Smtp(address.to_string())).await;
    let at = Timestamp::now();
    let begun = Instant::now();
    reach.limits.count_smtp();
    let doing = format!("connecting to the mail server {} at {peer}", escape(&host));
    let met = connect(&reach.ground.routes, peer, reach.timeout(), &doing).await;
    let connected = met.is_ok();
    let outcome = match met {
        Ok(stream) => dialogue(&reach, &host, peer, stream).await,
        Err(failure) => Err(failure),
    };
    SmtpGreeting {
        host,
        address,
        at,
        took_ms: millis(begun.elapsed()),
        connected,
        outcome,
    }
}

async fn dialogue(
    reach: &Reach,
    host: &str,
    peer: SocketAddr,
    stream: TcpStream,
) -> Result<SmtpBanner, Failure> {
    let limit = reach.timeout();
    let whom = format!("the mail server {} at {}", escape(host), peer.ip());
    let doing = format!("waiting for the banner of {whom}");
    let mut line = Line::new(stream, doing, Hidden::default());
    let banner = line.reply(limit * BANNER).await?;
    let mut seen = SmtpBanner {
        code: banner.code,
        text: banner.lines.join("\n"),
        ehlo: None,
        extensions: Vec::new(),
        starttls: StartTls::NotAsked,
    };
    if banner.code == 220 {
        line.doing = format!("greeting {whom}");
        let answer = line.command(&format!("EHLO {GREETER}"), limit * 2).await?;
        if answer.code == 250 {
            seen.extensions = answer.keywords();
            seen.starttls = StartTls::NotOffered;
        }
        seen.ehlo = Some(answer.said());
    }
    let offers = |extension: &String| extension.split_whitespace().next() == Some("STARTTLS");
    if seen.extensions.iter().any(offers) {
        line.doing = format!("STARTTLS with {whom}");
        seen.starttls = upgrade(reach, host, line).await;
    } else {
        // Politeness only: whatever comes of it, the observation is made.
        let _ = line.command("QUIT", limit / 4).await;
    }
    Ok(seen)
}

/// Asks for TLS and shakes hands on the same connection (RFC 3207 §4).
async fn upgrade(reach: &Reach, host: &str, mut line: Line<TcpStream>) -> StartTls {
    let limit = reach.timeout();
    match line.command("STARTTLS", limit * 2).await {
        Err(failure) => return StartTls::Broken(failure),
        Ok(reply) if reply.code != 220 => {
            let _ = line.command("QUIT", limit / 4).await;
            return StartTls::Refused(reply.said());
        }
        Ok(_) => {}
    }
    if let Err(failure) = line.nothing_early() {
        return StartTls::Broken(failure);
    }
    let shake = Shake {
        host,
        // Mail has none: some servers hang up on whoever offers the web's.
        protocols: &[],
        limit: limit * 2,
        doing: &line.doing.clone(),
    };
    let tcp = line.into_inner();
    match secure(&reach.ground.trust, tcp, shake).await {
        Err(failure) => StartTls::Broken(failure),
        Ok(secured) => {
            let session = agreed(&reach.ground.trust, &secured);
            let prints = secured.seen.chain.iter().map(|der| prints(der)).collect();
            leave(secured, limit / 4).await;
            StartTls::Agreed {
                session: Box::new(session),
                prints,
            }
        }
    }
}

/// Says QUIT and hears the answer, where it comes soon.
async fn leave(mut secured: Secured, limit: Duration) {
    let goodbye = async {
        secured.stream.write_all(b"QUIT\r\n").await?;
        secured.stream.flush().await?;
        secured.stream.read(&mut [0; 64]).await
    };
    // Politeness only.
    let _ = tokio::time::timeout(limit, goodbye).await;
}
