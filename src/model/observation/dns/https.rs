//! The HTTPS record: where else a host can be reached, and what is spoken there (RFC 9460).

use std::collections::BTreeSet;
use std::fmt;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

/// What is spoken over https unless the record says otherwise (RFC 9460 §9.1).
pub const DEFAULT_PROTOCOL: &str = "http/1.1";

/// The highest key that clients of https know (RFC 9460 §14.3.2).
const LAST_KNOWN_KEY: u16 = 6;

/// An HTTPS record.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Https {
    /// 0: an alias for the host's https service.
    pub priority: u16,
    /// The empty text stands for the owner itself; in an alias for nothing at all.
    pub target: String,
    pub alpn: Vec<String>,
    /// Whether [`DEFAULT_PROTOCOL`] is not spoken beside `alpn`.
    #[serde(default)]
    pub no_default_alpn: bool,
    /// `None`: 443.
    #[serde(default)]
    pub port: Option<u16>,
    pub hints: Vec<IpAddr>,
    /// Keys that a client must know to use the record.
    #[serde(default)]
    pub mandatory: Vec<u16>,
    /// Every key that it carries.
    #[serde(default)]
    pub keys: Vec<u16>,
}

impl Https {
    /// Whether it is an alias (AliasMode, §2.4.2).
    pub const fn is_alias(&self) -> bool {
        self.priority == 0
    }

    /// The protocols that it promises (§7.1.2).
    pub fn protocols(&self) -> BTreeSet<&str> {
        let default = (!self.no_default_alpn).then_some(DEFAULT_PROTOCOL);
        self.alpn
            .iter()
            .map(String::as_str)
            .chain(default)
            .collect()
    }

    /// Keys that a client must know and does not: it then ignores the record (§8).
    pub fn unknown_mandatory(&self) -> Vec<String> {
        self.mandatory
            .iter()
            .filter(|key| **key > LAST_KNOWN_KEY)
            .map(|key| key_name(*key))
            .collect()
    }

    /// Whether its parts agree with one another; clients reject a record where they do not (§2.4.3, §7.1.1, §8).
    pub fn consistent(&self) -> Result<(), String> {
        if self.no_default_alpn && self.alpn.is_empty() {
            return Err("`no-default-alpn` stands there without `alpn`".to_owned());
        }
        let missing = |key: &&u16| **key == 0 || !self.keys.contains(key);
        match self.mandatory.iter().find(missing) {
            Some(0) => Err("`mandatory` names itself".to_owned()),
            Some(key) => Err(format!(
                "`mandatory` names {}, which the record does not carry",
                key_name(*key)
            )),
            None => Ok(()),
        }
    }

    /// Takes the hints out.
    pub fn drop_hints(&mut self) {
        self.hints.clear();
        self.drop_keys(&[4, 6]);
    }

    /// Takes a protocol out of the list, and the list away with the last one.
    pub fn drop_protocol(&mut self, protocol: &str) {
        self.alpn.retain(|name| name != protocol);
        if self.alpn.is_empty() {
            self.no_default_alpn = false;
            self.drop_keys(&[1, 2]);
        }
    }

    fn drop_keys(&mut self, gone: &[u16]) {
        self.keys.retain(|key| !gone.contains(key));
        self.mandatory.retain(|key| !gone.contains(key));
    }

    /// Whether the text form carries all of it.
    pub fn is_shown_whole(&self) -> bool {
        self.keys
            .iter()
            .all(|key| *key <= LAST_KNOWN_KEY && *key != 5)
    }
}

fn key_name(key: u16) -> String {
    match key {
        0 => "mandatory".to_owned(),
        1 => "alpn".to_owned(),
        2 => "no-default-alpn".to_owned(),
        3 => "port".to_owned(),
        4 => "ipv4hint".to_owned(),
        5 => "ech".to_owned(),
        6 => "ipv6hint".to_owned(),
        other => format!("key{other}"),
    }
}

/// As zone files write it; keys that are not understood are left out.
impl fmt::Display for Https {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dot = if self.target.is_empty() {
            ""
        } else {
            &*self.target
        };
        write!(f, "{} {dot}.", self.priority)?;
        let joined = |key: &str, values: Vec<String>| match values.is_empty() {
            true => String::new(),
            false => format!(" {key}={}", values.join(",")),
        };
        let hints = |v4: bool| {
            let of_family = self.hints.iter().filter(|a| a.is_ipv4() == v4);
            of_family.map(ToString::to_string).collect()
        };
        let mandatory = self.mandatory.iter().map(|key| key_name(*key)).collect();
        f.write_str(&joined("mandatory", mandatory))?;
        f.write_str(&joined("alpn", self.alpn.clone()))?;
        if self.no_default_alpn {
            f.write_str(" no-default-alpn")?;
        }
        if let Some(port) = self.port {
            write!(f, " port={port}")?;
        }
        f.write_str(&joined("ipv4hint", hints(true)))?;
        f.write_str(&joined("ipv6hint", hints(false)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_record_promises() {
        let mut record = Https {
            priority: 1,
            alpn: vec!["h2".into(), "h3".into()],
            ..Https::default()
        };
        assert_eq!(Vec::from_iter(record.protocols()), ["h2", "h3", "http/1.1"]);
        record.no_default_alpn = true;
        assert_eq!(Vec::from_iter(record.protocols()), ["h2", "h3"]);
        assert_eq!(record.consistent(), Ok(()));
        record.alpn.clear();
        assert!(record.consistent().is_err());
    }

    #[test]
    fn mandatory_keys_are_there_known_and_not_the_list_itself() {
        for (mandatory, keys, consistent, unknown) in [
            (vec![1, 4], vec![0, 1, 4], true, 0),
            (vec![4], vec![0, 1], false, 0),
            (vec![0], vec![0], false, 0),
            (vec![65_280], vec![0, 65_280], true, 1),
        ] {
            let record = Https {
                mandatory,
                keys,
                ..Https::default()
            };
            assert_eq!(record.consistent().is_ok(), consistent, "{record:?}");
            assert_eq!(record.unknown_mandatory().len(), unknown, "{record:?}");
        }
    }

    #[test]
    fn a_record_reads_as_in_a_zone_file() {
        let record = Https {
            priority: 1,
            target: "svc.acme.example".into(),
            alpn: vec!["h2".into(), "h3".into()],
            no_default_alpn: true,
            port: Some(8443),
            hints: vec![
                "203.0.113.20".parse().unwrap(),
                "2001:db8::1".parse().unwrap(),
            ],
            mandatory: vec![1, 65_280],
            keys: Vec::new(),
        };
        assert_eq!(
            record.to_string(),
            "1 svc.acme.example. mandatory=alpn,key65280 alpn=h2,h3 no-default-alpn port=8443 ipv4hint=203.0.113.20 ipv6hint=2001:db8::1"
        );
        assert_eq!(Https::default().to_string(), "0 .");
    }

    #[test]
    fn a_record_of_an_older_session_reads() {
        let old = r#"{"priority":1,"target":"","alpn":["h2"],"hints":[]}"#;
        let record: Https = serde_json::from_str(old).unwrap();
        assert_eq!((record.port, record.no_default_alpn), (None, false));
    }
}
