//! A path: hops in order, with an arrow into each; a loop says where it leads back to.

use ratatui::text::{Line, Span};

use super::{Frame, noted, signed};
use crate::model::exhibit::Hop;
use crate::ui::line;
use crate::ui::theme::Role;

pub(super) fn lines(hops: &[Hop], back_to: Option<usize>, frame: Frame<'_>) -> Vec<Line<'static>> {
    let theme = frame.theme;
    let judged = hops.iter().any(|hop| hop.verdict.is_some());
    let mut out = Vec::new();
    for (at, hop) in hops.iter().take(frame.most).enumerate() {
        let arrow = if at > 0 { theme.glyphs.arrow } else { " " };
        let mut first = vec![theme.span(Role::Border, format!("{arrow} "))];
        let mut rest = vec![Span::raw("  ")];
        if judged {
            first.push(signed(hop.verdict, theme));
            rest.push(Span::raw("  "));
        }
        out.extend(noted(first, &rest, &hop.text, &hop.note, frame));
    }
    if let Some(hop) = back_to.and_then(|at| hops.get(at)) {
        let head = vec![theme.span(Role::Warn, format!("{} ", theme.glyphs.back))];
        let words = format!("back to {}", hop.text);
        out.extend(line::hanging(head, &words, frame.width, Role::Warn, theme));
    }
    out
}
