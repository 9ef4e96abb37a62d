//! One finding in a list: verdict, what was found, where it belongs, and how grave it is.

use ratatui::text::Line;

use crate::model::verdict::{Severity, Verdict};
use crate::ui::line::{self, column};
use crate::ui::text;
use crate::ui::theme::{Role, Theme, word};

/// What a row says.
#[derive(Debug, Clone)]
pub struct FindingRow<'a> {
    pub verdict: Verdict,
    pub severity: Severity,
    /// What it is about, short; empty for the domain itself.
    pub subject: &'a str,
    /// The finding in one sentence, in the words that were asked for.
    pub text: &'a str,
    /// The workstream or the family.
    pub group: &'a str,
    /// What happens to it now: watched, being looked at, waived.
    pub mark: Option<(Role, &'static str)>,
    /// Accepted as it is: said in place of the severity.
    pub waived: bool,
}

/// Cells of the last column.
const LAST: usize = 8;
/// Cells of the group.
const GROUP: usize = 10;

impl FindingRow<'_> {
    /// The row in `width` cells; the group is left out where it is narrow.
    pub fn line(&self, width: usize, theme: &Theme) -> Line<'static> {
        let (sign, role) = theme.finding(self.verdict, self.severity);
        let mut left = vec![theme.span(role, format!("{sign} "))];
        if !self.subject.is_empty() {
            left.push(theme.span(Role::Accent, format!("{}  ", self.subject)));
        }
        left.push(theme.span(self.weight(), self.text));
        let mut right = Vec::new();
        if width >= 60 && !self.group.is_empty() {
            right.push(theme.span(
                Role::Muted,
                text::pad(
                    &text::short(self.group, GROUP),
                    GROUP,
                    theme.glyphs.ellipsis,
                ),
            ));
            right.push(theme.span(Role::Text, " "));
        }
        let (mark_role, mark) = self.mark.unwrap_or((Role::Text, " "));
        right.push(theme.span(mark_role, format!("{mark} ")));
        let (role, text) = self.last(role);
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
            _ if self.waived => (Role::Warn, "waived"),
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
            (
                Verdict::Warn,
                Severity::Fix,
                "Certificate of api.acme.example has 12 days left and renews at 10",
            ),
            (
                Verdict::Unknown,
                Severity::Fix,
                "MX could not be reached: port 25 is closed on the way out",
            ),
            (
                Verdict::Blocked,
                Severity::Blocker,
                "Tenant isolation needs test account B",
            ),
            (Verdict::NotApplicable, Severity::Fix, "No old URLs"),
        ];
        for width in [72_u16, 44, 24] {
            let picture = testing::picture(&testing::buffer(width, 6, |area, buf| {
                for (cells, (verdict, severity, text)) in paint::rows(area).zip(rows) {
                    let (subject, mark) = if verdict == Verdict::Warn {
                        ("api", Some((Role::Accent, "@")))
                    } else {
                        ("", None)
                    };
                    let waived = text.contains("HSTS");
                    let row = FindingRow {
                        verdict,
                        severity,
                        subject,
                        text,
                        group: "SSL and edge",
                        mark,
                        waived,
                    };
                    paint::line(buf, cells, &row.line(usize::from(width), &theme));
                }
            }));
            insta::assert_snapshot!(picture);
        }
    }
}
