//! What a tree costs and where it is broken: pure arithmetic on what was seen (RFC 7208 §4.6.4).

use crate::model::observation::dns::{DnsAnswer, RecordType};
use crate::model::text::escape;

use super::select::Selection;
use super::tree::{Branch, Looked, SpfNode};

/// Terms that may need the DNS in one evaluation.
pub const MOST_LOOKUPS: usize = 10;
/// Lookups that may come back empty.
pub const MOST_VOID: usize = 2;
/// Names behind one `mx`.
pub const MOST_MX: usize = 10;

/// The sums over a tree, each entry in the order of the record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    pub lookups: usize,
    /// Terms whose lookups came back empty.
    pub void: Vec<String>,
    /// Included records that make the whole evaluation a permanent error.
    pub broken: Vec<String>,
    /// What could not be looked at, so that the sums may be larger.
    pub unclear: Vec<String>,
    /// Terms that only a message decides.
    pub dynamic: Vec<String>,
    /// The tree with its costs, one line a term.
    pub lines: Vec<String>,
    /// The same as facts, in the same order.
    pub terms: Vec<Term>,
}

/// A term that asks the DNS, and what it costs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Term {
    /// 0 for a term of the root's own record.
    pub depth: usize,
    pub text: String,
    /// Lookups that go with it: its own and those of the records behind it.
    pub cost: usize,
    /// The number of its own lookup, counted from the beginning.
    pub number: usize,
    /// What is wrong with it or not known; empty when nothing is.
    pub remark: String,
    /// Whether it came back empty.
    pub void: bool,
}

/// Sums up a tree; the root's own record is not judged here.
pub fn tally(root: &SpfNode) -> Tally {
    let mut sums = Tally::default();
    sums.below(root, 0);
    sums
}

impl Tally {
    fn below(&mut self, node: &SpfNode, depth: usize) {
        for branch in &node.branches {
            self.lookups += 1;
            let place = self.lines.len();
            let before = self.lookups;
            self.lines.push(String::new());
            self.terms.push(Term::default());
            let empty = self.void.len();
            let remark = self.branch(node, branch, depth);
            let cost = 1 + self.lookups - before;
            let own = format!("{} ({})", escape(&branch.term), escape(&node.domain));
            if let Some(term) = self.terms.get_mut(place) {
                *term = Term {
                    depth,
                    text: escape(&branch.term),
                    cost,
                    number: before,
                    remark: remark.trim().trim_start_matches("✖ ").to_owned(),
                    void: self.void.iter().skip(empty).any(|void| *void == own),
                };
            }
            if let Some(line) = self.lines.get_mut(place) {
                *line = format!(
                    "{}{} [{cost}]{remark}",
                    "  ".repeat(depth),
                    escape(&branch.term)
                );
            }
        }
    }

    fn branch(&mut self, node: &SpfNode, branch: &Branch, depth: usize) -> String {
        let term = format!("{} ({})", escape(&branch.term), escape(&node.domain));
        match &branch.looked {
            Looked::Record(child) => {
                let remark = self.record(child, &term);
                self.below(child, depth + 1);
                remark
            }
            Looked::Answers(answers) => self.answers(answers, term),
            Looked::DependsOnSender => {
                self.dynamic.push(term);
                " depends on the sender".to_owned()
            }
            Looked::Loop(name) => {
                self.broken
                    .push(format!("{term} comes back to {}: a loop", escape(name)));
                " loop".to_owned()
            }
            Looked::NoName(name) => {
                self.void.push(term);
                format!(" {} is no name", escape(name))
            }
            Looked::NotFollowed => {
                self.unclear.push(format!("{term} was not followed"));
                " not followed".to_owned()
            }
        }
    }

    /// An included record: none, two or a broken one is a permanent error of the whole (RFC 7208 §5.2, §6.1).
    fn record(&mut self, child: &SpfNode, term: &str) -> String {
        let domain = escape(&child.domain);
        let Some(selection) = child.selection() else {
            let why = child
                .answer
                .as_ref()
                .map_or_else(|| "no name".to_owned(), DnsAnswer::outcome_line);
            self.unclear.push(format!("{term}: {why}"));
            return format!(" could not be read: {}", escape(&why));
        };
        if child.answer.as_ref().is_some_and(DnsAnswer::is_absent) {
            self.void.push(term.to_owned());
        }
        let why = match selection {
            Selection::None(misses) => match misses.first() {
                Some(miss) => format!("{domain} publishes no SPF record ({})", miss.why),
                None => format!("{domain} publishes no SPF record"),
            },
            Selection::Many(records) => format!("{domain} publishes {} SPF records", records.len()),
            Selection::One(_) => {
                let flaw = child.parsed().and_then(|(_, parsed)| {
                    parsed.problems.first().map(super::parse::Problem::line)
                });
                match flaw {
                    Some(line) => format!("the record of {domain} is broken: {line}"),
                    None => return String::new(),
                }
            }
        };
        self.broken.push(format!("{term}: {why}"));
        format!(" ✖ {why}")
    }

    fn answers(&mut self, answers: &[DnsAnswer], term: String) -> String {
        let found: usize = answers.iter().map(|answer| answer.records().len()).sum();
        let is_mx = answers.iter().any(|a| a.rtype == RecordType::Mx);
        if is_mx && found > MOST_MX {
            self.broken.push(format!(
                "{term} leads to {found} mail servers, {MOST_MX} are allowed"
            ));
        }
        if found > 0 {
            return String::new();
        }
        if let Some(blind) = answers.iter().find(|answer| answer.is_unusable()) {
            let why = escape(&blind.outcome_line());
            self.unclear.push(format!("{term}: {why}"));
            return format!(" could not be looked up: {why}");
        }
        self.void.push(term);
        " void: nothing there".to_owned()
    }
}
