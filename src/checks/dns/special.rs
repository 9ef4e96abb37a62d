//! Addresses that the public internet does not route (the IANA special-purpose registries, RFC 6890).
//!
//! Documentation blocks (RFC 5737, RFC 3849) are treated like ordinary addresses: nothing is behind them, and that shows.

use std::net::IpAddr;

use crate::remedy::catalog::Block;

/// Blocks and what they are for.
const SPECIAL: [(&str, &str); 22] = [
    ("0.0.0.0/8", "\"this network\""),
    ("10.0.0.0/8", "private"),
    ("100.64.0.0/10", "carrier-grade NAT"),
    ("127.0.0.0/8", "loopback"),
    ("169.254.0.0/16", "link-local"),
    ("172.16.0.0/12", "private"),
    ("192.0.0.0/24", "IETF protocol assignments"),
    ("192.168.0.0/16", "private"),
    ("198.18.0.0/15", "benchmarking"),
    ("224.0.0.0/4", "multicast"),
    ("240.0.0.0/4", "reserved"),
    ("::/128", "unspecified"),
    ("::1/128", "loopback"),
    ("::ffff:0:0/96", "IPv4-mapped"),
    ("64:ff9b:1::/48", "local NAT64"),
    ("100::/64", "discard"),
    ("2001::/32", "Teredo"),
    ("2002::/16", "6to4"),
    ("fc00::/7", "unique local"),
    ("fe80::/10", "link-local"),
    ("fec0::/10", "site-local"),
    ("ff00::/8", "multicast"),
];

/// NAT64 prefix (RFC 6052 §2.1): a resolver that does DNS64 makes such AAAA up for hosts without one.
const NAT64: &str = "64:ff9b::/96";

/// What the block of `address` is for, when it is not public.
pub fn purpose(address: IpAddr) -> Option<&'static str> {
    SPECIAL
        .iter()
        .find(|(block, _)| Block::parse(block).is_some_and(|b| b.holds(address)))
        .map(|(_, purpose)| *purpose)
}

/// Whether a resolver made the address up for a network without IPv4 (DNS64).
pub fn is_synthesised(address: IpAddr) -> bool {
    Block::parse(NAT64).is_some_and(|b| b.holds(address))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_and_special_addresses_are_told_apart() {
        assert!(
            SPECIAL
                .iter()
                .all(|(block, _)| Block::parse(block).is_some())
        );
        for (address, special) in [
            ("203.0.113.10", false),
            ("198.51.100.1", false),
            ("2001:db8::1", false),
            ("8.8.8.8", false),
            ("2606:4700::1", false),
            ("10.1.2.3", true),
            ("172.31.0.1", true),
            ("172.32.0.1", false),
            ("100.100.0.1", true),
            ("127.0.0.1", true),
            ("::ffff:8.8.8.8", true),
            ("fd00::1", true),
        ] {
            assert_eq!(
                purpose(address.parse().unwrap()).is_some(),
                special,
                "{address}"
            );
        }
        assert!(is_synthesised("64:ff9b::cb00:710a".parse().unwrap()));
    }
}
