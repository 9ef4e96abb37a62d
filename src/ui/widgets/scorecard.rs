//! A scorecard row: what must hold, where it stands, and on what that rests.

use ratatui::text::Line;

use crate::model::criterion::CriterionState;
use crate::ui::line::{self, column};
use crate::ui::theme::{Role, Theme};

/// What a row says.
#[derive(Debug, Clone)]
pub struct ScoreRow<'a> {
    pub state: CriterionState,
    pub title: &'a str,
    /// The gravest reason, or what was seen.
    pub because: &'a str,
    /// `2 h`, of the youngest evidence.
    pub age: String,
    /// Who does it.
    pub owner: &'a str,
}

/// Cells of the state word.
const STATE: usize = 12;
const AGE: usize = 6;
const OWNER: usize = 10;

impl ScoreRow<'_> {
    /// The row in `width` cells.
    pub fn line(&self, width: usize, theme: &Theme) -> Line<'static> {
        let (sign, role) = theme.row(self.state);
        let title_cells = if width >= 100 { 38 } else { 32 };
        let weight = if self.state.settled() {
            Role::Text
        } else {
            Role::Strong
        };
        let mut left = vec![theme.span(role, format!("{sign} "))];
        let mut right = Vec::new();
        if width >= 72 {
            left.push(column(self.title, title_cells, weight, theme));
            left.push(theme.span(Role::Muted, format!("  {}", self.because)));
        } else {
            left.push(theme.span(weight, self.title));
        }
        if width >= 100 {
            right.push(column(self.owner, OWNER, Role::Muted, theme));
            right.push(theme.span(Role::Text, " "));
        }
        right.push(column(self.state.word(), STATE, role, theme));
        if width >= 90 {
            right.push(theme.span(Role::Muted, format!("{:>AGE$}", self.age)));
        }
        line::spread(left, right, width, theme)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::{paint, testing};

    #[test]
    fn rows_at_three_widths() {
        let theme = testing::theme();
        let row = |state, title, because| ScoreRow {
            state,
            title,
            because,
            age: "2 h".into(),
            owner: "Ada",
        };
        let rows = [
            row(
                CriterionState::Proven,
                "Every protected route refuses a stranger",
                "34 of 34 routes",
            ),
            row(
                CriterionState::Failing,
                "Tenant isolation",
                "account B reads an invoice of A",
            ),
            row(CriterionState::Waived, "API latency", "p95 612 ms"),
            row(
                CriterionState::Undetermined,
                "Monitoring",
                "the second recipient has not answered the drill",
            ),
            row(CriterionState::Open, "Handover", "nobody answered yet"),
        ];
        for width in [110_u16, 76, 50] {
            insta::assert_snapshot!(testing::picture(&testing::buffer(width, 5, |area, buf| {
                for (cells, row) in paint::rows(area).zip(&rows) {
                    paint::line(buf, cells, &row.line(usize::from(width), &theme));
                }
            })));
        }
    }
}
