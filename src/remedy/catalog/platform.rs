//! Hosting platforms and edges: recognised by CNAME target, address block or a header that only they set.

use std::net::IpAddr;
use std::sync::LazyLock;

use serde::Deserialize;

use super::block::Block;

/// A hosting platform.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Platform {
    pub id: String,
    pub title: String,
    /// Globs over CNAME targets.
    #[serde(default)]
    pub cname: Vec<String>,
    #[serde(default)]
    pub blocks: Vec<Block>,
    /// Header marks, see [`super::shows`].
    #[serde(default)]
    pub headers: Vec<String>,
    /// What it asks for at the apex, in words.
    pub apex: String,
    /// What it asks for at a subdomain, in words.
    pub subdomain: String,
    /// The record by which it knows the owner, which must stay; empty when there is none.
    #[serde(default)]
    pub keep: String,
    /// Whether a proxy in front of it keeps it from ordering its certificate.
    #[serde(default)]
    pub dns_only: bool,
    /// CAA domains of the authorities it orders from; empty when not known.
    #[serde(default)]
    pub cas: Vec<String>,
}

/// A CDN or reverse proxy.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edge {
    pub id: String,
    pub title: String,
    /// TTL in seconds of every answer that it makes where it hosts the zone too; absent where the owner of the zone sets it.
    #[serde(default)]
    pub ttl: Option<u32>,
    #[serde(default)]
    pub cname: Vec<String>,
    #[serde(default)]
    pub blocks: Vec<Block>,
    #[serde(default)]
    pub headers: Vec<String>,
    #[serde(default)]
    pub cas: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Platforms {
    platform: Vec<Platform>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Edges {
    edge: Vec<Edge>,
}

static PLATFORMS: LazyLock<Platforms> =
    LazyLock::new(|| super::read(include_str!("../../../assets/catalogs/platforms.toml")));

static EDGES: LazyLock<Edges> =
    LazyLock::new(|| super::read(include_str!("../../../assets/catalogs/edges.toml")));

/// Every known platform.
pub fn platforms() -> &'static [Platform] {
    &PLATFORMS.platform
}

/// The platform of that id.
pub fn platform(id: &str) -> Option<&'static Platform> {
    platforms().iter().find(|p| p.id == id)
}

/// The platform whose names this CNAME target belongs to.
pub fn platform_of_target(target: &str) -> Option<&'static Platform> {
    platforms().iter().find(|p| super::fits(&p.cname, target))
}

/// The platform that owns this address.
pub fn platform_of_address(address: IpAddr) -> Option<&'static Platform> {
    platforms()
        .iter()
        .find(|p| p.blocks.iter().any(|b| b.holds(address)))
}

/// The platform that set these response headers.
pub fn platform_of_headers(headers: &[(String, String)]) -> Option<&'static Platform> {
    platforms()
        .iter()
        .find(|p| super::shows(&p.headers, headers))
}

/// Every known edge.
pub fn edges() -> &'static [Edge] {
    &EDGES.edge
}

/// The edge of that id.
pub fn edge(id: &str) -> Option<&'static Edge> {
    edges().iter().find(|e| e.id == id)
}

/// The edge whose names this CNAME target belongs to.
pub fn edge_of_target(target: &str) -> Option<&'static Edge> {
    edges().iter().find(|e| super::fits(&e.cname, target))
}

/// The edge that owns this address.
pub fn edge_of_address(address: IpAddr) -> Option<&'static Edge> {
    edges()
        .iter()
        .find(|e| e.blocks.iter().any(|b| b.holds(address)))
}

/// The edge that set these response headers.
pub fn edge_of_headers(headers: &[(String, String)]) -> Option<&'static Edge> {
    edges().iter().find(|e| super::shows(&e.headers, headers))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn platforms_and_edges_are_recognised() {
        assert!(platforms().len() > 20 && edges().len() > 5);
        assert_eq!(
            platform_of_target("cname.vercel-dns.com").unwrap().id,
            "vercel"
        );
        assert_eq!(platform_of_target("evilvercel-dns.com"), None);
        assert_eq!(
            platform_of_address("75.2.60.5".parse().unwrap())
                .unwrap()
                .id,
            "netlify"
        );
        assert_eq!(
            edge_of_address("104.16.1.1".parse().unwrap()).unwrap().id,
            "cloudflare"
        );
        assert_eq!(edge_of_address("203.0.113.10".parse().unwrap()), None);
        let by_server_alone = vec![("server".to_owned(), "cloudflare".to_owned())];
        assert_eq!(edge_of_headers(&by_server_alone), None);
    }

    #[test]
    fn ids_are_unique() {
        let mut ids: Vec<&str> = platforms().iter().map(|p| p.id.as_str()).collect();
        ids.sort_unstable();
        let count = ids.len();
        ids.dedup();
        assert_eq!(ids.len(), count);
    }
}
