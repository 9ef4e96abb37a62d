//! TLS that may carry a password: the certificate verifies for the host, or nothing is said (RFC 8314 §5.1, RFC 9525).

use std::time::Duration;

use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use super::handshake::{Shake, agreed, secure};
use super::roots::Trust;
use crate::model::observation::{Failure, FailureKind};

/// TLS on `tcp` with a certificate that verifies for `host`. `doing` begins the failure's text.
pub(in crate::net) async fn verified(
    trust: &Trust,
    tcp: TcpStream,
    host: &str,
    limit: Duration,
    doing: &str,
) -> Result<TlsStream<TcpStream>, Failure> {
    let shake = Shake {
        host,
        // Mail has none: some servers hang up on whoever offers the web's.
        protocols: &[],
        limit,
        doing,
    };
    let secured = secure(trust, tcp, shake).await?;
    match agreed(trust, &secured).verified {
        Ok(()) => Ok(secured.stream),
        Err(problem) => Err(Failure::new(
            FailureKind::Tls,
            format!(
                "{doing}: the certificate does not verify for {host} ({}), so no password is sent",
                problem.text()
            ),
        )),
    }
}
