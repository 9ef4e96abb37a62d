//! The plan: phases with their hours, workstreams with their windows, and where each stands.

use ratatui::text::{Line, Span};

use crate::model::clock::Window;
use crate::model::verdict::Verdict;
use crate::ui::line;
use crate::ui::text;
use crate::ui::theme::{Role, Theme};

/// A phase or a workstream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanLine<'a> {
    pub title: &'a str,
    /// From and to, since the start.
    pub hours: (u32, u32),
    pub window: Window,
    pub is_phase: bool,
    /// The worst verdict of the work in it; `None`: nothing was looked at yet.
    pub worst: Option<Verdict>,
    /// Findings left to do.
    pub open: usize,
    /// Where the clock is.
    pub current: bool,
}

impl PlanLine<'_> {
    /// The line in `width` cells.
    pub fn line(&self, width: usize, theme: &Theme) -> Line<'static> {
        let (sign, sign_role) = self.sign(theme);
        let indent = if self.is_phase { "" } else { "  " };
        let role = match (self.is_phase, self.current) {
            (true, true) => Role::Title,
            (_, true) => Role::Text,
            _ => Role::Muted,
        };
        let right = self.right(theme);
        let room = width.saturating_sub(line::spans_width(&right) + indent.len() + 3);
        let left = vec![
            theme.span(Role::Text, indent),
            theme.span(sign_role, format!("{sign} ")),
            theme.span(role, text::short(self.title, room)),
        ];
        line::spread(left, right, width, theme)
    }

    /// Hours; an exclamation mark where the window is over and something is left to do.
    fn right(&self, theme: &Theme) -> Vec<Span<'static>> {
        let (from, to) = self.hours;
        let hours = format!("{from:>2}{}{to:<2}", theme.glyphs.to);
        if self.window == Window::Over && self.open > 0 {
            return vec![theme.span(Role::Warn, format!("{hours} !"))];
        }
        vec![theme.span(Role::Muted, format!("{hours}  "))]
    }

    const fn sign(&self, theme: &Theme) -> (&'static str, Role) {
        match (self.is_phase, self.worst, self.window) {
            (false, Some(verdict), _) => theme.verdict(verdict),
            (false, None, _) | (true, _, Window::Ahead) => (theme.glyphs.open, Role::Muted),
            (true, _, Window::Open) => (theme.glyphs.cursor, Role::Accent),
            (true, _, Window::Over) => (theme.glyphs.past, Role::Muted),
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
        let line = |title, hours, window, worst: Option<Verdict>, open| PlanLine {
            title,
            hours,
            window,
            is_phase: false,
            worst,
            open,
            current: window == Window::Open,
        };
        let phase = |title, hours, window| PlanLine {
            is_phase: true,
            ..line(title, hours, window, None, 0)
        };
        let plan = [
            phase("Audit", (0, 8), Window::Over),
            line("Domain", (1, 8), Window::Over, Some(Verdict::Fail), 1),
            line("Edge", (1, 12), Window::Over, Some(Verdict::Pass), 0),
            phase("Fix", (8, 24), Window::Open),
            line("Email", (8, 16), Window::Open, Some(Verdict::Unknown), 2),
            phase("Launch and handover", (36, 48), Window::Ahead),
        ];
        insta::assert_snapshot!(testing::picture(&testing::buffer(26, 6, |area, buf| {
            for (cells, line) in paint::rows(area).zip(&plan) {
                paint::line(buf, cells, &line.line(26, &theme));
            }
        })));
    }
}
