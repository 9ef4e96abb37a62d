//! Handshakes with good, bad and absent certificates, and hellos that nobody should answer.

use std::sync::Arc;

use launch_ready::model::observation::FailureKind;
use launch_ready::model::observation::tls::{
    ChainProblem, LegacyReply, LegacyVersion, TlsHandshake,
};
use launch_ready::net::{Network, NetworkConfig};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsAcceptor;

use crate::servers::{Dns, HOST, Tcp, address, file, host, network_to};

/// A root, an intermediate, and what they sign.
pub struct Authority {
    root: String,
    intermediate: CertificateDer<'static>,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    pub fn new() -> Self {
        let ca = |name: &str| {
            let mut params = CertificateParams::new(Vec::new()).unwrap();
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            params.distinguished_name.push(DnType::CommonName, name);
            params
        };
        let (root_key, key) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
        let root = ca("Test Root");
        let root_pem = root.self_signed(&root_key).unwrap().pem();
        let params = ca("Test Intermediate");
        let intermediate = params
            .signed_by(&key, &Issuer::new(root, root_key))
            .unwrap();
        Self {
            root: root_pem,
            intermediate: intermediate.der().clone(),
            issuer: Issuer::new(params, key),
        }
    }

    /// A leaf for `name`, valid from the first to the second year.
    pub fn leaf(
        &self,
        name: &str,
        from: i32,
        to: i32,
    ) -> (CertificateDer<'static>, PrivateKeyDer<'static>) {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.not_before = date_time_ymd(from, 1, 1);
        params.not_after = date_time_ymd(to, 1, 1);
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        (certificate.der().clone(), private(&key))
    }

    /// A network that trusts this root and reaches `at` as port `port`.
    pub fn network(&self, dns: &Dns, port: u16, at: std::net::SocketAddr) -> Network {
        self.trusted(network_to(dns, port, at).config().clone())
    }

    /// A network of that configuration that trusts this root.
    pub fn trusted(&self, config: NetworkConfig) -> Network {
        let folder = tempfile::tempdir().unwrap();
        let config = NetworkConfig {
            ca_files: vec![file(&folder, "root.pem", &self.root)],
            ..config
        };
        Network::new(config).unwrap()
    }

    pub fn good(&self) -> TlsAcceptor {
        let (leaf, key) = self.leaf(HOST, 2025, 2040);
        acceptor(vec![leaf, self.intermediate.clone()], key, &["http/1.1"])
    }
}

fn private(key: &KeyPair) -> PrivateKeyDer<'static> {
    PrivatePkcs8KeyDer::from(key.serialize_der()).into()
}

pub fn acceptor(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
    protocols: &[&str],
) -> TlsAcceptor {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    config.alpn_protocols = protocols.iter().map(|p| p.as_bytes().to_vec()).collect();
    TlsAcceptor::from(Arc::new(config))
}

async fn tls_server(acceptor: TlsAcceptor) -> Tcp {
    Tcp::start(move |stream| {
        let acceptor = acceptor.clone();
        async move {
            if let Ok(mut stream) = acceptor.accept(stream).await {
                let _ = stream.read_u8().await;
            }
        }
    })
    .await
}

async fn shake(net: &Network) -> Arc<TlsHandshake> {
    net.handshake(&host(HOST), address(), 443).await
}

#[tokio::test]
async fn a_good_chain_is_shown_and_verified() {
    let (dns, authority) = (Dns::plain().await, Authority::new());
    let server = tls_server(authority.good()).await;
    let net = authority.network(&dns, 443, server.at);
    let handshake = shake(&net).await;
    let session = handshake.session().unwrap();
    assert_eq!(session.verified, Ok(()));
    assert_eq!(session.protocol, "TLSv1.3");
    assert!(session.cipher.starts_with("TLS_AES_"), "{}", session.cipher);
    assert_eq!(session.alpn.as_deref(), Some("http/1.1"));
    assert_eq!(session.group.as_deref(), Some("X25519"));
    assert_eq!(session.chain.len(), 2);
    assert_eq!(session.chain[0].dns_names, [HOST]);
    assert!(session.chain[1].is_ca);
    shake(&net).await;
    assert_eq!((server.met(), net.counts().tls), (1, 1));
    assert_eq!(net.host_counts()[HOST].handshakes, 1);
}

#[tokio::test]
async fn bad_chains_keep_chain_and_verdict() {
    let (dns, authority) = (Dns::plain().await, Authority::new());
    let both = |(leaf, key)| (vec![leaf, authority.intermediate.clone()], key);
    let alone = |(leaf, key)| (vec![leaf], key);
    let own = KeyPair::generate().unwrap();
    let signed = |ca| {
        let mut params = CertificateParams::new(vec![HOST.to_owned()]).unwrap();
        params.is_ca = ca;
        vec![params.self_signed(&own).unwrap().der().clone()]
    };
    let cases = [
        ("expired", both(authority.leaf(HOST, 2020, 2021))),
        ("not-yet-valid", both(authority.leaf(HOST, 2090, 2091))),
        (
            "wrong-name",
            both(authority.leaf("other.example", 2025, 2040)),
        ),
        ("unknown-issuer", alone(authority.leaf(HOST, 2025, 2040))),
        ("self-signed", (signed(IsCa::NoCa), private(&own))),
        (
            "self-signed",
            (
                signed(IsCa::Ca(BasicConstraints::Unconstrained)),
                private(&own),
            ),
        ),
    ];
    for (want, (chain, key)) in cases {
        let length = chain.len();
        let server = tls_server(acceptor(chain, key, &[])).await;
        let handshake = shake(&authority.network(&dns, 443, server.at)).await;
        let session = handshake.session().unwrap();
        assert_eq!(session.chain.len(), length);
        let problem = session.verified.clone().unwrap_err();
        assert_eq!(kind(&problem), want, "{}", problem.text());
    }
}

fn kind(problem: &ChainProblem) -> &'static str {
    match problem {
        ChainProblem::Expired(_) => "expired",
        ChainProblem::NotYetValid(_) => "not-yet-valid",
        ChainProblem::WrongName(_) => "wrong-name",
        ChainProblem::UnknownIssuer(_) => "unknown-issuer",
        ChainProblem::SelfSigned(_) => "self-signed",
        ChainProblem::Revoked(_) => "revoked",
        ChainProblem::BadSignature(_) => "bad-signature",
        ChainProblem::Weak(_) => "weak",
        ChainProblem::Unproven(_) => "unproven",
        ChainProblem::Other(_) => "other",
    }
}

/// A server that reads something, says `bytes`, and hangs up.
async fn says(bytes: &'static [u8]) -> Tcp {
    Tcp::start(move |mut stream| async move {
        let mut hello = [0; 2048];
        let _ = stream.read(&mut hello).await;
        let _ = stream.write_all(bytes).await;
    })
    .await
}

async fn silent() -> Tcp {
    Tcp::start(|stream| async move {
        std::future::pending::<()>().await;
        drop(stream);
    })
    .await
}

#[tokio::test]
async fn alert_rubbish_hanging_up_silence_and_refusal_are_five_failures() {
    let dns = Dns::plain().await;
    let closed = {
        let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        gone.local_addr().unwrap()
    };
    let alert = says(b"\x15\x03\x03\x00\x02\x02\x46").await;
    let rubbish = says(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
    let (hangs_up, waits) = (says(b"").await, silent().await);
    for (at, want, words) in [
        (alert.at, FailureKind::Tls, "protocol version (70)"),
        (rubbish.at, FailureKind::Malformed, "not TLS"),
        (hangs_up.at, FailureKind::Reset, "closed"),
        (waits.at, FailureKind::Timeout, "no answer in 1 s"),
        (closed, FailureKind::Refused, "refused"),
    ] {
        let handshake = shake(&network_to(&dns, 443, at)).await;
        let failure = handshake.outcome.as_ref().unwrap_err();
        assert_eq!(failure.kind, want, "{failure}");
        assert!(failure.text.contains(words), "{failure}");
    }
}

#[tokio::test]
async fn a_host_gets_its_handshakes_and_no_more() {
    let (dns, authority) = (Dns::plain().await, Authority::new());
    let server = tls_server(authority.good()).await;
    let mut config = authority.network(&dns, 443, server.at).config().clone();
    config.ca_files.clear();
    config.limits.handshakes = 2;
    let net = Network::new(config).unwrap();
    assert!(shake(&net).await.outcome.is_ok());
    let version = LegacyVersion::Tls10;
    net.legacy_hello(&host(HOST), address(), version).await;
    let third = net.handshake(&host(HOST), address(), 8443).await;
    assert_eq!(
        third.outcome.as_ref().unwrap_err().kind,
        FailureKind::Budget
    );
    assert_eq!(server.met(), 2);
}

#[tokio::test]
async fn replies_to_a_legacy_hello_are_told_apart() {
    let (dns, authority) = (Dns::plain().await, Authority::new());
    let modern = tls_server(authority.good()).await;
    let old = says(b"\x16\x03\x01\x00\x2a\x02\x00\x00\x26\x03\x01\x00\x00\x00\x00").await;
    let newer = says(b"\x16\x03\x03\x00\x2a\x02\x00\x00\x26\x03\x03\x00\x00\x00\x00").await;
    let (hangs_up, waits) = (says(b"").await, silent().await);
    let hello = async |at| {
        let net = network_to(&dns, 443, at);
        let reply = net
            .legacy_hello(&host(HOST), address(), LegacyVersion::Tls10)
            .await;
        reply.reply.clone()
    };
    assert!(matches!(
        hello(modern.at).await,
        LegacyReply::Alert(40 | 70)
    ));
    assert_eq!(hello(old.at).await, LegacyReply::Accepted);
    assert_eq!(hello(newer.at).await, LegacyReply::OtherVersion(0x0303));
    assert_eq!(hello(hangs_up.at).await, LegacyReply::Closed);
    assert!(matches!(
        hello(waits.at).await,
        LegacyReply::Unknown(failure) if failure.kind == FailureKind::Timeout
    ));
}
