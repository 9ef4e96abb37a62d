//! Servers that say what no decent server library lets one say: raw bytes over TCP and inside TLS.

use std::net::SocketAddr;
use std::sync::Arc;

use rcgen::{CertificateParams, DnType, KeyPair, SanType};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// Sends `first` to whoever comes, then `answer` for whatever is said, and closes.
pub async fn speaks(first: Vec<u8>, answer: Vec<u8>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let (first, answer) = (first.clone(), answer.clone());
            tokio::spawn(async move {
                let _ = stream.write_all(&first).await;
                let mut heard = [0; 4096];
                if stream.read(&mut heard).await.is_ok_and(|read| read > 0) {
                    let _ = stream.write_all(&answer).await;
                    let _ = stream.shutdown().await;
                }
            });
        }
    });
    address
}

/// A TLS server whose self-signed certificate for `host` holds `evil` wherever a certificate can hold text.
pub async fn shows_certificate(host: &str, evil: &str, answer: Vec<u8>) -> SocketAddr {
    let mut params = CertificateParams::new(vec![host.to_owned()]).unwrap();
    // An IA5String holds any ASCII, escape sequences too.
    let ascii: String = evil.chars().filter(char::is_ascii).collect();
    let name = format!("{ascii}.{host}");
    params
        .subject_alt_names
        .push(SanType::DnsName(name.as_str().try_into().unwrap()));
    params
        .subject_alt_names
        .push(SanType::URI(name.as_str().try_into().unwrap()));
    for kind in [
        DnType::CommonName,
        DnType::OrganizationName,
        DnType::LocalityName,
    ] {
        params.distinguished_name.push(kind, evil);
    }
    let key = KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap();
    let private = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], private)
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, answer) = (acceptor.clone(), answer.clone());
            tokio::spawn(async move {
                let Ok(mut stream) = acceptor.accept(stream).await else {
                    return;
                };
                let mut heard = [0; 4096];
                if stream.read(&mut heard).await.is_ok_and(|read| read > 0) {
                    let _ = stream.write_all(&answer).await;
                    let _ = stream.shutdown().await;
                }
            });
        }
    });
    address
}
