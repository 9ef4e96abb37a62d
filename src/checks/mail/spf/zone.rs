//! What an evaluation knows of the DNS: the answers to questions. It never asks anything itself.

use std::collections::BTreeMap;

use crate::model::observation::dns::{DnsAnswer, RecordData, RecordType};

/// A question that an evaluation needs the answer to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Question {
    /// Lower case, no trailing dot; labels of 1 to 63 octets.
    pub name: String,
    pub rtype: RecordType,
}

/// What came back, as far as an evaluation can tell it apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// The records of the type asked for; none when there is no such name or type.
    Found(Vec<RecordData>),
    /// No answer, or one that says nothing, in a line.
    Failed(String),
}

/// A place where answers are looked up.
pub trait Zone {
    /// The reply to `question`; `None` while it has not been asked.
    fn reply(&self, question: &Question) -> Option<Reply>;
}

impl Zone for BTreeMap<Question, Reply> {
    fn reply(&self, question: &Question) -> Option<Reply> {
        self.get(question).cloned()
    }
}

impl From<&DnsAnswer> for Reply {
    fn from(answer: &DnsAnswer) -> Self {
        if answer.is_unusable() {
            return Self::Failed(answer.outcome_line());
        }
        let records = answer.records();
        Self::Found(records.iter().map(|record| record.data.clone()).collect())
    }
}

/// Whether a name can be asked for at all (RFC 1035 §2.3.4). A term whose name cannot matches nothing (RFC 7208 §4.8).
pub fn is_askable(name: &str) -> bool {
    name.len() <= 253 && name.split('.').all(|label| (1..=63).contains(&label.len()))
}
