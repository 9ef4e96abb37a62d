//! The plan: phases with their hours, workstreams with their windows, and where each stands.

use ratatui::text::Line;

use crate::model::clock::Window;
use crate::ui::line;
use crate::ui::theme::{Role, Theme};

/// A phase or a workstream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanLine<'a> {
    pub title: &'a str,
    /// `8 – 16`.
    pub hours: (u32, u32),
    pub window: Window,
    pub is_phase: bool,
    /// Failing rows or findings in it.
    pub failing: usize,
    /// What could not be told in it.
    pub unclear: usize,
    /// Whether everything in it holds.
    pub settled: bool,
}

impl PlanLine<'_> {
    /// The line in `width` cells.
    pub fn line(&self, width: usize, theme: &Theme) -> Line<'static> {
        let (sign, sign_role) = self.sign(theme);
        let indent = if self.is_phase { "" } else { "  " };
        let role = match (self.is_phase, self.window) {
            (true, Window::Open) => Role::Title,
            (_, Window::Open) => Role::Text,
            _ => Role::Muted,
        };
        let left = vec![
            theme.span(Role::Text, indent),
            theme.span(sign_role, format!("{sign} ")),
            theme.span(role, self.title),
        ];
        line::spread(left, self.right(theme), width, theme)
    }

    fn right(&self, theme: &Theme) -> Vec<ratatui::text::Span<'static>> {
        let (from, to) = self.hours;
        let hours = format!("{from:>2}–{to:<2}").replace('–', if theme.glyphs.dot == "·" { "–" } else { "-" });
        let late = self.window == Window::Over && !self.settled;
        let mut spans = Vec::new();
        if late {
            spans.push(theme.span(Role::Warn, "late "));
        }
        spans.push(theme.span(if late { Role::Warn } else { Role::Muted }, hours));
        spans
    }

    const fn sign(&self, theme: &Theme) -> (&'static str, Role) {
        if self.failing > 0 {
            (theme.glyphs.fail, Role::Fail)
        } else if self.settled {
            (theme.glyphs.pass, Role::Pass)
        } else if self.unclear > 0 {
            (theme.glyphs.unknown, Role::Unknown)
        } else {
            (theme.glyphs.open, Role::Muted)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::{paint, testing};

    #[test]
    fn phases_and_windows() {
        let theme = testing::theme();
        let line = |title, hours, window, is_phase, failing, settled: bool| PlanLine {
            title,
            hours,
            window,
            is_phase,
            failing,
            unclear: usize::from(!settled && failing == 0 && window == Window::Over),
            settled,
        };
        let plan = [
            line("Audit", (0, 8), Window::Over, true, 0, true),
            line("Domain", (1, 8), Window::Over, false, 1, false),
            line("Fix", (8, 24), Window::Open, true, 2, false),
            line("Email", (8, 16), Window::Open, false, 2, false),
            line("Edge", (1, 12), Window::Over, false, 0, false),
            line("Launch and handover", (36, 48), Window::Ahead, true, 0, false),
        ];
        insta::assert_snapshot!(testing::picture(&testing::buffer(26, 6, |area, buf| {
            for (cells, line) in paint::rows(area).zip(&plan) {
                paint::line(buf, cells, &line.line(26, &theme));
            }
        })));
    }
}
