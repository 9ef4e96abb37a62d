//! Certificates laid out for the eye: how those of one server hang together, and how long they live.

use crate::model::exhibit::{Bar, Exhibit, Node};
use crate::model::observation::tls::{Certificate, ChainProblem, TlsHandshake, TlsSession};
use crate::model::text::escape;
use crate::model::verdict::Verdict;

use super::look::HostLook;
use super::path::{Top, is_current, links};

/// Certificates without a place in the path that are shown by name.
const STRAYS: usize = 6;

/// Each distinct chain with the addresses that send it.
fn chains(seen: &HostLook) -> Vec<(String, &TlsHandshake, &TlsSession)> {
    let mut list: Vec<(Vec<String>, &TlsHandshake, &TlsSession)> = Vec::new();
    let mut shakes: Vec<&TlsHandshake> = seen.handshakes.iter().collect();
    shakes.sort_by_key(|shake| shake.address);
    for shake in shakes {
        let Some(session) = shake.session().filter(|s| !s.chain.is_empty()) else {
            continue;
        };
        let same = |other: &&TlsSession| {
            let prints =
                |s: &TlsSession| s.chain.iter().map(|c| c.sha256.clone()).collect::<Vec<_>>();
            prints(other) == prints(session)
        };
        match list.iter_mut().find(|(_, _, other)| same(other)) {
            Some((addresses, ..)) => addresses.push(shake.address.to_string()),
            None => list.push((vec![shake.address.to_string()], shake, session)),
        }
    }
    list.into_iter()
        .map(|(addresses, shake, session)| (addresses.join(" and "), shake, session))
        .collect()
}

/// A tree for each chain: the root or the missing issuer above, the leaf at the end.
pub fn trees(seen: &HostLook) -> Vec<Exhibit> {
    chains(seen)
        .into_iter()
        .map(|(addresses, shake, session)| {
            Exhibit::tree(format!("certificates of {addresses}"), tree(shake, session))
        })
        .collect()
}

fn tree(shake: &TlsHandshake, session: &TlsSession) -> Vec<Node> {
    let links = links(&session.chain, shake.at);
    let weak = matches!(session.verified, Err(ChainProblem::Weak(_)));
    let held = session.public.is_some() || weak;
    let mut nodes = Vec::new();
    if let Top::LeafOnly(top) | Top::Intermediate(top) = links.top {
        let (verdict, note) = match session.public {
            Some(true) => (Some(Verdict::Pass), "a public root; clients have it"),
            Some(false) => (Some(Verdict::Pass), "a root of your own"),
            None if weak => (None, "not sent"),
            // Only the dates of a leaf kept the path from being looked for.
            None if session
                .chain
                .first()
                .is_some_and(|c| !is_current(c, shake.at)) =>
            {
                (None, "not sent")
            }
            None => (
                Some(Verdict::Fail),
                "missing: not sent, and no root that clients have",
            ),
        };
        nodes.push(Node {
            depth: 0,
            verdict,
            text: escape(&top.issuer),
            note: note.to_owned(),
        });
    }
    let depth = nodes.len();
    for (step, index) in links.used.iter().rev().enumerate() {
        let Some(certificate) = session.chain.get(*index) else {
            continue;
        };
        let unknown_root = !held && certificate.self_signed;
        let verdict = match is_current(certificate, shake.at) && !unknown_root {
            true => Verdict::Pass,
            false => Verdict::Fail,
        };
        nodes.push(Node {
            depth: depth + step,
            verdict: Some(verdict),
            text: named(certificate),
            note: match (unknown_root, verdict) {
                (true, _) => format!(
                    "sent as number {}, signed itself: nobody stands behind it",
                    index + 1
                ),
                (_, Verdict::Fail) => format!("sent as number {}, out of its dates", index + 1),
                _ => format!("sent as number {}", index + 1),
            },
        });
    }
    let strays: Vec<Node> = session
        .chain
        .iter()
        .enumerate()
        .filter(|(index, _)| !links.used.contains(index))
        .map(|(index, certificate)| Node {
            depth: 0,
            verdict: None,
            text: named(certificate),
            note: format!("sent as number {}, not needed", index + 1),
        })
        .collect();
    let more = strays.len().saturating_sub(STRAYS);
    nodes.extend(strays.into_iter().take(STRAYS));
    if more > 0 {
        nodes.push(Node {
            text: format!("{more} more that are not needed"),
            ..Node::default()
        });
    }
    nodes
}

/// The lifetimes of the leaf and of what stands above it; `of_leaf` judges the leaf's.
pub fn lifetimes(seen: &HostLook, of_leaf: impl Fn(&Certificate) -> Verdict) -> Vec<Exhibit> {
    chains(seen)
        .into_iter()
        .map(|(addresses, shake, session)| {
            let bars = links(&session.chain, shake.at)
                .used
                .into_iter()
                .enumerate()
                .filter_map(|(place, index)| Some((place, session.chain.get(index)?)))
                .map(|(place, certificate)| Bar {
                    label: named(certificate),
                    verdict: Some(match place {
                        0 => of_leaf(certificate),
                        _ if is_current(certificate, shake.at) => Verdict::Pass,
                        _ => Verdict::Fail,
                    }),
                    from: certificate.not_before,
                    to: certificate.not_after,
                });
            Exhibit::lifetimes(
                format!("lifetimes of the certificates of {addresses}"),
                bars,
            )
        })
        .collect()
}

/// The subject; a certificate that does not read has none.
fn named(certificate: &Certificate) -> String {
    match certificate.subject.as_str() {
        "" => "a certificate without a readable subject".to_owned(),
        subject => escape(subject),
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::*;
    use super::*;
    use crate::model::exhibit::Shape;

    fn nodes(
        chain: Vec<Certificate>,
        public: Option<bool>,
    ) -> Vec<(usize, Option<Verdict>, String)> {
        let verified = match public {
            Some(_) => Ok(()),
            None => Err(ChainProblem::UnknownIssuer(String::new())),
        };
        let session = TlsSession {
            public,
            ..session(chain, verified)
        };
        let trees = trees(&seen(vec![Ok(session.clone()), Ok(session)]));
        assert_eq!(trees.len(), 1, "the same chain is shown once");
        match trees.into_iter().next().unwrap().shape {
            Shape::Tree { nodes } => nodes
                .into_iter()
                .map(|node| (node.depth, node.verdict, node.text))
                .collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_missing_issuer_is_a_failing_node() {
        let shown = nodes(vec![leaf()], None);
        assert_eq!(
            shown,
            [
                (0, Some(Verdict::Fail), "CN=Range CA 1".to_owned()),
                (1, Some(Verdict::Pass), "CN=www.acme.example".to_owned()),
            ]
        );
        let whole = nodes(vec![leaf(), intermediate()], Some(true));
        assert_eq!(whole.len(), 3);
        assert!(
            whole
                .iter()
                .all(|(_, verdict, _)| *verdict == Some(Verdict::Pass))
        );
    }

    #[test]
    fn a_hundred_strays_are_counted() {
        let mut chain = vec![leaf(), intermediate()];
        chain.resize(100, certificate("Harbour 4", "Harbour Root"));
        let shown = nodes(chain, Some(true));
        assert_eq!(shown.len(), 3 + STRAYS + 1);
        assert_eq!(shown.last().unwrap().2, "92 more that are not needed");
    }

    #[test]
    fn bars_tell_the_dates_and_nothing_that_runs() {
        let seen = seen(vec![Ok(session(vec![leaf(), intermediate()], Ok(())))]);
        let shown = lifetimes(&seen, |_| Verdict::Warn);
        match &shown[0].shape {
            Shape::Lifetimes { bars } => {
                assert_eq!(bars.len(), 2);
                assert_eq!(bars[0].verdict, Some(Verdict::Warn));
                assert_eq!(
                    (bars[0].from, bars[0].to),
                    (leaf().not_before, leaf().not_after)
                );
            }
            other => panic!("{other:?}"),
        }
    }
}
