//! A line that is typed into: label, text with the place of the cursor, and what is wrong with it.

use ratatui::text::{Line, Span};

use crate::ui::line;
use crate::ui::text;
use crate::ui::theme::{Role, Theme};

/// A field. `shown` is what may be seen: a secret comes here as dots.
#[derive(Debug, Clone, Default)]
pub struct Field<'a> {
    pub label: &'a str,
    pub shown: &'a str,
    /// The part of `shown` before the cursor.
    pub before: &'a str,
    pub focused: bool,
    /// Said in place of an empty text.
    pub hint: &'a str,
    /// What would follow the text, if it were taken.
    pub ghost: &'a str,
    pub problem: Option<&'a str>,
}

impl Field<'_> {
    /// The field and, below it, its problem.
    pub fn lines(&self, label_cells: usize, width: usize, theme: &Theme) -> Vec<Line<'static>> {
        let marker = if self.focused {
            theme.glyphs.cursor
        } else {
            " "
        };
        let label_role = if self.focused {
            Role::Title
        } else {
            Role::Muted
        };
        let mut spans = vec![theme.span(Role::Accent, format!("{marker} "))];
        if label_cells > 0 {
            spans.push(line::column(self.label, label_cells, label_role, theme));
            spans.push(Span::raw("  "));
        }
        let room = width.saturating_sub(line::spans_width(&spans));
        spans.extend(self.typed(room, theme));
        let mut out = vec![Line::from(spans)];
        if let Some(problem) = self.problem {
            let indent = " ".repeat(2 + if label_cells > 0 { label_cells + 2 } else { 0 });
            let head = vec![theme.span(Role::Fail, format!("{indent}{} ", theme.glyphs.fail))];
            out.extend(line::hanging(head, problem, width, Role::Fail, theme));
        }
        out
    }

    /// The text around the cursor, so that the cursor is always seen.
    fn typed(&self, room: usize, theme: &Theme) -> Vec<Span<'static>> {
        let mark = theme.glyphs.ellipsis;
        if self.shown.is_empty() && !self.hint.is_empty() {
            let mut spans = Vec::new();
            if self.focused {
                spans.push(theme.span(Role::Accent, theme.glyphs.caret));
            }
            spans.push(theme.span(
                Role::Muted,
                text::cut(self.hint, room.saturating_sub(1), mark),
            ));
            return spans;
        }
        if !self.focused {
            return vec![theme.span(Role::Text, text::cut(&text::safe(self.shown), room, mark))];
        }
        let after = self.shown.strip_prefix(self.before).unwrap_or_default();
        let room = room.saturating_sub(1);
        let tail = text::width(after).min(room / 3);
        let head = text::cut_start(&text::safe(self.before), room - tail, mark);
        let rest = text::cut(
            &text::safe(after),
            room.saturating_sub(text::width(&head)),
            mark,
        );
        let left = room.saturating_sub(text::width(&head) + text::width(&rest));
        vec![
            theme.span(Role::Strong, head),
            theme.span(Role::Accent, theme.glyphs.caret),
            theme.span(Role::Strong, rest),
            theme.span(Role::Muted, text::cut(&text::safe(self.ghost), left, mark)),
        ]
    }
}

/// A choice between words: `‹ b2b-support ›` with its place.
pub fn choice(
    label: &str,
    value: &str,
    label_cells: usize,
    focused: bool,
    theme: &Theme,
) -> Line<'static> {
    let marker = if focused { theme.glyphs.cursor } else { " " };
    let label_role = if focused { Role::Title } else { Role::Muted };
    let mut spans = vec![
        theme.span(Role::Accent, format!("{marker} ")),
        line::column(label, label_cells, label_role, theme),
        Span::raw("  "),
    ];
    if focused {
        spans.push(theme.span(Role::Accent, "< "));
        spans.push(theme.span(Role::Strong, value));
        spans.push(theme.span(Role::Accent, " >"));
    } else {
        spans.push(theme.span(Role::Text, value));
    }
    Line::from(spans)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::{paint, testing};

    #[test]
    fn fields_and_their_problems() {
        let theme = testing::theme();
        let fields = [
            Field {
                label: "domain",
                shown: "acme.exmple",
                before: "acme.ex",
                focused: true,
                ..Field::default()
            },
            Field {
                label: "reason",
                hint: "why it is accepted",
                problem: Some("a waiver needs a reason"),
                ..Field::default()
            },
            Field {
                label: "until",
                shown: "2026-12-03",
                ..Field::default()
            },
            Field {
                label: "note",
                shown: "a very long note that does not fit",
                before: "a very long note that does not fit",
                focused: true,
                ..Field::default()
            },
        ];
        let mut lines: Vec<Line<'static>> =
            fields.iter().flat_map(|f| f.lines(8, 34, &theme)).collect();
        lines.push(choice("stage", "launch", 8, true, &theme));
        insta::assert_snapshot!(testing::picture(&testing::buffer(34, 6, |area, buf| {
            paint::lines(buf, area, &lines, 0);
        })));
    }
}
