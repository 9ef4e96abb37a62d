//! How the certificates of a chain hang together by issuer and subject: the part of path building that a library which
//! reports one error only does not tell. It verifies nothing; that was done at the handshake.

use jiff::Timestamp;

use crate::model::observation::tls::Certificate;

/// Where the links from the leaf lead.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Top<'a> {
    /// Nothing was sent.
    Nothing,
    /// The leaf signed itself.
    SelfSigned(&'a Certificate),
    /// The leaf's issuer was not sent.
    LeafOnly(&'a Certificate),
    /// An intermediate whose issuer was not sent: the usual end, its issuer should be a root that clients have.
    Intermediate(&'a Certificate),
    /// A certificate that signed itself, sent along.
    Root(&'a Certificate),
}

/// The links of a chain.
#[derive(Debug, Clone, PartialEq)]
pub struct Links<'a> {
    pub top: Top<'a>,
    /// Positions in what was sent, from the leaf up.
    pub used: Vec<usize>,
}

impl Links<'_> {
    /// Whether each certificate was sent after the one it certifies (RFC 5246 §7.4.2 asks for it, RFC 8446 no longer).
    pub fn in_order(&self) -> bool {
        self.used.is_sorted()
    }
}

/// Follows issuers from the leaf. Among several certificates of one subject the one that is in its dates is taken, as a
/// path builder would.
pub fn links(chain: &[Certificate], at: Timestamp) -> Links<'_> {
    let Some(leaf) = chain.first() else {
        return Links {
            top: Top::Nothing,
            used: Vec::new(),
        };
    };
    let (mut used, mut last) = (vec![0], leaf);
    while !last.self_signed {
        let mut issuers: Vec<(usize, &Certificate)> = chain
            .iter()
            .enumerate()
            .filter(|(i, c)| !used.contains(i) && c.subject == last.issuer)
            .collect();
        issuers.sort_by_key(|(i, c)| (!is_current(c, at), *i));
        let Some((index, issuer)) = issuers.first().copied() else {
            break;
        };
        used.push(index);
        last = issuer;
    }
    let top = match (last.self_signed, used.len()) {
        (true, 1) => Top::SelfSigned(leaf),
        (true, _) => Top::Root(last),
        (false, 1) => Top::LeafOnly(leaf),
        (false, _) => Top::Intermediate(last),
    };
    Links { top, used }
}

/// Whether a certificate is within its dates.
pub fn is_current(certificate: &Certificate, at: Timestamp) -> bool {
    certificate.not_before <= at && at < certificate.not_after
}

#[cfg(test)]
mod tests {
    use super::super::samples::*;
    use super::*;

    #[test]
    fn links_lead_as_far_as_was_sent() {
        let (leaf, middle, root) = (leaf(), intermediate(), root());
        let own = certificate("www.acme.example", "www.acme.example");
        for (chain, used, top) in [
            (vec![], vec![], Top::Nothing),
            (vec![own.clone()], vec![0], Top::SelfSigned(&own)),
            (vec![leaf.clone()], vec![0], Top::LeafOnly(&leaf)),
            (
                vec![leaf.clone(), middle.clone()],
                vec![0, 1],
                Top::Intermediate(&middle),
            ),
            (
                vec![leaf.clone(), root.clone(), middle.clone()],
                vec![0, 2, 1],
                Top::Root(&root),
            ),
            (
                vec![leaf.clone(), leaf.clone(), middle.clone()],
                vec![0, 2],
                Top::Intermediate(&middle),
            ),
        ] {
            let links = links(&chain, now());
            assert_eq!((links.used, links.top), (used, top));
        }
    }

    #[test]
    fn two_certificates_that_issue_each_other_end() {
        let (a, b) = (certificate("a", "b"), certificate("b", "a"));
        assert_eq!(links(&[a, b], now()).used, [0, 1]);
    }

    #[test]
    fn an_expired_twin_is_passed_over() {
        let mut old = intermediate();
        old.not_after = now() - days(1);
        assert_eq!(links(&[leaf(), old, intermediate()], now()).used, [0, 2]);
    }
}
