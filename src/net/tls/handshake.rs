//! One handshake with one address. The chain is kept even when it is bad; alert, reset, refusal and silence stay apart.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use rustls::client::Resumption;
use rustls::{CertificateError, ClientConfig, Error};
use rustls_pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::certificate;
use super::ocsp;
use super::recorder::{Recorder, Seen};
use super::roots::Trust;
use crate::model::name::HostName;
use crate::model::observation::tls::{ChainProblem, TlsHandshake, TlsSession};
use crate::model::observation::{Failure, FailureKind};
use crate::model::text::escape;
use crate::net::limits::Peer;
use crate::net::memory::Sight;
use crate::net::reach::Reach;
use crate::net::socket::{connect, io_failure, millis, peer_name, timed_out};

impl Sight for TlsHandshake {
    fn saw_nothing(&self) -> bool {
        self.outcome.is_err()
    }
}

/// Shakes hands with `address`, with `host` as SNI.
pub(in crate::net) async fn shake(
    reach: Arc<Reach>,
    host: HostName,
    address: IpAddr,
    port: u16,
) -> TlsHandshake {
    let peer = SocketAddr::new(address, port);
    let _waiting = reach.waits.begin(format!("{peer} TLS"));
    let _place = reach
        .limits
        .enter(Peer::Host(host.as_str().to_owned()))
        .await;
    let at = Timestamp::now();
    let begun = Instant::now();
    let outcome = session(&reach, &host, peer).await;
    TlsHandshake {
        host,
        address,
        port,
        at,
        took_ms: millis(begun.elapsed()),
        outcome,
    }
}

async fn session(reach: &Reach, host: &HostName, peer: SocketAddr) -> Result<TlsSession, Failure> {
    let doing = format!("TLS handshake with {} for {host}", peer_name(peer, 443));
    reach.limits.take_handshake(host.as_str())?;
    let tcp = connect(&reach.ground.routes, peer, reach.timeout(), &doing)
        .await
        .inspect_err(|failure| reach.limits.give_handshake_back(host.as_str(), failure))?;
    let shake = Shake {
        host: host.as_str(),
        protocols: WEB,
        limit: reach.timeout(),
        doing: &doing,
    };
    let secured = secure(&reach.ground.trust, tcp, shake).await?;
    Ok(agreed(&reach.ground.trust, &secured))
}

/// What was agreed on a connection, and the verdict on what the server showed.
pub(in crate::net) fn agreed(trust: &Trust, secured: &Secured) -> TlsSession {
    let (_, connection) = secured.stream.get_ref();
    let chain: Vec<_> = secured
        .seen
        .chain
        .iter()
        .map(|der| {
            let mut read = certificate::read(der);
            read.below_root = certificate::issuer(der).is_some_and(|issuer| trust.knows(&issuer));
            read
        })
        .collect();
    let self_signed = chain.first().is_some_and(|leaf| leaf.self_signed);
    TlsSession {
        protocol: connection
            .protocol_version()
            .and_then(|version| version.as_str())
            .map(|name| name.replace('_', "."))
            .unwrap_or_default(),
        cipher: connection
            .negotiated_cipher_suite()
            .and_then(|suite| suite.suite().as_str())
            .map(iana_name)
            .unwrap_or_default(),
        alpn: connection
            .alpn_protocol()
            .map(|name| String::from_utf8_lossy(name).into_owned()),
        group: connection
            .negotiated_key_exchange_group()
            .map(|group| format!("{:?}", group.name())),
        verified: judge(&secured.seen, self_signed),
        public: secured.seen.public,
        stapled: !secured.seen.ocsp.is_empty(),
        staple: ocsp::read(&secured.seen),
        chain,
    }
}

/// What web servers are asked for.
pub(in crate::net) const WEB: &[&[u8]] = &[b"h2", b"http/1.1"];

/// How a handshake is to go.
#[derive(Clone, Copy)]
pub(in crate::net) struct Shake<'a> {
    /// Sent as SNI, and looked for in the certificate.
    pub(in crate::net) host: &'a str,
    /// Application protocols offered; a mail server may hang up on those of the web.
    pub(in crate::net) protocols: &'a [&'a [u8]],
    pub(in crate::net) limit: Duration,
    /// Begins the failure's text.
    pub(in crate::net) doing: &'a str,
}

/// A connection with TLS on it, and what the server showed.
pub(in crate::net) struct Secured {
    pub(in crate::net) stream: TlsStream<TcpStream>,
    pub(in crate::net) seen: Seen,
}

/// TLS on `tcp`, whatever the certificate.
pub(in crate::net) async fn secure(
    trust: &Trust,
    tcp: TcpStream,
    shake: Shake<'_>,
) -> Result<Secured, Failure> {
    let Shake {
        host,
        protocols,
        limit,
        doing,
    } = shake;
    let record = Arc::new(Mutex::new(Seen::default()));
    let recorder = Recorder::new(trust, Arc::clone(&record));
    let unusable =
        |why: String| Failure::new(FailureKind::Tls, format!("{doing}: {}", escape(&why)));
    let mut config = ClientConfig::builder_with_provider(Arc::clone(&trust.provider))
        .with_safe_default_protocol_versions()
        .map_err(|why| unusable(why.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(recorder))
        .with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
    // A resumed session shows no certificate.
    config.resumption = Resumption::disabled();
    let bare = host
        .trim_start_matches('[')
        .trim_end_matches(']')
        .to_owned();
    let name = ServerName::try_from(bare).map_err(|why| unusable(why.to_string()))?;
    let connecting = TlsConnector::from(Arc::new(config)).connect(name, tcp);
    let stream = match tokio::time::timeout(limit, connecting).await {
        Err(_) => return Err(timed_out(doing, limit)),
        Ok(Err(error)) => return Err(broken(doing, &error)),
        Ok(Ok(stream)) => stream,
    };
    let seen = record
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone();
    Ok(Secured { stream, seen })
}

/// Why a handshake broke off.
pub(in crate::net) fn broken(doing: &str, error: &std::io::Error) -> Failure {
    let Some(error) = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<Error>())
    else {
        return io_failure(doing, error);
    };
    let (kind, words) = match error {
        Error::AlertReceived(alert) => (
            FailureKind::Tls,
            format!(
                "the server broke off with the alert {} ({})",
                spaced(&format!("{alert:?}")),
                u8::from(*alert)
            ),
        ),
        Error::InvalidMessage(why) => (
            FailureKind::Malformed,
            format!("what came back is not TLS ({why:?})"),
        ),
        Error::PeerIncompatible(why) => (
            FailureKind::Tls,
            format!("no version or cipher is shared ({why:?})"),
        ),
        other => (FailureKind::Tls, other.to_string()),
    };
    Failure::new(kind, format!("{doing}: {}", escape(&words)))
}

/// The recorded verdict in the model's words. A chain of one that signed itself is told apart from one without its issuer.
pub(in crate::net) fn judge(seen: &Seen, self_signed: bool) -> Result<(), ChainProblem> {
    if let Some(complaint) = &seen.complaint {
        return Err(complaint.clone());
    }
    let error = match &seen.verdict {
        Some(Ok(())) => return Ok(()),
        Some(Err(_)) if seen.weak => {
            return Err(ChainProblem::Weak(
                "the path rests on a key or signature that is too weak".to_owned(),
            ));
        }
        Some(Err(error)) => error,
        None => {
            return Err(ChainProblem::Other(
                "the server showed no certificate".to_owned(),
            ));
        }
    };
    let text = escape(&error.to_string());
    Err(match error {
        Error::InvalidCertificate(problem) => match problem {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                ChainProblem::Expired(text)
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                ChainProblem::NotYetValid(text)
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                ChainProblem::WrongName(text)
            }
            CertificateError::Revoked => ChainProblem::Revoked(text),
            CertificateError::UnknownIssuer if !self_signed => ChainProblem::UnknownIssuer(text),
            CertificateError::BadSignature if !self_signed => ChainProblem::BadSignature(text),
            _ if self_signed => ChainProblem::SelfSigned(text),
            _ => ChainProblem::Other(text),
        },
        _ => ChainProblem::Other(text),
    })
}

/// rustls marks the TLS 1.3 suites in its own way; IANA does not.
fn iana_name(name: &str) -> String {
    name.replacen("TLS13_", "TLS_", 1)
}

/// `HandshakeFailure` as `handshake failure`.
fn spaced(camel: &str) -> String {
    camel.chars().fold(String::new(), |mut out, c| {
        if c.is_ascii_uppercase() && !out.is_empty() {
            out.push(' ');
        }
        out.push(c.to_ascii_lowercase());
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_and_detailed_verdicts_are_the_same_problem() {
        let seen = |problem| Seen {
            verdict: Some(Err(Error::InvalidCertificate(problem))),
            ..Seen::default()
        };
        let now = rustls_pki_types::UnixTime::since_unix_epoch(Duration::from_secs(9));
        let detailed = CertificateError::ExpiredContext {
            time: now,
            not_after: now,
        };
        for problem in [CertificateError::Expired, detailed] {
            assert!(matches!(
                judge(&seen(problem), false),
                Err(ChainProblem::Expired(_))
            ));
        }
        let unknown = CertificateError::UnknownIssuer;
        assert!(matches!(
            judge(&seen(unknown.clone()), false),
            Err(ChainProblem::UnknownIssuer(_))
        ));
        assert!(matches!(
            judge(&seen(unknown), true),
            Err(ChainProblem::SelfSigned(_))
        ));
        assert!(judge(&Seen::default(), false).is_err());
    }

    #[test]
    fn names_of_suites_and_alerts_are_the_published_ones() {
        assert_eq!(
            iana_name("TLS13_AES_256_GCM_SHA384"),
            "TLS_AES_256_GCM_SHA384"
        );
        assert_eq!(spaced("HandshakeFailure"), "handshake failure");
    }
}
