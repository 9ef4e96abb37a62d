//! Third parties: who may be asked beside the client's own servers and the resolvers, what they are asked, and what they
//! get to know by it. Each only where the operator names it. Nothing here asks anybody; the command line, the README and the
//! cockpit are views of this table.

/// Somebody who may be asked on request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ThirdParty {
    /// The name by which the operator lets it be asked.
    pub name: &'static str,
    /// Who it is.
    pub who: &'static str,
    /// What it is asked, and for which checks.
    pub asked: &'static str,
    /// What leaves the house.
    pub sent: &'static str,
}

/// Registries, over RDAP.
pub const RDAP: ThirdParty = ThirdParty {
    name: "rdap",
    who: "the registry of the domain, found in the IANA's list",
    asked: "until when the domain is registered and in what state (`domain.expiry`, `domain.status`)",
    sent: "the domain",
};

/// Certificate authorities.
pub const REVOCATION: ThirdParty = ThirdParty {
    name: "revocation",
    who: "the authority that issued a certificate",
    asked: "its list of revoked certificates (`tls.revocation`)",
    sent: "nothing of the client's",
};

/// Globalping's probes.
pub const GLOBALPING: ThirdParty = ThirdParty {
    name: "globalping",
    who: "Globalping, a network of probes in many places of the world",
    asked: "the addresses of at most two hosts, as eight places see them (`dns.propagation`)",
    sent: "the names of these two hosts",
};

/// Public resolvers, all of the catalogue.
pub const PUBLIC_RESOLVERS: ThirdParty = ThirdParty {
    name: "public-resolvers",
    who: "well-known public resolvers: all of them, or one by its own name",
    asked: "the addresses of every host (`dns.propagation`)",
    sent: "the names of the hosts",
};

/// Lists of bad senders.
pub const BLOCKLISTS: ThirdParty = ThirdParty {
    name: "blocklists",
    who: "well-known lists of bad senders, through the resolver in use",
    asked: "whether the domain, its mail hosts or their addresses are on them (`mail.blocklists`)",
    sent: "these names and addresses",
};

/// Everybody with a name of their own here; single public resolvers are named in their catalogue.
pub const ALL: [ThirdParty; 5] = [RDAP, REVOCATION, GLOBALPING, PUBLIC_RESOLVERS, BLOCKLISTS];

impl ThirdParty {
    /// Whether it is among those that the operator lets be asked.
    pub fn is_among(&self, allowed: &[String]) -> bool {
        allowed.iter().any(|name| name == self.name)
    }
}
