//! A ClientHello of SSLv3, TLS 1.0 or TLS 1.1, and what comes back (RFC 6101, 2246, 4346). Nothing more of those protocols is
//! spoken.

use std::net::IpAddr;
use std::sync::Arc;

use jiff::Timestamp;

use super::hello::{First, Hello, common_extensions, greet};
use crate::model::name::HostName;
use crate::model::observation::tls::{LegacyHello, LegacyReply, LegacyVersion};
use crate::net::memory::Sight;
use crate::net::reach::Reach;

/// Suites that servers of that age share: ECDHE, DHE and plain RSA with AES, 3DES and RC4; the last one says that
/// renegotiation is secure (RFC 5746 §3.3).
const SUITES: [u16; 14] = [
    0xc00a, 0xc009, 0xc014, 0xc013, 0xc012, 0xc008, 0x0039, 0x0033, 0x0016, 0x0035, 0x002f, 0x000a,
    0x0005, 0x00ff,
];
const GROUPS: [u16; 3] = [29, 23, 24];

impl Sight for LegacyHello {
    fn saw_nothing(&self) -> bool {
        matches!(self.reply, LegacyReply::Unknown(_))
    }
}

/// Says hello to port 443 of `address` in `version`.
pub(in crate::net) async fn hello(
    reach: Arc<Reach>,
    host: HostName,
    address: IpAddr,
    version: LegacyVersion,
) -> LegacyHello {
    let at = Timestamp::now();
    let doing = format!("{} hello to {address} for {host}", version.name());
    let reply = match greet(&reach, &host, address, &offer(version, &host), &doing).await {
        Ok(First::Alert(description)) => LegacyReply::Alert(description),
        Ok(First::Closed) => LegacyReply::Closed,
        Ok(First::ServerHello(agreed, _)) if agreed == version.wire() => LegacyReply::Accepted,
        Ok(First::ServerHello(agreed, _)) => LegacyReply::OtherVersion(agreed),
        Err(failure) => LegacyReply::Unknown(failure),
    };
    LegacyHello {
        host,
        address,
        version,
        at,
        reply,
    }
}

/// Extensions only from TLS 1.0 on: SSLv3 has none.
fn offer(version: LegacyVersion, host: &HostName) -> Hello {
    Hello {
        version: version.wire(),
        suites: SUITES.to_vec(),
        extensions: match version {
            LegacyVersion::Ssl3 => Vec::new(),
            LegacyVersion::Tls10 | LegacyVersion::Tls11 => {
                common_extensions(host.as_str(), &GROUPS)
            }
        },
    }
}
