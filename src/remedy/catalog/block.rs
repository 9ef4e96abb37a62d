//! A block of addresses (`198.51.100.0/24`).

use std::net::IpAddr;

use serde::Deserialize;

/// A prefix of one address family. A text without a length is a single address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Block {
    base: u128,
    /// Bits of the 128 that count; IPv4 lives in the mapped range.
    length: u32,
    is_v4: bool,
}

impl Block {
    /// Reads `address/length` or a bare address.
    pub fn parse(raw: &str) -> Option<Self> {
        let (address, length) = match raw.split_once('/') {
            Some((address, length)) => (address, Some(length.parse::<u32>().ok()?)),
            None => (raw, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let width = if address.is_ipv4() { 32 } else { 128 };
        let length = length.unwrap_or(width);
        (length <= width).then(|| Self {
            base: bits(address),
            length: length + 128 - width,
            is_v4: address.is_ipv4(),
        })
    }

    /// Whether `address` lies in the block.
    pub fn holds(&self, address: IpAddr) -> bool {
        let shift = 128 - self.length;
        address.is_ipv4() == self.is_v4
            && bits(address).checked_shr(shift).unwrap_or(0)
                == self.base.checked_shr(shift).unwrap_or(0)
    }
}

impl TryFrom<String> for Block {
    type Error = String;

    fn try_from(raw: String) -> Result<Self, String> {
        Self::parse(&raw).ok_or_else(|| format!("`{raw}` is not a block of addresses"))
    }
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => u128::from(u32::from(v4)),
        IpAddr::V6(v6) => u128::from(v6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_in_or_out() {
        for (block, address, want) in [
            ("198.51.100.0/24", "198.51.100.255", true),
            ("198.51.100.0/24", "198.51.101.0", false),
            ("0.0.0.0/0", "203.0.113.1", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("2606:4700::/32", "2606:4700:1::1", true),
            ("2606:4700::/32", "2606:4701::1", false),
            ("::/0", "2001:db8::1", true),
            ("203.0.113.9", "203.0.113.9", true),
            ("203.0.113.9", "203.0.113.8", false),
        ] {
            let block = Block::parse(block).unwrap();
            assert_eq!(
                block.holds(address.parse().unwrap()),
                want,
                "{block:?} {address}"
            );
        }
        assert_eq!(Block::parse("198.51.100.0/33"), None);
        assert_eq!(Block::parse("x/3"), None);
    }
}
