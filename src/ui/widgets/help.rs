//! The table of keys: groups side by side where there is room.

use ratatui::text::{Line, Span};

use super::footer::KeyHint;
use crate::ui::line;
use crate::ui::text;
use crate::ui::theme::{Role, Theme};

/// Keys under a heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    pub title: String,
    pub keys: Vec<KeyHint>,
}

/// Cells of the keys: `pagedown ctrl-d` is the longest pair.
const KEYS: usize = 15;
/// Narrowest column that is worth having.
const COLUMN: usize = 38;

/// All groups as lines of `width` cells, in as many columns as fit.
pub fn lines(groups: &[Group], width: usize, theme: &Theme) -> Vec<Line<'static>> {
    let count = (width / COLUMN).clamp(1, 3);
    let cells = (width - (count - 1) * 2) / count;
    let mut columns: Vec<Vec<Line<'static>>> = vec![Vec::new(); count];
    for group in groups {
        let block = block(group, cells, theme);
        if let Some(shortest) = columns.iter_mut().min_by_key(|c| c.len()) {
            if !shortest.is_empty() {
                shortest.push(Line::default());
            }
            shortest.extend(block);
        }
    }
    let height = columns.iter().map(Vec::len).max().unwrap_or(0);
    (0..height).map(|row| join(&columns, row, cells)).collect()
}

fn join(columns: &[Vec<Line<'static>>], row: usize, cells: usize) -> Line<'static> {
    let mut spans: Vec<Span<'static>> = Vec::new();
    for (at, column) in columns.iter().enumerate() {
        let part = column.get(row).map(|l| l.spans.clone()).unwrap_or_default();
        let used = line::spans_width(&part);
        spans.extend(part);
        if at + 1 < columns.len() {
            spans.push(Span::raw(" ".repeat(cells.saturating_sub(used) + 2)));
        }
    }
    Line::from(spans)
}

fn block(group: &Group, cells: usize, theme: &Theme) -> Vec<Line<'static>> {
    let mut out = vec![Line::from(theme.span(
        Role::Title,
        text::cut(&group.title, cells, theme.glyphs.ellipsis),
    ))];
    for hint in &group.keys {
        let off = hint.off.is_some();
        let head = vec![
            line::column(
                &hint.keys,
                KEYS,
                if off { Role::Muted } else { Role::Key },
                theme,
            ),
            theme.span(Role::Text, " "),
        ];
        let text = match &hint.off {
            Some(why) => format!("{} ({why})", hint.label),
            None => hint.label.clone(),
        };
        out.extend(line::hanging(
            head,
            &text,
            cells,
            if off { Role::Muted } else { Role::Text },
            theme,
        ));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::{paint, testing};

    #[test]
    fn one_column_or_two() {
        let theme = testing::theme();
        let hint = |keys: &str, label: &str| KeyHint {
            keys: keys.into(),
            label: label.into(),
            off: None,
        };
        let mut sign = hint("s", "sign the gate");
        sign.off = Some("two rows block".into());
        let groups = [
            Group {
                title: "move".into(),
                keys: vec![hint("up, k", "up"), hint("down, j", "down")],
            },
            Group {
                title: "decide".into(),
                keys: vec![hint("x", "waive"), sign],
            },
            Group {
                title: "program".into(),
                keys: vec![hint("ctrl-p", "anything")],
            },
        ];
        for width in [40_u16, 76] {
            let lines = lines(&groups, usize::from(width), &theme);
            let height = u16::try_from(lines.len()).unwrap();
            insta::assert_snapshot!(testing::picture(&testing::buffer(
                width,
                height,
                |area, buf| {
                    paint::lines(buf, area, &lines, 0);
                }
            )));
        }
    }
}
