//! Connections, rerouted, and the words for connections that fail. Knows nothing of what is said over them.

use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use tokio::net::TcpStream;

use crate::model::observation::{Failure, FailureKind};
use crate::model::text::escape;

/// Socket addresses that are reached elsewhere.
#[derive(Debug, Clone, Default)]
pub(in crate::net) struct Routes(Vec<(SocketAddr, SocketAddr)>);

impl Routes {
    pub(in crate::net) fn new(reroutes: &[(SocketAddr, SocketAddr)]) -> Self {
        Self(reroutes.to_vec())
    }

    /// Where `address` is really reached.
    pub(in crate::net) fn to(&self, address: SocketAddr) -> SocketAddr {
        self.0
            .iter()
            .find(|(from, _)| *from == address)
            .map_or(address, |(_, to)| *to)
    }
}

/// Connects to `address` (rerouted) within `limit`. `doing` begins the failure's text: `connecting to 203.0.113.20:443`.
pub(in crate::net) async fn connect(
    routes: &Routes,
    address: SocketAddr,
    limit: Duration,
    doing: &str,
) -> Result<TcpStream, Failure> {
    match tokio::time::timeout(limit, TcpStream::connect(routes.to(address))).await {
        Err(_) => Err(timed_out(doing, limit)),
        Ok(Err(error)) => Err(io_failure(doing, &error)),
        Ok(Ok(stream)) => {
            // A probe is small and waits for its answer: Nagle's algorithm would only distort its time.
            let _ = stream.set_nodelay(true);
            Ok(stream)
        }
    }
}

/// `doing: no answer in 3 s`.
pub(in crate::net) fn timed_out(doing: &str, limit: Duration) -> Failure {
    Failure::new(
        FailureKind::Timeout,
        format!("{doing}: no answer in {}", seconds(limit)),
    )
}

/// An I/O error as a failure of the right kind.
pub(in crate::net) fn io_failure(doing: &str, error: &std::io::Error) -> Failure {
    let (kind, words) = match error.kind() {
        ErrorKind::ConnectionRefused => {
            (FailureKind::Refused, "refused, the port is closed".into())
        }
        ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe => {
            (FailureKind::Reset, "the connection was reset".into())
        }
        ErrorKind::UnexpectedEof => (FailureKind::Reset, "the connection was closed".into()),
        ErrorKind::TimedOut => (FailureKind::Timeout, "no answer".into()),
        ErrorKind::InvalidData => (FailureKind::Malformed, escape(&error.to_string())),
        _ => (FailureKind::Unreachable, escape(&error.to_string())),
    };
    Failure::new(kind, format!("{doing}: {words}"))
}

/// `203.0.113.20`, or with the port when it is not the usual one: `203.0.113.20:8443`, `[2001:db8::1]:8443`.
pub(in crate::net) fn peer_name(address: SocketAddr, usual: u16) -> String {
    if address.port() == usual {
        address.ip().to_string()
    } else {
        address.to_string()
    }
}

/// The address that a host text is, if it is one: `203.0.113.20`, `[2001:db8::1]`.
pub(in crate::net) fn literal(host: &str) -> Option<IpAddr> {
    host.trim_start_matches('[')
        .trim_end_matches(']')
        .parse()
        .ok()
}

/// Whole milliseconds of a duration.
pub(in crate::net) fn millis(took: Duration) -> u64 {
    u64::try_from(took.as_millis()).unwrap_or(u64::MAX)
}

/// `5 s`, `1.8 s`, `300 ms`.
pub(in crate::net) fn seconds(limit: Duration) -> String {
    let millis = limit.as_millis();
    if millis < 1_000 {
        format!("{millis} ms")
    } else if millis % 1_000 < 50 {
        format!("{} s", millis / 1_000)
    } else {
        format!("{:.1} s", limit.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_socket_address_is_rerouted() {
        let (from, to) = (
            "203.0.113.10:443".parse().unwrap(),
            "127.0.0.1:9".parse().unwrap(),
        );
        let routes = Routes::new(&[(from, to)]);
        assert_eq!(routes.to(from), to);
        let other = "203.0.113.10:80".parse().unwrap();
        assert_eq!(routes.to(other), other);
    }

    #[test]
    fn durations_read_as_people_say_them() {
        for (millis, want) in [
            (300, "300 ms"),
            (5_000, "5 s"),
            (1_750, "1.8 s"),
            (2_001, "2 s"),
        ] {
            assert_eq!(seconds(Duration::from_millis(millis)), want);
        }
    }

    #[tokio::test]
    async fn a_closed_port_is_refused() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        let failure = connect(
            &Routes::default(),
            address,
            Duration::from_secs(1),
            "connecting to it",
        )
        .await
        .unwrap_err();
        assert_eq!(failure.kind, FailureKind::Refused);
        assert_eq!(
            failure.text,
            "connecting to it: refused, the port is closed"
        );
    }
}
