//! Everything that an SPF record refers to, as it was seen: data, stored and judged again.

use serde::{Deserialize, Serialize};

use crate::model::observation::dns::DnsAnswer;

use super::parse::{Parsed, parse};
use super::select::{Selection, select};
use super::term::Qualifier;

/// A name, its TXT records, and what its SPF record refers to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SpfNode {
    pub domain: String,
    /// `None`: the name could not be asked for (it is no name).
    pub answer: Option<DnsAnswer>,
    /// One for each evaluated term that needs the DNS, in the order of the record; `redirect=` last.
    pub branches: Vec<Branch>,
}

/// A term that needs the DNS, and what was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Branch {
    /// As published.
    pub term: String,
    pub looked: Looked,
}

/// What was found behind a term.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Looked {
    /// Behind `include:` and `redirect=`.
    Record(Box<SpfNode>),
    /// Behind `a`, `mx` and `exists`: the questions of that one term.
    Answers(Vec<DnsAnswer>),
    /// Only a message tells: `ptr`, or a macro of the sender.
    DependsOnSender,
    /// The name is already being evaluated.
    Loop(String),
    /// What the term expands to is no name that can be asked for.
    NoName(String),
    /// Beyond what is followed in one walk.
    NotFollowed,
}

impl SpfNode {
    /// The SPF record among the TXT records; `None` when the answer says nothing.
    pub fn selection(&self) -> Option<Selection> {
        let answer = self.answer.as_ref()?;
        (!answer.is_unusable()).then(|| select(&answer.texts()))
    }

    /// The one record, taken apart.
    pub fn parsed(&self) -> Option<(String, Parsed)> {
        match self.selection()? {
            Selection::One(record) => {
                let parsed = parse(&record);
                Some((record, parsed))
            }
            Selection::None(_) | Selection::Many(_) => None,
        }
    }

    /// Every node below and with this one, parents first.
    pub fn nodes(&self) -> Vec<&Self> {
        let mut all = vec![self];
        for branch in &self.branches {
            if let Looked::Record(node) = &branch.looked {
                all.extend(node.nodes());
            }
        }
        all
    }

    /// The nodes that let somebody in: this one, and what it refers to by a redirect or by an include that is not `-`,
    /// `~` or `?` (RFC 7208 §5.2).
    pub fn admitting(&self) -> Vec<&Self> {
        let mut all = vec![self];
        let Some((_, parsed)) = self.parsed() else {
            return all;
        };
        for branch in &self.branches {
            let Looked::Record(node) = &branch.looked else {
                continue;
            };
            let lets_in = parsed.terms.iter().any(|term| {
                term.text == branch.term
                    && (term.redirect().is_some()
                        || matches!(term.directive(), Some((Qualifier::Pass, _))))
            });
            if lets_in {
                all.extend(node.admitting());
            }
        }
        all
    }
}
