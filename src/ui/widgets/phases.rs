//! The plan in one line, for screens too narrow for the tree: phases, the current one marked.

use ratatui::text::{Line, Span};

use crate::ui::line;
use crate::ui::theme::{Role, Theme};

/// One part of the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phase<'a> {
    pub title: &'a str,
    pub current: bool,
}

/// `Audit → [Fix] → Verify → Launch & handover`; titles far from the current one give way first.
pub fn line(phases: &[Phase<'_>], width: usize, theme: &Theme) -> Line<'static> {
    let current = phases.iter().position(|p| p.current).unwrap_or(0);
    let whole = spans(phases, theme);
    if line::spans_width(&whole) <= width {
        return Line::from(whole);
    }
    let from = current.saturating_sub(1);
    let near: Vec<Phase<'_>> = phases.iter().skip(from).take(3).cloned().collect();
    let near = spans(&near, theme);
    if line::spans_width(&near) <= width {
        return Line::from(near);
    }
    let only: Vec<Phase<'_>> = phases.iter().filter(|p| p.current).cloned().collect();
    Line::from(line::cut_spans(spans(&only, theme), width, theme))
}

fn spans(phases: &[Phase<'_>], theme: &Theme) -> Vec<Span<'static>> {
    let mut out = Vec::new();
    for phase in phases {
        if !out.is_empty() {
            out.push(theme.span(Role::Border, format!("  {}  ", theme.glyphs.arrow)));
        }
        let role = if phase.current {
            Role::Title
        } else {
            Role::Muted
        };
        let title = if phase.current {
            format!("[{}]", phase.title)
        } else {
            phase.title.to_owned()
        };
        out.push(theme.span(role, title));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::{paint, testing};

    #[test]
    fn the_current_phase_stays() {
        let theme = testing::theme();
        let phase = |title, current| Phase { title, current };
        let phases = [
            phase("Audit", false),
            phase("Fix", true),
            phase("Verify", false),
            phase("Launch & handover", false),
        ];
        insta::assert_snapshot!(testing::picture(&testing::buffer(70, 3, |area, buf| {
            for (cells, width) in paint::rows(area).zip([70, 44, 12]) {
                paint::line(buf, cells, &line(&phases, width, &theme));
            }
        })));
    }
}
