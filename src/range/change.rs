//! What makes a world differ from the healthy one: edits of zones and behaviours of servers, as data.
//!
//! Read from worlds (`tests/simulations/*.toml`) and from the catalogue of faults. Nothing here acts.

mod mail;

use std::net::IpAddr;

use serde::Deserialize;

pub use mail::{PostChange, PostDoes, SmtpChange, SmtpDoes};

/// All changes of a world or of a fault.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Changes {
    pub dns: Vec<DnsChange>,
    pub servers: Vec<ServerChange>,
    pub tls: Vec<TlsChange>,
    /// One layer for each fault and one for the world: within a layer the first rule that fits counts, and every layer
    /// changes what the one before it left, so that faults do not hide one another.
    pub http: Vec<Vec<HttpChange>>,
    pub smtp: Vec<SmtpChange>,
    pub post: Vec<PostChange>,
    pub registrations: Vec<RegistrationChange>,
    pub places: Vec<PlaceChange>,
}

impl Changes {
    /// Adds `later` changes: their zone edits come after, their behaviours are looked at first.
    pub fn add(&mut self, later: &Self) {
        self.dns.extend(later.dns.iter().cloned());
        prepend(&mut self.servers, &later.servers);
        prepend(&mut self.tls, &later.tls);
        self.http.extend(later.http.iter().cloned());
        prepend(&mut self.smtp, &later.smtp);
        prepend(&mut self.post, &later.post);
        prepend(&mut self.registrations, &later.registrations);
        prepend(&mut self.places, &later.places);
    }
}

fn prepend<T: Clone>(list: &mut Vec<T>, first: &[T]) {
    list.splice(0..0, first.iter().cloned());
}

/// An edit of zones.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DnsChange {
    /// Only this server's copy. A resolver's address: only what that resolver believes.
    pub server: Option<IpAddr>,
    /// `owner TYPE`, or `owner` for every type at that owner.
    #[serde(default)]
    pub remove: Vec<String>,
    /// Master file lines with fully qualified names.
    #[serde(default)]
    pub add: Vec<String>,
    /// The zone that `signatures` is about.
    pub zone: Option<String>,
    /// What the zone's signatures are like.
    pub signatures: Option<Signatures>,
}

/// What the RRSIGs of a zone are like.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Signatures {
    #[default]
    Good,
    /// They ran out yesterday.
    Expired,
    /// There are none, though the zone has keys.
    Missing,
    /// Made with a key that is not in the zone.
    Wrong,
}

/// A behaviour of a DNS server.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerChange {
    pub address: IpAddr,
    pub does: ServerDoes,
    /// Only for questions of these owners; empty: for every question.
    #[serde(default)]
    pub names: Vec<String>,
}

/// Ways in which a DNS server misbehaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ServerDoes {
    Silent,
    Refused,
    Servfail,
    /// Connections over TCP are refused.
    NoTcp,
    /// Datagrams get no answer.
    NoUdp,
    /// Answers without the AA bit.
    NotAuthoritative,
    /// TC over UDP and nothing over TCP.
    Truncated,
    /// TC over UDP, and over TCP too.
    TruncatedForEver,
    /// TC over UDP, and over TCP a byte a second.
    Drip,
    /// Bytes that are no DNS message.
    Rubbish,
    /// Datagrams come back from another address.
    Elsewhere,
    /// Two false answers come before the right one: one with another id, one from another address.
    Forged,
    /// The first of two equal datagrams is lost, as under a rate limit.
    FirstLost,
    /// The first of two equal datagrams gets TC alone, as from a rate limit that lets people in over TCP.
    FirstCut,
    /// Answers come backwards, behind records of strangers.
    Shuffled,
    /// Text comes with as much other text beside it as a message over TCP holds.
    Padded,
    /// Names that do not exist are said to have no such record (compact denial, RFC 9824).
    NeverNxdomain,
    /// Names that own no such record are said not to exist.
    AlwaysNxdomain,
    /// Sends everybody back to the root.
    RefersUp,
    /// On the way to it somebody else answers: a resolver.
    Intercepted,
    /// Every question is answered with the address of a captive portal.
    Captive,
    /// A resolver that answers every NXDOMAIN with an address.
    NxdomainRewrite,
    /// A resolver that does not look at signatures.
    Unvalidating,
}

impl ServerDoes {
    /// Whether a resolver can work with a server that does this; what happens on our way to it is not the resolver's.
    pub const fn is_usable(self) -> bool {
        matches!(
            self,
            Self::NoTcp
                | Self::Forged
                | Self::FirstLost
                | Self::FirstCut
                | Self::Shuffled
                | Self::Padded
                | Self::NeverNxdomain
                | Self::AlwaysNxdomain
                | Self::Intercepted
                | Self::Captive
                | Self::NxdomainRewrite
                | Self::Unvalidating
        )
    }
}

/// A behaviour of the TLS side of a host.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsChange {
    /// Empty: only towards clients that name no host.
    pub host: String,
    /// Only at this address.
    pub address: Option<IpAddr>,
    pub certificate: Option<CertificateKind>,
    /// Legacy versions whose ClientHello gets a ServerHello: `SSLv3`, `TLSv1.0`, `TLSv1.1`.
    #[serde(default)]
    pub accepts: Vec<Legacy>,
    /// The suite, by its IANA number, that a hello without any good one gets.
    pub suite: Option<u16>,
    /// Whether that suite is the only one that is spoken.
    #[serde(default)]
    pub suite_alone: bool,
    /// How hellos that are not spoken here are refused; otherwise by an alert.
    pub refuses: Option<Refusal>,
    /// Whether a ServerHello of TLS 1.2 carries the SCTs.
    #[serde(default)]
    pub timestamps: bool,
    /// Whether nothing older than TLS 1.3 is spoken.
    #[serde(default)]
    pub newest_only: bool,
    /// Application protocols; empty: h2 and http/1.1.
    #[serde(default)]
    pub protocols: Vec<String>,
    /// The OCSP response that comes with the certificate.
    pub staple: Option<StapleKind>,
    pub does: Option<Conduct>,
}

/// How a hello is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refusal {
    /// Nothing ever comes.
    Silence,
    /// The connection is reset.
    Reset,
}

/// A stapled OCSP response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StapleKind {
    Good,
    Revoked,
    /// The responder does not know the certificate.
    Unknown,
    /// Its next update was due yesterday.
    Stale,
    /// Signed by somebody else.
    Forged,
    /// No OCSP response at all.
    Garbage,
    /// Good, with SCTs of two logs.
    Timestamps,
}

/// The certificate that a host shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CertificateKind {
    #[default]
    Good,
    /// Ended yesterday.
    Expired,
    /// Five of ninety days left.
    Expiring,
    /// Begins tomorrow.
    NotYet,
    SelfSigned,
    /// For another name.
    WrongName,
    /// Without the intermediate.
    LeafOnly,
    /// From a root that nobody trusts.
    UnknownRoot,
    /// RSA with 1024 bits.
    WeakKey,
    /// Leaf, root, intermediate.
    Reversed,
    /// Signed with SHA-1.
    Sha1,
    /// Without SCTs.
    NoScts,
    /// Two SCTs of one log.
    OneLog,
    /// Two logs, and a lifetime that asks for three.
    Long,
    /// Asks for a stapled OCSP response.
    MustStaple,
    /// On its authority's revocation list.
    Revoked,
    /// With the root once more, certified by an older one that ended.
    CrossSigned,
    /// With a root that signed itself with SHA-1.
    Sha1Root,
    /// Six days long, three and a half left.
    SixDays,
    /// A thousand names.
    ManyNames,
    /// A hundred certificates.
    LongChain,
    NegativeSerial,
    /// Two lists of names, which no certificate may have.
    TwoLists,
    /// No certificate at all, but the bytes of one cut short.
    Unparsable,
}

/// Legacy versions that a host can be made to accept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Legacy {
    #[serde(rename = "SSLv3")]
    Ssl3,
    #[serde(rename = "TLSv1.0")]
    Tls10,
    #[serde(rename = "TLSv1.1")]
    Tls11,
}

impl Legacy {
    /// The version number on the wire.
    pub const fn wire(self) -> u16 {
        match self {
            Self::Ssl3 => 0x0300,
            Self::Tls10 => 0x0301,
            Self::Tls11 => 0x0302,
        }
    }
}

/// What a server does instead of answering.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Conduct {
    /// The port is closed. For a single path of an HTTP server: the connection ends without an answer.
    Closed,
    /// Takes the connection and says nothing.
    Silent,
    /// Takes the connection and resets it.
    Reset,
    /// Speaks something else than TLS (TLS only).
    NotTls,
    /// Greets as an SSH server does (HTTP of a whole host only).
    NotHttp,
    /// A byte a second (HTTP and TLS).
    Drip,
    /// A redirect to the same URL (HTTP only).
    Loop,
    /// A gigabyte of zeros, compressed (HTTP only).
    Bomb,
}

/// A behaviour of an HTTP server for some URLs.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpChange {
    /// Scheme, host and path; a trailing `*` matches any rest.
    pub url: String,
    /// Only at this address.
    pub address: Option<IpAddr>,
    /// `None`: as the portal would answer.
    pub status: Option<u16>,
    /// `name: value`; replace the portal's headers of the same name. `{origin}` stands for what the request's Origin says,
    /// `{nonce}`, here and in the body, for something new every time.
    #[serde(default)]
    pub headers: Vec<String>,
    #[serde(default)]
    pub remove_headers: Vec<String>,
    pub body: Option<String>,
    pub does: Option<Conduct>,
    #[serde(default)]
    pub delay_ms: u64,
    /// Request headers that must be there, each with a pattern for its value (`*` for any run of characters).
    #[serde(default)]
    pub when: std::collections::BTreeMap<String, String>,
}

/// An edit of what the registry has on record for the client's domain. How its server answers (404, 429, something else than
/// RDAP) is a matter of `http` changes of its URL.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegistrationChange {
    /// Days from today to the end of the registration; negative: it ended.
    pub expires_in: Option<i64>,
    /// The same as the registrar believes it to be (`registrar expiration`); healthy: not told.
    pub registrar_expires_in: Option<i64>,
    /// Actions of events that are not told: `expiration`.
    #[serde(default)]
    pub without: Vec<String>,
    /// RFC 8056 words.
    pub status: Option<Vec<String>>,
    pub nameservers: Option<Vec<String>>,
    /// Another name than the one that was asked for.
    pub name: Option<String>,
}

/// A behaviour of one of the places from which the world is looked at. How the service itself answers (422, 429, something else
/// than JSON) is a matter of `http` changes of its URLs.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlaceChange {
    pub city: String,
    /// It asks this resolver of the range; healthy: one of its own, which believes what the servers say.
    pub resolver: Option<IpAddr>,
    /// Master file lines with what is left of their TTL: its resolver keeps these records of the names they are about.
    #[serde(default)]
    pub remembers: Vec<String>,
    pub does: Option<PlaceDoes>,
}

/// Ways in which a place tells something else, or nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PlaceDoes {
    /// Its resolver cannot be reached.
    Failed,
    Offline,
    /// It is never done.
    Hangs,
    /// It has a status that nobody knows.
    Stranger,
    NoSuchName,
    /// No error, and null where the answers are.
    NoAnswers,
    Servfail,
    /// Its resolver sends visitors nowhere, as filters do.
    Filters,
}
