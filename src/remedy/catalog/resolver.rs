//! Public recursive resolvers. Asking one is asking a third party: only when the operator opted in.

use std::net::IpAddr;
use std::sync::LazyLock;

use serde::Deserialize;

/// One public resolver.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublicResolver {
    pub id: String,
    pub title: String,
    pub addresses: Vec<IpAddr>,
    /// Whether it hides names on its lists, so that a missing answer proves nothing.
    #[serde(default)]
    pub filters: bool,
    /// A page on which its cache of one name can be emptied.
    #[serde(default)]
    pub flush: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    resolver: Vec<PublicResolver>,
}

static FILE: LazyLock<File> =
    LazyLock::new(|| super::read(include_str!("../../../assets/catalogs/resolvers.toml")));

/// Every known public resolver.
pub fn all() -> &'static [PublicResolver] {
    &FILE.resolver
}

/// The resolver that answers at this address.
pub fn at(address: IpAddr) -> Option<&'static PublicResolver> {
    all()
        .iter()
        .find(|resolver| resolver.addresses.contains(&address))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resolvers_are_known_by_address() {
        assert!(all().len() >= 8);
        assert_eq!(at("8.8.4.4".parse().unwrap()).unwrap().id, "google");
        assert_eq!(at("198.51.100.53".parse().unwrap()), None);
    }
}
