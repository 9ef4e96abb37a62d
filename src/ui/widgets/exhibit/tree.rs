//! A tree: each node below the one that it hangs on, joined by lines.

use ratatui::text::{Line, Span};

use super::{Frame, noted, signed};
use crate::model::exhibit::{Node, rungs};
use crate::ui::theme::Role;

/// Cells of one level.
const STEP: usize = 3;

pub(super) fn lines(nodes: &[Node], frame: Frame<'_>) -> Vec<Line<'static>> {
    let nodes = nodes.get(..frame.most.min(nodes.len())).unwrap_or_default();
    let judged = nodes.iter().any(|node| node.verdict.is_some());
    // Deeper levels are drawn at the last one for which there is room.
    let deepest = frame.width / 2 / STEP;
    nodes
        .iter()
        .zip(rungs(nodes))
        .flat_map(|(node, rungs)| one(node, &rungs, judged, deepest, frame))
        .collect()
}

/// `rungs` says for each level whether a sibling still follows there; the last is the node's own.
fn one(
    node: &Node,
    rungs: &[bool],
    judged: bool,
    deepest: usize,
    frame: Frame<'_>,
) -> Vec<Line<'static>> {
    let (theme, signs) = (frame.theme, &frame.theme.glyphs.tree);
    let kept = rungs
        .get(rungs.len().saturating_sub(deepest)..)
        .unwrap_or_default();
    let (mut first, mut rest) = (String::new(), String::new());
    for (at, follows) in kept.iter().enumerate() {
        let trunk = if *follows { signs.trunk } else { " " };
        rest.push_str(&format!("{trunk}  "));
        if at + 1 < kept.len() {
            first.push_str(&format!("{trunk}  "));
        } else {
            let joint = if *follows { signs.branch } else { signs.last };
            first.push_str(&format!("{joint}{} ", signs.reach));
        }
    }
    let mut head = vec![theme.span(Role::Border, first)];
    let mut below = vec![theme.span(Role::Border, rest)];
    if judged {
        head.push(signed(node.verdict, theme));
        below.push(Span::raw("  "));
    }
    noted(head, &below, &node.text, &node.note, frame)
}
