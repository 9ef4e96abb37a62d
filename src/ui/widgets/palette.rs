//! A row of the palette: what it does, its key, and why it does not work now; what was typed is marked in it.

use ratatui::text::{Line, Span};

use crate::ui::line;
use crate::ui::theme::{Role, Theme};

/// What a row says.
#[derive(Debug, Clone)]
pub struct PaletteRow<'a> {
    pub label: &'a str,
    pub group: &'a str,
    pub keys: &'a str,
    pub off: Option<&'a str>,
    /// What was typed.
    pub query: &'a str,
}

impl PaletteRow<'_> {
    /// The row in `width` cells.
    pub fn line(&self, width: usize, theme: &Theme) -> Line<'static> {
        let mut left = match self.off {
            Some(_) => vec![theme.span(Role::Muted, self.label)],
            None => marked(self.label, self.query, theme),
        };
        match self.off {
            Some(why) => left.push(theme.span(Role::Muted, format!("  ({why})"))),
            None if !self.group.is_empty() => {
                left.push(theme.span(Role::Muted, format!("  {}", self.group)));
            }
            None => {}
        }
        let role = if self.off.is_some() {
            Role::Muted
        } else {
            Role::Key
        };
        line::spread(left, vec![theme.span(role, self.keys)], width, theme)
    }
}

/// The letters of `query`, in order, brought out in `label`.
fn marked(label: &str, query: &str, theme: &Theme) -> Vec<Span<'static>> {
    let mut wanted = query
        .chars()
        .filter(|c| !c.is_whitespace())
        .flat_map(char::to_lowercase)
        .peekable();
    label
        .chars()
        .map(|c| {
            let hit = wanted
                .peek()
                .is_some_and(|w| c.to_lowercase().eq(std::iter::once(*w)));
            if hit {
                wanted.next();
            }
            theme.span(
                if hit { Role::Accent } else { Role::Text },
                c.encode_utf8(&mut [0; 4]),
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::{paint, testing};

    #[test]
    fn rows_of_the_palette() {
        let theme = testing::theme();
        let row = |label, keys, off| PaletteRow {
            label,
            group: "check",
            keys,
            off,
            query: "rea",
        };
        let rows = [
            row("re-check all", "R", None),
            row("sign the gate", "s", Some("two rows block")),
        ];
        insta::assert_snapshot!(testing::picture(&testing::buffer(48, 2, |area, buf| {
            for (cells, row) in paint::rows(area).zip(&rows) {
                paint::line(buf, cells, &row.line(48, &theme));
            }
        })));
    }
}
