//! Asks for everything that an SPF record refers to. Loops end, and an absurd tree is cut: hostile records cost little.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::join_all;

use crate::model::name::HostName;
use crate::model::observation::dns::RecordType;
use crate::net::Network;

use super::expand::expand;
use super::macros::DomainSpec;
use super::parse::Parsed;
use super::term::{Mechanism, Term};
use super::tree::{Branch, Looked, SpfNode};

/// Terms followed in one walk. A receiver gives up at ten; beyond that it only helps to see what to drop.
const MOST_TERMS: usize = 40;

/// Walks the tree of `domain`'s record.
pub async fn walk(network: &Network, domain: &HostName) -> SpfNode {
    let walk = Walk {
        network,
        sender: domain.as_str(),
        terms: AtomicUsize::new(0),
    };
    walk.node(domain.as_str().to_owned(), Vec::new()).await
}

struct Walk<'a> {
    network: &'a Network,
    sender: &'a str,
    terms: AtomicUsize,
}

impl Walk<'_> {
    fn node(
        &self,
        domain: String,
        above: Vec<String>,
    ) -> Pin<Box<dyn Future<Output = SpfNode> + Send + '_>> {
        Box::pin(async move {
            let mut node = SpfNode {
                answer: None,
                branches: Vec::new(),
                domain,
            };
            let Ok(name) = HostName::parse(&node.domain) else {
                return node;
            };
            node.answer = Some((*self.network.ask(&name, RecordType::Txt).await).clone());
            let mut path = above;
            path.push(node.domain.clone());
            if let Some((_, parsed)) = node.parsed() {
                node.branches = self.branches(&parsed, &path).await;
            }
            node
        })
    }

    async fn branches(&self, parsed: &Parsed, path: &[String]) -> Vec<Branch> {
        let terms = parsed
            .evaluated()
            .filter(|term| term.directive().is_some_and(|(_, m)| m.looks_up()))
            .chain(parsed.redirect().map(|(term, _)| term));
        join_all(terms.map(|term| async move {
            Branch {
                term: term.text.clone(),
                looked: self.look(term, path).await,
            }
        }))
        .await
    }

    async fn look(&self, term: &Term, path: &[String]) -> Looked {
        if self.terms.fetch_add(1, Ordering::Relaxed) >= MOST_TERMS {
            return Looked::NotFollowed;
        }
        if let Some(target) = term.include().or_else(|| term.redirect()) {
            return self.record(target, path).await;
        }
        let current = path.last().map(String::as_str).unwrap_or_default();
        let (target, types): (Option<&DomainSpec>, &[RecordType]) = match term.directive() {
            Some((_, Mechanism::A { domain, .. })) => {
                (domain.as_ref(), &[RecordType::A, RecordType::Aaaa])
            }
            Some((_, Mechanism::Mx { domain, .. })) => (domain.as_ref(), &[RecordType::Mx]),
            Some((_, Mechanism::Exists(domain))) => (Some(domain), &[RecordType::A]),
            _ => return Looked::DependsOnSender,
        };
        let expanded = match target {
            Some(spec) => expand(spec, current, self.sender),
            None => Some(current.to_owned()),
        };
        let Some(text) = expanded else {
            return Looked::DependsOnSender;
        };
        let Ok(name) = HostName::parse(&text) else {
            return Looked::NoName(text);
        };
        let asked = types.iter().map(|rtype| self.network.ask(&name, *rtype));
        Looked::Answers(
            join_all(asked)
                .await
                .into_iter()
                .map(|answer| (*answer).clone())
                .collect(),
        )
    }

    async fn record(&self, target: &DomainSpec, path: &[String]) -> Looked {
        let current = path.last().map(String::as_str).unwrap_or_default();
        let Some(text) = expand(target, current, self.sender) else {
            return Looked::DependsOnSender;
        };
        if HostName::parse(&text).is_err() {
            return Looked::NoName(text);
        }
        if path.contains(&text) {
            return Looked::Loop(text);
        }
        Looked::Record(Box::new(self.node(text, path.to_vec()).await))
    }
}
