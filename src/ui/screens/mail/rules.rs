//! The rules of the large receivers on the page of mail: how each receiver stands, then each rule.

use ratatui::text::{Line, Span};

use super::Page;
use crate::app::select::mail as page;
use crate::model::receiver::Standing;
use crate::model::verdict::{Severity, Verdict};
use crate::ui::line::{self, column};
use crate::ui::theme::Role;

/// Cells of the word of a standing: the longest is `does not apply`.
const WORD: usize = 15;

impl Page<'_> {
    /// `✖ Google does not hold  ? Microsoft could not tell`.
    pub(super) fn receivers(&self) -> Line<'static> {
        let mut spans = vec![Span::raw("  ")];
        for (title, standing) in page::receivers_line(self.state) {
            let (sign, role) = self.sign(standing);
            spans.push(self.theme.span(role, format!("  {sign} ")));
            spans.push(self.theme.span(Role::Strong, title));
            let said = format!(" {}", standing.of_receiver());
            spans.push(self.theme.span(Role::Text, said));
        }
        Line::from(line::cut_spans(spans, self.width, self.theme))
    }

    pub(super) fn rule(&self, id: &str) -> Line<'static> {
        let Some(rule) = page::rule(self.state, id) else {
            return Line::default();
        };
        let theme = self.theme;
        let (sign, ink) = self.sign(rule.standing);
        let spans = vec![
            theme.span(ink, format!("{sign} ")),
            column(rule.standing.word(), WORD, ink, theme),
            column(rule.title, self.label_cells(), Role::Strong, theme),
            theme.span(Role::Text, format!(" {}", rule.text)),
        ];
        Line::from(line::cut_spans(spans, self.width, theme))
    }

    /// What is said of a rule below the page.
    pub(super) fn about_rule(&self, id: &str) -> Vec<(String, Role)> {
        let Some(rule) = page::rule(self.state, id) else {
            return Vec::new();
        };
        let mut text = vec![(format!("asked by {}", rule.asked_by), Role::Strong)];
        text.extend(rule.question.map(|asked| (asked.to_owned(), Role::Text)));
        text
    }

    fn sign(&self, standing: Standing) -> (&'static str, Role) {
        let verdict = match standing {
            Standing::Asked => return (self.theme.glyphs.waiting, Role::Accent),
            Standing::NotYet => return (self.theme.glyphs.open, Role::Muted),
            Standing::Failing => Verdict::Fail,
            Standing::CouldNotTell => Verdict::Unknown,
            Standing::Attested | Standing::Proven => Verdict::Pass,
            Standing::NotApplicable => Verdict::NotApplicable,
        };
        self.theme.finding(verdict, Severity::Blocker)
    }
}
