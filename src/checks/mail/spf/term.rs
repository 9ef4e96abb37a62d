//! An SPF record as data: what RFC 7208 §12 lets a term be, and nothing it forbids.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::ops::Range;

use super::macros::DomainSpec;

/// One term and the bytes of the record that it stands at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    pub span: Range<usize>,
    /// As published.
    pub text: String,
    pub kind: TermKind,
}

/// A directive or a modifier (RFC 7208 §4.6.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TermKind {
    Directive {
        qualifier: Qualifier,
        mechanism: Mechanism,
    },
    Redirect(DomainSpec),
    Explanation(DomainSpec),
    /// A modifier that no receiver knows: ignored (RFC 7208 §6).
    Unknown {
        name: String,
    },
}

/// What a match of the mechanism means (RFC 7208 §4.6.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Qualifier {
    Pass,
    Fail,
    SoftFail,
    Neutral,
}

impl Qualifier {
    /// The qualifier of a sign.
    pub const fn of(sign: char) -> Option<Self> {
        match sign {
            '+' => Some(Self::Pass),
            '-' => Some(Self::Fail),
            '~' => Some(Self::SoftFail),
            '?' => Some(Self::Neutral),
            _ => None,
        }
    }

    /// The sign, `+` written out.
    pub const fn sign(self) -> char {
        match self {
            Self::Pass => '+',
            Self::Fail => '-',
            Self::SoftFail => '~',
            Self::Neutral => '?',
        }
    }
}

/// What is compared with the sender's address (RFC 7208 §5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mechanism {
    All,
    Include(DomainSpec),
    A {
        domain: Option<DomainSpec>,
        cidr: DualCidr,
    },
    Mx {
        domain: Option<DomainSpec>,
        cidr: DualCidr,
    },
    Ptr(Option<DomainSpec>),
    Ip4 {
        network: Ipv4Addr,
        prefix: u8,
    },
    Ip6 {
        network: Ipv6Addr,
        prefix: u8,
    },
    Exists(DomainSpec),
}

impl Mechanism {
    /// Whether evaluating it costs one of the ten lookups (RFC 7208 §4.6.4).
    pub const fn looks_up(&self) -> bool {
        !matches!(self, Self::All | Self::Ip4 { .. } | Self::Ip6 { .. })
    }
}

/// Prefix lengths of `a` and `mx`; 32 and 128 when not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DualCidr {
    pub ip4: u8,
    pub ip6: u8,
}

impl Default for DualCidr {
    fn default() -> Self {
        Self { ip4: 32, ip6: 128 }
    }
}

impl Term {
    /// The directive's parts, when it is one.
    pub const fn directive(&self) -> Option<(Qualifier, &Mechanism)> {
        match &self.kind {
            TermKind::Directive {
                qualifier,
                mechanism,
            } => Some((*qualifier, mechanism)),
            _ => None,
        }
    }

    /// The target of `redirect=`.
    pub const fn redirect(&self) -> Option<&DomainSpec> {
        match &self.kind {
            TermKind::Redirect(target) => Some(target),
            _ => None,
        }
    }

    /// The target of `include:`.
    pub const fn include(&self) -> Option<&DomainSpec> {
        match &self.kind {
            TermKind::Directive {
                mechanism: Mechanism::Include(target),
                ..
            } => Some(target),
            _ => None,
        }
    }

    /// The qualifier of `all`, when the term is it.
    pub const fn all(&self) -> Option<Qualifier> {
        match &self.kind {
            TermKind::Directive {
                qualifier,
                mechanism: Mechanism::All,
            } => Some(*qualifier),
            _ => None,
        }
    }
}
