//! A server that the operator named, `HOST` or `HOST:PORT`, and the connection to it.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use tokio::net::TcpStream;

use super::dns::recursive;
use super::reach::Reach;
use super::socket::connect;
use crate::model::name::HostName;
use crate::model::observation::{Failure, FailureKind};
use crate::model::text::escape;

/// Addresses that are tried before the server counts as out of reach.
const MOST_ADDRESSES: usize = 4;

/// Host and port of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::net) struct Endpoint {
    pub(in crate::net) host: HostName,
    pub(in crate::net) port: u16,
}

impl Endpoint {
    /// Reads `HOST` or `HOST:PORT`.
    pub(in crate::net) fn parse(text: &str, usual: u16) -> Result<Self, Failure> {
        let wrong = |why: &str| {
            Failure::new(
                FailureKind::Malformed,
                format!(
                    "`{}` is not HOST or HOST:PORT of a server ({why}): correct it in the intent",
                    escape(text)
                ),
            )
        };
        let (host, port) = match text.rsplit_once(':') {
            None => (text, usual),
            Some((host, port)) => (host, port.parse().map_err(|_| wrong("the port"))?),
        };
        if port == 0 {
            return Err(wrong("the port"));
        }
        if host.parse::<IpAddr>().is_ok() {
            return Err(wrong(
                "a certificate is verified for a name, not an address",
            ));
        }
        let host = HostName::parse(host).map_err(|why| wrong(&escape(&why.to_string())))?;
        Ok(Self { host, port })
    }

    /// Connects to the first of the host's addresses that takes the connection. `what` as in `the submission server`.
    pub(in crate::net) async fn dial(
        &self,
        reach: &Arc<Reach>,
        what: &str,
    ) -> Result<(TcpStream, IpAddr), Failure> {
        let addresses = recursive::addresses(reach, &self.host).await?;
        let mut last = Failure::new(
            FailureKind::NoAddress,
            format!("connecting to {what} {}: it has no address", self.host),
        );
        for address in addresses.into_iter().take(MOST_ADDRESSES) {
            let peer = SocketAddr::new(address, self.port);
            let doing = format!("connecting to {what} {} at {peer}", self.host);
            match connect(&reach.ground.routes, peer, reach.timeout(), &doing).await {
                Ok(stream) => return Ok((stream, address)),
                Err(failure) => last = failure,
            }
        }
        Err(last)
    }
}

impl std::fmt::Display for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_a_name_with_or_without_a_port() {
        for (text, want) in [
            ("smtp.mailer.example", Some("smtp.mailer.example:587")),
            ("smtp.mailer.example:465", Some("smtp.mailer.example:465")),
            ("smtp.mailer.example:", None),
            ("smtp.mailer.example:0", None),
            ("smtp.mailer.example:66000", None),
            ("198.51.100.1:587", None),
            ("::1", None),
            ("smtp mailer\r\n", None),
            ("", None),
        ] {
            let read = Endpoint::parse(text, 587);
            assert_eq!(read.map(|e| e.to_string()).ok().as_deref(), want, "{text}");
        }
    }
}
