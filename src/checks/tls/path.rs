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
    /// Where a client ends that takes the first issuer and never turns back, as OpenSSL does; `None` when it gets there too.
    pub astray: Option<&'a Certificate>,
}

impl Links<'_> {
    /// Whether each certificate was sent after the one it certifies (RFC 5246 §7.4.2 asks for it, RFC 8446 no longer).
    pub fn in_order(&self) -> bool {
        self.used.is_sorted()
    }
}

/// Follows issuers from the leaf. Among several certificates of one subject the one that is in its dates is taken, and
/// rather one below a trusted root, as a path builder would; there the path ends, unless the root itself was sent.
pub fn links(chain: &[Certificate], at: Timestamp) -> Links<'_> {
    let used = walk(chain, at, |c| c.below_root);
    let last = |used: &[usize]| used.last().and_then(|index| chain.get(*index));
    let top = match (last(&used), used.len()) {
        (None, _) => Top::Nothing,
        (Some(leaf), 1) if leaf.self_signed => Top::SelfSigned(leaf),
        (Some(root), _) if root.self_signed => Top::Root(root),
        (Some(leaf), 1) => Top::LeafOnly(leaf),
        (Some(middle), _) => Top::Intermediate(middle),
    };
    let first = walk(chain, at, |_| true);
    let astray = last(&first)
        .filter(|end| !end.below_root && last(&used).is_some_and(|better| better.below_root));
    Links { top, used, astray }
}

/// Positions from the leaf up, without turning back: of several issuers first those in their dates, then those that are
/// liked, then in the order in which they were sent.
fn walk(chain: &[Certificate], at: Timestamp, liked: impl Fn(&Certificate) -> bool) -> Vec<usize> {
    let Some(mut last) = chain.first() else {
        return Vec::new();
    };
    let mut used = vec![0];
    while !last.self_signed {
        let issuer = chain
            .iter()
            .enumerate()
            .filter(|(i, c)| !used.contains(i) && c.subject == last.issuer)
            .filter(|(_, c)| c.self_signed || !last.below_root)
            .min_by_key(|(i, c)| (!is_current(c, at), !liked(c), *i));
        let Some((index, issuer)) = issuer else {
            break;
        };
        used.push(index);
        last = issuer;
    }
    used
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
    fn of_two_that_were_crossed_the_one_below_a_trusted_root_is_taken_and_ends_the_path() {
        let known = Certificate {
            below_root: true,
            ..intermediate()
        };
        let foreign = Certificate {
            issuer: "CN=Unknown Root".into(),
            ..intermediate()
        };
        let chain = [leaf(), foreign, known.clone()];
        let found = links(&chain, now());
        assert_eq!(
            (found.used, found.top),
            (vec![0, 2], Top::Intermediate(&known))
        );
        assert_eq!(found.astray, chain.get(1));
        let chain = [leaf(), known.clone(), chain[1].clone()];
        assert_eq!(links(&chain, now()).astray, None);
        let crossed_root = certificate("Range Root", "Former Root");
        let chain = [leaf(), known.clone(), crossed_root];
        assert_eq!(links(&chain, now()).top, Top::Intermediate(&known));
        let chain = [leaf(), known, root()];
        assert_eq!(links(&chain, now()).used, [0, 1, 2]);
    }

    #[test]
    fn an_expired_twin_is_passed_over() {
        let mut old = intermediate();
        old.not_after = now() - days(1);
        assert_eq!(links(&[leaf(), old, intermediate()], now()).used, [0, 2]);
    }
}
