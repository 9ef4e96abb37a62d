//! What was seen, laid out for the eye: tables, trees, paths and lifetimes. A check says what; the cockpit, the reports and
//! the JSON are views of the same exhibit.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::verdict::Verdict;

/// One exhibit of a finding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Exhibit {
    /// What is shown: `name servers and resolvers`, `certificates of 203.0.113.20`.
    pub title: String,
    #[serde(flatten)]
    pub shape: Shape,
}

/// How an exhibit is laid out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "shape", rename_all = "kebab-case")]
pub enum Shape {
    /// One line for each server, entry or host.
    Table {
        columns: Vec<String>,
        rows: Vec<TableRow>,
    },
    /// Each node stands below the one that vouches for it or leads to it: certificates, includes, delegations.
    Tree { nodes: Vec<Node> },
    /// Hops in order: redirects, aliases.
    Path {
        hops: Vec<Hop>,
        /// The hop to which the last one leads back, where it is a loop.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        back_to: Option<usize>,
    },
    /// Lifetimes on one scale of time.
    Lifetimes { bars: Vec<Bar> },
}

/// A row of a table.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TableRow {
    /// The verdict on this row alone; `None` where it is only told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    /// As many as there are columns.
    pub cells: Vec<String>,
    /// When this row may change by itself (a cache lets go): shown as a countdown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// A node of a tree.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Node {
    /// 0 at the root.
    pub depth: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    pub text: String,
    /// Less important words behind it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// A stop of a path.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Hop {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    pub text: String,
    /// How it goes on from here: `301`, `CNAME, 300 s`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// A lifetime.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Bar {
    pub label: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    pub from: Timestamp,
    pub to: Timestamp,
}

impl Exhibit {
    /// A table.
    pub fn table(
        title: impl Into<String>,
        columns: &[&str],
        rows: impl IntoIterator<Item = TableRow>,
    ) -> Self {
        let columns = columns.iter().map(|c| (*c).to_owned()).collect();
        let rows = rows.into_iter().collect();
        Self::new(title, Shape::Table { columns, rows })
    }

    /// A tree; nodes in the order in which they are drawn.
    pub fn tree(title: impl Into<String>, nodes: impl IntoIterator<Item = Node>) -> Self {
        let nodes = nodes.into_iter().collect();
        Self::new(title, Shape::Tree { nodes })
    }

    /// A path, with the hop to which it leads back where it is a loop.
    pub fn path(
        title: impl Into<String>,
        hops: impl IntoIterator<Item = Hop>,
        back_to: Option<usize>,
    ) -> Self {
        let hops = hops.into_iter().collect();
        Self::new(title, Shape::Path { hops, back_to })
    }

    /// Lifetimes.
    pub fn lifetimes(title: impl Into<String>, bars: impl IntoIterator<Item = Bar>) -> Self {
        let bars = bars.into_iter().collect();
        Self::new(title, Shape::Lifetimes { bars })
    }

    fn new(title: impl Into<String>, shape: Shape) -> Self {
        Self {
            title: title.into(),
            shape,
        }
    }

    /// The moments at which something in it may change by itself.
    pub fn moments(&self) -> impl Iterator<Item = Timestamp> {
        let rows = match &self.shape {
            Shape::Table { rows, .. } => rows.as_slice(),
            Shape::Tree { .. } | Shape::Path { .. } | Shape::Lifetimes { .. } => &[],
        };
        rows.iter().filter_map(|row| row.until)
    }

    /// The same with `clean` put over every text.
    #[must_use]
    pub fn map_text(mut self, clean: impl Fn(&str) -> String) -> Self {
        let over = |text: &mut String| *text = clean(text);
        over(&mut self.title);
        match &mut self.shape {
            Shape::Table { columns, rows } => {
                columns.iter_mut().for_each(over);
                rows.iter_mut()
                    .flat_map(|row| &mut row.cells)
                    .for_each(over);
            }
            Shape::Tree { nodes } => nodes.iter_mut().for_each(|node| {
                over(&mut node.text);
                over(&mut node.note);
            }),
            Shape::Path { hops, .. } => hops.iter_mut().for_each(|hop| {
                over(&mut hop.text);
                over(&mut hop.note);
            }),
            Shape::Lifetimes { bars } => bars.iter_mut().for_each(|bar| over(&mut bar.label)),
        }
        self
    }
}

impl TableRow {
    /// A row that is judged.
    pub fn judged(verdict: Verdict, cells: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self {
            verdict: Some(verdict),
            ..Self::told(cells)
        }
    }

    /// A row that is only told.
    pub fn told(cells: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self {
            cells: cells.into_iter().map(Into::into).collect(),
            ..Self::default()
        }
    }

    /// The same with the time at which it may change by itself.
    #[must_use]
    pub const fn until(mut self, until: Timestamp) -> Self {
        self.until = Some(until);
        self
    }
}

/// For each node, from the first level below the root down to its own: whether another node follows there below the same
/// parent. A root has none. A node that skips levels hangs on the nearest one above it.
pub fn rungs(nodes: &[Node]) -> Vec<Vec<bool>> {
    let mut depth = 0;
    let mut above = None;
    let depths: Vec<usize> = nodes
        .iter()
        .map(|node| {
            depth = node.depth.min(above.map_or(0, |before: usize| before + 1));
            above = Some(depth);
            depth
        })
        .collect();
    let mut follows: Vec<bool> = Vec::new();
    let mut out: Vec<Vec<bool>> = depths
        .iter()
        .rev()
        .map(|depth| {
            follows.resize(depth + 1, false);
            let rungs = follows.get(1..).unwrap_or_default().to_vec();
            if let Some(own) = follows.last_mut() {
                *own = true;
            }
            rungs
        })
        .collect();
    out.reverse();
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rung_says_whether_another_follows() {
        let node = |depth| Node {
            depth,
            ..Node::default()
        };
        for (depths, want) in [
            (
                vec![0, 1, 2, 1],
                vec![vec![], vec![true], vec![true, false], vec![false]],
            ),
            (
                vec![0, 1, 0, 1],
                vec![vec![], vec![false], vec![], vec![false]],
            ),
            (vec![5, 9, 1], vec![vec![], vec![true], vec![false]]),
            (
                vec![0, 1, 2, 2],
                vec![vec![], vec![false], vec![false, true], vec![false, false]],
            ),
        ] {
            let nodes: Vec<Node> = depths.iter().copied().map(node).collect();
            assert_eq!(rungs(&nodes), want, "{depths:?}");
        }
    }

    #[test]
    fn every_text_of_every_shape_is_cleaned() {
        let bar = Bar {
            label: "x".into(),
            verdict: None,
            from: Timestamp::UNIX_EPOCH,
            to: Timestamp::UNIX_EPOCH,
        };
        let node = Node {
            text: "x".into(),
            note: "x".into(),
            ..Node::default()
        };
        let hop = Hop {
            text: "x".into(),
            note: "x".into(),
            ..Hop::default()
        };
        for exhibit in [
            Exhibit::table("x", &["x"], [TableRow::judged(Verdict::Pass, ["x"])]),
            Exhibit::tree("x", [node]),
            Exhibit::path("x", [hop], None),
            Exhibit::lifetimes("x", [bar]),
        ] {
            let before = serde_json::to_string(&exhibit).unwrap();
            let after = serde_json::to_string(&exhibit.map_text(|_| "clean".into())).unwrap();
            assert!(before.contains("\"x\""), "{before}");
            assert!(!after.contains("\"x\""), "{after}");
        }
    }
}
