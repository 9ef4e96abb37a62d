//! One finding in a list: verdict, what was found, where it belongs, and how grave it is.

use ratatui::text::Line;

use crate::model::verdict::{Severity, Verdict};
use crate::ui::line::{self, column};
use crate::ui::theme::{Role, Theme, word};

/// What a row says.
#[derive(Debug, Clone)]
pub struct FindingRow<'a> {
    pub verdict: Verdict,
    pub severity: Severity,
    /// The finding in one sentence, in the words that were asked for.
    pub text: &'a str,
    /// The workstream or the family.
    pub group: &'a str,
    /// What is said in place of the severity: `waived`, `new`, `re-check`.
    pub mark: Option<(Role, &'a str)>,
}

/// Cells of the last column.
const LAST: usize = 8;
/// Cells of the group.
const GROUP: usize = 10;

impl FindingRow<'_> {
    /// The row in `width` cells; the group is left out where it is narrow.
    pub fn line(&self, width: usize, theme: &Theme) -> Line<'static> {
        let (sign, role) = theme.finding(self.verdict, self.severity);
        let left = vec![theme.span(role, format!("{sign} ")), theme.span(self.weight(), self.text)];
        let mut right = Vec::new();
        if width >= 60 && !self.group.is_empty() {
            right.push(column(self.group, GROUP, Role::Muted, theme));
            right.push(theme.span(Role::Text, " "));
        }
        let (role, text) = self.mark.unwrap_or_else(|| self.last(role));
        right.push(column(text, LAST, role, theme));
        line::spread(left, right, width, theme)
    }

    const fn weight(&self) -> Role {
        match self.verdict {
            Verdict::Fail if matches!(self.severity, Severity::Blocker) => Role::Strong,
            Verdict::Pass | Verdict::NotApplicable => Role::Muted,
            _ => Role::Text,
        }
    }

    /// A failure says how grave it is; everything else says its verdict.
    const fn last(&self, role: Role) -> (Role, &'static str) {
        match self.verdict {
            Verdict::Fail => (role, self.severity.word()),
            other => (role, word(other)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::{paint, testing};

    #[test]
    fn columns_stand_under_each_other() {
        let theme = testing::theme();
        let rows = [
            (Verdict::Fail, Severity::Blocker, "No DMARC record"),
            (Verdict::Fail, Severity::Advice, "HSTS lasts one day only"),
            (Verdict::Warn, Severity::Fix, "Certificate of api.acme.example has 12 days left and renews at 10"),
            (Verdict::Unknown, Severity::Fix, "MX could not be reached: port 25 is closed on the way out"),
            (Verdict::Blocked, Severity::Blocker, "Tenant isolation needs test account B"),
            (Verdict::NotApplicable, Severity::Fix, "No old URLs"),
        ];
        for width in [72_u16, 44, 24] {
            let picture = testing::picture(&testing::buffer(width, 6, |area, buf| {
                for (cells, (verdict, severity, text)) in paint::rows(area).zip(rows) {
                    let row = FindingRow { verdict, severity, text, group: "email", mark: None };
                    paint::line(buf, cells, &row.line(usize::from(width), &theme));
                }
            }));
            insta::assert_snapshot!(picture);
        }
    }
}
